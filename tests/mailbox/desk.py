"""A worker on a data folder with a clock that can be set, stand-ins for reading, and the command line beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipeline.archive import FolderArchive
from pipeline.executor import open_executor
from pipeline.mailbox import Source, open_mailbox
from pipeline.register import Register
from pipeline.stop import Stop
from pipeline.worker import Worker
from pipeline.worker.rounds import Duties
from tests.mailbox import attempts
from tests.mailbox.rounds import rules
from tests.support import ROOT

NOON = datetime(2024, 6, 10, 4, 0, tzinfo=UTC)


class Desk:
    """What works on *data*. now: what its clock says."""

    def __init__(self, data: Path, stack: ExitStack) -> None:
        self.now = NOON
        self.data = data
        self.archive = FolderArchive(data / "archive")
        self.register = Register(data / "register.db", year=2024)
        stack.callback(self.register.close)
        executor = open_executor("serial")
        stack.enter_context(executor)
        self.worker = Worker(
            archive=self.archive,
            register=self.register,
            rules=rules(),
            executor=executor,
            clock=lambda: self.now,
            attempt=attempts.attempt,
            prepare=attempts.prepare,
        )

    @property
    def findings(self) -> tuple[object, ...]:
        """What verify finds."""
        return self.register.verify(self.archive)

    @contextmanager
    def running(self, source: Source) -> Iterator[list[str]]:
        """Run the daemon in a thread, polling every second; the list gets a word after each job: "" or its trouble."""
        stop, beats = Stop(), list[str]()
        thread = threading.Thread(
            target=self.worker.run,
            args=(source,),
            kwargs={"every_seconds": 1, "stop": stop, "duties": Duties(beat=beats.append)},
        )
        thread.start()
        try:
            yield beats
            assert thread.is_alive(), "the daemon must live through it"
        finally:
            stop.set()
            thread.join(30)
            source.close()


@contextmanager
def desk(data: Path) -> Iterator[Desk]:
    """Open the parts of a worker on *data*, which is there."""
    with ExitStack() as stack:
        yield Desk(data, stack)


def folder_with(folder: Path, *mails: bytes) -> Source:
    """Put *mails* into a new folder of .eml files and open it."""
    folder.mkdir(exist_ok=True)
    for octets in mails:
        (folder / f"{len(list(folder.iterdir()))}.eml").write_bytes(octets)
    return open_mailbox(str(folder))


def until(true: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until something is *true*; fail where it does not become so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.02)


def shouwen(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, as operators do."""
    command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@contextmanager
def daemon(*arguments: str | Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Run `shouwen run` in a process of its own and wait until it says that it is at work."""
    command = [sys.executable, "-m", "pipeline", "run", *map(str, arguments)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stderr is not None
            for line in process.stderr:
                if "开始守护" in line:
                    break
            assert process.poll() is None, "the daemon must have begun"
            yield process
        finally:
            process.kill()
