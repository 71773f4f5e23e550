"""The octets of mails: small ones several in a command, big ones in pieces, each compared with what was asked.

Purpose: `Bodies.several` and `Bodies.one_big`.
Source: RFC 3501 section 6.4.5 (BODY.PEEK[] sets no flag).
Limits: a server may leave a mail out, answer NIL, NO or nothing at all for it: it is asked for once more, alone, and
then missed. A mail without a single octet is one that the server withholds, for none can be sent so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from imapclient.exceptions import IMAPClientError

from pipeline.errors import UnavailableError
from pipeline.mailbox.connection import Connection, is_refusal
from pipeline.mailbox.folders import Folders
from pipeline.mailbox.pieces import PIECE_OCTETS, Piece, in_pieces
from pipeline.mailbox.source import Listed, Message, Missed, WithheldError, arrival

_BODY = re.compile(rb"BODY\[\](?:<(\d{1,19})(?:\.\d+)?>)?")
"""The key of octets, with the origin of a piece."""


class Bodies:
    """What the server hands over of the mails in the open one of *folders*."""

    def __init__(self, connection: Connection, folders: Folders) -> None:
        self._connection = connection
        self._folders = folders

    def several(self, folder: str, batch: Sequence[Listed]) -> Iterator[Message | Missed]:
        """Fetch the mails of *batch*; one that is not among the answers is asked for again, alone."""
        bodies = self._bodies(folder, [one.uid for one in batch])
        for one in batch:
            octets = bodies.pop(one.uid, b"") or self._bodies(folder, [one.uid]).get(one.uid, b"")
            yield _message(one, octets, None) if octets else self._missed(folder, one.uid)

    def one_big(self, folder: str, one: Listed) -> Message | Missed:
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
            found = _BODY.fullmatch(key)
            if found and isinstance(octets, bytes):
                return Piece(origin=int(found[1] or b"0"), octets=octets)
        return None

    def _bodies(self, folder: str, uids: Sequence[int]) -> dict[int, bytes]:
        answers = self._answers(folder, sorted(uids), "BODY.PEEK[]")
        found = {uid: answer.get(b"BODY[]") for uid, answer in answers.items()}
        return {uid: octets for uid, octets in found.items() if isinstance(octets, bytes)}

    def _answers(self, folder: str, uids: Sequence[int], item: str) -> dict[int, dict[bytes, Any]]:
        """Ask for one item of each mail; {} where the server answers NO, as some do about a single mail."""
        return self._asked(folder, uids, item) or {}

    def _asked(self, folder: str, uids: Sequence[int], item: str) -> dict[int, dict[bytes, Any]] | None:
        """Ask for one item of each mail; None where the server answers NO, which says nothing of what is there."""
        if not self._folders.is_open(folder):
            raise UnavailableError(f"收取文件夹 {folder} 时连接断了；下次再收")
        with self._connection.talking() as client:
            try:
                answers: dict[int, dict[bytes, Any]] = client.fetch(uids, [item])
            except IMAPClientError as error:
                if not is_refusal(error):
                    raise
                client._imap.untagged_responses.pop(
                    "FETCH", None
                )  # what came before the NO is no later answer
                return None
        return answers

    def _missed(self, folder: str, uid: int) -> Missed:
        answers = self._asked(folder, [uid], "RFC822.SIZE")
        if answers is None or b"RFC822.SIZE" in answers.get(uid, {}):
            return Missed(uid=uid, why="服务器两次都没有交出这一封")
        return Missed(uid=uid, why="列出之后已从邮箱移走", gone=True)


def _message(one: Listed, first: bytes, others: Iterator[bytes] | None) -> Message:
    received, received_from = (one.received, "internaldate") if one.received else arrival(first)
    return Message(
        uid=one.uid,
        pieces=chain((first,), others) if others is not None else (first,),
        received=received,
        received_from=received_from,
        size=one.size,
    )
