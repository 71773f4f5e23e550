"""The season as a picture: how many mails wait, and how long they took, hour by hour."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.simulation.arrivals import DAY, DEADLINE
from bench.simulation.season import Run
from pipeline.beijing import BEIJING

HOUR = 3600
SHOWN_DAYS = 10
"""Before the deadline; what was before is too little to be seen."""


def paint(runs: tuple[Run, ...], path: Path) -> None:
    """Draw *runs* of the same arrivals, each with another number of readers, into the file *path* (PNG)."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt
    from matplotlib import ticker

    mpl.rcParams["font.sans-serif"] = ["Noto Sans CJK SC", "Noto Sans CJK JP", "DejaVu Sans"]
    mpl.rcParams["axes.unicode_minus"] = False
    hours = _hours(runs)
    figure, (coming, waiting, latency) = plt.subplots(3, 1, figsize=(11, 9), sharex=True)
    days = [datetime.fromtimestamp(hour, BEIJING).replace(tzinfo=None) for hour in hours]
    coming.step(days[1:], np.histogram(runs[0].arrived, hours)[0], color="0.3")
    coming.set_ylabel("每小时来信（封）")
    for run in runs:
        label = f"{run.readers} 个读件进程"
        waiting.plot(days, _waiting(run, hours), label=label)
        latency.plot(days[1:], _ninety_five(run, hours) / 60, label=label)
    waiting.set_ylabel("到了还没归档（封）")
    latency.set_ylabel("95% 的来信多久归档（分钟）")
    latency.set_yscale("log")
    for write in (latency.yaxis.set_major_formatter, latency.yaxis.set_minor_formatter):
        write(ticker.FuncFormatter(lambda minutes, _: f"{minutes:g}"))
    for part in (coming, waiting, latency):
        part.axvline(DEADLINE.replace(tzinfo=None), color="tab:red", linewidth=1)
        part.grid(alpha=0.3)
    waiting.legend(loc="upper left")
    coming.set_title(f"{len(runs[0].arrived):,} 封来信，三分之一在截止当天（红线为截止）")
    figure.autofmt_xdate()
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _hours(runs: tuple[Run, ...]) -> NDArray[np.float64]:
    end = max(DEADLINE.timestamp() + DAY, *(float(np.nanmax(run.filed)) + HOUR for run in runs))
    return np.arange(DEADLINE.timestamp() - SHOWN_DAYS * DAY, end + HOUR, HOUR)


def _waiting(run: Run, hours: NDArray[np.float64]) -> NDArray[np.int64]:
    come, gone = (np.searchsorted(np.sort(one), hours) for one in (run.arrived, run.filed))
    return np.asarray(come - gone)


def _ninety_five(run: Run, hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """95th percentile of seconds to filing of the mails that came in each hour; NaN where none did."""
    edges = np.searchsorted(run.arrived, hours)
    return np.array([np.percentile(run.latency[a:b], 95) if b > a else np.nan for a, b in pairwise(edges)])
