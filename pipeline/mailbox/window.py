"""Whether a server shows only the last 30 days of a mailbox: QQ and foxmail do until their owner says otherwise.

Purpose: `narrowed(…) -> str`, for `check` and for every poll; our season is longer than such a window.
Source: reports about QQ's 收取选项 (the default is 最近30天).
Limits: told by dates alone. A mailbox whose owner removed its old mails, or that got its first mail four weeks ago,
looks the same; the words say so. A folder that is empty, or whose oldest mail has no date, tells nothing. Within the
first 26 days of a season nothing is cut off yet and nothing is said.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.beijing import BEIJING

SLACK = timedelta(days=1)
"""How much older than all that is visible a captured mail must be: days end differently there and here."""
WINDOW_DAYS = (27, 31)
"""Age of the oldest visible mail that smells of a window of 30 days: a day may pass without a mail, or three."""

CURE = (
    "QQ/foxmail 邮箱请到网页邮箱 设置 → 账户 → POP3/IMAP → 收取选项，改为“全部”；"
    "如果更早的邮件本来就没有或已被删去，可不理会"
)


def narrowed(
    *, earliest: datetime | None, known_earliest: datetime | None, opened: datetime | None, now: datetime
) -> str:
    """Say in Chinese, with the cure, that the server seems to show only the last 30 days; "" if it does not.

    Args:
        earliest: arrival of the oldest mail that the folder shows; None if it shows none, or does not say.
        known_earliest: arrival of the oldest mail that was ever captured from this folder; None if none was.
        opened: when collecting began (the notice's period); None if that is not known.
        now: the time of the look. All four with a zone.
    """
    if earliest is None:
        return ""
    shown = f"服务器上最早只看得到 {_day(earliest)} 的邮件"
    if known_earliest is not None and known_earliest < earliest - SLACK:
        return (
            f"{shown}，而此前从这个文件夹收过 {_day(known_earliest)} 的：服务器多半只给看最近 30 天。{CURE}"
        )
    low, high = WINDOW_DAYS
    if (
        opened is not None
        and opened < earliest - SLACK
        and timedelta(low) <= now - earliest <= timedelta(high)
    ):
        return f"{shown}，收件自 {_day(opened)} 开始：服务器多半只给看最近 30 天，更早的收不到。{CURE}"
    return ""


def _day(when: datetime) -> str:
    local = when.astimezone(BEIJING)
    return f"{local.year}年{local.month}月{local.day}日"
