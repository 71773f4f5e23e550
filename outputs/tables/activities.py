"""活动明细 and 分类统计: what was done, and how it adds up.

Limits: an activity of a mail that does not count is shown (grey, 计入 否) and adds nothing; a joint activity that another unit's
row holds too (计入 联合) counts for its unit and is added once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from outputs.changed import changed
from outputs.tables.joined import AGAIN, remark
from outputs.tables.season import Season, Told
from outputs.tables.sheet import Column, Comment, Edit, Form, Sheet, Value, framed
from outputs.words import OUTSIDE, UNKNOWN_UNIT
from pipeline.evaluate import flat, place
from pipeline.records import Stated

DETAIL = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="单位", width=19),
    Column(header="活动名称", width=22),
    Column(header="类别", width=19),
    Column(header="复核类别", width=19, edit=Edit.CATEGORY),
    Column(header="开始日期", width=11, form=Form.DATE),
    Column(header="结束日期", width=11, form=Form.DATE),
    Column(header="地点", width=14),
    Column(header="参与人数", width=9, form=Form.COUNT, total=True),
    Column(header="场次", width=6, form=Form.COUNT, total=True),
    Column(header="资料份数", width=8, form=Form.COUNT, total=True),
    Column(header="宣传媒体", width=14),
    Column(header="活动内容", width=56),
    Column(header="类别依据（原话）", width=22),
    Column(header="收文号", width=11, form=Form.CENTRE),
    Column(header="邮件（位置、主题）", width=20),
    Column(header="出处（文件、位置）", width=22),
    Column(header="计入", width=5, form=Form.CENTRE),
    Column(header="复核计入", width=6, form=Form.CENTRE, edit=Edit.YES_NO),
    Column(header="备注", width=20),
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
        frame=framed(DETAIL, [_detail(season, one) for one in told], [one.row for one in told]),
        summed=("计入", "是"),
        comments=tuple(comment for one in told for comment in _comments(one)),
        faded=frozenset(one.row for one in told if one.reason),
    )


def _detail(season: Season, told: Told) -> dict[str, Value]:
    activity, category = told.judged.activity, told.judged.classification
    accession = told.one.item.accession
    mail = (season.uids(accession), flat(told.filing.mail.subject, 60))
    return {
        "单位": told.unit,
        "活动名称": activity.title,
        "类别": season.categories.get(category.code, str(category.code)),
        "复核类别": _review(told),
        "开始日期": _value(activity.date_start),
        "结束日期": _value(activity.date_end),
        "地点": _value(activity.place),
        "参与人数": _value(activity.participants),
        "场次": _value(activity.sessions),
        "资料份数": _value(activity.materials),
        "宣传媒体": "、".join(dict.fromkeys(stated.value for stated in activity.media)) or None,
        "活动内容": activity.text,
        "类别依据（原话）": "；".join(f"{hit.value}“{hit.words}”" for hit in category.evidence[:3]) or None,
        "收文号": accession,
        "邮件（位置、主题）": "\n".join(part for part in mail if part) or None,
        "出处（文件、位置）": told.place,
        "计入": "否" if told.reason else AGAIN if told.again else "是",
        "复核计入": None if told.reason else "",
        "备注": "；".join(_remarks(told)),
    }


def _review(told: Told) -> str | None:
    """Yellow where the category is decided and counts; what is undecided is decided on another sheet."""
    if told.reason:
        return None
    return "" if told.judged.classification.decided else SEE_QUESTIONS


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
        yield "单位待核"
    if not told.judged.classification.decided:
        yield "类别待核"
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
    for header, stated in facts:
        quotes = [f"“{one.words}”（{place(told.filing, one.span)}）" for one in stated if one is not None]
        if quotes:
            text = "\n".join((told.one.item.accession, *quotes[:MOST_QUOTES]))
            yield Comment(row=told.row, header=header, text=text)


def _value(stated: Stated[Any] | None) -> Any:
    return None if stated is None else stated.value


# ---------------------------------------------------------------- 分类统计

ELSEWHERE = "名册外或不明"
FIGURES = ("参与人数", "场次", "资料份数")


def statistics(season: Season) -> Sheet:
    """One row a category: activities, units, figures, and activities by peer group; only what counts."""
    columns = _columns(season)
    frame = pd.DataFrame([_plain(one) for one in season.activities if not one.reason], columns=_PLAIN)
    rows = [
        {"类别": name, **_sums(frame[frame["code"] == code], season)}
        for code, name in season.categories.items()
    ]
    ids = [f"category/{code}" for code in season.categories]
    return Sheet(
        name="分类统计",
        title=f"{season.rules.notice.name}分类统计表",
        paper="A4",
        columns=columns,
        frame=framed(columns, rows, ids),
    )


def _columns(season: Season) -> tuple[Column, ...]:
    return (
        Column(header="序号", width=5, form=Form.CENTRE),
        Column(header="类别", width=22),
        Column(header="活动数", width=8, form=Form.COUNT, total=True),
        Column(header="其中类别待核", width=9, form=Form.COUNT, total=True),
        Column(header="单位数", width=8, form=Form.COUNT),
        Column(header="参与人数", width=11, form=Form.COUNT, total=True),
        Column(header="未写明人数的活动", width=10, form=Form.COUNT, total=True),
        Column(header="场次", width=8, form=Form.COUNT, total=True),
        Column(header="资料份数", width=10, form=Form.COUNT, total=True),
        Column(header="媒体报道", width=8, form=Form.COUNT, total=True),
        *(Column(header=name, width=8, form=Form.COUNT, total=True) for name in _peers(season)),
        Column(header="备注", width=16),
    )


def _peers(season: Season) -> tuple[str, ...]:
    return (*dict(season.rules.scoring.peers).values(), ELSEWHERE)


_PLAIN = ("code", "decided", "unit", "again", *FIGURES, "media")


def _plain(told: Told) -> tuple[Any, ...]:
    activity, category = told.judged.activity, told.judged.classification
    figures = (activity.participants, activity.sessions, activity.materials)
    return (
        category.code,
        category.decided,
        told.unit,
        told.again,
        *(_value(stated) for stated in figures),
        len({stated.value for stated in activity.media}),
    )


def _sums(frame: pd.DataFrame, season: Season) -> dict[str, Value]:
    """The sums of one category: joint activities once, but in the column of each group of units that took part."""
    peers = frame["unit"].map(lambda unit: season.kinds.get(unit, OUTSIDE)).replace(OUTSIDE, ELSEWHERE)
    once = frame[~frame["again"].astype(bool)]
    more = len(frame) - len(once)
    return {
        "活动数": len(once),
        "其中类别待核": int((~once["decided"].astype(bool)).sum()),
        "单位数": len(set(frame["unit"]) - {UNKNOWN_UNIT}),
        **{name: _total(once[name]) for name in FIGURES},
        "未写明人数的活动": int(once["参与人数"].isna().sum()),
        "媒体报道": int(once["media"].sum()),
        **{name: int((peers == name).sum()) for name in _peers(season)},
        "备注": f"联合活动另有 {more} 项次，只在各组栏内计" if more else "",
    }


def _total(column: pd.Series[Any]) -> int | None:
    """The sum of what is stated; None where nothing is."""
    stated = pd.to_numeric(column, errors="coerce").dropna()
    return int(stated.sum()) if len(stated) else None
