"""The benchmark of a compile takes mails in, compiles them, and finds what a run takes on the disk."""

from __future__ import annotations

import shutil
from itertools import islice
from pathlib import Path

import pytest

from bench import compile as bench
from bench import season, stages
from pipeline.commands.options import opened
from tests.support import SAMPLES


def test_the_benchmark_compiles_and_tells_what_a_run_takes(tmp_path: Path) -> None:
    (tmp_path / "mails").mkdir()
    shutil.copy(SAMPLES / "02-docx-photos.eml", tmp_path / "mails")
    (_, once), (_, compiled) = islice(bench.commands(tmp_path), 2)

    assert bench.spent(once)[0] > 0
    seconds, peak = bench.spent(compiled)

    assert seconds > 0
    assert peak > 50
    assert bench.idle(tmp_path / "data") < seconds
    run, pruned, material = bench.sizes(tmp_path / "data")
    assert "hard links" in run
    assert pruned.startswith("a pruned run")
    assert not material.startswith("material once 0.0 MB")


def test_a_command_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="没有登记簿"):
        bench.spent(["compile", "--data-dir", str(tmp_path)])


def test_the_made_season_has_what_it_says_and_its_compile_tells_where_the_time_goes(tmp_path: Path) -> None:
    """A four-hundredth of it."""
    size = season.Size().part(400)
    season.fill(tmp_path / "data", size)

    told = bench.large(tmp_path / "data")

    with opened(None, tmp_path / "data") as office:
        filings = [one.filing for one in office.register.filed() if one.filing]
    assert len(filings) == size.mails
    assert sum(len(filing.activities) for filing in filings) == size.activities
    assert sum(len(filing.pictures) for filing in filings) == size.photographs
    assert set(told["stages"]) == {name for name, _, _ in stages.STAGES}
    assert 0 < max(told["stages"].values()) < told["processor"]
