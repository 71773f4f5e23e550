"""cluster scheduler, cluster reader: what runs on the machines that read for a daemon.

Purpose: one settings file says it all: `executor = "dask:tls://…"` where the scheduler is, `[cluster]` this machine's
certificates, `[s3]` how it reaches the shared archive.
Source: ../../docs/cluster.md.
Limits: both run until they are told to stop; neither opens register, archive folder or mailbox.
"""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.chinese import ChineseCommand, ChineseGroup
from pipeline.commands.machine import Line
from pipeline.commands.options import DataDir, Office, SettingsFile, opened, say
from pipeline.errors import SettingsError, ShouwenError

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.archive import Archive, Key
    from pipeline.executor import Certificates
    from pipeline.executor.certificates import Place

CHECK_SECONDS = 10
"""How long `check` waits for a cluster."""

Listen = Annotated[
    str | None,
    typer.Option("--listen", help="在哪个地址上监听；默认 tls 为所有地址，tcp 为本机", show_default=False),
]
Lost = Annotated[
    int,
    typer.Option(
        "--lost-seconds", min=5, max=3600, help="读件机多少秒没有动静即当作失联，它手里的改由别的机器读"
    ),
]
Width = Annotated[
    int | None,
    typer.Option("--width", min=1, max=256, help="同时读几封；默认为本机核数", show_default=False),
]
Name = Annotated[
    str | None, typer.Option("--name", help="在提示和日志里叫什么；默认为主机名", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Add this family's commands to *app*."""
    group = typer.Typer(
        help='别的机器帮着读件：调度，读件机（设置 executor = "dask:tls://主机:端口"）。',
        cls=ChineseGroup,
        no_args_is_help=True,
    )
    group.command("scheduler", cls=ChineseCommand)(scheduler)
    group.command("reader", cls=ChineseCommand)(reader)
    app.add_typer(group, name="cluster")


def scheduler(
    listen: Listen = None,
    lost_seconds: Lost = 60,
    settings: SettingsFile = None,
    data_dir: DataDir = None,
) -> None:
    """运行调度，直到收到 SIGTERM 或 Ctrl-C；一个集群一个，通常与守护在同一台机器上。"""
    from pipeline.executor.certificates import Place
    from pipeline.executor.serving import schedule

    with opened(settings, data_dir) as office:
        place = _place(office)
        host = listen or ("0.0.0.0" if place.protocol == "tls" else place.host)  # noqa: S104 - TLS, both sides
        here = Place.of(f"dask:{place.protocol}://{host}:{place.port}")
        schedule(here, certificates(office), lost_seconds=lost_seconds, tell=say)
    say("调度已停止")


def reader(
    width: Width = None,
    name: Name = None,
    settings: SettingsFile = None,
    data_dir: DataDir = None,
) -> None:
    """运行读件机，直到收到 SIGTERM 或 Ctrl-C；每台帮着读件的机器上一个。"""
    from pipeline.executor.serving import Reading, read
    from pipeline.private_folder import sweep

    sweep()
    with opened(settings, data_dir) as office:
        reading = Reading(
            name=name or platform.node() or "未名",
            width=width or len(os.sched_getaffinity(0)),
            get=_getter(office),
        )
        read(_place(office), certificates(office), reading, tell=say)
    say("读件机已停止")


def certificates(office: Office) -> Certificates:
    """The certificates of the settings.

    Raises:
        SettingsError: others may read the key.
    """
    from pipeline.executor import Certificates

    wanted = office.settings.cluster
    if wanted.key_file is not None:
        _require_secret(wanted.key_file)
    return Certificates(
        ca_file=wanted.ca_file, certificate_file=wanted.certificate_file, key_file=wanted.key_file
    )


def line(office: Office) -> Line:
    """What `check` says of the cluster: who reads, who may not and why."""
    from pipeline.executor.cluster import open_cluster
    from pipeline.worker.one_mail import prepare

    limits = office.settings.limits
    try:
        with open_cluster(
            office.settings.executor,
            seconds=limits.seconds,
            megabytes=limits.megabytes,
            certificates=certificates(office),
            wait_seconds=CHECK_SECONDS,
        ) as cluster:
            cluster.ready(prepare)
            fact = f"{len(cluster.machines)} 台读件机，同时读 {cluster.width} 封"
            refused = "；".join(cluster.refused)
    except ShouwenError as error:
        return Line(
            subject="读件集群",
            state="bad",
            fact=str(error),
            cure='按提示处理后再运行 shouwen check；急用时可先改 executor = "processes:N" 在本机读',
        )
    if refused:
        return Line(subject="读件集群", state="warn", fact=fact, cure=refused)
    return Line(subject="读件集群", state="ok", fact=fact)


def _place(office: Office) -> Place:
    from pipeline.executor.certificates import Place

    if not office.settings.executor.startswith("dask:"):
        raise SettingsError(
            f'设置里 executor = "{office.settings.executor}"；调度和读件机要写 executor = "dask:tls://调度的主机:端口"'
        )
    return Place.of(office.settings.executor)


def _getter(office: Office) -> Callable[[Key], bytes]:
    """Give what fetches octets from the shared archive that a key names, with this machine's own credentials."""
    from pipeline.archive import open_archive

    archives: dict[str, Archive] = {}
    lock = threading.Lock()

    def get(key: Key) -> bytes:
        with lock:
            if key.address not in archives:
                archives[key.address] = open_archive(
                    key.address, folder=office.data_dir / "archive", key=office.access
                )
        return archives[key.address].get(key.sha256)

    return get


def _require_secret(file: Path) -> None:
    from pipeline.settings import GUARDED, OTHERS

    if not file.exists() or any(file.absolute().is_relative_to(one) for one in GUARDED):
        return
    mode = file.stat().st_mode & 0o777
    if mode & OTHERS:
        raise SettingsError(f"集群私钥 {file} 别人也能读（权限 {mode:o}）；请运行 chmod 600 {file}")
