"""`make accuracy`: measure, write docs/accuracy.md, and fail where a figure is below the keyword baseline or what is asked.

With `--learned data/learned` the rules are those of an office with what people taught it: the page then says whether that
helped, and is printed but not written.
Limits: hand-written rules were written in sight of the data set and of the first part of the written reports: those tables
are optimistic, and say so. Only the second part was never looked at.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rules import Rules, load
from tools.accuracy import authors, material, measures, page, parts
from tools.accuracy.judging import Verdict, judged
from tools.accuracy.material import ROOT, SHARED, Label, Material, say
from tools.accuracy.measures import Measure
from tools.accuracy.scoring import Pair, Score

PAGE = ROOT / "docs" / "accuracy.md"
SEEN = "**Hand-written rules are optimistic on this set: they were written in sight of these mails.**"
WRITTEN = "Reports that others wrote without sight of the rules, labelled by the same guide (tests/reports/README.md). "
OPEN = WRITTEN + "**The rules were mended in sight of this part: optimistic too.**"
CLOSED = WRITTEN + "Nobody looked at the words of this part while the rules were written."


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, write docs/accuracy.md and return 0; 1 where the data set misses what is asked, 69 without the data."""
    parser = argparse.ArgumentParser(prog="python -m tools.accuracy", description="测量读件和判断的准确率")
    parser.add_argument("--learned", type=Path, help="一个单位学到的表所在的目录，如 data/learned")
    learned: Path | None = parser.parse_args(arguments).learned
    if not (SHARED / "mails" / "manifest.json").exists():
        say(f"没有找到数据集 {SHARED}；请把它放在检出目录旁的 shared/ 里，或用环境变量 SHOUWEN_SHARED 指明")
        return 69
    rows, text = _page(load(learned=learned))
    if learned is None:
        PAGE.write_text(text, "utf-8")
    print(text)  # noqa: T201 - the page is what the command is for
    missed = [row for row in rows if not row.reached or _worse(row)]
    for row in missed:
        say(f"未达到：{row.name} {row.ours:.3f}")
    return 1 if missed else 0


def _page(rules: Rules) -> tuple[Sequence[Measure], str]:
    """The measures of the data set, and the whole page."""
    data = material.dataset()
    score = Score(data.labels)
    verdicts = judged(data.mails, data.labels, rules)
    ours, baseline = score.printed(verdicts), score.baseline()
    labelled = measures.by_label(data.labels, verdicts)
    rows = measures.measures(ours, baseline, labelled)
    pairs = _pairs(score, verdicts, data.labels)
    left, reports = measures.undecided_units(labelled)
    sections = [
        page.section(
            f"The data set: {len(data.labels)} mails",
            f"{SEEN}\n\n{page.measured(rows)}\n\n单位待核 {left}/{reports}.\n\n"
            + page.confidence([pair for _, pair in pairs]),
        ),
        *_written(rules),
        page.section(
            "The data set with one part of classification left out",
            page.parts(parts.left_out(pairs, data.labels, rules), parts.HEADS),
        ),
        page.section("Activities of one author, judged without that author's examples", _authors(rules)),
        page.section("The data set as score.py prints it", ours, printed=True),
        page.section("Its keyword baseline", baseline, printed=True),
    ]
    return rows, page.page(sections)


def _authors(rules: Rules) -> str:
    told = (
        "The true words of each activity; the data set is one author (dev), each letter of the written reports another. Of "
        "these figures only the learned voice's own was never in sight of the words.\n\n"
    )
    return told + page.parts(authors.by_author(rules), authors.HEADS)


def _written(rules: Rules) -> list[str]:
    """The sections of the reports that others wrote, the part that was looked at and the one that was not."""
    sections = []
    for folder, title, told in (
        ("open", "Written reports, open part", OPEN),
        ("closed", "Written reports, closed part", CLOSED),
    ):
        some = material.written(material.REPORTS / folder)
        if some.labels:
            sections.append(_section(title, told, some, rules))
    return sections


def _section(title: str, told: str, some: Material, rules: Rules) -> str:
    score = Score(some.labels)
    verdicts = judged(some.mails, some.labels, rules)
    rows = measures.measures(
        score.printed(verdicts), score.baseline(), measures.by_label(some.labels, verdicts)
    )
    pairs = [pair for _, pair in _pairs(score, verdicts, some.labels)]
    return page.section(
        f"{title}: {len(some.labels)} mails", f"{told}\n\n{page.measured(rows)}\n\n{page.confidence(pairs)}"
    )


def _pairs(score: Score, verdicts: Sequence[Verdict], labels: Mapping[str, Label]) -> list[tuple[str, Pair]]:
    return [(one.id, pair) for one in verdicts if one.id in labels for pair in score.pairs(one)]


def _worse(row: Measure) -> bool:
    if row.baseline is None:
        return False
    return row.ours > row.baseline if row.below else row.ours < row.baseline


if __name__ == "__main__":
    sys.exit(main())
