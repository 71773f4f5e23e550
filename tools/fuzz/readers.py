"""Promises of the readers, in the process that calls them: records are sound, a refusal has its reason.

Source: the docstrings of the readers (child.TASKS) and of the records.
Limits: Python code of ours and the libraries that it calls. pdfium and the picture decoders are not here: their crash is
an expected outcome (child.py), and would end each run at once.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO

import msgspec

from pipeline.extract import doc as doc_reader
from pipeline.extract import flat_word as flat_word_reader
from pipeline.extract import html as html_reader
from pipeline.extract import odf as odf_reader
from pipeline.extract import ofd as ofd_reader
from pipeline.extract import rtf as rtf_reader
from pipeline.extract import sheet as sheet_reader
from pipeline.extract import slides as slides_reader
from pipeline.extract import spreadsheetml as flat_sheet_reader
from pipeline.extract import word as word_reader
from pipeline.extract.package import DamagedError, TooBigError
from pipeline.records import Content, Leaf
from tools.fuzz.promise import must

MAX_GROWTH = 4
"""Characters of text that a reader without compression may make of each octet: an entity of HTML can give two."""
MAX_CELLS = 1_000_000
"""Cells that the corners of a sheet may span here: beyond it calamine aborts, which the child turns into a status."""

_REFERENCE = re.compile(rb"\b([A-Za-z]{1,3})(\d{1,7})\b")


def docx(octets: bytes) -> None:
    """A Word file."""
    _read(word_reader.read, octets)


def sheet(octets: bytes) -> None:
    """A workbook; one whose cells are far apart is left out."""
    if _spans(octets) <= MAX_CELLS:
        _read(sheet_reader.read, octets)


def slides(octets: bytes) -> None:
    """A presentation."""
    _read(slides_reader.read, octets)


def ofd(octets: bytes) -> None:
    """A file in the national layout format."""
    _read(ofd_reader.read, octets)


def rtf(octets: bytes) -> None:
    """An RTF file."""
    _read(rtf_reader.read, octets)


def doc(octets: bytes) -> None:
    """A binary Word file."""
    _read(doc_reader.read, octets)


def odf(octets: bytes) -> None:
    """An ODF text."""
    _read(odf_reader.read, octets)


def flat_word(octets: bytes) -> None:
    """Word 2003's one XML file."""
    _read(flat_word_reader.read, octets)


def flat_sheet(octets: bytes) -> None:
    """Excel 2003's one XML file."""
    _read(flat_sheet_reader.read, octets)


def html(octets: bytes) -> None:
    """A page, as a body and as a file."""
    for body in (True, False):
        leaf = Leaf(path="1", data=octets, body=body, declared="text/html")
        sound(html_reader.read(leaf, ()), most=MAX_GROWTH * len(octets) + 100)


def _read(reader: Callable[[Leaf, str], Content], octets: bytes) -> None:
    try:
        content = reader(Leaf(path="2", name="总结", data=octets), "")
    except (DamagedError, TooBigError) as error:
        must(str(error) != "", "a refusal without a reason")
        return
    sound(content)


def sound(content: Content, most: int | None = None) -> None:
    """Hold what a reader gives against the records' docstrings."""
    msgspec.msgpack.encode(content)
    must(
        all(leaf.path.startswith("2/") for leaf in content.embedded), "a part that is not below its document"
    )
    for block in content.blocks:
        rows = "\n".join("\t".join(row) for row in block.rows)
        must(
            not block.rows or block.text == rows.strip() or block.text == rows,
            "a table whose text is not its rows",
        )
        must(block.level >= 0 and (block.page is None or block.page > 0), "a place that cannot be")
    if most is not None:
        must(sum(len(block.text) for block in content.blocks) <= most, "text out of nothing")


def _spans(octets: bytes) -> int:
    """Cells of the greatest rectangle that the references of a workbook can span; 0 for what is no ZIP."""
    try:
        with zipfile.ZipFile(BytesIO(octets)) as package:
            texts = [
                package.read(name)[: 1024**2] for name in package.namelist()[:50] if name.endswith(".xml")
            ]
    except Exception:  # noqa: BLE001 - whatever is broken about it, the reader will say
        return 0
    return max((_span(_REFERENCE.findall(text)) for text in texts), default=0)


def _span(references: Sequence[tuple[bytes, bytes]]) -> int:
    columns = [
        sum((sign - 64) * 26**place for place, sign in enumerate(reversed(letters.upper())))
        for letters, _ in references
    ]
    return max(columns, default=0) * max((int(row) for _, row in references), default=0)
