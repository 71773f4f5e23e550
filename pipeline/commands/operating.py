"""status, daily: how it stands, for whoever keeps it running.

Purpose: `status` says the colour, then each subject with its cure; `daily` is one paragraph, trouble first.
Source: exit codes of status: 0 green or yellow; 4 the register is damaged; 69 mails are not collected; 75 other red.
Limits: both only look; status opens nothing that could keep it waiting, and works while the register is broken.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from pipeline import beijing
from pipeline.beijing import BEIJING
from pipeline.commands.chinese import ChineseCommand
from pipeline.commands.options import DataDir, Json, Office, SettingsFile, give, opened
from pipeline.errors import ShouwenError, UsageError
from pipeline.health import Colour, Facts, Health, Known, gather, judge, status_file
from pipeline.health.gathering import programs
from pipeline.health.reader import UnreadError
from rules import RulesError

MARKS = {Colour.GREEN: "✓", Colour.YELLOW: "！", Colour.RED: "✗"}


def register(app: typer.Typer) -> None:
    """Add this family's commands to *app*."""
    app.command("status", cls=ChineseCommand)(status)
    app.command("daily", cls=ChineseCommand)(daily)


def status(settings: SettingsFile = None, data_dir: DataDir = None, as_json: Json = False) -> None:
    """现状：先说颜色，再逐项说事实和办法。

    退出码：0 绿或黄；4 登记簿损坏；69 收不到件；75 其他红色。
    """
    with opened(settings, data_dir) as office:
        facts, health = look(_begun(office), datetime.now(UTC))
    if as_json:
        give(json.dumps(status_file.content(health, facts), ensure_ascii=False))
    else:
        give(f"{status_file.headline(health)}（{beijing.second(health.at)}）")
        for line in health.lines:
            give(
                f"{MARKS[line.state]} {line.subject}：{line.fact}"
                + (f"\n    办法：{line.cure}" if line.cure else "")
            )
    raise typer.Exit(health.exit_code)


def daily(
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date",
            help="哪一天（北京时间），如 2024-06-10；默认今天",
            formats=["%Y-%m-%d"],
            show_default=False,
        ),
    ] = None,
    settings: SettingsFile = None,
    data_dir: DataDir = None,
) -> None:
    """日报：一段话，先说问题，再说收了多少、还差多少。"""
    now = datetime.now(UTC)
    with opened(settings, data_dir) as office:
        give(daily_text(_begun(office), now, day.date() if day else None).rstrip())


# ------------------------------------------------------------ for the daemon


def look(office: Office, at: datetime) -> tuple[Facts, Health]:
    """Gather and judge at *at*; what only the daemon knows, it left in status.json."""
    seal_trouble = status_file.seal_trouble(office.data_dir)
    compile_trouble, since = status_file.compile_trouble(office.data_dir)
    known = replace(
        known_of(office),
        tools=programs(),
        seal_trouble=seal_trouble,
        compile_trouble=compile_trouble,
        compile_since=since,
    )
    facts = gather(office.data_dir, known, office.place)
    known = replace(facts.known, window=window(office, facts, at), learned=_learned(office, facts))
    facts = replace(facts, known=known)
    return facts, judge(facts, at)


def known_of(office: Office) -> Known:
    """Say what the settings and the rules tell; the daemon adds its basis, its tools, the window and seal trouble."""
    try:
        digest = office.rules.digest
    except RulesError:
        digest = ""
    return Known(poll_seconds=office.settings.poll_seconds, rules=digest)


def daily_text(office: Office, at: datetime, day: date | None = None) -> str:
    """Write the 日报 of *day* (Beijing's; None: that of *at*), with what stands at *at*."""
    from pipeline.health.daily import deeds, paragraph

    facts, health = look(office, at)
    try:
        done = deeds(office.place, day or beijing.day(at), at)
    except UnreadError:
        done = None
    return paragraph(facts, health, done, _unsent(office) if done else None)


def keep_daily(office: Office, at: datetime) -> Path:
    """Write the 日报 of the Beijing day of *at* into the log folder and return its path.

    Raises:
        TransientError: the disk refuses.
    """
    from pipeline import durable
    from pipeline.errors import TransientError

    folder = office.data_dir / "logs"
    path = folder / f"日报-{beijing.day(at)}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        durable.write(path, daily_text(office, at).encode())
    except OSError as error:
        raise TransientError(f"日报 {path} 写不进去（{error.strerror}）；请检查磁盘空间和权限") from error
    return path


def tell_daily(office: Office, at: datetime) -> str:
    """Do `keep_daily`, where the daemon has it done aside."""
    return str(keep_daily(office, at))


def window(office: Office, facts: Facts, at: datetime) -> str | None:
    """Say which folders seem to show only their last 30 days, as the worker does; None where that cannot be told."""
    from pipeline.mailbox.window import narrowed

    if facts.contents is None or not facts.known.rules:
        return None
    begun = datetime.combine(office.rules.notice.period_start, time(), BEIJING)
    told = (
        (
            one.name,
            narrowed(
                earliest=one.earliest, known_earliest=one.known_earliest, opened=begun, now=one.success or at
            ),
        )
        for one in facts.contents.folders
        if one.current
    )
    return "；".join(f"文件夹 {name}：{words}" for name, words in told if words)


def _learned(office: Office, facts: Facts) -> str | None:
    """In what the tables of what was taught differ from the log; None where that cannot be told, or nothing was taught."""
    if facts.contents is None or not (facts.contents.taught or office.learned.exists()):
        return None
    from pipeline.keeping.lessons import Learned
    from pipeline.keeping.standing import unaccounted

    try:
        lessons = Learned(folder=office.learned).lessons(office.notice)
    except RulesError as error:
        return f"读不通，来件都判不了：{error}"
    return "；".join(unaccounted(lessons, facts.contents.taught))


def _unsent(office: Office) -> int | None:
    """How many units of the roster have not sent, as the workbook counts them; None where it cannot be told."""
    from pipeline.commands.compiling import seen

    try:
        evaluations = seen(office).evaluations
    except (ShouwenError, RulesError):
        return None
    return sum(1 for one in evaluations if one.in_roster and not one.accessions)


def _begun(office: Office) -> Office:
    """Return this office; refuse in Chinese where nothing was ever taken in. A register that is gone is another matter."""
    left = ("register.db", "archive", status_file.NAME)
    if office.register_file and not any((office.data_dir / name).exists() for name in left):
        raise UsageError(
            f"{office.data_dir} 里没有登记簿；先运行 shouwen once 收件，或用 --data-dir 指明数据目录"
        )
    return office
