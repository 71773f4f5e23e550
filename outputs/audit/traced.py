"""What a trace finds: frozen values between outputs/audit/trace.py and whoever shows them.

Purpose: `MailTrace` and `RowTrace` and what they are made of; as JSON they are what `shouwen trace --json` gives.
Limits: values only; nothing is masked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.records import Correction


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the mailbox has, or had, a mail. gone: when it was found missing there, None while it is there."""

    account: str
    folder: str
    uidvalidity: int
    uid: int
    gone: datetime | None


@dataclass(frozen=True, kw_only=True)
class Step:
    """One event of the log. rule: digest of the rules that it was judged by, "" where nothing was judged."""

    number: int
    at: datetime
    action: str
    actor: str
    outcome: str
    rule: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Quote:
    """Words of a mail that a value rests on. what: the header or fact. block: from 0, None where there is no place."""

    what: str
    words: str
    part: str
    block: int | None


@dataclass(frozen=True, kw_only=True)
class Source:
    """One mail behind something. basis: digest of rules, readers and abilities it was filed on."""

    accession: str
    sha256: str
    subject: str
    unit: str | None
    basis: str
    places: tuple[Place, ...]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the workbook. line: its number in Excel. headers: columns that the mail went into, () where not asked."""

    sheet: str
    id: str
    line: int
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PartStatus:
    """One part of the mail, as the workbook says it."""

    path: str
    name: str
    sha256: str
    size: int
    status: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """One activity: its row id, category and the words behind each fact.

    notes: Chinese: for whom it counts where it is not the mail's unit (代报), and with whom it is one (联合活动).
    """

    id: str
    title: str
    category: str
    decided: bool
    quotes: tuple[Quote, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MailTrace:
    """Everything about one mail, and every row that it touched.

    differences: of a replaced mail, what the one that replaces it says otherwise, Chinese.
    """

    kind: str = "mail"
    source: Source
    size: int
    state: str
    received: datetime
    received_from: str
    counts: str
    steps: tuple[Step, ...]
    parts: tuple[PartStatus, ...]
    unit: tuple[Quote, ...]
    activities: tuple[Told, ...]
    problems: tuple[str, ...]
    corrections: tuple[Correction, ...]
    rows: tuple[Row, ...]
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell of a row. value: as text, "" where it is empty. comment: the words behind it."""

    header: str
    value: str
    comment: str


@dataclass(frozen=True, kw_only=True)
class RowTrace:
    """Everything behind the rows of one id. rules: digest of the rules. criterion: of the rubric, "" if it is no score.

    corrections: what people decided of it, in their order: the later of two counts, whatever the mail's words say.
    """

    kind: str = "row"
    id: str
    rows: tuple[tuple[Row, tuple[Cell, ...]], ...]
    mails: tuple[Source, ...]
    quotes: tuple[Quote, ...]
    corrections: tuple[Correction, ...]
    rules: str
    criterion: str
