"""What the styles of an OpenDocument say: look of paragraphs and spans, numbers of lists.

Purpose: the same look that styles.py gives of Word's styles.
Source: OpenDocument 1.3 part 3, sections 16 (styles), 19.500 (style:num-format), 20 (formatting properties).
Limits: page and table styles are not followed; a cycle of styles ends where it closes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from lxml import etree

from pipeline.extract.numbering import written
from pipeline.extract.styles import MAX_ANCESTORS, Look

_URN = "urn:oasis:names:tc:opendocument:xmlns:"
DRAW = f"{{{_URN}drawing:1.0}}"
OFFICE = f"{{{_URN}office:1.0}}"
STYLE = f"{{{_URN}style:1.0}}"
TABLE = f"{{{_URN}table:1.0}}"
TEXT = f"{{{_URN}text:1.0}}"
PRESENTATION = f"{{{_URN}presentation:1.0}}"
XLINK = "{http://www.w3.org/1999/xlink}"
_FO = f"{{{_URN}xsl-fo-compatible:1.0}}"

MAX_LEVEL = 10
"""Levels of a list are 1..10."""

_CAPTIONS = {"Caption", "Illustration", "Figure", "Drawing", "Table"}
_FORMS = {
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
    "１": "decimalFullWidth",
    "①": "decimalEnclosedCircle",
    "一": "chineseCounting",
    "壹": "chineseLegalSimplified",
}
"""First sign of style:num-format ("一, 二, 三, ...") to Word's name of the format."""
_ALIGN = {"start": "left", "end": "right"}


class Styles:
    """The styles of one document: named ones and automatic ones, later roots over earlier ones."""

    def __init__(self, roots: Sequence[etree._Element]) -> None:
        self._nodes: dict[tuple[str, str], etree._Element] = {}
        self._lists: dict[str, dict[int, etree._Element]] = {}
        self._looks: dict[tuple[str, str], Look] = {}
        self._counts: dict[str, list[int]] = {}
        for root in roots:
            for node in root.iter(f"{STYLE}style", f"{TEXT}list-style", f"{TEXT}outline-style"):
                name = _get(node, STYLE, "name")
                if node.tag == f"{STYLE}style":
                    self._nodes[_get(node, STYLE, "family"), name] = node
                else:
                    levels = {
                        int(_get(level, TEXT, "level") or 0): level for level in node if _numbered(level)
                    }
                    self._lists[name if node.tag == f"{TEXT}list-style" else ""] = levels

    def look(self, name: str, family: str = "paragraph") -> Look:
        """Give the look of one style; an empty look where it is unknown."""
        key = (family, name)
        if key not in self._looks:
            self._looks[key] = self._found(family, name)
        return self._looks[key]

    def hidden(self, name: str, family: str) -> bool:
        """Say whether a section or slide of this style is not shown."""
        node = self._nodes.get((family, name))
        return node is not None and any(
            child.get(f"{PRESENTATION}visibility") == "hidden" or child.get(f"{TEXT}display") == "none"
            for child in node
        )

    def label(self, name: str, level: int, start: int | None = None) -> str:
        """Count one item of list style *name* ("" = of headings) at *level* (from 1), give what stands before it."""
        levels = self._lists.get(name, {})
        node = levels.get(level)
        if node is None or not 1 <= level <= MAX_LEVEL:
            return ""
        counts = self._counts.setdefault(name, [0] * (MAX_LEVEL + 1))
        first = _whole(_get(node, TEXT, "start-value"), 1)
        counts[level] = start if start is not None else max(first, counts[level] + 1)
        counts[level + 1 :] = [0] * (MAX_LEVEL - level)
        form = _get(node, STYLE, "num-format")
        if not form:
            return ""
        shown = min(level, _whole(_get(node, TEXT, "display-levels"), 1))
        numbers = [
            written(
                max(1, counts[place]), _FORMS.get(_get(levels[place], STYLE, "num-format")[:1], "decimal")
            )
            for place in range(level - shown + 1, level + 1)
            if place in levels
        ]
        return f"{_get(node, STYLE, 'num-prefix')}{'.'.join(numbers)}{_get(node, STYLE, 'num-suffix')}"

    def restart(self, name: str) -> None:
        """Begin the list anew."""
        self._counts.pop(name, None)

    def _found(self, family: str, name: str) -> Look:
        look = Look()
        seen: set[str] = set()
        while (family, name) in self._nodes and name not in seen and len(seen) < MAX_ANCESTORS:
            seen.add(name)
            node = self._nodes[family, name]
            look = look.over(_of_style(node, name))
            name = _get(node, STYLE, "parent-style-name")
        return look


def _of_style(node: etree._Element, name: str) -> Look:
    look = Look()
    for child in node:
        if child.tag == f"{STYLE}paragraph-properties":
            align = child.get(f"{_FO}text-align")
            look = replace(look, align=_ALIGN.get(str(align), str(align)) if align else None)
        elif child.tag == f"{STYLE}text-properties":
            size = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)pt", _asian(child, "font-size"))
            weight = _asian(child, "font-weight")
            hidden = child.get(f"{TEXT}display")
            look = replace(
                look,
                size=float(size[1]) if size else None,
                bold=weight == "bold" or weight[:1] in set("6789") if weight else None,
                face=str(child.get(f"{STYLE}font-name-asian") or "") or None,
                colour=str(child.get(f"{_FO}color") or "").lstrip("#") or None,
                hidden=hidden == "none" if hidden else None,
            )
    if name == "Title":
        return replace(look, outline=0)
    return replace(look, caption=True) if name in _CAPTIONS else look


def _asian(node: etree._Element, name: str) -> str:
    """Give a property of Chinese text, else of Western text."""
    return str(node.get(f"{STYLE}{name}-asian") or node.get(f"{_FO}{name}") or "")


def _numbered(node: etree._Element) -> bool:
    return isinstance(node.tag, str) and _get(node, TEXT, "level").isdigit()


def _get(node: etree._Element, space: str, name: str) -> str:
    return str(node.get(f"{space}{name}") or "")


def _whole(text: str, otherwise: int) -> int:
    return int(text) if re.fullmatch(r"\d{1,6}", text) else otherwise
