"""RTF, also under the name .doc: text, look of paragraphs, tables, pictures; without any foreign program.

Purpose: reports saved as RTF (WPS and old Word do, under the name .doc) on machines without LibreOffice.
Source: Rich Text Format Specification 1.9.1.
Limits: Chinese code pages 936 and 950 and Unicode; styles by their outline level alone; nested tables are read as text of
their cell; drawings other than text boxes are not read.
"""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipeline.extract import form, shape
from pipeline.extract.form import Cell
from pipeline.extract.package import DamagedError
from pipeline.extract.shape import Paragraph
from pipeline.records import Aside, Content, Leaf

MAX_DEPTH = 500
"""Groups in groups; Word writes some twenty."""
MAX_TOKENS = 20_000_000
"""Words, signs and texts of one file; a photograph is one of them."""
MAX_EMBEDDED = 500
"""Pictures taken out of one file."""

_TOKEN = re.compile(
    rb"\\'([0-9A-Fa-f]{2})|\\([A-Za-z]{1,40})(-?\d{1,10})? ?|\\([^A-Za-z])|([{}])|([^\\{}\r\n]+)|[\r\n]+",
    re.DOTALL,
)
_SILENT = {
    *(
        b"fonttbl",
        b"colortbl",
        b"stylesheet",
        b"info",
        b"themedata",
        b"datastore",
        b"fldinst",
        b"object",
        b"listtable",
    ),
    *(
        b"listoverridetable",
        b"rsidtbl",
        b"generator",
        b"xmlnstbl",
        b"latentstyles",
        b"bkmkstart",
        b"bkmkend",
        b"sp",
    ),
    *(
        b"atnid",
        b"atnauthor",
        b"annotation",
        b"filetbl",
        b"revtbl",
        b"mmathPr",
        b"colorschememapping",
        b"nonshppict",
    ),
}
_ASIDES = {
    b"header": Aside.HEADER,
    b"headerl": Aside.HEADER,
    b"headerr": Aside.HEADER,
    b"headerf": Aside.HEADER,
    b"footer": Aside.FOOTER,
    b"footerl": Aside.FOOTER,
    b"footerr": Aside.FOOTER,
    b"footerf": Aside.FOOTER,
    b"footnote": Aside.FOOTNOTE,
}
_OPEN = {b"shppict", b"shpinst", b"shptxt", b"shp", b"pict", b"listtext", b"pntext", b"fldrslt", b"footnote"}
"""Destinations that are read although a star marks them as skippable."""
_SIGNS = {
    b"tab": " ",
    b"line": "\n",
    b"emdash": "—",
    b"endash": "–",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
    b"bullet": "•",
    b"emspace": "\u3000",
    b"enspace": " ",
    b"~": "\u00a0",
    b"_": "-",
}
_ALIGN = {b"ql": "", b"qj": "", b"qc": "centre", b"qr": "right", b"qd": ""}


@dataclass(frozen=True, kw_only=True)
class _State:
    r"""What holds in one group.

    skip: its text is not shown. picture: it holds the hex digits of a picture. wide: what follows is said of Chinese
    text (\dbch), with words of their own for bold and size.
    """

    skip: bool = False
    hidden: bool = False
    picture: bool = False
    wide: bool = False
    bold: bool = False
    size: float = 12.0
    unicode_skip: int = 1
    aside: Aside | None = None


@dataclass(kw_only=True)
class _Reader:
    """One pass over the file; `found` grows in reading order."""

    charset: str
    found: list[Paragraph] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    state: _State = field(default_factory=_State)
    stack: list[_State] = field(default_factory=list)
    pieces: list[tuple[str, _State]] = field(default_factory=list)
    octets: bytearray = field(default_factory=bytearray)
    digits: bytearray = field(default_factory=bytearray)
    skipping: int = 0
    starred: bool = False
    align: str = ""
    outline: int | None = None
    in_table: bool = False
    cell: list[Paragraph] = field(default_factory=list)
    row: list[Cell] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)

    def feed(self, data: bytes) -> None:
        """Take the tokens of *data* in order."""
        for count, token in enumerate(_TOKEN.finditer(data)):
            if count > MAX_TOKENS:
                break
            octet, word, number, sign, brace, text = token.groups()
            if octet:
                self._octet(int(octet, 16))
            elif word:
                self._flush()
                self._word(word, int(number) if number else None)
            elif sign:
                self._flush()
                self._sign(sign)
            elif brace:
                self._flush()
                self._brace(brace)
            elif text:
                self._text(text)
        self._flush()
        self._end_paragraph()
        self._end_table()

    def _brace(self, brace: bytes) -> None:
        if brace == b"{":
            if len(self.stack) < MAX_DEPTH:
                self.stack.append(self.state)
            else:
                raise DamagedError("RTF 嵌套过深，文件可能已损坏")
            return
        if self.stack:
            before, self.state = self.state, self.stack.pop()
            if before.picture and not self.state.picture:
                self._end_picture()
            if before.aside and not self.state.aside:
                self._end_paragraph(before.aside)

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self.starred = True
        elif sign in b"{}\\":
            self._add(sign.decode())
        elif sign in _SIGNS:
            self._add(_SIGNS[sign])

    def _word(self, word: bytes, number: int | None) -> None:
        starred, self.starred = self.starred, False
        if word in _SILENT or (starred and word not in _OPEN):
            self.state = replace(self.state, skip=True)
        elif word in _ASIDES:
            self.state = replace(self.state, aside=_ASIDES[word])
        elif word == b"pict":
            self.state = replace(self.state, picture=True)
            self.digits.clear()
        elif word in _SIGNS:
            self._add(_SIGNS[word])
        elif word == b"u" and number is not None:
            self._unicode(number)
        elif word in {b"par", b"sect", b"page", b"cell", b"nestcell", b"row", b"nestrow"}:
            self._end(word)
        else:
            self._set(word, number)

    def _set(self, word: bytes, number: int | None) -> None:
        """Take a word that changes how text is set."""
        on = number != 0
        if word in {b"dbch", b"loch", b"hich", b"ltrch", b"rtlch"}:
            self.state = replace(self.state, wide=word == b"dbch")
        elif word == b"b" or (word == b"ab" and self.state.wide):
            self.state = replace(self.state, bold=on)
        elif word == b"fs" or (word == b"afs" and self.state.wide):
            self.state = replace(self.state, size=(number or 24) / 2)
        elif word in {b"v", b"deleted"}:
            self.state = replace(self.state, hidden=on)
        elif word == b"plain":
            self.state = replace(self.state, bold=False, size=12.0, hidden=False)
        elif word == b"uc":
            self.state = replace(self.state, unicode_skip=max(0, min(number or 0, 8)))
        else:
            self._place(word, number)

    def _place(self, word: bytes, number: int | None) -> None:
        """Take a word that changes how paragraphs stand."""
        if word == b"pard":
            self.align, self.outline, self.in_table = "", None, False
        elif word in _ALIGN:
            self.align = _ALIGN[word]
        elif word == b"intbl":
            self.in_table = True
        elif word == b"outlinelevel" and number is not None and 0 <= number <= 8:
            self.outline = number + 1

    def _text(self, text: bytes) -> None:
        if self.state.skip:
            return
        if self.state.picture:
            self.digits += text
            return
        if self.skipping:
            taken = min(self.skipping, len(text))
            self.skipping -= taken
            text = text[taken:]
        self.octets += text

    def _octet(self, value: int) -> None:
        if self.skipping:
            self.skipping -= 1
        else:
            self.octets.append(value)

    def _unicode(self, number: int) -> None:
        code = number + 0x10000 if number < 0 else number
        self._add(chr(code) if 0 < code < 0x110000 else "")
        self.skipping = self.state.unicode_skip

    def _flush(self) -> None:
        if self.octets:
            self._add(bytes(self.octets).decode(self.charset, "replace"))
            self.octets.clear()

    def _add(self, text: str) -> None:
        if text and not (self.state.skip or self.state.hidden or self.state.picture):
            self.pieces.append((text, self.state))

    # ------------------------------------------------------------ paragraphs, cells, pictures

    def _end(self, word: bytes) -> None:
        if self.state.skip:
            return
        if word in {b"cell", b"nestcell"}:
            self.in_table = True
            self._end_paragraph(self.state.aside)
            if word == b"cell":
                self.row.append(Cell(paragraphs=tuple(self.cell)))
                self.cell = []
        elif word == b"row":
            self.rows.append(self.row)
            self.row = []
        elif word != b"nestrow":
            self._end_paragraph(self.state.aside)

    def _end_paragraph(self, aside: Aside | None = None) -> None:
        pieces, self.pieces = self.pieces, []
        # Surrogate pairs come as two Unicode words.
        text = (
            "".join(piece for piece, _ in pieces)
            .encode("utf-16-le", "surrogatepass")
            .decode("utf-16-le", "replace")
        )
        length = sum(len(piece.strip()) for piece, _ in pieces)
        line = Paragraph(
            text=text,
            outline=self.outline,
            size=max(pieces, key=lambda piece: len(piece[0]))[1].size if pieces else 0.0,
            strong=0 < 0.8 * length <= sum(len(piece.strip()) for piece, state in pieces if state.bold),
            centred=self.align == "centre",
            right=self.align == "right",
            aside=aside,
        )
        if self.in_table and aside is None:
            self.cell.append(line)
        elif text.strip() or not self.rows:
            self._end_table()
            self.found.append(line)

    def _end_table(self) -> None:
        rows, self.rows = self.rows, []
        self.found.extend(form.unfold([row for row in rows if row]))

    def _end_picture(self) -> None:
        digits = bytes(self.digits).replace(b" ", b"")
        self.digits.clear()
        try:
            octets = binascii.unhexlify(digits[: len(digits) // 2 * 2])
        except binascii.Error:
            return
        known = octets.startswith((b"\xff\xd8\xff", b"\x89PNG"))
        if known and octets not in self.pictures and len(self.pictures) < MAX_EMBEDDED:
            self.pictures.append(octets)


def read(leaf: Leaf, _argument: str = "") -> Content:
    """Read one RTF file; runs in the reader's child."""
    reader = _Reader(charset=_charset(leaf.data))
    reader.feed(leaf.data)
    lines = sorted(reader.found, key=lambda line: line.aside is not None)
    return Content(blocks=shape.blocks(lines), embedded=tuple(_embedded(leaf, reader.pictures)))


def _embedded(leaf: Leaf, pictures: list[bytes]) -> Iterator[Leaf]:
    for number, octets in enumerate(pictures, start=1):
        suffix = "jpg" if octets.startswith(b"\xff") else "png"
        name = f"图{number}.{suffix}"
        yield Leaf(path=f"{leaf.path}/{name}", name=name, data=octets)


def _charset(data: bytes) -> str:
    """Give the code page of the octets: Chinese where the page or a font says so."""
    stated = re.search(rb"\\ansicpg(\d{1,5})", data[:4096])
    page = stated[1].decode() if stated else "936"
    if page == "936" or re.search(rb"\\fcharset134\b", data):
        return "gb18030"
    if page == "950" or re.search(rb"\\fcharset136\b", data):
        return "big5hkscs"
    try:
        return codecs.lookup(f"cp{page}").name
    except LookupError:
        return "gb18030"
