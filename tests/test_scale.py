"""The needs of a season follow from the figures, and more never needs less."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.scale.__main__ import main
from bench.scale.page import PICTURE, page
from bench.scale.reckoning import LINE, NATION, PROVINCE, WRITER, Figures, Season, needs
from bench.simulation.arrivals import DEADLINE, arrivals
from bench.simulation.season import Machines, Run, simulate
from bench.simulation.stand_in import Costs

FIGURES = Figures(
    read_seconds=0.5,
    page_seconds=5,
    pages=3,
    line_octets=100e6,
    writer_seconds=0.01,
    register_octets=10_000,
    compile_seconds=2,
    compile_octets=80e6,
    reader_octets=250e6,
)
amounts = st.floats(min_value=0.001, max_value=1e6)
figures = st.builds(Figures, **{one.name: amounts for one in fields(Figures)})
seasons = st.builds(
    Season,
    name=st.just(""),
    units=st.integers(1, 10**6),
    mails=st.integers(1, 10**7),
    octets=st.floats(1e3, 1e15),
    scanned=st.floats(0, 1),
)


def test_a_season_is_reckoned_as_by_hand() -> None:
    """1,000 mails of 0.5 s and 3 pages of 5 s in a tenth: 500 s and 1,500 s."""
    found = needs(replace(PROVINCE, mails=1_000, octets=360e9), FIGURES)

    assert found.reading_hours == pytest.approx(500 / 3600)
    assert found.scanning_hours == pytest.approx(1_500 / 3600)
    assert found.line_hours == pytest.approx(1.0)
    assert found.readers == 1


def test_a_nation_needs_readers_on_several_machines_and_its_line_is_what_ends_first() -> None:
    found = needs(NATION, FIGURES)

    assert found.core_hours == pytest.approx(500_000 * 2.0 / 3600)
    assert found.readers == 9
    assert found.first_to_end == LINE


def test_what_ends_first_follows_from_the_figures() -> None:
    assert needs(NATION, replace(FIGURES, writer_seconds=1, line_octets=1e9)).first_to_end == WRITER


@given(seasons, figures, st.floats(1, 10))
def test_more_mails_or_slower_parts_never_need_less(season: Season, found: Figures, times: float) -> None:
    before = needs(season, found)
    more = needs(replace(season, mails=round(season.mails * times) + 1), found)
    slower = needs(season, replace(found, read_seconds=found.read_seconds * times))

    for after in (more, slower):
        assert after.core_hours >= before.core_hours
        assert after.readers >= before.readers


@given(seasons, figures)
def test_the_readers_that_are_named_are_through_by_the_end_of_the_last_day(
    season: Season, found: Figures
) -> None:
    assert dict(needs(season, found).parts)["读件"] <= 1


def test_a_replayed_season_is_filed_by_the_end_of_its_last_day_with_the_readers_that_are_named(
    tmp_path: Path,
) -> None:
    """600 mails that each take as much longer as a nation's are more: queues are in the replay, and not in the reckoning."""
    mails, seconds = 600, 286.0
    found = replace(FIGURES, read_seconds=seconds, page_seconds=0.0)
    readers = needs(replace(NATION, mails=mails), found).readers
    costs = Costs(read_seconds=seconds, scanned=0, pages=0, page_seconds=0)

    run = simulate(arrivals(mails, 7), tmp_path, Machines(readers=readers, costs=costs, rate=1e9))

    late = run.filed > DEADLINE.timestamp()
    assert readers > 1
    assert late.sum() <= 5, "those that came in the last minutes"


def test_the_page_tells_the_figures_and_what_follows_from_them() -> None:
    told = page(FIGURES, "某机器", ())

    assert "| 读一封、判一封（没有扫描件），一个核心 | 0.50 秒 |" in told
    assert (
        "| 读件（全季） | 1.1 核时，其中扫描件 0.8 | 9.0 核时，其中扫描件 6.7 | 277.8 核时，其中扫描件 208.3 |"
        in told
    )
    assert f"| 最先用尽的 | {LINE} | {LINE} | {LINE} |" in told
    assert "还没有重放过" in told


def test_a_season_that_was_replayed_before_is_told_and_drawn_without_replaying_it(tmp_path: Path) -> None:
    """As it was kept, to the last figure; with figures that were kept too, nothing is measured."""
    at = DEADLINE.timestamp() - np.array([7200.0, 3600.0, 60.0])
    run = Run(
        arrived=at,
        captured=at + 1,
        filed=at + np.array([60.0, 120.0, 600.0]),
        readers=64,
        wall_seconds=120.0,
        processor_seconds=0.0069,
        register_octets=37_500_000_000,
        disk="ext4 on /dev/sda (/)",
        peak_octets=1,
        states={"filed": 3},
    )
    run.keep(tmp_path / "64.npz")
    (tmp_path / "figures.json").write_text(json.dumps(asdict(FIGURES)), "utf-8")
    docs = tmp_path / "docs"
    wanted = [
        "--figures",
        str(tmp_path / "figures.json"),
        "--runs",
        str(tmp_path / "64.npz"),
        "--note",
        "重放时还没有改过。",
        "--docs",
        str(docs),
    ]

    main(wanted)

    kept = Run.kept(tmp_path / "64.npz")
    assert (kept.filed == run.filed).all()
    assert (kept.readers, kept.states, kept.register_octets) == (64, {"filed": 3}, 37_500_000_000)
    told = (docs / "scale.md").read_text("utf-8")
    assert "## 把 3 封来信重放一遍" in told
    assert (
        "| 64 | 3 封 | 1 封 | 2.0 分钟 | 9.2 分钟 | 10.0 分钟 | 40000.0 毫秒 | 2.3 毫秒 | 37.5 GB | 2 分钟 |"
        in told
    )
    assert told.endswith("\n重放时还没有改过。\n")
    assert (docs / PICTURE).read_bytes().startswith(b"\x89PNG")
