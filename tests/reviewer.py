"""A reviewer with a workbook: cells written into the XML of a real file, as no library saves it for us.

Purpose: `Reviewer`, what the tests of importing edit workbooks with; what it does not touch stays octet for octet.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date

from lxml import etree

from pipeline.reviewing import cells

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _tag(name: str) -> str:
    return f"{{{MAIN}}}{name}"


class Reviewer:
    """Edits one workbook, given as octets."""

    def __init__(self, octets: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            self._parts = {name: archive.read(name) for name in archive.namelist()}
        self._book = cells.book(octets, "made.xlsx")
        self._pages: dict[str, etree._Element] = {}

    @property
    def octets(self) -> bytes:
        """The workbook as it is now."""
        parts = {
            **self._parts,
            **{self._path(name): etree.tostring(page) for name, page in self._pages.items()},
        }
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, octets in parts.items():
                archive.writestr(name, octets)
        return file.getvalue()

    def place(self, sheet: str, row: str, header: str) -> str:
        """Name of the cell, "H12"."""
        return self._book.pages[sheet].rows[row].cells[header].place

    def rows(self, sheet: str) -> tuple[str, ...]:
        """Row ids of a sheet, in their order."""
        return tuple(self._book.pages[sheet].rows)

    def value(self, sheet: str, row: str, header: str) -> cells.Raw:
        """What a cell held when it was opened."""
        return self._book.pages[sheet].rows[row].cells[header].value

    def put(self, sheet: str, row: str, header: str, value: str | float | date | None) -> str:
        """Write into a cell by row id and header; return its name."""
        place = self.place(sheet, row, header)
        self.put_at(sheet, place, value)
        return place

    def put_at(self, sheet: str, place: str, value: str | float | date | None) -> None:
        """Write into a cell by name; its look stays."""
        cell = self._cell(sheet, place)
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", "")
        if isinstance(value, date):
            value = (value - date(1899, 12, 30)).days
        if isinstance(value, str):
            cell.set("t", "inlineStr")
            inline = etree.SubElement(etree.SubElement(cell, _tag("is")), _tag("t"))
            inline.text = value
            inline.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        elif value is not None:
            etree.SubElement(cell, _tag("v")).text = repr(value)

    def delete_row(self, sheet: str, row: str) -> None:
        """Take a row out; those below stay where they are."""
        number = re.sub("[A-Z]+", "", self._book.pages[sheet].rows[row].place)
        for node in self._page(sheet).iter(_tag("row")):
            if node.get("r") == number:
                _remove(node)

    def order_rows(self, sheet: str, key: Callable[[str], object], *, with_ids: bool = True) -> None:
        """Sort the rows with ids, as a program does; without their ids where somebody did not select column A."""
        page = self._page(sheet)
        found = self._book.pages[sheet].rows
        numbers = {id_: re.sub("[A-Z]+", "", row.place) for id_, row in found.items()}
        nodes = {node.get("r"): node for node in page.iter(_tag("row"))}
        places = sorted(numbers.values(), key=lambda number: int(number or 0))
        content = {number: [_copied(cell) for cell in nodes[number]] for number in places}
        for number, id_ in zip(places, sorted(numbers, key=key), strict=True):  # type: ignore[arg-type]
            node = nodes[number]
            own = [cell for cell in content[number] if str(cell.get("r")).startswith("A")]
            own = [cell for cell in own if re.fullmatch(r"A\d+", str(cell.get("r")))]
            for cell in list(node):
                node.remove(cell)
            moved = content[numbers[id_]]
            if not with_ids:
                moved = own + [cell for cell in moved if not re.fullmatch(r"A\d+", str(cell.get("r")))]
            for cell in moved:
                again = _copied(cell)
                again.set("r", re.sub(r"\d+", str(number), str(cell.get("r"))))
                node.append(again)

    def hide_row(self, sheet: str, row: str) -> None:
        """Hide a row, as a filter does."""
        number = re.sub("[A-Z]+", "", self._book.pages[sheet].rows[row].place)
        for node in self._page(sheet).iter(_tag("row")):
            if node.get("r") == number:
                node.set("hidden", "1")

    def rename_sheet(self, sheet: str, name: str) -> None:
        """Give a sheet another name."""
        self._page(sheet)
        text = self._parts["xl/workbook.xml"].decode()
        self._parts["xl/workbook.xml"] = text.replace(f'name="{sheet}"', f'name="{name}"', 1).encode()
        self._pages_path[name] = self._pages_path.pop(sheet)
        self._pages[name] = self._pages.pop(sheet)

    def first_sheet_last(self) -> None:
        """Move the first tab behind all others."""
        root = etree.fromstring(self._parts["xl/workbook.xml"])
        sheets = root.find(_tag("sheets"))
        assert sheets is not None
        sheets.append(sheets[0])
        self._parts["xl/workbook.xml"] = etree.tostring(root)

    # ------------------------------------------------------------ inside

    @property
    def _pages_path(self) -> dict[str, str]:
        if not hasattr(self, "_paths"):
            root = etree.fromstring(self._parts["xl/workbook.xml"])
            relations = etree.fromstring(self._parts["xl/_rels/workbook.xml.rels"])
            targets = {node.get("Id"): str(node.get("Target")) for node in relations}
            self._paths = {
                str(node.get("name")): f"xl/{targets[node.get(RELATION)].removeprefix('/xl/')}"
                for node in root.iter(_tag("sheet"))
            }
        return self._paths

    def _path(self, sheet: str) -> str:
        return self._pages_path[sheet]

    def _page(self, sheet: str) -> etree._Element:
        if sheet not in self._pages:
            self._pages[sheet] = etree.fromstring(self._parts[self._path(sheet)])
        return self._pages[sheet]

    def _cell(self, sheet: str, place: str) -> etree._Element:
        letters, number = re.sub(r"\d", "", place), re.sub("[A-Z]", "", place)
        data = self._page(sheet).find(_tag("sheetData"))
        assert data is not None
        row = next((node for node in data if node.get("r") == number), None)
        if row is None:
            row = etree.Element(_tag("row"), {"r": number})
            after = [node for node in data if int(node.get("r") or 0) < int(number)]
            data.insert(len(after), row)
        for node in row:
            if node.get("r") == place:
                return node
        cell = etree.Element(_tag("c"), {"r": place})
        before = [node for node in row if _order(re.sub(r"\d", "", str(node.get("r")))) < _order(letters)]
        row.insert(len(before), cell)
        return cell


def _order(letters: str) -> tuple[int, str]:
    return len(letters), letters


def _copied(node: etree._Element) -> etree._Element:
    return etree.fromstring(etree.tostring(node))


def _remove(node: etree._Element) -> None:
    parent = node.getparent()
    assert parent is not None
    parent.remove(node)
