"""A document that is a ZIP of XML parts (OOXML, ODF, OFD), opened within limits.

Purpose: the octets or the XML tree of one part, whatever the package says about itself.
Source: ECMA-376 part 2 (OPC); Strict OOXML names are read as the Transitional ones (ISO 29500 part 1 against part 4).
Limits: no entity, DTD or network is followed; a tree deeper than libxml2's own limit is cut there; every part and all
parts together are limited in octets as they are inflated, whatever their header claims. What is wrong with the parts
that were read stands in `Package.flaws`; where the directory is lost, the entries that can still be inflated are read.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, NamedTuple

from lxml import etree

from pipeline.extract import salvage

MAX_PART = 64 * 1024**2
"""Octets of one inflated part; the XML of a report of 1,000 pages has some 20 MB."""
MAX_TOTAL = 256 * 1024**2
"""Octets of all parts read of one document."""
MAX_PARTS = 20_000
"""Entries of the directory that are looked at."""

CUT = "文件不完整或已损坏，只读出能解开的部分，请报送单位重发"
ENTITIES = "文件里声明了 XML 实体（正常办公文件没有，可能是攻击），实体没有展开，请人工查看"
BROKEN_XML = "文件内部的 XML 有错误或嵌套过深，只读到出错处，请人工查看"
LARGE = "内嵌的图片或文件过大，没有取出；原件已存"
"""What `Package.flaws` says."""

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


class Relation(NamedTuple):
    """One relationship of a part (ECMA-376 part 2, section 9.3): the last word of its type, and the part it leads to."""

    kind: str
    target: str
    external: bool


class Package:
    """The parts of one package. names: as in its directory, first come first. flaws: of what was read, in Chinese."""

    def __init__(self, data: bytes) -> None:
        """Open the directory, or look for the entries themselves where it is lost.

        Raises:
            DamagedError: no entry can be found.
        """
        self.flaws: list[str] = []
        self._data = data
        self._saved: dict[str, bytes] | None = None
        self._relations: dict[str, dict[str, Relation]] = {}
        self._zip: zipfile.ZipFile | None = None
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self.names = tuple(entry.filename for entry in self._zip.infolist()[:MAX_PARTS])
        except _BROKEN as error:
            self.names = tuple(self._rescued())
            if not self.names:
                raise DamagedError("文件不完整或已损坏，打不开") from error
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
        octets = self._inflated(entry, most)
        if len(octets) > most:
            raise TooBigError(f"解开后超过 {most // 1024**2} MB")
        self._left -= len(octets)
        return octets

    def stream(self, name: str) -> IO[bytes]:
        """Open the part *name* to be read piece by piece; its reader sets the limit.

        Raises:
            KeyError: there is none. What zipfile raises on broken ones.
        """
        entry = self._folded[_folded(name)]
        return self._zip.open(entry) if self._zip is not None else io.BytesIO(self._rescued()[entry])

    def _inflated(self, entry: str, most: int) -> bytes:
        if self._zip is not None:
            try:
                with self._zip.open(entry) as stream:
                    return stream.read(most + 1)
            except _BROKEN:
                pass
        return self._rescued().get(entry, b"")

    def _rescued(self) -> dict[str, bytes]:
        if self._saved is None:
            self._saved = salvage.saved(self._data, MAX_TOTAL)
        self._flaw(CUT)
        return self._saved

    def xml(self, name: str) -> etree._Element | None:
        """Give the root of the XML part *name*, None if it is missing or no XML.

        Raises:
            TooBigError: as `octets`.
        """
        octets = self.octets(name)
        root, flaw = _parsed(octets) if octets else (None, "")
        self._flaw(flaw)
        return root

    def relations(self, part: str) -> dict[str, Relation]:
        """Give the relationships of *part* ("" = of the package) by their identity; targets as names of parts."""
        if part not in self._relations:
            self._relations[part] = self._related(part)
        return self._relations[part]

    def _related(self, part: str) -> dict[str, Relation]:
        folder, name = posixpath.split(part.lstrip("/"))
        root = self.xml(posixpath.join(folder, f"_rels/{name}.rels"))
        found: dict[str, Relation] = {}
        for node in root.iter("{*}Relationship") if root is not None else ():
            external = str(node.get("TargetMode") or "").lower() == "external"
            target = str(node.get("Target") or "").replace("\\", "/")
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = str(node.get("Type") or "").rpartition("/")[2]
            found[str(node.get("Id"))] = Relation(kind, target, external)
        return found

    def _flaw(self, flaw: str) -> None:
        if flaw and flaw not in self.flaws:
            self.flaws.append(flaw)

    def files(self, names: Iterable[str], most: int) -> Iterator[tuple[str, bytes]]:
        """Give (name, octets) of at most *most* of the parts *names*; broken ones are left out.

        One that is too big costs itself alone, and is told as a flaw.
        """
        for name in islice(names, most):
            try:
                octets = self.octets(name)
            except TooBigError:
                self._flaw(LARGE)
                continue
            if octets:
                yield name, octets


def parse(octets: bytes) -> etree._Element | None:
    """Parse XML without entities, DTD or network, as far as it goes; None where there is no element at all."""
    return _parsed(octets)[0]


def _parsed(octets: bytes) -> tuple[etree._Element | None, str]:
    """Parse as `parse` does; also say what is wrong with it: a DTD (forbidden in packages), errors, too deep."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    plain = _STRICT.sub(lambda match: _TRANSITIONAL[match[1]], octets)
    try:
        root: etree._Element | None = etree.fromstring(plain, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None, BROKEN_XML
    if root is not None and root.getroottree().docinfo.internalDTD is not None:
        return root, ENTITIES
    fatal = any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log)
    return root, BROKEN_XML if fatal or root is None else ""


def names(data: bytes) -> tuple[str, ...]:
    """Give the names in the directory of a ZIP, () where *data* has none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return tuple(entry.filename for entry in archive.infolist()[:MAX_PARTS])
    except _BROKEN:
        return ()


def local(node: etree._Element) -> str:
    """Give the name of an element without its namespace, "" of a comment; broken XML has names that lxml itself refuses."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _folded(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
