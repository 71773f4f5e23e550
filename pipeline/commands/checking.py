"""How a folder of rules is told to people: units, categories, criteria with their points and bands, what only people give.

Purpose: `lines`, for `shouwen rules check`. Limits: text for a terminal; nothing is decided here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from outputs.cells import width
from outputs.words import MODES
from rules import Bands, Criterion, Rules
from rules.checking import matched

PER = {
    "item": "每件",
    "central": "中央级",
    "provincial": "省市级",
    "county": "区县级",
    "own": "自有账号",
    "unit": "每个联合单位",
    "online": "线上线下同时",
}
NAME, POINTS, MODE, RULE = 24, 6, 6, 14
"""Half-width characters of the columns of a criterion."""


def lines(rules: Rules) -> Iterator[str]:
    """Say in Chinese what the tables hold, a line at a time."""
    notice = rules.notice
    yield f"通知　　{notice.number}　{notice.title}"
    yield f"　　　　活动时间 {notice.period_start} 至 {notice.period_end}，截止 {notice.deadline:%Y-%m-%d %H:%M:%S}"
    kinds = Counter(unit.kind for unit in rules.units)
    units = "、".join(f"{name} {kinds[kind]}" for kind, name in rules.scoring.peers)
    yield f"单位　　{len(rules.units)} 个：{units}"
    categories = sorted(rules.categories, key=lambda one: one.code or 99)
    yield f"类别　　{len(categories)} 个：" + "、".join(
        f"{one.code} {one.short}（{len(one.hints)} 条提示）" for one in categories
    )
    tiers = Counter(tier for _, tier in rules.outlets)
    outlets = "、".join(f"{PER[tier]} {number}" for tier, number in tiers.items())
    yield f"媒体　　{len(rules.outlets)} 家：{outlets}"
    yield f"样例　　{len(rules.examples)} 条"
    yield ""
    yield from _organisers(rules)
    yield ""
    yield f"特色活动评分办法（每项活动 {_sum(rules.scoring.featured):g} 分）"
    yield from _table(rules.scoring.featured, rules)
    yield ""
    everything = (*rules.scoring.criteria, *rules.scoring.featured)
    people = "、".join(f"{one.id} {one.name} {one.points:g} 分" for one in everything if one.mode == "people")
    yield f"只由人评　{people or '无'}；加分 0—{rules.scoring.bonus_cap:g} 分；扣分以至一票否决"


def _organisers(rules: Rules) -> Iterator[str]:
    scoring = rules.scoring
    yield f"优秀组织单位评分办法（共 {_sum(scoring.criteria):g} 分）"
    for letter, name in scoring.groups:
        criteria = tuple(one for one in scoring.criteria if one.group == letter)
        yield f"{letter} {name}　{_sum(criteria):g} 分"
        yield from _table(criteria, rules)
    yield (
        f"扣分　　迟交每天 {scoring.late_per_day:g}、最多 {scoring.late_cap:g}；前后矛盾每处 {scoring.contradiction_off:g}、"
        f"最多 {scoring.contradiction_cap:g}；重复材料 {scoring.duplicate_off:g}"
    )
    yield f"折算　　线上人数 × {scoring.online_factor:g}"


def _sum(criteria: Sequence[Criterion]) -> float:
    return sum(one.points for one in criteria)


def _table(criteria: Sequence[Criterion], rules: Rules) -> Iterator[str]:
    peers = dict(rules.scoring.peers)
    for one in criteria:
        cells = (
            _wide(f"  {one.id} {one.name}", NAME),
            _wide(f"{one.points:g} 分", POINTS),
            _wide(MODES[one.mode], MODE),
            _wide(one.rule, RULE),
        )
        yield "  ".join((*cells, "；".join(_how(one, rules)))).rstrip()
        for kinds, bands in _shared(one):
            yield " " * 4 + f"{'、'.join(peers[kind] for kind in kinds)}：{_bands(bands)}"


def _how(one: Criterion, rules: Rules) -> Iterator[str]:
    if one.bands:
        yield _bands(one.bands)
    if one.per:
        yield "、".join(f"{PER.get(name, name)} {points:g} 分" for name, points in one.per)
    if one.words:
        yield f"句式 {len(one.words)} 条，样例中 {matched(one.words, rules)} 条有"


def _shared(one: Criterion) -> Iterator[tuple[list[str], Bands]]:
    """The bands of peer groups, those that are the same together."""
    found: dict[Bands, list[str]] = {}
    for kind, bands in one.peer_bands:
        found.setdefault(bands, []).append(kind)
    for bands, kinds in found.items():
        yield kinds, bands


def _bands(bands: Bands) -> str:
    return "、".join(f"≥{threshold:g} 得 {points:g}" for threshold, points in bands)


def _wide(text: str, most: int) -> str:
    return text + " " * (most - width(text))
