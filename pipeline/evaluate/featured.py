"""Which activities may be commended as 特色活动: each counted activity by a rubric of its own.

Purpose: `featured`, a fold over all mails like evaluate(); `ranked`, the same order without the evidence, which `Ranked.told`
adds to those that the sheet 特色活动推荐 shows.
Source: 渝科协发〔2024〕23号 part 4 (二) and (四); the rubric is [[featured]] of rules/<notice>/scoring.toml, which staff own.
Limits: the machine proposes and never decides: what was new, what it achieved and whether others can follow is for people,
who get the words. An unknown fact gives an interval. Each unit's telling of a joint activity is a candidate of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
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


Rule = Callable[[Criterion, Candidate, Rules], Points]


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
    scores = tuple(
        scored(candidate.report.unit, criterion, RULES[criterion.rule](criterion, candidate, rules))
        for criterion in rules.scoring.featured
    )
    return Featured(
        accession=candidate.fact.accession,
        number=candidate.fact.number,
        unit=candidate.report.unit,
        title=candidate.fact.judged.activity.title,
        scores=scores,
        low=round(fsum(one.low for one in scores), 2),
        high=round(fsum(one.high for one in scores), 2),
    )


def _ranked(candidate: Candidate, rules: Rules) -> Ranked:
    lows, highs = [], []
    for criterion in rules.scoring.featured:
        given = criterion.rule == "people"  # what speaks for it is looked for only where it is shown
        points = _by_people(criterion) if given else RULES[criterion.rule](criterion, candidate, rules)
        low, high = within(criterion, points)
        lows.append(low)
        highs.append(high)
    return Ranked(candidate, round(fsum(lows), 2), round(fsum(highs), 2))


# ---------------------------------------------------------------- the rules


def _on_theme(criterion: Criterion, candidate: Candidate, rules: Rules) -> Points:
    reason, open_ = fits(candidate.fact, rules)
    low = 0 if reason else criterion.points
    names = {category.code: category.short for category in rules.categories}
    code = candidate.fact.judged.classification.code
    words = reason or f"在活动时间内，切合主题（{names.get(code, code)}）"
    high = criterion.points if open_ else low
    return Points(low=low, high=high, lines=((words, candidate.fact.source),))


def _carried_out(criterion: Criterion, candidate: Candidate, _rules: Rules) -> Points:
    activity = candidate.fact.judged.activity
    things = {
        "日期": activity.date_start,
        "地点": activity.place,
        "人数": activity.participants,
        "场次": activity.sessions,
    }
    stated = [(name, thing.words) for name, thing in things.items() if thing is not None]
    lines = [(f"写明{name}：“{flat(words, QUOTE)}”", candidate.fact.source) for name, words in stated]
    missing = [name for name, thing in things.items() if thing is None]
    if missing:
        lines.append((f"待核：没有写明{'、'.join(missing)}", candidate.fact.source))
    low, high = band(criterion.bands, len(stated)), band(criterion.bands, len(things))
    return Points(low=low, high=max(low, high), lines=tuple(lines))


def _reach(criterion: Criterion, candidate: Candidate, rules: Rules) -> Points:
    """People by bands, more for each unit that held it too and for being online as well as on the spot."""
    activity, per, source = candidate.fact.judged.activity, dict(criterion.per), candidate.fact.source
    stated, online_words = activity.participants, rules.scoring.online_words
    only_online = stated is not None and matches(online_words, around(activity))
    low = (
        band(criterion.bands, stated.value * (rules.scoring.online_factor if only_online else 1))
        if stated
        else 0
    )
    lines = (
        [
            (
                f"{stated.value} 人{'（线上，折算）' if only_online else ''}：“{flat(stated.words, QUOTE)}”",
                source,
            )
        ]
        if stated
        else [("待核：没有写明人数", source)]
    )
    sure, perhaps = _partners(candidate)
    if sure:
        low += per["unit"] * len(sure)
        lines.append((f"+{per['unit'] * len(sure):g} 联合单位：{'、'.join(sure)}", source))
    if matches(online_words, activity.text) and not only_online:
        low += per["online"]
        lines.append((f"+{per['online']:g} 线上线下同时开展", source))
    if perhaps:
        lines.append((f"待核：可能与 {'、'.join(perhaps)} 联合开展", source))
    high = criterion.points if stated is None else low + per["unit"] * len(perhaps)
    return Points(low=low, high=high, lines=tuple(lines))


def _partners(candidate: Candidate) -> tuple[list[str], list[str]]:
    """The other units that report the same activity: for certain, and those about which a person must decide."""
    member = (candidate.fact.accession, candidate.fact.number)
    found: dict[bool, list[str]] = {True: [], False: []}
    for joint in candidate.own.joint:
        if member in joint.members:
            found[joint.decided] += [unit for unit in joint.units if unit not in ("", candidate.report.unit)]
    sure = list(dict.fromkeys(found[True]))
    return sure, [unit for unit in dict.fromkeys(found[False]) if unit not in sure]


def _proof(criterion: Criterion, candidate: Candidate, _rules: Rules) -> Points:
    """Kinds of evidence beside the words; what nobody could read or is only linked may hold the others."""
    filing, accession = candidate.filing, candidate.fact.accession
    pictures = [one.part for one in filing.pictures if not one.logo and candidate.beside(one.part)]
    films = [
        part.path
        for part in filing.parts
        if part.media_type.startswith("video/") and candidate.beside(part.path)
    ]
    media = list(dict.fromkeys(one.value for one in candidate.fact.judged.activity.media))
    lines: list[Line] = []
    if pictures:
        lines.append((f"照片 {len(pictures)} 张", f"{accession} {label(filing, pictures[0])}"))
    if films:
        lines.append((f"录像 {len(films)} 段", f"{accession} {label(filing, films[0])}"))
    if media:
        lines.append((f"媒体报道：{flat('、'.join(media), QUOTE)}", candidate.fact.source))
    low = band(criterion.bands, len(lines))
    unread = candidate.report.unread_of[accession]
    if unread:
        lines.append((f"待核：有材料未能读出：{'、'.join(unread[:3])}", unread[0]))
    if not lines:
        lines.append(("同一份材料里没有照片、录像或媒体报道", candidate.fact.source))
    return Points(low=low, high=criterion.points if unread else low, lines=tuple(lines))


def _words(criterion: Criterion, candidate: Candidate, _rules: Rules) -> Points:
    lines = tuple(_hits(criterion, candidate))
    if lines:
        return Points(low=criterion.points, high=criterion.points, lines=lines)
    return Points(
        low=0,
        high=criterion.points,
        lines=(("待核：材料中没有找到依据，请人确认", candidate.fact.source),),
    )


def _people(criterion: Criterion, candidate: Candidate, _rules: Rules) -> Points:
    shown = tuple((f"可参考：{words}", source) for words, source in _hits(criterion, candidate))
    return _by_people(criterion, shown)


def _by_people(criterion: Criterion, shown: tuple[Line, ...] = ()) -> Points:
    return Points(low=0, high=criterion.points, lines=(("由人评分", ""), *shown))


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
