"""The figures that a season is reckoned from, each measured by the benchmark that it has a row of.

Purpose: `measured(folder)`, some minutes on an idle machine.
Source: bench/taking.py (reading, with its memory), bench/ocr.py (pages), bench/mailbox.py (the line, over TLS, from a
Dovecot here), ../simulation (the writer: mails that all come at once), bench/compile.py (the fold of a season).
Limits: server, client and disk are this machine's; what a network or a provider allows is not known here.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from statistics import median

import numpy as np

from bench import compile as compiling
from bench import corpus, mailbox, ocr, season, watched
from bench.scale.reckoning import Figures
from bench.simulation.arrivals import DEADLINE, Arrivals
from bench.simulation.season import Machines, simulate
from bench.simulation.stand_in import Costs
from pipeline.beijing import BEIJING
from tests.mailbox.boxes import dovecot_box

MAILS, QUICK_MAILS = 100, 10
RUSH, QUICK_RUSH = 5_000, 100
PAGES, QUICK_PAGES = 6, 1
PAGES_EACH = 3
"""Pages of a mail that has scans: a stamped report of one page to five."""


def measured(folder: Path, *, quick: bool = False) -> Figures:
    """Measure all of them; what is made for it lies below *folder*. quick: figures of no worth, to see that it works."""
    reading, reader = _reading(folder, QUICK_MAILS if quick else MAILS)
    writer, register = _writer(folder / "writer", QUICK_RUSH if quick else RUSH)
    seconds, octets = _compiling(folder / "compile", quick=quick)
    return Figures(
        read_seconds=reading,
        page_seconds=_page(folder / "pages", QUICK_PAGES if quick else PAGES),
        pages=PAGES_EACH,
        line_octets=_line(folder / "line", quick=quick),
        writer_seconds=writer,
        register_octets=register,
        compile_seconds=seconds,
        compile_octets=octets,
        reader_octets=reader,
    )


def _reading(folder: Path, mails: int) -> tuple[float, float]:
    """Core-seconds of a mail, and the most memory of a reading process.

    By the clock: with `serial` one process works and the others wait, and what a living child used is in no sum yet.
    """
    these = corpus.made(folder, mails)
    serial = watched.run(["-m", "bench.taking", str(these), str(folder / "serial"), "--executor", "serial"])
    pool = watched.run(["-m", "bench.taking", str(these), str(folder / "pool"), "--executor", "processes:1"])
    return json.loads(serial.said)["stages"]["read and judge"] / mails, max(pool.readers) * 1e6


def _page(folder: Path, pages: int) -> float:
    """Core-seconds to recognise a page, its preparation included."""
    folder.mkdir()
    return median(
        ocr.shares([ocr.prepared(ocr.page(number))], folder / str(number)).ours for number in range(pages)
    )


def _line(folder: Path, *, quick: bool) -> float:
    """Octets a second from a server into the archive, over TLS."""
    folder.mkdir()
    with dovecot_box() as box:
        sizes = mailbox.fill(box, mailbox.QUICK_MAILS if quick else mailbox.MAILS)
        seconds = []
        for number in range(1 if quick else 3):
            here = folder / str(number)
            here.mkdir()
            seconds.append(mailbox.captured(here, box, box.address)[0])
    return sum(sizes) / median(seconds)


def _writer(folder: Path, mails: int) -> tuple[float, float]:
    """Seconds of the one writer for a mail, and what it leaves in the register, where all come at once."""
    folder.mkdir()
    at = np.full(mails, DEADLINE.timestamp() - 3600)
    rush = Arrivals(at=at, octets=np.ones(mails, dtype=np.int64))
    no_time = Costs(read_seconds=1e-6, scanned=0, pages=0, page_seconds=0)
    run = simulate(rush, folder, Machines(readers=8, costs=no_time, rate=1e12))
    return run.writer_seconds, run.register_octets / mails


def _compiling(data: Path, *, quick: bool) -> tuple[float, float]:
    """Seconds and octets of memory of a compile, for a thousand filings."""
    size = season.Size().part(10) if quick else season.Size()
    season.fill(data, size)
    told = compiling.large(data)
    return told["wall"] / size.mails * 1000, told["peak"] * 1e6 / size.mails * 1000


def machine(at: datetime) -> str:
    """What it was measured on, in Chinese, one line."""
    from bench.machine import facts

    known = dict(facts(Path()))
    told = [known[name] for name in ("shouwen", "processor", "memory", "disk", "Python")]
    return f"{at.astimezone(BEIJING):%Y年%m月%d日}量于：{'；'.join(told)}。"
