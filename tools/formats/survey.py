"""One file of the corpus or the data set, read as the daemon reads it, and what came of it.

Purpose: `survey()`. Each file goes to a worker process with the limits that the corpus' README asks for.
Limits: what dies or overruns is an Outcome without a reading.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from pipeline import intake, tools
from pipeline.executor import CutError, open_executor
from pipeline.records import Part, Reading
from tools.formatmaker import FOLDER
from tools.formatmaker.saying import PASSWORD

ROOT = Path(__file__).parent.parent.parent

SECONDS, MEGABYTES = 10, 512
"""What one file of the corpus may take (../shared/corpus/README.md)."""
SCAN_SECONDS = 120
"""What a mail of the data set may take: some have five scanned pages, each of which takes seconds."""
NOTE = "各位老师：材料见附件，解压密码：{}。"
"""What a covering note says that goes with a locked file."""
_DESCRIPTIONS = {"expected.json", "README.md", "manifest.json"}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one file. path: below shared/. seconds: wall clock. fault: "" or why there is no reading."""

    path: str
    seconds: float
    reading: Reading | None
    fault: str = ""

    @property
    def overran(self) -> bool:
        """It took longer than its kind may."""
        return self.seconds > (SECONDS if self.path.startswith("corpus/") else SCAN_SECONDS)

    @property
    def kept(self) -> bool:
        """The file itself is there by its digest, and every part that was not read says why."""
        return self.reading is not None and all(_explained(part) for part in self.reading.parts)


def survey(shared: Path) -> Iterator[Outcome]:
    """Read every file of *shared* and of tests/formats; mails as mails, all others as documents, in order of their paths."""
    files = [
        *_files(shared / "corpus"),
        *sorted((shared / "dataset" / "mails").glob("*.eml")),
        *sorted(path for path in FOLDER.iterdir() if not _is_further_volume(path)),
    ]
    with open_executor("processes:1", seconds=SCAN_SECONDS, megabytes=MEGABYTES) as pool:
        pool.ready(tools.abilities)
        for number, path in enumerate(files, 1):
            if sys.stderr.isatty():
                print(f"\r{number}/{len(files)}", end="", file=sys.stderr)  # noqa: T201 - progress
            name = path.relative_to(ROOT if path.is_relative_to(ROOT) else shared).as_posix()
            began = time.monotonic()
            try:
                reading = pool.submit(_read, path, mail=_is_mail(name)).result()
                yield Outcome(path=name, seconds=time.monotonic() - began, reading=reading)
            except CutError as error:
                yield Outcome(path=name, seconds=time.monotonic() - began, reading=None, fault=str(error))


def _files(corpus: Path) -> Iterator[Path]:
    for kind in ("mail", "documents", "archives"):
        yield from sorted(
            path for path in (corpus / kind).rglob("*") if path.is_file() and path.name not in _DESCRIPTIONS
        )


def _is_mail(name: str) -> bool:
    return name.startswith(("corpus/mail/", "dataset/"))


def _read(path: Path, *, mail: bool) -> Reading:
    abilities = tools.abilities()
    if mail:
        return intake.read(path.read_bytes(), abilities=abilities)
    if path.parent == FOLDER:
        return intake.read(posted(_volumes(path)), abilities=abilities)
    return intake.read_document(path.read_bytes(), path.name, abilities=abilities)


def _is_further_volume(path: Path) -> bool:
    return _volumes(path)[0] != path


def _volumes(path: Path) -> list[Path]:
    """Give the files that are one archive with *path*, which names none that do not begin alike."""
    split = path.stem.partition(".")[0] in {"split", "volumes"}
    return sorted(FOLDER.glob(f"{path.stem.partition('.')[0]}.*")) if split else [path]


def posted(paths: Sequence[Path]) -> bytes:
    """Put files into one mail, as a program does that knows no types; its text tells their password."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "报送材料", "kx@yuzhou.example", "hd@kx.example"
    mail.set_content(NOTE.format(PASSWORD), charset="utf-8", cte="base64")
    for path in paths:
        mail.add_attachment(path.read_bytes(), "application", "octet-stream", filename=path.name)
    return mail.as_bytes()


def _explained(part: Part) -> bool:
    return bool(part.reason) or part.status.value in {"ok", "noise"}
