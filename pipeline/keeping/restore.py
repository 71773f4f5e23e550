"""Bringing a backup back: nothing is believed before its digest is recomputed, and nothing is there before all of it is.

Purpose: `check(path)`, whether a backup would restore; `Restoring(…).run()`, which restores it into an empty folder.
Source: ../../docs/operating-backup.md says what an auditor sees afterwards.
Limits: what came after the backup is not in it; the next poll takes in again what the server still has. Settings and
secrets are brought by whoever restores.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline import durable
from pipeline.archive import Archive, Fixity, FolderArchive
from pipeline.errors import IntegrityError, TransientError, UsageError
from pipeline.keeping import manifest
from pipeline.keeping.manifest import Backup
from pipeline.register import Register
from pipeline.worker import only_writer

STAGING = ".restoring"
LOCK = "writer.lock"
"""The lock of `only_writer`; a folder that holds nothing else is empty."""
NOTHING = frozenset({LOCK, STAGING, "lost+found"})
"""Names that make no folder a used one: ours, and that of a fresh disk."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A backup whose every digest was recomputed. files: path in its manifest to sha256; books: below data/workbooks."""

    path: Path
    backup: Backup
    files: Mapping[str, str]
    books: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What stands in the folder now. events, head: of the log, the restore's own event included."""

    checked: Checked
    events: int
    head: str


def check(path: Path) -> Checked:
    """Recompute every digest of the backup at *path* (or of the newest in it), and verify its register.

    Raises:
        UsageError: there is no backup. IntegrityError: it is damaged; names the file. TransientError: it cannot be read.
    """
    checked = _digested(path)
    with tempfile.TemporaryDirectory() as folder, _read():
        copy = Path(folder, manifest.REGISTER)
        shutil.copyfile(checked.path / manifest.REGISTER, copy)
        with closing(Register(copy, year=checked.backup.at.year, new=False)) as register:
            _require_sound(register, _archive(checked.path), checked)
    return checked


@dataclass(kw_only=True)
class Restoring:
    """One restore on its way. by, why: who decided it, for the log of the restored register."""

    backup: Path
    data_dir: Path
    by: str
    why: str
    at: datetime

    def run(self) -> Restored:
        """Restore the backup into the empty (or new) data folder; on any failure nothing of it stays there.

        Raises:
            UsageError: the folder is in use, there is no backup, or name or reason is missing.
            TransientError: a daemon runs there, or the disk refuses. IntegrityError: the backup is damaged.
        """
        if not self.by.strip() or not self.why.strip():
            raise UsageError("恢复要有经办人姓名（--by）和理由（--why），记入日志")
        self._require_unused()
        self._require_empty()
        made = not self.data_dir.exists()
        try:
            with self._written():
                self.data_dir.mkdir(parents=True, exist_ok=True)
            with only_writer(self.data_dir):
                self._require_empty()
                return self._restore(_digested(self.backup))
        except BaseException:
            if made:
                shutil.rmtree(self.data_dir, ignore_errors=True)
            raise

    def _require_unused(self) -> None:
        """A daemon that works there is named before anything else; no lock is made where there is none."""
        if (self.data_dir / LOCK).exists():
            with only_writer(self.data_dir):
                pass

    def _require_empty(self) -> None:
        if self.data_dir.exists() and not self.data_dir.is_dir():
            raise UsageError(f"{self.data_dir} 不是目录；请换一个不存在的或空的目录")
        names = {path.name for path in self.data_dir.glob("*")} - NOTHING
        if (self.data_dir / STAGING / manifest.REGISTER).exists() and names:
            raise UsageError(f"{self.data_dir} 里有上次没有做完的恢复；请清空这个目录再恢复，或另换一个目录")
        if names:
            raise UsageError(
                f"{self.data_dir} 里已有 {min(names)} 等，恢复从不覆盖；请换一个不存在的或空的目录，核对后再换过来"
            )

    def _restore(self, checked: Checked) -> Restored:
        staging = self.data_dir / STAGING
        moved: list[Path] = []
        try:
            with self._written():
                shutil.rmtree(staging, ignore_errors=True)
                staging.mkdir()
                self._stage(checked, staging)
            restored = self._verified(checked, staging)
            with self._written():
                for name in (
                    manifest.ARCHIVE,
                    manifest.SEALS,
                    manifest.LEARNED,
                    manifest.WORKBOOKS,
                    manifest.REGISTER,
                ):
                    if (staging / name).exists():
                        (staging / name).rename(self.data_dir / name)
                        moved.append(self.data_dir / name)
                durable.settle(self.data_dir)
        except BaseException:
            for path in reversed(moved):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            raise
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        return restored

    def _stage(self, checked: Checked, staging: Path) -> None:
        """Copy all files of the manifest, each checked once more as it is copied."""
        kept, archive = _archive(checked.path), FolderArchive(staging / manifest.ARCHIVE)
        for name, sha256 in checked.files.items():
            if name == manifest.original(sha256):
                octets = kept.get(sha256)
                try:
                    archive.put(octets)
                except TransientError as error:
                    raise self._full(str(getattr(error.__cause__, "strerror", error))) from error
            elif name not in (
                manifest.TOLD,
                manifest.BOOKS,
                manifest.original(sha256, manifest.WORKBOOKS),
            ):
                copy = staging / name
                copy.parent.mkdir(exist_ok=True)
                shutil.copyfile(checked.path / name, copy)
                _require_digest(copy, sha256)
                durable.sync(copy)
                durable.settle(copy.parent)

        for name, sha256 in checked.books.items():
            book = staging / manifest.WORKBOOKS / name
            book.parent.mkdir(parents=True, exist_ok=True)
            durable.write(book, _archive(checked.path, manifest.WORKBOOKS).get(sha256))

    def _verified(self, checked: Checked, staging: Path) -> Restored:
        """Write the restore into the log, then verify everything."""
        with closing(
            Register(staging / manifest.REGISTER, year=checked.backup.at.year, new=False)
        ) as register:
            _require_head(register, checked)
            register.restored(by=self.by, why=self.why, backup=str(checked.backup), at=self.at)
            findings = register.verify(FolderArchive(staging / manifest.ARCHIVE))
            if findings:
                raise _refused(checked.path, findings[0].subject, findings[0].detail)
            number, head = register.head()
        durable.sync(staging / manifest.REGISTER)
        return Restored(checked=checked, events=number, head=head)

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._full(str(error.strerror)) from error

    def _full(self, said: str) -> TransientError:
        return TransientError(
            f"恢复目录 {self.data_dir} 写不进去（{said}）；请腾出空间、检查权限后再试，没有恢复任何东西"
        )


def _digested(path: Path) -> Checked:
    """Recompute every digest of the manifest."""
    found = manifest.meant(path)
    with _read():
        listed = found / manifest.MANIFEST
        files = manifest.read(listed.read_bytes(), listed)
        for name, sha256 in files.items():
            if name.startswith("../"):
                state = _archive(found, name.split("/")[1]).check(sha256)
                if state is not Fixity.INTACT:
                    fact = "不在" if state is Fixity.MISSING else "与清单的摘要不符"
                    raise _refused(found, name, fact)
            else:
                _require_digest(found / name, sha256)
        told = found / manifest.TOLD
        return Checked(
            path=found,
            backup=manifest.decode(told.read_bytes(), told),
            files=files,
            books=_listed(found, files),
        )


def _listed(backup: Path, files: Mapping[str, str]) -> Mapping[str, str]:
    """What the backup has of data/workbooks; each must be among its *files*."""
    path = backup / manifest.BOOKS
    books = manifest.books(path.read_bytes(), path) if manifest.BOOKS in files else {}
    for sha256 in books.values():
        if files.get(manifest.original(sha256, manifest.WORKBOOKS)) != sha256:
            raise _refused(backup, manifest.BOOKS, f"所列的 {sha256} 不在清单里")
    return books


def _require_digest(path: Path, sha256: str) -> None:
    if not path.is_file():
        raise _refused(path.parent, path.name, "不在")
    if durable.digest(path) != sha256:
        raise _refused(path.parent, path.name, "与清单的摘要不符")


def _require_sound(register: Register, archive: Archive, checked: Checked) -> None:
    _require_head(register, checked)
    findings = register.verify(archive)
    if findings:
        raise _refused(checked.path, findings[0].subject, findings[0].detail)


def _require_head(register: Register, checked: Checked) -> None:
    """The register must be the one that backup.json tells of."""
    if register.head() != (checked.backup.events, checked.backup.head):
        raise _refused(checked.path, manifest.REGISTER, f"日志链头与 {manifest.TOLD} 所写不同")


def _archive(backup: Path, folder: str = manifest.ARCHIVE) -> Archive:
    return FolderArchive(backup.parent / folder)


def _refused(backup: Path, what: str, fact: str) -> IntegrityError:
    return IntegrityError(
        f"备份 {backup} 不能用：{what} {fact}；没有恢复任何东西，请换一份备份（同一目录里更早的，或另一块磁盘上的）"
    )


@contextmanager
def _read() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TransientError(
            f"读不出备份 {error.filename}（{error.strerror}）；请检查磁盘和权限后再试"
        ) from error
