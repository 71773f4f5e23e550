"""One poll of one folder: what is new goes into the archive, then into the register, then the mark moves.

Purpose: `Capturing(…).poll()`. The register says what is new, not flags, not a search, not a date.
Source: RFC 3501 section 2.3.1.1: UIDs ascend and stay while UIDVALIDITY does.
Limits: where the server gives no UIDVALIDITY (0), or its numbers begin anew under the same one, all mails are fetched
again and told apart by digest; dear, but nothing is lost and nothing taken twice.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.archive import Archive
from pipeline.errors import ShouwenError
from pipeline.mailbox import Message, Missed, Seen, Source, WithheldError
from pipeline.register import Capture, Poll, Register, Sighting
from pipeline.worker.oplog import log

CAPTURED_AT_ONCE = 16
"""Mails of one transaction: a commit waits for the disk; a crash costs at most these their transfer."""

NOTHING_SEEN = Seen(uidvalidity=0, exists=0)


@dataclass(kw_only=True)
class Capturing:
    """One poll on its way: what it saw, what waits for the next commit, and how many of each kind there were."""

    archive: Archive
    register: Register
    source: Source
    folder: str
    clock: Callable[[], datetime]
    stop: threading.Event
    seen: Seen = NOTHING_SEEN
    waiting: list[Capture] = field(default_factory=list)
    fetched: int = 0
    refused: int = 0
    vanished: int = 0
    captured: int = 0
    mark: int = 0
    blocked: bool = False

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
        return self._write_down("")

    def _take(self) -> None:
        self.mark, known = self._had()
        try:
            listing = self.source.list(self.folder, self.seen, self.mark)
            for _ in range(listing.left_out):
                self._one(Missed(uid=0, why="服务器列出的邮件里少了这一封"))
            wanted = [one for one in listing.mails if one.uid not in known]
            for one in self.source.fetch(self.folder, wanted):
                self._one(one)
                if self.stop.is_set():
                    break
        finally:
            self._commit()

    def _had(self) -> tuple[int, frozenset[int]]:
        """Say up to which UID nothing is missing here, and which ones above it are here as well."""
        account, uidvalidity = self.source.account, self.seen.uidvalidity
        if not self.source.ascending:
            return 0, self.register.sighted(account, self.folder, uidvalidity, above=0)
        marked, mark = self.register.marks(account, self.folder)
        if uidvalidity == 0 or (marked == uidvalidity and 0 < self.seen.uidnext <= mark):
            return 0, frozenset()
        mark = mark if marked == uidvalidity else 0
        return mark, self.register.sighted(account, self.folder, uidvalidity, above=mark)

    def _one(self, one: Message | Missed) -> None:
        if isinstance(one, Message):
            try:
                self._keep(one)
                self.fetched += 1
            except WithheldError as error:
                one = Missed(uid=one.uid, why=str(error))
        if isinstance(one, Missed):
            self.vanished += one.gone
            self.refused += not one.gone
            self.blocked = self.blocked or not one.gone
            log.warning("mail not handed over", folder=self.folder, uid=one.uid, why=one.why)
        if not self.blocked:
            self.mark = max(self.mark, one.uid)
        if len(self.waiting) >= CAPTURED_AT_ONCE:
            self._commit()

    def _keep(self, message: Message) -> None:
        """Put the octets into the archive: from here on they are safe, and the register may speak of them."""
        blob = self.archive.put(message.pieces)
        self.waiting.append(
            Capture(
                sha256=blob.sha256,
                size=blob.size,
                received=message.received or self.clock(),
                received_from=message.received_from,
                sighting=self._sighting(message.uid),
                mended=blob.mended,
            )
        )

    def _commit(self) -> None:
        waiting, self.waiting = self.waiting, []
        mark = self._sighting(self.mark) if self.source.ascending and self.mark else None
        if waiting or mark:
            before = sum(self.register.count().values())
            self.register.capture(waiting, at=self.clock(), mark=mark)
            self.captured += sum(self.register.count().values()) - before

    def _sighting(self, uid: int) -> Sighting:
        return Sighting(
            account=self.source.account, folder=self.folder, uidvalidity=self.seen.uidvalidity, uid=uid
        )

    def _write_down(self, error: str) -> Poll:
        poll = Poll(
            account=self.source.account,
            folder=self.folder,
            at=self.clock(),
            uidvalidity=self.seen.uidvalidity,
            exists=self.seen.exists,
            uidnext=self.seen.uidnext,
            earliest=self.seen.earliest,
            new=self.fetched + self.refused + self.vanished,
            fetched=self.fetched,
            refused=self.refused,
            vanished=self.vanished,
            captured=self.captured,
            error=error,
        )
        self.register.polled(poll)
        log.info("polled", folder=self.folder, new=poll.new, fetched=poll.fetched, refused=poll.refused)
        return poll
