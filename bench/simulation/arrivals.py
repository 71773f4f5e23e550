"""When mails come, how large they are, and the mailbox that shows them once they have come.

Source: the notice's window (渝科协发〔2024〕23号: activities from early May, reports by 20 June) and the deadline's peak of
the issue; sizes are log-normal around a median of 2.8 MB, cut at 60 MB, which is what such mails were found to be.
Limits: one folder; nobody deletes, nothing is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from bench.simulation.clock import Clock
from pipeline.beijing import BEIJING
from pipeline.mailbox import Listed, Listing, Message, Missed, Seen
from pipeline.stop import Stop

OPENING = datetime(2024, 5, 6, tzinfo=BEIJING)
DEADLINE = datetime(2024, 6, 21, tzinfo=BEIJING)
LAST_DAY_SHARE = 1 / 3
DAY = 86_400
OFFICE_HOURS = (8.5, 18.0)
IN_OFFICE_HOURS = 0.9
"""Share of a day's mails that come then."""
MEDIAN_OCTETS, SIGMA, MOST_OCTETS = 2.8e6, 1.6, 60e6


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """All mails of a season in the order of their arrival. at: seconds since the epoch. octets: sizes on the server."""

    at: NDArray[np.float64]
    octets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.at)


def arrivals(mails: int, seed: int) -> Arrivals:
    """Make *mails* arrivals, the same for the same *seed*: a third on the last day, the others ever more towards it."""
    dice = np.random.default_rng(seed)
    opening, deadline = OPENING.timestamp(), DEADLINE.timestamp()
    days = round((deadline - opening) / DAY)
    weights = np.exp(np.arange(days - 1) / 12.0)
    shares = np.append(weights / weights.sum() * (1 - LAST_DAY_SHARE), LAST_DAY_SHARE)
    day = dice.choice(days, size=mails, p=shares)
    begin, end = OFFICE_HOURS
    hours = np.where(
        dice.random(mails) < IN_OFFICE_HOURS, dice.uniform(begin, end, mails), dice.uniform(0, 24, mails)
    )
    sizes = np.minimum(dice.lognormal(np.log(MEDIAN_OCTETS), SIGMA, mails), MOST_OCTETS)
    return Arrivals(at=np.sort(opening + day * DAY + hours * 3600), octets=sizes.astype(np.int64))


def octets_of(number: int) -> bytes:
    """The octets of mail *number*, from 0: its own, and few, for nobody reads them."""
    return f"Subject: {number}\r\nMessage-ID: <{number}@simulation.example>\r\n\r\n{number}\r\n".encode()


def number_of(octets: bytes) -> int:
    """Which mail has these octets."""
    return int(octets.split(b"\r\n", 1)[0].removeprefix(b"Subject: "))


def digest_of(number: int) -> str:
    """The sha256 of those octets."""
    return hashlib.sha256(octets_of(number)).hexdigest()


class Mailbox:
    """The collection mailbox at the time of *clock*; each mail takes its size over *rate* (octets a second) to fetch.

    captured: for each mail, when it was handed over; NaN before.
    """

    account = "simulation"
    ascending = True

    def __init__(self, mails: Arrivals, clock: Clock, rate: float) -> None:
        self._mails = mails
        self._clock = clock
        self._rate = rate
        self.captured = np.full(len(mails), np.nan)

    def next_arrival(self) -> float:
        """When the first mail that has not come yet will have come, in seconds since the epoch; now, if there is none."""
        there = int(np.searchsorted(self._mails.at, self._clock.seconds, side="right"))
        return float(self._mails.at[there]) if there < len(self._mails) else self._clock.seconds

    def folders(self) -> tuple[str, ...]:
        """There is one."""
        return ("INBOX",)

    def look(self, folder: str) -> Seen:  # noqa: ARG002 - there is one folder
        """Count what has come."""
        there = int(np.searchsorted(self._mails.at, self._clock.seconds, side="right"))
        return Seen(uidvalidity=1, exists=there, uidnext=there + 1)

    def list(self, folder: str, seen: Seen, after_uid: int = 0) -> Listing:  # noqa: ARG002
        """List what had come when it was *seen*; the UID of mail n is n + 1."""
        return Listing(mails=tuple(self._listed(uid) for uid in range(after_uid + 1, seen.exists + 1)))

    def fetch(self, folder: str, wanted: Sequence[Listed]) -> Iterator[Message | Missed]:  # noqa: ARG002
        """Hand over the mails *wanted*, each after its time on the line."""
        for one in wanted:
            number = one.uid - 1
            self._clock.skip(one.size / self._rate)
            self.captured[number] = self._clock.seconds
            yield Message(
                uid=one.uid,
                pieces=(octets_of(number),),
                received=one.received,
                received_from="internaldate",
                size=one.size,
            )

    def wait(self, folder: str, seconds: float, stop: Stop | None = None) -> bool:  # noqa: ARG002
        """Skip the waiting."""
        self._clock.skip(seconds)
        return False

    def close(self) -> None:
        """Nothing is open."""

    def _listed(self, uid: int) -> Listed:
        at = datetime.fromtimestamp(int(self._mails.at[uid - 1]), UTC)
        return Listed(uid=uid, size=int(self._mails.octets[uid - 1]), received=at)
