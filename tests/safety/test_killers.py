"""A reader that dies, hangs, bloats or lies costs its document a status; the next document is read, and nothing stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import intake
from pipeline.extract import child
from pipeline.records import Code, Reading, Status
from tests.safety.attacks import SEEDS, mail, packed, parts_of, xlsb_of_corners
from tests.safety.reading import read_apart
from tests.support import ROOT
from tests.taught import taught

pytestmark = pytest.mark.alone
"""The memory and the children of this process are looked at: others would have left theirs."""

TIMES_OUT, TOO_LARGE, DIED = "读取超过时限", "读取超过内存上限", "读取程序异常终止"
OUTCOMES = {
    "segfault": (Status.DAMAGED, DIED),
    "abort": (Status.DAMAGED, DIED),
    "leave": (Status.DAMAGED, DIED),
    "spin": (Status.TOO_BIG, TIMES_OUT),
    "sleep": (Status.TOO_BIG, TIMES_OUT),
    "eat": (Status.TOO_BIG, TOO_LARGE),
    "babble": (Status.DAMAGED, DIED),
    "linger": (Status.DAMAGED, DIED),
}
MARK = "3971"
"""Seconds that a process left behind sleeps: by them it is found."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files that is empty again in the end, short limits, and a child of its own."""
    child._KEEPER.stop()
    short = Path(tempfile.mkdtemp(prefix="killers-"))
    monkeypatch.setattr(tempfile, "tempdir", str(short))
    monkeypatch.setattr(child, "WALL_SECONDS", 4)
    yield short
    child._KEEPER.stop()
    assert list(short.iterdir()) == []
    short.rmdir()
    assert _children() == set()


OTHERS = (("统计.xlsx", SEEDS["table.xlsx"]), ("说明.txt", b"text"))


def read_with(
    killer: str, monkeypatch: pytest.MonkeyPatch, *others: tuple[str, bytes], seconds: float = 2
) -> Reading:
    """Read a mail whose first document is read by *killer*, and *others* after it by the product."""
    begin = child._START.removesuffix("serve()")
    begin += (
        f"from pipeline.extract import child; child.TASKS['word'] = 'tests.safety.killers:{killer}'; serve()"
    )
    monkeypatch.setattr(child, "_START", begin)
    monkeypatch.setattr(child, "_LIBRARIES", [*child._LIBRARIES, str(ROOT)])
    ask = child.ask
    monkeypatch.setattr(
        child, "ask", lambda task, leaf, argument="": ask(task, leaf, argument, seconds=seconds)
    )
    document = SEEDS["text.docx"] + MARK.encode()
    return intake.read(mail(("总结.docx", document), *others))


@pytest.mark.parametrize("killer", OUTCOMES)
def test_a_killer_costs_its_document_a_reason_and_nothing_else(
    killer: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = time.monotonic()
    reading = read_with(killer, monkeypatch, *OTHERS)

    status, reason = OUTCOMES[killer]
    _, killed, sheet, text = reading.parts
    assert killed.status is status
    assert killed.reason.startswith(reason)
    assert [sheet.status, text.status] == [Status.OK, Status.OK]
    assert {problem.part for problem in reading.problems if problem.code in {Code.DAMAGED, Code.TOO_BIG}} == {
        "2"
    }
    assert time.monotonic() - begun < 60
    assert _sleeping() == []


def test_what_a_reader_prints_goes_nowhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = read_with("flood", monkeypatch)

    assert "照样读得出来" in [block.text for document in reading.documents for block in document.blocks]


def test_a_child_that_stops_reading_is_given_up_and_the_next_document_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request larger than a pipe holds, to a child that has been stopped."""
    read_with("deaf", monkeypatch)
    assert child._KEEPER._running is not None
    state = Path(f"/proc/{child._KEEPER._running.process.pid}/stat")
    while b") T " not in state.read_bytes():
        time.sleep(0.01)
    large = packed({**parts_of(SEEDS["table.xlsx"]), "xl/media/x.bin": os.urandom(300_000)})

    reading = intake.read(mail(("统计.xlsx", large), ("统计2.xlsx", SEEDS["table.xlsx"])))

    assert [part.status for part in reading.parts[1:3]] == [Status.TOO_BIG, Status.OK]


def test_a_binary_sheet_with_cells_in_its_corners_ends_as_damaged() -> None:
    """calamine sets aside room for all cells between them, and aborts."""
    reading, _ = read_apart(mail(("统计.xlsb", xlsb_of_corners()), ("统计2.xlsx", SEEDS["table.xlsx"])))

    assert reading.parts[1].status is Status.DAMAGED
    assert reading.parts[1].reason.startswith(DIED)
    assert reading.parts[2].status is Status.OK


@pytest.mark.parametrize("corner", ["XFD1048576", "A1048576"])
def test_a_sheet_with_cells_in_its_corners_ends(corner: str) -> None:
    parts = parts_of(SEEDS["table.xlsx"])
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"r='C2'", f"r='{corner}'".encode()).replace(b"<row r='2'>", b"<row>")

    reading, _ = read_apart(mail(("统计.xlsx", packed(parts)), ("统计2.xlsx", SEEDS["table.xlsx"])))

    assert reading.parts[1].status is Status.OK or reading.parts[1].reason
    assert reading.parts[2].status is Status.OK


def test_a_form_that_draws_itself_and_a_page_tree_that_loops_end() -> None:
    loops = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 100000 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9999999 9999999] /Resources << /XObject << /F 4 0 R >> >> "
        "/Contents 5 0 R >>",
        "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 4 0 R >> >> "
        "/Length 8 >>\nstream\n/F Do /F Do\nendstream",
        "<< /Length 5 >>\nstream\n/F Do\nendstream",
    )
    body = b"%PDF-1.7\n" + b"".join(
        f"{number} 0 obj\n{text}\nendobj\n".encode() for number, text in enumerate(loops, 1)
    )

    reading, _ = read_apart(
        mail(("总结.pdf", body + b"trailer << /Root 1 0 R /Size 6 >>\n"), ("统计.xlsx", SEEDS["table.xlsx"]))
    )

    assert reading.parts[1].status is Status.OK or reading.parts[1].reason
    assert reading.parts[2].status is Status.OK


def test_a_cell_that_spans_a_thousand_million_columns_ends() -> None:
    parts = parts_of(SEEDS["table.docx"])
    name = "word/document.xml"
    parts[name] = parts[name].replace(b"<w:gridSpan w:val='2'/>", b"<w:gridSpan w:val='999999999'/>")

    reading, _ = read_apart(mail(("总结.docx", packed(parts))))

    assert reading.documents[-1].part == "2"


def _sleeping() -> list[str]:
    """Processes that a killer has left behind."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[:2] == [b"sleep", MARK.encode()]:
            found.append(str(path))
    return found


def _children() -> set[str]:
    """Children of this process, zombies included."""
    me = os.getpid()
    return set(Path(f"/proc/{me}/task/{me}/children").read_text().split()) - _others()


def _others() -> set[str]:
    """What other tests of this run have started and keep: processes of multiprocessing, and the one that reads apart."""
    found = set()
    for pid in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split():
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
        if b"multiprocessing" in words or b"tests.safety.reading" in words:
            found.add(pid)
    return found


def test_killing_documents_cost_their_mail_a_question_and_the_other_mails_nothing(tmp_path: Path) -> None:
    """Through the daemon's own way, in a process of the pool; nothing is left in the folder for temporary files."""
    folders = [tmp_path / name for name in ("mails", "temporary", "data")]
    for folder in folders:
        folder.mkdir()
    mails, temporary, data = folders
    taught(data)
    for number in range(3):
        file = ("统计.xlsb", xlsb_of_corners()) if number == 1 else ("统计.xlsx", SEEDS["table.xlsx"])
        text = f"5月2{number}日，渝北区科协举办科普集市，服务居民{number}00人。"
        (mails / f"{number}.eml").write_bytes(mail(file, text=text))
    environment = {**os.environ, "TMPDIR": str(temporary)}

    outputs = []
    for command in (("once", "--mailbox", str(mails), "--executor", "processes:1"), ("export", "filings")):
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *command, "--data-dir", str(data)],
            cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode in (0, 3), done.stderr
        outputs.append(done.stdout)

    filings = [json.loads(line) for line in outputs[1].splitlines()]
    assert len(filings) == 3
    reasons = [
        part["reason"] for filing in filings for part in filing["parts"] if part["status"] == "damaged"
    ]
    assert len(reasons) == 1
    assert reasons[0].startswith((DIED, TOO_LARGE))
    assert list(temporary.iterdir()) == []
