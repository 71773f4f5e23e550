"""Mails on their way into the archive: side by side, in batches that become safe in their order, while others are fetched.

Purpose: `Putting.put` hands a mail over; `Putting.safe` gives the batches whose octets and names survive a power cut.
Source: fsync(2). A wait for the disk costs no processor, and waits that are under way together end together; whoever
fetches only waits where more would be in memory, or more would have to be fetched again after a crash, than is said below.
Limits: knows nothing of the register; whoever calls is one thread.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import takewhile
from queue import Full, Queue
from typing import NamedTuple, Self

from pipeline.archive import Archive, Blob
from pipeline.errors import ShouwenError
from pipeline.mailbox import Listed, Message

CAPTURED_AT_ONCE, OCTETS_AT_ONCE = 256, 32 * 1024**2
"""Mails and octets of one batch, which is one transaction of the register: its commit waits for the disk. One batch becomes
safe while the next is put: a crash costs at most both, and one mail, their transfer."""
PUT_AT_ONCE, HELD_OCTETS = 8, 32 * 1024**2
"""Mails that are being put at the same time, and the octets of those among them that are in memory whole."""
PIECES_AT_ONCE = 2
"""Pieces of one big mail that wait to be written."""
LOOK_SECONDS = 0.1
"""How often one who waits for a slow disk looks whether it has failed."""


class Put(NamedTuple):
    """A mail whose octets the archive has."""

    wanted: Listed
    message: Message
    blob: Blob


class Batch(NamedTuple):
    """Mails in their order; failed: why the one behind the last of them could not be put, and nothing behind it counts."""

    puts: tuple[Put, ...]
    failed: BaseException | None


class _Begun(NamedTuple):
    wanted: Listed
    message: Message
    blob: Future[Blob]


@dataclass(kw_only=True)
class Putting:
    """What is on its way into *archive*; to be used in a with statement. alive: called for every piece of a big mail."""

    archive: Archive
    alive: Callable[[], None]
    _filling: list[_Begun] = field(default_factory=list)
    _sealed: deque[Future[Batch]] = field(default_factory=deque)
    _held: dict[Future[Blob], int] = field(default_factory=dict)
    _hands: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(PUT_AT_ONCE, "putting"))
    _settler: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "settling"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._hands.shutdown()
        self._settler.shutdown()

    def put(self, wanted: Listed, message: Message) -> None:
        """Begin to put a mail; returns at once where all its octets are here, else once they are handed over.

        Raises:
            ShouwenError: what went wrong in the pieces of the message, or with the disk meanwhile; the mail is not put then.
        """
        pieces = message.pieces
        here = isinstance(pieces, tuple)
        blob = self._begin(pieces, message.size) if here else self._handed_over(pieces)
        self._filling.append(_Begun(wanted, replace(message, pieces=()), blob))
        octets = sum(one.message.size for one in self._filling)
        if len(self._filling) >= CAPTURED_AT_ONCE or octets >= OCTETS_AT_ONCE:
            self._seal()

    def safe(self, *, whole: bool = False) -> Iterator[Batch]:
        """Give, in their order, the batches that are safe; whole: all that is on its way, waited for.

        What comes behind a mail that could not be put is never given: the next poll asks for it again.
        """
        if whole:
            self._seal()
        while self._sealed and (whole or len(self._sealed) > 1 or self._sealed[0].done()):
            batch = self._sealed.popleft().result()
            if batch.failed is not None:
                self._sealed.clear()
                self._filling.clear()
            yield batch

    def _seal(self) -> None:
        if self._filling:
            self._sealed.append(self._settler.submit(_settled, self.archive, tuple(self._filling)))
            self._filling.clear()

    def _begin(self, pieces: Iterable[bytes], octets: int) -> Future[Blob]:
        """Have one of the hands lay *pieces*, of which so many octets are in memory, once there is room for that."""
        while len(self._held) >= PUT_AT_ONCE or (
            self._held and sum(self._held.values()) + octets > HELD_OCTETS
        ):
            done, _ = wait(self._held, return_when=FIRST_COMPLETED)
            for each in done:
                del self._held[each]
        blob = self._hands.submit(self.archive.lay, pieces)
        self._held[blob] = octets
        return blob

    def _handed_over(self, pieces: Iterable[bytes]) -> Future[Blob]:
        """Go through *pieces* here, for they come over a connection that is ours, and have them laid as they come."""
        belt: Queue[bytes | None] = Queue(PIECES_AT_ONCE)
        broken = threading.Event()
        blob = self._begin(_taken(belt, broken), 0)
        try:
            for piece in pieces:
                if not _laid_on(belt, piece, blob):
                    break
                self.alive()
        except BaseException:
            broken.set()
            _laid_on(belt, None, blob)
            wait([blob])  # nothing of it is left when this is told
            raise
        if not _laid_on(belt, None, blob):
            blob.result()
        return blob


class _CutOffError(Exception):
    """The rest of a mail will not come."""


def _taken(belt: Queue[bytes | None], broken: threading.Event) -> Iterator[bytes]:
    """Take pieces off *belt* until None, which is the end unless it is *broken*."""
    while (piece := belt.get()) is not None:
        yield piece
    if broken.is_set():
        raise _CutOffError


def _laid_on(belt: Queue[bytes | None], piece: bytes | None, blob: Future[Blob]) -> bool:
    """Lay *piece* on *belt* once there is room; False where nobody takes it any more, for *blob* is done."""
    while not blob.done():
        with suppress(Full):
            belt.put(piece, timeout=LOOK_SECONDS)
            return True
    return False


def _settled(archive: Archive, begun: tuple[_Begun, ...]) -> Batch:
    """Wait until all of a batch are laid, and make their names durable, up to one that could not be laid."""
    wait([one.blob for one in begun])
    failed = next((one.blob.exception() for one in begun if one.blob.exception()), None)
    safe = tuple(
        Put(one.wanted, one.message, one.blob.result())
        for one in takewhile(lambda one: one.blob.exception() is None, begun)
    )
    try:
        archive.settle(put.blob.sha256 for put in safe)
    except ShouwenError as error:
        return Batch((), error)
    return Batch(safe, failed)
