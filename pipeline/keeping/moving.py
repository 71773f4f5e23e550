"""Archive and register go to another place: copied, compared on both sides, verified there; nothing is changed here.

Purpose: `Moving(…).run()`.
Source: the order of a backup turned round: originals first, then the register that names them, so that whatever ends
the move in the middle leaves at most originals without a mail, which the next try finds there. No event is written:
the register there is the one here, row by row, with the same head and seals (../../docs/register-postgresql.md).
Limits: the caller is the only writer of the data folder. Workbooks, seals' files and what was taught stay in the data folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from pipeline.archive import Archive, Fixity
from pipeline.errors import IntegrityError, UsageError
from pipeline.register import Place, Register


def _silent(_what: str, _done: int) -> None:
    """Show no progress."""


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What stands at the new place. copied, octets: originals that were not there yet. rows: of each table, none where the
    register stays. events, head: of the log."""

    originals: int
    copied: int
    octets: int
    rows: tuple[tuple[str, int], ...]
    events: int
    head: str


@dataclass(kw_only=True)
class Moving:
    """One move on its way. to_archive, to_register: None where it stays. year: of the notice. progress: (what, how many)."""

    archive: Archive
    register: Register
    year: int
    to_archive: Archive | None = None
    to_register: Place | None = None
    progress: Callable[[str, int], None] = _silent
    copied: int = 0
    octets: int = 0
    intact: set[str] = field(default_factory=set)

    def run(self) -> Moved:
        """Copy, compare, verify; the same call again goes on with what another left undone.

        Raises:
            UsageError: something else is at the new place. TransientError: it cannot be written now, or a daemon runs.
            IntegrityError: an original or the register is damaged here, or did not arrive as it was.
        """
        with self.register.alone():
            if self.to_archive is not None:
                self._require_own(self.to_archive)
                for sha256 in self.archive.digests():
                    self._bring(sha256, self.to_archive)
            with self.register.still():
                return self._moved()

    def _require_own(self, target: Archive) -> None:
        foreign = next((sha256 for sha256 in target.digests() if not self.archive.contains(sha256)), None)
        if foreign is not None:
            raise UsageError(
                f"新的原件库里已有别的原件（{foreign[:16]} 等），不是上次没搬完的；请换一个空的地方，没有搬任何东西"
            )

    def _bring(self, sha256: str, target: Archive) -> None:
        """Copy one original unless it is there intact; its digest is checked as it is read here and once it is there."""
        if target.check(sha256) is not Fixity.INTACT:
            blob = target.put(self.archive.get(sha256))
            if blob.sha256 != sha256 or target.check(sha256) is not Fixity.INTACT:
                raise IntegrityError(f"原件 {sha256} 搬过去后摘要不符；请检查新的原件库后再搬，这里的没有动")
            self.copied += 1
            self.octets += blob.size
        self.intact.add(sha256)
        self.progress("原件", len(self.intact))

    def _moved(self) -> Moved:
        """Do the rest while nobody writes here."""
        if self.to_archive is not None:
            for sha256 in sorted(self.register.named() - self.intact):  # added meanwhile
                self._bring(sha256, self.to_archive)
        with self._there() as register:
            rows = () if register is self.register else register.take_over(self.register, self.progress)
            findings = register.verify(_Looked(archive=self.to_archive or self.archive, intact=self.intact))
            if findings:
                one = findings[0]
                raise IntegrityError(
                    f"搬过去的有 {len(findings)} 处不符（{one.kind} {one.subject}：{one.detail}）；"
                    "请在这里运行 shouwen verify 查明是不是原来就不符。设置没有改，这里的没有动"
                )
            events, head = register.head()
        return Moved(
            originals=len(self.register.named()),
            copied=self.copied,
            octets=self.octets,
            rows=rows,
            events=events,
            head=head,
        )

    @contextmanager
    def _there(self) -> Iterator[Register]:
        """The register as it will be: the new one, with nobody else writing it, or the one that stays."""
        if self.to_register is None:
            yield self.register
            return
        with closing(Register(self.to_register, year=self.year)) as register, register.alone():
            yield register


@dataclass(frozen=True, kw_only=True)
class _Looked:
    """An archive of which some originals were looked at just now."""

    archive: Archive
    intact: set[str]

    def check(self, sha256: str) -> str:
        return Fixity.INTACT if sha256 in self.intact else self.archive.check(sha256)

    def digests(self) -> Iterator[str]:
        return self.archive.digests()
