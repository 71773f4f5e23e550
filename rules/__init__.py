"""What the notice says, as tables that staff can read and own: one folder a notice.

Purpose: types of the tables, `load(folder) -> Rules`, and the digest that every filing is judged under.
Source: 渝科协发〔2024〕23号; each table cites its paragraph. Next year's notice is another folder, no code.
Limits: strict: an unknown key, a duplicated code, a sum that is not 100 stops the start with file and line.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path

DEFAULT = Path(__file__).parent / "workers_day_2024"
"""The rules used where settings name none."""


class RulesError(ValueError):
    """A table of the rules is wrong; the Chinese message names file, line, fact and cure."""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Whom units may ask: organiser, person and phone, as the notice gives them."""

    organiser: str
    name: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class Clause:
    """A sentence of the notice that the tables rest on (口径). paragraph: where it stands; words: verbatim."""

    subject: str
    paragraph: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """The notice: what, when, to whom. number: 文号. deadline: last second that is in time, with zone.

    period_start, period_end: first and last day on which an activity counts. edition: 第几个. organisers: the one
    that compiles stands first. name: of the event, as titles of tables say it. clauses: in the order of the notice.
    """

    id: str
    number: str
    title: str
    theme: str
    year: int
    edition: int
    period_start: date
    period_end: date
    deadline: datetime
    mailbox: str
    organisers: tuple[str, ...]
    name: str = ""
    contacts: tuple[Contact, ...] = ()
    clauses: tuple[Clause, ...] = ()


SAYS = ("做法", "对象", "内容", "场合", "反证")
"""What the words of a hint tell: what was done, for whom, about what, where; or that it is not this category."""


@dataclass(frozen=True, kw_only=True)
class Hint:
    """Words that speak for a category: a regular expression over folded text, and its weight (> 0; < 0 speaks against).

    says: what the words tell, one of SAYS.
    """

    pattern: str
    weight: float
    says: str = "做法"


@dataclass(frozen=True, kw_only=True)
class Category:
    """One category of the notice. code: 0..6. paragraph: where the notice says it."""

    code: int
    name: str
    short: str
    paragraph: str
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit that may report. kind: district_association, district_st_bureau, new_area, society, enterprise,
    university, hospital, institute. aliases: other forms of the name. addresses: mail addresses, or domains (no @)."""

    id: str
    name: str
    kind: str
    district: str
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


Bands = tuple[tuple[float, float], ...]
"""(threshold, points), thresholds ascending: a value earns the points of the highest threshold it reaches, else 0."""


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One line of the rubric. group: letter, "" in the rubric of 特色活动. points: full marks. mode: auto | assisted | people.

    rule: name of the rule that evaluate.py applies. bands: where it has any; peer_bands: (Unit.kind, bands) that stand
    for `bands` in that peer group. per: (what, points an item), where items are counted. words: regular expressions of
    an assisted rule, searched in the report's words. source: why it is so.
    """

    id: str
    group: str
    name: str
    points: float
    mode: str
    rule: str
    bands: Bands = ()
    peer_bands: tuple[tuple[str, Bands], ...] = ()
    per: tuple[tuple[str, float], ...] = ()
    words: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """The rubric. criteria sum to 100. late_per_day and late_cap are points taken off (positive numbers).

    contradiction_off: points a contradiction, up to contradiction_cap. duplicate_off: once. online_factor: weight 0..1
    of people who took part online, known by online_words. worker_words: who is a 科技工作者. effect_words: what tells
    of 成效. groups: (letter, name) of the rubric; peers: (Unit.kind, name of the peer group), in order
    of display. All words are regular expressions. featured: the rubric of one 特色活动; its criteria sum to 100 as well.
    """

    criteria: tuple[Criterion, ...]
    bonus_cap: float
    late_per_day: float
    late_cap: float
    contradiction_cap: float
    duplicate_off: float
    online_factor: float
    contradiction_off: float = 1
    online_words: tuple[str, ...] = ()
    worker_words: tuple[str, ...] = ()
    effect_words: tuple[str, ...] = ()
    groups: tuple[tuple[str, str], ...] = ()
    peers: tuple[tuple[str, str], ...] = ()
    featured: tuple[Criterion, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Example:
    """A labelled activity that the learned voice is trained on. report: the report it stems from (for folds)."""

    report: str
    category: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Rules:
    """All tables of one notice. digest: sha256 over the octets of all tables of the folder, by name, and of what an
    office was taught, if anything.

    outlets: (name, tier) of media; tier: central | provincial | county | own; a name `*尾` stands for all that end so.
    """

    digest: str
    notice: Notice
    categories: tuple[Category, ...]
    units: tuple[Unit, ...]
    scoring: Scoring
    examples: tuple[Example, ...]
    outlets: tuple[tuple[str, str], ...] = ()

    def __reduce__(self) -> tuple[object, ...]:
        """Rules go with every mail to the processes that judge: written once here, and one object there.

        One object, so that what stages derive from its tables is found again at once.
        """
        return _arrived, (self._octets,)

    @cached_property
    def _octets(self) -> bytes:
        return pickle.dumps({field.name: getattr(self, field.name) for field in fields(self)})


@lru_cache(maxsize=4)
def _arrived(octets: bytes) -> Rules:
    return Rules(**pickle.loads(octets))  # noqa: S301 - what __reduce__ wrote


def load(folder: Path = DEFAULT, learned: Path | None = None) -> Rules:
    """Read the tables of one notice, and what an office was taught.

    Args:
        folder: holds notice.toml, categories.toml, scoring.toml, units.csv, outlets.csv and examples.csv.
        learned: of the office, may hold examples.csv and aliases.csv; need not be there. None: the notice alone.

    Raises:
        RulesError: in Chinese, with file and line, for everything that is not exactly as it should be.
    """
    from rules.learned import added
    from rules.loading import read

    rules = read(folder)
    return rules if learned is None else added(rules, learned)
