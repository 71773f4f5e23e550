"""`make pictures`: the pictures of README.md and docs/, drawn from the demo's workbook and report.

Purpose: run the demo, turn what it made into pages, and keep of each page of `TABLES` the rows and columns that tell most, large
enough to be read in the column of a web page; the first pages of the Word draft stand beside each other.
Limits: needs LibreOffice, pdftotext, pdftoppm and a Chinese font; fonts stand in for 仿宋 and 宋体 where they are not there.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops

from tools import demo

IMAGES = Path(__file__).parent.parent / "docs" / "images"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A picture of a sheet. title: words of the sheet's title. columns, rows: what is kept, from 0; no columns: the whole page."""

    name: str
    title: str
    columns: Sequence[int] = ()
    rows: range = range(12)


TABLES = (
    Table(
        name="progress", title="报送进度表", columns=(0, 1, 2, 4, 5, 6, 7, 9, 10, 11, 12), rows=range(19, 31)
    ),
    Table(
        name="workbook", title="活动明细表", columns=(0, 1, 2, 3, 4, 6, 7, 9, 12, 13, 16, 17), rows=range(11)
    ),
    Table(name="questions", title="待核事项表", columns=(0, 2, 3, 4, 5, 6, 7, 10), rows=range(8)),
    Table(name="categories", title="分类统计表"),
)
REPORT, REPORT_PAGES = "report", 3
TABLE_DOTS, REPORT_DOTS = 120, 55
"""Dots an inch."""
MARGIN = 12
"""Pixels left around a page."""
INK = 140
"""How dark a line of a table is on the whole, 0 black, 255 white."""
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
        for table in TABLES:
            number = _first_with(pages, table.title)
            if not number:
                _say(f"{workbook} 里没有“{table.title}”这一页")
                return 1
            page = drawn(pages, number, TABLE_DOTS)
            save(cut(page, table) if table.columns else _above_foot(page), table.name)
        draft = Path(folder, "report.docx")
        told = (sys.executable, "-m", "pipeline", "report", "--data-dir", str(demo.DATA), "--out", str(draft))
        _run(told)
        pages = paged(draft, Path(folder))
        save(beside([drawn(pages, number, REPORT_DOTS) for number in range(1, REPORT_PAGES + 1)]), REPORT)
    return 0


def paged(document: Path, folder: Path) -> Path:
    """Turn *document* into a PDF in *folder*."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    _run(("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(document)))
    return folder / f"{document.stem}.pdf"


def drawn(pages: Path, number: int, dots: int) -> Image.Image:
    """Draw page *number* of a PDF, without its margins."""
    stem = pages.with_suffix("")
    options = ("-png", "-r", str(dots), "-f", str(number), "-l", str(number), "-singlefile")
    _run(("pdftoppm", *options, str(pages), str(stem)))
    with Image.open(f"{stem}.png") as page:
        return _trimmed(page.convert("RGB"))


def cut(page: Image.Image, table: Table) -> Image.Image:
    """The header and the rows and columns of *table*, from the page of its sheet."""
    lines = list(_lines(page, across=True))
    whole = page.crop((0, lines[0], page.width, lines[-1]))
    edges = list(_lines(whole, across=False))
    rows = [(lines[0], lines[1]), *((lines[row + 1], lines[row + 2]) for row in table.rows)]
    columns = [(edges[column], edges[column + 1]) for column in table.columns]
    size = (sum(b - a for a, b in columns) + 2, sum(b - a for a, b in rows) + 2)
    picture = Image.new("RGB", size, "black")
    top = 1
    for upper, lower in rows:
        left = 1
        for start, end in columns:
            picture.paste(page.crop((start, upper, end, lower)), (left, top))
            left += end - start
        top += lower - upper
    return picture


def beside(pages: Sequence[Image.Image]) -> Image.Image:
    """The pages side by side, each with a frame."""
    high = max(page.height for page in pages) + 2 * MARGIN
    framed = [Image.new("RGB", (page.width + 2 * MARGIN, high), "white") for page in pages]
    picture = Image.new("RGB", (sum(one.width + 2 for one in framed) + 2, high + 4), "grey")
    left = 2
    for page, frame in zip(pages, framed, strict=True):
        frame.paste(page, (MARGIN, MARGIN))
        picture.paste(frame, (left, 2))
        left += frame.width + 2
    return picture


def save(picture: Image.Image, name: str) -> None:
    """Write a small PNG and say where."""
    target = IMAGES / f"{name}.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(64).save(target, optimize=True)
    _say(str(target))


def _lines(picture: Image.Image, *, across: bool) -> Iterator[int]:
    """Where the lines of a table begin: rows of pixels that are dark on the whole, or columns of them."""
    size = (1, picture.height) if across else (picture.width, 1)
    values = picture.convert("L").resize(size, Image.Resampling.BOX).tobytes()
    for place, value in enumerate(values):
        if value < INK and (place == 0 or values[place - 1] >= INK):
            yield place


def _trimmed(picture: Image.Image) -> Image.Image:
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    if not box:
        return picture
    left, top, right, bottom = box
    return picture.crop((max(0, left - MARGIN), max(0, top - MARGIN), right + MARGIN, bottom + MARGIN))


def _above_foot(page: Image.Image) -> Image.Image:
    """A page without its number at the foot and the blank above it."""
    return _trimmed(page.crop((0, 0, page.width, int(page.height * 0.92))))


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
