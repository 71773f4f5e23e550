"""The learned voice: a linear model on runs of one and two characters, trained from examples.csv.

Purpose: `train(examples) -> Voice`; a voice gives a score a category, and the clause that speaks most for one.
Source: word features share nothing in Chinese; a linear support vector machine (Fan et al., LIBLINEAR, 2008) on
character n-grams weighed by tf-idf. Deterministic: same examples, same voice.
Limits: knows the words of its examples and no others; says nothing about how sure it is (combined.py does).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import add
from typing import TYPE_CHECKING

from rules import Example

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST_EXAMPLES = 2
"""Examples that must hold an n-gram for it to be listened to."""
LONGEST_CLAUSE = 40
"""Characters of a clause that is quoted."""
_CLAUSE = re.compile(r"[^，。；！？：、\n]+")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, kw_only=True, eq=False)
class Voice:
    """A trained model as it is applied. weights: a row a feature, a column a category. codes: of the columns."""

    features: dict[str, int]
    idf: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    codes: tuple[int, ...]

    def scores(self, text: str) -> NDArray[np.float64]:
        """How far *text* lies on each category's side of its plane, in the order of *codes*."""
        places, values = self._vector(text)
        return values @ self.weights[places] + self.bias

    def clause(self, text: str, code: int) -> tuple[int, int] | None:
        """The place [start, end) of the clause of *text* that speaks most for *code*; None where none does."""
        if code not in self.codes:
            return None
        column = self.codes.index(code)
        best, place = 0.0, None
        for clause in _CLAUSE.finditer(text):
            rows, values = self._vector(clause.group())
            spoken = float(values @ self._apart[rows, column])
            if spoken > best:
                best, place = spoken, (clause.start(), min(clause.end(), clause.start() + LONGEST_CLAUSE))
        return place

    @cached_property
    def _apart(self) -> NDArray[np.float64]:
        """How much more each feature speaks for a category than for all of them on average, in the shape of *weights*."""
        apart: NDArray[np.float64] = self.weights - (self.weights.sum(axis=1) / len(self.codes))[:, None]
        return apart

    def _vector(self, text: str) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        import numpy as np

        place_of = self.features.get
        found: dict[int, int] = {}
        for gram in ngrams(text):
            place = place_of(gram)
            if place is not None:
                found[place] = found.get(place, 0) + 1
        places = np.fromiter(found, np.intp, len(found))
        values = (1 + np.log(np.fromiter(found.values(), float, len(found)))) * self.idf[places]
        return places, values / (math.sqrt(float(values @ values)) or 1.0)


def ngrams(text: str) -> list[str]:
    """The runs of one and two characters of *text*, white space folded to one blank."""
    plain = _SPACE.sub(" ", text.lower())
    return [*plain, *map(add, plain, plain[1:])]


def train(examples: Sequence[Example]) -> Voice | None:
    """Train on *examples*; None where they show fewer than two categories, or no two share a word."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    seen = Counter(gram for example in examples for gram in set(ngrams(example.text)))
    shared = sorted(gram for gram, times in seen.items() if times >= LEAST_EXAMPLES)
    if len({example.category for example in examples}) < 2 or not shared:
        return None
    vectorizer = TfidfVectorizer(analyzer=ngrams, sublinear_tf=True, vocabulary=shared)
    vectors = vectorizer.fit_transform([example.text for example in examples])
    model = LinearSVC(C=1, class_weight="balanced", random_state=0, max_iter=5000)
    model.fit(vectors, [example.category for example in examples])
    weights, bias = model.coef_.T, model.intercept_
    if len(model.classes_) == 2:  # one row speaks for the second class against the first
        weights, bias = np.hstack([-weights, weights]), np.array([-bias[0], bias[0]])
    return Voice(
        features={gram: int(place) for gram, place in vectorizer.vocabulary_.items()},
        idf=vectorizer.idf_,
        weights=np.ascontiguousarray(weights),
        bias=np.asarray(bias, dtype=np.float64),
        codes=tuple(int(code) for code in model.classes_),
    )
