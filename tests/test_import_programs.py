"""pipeline/reviewing: what Excel, WPS and LibreOffice, or the person at them, make of a workbook, written into its XML."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest

from pipeline.errors import UsageError
from pipeline.reviewing import cells
from pipeline.reviewing.compare import compare
from pipeline.reviewing.found import Comparison
from tests.reviewer import Reviewer
from tests.test_import_compare import DETAILS, ROW, WHY, Desk, desk, reviewer

__all__ = ["desk", "reviewer"]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _parts(octets: bytes, change: Callable[[str, str], str]) -> bytes:
    """The workbook with the text of each of its parts changed; change: of name and text."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(octets)) as found,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in found.namelist():
            part = found.read(name)
            if name.endswith((".xml", ".rels")):
                part = change(name, part.decode()).encode()
            made.writestr(name, part)
    return file.getvalue()


def _celled(reviewer: Reviewer, header: str, written: str) -> tuple[bytes, str]:
    """The workbook whose cell of the first activity is *written*, with {} for its place; and that place."""
    place = reviewer.put(DETAILS, ROW, header, "HERE")
    reviewer.put(DETAILS, ROW, WHY, "看了原件")
    pattern = re.compile(rf'<(\w+:)?c r="{place}"[^>]*>(?:(?!</\1?c>).)*HERE.*?</\1?c>')

    def change(name: str, text: str) -> str:
        return pattern.sub(lambda _: written.format(place), text) if "worksheets/" in name else text

    return _parts(reviewer.octets, change), place


def _compared(desk: Desk, octets: bytes) -> Comparison:
    return compare(cells.book(octets, "张三.xlsx"), desk.base, desk.sheets(), desk.words, {})


@pytest.mark.parametrize(
    "written",
    [
        '<c r="{}"><f>300+20</f><v>320</v></c>',
        '<c r="{}" t="str"><f>"3"&amp;"20"</f><v>320</v></c>',
        '<c r="{}" t="n"><v>3.2E2</v></c>',
        '<c r="{}" t="inlineStr"><is><r><t>3</t></r><r><rPr><b/></rPr><t>20</t></r></is></c>',
        '<c r="{}" t="inlineStr"><is><t xml:space="preserve">　３２０ </t><rPh sb="0" eb="1"><t>さん</t></rPh></is></c>',
    ],
    ids=["formula", "formula of text", "exponent", "rich text", "phonetic"],
)
def test_a_figure_is_taken_however_it_was_written(desk: Desk, reviewer: Reviewer, written: str) -> None:
    octets, _ = _celled(reviewer, "参与人数", written)

    found = _compared(desk, octets)

    assert [one.new for one in found.changes] == ["320"]
    assert found.refused == ()


@pytest.mark.parametrize("header", ["参与人数", "开始日期", "地点"])
@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ('<c r="{}"><f>300+20</f></c>', "公式没有算出值"),
        ('<c r="{}" t="str"><f>A1</f><v></v></c>', "公式没有算出值"),
        ('<c r="{}" s="3"><f t="shared" si="0"/><v/></c>', "公式没有算出值"),
        ('<c r="{}" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        ('<c r="{}" t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c r="{}" t="e"><v>#SPILL!</v></c>', "#SPILL!"),
    ],
    ids=["uncomputed", "empty", "shared", "division", "not available", "new error"],
)
def test_a_formula_without_a_value_is_refused_by_cell_and_never_read_as_not_stated(
    desk: Desk, reviewer: Reviewer, header: str, written: str, seen: str
) -> None:
    octets, place = _celled(reviewer, header, written)

    found = _compared(desk, octets)

    (refused,) = found.refused
    assert (refused.sheet, refused.cell) == (DETAILS, place)
    assert seen in refused.why
    assert found.changes == ()


def test_cells_that_were_merged_are_refused_by_area_and_their_loss_is_no_decision(
    desk: Desk, reviewer: Reviewer
) -> None:
    below = "2024-00001/activity/2"
    first, last = (reviewer.place(DETAILS, row, "参与人数") for row in (ROW, below))
    reviewer.put(DETAILS, below, "参与人数", None)
    reviewer.put(DETAILS, below, WHY, "合并")

    found = _compared(
        desk,
        _parts(
            reviewer.octets,
            lambda _, text: text.replace("<mergeCell ", f'<mergeCell ref="{first}:{last}"/><mergeCell ', 1),
        ),
    )

    assert (DETAILS, f"{first}:{last}") in {(one.sheet, one.cell) for one in found.refused}
    assert "撤销合并" in next(one.why for one in found.refused if one.sheet == DETAILS)
    assert found.changes == ()


def test_days_that_count_from_1904_are_refused_whole(desk: Desk) -> None:
    octets = _parts(desk.octets, lambda _, text: text.replace("<workbookPr ", '<workbookPr date1904="1" '))

    with pytest.raises(UsageError, match="1904"):
        cells.book(octets, "张三.xlsx")


def _strict(name: str, text: str) -> str:
    """As Excel saves a Strict Open XML Spreadsheet."""
    strict = text.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
    strict = strict.replace(RELATIONS, "http://purl.oclc.org/ooxml/officeDocument/relationships")
    return strict.replace("<workbook ", '<workbook conformance="strict" ')


def _prefixed(name: str, text: str) -> str:
    if not re.search(r"worksheets/sheet|/workbook\.xml$|styles\.xml", name):
        return text
    return re.sub(r"<(/?)([A-Za-z])", r"<\1x:\2", text).replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')


def _macros(name: str, text: str) -> str:
    return text.replace(
        "openxmlformats-officedocument.spreadsheetml.sheet.main+xml", "ms-excel.sheet.macroEnabled.main+xml"
    )


def _far(name: str, text: str) -> str:
    """A fill of a whole sheet reaches the last cell, which holds nothing."""
    return text.replace("</sheetData>", '<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>')


@pytest.mark.parametrize("change", [_strict, _prefixed, _macros, _far])
def test_another_dress_of_the_file_changes_nothing(desk: Desk, change: Callable[[str, str], str]) -> None:
    found = _compared(desk, _parts(desk.octets, change))

    assert found == Comparison()


def test_a_day_in_iso_form_is_that_day(desk: Desk, reviewer: Reviewer) -> None:
    octets, _ = _celled(reviewer, "开始日期", '<c r="{}" t="d"><v>2024-05-29T00:00:00.000Z</v></c>')

    assert [one.new for one in _compared(desk, octets).changes] == ["2024-05-29"]


@pytest.mark.parametrize(
    "entity",
    [
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;">',
        '<!ENTITY c SYSTEM "file:///etc/passwd">',
    ],
    ids=["laughs", "outside"],
)
def test_entities_are_refused(reviewer: Reviewer, entity: str) -> None:
    octets, _ = _celled(reviewer, "地点", '<c r="{}" t="inlineStr"><is><t>&c;</t></is></c>')
    octets = _parts(octets, lambda _, text: f"<!DOCTYPE a [{entity}]>{text}" if "&c;" in text else text)

    with pytest.raises(UsageError, match=r"张三.xlsx .*请"):
        cells.book(octets, "张三.xlsx")
