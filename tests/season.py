"""A made-up season: a dozen mails with everything that staff meet, as filings, without reading a single octet.

Purpose: what the tests of rules, evaluate, review and outputs build on.
Limits: the units are of the real roster's kind, what they did is invented; reports, words and figures agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar

from outputs.custody import Custody
from pipeline.records import (
    Activity,
    Address,
    Candidate,
    Classification,
    Code,
    Contact,
    Event,
    Filed,
    Filing,
    Identification,
    Item,
    Judged,
    Kind,
    Link,
    Mail,
    Part,
    Passage,
    Picture,
    Problem,
    Relation,
    RelationKind,
    SetAside,
    Span,
    State,
    Stated,
    Status,
)
from pipeline.register import Sighting
from rules import DEFAULT, Rules, load

T = TypeVar("T")

BEIJING = timezone(timedelta(hours=8))
REPORT = "2/总结.docx"
YUBEI, BANAN, JIANGJIN = (
    "重庆市渝北区科学技术协会",
    "重庆市巴南区科学技术协会",
    "重庆市江津区科学技术协会",
)
BUREAU = "重庆市巴南区科学技术局"
SOCIETY, SILENT, UNIVERSITY = "重庆市园艺学会", "重庆市声学学会", "重庆大学科学技术协会"
OUTSIDE = "重庆山茶花科普服务中心"

CATEGORIES = """\
[[categories]]
code = 1
name = "学习宣传贯彻习近平新时代中国特色社会主义思想"
short = "学习宣传贯彻"
paragraph = "三（一）"

[[categories]]
code = 2
name = "科技工作者宣传活动"
short = "科技工作者宣传"
paragraph = "三（二）"
hints = [
  { says = "内容", pattern = '专栏', weight = 2 },
  { says = "内容", pattern = '最美科技工作者', weight = 1.5 },
]

[[categories]]
code = 3
name = "“弘扬科学家精神”系列展览"
short = "系列展览"
paragraph = "三（三）"

[[categories]]
code = 4
name = "“唱响科学家精神”主题活动"
short = "唱响科学家精神"
paragraph = "三（四）"

[[categories]]
code = 5
name = "科技志愿服务活动"
short = "科技志愿服务"
paragraph = "三（五）"

[[categories]]
code = 6
name = "为科技工作者办实事活动"
short = "办实事"
paragraph = "三（六）"

[[categories]]
code = 0
name = "其他"
short = "其他"
paragraph = "—"
"""
UNITS = f"""\
unit_id,name,kind,district,aliases,addresses
U001,{YUBEI},district_association,渝北区,渝北区科协,kx.yubei.example
U002,{BANAN},district_association,巴南区,巴南区科协,
U003,{JIANGJIN},district_association,江津区,江津区科协|江津科协,jjkx@qq.example
U004,{BUREAU},district_st_bureau,巴南区,巴南区科技局,
U005,{SOCIETY},society,,园艺学会|市园艺学会,
U006,{SILENT},society,,市声学学会,shengxue@qq.example
U007,{UNIVERSITY},university_association,,重庆大学科协,
"""
EXAMPLES = """\
report,category,text
one,5,组织医生到社区义诊
two,6,走访慰问一线科技工作者
"""


def write_rules(folder: Path) -> Path:
    """Write a small set of rules into *folder*: our notice, scoring and outlets, seven units."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("notice.toml", "scoring.toml", "outlets.csv"):
        (folder / name).write_bytes((DEFAULT / name).read_bytes())
    (folder / "categories.toml").write_text(CATEGORIES, "utf-8")
    (folder / "units.csv").write_text(UNITS, "utf-8")
    (folder / "examples.csv").write_text(EXAMPLES, "utf-8")
    return folder


def small_rules(folder: Path) -> Rules:
    """Load the rules that `write_rules` writes."""
    return load(write_rules(folder))


# ---------------------------------------------------------------- pieces


def stated(value: T, words: str, block: int = 0, part: str = REPORT) -> Stated[T]:
    """A value with its words."""
    return Stated(value=value, words=words, span=Span(part=part, block=block, start=0, end=len(words)))


def activity(
    title: str,
    text: str,
    code: int,
    *,
    on: date | None = None,
    people: tuple[int, str] | None = None,
    block: int = 1,
    decided: bool = True,
    media: Sequence[str] = (),
    place: str = "",
    candidates: tuple[tuple[int, float], ...] = (),
) -> Judged:
    """One activity and its category."""
    return Judged(
        activity=Activity(
            title=title,
            text=text,
            spans=(Span(part=REPORT, block=block, start=0, end=len(text)),),
            date_start=stated(on, f"{on.month}月{on.day}日", block) if on else None,
            participants=stated(people[0], people[1], block) if people else None,
            place=stated(place, place, block) if place else None,
            media=tuple(stated(one, one, block) for one in media),
        ),
        classification=Classification(
            code=code,
            decided=decided,
            confidence=0.9 if decided else 0.4,
            candidates=candidates,
            evidence=(stated(text[:12], text[:12], block),),
        ),
    )


def part(path: str, name: str = "", status: Status = Status.OK, reason: str = "", **traits: Any) -> Part:
    """One part; its digest is that of its name."""
    given: dict[str, Any] = {
        "media_type": "application/octet-stream",
        "size": 20_480,
        "characters": 0,
        **traits,
    }
    return Part(
        path=path,
        name=name,
        sha256=hashlib.sha256((name or path).encode("utf-8", "replace")).hexdigest(),
        status=status,
        reason=reason,
        **given,
    )


def identified(unit: str | None, *, decided: bool = True, others: Sequence[str] = ()) -> Identification:
    """The unit of a mail; everything but OUTSIDE stands in the roster."""
    names = (*([unit] if unit else []), *others)
    candidates = tuple(
        Candidate(name=name, in_roster=name != OUTSIDE, weight=1 / n) for n, name in enumerate(names, 1)
    )
    return Identification(
        best=unit,
        in_roster=unit is not None and unit != OUTSIDE,
        decided=decided,
        candidates=candidates,
        evidence=(("signature", unit), ("subject", unit)) if unit else (),
    )


def filing(unit: str | None, activities: Sequence[Judged] = (), **traits: Any) -> Filing:
    """A complete submission of *unit*, unless *traits* say otherwise."""
    given: dict[str, Any] = {
        "mail": Mail(
            subject=f"{unit or '某单位'}活动总结",
            sender=Address(name="小谢", address="someone@qq.example"),
            message_id="<one@qq.example>",
        ),
        "parts": (
            part("1", media_type="text/plain", characters=40),
            part(REPORT, "总结.docx", characters=900),
            part("3/照片.jpg", f"{unit}照片.jpg", media_type="image/jpeg"),
        ),
        "pictures": (Picture(part="3/照片.jpg", width=1600, height=1200),),
        "kind": Kind.SUBMISSION,
        "identification": identified(unit),
        "highlights": (passage("经验：区、镇、村三级联动，活动办到田间地头。", 8),),
        "suggestions": (passage("建议：来年早一个月下发通知。", 9),),
        "contact": Contact(name="蒋昕", phone="023-55500121"),
    }
    return Filing(activities=tuple(activities), **(given | traits))


def passage(text: str, block: int) -> Passage:
    """A verbatim passage of the report."""
    return Passage(text=text, span=Span(part=REPORT, block=block, start=0, end=len(text)))


def item(number: int, received: datetime, state: State = State.FILED, reason: str = "") -> Item:
    """The register's row of mail *number*."""
    accession = f"2024-{number:05d}"
    return Item(
        accession=accession,
        sha256=hashlib.sha256(accession.encode()).hexdigest(),
        size=100_000 + number,
        state=state,
        received=received,
        received_from="internaldate",
        captured=received + timedelta(minutes=3),
        reason=reason,
        basis="b" * 64 if state is State.FILED else "",
    )


def at(day: int, hour: int = 10, minute: int = 0, second: int = 0) -> datetime:
    """A moment of June 2024 in Beijing."""
    return datetime(2024, 6, day, hour, minute, second, tzinfo=BEIJING)


# ---------------------------------------------------------------- the season


def season() -> tuple[Filed, ...]:
    """Thirteen mails: whole, late, corrected, copied, undecided, foreign, unread, held, not begun, no submission."""
    return (
        Filed(item=item(1, at(12)), filing=_yubei()),
        Filed(item=item(2, at(13)), filing=_banan(320), relation=_superseded("2024-00002", "2024-00006")),
        Filed(item=item(3, at(14, 9, 30)), filing=_society()),
        Filed(
            item=item(4, at(14, 9, 45)),
            filing=_society(),
            relation=Relation(accession="2024-00004", kind=RelationKind.DUPLICATE, of="2024-00003"),
        ),
        Filed(item=item(5, at(17)), filing=_undecided()),
        Filed(
            item=item(6, at(18, 16)),
            filing=replace(_banan(350), kind=Kind.CORRECTION, kind_words="以此件为准"),
            relation=Relation(accession="2024-00006", supersedes="2024-00002"),
        ),
        Filed(item=item(7, at(20, 23, 59, 59)), filing=_outside()),
        Filed(item=item(8, at(21, 0, 0, 1)), filing=_bureau()),
        Filed(item=item(9, at(22)), filing=_advertisement()),
        Filed(item=item(10, at(22, 11), State.HELD, "办理 3 次未成：读件超时"), filing=None),
        Filed(item=item(11, at(23), State.CAPTURED), filing=None),
        Filed(item=item(12, at(23, 8)), filing=_unread()),
        Filed(item=item(13, at(23, 9)), filing=_nameless()),
    )


def custody(filed: Sequence[Filed] | None = None) -> Custody:
    """The log of the season: each mail captured, then filed or held; one of them was delivered twice."""
    told: list[tuple[datetime, str, str, str, str]] = []
    for one in season() if filed is None else filed:
        accession, state = one.item.accession, one.item.state
        told.append((one.item.captured, accession, "capture", "收下 100 字节；按服务器收到时间", "captured"))
        if state in (State.FILED, State.HELD):
            action = "file" if state is State.FILED else "hold"
            outcome = one.item.reason or f"归档，活动 {len(one.filing.activities) if one.filing else 0} 项"
            told.append((one.item.captured + timedelta(seconds=20), accession, action, outcome, state.value))
    sightings = [
        (
            Sighting(account="imap.example", folder="INBOX", uidvalidity=7, uid=100 + number),
            one.item.accession,
        )
        for number, one in enumerate(season() if filed is None else filed, 1)
    ]
    events = chained(sorted(told))
    return Custody(
        events=events,
        sightings=tuple(sightings),
        exists=len(sightings),
        origin=events[0].digest if events else "",
    )


def chained(told: Sequence[tuple[datetime, str, str, str, str]]) -> tuple[Event, ...]:
    """Events of (when, accession, action, outcome, state after), linked in order."""
    events: list[Event] = []
    for number, (when, accession, action, outcome, after) in enumerate(told, 1):
        previous = events[-1].digest if events else "0" * 64
        digest = hashlib.sha256(f"{previous}{accession}{action}".encode()).hexdigest()
        events.append(
            Event(
                number=number,
                at=when.astimezone(UTC),
                accession=accession,
                action=action,
                actor="shouwen 0.1.0",
                outcome=outcome,
                after=after,
                row="c" * 64,
                salt="0" * 32,
                said="5" * 64,
                previous=previous,
                digest=digest,
            )
        )
    return tuple(events)


def _superseded(accession: str, by: str) -> Relation:
    return Relation(accession=accession, superseded_by=by)


def _yubei() -> Filing:
    return filing(
        YUBEI,
        (
            activity(
                "抓学习，凝聚思想共识",
                "（一）抓学习，凝聚思想共识\n5月21日，区科协召开全区科协系统学习会，逐条传达全国科协系统工作会议精神，镇街科协秘书长、区级学会负责人等科技工作者共46人参会，会后分三组交流讨论。",
                1,
                on=date(2024, 5, 21),
                people=(46, "共46人"),
                block=3,
            ),
            activity(
                "抓典型，讲好身边人物",
                "（二）抓典型，讲好身边人物\n联合区融媒体中心开设“临空科技人”专栏，自5月20日起每两天推出一期，先后刊播机器人工程师、育种专家、急诊医生等8人的成长故事，重庆日报客户端转载3篇，累计阅读量12.6万。",
                2,
                on=date(2024, 5, 20),
                block=5,
                media=("区融媒体中心", "重庆日报客户端"),
            ),
            activity(
                "抓阵地，办好主题展陈",
                "（三）抓阵地，办好主题展陈\n5月25日至6月2日，在区科技馆一楼序厅布置“脊梁”主题图片展，用60块展板介绍“两弹一星”元勋和本地老专家的事迹，安排12名科普志愿者轮流讲解，接待观众3400余人次。",
                3,
                on=date(2024, 5, 25),
                people=(3400, "3400余人次"),
                block=7,
                place="区科技馆一楼序厅",
            ),
            activity(
                "科普进社区",
                "（四）科普进社区\n5月30日，组织科技志愿者走进双龙湖街道、龙塔街道、宝圣湖街道，开展健康咨询和科普体验，服务居民220余人，发放科普资料1500份；线上直播观看1.2万人次。",
                5,
                on=date(2024, 5, 30),
                people=(220, "220余人"),
                block=9,
            ),
        ),
        set_aside=(
            SetAside(
                text="区科协印发《2024年全国科技工作者日活动方案》，区委常委出席启动仪式。",
                reason="动员部署，不是活动本身",
                span=Span(part=REPORT, block=1, start=0, end=10),
            ),
        ),
    )


def _banan(people: int) -> Filing:
    return filing(
        BANAN,
        (
            activity(
                "走访慰问科技工作者",
                f"区科协领导带队走访慰问一线科技工作者{people}人，送去慰问信，听取意见。",
                6,
                on=date(2024, 5, 29),
                people=(people, f"{people}人"),
                media=("巴南日报",),
            ),
        ),
        problems=(Problem(code=Code.CONTRADICTION, part=REPORT, detail="正文写 350 人，附表合计 320 人"),),
    )


def _society() -> Filing:
    return filing(
        SOCIETY,
        (
            activity(
                "果树修剪技术培训",
                "5月18日，学会组织7名专家到江津区先锋镇开展果树修剪技术培训，现场示范，果农80余人参加。",
                5,
                on=date(2024, 5, 18),
                people=(80, "80余人"),
                place="江津区先锋镇",
            ),
            activity(
                "园艺科技论坛",
                "6月22日，举办园艺科技论坛，会员代表120人参会。",
                0,
                on=date(2024, 6, 22),
                people=(120, "120人"),
                block=4,
            ),
        ),
        contact=None,
    )


def _undecided() -> Filing:
    return filing(
        JIANGJIN,
        (
            activity(
                "科学家故事分享",
                "5月27日，在城区小学分享科学家故事，师生代表参加。",
                4,
                on=date(2024, 5, 27),
                decided=False,
                candidates=((4, 0.45), (5, 0.4)),
            ),
        ),
        identification=identified(JIANGJIN, decided=False, others=(BANAN,)),
        problems=(
            Problem(code=Code.UNIT_UNDECIDED, detail=f"报送单位待核，可能是：{JIANGJIN}、{BANAN}"),
            Problem(code=Code.CATEGORY_UNDECIDED, part=REPORT, detail="活动“科学家故事分享”类别待核"),
        ),
        suggestions=(),
    )


def _outside() -> Filing:
    return filing(
        OUTSIDE,
        (
            activity(
                '=HYPERLINK("http://bad.example")科普大篷车',
                "+1月\x07科普大篷车开进广场，@所有人，" + "内容很长。" * 400,
                5,
                media=("山茶花之声",),
            ),
        ),
        pictures=(),
    )


def _bureau() -> Filing:
    return filing(
        BUREAU,
        (
            activity(
                "助企诊断",
                "5月24日，科技特派员到园区企业开展助企诊断12家，解决技术难题9个。",
                5,
                on=date(2024, 5, 24),
            ),
        ),
        highlights=(),
        suggestions=(),
    )


def _advertisement() -> Filing:
    return filing(
        None,
        mail=Mail(subject="=促销：展板印刷八折", sender=Address(name="-印务", address="ad@shop.example")),
        kind=Kind.OTHER,
        highlights=(),
        suggestions=(),
        contact=None,
        pictures=(),
        parts=(part("1", media_type="text/html", characters=300),),
    )


def _unread() -> Filing:
    return filing(
        UNIVERSITY,
        parts=(
            part("1", media_type="text/plain", characters=30),
            part("2/活动总结（盖章）.pdf", "活动总结（盖章）.pdf", Status.NEEDS_OCR, "扫描件，没有文字层"),
            part("3/资料.7z", "资料.7z", Status.UNSUPPORTED, "本机没有解 7z 的程序"),
            part("4/Thumbs.db", "Thumbs.db", Status.NOISE),
        ),
        pictures=(),
        links=(Link(part="1", kind="qq", name="活动视频.mp4", size="1.2G", url="https://mail.example/x"),),
        highlights=(),
        suggestions=(),
        problems=(Problem(code=Code.NEEDS_OCR, part="2/活动总结（盖章）.pdf", detail="扫描件，没有文字层"),),
    )


def _nameless() -> Filing:
    return filing(
        None,
        (
            activity(
                "公园科普集市",
                "5月26日，在中央公园举办科普集市，群众三百余人参加。",
                5,
                on=date(2024, 5, 26),
                people=(300, "三百余人"),
            ),
        ),
        identification=identified(None, decided=False),
        problems=(Problem(code=Code.NO_UNIT, detail="找不到报送单位，请人工指定"),),
        contact=None,
    )
