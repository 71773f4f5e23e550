"""When a mailbox is said to show only its last 30 days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.mailbox.window import narrowed

NOW = datetime(2024, 6, 10, 4, tzinfo=UTC)
OPENED = datetime(2024, 4, 30, 16, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("earliest", "known_earliest", "opened", "expected"),
    [
        (ago(30), ago(40), OPENED, True),
        (ago(5), ago(40), None, True),
        (ago(5), ago(6.5), OPENED, True),
        (ago(5), ago(5.5), OPENED, False),
        (ago(5), ago(5), OPENED, False),
        (ago(27), None, OPENED, True),
        (ago(30), ago(30), OPENED, True),
        (ago(31), None, OPENED, True),
        (ago(26.9), None, OPENED, False),
        (ago(31.1), None, OPENED, False),
        (ago(30), None, ago(30), False),
        (ago(30), None, ago(29), False),
        (ago(30), None, None, False),
        (None, ago(40), OPENED, False),
        (None, None, None, False),
    ],
)
def test_a_window_is_told_by_what_is_missing_or_by_its_age(
    earliest: datetime | None, known_earliest: datetime | None, opened: datetime | None, expected: bool
) -> None:
    said = narrowed(earliest=earliest, known_earliest=known_earliest, opened=opened, now=NOW)

    assert bool(said) is expected


def test_the_words_name_both_days_in_beijing_time_and_the_cure() -> None:
    said = narrowed(
        earliest=datetime(2024, 5, 11, 17, tzinfo=UTC),
        known_earliest=datetime(2024, 5, 1, 15, tzinfo=UTC),
        opened=OPENED,
        now=NOW,
    )

    assert "2024年5月12日" in said
    assert "2024年5月1日" in said
    assert "设置 → 账户 → POP3/IMAP → 收取选项，改为“全部”" in said
