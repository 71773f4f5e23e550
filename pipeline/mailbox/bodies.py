"""The octets of mails: small ones several in a command, big ones in pieces, each compared with what was asked.

Purpose: `Bodies.several` and `Bodies.one_big`.
Source: RFC 3501 section 6.4.5 (BODY.PEEK[] sets no flag).
Limits: a server may leave a mail out, answer NIL, NO or nothing at all for it: it is asked for once more, alone, and
then missed. A mail without a single octet is one that the server withholds, for none can be sent so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from pipeline.errors import UnavailableError
from pipeline.mailbox.asking import Answers, Asking, Question
from pipeline.mailbox.connection import Connection
from pipeline.mailbox.folders import Folders
from pipeline.mailbox.pieces import PIECE_OCTETS, Piece, in_pieces
from pipeline.mailbox.source import Listed, Message, Missed, WithheldError, arrival

_BODY = re.compile(rb"BODY\[\](?:<(\d{1,19})(?:\.\d+)?>)?")
"""The key of octets, with the origin of a piece."""


class Bodies:
    """What the server hands over of the mails in the open one of *folders*."""

    def __init__(self, connection: Connection, folders: Folders) -> None:
        self._asking = Asking(connection)
        self._folders = folders

    def several(
        self, folder: str, batch: Sequence[Listed], then: Question | None = None
    ) -> Iterator[Message | Missed]:
        """Fetch the mails of *batch*; one that is not among the answers is asked for again, alone. then: as `Asking` has it."""
        bodies = self._bodies(folder, whole(batch), then)
        for one in batch:
            octets = bodies.pop(one.uid, b"") or self._bodies(folder, whole([one])).get(one.uid, b"")
            yield _message(one, octets, None) if octets else self._missed(folder, one.uid)

    def one_big(self, folder: str, one: Listed, then: Question | None = None) -> Message | Missed:
        """Fetch the first piece, the others when they are wanted; a mail that does not even begin is asked for again."""
        for _ in range(2):
            pieces = in_pieces(lambda offset: self._piece(folder, one, offset, then), one.size)
            try:
                return _message(one, next(pieces), pieces)
            except WithheldError:
                continue
        return self._missed(folder, one.uid)

    def forget(self) -> None:
        """Nothing more of what was asked for is wanted."""
        self._asking.forget()

    def _piece(self, folder: str, one: Listed, offset: int | None, then: Question | None) -> Piece | None:
        """Ask for one piece; and for the next, or for what comes *then* where this should be the last."""
        if offset is None:
            question, then = whole([one]), None
        else:
            question = piece(one, offset)
            then = piece(one, offset + PIECE_OCTETS) if offset + PIECE_OCTETS < one.size else then
        for key, octets in self._answers(folder, question, then).get(one.uid, {}).items():
            found = _BODY.fullmatch(key)
            if found and isinstance(octets, bytes):
                return Piece(origin=int(found[1] or b"0"), octets=octets)
        return None

    def _bodies(self, folder: str, question: Question, then: Question | None = None) -> dict[int, bytes]:
        answers = self._answers(folder, question, then)
        found = {uid: answer.get(b"BODY[]") for uid, answer in answers.items()}
        return {uid: octets for uid, octets in found.items() if isinstance(octets, bytes)}

    def _answers(self, folder: str, question: Question, then: Question | None = None) -> Answers:
        """Ask; {} where the server answers NO, as some do about a single mail."""
        return self._asked(folder, question, then) or {}

    def _asked(self, folder: str, question: Question, then: Question | None = None) -> Answers | None:
        """Ask, if the folder is still the one that is open; None where the server answers NO."""
        if not self._folders.is_open(folder):
            raise UnavailableError(f"收取文件夹 {folder} 时连接断了；下次再收")
        return self._asking.answers(question, then)

    def _missed(self, folder: str, uid: int) -> Missed:
        answers = self._asked(folder, Question((uid,), "RFC822.SIZE"))
        if answers is None or b"RFC822.SIZE" in answers.get(uid, {}):
            return Missed(uid=uid, why="服务器两次都没有交出这一封")
        return Missed(uid=uid, why="列出之后已从邮箱移走", gone=True)


def whole(mails: Iterable[Listed]) -> Question:
    """Ask for all octets of each of *mails*; no flag is set by it."""
    return Question(tuple(sorted(one.uid for one in mails)), "BODY.PEEK[]")


def piece(one: Listed, offset: int) -> Question:
    """Ask for the octets of a mail from *offset* on, PIECE_OCTETS at most."""
    return Question((one.uid,), f"BODY.PEEK[]<{offset}.{PIECE_OCTETS}>")


def _message(one: Listed, first: bytes, others: Iterator[bytes] | None) -> Message:
    received, received_from = (one.received, "internaldate") if one.received else arrival(first)
    return Message(
        uid=one.uid,
        pieces=chain((first,), others) if others is not None else (first,),
        received=received,
        received_from=received_from,
        size=one.size,
    )
