"""`python -m tools.ocr_trial`: both recognisers on the same pages, clean and worn.

Purpose: draws pages of the sample reports (pages.py), prepares them as the readers do, has each engine read them, and
prints character error rate, seconds a page, peak memory and mean confidence; the ground on which the order of the
engines, the resolution and the limits of recogniser.py and ocr.py were chosen.
Source: character error rate = edit distance over characters wanted, white space left out of both.
Limits: drawn pages are easier than real ones; `--pages N` says how many of each kind.
"""

from __future__ import annotations

import argparse
import re
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from pipeline import tools
from pipeline.extract import child, ocr, recogniser, scan
from pipeline.records import Leaf
from tools import pages

KINDS = ("clean", "seal", "table", "skew1", "skew3", "noise", "jpeg", "faint", "low", "photo", "turned")
"""How pages are: clean ones of each font first."""


def main() -> int:
    """Print one line a kind and engine."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=2)
    parser.add_argument("--kinds", nargs="*", default=KINDS)
    parser.add_argument("--engines", nargs="*", default=recogniser.chosen(tools.abilities()))
    asked = parser.parse_args()
    _say(f"{'kind':8} {'engine':10} {'CER':>7} {'s/page':>7} {'MB':>6} {'conf':>5}  each page")
    for kind in asked.kinds:
        drawn = [drawn_page(kind, number) for number in range(asked.pages)]
        for engine in asked.engines:
            _measure(kind, engine, drawn)
    return 0


def drawn_page(kind: str, number: int) -> pages.Drawn:
    """Draw page *number* of a *kind*, each in another font that is here."""
    fonts = [name for name in pages.FONTS if pages.there(name)]
    reports = pages.reports()
    words = [*reports[2 * number % len(reports)], *reports[(2 * number + 1) % len(reports)]]
    sheet = pages.Sheet(font=fonts[number % len(fonts)])
    if kind == "seal":
        sheet = replace(sheet, seals=((140, 200, 42, 0.9),), letterhead="重庆市某某区科学技术协会文件")
    if kind == "table":
        rows = (
            ("序号", "活动名称", "参加人数"),
            ("1", "科普集市进社区", "320"),
            ("2", "科技工作者座谈会", "46"),
        )
        sheet, words = replace(sheet, rows=rows), words[:4]
    drawn = pages.page(words, sheet)
    if kind == "turned":
        return replace(drawn, picture=drawn.picture.rotate(180))
    return replace(drawn, picture=pages.worn(drawn.picture, kind, seed=number))


def error_rate(wanted: str, read: str) -> float:
    """Give the character error rate of *read*, white space left out."""
    plain = [re.sub(r"\s", "", text) for text in (wanted, read)]
    return Levenshtein.distance(*plain) / max(1, len(plain[0]))


def _measure(kind: str, engine: str, drawn: list[pages.Drawn]) -> None:
    rates, seconds, sure = [], [], []
    for page in drawn:
        grey, red = scan.prepared(Leaf(path="p", data=b""), scan.sized(page.picture), first=True)
        begun = time.monotonic()
        found = ocr.recognise([ocr.Picture(page=1, octets=grey.data, red=scan.bands(red.data))], (engine,))
        seconds.append(time.monotonic() - begun)
        rates.append(error_rate(page.text, "".join(block.text for block in found.blocks)))
        sure.append(sum(mean for _, mean in _confidences(found)))
    each = " ".join(f"{rate:.4f}" for rate in rates)
    _say(
        f"{kind:8} {engine:10} {sum(rates) / len(rates):7.2%} {sum(seconds) / len(seconds):7.1f}"
        f" {_megabytes(engine):6.0f} {sum(sure) / len(sure):5.2f}  {each}"
    )


def _confidences(found: ocr.Recognised) -> tuple[tuple[int, float], ...]:
    from pipeline.records import Document

    return Document(part="", blocks=found.blocks).page_confidences


def _megabytes(engine: str) -> float:
    """Give the peak of resident memory of an engine so far."""
    if engine == recogniser.TESSERACT:
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    running = child._RECOGNISER._running
    if running is None:
        return 0.0
    status = Path(f"/proc/{running.process.pid}/status").read_text("ascii")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
