"""show, read, verify: looking without touching.

Purpose: `show` is the microscope on one mail, stage by stage; `read` reads a file that is not taken in; `verify`
recomputes every digest and the chain.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.chinese import ChineseCommand
from pipeline.commands.options import Accession, DataDir, Json, Office, SettingsFile, give, opened, say
from pipeline.commands.sealing import seal_folders
from pipeline.errors import IntegrityError, UsageError

FileToRead = Annotated[Path, typer.Argument(help="邮件（.eml）或文档", metavar="文件", show_default=False)]


FOUND = {
    "database": "数据库", "trigger": "防改触发器", "chain": "日志", "seal": "封印", "item": "来文登记", "sighting": "见信处",
    "filing": "归档结果", "reading": "读件结果", "correction": "人工更正", "attachment": "补入材料", "gap": "收文号", "blob": "原件",
    "sending": "寄发", "workbook": "工作簿", "material": "取出的材料",
}  # fmt: skip
"""Finding.kind as people read it."""
ALTERED = "库里的副本与摘要不符（被改过）；请删去 material/ 里的这个文件和含它的编次，再运行 shouwen compile 重新取出，原件不受影响"
"""What is said of a file in the store of taken-out material."""


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
    from pipeline import reading as material
    from pipeline import tools
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
        reading = material.read(octets, abilities=tools.abilities(), passwords_given=passwords)
    else:
        reading = material.read_document(octets, file.name, abilities=tools.abilities())
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
    """重算全部摘要、日志链和封印；有任何不符即退出码 4。

    有权改动全部数据的人，如果连同封印一起整个重写，只凭这里的数据看不出来：请用 --seal 给出另处保存的封印来核对。
    """
    with opened(settings, data_dir) as office:
        try:
            seen = _verified(office.existing(), tuple(seal or ()))
        except IntegrityError as error:
            if not as_json:
                raise
            told = {"kind": "database", "subject": str(office.data_dir), "detail": str(error)}
            seen = Verified(findings=(told,), remarks=(), told="")
    if as_json:
        ok = not seen.findings
        give(json.dumps({"ok": ok, "findings": seen.findings, "remarks": seen.remarks}, ensure_ascii=False))
    else:
        for finding in seen.findings:
            give(f"✗ {FOUND.get(finding['kind'], finding['kind'])} {finding['subject']}：{finding['detail']}")
        for remark in seen.remarks:
            give(f"！{remark}")
        say(seen.told + (f"{len(seen.findings)} 处不符" if seen.findings else "全部相符"))
    raise typer.Exit(4 if seen.findings else 0)


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What verify came to. remarks: what it cannot decide or see. told: what was looked at."""

    findings: tuple[dict[str, str], ...]
    remarks: tuple[str, ...]
    told: str


def _verified(office: Office, places: tuple[Path, ...]) -> Verified:
    """Hold everything against everything. places: of seals, besides those of the data folder and of the settings."""
    from outputs.audit import issued, seals
    from outputs.workbook import material

    own, *elsewhere = seal_folders(office)
    given, broken = seals.read(places)
    if places and not given and not broken:
        raise UsageError("--seal 后面没有封印；要写封印文件（seal-*.json）或放封印的目录")
    kept, wrong = seals.read((own, *elsewhere, *places))
    findings = tuple(asdict(finding) for finding in office.register.verify(office.archive, kept))
    findings += tuple({"kind": "seal", "subject": "封印文件", "detail": one} for one in wrong)
    store = office.data_dir / "material"
    books = issued.check(office.data_dir / "workbooks", issued.Logged.of(office.register), store)
    findings += tuple({"kind": "workbook", "subject": one, "detail": fact} for one, fact in books.findings)
    wrong_octets = material.altered(store)
    findings += tuple({"kind": "material", "subject": one, "detail": ALTERED} for one in wrong_octets)
    remarks = office.register.remarks(office.archive, kept) + _lacking(office, (*elsewhere, *places))
    remarks += _learned(office) + books.remarks
    number, digest = office.register.head()
    items, sealed = sum(office.register.count().values()), len(office.register.seals())
    return Verified(
        findings=findings,
        remarks=remarks,
        told=f"查了 {items} 件来文、{number} 条日志、{sealed} 号封印（封印文件 {len(kept)} 份），链头 {digest[:16]}：",
    )


def _learned(office: Office) -> tuple[str, ...]:
    """In what the tables of what was taught differ from the log; a person may have edited them, or somebody else."""
    from pipeline.commands.learning import accounts, teaching_of
    from rules import RulesError

    try:
        return accounts(teaching_of(office))
    except RulesError as error:
        return (f"学习表读不通，没有与日志核对：{error}",)


def _lacking(office: Office, places: tuple[Path, ...]) -> tuple[str, ...]:
    """Say which places of seals are not there or lack some, and that none is outside of the data folder."""
    from outputs.audit import seals

    told = [f"放封印的 {place} 不在，那里的封印没有核对" for place in places if not place.exists()]
    numbers = {seal.number for seal in seals.read(places)[0]}
    missing = sorted({seal.number for seal in office.register.seals()} - numbers)
    if not places:
        told.append(
            "没有另处保存的封印（--seal，或设置 [seal] folder）：若有人连同封印把整个数据目录重写，这次核对看不出来"
        )
    elif missing:
        told.append(f"另处保存的封印里缺第 {'、'.join(map(str, missing))} 号")
    return tuple(told)
