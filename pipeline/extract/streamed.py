"""One XML part of a package read piece by piece: its elements as they end, so that a sheet of 100 MB stays small.

Purpose: `events()` for sheets and their shared strings.
Source: lxml's pull parser, which recovers from broken XML as far as it goes.
Limits: no entity, DTD or network is followed, and that is noted; MAX_STREAM octets of a part are looked at.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from pipeline.extract.book import Book
from pipeline.extract.package import Package

MAX_STREAM = 512 * 1024**2
"""Octets of one sheet that are inflated and looked at."""

_PIECE = 256 * 1024
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)
_TAIL = 1024
_END = re.compile(rb"</[^<>]+>\s*(?:<!--.*-->\s*)*\Z|/>\s*\Z", re.DOTALL)
"""How XML ends; a sheet that breaks off inside a tag or a text does not."""
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def events(package: Package, name: str, tags: tuple[str, ...], book: Book) -> Iterator[etree._Element]:
    """Give the elements *tags* of the part *name* as they end, and forget them afterwards; *book* notes what is missing."""
    parser = etree.XMLPullParser(
        events=("end",),
        tag=[f"{{*}}{tag}" for tag in tags],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
    )
    last = b""
    for piece in _pieces(package, name, book):
        book.refused |= not last and refuses(piece)
        last = (last + piece)[-_TAIL:]
        try:
            parser.feed(piece)
        except etree.XMLSyntaxError:
            book.broken = True
            return
        for _, element in parser.read_events():
            if isinstance(element, etree._Element):
                yield element
                _forget(element)
    book.broken |= bool(last) and not _END.search(last)  # a parser that recovers says nothing of it


def _pieces(package: Package, name: str, book: Book) -> Iterator[bytes]:
    left = MAX_STREAM
    try:
        with package.stream(name) as stream:
            while piece := stream.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    book.cut = True
                    return
                yield piece
    except KeyError:
        return
    except _BROKEN:
        book.broken = True


def refuses(head: bytes) -> bool:
    """Say whether the XML that begins with *head* declares entities, which are never expanded."""
    return bool(_ENTITY.search(head))


def _forget(element: etree._Element) -> None:
    """Free an element that has been read, and those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
