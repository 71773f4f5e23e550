"""A story: the words of one sample mail, and the clerk's judgement of it.

Purpose: `load() -> stories`, strict, from stories/*.toml, in order of arrival (the file names carry the number).
Limits: a story says nothing about octets; that is the posting functions' business.
"""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "stories"


@dataclass(frozen=True, kw_only=True)
class Told:
    """One activity as the clerk counts it. participants: None where the report states no figure that counts.

    participants_text: the figure as written. date_start: ISO, None where no day is stated.
    """

    category: int
    date_start: str | None = None
    participants: int | None = None
    participants_text: str | None = None
    title: str


@dataclass(frozen=True, kw_only=True)
class Clerk:
    """What a careful clerk says of the mail. kind, relation: words of pipeline.records; of, supersedes: file names.

    in_roster: None where no unit is concerned. A duplicate or recall has kind "other" and no activities of its own.
    """

    kind: str
    unit: str | None = None
    in_roster: bool | None = None
    supersedes: str | None = None
    relation: str | None = None
    of: str | None = None
    activities: tuple[Told, ...] = ()
    note: str


@dataclass(frozen=True, kw_only=True)
class Story:
    """One sample mail in words. received: when the mailbox got it (INTERNALDATE), with zone. slug: "NN-name".

    sender, address: of From. report: the document, lines marked `# ` title, `## `, `### ` headings, `> ` signature.
    rows: of a table, the first is its header. more: further words that this mail alone needs, by their key.
    """

    slug: str
    received: datetime
    sender: str
    address: str
    subject: str
    body: str = ""
    report: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    more: tuple[tuple[str, str], ...] = ()
    clerk: Clerk

    @property
    def file(self) -> str:
        """Name of the mail's file."""
        return f"{self.slug}.eml"

    @property
    def words(self) -> str:
        """All that a reader can find in the mail or its documents."""
        table = "\n".join("\t".join(row) for row in self.rows)
        return "\n".join((self.subject, self.body, self.report, table, *(words for _, words in self.more)))

    def further(self, key: str) -> str:
        """The further words under *key*; KeyError where the story has none."""
        return dict(self.more)[key]

    def expected(self) -> dict[str, Any]:
        """The entry of expected.json."""
        clerk = asdict(self.clerk)
        return {"file": self.file, "received": self.received.isoformat()} | clerk


def load() -> tuple[Story, ...]:
    """Read all stories in order of arrival; a wrong key is a TypeError."""
    return tuple(_story(path) for path in sorted(FOLDER.glob("*.toml")))


def _story(path: Path) -> Story:
    told = tomllib.loads(path.read_text("utf-8"))
    clerk = told.pop("clerk")
    activities = tuple(_activity(one) for one in clerk.pop("activities", ()))
    rows = tuple(tuple(row) for row in told.pop("rows", ()))
    more = tuple(told.pop("more", {}).items())
    return Story(
        slug=path.stem, rows=rows, more=more, clerk=Clerk(activities=activities, **clerk), **told
    )  # fmt: skip


def _activity(told: dict[str, Any]) -> Told:
    day = told.pop("date_start", None)
    return Told(date_start=day.isoformat() if isinstance(day, date) else None, **told)
