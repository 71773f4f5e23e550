"""From the octets of one part to text, facts and parts inside it: one small reader a format.

Purpose: `sniff()` says what octets are, `extract()` reads them, `prefer()` keeps one of a body's versions.
Source: ../../docs/decisions.md. A new format is a file, a line in READERS, a test and a raised VERSION.
Limits: never raises on hostile octets; what cannot be read is a status with a Chinese reason, and a Problem where a
person must act. Risky formats are read in the child process of child.py, whose death is such an outcome.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from pipeline.extract import kept, kinds, locked, recorded
from pipeline.extract.alternatives import prefer
from pipeline.extract.kinds import sniff
from pipeline.records import Code, Content, Leaf, Problem, Status

__all__ = ["READERS", "Reader", "extract", "prefer", "sniff"]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """How one format is read.

    task: of the reader's child (a key of child.TASKS), "" where the reader is called in this process (it reads small
    texts, or asks the child itself). function: "module:name" below this package, (leaf, abilities) -> Content.
    silent: nothing is missing where no text comes out (pictures).
    """

    task: str = ""
    function: str = ""
    silent: bool = False


_ODF = "application/vnd.oasis.opendocument"
_IMAGE = Reader(function="image:read", silent=True)
_LEGACY = Reader(function="legacy:read")
_ODF_TEXT = Reader(task="odf")
_SHEET = Reader(task="sheet")
_TEXT = Reader(function="text:read")
_WITHHELD = Reader(function="withheld:read", silent=True)

READERS: dict[str, Reader] = {
    kinds.WORD: Reader(task="word"),
    kinds.SLIDES: Reader(task="slides"),
    kinds.SHEET: _SHEET,
    kinds.SHEET_BINARY: _SHEET,
    "application/vnd.ms-excel": _SHEET,
    f"{_ODF}.spreadsheet": _SHEET,
    **{f"{_ODF}.{kind}": _ODF_TEXT for kind in ("text", "text-template", "text-master", "text-web")},
    **{f"{_ODF}.{kind}": _ODF_TEXT for kind in ("presentation", "presentation-template", "graphics")},
    "application/msword": _LEGACY,
    "application/rtf": _LEGACY,
    "application/vnd.ms-powerpoint": _LEGACY,
    kinds.FLAT_WORD: Reader(task="flat-word"),
    kinds.UOF: Reader(task="uof"),
    kinds.WORKS: _LEGACY,
    kinds.OBJECT: Reader(function="objects:read", silent=True),
    "application/pdf": Reader(function="pdf:read"),
    "application/ofd": Reader(task="ofd"),
    "text/html": Reader(function="html:read"),
    "text/csv": Reader(function="columns:read"),
    kinds.FLAT_SHEET: Reader(task="flat-sheet"),
    "text/plain": _TEXT,
    "text/calendar": _TEXT,
    kinds.PGP_SIGNATURE: _WITHHELD,
    kinds.PGP_MESSAGE: _WITHHELD,
    "message/partial": _WITHHELD,
    "message/external-body": _WITHHELD,
    "image/jpeg": _IMAGE,
    "image/png": _IMAGE,
    "image/gif": _IMAGE,
    "image/bmp": _IMAGE,
    "image/webp": _IMAGE,
    "image/tiff": _IMAGE,
    "image/avif": _IMAGE,
    "image/heic": _IMAGE,
    **dict.fromkeys(recorded.RECORDINGS, Reader(task="recording", silent=True)),
}
"""Media type (as `sniff` gives it) to its reader; all others are kept unread."""

_CODES = {
    Status.DAMAGED: Code.DAMAGED,
    Status.TOO_BIG: Code.TOO_BIG,
    Status.NEEDS_PASSWORD: Code.ENCRYPTED,
    Status.NEEDS_OCR: Code.NEEDS_OCR,
    Status.UNSUPPORTED: Code.UNSUPPORTED,
}
"""The code of the Problem that goes with a status; films and pictures that nobody here can read need nobody."""


def extract(
    leaf: Leaf, media_type: str, abilities: tuple[str, ...] = (), passwords: tuple[str, ...] = ()
) -> Content:
    """Read one part.

    Args:
        media_type: as `sniff` gives it. abilities: names of the programs that may be used (`tools.abilities()`).
        passwords: to try, in this order, on a document that needs one.

    Returns:
        what it says; each status but ok, noise and partly has its Problem (media files without text have none).

    Raises:
        TransientError: the reader's child or a program cannot be started now.
    """
    content = kept.noise(leaf, media_type)
    if content is None:
        reader = READERS.get(media_type)
        content = _read(reader, leaf, abilities) if reader else kept.keep(leaf, media_type)
    if content.status is Status.NEEDS_PASSWORD and passwords:
        content = _unlocked(leaf, media_type, abilities, passwords) or content
    return _with_problem(leaf, media_type, content)


def _unlocked(
    leaf: Leaf, media_type: str, abilities: tuple[str, ...], passwords: tuple[str, ...]
) -> Content | None:
    """Read a locked document with one of the *passwords*; None where it is an office file that none of them opens."""
    if media_type == "application/pdf":
        from pipeline.extract import pdf

        return pdf.read(leaf, abilities, passwords)
    clear = locked.unlock(leaf, passwords)
    return extract(clear, sniff(clear.data, leaf.name, leaf.declared), abilities) if clear else None


def _read(reader: Reader, leaf: Leaf, abilities: tuple[str, ...]) -> Content:
    if reader.task:
        from pipeline.extract import child

        content = child.ask(reader.task, leaf)
    else:
        module, _, name = reader.function.partition(":")
        function: Callable[[Leaf, tuple[str, ...]], Content] = getattr(
            importlib.import_module(f"{__name__}.{module}"), name
        )
        content = function(leaf, abilities)
    empty = content.status is Status.OK and not content.blocks and not content.embedded
    if empty and not reader.silent and not leaf.body:
        return replace(content, status=Status.PARTLY, reason="没有读到文字（空白文档？）")
    return content


def _with_problem(leaf: Leaf, media_type: str, content: Content) -> Content:
    """Add the Problem that a status calls for, unless the reader has given one of that code itself."""
    code = _CODES.get(content.status)
    media = media_type.startswith(("video/", "audio/", "image/"))
    told = any(problem.code in {code, Code.EXECUTABLE} for problem in content.problems)
    if code is None or told or (media and content.status is Status.UNSUPPORTED):
        return content
    problem = Problem(code=code, part=leaf.path, detail=content.reason)
    return replace(content, problems=(*content.problems, problem))
