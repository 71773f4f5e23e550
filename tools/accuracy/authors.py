"""What the voices are worth on authors they never read: each example judged without any example of its author.

Purpose: `by_author(rules)`, (author, number, share right) for the whole and for each voice alone, on the true words of the
activities: segmentation has no part in it.
Limits: hints were written in sight of many of these words; the learned voice's own number is the honest one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.classify import combined
from rules import Example, Rules

HEADS = ("activities", "hints alone", "learned alone", "both")


def by_author(rules: Rules) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """(author, figures under HEADS), the last row over all authors."""
    authors = sorted({_author(one) for one in rules.examples})
    rows = [(author, _figures(author, rules)) for author in authors]
    total = sum(figures[0] for _, figures in rows)
    means = (
        sum(figures[0] * figures[place] for _, figures in rows) / total for place in range(1, len(HEADS))
    )
    return (*rows, ("all", (total, *means)))


def _figures(author: str, rules: Rules) -> tuple[float, ...]:
    own = [one for one in rules.examples if _author(one) == author]
    blind = replace(rules, examples=tuple(one for one in rules.examples if _author(one) != author))
    mute = replace(blind, categories=tuple(replace(one, hints=()) for one in blind.categories))
    voices = (replace(blind, examples=()), mute, blind)
    return (float(len(own)), *(_right(own, voice) for voice in voices))


def _right(examples: Sequence[Example], rules: Rules) -> float:
    told = [combined.shares(one.text, rules) for one in examples]
    best = [min(shares, key=lambda code: (-shares[code], code)) for shares in told]
    return sum(code == one.category for code, one in zip(best, examples, strict=True)) / len(examples)


def _author(example: Example) -> str:
    """The author of an example: its report's id without the number."""
    return example.report.rpartition("-")[0]
