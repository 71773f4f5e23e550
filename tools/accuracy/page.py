"""docs/accuracy.md: every figure as a command printed it, and what it must not be taken for."""

from __future__ import annotations

from collections.abc import Sequence

from tools.accuracy import curves
from tools.accuracy.folds import FOLDS
from tools.accuracy.measures import Measure
from tools.accuracy.scoring import Pair


def measured(rows: Sequence[Measure]) -> str:
    """The table of what is asked and what we have."""
    lines = [
        f"| {row.name} | {_figure(row.baseline)} | {_limit(row, row.least)} | {_limit(row, row.aim)} "
        f"| {_figure(row.ours)}{'' if row.reached else ' **（未达到）**'} |"
        for row in rows
    ]
    return "\n".join(
        ["| measure | keyword baseline | at least | aim | ours |", "|---|---|---|---|---|", *lines]
    )


def confidence(pairs: Sequence[Pair]) -> str:
    """Threshold, risk-coverage curve and calibration of the categories."""
    at = curves.at_threshold(pairs)
    covered = curves.risk_coverage(pairs)
    bins = [
        f"| {low:.2f}-{high:.2f} | {number} | {mean:.3f} | {right:.3f} |"
        for low, high, number, mean, right in curves.calibration(pairs)
    ]
    return "\n".join(
        [
            f"At the default threshold {at.total - at.decided} of {at.total} = {at.undecided:.3f} go to 待核 (at most "
            f"{curves.MOST_UNDECIDED}); of the rest {at.right} of {at.decided} = {at.accuracy:.3f} are right (at least "
            f"{curves.LEAST_RIGHT}).",
            "",
            "| left to the machine | " + " | ".join(f"{coverage:.0%}" for coverage, _ in covered) + " |",
            "|---" * (len(covered) + 1) + "|",
            "| right | " + " | ".join(f"{right:.3f}" for _, right in covered) + " |",
            "",
            f"Expected calibration error {curves.calibration_error(pairs):.3f}:",
            "",
            "| confidence | activities | mean confidence | right |",
            "|---|---|---|---|",
            *bins,
        ]
    )


def parts(rows: Sequence[tuple[str, Sequence[float]]], heads: Sequence[str]) -> str:
    """The leave-one-part-out table: the first row is the whole."""
    lines = [
        f"| {name} | " + " | ".join(_cell(figure) for figure in figures) + " |" for name, figures in rows
    ]
    return "\n".join(["| | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|", *lines])


def section(title: str, text: str, *, printed: bool = False) -> str:
    """A section of the page; printed: *text* stands as a command wrote it."""
    body = f"```\n{text.rstrip()}\n```" if printed else text
    return f"## {title}\n\n{body}\n"


def page(sections: Sequence[str]) -> str:
    """The whole page."""
    return (
        f"# Accuracy\n\nWritten by `make accuracy`; do not edit. Everything is {FOLDS}-fold cross-validated, from .eml to\n"
        "judgement: what is learned (the model, and how it is combined with the hints into a probability) never saw the\n"
        "examples of the fold that it judges; the threshold is a fixed probability. The keyword baseline is given the true text\n"
        "of every report; we read the mails.\n\n" + "\n".join(sections)
    )


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}" if value != int(value) or value <= 1 else str(int(value))


def _cell(value: float) -> str:
    """A count as it is, a share with three digits."""
    return str(int(value)) if value > 1 else f"{value:.3f}"


def _limit(row: Measure, value: float) -> str:
    return f"{'≤ ' if row.below else ''}{value:g}"
