"""Archives that break the crash argument: a sweep that does not find them out would prove nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from pipeline.archive import Blob, FolderArchive


def whole(pieces: bytes | Iterable[bytes]) -> bytes:
    """Join the octets of one mail."""
    return pieces if isinstance(pieces, bytes) else b"".join(pieces)


class Unsettled(FolderArchive):
    """Makes no name durable: the register speaks of mails that a power cut takes out of their folders."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._below = folder

    def settle(self, digests: Iterable[str]) -> None:
        pass


class WrittenInPlace(Unsettled):
    """Writes under the final name, in two halves, and believes that a file of that name is whole."""

    def lay(self, pieces: bytes | Iterable[bytes]) -> Blob:
        octets = whole(pieces)
        sha256 = hashlib.sha256(octets).hexdigest()
        path = self._below / sha256[:2] / sha256[2:4] / sha256
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(octets)
        return Blob(sha256=sha256, size=len(octets))


class TooLate(Unsettled):
    """Keeps what is put in memory until somebody asks for it: the register speaks of octets that are nowhere yet."""

    here = ""  # it must be asked itself

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._waiting: list[bytes] = []

    def lay(self, pieces: bytes | Iterable[bytes]) -> Blob:
        octets = whole(pieces)
        self._waiting.append(octets)
        return Blob(sha256=hashlib.sha256(octets).hexdigest(), size=len(octets))

    def get(self, sha256: str) -> bytes:
        waiting, self._waiting = self._waiting, []
        for octets in waiting:
            FolderArchive(self._below).put(octets)
        return super().get(sha256)


class NeverSynced(WrittenInPlace):
    """Writes beside and renames, but syncs nothing: whole after a kill, gone after a power cut."""

    def lay(self, pieces: bytes | Iterable[bytes]) -> Blob:
        octets = whole(pieces)
        sha256 = hashlib.sha256(octets).hexdigest()
        path = self._below / sha256[:2] / sha256[2:4] / sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".unfinished")
        beside.write_bytes(octets)
        beside.replace(path)
        return Blob(sha256=sha256, size=len(octets))


ARCHIVES: dict[str, type[FolderArchive]] = {
    "right": FolderArchive,
    "in place": WrittenInPlace,
    "too late": TooLate,
    "never synced": NeverSynced,
    "never settled": Unsettled,
}
