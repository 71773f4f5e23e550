"""The rules that the rubric names: each turns one unit's facts into points, low to high, with its evidence.

Source: FIELD notes on the rubric; numbers and words are in rules/<notice>/scoring.toml.
Limits: low counts only what is stated and decided; high also what is unknown: figures that are not stated, undecided
categories, outlets of unknown tier, and everything in material that nobody could read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pipeline.evaluate.complete import PARTS, there
from pipeline.evaluate.facts import Fact, Report, flat, sentence
from pipeline.evaluate.outlets import tier
from pipeline.evaluate.telling import Line, Points, around, band, beside, expressions, fits, matches, scored
from pipeline.records import Score
from rules import Bands, Criterion, Rules

QUOTE = 60
"""Characters of a report quoted in one line of evidence."""
MOST_LINES = 5
"""Lines of evidence that a rule over words shows; the count stands beside them."""

Rule = Callable[[Criterion, Report, Rules], Points]


def score(criterion: Criterion, report: Report, rules: Rules) -> Score:
    """Apply the criterion's rule to one unit's report; low and high stay within 0..full."""
    points = RULES[criterion.rule](criterion, report, rules)
    if points.high > points.low and report.unread and criterion.mode != "people":
        unread = ("有材料未能读出，可能另有内容：" + "、".join(report.unread[:3]), report.unread[0])
        points = replace(points, lines=(*points.lines, unread))
    return scored(report.unit, criterion, _looked(points, report))


def _looked(points: Points, report: Report) -> Points:
    """Where nothing was found, the mails in which it was looked for are the source."""
    if any(source for _, source in points.lines) or not points.lines:
        return points
    mails = [accession for accession, _ in report.counted]
    source = mails[0] if len(mails) == 1 else f"{mails[0]} 等 {len(mails)} 件"
    return replace(points, lines=((points.lines[0][0], source), *points.lines[1:]))


# ---------------------------------------------------------------- the rules


def _activities(criterion: Criterion, report: Report, _rules: Rules) -> Points:
    low = band(_bands(criterion, report), len(report.activities))
    lines = tuple((f"活动{fact.title}", fact.source) for fact in report.activities)
    return Points(
        low=low,
        high=criterion.points if report.unread else low,
        lines=((f"共 {len(lines)} 项活动", ""), *lines) if lines else (("材料中没有认出活动", ""),),
    )


def _categories(criterion: Criterion, report: Report, rules: Rules) -> Points:
    each = criterion.per[0][1]
    first: dict[int, Line] = {}
    possible: set[int] = set()
    for fact in report.activities:
        judged = fact.judged.classification
        possible |= {judged.code, *judged.also}
        if judged.decided:
            first.setdefault(judged.code, (f"活动{fact.title}{_because(fact)}", fact.source))
        else:
            possible |= {code for code, _ in judged.candidates}
    names = {category.code: category.short for category in rules.categories if category.code}
    found = [code for code in names if code in first]
    lines = [(f"+{each:g} {names[code]}：{first[code][0]}", first[code][1]) for code in found]
    open_ = [names[code] for code in names if code in possible and code not in first]
    if open_:
        lines.append((f"待核：也可能覆盖 {'、'.join(open_)}", ""))
    high = criterion.points if report.unread else each * (len(found) + len(open_))
    return Points(low=each * len(found), high=high, lines=tuple(lines) or (("没有活动属于所列类别", ""),))


def _on_theme(criterion: Criterion, report: Report, rules: Rules) -> Points:
    if not report.activities:
        return _nothing(criterion, report)
    verdicts = [(fact, fits(fact, rules)) for fact in report.activities]
    sure = sum(reason == "" for _, (reason, _) in verdicts)
    unknown = sum(open_ for _, (_, open_) in verdicts)
    lines = [(f"{len(verdicts)} 项活动中 {sure} 项在时间内且切合主题", "")]
    lines += [(f"活动{fact.title}{reason}", fact.source) for fact, (reason, _) in verdicts if reason]
    share = criterion.points / len(verdicts)
    return Points(low=share * sure, high=share * (sure + unknown), lines=tuple(lines))


def _participants(criterion: Criterion, report: Report, rules: Rules) -> Points:
    if not report.activities:
        return _nothing(criterion, report)
    total, lines, unknown = 0.0, [], []
    for fact in report.activities:
        stated = fact.judged.activity.participants
        if stated is None:
            unknown.append((f"待核：活动{fact.title}没有写明人数", fact.source))
            continue
        online = matches(rules.scoring.online_words, around(fact.judged.activity))
        weight = rules.scoring.online_factor if online else 1
        total += stated.value * weight
        remark = f"（线上，按 {weight:g} 折算）" if online else ""
        lines.append((f"{stated.value} 人{remark}：“{flat(stated.words, QUOTE)}”", fact.source))
    low = band(_bands(criterion, report), total)
    high = criterion.points if unknown or report.unread else low
    return Points(low=low, high=high, lines=((f"折算合计 {total:g} 人", ""), *lines, *unknown))


def _workers(criterion: Criterion, report: Report, rules: Rules) -> Points:
    if not report.activities:
        return _nothing(criterion, report)
    total, lines, unknown = 0, [], 0
    for fact in report.activities:
        stated = fact.judged.activity.participants
        clause = around(fact.judged.activity)
        if stated is None or not matches(rules.scoring.worker_words, beside(clause, stated.words)):
            unknown += 1
        else:
            total += stated.value
            lines.append((f"{stated.value} 人：“{flat(clause, QUOTE)}”", fact.source))
    low = band(_bands(criterion, report), total)
    head = f"写明是科技工作者的合计 {total} 人" if lines else "没有写明有多少科技工作者参与"
    tail = ((f"待核：{unknown} 项活动没有写明人数或参与者身份", ""),) if unknown else ()
    high = criterion.points if unknown or report.unread else low
    return Points(low=low, high=high, lines=((head, ""), *lines, *tail))


def _media(criterion: Criterion, report: Report, rules: Rules) -> Points:
    per, low, high = dict(criterion.per), 0.0, 0.0
    names = {"central": "中央级", "provincial": "省市级", "county": "区县级", "own": "自有账号"}
    lines: list[Line] = []
    for fact in report.activities:
        for outlet in sorted({stated.value for stated in fact.judged.activity.media}):
            level = tier(outlet, rules.outlets)
            low += per.get(level, 0)
            high += per.get(level, max(per.values()))
            verdict = f"+{per[level]:g} {names[level]}" if level else "待核 级别未知"
            lines.append((f"{verdict}：{flat(outlet, 30)} 报道{fact.title}", fact.source))
    if not lines:
        lines.append(("材料中没有写明媒体报道", ""))
    return Points(low=low, high=criterion.points if report.unread else high, lines=tuple(lines))


def _words(criterion: Criterion, report: Report, _rules: Rules) -> Points:
    lines = tuple(_hits(criterion.words, report))[:MOST_LINES]
    if lines:
        return Points(low=criterion.points, high=criterion.points, lines=lines)
    return Points(low=0, high=criterion.points, lines=(("待核：材料中没有找到依据，请人确认", ""),))


def _words_counted(criterion: Criterion, report: Report, _rules: Rules) -> Points:
    found: dict[str, str] = {}
    patterns = expressions(tuple(criterion.words))
    for passage in report.passages:
        for pattern in patterns:
            for hit in pattern.finditer(passage.text):
                found.setdefault(hit.group(1) if hit.re.groups else hit.group(), passage.source)
    if not found:
        return Points(low=0, high=criterion.points, lines=(("待核：材料中没有找到依据，请人确认", ""),))
    lines = tuple((f"“{name}”", source) for name, source in list(found.items())[:MOST_LINES])
    low = band(_bands(criterion, report), len(found))
    return Points(low=low, high=criterion.points, lines=((f"写明 {len(found)} 个，请人确认", ""), *lines))


def _people(criterion: Criterion, report: Report, _rules: Rules) -> Points:
    hits = _hits(criterion.words, report) if criterion.words else _highlights(report)
    shown = tuple((f"可参考：{words}", source) for words, source in list(hits)[:MOST_LINES])
    return Points(low=0, high=criterion.points, lines=(("由人评分", ""), *shown))


def _completeness(criterion: Criterion, report: Report, rules: Rules) -> Points:
    each = criterion.per[0][1]
    shown = there(report, rules.scoring.effect_words)
    lines = [(f"+{each:g} {part}：{words}", source) for part, (words, source) in shown.items()]
    if lacking := [part for part in PARTS if part not in shown]:
        lines.append((f"缺：{'、'.join(lacking)}", ""))
    low = each * len(shown)
    return Points(low=low, high=criterion.points if report.unread else low, lines=tuple(lines))


def _consistency(criterion: Criterion, report: Report, _rules: Rules) -> Points:
    found = report.contradictions
    points = band(criterion.bands, len(found))
    lines = tuple((flat(one.text, QUOTE), one.source) for one in found)
    return Points(low=points, high=points, lines=lines or (("没有发现前后矛盾", ""),))


RULES: dict[str, Rule] = {
    "activities": _activities,
    "categories": _categories,
    "completeness": _completeness,
    "consistency": _consistency,
    "media": _media,
    "on_theme": _on_theme,
    "participants": _participants,
    "people": _people,
    "words": _words,
    "words_counted": _words_counted,
    "workers": _workers,
}
"""Every rule a criterion may name; rules/loading.py refuses any other."""


# ---------------------------------------------------------------- what the rules share


def _bands(criterion: Criterion, report: Report) -> Bands:
    return dict(criterion.peer_bands).get(report.kind, criterion.bands)


def _nothing(criterion: Criterion, report: Report) -> Points:
    """Without an activity there is nothing to count; unless it stands in what nobody could read."""
    high = criterion.points if report.unread else 0
    return Points(low=0, high=high, lines=(("材料中没有认出活动", ""),))


def _because(fact: Fact) -> str:
    evidence = fact.judged.classification.evidence
    return f"，据“{flat(evidence[0].words, QUOTE)}”" if evidence else ""


def _hits(patterns: Sequence[str], report: Report) -> Iterator[Line]:
    """The first hit of each passage, with the sentence around it."""
    searches = [pattern.search for pattern in expressions(tuple(patterns))]
    for passage in report.passages:
        for search in searches:
            if hit := search(passage.text):
                yield f"“{flat(sentence(passage.text, hit.group()), QUOTE)}”", passage.source
                break


def _highlights(report: Report) -> Iterator[Line]:
    for passage in report.highlights:
        yield f"“{flat(passage.text, QUOTE)}”", passage.source
