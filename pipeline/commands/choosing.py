"""Which papers a command is about: of one unit, of one mail, on one day.

Purpose: `desk(office, on)`, the season as papers see it; `chosen`, its papers as the options name them.
Limits: the only clock of papers is the day of `Choice.on`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from pipeline import beijing
from pipeline.commands import named
from pipeline.commands.options import Office
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from outputs.notices import Desk, Paper

NAMES = {"receipt": "回执", "completion": "补正单", "reminder": "催报"}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the options say. unit: as staff call it. on: a day as ISO 8601 has it; None: today in Beijing."""

    kind: str
    unit: str | None = None
    accession: str | None = None
    on: str | None = None

    @property
    def whole(self) -> bool:
        """Whether all papers of the kind are wanted."""
        return self.unit is None and self.accession is None


def desk(office: Office, on: date) -> Desk:
    """The season of *office* on that day.

    Raises:
        UsageError: nothing came in yet.
    """
    from outputs.notices import Desk
    from pipeline.commands.compiling import seen

    last = office.register.last_material()
    if last is None:
        raise UsageError("还没有收到任何来件，没有文书可写；先运行 shouwen once")
    now = seen(office)
    return Desk(
        filed=now.filed,
        evaluations=now.evaluations,
        rules=office.rules,
        as_of=last.at,
        on=on,
        attachments=office.register.attachments(),
    )


def chosen(office: Office, choice: Choice) -> tuple[Desk, tuple[Paper, ...]]:
    """The desk, and its papers of that kind for the unit or mail asked for.

    Raises:
        UsageError: there is no such unit, mail or day, or it has no paper of that kind.
    """
    from outputs.notices import papers

    unit, accession = choice.unit, choice.accession
    at_work = desk(office, _day(choice.on))
    found = papers(choice.kind, at_work)
    if accession is not None:
        office.register.item(accession)
        units = {one.unit for one in at_work.evaluations if accession in one.accessions}
        found = tuple(
            paper
            for paper in found
            if (paper.accession == accession if paper.accession else paper.unit in units)
        )
    if unit is not None:
        name = named.unit(unit, at_work.filed, at_work.rules)
        found = tuple(paper for paper in found if paper.unit == name)
    if not found and (unit or accession):
        raise UsageError(
            f"{unit or accession} 没有{NAMES[choice.kind]}可写（不计入、已齐全或没有这样的来件）"
        )
    return at_work, found


def _day(on: str | None) -> date:
    if on is None:
        return beijing.day(datetime.now(UTC))
    try:
        return date.fromisoformat(on)
    except ValueError as error:
        raise UsageError(f"--on 的值“{on}”不是日期；应形如 2024-06-17") from error
