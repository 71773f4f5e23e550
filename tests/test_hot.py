"""The functions that every mail goes through, held by a ratio to a reference in the same run: no clock of any machine counts.

Each bound stands at about twice what was measured, and well below what the same function took before it was made fast.
"""

from __future__ import annotations

import hashlib
import io
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import mailparser
import numpy as np
import pybase64
import pytest
from PIL import Image, ImageFilter

from pipeline.extract import image
from pipeline.extract.lightest import lightest
from pipeline.parse import parse
from pipeline.records import Leaf

ATTACHMENTS, OCTETS = 4, 700_000
"""A mail as they come: 2.8 MB decoded, 3.8 MB as it is sent."""
ROUNDS = 7


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds of *work*, the least of some rounds: what else the machine does only adds."""
    found = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)


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


def test_a_mail_is_taken_apart_in_a_few_times_what_its_digest_and_its_decoding_take() -> None:
    """Measured 1.6; 3.4 while line ends were counted and every boundary was looked for by its hyphens."""
    octets = mail()

    def reference() -> None:
        hashlib.sha256(octets).digest()
        pybase64.b64decode(octets)

    assert seconds(lambda: parse(octets)) < 2.8 * seconds(reference)


def test_a_mail_is_taken_apart_far_faster_than_by_mail_parser_alone() -> None:
    """Measured 10 times; here everything is decoded as well."""
    octets = mail()

    assert seconds(lambda: parse(octets)) * 6 < seconds(lambda: mailparser.MailParser.from_bytes(octets))


def test_a_photograph_is_looked_at_in_a_few_times_what_its_decoding_takes() -> None:
    """Measured 2.9; it was 9 while each pixel's neighbourhood was sorted, and 3.5 at twice the pixels."""
    data = photograph()
    leaf = Leaf(path="1", name="a.jpg", data=data)

    looked = seconds(lambda: image.facts(leaf))

    assert looked < 6 * seconds(lambda: Image.open(io.BytesIO(data)).load())


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
