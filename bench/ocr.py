"""What recognition costs beside the engine: `python -m bench.ocr`.

Purpose: pages as they are scanned (made by tools/pages.py), recognised by tesseract called alone, and by what the readers
call; then once more, as they come in another mail. One thread each.
Limits: tesseract alone; the pages are prepared (grey, upright, without rules) before the clock runs, for a PDF's pages are
drawn whoever recognises them; what preparation costs stands in the note. Of each page the least of several turns counts: a
core that is shared with others is slower at times.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median

from PIL import Image

from bench.reporting import Measure, middle, print_table
from pipeline.extract import ocr, recogniser, scan
from pipeline.records import Leaf
from pipeline.remembered import remembering
from tools import pages

SHARE, AGAIN = 1.1, 0.1
"""Of the engine's own time: a page, and a page that was recognised before."""
PAGES, QUICK_PAGES = 6, 2
TURNS, QUICK_TURNS = 5, 1
COMMAND = ["tesseract", "page.png", "stdout", "-l", "chi_sim", "--psm", "6", "tsv"]


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Processor seconds of the same pages: the engine alone, ours, and ours again."""

    engine: float
    ours: float
    again: float


def measure(folder: Path, *, quick: bool) -> Iterator[Measure]:
    """Measure page by page, the engine and ours in turns."""
    drawn = [page(number) for number in range(QUICK_PAGES if quick else PAGES)]
    begun = time.process_time()
    ready = [prepared(picture) for picture in drawn]
    preparing = (time.process_time() - begun) / len(drawn)
    turns = range(QUICK_TURNS if quick else TURNS)
    spent = [
        least([shares([picture], folder / f"{number}-{turn}") for turn in turns])
        for number, picture in enumerate(ready)
    ]
    engine = median(one.engine for one in spent)
    value, spread = middle([one.ours / one.engine for one in spent], ".2f", " ×")
    yield Measure(
        name="recognition of a page, against tesseract alone",
        target=f"≤ {SHARE} ×",
        value=value,
        holds=median(one.ours / one.engine for one in spent) <= SHARE,
        spread=spread,
        note=f"processor time, one thread; tesseract {engine:.2f} s a page of 1,640 pixels; "
        f"preparing it {preparing:.2f} s before",
    )
    value, spread = middle([1000 * one.again for one in spent], ".0f", " ms")
    yield Measure(
        name="the same page in another mail",
        target="never twice",
        value=value,
        holds=all(one.again <= AGAIN * one.engine for one in spent),
        spread=spread,
        note=f"from memory; at most {AGAIN} of the engine's time",
    )


def least(turns: Sequence[Shares]) -> Shares:
    """The least of each."""
    return Shares(
        engine=min(one.engine for one in turns),
        ours=min(one.ours for one in turns),
        again=min(one.again for one in turns),
    )


def shares(pictures: Sequence[bytes], folder: Path) -> Shares:
    """Recognise *pictures* (PNG) three times; what is remembered goes below *folder*."""
    folder.mkdir(exist_ok=True)
    given = [ocr.Picture(page=number + 1, octets=picture) for number, picture in enumerate(pictures)]
    engine = sum(_cpu(lambda: _alone(picture, folder)) for picture in pictures)  # noqa: B023 - called at once
    with remembering(str(folder / "recognised")):
        recogniser.read(recogniser.TESSERACT, 1, _speck())  # asks for the version too, once a process
        ours = _cpu(lambda: ocr.recognise(given, ("tesseract",)))
        again = _cpu(lambda: ocr.recognise(given, ("tesseract",)))
    return Shares(engine=engine, ours=ours, again=again)


def _speck() -> bytes:
    octets = BytesIO()
    Image.new("L", (64, 64), 255).save(octets, "PNG")
    return octets.getvalue()


def _alone(picture: bytes, folder: Path) -> None:
    """Call the engine as anybody would, with one thread."""
    (folder / "page.png").write_bytes(picture)
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    subprocess.run(  # noqa: S603 - our own command
        COMMAND, cwd=folder, env=environment, capture_output=True, check=True
    )


def _cpu(work: Callable[[], object]) -> float:
    """Processor seconds of *work*, with those of the programs that it ran to their end."""
    before = os.times()
    work()
    after = os.times()
    return sum(after[:4]) - sum(before[:4])


def page(number: int) -> bytes:
    """Draw page *number* as it is scanned (PNG)."""
    octets = BytesIO()
    reports = pages.reports()
    pages.page(reports[number % len(reports)], pages.Sheet()).picture.save(octets, "PNG")
    return octets.getvalue()


def prepared(picture: bytes) -> bytes:
    """Prepare it as the reader does before it asks the engine (PNG)."""
    grey, _ = scan.prepared(Leaf(path="p", data=b""), scan.sized(Image.open(BytesIO(picture))), first=True)
    return grey.data


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table."""
    return print_table(measure, "ocr", __doc__, arguments)


if __name__ == "__main__":
    sys.exit(main())
