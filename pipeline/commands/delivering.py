"""compile and export: what leaves the system.

Purpose: the fold over all filings, corrections and rules into one workbook; machine-readable exports.
Limits: compile writes one event, `export log` only reads the register; their path alone goes to stdout.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from pipeline import beijing
from pipeline.commands.chinese import ChineseCommand, ChineseGroup
from pipeline.commands.compiling import compiled, folded
from pipeline.commands.options import Accession, DataDir, SettingsFile, give, opened, say
from pipeline.commands.revealing import Full, Viewer, allow
from pipeline.errors import UsageError

AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        help="快照：那一刻的情况（邮箱那时已收到的来件、那时已作的人工决定），北京时间，如 2024-06-20 24:00",
        metavar="时间",
        show_default=False,
    ),
]
Compare = Annotated[
    str | None,
    typer.Option(
        "--compare",
        help="加一张“变化”表：与另一时刻相比变了什么；写法同 --as-of",
        metavar="时间",
        show_default=False,
    ),
]
Format = Annotated[str, typer.Option("--format", help="输出格式：jsonl")]
Originals = Annotated[bool, typer.Option("--originals", help="连同每封邮件的原件（原件不遮盖）")]
Folder = Annotated[
    Path, typer.Argument(help="放到哪个文件夹：不存在的或空的", metavar="文件夹", show_default=False)
]
Final = Annotated[bool, typer.Option("--final", help="套用人工更正（默认只给机器判断）")]


def register(app: typer.Typer) -> None:
    """Add this family's commands to *app*."""
    app.command("compile", cls=ChineseCommand)(compile_)
    group = typer.Typer(cls=ChineseGroup, help="导出，供别的程序使用。", no_args_is_help=True)
    group.command("filings", cls=ChineseCommand)(filings)
    group.command("text", cls=ChineseCommand)(text)
    group.command("log", cls=ChineseCommand)(log)
    app.add_typer(group, name="export")


def compile_(
    as_of: AsOf = None, compare: Compare = None, settings: SettingsFile = None, data_dir: DataDir = None
) -> None:
    """编出评价工作簿；标准输出只有它的路径。

    每次一个文件夹：数据目录/workbooks/统计截止/。填好里面工作簿（或副本）的黄色格，用 shouwen review import 收回来。

    例：shouwen compile --as-of "2024-06-20 24:00" --compare "2024-06-10 24:00"
    """
    from pipeline.earlier import moment

    at, other = moment(as_of) if as_of else None, moment(compare) if compare else None
    for one in (at, other):
        if one is not None and one > datetime.now(UTC) + timedelta(days=1):
            raise UsageError(f"{beijing.second(one)} 还没有到，编不出那时的工作簿；请写今天或以前的时刻")
    with opened(settings, data_dir) as office:
        path = compiled(office.existing(), at, other)
        office.note("compiled", file=path.name)
    say("已编成工作簿（已重新打开核对）：")
    give(str(path))


def filings(
    settings: SettingsFile = None,
    data_dir: DataDir = None,
    format_: Format = "jsonl",
    final: Final = False,
) -> None:
    """每封邮件一行 JSON，按收文号排列（格式见 docs/export.md）。"""
    from outputs import export

    if format_ != "jsonl":
        raise UsageError(f"不支持格式 {format_}；现有 jsonl")
    with opened(settings, data_dir) as office:
        for line in export.filings(folded(office.existing(), final=final)):
            give(export.encode(line))
        office.note("exported", kind="filings")


def text(accession: Accession, settings: SettingsFile = None, data_dir: DataDir = None) -> None:
    """一封邮件读出的文字：每块一行 JSON。"""
    from outputs import export

    with opened(settings, data_dir) as office:
        register = office.existing().register
        reading = register.latest_reading(register.item(accession).sha256)
        if reading is None:
            raise UsageError(f"{accession} 还没有读过；先运行 shouwen once")
        for line in export.text(reading):
            give(export.encode(line))
        office.note("exported", kind="text", accession=accession)


def log(
    folder: Folder,
    full: Full = False,
    by: Viewer = "",
    originals: Originals = False,
    settings: SettingsFile = None,
    data_dir: DataDir = None,
) -> None:
    """收件日志的副本，交审计人员用 verify_log.py 自行核对（格式见 docs/audit.md）；个人信息默认遮盖。"""
    from datetime import UTC, datetime

    from outputs.audit import bag
    from pipeline import release

    with opened(settings, data_dir) as office:
        allow(office.existing(), "export log", full=full, by=by)
        ledger = office.existing().register.ledger()
        order = bag.Order(
            release=release(),
            at=datetime.now(UTC),
            full=full,
            originals=office.archive if originals else None,
        )
        bag.write(ledger, order, folder=folder)
        office.note("exported", kind="log")
    if originals:
        say("原件含个人信息，没有遮盖，请妥善保管")
    say(
        f"已导出 {len(ledger.events)} 条日志、{len(ledger.items)} 件来文；核对：python verify_log.py {folder}"
    )
    give(str(folder))
