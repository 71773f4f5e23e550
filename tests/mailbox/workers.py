"""Workers whose readers are stand-ins (attempts.py): on a register and a folder, alone or with a daemon's rounds around them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pipeline.archive import FolderArchive
from pipeline.executor import Readers, open_executor
from pipeline.mailbox import open_mailbox
from pipeline.register import Register
from pipeline.stop import Stop
from pipeline.worker import NO_DUTIES, Worker
from pipeline.worker.rounds import Rounds
from tests.mailbox import attempts
from tests.mailbox.rounds import rules


def worker(register: Register, folder: Path, executor: Readers) -> Worker:
    """A worker that writes *register* and an archive in *folder*."""
    return Worker(
        archive=FolderArchive(folder / "archive"),
        register=register,
        rules=rules(),
        executor=executor,
        attempt=attempts.attempt,
        prepare=attempts.prepare,
    )


@contextmanager
def rounds(mails: Path, data: Path, *, resting_seconds: float) -> Iterator[Rounds]:
    """A daemon's rounds over the folder *mails*, with one reading process that rests after so many seconds."""
    with (
        closing(Register(data / "register.db", year=2024)) as register,
        open_executor("processes:1") as pool,
    ):
        yield Rounds(
            worker=worker(register, data, pool),
            source=open_mailbox(str(mails)),
            every_seconds=60,
            stop=Stop(),
            duties=NO_DUTIES,
            resting_seconds=resting_seconds,
        )
