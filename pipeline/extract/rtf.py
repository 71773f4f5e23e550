"""RTF, also under the name .doc: text, look of paragraphs, tables, pictures, files inside; without any foreign program.

Purpose: reports saved as RTF (WPS and old Word do, under the name .doc) on machines without LibreOffice.
Source: Rich Text Format Specification 1.9.1; [MS-OLEDS] section 2.2 (objects).
Limits: Chinese code pages 936 and 950 and Unicode; styles by their outline level alone; nested tables are read as text of
their cell; of pictures JPEG and PNG; drawings other than text boxes are not read.
"""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pipeline.extract import objects, rtf_words, shape
from pipeline.extract.package import DamagedError
from pipeline.extract.rtf_open import Open, State
from pipeline.extract.shape import Paragraph
from pipeline.records import Aside, Content, Leaf, Status

MAX_DEPTH = 500
"""Groups in groups; Word writes some twenty."""
MAX_TOKENS = 20_000_000
"""Words, signs and texts of one file; a photograph is one of them."""
MAX_EMBEDDED = 500
"""Pictures and files taken out of one file."""
MAX_STYLES = 1024**2
"""Octets of the style sheet that are looked at."""

_ORDER = {Aside.HEADER: 0, None: 1}


@dataclass(kw_only=True)
class _Reader:
    """One pass over the file."""

    charset: str
    styles: Mapping[int, int] = field(default_factory=dict)
    state: State = field(default_factory=State)
    stack: list[State] = field(default_factory=list)
    open: list[Open] = field(default_factory=lambda: [Open()])
    asides: list[Paragraph] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    octets: bytearray = field(default_factory=bytearray)
    digits: bytearray = field(default_factory=bytearray)
    skipping: int = 0
    starred: bool = False

    def feed(self, data: bytes) -> None:
        """Take the tokens of *data* in order."""
        place = 0
        for _ in range(MAX_TOKENS):
            token = rtf_words.TOKEN.match(data, place)
            if token is None:
                break
            octet, word, number, sign, brace, text = token.groups()
            place = token.end()
            if octet:
                self._octet(int(octet, 16))
            elif text:
                self._text(text)
            elif word == b"bin":
                length = max(0, int(number or 0))
                self._binary(data[place : place + length])
                place += length
            elif word or sign or brace:
                self._flush()
                if word:
                    self._word(word, int(number) if number else None)
                elif sign:
                    self._sign(sign)
                else:
                    self._brace(brace)
        self._flush()

    def lines(self) -> list[Paragraph]:
        """Give the paragraphs in order: headers, text, other asides."""
        while len(self.open) > 1:
            self._leave()
        found = [*self.open[0].taken(), *self.asides]
        return sorted(found, key=lambda line: _ORDER.get(line.aside, 1 if line.aside is Aside.HIDDEN else 2))

    def _brace(self, brace: bytes) -> None:
        if brace == b"{":
            if len(self.stack) >= MAX_DEPTH:
                raise DamagedError("RTF 嵌套过深，文件可能已损坏")
            self.stack.append(self.state)
        elif self.stack:
            before, self.state = self.state, self.stack.pop()
            if before.digits and not self.state.digits:
                self._end_digits(before.digits)
            if before.inside > self.state.inside and len(self.open) > 1:
                self._leave()

    def _enter(self, aside: Aside | None) -> None:
        """Begin an aside, or a text box: its paragraphs are not those around it."""
        self.open.append(Open(aside=aside))
        self.state = replace(self.state, inside=self.state.inside + 1, hidden=False, bold=False)

    def _leave(self) -> None:
        ended = self.open.pop()
        (self.asides if ended.aside else self.open[-1].later).extend(ended.taken())

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self.starred = True
        elif sign in b"{}\\":
            self._add(sign.decode())
        elif sign in b"\r\n":
            self._end(b"par")
        elif sign in rtf_words.SIGNS:
            self._add(rtf_words.SIGNS[sign])

    def _word(self, word: bytes, number: int | None) -> None:
        starred, self.starred = self.starred, False
        if self.state.skip:
            return
        if word in rtf_words.SILENT or (starred and word not in rtf_words.OPEN):
            self.state = replace(self.state, skip=True)
        elif word in rtf_words.ASIDES:
            self._enter(rtf_words.ASIDES[word])
        elif word == b"shptxt":
            self._enter(None)
        elif word in {b"pict", b"objdata"}:
            self.state = replace(self.state, digits="picture" if word == b"pict" else "object")
            self.digits.clear()
        elif word in rtf_words.SIGNS:
            self._add(rtf_words.SIGNS[word])
        elif word == b"u" and number is not None:
            self._unicode(number)
        elif word in rtf_words.ENDS:
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
        elif word == b"deleted":
            self.state = replace(self.state, gone=on)
        elif word == b"htmlrtf":
            self.state = replace(self.state, double=on)
        elif word == b"v":
            self.state = replace(self.state, hidden=on)
        elif word == b"plain":
            self.state = replace(self.state, bold=False, size=12.0, hidden=False, gone=False)
        elif word == b"uc":
            self.state = replace(self.state, unicode_skip=max(0, min(number or 0, 8)))
        else:
            self._place(word, number)

    def _place(self, word: bytes, number: int | None) -> None:
        """Take a word that changes how paragraphs stand."""
        now = self.open[-1]
        if word == b"pard":
            now.align, now.outline, now.in_table = "", self.styles.get(0), False
        elif word == b"s":
            now.outline = self.styles.get(number or 0)
        elif word in rtf_words.ALIGN:
            now.align = rtf_words.ALIGN[word]
        elif word == b"intbl":
            now.in_table = True
        elif word == b"trowd":
            now.edges, now.left = [], 0
        elif word == b"trleft":
            now.left = number or 0
        elif word == b"cellx" and number is not None and len(now.edges) < 64:
            now.edges.append(number)
        elif word == b"outlinelevel" and number is not None and 0 <= number <= 8:
            now.outline = number + 1

    def _text(self, text: bytes) -> None:
        if self.state.skip:
            return
        if self.state.digits:
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
        elif not self.state.skip:
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
        state = self.state
        if text and not (state.skip or state.gone or state.double or state.digits):
            self.open[-1].pieces.append((text, self.state))

    def _end(self, word: bytes) -> None:
        joins = self.state.gone and word not in rtf_words.CELLS
        if not (self.state.skip or self.state.double or joins):
            self.open[-1].end(word)

    # ------------------------------------------------------------ pictures and files

    def _end_digits(self, kind: str) -> None:
        digits = bytes(self.digits).translate(None, b" \t")
        self.digits.clear()
        try:
            self._inside(kind, binascii.unhexlify(digits[: len(digits) // 2 * 2]))
        except binascii.Error:
            return

    def _binary(self, octets: bytes) -> None:
        if self.state.digits and not self.state.skip:
            self._inside(self.state.digits, octets)

    def _inside(self, kind: str, octets: bytes) -> None:
        if len(self.pictures) + len(self.files) >= MAX_EMBEDDED or not octets:
            return
        if kind == "object":
            self.files.append(objects.embedded(octets))
            return
        self.open[-1].picture = True
        if octets.startswith((b"\xff\xd8\xff", b"\x89PNG")) and octets not in self.pictures:
            self.pictures.append(octets)


def read(leaf: Leaf, _argument: str = "") -> Content:
    """Read one RTF file; runs in the reader's child. Status partly where it breaks off."""
    reader = _Reader(charset=_charset(leaf.data), styles=dict(_styles(leaf.data)))
    reader.feed(leaf.data)
    broken = bool(reader.stack)
    return Content(
        blocks=shape.blocks(reader.lines()),
        embedded=tuple(_embedded(leaf, reader)),
        status=Status.PARTLY if broken else Status.OK,
        reason="RTF 文件没有正常结束，可能不完整，请核对或请报送单位重发" if broken else "",
    )


def _embedded(leaf: Leaf, reader: _Reader) -> Iterator[Leaf]:
    for number, octets in enumerate(reader.pictures, start=1):
        suffix = "jpg" if octets.startswith(b"\xff") else "png"
        name = f"图{number}.{suffix}"
        yield Leaf(path=f"{leaf.path}/{name}", name=name, data=octets)
    for number, (name, octets) in enumerate(reader.files, start=1):
        yield Leaf(path=f"{leaf.path}/{number}-{name}", name=name, data=octets)


def _styles(data: bytes) -> Iterator[tuple[int, int]]:
    """Give number and outline level (0 title, 1.. heading) of the styles that have one."""
    start = data.find(b"{\\stylesheet")
    for style in rtf_words.STYLE.finditer(data, max(start, 0), start + MAX_STYLES if start >= 0 else 0):
        level, name = rtf_words.LEVEL.search(style[2]), rtf_words.HEADING.search(style[2])
        if name:
            yield int(style[1]), int(name[1] or 0)
        elif level:
            yield int(style[1]), int(level[1]) + 1


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
