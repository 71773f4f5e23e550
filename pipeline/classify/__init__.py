"""Which category of the notice an activity belongs to.

Purpose: two voices, combined: the hints of categories.toml, each hit with its span, and a linear model on runs of
characters trained from examples.csv when it is first needed. Where they disagree, or neither is sure, the confidence is
low: 待核, with both candidates and the words that speak for each.
Source: 渝科协发〔2024〕23号, part 3, items (一)-(六); the labelling guide, section B. Words and weights: rules/<notice>/.
Limits: judges the words of one activity alone; irony is not seen. Deterministic: same rules, same judgement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.classify import combined, hints
from pipeline.records import Activity, Classification, Span, Stated
from rules import Category, Rules

__all__ = ["classify"]

SURE = 0.8
"""Probability from which on a category is decided; chosen by cross-validation (docs/decisions.md)."""
ALSO = 4.0
"""Weight of hints in one sentence from which on it describes a part of a secondary category."""
LEARNED = "近似旧例"
"""What a clause tells that only the learned voice listens to: it is like examples of the category."""
_STOP = re.compile(r"[。！？；\n]")
CANDIDATES, MOST_WORDS = 3, 8
"""Candidates that are named, and words that are quoted for one."""


def classify(activity: Activity, rules: Rules) -> Classification:
    """Give *activity* the category that its evidence supports most.

    Returns:
        code 0..6, always the best guess; decided, False below SURE; confidence 0..1, the probability that the guess is
        right; candidates, likeliest first; also, secondary categories with a hint in a part of their own; evidence, the
        winner's words in reading order; against, those of the runner-up where the winner is not decided.
    """
    shares = combined.shares(f"{activity.title}\n{activity.text}", rules)
    ranked = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    (code, best), (second, _) = ranked[0], ranked[1]
    decided = best >= SURE
    return Classification(
        code=code,
        decided=decided,
        confidence=round(best, 3),
        also=_also(activity, code, rules.categories),
        candidates=tuple((other, round(share, 3)) for other, share in ranked[:CANDIDATES]),
        evidence=_words(activity, code, rules),
        against=() if decided else _words(activity, second, rules),
    )


def _also(activity: Activity, code: int, categories: Sequence[Category]) -> tuple[int, ...]:
    """Secondary categories: a sentence of their own, not of the winner, carries their hints and not the winner's."""
    found = set()
    winner = next(one for one in categories if one.code == code)
    for sentence in _STOP.split(activity.text):
        if hints.weight(sentence, winner):
            continue
        weights = hints.weights(sentence, categories)
        heaviest = max(weights, key=lambda other: weights[other])
        if heaviest not in (0, code) and weights[heaviest] >= ALSO:
            found.add(heaviest)
    return tuple(sorted(found))


# ---------------------------------------------------------------- the words that speak for a category


def _words(activity: Activity, code: int, rules: Rules) -> tuple[Stated[str], ...]:
    """The hits of *code*'s hints; where it has none, the clause that the learned voice listens to."""
    category = next(one for one in rules.categories if one.code == code)
    hit = [
        _stated(one.hint.says, span, text, one.start, one.end)
        for span, text in _placed(activity)
        for one in hints.hits(text, category)
    ]
    return tuple(hit[:MOST_WORDS]) or tuple(_heard(activity, code, rules))


def _heard(activity: Activity, code: int, rules: Rules) -> Iterator[Stated[str]]:
    voice = combined.judge_of(rules.examples, rules.categories).voice
    for span, text in _placed(activity):
        place = voice.clause(text, code) if voice else None
        if place:
            yield _stated(LEARNED, span, text, *place)


def _stated(says: str, span: Span, text: str, start: int, end: int) -> Stated[str]:
    place = Span(part=span.part, block=span.block, start=span.start + start, end=span.start + end)
    return Stated(value=says, words=text[start:end], span=place)


def _placed(activity: Activity) -> list[tuple[Span, str]]:
    """The activity's spans with their words; `Activity.text` joins them by newlines in the same order."""
    texts = activity.text.split("\n")
    if len(texts) != len(activity.spans):
        return [(activity.spans[-1], texts[-1])]
    return list(zip(activity.spans, texts, strict=True))
