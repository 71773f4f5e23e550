"""待核事项: everything that only a person can decide, heaviest first, each with the machine's 建议."""

from __future__ import annotations

from collections.abc import Iterator

from outputs.changed import changes
from outputs.formats import readable
from outputs.tables.joined import places as told_at
from outputs.tables.joined import undecided
from outputs.tables.season import Season, Told
from outputs.tables.sheet import Column, Edit, Form, Sheet, Value, framed
from outputs.tables.shown import SCOPES, alike, named, places, reused
from outputs.tables.unread import UNREAD, incomplete, unread, waiting
from outputs.words import CODES, KINDS, PLACES, RELATIONS, STATES, UNKNOWN_UNIT
from pipeline.evaluate import LATE, flat, quoted, tier, why_not
from pipeline.records import (
    Classification,
    Code,
    Evaluation,
    Filed,
    Filing,
    Joint,
    Relation,
    RelationKind,
    Reuse,
    State,
)

QUESTIONS = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="收文号", width=11, form=Form.CENTRE),
    Column(header="单位", width=26),
    Column(header="事项", width=14, form=Form.CENTRE),
    Column(header="说明", width=46),
    Column(header="建议", width=30),
    Column(header="候选", width=26),
    Column(header="依据（原话）", width=40),
    Column(header="处理（单位）", width=26, edit=Edit.UNIT),
    Column(header="处理（类别）", width=20, edit=Edit.CATEGORY),
    Column(header="处理意见", width=24, edit=Edit.FREE),
    Column(header="备注", width=16),
)
SETTLED = (Code.NO_UNIT, Code.UNIT_UNDECIDED, Code.CATEGORY_UNDECIDED)
"""Problems that have a row of their own with candidates."""
MOST_CHANGES = 12
"""Differences between a mail and the one that replaces it that one cell shows."""
LONGEST_WORDS = 40
"""Characters of one quotation that speaks for a category."""
NO_QUESTION = (Code.MACRO,)
"""Facts that need no decision: 材料清单 tells them."""
Row = tuple[int, str, dict[str, Value]]
"""Weight (lower stands first), row id, values."""


def questions(season: Season) -> Sheet:
    """One row a question: what waits, units, categories, unread material, then facts that are not stated."""
    found = [row for one in season.filed for row in _of_mail(season, one)]
    found += [row for one in season.activities if not one.reason for row in _of_activity(season, one)]
    found += [row for one in season.evaluations for row in _of_unit(season, one)]
    found += [_reused(season, one) for one in reused(season.filed)]
    found += [_joint(one) for one in undecided(season.filed)]
    found.sort(key=lambda row: row[0])
    return Sheet(
        name="待核事项",
        title=f"{season.rules.notice.name}待核事项表",
        paper="A3",
        columns=QUESTIONS,
        frame=framed(QUESTIONS, [row for _, _, row in found], [one for _, one, _ in found]),
        pinned=3,
    )


def _of_mail(season: Season, one: Filed) -> Iterator[Row]:
    accession = one.item.accession
    if one.item.state in (State.HELD, State.CAPTURED):
        waiting = one.item.reason or "还没有办理，内容未计入任何一张表"
        yield 0, f"{accession}/state", _row(accession, None, STATES[one.item.state], waiting)
        return
    if one.filing is None or one.item.state is State.DISMISSED:
        return
    counts = not why_not(one)
    if counts and (not one.filing.identification.decided or one.filing.identification.best is None):
        yield _unit(one, one.filing)
    yield from _relation(one, one.filing)
    yield from _unread(one, one.filing, 3 if counts else 6)
    yield from _problems(season, one, one.filing, counts)


def _unread(one: Filed, filing: Filing, weight: int) -> Iterator[Row]:
    for found in unread(filing):
        row = _row(one.item.accession, filing.identification.best, found.matter, found.told(filing))
        yield weight, f"{one.item.accession}/part/{found.paths[0]}", row | {"建议": found.cure}


def _problems(season: Season, one: Filed, filing: Filing, counts: bool) -> Iterator[Row]:
    """All other problems; that nothing was read of a report is told by what could not be read."""
    told = any(unread(filing)) or any(problem.code is Code.LINK_ONLY for problem in filing.problems)
    elsewhere = (*SETTLED, *UNREAD, *NO_QUESTION, *((Code.NO_REPORT,) if told else ()))
    for number, problem in enumerate(filing.problems, 1):
        if problem.code in elsewhere:
            continue
        where = f"{named(filing, problem.part)}：" if problem.part else ""
        about = readable(flat(f"{where}{problem.detail}", 300))
        matter = CODES.get(problem.code, problem.code.value)
        row = _row(one.item.accession, filing.identification.best, matter, about)
        weight = 4 if counts else 6
        if problem.code is Code.LINK_ONLY:
            urgent, row["建议"] = waiting(season.links.get(one.item.accession, ()))
            weight = 1 if urgent and counts else weight - 1
        yield weight, f"{one.item.accession}/problem/{number}", row


def _unit(one: Filed, filing: Filing) -> Row:
    found = filing.identification
    names = "\n".join(candidate.name for candidate in found.candidates[:5])
    words = "\n".join(
        f"{PLACES.get(where, where)}：“{flat(words, 60)}”" for where, words in found.evidence[:5]
    )
    row = _row(
        one.item.accession, found.best, "单位待核", f"邮件{quoted(filing.mail.subject, 80)}是哪个单位报的"
    )
    row |= {"建议": found.best, "候选": names, "依据（原话）": words, "处理（单位）": ""}
    return 1, f"{one.item.accession}/unit", row


def _relation(one: Filed, filing: Filing) -> Iterator[Row]:
    relation = one.relation
    if relation is None:
        return
    accession, unit = one.item.accession, filing.identification.best
    if relation.kind is RelationKind.FORWARD or (relation.kind is RelationKind.RECALL and not relation.of):
        about = f"相关来件是 {relation.of}" if relation.of else "没有找到相关的来件"
        detail = f"{RELATIONS[relation.kind]}，{about}，请核对"
        yield 5, f"{accession}/relation", _row(accession, unit, "来件关系", detail)
    if relation.superseded_by:
        detail = f"{KINDS[filing.kind]}，已由 {relation.superseded_by} 替代，本件不再计入；如不对请写明"
        row = _row(accession, unit, "来件关系", detail)
        row["依据（原话）"] = "\n".join(_changes(relation)) or "两件所写的活动和数字相同"
        gone = sum(one.new is None for one in relation.differences)
        if gone:
            row["建议"] = f"新件少了 {gone} 项活动，请向单位核实：是不报了，还是漏写"
        yield 5, f"{accession}/relation", row


def _changes(relation: Relation) -> Iterator[str]:
    """What the newer mail says otherwise, a line each."""
    found = changes(relation)
    yield from found[:MOST_CHANGES]
    if len(found) > MOST_CHANGES:
        yield f"…… 共 {len(found)} 处不同"


def _of_activity(season: Season, told: Told) -> Iterator[Row]:
    accession, activity, category = told.one.item.accession, told.judged.activity, told.judged.classification
    place = told.place
    if not category.decided:
        row = _row(accession, told.unit, "类别待核", f"活动{quoted(activity.title, 80)}属于哪一类（{place}）")
        candidates = [
            f"{season.categories.get(code, code)}（{share:.0%}）" for code, share in category.candidates
        ]
        row |= {
            "建议": season.categories.get(category.code),
            "候选": "\n".join(candidates),
            "依据（原话）": "\n".join(_speaking(season, category)),
            "处理（类别）": "",
        }
        yield 2, f"{told.row}/category", row
    silent = [
        name
        for name, stated in (("日期", activity.date_start), ("参与人数", activity.participants))
        if stated is None
    ]
    if silent:
        detail = f"活动{quoted(activity.title, 80)}没有写明{'、'.join(silent)}（{place}），得分按区间计"
        yield 7, f"{told.row}/missing", _row(accession, told.unit, "事实不明", detail)
    strange = sorted({one.value for one in activity.media if not tier(one.value, season.rules.outlets)})
    if strange:
        detail = f"媒体“{flat('、'.join(strange), 120)}”的级别不明，可补进 outlets.csv"
        yield 8, f"{told.row}/media", _row(accession, told.unit, "媒体级别", detail)


def _speaking(season: Season, found: Classification) -> Iterator[str]:
    """The words that speak for the best candidate, then those for the runner-up, a line each."""
    second = next((code for code, _ in found.candidates if code != found.code), None)
    sides = [(found.code, found.evidence), *([(second, found.against)] if second is not None else [])]
    for code, hits in sides:
        words = "；".join(dict.fromkeys(f"“{flat(hit.words, LONGEST_WORDS)}”" for hit in hits))
        name = season.categories.get(code, str(code))
        yield f"{name}：{words or '没有提示词，按全文的用词判断'}"


def _of_unit(season: Season, one: Evaluation) -> Iterator[Row]:
    if one.accessions and not one.in_roster:
        row = _row(
            "、".join(one.accessions),
            one.unit,
            "名册外单位",
            "不在单位名册里，不参加排名；请核对名称或补进名册",
        )
        yield 1, f"unit/{one.unit}/roster", row
    for score in one.scores:
        if score.criterion == LATE and score.low != score.high:
            detail = flat(score.words.replace("\n", "；"), 300)
            row = _row("、".join(one.accessions), one.unit, "收到时间待核", detail)
            yield 4, f"unit/{one.unit}/late", row
    if one.missing:
        own = [mail for mail in season.filed if mail.item.accession in one.accessions]
        waits = incomplete(own)
        seen = (
            f"已读到的材料里没有：{'、'.join(one.missing)}；另有 {waits} 份没有读出或没有取回，可能就在里面"
        )
        detail = seen if waits else f"材料缺少：{'、'.join(one.missing)}"
        row = _row("、".join(one.accessions), one.unit, "材料不全", detail)
        row["建议"] = "先办没有读出的材料，仍缺的再请单位补报" if waits else "请单位补报"
        yield 9, f"unit/{one.unit}/missing", row


def _reused(season: Season, found: Reuse) -> Row:
    """Who may have shown whose photograph; the machine sees that they are one, not whose it is."""
    accessions = "、".join(dict.fromkeys(use.accession for use in found.uses))
    units = "、".join(dict.fromkeys(use.unit or UNKNOWN_UNIT for use in found.uses))
    what, proposal = SCOPES[found.scope]
    how = "文件完全相同" if found.exact else f"缩放、裁剪、转动或压缩过，相似度 {alike(found.alike)}"
    row = _row(accessions, units, "重复照片", f"{what}（{how}）")
    first = found.uses[0]
    return (
        4,
        f"reuse/{first.accession}/{first.part}",
        row | {"建议": proposal, "依据（原话）": places(found, season.filed)},
    )


def _joint(found: Joint) -> Row:
    """Whether two units tell of one activity; until a person says so, each counts for itself."""
    accessions = "、".join(dict.fromkeys(accession for accession, _ in found.members))
    units = "、".join(dict.fromkeys(found.units))
    if len(set(found.units)) == 1:
        matter, what = "重复活动待核", "同一单位的两件来件写的可能是同一项活动"
        proposal = "是同一项的，其中一处定为不计入；不是的请写明"
    else:
        matter, what = "联合活动待核", "几个单位报的可能是同一项活动"
        proposal = "是同一项的，只留一处计入合计；不是的请写明"
    row = _row(accessions, units, matter, f"{what}（{found.words}）")
    accession, number = found.members[0]
    return 4, f"joint/{accession}/{number}", row | {"建议": proposal, "依据（原话）": told_at(found)}


def _row(accession: str, unit: str | None, matter: str, detail: str) -> dict[str, Value]:
    return {
        "收文号": accession,
        "单位": unit or UNKNOWN_UNIT,
        "事项": matter,
        "说明": detail,
        "建议": "",
        "候选": "",
        "依据（原话）": "",
        "处理意见": "",
        "备注": "",
    }
