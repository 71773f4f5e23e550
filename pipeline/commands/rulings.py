"""What other rules would change, as staff read it.

Purpose: `lines(compared)`, mail by mail; `moved(move)`, unit by unit; `counted(summary)`, one line for all.
Limits: long values are cut; --json has all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.commands.differences import told

if TYPE_CHECKING:
    from pipeline.keeping.comparing import Compared, Summary
    from pipeline.keeping.moves import Move
    from pipeline.keeping.reasons import Reason


def lines(one: Compared, indent: str = "") -> Iterator[str]:
    """Yield one line about the mail, then one a difference with its reasons below; nothing where nothing changes."""
    if not one.read:
        yield f"{indent}{one.accession}：没有可用的读件结果，没有比较；先运行 shouwen once 重读"
        return
    if not one.changes:
        return
    yield f"{indent}{one.accession}｜{one.unit or '单位不明'}｜{one.subject or '（无主题）'}"
    said: tuple[Reason, ...] = ()
    for change in one.changes:
        yield f"{indent}    {told(change.difference)}"
        for reason in change.reasons:
            yield f"{indent}        因 {reason.table}：{'同上' if reason in said else reason.fact}"
        said = change.reasons


def moved(one: Move, names: Mapping[str, str]) -> Iterator[str]:
    """Yield one line about the unit that moves, then one a line of the rubric that did it. names: of the criteria."""
    rank = (
        ""
        if one.rank_before == one.rank_after
        else f"，组内名次 {_rank(one.rank_before)} → {_rank(one.rank_after)}"
    )
    yield f"{one.unit}：总分 {_points(one.before)} → {_points(one.after)}{rank}"
    for line in one.lines:
        yield f"    {names.get(line.criterion, line.criterion)} {_points(line.before)} → {_points(line.after)}"


def moving(all_of: Sequence[Move]) -> str:
    """Say in one line how many units move."""
    if not all_of:
        return "没有单位的总分或名次有变"
    ranks = sum(one.rank_before != one.rank_after for one in all_of)
    totals = sum(one.before != one.after for one in all_of)
    return f"{totals} 个单位的总分有变，{ranks} 个的组内名次有变"


def _rank(rank: int | None) -> str:
    return "不排" if rank is None else str(rank)


def _points(interval: tuple[float, float] | None) -> str:
    if interval is None:
        return "没有这一项"
    low, high = interval
    return f"{low:g}" if low == high else f"{low:g}～{high:g}"


def tables(judged: Sequence[str], others: Sequence[str]) -> str:
    """Say which tables differ, and that nothing is judged by those which only score."""
    if not judged and not others:
        return "两套规则的表都一样"
    told = [f"不同的表：{'、'.join(judged)}"] if judged else []
    if others:
        also = "也不同" if judged else "不同"
        told.append(f"{'、'.join(others)} {also}，只管评分，来件的判断不因此改变")
    return "；".join(told)


def counted(all_of: Summary) -> str:
    """Say all counts in one line; those that are 0 are left out after the first."""
    facts = (
        (all_of.categories_changed, "项活动换了类别"),
        (all_of.categories_to_undecided, "项类别由已定变待核"),
        (all_of.categories_to_decided, "项类别由待核变已定"),
        (all_of.activities_added, "项活动新增"),
        (all_of.activities_removed, "项活动不再有"),
        (all_of.units_changed, "件换了单位"),
        (all_of.units_to_undecided, "件单位由已定变待核"),
        (all_of.units_to_decided, "件单位由待核变已定"),
        (all_of.unread, "件没有读件结果、没有比较"),
    )
    told = "".join(f"；{number} {what}" for number, what in facts if number)
    return f"比较 {all_of.mails} 件、活动 {all_of.activities} 项：{all_of.mails_changed} 件有不同{told}"
