"""The season as workbook, papers and page show it: folded, scored, as of now or of a moment; and the daemon's compile.

Purpose: `seen(office)` and `seen(office, at)`; `folded`; `compiled`; `Compiling.if_due`, called by the daemon every minute.
Source: DESIGN.md section 2 (4): a fold, recomputed each time.
Limits: the daemon compiles at most once in `workbook.every_minutes`, and only when an event about material or the rules are newer
than the newest run; a compile that failed is tried again after the same while. It does so in a process of its own (aside.py).
"""

from __future__ import annotations

import gc
from contextlib import contextmanager, suppress
from dataclasses import InitVar, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import heap
from pipeline.commands.aside import Aside, Here
from pipeline.commands.options import Office, say
from pipeline.errors import PermanentError, TransientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from outputs.tables import Sheet
    from outputs.tables.season import Season
    from outputs.workbook import Written
    from outputs.workbook.material import Material, Needed
    from outputs.workbook.runs import Run
    from pipeline.commands.aside import Doing
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
    heap.give_back()
    with _uncollected():
        return _compiled(office, at, other)


def _compiled(office: Office, at: datetime | None, other: datetime | None) -> Path:
    from outputs import workbook
    from outputs.workbook import material, runs

    extra = (_changes(office, at, other),) if other is not None else ()
    folder = office.data_dir / "workbooks"
    done = workbook.written(
        lambda: seen(office, at),
        folder=folder,
        material=material_of(office),
        extra=extra,
        record=_recorded(office),
    )
    if done.failed:
        some = "、".join(done.failed[:SOME]) + (
            f" 等 {len(done.failed)} 件" if len(done.failed) > SOME else ""
        )
        say(f"有的材料没能取出，表中链接改为指向原件：{some}")
    with runs.alone(folder), runs.writing(folder):
        runs.prune(folder, keep=office.settings.workbook.keep)
        material.sweep(office.data_dir / "material", _needed(office, done))
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


def _needed(office: Office, done: Written) -> Needed:
    """What all mails need as they stand now: what was compiled where nothing came since, so that none is read twice."""
    from outputs.workbook import material

    last = office.register.last_material()
    same = done.custody.moment is None and last == done.custody.head
    return done.needed if same else material.needed(office.register.filed())


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


def if_new(office: Office, _at: datetime) -> str:
    """Compile where something is new; return the workbook's path, "" where nothing is. What the daemon has done aside."""
    return str(compiled(office)) if news(office, _at) else ""


def news(office: Office, _at: datetime) -> str:
    """Say something unless a run that is still whole shows the last event about material by today's rules."""
    from outputs.workbook import runs

    last = office.register.last_material()
    if last is None:
        return ""
    now = runs.named(last.at), f"{last.number} {last.digest}", office.rules.digest
    there = runs.whole(office.data_dir / "workbooks")
    return "new" if all((runs.base(run.run), run.head, run.rules) != now for run in there) else ""


@dataclass(kw_only=True)
class Compiling:
    """The daemon's own compiles.

    doing: who looks and compiles; its imports are dear. tried: when the last one was begun, None before the first. trouble: why
    it failed, Chinese, "" if it did not; failing: when the first that failed in a row was begun. begun: when what is under way was
    begun, None where nothing is. only_looked: that only looks whether anything is new. looked: what was the case when it was begun;
    shown: what was the case when nothing, or nothing more, was new, or the last try failed.
    """

    office: Office
    doing: Doing = field(init=False)
    tried: datetime | None = None
    trouble: str = ""
    failing: datetime | None = None
    begun: datetime | None = None
    only_looked: bool = False
    looked: tuple[object, ...] = ()
    shown: tuple[object, ...] = ()
    aside: InitVar[bool] = False

    def __post_init__(self, aside: bool) -> None:
        self.doing = Aside(self.office) if aside else Here(self.office)

    def if_due(self, at: datetime) -> Path | None:
        """Compile where something is new and the last try is long enough ago; return the path of a new workbook.

        Where that is done aside, the call that finds it done returns the path, or raises.

        Raises:
            ShouwenError: it failed; it is tried again after the same while.
        """
        if self.begun is None:
            self._begin(at)
        return self._ended() if self.begun is not None else None

    def close(self) -> None:
        """Let go of what is under way; what an interrupted compile leaves, the next removes."""
        self.doing.close()

    def _begin(self, at: datetime) -> None:
        """Begin what is due: to compile, or, while a trouble stands, to look whether somebody else compiled."""
        minutes = self.office.settings.workbook.every_minutes
        soon = self.tried is not None and timedelta() <= at - self.tried < timedelta(minutes=minutes)
        if not minutes or (soon and not self.trouble):
            return
        looked = self._standing()
        if self.shown == (*looked, self._touched()) and (soon or not self.trouble):
            return
        self.begun, self.only_looked, self.looked = at, soon, looked
        self.doing.begin(news if soon else if_new, at)

    def _ended(self) -> Path | None:
        """Take what came of it, if it has ended."""
        done, begun = self.doing.outcome(), self.begun
        if done is None:
            return None
        self.begun, self.shown = None, (*self.looked, self._touched())
        if done.trouble:
            self.tried, self.failing, self.trouble = begun, self.failing or begun, done.trouble
            raise (
                PermanentError(f"编不出工作簿：{done.trouble}")
                if done.fault
                else TransientError(done.trouble)
            )
        if self.only_looked and done.said:
            return None
        self.trouble, self.failing = "", None
        if not done.said:
            return None
        self.tried = begun
        return Path(done.said)

    def _standing(self) -> tuple[object, ...]:
        """What decides whether anything is new, but for the runs: the last event about material, and the rules."""
        last = self.office.register.last_material()
        return (last and (last.number, last.digest), self.office.rules.digest)

    def _touched(self) -> int:
        """When a run was last put into the folder of runs or taken out of it; 0 where there is no folder."""
        with suppress(OSError):
            return (self.office.data_dir / "workbooks").stat().st_mtime_ns
        return 0
