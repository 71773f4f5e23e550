"""What the styles of a Word document say about its paragraphs: outline level, size, weight, numbering.

Purpose: `Styles.look()` follows a style to its ancestors, so that the walk over the body sees what Word would show;
`paragraph()` makes one of its pieces and their looks, for Word's formats and ODF alike.
Source: ECMA-376 part 1, section 17.7 (styles); the built-in names "Title", "heading 1" are the same in every language.
Limits: table styles and themes are not followed; a cycle of styles ends where it closes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml import etree

from pipeline.extract.numbering import W
from pipeline.extract.shape import Paragraph

MAX_ANCESTORS = 20
"""Styles based on styles; Word itself stops at eleven."""
RIGHT_INDENT = 3500
"""Left indent (twips, 1/20 point) from which a line stands on the right half of an A4 page."""

_HEADING_FACES = re.compile(r"黑体|SimHei|Heiti|小标宋|大标宋|YaHei Bold", re.IGNORECASE)
_NAMED = re.compile(r"^(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
_OFF = {"0", "false", "off"}


@dataclass(frozen=True, kw_only=True)
class Look:
    """How text is set; None = not said here. outline: 0 title, 1..9 heading. size: points. face: East Asian font. caption: set as one."""

    outline: int | None = None
    size: float | None = None
    bold: bool | None = None
    face: str | None = None
    colour: str | None = None
    align: str | None = None
    hidden: bool | None = None
    number: str | None = None
    level: int | None = None
    caption: bool | None = None

    def over(self, lower: Look) -> Look:
        """Lay this look over *lower*: what is not said here is taken from there."""
        said = {name: value for name, value in vars(self).items() if value is not None}
        return replace(lower, **said)

    @property
    def strong(self) -> bool:
        """Bold, or in a face that Chinese documents keep for headings."""
        return bool(self.bold) or bool(self.face and _HEADING_FACES.search(self.face))

    @property
    def red(self) -> bool:
        """In red, as letterheads are."""
        colour = self.colour or ""
        if not re.fullmatch(r"[0-9A-Fa-f]{6}", colour):
            return False
        parts = [int(colour[place : place + 2], 16) for place in (0, 2, 4)]
        return parts[0] >= 0xB0 and max(parts[1:]) <= 0x60


class Styles:
    """The paragraph and character styles of one document. Made from the root of word/styles.xml, None if missing."""

    def __init__(self, root: etree._Element | None) -> None:
        self._nodes: dict[str, etree._Element] = {}
        self._default = ""
        self._looks: dict[str, Look] = {}
        self._base = Look()
        for node in root.iterchildren(f"{W}style") if root is not None else ():
            identity = str(node.get(f"{W}styleId") or "")
            self._nodes[identity] = node
            if node.get(f"{W}type") == "paragraph" and node.get(f"{W}default") in {"1", "true", "on"}:
                self._default = identity
        defaults = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr") if root is not None else None
        self._base = of_run(defaults)

    def look(self, identity: str = "") -> Look:
        """Give the look of the style *identity*, of the default paragraph style for ""."""
        wanted = identity or self._default
        if wanted not in self._looks:
            self._looks[wanted] = self._found(wanted)
        return self._looks[wanted]

    def _found(self, identity: str) -> Look:
        look = Look()
        seen: set[str] = set()
        while identity in self._nodes and identity not in seen and len(seen) < MAX_ANCESTORS:
            seen.add(identity)
            node = self._nodes[identity]
            look = look.over(_of_style(node))
            identity = _value(node.find(f"{W}basedOn"))
        return look.over(self._base)


def of_paragraph(node: etree._Element | None) -> Look:
    """Read the look that a w:pPr says."""
    if node is None:
        return Look()
    numbering = node.find(f"{W}numPr")
    number = _value(numbering.find(f"{W}numId")) if numbering is not None else ""
    level = _value(numbering.find(f"{W}ilvl")) if numbering is not None else ""
    outline = _value(node.find(f"{W}outlineLvl"))
    return Look(
        align=_value(node.find(f"{W}jc")) or None,
        outline=int(outline) + 1 if outline in set("012345678") else None,
        number=number or None,
        level=int(level) if level in set("012345678") else None,
    )


def of_run(node: etree._Element | None) -> Look:
    """Read the look that a w:rPr says."""
    if node is None:
        return Look()
    fonts = node.find(f"{W}rFonts")
    size = _value(node.find(f"{W}sz"))
    return Look(
        size=int(size) / 2 if re.fullmatch(r"\d{1,4}", size) else None,
        bold=_switch(node.find(f"{W}b")),
        hidden=_switch(node.find(f"{W}vanish")),
        face=str(fonts.get(f"{W}eastAsia") or "") or None if fonts is not None else None,
        colour=_value(node.find(f"{W}color")) or None,
    )


def paragraph(
    text: str, look: Look, shown: Sequence[tuple[str, Look]], *, picture: bool, right: bool
) -> Paragraph:
    """Make the paragraph; its look is that of most of its characters."""
    sizes: Counter[float] = Counter()
    strong = red = total = 0
    for piece, said in shown:
        length = len(piece.strip())
        total += length
        sizes[said.size or 0.0] += length
        strong += length * said.strong
        red += length * said.red
    return Paragraph(
        text=text,
        outline=look.outline,
        caption=bool(look.caption),
        size=sizes.most_common(1)[0][0] if sizes else 0.0,
        strong=total > 0 and strong >= 0.8 * total,
        red=total > 0 and red >= 0.8 * total,
        centred=look.align in {"center", "distribute"},
        right=right,
        picture=picture,
    )


def joined(label: str, text: str) -> str:
    """Put the label before the text, with a space where it ends in a digit or letter."""
    return f"{label} {text}" if label[-1:].isascii() and label[-1:].isalnum() else f"{label}{text}"


def at_right(text: str, look: Look, left: int) -> bool:
    """Say whether the line stands at the right: aligned, indented (*left* in twips), or pushed there with spaces."""
    if look.align in {"right", "end"} or left >= RIGHT_INDENT:
        return True
    lead = text[: len(text) - len(text.lstrip())]
    return sum(2 if sign == "\u3000" else 1 for sign in lead) >= 16


def _of_style(node: etree._Element) -> Look:
    look = of_run(node.find(f"{W}rPr")).over(of_paragraph(node.find(f"{W}pPr")))
    name = _value(node.find(f"{W}name"))
    if name.lower() in {"title", "标题"}:
        return replace(look, outline=0)
    if name.lower() in {"caption", "题注"}:
        return replace(look, caption=True)
    named = _NAMED.match(name)
    return replace(look, outline=int(named[1])) if named else look


def _value(node: etree._Element | None) -> str:
    return "" if node is None else str(node.get(f"{W}val") or "")


def _switch(node: etree._Element | None) -> bool | None:
    """Read an on/off property: present without a value is on (section 17.17.4)."""
    if node is None:
        return None
    return str(node.get(f"{W}val") or "1").lower() not in _OFF
