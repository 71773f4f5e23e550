"""A document that is a ZIP of XML parts (OOXML, ODF, OFD), opened within limits.

Purpose: the octets or the XML tree of one part, whatever the package says about itself.
Source: ECMA-376 part 2 (OPC); Strict OOXML names are read as the Transitional ones (ISO 29500 part 1 against part 4).
Limits: no entity, DTD or network is followed; a tree deeper than libxml2's own limit is cut there; every part and all
parts together are limited in octets as they are inflated, whatever their header claims.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from lxml import etree

MAX_PART = 64 * 1024**2
"""Octets of one inflated part; the XML of a report of 1,000 pages has some 20 MB."""
MAX_TOTAL = 256 * 1024**2
"""Octets of all parts read of one document."""
MAX_PARTS = 20_000
"""Entries of the directory that are looked at."""

_STRICT = re.compile(
    rb"http://purl\.oclc\.org/ooxml/(officeDocument|wordprocessingml|spreadsheetml|drawingml|presentationml)/"
)
_TRANSITIONAL = {
    b"officeDocument": b"http://schemas.openxmlformats.org/officeDocument/2006/",
    b"wordprocessingml": b"http://schemas.openxmlformats.org/wordprocessingml/2006/",
    b"spreadsheetml": b"http://schemas.openxmlformats.org/spreadsheetml/2006/",
    b"drawingml": b"http://schemas.openxmlformats.org/drawingml/2006/",
    b"presentationml": b"http://schemas.openxmlformats.org/presentationml/2006/",
}
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)
"""What zipfile raises on hostile octets (RuntimeError: encrypted, NotImplementedError: unknown method)."""


class DamagedError(ValueError):
    """The octets are not the document they should be; the Chinese message says what is wrong."""


class TooBigError(ValueError):
    """The document inflates beyond the limits."""


class Package:
    """The parts of one package. names: as in its directory, first come first."""

    def __init__(self, data: bytes) -> None:
        """Open the directory.

        Raises:
            DamagedError: no directory can be read.
        """
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise DamagedError("文件不完整或已损坏，打不开") from error
        self.names = tuple(entry.filename for entry in self._zip.infolist()[:MAX_PARTS])
        self._folded = {_folded(name): name for name in reversed(self.names)}
        self._left = MAX_TOTAL

    def octets(self, name: str) -> bytes:
        """Give the part *name* (with or without a leading slash, in any case), b"" if missing or broken.

        Raises:
            TooBigError: it inflates beyond the limits.
        """
        entry = self._folded.get(_folded(name))
        if entry is None:
            return b""
        most = min(MAX_PART, self._left)
        try:
            with self._zip.open(entry) as stream:
                octets = stream.read(most + 1)
        except _BROKEN:
            return b""
        if len(octets) > most:
            raise TooBigError(f"解开后超过 {most // 1024**2} MB")
        self._left -= len(octets)
        return octets

    def stream(self, name: str) -> IO[bytes]:
        """Open the part *name* to be read piece by piece; its reader sets the limit.

        Raises:
            KeyError: there is none. What zipfile raises on broken ones.
        """
        return self._zip.open(self._folded[_folded(name)])

    def xml(self, name: str) -> etree._Element | None:
        """Give the root of the XML part *name*, None if it is missing or no XML.

        Raises:
            TooBigError: as `octets`.
        """
        octets = self.octets(name)
        return parse(octets) if octets else None

    def under(self, folder: str) -> Iterator[tuple[str, bytes]]:
        """Give (name, octets) of the parts in *folder*, in order of the directory; broken ones are left out."""
        for name in self.names:
            if _folded(name).startswith(_folded(folder)) and not name.endswith("/"):
                octets = self.octets(name)
                if octets:
                    yield name, octets


def parse(octets: bytes) -> etree._Element | None:
    """Parse XML without entities, DTD or network, as far as it goes; None where there is no element at all."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    plain = _STRICT.sub(lambda match: _TRANSITIONAL[match[1]], octets)
    try:
        return etree.fromstring(plain, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def names(data: bytes) -> tuple[str, ...]:
    """Give the names in the directory of a ZIP, () where *data* has none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return tuple(entry.filename for entry in archive.infolist()[:MAX_PARTS])
    except _BROKEN:
        return ()


def _folded(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
