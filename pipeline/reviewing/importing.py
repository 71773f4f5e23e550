"""A reviewed workbook taken in: planned first, whole or not at all, then kept and stored.

Purpose: `plan`, what an import would do and whom it would move, without writing anything; `keep`, the file itself.
Source: principle 9; ../../docs/workbook.md; the package's docstring is the map.
Limits: only sheets with yellow cells are compared. Storing is the register's (`correct_all`), its caller's to call.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from outputs.audit import issued
from outputs.custody import Custody
from outputs.tables import tables
from outputs.workbook import baseline, runs
from outputs.workbook.lists import IDENTITY, Identity
from pipeline import durable, release
from pipeline.errors import IntegrityError, PermanentError, TransientError, UsageError
from pipeline.records import Correction, Evaluation, Filed
from pipeline.review import noted
from pipeline.reviewing import cells
from pipeline.reviewing.compare import compare
from pipeline.reviewing.decisions import Made, by_field, decisions, disallowed, outside
from pipeline.reviewing.effects import Effect, effects
from pipeline.reviewing.found import Baseline, Comparison, Refused
from pipeline.reviewing.values import Words
from pipeline.season import scored
from rules import Rules


@dataclass(frozen=True, kw_only=True)
class Now:
    """The office as it stands. filed: as the machine judged them. corrections: all, as the register has them.

    custody: with the same decisions by the numbers that their activities have now. signature_due: points count only when a second
    person signed them. issued: digests of the runs that the log knows; None: the log is not asked.
    """

    filed: tuple[Filed, ...]
    corrections: tuple[Correction, ...]
    custody: Custody
    rules: Rules
    signature_due: bool = False
    issued: frozenset[str] | None = None

    def after(self, new: Sequence[Correction] = ()) -> tuple[tuple[Filed, ...], tuple[Evaluation, ...]]:
        """Mails and evaluations with all that was decided, and with *new*."""
        made = (*self.corrections, *new)
        return scored(self.filed, made, self.rules, signature_due=self.signature_due)


@dataclass(frozen=True, kw_only=True)
class Returned:
    """The file that came back. by: who filled it in. at: when it is imported."""

    octets: bytes
    name: str
    by: str
    at: datetime

    @cached_property
    def digest(self) -> str:
        """sha256 of the file."""
        return hashlib.sha256(self.octets).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an import comes to. run: of which the file is a copy, "" where that is not known. digest: sha256 of the file.

    corrections: to be stored, none where the workbook is refused. effects: whom they move.
    """

    run: str
    digest: str
    found: Comparison
    corrections: tuple[Correction, ...] = ()
    effects: tuple[Effect, ...] = ()


def plan(file: Returned, now: Now, folder: Path) -> Plan:
    """Say what importing *file* would do.

    Args:
        folder: data/workbooks, with its runs.

    Raises:
        PermanentError: what was kept of the run cannot be read.
    """
    try:
        book = cells.book(file.octets, file.name)
    except UsageError as error:
        return _refused(file, "", Refused(sheet="", cell="", why=str(error)))
    identity = Identity.read([list(row) for _, row in book.raw.get(IDENTITY, ())])
    if identity is None:
        why = f"{file.name} 不是本程序编出的评价工作簿（隐藏表“{IDENTITY}”不在或改过）；请从原来的工作簿重新填写"
        return _refused(file, "", Refused(sheet=IDENTITY, cell="", why=why))
    if why := _foreign(identity, now, folder):
        return _refused(file, identity.run, Refused(sheet=IDENTITY, cell="", why=why))
    words, standing = Words.of(now.rules), by_field(now.custody.corrections)
    folded, evaluations = now.after()
    sheets = tables(folded, evaluations, now.rules, now.custody, release=release())
    found = compare(book, _baseline(folder, identity.run), sheets, words, standing)
    made = decisions(found.changes, standing, by=file.by, at=file.at, workbook=file.digest)
    return _decided(Plan(run=identity.run, digest=file.digest, found=found), made, now, evaluations)


def keep(file: Returned, run: str, folder: Path) -> Path:
    """Keep *file* under its digest, with the name of the run that it is a copy of; it is there when this returns.

    Raises:
        TransientError: the folder cannot be written.
    """
    place = folder / runs.IMPORTED / run
    path = place / f"{file.digest}.xlsx"
    try:
        if not path.exists():
            place.mkdir(parents=True, exist_ok=True)
            durable.write(path, file.octets)
            durable.settle(place.parent)
            durable.settle(folder)
    except OSError as error:
        raise TransientError(
            f"{place} 写不进（{error.strerror}），什么也没有存；检查磁盘空间和权限后再导入"
        ) from error
    return path


def _decided(plan: Plan, made: Sequence[Made], now: Now, before: Sequence[Evaluation]) -> Plan:
    """The plan with its decisions and whom they move; with neither where it is refused."""
    items = {one.item.accession: one.item for one in now.filed}
    found = replace(
        plan.found,
        refused=(*plan.found.refused, *disallowed(made, items, now.rules)),
        remarks=(*outside(plan.found.changes, Words.of(now.rules)), *plan.found.remarks),
    )
    if found.refused or not made:
        return replace(plan, found=found)
    filings = {one.item.accession: one.filing for one in now.filed}
    corrections = tuple(noted(one, filings.get(one.accession)) for _, one in made)
    _, after = now.after(corrections)
    return replace(plan, found=found, corrections=corrections, effects=effects(before, after))


def _refused(file: Returned, run: str, refused: Refused) -> Plan:
    return Plan(run=run, digest=file.digest, found=Comparison(refused=(refused,)))


def _foreign(identity: Identity, now: Now, folder: Path) -> str:
    """Why the workbook is none of this office, "" if it is."""
    own = Identity.of(identity.run, now.rules, now.custody)
    if identity.notice != own.notice:
        return f"这份工作簿是通知“{identity.notice}”的，现在办理的是“{own.notice}”；请核对文件和设置"
    if identity.register != own.register:
        return "这份工作簿出自另一个登记簿；请核对文件和数据目录（--data-dir）"
    kept = runs.found(folder).get(identity.run)
    if kept is None or kept[0].register != own.register:
        return f"没有编次“{identity.run}”的底稿，无法比对（{folder} 里找不到）；请用本数据目录编出的工作簿"
    if now.issued is not None and kept[0].digest not in now.issued:
        return f"日志里没有编出编次“{identity.run}”的记录：{issued.FORGED}，不能用来比对；请运行 shouwen verify 查明"
    return ""


def _baseline(folder: Path, run: str) -> Baseline:
    told, place = runs.found(folder)[run]
    path = place / baseline.NAME
    if path.is_file() and not runs.is_whole(place, told):
        raise IntegrityError(f"编次 {run} 的底稿 {path} {issued.ALTERED}，什么也没有存")
    try:
        return baseline.read(path)
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise PermanentError(f"编次 {run} 的底稿 {path} 读不出来；请从备份恢复这个文件后再导入") from error
