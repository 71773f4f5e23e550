"""Sheets (xlsx, xls, xlsb, ods, WPS .et): one table a sheet, with its title rows, notes and what lies over the cells.

Purpose: the cells as staff see them, hidden sheets, rows and columns set aside, pictures as parts of their own.
Source: xlsx.py and ods.py for packages; pandas with the calamine engine for xls and xlsb, whose looks (number formats,
hidden parts, comments) biff.py adds.
Limits: formulas give their stored value, nothing is computed; charts are not read; of xlsb no number formats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.extract import binary, grid, ods, overlay, shape, xlsx
from pipeline.extract.book import MAX_CELLS, Book
from pipeline.extract.grid import MAX_ROWS
from pipeline.extract.package import DamagedError, Package, parse
from pipeline.records import Code, Content, Leaf, Problem, Status

_HEAD = 4096
_MACROS = ("xl/vbaproject.bin", "xl/macrosheets/")


def read(leaf: Leaf, _argument: str = "") -> Content:
    """Read one workbook.

    Returns:
        for each sheet its title, table and notes; hidden parts as asides; status partly where something is missing.

    Raises:
        DamagedError: there is no sheet in it.
    """
    if not leaf.data.startswith(b"PK"):
        flat = parse(leaf.data) if b"<office:document" in leaf.data[:_HEAD] else None
        return content(_told(ods.tables(flat)), leaf) if flat is not None else binary.read(leaf)
    package = Package(leaf.data)
    if binary.is_binary(package):
        return binary.read(leaf)
    if "content.xml" in package.names:
        return _open_document(package, leaf)
    book = _told(xlsx.read(package))
    overlay.place(package, book)
    return content(
        book, leaf, embedded=tuple(overlay.embedded(package, book, leaf.path)), macro=_macro(package)
    )


def _open_document(package: Package, leaf: Leaf) -> Content:
    if ods.is_encrypted(package):
        return Content(status=Status.NEEDS_PASSWORD, reason="待补密码：表格设有打开密码，请向报送单位索取")
    macro = any(name.startswith("Basic/") and name.endswith(".xml") for name in package.names)
    return content(
        _told(ods.read(package)), leaf, embedded=tuple(ods.embedded(package, leaf.path)), macro=macro
    )


def _told(book: Book) -> Book:
    """Pass a book on if it has a sheet at all."""
    if not book.grids:
        raise DamagedError("表格打不开，文件可能已损坏")
    return book


def content(book: Book, leaf: Leaf, *, embedded: Sequence[Leaf] = (), macro: bool = False) -> Content:
    """Make the outcome of one file of what its sheets hold."""
    found = [line for one in book.grids for line in grid.paragraphs(one)]
    reason = "；".join(_missing(book))
    problem = Problem(code=Code.MACRO, part=leaf.path, detail="表格带有宏；只读取了文字，宏没有运行")
    return Content(
        blocks=shape.blocks(found, titled=False),
        status=Status.PARTLY if reason else Status.OK,
        reason=reason,
        embedded=tuple(embedded),
        problems=(problem,) if macro else (),
    )


def _missing(book: Book) -> Iterator[str]:
    """Say in Chinese what was not read, and why."""
    if book.cut or any(grid.is_cut(one) for one in book.grids):
        yield f"表格过大，每张表只读取前 {MAX_ROWS} 行、{grid.MAX_COLUMNS} 列，全部表格只读取前 {MAX_CELLS} 个单元格"
    if book.broken:
        yield "表格文件有损坏，只读出了其中一部分"
    if book.refused:
        yield "表格内含 XML 实体定义，出于安全没有展开，这些文字没有读取"
    if book.unsaved:
        yield f"{book.unsaved} 个公式没有存下结果，没有读到；请用 Excel 或 WPS 打开核对"


def _macro(package: Package) -> bool:
    return any(name.lower().startswith(_MACROS) for name in package.names)
