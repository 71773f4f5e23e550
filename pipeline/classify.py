"""Which category of the notice an activity belongs to.

Purpose: two voices, combined: the hints of categories.toml, each hit with its span, and a linear model on character
n-grams trained from examples.csv when it is first needed. They disagree, or neither is sure: 待核, with both candidates.
Source: 渝科协发〔2024〕23号, part 3, items (一)-(六); the labelling guide, section B. Words and weights: rules/<notice>/.
Limits: judges the words of one activity alone; irony is not seen. Deterministic: same rules, same model.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.records import Activity, Classification, Span, Stated
from rules import Category, Example, Rules

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HINT_SHARE = 0.45
"""Share of the hints in the combined vote; chosen by cross-validation (docs/decisions.md)."""
LEARNED_SHARE = 1 - HINT_SHARE
SURE = 0.42
"""Combined share from which on a category is decided."""
MARGIN = 0.1
"""Distance to the runner-up below which it is not."""
HEAD = 48
"""Characters of title and opening in which a hint counts half as much again: there stands what the act is."""
ALSO = 4.0
"""Weight of hints in one sentence from which on it describes a part of a secondary category."""
SHARPNESS = 0.55
"""How fast the weight of hints turns into certainty (exponent of the softmax)."""


def classify(activity: Activity, rules: Rules) -> Classification:
    """Give *activity* the category that its evidence supports most.

    Returns:
        code 0..6, always the best guess; decided, False when the winner's share is below SURE or within MARGIN of the
        next; confidence 0..1, the winner's share; candidates, heaviest first; also, secondary categories with a hint in a
        part of their own; evidence, the winner's words in reading order.
    """
    text = f"{activity.title}\n{activity.text}"
    hints = _hinted(text, rules.categories)
    learned = _learned(text, rules.examples)
    shares = _combined(hints, learned, rules.categories)
    ranked = tuple(sorted(shares.items(), key=lambda item: (-item[1], item[0])))
    (code, best), (_, second) = ranked[0], ranked[1]
    evidence = _evidence(activity, next(c for c in rules.categories if c.code == code))
    return Classification(
        code=code,
        decided=best >= SURE and best - second >= MARGIN,
        confidence=round(best, 3),
        also=_also(activity, code, rules.categories),
        candidates=tuple((c, round(share, 3)) for c, share in ranked[:3]),
        evidence=evidence,
    )


def _hinted(text: str, categories: Sequence[Category]) -> dict[int, float]:
    """Weight of all hints a category; each hint counts at most twice, and more in the head."""
    weights = {}
    for category in categories:
        total = 0.0
        for hint in category.hints:
            hits = list(_compiled(hint.pattern).finditer(text))[:2]
            total += sum(
                hint.weight * (1.5 if hit.start() < HEAD else 1.0) * (1.0 if n == 0 else 0.4)
                for n, hit in enumerate(hits)
            )
        weights[category.code] = total
    return weights


def _combined(
    hints: dict[int, float], learned: dict[int, float], categories: Sequence[Category]
) -> dict[int, float]:
    top = max(hints.values())
    powers = {code: math.exp(SHARPNESS * (weight - top)) for code, weight in hints.items()}
    total = sum(powers.values())
    if not learned:
        return {code: power / total for code, power in powers.items()}
    return {
        c.code: HINT_SHARE * powers[c.code] / total + LEARNED_SHARE * learned.get(c.code, 0.0)
        for c in categories
    }


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Linear:
    """A trained model as it is applied: character n-grams, weighed and normalised, times weights, softmax.

    The same arithmetic as scikit-learn's, without what it checks at each call.
    weights: a row a feature, a column a class.
    """

    ngrams: Callable[[str], list[str]]
    features: dict[str, int]
    idf: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    classes: tuple[int, ...]

    def shares(self, text: str) -> dict[int, float]:
        """What each class gets of *text*; sums to 1."""
        import numpy as np

        counts = Counter(gram for gram in self.ngrams(text) if gram in self.features)
        places = [self.features[gram] for gram in counts]
        values = (1 + np.log(np.fromiter(counts.values(), float, len(counts)))) * self.idf[places]
        length = math.sqrt(float(values @ values)) or 1.0
        scores = (values / length) @ self.weights[places] + self.bias
        powers = np.exp(scores - scores.max())
        return dict(zip(self.classes, (powers / powers.sum()).tolist(), strict=True))


def _learned(text: str, examples: tuple[Example, ...]) -> dict[int, float]:
    """What the linear model says, a share a category; empty without examples of two categories."""
    if len({example.category for example in examples}) < 2:
        return {}
    return _model(examples).shares(text)


@lru_cache(maxsize=8)
def _model(examples: tuple[Example, ...]) -> _Linear:
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    vectors = vectorizer.fit_transform([example.text for example in examples])
    model = LogisticRegression(C=20, max_iter=2000, class_weight="balanced")
    model.fit(vectors, [example.category for example in examples])
    weights, bias = model.coef_.T, model.intercept_
    if len(model.classes_) == 2:  # one row speaks for the second class against the first
        weights, bias = np.hstack([np.zeros_like(weights), weights]), np.array([0.0, bias[0]])
    return _Linear(
        ngrams=vectorizer.build_analyzer(),
        features=vectorizer.vocabulary_,
        idf=vectorizer.idf_,
        weights=np.ascontiguousarray(weights),
        bias=bias,
        classes=tuple(int(code) for code in model.classes_),
    )


def _also(activity: Activity, code: int, categories: Sequence[Category]) -> tuple[int, ...]:
    """Secondary categories: a sentence of their own, not of the winner, carries their hints and not the winner's."""
    found = set()
    for sentence in re.split(r"[。！？；\n]", activity.text):
        weights = _hinted(sentence, categories)
        heaviest = max(weights, key=lambda other: weights[other])
        if heaviest not in (0, code) and weights[heaviest] >= ALSO and not weights[code]:
            found.add(heaviest)
    return tuple(sorted(found))


def _evidence(activity: Activity, category: Category) -> tuple[Stated[str], ...]:
    """The winner's hits, with their places in the activity's spans."""
    found = []
    at = 0
    for span, text in _placed(activity):
        for hint in category.hints:
            if hint.weight <= 0:
                continue
            for hit in list(_compiled(hint.pattern).finditer(text))[:1]:
                place = Span(
                    part=span.part,
                    block=span.block,
                    start=span.start + hit.start(),
                    end=span.start + hit.end(),
                )
                found.append((at + hit.start(), Stated(value=hit.group(), words=hit.group(), span=place)))
        at += len(text)
    return tuple(stated for _, stated in sorted(found, key=lambda item: item[0])[:8])


def _placed(activity: Activity) -> list[tuple[Span, str]]:
    """The activity's spans with their words; `Activity.text` joins them by newlines in the same order."""
    texts = activity.text.split("\n")
    if len(texts) != len(activity.spans):
        return [(activity.spans[-1], texts[-1])]
    return list(zip(activity.spans, texts, strict=True))
