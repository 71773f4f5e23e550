"""Whose mail it is: a mail that carries reports of several units (代报) is shared among them.

Purpose: `sharers` names the units that a mail counts for, `share` gives one of them its part.
Limits: what stands in no unit's document (the letter, loose photographs) is everybody's; only what stands in another unit's
document is not.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.records import Filing


def sharers(filing: Filing) -> tuple[str, ...]:
    """The units that the mail counts for: its own first, unless all its activities are others'; () where it has none."""
    best = filing.identification.best
    counted = [judged for judged in filing.activities if judged.counted]
    others = tuple(dict.fromkeys(judged.unit for judged in counted if judged.unit not in (None, best)))
    own = not others or any(judged.unit in (None, best) for judged in counted)
    return tuple(unit for unit in ((best, *others) if own else others) if unit is not None)


def share(filing: Filing, unit: str) -> Filing:
    """What of the mail counts for *unit*: all but the documents of other units."""
    best = filing.identification.best
    if sharers(filing) == (unit,) and unit == best:
        return filing
    mine = tuple(judged for judged in filing.activities if (judged.unit or best) == unit)
    kept = {judged.activity.spans[0].part for judged in mine}
    told = {judged.activity.spans[0].part for judged in filing.activities}
    foreign = (told | {one.part for one in filing.behalf if one.unit != unit}) - kept

    def holds(path: str) -> bool:
        return not any(path == part or path.startswith(f"{part}/") for part in foreign)

    found = filing.identification
    return replace(
        filing,
        identification=found if unit == best else replace(found, best=unit, in_roster=True, decided=True),
        activities=mine,
        parts=tuple(one for one in filing.parts if holds(one.path)),
        pictures=tuple(one for one in filing.pictures if holds(one.part)),
        recordings=tuple(one for one in filing.recordings if holds(one.part)),
        links=tuple(one for one in filing.links if holds(one.part)),
        highlights=tuple(one for one in filing.highlights if holds(one.span.part)),
        suggestions=tuple(one for one in filing.suggestions if holds(one.span.part)),
        set_aside=tuple(one for one in filing.set_aside if holds(one.span.part)),
        problems=tuple(one for one in filing.problems if holds(one.part)),
    )
