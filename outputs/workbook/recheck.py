"""A written file against its tables: re-opened with another library, every cell compared, links and pictures counted.

Purpose: `check`, before anything is published.
Source: python-calamine for the cells; the parts of the package (ECMA-376 part 2) for links and pictures.
Limits: looks are not compared; that yellow is unlocked and white is locked is what tests are for.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any
from urllib.parse import unquote

from lxml import etree
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from outputs.cells import clean
from outputs.tables import Sheet
from outputs.words import MISSING
from outputs.workbook.grid import FIRST_COLUMN, FIRST_ROW, HEADER_ROW, Given, all_showing, given
from outputs.workbook.offered import letter
from pipeline.errors import PermanentError

CURE = "没有发布，原有的工作簿未动；请保留数据目录并联系维护人员"
PIECE = 1 << 20
"""Octets of a sheet that are looked through at a time."""
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_ID = f"{_OFFICE}id"


def check(file: bytes | Path, sheets: Sequence[Sheet], name: str) -> None:
    """Read the file called *name* back with another library and compare every cell with its table.

    Raises:
        PermanentError: it cannot be opened, or a cell, link or picture differs; the message names sheet and cell.
    """
    try:
        opened = io.BytesIO(file) if isinstance(file, bytes) else file.open("rb")
        with opened, zipfile.ZipFile(opened) as package:
            book = CalamineWorkbook.from_object(file if isinstance(file, Path) else io.BytesIO(file))
            _compare(book, package, sheets, name)
    except (CalamineError, zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, KeyError) as error:
        raise PermanentError(f"工作簿 {name} 写出后打不开（{error}）；{CURE}") from error


def _compare(book: CalamineWorkbook, package: zipfile.ZipFile, sheets: Sequence[Sheet], name: str) -> None:
    """Compare each sheet while the next one is read, for calamine lets the interpreter go meanwhile.

    It reads in this thread: what another one takes from the system for itself is 20 MB more.
    """
    numbers = {title: number for number, title in enumerate(book.sheet_names, 1)}
    under_way: Future[None] | None = None
    with ThreadPoolExecutor(1, "comparing") as hand:
        for sheet in sheets:
            try:
                found = book.get_sheet_by_name(sheet.name)
            finally:  # what is wrong with the sheet before it is told first
                if under_way:
                    under_way.result()
            under_way = hand.submit(_require_equal, found, sheet, package, numbers[sheet.name], name)
        if under_way:
            under_way.result()


def _require_equal(
    found: CalamineSheet, sheet: Sheet, package: zipfile.ZipFile, number: int, name: str
) -> None:
    links: list[tuple[str, str]] = []
    if wrong := _differs(found.iter_rows(), sheet, links) or _unlike(package, number, sheet, links):
        raise PermanentError(f"工作簿 {name} 的“{sheet.name}”与汇总结果不符（{wrong}）；{CURE}")


def _differs(found: Iterator[list[Any]], sheet: Sheet, links: list[tuple[str, str]]) -> str:
    """Name the first cell that is not as the table says, "" if all are; add cells and where they lead to *links* on the way."""
    headers = [column.header for column in sheet.columns]
    above = [next(found, []) for _ in range(FIRST_ROW)]
    if above[HEADER_ROW][FIRST_COLUMN : FIRST_COLUMN + len(headers)] != headers:
        return "表头"
    for expected in given(sheet):
        row = next(found, [])
        if wrong := _wrong(row, expected, sheet):
            return wrong
        row_number = expected.number + 1
        links += (
            (f"{letter(FIRST_COLUMN + place)}{row_number}", target)
            for place, target in expected.links.items()
        )
    return _wrong_total(next(found, []), sheet) if sheet.totalled else ""


def _wrong(row: list[object], expected: Given, sheet: Sheet) -> str:
    number = expected.number + 1
    if len(row) < FIRST_COLUMN + len(expected.values):
        return f"第 {number} 行"
    if row[0] != clean(expected.id):
        return f"第 {number} 行的行号"
    there = row[FIRST_COLUMN : FIRST_COLUMN + len(expected.values)]
    values = all_showing(expected.values)
    if there != values:
        for spec, found, value in zip(sheet.columns, there, values, strict=True):
            if found != value and _moment(found) != _moment(value):
                return f"第 {number} 行“{spec.header}”"
    return ""


def _wrong_total(below: list[object], sheet: Sheet) -> str:
    for number, column in enumerate(sheet.columns, FIRST_COLUMN):
        total = sheet.total(column.header) if column.total else ""
        if number > FIRST_COLUMN and below[number] != (MISSING if total is None else total):
            return f"合计行“{column.header}”"
    return ""


def _moment(value: object) -> object:
    """A day as its first moment, all else as it is: a cell at midnight is read back as a day."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - cells bear no zone
    return value


# ---------------------------------------------------------------- links and pictures


def _unlike(package: zipfile.ZipFile, number: int, sheet: Sheet, links: Sequence[tuple[str, str]]) -> str:
    """Say whether links or pictures of the *number*th sheet are others than the table has, "" if not."""
    path = f"xl/worksheets/sheet{number}.xml"
    targets, drawings = _relations(package, path)
    if sorted(links) != sorted(_links(package, path, targets)):
        return "链接"
    shown = {(id_, header) for id_, header in sheet.pictures if id_ in sheet.frame.index}
    return "图片" if len(shown) != sum(_pictures(package, one) for one in drawings) else ""


def _links(package: zipfile.ZipFile, path: str, targets: Mapping[str, str]) -> list[tuple[str, str]]:
    """The cells of a sheet that lead somewhere, and where. targets: of its relations, by id."""
    with package.open(path) as part:
        told = _last(part, b"<hyperlinks>", b"</hyperlinks>")
    root = f'<links xmlns="{_MAIN[1:-1]}" xmlns:r="{_OFFICE[1:-1]}">'.encode()
    found = []

    def take(one: Mapping[str, str]) -> None:
        place = one.get("location")
        found.append((one["ref"], f"#{place}" if place else unquote(targets[one[_ID]])))

    _each((root, told, b"</links>"), f"{_MAIN}hyperlink", take)
    return found


def _last(part: IO[bytes], begins: bytes, ends: bytes) -> bytes:
    """The element at the end of the part, b"" where it has none; the rows before it, nearly all there is, are passed over.

    In XML no text holds a "<", so the mark is where the element is.
    """
    found, before = b"", b""
    while piece := part.read(PIECE):
        if found:
            found += piece
        elif (at := (before + piece).find(begins)) >= 0:
            found = (before + piece)[at:]
        before = piece[-len(begins) :] if len(piece) >= len(begins) else before + piece
    return found[: found.index(ends) + len(ends)] if ends in found else found


def _pictures(package: zipfile.ZipFile, target: str) -> int:
    found: list[Mapping[str, str]] = []
    with package.open(f"xl/drawings/{PurePosixPath(target).name}") as part:
        _each(_pieces(part), f"{_DRAWING}pic", found.append)
    return len(found)


def _relations(package: zipfile.ZipFile, part: str) -> tuple[Mapping[str, str], list[str]]:
    """Where links of *part* lead out, by the ids of their relations, and its drawings."""
    path = PurePosixPath(part)
    name = f"{path.parent}/_rels/{path.name}.rels"
    targets: dict[str, str] = {}
    drawings = []

    def take(one: Mapping[str, str]) -> None:
        if one["Type"].endswith("/drawing"):
            drawings.append(one["Target"])
        elif one["Type"].endswith("/hyperlink") and one.get("TargetMode") == "External":
            targets[one["Id"]] = one["Target"]

    if name in package.NameToInfo:
        with package.open(name) as relations:
            _each(_pieces(relations), f"{_PACKAGE}Relationship", take)
    return targets, drawings


def _pieces(part: IO[bytes]) -> Iterator[bytes]:
    while piece := part.read(PIECE):
        yield piece


def _each(pieces: Iterable[bytes], tag: str, take: Callable[[Mapping[str, str]], None]) -> None:
    """Hand the attributes of each element with that *tag* over; a tree of a hundred thousand would take 44 MB."""
    parser = etree.XMLParser(target=_Taking(tag, take))  # type: ignore[arg-type]  # it need not have all
    for piece in pieces:
        parser.feed(piece)
    parser.close()


class _Taking:
    """What lxml calls while it reads."""

    def __init__(self, tag: str, take: Callable[[Mapping[str, str]], None]) -> None:
        self._tag, self._take = tag, take

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == self._tag:
            self._take(attributes)

    def close(self) -> None:
        """Nothing is left to be done."""
