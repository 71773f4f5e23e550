"""分类统计: activities, units and figures by category, and by kind of unit, with charts.

Limits: only what counts; a joint activity is added once, but stands in the column of each group of units that took part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from outputs.tables.season import Season, Told
from outputs.tables.sheet import Chart, Column, Form, Sheet, Value, framed
from outputs.words import OUTSIDE, UNKNOWN_UNIT

ELSEWHERE = "名册外或不明"
FIGURES = ("参与人数", "场次", "资料份数")


def statistics(season: Season) -> Sheet:
    """One row a category: activities, units, figures, and activities by peer group; only what counts."""
    columns = _columns(season)
    frame = pd.DataFrame([_plain(one) for one in season.activities if not one.reason], columns=_PLAIN)
    rows: list[dict[str, Value]] = [
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
        charts=tuple(_charts(season, rows)),
    )


def _charts(season: Season, rows: Sequence[Mapping[str, Value]]) -> Iterator[Chart]:
    """Activities, then people, by category, and activities by kind of unit; only kinds that have any."""
    if not any(row["活动数"] for row in rows):
        return
    there = tuple(name for name in _peers(season) if any(row[name] for row in rows))
    yield Chart(kind="column", title="各类活动数", labels="类别", series=("活动数",))
    yield Chart(kind="bar", title="各类活动由哪些单位开展", labels="类别", series=there, stacked=True)
    yield Chart(kind="column", title="各类活动参与人数", labels="类别", series=("参与人数",))


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
        *(stated.value if stated else None for stated in figures),
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
