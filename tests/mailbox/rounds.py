"""One round over a folder in a process of its own, to be killed: `python -m tests.mailbox.rounds FOLDER DATA EXECUTOR STAGES`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pipeline.archive import FolderArchive
from pipeline.executor import open_executor
from pipeline.mailbox import Source, open_mailbox
from pipeline.register import Register
from pipeline.worker import Worker, one_mail, only_writer
from rules import Notice, Rules, Scoring, load
from tests.mailbox import attempts


def rules(digest: str = "first") -> Rules:
    """Rules of which the digest alone matters."""
    day = datetime(2024, 6, 20, tzinfo=UTC)
    notice = Notice(
        id="test", number="", title="", theme="", year=2024, edition=8, period_start=day.date(),
        period_end=day.date(), deadline=day, mailbox="", organisers=(),
    )  # fmt: skip
    scoring = Scoring(
        criteria=(), bonus_cap=0, late_per_day=0, late_cap=0, contradiction_cap=0, duplicate_off=0, online_factor=0
    )  # fmt: skip
    return Rules(digest=digest, notice=notice, categories=(), units=(), scoring=scoring, examples=())


def one_round(source: Source, data: Path, *, worker: Callable[..., Worker], executor: str = "serial") -> None:
    """Take in and process all of *source*, as the one writer of *data*. worker: makes it of its opened parts."""
    with (
        only_writer(data),
        closing(Register(data / "register.db", year=2024)) as register,
        open_executor(executor) as pool,
    ):
        worker(register=register, executor=pool).once(source)


def main(folder: str, data: str, executor: str, stages: str) -> None:
    """Take in and process all of *folder*; "ready" on stdout says that the imports are done.

    stages: "real" for those of the product, "slow" for stand-ins.
    """
    data_dir = Path(data)
    data_dir.mkdir(exist_ok=True)
    real = stages == "real"
    hands = (one_mail.attempt, one_mail.prepare) if real else (attempts.slow, attempts.prepare)
    worker = partial(
        Worker,
        archive=FolderArchive(data_dir / "archive"),
        rules=load() if real else rules(),
        attempt=hands[0],
        prepare=hands[1],
    )
    print("ready", flush=True)  # noqa: T201 - the word to whoever kills
    one_round(open_mailbox(folder), data_dir, worker=worker, executor=executor)


if __name__ == "__main__":
    main(*sys.argv[1:])
