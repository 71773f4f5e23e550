"""What changes no judgement: script, width and blanks of the words, another name of the unit, another process.

Material: the written reports (tests/reports/README.md), read once from the mails that they make.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import rules
from pipeline import intake
from pipeline.records import Block, Filing, Kind, Reading, Style
from tests.other_forms import TRADITIONAL, WIDE
from tests.support import ROOT
from tools.samplemaker import described

RULES = rules.load()
REPORTS = sorted((ROOT / "tests" / "reports" / "open").glob("*.json"))[::4]
Change = Callable[[str], str]


@cache
def read(path: Path) -> tuple[dict[str, Any], Reading]:
    description = json.loads(path.read_text("utf-8"))
    return description, intake.read(described.mail(description))


def judged(path: Path, change: Change) -> tuple[Filing, Filing]:
    """The filing as it is, and with *change* made to every word of it."""
    description, reading = read(path)
    received = described.arrival(description)
    mail = replace(reading.mail, subject=change(reading.mail.subject))
    documents = tuple(
        replace(document, blocks=tuple(block(one, change) for one in document.blocks))
        for document in reading.documents
    )
    changed = replace(reading, mails=(mail, *reading.mails[1:]), documents=documents)
    return (
        intake.judge(reading, RULES, received=received),
        intake.judge(changed, RULES, received=received),
    )


def block(one: Block, change: Change) -> Block:
    rows = tuple(tuple(change(cell) for cell in row) for row in one.rows)
    text = "\n".join("\t".join(row) for row in rows) if rows else change(one.text)
    return replace(one, text=text, rows=rows)


def said(filing: Filing) -> dict[str, Any]:
    """What a person sees of a filing, without how it is written."""
    return {
        "kind": filing.kind,
        "unit": filing.identification.best if filing.kind is not Kind.OTHER else None,
        "activities": [
            (
                one.classification.code,
                *(
                    stated.value if stated else None
                    for stated in (
                        one.activity.date_start,
                        one.activity.date_end,
                        one.activity.participants,
                        one.activity.sessions,
                        one.activity.materials,
                    )
                ),
            )
            for one in filing.activities
        ],
        "passages": (len(filing.highlights), len(filing.suggestions)),
    }


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda words: words.translate(TRADITIONAL), id="traditional"),
        pytest.param(lambda words: words.translate(WIDE), id="full-width figures"),
    ],
)
def test_how_words_are_written_changes_no_judgement(path: Path, change: Change) -> None:
    before, after = judged(path, change)

    assert said(after) == said(before)


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_blanks_around_figures_change_no_judgement(path: Path) -> None:
    """5 月 28 日: as some offices type it, and as recognised pages come."""

    def spaced(words: str) -> str:
        for counter in "月日人名场份":
            for digit in "0123456789":
                words = words.replace(f"{digit}{counter}", f"{digit} {counter}")
        return words

    before, after = judged(path, spaced)

    assert said(after) == said(before)


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_another_name_of_the_unit_is_the_same_unit(path: Path) -> None:
    description, _ = read(path)
    unit = next((one for one in RULES.units if one.name == description["unit"]), None)
    if unit is None or description["kind"] == "other":
        pytest.skip("no unit of the roster writes here")

    for name in unit.aliases:
        before, after = judged(path, lambda words, name=name: words.replace(unit.name, name))  # type: ignore[misc]  # binds the name of this turn

        assert after.identification.best == before.identification.best == unit.name


def test_another_process_judges_to_the_same_octets() -> None:
    """Two interpreters with other seeds of hashing, from octets to the register's JSON."""
    program = (
        "import json,sys,hashlib,msgspec,rules\n"
        "from pathlib import Path\n"
        "from pipeline import intake\n"
        "from tools.samplemaker import described\n"
        "told=[json.loads(Path(name).read_text('utf-8')) for name in sys.argv[1:]]\n"
        "filings=[intake.judge(intake.read(described.mail(one)),rules.load(),received=described.arrival(one)) for one in told]\n"
        "print(hashlib.sha256(b''.join(map(msgspec.json.encode,filings))).hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program, *map(str, REPORTS[:4])],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(digests) == 1


@pytest.mark.parametrize(
    "words",
    [
        "1" * 20_000,
        "一百" * 10_000,
        "科" * 20_000,
        "5 月 " * 5_000,
        "名学生和老师们" * 3_000,
        "“海报换上" * 4_000,
    ],
    ids=["digits", "numerals", "one word", "blanks", "people", "quotes"],
)
def test_words_without_sense_cost_no_more_than_they_are_long(words: str) -> None:
    """A hostile text is judged in the time of a long one; a pattern that looks again at every character takes minutes."""
    _, honest = read(REPORTS[0])
    document = replace(honest.documents[-1], blocks=(Block(style=Style.PARAGRAPH, text=words),))
    began = time.process_time()

    intake.judge(
        replace(honest, documents=(document,)), RULES, received=described.arrival(read(REPORTS[0])[0])
    )

    assert time.process_time() - began < 10
