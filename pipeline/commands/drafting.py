"""dossier and report: what staff hand on at the end of a season, as folders and as a Word draft.

Purpose: 卷宗 (originals under normal names) and 汇总报告 (each number a cell of the workbook).
Limits: register and archive are read only; nothing is sent. Their path alone goes to stdout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands import named
from pipeline.commands.chinese import ChineseCommand
from pipeline.commands.compiling import folded, material_of, seen
from pipeline.commands.options import DataDir, Office, SettingsFile, give, opened, say
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.records import Filed

Folder = Annotated[
    Path, typer.Argument(help="放到哪个文件夹：不存在的或空的", metavar="文件夹", show_default=False)
]
By = Annotated[str, typer.Option("--by", help="按什么分卷：unit 单位，category 活动类别")]
Unit = Annotated[str, typer.Option("--unit", help="只要这个单位的：全称或简称", show_default=False)]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="写到哪个 .docx 文件；默认放在数据目录的 reports 里", show_default=False),
]
SOME = 5
"""Parts that are named."""


def register(app: typer.Typer) -> None:
    """Add this family's commands to *app*."""
    app.command("dossier", cls=ChineseCommand)(dossier)
    app.command("report", cls=ChineseCommand)(report)


def dossier(
    folder: Folder,
    by: By = "unit",
    unit: Unit = "",
    settings: SettingsFile = None,
    data_dir: DataDir = None,
) -> None:
    """立卷：一个单位（或一类活动）一个文件夹，原件改用规范文件名，附卷内目录、对照表和摘要。"""
    from outputs import dossier as dossiers
    from outputs.custody import Custody

    if by not in ("unit", "category"):
        raise UsageError(f"--by 只能是 unit 或 category，不能是 {by}")
    with opened(settings, data_dir) as office:
        filed = folded(office.existing(), final=True)
        order = dossiers.Order(
            by=by,
            unit=named.unit(unit, filed, office.rules) if unit else "",
            as_of=Custody.of(office.register).as_of,
            pages=_pages(office, filed),
        )
        wanted = [one for one in filed if not order.unit or _concerns(one, order.unit)]
        done = dossiers.write(filed, office.rules, order, _octets(office, wanted), folder=folder)
        office.note("dossier", by=by)
    if done.absent:
        more = f" 等 {len(done.absent)} 个" if len(done.absent) > SOME else ""
        say(f"有的文件没能取出，卷内目录里已注明，原邮件在卷内：{'、'.join(done.absent[:SOME])}{more}")
    say(f"已立 {done.folders} 卷、{done.files} 个文件；含个人信息，没有遮盖，请妥善保管")
    say("核对：进入文件夹，运行 sha256sum -c sha256sums.txt")
    give(str(folder))


def report(out: Out = None, settings: SettingsFile = None, data_dir: DataDir = None) -> None:
    """起草汇总报告（Word 草稿）；每个数字都取自评价工作簿的单元格，文末有出处表。

    例：shouwen report --out 汇总报告.docx
    """
    from outputs import report as reports
    from outputs.tables import tables
    from pipeline import release

    if out is not None and out.suffix.lower() != ".docx":
        raise UsageError(f"报告是 Word 文件，{out} 的扩展名不是 .docx；请改成 .docx")
    with opened(settings, data_dir) as office:
        now = seen(office.existing())
        as_of = now.custody.as_of
        sheets = tables(now.filed, now.evaluations, office.rules, now.custody, release=release())
        draft = reports.draft(sheets, office.rules, as_of)
        target = out or office.data_dir / "reports" / reports.name(as_of)
        path = reports.write(draft, target, exact=out is not None)
        office.note("report", file=path.name)
    say(f"已起草（草稿，未经审核；{len(draft.used)} 个数字都取自工作簿，黄底处请经办人填写）：")
    give(str(path))


# ---------------------------------------------------------------- what the dossier asks


def _concerns(one: Filed, unit: str) -> bool:
    """Whether something of the mail may lie with *unit*."""
    filing = one.filing
    return filing is not None and unit in (
        filing.identification.best,
        *(each.unit for each in filing.behalf),
        *(each.unit for each in filing.activities),
    )


def _pages(office: Office, filed: Sequence[Filed]) -> dict[tuple[str, str], int]:
    """The number of pages of each part, as its reader counted them; one of a picture."""
    found = {}
    for one in filed:
        reading = office.register.latest_reading(one.item.sha256)
        for document in reading.documents if reading else ():
            if document.pages:
                found[one.item.accession, document.part] = document.pages
        for picture in one.filing.pictures if one.filing else ():
            found[one.item.accession, picture.part] = max(1, picture.frames)
    return found


def _octets(office: Office, filed: Sequence[Filed]) -> Callable[[str], Mapping[str, bytes]]:
    """Take the parts of these mails out, and give them mail by mail."""
    from outputs.workbook import material, runs, stored

    source = material_of(office)
    workbooks = office.data_dir / "workbooks"
    with runs.alone(workbooks), runs.writing(workbooks):
        material.gather(filed, office.register.attachments(), source)
    mails = {one.item.accession: one for one in filed}

    def octets_of(accession: str) -> dict[str, bytes]:
        one = mails[accession]
        there = {"": source.archive.get(one.item.sha256)}
        for part in one.filing.parts if one.filing else ():
            if not part.size:
                there[part.path] = b""
            elif stored.holds(source.store, part.sha256, part.size):
                there[part.path] = (source.store / part.sha256).read_bytes()
        return there

    return octets_of
