"""One backup: the register copied while it lives, then every original that this copy names, each checked on its way.

Purpose: `BackingUp(…).run()`.
Source: FIELD: a backup that cannot be restored is none. So the copy is verified as a restore would verify it, before it
takes its name; and what does not verify never pushes a good backup out.
Limits: a folder on the same disk protects from mistakes, not from the disk. Originals whose items are in no kept backup
cannot be: items are never removed.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from outputs.audit import issued
from pipeline import VERSION, durable, release
from pipeline.archive import Archive, Fixity, FolderArchive
from pipeline.errors import IntegrityError, TransientError, UsageError
from pipeline.keeping import manifest
from pipeline.keeping.manifest import Backup
from pipeline.register import Register
from pipeline.register.tables import REVISION
from rules import learned

KEPT = 14
"""Backups that stay in one folder; an older register is small, and shows what a newer one was before somebody erred."""
UNFINISHED = ".unfinished"
LOCK = "backup.lock"
LEFT_OUT = (
    "设置文件和授权码（另行妥存）",
    "workbooks/ 里编出的工作簿和所附文件（可用 shouwen compile 重新编出；底稿、收回的和填写过的工作簿都在备份里）",
    "material/（由原件取出，可重新生成）",
    "logs/（运行日志）",
)


@dataclass(frozen=True, kw_only=True)
class Made:
    """A backup that was made. copied, octets: originals that the folder did not have yet. mended: damaged ones replaced."""

    path: Path
    backup: Backup
    copied: int
    octets: int
    mended: int


@dataclass(kw_only=True)
class BackingUp:
    """One backup on its way. settings_file: named in the backup, not copied; None if none is in force."""

    archive: Archive
    register: Register
    data_dir: Path
    folder: Path
    at: datetime
    settings_file: Path | None = None
    copied: int = 0
    octets: int = 0
    mended: int = 0
    lost: list[str] = field(default_factory=list)

    def run(self) -> Made:
        """Make the backup; whatever fails, the earlier ones in the folder stay as good as they were.

        Raises:
            UsageError: the folder is in the data folder, or the other way about.
            TransientError: another backup runs into it, or it cannot be written.
            IntegrityError: the register or an original is damaged, so that this would be no backup.
        """
        self._require_elsewhere()
        with self._written(), self._alone():
            beside = self.folder / UNFINISHED
            shutil.rmtree(beside, ignore_errors=True)
            beside.mkdir()
            try:
                backup = self._fill(beside)
                path = manifest.named(self.folder, self.at)
                durable.settle(beside)
                beside.rename(path)
                durable.settle(self.folder)
            finally:
                shutil.rmtree(beside, ignore_errors=True)
            self._retire()
        return Made(path=path, backup=backup, copied=self.copied, octets=self.octets, mended=self.mended)

    def _require_elsewhere(self) -> None:
        here, there = self.data_dir.resolve(), self.folder.resolve()
        if here == there or here in there.parents or there in here.parents:
            raise UsageError(
                f"备份目录 {self.folder} 和数据目录 {self.data_dir} 一个在另一个里面；请换到别处，最好是另一块磁盘"
            )

    @contextmanager
    def _written(self) -> Iterator[None]:
        """Say what the disk refuses in the words of a backup."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            yield
        except OSError as error:
            raise self._refused(str(error.strerror)) from error

    def _refused(self, said: str) -> TransientError:
        return TransientError(
            f"备份目录 {self.folder} 写不进去（{said}）；请腾出空间、检查权限后再试。这次没有备成，以前的备份仍然有效"
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Be the only backup into this folder."""
        with (self.folder / LOCK).open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise TransientError(f"另一个备份正在写 {self.folder}；等它结束再试") from error
            yield

    def _fill(self, beside: Path) -> Backup:
        """Put everything into *beside*, the manifest last."""
        register = beside / manifest.REGISTER
        self.register.copy(register)
        kept = FolderArchive(self.folder / manifest.ARCHIVE)
        with closing(Register(register, year=self.at.year, new=False)) as copy:
            originals = {item.sha256: item.size for item in copy.items()}
            originals |= {added.sha256: added.size for added in copy.attachments()}
            for sha256 in originals:
                self._keep(sha256, kept)
            self._require_whole(copy, kept)
            backup = self._told(copy, originals)
            known = frozenset(one.row for one in copy.events(action="compile"))
        books = self._books(known)
        durable.write(beside / manifest.BOOKS, manifest.lines(books))
        self._seals(beside / manifest.SEALS)
        self._learned(beside / manifest.LEARNED)
        durable.sync(register)
        durable.write(beside / manifest.TOLD, manifest.encode(backup))
        digests = {
            str(path.relative_to(beside)): durable.digest(path)
            for path in sorted(beside.rglob("*"))
            if path.is_file()
        }
        digests |= {manifest.original(sha256): sha256 for sha256 in originals}
        digests |= {manifest.original(sha256, manifest.WORKBOOKS): sha256 for sha256 in books.values()}
        durable.write(beside / manifest.MANIFEST, manifest.lines(digests))
        return backup

    def _keep(self, sha256: str, kept: Archive) -> None:
        """Copy one original unless it is there and intact."""
        before = kept.check(sha256)
        if before is Fixity.INTACT:
            return
        try:
            octets = self.archive.get(sha256)
        except IntegrityError:
            self.lost.append(sha256)
            return
        try:
            blob = kept.put(octets)
        except TransientError as error:
            raise self._refused(str(getattr(error.__cause__, "strerror", error))) from error
        self.copied += 1
        self.octets += blob.size
        self.mended += before is Fixity.ALTERED

    def _require_whole(self, copy: Register, kept: Archive) -> None:
        """Refuse what a restore would refuse."""
        if self.lost:
            raise IntegrityError(
                f"原件库里有 {len(self.lost)} 份原件损坏或不在（{self.lost[0]} 等）；请先运行 shouwen verify，"
                "从以前的备份取回。这次没有备成，以前的备份仍然有效"
            )
        findings = copy.verify(kept)
        if findings:
            one = findings[0]
            raise IntegrityError(
                f"登记簿有 {len(findings)} 处不符（{one.kind} {one.subject}：{one.detail}）；请先运行 shouwen verify 查明。"
                "这次没有备成，以前的备份仍然有效"
            )

    def _told(self, copy: Register, originals: Mapping[str, int]) -> Backup:
        number, head = copy.head()
        counts = copy.count()
        return Backup(
            form=manifest.FORM,
            at=self.at,
            software=f"shouwen {release()}，读件版本 {VERSION}",
            revision=REVISION,
            events=number,
            head=head,
            items={state.value: count for state, count in counts.items()},
            sightings=len(copy.sightings()),
            corrections=len(copy.corrections()),
            seals=len(copy.seals()),
            originals=len(originals),
            octets=sum(originals.values()),
            settings=str(self.settings_file.resolve()) if self.settings_file else "",
            left_out=LEFT_OUT,
        )

    def _books(self, known: frozenset[str]) -> dict[str, str]:
        """Keep what cannot be made again of the runs that the log knows; path below data/workbooks to digest.

        A run that is pruned meanwhile is looked for once more, where its baseline lies then.
        """
        kept = FolderArchive(self.folder / manifest.WORKBOOKS)
        folder = self.data_dir / manifest.WORKBOOKS
        for last in (False, True):
            books = dict[str, str]()
            try:
                for name, path in issued.keepsakes(folder, known).items():
                    books[name] = kept.put(path.read_bytes()).sha256
            except FileNotFoundError:
                if last:
                    raise
            except TransientError as error:
                raise self._refused(str(getattr(error.__cause__, "strerror", error))) from error
            else:
                break
        return books

    def _seals(self, folder: Path) -> None:
        """Copy the seals of the data folder as they are; those of the register are in its copy."""
        found = sorted((self.data_dir / manifest.SEALS).glob("seal-*.json"))
        if found:
            folder.mkdir()
        for path in found:
            durable.write(folder / path.name, path.read_bytes())

    def _learned(self, folder: Path) -> None:
        """Copy what the office was taught; each table is whole at any moment."""
        found = [self.data_dir / manifest.LEARNED / name for name in learned.FILES]
        for path in filter(Path.exists, found):
            folder.mkdir(exist_ok=True)
            durable.write(folder / path.name, path.read_bytes())

    def _retire(self) -> None:
        """Remove the oldest backups beyond KEPT, each unnamed before it is taken apart."""
        for path in manifest.backups(self.folder)[:-KEPT]:
            going = self.folder / UNFINISHED
            path.rename(going)
            shutil.rmtree(going)
