"""Work that the daemon has done in a process of its own, which takes along what it imported and folded when it ends.

Purpose: `Aside(office).begin(work, at)`, then `outcome()` again and again; `Here`, the same in this process.
Source: docs/decisions.md: what the workbook needs stays in a process for good, and is more than all the rest of the daemon.
Limits: one work at a time; the process opens archive and register itself, as a command beside the daemon does; it knows the
daemon's settings and rules, not what the files say by now; it is killed with the daemon, as if the machine had died.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipeline.commands.options import Office
from pipeline.errors import ShouwenError

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

Work = Callable[[Office, datetime], str]
"""A function of a module, for it travels; what it returns is for whoever began it."""
KNOWN = ("settings", "notice", "rules")
"""What of the office travels: the daemon's own, whatever the files say by now."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a work. said: what it returned. trouble: Chinese, "" if none; fault: it is the program's own."""

    said: str = ""
    trouble: str = ""
    fault: bool = False


class Doing(Protocol):
    """Who does a work."""

    def begin(self, work: Work, at: datetime) -> None:
        """Begin *work*; none may be under way."""

    def outcome(self) -> Outcome | None:
        """Give what came of it, None while it is under way."""

    def close(self) -> None:
        """Let go of it, done or not."""


@dataclass
class Here:
    """Does a work at once, in this process."""

    office: Office
    done: Outcome | None = None

    def begin(self, work: Work, at: datetime) -> None:
        """Do it."""
        self.done = _outcome(self.office, work, at)

    def outcome(self) -> Outcome | None:
        """Give what came of it."""
        return self.done

    def close(self) -> None:
        """Do nothing: it is done."""


@dataclass
class Aside:
    """Does a work in a process of its own."""

    office: Office
    process: SpawnProcess | None = field(default=None, init=False)
    told: multiprocessing.connection.Connection | None = field(default=None, init=False)

    def begin(self, work: Work, at: datetime) -> None:
        """Start the process."""
        self.close()
        context = multiprocessing.get_context("spawn")
        self.told, theirs = context.Pipe(duplex=False)
        known = {name: getattr(self.office, name) for name in KNOWN}
        place = self.office.settings_file, self.office.data_dir_option
        self.process = context.Process(
            target=_there, args=(place, known, work, at, theirs), name="shouwen-aside"
        )
        try:
            self.process.start()
        except OSError:  # no memory, or no process to be had; `outcome` says so
            self.process = None
        finally:
            theirs.close()

    def outcome(self) -> Outcome | None:
        """Give what came of it, None while it is under way."""
        if self.process is None or self.told is None:
            return Outcome(trouble="起不了编制用的进程；请检查内存和进程数的限制")
        if not self.told.poll():
            return None
        try:
            done: Outcome = self.told.recv()
        except EOFError:
            self.process.join()
            code = self.process.exitcode
            done = Outcome(trouble=f"编制用的进程没办完就没了（退出码 {code}）；多半是内存不够，或被人结束")
        self.close()
        return done

    def close(self) -> None:
        """End the process, done or not."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process.close()
        if self.told is not None:
            self.told.close()
        self.process = self.told = None


def _there(
    place: tuple[Path | None, Path | None],
    known: dict[str, object],
    work: Work,
    at: datetime,
    told: multiprocessing.connection.Connection,
) -> None:
    """What the process does: the work, as long as the daemon is there. Ctrl-C is the daemon's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    office = Office(*place)
    office.__dict__.update(known)
    told.send(_outcome(office, work, at))
    told.close()


def _end_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)


def _outcome(office: Office, work: Work, at: datetime) -> Outcome:
    try:
        return Outcome(said=work(office, at))
    except ShouwenError as error:
        return Outcome(trouble=str(error))
    except Exception as error:  # noqa: BLE001 - what cannot be done aside must not end the taking in of mails
        told = f"程序出错（{type(error).__name__}，{_where(error)}），请连同这一行告诉维护人员"
        return Outcome(trouble=told, fault=True)


def _where(error: Exception) -> str:
    """The place in the program where it was raised; its words may be a mail's."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name} 第 {frames[-1].lineno} 行" if frames else "位置不明"
