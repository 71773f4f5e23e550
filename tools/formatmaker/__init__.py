"""`python -m tools.formatmaker [FOLDER]`: one small file a format, all saying the same two things.

Purpose: tests/formats, which `make formats` and the tests read: what a format's reader must get out is known word by word.
Source: the words are invented (saying.py); the writers are LibreOffice, 7z, zip, openssl, heif-enc (Debian's packages
libreoffice-*-nogui, p7zip-full, zip, openssl, libheif-examples), a font of fonts-noto-cjk and this project's libraries.
Limits: for developers; the files are kept in the repository, since programs write their date and version into them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from tools.formatmaker import archives, documents, drawing, mails, sheets
from tools.formatmaker.saying import Files

FOLDER = Path(__file__).parent.parent.parent / "tests" / "formats"
MAKERS: tuple[Callable[[], Files], ...] = (
    documents.words,
    documents.slides,
    documents.texts,
    sheets.sheets,
    drawing.pictures,
    drawing.recordings,
    archives.archives,
    mails.mails,
)


def main() -> int:
    """Write all files; return 0."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    files = dict(file for maker in MAKERS for file in maker())
    for stale in {path.name for path in folder.iterdir()} - set(files):
        (folder / stale).unlink()
    for name, octets in files.items():
        (folder / name).write_bytes(octets)
    print(f"{len(files)} files: {folder}")  # noqa: T201 - a command's answer
    return 0
