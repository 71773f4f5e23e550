"""What an engineer would hack in a day, as a reference: `python -m bench.hack MAILS OUT [--pictures]`.

Purpose: every mail through mail-parser, Word files through python-docx, tables through pandas, zips through zipfile,
attachments into a folder, a keyword for the category, and a workbook by pandas and xlsxwriter. With --pictures also an
upright thumbnail of every picture, also of those in Word files and zips, in the workbook, and the text of PDF files.
Limits: not made slow on purpose, and not made fast: the obvious call of each library. Nothing is synced, nothing is checked,
what cannot be read ends the run. pandas reads tables with calamine, for openpyxl is no dependency of ours; it is the faster.
"""

from __future__ import annotations

import argparse
import base64
import io
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import docx
import mailparser
import pandas as pd
import pypdfium2
from PIL import Image, ImageOps

KEYWORDS = {
    "学习": 1,
    "最美科技工作者": 2,
    "展览": 3,
    "科学家精神": 4,
    "志愿服务": 5,
    "慰问": 6,
}
THUMBNAIL = (160, 160)
Shrink = Callable[[bytes], bytes]


def main(arguments: Sequence[str] | None = None) -> int:
    """Do all mails of a folder."""
    parser = argparse.ArgumentParser(prog="python -m bench.hack", description=__doc__)
    parser.add_argument("mails", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pictures", action="store_true", help="thumbnails and the text of PDF files too")
    parser.add_argument("--as-stored", action="store_true", help="thumbnails are not turned upright")
    wanted = parser.parse_args(arguments)
    rows, thumbnails = [], []
    shrink = shrunk if wanted.as_stored else thumbnail
    for path in sorted(wanted.mails.glob("*.eml")):
        row, small = one_mail(path, wanted.out / path.stem, shrink if wanted.pictures else None)
        rows.append(row)
        thumbnails += small
    write(rows, thumbnails, wanted.out / "workbook.xlsx")
    return 0


def one_mail(path: Path, folder: Path, shrink: Shrink | None) -> tuple[dict[str, object], list[bytes]]:
    """Save the attachments of a mail into *folder*; return its row, and thumbnails by *shrink*, none without it."""
    mail = mailparser.parse_from_bytes(path.read_bytes())
    folder.mkdir(parents=True)
    texts, thumbnails = [*mail.text_plain], []
    for number, attachment in enumerate(mail.attachments):
        data = (
            base64.b64decode(attachment["payload"])
            if attachment["binary"]
            else attachment["payload"].encode("utf-8", "surrogateescape")
        )
        name = attachment["filename"].replace("/", "_")
        (folder / f"{number}-{name}"[:80]).write_bytes(data)
        for text, small in read(name.lower(), data, shrink):
            texts.append(text)
            thumbnails += small
    text = "\n".join(texts)
    row = {
        "file": path.name,
        "from": mail.from_[0][1] if mail.from_ else "",
        "subject": mail.subject,
        "date": str(mail.date),
        "category": max(KEYWORDS, key=text.count),
        "attachments": len(mail.attachments),
        "text": text[:32_000],
    }
    return row, thumbnails


def read(name: str, data: bytes, shrink: Shrink | None) -> Iterator[tuple[str, list[bytes]]]:
    """Text and thumbnails of one file, and of each file in a zip."""
    if name.endswith(".docx"):
        document = docx.Document(io.BytesIO(data))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        parts = document.part.rels.values() if shrink else ()
        inside = [one.target_part.blob for one in parts if "image" in one.reltype]
        yield (
            "\n".join([*(one.text for one in document.paragraphs), *cells]),
            [shrink(one) for one in inside] if shrink else [],
        )
    elif name.endswith(".xlsx"):
        yield pd.read_excel(io.BytesIO(data), engine="calamine").to_string(), []
    elif name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for member in package.namelist():
                yield from read(member.lower(), package.read(member), shrink)
    elif name.endswith(".pdf") and shrink:
        document = pypdfium2.PdfDocument(data)
        yield "\n".join(page.get_textpage().get_text_range() for page in document), []
    elif name.endswith((".jpg", ".jpeg", ".png")) and shrink:
        yield "", [shrink(data)]


def thumbnail(data: bytes) -> bytes:
    """The picture, upright and small, as a JPEG: turned, then shrunk, as the examples do it, so it is decoded in full."""
    return _small(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))


def shrunk(data: bytes) -> bytes:
    """The picture as it is stored, small; Pillow then decodes a JPEG at a fraction of its size, unasked."""
    return _small(Image.open(io.BytesIO(data)))


def _small(picture: Image.Image) -> bytes:
    picture.thumbnail(THUMBNAIL)
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()


def write(rows: Sequence[dict[str, object]], thumbnails: Sequence[bytes], path: Path) -> None:
    """A workbook with a row a mail, and a sheet of thumbnails where there are some."""
    with pd.ExcelWriter(path, engine="xlsxwriter") as writer:
        pd.DataFrame(rows).to_excel(writer, sheet_name="mails", index=False)
        if thumbnails:
            page = writer.book.add_worksheet("pictures")
            for number, data in enumerate(thumbnails):
                page.insert_image(number * 8, 0, f"{number}.jpg", {"image_data": io.BytesIO(data)})


if __name__ == "__main__":
    sys.exit(main())
