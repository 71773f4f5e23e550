"""What the fork server is told and what it answers, one line of JSON each."""

from __future__ import annotations

from msgspec import Struct

UNTIL_THE_END = 0


class Death(Struct, frozen=True, kw_only=True):
    """When a round dies: at boundary number *point* (from 1), or killed from outside after so many *seconds*.

    power: it takes with it what was not synced, as a power cut does.
    """

    point: int = UNTIL_THE_END
    seconds: float = 0
    power: bool = False


class Order(Struct, frozen=True, kw_only=True):
    """Rounds over the mailbox at *address*: one for each of *deaths*, then one that nothing disturbs.

    data: made anew, as a copy of *begin* ("": empty); removed at the end where there were deaths.
    rules: digest of the rules. archive: a name of wrong.ARCHIVES. attach: words of a file that a person adds to the first
    mail before each round, unless it was added; "" for none.
    """

    data: str
    address: str
    begin: str = ""
    rules: str = "first"
    archive: str = "right"
    attach: str = ""
    deaths: tuple[Death, ...] = ()


class Outcome(Struct, frozen=True, kw_only=True):
    """What stands in archive and register.

    items: accession, digest, state, filing as JSON. sightings: UIDVALIDITY, UID, digest. events: accession, action,
    how many. findings: of verify. attached: digests of the files that were added.
    """

    digests: tuple[str, ...]
    items: tuple[tuple[str, str, str, str], ...]
    sightings: tuple[tuple[int, int, str], ...]
    events: tuple[tuple[str, str, int], ...]
    findings: tuple[str, ...]
    orphans: tuple[str, ...]
    unfinished: tuple[str, ...]
    attached: tuple[str, ...] = ()


class Answer(Struct, frozen=True, kw_only=True):
    """What came of an order.

    deaths: for each, where it struck ("" where the round had ended before). points, seconds: boundaries and length of
    the last round. error: of that round.
    """

    deaths: tuple[str, ...] = ()
    points: int = 0
    seconds: float = 0
    outcome: Outcome | None = None
    error: str = ""
