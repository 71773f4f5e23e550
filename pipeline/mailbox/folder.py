"""A folder of .eml files, or a Maildir, as a mailbox: an archive of old mails can be taken in.

Purpose: `FolderMailbox(path)`; mails come in order of (received, sha256), so that accessions do not depend on names.
Source: the Maildir format of qmail (cur and new hold mails, tmp does not).
Limits: every poll reads all files. A mail's UID is taken from its digest, so it stays when files are added, renamed
or moved, and two files with the same octets are one mail. Links out of the folder are followed by nobody but the owner.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.mailbox.source import Listed, Listing, Message, Missed, Seen, arrival

UID_DIGITS = 15
"""Hexadecimal digits of the digest that make the UID: 60 bits fit a database's integer and do not meet by chance."""


@dataclass(frozen=True, kw_only=True)
class _File:
    path: Path
    sha256: str
    size: int
    received: datetime | None
    received_from: str

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

    def list(self, folder: str, seen: Seen, after_uid: int = 0) -> Listing:  # noqa: ARG002 - there is one folder
        """List all mails in order of (received, sha256); files that cannot be read are left out."""
        files: dict[int, _File] = {}
        left_out = 0
        for path in self._paths():
            file = _described(path)
            if file is None:
                left_out += 1
            else:
                files.setdefault(file.uid, file)
        self._files = files
        ordered = sorted(files.values(), key=lambda file: file.order)
        listed = (Listed(uid=file.uid, size=file.size, received=file.received) for file in ordered)
        return Listing(mails=tuple(listed), left_out=left_out)

    def fetch(self, folder: str, wanted: Sequence[Listed]) -> Iterator[Message | Missed]:  # noqa: ARG002 - one folder
        """Hand over the *wanted* mails of the last list, in that order."""
        for one in wanted:
            yield _handed_over(self._files[one.uid])

    def wait(self, folder: str, seconds: float) -> bool:  # noqa: ARG002 - there is one folder
        """Sleep; nobody tells of new files."""
        time.sleep(seconds)
        return False

    def close(self) -> None:
        """Nothing is open."""

    def _paths(self) -> Iterator[Path]:
        if (self._path / "cur").is_dir() and (self._path / "new").is_dir():
            found = [path for name in ("cur", "new") for path in (self._path / name).iterdir()]
        else:
            found = [path for path in self._path.rglob("*") if path.suffix.lower() == ".eml"]
        return (path for path in sorted(found) if path.is_file() and not path.name.startswith("."))


def _described(path: Path) -> _File | None:
    try:
        octets = path.read_bytes()
    except OSError:
        return None
    received, received_from = arrival(octets)
    return _File(
        path=path,
        sha256=hashlib.sha256(octets).hexdigest(),
        size=len(octets),
        received=received,
        received_from=received_from,
    )


def _handed_over(file: _File) -> Message | Missed:
    try:
        octets = file.path.read_bytes()
    except OSError as error:
        return Missed(
            uid=file.uid, why=f"文件读不出（{error.strerror}）", gone=isinstance(error, FileNotFoundError)
        )
    if hashlib.sha256(octets).hexdigest() != file.sha256:
        return Missed(uid=file.uid, why="文件正在被改写，下次再收")
    return Message(
        uid=file.uid,
        pieces=(octets,),
        received=file.received,
        received_from=file.received_from,
        size=file.size,
    )
