"""活动明细: what was done; unit (代报), category, dates, place, figures and 计入 are edited where they stand.

Limits: an activity of a mail that does not count is shown (grey, 计入 否, locked) and adds nothing; one that a person took out is
grey too, and can be taken in again; a joint activity that another unit's row holds too (计入 联合, locked) counts for its unit
and is added once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from outputs.changed import changed
from outputs.tables.joined import AGAIN, remark
from outputs.tables.leads import MATERIAL, OPEN, file, original
from outputs.tables.season import Season, Told
from outputs.tables.sheet import Column, Comment, Edit, Form, Place, Sheet, Value, framed
from outputs.words import UNKNOWN_UNIT
from pipeline.evaluate import flat
from pipeline.evaluate.facts import places
from pipeline.records import Stated

WHY = "复核说明"
"""The yellow column in which the reason for a change of the row stands."""


def _edited(header: str, field: str, edit: Edit, form: Form, width: float, **more: Any) -> Column:
    """A yellow column of what an activity states, the change of which needs a reason."""
    return Column(header=header, width=width, form=form, edit=edit, field=field, why=WHY, **more)


DETAIL = (
    Column(header="序号", width=5, form=Form.CENTRE),
    _edited("单位", "unit", Edit.UNIT, Form.TEXT, 19),
    Column(header="活动名称", width=24),
    Column(header="类别", width=19, edit=Edit.CATEGORY, field="category"),
    _edited("开始日期", "date_start", Edit.DATE, Form.DATE, 12),
    _edited("结束日期", "date_end", Edit.DATE, Form.DATE, 12),
    Column(header="地点", width=16, edit=Edit.FREE, field="place"),
    _edited("参与人数", "participants", Edit.COUNT, Form.COUNT, 9, total=True),
    _edited("场次", "sessions", Edit.COUNT, Form.COUNT, 6, total=True),
    _edited("资料份数", "materials", Edit.COUNT, Form.COUNT, 8, total=True),
    Column(header="宣传媒体", width=16),
    Column(header="活动内容", width=56),
    Column(header="类别依据（原话）", width=22),
    MATERIAL,
    Column(header="收文号", width=11, form=Form.CENTRE),
    Column(header="邮件（位置、主题）", width=20),
    Column(header="出处（文件、位置）", width=22),
    _edited("计入", "counted", Edit.YES_NO, Form.CENTRE, 6),
    Column(header=WHY, width=18, edit=Edit.FREE),
    Column(header="备注", width=22),
)
MOST_QUOTES = 6
"""Quotes behind one cell; a comment should fit on a screen."""
SEE_QUESTIONS = "见待核事项"
"""Stands where a fact is decided on the sheet 待核事项, so that each fact is edited in one place."""


def details(season: Season) -> Sheet:
    """One row an activity."""
    told = season.activities
    return Sheet(
        name="活动明细",
        title=f"{season.rules.notice.name}明细表",
        paper="A3",
        columns=DETAIL,
        frame=framed(DETAIL, (_detail(season, one) for one in told), [one.row for one in told]),
        summed=("计入", "是"),
        comments=tuple(comment for one in told for comment in _comments(one)),
        faded=frozenset(one.row for one in told if one.reason),
        locked=frozenset((one.row, header) for one in told for header in _locked(one)),
        links={place: target for one in told for place, target in _links(one)},
    )


def _locked(told: Told) -> Iterator[str]:
    """What cannot be decided in this row: all of it where its mail counts for nothing, else what another sheet decides."""
    if told.closed:
        yield from (column.header for column in DETAIL if column.edit)
        return
    if not told.judged.classification.decided:
        yield "类别"
    if told.judged.unit is None and not told.filing.identification.decided:
        yield "单位"
    if told.again:
        yield "计入"


def _links(told: Told) -> Iterator[tuple[Place, str]]:
    """To the file that tells of the activity, and from the accession to the mail as it came."""
    accession = told.one.item.accession
    row = told.row
    yield (row, MATERIAL.header), file(told.one, told.judged.activity.spans[0].part)
    yield (row, "收文号"), original(accession)


def _detail(season: Season, told: Told) -> dict[str, Value]:
    activity, category = told.judged.activity, told.judged.classification
    accession = told.one.item.accession
    mail = (season.uids(accession), flat(told.filing.mail.subject, 60))
    return {
        "单位": told.unit,
        "活动名称": activity.title,
        "类别": season.categories.get(category.code, str(category.code)),
        "开始日期": _value(activity.date_start),
        "结束日期": _value(activity.date_end),
        "地点": _value(activity.place),
        "参与人数": _value(activity.participants),
        "场次": _value(activity.sessions),
        "资料份数": _value(activity.materials),
        "宣传媒体": "、".join(dict.fromkeys(stated.value for stated in activity.media)) or None,
        "活动内容": activity.text,
        "类别依据（原话）": sys.intern(
            "；".join(f"{hit.value}“{hit.words}”" for hit in category.evidence[:3])
        )
        or None,
        MATERIAL.header: OPEN,
        "收文号": accession,
        "邮件（位置、主题）": sys.intern("\n".join(part for part in mail if part)) or None,
        "出处（文件、位置）": told.place,
        "计入": "否" if told.reason else AGAIN if told.again else "是",
        WHY: "",
        "备注": "；".join(_remarks(told)),
    }


def _remarks(told: Told) -> Iterator[str]:
    if told.reason:
        yield told.reason
        yield from changed(told.one.relation, told.number)
    elif joined := remark(told.one, told.number):
        yield joined
    best = told.filing.identification.best
    if told.judged.unit not in (None, best):
        yield f"由{best or UNKNOWN_UNIT}代报"
    elif not told.filing.identification.decided:
        yield "单位待核" if told.closed else f"单位待核，{SEE_QUESTIONS}"
    if not told.judged.classification.decided:
        yield "类别待核" if told.closed else f"类别待核，{SEE_QUESTIONS}"
    if told.judged.classification.also:
        yield "兼类别 " + "、".join(str(code) for code in told.judged.classification.also)


def _comments(told: Told) -> Iterator[Comment]:
    """The quoted words behind each figure, and their place."""
    activity, category = told.judged.activity, told.judged.classification
    facts: tuple[tuple[str, tuple[Stated[Any] | None, ...]], ...] = (
        ("类别", category.evidence),
        ("开始日期", (activity.date_start,)),
        ("结束日期", (activity.date_end,)),
        ("地点", (activity.place,)),
        ("参与人数", (activity.participants,)),
        ("场次", (activity.sessions,)),
        ("资料份数", (activity.materials,)),
        ("宣传媒体", activity.media),
    )
    row, accession, where = told.row, told.one.item.accession, places(told.filing)
    for header, stated in facts:
        quotes = [f"“{one.words}”（{where(one.span)}）" for one in stated[:MOST_QUOTES] if one is not None]
        if quotes:
            yield Comment(row=row, header=header, text="\n".join((accession, *quotes)))


def _value(stated: Stated[Any] | None) -> Any:
    return None if stated is None else stated.value
