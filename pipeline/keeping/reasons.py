"""Why other rules judge otherwise: which table, which line of it, and the words in the mail that it speaks to.

Purpose: `tables_changed(old, new)`; `reasons(…)`, one Reason for each table that has a part in a difference.
How: a table has a part where it alone, put among the old ones, brings the same field to another value. Where only several
together do, those have a part without which nothing happens.
Limits: an example speaks through the whole model; those that were added or taken out are named, the likest first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from pipeline.keeping.difference import Difference
from pipeline.records import Classification, Filing, Judged
from rules import Example, Hint, Rules, Unit

TABLES = {
    "notice.toml": "notice",
    "categories.toml": "categories",
    "units.csv": "units",
    "examples.csv": "examples",
}
"""The tables that judging rests on, and where Rules has them."""
UNJUDGED = {"scoring.toml": "scoring", "outlets.csv": "outlets"}
"""The tables that only the evaluation rests on."""
UNMET = "改动的提示没有命中这项活动，但提示与样例各占多少由全部样例重新算过"
"""Why a table of hints has a part in an activity that none of the changed hints meets."""
SHOWN = 3
"""Lines of a table, and words of the mail, that one reason names."""

Sides = tuple[Rules, Rules, Sequence[str]]
"""The old rules, the new ones, and the tables that differ."""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """table: the file. fact: Chinese, what changed in it and what it meets in the mail."""

    table: str
    fact: str


def tables_changed(old: Rules, new: Rules) -> tuple[str, ...]:
    """Name the tables that judging rests on and that say something else in *new*."""
    return tuple(name for name, part in TABLES.items() if getattr(old, part) != getattr(new, part))


def unjudged_changed(old: Rules, new: Rules) -> tuple[str, ...]:
    """Name the tables that say something else and are not judged by: scores, and ranks of media."""
    return tuple(name for name, part in UNJUDGED.items() if getattr(old, part) != getattr(new, part))


def reasons(
    before: Filing,
    after: Filing,
    found: Sequence[Difference],
    sides: Sides,
    alone: Callable[[Rules], Sequence[Difference]],
) -> dict[Difference, tuple[Reason, ...]]:
    """Say why each difference *found* between *before* and *after* is there.

    Args:
        before, after: as the machine judged them.
        found: what a person sees of it. A problem that comes with other differences follows from them: () for it.
        sides: the rules on both sides.
        alone: what becomes other under given rules.
    """
    told = [one for one in found if one.field != "problem"] or found
    parts = _parts(told, sides, alone)
    return {
        one: tuple(_reason(name, one, before, after, sides) for name in parts[one]) if one in told else ()
        for one in found
    }


def _parts(
    found: Sequence[Difference], sides: Sides, alone: Callable[[Rules], Sequence[Difference]]
) -> dict[Difference, Sequence[str]]:
    """The tables that have a part in each difference."""
    old, new, tables = sides
    if len(tables) == 1:
        return dict.fromkeys(found, tables)
    by = {name: _keys(alone(_with(old, new, name))) for name in tables}
    parts = {one: [name for name in tables if _key(one) in by[name]] for one in found}
    if not all(parts.values()):
        but = {name: _keys(alone(_with(new, old, name))) for name in tables}
        for one in found:
            parts[one] = parts[one] or [name for name in tables if _key(one) not in but[name]]
    return {one: names or tables for one, names in parts.items()}


def _with(rules: Rules, others: Rules, name: str) -> Rules:
    """*rules* with the one table of *others*."""
    changed: dict[str, object] = {TABLES[name]: getattr(others, TABLES[name])}
    return replace(rules, **changed)  # type: ignore[arg-type]  # a table of the one for that of the other


def _keys(found: Sequence[Difference]) -> frozenset[tuple[str, str, str]]:
    return frozenset(map(_key, found))


def _key(one: Difference) -> tuple[str, str, str]:
    """The same field with the same value before: whatever it becomes."""
    return (one.field, one.subject, one.before) if one.before else (one.field, one.subject, one.after)


def _reason(name: str, one: Difference, before: Filing, after: Filing, sides: Sides) -> Reason:
    old, new, _ = sides
    was, now = _judged(one, before, after)
    if name == "notice.toml":
        facts: list[str] = list(_notice(old, new))
    elif name == "units.csv":
        facts = list(_units(before, after, old.units, new.units))
    elif now is None and was is None:
        facts = []
    elif name == "categories.toml":
        met = list(_hints(now or was, old, new))
        facts = [*(met or [UNMET]), *_shares(was, now)]
    else:
        facts = [*_examples(now or was, old.examples, new.examples), *_shares(was, now)]
    return Reason(table=name, fact="；".join(facts) or "这张表改过，与别的表合起来起了作用")


def _judged(one: Difference, before: Filing, after: Filing) -> tuple[Judged | None, Judged | None]:
    """The activity that the difference is about, as it was and as it is; paired by its words."""
    head, _, rest = one.field.partition("/")
    number = rest.partition("/")[0]
    if head == "activity" and number.isdecimal():
        side = after.activities if one.after or "/" in rest else before.activities
        now = side[int(number) - 1] if int(number) <= len(side) else None
    else:
        now = None
    if now is None:
        return None, None
    was = [each for each in before.activities if each.activity.text == now.activity.text]
    return (was[0] if was else None), now


# ---------------------------------------------------------------- categories.toml and examples.csv


def _shares(was: Judged | None, now: Judged | None) -> Iterator[str]:
    """The shares of the categories on both sides, and the deciding words."""
    if was is None or now is None or was.classification == now.classification:
        return
    yield f"份额 {_weighed(was.classification)} → {_weighed(now.classification)}"
    words = [" ".join(one.words.split()) for one in now.classification.evidence[:SHOWN]]
    if words:
        yield "判定依据" + "".join(f"“{one}”" for one in words)


def _weighed(found: Classification) -> str:
    return "、".join(f"类别 {code} {share:.0%}" for code, share in found.candidates[:2])


def _hints(judged: Judged | None, old: Rules, new: Rules) -> Iterator[str]:
    """The hints that changed and that meet this activity."""
    if judged is None:
        return
    text = f"{judged.activity.title}\n{judged.activity.text}"
    was, now = _hint_weights(old), _hint_weights(new)
    for key in sorted(was.keys() | now.keys()):
        hit = re.search(key[1], text) if was.get(key) != now.get(key) else None
        if hit is not None:
            yield f"类别 {key[0]} 的提示“{key[1]}”{_turned(was.get(key), now.get(key))}，命中“{hit.group()}”"


def _hint_weights(rules: Rules) -> dict[tuple[int, str], tuple[float, ...]]:
    """All weights of each pattern of each category."""
    found: dict[tuple[int, str], tuple[float, ...]] = {}
    for category in rules.categories:
        for hint in category.hints:
            found[category.code, hint.pattern] = (
                *found.get((category.code, hint.pattern), ()),
                _weight(hint),
            )
    return found


def _weight(hint: Hint) -> float:
    return hint.weight


def _turned(was: tuple[float, ...] | None, now: tuple[float, ...] | None) -> str:
    if was is None:
        return f"是新增的（权重 {_numbers(now)}）"
    if now is None:
        return f"删去了（原权重 {_numbers(was)}）"
    return f"权重 {_numbers(was)} → {_numbers(now)}"


def _numbers(weights: tuple[float, ...] | None) -> str:
    return "、".join(f"{weight:g}" for weight in weights or ())


def _examples(judged: Judged | None, old: Sequence[Example], new: Sequence[Example]) -> Iterator[str]:
    """The examples that were added or taken out, the likest to this activity first."""
    if judged is None:
        return
    text = f"{judged.activity.title}\n{judged.activity.text}"
    for verb, there, others in (("新增", new, old), ("删去", old, new)):
        changed = sorted(set(there) - set(others), key=lambda one: (-_alike(one.text, text), one.report))
        if changed:
            names = "、".join(f"{one.report} 类别 {one.category}" for one in changed[:SHOWN])
            yield f"样例{verb} {len(changed)} 条（最相近的：{names}）"


def _alike(one: str, other: str) -> float:
    """Share of the pairs of characters that two texts have in common, 0..1."""
    first, second = ({text[at : at + 2] for at in range(len(text) - 1)} for text in (one, other))
    return len(first & second) / max(1, len(first | second))


# ---------------------------------------------------------------- units.csv and notice.toml


def _units(before: Filing, after: Filing, old: Sequence[Unit], new: Sequence[Unit]) -> Iterator[str]:
    """The lines of the roster that changed and concern the unit or a candidate."""
    named = {
        candidate.name
        for filing in (before, after)
        for candidate in filing.identification.candidates
        if candidate.in_roster
    }
    was, now = {unit.id: unit for unit in old}, {unit.id: unit for unit in new}
    for key in sorted(was.keys() | now.keys()):
        one, other = was.get(key), now.get(key)
        if one != other and named & {unit.name for unit in (one, other) if unit}:
            yield from _unit(one, other)
    words = "、".join(dict.fromkeys(word for _, word in after.identification.evidence[:SHOWN]))
    if words:
        yield f"认定依据“{words}”"


def _unit(was: Unit | None, now: Unit | None) -> Iterator[str]:
    if was is None or now is None:
        one = was or now
        yield f"单位“{one.name if one else ''}”{'新增' if was is None else '删去'}"
        return
    if was.name != now.name:
        yield f"单位名称“{was.name}”改为“{now.name}”"
    for what, old, new in (("别名", was.aliases, now.aliases), ("地址", was.addresses, now.addresses)):
        for verb, those in (("新增", set(new) - set(old)), ("删去", set(old) - set(new))):
            if those:
                yield f"“{now.name}”{verb}{what}" + "、".join(f"“{one}”" for one in sorted(those))
    if (was.kind, was.district) != (now.kind, now.district):
        yield f"“{now.name}”的类别或区县改了"


def _notice(old: Rules, new: Rules) -> Iterator[str]:
    changed = [
        one.name
        for one in fields(new.notice)
        if getattr(old.notice, one.name) != getattr(new.notice, one.name)
    ]
    yield "改了 " + "、".join(changed)
