"""敏感度: how each unit's rank changes when one 大项 weighs a fifth more or less than the rubric says.

Limits: ranks go by low totals, within the peer group; for units of the roster that sent.
"""

from __future__ import annotations

from collections import Counter

from outputs.tables.season import Season
from outputs.tables.sheet import Column, Form, Sheet, Value, framed
from pipeline.evaluate.sensitivity import sensitivity
from pipeline.records import Sensitivity, Shift

FIRM = "稳"
"""结论 where no changed weight changes the rank."""


def firmness(season: Season) -> Sheet:
    """One row a unit, by peer group and rank."""
    groups = {kind: number for number, (kind, _) in enumerate(season.rules.scoring.peers)}
    found = sorted(
        sensitivity(season.evaluations, season.rules),
        key=lambda one: (groups.get(one.kind, 99), one.rank),
    )
    columns = _columns(found)
    sizes = Counter(one.kind for one in found)
    return Sheet(
        name="敏感度",
        title=f"{season.rules.notice.name}名次敏感度表（一个大项的权重上下浮动 20%）",
        paper="A4",
        columns=columns,
        frame=framed(
            columns,
            [_unit(season, one, alone=sizes[one.kind] == 1) for one in found],
            [f"unit/{one.unit}" for one in found],
        ),
    )


def _columns(found: list[Sensitivity]) -> tuple[Column, ...]:
    shifts = found[0].shifts if found else ()
    return (
        Column(header="序号", width=5, form=Form.CENTRE),
        Column(header="单位", width=30),
        Column(header="同类组", width=10, form=Form.CENTRE),
        Column(header="最终低分", width=8, form=Form.POINTS),
        Column(header="组内名次", width=6, form=Form.CENTRE),
        *(Column(header=_header(shift), width=7, form=Form.CENTRE) for shift in shifts),
        Column(header="名次范围", width=9, form=Form.CENTRE),
        Column(header="结论", width=20),
        Column(header="备注", width=14),
    )


def _header(shift: Shift) -> str:
    """A+20% or A−20%: the 大项 and how much more or less it weighs."""
    percent = round((shift.factor - 1) * 100)
    return f"{shift.group}{'+' if percent > 0 else '−'}{abs(percent)}%"


def _unit(season: Season, one: Sensitivity, *, alone: bool) -> dict[str, Value]:
    firm = one.best == one.worst
    return {
        "单位": one.unit,
        "同类组": season.kinds[one.unit],
        "最终低分": one.low,
        "组内名次": one.rank,
        **{_header(shift): shift.rank for shift in one.shifts},
        "名次范围": f"{one.best}" if firm else f"{one.best}～{one.worst}",
        "结论": FIRM if firm else f"名次在 {one.best}～{one.worst} 之间",
        "备注": "同组只有它报送" if alone else "",
    }
