"""What an archive is, wherever it lies: octets by digest that are put once, checked, and never changed.

Purpose: `Archive`, the face of every kind of store, and the values that it gives: `Blob`, `Fixity`, `Key`.
Source: DA/T 97-2023 and GB/T 39784-2021 (fixity of originals).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Blob:
    """Octets that the archive holds. size: octets. mended: a damaged copy of the same name was replaced just now.

    fresh: there was none of that name.
    """

    sha256: str
    size: int
    mended: bool = False
    fresh: bool = False


class Fixity(StrEnum):
    """How a blob stands: as put in, changed, or not there."""

    INTACT = "intact"
    ALTERED = "altered"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Key:
    """Where octets can be had by whoever reaches the archive of that *address*; it holds no secret."""

    address: str
    sha256: str


class Archive(Protocol):
    """Octets by digest; one writer."""

    @property
    def address(self) -> str:
        """By what other machines reach it too (`open_archive`), without any secret; "" where only this one does."""

    @property
    def here(self) -> str:
        """By what other processes of this machine reach it without a secret (`FolderArchive.at`); "" where they cannot."""

    def put(self, pieces: bytes | Iterable[bytes]) -> Blob:
        """Keep the octets of *pieces*, gone through once, and return their name; they then survive a power cut.

        The same octets are the same blob; a copy that no longer fits its name is replaced by the good one. What goes
        wrong in *pieces* passes through, and nothing was put.

        Raises:
            TransientError: the store refuses; nothing was put.
        """

    def lay(self, pieces: bytes | Iterable[bytes]) -> Blob:
        """Do as `put`, but what was put survives a power cut only once `settle` was told of it: dear once, not once a mail.

        Raises:
            TransientError: the store refuses; nothing was put.
        """

    def settle(self, digests: Iterable[str]) -> None:
        """Return once the blobs of these *digests*, which `lay` gave, survive a power cut.

        Raises:
            TransientError: the store refuses.
        """

    def get(self, sha256: str) -> bytes:
        """Return the octets of blob *sha256*, their digest checked.

        Raises:
            IntegrityError: there is no such blob, or it is not what was put in. TransientError: it cannot be read now.
        """

    def contains(self, sha256: str) -> bool:
        """Say whether there is a blob of that name; its octets are not looked at."""

    def check(self, sha256: str) -> Fixity:
        """Recompute the digest of blob *sha256*; what is no digest is not there."""

    @property
    def is_empty(self) -> bool:
        """No blob was ever put."""

    def digests(self) -> Iterator[str]:
        """Name all blobs, ascending; their octets are not looked at."""

    def discard_unfinished(self) -> int:
        """Remove what a crash left half written and say how many; what another process is writing stays."""
