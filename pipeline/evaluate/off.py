"""What is taken off, the bonus that only people give, and what only people take off, up to everything (a veto).

Source: the tables [off] and bonus_cap of rules/<notice>/scoring.toml; the deadline is the notice's, part 4 (四).
Limits: late is judged by when the mailbox got the first mail (INTERNALDATE), in days of Beijing, never by what a mail
says of itself: where no server states a time, the hour we took it in is the latest possible and the points are open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from math import ceil, fsum

from pipeline import beijing
from pipeline.evaluate.facts import KINDS, Report, flat, label, why_not
from pipeline.evaluate.shares import share
from pipeline.records import Filed, Item, RelationKind, Scope, Score, State
from rules import Rules

LATE, CONTRADICTION, DUPLICATE, BONUS, VETO = "late", "contradiction", "duplicate", "bonus", "veto"
"""Names of these lines where a criterion's id stands."""

SERVER_SAYS = ("internaldate", "received")
"""Item.received_from that a sender cannot set."""
DAY_SECONDS = 86_400


def off(report: Report, rules: Rules) -> tuple[Score, ...]:
    """The lines late, contradiction, duplicate, bonus and veto of one unit's rubric, in this order."""
    return (
        _late(report, rules),
        _contradictions(report, rules),
        _duplicates(report, rules),
        Score(
            unit=report.unit,
            criterion=BONUS,
            low=0,
            high=rules.scoring.bonus_cap,
            full=rules.scoring.bonus_cap,
            machine=False,
            words="由人加分",
            sources=("",),
        ),
        Score(
            unit=report.unit,
            criterion=VETO,
            low=0,
            high=0,
            full=0,
            machine=False,
            words=f"机器不扣；由人扣分，扣满（{full(rules):g} 分）即一票否决",
            sources=("",),
        ),
    )


def full(rules: Rules) -> float:
    """All points that the criteria have: what a veto takes off."""
    return fsum(one.points for one in rules.scoring.criteria)


def days_late(received: datetime, deadline: datetime) -> int:
    """Days begun after the deadline's second has passed; 0 in time."""
    seconds = int((received.replace(microsecond=0) - deadline).total_seconds())
    return max(0, ceil(seconds / DAY_SECONDS))


def _late(report: Report, rules: Rules) -> Score:
    """Late by the first mail; one whose time no server states came some time before we took it in: an interval."""
    items = reporting(report)
    first = items[0]
    at, deadline, scoring = at_the_latest(first), rules.notice.deadline, rules.scoring
    days = days_late(at, deadline)
    points = -min(days * scoring.late_per_day, scoring.late_cap)
    open_ = [item for item in items if days and item.received_from not in SERVER_SAYS]
    lines = [
        (
            f"第一封{'' if first.received_from in SERVER_SAYS else '最迟'}于 {_beijing(at)} 收到，"
            f"截止 {_beijing(deadline)}，{'最多' if open_ else ''}{f'迟交 {days} 天' if days else '按时'}",
            first.accession,
        )
    ]
    lines += [(_unsure(item), item.accession) for item in open_]
    return _taken(report, LATE, (points, 0 if open_ else points), lines)


def reporting(report: Report) -> list[Item]:
    """The mails that show when the unit reported, the first to arrive first."""
    items = [one.item for one in report.own if _reports(one)]
    return sorted(items, key=lambda item: (at_the_latest(item), item.accession))


def at_the_latest(item: Item) -> datetime:
    """When the mail was in the mailbox for certain: as the server says, else when we took it in; never its Date."""
    return item.received if item.received_from in SERVER_SAYS else item.captured


def _unsure(item: Item) -> str:
    stated = f"（邮件自报 {_beijing(item.received)}）" if item.received_from == "date" else ""
    return f"待核：{item.accession} 的收到时间不是服务器所记{stated}，请在邮箱里核对"


def _reports(one: Filed) -> bool:
    """Whether the mail shows when the unit first reported: one that counts, was replaced, or is a copy of such."""
    if not why_not(one):
        return True
    relation = one.relation
    told = relation is not None and not relation.recalled
    replaced = relation is not None and (relation.superseded_by or relation.kind is RelationKind.DUPLICATE)
    return bool(
        told and replaced and one.item.state is State.FILED and one.filing and one.filing.kind in KINDS
    )


def _contradictions(report: Report, rules: Rules) -> Score:
    found = report.contradictions
    points = -min(len(found) * rules.scoring.contradiction_off, rules.scoring.contradiction_cap)
    lines = [(flat(one.text, 60), one.source) for one in found]
    return _taken(report, CONTRADICTION, (points, points), lines or [("没有发现前后矛盾", "")])


def _duplicates(report: Report, rules: Rules) -> Score:
    """Photographs that another unit used too; what very many units have was given to all of them and costs nothing."""
    found = tuple(_reused(report))
    low = -rules.scoring.duplicate_off if found else 0
    return _taken(report, DUPLICATE, (low, 0), found[:5] or [("没有发现重复材料", "")])


def _reused(report: Report) -> Iterator[tuple[str, str]]:
    """A line for each photograph of the counted mails that another unit used too, in the order of the mails."""
    for one in report.own:
        if one.filing is None or why_not(one):
            continue
        own = {part.path for part in share(one.filing, report.unit).parts}
        for reuse in one.reused:
            here = [use for use in reuse.uses if use.accession == one.item.accession]
            others = {use.unit for use in reuse.uses if use not in here} - {report.unit, ""}
            mine = next((use for use in here if use.part in own), None)
            if reuse.scope is Scope.UNITS and others and mine:
                how = "" if reuse.exact else f"（改动过，相似度 {min(reuse.alike, 0.99):.0%}）"
                words = f"待核：与 {'、'.join(sorted(others))} 用了同一张照片{how}"
                yield words, f"{mine.accession} {label(one.filing, mine.part)}"


def _taken(
    report: Report, criterion: str, points: tuple[float, float], lines: Sequence[tuple[str, str]]
) -> Score:
    return Score(
        unit=report.unit,
        criterion=criterion,
        low=round(points[0], 2) + 0.0,
        high=round(points[1], 2) + 0.0,
        full=0,
        machine=True,
        words="\n".join(words for words, _ in lines),
        sources=tuple(source for _, source in lines),
    )


def _beijing(at: datetime) -> str:
    return beijing.second(at)
