"""show, read, verify: looking without touching.

Purpose: `show` is the microscope on one mail, stage by stage; `read` reads a file that is not taken in; `verify`
recomputes every digest and the chain.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.chinese import ChineseCommand
from pipeline.commands.options import Accession, DataDir, Json, Office, SettingsFile, give, opened, say
from pipeline.commands.sealing import seal_folders
from pipeline.errors import UsageError

FileToRead = Annotated[Path, typer.Argument(help="邮件（.eml）或文档", metavar="文件", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add this family's commands to *app*."""
    app.command("show", cls=ChineseCommand)(show)
    app.command("read", cls=ChineseCommand)(read)
    app.command("verify", cls=ChineseCommand)(verify)


def show(
    accession: Accession, settings: SettingsFile = None, data_dir: DataDir = None, as_json: Json = False
) -> None:
    """细看一封邮件：每一步得出了什么，依据哪些字句。"""
    import msgspec

    from pipeline.commands import microscope

    with opened(settings, data_dir) as office:
        view = microscope.view(office.existing(), accession)
        if as_json:
            give(msgspec.json.encode(view).decode())
        else:
            microscope.show(view)


def read(
    file: FileToRead, settings: SettingsFile = None, data_dir: DataDir = None, as_json: Json = False
) -> None:
    """读一个邮件或文档文件，但不收进来。"""
    from outputs import export
    from pipeline import intake, tools
    from pipeline.extract import sniff
    from pipeline.parse import is_mail

    try:
        octets = file.read_bytes()
    except OSError as error:
        raise UsageError(f"读不了 {file}：{error.strerror}") from error
    mail = is_mail(sniff(octets, file.name, ""))
    if mail:
        with opened(settings, data_dir) as office:
            passwords = tuple(secret.get_secret_value() for secret in office.settings.archive_passwords)
        reading = intake.read(octets, abilities=tools.abilities(), passwords_given=passwords)
    else:
        reading = intake.read_document(octets, file.name, abilities=tools.abilities())
    shown = export.read_json(reading, kind="mail" if mail else "document")
    if as_json:
        give(export.encode(shown))
    else:
        from pipeline.commands import microscope

        microscope.show_reading(reading)


def verify(
    seal: Annotated[
        list[Path] | None,
        typer.Option("--seal", help="库外保存的封印文件，或放封印的目录；可多次给出", show_default=False),
    ] = None,
    settings: SettingsFile = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """重算每一份原件、登记和更正的摘要、整条日志链和全部封印；有任何不符即退出码 4。

    有权改动全部数据的人，如果连同封印一起整个重写，只凭这里的数据看不出来：请用 --seal 给出另处保存的封印来核对。
    """
    from pipeline.errors import IntegrityError

    with opened(settings, data_dir) as office:
        try:
            findings, told = _verified(office.existing(), tuple(seal or ()))
        except IntegrityError as error:
            if not as_json:
                raise
            findings, told = [{"kind": "database", "subject": str(office.data_dir), "detail": str(error)}], ""
    if as_json:
        give(json.dumps({"ok": not findings, "findings": findings}, ensure_ascii=False))
    else:
        for finding in findings:
            give(f"✗ {finding['kind']} {finding['subject']}：{finding['detail']}")
        say(told + (f"{len(findings)} 处不符" if findings else "全部相符"))
        if not seal:
            say("没有给出另处保存的封印（--seal）：若有人连同封印把整个数据目录重写，这次核对看不出来")
    raise typer.Exit(4 if findings else 0)


def _verified(office: Office, places: tuple[Path, ...]) -> tuple[list[dict[str, str]], str]:
    """All findings, and what was looked at. places: of seals, besides those of the data folder and of the settings."""
    from outputs import seals

    for place in places:
        if not place.exists():
            raise UsageError(f"没有 {place}；--seal 后面要写封印文件（seal-*.json）或放封印的目录")
    kept = seals.kept((*seal_folders(office), *places))
    found = [
        {"kind": finding.kind, "subject": finding.subject, "detail": finding.detail}
        for finding in office.register.verify(office.archive, kept)
    ]
    number, digest = office.register.head()
    items = sum(office.register.count().values())
    sealed = f"{len(office.register.seals())} 号封印（库外 {len(kept)} 份）"
    return found, f"查了 {items} 件来文、{number} 条日志、{sealed}，链头 {digest[:16]}："
