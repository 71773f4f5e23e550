"""A written file against its tables: re-opened with another library, every cell compared, links and pictures counted.

Purpose: `check`, before anything is published.
Source: python-calamine for the cells; the parts of the package (ECMA-376 part 2) for links and pictures.
Limits: looks are not compared; that yellow is unlocked and white is locked is what tests are for.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast
from urllib.parse import unquote

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook

from outputs.cells import clean
from outputs.tables import Sheet
from outputs.words import MISSING
from outputs.workbook.grid import FIRST_COLUMN, FIRST_ROW, HEADER_ROW, Given, all_showing, given
from pipeline.errors import PermanentError

CURE = "没有发布，原有的工作簿未动；请保留数据目录并联系维护人员"
PIECE = 1 << 20
"""Octets of a sheet that are looked through at a time."""
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}pic"
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def check(file: bytes | Path, sheets: Sequence[Sheet], name: str) -> None:
    """Read the file called *name* back with another library and compare every cell with its table.

    Raises:
        PermanentError: it cannot be opened, or a cell, link or picture differs; the message names sheet and cell.
    """
    try:
        opened = io.BytesIO(file) if isinstance(file, bytes) else file.open("rb")
        with opened, zipfile.ZipFile(opened) as package:
            book = CalamineWorkbook.from_object(file if isinstance(file, Path) else io.BytesIO(file))
            for sheet in sheets:
                number = book.sheet_names.index(sheet.name) + 1
                links: list[str] = []
                wrong = _differs(book.get_sheet_by_name(sheet.name).iter_rows(), sheet, links)
                wrong = wrong or _unlike(package, number, sheet, links)
                if wrong:
                    raise PermanentError(f"工作簿 {name} 的“{sheet.name}”与汇总结果不符（{wrong}）；{CURE}")
    except (CalamineError, zipfile.BadZipFile, etree.XMLSyntaxError, KeyError) as error:
        raise PermanentError(f"工作簿 {name} 写出后打不开（{error}）；{CURE}") from error


def _differs(found: Iterator[list[Any]], sheet: Sheet, links: list[str]) -> str:
    """Name the first cell that is not as the table says, "" if all are; add where its cells lead to *links* on the way."""
    headers = [column.header for column in sheet.columns]
    above = [next(found, []) for _ in range(FIRST_ROW)]
    if above[HEADER_ROW][FIRST_COLUMN : FIRST_COLUMN + len(headers)] != headers:
        return "表头"
    for expected in given(sheet):
        row = next(found, [])
        if wrong := _wrong(row, expected, sheet):
            return wrong
        links += expected.links.values()
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


def _unlike(package: zipfile.ZipFile, number: int, sheet: Sheet, links: Sequence[str]) -> str:
    """Say whether links or pictures of the *number*th sheet are others than the table has, "" if not."""
    path = f"xl/worksheets/sheet{number}.xml"
    ids, targets, kinds = _relations(package, path)
    if Counter(links) != Counter(_links(package, path, dict(zip(ids, targets, strict=True)))):
        return "链接"
    drawn = [target for target, kind in zip(targets, kinds, strict=True) if kind.endswith("/drawing")]
    shown = {(id_, header) for id_, header in sheet.pictures if id_ in sheet.frame.index}
    return "图片" if len(shown) != sum(_pictures(package, target) for target in drawn) else ""


def _links(package: zipfile.ZipFile, path: str, targets: Mapping[str, str]) -> Iterator[str]:
    """Where the links of a sheet lead. targets: of its relations, by id."""
    with package.open(path) as part:
        told = _last(part, b"<hyperlinks>", b"</hyperlinks>")
    root = f'<links xmlns="{_MAIN[1:-1]}" xmlns:r="{_OFFICE[1:-1]}">'.encode()
    found = etree.fromstring(root + told + b"</links>")
    inward = _attributes(found, "*/main:hyperlink[@location]/@location")
    outward = _attributes(found, "*/main:hyperlink[not(@location)]/@office:id")
    return chain((f"#{place}" for place in inward), (unquote(targets[id_]) for id_ in outward))


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
    with package.open(f"xl/drawings/{PurePosixPath(target).name}") as part:
        return sum(1 for _ in etree.iterparse(part, tag=_DRAWN))


def _relations(package: zipfile.ZipFile, part: str) -> tuple[list[str], list[str], list[str]]:
    """Ids, targets and types of the relations of *part*, of which each has all three (ECMA-376 part 2, section 9.3)."""
    path = PurePosixPath(part)
    name = f"{path.parent}/_rels/{path.name}.rels"
    if name not in package.NameToInfo:
        return [], [], []
    found = etree.fromstring(package.read(name))
    ids, targets, kinds = (_attributes(found, f"*/@{each}") for each in ("Id", "Target", "Type"))
    return ids, targets, kinds


def _attributes(element: etree._Element, path: str) -> list[str]:
    """The attributes at *path*, in order; asked for at once, for there are a hundred thousand."""
    names = {"main": _MAIN[1:-1], "office": _OFFICE[1:-1]}
    return cast("list[str]", element.xpath(path, namespaces=names, smart_strings=False))
