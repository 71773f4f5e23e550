"""变化: what changed between two moments of a season: units, mails, activities, scores, and what people decided.

Purpose: `since`, a pure comparison of two seasons; `compile --compare` puts it behind 说明.
Limits: an activity is compared with itself by its mail and number; both seasons are judged by the same rules and readers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from outputs.tables.season import Season, Told
from outputs.tables.sheet import Column, Form, Sheet, Value, framed
from outputs.words import KINDS, STATES, UNKNOWN_UNIT
from pipeline import beijing
from pipeline.evaluate import flat, why_not
from pipeline.records import Correction, Evaluation, Filed, Stated
from pipeline.register.outcomes import field_name

SINCE = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="单位", width=28),
    Column(header="变化", width=12, form=Form.CENTRE),
    Column(header="事项", width=34),
    Column(header="之前", width=30),
    Column(header="之后", width=30),
    Column(header="收文号", width=13, form=Form.CENTRE),
    Column(header="时间（北京）", width=19, form=Form.MOMENT),
    Column(header="备注", width=34),
)
FIGURES = (
    ("开始日期", "date_start"),
    ("结束日期", "date_end"),
    ("地点", "place"),
    ("参与人数", "participants"),
    ("场次", "sessions"),
    ("资料份数", "materials"),
)
NOTHING = ""
SENT = ("新报送", "不再计入")
"""Changes that stand first, for those that came move the ranks of many others."""
Row = dict[str, Value]


def since(before: Season, after: Season) -> Sheet:
    """Compare the season *before* with the one *after*; units that came or went, other units, mails, activities, decisions."""
    rows = [
        *sorted(_units(before, after), key=lambda row: row["变化"] not in SENT),
        *_mails(before, after),
        *_activities(before, after),
        *_decisions(before, after),
    ]
    ids = [f"since/{number}" for number in range(1, len(rows) + 1)]
    return Sheet(
        name="变化",
        title=f"{after.rules.notice.name}变化情况（{before.custody.until} 与 {after.custody.until} 相比）",
        paper="A3",
        columns=SINCE,
        frame=framed(SINCE, rows, ids),
    )


def _row(unit: str | None, kind: str, matter: str, was: Value, now: Value, **more: Value) -> Row:
    empty: Row = {"收文号": NOTHING, "时间（北京）": NOTHING, "备注": NOTHING}
    told: Row = {"单位": unit or UNKNOWN_UNIT, "变化": kind, "事项": matter, "之前": was, "之后": now}
    return empty | told | more


# ---------------------------------------------------------------- units


def _units(before: Season, after: Season) -> Iterator[Row]:
    was = {one.unit: one for one in before.evaluations}
    now = {one.unit: one for one in after.evaluations}
    for unit in dict.fromkeys((*now, *was)):
        old, new = was.get(unit), now.get(unit)
        sent_then, sent_now = _sent(old), _sent(new)
        if sent_then != sent_now:
            yield _row(unit, "新报送" if sent_now else "不再计入", "报送", _said(sent_then), _said(sent_now))
        if sent_then and sent_now and old and new:
            yield from _scores(unit, old, new)


def _sent(one: Evaluation | None) -> bool:
    return bool(one and one.accessions)


def _said(sent: bool) -> str:
    return "已报送" if sent else "未报送"


def _scores(unit: str, old: Evaluation, new: Evaluation) -> Iterator[Row]:
    facts: tuple[tuple[str, str, Value, Value], ...] = (
        ("得分", "最终分", _interval(old), _interval(new)),
        ("名次", "同类组内名次", old.rank, new.rank),
        ("活动", "活动数", old.activities, new.activities),
        ("数字", "参与人数合计", old.participants, new.participants),
        ("材料", "缺少材料", "、".join(old.missing) or "齐全", "、".join(new.missing) or "齐全"),
    )
    for kind, matter, was, now in facts:
        if was != now:
            yield _row(unit, kind, matter, was, now)


def _interval(one: Evaluation) -> str:
    return f"{one.low:g}" if one.low == one.high else f"{one.low:g}～{one.high:g}"


# ---------------------------------------------------------------- mails


def _mails(before: Season, after: Season) -> Iterator[Row]:
    was = {one.item.accession: one for one in before.filed}
    for one in after.filed:
        old = was.pop(one.item.accession, None)
        facts = (_standing(old) if old else None, _standing(one))
        if facts[0] == facts[1]:
            continue
        matter = flat(one.filing.mail.subject, 60) if one.filing else "来件"
        kind = "来件状态" if old else "新来件"
        received = beijing.wall(one.item.received)
        more: Row = {"收文号": one.item.accession, "时间（北京）": received}
        yield _row(_unit(one), kind, matter or "（无主题）", facts[0], facts[1], **more)
    for old in was.values():
        yield _row(_unit(old), "来件状态", "来件", _standing(old), None, 收文号=old.item.accession)


def _unit(one: Filed) -> str | None:
    return one.filing.identification.best if one.filing else None


def _standing(one: Filed) -> str:
    """State, kind, unit, and whether it counts."""
    if one.filing is None:
        return STATES[one.item.state]
    found = one.filing.identification
    unit = f"{found.best or UNKNOWN_UNIT}{'' if found.decided else '（待核）'}"
    return f"{KINDS[one.filing.kind]}，{unit}，{why_not(one) or '计入'}"


# ---------------------------------------------------------------- activities


def _activities(before: Season, after: Season) -> Iterator[Row]:
    """Activities of mails that both seasons have; those of new mails stand in the mail's own row."""
    known = {one.item.accession for one in before.filed}
    was = {one.row: one for one in before.activities}
    for told in after.activities:
        if told.one.item.accession in known:
            yield from _activity(was.pop(told.row, None), told, after)
    still = {one.item.accession for one in after.filed}
    for told in was.values():
        if told.one.item.accession in still:
            yield _row(
                told.unit, "活动减少", told.judged.activity.title, "有", None, 收文号=told.one.item.accession
            )


def _activity(old: Told | None, new: Told, season: Season) -> Iterator[Row]:
    title, accession = new.judged.activity.title, new.one.item.accession
    if old is None:
        yield _row(new.unit, "活动增加", title, None, "有", 收文号=accession)
        return
    for matter, was, now in zip(
        ("类别", "计入", *dict(FIGURES)), _facts(old, season), _facts(new, season), strict=True
    ):
        if was != now:
            yield _row(
                new.unit,
                "数字" if matter in dict(FIGURES) else matter,
                f"{title}：{matter}",
                was,
                now,
                收文号=accession,
            )


def _facts(told: Told, season: Season) -> tuple[Value, ...]:
    activity, category = told.judged.activity, told.judged.classification
    name = season.categories.get(category.code, str(category.code))
    return (
        name if category.decided else f"{name}（待核）",
        told.reason or "计入",
        *(_value(getattr(activity, attribute)) for _, attribute in FIGURES),
    )


def _value(stated: Stated[Any] | None) -> Value:
    return (
        None if stated is None else stated.value if isinstance(stated.value, int | str) else str(stated.value)
    )


# ---------------------------------------------------------------- decisions


def _decisions(before: Season, after: Season) -> Iterator[Row]:
    units = {one.item.accession: _unit(one) for one in after.filed}
    for one in after.custody.corrections:
        if one not in before.custody.corrections:
            yield _decision(one, units.get(one.accession) or one.field.rpartition("/")[2])


def _decision(one: Correction, unit: str) -> Row:
    at: datetime = beijing.wall(one.at)
    more: Row = {"收文号": one.accession, "时间（北京）": at, "备注": f"{one.by}：{one.why}"}
    return _row(unit, "人工决定", field_name(one.field), one.old or None, one.new or None, **more)
