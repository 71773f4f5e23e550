"""The tree of a mail's parts: which octets are which leaf.

Purpose: `scan()` finds every entity that is no multipart, in order, with its section number and the offsets of its body.
Source: RFC 2046 section 5.1 (multipart; delimiters, preamble, epilogue), 5.1.5 (digest), RFC 9051 section 6.4.5 (section
    numbers). Beyond it, as mails really are: boundaries that are missing, undeclared, never closed, or go on after the end.
Limits: one pass over the lines that begin with "--"; MAX_PARTS and MAX_STEPS. Where one is reached, the rest of the mail
    is one last leaf: nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.mapped import Octets
from pipeline.parse import parameters
from pipeline.parse.fields import Head, read_head
from pipeline.parse.parameters import Parameter

MAX_PARTS = 20_000
"""Leaves of one mail; a mail with a part for each photo has some hundred."""
MAX_STEPS = 10_000_000
"""Sum of the depths of all parts: what their section numbers cost in memory (about two octets a step). It allows
3,000 levels with a leaf each."""

MAX_GUESSES = 8
"""Multiparts of one mail whose boundary is looked for in their text, which takes a pass over the mail each."""
MAX_SOUGHT = 4
"""Open multiparts whose own boundaries are looked for: a long word is found four times as fast as "--" in base64."""
MAX_PASSES = 8
"""Passes over the mail that this may take; beyond, every line that begins with "--" is looked at."""
MAX_BOUNDARY = 1_000
"""Octets of a line that is looked at as a boundary; RFC 2046 section 5.1.1 allows 70."""

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_PART_BEGINS = re.compile(
    rb"^--([^\s][^\r\n]{0,250}?)[ \t]*\r?\n(?=content-[a-z-]+[ \t]*:)", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, kw_only=True)
class Entity:
    """One entity of RFC 2045 section 2.4.

    section: "2.1", "" for a mail that is a multipart. media_type: as declared, or the default of its place.
    parameters: of its Content-Type. start, end: offsets of its body; end is -1 while unknown.
    alternative: number of the multipart/alternative around it, 0 if none.
    """

    section: str
    head: Head
    media_type: str
    parameters: Mapping[str, Parameter]
    start: int
    end: int = -1
    alternative: int = 0


@dataclass(frozen=True, kw_only=True)
class Structure:
    """All leaves in order, and the mail as an entity of its own.

    frame: offsets of header blocks and boundary lines: all but the bodies. unclosed: a multipart lacks its end.
    unmarked: a multipart's boundary is missing or never came. broken, cut: as in Head, of any part. full: a limit.
    """

    mail: Entity
    leaves: tuple[Entity, ...]
    frame: tuple[tuple[int, int], ...]
    unclosed: bool
    unmarked: bool
    broken: bool
    cut: bool
    full: bool


def scan(octets: Octets) -> Structure:
    """Find the leaves of the mail *octets*, which begin with its first header line."""
    return _Scan(octets).run()


@dataclass(kw_only=True)
class _Open:
    """A multipart that is not closed yet. prefix: of its children's section numbers. level: depth of its children."""

    entity: Entity
    boundary: bytes
    prefix: str
    level: int
    alternative: int
    children: int = 0


class _Scan:
    """One pass over the lines that begin with two hyphens."""

    def __init__(self, octets: Octets) -> None:
        self.octets = octets
        self.open: list[_Open] = []
        self.depths: dict[bytes, list[int]] = {}
        self.leaf: Entity | None = None
        self.leaves: list[Entity] = []
        self.frame: list[tuple[int, int]] = []
        self.places: dict[bytes, int] = {}
        self.position = self.alternatives = self.steps = self.guesses = self.sought = 0
        self.unclosed = self.unmarked = self.broken = self.cut = self.full = False

    def run(self) -> Structure:
        """Scan to the end; what is open then ends there."""
        mail = self._begin(0)
        while self.open and not self.full:
            start = self._next()
            if not start:
                break
            self._line(start)
        self._end_leaf(len(self.octets), len(self.octets))
        self._close_down_to(0, len(self.octets))
        return Structure(
            mail=mail,
            leaves=tuple(self.leaves),
            frame=tuple(self.frame),
            unclosed=self.unclosed,
            unmarked=self.unmarked,
            broken=self.broken,
            cut=self.cut,
            full=self.full,
        )

    def _next(self) -> int:
        """Give the offset of the next line that may delimit an open multipart, 0 where none comes."""
        at = max(self.position - 1, 0)
        if len(self.open) > MAX_SOUGHT or self.sought > MAX_PASSES * len(self.octets):
            return self.octets.find(b"\n--", at) + 1
        places = [self._place(one.boundary, at) for one in self.open]
        return min((place for place in places if place >= 0), default=-1) + 1

    def _place(self, boundary: bytes, at: int) -> int:
        """Give the offset of the line break before the next line from *at* on that begins like *boundary*, -1 if none."""
        known = self.places.get(boundary)
        if known is None or 0 <= known < at:
            known = self.octets.find(b"\n--" + boundary, at)
            self.sought += (known if known >= 0 else len(self.octets)) - at
            self.places[boundary] = known
        return known

    def _line(self, start: int) -> None:
        """Take the line at *start*, which begins with two hyphens."""
        end = self.octets.find(b"\n", start) + 1 or len(self.octets)
        self.position = end
        found = self._delimiter(self.octets[start : min(end, start + MAX_BOUNDARY)])
        if found is None:
            return
        depth, closing = found
        self.frame.append((start, end))
        before = start - 2 if self.octets[start - 2 : start] == b"\r\n" else start - 1
        self._end_leaf(before, start)
        self._close_down_to(depth + 1, before)
        if closing:
            self._pop(before)
        else:
            self._begin(end)

    def _delimiter(self, line: bytes) -> tuple[int, bool] | None:
        """Say which open multipart the *line* delimits, and whether it closes it; the innermost of one name."""
        name = line[2:].rstrip()
        if depths := self.depths.get(name):
            return depths[-1], False
        if name.endswith(b"--") and (depths := self.depths.get(name[:-2])):
            return depths[-1], True
        return None

    def _begin(self, start: int) -> Entity:
        """Read the header of the entity at *start*; open it if it is a multipart, else it is a leaf from here on."""
        parent = self.open[-1] if self.open else None
        head = read_head(self.octets, start, lambda line: self._delimiter(line) is not None)
        self.frame.append((head.start, head.body))
        self.position = head.body
        self.broken = self.broken or head.broken
        self.cut = self.cut or head.cut
        entity = self._entity(head, parent)
        self.full = len(self.leaves) >= MAX_PARTS or self.steps > MAX_STEPS
        boundary = b"" if self.full else self._boundary(entity)
        if boundary:
            self._push(entity, boundary, parent.level + 1 if parent else 1)
        else:
            self.leaf = entity
        return entity

    def _entity(self, head: Head, parent: _Open | None) -> Entity:
        """Give the entity of *head* its type and its number."""
        digest = parent is not None and parent.entity.media_type == "multipart/digest"
        media_type, found = content_type(head, "message/rfc822" if digest else "text/plain")
        section = ""
        if parent:
            parent.children += 1
            self.steps += parent.level
            section = f"{parent.prefix}{parent.children}"
        return Entity(
            section=section,
            head=head,
            media_type=media_type,
            parameters=found,
            start=head.body,
            alternative=parent.alternative if parent else 0,
        )

    def _boundary(self, entity: Entity) -> bytes:
        """The boundary of a multipart: as declared, or the one its text shows; b"" for a leaf."""
        if not entity.media_type.startswith("multipart/"):
            return b""
        declared = entity.parameters.get("boundary")
        boundary = declared.octets.rstrip() if declared else b""
        if self.guesses < MAX_GUESSES and not (boundary and self._comes(boundary, entity.start)):
            self.guesses += 1
            self.unmarked = True
            shown = _PART_BEGINS.search(self.octets, entity.start)
            if shown and not self.depths.get(shown[1]):
                boundary = shown[1]
        return boundary

    def _comes(self, boundary: bytes, start: int) -> bool:
        """Say whether the first line from *start* on that begins like *boundary* is one of it, not of a longer one."""
        found = self.octets.find(b"\n--" + boundary, max(0, start - 1))
        end = found + 3 + len(boundary)
        return found >= 0 and (self.octets[end : end + 2] == b"--" or not self.octets[end : end + 1].strip())

    def _push(self, entity: Entity, boundary: bytes, level: int) -> None:
        if entity.media_type == "multipart/alternative":
            self.alternatives += 1
        self.depths.setdefault(boundary, []).append(len(self.open))
        self.open.append(
            _Open(
                entity=entity,
                boundary=boundary,
                prefix=f"{entity.section}." if entity.section else "",
                level=level,
                alternative=self.alternatives
                if entity.media_type == "multipart/alternative"
                else entity.alternative,
            )
        )

    def _end_leaf(self, end: int, line: int) -> None:
        """End the leaf that is open before the boundary at *line*; two boundary lines in a row hold no part between them."""
        if self.leaf and self.open and line == self.leaf.head.start and line < len(self.octets):
            self.open[-1].children -= 1
        elif self.leaf:
            self.leaves.append(replace(self.leaf, end=max(end, self.leaf.start)))
        self.leaf = None

    def _close_down_to(self, depth: int, end: int) -> None:
        """Close the multiparts inside the one at *depth* - 1, whose end never came."""
        while len(self.open) > depth:
            self.unclosed = True
            self._pop(end)

    def _pop(self, end: int) -> None:
        """Close the innermost multipart; one without parts is a leaf, for its octets must not be lost."""
        closed = self.open.pop()
        self.depths[closed.boundary].pop()
        if not closed.children:
            self.unmarked = True
            self.leaves.append(replace(closed.entity, end=max(end, closed.entity.start)))


def content_type(head: Head, default: str) -> tuple[str, Mapping[str, Parameter]]:
    """Read the Content-Type of *head*: (media type, parameters); *default* where it is missing or is none.

    RFC 2045 section 5.2: what is syntactically wrong counts as the default. "multipart" with a boundary is mixed.
    """
    word, found = parameters.read(head.first("content-type"))
    if word.startswith("multipart") and "boundary" in found and not _TYPE.fullmatch(word):
        word = "multipart/mixed"
    return word if _TYPE.fullmatch(word) else default, found
