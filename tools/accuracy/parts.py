"""What each part of classification is worth: the figures with that part left out.

Limits: judges the found activities again, all else being equal; segmentation and figures are the whole's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from pipeline.classify import classify
from pipeline.records import Judged
from rules import Rules
from tools.accuracy import curves
from tools.accuracy.folds import FOLDS, folds, root, without
from tools.accuracy.material import Label
from tools.accuracy.scoring import Pair

HEADS = ("right", "macro-F1", "待核", "right of the decided")
CODES = range(7)

Change = Callable[[Rules], Rules]


def _as_it_is(rules: Rules) -> Rules:
    return rules


def _no_hints(rules: Rules) -> Rules:
    return replace(rules, categories=tuple(replace(one, hints=()) for one in rules.categories))


def _no_examples(rules: Rules) -> Rules:
    return replace(rules, examples=())


def _no_written(rules: Rules) -> Rules:
    return replace(rules, examples=tuple(one for one in rules.examples if one.report.startswith("dev-")))


def _untaught(rules: Rules) -> Rules:
    """Without the examples that an office was taught."""
    return replace(rules, examples=tuple(one for one in rules.examples if not taught(one.report)))


def taught(report: str) -> bool:
    """Whether an example stems from a mail that an office took in: its report is an accession, 2024-00031."""
    return report[:1].isdecimal()


PARTS: tuple[tuple[str, Change], ...] = (
    ("the whole", _as_it_is),
    ("without the hints of categories.toml", _no_hints),
    ("without the learned voice", _no_examples),
    ("learned from the data set's examples alone", _no_written),
)
LEARNED = ("without what people taught", _untaught)
"""Told only where there is anything of it."""


def left_out(
    pairs: Sequence[tuple[str, Pair]], labels: Mapping[str, Label], rules: Rules
) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """(part, figures under HEADS) for each of PARTS; pairs: with the id of the mail."""
    told = (*PARTS, LEARNED) if any(taught(one.report) for one in rules.examples) else PARTS
    fold = folds([name for name, _ in pairs], labels)
    rows = []
    for part, change in told:
        blind = [change(without(rules, fold, number, labels)) for number in range(FOLDS)]
        again = [_again(pair, blind[fold[root(name, labels)]]) for name, pair in pairs]
        at = curves.at_threshold(again)
        right = sum(true["category"] == one.classification.code for true, one in again) / max(1, len(again))
        rows.append((part, (right, macro_f1(again), at.undecided, at.accuracy)))
    return tuple(rows)


def macro_f1(pairs: Sequence[Pair]) -> float:
    """Mean F1 of the categories over matched activities."""
    told = [(true["category"], one.classification.code) for true, one in pairs]
    figures = []
    for code in CODES:
        hit = sum(true == ours == code for true, ours in told)
        named = sum(ours == code for _, ours in told) + sum(true == code for true, _ in told)
        figures.append(2 * hit / named if named else 0.0)
    return sum(figures) / len(figures)


def _again(pair: Pair, rules: Rules) -> Pair:
    true, judged = pair
    return true, Judged(activity=judged.activity, classification=classify(judged.activity, rules))
