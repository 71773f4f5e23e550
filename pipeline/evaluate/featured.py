"""Which activities may be commended as 特色活动: each counted activity by a rubric of its own.

Purpose: `featured`, a fold over all mails like evaluate(); `ranked`, the same order without the evidence, which `Ranked.told`
adds to those that the sheet 特色活动推荐 shows.
Source: 渝科协发〔2024〕23号 part 4 (二) and (四); the rubric is [[featured]] of rules/<notice>/scoring.toml, which staff own.
Limits: the machine proposes and never decides: what was new, what it achieved and whether others can follow is for people,
who get the words. An unknown fact gives an interval. Each unit's telling of a joint activity is a candidate of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from math import fsum

from pipeline.evaluate.facts import Fact, Report, flat, label, reports
from pipeline.evaluate.telling import Line, Points, around, band, fits, matches, scored, within
from pipeline.records import Featured, Filed, Filing
from rules import Criterion, Rules

QUOTE = 60
"""Characters of a report quoted in one line."""
_ENDS = re.compile(r"(?<=[。；！？])|\n")
MOST_LINES = 3
"""Sentences shown to the people who give points."""


@dataclass(frozen=True)
class Candidate:
    """One counted activity with what stands beside it. own: its mail."""

    fact: Fact
    report: Report
    own: Filed
    filing: Filing

    @cached_property
    def document(self) -> str:
        """Path of the part that tells of it."""
        return self.fact.judged.activity.spans[0].part

    def beside(self, path: str) -> bool:
        """Whether a part belongs to the activity's document; loose ones do where the mail holds but one report."""
        return path == self.document or path.startswith(f"{self.document}/") or self.alone

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """What the activity's text says, each with its mark at the end."""
        return tuple(_ENDS.split(self.fact.judged.activity.text))

    @cached_property
    def alone(self) -> bool:
        """Whether the mail holds no other report."""
        return all(judged.activity.spans[0].part == self.document for judged in self.filing.activities)


@dataclass(frozen=True)
class Found:
    """What a rule found: low..high points. told: makes the lines that say why, which only what is shown needs."""

    low: float
    high: float
    told: Callable[[], Iterable[Line]]


Rule = Callable[[Criterion, Candidate, Rules], Found]


@dataclass(frozen=True)
class Ranked:
    """One candidate's sums, as of Featured, without the lines that say why: thousands are ranked and a hundred are shown."""

    candidate: Candidate
    low: float
    high: float

    @property
    def accession(self) -> str:
        """Its mail."""
        return self.candidate.fact.accession

    @property
    def number(self) -> int:
        """Its place in the mail, from 1."""
        return self.candidate.fact.number

    def told(self, rules: Rules) -> Featured:
        """The same with its lines of evidence."""
        return _one(self.candidate, rules)


def featured(filed: Sequence[Filed], rules: Rules) -> tuple[Featured, ...]:
    """Give each counted activity its points for 特色活动.

    Args:
        filed: all mails with their filings and relations, in any order, as for evaluate().

    Returns:
        the highest low total first, then the highest high total, then by accession and number.
    """
    return tuple(one.told(rules) for one in ranked(filed, rules))


def ranked(filed: Sequence[Filed], rules: Rules) -> tuple[Ranked, ...]:
    """Give the same activities in the same order; arguments as of `featured`."""
    found = [_ranked(candidate, rules) for candidate in _candidates(filed, rules)]
    return tuple(sorted(found, key=lambda one: (-one.low, -one.high, one.accession, one.number)))


def _candidates(filed: Sequence[Filed], rules: Rules) -> Iterator[Candidate]:
    for report in reports(filed, rules):
        mails = {one.item.accession: one for one in report.own}
        filings = dict(report.counted)
        for fact in report.activities:
            yield Candidate(fact, report, mails[fact.accession], filings[fact.accession])


def _one(candidate: Candidate, rules: Rules) -> Featured:
    scores = []
    for criterion in rules.scoring.featured:
        found = RULES[criterion.rule](criterion, candidate, rules)
        points = Points(low=found.low, high=found.high, lines=tuple(found.told()))
        scores.append(scored(candidate.report.unit, criterion, points))
    return Featured(
        accession=candidate.fact.accession,
        number=candidate.fact.number,
        unit=candidate.report.unit,
        title=candidate.fact.judged.activity.title,
        scores=tuple(scores),
        low=round(fsum(one.low for one in scores), 2),
        high=round(fsum(one.high for one in scores), 2),
    )


def _ranked(candidate: Candidate, rules: Rules) -> Ranked:
    lows, highs = [], []
    for criterion in rules.scoring.featured:
        found = RULES[criterion.rule](criterion, candidate, rules)
        low, high = within(criterion, found.low, found.high)
        lows.append(low)
        highs.append(high)
    return Ranked(candidate, round(fsum(lows), 2), round(fsum(highs), 2))


# ---------------------------------------------------------------- the rules


def _on_theme(criterion: Criterion, candidate: Candidate, rules: Rules) -> Found:
    reason, open_ = fits(candidate.fact, rules)
    low = 0 if reason else criterion.points

    def told() -> Iterator[Line]:
        names = {category.code: category.short for category in rules.categories}
        code = candidate.fact.judged.classification.code
        yield reason or f"在活动时间内，切合主题（{names.get(code, code)}）", candidate.fact.source

    return Found(low, criterion.points if open_ else low, told)


def _carried_out(criterion: Criterion, candidate: Candidate, _rules: Rules) -> Found:
    activity = candidate.fact.judged.activity
    things = {
        "日期": activity.date_start,
        "地点": activity.place,
        "人数": activity.participants,
        "场次": activity.sessions,
    }
    missing = [name for name, thing in things.items() if thing is None]

    def told() -> Iterator[Line]:
        for name, thing in things.items():
            if thing is not None:
                yield f"写明{name}：“{flat(thing.words, QUOTE)}”", candidate.fact.source
        if missing:
            yield f"待核：没有写明{'、'.join(missing)}", candidate.fact.source

    low = band(criterion.bands, len(things) - len(missing))
    return Found(low, max(low, band(criterion.bands, len(things))), told)


def _reach(criterion: Criterion, candidate: Candidate, rules: Rules) -> Found:
    """People by bands, more for each unit that held it too and for being online as well as on the spot."""
    activity, per, source = candidate.fact.judged.activity, dict(criterion.per), candidate.fact.source
    stated, online_words = activity.participants, rules.scoring.online_words
    only_online = stated is not None and matches(online_words, around(activity))
    both = not only_online and matches(online_words, activity.text)
    sure, perhaps = _partners(candidate)
    low = 0.0
    if stated is not None:
        low += band(criterion.bands, stated.value * (rules.scoring.online_factor if only_online else 1))
    if sure:
        low += per["unit"] * len(sure)
    if both:
        low += per["online"]

    def told() -> Iterator[Line]:
        if stated is None:
            yield "待核：没有写明人数", source
        else:
            how = "（线上，折算）" if only_online else ""
            yield f"{stated.value} 人{how}：“{flat(stated.words, QUOTE)}”", source
        if sure:
            yield f"+{per['unit'] * len(sure):g} 联合单位：{'、'.join(sure)}", source
        if both:
            yield f"+{per['online']:g} 线上线下同时开展", source
        if perhaps:
            yield f"待核：可能与 {'、'.join(perhaps)} 联合开展", source

    return Found(low, criterion.points if stated is None else low + per["unit"] * len(perhaps), told)


def _partners(candidate: Candidate) -> tuple[list[str], list[str]]:
    """The other units that report the same activity: for certain, and those about which a person must decide."""
    member = (candidate.fact.accession, candidate.fact.number)
    found: dict[bool, list[str]] = {True: [], False: []}
    for joint in candidate.own.joint:
        if member in joint.members:
            found[joint.decided] += [unit for unit in joint.units if unit not in ("", candidate.report.unit)]
    sure = list(dict.fromkeys(found[True]))
    return sure, [unit for unit in dict.fromkeys(found[False]) if unit not in sure]


def _proof(criterion: Criterion, candidate: Candidate, _rules: Rules) -> Found:
    """Kinds of evidence beside the words; what nobody could read or is only linked may hold the others."""
    filing, accession = candidate.filing, candidate.fact.accession
    pictures = [one.part for one in filing.pictures if not one.logo and candidate.beside(one.part)]
    films = [
        part.path
        for part in filing.parts
        if part.media_type.startswith("video/") and candidate.beside(part.path)
    ]
    media = list(dict.fromkeys(one.value for one in candidate.fact.judged.activity.media))
    unread = candidate.report.unread_of[accession]

    def told() -> Iterator[Line]:
        if pictures:
            yield f"照片 {len(pictures)} 张", f"{accession} {label(filing, pictures[0])}"
        if films:
            yield f"录像 {len(films)} 段", f"{accession} {label(filing, films[0])}"
        if media:
            yield f"媒体报道：{flat('、'.join(media), QUOTE)}", candidate.fact.source
        if unread:
            yield f"待核：有材料未能读出：{'、'.join(unread[:3])}", unread[0]
        if not (pictures or films or media or unread):
            yield "同一份材料里没有照片、录像或媒体报道", candidate.fact.source

    low = band(criterion.bands, sum(map(bool, (pictures, films, media))))
    return Found(low, criterion.points if unread else low, told)


def _words(criterion: Criterion, candidate: Candidate, _rules: Rules) -> Found:
    if any(matches(criterion.words, one) for one in candidate.sentences):
        return Found(criterion.points, criterion.points, lambda: _hits(criterion, candidate))
    doubt = ("待核：材料中没有找到依据，请人确认", candidate.fact.source)
    return Found(0, criterion.points, lambda: (doubt,))


def _people(criterion: Criterion, candidate: Candidate, _rules: Rules) -> Found:
    def told() -> Iterator[Line]:
        yield "由人评分", ""
        for words, source in _hits(criterion, candidate):
            yield f"可参考：{words}", source

    return Found(0, criterion.points, told)


def _hits(criterion: Criterion, candidate: Candidate) -> Iterator[Line]:
    """The first sentences of the activity that hold the criterion's words, each once."""
    sentences = (flat(one, QUOTE) for one in candidate.sentences if matches(criterion.words, one))
    for words in islice(dict.fromkeys(sentences), MOST_LINES):
        yield f"“{words}”", candidate.fact.source


RULES: dict[str, Rule] = {
    "carried_out": _carried_out,
    "on_theme": _on_theme,
    "people": _people,
    "proof": _proof,
    "reach": _reach,
    "words": _words,
}
"""Every rule a criterion of 特色活动 may name; rules/rubric.py refuses any other."""
