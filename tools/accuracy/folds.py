"""Cross-validation: no mail is judged by rules that hold an example of its own fold.

Source: ../shared/dataset/README.md, "Near-duplicates by design"; a report and what corrects it stay in one fold too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from rules import Rules
from tools.accuracy.material import Label

FOLDS = 5
PAIRS = {"dev-060": "dev-009", "dev-037": "dev-022", "dev-051": "dev-045"}
"""Near-duplicates by design: both of a pair stay in one fold."""


def root(name: str, labels: Mapping[str, Label]) -> str:
    """The report that a mail or an example belongs to, the same for versions of it and for near-duplicates."""
    report = re.sub(r"^([a-z]+-\d+).*", r"\1", name)
    seen = {report}
    while (earlier := (labels.get(report) or {}).get("supersedes")) and earlier not in seen:
        report = earlier
        seen.add(report)
    return PAIRS.get(report, report)


def folds(names: Iterable[str], labels: Mapping[str, Label]) -> dict[str, int]:
    """Give each root of *names* its fold, in turn."""
    roots = sorted({root(name, labels) for name in names})
    return {one: number % FOLDS for number, one in enumerate(roots)}


def without(rules: Rules, fold: Mapping[str, int], number: int, labels: Mapping[str, Label]) -> Rules:
    """Return *rules* without the examples of fold *number*."""
    kept = tuple(one for one in rules.examples if fold.get(root(one.report, labels)) != number)
    return replace(rules, examples=kept)
