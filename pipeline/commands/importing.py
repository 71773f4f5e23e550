"""review import: a workbook that staff filled in becomes decisions.

Purpose: open, plan, say in Chinese what would change and whom it moves, store.
Source: exit codes: 0 stored or nothing changed, 2 refused as a whole, 3 stored with conflicts left out.
Limits: works while the daemon runs, as every decision does; two imports, or an import and a compile, wait for each other.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import By, DataDir, Json, Office, SettingsFile, give, opened, say
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.reviewing.found import Change, Conflict, Refused
    from pipeline.reviewing.importing import Now, Plan

File = Annotated[Path, typer.Argument(help="填好的评价工作簿（xlsx）", metavar="文件", show_default=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只看会改什么、影响谁，什么也不存")]
MOST_LINES = 200
"""Lines of one kind on a terminal; --json has all of them."""


def import_(
    file: File,
    by: By,
    dry_run: DryRun = False,
    settings: SettingsFile = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """把填好的工作簿收回来：先列出改了什么、影响哪些单位的得分和名次，再逐项存为人工决定。

    只收黄色格。先加 --dry-run 看一遍。例：shouwen review import 评价工作簿.xlsx --by 王芳 --dry-run

    退出码：0 已存，或没有改动；2 整份没有收，指出是哪一格；3 有冲突的没有存，其余已存。
    """
    if not by.strip():
        raise UsageError("要写经办人姓名：--by 姓名")
    with opened(settings, data_dir) as office:
        plan = imported(office.existing(), file, by=by.strip(), dry_run=dry_run)
        signature_due = office.settings.review.second_signature
    if as_json:
        give(json.dumps(_told(plan), ensure_ascii=False))
    for line in _lines(plan, dry_run=dry_run):
        say(line)
    if signature_due and (waiting := _scored(plan)):
        say(f"其中评分 {waiting} 处要由另一个人签认后才计入：shouwen review sign --all --by 姓名")
    raise typer.Exit(2 if plan.found.refused else 3 if plan.found.conflicts else 0)


def imported(office: Office, file: Path, *, by: str, dry_run: bool = False) -> Plan:
    """Plan the import of *file* and store its decisions, unless it is refused or only tried."""
    from outputs.workbook import runs
    from pipeline.reviewing import importing

    back = importing.Returned(octets=_octets(file), name=file.name, by=by, at=datetime.now(UTC))
    folder = office.data_dir / "workbooks"
    if dry_run:
        return importing.plan(back, _now(office), folder)
    with runs.alone(folder):
        plan = importing.plan(back, _now(office), folder)
        if plan.corrections:
            importing.keep(back, plan.run, folder)
            office.register.correct_all(plan.corrections)
            office.note("imported", run=plan.run, sha256=plan.digest)
    return plan


def _now(office: Office) -> Now:
    from outputs.audit import issued
    from outputs.custody import Custody
    from pipeline.reviewing import importing

    return importing.Now(
        filed=tuple(office.register.filed()),
        corrections=office.register.corrections(),
        custody=Custody.of(office.register),
        rules=office.rules,
        signature_due=office.settings.review.second_signature,
        issued=issued.Logged.of(office.register).runs,
    )


def _octets(file: Path) -> bytes:
    from pipeline.reviewing.fitting import MAX_OCTETS

    try:
        with file.open("rb") as opened_file:
            return opened_file.read(MAX_OCTETS + 1)
    except OSError as error:
        raise UsageError(f"{file} 读不到：{_cause(error)}") from error


def _cause(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "没有这个文件；核对文件名和所在的文件夹"
    if isinstance(error, IsADirectoryError):
        return "这是文件夹；请写其中那份 .xlsx"
    return f"先关闭打开它的程序，再核对权限（{error.strerror}）"


# ---------------------------------------------------------------- what is said


def _lines(plan: Plan, *, dry_run: bool) -> list[str]:
    found = plan.found
    if found.refused:
        lines = _some([_refusal(one) for one in found.refused])
        places = sum(bool(one.cell) for one in found.refused)
        return [
            *lines,
            f"整份没有存：有 {places} 处要改，改好后再导入" if places else "整份没有导入，什么也没有存",
        ]
    lines = []
    if found.changes:
        moved = (
            f"影响 {len(plan.effects)} 个单位的得分或名次" if plan.effects else "不影响任何单位的得分和名次"
        )
        lines.append(f"本次 {len(found.changes)} 处修改 → {moved}")
        lines += _some([f"  {one.line}" for one in plan.effects])
        lines += ["修改："]
        lines += _some([f"  {_change(one)}" for one in found.changes])
    if found.conflicts:
        lines.append(f"冲突 {len(found.conflicts)} 处，没有存（要改的请在新编的工作簿里改）：")
        lines += _some([f"  {_conflict(one)}" for one in found.conflicts])
    if found.already:
        lines.append(f"另有 {found.already} 处与现在的值相同，不用再存")
    lines += _some(list(found.remarks))
    return [*lines, _end(plan, dry_run=dry_run)]


def _end(plan: Plan, *, dry_run: bool) -> str:
    count = len(plan.found.changes)
    if not count:
        return "没有改动" if not plan.found.conflicts else "没有存任何决定"
    if dry_run:
        return f"试运行：{count} 处可以存，这次什么也没有存"
    return f"已存 {count} 处；下次编制工作簿时生效，撤销用 shouwen review undo"


def _scored(plan: Plan) -> int:
    """Points that somebody gave; none where the whole workbook is refused."""
    if plan.found.refused:
        return 0
    return sum(one.field.startswith("score/") and bool(one.new) for one in plan.found.changes)


def _some(lines: list[str]) -> list[str]:
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], f"  …… 另有 {more} 处，全部见 --json"] if more > 0 else lines


def _refusal(one: Refused) -> str:
    where = f"{one.sheet}!{one.cell}" if one.cell else one.sheet
    return f"{where}：{one.why}" if where else one.why


def _change(one: Change) -> str:
    return f"{one.sheet}!{one.cell} {one.about} {one.header}：{one.stood} → {one.given}（{_short(one.why)}）"


def _conflict(one: Conflict) -> str:
    now = f"现在“{one.now}”，" if one.now else ""
    return f"{one.sheet}!{one.cell} {one.about} {one.header}：编出时“{one.base}”，{now}本次写“{one.edited}”；{one.why}"


def _short(said: str) -> str:
    from pipeline.reviewing.found import short

    return short(said)


def _told(plan: Plan) -> dict[str, object]:
    """What --json says; the same for --dry-run, so that a program may look first and then do it."""
    found = plan.found
    return {
        "run": plan.run,
        "accepted": 0 if found.refused else len(found.changes),
        "changes": [] if found.refused else [_changed(one) for one in found.changes],
        "conflicts": [_collided(one) for one in found.conflicts],
        "refused": [{"sheet": one.sheet, "cell": one.cell, "why": one.why} for one in found.refused],
    }


def _changed(one: Change) -> dict[str, str]:
    return {"row": one.row, "field": one.field, "old": one.old, "new": one.new}


def _collided(one: Conflict) -> dict[str, str]:
    return {
        "row": one.row,
        "field": one.field,
        "base": one.base,
        "now": one.now,
        "edited": one.edited,
        "why": one.why,
        "sheet": one.sheet,
        "cell": one.cell,
    }
