"""Made mails: small, well formed, each with its own time, and nothing of anybody's."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))
FIRST = datetime(2024, 6, 1, 9, 0, tzinfo=BEIJING)


def arrived(number: int) -> datetime:
    """When mail *number* arrived: an hour after the one before."""
    return FIRST + timedelta(hours=number)


def mail(number: int, text: str = "activity report") -> bytes:
    """Mail *number*, with CRLF, a topmost Received that is right and a Date that lies."""
    when = arrived(number).strftime("%a, %d %b %Y %H:%M:%S +0800")
    return (
        f"Received: from a.example by b.example; {when}\r\n"
        "Received: from c.example by a.example; Mon, 01 Jan 2001 00:00:00 +0000\r\n"
        "Date: Tue, 02 Jan 2001 00:00:00 +0000\r\n"
        f"From: unit{number}@example.org\r\nSubject: mail {number}\r\nMessage-ID: <{number}@example.org>\r\n"
        f"\r\n{text} {number}\r\n"
    ).encode()
