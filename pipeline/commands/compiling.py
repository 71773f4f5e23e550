"""The season as workbook, papers and page show it: folded, scored, as of now or of a moment; and the daemon's compile.

Purpose: `seen(office)` and `seen(office, at)`; `folded`; `compiled`; `Compiling.if_due`, called by the daemon every minute.
Source: DESIGN.md section 2 (4): a fold, recomputed each time.
Limits: the daemon compiles at most once in `workbook.every_minutes`, and only when an event about material or the rules are newer
than the newest run; a compile that failed is tried again after the same while.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.options import Office, say

if TYPE_CHECKING:
    from outputs.material import Material
    from outputs.tables import Sheet
    from outputs.tables.season import Season
    from pipeline.records import Filed

SOME = 10
"""Accessions that a line names."""


def seen(office: Office, at: datetime | None = None) -> Season:
    """Fold and score all that the register knows, as it stands now or as it stood *at* a moment."""
    from outputs.custody import Custody
    from outputs.tables.season import Season
    from pipeline.earlier import Facts, earlier
    from pipeline.evaluate import evaluate
    from pipeline.review import scores
    from pipeline.season import season

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
    filed = season(facts.filed, facts.corrections, office.rules)
    due = office.settings.review.second_signature
    points = scores(facts.corrections, signature_due=due)
    return Season(filed, evaluate(filed, office.rules, points), office.rules, custody)


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
    from outputs import material, runs, workbook

    now = seen(office, at)
    extra = (_changes(office, at, other),) if other is not None else ()
    folder = office.data_dir / "workbooks"
    done = workbook.written(now, folder=folder, material=material_of(office), extra=extra)
    if done.failed:
        some = "、".join(done.failed[:SOME]) + (
            f" 等 {len(done.failed)} 件" if len(done.failed) > SOME else ""
        )
        say(f"有的材料没能取出，表中链接改为指向原件：{some}")
    decided = {one.workbook for one in office.register.corrections() if one.workbook}
    with runs.alone(folder), runs.writing(folder):
        runs.prune(folder, keep=office.settings.workbook.keep, decided=decided)
        material.sweep(office.data_dir / "material", tuple(office.register.filed()))
    return done.path


def _changes(office: Office, at: datetime | None, other: datetime) -> Sheet:
    """What changed from the earlier of the two moments to the later."""
    from outputs.tables.since import since

    shown, compared = seen(office, at), seen(office, other)
    later_first = at is None or other <= at
    return since(compared, shown) if later_first else since(shown, compared)


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


# ---------------------------------------------------------------- the daemon


@dataclass(kw_only=True)
class Compiling:
    """The daemon's own compiles. tried: when the last one was begun, None before the first."""

    office: Office
    tried: datetime | None = None

    def if_due(self, at: datetime) -> Path | None:
        """Compile where something is new and the last try is long enough ago; return the path of a new workbook.

        Raises:
            ShouwenError: it failed; it is tried again after the same while.
        """
        minutes = self.office.settings.workbook.every_minutes
        soon = self.tried is not None and timedelta() <= at - self.tried < timedelta(minutes=minutes)
        if not minutes or soon or not self._is_new():
            return None
        self.tried = at
        return compiled(self.office)

    def _is_new(self) -> bool:
        """Whether no run that is still whole shows the last event about material by today's rules."""
        from outputs import runs

        last = self.office.register.last_material()
        if last is None:
            return False
        now = f"{last.number} {last.digest}", self.office.rules.digest
        there = runs.whole(self.office.data_dir / "workbooks")
        return all((run.head, run.rules) != now for run in there)
