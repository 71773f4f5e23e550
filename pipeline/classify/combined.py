"""The two voices combined: how much each counts is fitted, so that the confidence is a probability.

Purpose: `shares(text, rules)`, a probability a category. Fitted once for each set of examples and hints: the examples are
judged by voices that were trained without their authors, and the two weights are those under which the true categories
are most likely (J. Platt, Probabilistic Outputs for Support Vector Machines, 1999, with the hints as a second input).
Source: docs/decisions.md has the comparison. Limits: two voices that err alike are not noticed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from pipeline import remembered
from pipeline.classify import hints, trained
from pipeline.classify.apart import trained_apart
from pipeline.classify.learned import Voice, train
from pipeline.folding import fold
from rules import Category, Example, Rules

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

FOLDS = 5
BEGIN = (5.0, 0.5)
"""Weights of learned score and hints from which the fit begins; used as they are where there is nothing to fit."""
RESTRAINT = 0.001
"""How strongly the fit is held back from large weights (L2)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Judge:
    """Both voices and their weights. voice: None where there are no examples of two categories."""

    voice: Voice | None
    learned_weight: float
    hint_weight: float


def shares(text: str, rules: Rules) -> dict[int, float]:
    """Probability of each category of *rules* for an activity of these words; they sum to 1."""
    import numpy as np

    judge = judge_of(rules.examples, rules.categories)
    codes = [category.code for category in rules.categories]
    hinted = hints.weights(text, rules.categories)
    summed = judge.hint_weight * np.array([hinted[code] for code in codes])
    if judge.voice:
        summed = summed + judge.learned_weight * _in_order(judge.voice, text, codes)
    return dict(zip(codes, _softmax(summed[np.newaxis])[0].tolist(), strict=True))


def judge_of(examples: tuple[Example, ...], categories: tuple[Category, ...]) -> Judge:
    """Train and fit on *examples*, or remember what came of it before; the same for equal arguments.

    The very same arguments are known at once: to ask whether they are equal to others takes longer than to judge.
    """
    known = _LAST.get("judge")
    if known is None or known[0] is not examples or known[1] is not categories:
        known = _LAST["judge"] = (examples, categories, trained_judge(examples, categories))
    return known[2]


_LAST: dict[str, tuple[tuple[Example, ...], tuple[Category, ...], Judge]] = {}


@lru_cache(maxsize=8)
def trained_judge(examples: tuple[Example, ...], categories: tuple[Category, ...]) -> Judge:
    """What will be remembered is trained in a process of its own, and once: who comes meanwhile waits for it."""
    told = trained.told(examples, categories)

    def ask() -> bytes | None:
        apart = trained_apart(told) if remembered.remembers() else None
        return trained_now(examples, categories) if apart is None else apart or None

    with remembered.alone("judge"):
        said = remembered.answer(trained.name(), "judge", told, ask)
    known = trained.unpacked(said) if said else None
    if known is None:
        return _trained(examples, categories)
    voice, (learned_weight, hint_weight) = known
    return Judge(voice=voice, learned_weight=learned_weight, hint_weight=hint_weight)


def trained_now(examples: tuple[Example, ...], categories: tuple[Category, ...]) -> bytes | None:
    """Train and fit on *examples*, here; the judge as octets, None where there is nothing to learn."""
    judge = _trained(examples, categories)
    return trained.packed(judge.voice, (judge.learned_weight, judge.hint_weight)) if judge.voice else None


def _trained(examples: tuple[Example, ...], categories: tuple[Category, ...]) -> Judge:
    """Train and fit on *examples*, folded as what is judged is."""
    examples = tuple(replace(one, text=fold(one.text)) for one in examples)
    voice = train(examples)
    if voice is None:
        return Judge(voice=None, learned_weight=0.0, hint_weight=BEGIN[1])
    learned_weight, hint_weight = _fitted(examples, categories)
    return Judge(voice=voice, learned_weight=learned_weight, hint_weight=hint_weight)


def _fitted(examples: Sequence[Example], categories: Sequence[Category]) -> tuple[float, float]:
    """The weights under which the true categories of the examples are most likely."""
    import numpy as np
    from scipy.optimize import minimize

    codes = [category.code for category in categories]
    learned = _unseen(examples, codes)
    hinted = np.array([list(hints.weights(one.text, categories).values()) for one in examples])
    true = [codes.index(one.category) for one in examples]
    rows = np.arange(len(true))

    def unlikely(pair: Matrix) -> float:
        likely = _softmax(pair[0] * learned + pair[1] * hinted)[rows, true]
        return float(-np.log(likely + 1e-12).mean() + RESTRAINT * float(pair @ pair))

    best = minimize(unlikely, np.array(BEGIN), method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-6})
    return max(0.0, float(best.x[0])), max(0.0, float(best.x[1]))


def _unseen(examples: Sequence[Example], codes: Sequence[int]) -> Matrix:
    """Scores of each example by a voice that saw no example of its fold."""
    import numpy as np

    scores = np.zeros((len(examples), len(codes)))
    part = _folds(examples)
    for number in range(FOLDS):
        voice = train([one for one, its in zip(examples, part, strict=True) if its != number])
        for row, (one, its) in enumerate(zip(examples, part, strict=True)):
            if voice and its == number:
                scores[row] = _in_order(voice, one.text, codes)
    return scores


def _folds(examples: Sequence[Example]) -> list[int]:
    """The fold of each example: of one author in one fold, for units too write as nobody before them; reports where
    there are too few authors. The author of `una-012` is `una`."""
    authors = sorted({one.report.rpartition("-")[0] for one in examples})
    if len(authors) >= FOLDS:
        return [authors.index(one.report.rpartition("-")[0]) % FOLDS for one in examples]
    return [int(sha256(one.report.encode()).hexdigest()[:8], 16) % FOLDS for one in examples]


def _in_order(voice: Voice, text: str, codes: Sequence[int]) -> Matrix:
    """The voice's scores in the order of *codes*; a category that it never saw gets its lowest."""
    import numpy as np

    known = dict(zip(voice.codes, voice.scores(text).tolist(), strict=True))
    lowest = min(known.values())
    return np.array([known.get(code, lowest) for code in codes])


def _softmax(rows: Matrix) -> Matrix:
    import numpy as np

    powers = np.exp(rows - rows.max(axis=1, keepdims=True))
    result: Matrix = powers / powers.sum(axis=1, keepdims=True)
    return result
