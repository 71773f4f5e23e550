"""The season as workbook, papers and page show it: folded, scored, as of now or of a moment; and the daemon's compile.

Purpose: `seen(office)` and `seen(office, at)`; `folded`; `compiled`; `Compiling.if_due`, called by the daemon every minute.
Source: DESIGN.md section 2 (4): a fold, recomputed each time.
Limits: the daemon compiles at most once in `workbook.every_minutes`, and only when an event about material or the rules are newer
than the newest run; a compile that failed is tried again after the same while.
"""

from __future__ import annotations

import gc
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.options import Office, say
from pipeline.errors import PermanentError, ShouwenError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from outputs.tables import Sheet
    from outputs.tables.season import Season
    from outputs.workbook.material import Material
    from outputs.workbook.runs import Run
    from pipeline.records import Filed

SOME = 10
"""Accessions that a line names."""


def seen(office: Office, at: datetime | None = None) -> Season:
    """Fold and score all that the register knows, as it stands now or as it stood *at* a moment."""
    from outputs.custody import Custody
    from outputs.tables.season import Season
    from pipeline.earlier import Facts, earlier
    from pipeline.season import scored

    custody = Custody.of(office.register)
    facts = Facts(
        filed=tuple(office.register.filed()),
        corrections=office.register.corrections(),
        events=custody.events,
        attachments=custody.attachments,
    )
    if at is not None:
        facts = earlier(facts, at)
        custody = custody.of_moment(at, facts)
    due = office.settings.review.second_signature
    filed, evaluations = scored(facts.filed, facts.corrections, office.rules, signature_due=due)
    return Season(filed, evaluations, office.rules, custody)


def folded(office: Office, *, final: bool) -> tuple[Filed, ...]:
    """All mails of the season, in order of accession; as people decided them if *final*."""
    from pipeline.season import season

    corrections = office.register.corrections() if final else ()
    return season(tuple(office.register.filed()), corrections, office.rules)


# ---------------------------------------------------------------- compile


def compiled(office: Office, at: datetime | None = None, other: datetime | None = None) -> Path:
    """Compile the workbook of *office*, put older runs away, and return its path.

    Args:
        at: the moment it shows, None: now.
        other: a moment that it is compared with, earlier or later, on a sheet 变化 (the earlier one is always 之前).
    """
    with _uncollected():
        return _compiled(office, at, other)


def _compiled(office: Office, at: datetime | None, other: datetime | None) -> Path:
    from outputs import workbook
    from outputs.workbook import material, runs

    now = seen(office, at)
    extra = (_changes(office, at, other),) if other is not None else ()
    folder = office.data_dir / "workbooks"
    done = workbook.written(
        now, folder=folder, material=material_of(office), extra=extra, record=_recorded(office)
    )
    if done.failed:
        some = "、".join(done.failed[:SOME]) + (
            f" 等 {len(done.failed)} 件" if len(done.failed) > SOME else ""
        )
        say(f"有的材料没能取出，表中链接改为指向原件：{some}")
    with runs.alone(folder), runs.writing(folder):
        runs.prune(folder, keep=office.settings.workbook.keep)
        material.sweep(office.data_dir / "material", _all_filed(office, now))
    return done.path


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for cycles meanwhile: a season is millions of values without one, and each search goes through them all."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _all_filed(office: Office, shown: Season) -> Iterable[Filed]:
    """All mails as they stand now: those that were shown where nothing came since, so that none is read twice."""
    last = office.register.last_material()
    same = shown.custody.moment is None and last == shown.custody.head
    return shown.filed if same else office.register.filed()


def _recorded(office: Office) -> Callable[[Run], None]:
    """What writes a run into the log."""

    def record(run: Run) -> None:
        told = f"{run.workbook}：SHA-256 {run.sha256}，底稿 {run.baseline}"
        office.register.issued(run.digest, told, at=datetime.now(UTC))

    return record


def _changes(office: Office, at: datetime | None, other: datetime) -> Sheet:
    """What changed from the earlier of the two moments to the later."""
    from outputs.tables.since import since

    shown, compared = seen(office, at), seen(office, other)
    later_first = at is None or other <= at
    return since(compared, shown) if later_first else since(shown, compared)


def material_of(office: Office) -> Material:
    """Where the octets behind the workbook's links come from."""
    from outputs.workbook import material
    from pipeline import tools

    width = office.settings.executor.partition(":")[2]
    return material.Material(
        archive=office.archive,
        store=office.data_dir / "material",
        width=int(width) if width.isdecimal() else 1,  # a cluster reads mails; pictures are made here
        megabytes=office.settings.limits.megabytes,
        abilities=tools.abilities(),
        passwords=tuple(secret.get_secret_value() for secret in office.settings.archive_passwords),
    )


# ---------------------------------------------------------------- the daemon


@dataclass(kw_only=True)
class Compiling:
    """The daemon's own compiles.

    tried: when the last one was begun, None before the first. trouble: why it failed, Chinese, "" if it did not; failing: when the
    first that failed in a row was begun.
    """

    office: Office
    tried: datetime | None = None
    trouble: str = ""
    failing: datetime | None = None

    def if_due(self, at: datetime) -> Path | None:
        """Compile where something is new and the last try is long enough ago; return the path of a new workbook.

        Raises:
            ShouwenError: it failed; it is tried again after the same while.
        """
        minutes = self.office.settings.workbook.every_minutes
        soon = self.tried is not None and timedelta() <= at - self.tried < timedelta(minutes=minutes)
        if not minutes or (soon and not self.trouble):
            return None
        if not self._is_new():
            self.trouble, self.failing = "", None
            return None
        if soon:
            return None
        self.tried, self.failing = at, self.failing or at
        try:
            path = compiled(self.office)
        except ShouwenError as error:
            self.trouble = str(error)
            raise
        except Exception as error:  # a workbook that cannot be made must not end the taking in of mails
            self.trouble = f"程序出错（{type(error).__name__}，{_where(error)}），请连同这一行告诉维护人员"
            raise PermanentError(f"编不出工作簿：{self.trouble}") from error
        self.trouble, self.failing = "", None
        return path

    def _is_new(self) -> bool:
        """Whether no run that is still whole shows the last event about material by today's rules."""
        from outputs.workbook import runs

        last = self.office.register.last_material()
        if last is None:
            return False
        now = runs.named(last.at), f"{last.number} {last.digest}", self.office.rules.digest
        there = runs.whole(self.office.data_dir / "workbooks")
        return all((runs.base(run.run), run.head, run.rules) != now for run in there)


def _where(error: Exception) -> str:
    """The place in the program where it was raised; its words may be a mail's."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name} 第 {frames[-1].lineno} 行" if frames else "位置不明"
