"""pipeline/reviewing/cells.py: whatever file a reviewer hands in, it is read or refused in one Chinese line."""

from __future__ import annotations

import io
import subprocess
import zipfile
from datetime import date, datetime
from pathlib import Path

import msoffcrypto
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.reviewing import cells
from tests.support import need_tool


def _made() -> bytes:
    """A sheet as ours are: a hidden column of ids, a header in the fourth row, totals and a foot below."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    page = book.add_worksheet("活动明细")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for column, header in enumerate(("行号", "序号", "名称", "日期", "人数")):
        page.write_string(3, column, header)
    for row in (4, 5):
        page.write_string(row, 0, f"2024-0000{row}/activity/1")
        page.write_number(row, 1, row - 3)
        page.write_string(row, 2, "第一行\n第二行 _x0041_ 𠮷")
        page.write_datetime(row, 3, date(2024, 5, 28), day)
    page.write_string(4, 4, "—")
    page.write_number(5, 4, 300)
    page.merge_range(6, 1, 6, 2, "合计")
    page.write_formula(6, 4, "=SUM(E5:E6)", None, 300)
    page.write_string(7, 1, "填表人：　　审核人：")
    book.add_worksheet("标识").hide()
    book.close()
    return file.getvalue()


def _zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), octets)
    return file.getvalue()


def _corners() -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    page = book.add_worksheet()
    page.write_string(0, 0, "a")
    page.write_string(1_048_575, 16_383, "z")
    book.close()
    return file.getvalue()


def _named_often() -> bytes:
    """One string of 32,000 characters that 20,000 cells show: 1 MB that becomes 640."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    page = book.add_worksheet()
    for row in range(20_000):
        page.write_string(row, 0, "长" * 32_000)
    book.close()
    return file.getvalue()


def _encrypted() -> bytes:
    file = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(_made())).encrypt("secret", file)
    return file.getvalue()


# ---------------------------------------------------------------- what is read


def test_cells_are_found_by_row_id_and_header_with_their_place() -> None:
    page = cells.book(_made(), "made.xlsx").pages["活动明细"]

    row = page.rows["2024-00005/activity/1"]
    assert page.header_row == 4
    assert (row.place, row.cells["人数"].place, row.cells["人数"].value) == ("A6", "E6", 300)
    assert row.cells["日期"].value == ["2024-05-28"]
    assert page.rows["2024-00004/activity/1"].cells["名称"].value == "第一行\n第二行 _x0041_ 𠮷"
    assert (page.doubled, page.unnamed, page.stray, page.twice) == ((), (), (), ())


def test_a_hidden_sheet_is_read_and_known_as_hidden() -> None:
    book = cells.book(_made(), "made.xlsx")

    assert (book.visible, book.hidden) == (("活动明细",), frozenset({"标识"}))


@pytest.mark.parametrize("format_", ["xlsx:Calc MS Excel 2007 XML", "xlsx:Calc Office Open XML"])
def test_what_libreoffice_saves_is_read_the_same(tmp_path: Path, format_: str) -> None:
    need_tool("soffice")
    (tmp_path / "made.xlsx").write_bytes(_made())

    saved = _converted(tmp_path, "made.xlsx", format_)

    assert _values(cells.book(saved, "made.xlsx")) == _values(cells.book(_made(), "made.xlsx"))


def _values(book: cells.Book) -> dict[str, dict[str, object]]:
    return {
        id_: {header: cell.value for header, cell in row.cells.items()}
        for id_, row in book.pages["活动明细"].rows.items()
    }


def _converted(folder: Path, name: str, format_: str) -> bytes:
    out = folder / "saved"
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        format_,
        "--outdir",
        str(out),
        str(folder / name),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return next(out.iterdir()).read_bytes()


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"", "打不开"),
        (b"no workbook at all", "打不开"),
        (_made()[:-200], "打不开"),
        (_made()[:100] + b"\0" * 400 + _made()[500:], "打不开|读不出来"),
        (_zipped(hello_xml=b"<a/>"), "打不开"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "另存为 xlsx"),
        (_encrypted(), "打开密码"),
        (
            _zipped(content_xml=b"<a/>", mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
            "另存为 xlsx",
        ),
        (_zipped(xl__workbook_xml=b"<workbook/>", xl__a_xml=b" " * 50_000_000), "大得反常"),
        (_corners(), "过大"),
        (_named_often(), "过大"),
    ],
    ids=[
        *(
            "empty",
            "text",
            "cut",
            "holes",
            "another zip",
            "old format",
            "encrypted",
            "ods",
            "bomb",
            "corners",
        ),
        "named often",
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_its_name_and_a_cure(octets: bytes, why: str) -> None:
    with pytest.raises(UsageError, match=why) as refused:
        cells.book(octets, "张三.xlsx")

    said = str(refused.value)
    assert said.startswith("张三.xlsx ")
    assert "\n" not in said
    assert "请" in said


def test_sizes_that_lie_are_no_way_in(tmp_path: Path) -> None:
    """The directory claims little; what inflates is more than the process may have."""
    octets = bytearray(_zipped(xl__workbook_xml=b"<workbook/>", xl__a_xml=b" " * 50_000_000))
    size = (50_000_000).to_bytes(4, "little")
    while (at := octets.find(size)) >= 0:
        octets[at : at + 4] = (1000).to_bytes(4, "little")

    with pytest.raises(UsageError):
        cells.book(bytes(octets), "张三.xlsx")


@settings(max_examples=25, deadline=None)
@given(at=st.integers(0, len(_made()) - 1), junk=st.binary(min_size=1, max_size=40))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(at: int, junk: bytes) -> None:
    octets = _made()
    damaged = octets[:at] + junk + octets[at + len(junk) :]

    try:
        cells.book(damaged, "张三.xlsx")
    except UsageError as refused:
        assert str(refused).startswith("张三.xlsx ")


def test_a_moment_is_no_text() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    page = book.add_worksheet("表")
    for column, header in enumerate(("行号", "时间")):
        page.write_string(0, column, header)
    page.write_string(1, 0, "a")
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    page.write_datetime(1, 1, datetime.fromisoformat("2024-06-20T23:59:59"), moment)
    book.close()

    (row,) = cells.book(file.getvalue(), "made.xlsx").pages["表"].rows.values()

    assert row.cells["时间"].value == ["2024-06-20T23:59:59"]
