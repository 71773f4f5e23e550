"""The fuzzer finds what there is to find, every saved input keeps every promise, and CI gives it a minute."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.extract import doc, flat_word, html, odf, ofd, rtf, sheet, slides, spreadsheetml, word
from pipeline.records import Content, Leaf
from tests.support import ROOT
from tools.fuzz import running, seeds, structured
from tools.fuzz.promise import BrokenError
from tools.fuzz.readers import sound
from tools.fuzz.running import Outcome, run
from tools.fuzz.targets import TARGETS, named

CI_SECONDS = 60
SAVED = sorted(path.relative_to(seeds.FOLDER) for path in seeds.FOLDER.rglob("*") if path.is_file())
ENGINES = ["hypothesis", *(["atheris"] if importlib.util.find_spec("atheris") else [])]


@pytest.mark.parametrize("path", SAVED, ids=str)
def test_every_saved_input_keeps_every_promise_at_once(path: Path) -> None:
    octets = (seeds.FOLDER / path).read_bytes()
    begun = time.process_time()

    named(path.parts[0])(octets)

    assert time.process_time() - begun < 5


def test_the_saved_seeds_are_those_that_are_made() -> None:
    made = {Path(target, name): octets for target, name, octets in seeds.seeds()}

    assert set(made) == {path for path in SAVED if not path.name.startswith("found-")}
    assert {path: (seeds.FOLDER / path).read_bytes() for path in made} == made
    assert {path.parts[0] for path in SAVED} == set(TARGETS)


@pytest.mark.parametrize(
    ("target", "reader"),
    [
        ("docx", word.read),
        ("sheet", sheet.read),
        ("slides", slides.read),
        ("ofd", ofd.read),
        ("rtf", rtf.read),
        ("doc", doc.read),
        ("odf", odf.read),
        ("flat_word", flat_word.read),
        ("flat_sheet", spreadsheetml.read),
        ("html", html.read),
    ],
)
def test_seeds_of_documents_are_read_and_not_refused(
    target: str, reader: Callable[[Leaf, str | tuple[str, ...]], Content]
) -> None:
    """A seed that every reader refuses would let the fuzzer see nothing but the refusal."""
    found = [
        len(reader(Leaf(path="2", data=octets), "").blocks)
        for where, name, octets in seeds.seeds()
        if where == target and name != "empty.xlsx"
    ]

    assert found
    assert all(found)


def test_a_promise_that_is_broken_is_told() -> None:
    with pytest.raises(BrokenError):
        named("tests.test_fuzz:broken")(b"")


def broken(octets: bytes) -> None:
    """Hold a table whose text is not its rows against the records."""
    from pipeline.records import Block, Style

    sound(Content(blocks=(Block(style=Style.TABLE, text="a", rows=(("b", octets.hex()),)),)))


# ---------------------------------------------------------------- the engines and the command


def fuzz(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tools.fuzz", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_planted_fault_is_found_saved_and_named(engine: str, tmp_path: Path) -> None:
    done = fuzz(
        "--seconds", "10", "--target", "tests.planted:crash", "--engine", engine, "--found", str(tmp_path)
    )

    assert done.returncode == 1
    assert "planted" in done.stderr
    (saved,) = (tmp_path / "tests.planted.crash").iterdir()
    assert str(saved) in done.stdout
    assert b"-1" in saved.read_bytes()


@pytest.mark.parametrize("fault", ["die", "hang"])
def test_a_target_that_ends_or_holds_its_process_is_found_too(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that does not come back is ended after its grace; here a short one."""
    monkeypatch.setattr(running, "GRACE_SECONDS", 2)

    outcome = run(f"tests.planted:{fault}", "hypothesis", 2, seed=1, folder=tmp_path)

    assert len(outcome.found) == 1
    assert len(outcome.found[0].read_bytes()) > 3
    assert structured.LAST not in [path.name for path in tmp_path.iterdir()]


def test_an_input_that_takes_too_long_is_saved_as_it_is_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """To make it smaller would take its time again and again."""
    monkeypatch.setattr(structured, "INPUT_SECONDS", 0.5)
    (tmp_path / "seeds").mkdir()
    begun = time.monotonic()

    code = structured.main(["tests.planted:hang", "60", "1", str(tmp_path / "seeds"), str(tmp_path)])

    assert code == 1
    (saved,) = tmp_path.glob("hypothesis-TimeoutError-*")
    assert len(saved.read_bytes()) > 3
    assert "longer than 0.5 s" in capsys.readouterr().err
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("engine", ENGINES)
def test_a_target_without_fault_ends_in_time_with_its_figures(engine: str, tmp_path: Path) -> None:
    outcome = run("tests.planted:fine", engine, 2, seed=1, folder=tmp_path)

    assert outcome == Outcome(
        target="tests.planted:fine",
        engine=engine,
        executions=outcome.executions,
        seconds=outcome.seconds,
        found=(),
        said="",
    )
    assert outcome.executions > 50
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_target_is_refused() -> None:
    done = fuzz("--target", "dokx")

    assert done.returncode == 2
    assert "dokx" in done.stderr


@pytest.mark.skipif(
    os.environ.get("CI") != "true", reason="a minute of fuzzing is for CI; make fuzz is for people"
)
def test_a_minute_of_fuzzing_finds_nothing_new(tmp_path: Path) -> None:
    done = fuzz("--seconds", str(CI_SECONDS), "--found", str(tmp_path))

    assert done.returncode == 0, done.stdout + done.stderr
    lines = re.findall(r"^(\S+) +(\S+) +(\d+) executions", done.stdout, re.MULTILINE)
    assert {(target, engine) for target, engine, _ in lines} == {
        (target, engine) for target in TARGETS for engine in ENGINES
    }
    assert all(int(count) > 20 for *_, count in lines), done.stdout
