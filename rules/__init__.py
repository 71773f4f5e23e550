"""What the notice says, as tables that staff can read and own: one folder a notice.

Purpose: types of the tables, `load(folder) -> Rules`, and the digest that every filing is judged under.
Source: 渝科协发〔2024〕23号; each table cites its paragraph. Next year's notice is another folder, no code.
Limits: strict: an unknown key, a duplicated code, a sum that is not 100 stops the start with file and line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

DEFAULT = Path(__file__).parent / "workers_day_2024"
"""The rules used where settings name none."""


class RulesError(ValueError):
    """A table of the rules is wrong; the Chinese message names file, line, fact and cure."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """The notice: what, when, to whom. number: 文号. deadline: last second that is in time, with zone."""

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


@dataclass(frozen=True, kw_only=True)
class Hint:
    """Words that speak for a category: a regular expression over normalised text, and its weight (> 0; < 0 speaks against)."""

    pattern: str
    weight: float


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


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One line of the rubric. mode: auto | assisted | people. points: full marks. rule: name of the rule that
    evaluate.py applies, bands: its (threshold, points) ascending, where it has any. per: points an item, where counted."""

    id: str
    group: str
    name: str
    points: float
    mode: str
    rule: str
    bands: tuple[tuple[float, float], ...] = ()
    per: tuple[tuple[str, float], ...] = ()
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """The rubric. criteria sum to 100. late_per_day and late_cap are points taken off (positive numbers)."""

    criteria: tuple[Criterion, ...]
    bonus_cap: float
    late_per_day: float
    late_cap: float
    contradiction_cap: float
    duplicate_off: float
    online_factor: float


@dataclass(frozen=True, kw_only=True)
class Example:
    """A labelled activity that the learned voice is trained on. report: the report it stems from (for folds)."""

    report: str
    category: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Rules:
    """All tables of one notice. digest: sha256 over the octets of all files of the folder, by name."""

    digest: str
    notice: Notice
    categories: tuple[Category, ...]
    units: tuple[Unit, ...]
    scoring: Scoring
    examples: tuple[Example, ...]
    outlets: tuple[tuple[str, str], ...] = ()
