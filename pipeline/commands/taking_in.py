"""once, run: taking mails in.

Purpose: wire mailbox, archive, register, rules and executor to the worker; show progress to a person at a terminal.
Limits: all writing is the worker's; a second writer is refused by an OS lock (exit 75).
"""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.chinese import ChineseCommand
from pipeline.commands.options import STATES, DataDir, Json, Office, SettingsFile, give, opened, say
from pipeline.errors import SettingsError
from pipeline.records import State
from pipeline.stop import Stop

if TYPE_CHECKING:
    from pipeline.mailbox import Source
    from pipeline.register import Poll
    from pipeline.worker import Worker

REMEMBERED = "remembered"
"""Folder of what recognisers said of pictures, and of trained judges, below the data folder; it may be emptied at any time."""

Mailbox = Annotated[
    str | None,
    typer.Option(
        "--mailbox",
        help="收件来源：imaps:// 或 imap:// 地址，或 .eml 目录、Maildir；默认按设置",
        show_default=False,
    ),
]
Executor = Annotated[
    str | None,
    typer.Option(
        "--executor", help="serial、processes:N 或 dask:tls://主机:端口；默认按设置", show_default=False
    ),
]


STOP_SECONDS = 4.7
"""How long a stop may take; service managers and people are promised five seconds."""


def register(app: typer.Typer) -> None:
    """Add this family's commands to *app*."""
    app.command("once", cls=ChineseCommand)(once)
    app.command("run", cls=ChineseCommand)(run)


def once(
    mailbox: Mailbox = None,
    executor: Executor = None,
    settings: SettingsFile = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """收一次件，并办到没有待办为止。"""
    from pipeline.commands.operating import look

    with (
        opened(settings, data_dir) as office,
        open_source(office, mailbox) as source,
        working(office, executor) as worker,
    ):
        try:
            with _progress() as show:
                polls, _ = worker.once(source, show)
        finally:
            _daily(office)
        counts = office.register.count()
        window = look(office, datetime.now(UTC))[0].known.window
        if window:
            say(f"！{window}")
    if as_json:
        states = {state.value: counts.get(State(state), 0) for state in State}
        sums = {
            name: sum(getattr(poll, name) for poll in polls)
            for name in ("new", "fetched", "refused", "captured")
        }
        give(json.dumps(sums | {"states": states}, ensure_ascii=False))
    else:
        say(_took(polls) + "；" + _standing(counts))
    raise typer.Exit(3 if counts.get(State.HELD) else 0)


def run(
    mailbox: Mailbox = None,
    executor: Executor = None,
    settings: SettingsFile = None,
    data_dir: DataDir = None,
) -> None:
    """守护运行：定时收件、办理，直到收到 SIGTERM 或 Ctrl-C。"""
    from pipeline.commands.watching import watched

    stop = _told_to_stop()
    with (
        opened(settings, data_dir) as office,
        open_source(office, mailbox) as source,
        working(office, executor) as worker,
        watched(office, worker) as watch,
    ):
        say(f"开始守护：每 {office.settings.poll_seconds} 秒收一次，数据在 {office.data_dir}")
        worker.run(source, every_seconds=office.settings.poll_seconds, stop=stop, duties=watch.duties())
    say("已停止")


def _told_to_stop() -> Stop:
    """Give the event that SIGTERM and Ctrl-C set; whatever still hangs then is left after some seconds.

    Leaving is no loss: what is written is durable, and an attempt that was cut off is not charged.
    """
    from pipeline.health import notify

    stop = Stop()

    def told(*_: object) -> None:
        stop.set()
        notify.stopping()
        leaving = threading.Timer(STOP_SECONDS, _leave)
        leaving.daemon = True
        leaving.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    return stop


def _leave() -> None:
    say("停止时还有没办完的，已中断；下次启动时接着办（读件进程里的不计次数）")
    os._exit(0)


def _daily(office: Office) -> None:
    """Do what is due of the day."""
    from pipeline.commands.sealing import seal_if_due

    if seal_if_due(office, datetime.now(UTC)):
        say(f"今日封印已存：第 {office.register.seals()[-1].number} 号")


@contextmanager
def open_source(office: Office, mailbox: str | None) -> Iterator[Source]:
    """Open the mailbox that the option or the settings name."""
    from pipeline import settings
    from pipeline.mailbox import open_mailbox

    wanted = office.settings.mailbox
    url = mailbox or wanted.url
    if not url:
        raise SettingsError("没有指明收件来源：用 --mailbox，或在设置文件的 [mailbox] 里写 url")
    source = open_mailbox(
        url,
        user=wanted.user,
        password=settings.password(office.settings),
        folders=wanted.folders,
        timeout_seconds=wanted.timeout_seconds,
        ca_file=wanted.ca_file,
        junk=wanted.junk,
        login_gap_seconds=wanted.login_gap_seconds,
        state_file=office.data_dir / "logins.json",
    )
    try:
        yield source
    finally:
        source.close()


@contextmanager
def working(office: Office, executor: str | None, *, writing: bool = True) -> Iterator[Worker]:
    """Open the worker of *office*, as the only writer unless nothing is to be written."""
    from pipeline import tools
    from pipeline.commands.clustering import certificates
    from pipeline.executor import open_executor
    from pipeline.worker import Worker, only_writer

    limits = office.settings.limits
    pool_wanted = executor or office.settings.executor
    with (
        only_writer(office.data_dir) if writing else nullcontext(),
        office.register.alone() if writing else nullcontext(),
        open_executor(
            pool_wanted,
            seconds=limits.seconds,
            megabytes=limits.megabytes,
            certificates=certificates(office),
            wait_seconds=office.settings.cluster.wait_seconds,
        ) as pool,
    ):
        office.register.require_sound()
        yield Worker(
            archive=office.archive,
            register=office.register,
            rules=office.rules,
            executor=pool,
            abilities=tools.abilities(),
            clock=lambda: datetime.now(UTC),
            passwords=tuple(secret.get_secret_value() for secret in office.settings.archive_passwords),
            remembered=str((office.data_dir / REMEMBERED).resolve()) if writing else "",
        )


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Give a function (done, of) that moves a bar on stderr; silent where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("办理"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("办理", total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)


def _took(polls: Sequence[Poll]) -> str:
    """Say what one poll brought."""
    captured, fetched = sum(poll.captured for poll in polls), sum(poll.fetched for poll in polls)
    refused = sum(poll.refused for poll in polls)
    return (
        f"新收 {captured} 件"
        + (f"（另有 {fetched - captured} 封与已收的完全相同，不另立收文号）" if fetched > captured else "")
        + (f"，{refused} 封没有取到，下次再取" if refused else "")
    )


def _standing(counts: dict[State, int]) -> str:
    return (
        "共 "
        + str(sum(counts.values()))
        + " 件："
        + "，".join(f"{name} {counts.get(State(state), 0)}" for state, name in STATES.items())
    )
