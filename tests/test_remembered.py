"""No page is recognised twice, and what is remembered can be lost or spoilt without harm."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from PIL import Image

from pipeline import remembered
from pipeline import tools as programs
from pipeline.extract import extract, recogniser
from pipeline.records import Content, Leaf
from tests.pdfs import Pdf
from tests.support import missing, need_tool
from tools import pages


class Engine:
    """An engine that counts how often it is asked."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)

    def __call__(self) -> bytes | None:
        return self.answers.pop(0)


def asked(
    folder: Path, engine: Engine, *, name: str = "e 1", question: str = "q", picture: bytes = b"p"
) -> bytes | None:
    with remembered.remembering(str(folder)):
        return remembered.answer(name, question, picture, engine)


def entries(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_an_engine_is_asked_once_of_a_picture(tmp_path: Path) -> None:
    engine = Engine(b"said", b"other")

    assert [asked(tmp_path / "m", engine) for _ in range(2)] == [b"said", b"said"]


@pytest.mark.parametrize("other", [{"name": "e 2"}, {"question": "r"}, {"picture": b"o"}])
def test_another_version_question_or_picture_is_asked_for(tmp_path: Path, other: dict[str, object]) -> None:
    engine = Engine(b"said", b"other")

    asked(tmp_path / "m", engine)

    assert asked(tmp_path / "m", engine, **other) == b"other"  # type: ignore[arg-type]  # one of the names of `asked`


def test_a_failure_is_not_remembered(tmp_path: Path) -> None:
    engine = Engine(None, b"said")

    assert [asked(tmp_path / "m", engine) for _ in range(2)] == [None, b"said"]


@pytest.mark.parametrize("spoilt", [b"", b"x" * 10, b"x" * 100])
def test_an_entry_that_is_torn_or_altered_is_asked_for_again(tmp_path: Path, spoilt: bytes) -> None:
    engine = Engine(b"said", b"again")
    asked(tmp_path / "m", engine)
    (entry,) = entries(tmp_path / "m")
    entry.write_bytes(spoilt)

    assert asked(tmp_path / "m", engine) == b"again"
    assert asked(tmp_path / "m", engine) == b"again"


def test_an_entry_with_one_octet_changed_is_asked_for_again(tmp_path: Path) -> None:
    engine = Engine(b"said " * 100, b"again")
    asked(tmp_path / "m", engine)
    (entry,) = entries(tmp_path / "m")
    octets = bytearray(entry.read_bytes())
    octets[3] ^= 1
    entry.write_bytes(octets)

    assert asked(tmp_path / "m", engine) == b"again"


def test_entries_are_for_their_owner_alone_and_a_folder_that_cannot_be_is_no_error(tmp_path: Path) -> None:
    asked(tmp_path / "m", Engine(b"said"))
    (entry,) = entries(tmp_path / "m")
    (tmp_path / "file").write_bytes(b"")

    assert stat.S_IMODE(entry.stat().st_mode) == 0o600
    assert stat.S_IMODE(entry.parent.stat().st_mode) == 0o700
    assert asked(tmp_path / "file", Engine(b"said")) == b"said"


def test_nothing_is_remembered_where_no_folder_is_given(tmp_path: Path) -> None:
    engine = Engine(b"one", b"two")

    assert [remembered.answer("e", "q", b"p", engine) for _ in range(2)] == [b"one", b"two"]
    assert not list(tmp_path.iterdir())


def page() -> Image.Image:
    if not pages.there("noto-serif"):
        missing("needs the font package fonts-noto-cjk")
    return pages.page(pages.reports()[4][:3], pages.Sheet(dpi=120)).picture


def scanned(picture: Image.Image, name: str) -> Content:
    made = Pdf()
    made.picture(picture)
    return extract(Leaf(path=name, name=name, data=made.octets()), "application/pdf", ("tesseract",))


def test_a_scan_that_comes_again_in_another_file_is_not_recognised_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read from memory is what was read from the page."""
    need_tool("tesseract")
    picture, run = page(), programs.run
    with remembered.remembering(str(tmp_path / "m")):
        first = scanned(picture, "a.pdf")
        recogniser._tesseract_version()
        monkeypatch.setattr(programs, "run", lambda *_, **__: pytest.fail("tesseract was asked again"))
        again = scanned(picture, "b.pdf")
    monkeypatch.setattr(programs, "run", run)
    fresh = scanned(picture, "c.pdf")

    assert first.recognised
    assert first.blocks == again.blocks == fresh.blocks


def test_the_version_of_tesseract_names_its_models() -> None:
    need_tool("tesseract")

    named = recogniser._tesseract_version()

    assert "chi_sim.traineddata" in named
    assert named.startswith("tesseract\ntesseract ")


def test_tesseract_gets_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its threads would take the cores of the other readers."""
    need_tool("env")
    monkeypatch.setenv("OMP_THREAD_LIMIT", "8")

    told = programs.run(["env"]).out.decode()

    assert "OMP_THREAD_LIMIT=1\n" in told


@pytest.mark.alone
def test_a_page_costs_hardly_more_than_its_engine(tmp_path: Path) -> None:
    """Processor time, with that of the programs that are started, the least of three. The target is 1.1; a busy machine gave 1.2."""
    need_tool("tesseract")
    from bench import ocr

    whole = ocr.prepared(ocr.page(0))
    spent = ocr.least([ocr.shares([whole], tmp_path / str(turn)) for turn in range(3)])

    assert spent.ours <= 1.3 * spent.engine
    assert spent.again <= 0.2 * spent.engine
