"""The figures that judging must reach, taken from score.py's table and from what it does not print.

Purpose: `measures()`, one Measure a line with what is asked (at least, aim) and what we have.
Source: the labelling guide; two independent labellers agree on 94.7 % of the categories: that is the ceiling.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.records import Filing, Kind
from tools.accuracy.judging import Verdict
from tools.accuracy.material import Label

Labelled = Sequence[tuple[Label, Verdict]]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One figure. least, aim: what is asked; below: the figure must not be above them. baseline: None if it has none."""

    name: str
    ours: float
    least: float
    aim: float
    baseline: float | None = None
    below: bool = False

    @property
    def reached(self) -> bool:
        """Whether the least that is asked is there, in the three digits that are printed."""
        ours = round(self.ours, 3)
        return ours <= self.least if self.below else ours >= self.least


_PRINTED = (
    ("报送与其他判对", r"submission or other\s.*?= ([\d.]+)", 0.96, 0.99, False),
    ("单位判对（名册内）", r"of units in the roster \S+ = ([\d.]+)", 0.98, 1.00, False),
    ("活动找到 F1", r"activities found\s.*? F1 ([\d.]+)", 0.92, 0.96, False),
    ("类别判对（找到的活动）", r"category of matched\s+\S+ = ([\d.]+)", 0.90, 0.94, False),
    ("类别 macro-F1（全程）", r"end to end.*?macro-F1 ([\d.]+)", 0.82, 0.90, False),
    (
        "人数判对（写明的）",
        r"participants exact\s+of matched with a figure \S+ = ([\d.]+)",
        0.93,
        0.97,
        False,
    ),
    ("人数无中生有", r"participants exact.*?none is stated \S+ = ([\d.]+)", 0.04, 0.02, True),
    ("开始日期判对", r"start date exact\s+of matched with a date \S+ = ([\d.]+)", 0.94, 0.98, False),
)
"""What score.py prints: name, where it stands, at least, aim, whether less is better."""


def measures(ours: str, baseline: str, labelled: Labelled) -> tuple[Measure, ...]:
    """Give all figures of mails whose table by score.py is *ours*, beside the *baseline*'s."""
    printed = [
        Measure(
            name=name,
            ours=_found(ours, where),
            least=least,
            aim=aim,
            baseline=_found(baseline, where),
            below=below,
        )
        for name, where, least, aim, below in _PRINTED
    ]
    further = [
        Measure(name="种类（四分）及替代关系判对", ours=_kinds(labelled), least=0.93, aim=0.98),
        Measure(name="单位判错而未标待核（件）", ours=_misplaced(labelled), least=0, aim=0, below=True),
        *(
            Measure(name=f"{name}段落 F1", ours=_passages(labelled, key, of), least=0.85, aim=0.95)
            for name, key, of in _PASSAGES
        ),
    ]
    return (printed[0], further[0], printed[1], further[1], *printed[2:], *further[2:])


def _found(printed: str, where: str) -> float:
    found = re.search(where, printed, re.DOTALL)
    return float(found[1]) if found else 0.0


def submitted(labelled: Labelled) -> list[tuple[Label, Verdict]]:
    """Those that are reports by their label."""
    return [(label, verdict) for label, verdict in labelled if label["kind"] != Kind.OTHER.value]


def _kinds(labelled: Labelled) -> float:
    right = sum(
        (verdict.filing.kind.value, verdict.supersedes) == (label["kind"], label["supersedes"])
        for label, verdict in labelled
    )
    return right / max(1, len(labelled))


def _misplaced(labelled: Labelled) -> float:
    return sum(
        verdict.filing.identification.decided and bool(verdict.filing.identification.best != label["unit"])
        for label, verdict in submitted(labelled)
        if verdict.filing.kind is not Kind.OTHER
    )


# ---------------------------------------------------------------- passages

_PASSAGES: tuple[tuple[str, str, Callable[[Filing], Sequence[str]]], ...] = (
    ("典型经验", "highlights", lambda filing: [one.text for one in filing.highlights]),
    ("意见建议", "suggestions", lambda filing: [one.text for one in filing.suggestions]),
)


def _passages(labelled: Labelled, key: str, of: Callable[[Filing], Sequence[str]]) -> float:
    """F1 of labelled blocks found again; a block counts as found when a passage holds most of its words."""
    hit = right = given = wanted = 0
    for label, verdict in submitted(labelled):
        texts = [_words(label["report"][block]) for block in label[key]]
        found = of(verdict.filing)
        hit += sum(any(_near(text, other) for other in found) for text in texts)
        right += sum(any(_near(text, other) for text in texts) for other in found)
        wanted, given = wanted + len(texts), given + len(found)
    precision, recall = right / max(1, given), hit / max(1, wanted)
    return 2 * precision * recall / max(1e-9, precision + recall)


def _words(block: Mapping[str, Any]) -> str:
    """The text of a labelled block; of a table its rows."""
    return "\n".join("\t".join(row) for row in block.get("rows", ())) or block["text"]


def _near(one: str, other: str) -> bool:
    first, second = ({t[n : n + 2] for n in range(len(t) - 1)} for t in (one, other))
    return len(first & second) > 0.5 * max(1, min(len(first), len(second)))


def undecided_units(labelled: Labelled) -> tuple[int, int]:
    """Reports whose unit is left to people, and all reports."""
    told = submitted(labelled)
    return sum(not verdict.filing.identification.decided for _, verdict in told), len(told)


def by_label(labels: Mapping[str, Label], verdicts: Sequence[Verdict]) -> Labelled:
    """Pair verdicts with their labels; those without are left out."""
    return [(labels[one.id], one) for one in verdicts if one.id in labels]
