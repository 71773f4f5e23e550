"""The header fields of one entity, as octets.

Purpose: `read_head()` cuts a header block into fields and says where the body begins.
Source: RFC 5322 sections 2.2 (fields), 2.2.3 (folding), 4.5.3 (blanks before the colon).
Limits: values are cut at MAX_VALUE octets, fields beyond MAX_FIELDS are left out, both said; one pass over the lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.mapped import Octets
from pipeline.parse.mending import KNOWN

MAX_VALUE = 65_536
"""Octets of one field's value; the longest lists of recipients seen have some 10,000."""
MAX_FIELDS = 5_000
"""Fields of one entity; a mail that passed thirty relays has about 150."""

_LINE = re.compile(rb"[^\r\n]*(?:\r*\n|\r|\Z)")
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One header field. name: in lower case. value: unfolded octets without outer white space."""

    name: str
    value: bytes


@dataclass(frozen=True, kw_only=True)
class Head:
    """The header of one entity. start, end: of its lines in the mail's octets; the body begins at `body`.

    broken: lines that are no header stood among it, or no blank line after it. cut: it exceeded a limit.
    """

    fields: tuple[Field, ...]
    start: int
    end: int
    body: int
    broken: bool = False
    cut: bool = False

    def first(self, name: str) -> bytes:
        """Value of the first field *name* (lower case), b"" if there is none. Later ones do not count (RFC 5322 3.6)."""
        return next((field.value for field in self.fields if field.name == name), b"")

    def has(self, name: str) -> bool:
        """Say whether a field *name* (lower case) is there, be it empty."""
        return any(field.name == name for field in self.fields)


def read_head(octets: Octets, start: int, ends: Callable[[bytes], bool]) -> Head:
    """Read the header lines from offset *start*.

    Args:
        ends: True for a line (without its end) that ends a header without a blank line: a boundary.

    Returns:
        the Head; the body begins after the blank line, or at the first line that can be no header.
    """
    block = _Block(octets, ends)
    end, body = block.read(start)
    return Head(
        fields=tuple(
            Field(name=name, value=b"".join(value).strip()) for name, value in block.lines[:MAX_FIELDS]
        ),
        start=start,
        end=end,
        body=body,
        broken=block.broken,
        cut=block.cut or len(block.lines) > MAX_FIELDS,
    )


class _Block:
    """One header block while its lines are read."""

    def __init__(self, octets: Octets, ends: Callable[[bytes], bool]) -> None:
        self.octets = octets
        self.ends = ends
        self.lines: list[tuple[str, list[bytes]]] = []
        self.room = 0
        self.broken = False
        self.cut = False
        self.last_known: int | None = None

    def read(self, position: int) -> tuple[int, int]:
        """Read lines from *position*; return (end of the header lines, begin of the body)."""
        while position < len(self.octets):
            match = _LINE.match(self.octets, position)
            line = match.group().rstrip(b"\r\n") if match else b""
            after = match.end() if match else len(self.octets)
            if not line:
                return position, after
            if line.startswith(b"--") and self.ends(line):
                self.broken = True
                return position, position
            if not self._take(line, position):
                self.broken = True
                return position, position
            position = after
        return position, position

    def _take(self, line: bytes, position: int) -> bool:
        """Take one line into the block; False if it is the body's first."""
        folded = line[:1] in (b" ", b"\t")
        field = None if folded else _FIELD.match(line)
        if field:
            self.room = MAX_VALUE
            self.lines.append((field[1].decode("ascii").lower(), []))
            line = line[field.end() :]
        elif not folded:
            if not self._headers_follow(position):
                return False
            self.broken = True  # a folded line that lost its blank, or a foreign line
            line = b" " + line
        elif not self.lines:
            self.broken = True
        self._append(line)
        return True

    def _append(self, line: bytes) -> None:
        self.cut = self.cut or len(line) > self.room
        if self.lines and self.room > 0:
            self.lines[-1][1].append(line[: self.room])
            self.room -= len(line)

    def _headers_follow(self, position: int) -> bool:
        """Say whether a certain header line stands between *position* and the next blank line."""
        if self.last_known is None:
            self.last_known = self._find_last_known(position)
        return position < self.last_known

    def _find_last_known(self, position: int) -> int:
        """Offset of the last certain header line before the next blank line or boundary; -1 if none. Asked once a block."""
        found = -1
        while position < len(self.octets):
            match = _LINE.match(self.octets, position)
            line = match.group().rstrip(b"\r\n") if match else b""
            if not line or (line.startswith(b"--") and self.ends(line)):
                break
            if KNOWN.match(line):
                found = position
            position = match.end() if match else len(self.octets)
        return found
