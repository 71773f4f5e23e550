"""What is allowed in the tables and yet is hardly meant: bands that nothing reaches, words that occur nowhere, empty groups.

Purpose: `warnings`, for `shouwen rules check`, so that whoever changed a number sees what came of it before it counts.
Source: the comments of rules/<notice>/scoring.toml.
Limits: what is wrong for certain is refused by rules/loading.py; a warning stops nothing. Words are tried on the labelled
examples, which are activities: what only a summary says may occur in none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil

from rules import Bands, Criterion, Rules, Scoring

WHOLE = ("activities", "workers", "words_counted", "consistency", "carried_out", "proof")
"""Rules that put a whole number into the bands."""
MOST = {"carried_out": 4, "proof": 3}
"""The highest number that a rule can put into the bands, where there is one."""
PARTS = 6
"""Things that a complete report holds."""


def warnings(rules: Rules) -> tuple[str, ...]:
    """Say in Chinese, a line each with its cure, what is hardly meant."""
    scoring = rules.scoring
    return (
        *_groups(rules),
        *(line for one in scoring.criteria for line in _criterion(one, rules)),
        *(line for one in scoring.featured for line in _criterion(one, rules)),
        *_off(scoring),
        *(
            f"类别 {one.code} {one.short} 没有一条提示：只靠样例判断；可在 categories.toml 里补 hints"
            for one in rules.categories
            if one.code and not one.hints
        ),
    )


def matched(patterns: Sequence[str], rules: Rules) -> int:
    """In how many of the labelled examples one of the regular expressions occurs."""
    return sum(any(re.search(pattern, one.text) for pattern in patterns) for one in rules.examples)


def _groups(rules: Rules) -> Iterator[str]:
    kinds = {unit.kind for unit in rules.units}
    for kind, name in rules.scoring.peers:
        if kind not in kinds:
            yield f"同类组“{name}”（{kind}）没有一个单位：units.csv 里补上，或在 [peers] 里删去"
    used = {one.group for one in rules.scoring.criteria}
    for letter, name in rules.scoring.groups:
        if letter not in used:
            yield f"大项 {letter} {name} 没有一个评分项：补上 [[criteria]]，或在 [groups] 里删去"


def _criterion(one: Criterion, rules: Rules) -> Iterator[str]:
    name = f"{one.id} {one.name}"
    peers = dict(rules.scoring.peers)
    yield from _bands(one, one.bands, name)
    for kind, bands in one.peer_bands:
        yield from _bands(one, bands, f"{name}（{peers[kind]}）")
    items = {"categories": sum(category.code > 0 for category in rules.categories), "completeness": PARTS}
    if one.rule in items and (most := items[one.rule] * one.per[0][1]) < one.points:
        yield f"{name} 满分 {one.points:g}，{items[one.rule]} 件都有也只得 {most:g}：调整 per 或 points"
    if one.words and rules.examples and not matched(one.words, rules):
        yield f"{name} 的句式在 {len(rules.examples)} 条样例里一次也没有出现：核对 words 的写法"


def _bands(one: Criterion, bands: Bands, name: str) -> Iterator[str]:
    if not bands:
        return
    most = max(points for _, points in bands)
    if most < one.points and one.rule != "reach":
        yield f"{name} 满分 {one.points:g}，各档最高只给 {most:g}：没有人能得满分；调整最高一档或 points"
    limit = MOST.get(one.rule)
    for threshold, points in bands:
        if limit is not None and threshold > limit:
            yield f"{name} 的门槛 {threshold:g}（{points:g} 分）永远达不到，最多是 {limit}：降低门槛或删去这一档"
    for (lower, points), (upper, above) in pairwise(bands):
        if one.rule in WHOLE and ceil(lower) == ceil(upper):
            yield f"{name} 的门槛 {lower:g}（{points:g} 分）永远用不上，到了就也到了 {upper:g}：写整数，或删去一档"
        if points == above:
            yield f"{name} 的门槛 {upper:g} 与上一档同为 {above:g} 分：删去一档，或改分数"
        elif (above < points) != (one.rule == "consistency"):
            yield f"{name} 的门槛 {upper:g} 反而{'少' if above < points else '多'}给分（{points:g} → {above:g}）：核对各档"


def _off(scoring: Scoring) -> Iterator[str]:
    for name, each, cap in (
        ("迟交", scoring.late_per_day, scoring.late_cap),
        ("前后矛盾", scoring.contradiction_off, scoring.contradiction_cap),
    ):
        if cap < each:
            yield f"{name}每次扣 {each:g} 分，最多却只扣 {cap:g} 分：调整 [off]"
        if bool(each) != bool(cap):
            yield f"{name}的扣分不起作用（每次 {each:g}，最多 {cap:g}）：调整 [off]"
