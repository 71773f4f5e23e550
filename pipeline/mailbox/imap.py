"""A mailbox over IMAP, only read: LIST, EXAMINE, IDLE, FETCH of UID, RFC822.SIZE, INTERNALDATE and BODY.PEEK[]; nothing else.

Purpose: `ImapMailbox`: what lies after a UID and its octets, every answer compared with what was asked.
Source: RFC 3501 and 9051. Providers' ways: QQ answers BAD to descending sets and to server-side searches, so neither
is sent.
Limits: mails that are announced small are held in memory whole. What is new is found by message numbers, which are
dense, from the top down, so a UID that the server leaves out is noticed, and `n:*` (which names the last mail even
below n) is never sent. A mail without a single octet is one that the server withholds: none can be sent so.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from pipeline.errors import SettingsError, ShouwenError, UnavailableError
from pipeline.mailbox.connection import Connection, is_refusal, said
from pipeline.mailbox.idle import SLICE_SECONDS, idle
from pipeline.mailbox.junk import Folder, junk_among
from pipeline.mailbox.pieces import PIECE_OCTETS, Piece, in_pieces
from pipeline.mailbox.source import YEARS, Listed, Listing, Message, Missed, Seen, WithheldError, arrival

LISTED_AT_ONCE = 200
"""Message numbers asked for in one command: a line of some 1,000 characters, which every server takes."""
FETCHED_AT_ONCE = 20
FETCHED_OCTETS = 4 * 1024**2
"""Mails fetched in one command, and their octets together: bounds memory and what a broken connection costs."""
BIG_OCTETS = FETCHED_OCTETS
"""Mails announced above this are fetched in pieces: they would not fit into a command of several either."""
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
        self._folders = folders
        self._junk = junk
        self._open: tuple[IMAPClient, str] | None = None
        self._seen: dict[str, Seen] = {}
        self._idle_failures = 0

    def __repr__(self) -> str:
        return f"ImapMailbox({self.account})"

    def folders(self) -> tuple[str, ...]:
        """Name the folders that were set, and the junk folder where it is wanted and there; none twice."""
        junk = junk_among(self._listed_folders()) if self._junk else None
        named = (*self._folders, junk) if junk else self._folders
        return tuple(
            {_key(name): name for name in reversed(named)}[key] for key in dict.fromkeys(map(_key, named))
        )

    def look(self, folder: str) -> Seen:
        """EXAMINE *folder*.

        Raises:
            SettingsError: the server has no such folder.
            UnavailableError: it has, and does not show it now.
        """
        refusal = ""
        with self._connection.talking() as client:
            self._open = None
            try:
                told = client.select_folder(folder, readonly=True)
            except IMAPClientError as error:
                if not is_refusal(error):
                    raise
                refusal = said(error)
            else:
                self._open = client, folder
                seen = Seen(
                    uidvalidity=int(told.get(b"UIDVALIDITY", 0)),
                    exists=int(told.get(b"EXISTS", 0)),
                    uidnext=int(told.get(b"UIDNEXT", 0)),
                    earliest=_oldest(client) if told.get(b"EXISTS") else None,
                )
        if refusal:
            raise self._not_shown(folder, refusal)
        self._seen[folder] = seen
        return seen

    def list(self, folder: str, seen: Seen, after_uid: int = 0) -> Listing:
        """List what lies above *after_uid*; what the server leaves out twice, freshly examined, is counted.

        Raises:
            UnavailableError: the folder's UIDs were numbered anew since it was *seen*.
        """
        now = self._seen[folder] if self._is_open(folder) else self.look(folder)
        self._require_same(folder, now, seen)
        mails, left_out = self._numbered(now, after_uid)
        if left_out:
            now = self.look(folder)
            self._require_same(folder, now, seen)
            mails, left_out = self._numbered(now, after_uid)
        return Listing(mails=tuple(sorted(mails, key=lambda one: one.uid)), left_out=left_out)

    def fetch(self, folder: str, wanted: Sequence[Listed]) -> Iterator[Message | Missed]:
        """Hand over the mails *wanted*, big ones in pieces.

        Raises:
            UnavailableError: the connection went, or the folder's UIDs were numbered anew; what was handed over stands.
        """
        if not self._is_open(folder):
            before = self._seen.get(folder)
            now = self.look(folder)
            self._require_same(folder, now, before or now)
        for batch in _batches(wanted):
            if len(batch) == 1 and _is_big(batch[0]):
                yield self._big(folder, batch[0])
            else:
                yield from self._small(folder, batch)

    def wait(self, folder: str, seconds: float, stop: threading.Event | None = None) -> bool:
        """Wait with IDLE where the open connection offers it, else asleep; errors are left to the next poll."""
        stop = stop or threading.Event()
        end = time.monotonic() + seconds
        try:
            if self._may_idle() and self._has_grown(folder):
                return True
            while self._may_idle() and not stop.is_set() and end - time.monotonic() > SLICE_SECONDS:
                if self._idle(end - time.monotonic(), stop):
                    return True
                stop.wait(SLICE_SECONDS)
        except ShouwenError:
            self._idle_failures += 1
        stop.wait(max(0, end - time.monotonic()))
        return False

    def close(self) -> None:
        """Log out; a connection that is broken already is just dropped."""
        self._open = None
        self._connection.close()

    # ------------------------------------------------------------ folders

    def _is_open(self, folder: str) -> bool:
        return self._open is not None and self._open == (self._connection.client, folder)

    def _require_same(self, folder: str, now: Seen, before: Seen) -> None:
        if now.uidvalidity != before.uidvalidity:
            raise UnavailableError(f"文件夹 {folder} 的 UIDVALIDITY 刚刚变了；下次收件会从头核对")

    def _listed_folders(self) -> tuple[Folder, ...]:
        with self._connection.talking() as client:
            answers = client.list_folders()
        return tuple(
            Folder(
                name=str(name),
                delimiter=(delimiter or b"").decode("latin-1"),
                marks=tuple(flag.decode("latin-1") for flag in flags if isinstance(flag, bytes)),
            )
            for flags, delimiter, name in answers
        )

    def _not_shown(self, folder: str, refusal: str) -> ShouwenError:
        there = [one.name for one in self._listed_folders() if not one.is_hidden]
        if _key(folder) in {_key(name) for name in there}:
            return UnavailableError(
                f"服务器 {self._connection.server} 现在不让看文件夹 {folder}（{refusal}）；下次再收，"
                "总是如此就到邮箱网页看有没有安全提示"
            )
        return SettingsError(
            f"服务器 {self._connection.server} 上没有文件夹 {folder}（{refusal}）；请核对设置里的 folders，"
            f"现有：{'、'.join(there) or '（服务器没有列出）'}"
        )

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
                received=_moment(answer.get(b"INTERNALDATE")),
            )
            for number, answer in answers.items()
            if b"UID" in answer
        }

    # ------------------------------------------------------------ fetching

    def _small(self, folder: str, batch: Sequence[Listed]) -> Iterator[Message | Missed]:
        """Fetch the mails of *batch*; one that is not among the answers is asked for again, alone."""
        bodies = self._bodies(folder, [one.uid for one in batch])
        for one in batch:
            octets = bodies.pop(one.uid, b"") or self._bodies(folder, [one.uid]).get(one.uid, b"")
            yield _message(one, octets, ()) if octets else self._missed(folder, one.uid)

    def _big(self, folder: str, one: Listed) -> Message | Missed:
        """Fetch the first piece, the others when they are wanted; a mail that does not even begin is asked for again."""
        for _ in range(2):
            pieces = in_pieces(lambda offset: self._piece(folder, one.uid, offset), one.size)
            try:
                return _message(one, next(pieces), pieces)
            except WithheldError:
                continue
        return self._missed(folder, one.uid)

    def _piece(self, folder: str, uid: int, offset: int | None) -> Piece | None:
        part = "" if offset is None else f"<{offset}.{PIECE_OCTETS}>"
        answer = self._answers(folder, [uid], f"BODY.PEEK[]{part}").get(uid, {})
        for key, octets in answer.items():
            if key.startswith(b"BODY[]") and isinstance(octets, bytes):
                origin = key.removeprefix(b"BODY[]").strip(b"<>")
                return Piece(origin=int(origin or b"0"), octets=octets)
        return None

    def _bodies(self, folder: str, uids: Sequence[int]) -> dict[int, bytes]:
        answers = self._answers(folder, sorted(uids), "BODY.PEEK[]")
        found = {uid: answer.get(b"BODY[]") for uid, answer in answers.items()}
        return {uid: octets for uid, octets in found.items() if isinstance(octets, bytes)}

    def _answers(self, folder: str, uids: Sequence[int], item: str) -> dict[int, dict[bytes, Any]]:
        """Ask for one item of each mail; {} where the server answers NO, as some do about a single mail."""
        if not self._is_open(folder):
            raise UnavailableError(f"收取文件夹 {folder} 时连接断了；下次再收")
        with self._connection.talking() as client:
            try:
                answers: dict[int, dict[bytes, Any]] = client.fetch(uids, [item])
            except IMAPClientError as error:
                if not is_refusal(error):
                    raise
                return {}
        return answers

    def _missed(self, folder: str, uid: int) -> Missed:
        if b"RFC822.SIZE" in self._answers(folder, [uid], "RFC822.SIZE").get(uid, {}):
            return Missed(uid=uid, why="服务器两次都没有交出这一封")
        return Missed(uid=uid, why="列出之后已从邮箱移走", gone=True)

    # ------------------------------------------------------------ waiting

    def _may_idle(self) -> bool:
        return self._idle_failures < IDLE_FAILURES and self._connection.offers_idle

    def _has_grown(self, folder: str) -> bool:
        """Look again, for IDLE does not tell what came before it; say whether there is more than at the last look."""
        before = self._seen.get(folder)
        now = replace(self.look(folder), earliest=None)
        return before is not None and (
            now.uidvalidity != before.uidvalidity
            or now.uidnext > before.uidnext
            or now.exists > before.exists
        )

    def _idle(self, seconds: float, stop: threading.Event) -> bool:
        with self._connection.talking() as client:
            came = idle(client, seconds, stop)
        self._idle_failures = 0
        return came


def _message(one: Listed, first: bytes, others: Iterator[bytes] | tuple[()]) -> Message:
    received, received_from = (one.received, "internaldate") if one.received else arrival(first)
    return Message(
        uid=one.uid,
        pieces=chain((first,), others),
        received=received,
        received_from=received_from,
        size=one.size,
    )


def _key(folder: str) -> str:
    """INBOX is one folder however it is written (RFC 3501 section 5.1); all others are as they are."""
    return "INBOX" if folder.upper() == "INBOX" else folder


def _oldest(client: IMAPClient) -> datetime | None:
    client.use_uid = False
    try:
        return _moment(client.fetch([1], ["INTERNALDATE"]).get(1, {}).get(b"INTERNALDATE"))
    finally:
        client.use_uid = True


def _moment(told: Any) -> datetime | None:
    """Return a time that can be, with its zone."""
    if not isinstance(told, datetime) or told.tzinfo is None or told.year not in YEARS:
        return None
    return told.astimezone(UTC)


def _size(told: Any) -> int:
    return told if isinstance(told, int) and told > 0 else 0


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
