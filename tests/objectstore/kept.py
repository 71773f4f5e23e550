"""One archive of either kind, with what a test does to it behind its back.

Purpose: `kept(kind, …)`, and `BRISK`, the patience of tests.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.archive import UNFINISHED, Archive, FolderArchive
from pipeline.archive.objects import ObjectArchive, Patience
from tests.objectstore.server import KEY, Server

BRISK = Patience(connect_seconds=1, silent_seconds=1, retries=2, retry_seconds=3, pause_seconds=0.02)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An *archive*, and its octets by their names in it. unfinished: what is half put."""

    archive: Archive
    read: Callable[[str], bytes]
    write: Callable[[str, bytes], None]
    unfinished: Callable[[], list[str]]

    def flip(self, sha256: str) -> None:
        """Change one bit of a blob of four octets or more."""
        octets = bytearray(self.read(name(sha256)))
        octets[3] ^= 1
        self.write(name(sha256), bytes(octets))


def name(sha256: str) -> str:
    """What a blob is called in any archive."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def in_folder(folder: Path) -> Kept:
    def write(path: str, octets: bytes) -> None:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_bytes(octets)

    return Kept(
        archive=FolderArchive(folder),
        read=lambda path: (folder / path).read_bytes(),
        write=write,
        unfinished=lambda: [path.name for path in (folder / UNFINISHED).glob("*")],
    )


def in_store(server: Server, folder: Path, *, port: int = 0, prefix: str = "收文 2024") -> Kept:
    """Return an archive below a prefix that no other test has, reached through *port* where one is given."""
    place = server.place(f"{prefix}/{uuid.uuid4().hex}", port=port)
    outgoing = folder / "archive-outgoing"
    beside = f"{place.prefix}/{UNFINISHED}/"
    return Kept(
        archive=ObjectArchive(place, KEY, outgoing=outgoing, patience=BRISK),
        read=lambda path: server.read(f"{place.prefix}/{path}"),
        write=lambda path, octets: server.put(f"{place.prefix}/{path}", octets),
        unfinished=lambda: server.keys(beside) + [path.name for path in outgoing.glob("*")],
    )
