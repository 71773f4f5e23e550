"""A table that lists what the report tells in its sections: each row belongs to the telling that it dates and counts.

Source: the labelling guide, A.3: one event is one activity, however often the report speaks of it.
Limits: a row is known by its name and its day; a table of which most rows are told nowhere lists other activities.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.segment.days import days
from pipeline.segment.naming import cell_title
from pipeline.segment.pieces import Piece

ALIKE = 0.5
"""Share of a name's two-character runs that the telling holds."""
SAME_DAY = 0.4
"""What a day in common adds to it, and another day takes away."""

Group = list[Piece]


def joined(made: Sequence[Group]) -> list[Group]:
    """Put each row of a list to the group that tells of it; nothing changes where fewer than half of the rows are told."""
    rows = [group for group in made if group[0].cells]
    told = [group for group in made if not group[0].cells]
    pairs = _pairs(rows, told)
    if not pairs or 2 * len(pairs) < len(rows):
        return list(made)
    listed = {place: rows[row] for row, place in pairs.items()}
    taken = [rows[row] for row in pairs]
    together = {id(group): [*group, *listed.get(place, ())] for place, group in enumerate(told)}
    return [together.get(id(group), group) for group in made if group not in taken]


def _pairs(rows: Sequence[Group], told: Sequence[Group]) -> dict[int, int]:
    """Which row is told by which group; the most alike are paired first, each once."""
    scores = sorted(
        ((_alike(row[0], group), r, t) for r, row in enumerate(rows) for t, group in enumerate(told)),
        key=lambda one: (-one[0], one[1], one[2]),
    )
    pairs: dict[int, int] = {}
    for score, row, place in scores:
        if score >= ALIKE and row not in pairs and place not in pairs.values():
            pairs[row] = place
    return pairs


def _alike(row: Piece, group: Group) -> float:
    name = cell_title(row)
    text = (group[0].heads[-1][1] if group[0].heads else "") + "".join(piece.text for piece in group)
    runs = {name[at : at + 2] for at in range(len(name) - 1)}
    share = sum(run in text for run in runs) / max(1, len(runs))
    mine, its = {first for first, _ in days(row.text)}, {first for first, _ in days(text)}
    if not mine or not its:
        return share
    return share + (SAME_DAY if mine & its else -SAME_DAY)
