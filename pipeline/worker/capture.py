"""One poll of one folder: what is new goes into the archive, then into the register; then the count must add up.

Purpose: `Capturing(…).poll()`. The register says what is new, not flags, not a search, not a date.
Source: RFC 3501 section 2.3.1.1: UIDs ascend and stay while UIDVALIDITY does. Providers hide old mails and show them
again later (QQ's thirty days), so what lies over the greatest known UID is not all that can be new: where known and new
mails together are not as many as the server counts, all of the folder is listed and compared.
Limits: one mail gone and an older one shown in its place between two polls leave the count as it was; a whole list
(`everything`), which the daemon asks for once a day, finds both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from pipeline.archive import Archive
from pipeline.errors import ShouwenError
from pipeline.mailbox import Listed, Listing, Message, Missed, Seen, Source, WithheldError
from pipeline.register import Capture, Poll, Register, Sighting
from pipeline.stop import Stop
from pipeline.worker.oplog import log
from pipeline.worker.putting import Batch, Put, Putting

NOTHING_SEEN = Seen(uidvalidity=0, exists=0)


def _nothing() -> None:
    """Nobody watches."""


@dataclass(kw_only=True)
class Capturing:
    """One poll on its way: what it saw, and how many of each kind there were.

    everything: list the whole folder whatever the count says. alive: called for every mail that was asked for. digests: of
    what was taken in.
    """

    archive: Archive
    register: Register
    source: Source
    folder: str
    clock: Callable[[], datetime]
    stop: Stop
    everything: bool = False
    alive: Callable[[], None] = _nothing
    seen: Seen = NOTHING_SEEN
    digests: set[str] = field(default_factory=set)
    new: int = 0
    fetched: int = 0
    refused: int = 0
    vanished: int = 0
    captured: int = 0

    def poll(self) -> Poll:
        """Look, take in what is new, and write down what was seen, whether or not all went well.

        Raises:
            ShouwenError: the folder could not be polled to its end; what came before is taken in.
        """
        try:
            self.seen = self.source.look(self.folder)
            self._take()
        except ShouwenError as error:
            self._write_down(str(error))
            raise
        stopped = self.fetched + self.refused + self.vanished < self.new
        return self._write_down("收到停止信号，这次没有收完；下次再收" if stopped else "")

    def _take(self) -> None:
        outdated = self.register.outdated(*self._place)
        if outdated:
            self.register.note_missing(outdated, at=self.clock())
        listing = self._listed_new() or self._listed_whole()
        self.new = len(listing.mails) + listing.left_out
        self.refused = listing.left_out
        with Putting(archive=self.archive, alive=self.alive) as putting:
            try:
                for wanted, one in zip(
                    listing.mails, self.source.fetch(self.folder, listing.mails), strict=True
                ):
                    self._one(wanted, one, putting)
                    self._take_in(putting.safe())
                    self.alive()
                    if self.stop.is_set():
                        break
            finally:
                self._take_in(putting.safe(whole=True))

    # ------------------------------------------------------------ what is new

    def _listed_new(self) -> Listing | None:
        """List what lies over the greatest known UID, if that with the known mails is all that the server counts."""
        standing = self.register.standing(*self._place)
        if (
            self.everything
            or not self.source.ascending
            or not self.seen.uidvalidity
            or self._may_have_begun_anew
        ):
            return None
        if standing.live == self.seen.exists and self.seen.uidnext == standing.highest + 1:
            return Listing(mails=())
        listing = self.source.list(self.folder, self.seen, standing.highest)
        adds_up = standing.live + len(listing.mails) + listing.left_out == self.seen.exists
        all_new = all(one.uid > standing.ever for one in listing.mails)
        return listing if adds_up and all_new else None

    def _listed_whole(self) -> Listing:
        """List all of the folder, note which known mails are gone or back, and return those that are not known.

        Where the UIDs began anew, none of them is known, whatever it shows.
        """
        listing = self.source.list(self.folder, self.seen)
        begun_anew = self._may_have_begun_anew and all(one.uid < self.seen.uidnext for one in listing.mails)
        there = {_facts(one) for one in listing.mails}
        had = self.register.sighted(*self._place)
        gone = [one for one in had if one.gone is None and _facts(one) not in there]
        back = [one for one in had if one.gone is not None and _facts(one) in there]
        if not listing.left_out:
            self.register.note_missing(gone, () if begun_anew else back, at=self.clock())
        if not self.source.ascending:
            self.seen = replace(self.seen, exists=len(there) + listing.left_out)
        known = set() if begun_anew else {_facts(one) for one in had}
        return Listing(
            mails=tuple(one for one in listing.mails if _facts(one) not in known),
            left_out=max(0, listing.left_out - len(gone)),  # what is not listed may be what is here already
        )

    @property
    def _may_have_begun_anew(self) -> bool:
        """The next UID is said to be one that was given before; a server that lists such a UID just says it wrong."""
        return 0 < self.seen.uidnext <= self.register.standing(*self._place).highest

    # ------------------------------------------------------------ taking in

    def _one(self, wanted: Listed, one: Message | Missed, putting: Putting) -> None:
        if isinstance(one, Message):
            try:
                putting.put(wanted, one)
            except WithheldError as error:
                one = Missed(uid=wanted.uid, why=str(error))
        if isinstance(one, Missed):
            self.vanished += one.gone
            self.refused += not one.gone
            log.warning("mail not handed over", folder=self.folder, uid=one.uid, why=one.why)

    def _take_in(self, batches: Iterable[Batch]) -> None:
        """Tell the register of the mails that are safe in the archive, in their order, a batch in a transaction.

        Raises:
            TransientError: one could not be put; those before it are taken in.
        """
        for batch in batches:
            if batch.puts:
                self.fetched += len(batch.puts)
                before = self.register.taken
                self.register.capture([self._capture(put) for put in batch.puts], at=self.clock())
                self.captured += self.register.taken - before
            if batch.failed is not None:
                raise batch.failed

    def _capture(self, put: Put) -> Capture:
        """What the register is told of a mail; of two with the same octets, maybe put at the same time, the first was fresh."""
        account, folder, uidvalidity = self._place
        first = put.blob.sha256 not in self.digests
        self.digests.add(put.blob.sha256)
        return Capture(
            sha256=put.blob.sha256,
            size=put.blob.size,
            received=put.message.received or self.clock(),
            received_from=put.message.received_from,
            sighting=Sighting(
                account=account,
                folder=folder,
                uidvalidity=uidvalidity,
                uid=put.wanted.uid,
                size=put.wanted.size,
                received=put.wanted.received,
            ),
            mended=put.blob.mended and first,
            fresh=put.blob.fresh and first,
        )

    @property
    def _place(self) -> tuple[str, str, int]:
        return self.source.account, self.folder, self.seen.uidvalidity

    def _write_down(self, error: str) -> Poll:
        poll = Poll(
            account=self.source.account,
            folder=self.folder,
            at=self.clock(),
            uidvalidity=self.seen.uidvalidity,
            exists=self.seen.exists,
            uidnext=self.seen.uidnext,
            earliest=self.seen.earliest,
            new=self.new,
            fetched=self.fetched,
            refused=self.refused,
            vanished=self.vanished,
            captured=self.captured,
            known=self.register.standing(*self._place).live,
            error=error,
        )
        self.register.polled(poll)
        log.info("polled", folder=self.folder, new=poll.new, fetched=poll.fetched, refused=poll.refused)
        return poll


def _facts(one: Listed | Sighting) -> tuple[int, int, datetime | None]:
    """What tells two mails of one folder apart without their octets; a UID alone may have been given anew."""
    return one.uid, one.size, one.received
