"""From figures of one machine to the needs of a season: core-hours, terabytes, hours of each part, and which ends first.

Source: the sizes of a province and of a nation are the issue's; the deadline's peak, a third of all on the last day, too.
Limits: arithmetic. Queues are not in it; the simulation has them. A core is one of the machine that was measured.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

PEAK_SHARE = 1 / 3
"""Share of a season's mails that come on the last day."""
PEAK_HOURS = 9.5
"""Office hours of that day, in which most of them come."""
LEFT_HOURS = 15.5
"""From the hour at which offices open, 8:30, to the end of that day: by then what came must be filed, for staff look at it the next
morning, and before there is next to nothing to read."""
SPARE = 1.5
"""Readers more than just enough, for days that are worse than the mean."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What was measured, a mail or a second of one core, as named.

    read_seconds: core-seconds to read and judge a mail without scans; page_seconds: to recognise a page. pages: of a mail
    with scans. line_octets: a second, from the server over TLS into the archive, durably, one connection. writer_seconds:
    of the one writer for a mail. register_octets: what a mail leaves in the register. compile_seconds, compile_octets:
    time and memory for a thousand filings. reader_octets: memory of one reading process.
    """

    read_seconds: float
    page_seconds: float
    pages: float
    line_octets: float
    writer_seconds: float
    register_octets: float
    compile_seconds: float
    compile_octets: float
    reader_octets: float


@dataclass(frozen=True, kw_only=True)
class Season:
    """What comes. octets: of all mails together. scanned: share of mails with scans, 0..1."""

    name: str
    units: int
    mails: int
    octets: float
    scanned: float


PROVINCE = Season(name="一个省（直辖市）", units=230, mails=2_000, octets=20e9, scanned=0.1)
OFFICE = Season(name="全国分成 31 个省，每省一套", units=3_226, mails=16_129, octets=161e9, scanned=0.1)
NATION = Season(name="全国", units=100_000, mails=500_000, octets=5e12, scanned=0.1)


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What a season takes. Hours are of one core, one line, one writer. parts: at the peak, the share of a day that each
    part is busy with what came on the last day; over 1 it does not end that day.

    readers: processes that are through with the last day's mails by its end, with something to spare.
    """

    reading_hours: float
    scanning_hours: float
    line_hours: float
    writer_hours: float
    compile_hours: float
    compile_octets: float
    archive_octets: float
    register_octets: float
    readers: int
    reader_octets: float
    parts: tuple[tuple[str, float], ...]

    @property
    def core_hours(self) -> float:
        """Of readers, for the whole season."""
        return self.reading_hours + self.scanning_hours

    @property
    def first_to_end(self) -> str:
        """The part that is busiest at the peak, readers left out: of those there may be as many as wanted."""
        return max((part for part in self.parts if part[0] != READERS), key=lambda part: part[1])[0]


LINE, WRITER, READERS, COMPILE = "取信（一条连接）", "登记（唯一的写入者）", "读件", "编工作簿（每小时一份）"


def needs(season: Season, figures: Figures) -> Needs:
    """Reckon what *season* takes, given *figures*."""
    reading = season.mails * figures.read_seconds / 3600
    scanning = season.mails * season.scanned * figures.pages * figures.page_seconds / 3600
    line = season.octets / figures.line_octets / 3600
    writer = season.mails * figures.writer_seconds / 3600
    compiling = season.mails / 1000 * figures.compile_seconds / 3600
    readers = max(1, math.ceil((reading + scanning) * PEAK_SHARE * SPARE / LEFT_HOURS))
    return Needs(
        reading_hours=reading,
        scanning_hours=scanning,
        line_hours=line,
        writer_hours=writer,
        compile_hours=compiling,
        compile_octets=season.mails / 1000 * figures.compile_octets,
        archive_octets=season.octets,
        register_octets=season.mails * figures.register_octets,
        readers=readers,
        reader_octets=readers * figures.reader_octets,
        parts=(
            (LINE, line * PEAK_SHARE / PEAK_HOURS),
            (WRITER, writer * PEAK_SHARE / PEAK_HOURS),
            (READERS, (reading + scanning) * PEAK_SHARE / LEFT_HOURS / readers),
            (COMPILE, compiling),  # of an hour, for one is compiled every hour
        ),
    )
