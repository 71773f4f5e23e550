"""The benchmark: its mails, its references, and how it tells what it found."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.machinery import ModuleSpec
from pathlib import Path
from random import Random
from statistics import median
from types import ModuleType

import pytest

from bench import __main__ as bench
from bench import corpus, floor, hack, intake, watched
from bench.corpus import plan, posting
from bench.corpus.photos import photo
from bench.reporting import Measure, middle, table
from bench.watched import Spent
from pipeline.intake import read
from pipeline.records import Status

SPENT = Spent(
    seconds=10, processor=8, peak=100, readers=(150.0,), others=0, said='{"stages": {"capture": 1}}'
)
EVERYTHING = plan.Load(octets=900_000, report="both", photos=1, inside=1, packed=1, sheet=True)


# ---------------------------------------------------------------- the mails


def test_a_season_weighs_what_the_issue_says() -> None:
    loads = plan.season(200, 7)
    attached = sum(
        ("docx" in one.report or one.report == "both")
        + (one.report in ("pdf", "both"))
        + one.sheet
        + one.photos
        + bool(one.packed)
        for one in loads
    )

    assert sum(one.octets for one in loads) / 1e6 == pytest.approx(684, rel=0.02)
    assert median(one.octets for one in loads) / 1e6 == pytest.approx(2.8, rel=0.05)
    assert attached == pytest.approx(731, rel=0.03)
    assert 30e6 < max(one.octets for one in loads) < 50e6
    assert sum(one.octets < 100_000 for one in loads) > 5


def test_the_same_seed_gives_the_same_octets_and_another_seed_others() -> None:
    one = posting.mail(3, EVERYTHING, 7)

    assert posting.mail(3, EVERYTHING, 7) == one
    assert posting.mail(3, EVERYTHING, 8) != one
    assert posting.mail(4, EVERYTHING, 7) != one


def test_a_mail_is_as_heavy_as_its_load() -> None:
    assert len(posting.mail(1, EVERYTHING, 7)) == pytest.approx(EVERYTHING.octets, rel=0.15)


def test_no_photograph_is_another_and_none_can_be_compressed() -> None:
    import zlib

    draw = Random(1)
    first, second = photo(draw, 300_000), photo(draw, 300_000)

    assert first != second
    assert len(first) == pytest.approx(300_000, rel=0.1)
    assert len(zlib.compress(first)) > 0.95 * len(first)


def test_every_kind_of_file_is_read_whole_and_bears_its_name() -> None:
    reading = read(posting.mail(2, EVERYTHING, 7))
    parts = {part.path: part for part in reading.parts}
    names = [part.name for part in reading.parts]

    assert {part.status for part in reading.parts} == {Status.OK}
    pdf = next(part for part in parts.values() if part.name.endswith("（盖章）.pdf"))
    word = next(part for part in parts.values() if part.name.endswith(".docx"))
    assert pdf.characters > 100
    assert word.characters == pytest.approx(pdf.characters, rel=0.1)
    assert any("活动照片/照片1.jpg" in path for path in parts)  # GBK, and no flag says so
    assert "活动统计表.xlsx" in names
    assert len(reading.pictures) == 3


def test_mails_are_made_once_and_again_where_they_were_left_half_done(tmp_path: Path) -> None:
    kept = corpus.made(tmp_path, mails=2)
    stamps = [path.stat().st_mtime_ns for path in sorted(kept.glob("*.eml"))]

    assert corpus.made(tmp_path, mails=2) == kept
    assert [path.stat().st_mtime_ns for path in sorted(kept.glob("*.eml"))] == stamps
    (kept / corpus.DONE).unlink()
    (kept / "00002.eml").write_bytes(b"half")
    corpus.made(tmp_path, mails=2)
    assert (kept / "00002.eml").stat().st_size > 1000


# ---------------------------------------------------------------- references, and the product beside them


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mails")
    for number in range(2):
        (folder / f"{number}.eml").write_bytes(posting.mail(number, EVERYTHING, 7))
    return folder


def test_the_floor_saves_every_octet_that_our_reading_finds(mails: Path, tmp_path: Path) -> None:
    floor.main([str(mails), str(tmp_path / "out"), "--pictures", "--durable"])

    saved = {path.name for path in (tmp_path / "out").iterdir()}
    for path in mails.iterdir():
        reading = read(path.read_bytes())
        assert {part.sha256 for part in reading.parts if not part.media_type.startswith("text/")} <= saved
        assert reading.sha256 in saved


def test_the_hack_saves_every_attachment_and_makes_every_thumbnail(mails: Path, tmp_path: Path) -> None:
    row, thumbnails = hack.one_mail(mails / "0.eml", tmp_path / "0", hack.thumbnail)

    assert row["attachments"] == 5
    assert len(list((tmp_path / "0").iterdir())) == 5
    assert len(thumbnails) == 3
    assert str(row["text"]).count("\n") > 5


def test_the_hack_writes_a_workbook(mails: Path, tmp_path: Path) -> None:
    assert hack.main([str(mails), str(tmp_path), "--pictures"]) == 0
    assert (tmp_path / "workbook.xlsx").stat().st_size > 10_000


def test_the_product_is_measured_to_its_workbook(mails: Path, tmp_path: Path) -> None:
    spent = watched.run(
        ["-m", "bench.taking", str(mails), str(tmp_path / "data"), "--executor", "processes:1"]
    )

    told = json.loads(spent.said)
    assert told["filed"] == 2
    assert told["pictures"] == 6
    assert set(told["stages"]) == {"capture", "read and judge", "compile"}
    assert list((tmp_path / "data" / "workbooks").glob("*/*.xlsx"))
    assert max(spent.readers) > 50


# ---------------------------------------------------------------- watching


def test_a_program_s_own_memory_is_told_apart_from_its_child_s(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import subprocess, sys, time\n"
        "big = b'x' * 150_000_000\n"
        "subprocess.run([sys.executable, '-c', 'import time; time.sleep(0.5)'])\n"
    )

    spent = watched.run([str(program)])

    assert spent.peak > 150
    assert 0 < spent.others < 100
    assert spent.readers == ()


def test_a_program_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no such thing"):
        watched.run(["-c", "raise SystemExit('no such thing')"])


# ---------------------------------------------------------------- telling


def test_a_missed_target_is_told_plainly() -> None:
    told = table([Measure(name="a | b", target="≤ 1", value="2", holds=False)])

    assert "**不达标**" in told
    assert "a \\| b" in told


def test_a_median_tells_its_spread() -> None:
    assert middle([3.0, 1.0, 2.0], ".1f", " s") == ("2.0 s", "1.0-3.0 s")
    assert middle([3.0]) == ("3.0", "")


def test_ratios_are_those_within_a_round() -> None:
    """A machine that was slow in one round slows both programs of it: the ratio is the same."""
    spent = {name: [SPENT, replace(SPENT, seconds=30)] for name in intake.PROGRAMS}
    spent[intake.SERIAL] = [replace(SPENT, seconds=1.5), replace(SPENT, seconds=4.5)]

    hacked, floored, two, *_ = intake.ratios(spent)

    assert (hacked.value, hacked.spread, hacked.holds) == ("6.67 ×", "6.67-6.67 ×", True)
    assert (floored.value, floored.holds) == ("0.15 ×", True)
    assert (two.value, two.holds) == ("1.00 ×", False)


def test_it_is_seen_where_the_time_goes() -> None:
    spent = {name: [SPENT] for name in intake.PROGRAMS}

    told = {one.name: one.value for one in intake.rows(spent, 200)}

    assert told[intake.FLOOR_PLAIN] == "20.0 mails/s"
    assert told[f"{intake.SERIAL}: capture"] == "1.0 s"
    assert told[f"{intake.SERIAL}: start and end of the program"] == "9.0 s"


def test_every_reading_process_counts_for_memory() -> None:
    spent = {name: [SPENT, replace(SPENT, readers=(150.0, 201.0))] for name in intake.PROGRAMS}

    told = {one.name: one.holds for one in intake.memory(spent)}

    assert told[f"{intake.ONE}: memory, largest reading process"] is False
    assert told[f"{intake.ONE}: memory, the program itself"] is True


def test_a_module_that_measures_is_found_by_itself() -> None:
    """Nobody has to enter it in a list: a measure that the one command forgets would be believed."""
    measuring = {
        path.stem for path in Path(bench.__file__).parent.glob("*.py") if "def measure(" in path.read_text()
    }

    assert measuring - {"__main__"} <= set(bench.modules())
    assert bench.modules()[0] == "intake"


def measuring(monkeypatch: pytest.MonkeyPatch, **measures: Callable[..., Iterator[Measure]]) -> None:
    """Let there be modules of these names that measure so."""
    for name, measure in measures.items():
        module = ModuleType(f"bench.{name}")
        module.__spec__ = ModuleSpec(module.__name__, None)
        vars(module)["measure"] = measure
        monkeypatch.setitem(sys.modules, module.__name__, module)


def test_one_command_runs_all_and_what_fails_is_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = Measure(name="good", target="≤ 1 s", value="0.5 s", holds=True)

    def works(_folder: Path, *, quick: bool) -> Iterator[Measure]:
        assert quick
        yield good

    def fails(_folder: Path, *, quick: bool) -> Iterator[Measure]:
        yield replace(good, name="before")
        raise ValueError("it broke")

    monkeypatch.setattr(bench, "modules", lambda: ("fails", "works", "nowhere"))
    measuring(monkeypatch, fails=fails, works=works)
    page = tmp_path / "benchmark.md"

    code = bench.main(["--quick", "--folder", str(tmp_path), "--page", str(page)])

    told = page.read_text("utf-8")
    assert code == 1
    assert "2 targets are met, 1 are missed" in told
    assert "ValueError: it broke" in told
    assert "bench/nowhere.py is not there" in told
    assert "Python: 3." in told
    assert "small inputs" in told
    assert "Not measured yet" not in told


def test_a_run_that_is_cut_leaves_the_page_of_what_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def works(_folder: Path, *, quick: bool) -> Iterator[Measure]:
        yield Measure(name="good", target="≤ 1 s", value="0.5 s", holds=None if quick else True)

    def is_cut(_folder: Path, *, quick: bool) -> Iterator[Measure]:
        raise KeyboardInterrupt(str(quick))

    monkeypatch.setattr(bench, "modules", lambda: ("works", "is_cut", "intake"))
    measuring(monkeypatch, works=works, is_cut=is_cut)
    page = tmp_path / "benchmark.md"

    with pytest.raises(KeyboardInterrupt):
        bench.main(["--folder", str(tmp_path), "--page", str(page)])

    told = page.read_text("utf-8")
    assert "1 targets are met, 0 are missed" in told
    assert "**Not measured yet: is_cut, intake.**" in told
