"""A folder of .eml files, or a Maildir, as a mailbox: an archive of old mails can be taken in.

Purpose: `FolderMailbox(path)`; mails come in order of (received, sha256), so that accessions do not depend on names.
Source: the Maildir format of qmail (cur and new hold mails, tmp does not).
Limits: the first list reads all files; later ones those that are new or whose stat(2) is another. A mail's UID is taken
from its digest, so it stays when files are added, renamed or moved, and two files with the same octets are one mail. Links out
of the folder are followed by nobody but the owner.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.mailbox.source import (
    HEADER_OCTETS,
    Listed,
    Listing,
    Message,
    Missed,
    Seen,
    WithheldError,
    arrival,
)
from pipeline.stop import Stop

UID_DIGITS = 15
"""Hexadecimal digits of the digest that make the UID: 60 bits fit a database's integer and do not meet by chance."""
PIECE_OCTETS = 1024**2
"""What is read of a file at once: a mail of any size costs this much memory."""
SETTLED_SECONDS = 2.0
"""Age of a file's last change from which another change cannot bear the same time: FAT's clock ticks this slowly."""

_Stamp = tuple[int, int, int, int, int]
"""What changes when a file is written into or another takes its name: device, inode, size, mtime and ctime (nanoseconds)."""


@dataclass(frozen=True, kw_only=True)
class _File:
    path: Path
    sha256: str
    size: int
    received: datetime | None
    received_from: str
    stamp: _Stamp | None
    """None where it changed so lately that another change might not show."""

    @property
    def uid(self) -> int:
        return int(self.sha256[:UID_DIGITS], 16)

    @property
    def order(self) -> tuple[bool, float, str]:
        """Earliest first; those without a time last."""
        return self.received is None, self.received.timestamp() if self.received else 0, self.sha256


class FolderMailbox:
    """The mails in *path*: with cur/ and new/ a Maildir, else all .eml files at any depth."""

    ascending = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._files: dict[int, _File] = {}
        self._known: dict[Path, _File] = {}
        self.account = str(path.resolve())
        if not path.is_dir():
            raise SettingsError(
                f"收件目录 {path} 不存在或不是目录；请写一个放 .eml 文件的目录、一个 Maildir，或 imaps:// 地址"
            )

    def folders(self) -> tuple[str, ...]:
        """Name the one folder."""
        return (".",)

    def look(self, folder: str) -> Seen:  # noqa: ARG002 - there is one folder
        """Count the files; the numbers never begin anew."""
        return Seen(uidvalidity=1, exists=sum(1 for _ in self._paths()))

    def list(
        self,
        folder: str,  # noqa: ARG002 - there is one folder
        seen: Seen,  # noqa: ARG002 - its numbers never begin anew
        after_uid: int = 0,  # noqa: ARG002 - digests do not ascend
    ) -> Listing:
        """List all mails in order of (received, sha256); files that are there and cannot be read are left out."""
        files: dict[int, _File] = {}
        known: dict[Path, _File] = {}
        left_out = 0
        for path in self._paths():
            try:
                file = _described(path, self._known.get(path))
            except FileNotFoundError:
                continue  # moved since its name was read, as Maildirs do
            except OSError:
                left_out += 1
            else:
                known[path] = file
                files.setdefault(file.uid, file)
        self._files, self._known = files, known
        mails = tuple(
            Listed(uid=file.uid, size=file.size, received=file.received)
            for file in sorted(files.values(), key=lambda file: file.order)
        )
        return Listing(mails=mails, left_out=left_out)

    def fetch(self, folder: str, wanted: Sequence[Listed]) -> Iterator[Message | Missed]:
        """Hand over the mails *wanted* out of the last list."""
        if any(one.uid not in self._files for one in wanted):
            self.list(folder, self.look(folder))
        for one in wanted:
            file = self._files.get(one.uid)
            yield _handed_over(file, self._pieces(file)) if file else _gone(one.uid)

    def wait(
        self,
        folder: str,  # noqa: ARG002 - there is one folder
        seconds: float,
        stop: Stop | None = None,
    ) -> bool:
        """Sleep: a folder says nothing by itself."""
        (stop or Stop()).wait(seconds)
        return False

    def close(self) -> None:
        """Nothing is open."""

    def _pieces(self, file: _File) -> Iterator[bytes]:
        """The octets; where they are others than was said, the file is read anew for the next list, whatever its stamp says."""
        try:
            yield from _pieces(file)
        except WithheldError:
            self._known.pop(file.path, None)
            raise

    def _paths(self) -> Iterator[Path]:
        if (self._path / "cur").is_dir() and (self._path / "new").is_dir():
            found = [path for name in ("cur", "new") for path in (self._path / name).iterdir()]
        else:
            found = [path for path in self._path.rglob("*") if path.suffix.lower() == ".eml"]
        return (path for path in sorted(found) if path.is_file() and not path.name.startswith("."))


def _described(path: Path, known: _File | None) -> _File:
    """Read the file for what lists say of it; what is *known* of it stands where it is the same file, unchanged since."""
    with path.open("rb") as file:
        now, found = time.time(), os.fstat(file.fileno())
        stamp = _stamp(found)
        if known is not None and known.stamp == stamp:
            return known
        received, received_from = arrival(file.read(HEADER_OCTETS))
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    settled = now - max(found.st_mtime, found.st_ctime) >= SETTLED_SECONDS
    return _File(
        path=path,
        sha256=sha256,
        size=size,
        received=received,
        received_from=received_from,
        stamp=stamp if settled else None,
    )


def _stamp(found: os.stat_result) -> _Stamp:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _handed_over(file: _File, pieces: Iterator[bytes]) -> Message | Missed:
    try:
        file.path.open("rb").close()
    except FileNotFoundError:
        return _gone(file.uid)
    except OSError as error:
        return Missed(uid=file.uid, why=f"文件读不出（{error.strerror}）")
    return Message(
        uid=file.uid,
        pieces=pieces,
        received=file.received,
        received_from=file.received_from,
        size=file.size,
    )


def _gone(uid: int) -> Missed:
    return Missed(uid=uid, why="列出之后已从目录移走", gone=True)


def _pieces(file: _File) -> Iterator[bytes]:
    """Read the file once more; other octets than were listed are noticed at the end, before anybody believes them."""
    digest = hashlib.sha256()
    try:
        with file.path.open("rb") as octets:
            while piece := octets.read(PIECE_OCTETS):
                digest.update(piece)
                yield piece
    except OSError as error:
        raise WithheldError(f"文件读不出（{error.strerror}）；下次再收") from error
    if digest.hexdigest() != file.sha256:
        raise WithheldError("文件正在被改写；下次再收")
