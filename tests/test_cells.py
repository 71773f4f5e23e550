"""outputs/cells.py and how the painting uses it: short ways that give what the plain ones do."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from outputs.cells import brief, cleaned, lines, width
from outputs.tables import Column, Comment, Sheet, Value
from outputs.tables.sheet import framed
from outputs.workbook import page
from outputs.workbook.grid import shown
from outputs.workbook.styles import Styles

TEXTS = st.text(
    st.sampled_from("a1 -（）“”…—、。，：;·Ａ～科协\u00e9\u3000\u303f\uff61𠀀\t\n\u200e\x07"), max_size=60
)


def plain_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WFA" else 1 for one in text)


def test_every_character_takes_the_room_that_unicode_says() -> None:
    """Most text is counted by its octets; where a character would not fit that reckoning, it must not be taken for one."""
    for code in range(0x20, 0x30000):
        if not 0xD800 <= code < 0xE000:
            assert width(chr(code)) == plain_width(chr(code)), hex(code)


@given(TEXTS | st.text())
def test_a_text_takes_the_room_of_its_characters(text: str) -> None:
    assert width(text) == plain_width(text)


@given(st.text(st.characters(exclude_characters="\n", codec="utf-8")), st.floats(0, 120))
def test_what_is_brief_stands_on_one_line(text: str, room: float) -> None:
    if len(text) <= brief(room):
        assert lines(text, room) == 1


@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_a_row_shows_each_text_as_it_is_cleaned(texts: list[str]) -> None:
    columns = (Column(header="甲", width=9),)
    frame = framed(columns, [{"甲": one} for one in texts], [str(number) for number in range(len(texts))])
    sheet = Sheet(name="表", title="表", paper="A4", columns=columns, frame=frame)

    assert [values for _, values in shown(sheet)] == [[cleaned(one)] for one in texts]


def test_only_rows_that_have_comments_or_too_much_text_are_asked_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each cell of a million was asked whether there is a comment or a picture for it."""
    columns = (Column(header="甲", width=9), Column(header="乙", width=9))
    values: list[dict[str, Value]] = [
        {"甲": "科协", "乙": "科普" * 900 if number == 7 else ""} for number in range(50)
    ]
    ids = [str(number) for number in range(50)]
    told = (Comment(row="3", header="甲", text="原话"),)
    sheet = Sheet(
        name="表", title="表", paper="A4", columns=columns, frame=framed(columns, values, ids), comments=told
    )
    asked: list[str] = []
    plain = page._beside

    def counted(where: Any, one: Sheet, row: Any, *more: Any, **named: Any) -> None:
        asked.append(row.id)
        plain(where, one, row, *more, **named)

    monkeypatch.setattr(page, "_beside", counted)
    book = xlsxwriter.Workbook(str(tmp_path / "x.xlsx"), {"constant_memory": True})

    page._data(book.add_worksheet("表"), sheet, Styles(book), bare=False)
    book.close()

    assert asked == ["3", "7"]
