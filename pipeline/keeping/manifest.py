"""The form of a backup: one folder a backup with its manifest, and one archive beside them that all of them share.

    FOLDER/archive/ab/cd/<sha256>                      the originals, named by digest
    FOLDER/workbooks/ab/cd/<sha256>                    what was kept of workbooks, named by digest
    FOLDER/00012-20240610T040000Z/register.db          the register as it stood then
                                  seals/seal-….json    the seals that lay in the data folder
                                  learned/….csv        what the office was taught, if anything
                                  workbooks-sha256.txt what of data/workbooks cannot be made again: digest and path
                                  backup.json          what it is (`Backup`)
                                  manifest-sha256.txt  the digest of every file, `../archive/…` included

Purpose: names, `Backup` to octets and back, the manifest to octets and back, and which backup of a folder is meant.
Source: RFC 8493 (BagIt) for the manifest's lines; `sha256sum -c manifest-sha256.txt` checks a backup without us.
Limits: no bag of BagIt, for the originals lie outside the backup's own folder so that none is stored twice. A backup
whose manifest was rewritten with it is not seen here; a seal kept elsewhere sees it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from pipeline.errors import IntegrityError, UsageError

ARCHIVE = "archive"
REGISTER = "register.db"
SEALS = "seals"
LEARNED = "learned"
MANIFEST = "manifest-sha256.txt"
TOLD = "backup.json"
WORKBOOKS = "workbooks"
BOOKS = "workbooks-sha256.txt"
FORM, FORMS = 2, (1, 2)
"""Number of this form, and those that are understood (1: without workbooks); a program that does not know one refuses it."""

_NAME = re.compile(r"(\d{5,})-\d{8}T\d{6}Z")
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
_FILE = re.compile(
    r"register\.db|backup\.json|workbooks-sha256\.txt|seals/[\w-][\w.-]*|learned/(?:aliases|examples)\.csv"
    r"|\.\./(?:archive|workbooks)/([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})"
)
"""Every path that a manifest may name: none leads out of the backup's folder and its archives."""
_RUN = r"[0-9]{8}-[0-9]{6}(?:-[0-9]+)?|尚无来件(?:-[0-9]+)?"
_BOOK = re.compile(
    rf"earlier/({_RUN})/(?:run\.json|baseline\.json\.gz|评价工作簿-\1\.xlsx)|imported/(?:{_RUN})/[0-9a-f]{{64}}\.xlsx"
)
"""Every path below data/workbooks that a backup may bring back."""


class Backup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a backup is: its backup.json.

    at: UTC. software: name and versions. revision: of the register's tables. events, head: number and digest of the last
    event. items: by state. originals, octets: blobs that items and added files name, and their size. seals: of the register. settings:
    the file that was in force, "" if none; named only. left_out: Chinese, what is not in it.
    """

    form: int
    at: datetime
    software: str
    revision: str
    events: int
    head: str
    items: dict[str, int]
    sightings: int
    corrections: int
    seals: int
    originals: int
    octets: int
    settings: str
    left_out: tuple[str, ...]

    def __str__(self) -> str:
        at = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return f"备份于 {at}，来文 {sum(self.items.values())} 件，日志 {self.events} 条，链头 {self.head}"


def named(folder: Path, at: datetime) -> Path:
    """Return where the next backup of *folder* goes; it sorts after all that are there, whatever the clock says."""
    last = max((int(path.name.partition("-")[0]) for path in backups(folder)), default=0)
    return folder / f"{last + 1:05d}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def backups(folder: Path) -> tuple[Path, ...]:
    """Name the backups in *folder*, oldest first; what has no manifest is none."""
    found = [
        path for path in folder.glob("*-*") if _NAME.fullmatch(path.name) and (path / MANIFEST).is_file()
    ]
    return tuple(sorted(found, key=lambda path: int(path.name.partition("-")[0])))


def meant(path: Path) -> Path:
    """Return the backup that *path* is, or the newest in it.

    Raises:
        UsageError: there is none.
    """
    if (path / MANIFEST).is_file():
        return path
    found = backups(path)
    if not found:
        raise UsageError(
            f"{path} 里没有备份（没有 {MANIFEST} 的目录不算备份）；请指明 shouwen backup 写过的目录，或其中一次备份"
        )
    return found[-1]


def encode(backup: Backup) -> bytes:
    """Write backup.json: a line a field, readable by people."""
    return msgspec.json.format(msgspec.json.encode(backup), indent=2) + b"\n"


def decode(octets: bytes, path: Path) -> Backup:
    """Read the backup.json that lies at *path*.

    Raises:
        IntegrityError: it is none, or of a form that only a newer program knows.
    """
    try:
        backup = msgspec.json.decode(octets, type=Backup)
    except msgspec.DecodeError as error:
        raise IntegrityError(f"{path} 不是备份说明；请换一份备份") from error
    if backup.form not in FORMS:
        raise IntegrityError(f"{path} 由更新版本的程序写成（格式 {backup.form}）；请升级 shouwen 后再恢复")
    return backup


def lines(digests: Mapping[str, str]) -> bytes:
    """Write the manifest of *digests*, path to sha256, in order of path."""
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests)).encode()


def read(octets: bytes, path: Path) -> dict[str, str]:
    """Read the manifest that lies at *path*: path to sha256.

    Raises:
        IntegrityError: a line is none, names a path that no backup has, or gives an original another digest than its name.
    """
    found = dict[str, str]()
    for number, line in enumerate(octets.decode("utf-8", "replace").splitlines(), 1):
        parts = _LINE.fullmatch(line)
        file = _FILE.fullmatch(parts[2]) if parts else None
        if parts is None or file is None or file[3] not in (None, parts[1]):
            raise IntegrityError(f"{path} 第 {number} 行不合格式：清单损坏或被改过；请换一份备份")
        found[parts[2]] = parts[1]
    if not {REGISTER, TOLD} <= found.keys():
        raise IntegrityError(f"{path} 缺少 {REGISTER} 或 {TOLD} 一行：清单不全；请换一份备份")
    return found


def books(octets: bytes, path: Path) -> dict[str, str]:
    """Read the list of workbooks that lies at *path*: path below data/workbooks to sha256.

    Raises:
        IntegrityError: a line is none, or names a path that no backup has.
    """
    found = dict[str, str]()
    for number, line in enumerate(octets.decode("utf-8", "replace").splitlines(), 1):
        parts = _LINE.fullmatch(line)
        if parts is None or not _BOOK.fullmatch(parts[2]):
            raise IntegrityError(f"{path} 第 {number} 行不合格式：清单损坏或被改过；请换一份备份")
        found[parts[2]] = parts[1]
    return found


def original(sha256: str, folder: str = ARCHIVE) -> str:
    """Return the path of an original (or of what lies in another of the shared archives) as a manifest names it."""
    return f"../{folder}/{sha256[:2]}/{sha256[2:4]}/{sha256}"
