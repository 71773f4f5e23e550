"""All that is measured, by one command: `python -m bench [--quick] [--only NAME …] [--folder FOLDER]`, or `make bench`.

Purpose: every measuring module below runs in turn; the rows are printed as they come and written after each module, with the
versions and the machine, to docs/benchmark.md (`--quick` and `--only` write nothing unless --page says where).
Limits: exit 1 where a target was missed or a module failed; both stand in the page. Half an hour on two quiet cores.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import corpus, machine
from bench.reporting import Measure, table

HEADINGS = {
    "intake": "Octets to workbook",
    "mailbox": "The mailbox",
    "startup": "Starting",
    "ocr": "Recognition",
    "compile": "Compiling",
    "rejudge": "Judging again",
    "growth": "Growth, and the register's events",
    "cluster": "More than one machine",
}
"""What is measured, in the order of the page. Any other module of this package that measures comes behind, under its name."""
HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmark.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="small inputs: whether it works, not how fast it is"
    )
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these modules alone")
    parser.add_argument(
        "--folder", type=Path, help="where to work, on the disk to be measured; default: data/bench"
    )
    parser.add_argument(
        "--page", type=Path, help="where the page is written; default: docs/benchmark.md for a whole run"
    )
    wanted = parser.parse_args(arguments)
    page = wanted.page or (None if wanted.quick or wanted.only else PAGE)
    found: dict[str, tuple[Measure, ...]] = {}
    folder = wanted.folder or corpus.KEPT
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as new:
        names = tuple(wanted.only or modules())
        for number, name in enumerate(names, 1):
            here = Path(new, name)
            here.mkdir()
            found[name] = tuple(_shown(_measured(name, here, quick=wanted.quick)))
            facts = machine.facts(Path(new))
            if page is not None:
                page.write_text(_page(found, names[number:], facts, quick=wanted.quick), "utf-8")
    _say("\n".join(f"{name}: {fact}" for name, fact in facts))
    return 1 if any(one.holds is False for rows in found.values() for one in rows) else 0


def modules() -> Sequence[str]:
    """Names of all modules that measure, and of those that should be there."""
    measuring = [
        path.stem for path in sorted(HERE.glob("*.py")) if "\ndef measure(" in path.read_text("utf-8")
    ]
    return (*HEADINGS, *(name for name in measuring if name not in HEADINGS))


def _measured(name: str, folder: Path, *, quick: bool) -> Iterator[Measure]:
    """The rows of one module; what fails is a row too, and the others go on."""
    if importlib.util.find_spec(f"bench.{name}") is None:
        yield Measure(name=name, target="", value="", holds=None, note=f"bench/{name}.py is not there")
        return
    measure = getattr(importlib.import_module(f"bench.{name}"), "measure", None)
    if measure is None:
        yield Measure(
            name=name, target="", value="", holds=None, note=f"python -m bench.{name} alone prints it"
        )
        return
    try:
        yield from measure(folder, quick=quick)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the others are to be measured all the same
        traceback.print_exc()
        yield Measure(
            name=name,
            target="",
            value="failed",
            holds=False,
            note=f"{type(error).__name__}: {str(error)[-300:]}",
        )


def _shown(rows: Iterator[Measure]) -> Iterator[Measure]:
    """Hand on *rows*, each printed when it is there."""
    for one in rows:
        verdict = {True: "达标", False: "不达标", None: ""}[one.holds]
        _say("  ".join(filter(None, (one.name, one.target, one.value, one.spread, verdict, one.note))))
        yield one


def _page(
    found: dict[str, tuple[Measure, ...]],
    left: Sequence[str],
    facts: Sequence[tuple[str, str]],
    *,
    quick: bool,
) -> str:
    """The page of what was *found*; what is *left* to be measured is named, for a run may be cut."""
    rows = [one for each in found.values() for one in each]
    missed = [
        f"- 不达标: {one.name}: {one.value} (target {one.target})" for one in rows if one.holds is False
    ]
    met = sum(one.holds is True for one in rows)
    return "\n".join(
        (
            "# Benchmark",
            "",
            "Written by `make bench` (`python -m bench`); do not edit. " + ABOUT,
            *(
                ("", "**`--quick`: small inputs. These figures show that it works, and nothing else.**")
                if quick
                else ()
            ),
            "",
            f"{met} targets are met, {len(missed)} are missed (不达标).",
            *missed,
            *(("", f"**Not measured yet: {', '.join(left)}.**") if left else ()),
            "",
            "## Machine and versions",
            "",
            *(f"- {name}: {fact}" for name, fact in facts),
            *(f"\n## {HEADINGS.get(name, name)}\n\n{table(each)}" for name, each in found.items()),
            REFERENCES,
        )
    )


ABOUT = """Ratios are of two programs that ran one after the other in the same round;
value is the median, spread the least and the most. Megabytes are 10^6 octets."""
REFERENCES = """## What is compared

- **The mails** (`bench/corpus`): 200, 684 MB, median 2.8 MB, about 730 attachments (Word with photographs inside, JPEG,
  PDF with a text layer, Excel, zips with names in GBK); made here from a seed, words from `tests/reports`, the largest 38 MB.
  They lie in the page cache when the clocks run.
- **The day's hack** (`bench/hack.py`): mail-parser, python-docx, pandas (with calamine, for openpyxl is no dependency),
  zipfile, a keyword for the category, attachments saved, a workbook by pandas and xlsxwriter; with pictures also
  upright thumbnails (Pillow: turned by EXIF, then shrunk, which decodes them in full; *not turned upright* leaves the turning
  out, and Pillow then decodes at a fraction) and the text of PDF files (pypdfium2). Nothing is synced.
- **The floor** (`bench/floor.py`): read; SHA-256 of the mail and of everything in it; base64 cut out by offset and decoded
  (pybase64); Word, Excel and zip unpacked whole and their text parsed (lxml); mail and everything in it saved by digest;
  a workbook with a row a mail. With pictures also an upright thumbnail of each, in the workbook too, and the text of PDF files;
  durable: all of it synced. The target's ratio is to the last, for these are our deliverables.
- **Ours** (`bench/taking.py`): what `shouwen once` and `shouwen compile` do, from starting the program to its end: the mail durable in
  the archive and in the register's log, every part read with its evidence, judged, scored, the whole workbook with its
  checks, and every file beside it. No recognition (OCR). *One process* is `serial`: reading, judging and compiling in
  the program's own process, as hack and floor are one process (formats that can crash a reader are asked for in a child
  that waits when the parent works). `processes:1` is the same with the reader in a process of its own, which can be
  ended when it hangs; what two processes gain is measured against it, and against `serial` too.
- **Memory** is each process's own high-water mark (VmHWM), read twenty times a second.
"""


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a benchmark talks to a person


if __name__ == "__main__":
    sys.exit(main())
