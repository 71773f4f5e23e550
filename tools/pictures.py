"""`make pictures`: the pictures of README.md and docs/, drawn from the demo's workbook and papers.

Purpose: run the demo, turn what it made into pages, keep the first page of each sheet of `WANTED`, without its margins.
Limits: needs LibreOffice, pdftotext, pdftoppm and a Chinese font; fonts stand in for 仿宋 and 宋体 where they are not there.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageChops

from tools import demo

IMAGES = Path(__file__).parent.parent / "docs" / "images"
WANTED = {
    "workbook": "活动明细表",
    "progress": "报送进度表",
    "questions": "待核事项表",
    "categories": "分类统计表",
    "scores": "评分明细表",
}
"""Name of the picture to words of the sheet's title."""
DOTS_PER_INCH = 88
MARGIN = 12
"""Pixels left around a page."""
NEEDED = ("soffice", "pdftotext", "pdftoppm")


def main() -> int:
    """Draw all pictures; 69 where a program is missing, 1 where a sheet has no page."""
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        _say(f"缺少程序：{'、'.join(missing)}")
        return 69
    if demo.main():
        return 1
    workbook = max(demo.DATA.glob("workbooks/*/*.xlsx"), key=lambda path: path.stat().st_mtime)
    with tempfile.TemporaryDirectory() as folder:
        pages = paged(workbook, Path(folder))
        for name, words in WANTED.items():
            number = _first_with(pages, words)
            if not number:
                _say(f"{workbook} 里没有“{words}”这一页")
                return 1
            draw(pages, number, IMAGES / f"{name}.png")
            _say(str(IMAGES / f"{name}.png"))
    return 0


def paged(document: Path, folder: Path) -> Path:
    """Turn *document* into a PDF in *folder*."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    _run(("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(document)))
    return folder / f"{document.stem}.pdf"


def draw(pages: Path, number: int, target: Path) -> None:
    """Draw page *number* of a PDF, without its margins."""
    stem = pages.with_suffix("")
    options = ("-png", "-r", str(DOTS_PER_INCH), "-f", str(number), "-l", str(number), "-singlefile")
    _run(("pdftoppm", *options, str(pages), str(stem)))
    with Image.open(f"{stem}.png") as page:
        picture = page.convert("RGB")
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    if box:
        left, top, right, bottom = box
        picture = picture.crop((max(0, left - MARGIN), max(0, top - MARGIN), right + MARGIN, bottom + MARGIN))
    target.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(64).save(target, optimize=True)


def _first_with(pages: Path, words: str) -> int:
    """The number of the first page, from 1, on which *words* stand; 0 if none."""
    text = pages.with_suffix(".txt")
    _run(("pdftotext", str(pages), str(text)))
    told = enumerate(text.read_text("utf-8").split("\f"), 1)
    return next((number for number, page in told if words in "".join(page.split())), 0)


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - talks to a person


if __name__ == "__main__":
    sys.exit(main())
