"""20,000 activities, 20,000 parts and 2,000 thumbnails: one file that an office can still open."""

from __future__ import annotations

from pathlib import Path

from bench import workbook

MEGABYTE = 1_000_000


def test_the_largest_season_stays_under_20_mb_and_is_painted_row_by_row(tmp_path: Path) -> None:
    """Painting and checking keep little beside the tables themselves; processor time, so that no other process counts."""
    told = workbook.measured(tmp_path / "full", 20_000, 2_000)

    assert told["size"] < 20 * MEGABYTE
    assert told["peak"] - told["before"] < 150
    assert told["processor"] < 60
