"""One small file a format, sent as units send it: each says what was written into it, or is a picture with its facts."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from pipeline import intake, tools
from pipeline.records import Code, Reading, Status
from tests.support import need_tool
from tools.formatmaker import FOLDER
from tools.formatmaker.saying import SENTENCE, TITLE
from tools.formats.survey import posted

BIG5 = "臺北市科學協會在廣場舉辦科技志願服務活動，一百二十名群眾到場參加。"
TOOLS = {".7z": ("unar",), ".ppt": ("soffice",), ".001": ("unar",), "scan": ("tesseract",)}
"""Programs that a suffix, or a name's first word, needs: any of them."""
DOCUMENTS = sorted(
    path.name
    for path in FOLDER.iterdir()
    if path.name.startswith(
        ("word", "sheet", "slides", "text", "ofd", "page", "scan", "mail", "zip", "7z", "tar")
    )
)
PICTURES = sorted(path.name for path in FOLDER.glob("picture.*"))


@lru_cache(maxsize=128)
def reading(*names: str) -> Reading:
    """Send the files in one mail whose text tells the password, and read it."""
    for name in names:
        stem, suffix = name.partition(".")[0].partition("-")[0], Path(name).suffix
        for key in (stem, suffix):
            if key in TOOLS:
                need_tool(*TOOLS[key])
    return intake.read(posted([FOLDER / name for name in names]), abilities=tools.abilities())


def text(found: Reading) -> str:
    """All that stands in the files, without the body of the mail itself, without white space."""
    words = (block.text for document in found.documents if document.part != "1" for block in document.blocks)
    return "".join("".join(words).split())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_says_what_was_written_into_it(name: str) -> None:
    found = reading(name)

    wanted = BIG5 if "big5" in name else SENTENCE
    assert wanted in text(found)
    assert TITLE in text(found) or name in {
        "sheet-dispimg.xlsx",
        "text-big5.txt",
        "mail.eml",
        "mail-signed.p7m",
    }


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_part_of_it_is_read_or_says_why_not(name: str) -> None:
    parts = reading(name).parts

    assert all(part.reason for part in parts if part.status not in {Status.OK, Status.NOISE})
    assert not [part for part in parts if part.status in {Status.DAMAGED, Status.UNSUPPORTED}]


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name != "word-macro.docm"])
def test_a_sound_document_asks_nobody_anything(name: str) -> None:
    assert reading(name).problems == ()


@pytest.mark.parametrize(
    "names", [("volumes.7z.001", "volumes.7z.002", "volumes.7z.003"), ("split.z01", "split.zip")]
)
def test_volumes_in_one_mail_are_one_archive_and_stay_parts_of_their_own(names: tuple[str, ...]) -> None:
    found = reading(*names)

    assert SENTENCE in text(found)
    assert {part.name for part in found.parts} >= set(names)


@pytest.mark.parametrize(
    "name", ["word.docx", "word.doc", "word.odt", "word.pdf", "sheet.xlsx", "sheet-dispimg.xlsx"]
)
def test_a_picture_in_a_document_is_a_picture(name: str) -> None:
    assert len(reading(name).pictures) == 1


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_has_its_pixels(name: str) -> None:
    (picture,) = reading(name).pictures

    assert (picture.width, picture.height) == (200, 150)
    assert picture.hash and picture.thumbnail


def test_a_program_is_kept_and_flagged() -> None:
    found = reading("program.exe")

    assert [problem.code for problem in found.problems] == [Code.EXECUTABLE]
    assert found.parts[-1].size == (FOLDER / "program.exe").stat().st_size


def test_a_macro_is_flagged() -> None:
    assert [problem.code for problem in reading("word-macro.docm").problems] == [Code.MACRO]
