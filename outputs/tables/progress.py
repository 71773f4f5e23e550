"""报送进度 and 未报送: who has sent, who lacks what, who was late, whom to call.

Limits: what the states mean is decided in pipeline/evaluate/progress.py; this only shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from outputs.tables.season import NEVER, Season
from outputs.tables.sheet import Column, Form, Sheet, Value, framed
from outputs.words import STATUSES
from pipeline import beijing
from pipeline.evaluate import flat
from pipeline.evaluate.progress import Progress, Standing, Waiting, counts

STANDINGS = {
    Standing.NOTHING: "未来信",
    Standing.INCOMPLETE: "缺件",
    Standing.ASKED: "待核",
    Standing.LATE: "逾期",
    Standing.COMPLETE: "齐全",
}
MEANINGS = {
    Standing.NOTHING: "没有一封计入的来件",
    Standing.INCOMPLETE: "已读出的材料里，情况、成效、经验、建议、影像、联系人六样不全",
    Standing.ASKED: "六样都有，还有要人定的事（见待核事项）",
    Standing.LATE: "六样都有、没有待核，第一封在截止以后收到",
    Standing.COMPLETE: "六样都有、没有待核、按时",
}
"""In this order: of a unit the first that is true is its state."""
MOST_WAITING, LONGEST_NAME = 3, 40
"""Parts that could not be read that a cell names, and characters of a name."""
MOST_CONTACTS = 2
PROGRESS = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="单位", width=30),
    Column(header="同类组", width=10, form=Form.CENTRE),
    Column(header="区县", width=10, form=Form.CENTRE),
    Column(header="状态", width=8, form=Form.CENTRE),
    Column(header="首次收到时间（北京）", width=17, form=Form.MOMENT),
    Column(header="逾期", width=8, form=Form.CENTRE),
    Column(header="迟交天数", width=6, form=Form.COUNT),
    Column(header="计入来件", width=6, form=Form.COUNT),
    Column(header="活动数", width=6, form=Form.COUNT),
    Column(header="缺什么", width=30),
    Column(header="待核几项", width=6, form=Form.COUNT),
    Column(header="联系人", width=9, form=Form.CENTRE),
    Column(header="电话", width=14, form=Form.CENTRE),
    Column(header="备注", width=30),
)


def standing(season: Season) -> Sheet:
    """One row a unit of the roster by peer group, then those outside it."""
    return Sheet(
        name="报送进度",
        title=f"{season.rules.notice.name}报送进度表",
        paper="A4",
        columns=PROGRESS,
        frame=framed(
            PROGRESS,
            [_unit(season, one) for one in season.progress],
            [f"unit/{one.unit}" for one in season.progress],
        ),
        note=_whole(season),
    )


def _unit(season: Season, one: Progress) -> dict[str, Value]:
    sent = bool(one.accessions)
    contacts = one.contacts[:MOST_CONTACTS]
    return {
        "单位": one.unit,
        "同类组": season.kinds[one.unit],
        "区县": season.districts.get(one.unit, ""),
        "状态": STANDINGS[one.standing],
        "首次收到时间（北京）": beijing.wall(one.first) if one.first else None,
        "逾期": _late(season, one),
        "迟交天数": one.late_days if sent else None,
        "计入来件": len(one.accessions),
        "活动数": one.activities,
        "缺什么": "；".join(_lacks(one)),
        "待核几项": one.asked,
        "联系人": "\n".join(contact.name for contact in contacts) or (None if sent else ""),
        "电话": "\n".join(contact.phone for contact in contacts) or (None if sent else ""),
        "备注": "；".join(_remarks(one)),
    }


def _late(season: Season, one: Progress) -> str:
    """逾期, for whoever has not sent as of 统计截止."""
    if not one.accessions:
        past = (season.custody.as_of or NEVER) > season.rules.notice.deadline
        return "未报" if past and one.in_roster else ""
    return "逾期" if one.late else ""


def _lacks(one: Progress) -> Iterator[str]:
    """Which of the six things are missing, and what nobody could read, in which they may stand."""
    if one.missing:
        yield "、".join(one.missing)
    if one.waiting:
        names = "、".join(_name(each) for each in one.waiting[:MOST_WAITING])
        more = f" 等 {len(one.waiting)} 份" if len(one.waiting) > MOST_WAITING else ""
        yield f"没有读出或取回：{names}{more}"


def _name(one: Waiting) -> str:
    return f"{one.accession} {flat(one.name, LONGEST_NAME)}（{STATUSES[one.status]}）"


def _remarks(one: Progress) -> Iterator[str]:
    if one.accessions and not one.late_sure:
        yield "收到时间待核"
    yield from one.notes
    yield from (f"{accession} 可能由该单位报送，待核" for accession in one.perhaps)


def tally(season: Season) -> Iterator[tuple[str, str]]:
    """A line a peer group, for the cover: (group, "共 38 个：未来信 3，缺件 12，…"), OUTSIDE last."""
    found = counts(season.progress)
    for kind in (*(kind for kind in season.peers if kind), ""):
        if kind in found:
            yield season.peers[kind], _counted(found[kind])


def _whole(season: Season) -> str:
    """How the units of the roster stand, for the line under the title."""
    found = [states for kind, states in counts(season.progress).items() if kind]
    return "名册单位" + _counted({state: sum(states[state] for states in found) for state in Standing})


def _counted(states: Mapping[Standing, int]) -> str:
    told = "，".join(f"{STANDINGS[state]} {number}" for state, number in states.items() if number)
    return f"共 {sum(states.values())} 个：{told}"


# ---------------------------------------------------------------- 未报送

UNSENT = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="单位", width=36),
    Column(header="同类组", width=12, form=Form.CENTRE),
    Column(header="区县", width=12, form=Form.CENTRE),
    Column(header="已知邮箱", width=34),
    Column(header="备注", width=46),
)


def unsent(season: Season) -> Sheet:
    """The units of the roster without a mail that counts, with what may yet turn out to be theirs."""
    units = {unit.name: unit for unit in season.rules.units}
    missing = [one for one in season.progress if one.in_roster and one.standing is Standing.NOTHING]
    rows: list[dict[str, Value]] = [
        {
            "单位": one.unit,
            "同类组": season.kinds[one.unit],
            "区县": season.districts.get(one.unit, ""),
            "已知邮箱": "、".join(units[one.unit].addresses) or None,
            "备注": "；".join(_remarks(one)),
        }
        for one in missing
    ]
    return Sheet(
        name="未报送",
        title=f"{season.rules.notice.name}未报送单位名单",
        paper="A4",
        columns=UNSENT,
        frame=framed(UNSENT, rows, [f"unit/{one.unit}" for one in missing]),
    )
