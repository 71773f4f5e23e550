"""A mailbox over IMAP, only read: LIST, EXAMINE, IDLE, FETCH of UID, RFC822.SIZE, INTERNALDATE and BODY.PEEK[]; nothing else.

Purpose: `ImapMailbox`: what lies after a UID and its octets, every answer compared with what was asked.
Source: RFC 3501 and 9051. Providers' ways: QQ answers BAD to descending sets and to server-side searches, so neither
is sent.
Limits: mails that are announced small are held in memory whole. What is new is found by message numbers, which are
dense, from the top down, so a UID that the server leaves out is noticed, and `n:*` (which names the last mail even
below n) is never sent.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from pipeline.errors import ShouwenError, UnavailableError
from pipeline.mailbox.asking import Question
from pipeline.mailbox.bodies import Bodies, piece, whole
from pipeline.mailbox.connection import Connection
from pipeline.mailbox.folders import Folders, moment
from pipeline.mailbox.idle import idle
from pipeline.mailbox.source import Listed, Listing, Message, Missed, Seen
from pipeline.stop import Stop

LISTED_AT_ONCE = 200
"""Message numbers asked for in one command: a line of some 1,000 characters, which every server takes."""
FETCHED_AT_ONCE = 20
FETCHED_OCTETS = 4 * 1024**2
"""Mails fetched in one command, and their octets together: bounds memory and what a broken connection costs."""
BIG_OCTETS = 8 * 1024**2
"""Mails announced above this are fetched in pieces, which costs a question each; below, most mails of units are one answer."""
IDLE_PAUSE_SECONDS = 0.5
"""Least pause between two IDLEs: a server may always have something to say."""
IDLE_FAILURES = 3
"""After so many broken IDLEs in a row none is tried again: the connection is worth more than being early."""

_FACTS = ("UID", "RFC822.SIZE", "INTERNALDATE")


class ImapMailbox:
    """The mailbox behind *connection*; the first question connects and logs in. junk: the junk folder is polled too."""

    ascending = True

    def __init__(
        self, connection: Connection, *, account: str, folders: tuple[str, ...], junk: bool = False
    ) -> None:
        self.account = account
        self._connection = connection
        self._folders = Folders(connection)
        self._bodies = Bodies(connection, self._folders)
        self._wanted = folders
        self._junk = junk
        self._idle_failures = 0

    def __repr__(self) -> str:
        return f"ImapMailbox({self.account})"

    def folders(self) -> tuple[str, ...]:
        """Name the folders that were set, and the junk folder where it is wanted and there; none twice."""
        return self._folders.names(self._wanted, junk=self._junk)

    def look(self, folder: str) -> Seen:
        """EXAMINE *folder*.

        Raises:
            SettingsError: the server has no such folder.
            UnavailableError: it has, and does not show it now.
        """
        return self._folders.look(folder)

    def list(self, folder: str, seen: Seen, after_uid: int = 0) -> Listing:
        """List what lies above *after_uid*; what the server leaves out twice, freshly examined, is counted.

        Raises:
            UnavailableError: the folder's UIDs were numbered anew since it was *seen*.
        """
        now = self._folders.seen[folder] if self._folders.is_open(folder) else self.look(folder)
        self._folders.require_same(folder, now, seen)
        mails, left_out = self._numbered(now, after_uid)
        if left_out:
            now = self.look(folder)
            self._folders.require_same(folder, now, seen)
            mails, left_out = self._numbered(now, after_uid)
        return Listing(mails=tuple(sorted(mails, key=lambda one: one.uid)), left_out=left_out)

    def fetch(self, folder: str, wanted: Sequence[Listed]) -> Iterator[Message | Missed]:
        """Hand over the mails *wanted*, big ones in pieces.

        Raises:
            UnavailableError: the connection went, or the folder's UIDs were numbered anew; what was handed over stands.
        """
        if not self._folders.is_open(folder):
            before = self._folders.seen.get(folder)
            now = self.look(folder)
            self._folders.require_same(folder, now, before or now)
        batches = list(_batches(wanted))
        try:
            for batch, following in zip_longest(batches, batches[1:]):
                then = _first_question(following) if following else None
                if _is_alone(batch):
                    yield self._bodies.one_big(folder, batch[0], then)
                else:
                    yield from self._bodies.several(folder, batch, then)
        finally:
            self._bodies.forget()

    def wait(self, folder: str, seconds: float, stop: Stop | None = None) -> bool:
        """Wait with IDLE where the open connection offers it, else asleep; errors are left to the next poll."""
        stop = stop or Stop()
        end = time.monotonic() + seconds
        try:
            if self._may_idle() and self._has_grown(folder):
                return True
            while self._may_idle() and not stop.is_set() and end - time.monotonic() > IDLE_PAUSE_SECONDS:
                if self._idle(end - time.monotonic(), stop):
                    return True
                stop.wait(IDLE_PAUSE_SECONDS)
        except ShouwenError:
            self._idle_failures += 1
        stop.wait(max(0, end - time.monotonic()))
        return False

    def close(self) -> None:
        """Log out; a connection that is broken already is just dropped."""
        self._connection.close()

    # ------------------------------------------------------------ listing

    def _numbered(self, seen: Seen, after_uid: int) -> tuple[Sequence[Listed], int]:
        """Walk the message numbers down from the top until one is not new; count those without an answer."""
        found: dict[int, Listed] = {}
        left_out = 0
        for top in range(seen.exists, 0, -LISTED_AT_ONCE):
            numbers = range(max(1, top - LISTED_AT_ONCE + 1), top + 1)
            answers = self._facts(numbers)
            if not answers:
                raise UnavailableError(
                    f"服务器 {self._connection.server} 报有 {seen.exists} 封，却不肯列出；下次再试"
                )
            old = max((number for number, one in answers.items() if one.uid <= after_uid), default=0)
            left_out += sum(number > old and number not in answers for number in numbers)
            found.update((one.uid, one) for one in answers.values() if one.uid > after_uid)
            if old:
                break
        return tuple(found.values()), left_out

    def _facts(self, numbers: Sequence[int]) -> dict[int, Listed]:
        with self._connection.talking() as client:
            client.use_uid = False
            try:
                answers = client.fetch(numbers, _FACTS)
            finally:
                client.use_uid = True
        return {
            number: Listed(
                uid=answer[b"UID"],
                size=_size(answer.get(b"RFC822.SIZE")),
                received=moment(answer.get(b"INTERNALDATE")),
            )
            for number, answer in answers.items()
            if b"UID" in answer
        }

    # ------------------------------------------------------------ waiting

    def _may_idle(self) -> bool:
        return self._idle_failures < IDLE_FAILURES and self._connection.offers_idle()

    def _has_grown(self, folder: str) -> bool:
        """Look again, for IDLE does not tell what came before it; say whether there is more than at the last look."""
        before = self._folders.seen.get(folder)
        now = self.look(folder)
        return before is not None and (
            now.uidvalidity != before.uidvalidity
            or now.uidnext > before.uidnext
            or now.exists > before.exists
        )

    def _idle(self, seconds: float, stop: Stop) -> bool:
        with self._connection.talking() as client:
            came = idle(client, seconds, stop)
        self._idle_failures = 0
        return came


def _size(told: Any) -> int:
    return told if isinstance(told, int) and told > 0 else 0


def _first_question(batch: Sequence[Listed]) -> Question:
    return piece(batch[0], 0) if _is_alone(batch) else whole(batch)


def _is_alone(batch: Sequence[Listed]) -> bool:
    return len(batch) == 1 and _is_big(batch[0])


def _is_big(one: Listed) -> bool:
    """Say whether a mail is fetched in pieces; one of untold size may be of any."""
    return one.size > BIG_OCTETS or one.size == 0


def _batches(listed: Sequence[Listed]) -> Iterator[Sequence[Listed]]:
    batch: list[Listed] = []
    for one in listed:
        full = len(batch) == FETCHED_AT_ONCE or sum(b.size for b in batch) + one.size > FETCHED_OCTETS
        if batch and (full or _is_big(one) or _is_big(batch[-1])):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch
