"""What other rules would change: every filed mail judged from its cached reading, under both.

Purpose: `Comparing(register, old).changes(new)` says mail by mail what becomes other and why; `summary` counts. Nothing is
written, no octets are read.
Source: difference.py for what is compared; reasons.py for why; principle 9: people's corrections stand before and after.
Limits: a mail whose reading another version of the program wrote must be read first, and is said to be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline.beijing import BEIJING
from pipeline.intake import judge
from pipeline.keeping.difference import Difference, difference
from pipeline.keeping.reasons import Reason, reasons, tables_changed
from pipeline.records import Correction, Filed, Filing, Item, Reading, State
from pipeline.register import Register
from pipeline.review import apply
from rules import Rules

UNDECIDED = "（待核）"
"""How a Difference marks a value that a person must decide."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that becomes other, and why: one Reason a table that has a part in it."""

    difference: Difference
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One mail. unit: as the new rules have it, "" if there is none. read: False where there is no reading to judge."""

    accession: str
    unit: str = ""
    subject: str = ""
    activities: int = 0
    changes: tuple[Change, ...] = ()
    read: bool = True


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Counts over all mails; activities as the new rules find them. to_undecided, to_decided: of categories, of units."""

    mails: int = 0
    mails_changed: int = 0
    unread: int = 0
    activities: int = 0
    activities_added: int = 0
    activities_removed: int = 0
    categories_changed: int = 0
    categories_to_undecided: int = 0
    categories_to_decided: int = 0
    units_changed: int = 0
    units_to_undecided: int = 0
    units_to_decided: int = 0


@dataclass(frozen=True, kw_only=True)
class Known:
    """One filed mail as it is judged again and again. before: under the old rules, as the machine has it."""

    item: Item
    reading: Reading
    corrections: tuple[Correction, ...]
    before: Filing

    def judged(self, rules: Rules) -> Filing:
        """What *rules* make of it."""
        return judge(self.reading, rules, received=self.item.received.astimezone(BEIJING))

    def differences(self, after: Filing) -> tuple[Difference, ...]:
        """What is other in *after*, with what people decided in both."""
        return difference(apply(self.before, self.corrections), apply(after, self.corrections))


@dataclass(kw_only=True)
class Comparing:
    """The filed mails of *register* under the *old* rules; they are judged once, whatever they are compared with."""

    register: Register
    old: Rules
    progress: Callable[[int, int], None] = lambda _done, _of: None
    known: list[Known] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    after: dict[str, Filing] = field(default_factory=dict)

    def __post_init__(self) -> None:
        items = [item for item in self.register.items() if item.state is State.FILED]
        for number, item in enumerate(items, 1):
            reading = self.register.latest_reading(item.sha256)
            if reading is None:
                self.unread.append(item.accession)
            else:
                self.known.append(self._known(item, reading))
            self.progress(number, len(items))

    def changes(self, new: Rules) -> Iterator[Compared]:
        """Every filed mail, in order of accession, with what becomes other under *new*."""
        tables = tables_changed(self.old, new)
        left_out = [Compared(accession=accession, read=False) for accession in self.unread]
        compared = (self._compared(one, new, tables) for one in self.known) if tables else self._same()
        yield from sorted([*compared, *left_out], key=lambda one: one.accession)

    def filed(self) -> tuple[tuple[Filed, ...], tuple[Filed, ...]]:
        """The mails that were compared, as the old rules judge them and as those of the last `changes` do."""
        before = tuple(Filed(item=one.item, filing=one.before) for one in self.known)
        return before, tuple(replace(one, filing=self.after[one.item.accession]) for one in before)

    def _known(self, item: Item, reading: Reading) -> Known:
        received = item.received.astimezone(BEIJING)
        return Known(
            item=item,
            reading=reading,
            corrections=self.register.corrections(item.accession),
            before=judge(reading, self.old, received=received),
        )

    def _same(self) -> Iterator[Compared]:
        for one in self.known:
            self.after[one.item.accession] = one.before
            yield _told(one, one.before, ())

    def _compared(self, one: Known, new: Rules, tables: Sequence[str]) -> Compared:
        after = self.after[one.item.accession] = one.judged(new)
        found = one.differences(after) if after != one.before else ()
        if not found:
            return _told(one, after, ())
        why = reasons(one.before, after, found, (self.old, new, tables), _by_table(one))
        return _told(one, after, [Change(difference=what, reasons=why[what]) for what in found])


def _by_table(one: Known) -> Callable[[Rules], tuple[Difference, ...]]:
    """What becomes other under rules of which only one table is new."""
    return lambda rules: one.differences(one.judged(rules))


def _told(one: Known, after: Filing, changes: Iterable[Change]) -> Compared:
    shown = apply(after, one.corrections)
    return Compared(
        accession=one.item.accession,
        unit=shown.identification.best or "",
        subject=shown.mail.subject,
        activities=len(shown.activities),
        changes=tuple(changes),
    )


# ---------------------------------------------------------------- counts


def summary(compared: Sequence[Compared]) -> Summary:
    """Count what became other."""
    found = [change.difference for one in compared for change in one.changes]
    categories = [one for one in found if one.field.endswith("/category")]
    units = [one for one in found if one.field == "unit"]
    whole = [one for one in found if one.field.startswith("activity/") and one.field.count("/") == 1]
    return Summary(
        mails=len(compared),
        mails_changed=sum(bool(one.changes) for one in compared),
        unread=sum(not one.read for one in compared),
        activities=sum(one.activities for one in compared),
        activities_added=sum(not one.before for one in whole),
        activities_removed=sum(not one.after for one in whole),
        categories_changed=sum(_bare(one.before) != _bare(one.after) for one in categories),
        categories_to_undecided=sum(_to_undecided(one) for one in categories),
        categories_to_decided=sum(_to_decided(one) for one in categories),
        units_changed=sum(_bare(one.before) != _bare(one.after) for one in units),
        units_to_undecided=sum(_to_undecided(one) for one in units),
        units_to_decided=sum(_to_decided(one) for one in units),
    )


def _bare(value: str) -> str:
    return value.removesuffix(UNDECIDED)


def _to_undecided(one: Difference) -> bool:
    return _sure(one.before) and not _sure(one.after)


def _to_decided(one: Difference) -> bool:
    return not _sure(one.before) and _sure(one.after)


def _sure(value: str) -> bool:
    return bool(value) and not value.endswith(UNDECIDED)
