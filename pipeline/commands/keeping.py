"""backup, restore, reprocess: what is copied away, brought back, and done again on purpose.

Purpose: open, call `pipeline.keeping`, say what came of it in Chinese.
Limits: backup runs beside the daemon; restore and reprocess do not (exit 75), but `reprocess --dry-run` does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pipeline import beijing
from pipeline.commands import differences, named
from pipeline.commands.chinese import ChineseCommand
from pipeline.commands.compiling import folded
from pipeline.commands.options import STATES, DataDir, Json, Office, SettingsFile, give, opened, say
from pipeline.errors import TransientError, UsageError
from pipeline.records import Item, State

if TYPE_CHECKING:
    from pipeline.keeping import Checked, Made, Redone
    from pipeline.records import Filed
    from pipeline.worker import Worker

Folder = Annotated[
    Path,
    typer.Argument(help="备份目录，最好在另一块磁盘；可一直用同一个", metavar="目录", show_default=False),
]
Backup = Annotated[
    Path,
    typer.Argument(help="备份目录（取其中最新一次），或其中一次备份", metavar="备份", show_default=False),
]
By = Annotated[str, typer.Option("--by", help="经办人姓名，记入日志", show_default=False)]
Why = Annotated[str, typer.Option("--why", help="理由，记入日志", show_default=False)]
Accessions = Annotated[
    list[str] | None, typer.Argument(help="收文号，可写几个", metavar="收文号", show_default=False)
]

CURES = {
    State.HELD: "正待人工，不能重新办理；请用 shouwen release 放行",
    State.DISMISSED: "已定为不予受理，不再办理",
}
"""States that only a person's decision ends."""


def register(app: typer.Typer) -> None:
    """Add this family's commands to *app*."""
    app.command("backup", cls=ChineseCommand)(backup)
    app.command("restore", cls=ChineseCommand)(restore)
    app.command("reprocess", cls=ChineseCommand)(reprocess)


def backup(
    folder: Folder, settings: SettingsFile = None, data_dir: DataDir = None, as_json: Json = False
) -> None:
    """备份登记簿和原件（守护运行时也可以）；已有的完好原件不再抄。"""
    from pipeline.keeping import BackingUp

    with opened(settings, data_dir) as office:
        office.existing()
        beside = Path("shouwen.toml")
        made = BackingUp(
            archive=office.archive,
            register=office.register,
            data_dir=office.data_dir,
            folder=folder,
            at=datetime.now(UTC),
            settings_file=settings or (beside if beside.exists() else None),
        ).run()
        same_disk = folder.stat().st_dev == office.data_dir.stat().st_dev
    say(
        f"已备份并核对：{_counted(made)}；新抄原件 {made.copied} 份、{made.octets} 字节"
        + (f"；备份里 {made.mended} 份损坏的原件已补好" if made.mended else "")
    )
    say("不在备份里：" + "；".join(made.backup.left_out))
    if same_disk:
        say("注意：备份和数据在同一块磁盘上，磁盘坏了两份都没有；请再备到另一块磁盘")
    if as_json:
        give(
            json.dumps(
                {
                    "path": str(made.path),
                    "events": made.backup.events,
                    "head": made.backup.head,
                    "items": made.backup.items,
                    "copied": made.copied,
                    "mended": made.mended,
                },
                ensure_ascii=False,
            )
        )
    else:
        give(str(made.path))


def restore(
    backup: Backup,
    settings: SettingsFile = None,
    data_dir: DataDir = None,
    verify: Annotated[bool, typer.Option("--verify", help="只核对备份，不恢复")] = False,
    by: By = "",
    why: Why = "",
) -> None:
    """重算备份的每一个摘要，全部相符才恢复到空目录（从不覆盖）；恢复后再整个核对一遍。"""
    from pipeline.keeping import Restoring, check

    if verify:
        say(f"备份完好，可以恢复：{_counted(check(backup))}")
        return
    with opened(settings, data_dir) as office:
        restored = Restoring(
            backup=backup, data_dir=office.data_dir, by=by, why=why, at=datetime.now(UTC)
        ).run()
        folder, served = office.data_dir, office.settings.register
    say(f"已恢复并核对：{_counted(restored.checked)}")
    say(f"日志现有 {restored.events} 条（含这次恢复），链头 {restored.head[:16]}")
    if served:
        say(
            "设置里 register 指的是数据库服务器，恢复出来的是数据目录里的 register.db：要用它，先删去设置里的 register；"
            "要放回服务器，删去以后运行 shouwen move --register 地址（库要是空的），再写回设置"
        )
    say(
        "下一步：放回设置和授权码，运行 shouwen once 补收备份以后的邮件，再运行 shouwen verify。"
        f"备份里最后一号封印是第 {restored.checked.backup.seals} 号，号数更大的说明见 docs/operating-backup.md"
    )
    give(str(folder))


def reprocess(  # noqa: PLR0913 - each choice is an option of its own
    *,
    accessions: Accessions = None,
    unit: Annotated[
        str, typer.Option("--unit", help="这个单位的全部来件：全称或简称", show_default=False)
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="全部来件")] = False,
    read_again: Annotated[
        bool, typer.Option("--read-again", help="连原件也重读，不用已存的读件结果")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会有什么不同，什么也不写")] = False,
    by: By = "",
    why: Why = "",
    settings: SettingsFile = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """按现有规则和程序重新办理，逐封说明有何不同；人工更正照旧有效。"""
    from pipeline.keeping import Reprocessing

    if (bool(accessions) + bool(unit) + every) != 1:
        raise UsageError("指明要重新办理的来件：写收文号，或 --unit 单位，或 --all，三者取一")
    if not dry_run and not (by.strip() and why.strip()):
        raise UsageError("重新办理要有姓名（--by）和理由（--why），记入日志；只想看有何不同，用 --dry-run")
    with opened(settings, data_dir) as office, _hands(office.existing(), dry_run=dry_run) as worker:
        again = Reprocessing(
            worker=worker, items=_chosen(office, accessions or (), unit), read_again=read_again
        )
        ended = list(_given(again.tried() if dry_run else again.done(by=by, why=why), as_json=as_json))
    other, failed = sum(bool(one.differences) for one in ended), sum(bool(one.failed) for one in ended)
    say(
        f"{'试办' if dry_run else '重新办理'} {len(ended)} 件：{other} 件有不同，"
        f"{len(ended) - other - failed} 件没有不同，{failed} 件没有办成"
        + ("；只是试办，什么也没有写" if dry_run else "")
    )
    raise typer.Exit(3 if failed else 0)


@contextmanager
def _hands(office: Office, *, dry_run: bool) -> Iterator[Worker]:
    """Open the worker; where the daemon is at work, say how to go about it."""
    from pipeline.commands.taking_in import working

    with ExitStack() as stack:
        try:
            worker = stack.enter_context(working(office, None, writing=not dry_run))
        except TransientError as error:
            cure = (
                "；守护运行时请先停下它（如 systemctl stop shouwen），办完再启动；只看有何不同可加 --dry-run"
            )
            raise TransientError(f"{error}{'' if dry_run else cure}") from error
        yield worker


def _chosen(office: Office, accessions: Sequence[str], unit: str) -> tuple[Item, ...]:
    """The items that are meant; what waits for a person or was dismissed is refused by name, and left out otherwise."""
    register = office.register
    if accessions:
        items = tuple(register.item(accession) for accession in dict.fromkeys(accessions))
        for item in items:
            if item.state in CURES:
                raise UsageError(f"{item.accession} {CURES[item.state]}")
        return items
    if unit:
        filed = folded(office, final=True)
        name = named.unit(unit, filed, office.rules)
        items = tuple(one.item for one in filed if _is_from(one, name))
        if not items:
            raise UsageError(f"没有“{name}”的来件，没有要重新办理的")
        return items
    everything = register.items()
    items = tuple(item for item in everything if item.state not in CURES)
    if len(items) < len(everything):
        say(f"待人工和不予受理的 {len(everything) - len(items)} 件不动")
    return items


def _is_from(one: Filed, unit: str) -> bool:
    return one.filing is not None and one.filing.identification.best == unit


def _given(redone: Iterable[Redone], *, as_json: bool) -> Iterator[Redone]:
    """Hand over each mail's line or lines."""
    for one in redone:
        if as_json:
            give(msgspec.json.encode(one).decode())
        else:
            for line in differences.lines(one):
                give(line)
        yield one


def _counted(one: Checked | Made) -> str:
    told = one.backup
    states = "，".join(f"{name} {told.items.get(state, 0)}" for state, name in STATES.items())
    return (
        f"{one.path}，备份于 {beijing.second(told.at)}（北京时间），来文 {sum(told.items.values())} 件（{states}），"
        f"日志 {told.events} 条，链头 {told.head[:16]}"
    )
