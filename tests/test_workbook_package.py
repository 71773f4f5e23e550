"""outputs/workbook/package.py against xlsxwriter's own packing: the same parts, and a package that says nothing of the machine."""

from __future__ import annotations

import gc
import io
import weakref
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from PIL import Image

from outputs.workbook.package import Book

OPTIONS = {"constant_memory": True, "strings_to_urls": False}


def picture(colour: str, kind: str) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(file, kind)
    return file


def filled(book: Any) -> None:
    """Close the book with all kinds of parts: rows, a sheet without any, comments, pictures (one twice), links and a chart."""
    page, empty = book.add_worksheet("甲"), book.add_worksheet("空")
    page.write_comment(3, 0, "批注")
    for row in range(400):
        page.write_string(row, 0, f"科协“{row}” <b> & c\n第二行")
        page.write_number(row, 1, row)
    for row, (colour, kind) in enumerate((("red", "JPEG"), ("red", "JPEG"), ("blue", "PNG"))):
        page.insert_image(row, 3, f"p.{kind}", {"image_data": picture(colour, kind)})
    page.write_url(9, 4, "external:files/a.docx")
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": "=甲!$B$1:$B$9"})
    page.insert_chart(12, 5, chart)
    page.data_validation(0, 1, 9, 1, {"validate": "list", "source": ["是", "否"]})
    empty.protect("")
    book.set_properties({"created": datetime(2024, 6, 23)})  # noqa: DTZ001 - as xlsxwriter takes it
    book.close()


@pytest.fixture
def unsearched() -> Iterator[None]:
    """No cycle is searched for."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("unsearched")
def test_a_closed_workbook_holds_no_memory(tmp_path: Path) -> None:
    """The sheets of xlsxwriter know their workbook: 2,000 pictures were kept while the file was read back."""
    book = Book(tmp_path / "x.xlsx", {})
    filled(book)
    left = weakref.ref(book.worksheets()[0])

    del book

    assert left() is None


@pytest.fixture
def both(tmp_path: Path) -> tuple[Path, Path]:
    plain, packed = tmp_path / "plain.xlsx", tmp_path / "packed.xlsx"
    filled(xlsxwriter.Workbook(str(plain), OPTIONS))
    filled(Book(packed, {**OPTIONS, "tmpdir": str(tmp_path)}))
    return plain, packed


def test_the_package_holds_the_parts_that_xlsxwriter_packs_in_its_order(both: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(both[0]) as plain, zipfile.ZipFile(both[1]) as packed:
        assert packed.namelist() == plain.namelist()
        assert {name: packed.read(name) for name in packed.namelist()} == {
            name: plain.read(name) for name in plain.namelist()
        }


def test_the_package_has_no_time_no_umask_and_no_temporary_file(
    both: tuple[Path, Path], tmp_path: Path
) -> None:
    with zipfile.ZipFile(both[1]) as packed:
        told = packed.infolist()
    kinds = {one.filename.rpartition(".")[2]: one.compress_type for one in told}

    assert {one.date_time for one in told} == {(1980, 1, 31, 0, 0, 0)}
    assert {one.external_attr for one in told} == {0o600 << 16}
    assert kinds == {
        "xml": zipfile.ZIP_DEFLATED,
        "rels": zipfile.ZIP_DEFLATED,
        "vml": zipfile.ZIP_DEFLATED,
        "jpeg": zipfile.ZIP_STORED,
        "png": zipfile.ZIP_STORED,
    }
    assert sorted(one.name for one in tmp_path.iterdir()) == ["packed.xlsx", "plain.xlsx"]
