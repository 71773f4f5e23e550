"""Sheets as one XML text (Excel 2003), which programs export under the name .xls.

Purpose: the cells of each sheet as a `Grid`.
Source: the schema urn:schemas-microsoft-com:office:spreadsheet of the Office 2003 XML Reference Schemas.
Limits: of number formats percents and dates; pictures are not kept in this format.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from pipeline.extract import charset, numberformats, sheet
from pipeline.extract.book import LAST_COLUMN, MAX_CELLS, MAX_SHEETS, Book
from pipeline.extract.grid import MAX_CELL, MAX_ROWS, Grid, Merge
from pipeline.extract.package import DamagedError, parse
from pipeline.extract.streamed import refuses
from pipeline.records import Content, Leaf

_NAMED = {"Percent": "0.00%", "Fixed": "0.00", "Standard": "#,##0.00", "Short Time": "h:mm"}
_DATES = {"General Date", "Long Date", "Medium Date", "Short Date"}
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - cells have no zone


def read(leaf: Leaf, _argument: str = "") -> Content:
    """Read one file.

    Raises:
        DamagedError: there is no sheet in it.
    """
    text = charset.decode(leaf.data)
    plain = text[text.find("?>") + 2 :] if text.lstrip().startswith("<?xml") else text
    root = parse(plain.encode("utf-8", "replace"))
    sheets = list(root.iterchildren("{*}Worksheet")) if root is not None else []
    if root is None or not sheets:
        raise DamagedError("表格打不开，文件可能已损坏")
    book = Book(cut=len(sheets) > MAX_SHEETS, refused=refuses(plain[:4096].encode("utf-8", "replace")))
    codes = dict(_codes(root))
    left = MAX_CELLS
    for node in sheets[:MAX_SHEETS]:
        grid = Grid(name=_get(node, "Name"), hidden=_is_hidden(node))
        book.grids.append(grid)
        left -= _table(node, grid, codes, left)
        book.cut |= left <= 0
    return sheet.content(book, leaf)


def _codes(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Give the number format of each style."""
    for style in root.iter("{*}Style"):
        stated = next((_get(node, "Format") for node in style.iterchildren("{*}NumberFormat")), "")
        code = 'yyyy"年"m"月"d"日"' if stated in _DATES else _NAMED.get(stated, stated)
        yield _get(style, "ID"), code


def _is_hidden(node: etree._Element) -> bool:
    return any("Hidden" in (visible.text or "") for visible in node.iter("{*}Visible"))


def _table(node: etree._Element, grid: Grid, codes: dict[str, str], most: int) -> int:
    """Read one sheet, at most *most* filled cells; return their number."""
    number, count = -1, 0
    table = next(node.iterchildren("{*}Table"), None)
    for row in table.iterchildren("{*}Row") if table is not None else ():
        number = _number(row, "Index", number + 2) - 1
        cells = dict(_row(row, grid, number, codes))
        if cells:
            grid.rows[number] = cells
            count += len(cells)
            if _get(row, "Hidden") == "1":
                grid.hidden_rows.add(number)
        if count >= most or len(grid.rows) > MAX_ROWS:
            break
    column = -1
    for described in table.iterchildren("{*}Column") if table is not None else ():
        column = _number(described, "Index", column + 2) - 1
        last = min(column + _number(described, "Span", 0), LAST_COLUMN)
        if _get(described, "Hidden") == "1":
            grid.hidden_columns.update(range(column, last + 1))
        column = last
    return count


def _row(row: etree._Element, grid: Grid, number: int, codes: dict[str, str]) -> Iterator[tuple[int, str]]:
    column = -1
    for cell in row.iterchildren("{*}Cell"):
        column = _number(cell, "Index", column + 2) - 1
        across, down = _number(cell, "MergeAcross", 0), _number(cell, "MergeDown", 0)
        if across or down:
            area = Merge(top=number, left=column, bottom=number + down, right=column + across)
            grid.merges.append(area)
        for data in cell.iterchildren("{*}Data"):
            text = _shown(data, codes.get(_get(cell, "StyleID"), ""))
            if text and column <= LAST_COLUMN:
                yield column, text[:MAX_CELL]
        for note in cell.iterchildren("{*}Comment"):
            grid.notes.append((number, column, " ".join("".join(map(str, note.itertext())).split())))
        column += across


def _shown(data: etree._Element, code: str) -> str:
    text = "".join(map(str, data.itertext())).strip()
    kind = _get(data, "Type")
    if kind == "Boolean":
        return "TRUE" if text == "1" else "FALSE"
    try:
        if kind == "Number":
            return text if text.isdigit() and not code else numberformats.shown(float(text), code)
        if kind == "DateTime":
            days = (datetime.fromisoformat(text).replace(tzinfo=None) - _EPOCH).total_seconds() / 86_400
            return numberformats.shown(days, code or 'yyyy"年"m"月"d"日"')
    except ValueError:
        return text
    return text


def _number(node: etree._Element, name: str, otherwise: int) -> int:
    text = _get(node, name)
    return min(int(text), 2_000_000) if text.isdigit() and len(text) < 12 else otherwise


def _get(node: etree._Element, name: str) -> str:
    """Give an attribute whatever its namespace."""
    return next((str(value) for key, value in node.items() if str(key).rpartition("}")[2] == name), "")
