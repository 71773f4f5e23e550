"""The rubric, read and checked: scoring.toml.

Source: the types in rules/__init__.py; the comments in the table say what each key means.
Limits: knows the names of the rules of pipeline/evaluate, not what they do; docs/workbook.md says it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rules import Bands, Criterion, Scoring
from rules.strict import Table, toml

MODES = ("auto", "assisted", "people")
TIERS = ("central", "provincial", "county", "own")
REACH = ("unit", "online")
"""What the rule reach gives points for beside people: each other unit, and being online as well."""
RULES = (
    "activities",
    "categories",
    "completeness",
    "consistency",
    "media",
    "on_theme",
    "participants",
    "people",
    "words",
    "words_counted",
    "workers",
)
"""Names of the rules that evaluate.py knows."""
FEATURED_RULES = ("carried_out", "on_theme", "people", "proof", "reach", "words")
"""Names of the rules of 特色活动 that evaluate/featured.py knows."""
COUNTED = (
    "activities",
    "participants",
    "workers",
    "words_counted",
    "consistency",
    "carried_out",
    "reach",
    "proof",
)
"""Rules that need bands."""


def rubric(file: Path) -> Scoring:
    """Read the rubric of *file*; RulesError with file and line for the first thing that is wrong."""
    root = toml(file)
    groups, peers = root.names("groups"), root.names("peers")
    off, words = root.inner("off"), root.inner("words")
    scoring = Scoring(
        criteria=_criteria(root, [name for name, _ in groups], [kind for kind, _ in peers]),
        bonus_cap=root.number("bonus_cap", 0, 100),
        online_factor=root.number("online_factor", 0, 1),
        late_per_day=off.number("late_per_day", 0, 100),
        late_cap=off.number("late_cap", 0, 100),
        contradiction_off=off.number("contradiction", 0, 100),
        contradiction_cap=off.number("contradiction_cap", 0, 100),
        duplicate_off=off.number("duplicate", 0, 100),
        online_words=words.patterns("online"),
        worker_words=words.patterns("worker"),
        effect_words=words.patterns("effect"),
        groups=groups,
        peers=peers,
        featured=_featured(root),
    )
    for table in (off, words, root):
        table.close()
    return scoring


def _criteria(root: Table, groups: Sequence[str], peers: Sequence[str]) -> tuple[Criterion, ...]:
    found: list[Criterion] = []
    for table in root.tables("criteria", least=1):
        criterion = _criterion(table, groups, peers)
        if criterion.id in (other.id for other in found):
            raise table.wrong("id", f"评分项编号 {criterion.id} 重复", "每项一个编号")
        found.append(criterion)
    _hundred(root, "criteria", found)
    return tuple(found)


def _featured(root: Table) -> tuple[Criterion, ...]:
    """The rubric of 特色活动: criteria without group and peer groups."""
    found: list[Criterion] = []
    for table in root.tables("featured", least=1):
        criterion = _line(table, FEATURED_RULES)
        if criterion.id in (other.id for other in found):
            raise table.wrong("id", f"特色活动评分项编号 {criterion.id} 重复", "每项一个编号")
        found.append(criterion)
    _hundred(root, "featured", found)
    return tuple(found)


def _hundred(root: Table, key: str, found: Sequence[Criterion]) -> None:
    total = sum(criterion.points for criterion in found)
    if round(total, 6) != 100:
        raise root.wrong(key, f"[[{key}]] 各项满分之和是 {total:g}", "调整各项 points，使总和为 100")


def _criterion(table: Table, groups: Sequence[str], peers: Sequence[str]) -> Criterion:
    group = table.choice("group", groups)
    peer_bands = _peer_bands(table, peers, table.number("points", 0, 100))
    return replace(_line(table, RULES), group=group, peer_bands=peer_bands)


def _line(table: Table, rules: Sequence[str]) -> Criterion:
    """What all criteria have; refuses keys that nobody took."""
    points = table.number("points", 0, 100)
    criterion = Criterion(
        id=table.text("id"),
        group="",
        name=table.text("name"),
        points=points,
        mode=table.choice("mode", MODES),
        rule=table.choice("rule", rules),
        bands=table.bands("bands", points),
        per=table.numbers("per", 0, points),
        words=table.patterns("words"),
        source=table.text("source"),
    )
    table.close()
    _complete(table, criterion)
    return criterion


def _peer_bands(table: Table, peers: Sequence[str], most: float) -> tuple[tuple[str, Bands], ...]:
    inner = table.inner("peer_bands")
    for kind in inner.values:
        if kind not in peers:
            raise inner.wrong(kind, f"没有 {kind} 这个同类组", f"只能是 {'、'.join(peers)}")
    return tuple((kind, inner.bands(kind, most)) for kind in inner.values)


def _complete(table: Table, criterion: Criterion) -> None:
    """Refuse a criterion whose rule lacks what it works with, or whose mode does not fit the rule."""
    if criterion.rule in COUNTED and not criterion.bands:
        raise table.wrong("", f"评分项 {criterion.id} 没有 bands", "补上 bands = [[门槛, 分数], …]")
    if criterion.rule == "media" and tuple(name for name, _ in criterion.per) != TIERS:
        raise table.wrong("per", f"评分项 {criterion.id} 的 per 不全", f"依次写明 {'、'.join(TIERS)}")
    if criterion.rule == "reach" and tuple(name for name, _ in criterion.per) != REACH:
        raise table.wrong("per", f"评分项 {criterion.id} 的 per 不全", f"依次写明 {'、'.join(REACH)}")
    if criterion.rule in ("categories", "completeness") and len(criterion.per) != 1:
        raise table.wrong("per", f"评分项 {criterion.id} 的 per 应只有一项", "写成 per = { item = 每项分数 }")
    if criterion.rule.startswith("words") and not criterion.words:
        raise table.wrong("", f"评分项 {criterion.id} 没有 words", "补上 words = [正则表达式, …]")
    if (criterion.mode == "people") != (criterion.rule == "people"):
        raise table.wrong(
            "mode", f"评分项 {criterion.id} 的 mode 与 rule 不配", "只由人评的项两者都写 people"
        )
