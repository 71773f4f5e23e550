"""papers: 回执, 补正单, 催报 as drafts, and their sending where settings turn it on.

Purpose: `receipts`, `completions`, `reminders` write files (or give the text to paste); `send` hands them to the mail server;
`sent` lists what was sent.
Source: ../../outputs/notices; posting.py.
Limits: drafts read the register only; their folder alone goes to stdout. The only clock is the day of --on.
"""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline import beijing
from pipeline.commands.chinese import ChineseCommand, ChineseGroup
from pipeline.commands.choosing import NAMES, Choice, chosen
from pipeline.commands.options import (
    By,
    DataDir,
    Json,
    SettingsFile,
    give,
    opened,
    say,
)
from pipeline.errors import UsageError

UnitName = Annotated[
    str | None, typer.Option("--unit", help="只要这一个单位的（全称或名册里的别名）", show_default=False)
]
OneMail = Annotated[
    str | None, typer.Option("--accession", help="只要与这件来文有关的，如 2024-00031", show_default=False)
]
AsText = Annotated[bool, typer.Option("--as-text", help="不写文件，把正文输出到屏幕，供粘贴")]
On = Annotated[
    str | None,
    typer.Option("--on", help="按哪一天算剩余和逾期天数，如 2024-06-17；默认今天", show_default=False),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只列出要寄给谁、哪些不寄和原因，一封也不寄")]
Again = Annotated[bool, typer.Option("--again", help="上次不知是否寄出的、被拒收的也再寄；已寄出的不重寄")]


class Kind(StrEnum):
    """What the command line calls the papers."""

    RECEIPTS = "receipts"
    COMPLETIONS = "completions"
    REMINDERS = "reminders"


KINDS = {Kind.RECEIPTS: "receipt", Kind.COMPLETIONS: "completion", Kind.REMINDERS: "reminder"}
Wanted = Annotated[
    Kind,
    typer.Argument(
        help="receipts 回执，completions 补正单，reminders 催报", metavar="文书", show_default=False
    ),
]


def register(app: typer.Typer) -> None:
    """Add this family's commands to *app*."""
    group = typer.Typer(
        cls=ChineseGroup,
        help="文书：回执、补正单、催报。只写草稿；设置里打开以后才能寄出。",
        no_args_is_help=True,
    )
    for command in (receipts, completions, reminders, send, sent):
        group.command(command.__name__, cls=ChineseCommand)(command)
    app.add_typer(group, name="papers")


def receipts(
    unit: UnitName = None,
    accession: OneMail = None,
    as_text: AsText = False,
    on: On = None,
    settings: SettingsFile = None,
    data_dir: DataDir = None,
) -> None:
    """回执：写明每封来件读到了什么，请报送单位核对。

    每封计入的来件一份：收文号和收到时间、读到和没有读出的文件、活动、典型经验、意见建议、联系人。

    写到 data/papers/<统计截止>/回执/，txt 供粘贴，eml 可作草稿打开，另有目录。标准输出只有文件夹的路径。
    """
    _draft(Choice(kind="receipt", unit=unit, accession=accession, on=on), settings, data_dir, as_text=as_text)


def completions(
    unit: UnitName = None,
    accession: OneMail = None,
    as_text: AsText = False,
    on: On = None,
    settings: SettingsFile = None,
    data_dir: DataDir = None,
) -> None:
    """补正单：还缺什么、哪些没读出，请报送单位补来。

    写明缺的内容、读不出的文件和办法、到期的链接、前后不一致的地方和补报期限；材料齐全的单位没有补正单。

    写到 data/papers/<统计截止>/补正单/。标准输出只有文件夹的路径。
    """
    _draft(
        Choice(kind="completion", unit=unit, accession=accession, on=on), settings, data_dir, as_text=as_text
    )


def reminders(
    unit: UnitName = None,
    accession: OneMail = None,
    as_text: AsText = False,
    on: On = None,
    settings: SettingsFile = None,
    data_dir: DataDir = None,
) -> None:
    """催报：微信群文字、短信和邮件草稿，按同类组分。

    提醒没有来信的和缺材料的单位。微信群文字一组一段；短信一个单位一条，不超过 70 字；已知邮箱的写成邮件草稿。

    写到 data/papers/<统计截止>/催报/。标准输出只有文件夹的路径；--as-text 只输出微信群文字和短信（指明单位时为短信和信）。
    """
    _draft(
        Choice(kind="reminder", unit=unit, accession=accession, on=on), settings, data_dir, as_text=as_text
    )


def send(  # noqa: PLR0913, PLR0917 - options of one command
    kind: Wanted,
    by: By,
    dry_run: DryRun = False,
    again: Again = False,
    unit: UnitName = None,
    accession: OneMail = None,
    on: On = None,
    settings: SettingsFile = None,
    data_dir: DataDir = None,
) -> None:
    """寄出文书：相同的只寄一次，不该寄的一律不寄。

    退信、自动回复、群发、邮件列表、来源待核、没有一个有效地址的都不寄。先加 --dry-run 看一遍。

    设置文件 papers 一节里 send = true 并写明发信服务器后才能用。每一笔寄前寄后都记入日志。
    """
    from pipeline.commands import posting

    if not by.strip():
        raise UsageError("寄出文书要有经办人姓名（--by）")
    with opened(settings, data_dir) as office:
        choice = Choice(kind=KINDS[kind], unit=unit, accession=accession, on=on)
        _, found = chosen(office.existing(), choice)
        code = posting.post(office, found, by=by.strip(), again=again, dry_run=dry_run)
        office.note("papers-sent" if not dry_run else "papers-looked-at", kind=KINDS[kind])
    raise typer.Exit(code)


def sent(settings: SettingsFile = None, data_dir: DataDir = None, as_json: Json = False) -> None:
    """列出寄过的文书和结果；中断在途中、不知是否寄出的也在内。"""
    from pipeline.commands.posting import STANDING

    with opened(settings, data_dir) as office:
        found = office.existing().register.sendings()
    for one in found:
        if as_json:
            fields = ("number", "kind", "accession", "unit", "recipient", "message_id", "said", "by")
            told = {name: getattr(one, name) for name in fields}
            give(
                json.dumps(
                    told | {"outcome": one.outcome.value, "at": one.at.isoformat()}, ensure_ascii=False
                )
            )
        else:
            about = one.accession or one.unit
            give(
                f"{one.number}  {beijing.second(one.at)}  {NAMES[one.kind]}  {about}  寄 {one.recipient}  "
                f"{STANDING[one.outcome]}  经办 {one.by or '自动'}"
            )
    say(f"共 {len(found)} 笔")


def _draft(choice: Choice, settings: Path | None, data_dir: Path | None, *, as_text: bool) -> None:
    from outputs.notices import writing

    with opened(settings, data_dir) as office:
        at_work, found = chosen(office.existing(), choice)
        if as_text:
            text = (
                writing.pasted_reminders(at_work, found, whole=choice.whole)
                if choice.kind == "reminder"
                else writing.pasted(found)
            )
            for line in text.splitlines():
                give(line)
        else:
            give(
                str(
                    writing.write(office.data_dir / "papers", choice.kind, found, at_work, whole=choice.whole)
                )
            )
        office.note("papers", kind=choice.kind)
    minded = [paper for paper in found if paper.note]
    say(f"{NAMES[choice.kind]} {len(found)} 份，都是草稿，没有寄出")
    if choice.kind == "reminder" and at_work.waiting:
        say(f"注意：还有 {at_work.waiting} 件来文待办或待人工，名单里的单位可能已报在其中，催报前先办")
    if minded and not as_text:
        say(f"其中 {len(minded)} 份寄前要注意，原因在目录的末栏")
    elif choice.kind != "reminder":
        for paper in minded:
            say(f"寄前注意  {paper.accession or paper.unit}：{paper.note}")
