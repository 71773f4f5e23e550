"""What is boilerplate, and which activities may be one, found plainly. The reference of pipeline/relate/tellings.py.

Limits: sets of strings, and each activity compared with all others; as it was before shingles were numbers.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from pipeline.records import Activity
from pipeline.relate.tellings import BOILERPLATE, MOST_ALIKE, Telling


def words(activity: Activity) -> frozenset[str]:
    """Runs of four characters, without signs and digits."""
    flat = re.sub(r"\d+", "", re.sub(r"\W+", "", activity.text))
    return frozenset(flat[at : at + 4] for at in range(len(flat) - 3))


def quoted(activity: Activity) -> frozenset[str]:
    """The names in quotation marks."""
    return frozenset(re.findall(r"[“《]([^“”《》]{4,30})[”》]", activity.text))


def title(activity: Activity) -> str:
    """The title without signs."""
    return re.sub(r"\W+", "", activity.title)


def worn(told: Sequence[Telling]) -> frozenset[str]:
    """Runs, names and titles that BOILERPLATE units or more use."""
    users: dict[str, set[str]] = defaultdict(set)
    for one in told:
        for used in (*quoted(one.activity), *words(one.activity), title(one.activity)):
            users[used].add(one.unit)
    return frozenset(used for used, who in users.items() if len(who) >= BOILERPLATE)


def candidates(told: Sequence[Telling]) -> Iterator[tuple[int, int]]:
    """All that may be compared: named partners, equal day and head count of few, one unit and day."""
    alike = Counter(_figures(one) for one in told)
    for a, one in enumerate(told):
        for b in range(a + 1, len(told)):
            other = told[b]
            partners = one.unit in other.partners or other.unit in one.partners
            two = one.key[0] != other.key[0] or one.unit != other.unit
            heads = None not in _figures(one) and alike[_figures(one)] <= MOST_ALIKE
            same = _figures(one) == _figures(other) and heads
            if _figures(one)[0] == _figures(other)[0] and (
                partners or (two and (same or one.unit == other.unit))
            ):
                yield a, b


def _figures(one: Telling) -> tuple[object, object]:
    day, people = one.activity.date_start, one.activity.participants
    return day and day.value, people and people.value
