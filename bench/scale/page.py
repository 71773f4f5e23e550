"""docs/scale.md: what a province and a nation need, in Chinese, for whoever buys the machines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from bench.scale.reckoning import NATION, OFFICE, PROVINCE, Figures, Needs, Season, needs
from bench.simulation.season import Run

_Told = Callable[[Season, Needs], str]
"""A cell: what is told of a season and its needs."""

PICTURE = "images/simulation.png"

HEAD = """# 要多大的机器：一个省，一个国家

本页由 `make scale` 写成，不要手改：前半是在一台机器上量出的数，后半由这些数算出，最后是把一季来信重放一遍的结果。
核时是“一个核心工作一小时”，与价钱无关；换一台机器，重跑一遍就有那台机器的数。
"""


def page(figures: Figures, machine: str, runs: Sequence[Run], note: str = "") -> str:
    """Write the page.

    Args:
        figures: what was measured.
        machine: what was measured on.
        runs: replays of the same arrivals; without any the page says so.
        note: what a reader must know of them besides.
    """
    return (
        "\n".join((HEAD, *_measured(figures, machine), *_needed(figures), *_replayed(runs), *_noted(note)))
        + "\n"
    )


def _noted(note: str) -> Iterator[str]:
    if note:
        yield f"\n{note}"


def _measured(figures: Figures, machine: str) -> Iterator[str]:
    yield f"## 量出的数\n\n{machine}\n"
    yield "| 量的是什么 | 数 |\n|---|---|"
    yield f"| 读一封、判一封（没有扫描件），一个核心 | {figures.read_seconds:.2f} 秒 |"
    yield f"| 识别一页扫描件，一个核心 | {figures.page_seconds:.1f} 秒（每封有扫描件的按 {figures.pages:g} 页算） |"
    yield f"| 从邮箱取信并存妥（TLS，一条连接，本机的服务器） | 每秒 {figures.line_octets / 1e6:.0f} MB |"
    yield f"| 登记一封（唯一的写入者，每次提交都落盘） | {figures.writer_seconds * 1000:.1f} 毫秒 |"
    yield f"| 登记簿，每封 | {figures.register_octets / 1e3:.1f} KB |"
    yield (
        f"| 编一份工作簿，每千封 | {figures.compile_seconds:.1f} 秒，内存 {figures.compile_octets / 1e6:.0f} MB |"
    )
    yield f"| 一个读件进程的内存 | {figures.reader_octets / 1e6:.0f} MB |\n"


def _needed(figures: Figures) -> Iterator[str]:
    seasons = (PROVINCE, OFFICE, NATION)
    found = [needs(season, figures) for season in seasons]
    yield "## 算出的需要\n"
    yield f"| | {' | '.join(season.name for season in seasons)} |\n|---|{'---|' * len(seasons)}"
    for name, told in _rows():
        yield f"| {name} | {' | '.join(told(season, need) for season, need in zip(seasons, found, strict=True))} |"
    yield """
“截止当天”一栏是三分之一的信都在这一天来时，各部分忙多大一份：取信和登记按办公时间 9.5 小时算，读件按上班到当天 24 时的 15.5 小时算，
编工作簿按每小时一份算。超过 100% 的，当天做不完；读件不够可以加进程、加机器，其余三样只有一份，最先用尽的就是上限。
全国用一套也算得出来，但一份工作簿装不下，经办人也看不过来；一省一套，各用各的邮箱、登记簿和原件库，互不影响。
"""


def _rows() -> Sequence[tuple[str, _Told]]:
    return (
        ("单位", lambda season, _: f"{season.units:,}"),
        (
            "来信",
            lambda season, _: f"{season.mails:,} 封，{_octets(season.octets)}，{season.scanned:.0%} 有扫描件",
        ),
        (
            "读件（全季）",
            lambda _, need: f"{need.core_hours:,.1f} 核时，其中扫描件 {need.scanning_hours:,.1f}",
        ),
        ("取信（全季）", lambda _, need: f"{need.line_hours:,.2f} 小时"),
        ("登记（全季）", lambda _, need: f"{need.writer_hours:,.2f} 小时"),
        (
            "编一份工作簿",
            lambda _, need: f"{need.compile_hours * 60:,.1f} 分钟，内存 {_octets(need.compile_octets)}",
        ),
        ("原件库", lambda _, need: _octets(need.archive_octets)),
        ("登记簿", lambda _, need: _octets(need.register_octets)),
        ("读件进程", lambda _, need: f"{need.readers} 个，内存 {_octets(need.reader_octets)}"),
        (
            "截止当天",
            lambda _, need: "；".join(f"{name} {share:.0%}" for name, share in need.parts),
        ),
        ("最先用尽的", lambda _, need: need.first_to_end),
    )


def _replayed(runs: Sequence[Run]) -> Iterator[str]:
    if not runs:
        yield "## 把一季来信重放一遍\n\n还没有重放过：写这一页时只量、只算（`--mails 0`）。`make scale` 会重放 500,000 封，要几小时。"
        return
    yield f"## 把 {len(runs[0].arrived):,} 封来信重放一遍\n"
    yield (
        "来信的时间按上面的高峰编造，读件换成只占时间的替身，其余（收信、登记、轮次、每次提交落盘）都是真的程序在跑；"
        "登记用掉的时间照实计，等待的时间跳过。\n"
    )
    yield f"![来信、积压和归档所需的时间]({PICTURE})\n"
    yield "| 读件进程 | 归档 | 最多积压 | 到信至归档：中位 | 95% | 最久 | 登记一封 | 其中处理器 | 登记簿 | 重放用时 |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for run in runs:
        times = " | ".join(_minutes(one) for one in np.percentile(run.latency, [50, 95, 100]))
        writer = f"{run.writer_seconds * 1000:.1f} 毫秒 | {run.processor_seconds / len(run.arrived) * 1000:.1f} 毫秒"
        yield (
            f"| {run.readers} | {run.states.get('filed', 0):,} 封 | {run.most_waiting:,} 封 | {times} "
            f"| {writer} | {_octets(run.register_octets)} | {run.wall_seconds / 60:.0f} 分钟 |"
        )
    yield f"\n登记簿放在：{'；'.join(sorted({run.disk for run in runs}))}。每次提交要等它落盘，“登记一封”因此随它而变。"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:,.1f} 分钟" if seconds < 7200 else f"{seconds / 3600:,.1f} 小时"


def _octets(octets: float) -> str:
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if octets >= size:
            return f"{octets / size:,.1f} {unit}"
    return f"{octets / 1e3:,.1f} KB"
