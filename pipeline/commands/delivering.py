"""compile and export: what leaves the system.

Purpose: the fold over all filings, corrections and rules into one workbook; machine-readable exports.
Limits: compile and `export log` read the register only; their path alone goes to stdout.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.chinese import ChineseCommand, ChineseGroup
from pipeline.commands.options import Accession, DataDir, Office, SettingsFile, give, opened, say
from pipeline.commands.revealing import Full, Viewer, allow
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outputs.material import Material
    from pipeline.records import Evaluation, Filed

SOME = 10
"""Accessions that a line names."""

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


def compile_(settings: SettingsFile = None, data_dir: DataDir = None) -> None:
    """编出评价工作簿；标准输出只有它的路径。"""
    with opened(settings, data_dir) as office:
        path = compiled(office.existing())
        office.note("compiled", file=path.name)
    say("已编成工作簿（已重新打开核对）：")
    give(str(path))


def compiled(office: Office) -> Path:
    """Compile the workbook of *office*, put older runs away, and return its path."""
    from outputs import material, runs, workbook

    filed = folded(office, final=True)
    done = workbook.written(
        filed,
        evaluated(office, filed),
        office.rules,
        workbook.Custody.of(office.register),
        folder=office.data_dir / "workbooks",
        material=material_of(office),
    )
    if done.failed:
        some = "、".join(done.failed[:SOME]) + (
            f" 等 {len(done.failed)} 件" if len(done.failed) > SOME else ""
        )
        say(f"有的材料没能取出，表中链接改为指向原件：{some}")
    decided = {one.workbook for one in office.register.corrections() if one.workbook}
    with runs.alone(office.data_dir / "workbooks"), runs.writing(office.data_dir / "workbooks"):
        runs.prune(office.data_dir / "workbooks", decided=decided)
        material.sweep(office.data_dir / "material", filed)
    return done.path


def material_of(office: Office) -> Material:
    """Where the octets behind the workbook's links come from."""
    from outputs import material
    from pipeline import tools

    width = office.settings.executor.partition(":")[2]
    return material.Material(
        archive=office.archive,
        store=office.data_dir / "material",
        width=int(width or 1),
        megabytes=office.settings.limits.megabytes,
        abilities=tools.abilities(),
        passwords=tuple(secret.get_secret_value() for secret in office.settings.archive_passwords),
    )


def folded(office: Office, *, final: bool) -> tuple[Filed, ...]:
    """All mails of the season, in order of accession; as people decided them if *final*."""
    from pipeline.season import season

    corrections = office.register.corrections() if final else ()
    return season(tuple(office.register.filed()), corrections, office.rules)


def evaluated(office: Office, filed: Sequence[Filed]) -> tuple[Evaluation, ...]:
    """The units of the *filed* mails with their points, and those that people gave, as far as they count."""
    from pipeline.evaluate import evaluate
    from pipeline.review import scores

    due = office.settings.review.second_signature
    return evaluate(filed, office.rules, scores(office.register.corrections(), signature_due=due))


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

    from outputs import bag
    from outputs.workbook import release

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
