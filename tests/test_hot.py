"""The functions that every mail goes through, held by a ratio to a reference in the same run: no clock of any machine counts.

pytest-benchmark measures the function, and before each of its rounds the reference is measured by the same clock, so that
both meet the machine as it is; the least of each is compared. Each bound stands at about twice what was measured, and well
below what the same function took before it was made fast.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import mailparser
import numpy as np
import pybase64
import pytest
import xlsxwriter
from PIL import Image, ImageFilter
from pytest_benchmark.fixture import BenchmarkFixture

from pipeline.extract import image
from pipeline.extract.lightest import lightest
from pipeline.parse import parse
from pipeline.records import Leaf, Relation
from pipeline.register import Capture, Register, Sighting
from pipeline.register.chain import canonical
from pipeline.relate.copies import forwards
from pipeline.relate.recalls import recalls
from pipeline.relate.sent import sent
from pipeline.relate.successors import successors
from tests import plain_relations
from tests.test_register import NOW
from tests.test_relate_growth import large
from tests.test_workbook_direct import Row, directly, plainly

pytestmark = [pytest.mark.alone, pytest.mark.benchmark(timer=time.process_time, disable_gc=True)]

ATTACHMENTS, OCTETS = 4, 700_000
"""A mail as they come: 2.8 MB decoded, 3.8 MB as it is sent."""
ROUNDS = 5
Work = Callable[[], object]
Times = Callable[[Work, Work], float]


@pytest.fixture
def times(benchmark: BenchmarkFixture) -> Times:
    """How many times the processor time of the second work the first one takes; once a test.

    Measured wherever the test runs: neither --benchmark-disable nor pytest-xdist, beside which pytest-benchmark measures
    nothing, makes a guard hold that was not asked; processor time does not count who else runs.
    """
    benchmark.disabled = False

    def times(work: Work, reference: Work) -> float:
        least = float("inf")

        def in_turn() -> None:
            nonlocal least
            begun = time.process_time()
            reference()
            least = min(least, time.process_time() - begun)

        measured: Callable[..., object] = benchmark.pedantic
        measured(work, setup=in_turn, rounds=ROUNDS, warmup_rounds=1)
        assert benchmark.stats is not None
        ratio = float(benchmark.stats.stats.min) / least
        benchmark.extra_info["times the reference"] = round(ratio, 3)
        return ratio

    return times


def mail(attachments: int = ATTACHMENTS, octets: int = OCTETS) -> bytes:
    """A mail of so many photographs (noise is as good: nobody looks)."""
    data = random.Random(7).randbytes(octets)
    part = b"--b\r\nContent-Type: image/jpeg; name=a.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    coded = pybase64.encodebytes(data).replace(b"\n", b"\r\n")
    head = (
        b"From: a@b.c\r\nSubject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    )
    return head + (part + coded) * attachments + b"--b--\r\n"


def photograph(width: int = 1600, height: int = 1200) -> bytes:
    """A photograph: soft forms, and grain."""
    draw = np.random.default_rng(7)
    forms = Image.fromarray(draw.integers(0, 256, (30, 40, 3), dtype=np.uint8)).resize((width, height))
    grain = draw.normal(0, 8, (height, width, 1))
    octets = io.BytesIO()
    Image.fromarray((np.asarray(forms) + grain).clip(0, 255).astype(np.uint8)).save(
        octets, "JPEG", quality=85
    )
    return octets.getvalue()


def test_a_mail_is_taken_apart_in_a_few_times_what_its_digest_and_its_decoding_take(times: Times) -> None:
    """Measured 1.6; 3.4 while line ends were counted and every boundary was looked for by its hyphens."""
    octets = mail()

    def reference() -> None:
        hashlib.sha256(octets).digest()
        pybase64.b64decode(octets)

    assert times(lambda: parse(octets), reference) < 2.8


def test_a_mail_is_taken_apart_far_faster_than_by_mail_parser_alone(times: Times) -> None:
    """Measured 10 times, and 5.4 on another day's machine; here everything is decoded as well."""
    octets = mail()

    assert times(lambda: parse(octets), lambda: mailparser.MailParser.from_bytes(octets)) < 1 / 4


def test_a_photograph_is_looked_at_in_a_few_times_what_its_decoding_takes(times: Times) -> None:
    """Measured 2.9; it was 9 while each pixel's neighbourhood was sorted, and 3.5 at twice the pixels."""
    data = photograph()
    leaf = Leaf(path="1", name="a.jpg", data=data)

    assert times(lambda: image.facts(leaf), lambda: Image.open(io.BytesIO(data)).load()) < 6


def test_the_lightest_around_is_found_far_faster_than_by_pillow(times: Times) -> None:
    """Measured a hundredth and less; Pillow looks at each pixel's whole neighbourhood."""
    levels = np.random.default_rng(7).integers(0, 256, (240, 160), dtype=np.uint8)
    picture = Image.fromarray(levels)

    assert times(lambda: lightest(levels, 21), lambda: picture.filter(ImageFilter.MaxFilter(21))) < 1 / 30


def test_relations_are_found_far_faster_than_by_comparing_each_with_all(times: Times) -> None:
    """Measured a ninth for 200 mails of eight units; the distance grows with the season."""
    filed = large(200)

    def found(*stages: Callable[..., object]) -> None:
        mails = sent(filed)
        relations = {one.accession: Relation(accession=one.accession) for one in mails}
        for stage in stages:
            stage(mails, relations)

    plain = (plain_relations.recalls, plain_relations.forwards, plain_relations.successors)

    assert times(lambda: found(recalls, forwards, successors), lambda: found(*plain)) < 1 / 4


def test_an_event_is_written_out_in_half_of_what_the_standard_library_takes(times: Times) -> None:
    """Measured a fifth; an auditor's program writes it with nothing else, so this is the reference."""
    fields = {
        "action": "capture",
        "actor": "daemon",
        "at": "2024-06-10T12:00:00+08:00",
        "detail": "总结材料" * 20,
    }

    def plain() -> None:
        for _ in range(2000):
            json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    assert times(lambda: [canonical(fields) for _ in range(2000)], plain) < 1 / 2


def test_a_batch_of_captures_takes_a_few_times_what_its_rows_take_in_the_database(
    times: Times, tmp_path: Path
) -> None:
    """Measured 1.5 for a hundred mails, with their chain; beside as many rows that are hashed and written plainly."""
    numbers = iter(range(10**6))

    def captures() -> list[Capture]:
        return [
            Capture(
                sha256=f"{number:064d}",
                size=1,
                received=NOW,
                received_from="date",
                sighting=Sighting(account="a", folder="INBOX", uidvalidity=1, uid=number + 1),
            )
            for number in (next(numbers) for _ in range(100))
        ]

    with (
        closing(Register(tmp_path / "register.db", year=2024)) as register,
        closing(sqlite3.connect(tmp_path / "plain.db")) as plain,
    ):
        for table in ("blob", "item", "sighting", "event"):
            plain.execute(f"CREATE TABLE {table} (a TEXT PRIMARY KEY, b TEXT, c TEXT)")

        def rows() -> None:
            for table in ("blob", "item", "sighting", "event"):
                made = [
                    (one.sha256, repr(one), hashlib.sha256(repr(one).encode()).hexdigest())
                    for one in captures()
                ]
                plain.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", made)
            plain.commit()

        assert times(lambda: register.capture(captures(), at=NOW), rows) < 3


def test_rows_go_into_the_workbook_faster_than_cell_by_cell(times: Times, tmp_path: Path) -> None:
    """Measured 0.44."""
    cells = [(column, "某县科协组织科技志愿服务" * (column % 3), None) for column in range(20)]

    def painted(put: Row) -> None:
        with xlsxwriter.Workbook(str(tmp_path / "a.xlsx"), {"constant_memory": True}) as book:
            page = book.add_worksheet("甲")
            for row in range(400):
                put(page, row, cells)

    assert times(lambda: painted(directly), lambda: painted(plainly)) < 0.8


@pytest.mark.parametrize("side", [3, 7, 15, 21])
@pytest.mark.parametrize("shape", [(1, 1), (2, 9), (60, 40), (41, 300)])
def test_the_lightest_around_is_what_pillow_finds(side: int, shape: tuple[int, int]) -> None:
    levels = np.random.default_rng(side).integers(0, 256, shape, dtype=np.uint8)

    expected = np.asarray(Image.fromarray(levels).filter(ImageFilter.MaxFilter(side)))

    assert (lightest(levels, side) == expected).all()


def test_shares_of_light_are_told_by_whole_numbers_as_by_fractions() -> None:
    """paper.py compares with whole levels, rounded as it does: for every pair of levels it is what a division says."""
    level, around = np.arange(256)[:, None], np.arange(1, 256)[None, :]

    assert ((level > around * 86 // 100) == (level / around > 0.86)).all()
    assert ((level < (around * 72 + 99) // 100) == (level / around < 0.72)).all()


# ---------------------------------------------------------------- memory

PEAK = """
import re, sys
from pathlib import Path
from pipeline.parse import parse
def peak(): return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024
parse(b"From: a@b.c\\r\\n\\r\\nx")
octets = Path(sys.argv[1]).read_bytes()
begun = peak()
leaves = parse(octets).leaves
print(sum(len(leaf.data) for leaf in leaves), begun, peak())
"""


@pytest.mark.skipif(
    sys.platform != "linux",
    reason="the peak of this process alone (ru_maxrss has its parent's) stands in /proc",
)
def test_a_large_mail_takes_its_own_octets_and_its_parts_and_little_more(tmp_path: Path) -> None:
    """50 MB of mail in one part: 36 MB are decoded; they took 133 MB while there were copies of the whole, now 52."""
    path = tmp_path / "mail.eml"
    path.write_bytes(mail(attachments=1, octets=36_000_000))

    done = subprocess.run([sys.executable, "-c", PEAK, path], capture_output=True, check=True, text=True)
    decoded, begun, peak = map(int, done.stdout.split())

    assert decoded == 36_000_000
    assert peak - begun < decoded + 40_000_000
