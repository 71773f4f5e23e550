"""What the cells of an .xls look like: number formats, hidden rows and columns, comments, text boxes, pictures.

Purpose: what calamine does not say of a `Workbook` stream, found by walking over its records; values are calamine's.
Source: [MS-XLS] sections 2.4.28 (BoundSheet8), 2.4.53 (ColInfo), 2.4.126 (Format), 2.4.179 (Note), 2.4.221 (Row), 2.4.329
(TxO), 2.4.353 (XF); pictures are the blips of the drawing group, which is cut into Continue records.
Limits: BIFF5 and BIFF8; a broken record ends the walk; comments and boxes of BIFF8 alone.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.extract import numberformats

MAX_RECORDS = 2_000_000
"""Records walked over; a sheet of 20,000 rows and 20 columns has half a million."""
MAX_TEXTS = 2000
"""Text boxes, and comments, of one sheet."""

_BOUNDSHEET, _FORMAT, _XF, _CONTINUE = 0x0085, 0x041E, 0x00E0, 0x003C
_BOF, _EOF, _GROUP = 0x0809, 0x000A, 0x00EB
_NUMBER, _RK, _MULRK, _FORMULA, _BOOLERR = 0x0203, 0x027E, 0x00BD, 0x0006, 0x0205
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_ROW, _COLINFO, _NOTE, _OBJ, _TXO = 0x0208, 0x007D, 0x001C, 0x005D, 0x01B6
_HIDDEN_ROW = 0x20
_MACRO_SHEET = 1


@dataclass(kw_only=True)
class Look:
    """The look of one sheet. formats: of its number cells, by (row, column) from 0. notes: (row, column, text).

    errors: texts of cells that hold an error, which calamine gives as empty ones.
    """

    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    notes: list[tuple[int, int, str]] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Looks:
    """The looks of all sheets in order of their tabs, the drawings of the file, and whether it has a macro sheet."""

    sheets: list[Look] = field(default_factory=list)
    drawings: bytes = b""
    macro_sheet: bool = False


class _Record(NamedTuple):
    kind: int
    body: bytes


class _Globals(NamedTuple):
    """What stands before the sheets: where each begins, and the format of each cell style."""

    places: list[int]
    codes: list[str]


def looks(stream: bytes) -> Looks:
    """Walk over the octets of a `Workbook` stream, however broken."""
    found = Looks()
    known = _globals(stream, found)
    left = MAX_RECORDS
    for place in known.places:
        look = Look()
        found.sheets.append(look)
        left -= _sheet(stream, place, known.codes, look, left)
    return found


def _records(stream: bytes, place: int) -> Iterator[_Record]:
    """Give the records of one substream, up to its end or to the first one that does not fit."""
    depth = 0
    while 0 <= place <= len(stream) - 4:
        kind, length = struct.unpack_from("<HH", stream, place)
        body = stream[place + 4 : place + 4 + length]
        if len(body) < length:
            return
        depth += (kind == _BOF) - (kind == _EOF)
        yield _Record(kind, body)
        if depth <= 0:
            return
        place += 4 + length


def _globals(stream: bytes, found: Looks) -> _Globals:
    places: list[int] = []
    styles: list[int] = []
    own: dict[int, str] = {}
    drawings: list[bytes] = []
    goes_on = False
    for kind, body in _records(stream, 0):
        goes_on = kind == _GROUP or (goes_on and kind == _CONTINUE)
        if goes_on:
            drawings.append(body)
        elif kind == _BOUNDSHEET and len(body) >= 6:
            places.append(struct.unpack_from("<I", body)[0])
            found.macro_sheet |= body[5] == _MACRO_SHEET
        elif kind == _XF and len(body) >= 4:
            styles.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == _FORMAT and len(body) >= 5:
            own[struct.unpack_from("<H", body)[0]] = _format(body)
    found.drawings = b"".join(drawings)
    return _Globals(places, [own.get(number) or numberformats.built_in(number) for number in styles])


def _format(body: bytes) -> str:
    """Give the text of a format: two octets of length and a flag for wide characters, or one octet of length (BIFF5)."""
    (length,) = struct.unpack_from("<H", body, 2)
    wide = body[4] & 1
    if body[4] <= 1 and len(body) == 5 + length * (2 if wide else 1):
        return body[5:].decode("utf-16-le" if wide else "latin-1", "replace")
    return body[3:].decode("gb18030", "replace")


def _sheet(stream: bytes, place: int, codes: list[str], look: Look, most: int) -> int:
    """Walk over one sheet; return the number of its records."""
    texts: dict[int, str] = {}
    notes: list[tuple[int, int, int]] = []
    drawn, text_follows, count = 0, False, 0
    for count, (kind, body) in enumerate(_records(stream, place)):
        if count >= most:
            break
        if kind == _OBJ and len(body) >= 8:
            (drawn,) = struct.unpack_from("<H", body, 6)
        elif kind == _CONTINUE and text_follows and len(texts) < MAX_TEXTS:
            texts[drawn] = _wide_text(body)
        elif kind == _NOTE and len(body) >= 8:
            row, column, _, identity = struct.unpack_from("<4H", body)
            notes.append((row, column, identity))
        else:
            _cell(kind, body, codes, look)
        text_follows = kind == _TXO
    for row, column, identity in notes:
        if texts.get(identity):
            look.notes.append((row, column, texts.pop(identity)))
    look.boxes = [text for text in texts.values() if text]
    return count + 1


def _cell(kind: int, body: bytes, codes: list[str], look: Look) -> None:
    error = _error(kind, body)
    if error:
        look.errors[struct.unpack_from("<HH", body)] = error
    if kind in {_NUMBER, _RK, _FORMULA} and len(body) >= 6:
        row, column, style = struct.unpack_from("<3H", body)
        _format_cell(look, (row, column), style, codes)
    elif kind == _MULRK and len(body) >= 6:
        row, column = struct.unpack_from("<HH", body)
        for place in range(4, len(body) - 7, 6):
            _format_cell(look, (row, column + place // 6), struct.unpack_from("<H", body, place)[0], codes)
    elif kind == _ROW and len(body) >= 14:
        if body[12] & _HIDDEN_ROW:
            look.hidden_rows.add(struct.unpack_from("<H", body)[0])
    elif kind == _COLINFO and len(body) >= 10:
        first, last, width, _, flags = struct.unpack_from("<5H", body)
        if flags & 1 or not width:
            look.hidden_columns.update(range(first, min(last, 255) + 1))


def _error(kind: int, body: bytes) -> str:
    """Give the error that a cell or the result of a formula is ([MS-XLS] sections 2.5.10 and 2.5.133), else ""."""
    if kind == _BOOLERR and len(body) >= 8 and body[7] == 1:
        return _ERRORS.get(body[6], "")
    if kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:
        return _ERRORS.get(body[8], "")
    return ""


def _format_cell(look: Look, place: tuple[int, int], style: int, codes: list[str]) -> None:
    code = codes[style] if style < len(codes) else numberformats.GENERAL
    if code != numberformats.GENERAL:
        look.formats[place] = code


def _wide_text(body: bytes) -> str:
    """Give the text of a Continue record after TxO: a flag, then one or two octets a character."""
    text = body[1:].decode("utf-16-le" if body[:1] == b"\x01" else "latin-1", "replace")
    return " ".join(text.replace("\x00", "").split())
