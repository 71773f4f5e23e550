"""说明: what the figures rest on, which rules and software made them, and the counts that must add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from outputs.tables import leads
from outputs.tables.contents import CONTENTS
from outputs.tables.joined import AGAIN
from outputs.tables.progress import MEANINGS, STANDINGS, tally
from outputs.tables.season import Season
from outputs.tables.sheet import Column, Form, Sheet, Value, framed
from outputs.words import NO_MAIL, STATES, UNKNOWN_UNIT
from pipeline import VERSION
from pipeline.beijing import BEIJING
from pipeline.evaluate import sharers, why_not
from pipeline.records import State

COVER = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="类别", width=12, form=Form.CENTRE),
    Column(header="项目", width=30),
    Column(header="内容", width=62),
    Column(header="依据或说明", width=46),
)

Line = tuple[str, str, Value, str]
"""类别, 项目, 内容, 依据或说明."""


def cover(season: Season, release: str) -> Sheet:
    """The first sheet. release: version of the software."""
    lines = [
        *_contents(),
        *_basis(season),
        *LEGEND,
        *_progress(season),
        *_reconciled(season),
        *_versions(season, release),
    ]
    rows: list[dict[str, Value]] = [
        dict(zip(("类别", "项目", "内容", "依据或说明"), one, strict=True)) for one in lines
    ]
    return Sheet(
        name="说明",
        title=f"{season.rules.notice.name}材料收文与评价汇总",
        paper="A4",
        columns=COVER,
        frame=framed(COVER, rows, [f"cover/{number}" for number in range(1, len(lines) + 1)]),
        pinned=3,
        links={
            (f"cover/{number}", "项目"): leads.sheet(name)
            for number, (name, _, _) in enumerate(CONTENTS, 1)
            if name != "说明"
        },
    )


def _contents() -> Iterator[Line]:
    """All sheets, so that nobody has to look through twenty tabs; their lines come first, for the links count on it."""
    for name, words, use in CONTENTS:
        yield "目录", name, words, use


def _progress(season: Season) -> Iterator[Line]:
    """How many units of the roster are how far, as 报送进度 has them."""
    found = Counter(one.standing for one in season.progress if one.in_roster)
    for standing, name in STANDINGS.items():
        yield "进度", f"名册单位：{name}", found[standing], MEANINGS[standing]
    for group, told in tally(season):
        yield "进度", group, told, ""


def _basis(season: Season) -> Iterator[Line]:
    notice = season.rules.notice
    yield "口径", "依据文件", f"{notice.number} {notice.title}", ""
    for clause in notice.clauses:
        yield "口径", clause.subject, clause.words, f"通知{clause.paragraph}"
    period = f"{notice.period_start:%Y-%m-%d} 至 {notice.period_end:%Y-%m-%d}（含首尾两日）"
    yield "口径", "活动时间怎么算", period, "不在此时间内的活动照列，只影响评分"
    deadline = notice.deadline.astimezone(BEIJING)
    yield (
        "口径",
        "报送截止",
        f"{deadline:%Y-%m-%d %H:%M:%S}（北京时间）",
        "按邮箱服务器收到的时间，不按邮件自报时间",
    )
    yield (
        "口径",
        "一个单位的报送",
        "该单位计入的全部来件：报送、更正（替代原件）、补报（追加）",
        "重复件、撤回件、被替代件不计；代报的材料计入落款单位",
    )
    yield (
        "口径",
        "联合活动",
        "同一天、写明合办单位，且地点、名称或人数相符的，认定为同一项：各单位都计，合计只计一次",
        "拿不准的不合并，列入待核事项",
    )
    people = "写明多少算多少，人和人次同样计；没写明的记“—”，不按 0 计"
    yield "口径", "参与人数", people, "各活动相加，未去重"
    yield (
        "口径",
        "建议分",
        "机器只提建议；不明的事实给“低～高”区间，名次按低分在同类组内排，同分同名次",
        "评分办法见 scoring.toml",
    )


def _versions(season: Season, release: str) -> Iterator[Line]:
    yield "版本", "规则版本", season.rules.digest, f"规则目录 {season.rules.notice.id} 全部表格的 SHA-256"
    yield "版本", "软件版本", f"收文 {release}，读件判断版本 {VERSION}", ""
    custody = season.custody
    if custody.as_of is None:
        yield "版本", "统计截止", NO_MAIL, ""
        return
    now = "最后一条涉及来件的日志的时间，不是编制时间"
    remark = "照这一刻还原，以后的来件和决定不计" if custody.moment else now
    yield "版本", "统计截止", f"{custody.until}（北京时间）", remark
    if head := custody.head:
        yield "版本", "日志链头", head.digest, f"第 {head.number} 条日志的摘要，可用 shouwen verify 核对"
    seal = custody.seal
    if seal is None:
        yield "版本", "日志封印", "还没有封印", "守护运行时每天一次"
    else:
        at = seal.at.astimezone(BEIJING)
        remark = f"第 {seal.number} 号，{at:%Y-%m-%d %H:%M}，日志到第 {seal.last} 条、来件 {seal.items} 件"
        yield "版本", "日志封印", seal.digest, remark + "；抄存后可查出整个登记簿被换"


def _reconciled(season: Season) -> Iterator[Line]:
    """Server → mails → filings → activities → rows; each line says whether it adds up."""
    states = Counter(one.item.state for one in season.filed)
    sighted, items = len(season.custody.sightings), len(season.filed)
    gone = sum(sighting.gone is not None for sighting, _ in season.custody.sightings)
    if season.custody.exists is not None:
        apart = season.custody.exists - (sighted - gone)
        remark = f"＝ 见过的邮件 {sighted} － 已从服务器移走 {gone}"
        if apart:
            remark = f"{'尚未取到' if apart > 0 else '服务器已少了'} {abs(apart)} 封，下次收件再核对"
        yield "对账", "邮箱服务器现有邮件", season.custody.exists, remark
    yield "对账", "见过的邮件（文件夹＋UID）", sighted, f"登记簿记下的每一处；其中 {gone} 处已从服务器移走"
    repeated = f"内容完全相同的重复投递 {sighted - items} 封，不另立收文号"
    yield "对账", "收文件数", items, f"＝ 见过的邮件 {sighted} － 重复投递 {sighted - items}；{repeated}"
    for state in (State.FILED, State.HELD, State.CAPTURED, State.DISMISSED):
        yield "对账", f"其中：{STATES[state]}", states[state], ""
    yield "对账", "核对", _agrees(items, sum(states.values())), "各状态件数之和 ＝ 收文件数"
    yield from _filings(season, states[State.FILED])
    yield from _rows(season)


def _filings(season: Season, filed: int) -> Iterator[Line]:
    reasons = Counter(_reason(why_not(one)) for one in season.filed if one.item.state is State.FILED)
    counted = reasons.pop("", 0)
    yield "对账", "计入的来件", counted, "报送、更正、补报中仍有效的"
    for reason, number in sorted(reasons.items()):
        yield "对账", f"其中：不计入，{reason}", number, ""
    yield "对账", "核对", _agrees(filed, counted + sum(reasons.values())), "计入与不计入之和 ＝ 已归档件数"
    units = len({accession for one in season.evaluations for accession in one.accessions})
    unknown = sum(
        one.filing is not None and not sharers(one.filing) and not why_not(one) for one in season.filed
    )
    remark = f"单位汇总中的计入来件 {units}（代报几个单位的算一封）＋ 单位不明 {unknown} ＝ 计入的来件"
    yield "对账", "按单位核对", _agrees(counted, units + unknown), remark


def _rows(season: Season) -> Iterator[Line]:
    counted = sum(not one.reason for one in season.activities)
    units = sum(one.activities for one in season.evaluations)
    unknown = sum(not one.reason and one.unit == UNKNOWN_UNIT for one in season.activities)
    yield (
        "对账",
        "活动明细行数",
        len(season.activities),
        f"计入 {counted} 行，不计入 {len(season.activities) - counted} 行",
    )
    yield "对账", "计入的活动", counted, f"单位汇总中活动数之和 {units}，另有单位不明的 {unknown} 项"
    yield "对账", "核对", _agrees(counted, units + unknown), "两者相加 ＝ 活动明细中计入的行数"
    again = sum(one.again for one in season.activities)
    if again:
        remark = f"活动明细中计入栏写“{AGAIN}”；合计数的活动 ＝ {counted} － {again} ＝ {counted - again}"
        yield "对账", "其中：联合活动重复计入", again, remark
    roster = len(season.rules.units)
    sent = sum(bool(one.accessions) for one in season.evaluations if one.in_roster)
    outside = sum(bool(one.accessions) for one in season.evaluations if not one.in_roster)
    yield (
        "对账",
        "名册单位",
        roster,
        f"＝ 已报送 {sent} ＋ 未报送 {roster - sent}；另有名册外单位 {outside} 个",
    )


def _reason(reason: str) -> str:
    """A reason without the accession in it, so that like counts with like."""
    for word in ("替代", "撤回", "重复件", "转发件"):
        if word in reason:
            return {"替代": "已被替代", "撤回": "撤回件和撤回通知"}.get(word, word)
    return reason


def _agrees(one: int, other: int) -> str:
    return f"相符（{one}）" if one == other else f"不符：{one} 与 {other}"


LEGEND: tuple[Line, ...] = (
    (
        "图例",
        "黄色单元格",
        "可以改，写着的是现在算数的；其余单元格锁定（没有密码）。改分、改数字要写理由",
        "改完保存，文件名随意",
    ),
    (
        "图例",
        "怎样交回",
        "shouwen review import 文件 --by 姓名（加 --dry-run 先看影响哪些得分和名次）",
        "哪天编出的工作簿都可以交回；别人改过的同一格会列出，不会盖掉",
    ),
    ("图例", "—", "材料没有写明；0 表示确为零", ""),
    ("图例", "灰色字", "不计入的活动或材料，或已处理的事项，备注写明原因", ""),
    ("图例", "带下划线的字", "点开本工作簿旁 files 文件夹里的原件", "整个文件夹一起拷走，链接仍可用"),
    ("图例", "批注", "带红角的单元格，批注里是原话和出处", "第 N 块从 0 数起，与 shouwen export text 一致"),
)
