"""The least that any program must do for the same deliverables: `python -m bench.floor MAILS OUT [--pictures] [--durable]`.

Purpose: read each mail; SHA-256 of it and of everything in it; cut base64 bodies out by offset and decode them (pybase64);
unzip Word, Excel and zip files whole, parse the XML that holds their text (lxml); save the mail and all that was taken out,
by digest; a workbook with a row a mail (xlsxwriter). --pictures: a thumbnail of every picture, also of those inside Word
files and zips, in the workbook too (Pillow, decoded at a fraction), and the text layer of PDF files (pypdfium2).
--durable: everything saved is synced, the mails one by one as they come, the rest before the workbook is written.
Limits: knows the mails of bench.corpus and no others; no names, no judgement, no evidence, no register, no limits, no
second process; nothing that went wrong would be noticed. Bodies that are not base64 are not decoded.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pybase64
import xlsxwriter
from lxml import etree

CODED, HEAD_END, BODY_END = b"Content-Transfer-Encoding: base64", b"\r\n\r\n", b"\r\n--"
XML_OF_TEXT = ("word/document.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml")
THUMBNAIL, DRAFT = (160, 160), (320, 320)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do all mails of a folder."""
    parser = argparse.ArgumentParser(prog="python -m bench.floor", description=__doc__)
    parser.add_argument("mails", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pictures", action="store_true")
    parser.add_argument("--durable", action="store_true")
    wanted = parser.parse_args(arguments)
    kept = Kept(folder=wanted.out, durable=wanted.durable)
    rows = [one_mail(path, kept, pictures=wanted.pictures) for path in sorted(wanted.mails.glob("*.eml"))]
    kept.settle()
    write(rows, kept, wanted.out / "workbook.xlsx")
    return 0


@dataclass(kw_only=True)
class Kept:
    """Files by digest. waiting: saved, to be synced at the end. thumbnails: one a picture, however often it came."""

    folder: Path
    durable: bool
    waiting: dict[Path, None] = field(default_factory=dict)
    thumbnails: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)

    def mail(self, octets: bytes) -> str:
        """Save a mail, at once where it must last."""
        path = self._saved(octets)
        if self.durable:
            sync(path)
            sync(self.folder)
        return path.name

    def part(self, octets: bytes) -> str:
        """Save what a mail holds."""
        path = self._saved(octets)
        self.waiting[path] = None
        return path.name

    def settle(self) -> None:
        """Sync what waits."""
        for path in self.waiting if self.durable else ():
            sync(path)
        if self.durable:
            sync(self.folder)

    def _saved(self, octets: bytes) -> Path:
        path = self.folder / hashlib.sha256(octets).hexdigest()
        if path not in self.waiting:
            path.write_bytes(octets)
        return path


def one_mail(path: Path, kept: Kept, *, pictures: bool) -> tuple[str, str, int, str]:
    """(file, digest, files in it, their text) of one mail."""
    octets = path.read_bytes()
    digest = kept.mail(octets)
    texts = [text for data in bodies(octets) for text in read(data, kept, pictures=pictures)]
    return path.name, digest, len(texts), "\n".join(texts)[:32_000]


def bodies(octets: bytes) -> Iterator[bytes]:
    """Every base64 body, decoded."""
    at = 0
    while (at := octets.find(CODED, at)) >= 0:
        begin = octets.find(HEAD_END, at) + len(HEAD_END)
        end = octets.find(BODY_END, begin)
        yield pybase64.b64decode(memoryview(octets)[begin : end if end >= 0 else len(octets)])
        at = begin


def read(data: bytes, kept: Kept, *, pictures: bool) -> Iterator[str]:
    """Save one file and all in it; the text of each."""
    digest = kept.part(data)
    if data.startswith(b"PK\3\4"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for name in package.namelist():
                yield from member(name, package.read(name), kept, pictures=pictures)
    elif data.startswith(b"%PDF") and pictures:
        yield pdf_text(data)
    elif data.startswith(b"\xff\xd8"):
        if pictures and digest not in kept.thumbnails:
            kept.thumbnails[digest] = thumbnail(data)
        yield ""
    else:
        yield ""


def member(name: str, data: bytes, kept: Kept, *, pictures: bool) -> Iterator[str]:
    """A member of a package: text where it is the XML that holds it, nothing of other XML, else as any file."""
    if name in XML_OF_TEXT:
        yield "".join(map(str, etree.fromstring(data).itertext()))
    elif not name.endswith((".xml", ".rels")):
        yield from read(data, kept, pictures=pictures)


def pdf_text(data: bytes) -> str:
    """The text layer of a PDF."""
    import pypdfium2

    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))


def thumbnail(data: bytes) -> bytes:
    """The JPEG, upright and small; decoded at a fraction of its size, and turned when it is small."""
    from PIL import Image, ImageOps

    picture = Image.open(io.BytesIO(data))
    picture.draft("RGB", DRAFT)
    picture.thumbnail(THUMBNAIL)
    buffer = io.BytesIO()
    ImageOps.exif_transpose(picture).save(buffer, "JPEG")
    return buffer.getvalue()


def write(rows: Sequence[tuple[str, str, int, str]], kept: Kept, path: Path) -> None:
    """The workbook: a row a mail, a sheet of thumbnails."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet("mails")
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    if kept.thumbnails:
        shown = book.add_worksheet("pictures")
        for number, data in enumerate(kept.thumbnails.values()):
            shown.insert_image(number, 0, f"{number}.jpg", {"image_data": io.BytesIO(data)})
    book.close()
    if kept.durable:
        sync(path)
        sync(path.parent)


def sync(path: Path) -> None:
    """Have a file or a folder on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    sys.exit(main())
