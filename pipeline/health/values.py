"""The nouns of health: what is known beforehand, facts found, and what they mean.

Limits: frozen values. Times carry a zone; None and () mean that nothing is known, never that nothing is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Colour(StrEnum):
    """How bad it is; `worst` orders them."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


CHINESE = {Colour.GREEN: "绿", Colour.YELLOW: "黄", Colour.RED: "红"}
LATER, UNAVAILABLE, INTEGRITY = 75, 69, 4
"""What `status` exits with, by what is red: anything, the collecting, the register."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One subject. fact, cure: Chinese; cure is "" where nobody need act. code: exit code if this line is red."""

    subject: str
    state: Colour
    fact: str
    cure: str = ""
    code: int = LATER


@dataclass(frozen=True, kw_only=True)
class Health:
    """All lines in the order people read them, judged at *at*."""

    at: datetime
    lines: tuple[Line, ...]

    @property
    def colour(self) -> Colour:
        """The worst line's."""
        return worst(line.state for line in self.lines)

    @property
    def exit_code(self) -> int:
        """0 unless something is red; then 4 before 69 before 75."""
        codes = {line.code for line in self.lines if line.state is Colour.RED}
        return next((code for code in (INTEGRITY, UNAVAILABLE, LATER) if code in codes), 0)

    def of(self, state: Colour) -> tuple[Line, ...]:
        """The lines of that colour."""
        return tuple(line for line in self.lines if line.state is state)


def worst(states: Iterable[Colour]) -> Colour:
    """Return the worst of *states*, green for none."""
    return max(states, key=tuple(Colour).index, default=Colour.GREEN)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What whoever asks knows besides the register and the disk.

    poll_seconds: between two polls. rules: digest of the rules, "" if they cannot be read. basis: digest of what is
    filed on now, "" if not known. tools: converters at hand, None if not looked for. window: what the mailbox says
    about the 30 days ("" = nothing to say), None if it was not looked at. seal_trouble: why the last seal did not get
    to its places. check_seconds: how long the register may be checked. beating: the daemon's own thread asks.
    compile_trouble: why the daemon's last compile failed, Chinese, and compile_since, when the first that failed in a row did.
    learned: in what the tables of what was taught differ from the log, Chinese ("" = in nothing), None if not looked at.
    """

    poll_seconds: int
    rules: str = ""
    basis: str = ""
    tools: tuple[str, ...] | None = None
    window: str | None = None
    seal_trouble: str = ""
    check_seconds: float = 0.2
    compile_trouble: str = ""
    compile_since: datetime | None = None
    beating: bool = False
    learned: str | None = None


@dataclass(frozen=True, kw_only=True)
class Folder:
    """One folder of one account as its polls tell.

    last, error, adds_up, refused: of the last poll. refused_since: when mails were first refused since a poll that went
    through without a refusal. success: when one last went through. earliest: arrival of the
    oldest mail that the server showed then; known_earliest: of the oldest that was ever taken from here. current: it is
    among those that are polled now.
    """

    account: str
    name: str
    last: datetime
    error: str = ""
    adds_up: bool = True
    refused: int = 0
    refused_since: datetime | None = None
    success: datetime | None = None
    earliest: datetime | None = None
    known_earliest: datetime | None = None
    current: bool = True


@dataclass(frozen=True, kw_only=True)
class Linked:
    """Material that a report only links to. expires: None where the mail does not say."""

    accession: str
    expires: datetime | None


@dataclass(frozen=True, kw_only=True)
class Log:
    """The last event and seal. first: of the first event. number 0, "" and None: there is none."""

    number: int = 0
    head: str = ""
    first: datetime | None = None
    last: datetime | None = None
    seal: int = 0
    sealed: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What the register holds.

    states: (state, items). waiting_since: when the longest waiting captured item began to wait. stale: filed items
    that rest on another basis, None if not known. held: accessions. gone: mails that are nowhere on the server any
    more. taught: (action, outcome) of what was taught and taken back.
    polls, failed_polls: how many are written down. told: what the server said when it did not even tell its
    folders, with the time, if that was the last that was heard.
    """

    states: tuple[tuple[str, int], ...] = ()
    waiting_since: datetime | None = None
    stale: int | None = None
    held: tuple[str, ...] = ()
    gone: int = 0
    taught: tuple[tuple[str, str], ...] = ()
    polls: int = 0
    failed_polls: int = 0
    folders: tuple[Folder, ...] = ()
    told: tuple[datetime, str] | None = None
    links: tuple[Linked, ...] = ()
    log: Log = Log()

    def count(self, state: str) -> int:
        """How many items stand in *state*."""
        return dict(self.states).get(state, 0)


@dataclass(frozen=True, kw_only=True)
class Unread:
    """Why the register could not be read. code: 4 damaged or gone, 75 otherwise. why, cure: Chinese."""

    code: int
    why: str
    cure: str


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Who holds the data folder. held: a process does, and which (0 if it does not say). daemon: process and time of
    the last word of a daemon (status.json); 0 and None if there never was one."""

    held: bool
    process: int = 0
    daemon: int = 0
    written: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that was found. contents: None where the register could not be read, and *unread* says why.

    checked: "ok", what SQLite's quick check said, or "" where the time did not suffice. served: the
    register is in a database server, which has no quick check. octets: of the register.
    free_octets: of the disk; None if it cannot be asked. software, python: versions, "" if not known. readers: VERSION.
    """

    known: Known
    contents: Contents | None
    unread: Unread | None = None
    checked: str = ""
    served: bool = False
    octets: int = 0
    free_octets: int | None = None
    writer: Writer = Writer(held=False)
    software: str = ""
    python: str = ""
    readers: int = 0
