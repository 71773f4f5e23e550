"""The archive in a folder: octets by digest, put down durably, read back fixity-checked, never changed.

Purpose: `FolderArchive(folder)` keeps each mail as it came, as `ab/cd/<sha256>` below its folder (two levels, so that no
folder grows too long), read-only. Raw octets are safe here before anything looks at them.
Source: DA/T 97-2023 and GB/T 39784-2021 (fixity of originals); fsync(2): a name is durable only when its folder is.
Limits: a blob of any size is written and checked in bounded memory; `get` hands it out
whole. One writer; the disk is trusted to keep what fsync returned. Deleting is nobody's right here.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import stat
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import unquote_to_bytes, urlsplit

from pipeline.archive.stored import DIGEST, Blob, Fixity
from pipeline.errors import IntegrityError, TransientError
from pipeline.mapped import Octets, digest, mapped

UNFINISHED = ".unfinished"
"""Folder of files that are still being written; what lies there after a crash was never referred to."""

T = TypeVar("T")

SYNCED_AT_ONCE = 8
"""Folders that wait for the disk together: their journal is then written, and its cache emptied, for several at once."""

PART_OCTETS = 256 * 1024
"""Written, then digested at once: a fifth less of processor time than with 3 MB, which come from memory twice."""

BLOBS = "[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"
"""Where blobs lie in the archive's folder."""


class FolderArchive:
    """Octets by digest in *folder*, which is made when the first blob comes."""

    address = ""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._durable: set[tuple[int, int]] = set()

    @property
    def here(self) -> str:
        """The folder as a file URL (RFC 8089): by it other processes of this machine open the archive (`at`)."""
        return self._folder.absolute().as_uri()

    @classmethod
    def at(cls, here: str) -> Self:
        """Open the archive that another process calls *here*."""
        return cls(Path(os.fsdecode(unquote_to_bytes(urlsplit(here).path))))

    def put(self, pieces: bytes | Iterable[bytes]) -> Blob:
        """Keep the octets of *pieces*, gone through once, and return their name; they then survive a power cut.

        The same octets are the same blob; a copy that no longer fits its name is replaced by the good one. What goes
        wrong in *pieces* passes through, and nothing was put.

        Raises:
            TransientError: the disk refuses (full, read-only …); nothing was put.
        """
        blob = self.lay(pieces)
        self.settle((blob.sha256,))
        return blob

    def lay(self, pieces: bytes | Iterable[bytes]) -> Blob:
        """Do as `put`, but for the names, which survive a power cut only once `settle` returned.

        Raises:
            TransientError: the disk refuses; nothing was put.
        """
        beside = self._folder / UNFINISHED / uuid.uuid4().hex
        with self._writing():
            try:
                return self._named(beside, (pieces,) if isinstance(pieces, bytes) else pieces)
            finally:
                with suppress(OSError):
                    beside.unlink(missing_ok=True)

    def settle(self, digests: Iterable[str]) -> None:
        """Make the names of these blobs durable: every folder on the way to each, the files were synced when written.

        They are synced side by side: waits for the disk that are under way together end together. A folder whose own name
        was made durable before, by us and as this very folder, is not made so again.

        Raises:
            TransientError: the disk refuses.
        """
        with self._writing():
            leaves = {self.place(one).parent for one in digests}
            levels = (leaves, {one.parent for one in leaves}, {self._folder} if leaves else set())
            fresh = {folder: key for level in levels for folder, key in self._fresh(level)}
            _sync_all(sorted(leaves | {folder.parent for folder in fresh}))
            self._durable.update(fresh.values())

    def _fresh(self, folders: Iterable[Path]) -> Iterator[tuple[Path, tuple[int, int]]]:
        """Those of *folders* whose own names we have not made durable yet, each with what tells it from a later one."""
        for folder in folders:
            found = folder.stat()
            if (found.st_dev, found.st_ino) not in self._durable:
                yield folder, (found.st_dev, found.st_ino)

    def _named(self, beside: Path, pieces: Iterable[bytes]) -> Blob:
        """Write the file *beside*, then give it its name, unless the blob is there."""
        with _begun(beside) as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # what is being written is no leftover
            sha256, size, before = self._write(file, pieces)
            if before is not Fixity.INTACT:
                path = self.place(sha256)
                path.parent.mkdir(parents=True, exist_ok=True)
                beside.replace(path)
        return Blob(sha256=sha256, size=size, mended=before is Fixity.ALTERED, fresh=before is Fixity.MISSING)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Say in Chinese what it means that the disk refuses."""
        try:
            yield
        except OSError as error:
            raise TransientError(
                f"原件库 {self._folder} 写不进去（{error.strerror}）；请腾出磁盘空间、检查权限后再试，邮件仍在邮箱里"
            ) from error

    def get(self, sha256: str) -> bytes:
        """Return the octets of blob *sha256*, their digest checked.

        Raises:
            IntegrityError: there is no such blob, or it is not what was put in.
        """
        return self._checked(
            sha256, io.BufferedReader.read, lambda octets: hashlib.sha256(octets).hexdigest()
        )

    def mapped(self, sha256: str) -> Octets:
        """Give the octets of blob *sha256* where they lie, their digest checked; who reads them checks it again afterwards.

        Raises:
            IntegrityError: as `get`.
        """
        return self._checked(sha256, mapped, digest)

    def _checked(
        self, sha256: str, read: Callable[[io.BufferedReader], T], digested: Callable[[T], str]
    ) -> T:
        octets = self._read(sha256, read)
        if octets is None:
            raise IntegrityError(f"原件 {sha256} 不在原件库；请从备份恢复 {self.place(sha256)} 后再试")
        if digested(octets) != sha256:
            raise IntegrityError(
                f"原件 {sha256} 与收到时不符（摘要不同）；请从备份恢复 {self.place(sha256)} 后再试"
            )
        return octets

    def place(self, sha256: str) -> Path:
        """Return where blob *sha256* lies if it is there, for who looks or copies and then checks by digest what came of it.

        Raises:
            IntegrityError: that is no digest.
        """
        if not DIGEST.fullmatch(sha256):
            raise IntegrityError(f"“{sha256[:80]}”不是原件的摘要；登记簿可能被改动过，请运行 shouwen verify")
        return self._folder / sha256[:2] / sha256[2:4] / sha256

    def contains(self, sha256: str) -> bool:
        """Say whether there is a file of that name; its octets are not looked at."""
        return self.place(sha256).is_file()

    def check(self, sha256: str) -> Fixity:
        """Recompute the digest of blob *sha256*; what is no digest is not there."""
        if not DIGEST.fullmatch(sha256):
            return Fixity.MISSING
        try:
            found = self._read(sha256, lambda file: hashlib.file_digest(file, "sha256").hexdigest())
        except IntegrityError:
            return Fixity.ALTERED
        if found is None:
            return Fixity.MISSING
        return Fixity.INTACT if found == sha256 else Fixity.ALTERED

    @property
    def is_empty(self) -> bool:
        """No blob was ever put."""
        return next(self._folder.glob(BLOBS), None) is None

    def digests(self) -> Iterator[str]:
        """Name all blobs, ascending; their octets are not looked at."""
        for path in sorted(self._folder.glob(BLOBS)):
            if DIGEST.fullmatch(path.name):
                yield path.name

    def discard_unfinished(self) -> int:
        """Remove what a crash left half written and say how many files; what a person's command is writing stays."""
        try:
            leftovers = [path for path in (self._folder / UNFINISHED).glob("*") if not _is_written(path)]
            for path in leftovers:
                path.unlink()
        except OSError as error:
            raise TransientError(
                f"原件库 {self._folder} 里没写完的文件删不掉（{error.strerror}）；请检查磁盘和权限"
            ) from error
        return len(leftovers)

    def _read(self, sha256: str, read: Callable[[io.BufferedReader], T]) -> T | None:
        """Return what *read* makes of the blob's file; None if there is no file."""
        path = self.place(sha256)
        try:
            if not stat.S_ISREG(path.lstat().st_mode):
                raise IntegrityError(
                    f"原件 {path} 不是普通文件（是链接、目录或管道）：被人换过；请从备份恢复后再试"
                )
            with path.open("rb") as file:
                return read(file)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise TransientError(f"读不出原件 {path}（{error.strerror}）；请检查磁盘和权限") from error

    def _write(self, file: io.BufferedWriter, pieces: Iterable[bytes]) -> tuple[str, int, Fixity]:
        """Write all octets to *file*; return digest, size, and how the blob of that name stood before.

        Where it was intact, the new file is not even synced: nobody will need it.
        """
        digest, size = hashlib.sha256(), 0
        for part in _parts(pieces):
            file.write(part)
            digest.update(part)
            size += len(part)
        before = self.check(digest.hexdigest())
        if before is not Fixity.INTACT:
            file.flush()
            os.fchmod(file.fileno(), 0o444)
            os.fsync(file.fileno())
        return digest.hexdigest(), size, before


def _parts(pieces: Iterable[bytes]) -> Iterator[memoryview]:
    """The octets of *pieces*, as many at once as the processor keeps at hand between writing and digesting them."""
    for piece in pieces:
        octets = memoryview(piece)
        yield from (octets[start : start + PART_OCTETS] for start in range(0, len(octets), PART_OCTETS))


def _begun(path: Path) -> io.BufferedWriter:
    """Open the new file *path*; its folder is made where it is not there, which is once."""
    try:
        return path.open("xb")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("xb")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_all(folders: Sequence[Path]) -> None:
    """Sync each of *folders*; raise the first error only once nothing is under way."""
    if len(folders) == 1:
        _sync(folders[0])
        return
    with ThreadPoolExecutor(SYNCED_AT_ONCE, "settling") as hands:
        list(hands.map(_sync, folders))


def _is_written(path: Path) -> bool:
    """Whether another process is writing the file *path* just now."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
