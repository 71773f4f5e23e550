"""move: archive and register to another place, of the same or of another kind.

Purpose: open both places, call `pipeline.keeping`, say what to write into the settings.
Limits: changes no settings file; does not run beside a daemon (exit 75).
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from pipeline.commands.chinese import ChineseCommand
from pipeline.commands.options import DataDir, Json, Office, SettingsFile, give, opened, say
from pipeline.errors import UsageError

LOCAL = "local"
"""How the place in the data folder is called; in the settings it is ""."""
SHOWN_EVERY = 1000

ToArchive = Annotated[
    str,
    typer.Option(
        "--archive",
        help="原件库搬到哪里：s3://桶/前缀，或 local（数据目录的 archive/）",
        metavar="地址",
        show_default=False,
    ),
]
ToRegister = Annotated[
    str,
    typer.Option(
        "--register",
        help="登记簿搬到哪里：postgresql+psycopg://用户@主机/库，或 local（数据目录的 register.db）",
        metavar="地址",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add this family's command to *app*."""
    app.command("move", cls=ChineseCommand)(move)


def move(
    archive: ToArchive = "",
    to_register: ToRegister = "",
    settings: SettingsFile = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """把原件库、登记簿搬到另一种地方：逐件核对摘要，逐表核对行数和内容，到那边再整个核对一遍；原处不动。

    要先停守护。中断了再运行一次即接着搬。搬完按提示改设置，再启动守护。
    """
    from pipeline.keeping import Moving
    from pipeline.worker import only_writer

    with opened(settings, data_dir) as office:
        there = _there(office, archive, to_register)
        with only_writer(office.data_dir):
            moved = Moving(
                archive=office.archive,
                register=office.existing().register,
                year=office.notice.notice.year,
                to_archive=there.archive if archive else None,
                to_register=there.place if to_register else None,
                progress=_progress,
            ).run()
        office.note("moved", archive=archive, register=to_register, head=moved.head)
    lines = _settings(archive, to_register)
    say(
        f"已搬好并核对：原件 {moved.originals} 份（这次抄 {moved.copied} 份、{moved.octets} 字节）"
        + (f"，登记簿 {sum(rows for _, rows in moved.rows)} 行" if moved.rows else "")
        + f"，日志 {moved.events} 条，链头 {moved.head[:16]}"
    )
    say("原处没有动。下一步：在设置文件里写下面的内容，运行 shouwen check 和 shouwen verify，再启动守护：")
    if as_json:
        told = {
            "settings": lines,
            "originals": moved.originals,
            "copied": moved.copied,
            "rows": dict(moved.rows),
        }
        give(json.dumps(told | {"events": moved.events, "head": moved.head}, ensure_ascii=False))
    else:
        for line in lines:
            give(line)


def _there(office: Office, archive: str, register: str) -> Office:
    """The office as it will be."""
    if not archive and not register:
        raise UsageError("没有说搬到哪里；请给出 --archive 或 --register，或两个都给")
    now = office.settings
    wanted = {"archive": archive, "register": register}
    changes = {name: "" if address == LOCAL else address for name, address in wanted.items() if address}
    for name, address in changes.items():
        if address == getattr(now, name):
            raise UsageError(f"{name} 已经在那里（设置里就是“{address or LOCAL}”），没有可搬的")
    there = Office(settings_file=office.settings_file, data_dir_option=office.data_dir_option)
    there.__dict__["settings"] = now.model_copy(update=changes)
    return there


def _settings(archive: str, register: str) -> list[str]:
    told = {"archive": archive, "register": register}
    return [
        f"{name} = {json.dumps('' if address == LOCAL else address)}"
        for name, address in told.items()
        if address
    ]


def _progress(what: str, done: int) -> None:
    """Say now and then how far it is, where somebody looks."""
    if done % SHOWN_EVERY == 0 and sys.stderr.isatty():
        say(f"{datetime.now(UTC):%H:%M:%S} {what} {done}")
