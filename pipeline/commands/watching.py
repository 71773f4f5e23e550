"""What the daemon tells and does besides collecting: status.json, the service manager, /healthz, the seal, the 日报.

Purpose: `watched(office, worker)` for `run`.
Source: ../health/__init__.py; sealing.py; operating.py.
Limits: everything but answering /healthz is done by the daemon's own thread, between mails.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from pipeline.commands import operating, sealing
from pipeline.commands.aside import Aside
from pipeline.commands.compiling import Compiling
from pipeline.commands.options import Office, say
from pipeline.commands.receipting import Receipting
from pipeline.errors import ShouwenError, TransientError
from pipeline.health import Known
from pipeline.health.reporter import Reporter
from pipeline.health.serving import serving
from pipeline.worker import Duties, Worker, oplog

if TYPE_CHECKING:
    from collections.abc import Callable

DAILY_EVERY = timedelta(hours=1)
"""How old the day's 日报 may become; the last one of a day stays."""


@contextmanager
def watched(office: Office, worker: Worker) -> Iterator[Watch]:
    """Keep the operations log, answer on the port of the settings, and say that the daemon is there.

    Raises:
        SettingsError: the port cannot be had. TransientError: status.json cannot be written.
    """
    watch = Watch(
        office=office,
        known=operating.known_of(office),
        worker=worker,
        compiling=Compiling(office=office, aside=True),
        telling=Aside(office),
    )
    reporter = Reporter(
        data_dir=office.data_dir,
        clock=worker.clock,
        known=watch.knowing,
        place=office.place,
        window=partial(operating.window, office),
    )
    watch.report = reporter.beat
    with (
        oplog.keep(office.data_dir / "logs", office.settings.operations_days),
        serving(office.settings.listen, reporter.look) as address,
    ):
        if address:
            say(f"健康检查：http://{address}/healthz")
        reporter.begin()
        try:
            yield watch
        finally:
            watch.close()


@dataclass(kw_only=True)
class Watch:
    """What is known besides the register. seal_trouble: as in health.Known.

    told_daily: when the 日报 was last begun, which counts as the workbook does and is therefore written by *telling*, aside;
    is_telling: its outcome was not taken yet.
    """

    office: Office
    worker: Worker
    known: Known
    seal_trouble: str = ""
    told_daily: datetime | None = None
    is_telling: bool = False
    compiling: Compiling
    telling: Aside
    receipting: Receipting | None = None
    report: Callable[[], str] = str

    def duties(self) -> Duties:
        """What the daemon's rounds call."""
        return Duties(daily=self._daily, alive=self._alive, beat=self._beat)

    def knowing(self) -> Known:
        """Say it; called in the thread that answers /healthz too."""
        worker = self.worker
        return replace(
            self.known,
            basis=worker.basis.digest,
            tools=worker.abilities,
            seal_trouble=self.seal_trouble,
            compile_trouble=self.compiling.trouble,
            compile_since=self.compiling.failing,
        )

    def close(self) -> None:
        """Let go of what is done aside."""
        self.compiling.close()
        self.telling.close()

    def _alive(self) -> None:
        self.report()

    def _beat(self, _trouble: str) -> None:
        """A job has ended, its trouble stands in the polls."""
        self.report()

    def _daily(self) -> None:
        at = self.worker.clock()
        try:
            self._sealed(at)
        finally:
            try:
                self._told(at)
            finally:
                self._compiled(at)

    def _compiled(self, at: datetime) -> None:
        """Compile the workbook, where that is due."""
        if path := self.compiling.if_due(at):
            oplog.log.info("compiled", file=path.name)
            say(f"已编成工作簿：{path}")

    def _sealed(self, at: datetime) -> None:
        """Seal the day and send receipts, where that is due."""
        try:
            self.seal_trouble = ""
            if sealing.seal_if_due(self.office, at):
                say(f"今日封印已存：第 {self.office.register.seals()[-1].number} 号")
        except ShouwenError as error:
            self.seal_trouble = str(error)
            raise
        self.receipting = self.receipting or Receipting(office=self.office)
        self.receipting.one(at)

    def _told(self, at: datetime) -> None:
        """Have the day told, where that is due; say what came of the last time.

        Raises:
            TransientError: it could not be.
        """
        if self.is_telling and (done := self.telling.outcome()) is not None:
            self.is_telling = False
            if done.trouble:
                raise TransientError(done.trouble)
        late = self.told_daily is None or not timedelta() <= at - self.told_daily < DAILY_EVERY
        if late and not self.is_telling:
            self.told_daily, self.is_telling = at, True
            self.telling.begin(operating.tell_daily, at)
