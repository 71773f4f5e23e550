"""What is fuzzed: one function a target, octets in, nothing out, and what must hold beyond "it does not raise".

Purpose: `TARGETS`, and `named()` for one of them, or for any function "module:function" that takes octets.
Source: the promises in the docstrings of parse(), unpack(), the readers (child.TASKS), figures(), links().
Limits: Python code of ours and the libraries that it calls in the same process. pdfium and the picture decoders are not
here: their crash is an expected outcome (child.py), and would end each run at once.
"""

from __future__ import annotations

import importlib
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from io import BytesIO

import msgspec

from pipeline import unpack as unpacking
from pipeline.extract import html as html_reader
from pipeline.extract import ofd as ofd_reader
from pipeline.extract import rtf as rtf_reader
from pipeline.extract import sheet as sheet_reader
from pipeline.extract import slides as slides_reader
from pipeline.extract import sniff
from pipeline.extract import word as word_reader
from pipeline.extract.package import DamagedError, TooBigError
from pipeline.figures import figures as state
from pipeline.links import links as linked
from pipeline.ole import Compound
from pipeline.parse import parse as take_apart
from pipeline.records import Activity, Block, Content, Document, Leaf, Span, Stated, Style, Unpacked
from pipeline.unpack.limits import MAX_MEMBERS, MAX_TOTAL
from pipeline.unpack.names import MAX_PATH

Target = Callable[[bytes], None]

MAX_GROWTH = 4
"""Characters of text that a reader without compression may make of each octet: an entity of HTML can give two."""
MAX_CELLS = 1_000_000
"""Cells that the corners of a sheet may span here: beyond it calamine aborts, which the child turns into a status."""
RECEIVED = datetime.fromisoformat("2024-06-20T12:00:00+08:00")

_REFERENCE = re.compile(rb"\b([A-Za-z]{1,3})(\d{1,7})\b")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Controls, line ends and marks that turn the direction of writing: a terminal or a cell would obey them."""
_NUMERAL = re.compile(r"[\d〇零一二两三四五六七八九十百千万]")


class BrokenError(AssertionError):
    """A promise that was not kept."""


def named(name: str) -> Target:
    """Give the target of that name, or the function that "module:function" names.

    Raises:
        KeyError, ImportError, AttributeError: there is none.
    """
    module, colon, function = name.partition(":")
    if not colon:
        return TARGETS[name]
    found: Target = getattr(importlib.import_module(module), function)
    return found


def parse(octets: bytes) -> None:
    """Every mail gives at least one leaf; paths are unique; leaves are no longer than the mail."""
    parsed = take_apart(octets, "7")
    _must(bool(parsed.leaves), "no leaf")
    _unique_below([leaf.path for leaf in parsed.leaves], "7/")
    _must(all(len(leaf.data) <= len(octets) for leaf in parsed.leaves), "a leaf is longer than its mail")
    msgspec.json.encode((parsed.mail, parsed.problems, [leaf.name for leaf in parsed.leaves]))


def unpack(octets: bytes) -> None:
    """An archive stays inside its limits, and its members below it."""
    media_type = sniff(octets, "材料.zip")
    own = media_type in unpacking.ARCHIVES and "unar" not in media_type
    _opened(octets, media_type if own else "application/zip")


def tnef(octets: bytes) -> None:
    """The same for winmail.dat."""
    _opened(octets, "application/ms-tnef")


def _opened(octets: bytes, media_type: str) -> Unpacked:
    found = unpacking.unpack(Leaf(path="2", name="材料", data=octets), media_type, ("2024", "科协"), ())
    paths = [member.path for member in found.members]
    _unique_below(paths, "2/")
    _must(all(len(path) <= MAX_PATH + 20 for path in paths), "a path beyond its limit")
    _must(not any(".." in path.split("/") for path in paths), "a path that leads upwards")
    _must(
        not any(_UNSEEN.search(path) for path in paths),
        "a path with controls",
    )
    _must(len(found.members) <= MAX_MEMBERS, "more members than allowed")
    _must(sum(len(member.data) for member in found.members) <= MAX_TOTAL, "more octets than allowed")
    _must(not _UNSEEN.search(found.reason), "a reason that is no plain text")
    msgspec.json.encode([found.reason, found.problems, [member.name for member in found.members]])
    return found


# ---------------------------------------------------------------- readers


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


def html(octets: bytes) -> None:
    """A page, as a body and as a file."""
    for body in (True, False):
        leaf = Leaf(path="1", data=octets, body=body, declared="text/html")
        _sound(html_reader.read(leaf, ()), most=MAX_GROWTH * len(octets) + 100)


def links(octets: bytes) -> None:
    """What a body links to is stated in it."""
    for declared in ("text/html", "text/plain"):
        found = linked(Leaf(path="1", data=octets, body=True, declared=declared))
        msgspec.json.encode(found)
        _must(all(link.part == "1" and link.kind for link in found), "a link from nowhere")


def compound(octets: bytes) -> None:
    """A stream of a compound file is no longer than the file."""
    found = Compound(octets)
    for name in found.names[:50]:
        _must(len(found.octets(name)) <= len(octets), "a stream longer than its file")


def _read(reader: Callable[[Leaf, str], Content], octets: bytes) -> None:
    try:
        content = reader(Leaf(path="2", name="总结", data=octets), "")
    except (DamagedError, TooBigError) as error:
        _must(str(error) != "", "a refusal without a reason")
        return
    _sound(content)


def _sound(content: Content, most: int | None = None) -> None:
    """Hold what a reader gives against the records' docstrings."""
    msgspec.msgpack.encode(content)
    _must(
        all(leaf.path.startswith("2/") for leaf in content.embedded), "a part that is not below its document"
    )
    for block in content.blocks:
        rows = "\n".join("\t".join(row) for row in block.rows)
        _must(
            not block.rows or block.text == rows.strip() or block.text == rows,
            "a table whose text is not its rows",
        )
        _must(block.level >= 0 and (block.page is None or block.page > 0), "a place that cannot be")
    if most is not None:
        _must(sum(len(block.text) for block in content.blocks) <= most, "text out of nothing")


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


# ---------------------------------------------------------------- figures


def figures(octets: bytes) -> None:
    """A figure stands where its span says, and its numerals are in its words: none is invented."""
    blocks = tuple(_blocks(octets.decode("utf-8", "replace")))
    if not blocks:
        return
    document = Document(part="1", blocks=blocks)
    spans = tuple(
        Span(part="1", block=place, start=0, end=len(block.text)) for place, block in enumerate(blocks)
    )
    activity = Activity(title="", text="\n".join(block.text for block in blocks), spans=spans)
    found = state(activity, (document,), received=RECEIVED, year=2024)
    for number in (found.participants, found.sessions, found.materials):
        if number is not None:
            _stands(number, document)
            _must(0 < number.value < 2**53, "a figure that cannot be")
            _must(bool(_NUMERAL.search(number.words)), "a figure without numerals")
            _counted(number)
    for named_ in (found.place, *found.media):
        if named_ is not None:
            _stands(named_, document)
            _must(named_.value in named_.words, "a name that is not in its words")
    if found.date_start and found.date_end:
        _must(found.date_start.value <= found.date_end.value, "an end before its beginning")


def _blocks(text: str) -> Iterable[Block]:
    for line in text.split("\n")[:50]:
        if line.strip():
            rows = (tuple(line.split("\t")),) if "\t" in line else ()
            yield Block(style=Style.TABLE if rows else Style.PARAGRAPH, text=line, rows=rows)


def _stands(stated: Stated[int] | Stated[str], document: Document) -> None:
    span = stated.span
    there = document.blocks[span.block].text[span.start : span.end]
    _must(len(there) == len(stated.words) > 0, "words that do not stand where their span says")


def _counted(number: Stated[int]) -> None:
    """Words of plain digits alone state exactly their digits, or the sum of them (copies of several kinds)."""
    if re.search(r"[〇零一二两三四五六七八九十百千万.]", number.words) or not number.words.isprintable():
        return
    told = [int(digits.replace(",", "")) for digits in re.findall(r"\d[\d,]*", number.words)]
    _must(
        number.value in {*told, sum(told)} or number.value <= sum(told),
        "a figure that its words do not state",
    )


def _unique_below(paths: Sequence[str], prefix: str) -> None:
    _must(len(set(paths)) == len(paths), "two parts of one path")
    _must(all(path.startswith(prefix) for path in paths), "a path that is not below its container")


def _must(holds: bool, broken: str) -> None:
    if not holds:
        raise BrokenError(broken)


TARGETS: dict[str, Target] = {
    "parse": parse,
    "unpack": unpack,
    "tnef": tnef,
    "docx": docx,
    "sheet": sheet,
    "slides": slides,
    "ofd": ofd,
    "rtf": rtf,
    "html": html,
    "links": links,
    "compound": compound,
    "figures": figures,
}
"""Targets by name, in the order of the way of a mail."""
