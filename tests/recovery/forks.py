"""The fork server: `python -m tests.recovery.forks FOLDER`, with boundary.c's library in LD_PRELOAD.

Purpose: reads orders, answers them. Every round runs in a fork of its own, so that it may die; the server itself has
imported all that a round needs, opens nothing and has one thread, so a fork costs milliseconds.
Limits: the pool for mails that were begun before is forked as well, not spawned; test_recovery.py kills real ones.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import logging
import multiprocessing
import os
import select
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec

from pipeline.archive import UNFINISHED
from pipeline.errors import UsageError
from pipeline.mailbox import open_mailbox
from pipeline.records import Attachment
from pipeline.register import Register
from pipeline.worker import Worker
from tests.mailbox import attempts
from tests.mailbox.boxes import PASSWORD, USER
from tests.mailbox.rounds import one_round, rules
from tests.recovery.orders import Answer, Death, Order, Outcome
from tests.recovery.wrong import ARCHIVES

PR_SET_CHILD_SUBREAPER = 36
"""prctl(2): what a killed round leaves running becomes ours, so that its end can be awaited."""

BOUNDARIES = ctypes.CDLL(None)
BOUNDARIES.counted.restype = ctypes.c_long


def main(folder: str) -> None:
    """Answer orders until there are no more; "ready" says that the imports are done."""
    logging.disable()
    BOUNDARIES.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    _import_what_a_round_imports(Path(folder))
    gc.disable()  # a round is over before there is much to collect
    _say(b"ready")
    for line in sys.stdin.buffer:
        _say(msgspec.json.encode(answer(msgspec.json.decode(line, type=Order))))


def answer(order: Order) -> Answer:
    """Let rounds die as ordered, then run one to its end and look at what stands there."""
    data = Path(order.data)
    shutil.rmtree(data, ignore_errors=True)
    if order.begin:
        shutil.copytree(order.begin, data)
    else:
        data.mkdir(parents=True)
    deaths = tuple(_struck(order, death) for death in order.deaths)
    ended, _ = _forked(partial(_ending, order))
    if order.deaths:
        shutil.rmtree(data)
    return msgspec.structs.replace(msgspec.json.decode(ended, type=Answer), deaths=deaths)


def _struck(order: Order, death: Death) -> str:
    """Let a round die and say where: the words of boundary.c, "moment", or "" where it had ended before."""
    reported, killed = _forked(partial(_dying, order, death), death.seconds)
    return reported.decode().strip() or ("moment" if killed else "")


# ------------------------------------------------------------ in the fork


def _dying(order: Order, death: Death, report: int) -> None:
    """Run a round that is to die; where it struck stands in *report*, by boundary.c."""
    _watch(order, report, death.point, power=death.power)
    _round(order)


def _ending(order: Order, report: int) -> None:
    """Run a round to its end and report what stands there."""
    _watch(order, report)
    began = time.perf_counter()
    error = ""
    try:
        _round(order)
    except Exception:  # noqa: BLE001 - whatever it is, the sweep shows it
        error = traceback.format_exc()
    seconds = time.perf_counter() - began
    points = BOUNDARIES.counted()
    told = Answer(points=points, seconds=seconds, outcome=_outcome(order), error=error)
    with os.fdopen(report, "wb", closefd=False) as file:
        file.write(msgspec.json.encode(told))


def _watch(order: Order, report: int, point: int = 0, *, power: bool = False) -> None:
    folder = os.fsencode(Path(order.data).resolve())
    BOUNDARIES.watch(folder, ctypes.c_long(point), int(power), report)


def _round(order: Order) -> None:
    data = Path(order.data).resolve()
    if order.attach:
        _attach(order.attach.encode(), data)
    worker = partial(
        Worker,
        archive=ARCHIVES[order.archive](data / "archive"),
        rules=rules(order.rules),
        attempt=attempts.attempt,
        prepare=attempts.prepare,
    )
    with closing(open_mailbox(order.address, user=USER, password=PASSWORD)) as source:
        one_round(source, data, worker=worker)


def _attach(octets: bytes, data: Path) -> None:
    """Add a file to the first mail, as the command does."""
    blob = ARCHIVES["right"](data / "archive").put(octets)
    with closing(Register(data / "register.db", year=2024)) as register, suppress(UsageError):
        register.attach(
            Attachment(
                accession="2024-00001",
                name="照片.zip",
                sha256=blob.sha256,
                size=blob.size,
                by="王芳",
                at=datetime.now(UTC),
            )
        )


def _outcome(order: Order) -> Outcome:
    data = Path(order.data)
    archive = ARCHIVES["right"](data / "archive")
    with closing(Register(data / "register.db", year=2024)) as register:
        digests = {item.accession: item.sha256 for item in register.items()}
        events = Counter((one.accession, one.action) for one in register.events())
        return Outcome(
            digests=tuple(archive.digests()),
            items=tuple(
                (
                    one.item.accession,
                    one.item.sha256,
                    one.item.state,
                    msgspec.json.encode(one.filing).decode(),
                )
                for one in register.filed()
            ),
            sightings=tuple(
                (seen.uidvalidity, seen.uid, digests[accession]) for seen, accession in register.sightings()
            ),
            events=tuple((*key, count) for key, count in sorted(events.items())),
            findings=tuple(str(one) for one in register.verify(archive)),
            orphans=register.orphans(archive),
            unfinished=tuple(path.name for path in (data / "archive" / UNFINISHED).glob("*")),
            attached=tuple(one.sha256 for one in register.attachments()),
        )


# ------------------------------------------------------------ forking


def _forked(work: Callable[[int], None], seconds: float = 0) -> tuple[bytes, bool]:
    """Do *work* in a fork, killed after so many seconds (0: not).

    Returns:
        what it reported, and whether it was killed; nothing that it started is left.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _child(work, writing)
    os.close(writing)
    if seconds:
        select.select([reading], [], [], seconds)
        os.kill(pid, signal.SIGKILL)
    with os.fdopen(reading, "rb") as file:
        reported = file.read()
    _, status = os.waitpid(pid, 0)
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    return reported, os.waitstatus_to_exitcode(status) == -signal.SIGKILL


def _child(work: Callable[[int], None], report: int) -> None:
    forking = multiprocessing.get_context("fork")
    multiprocessing.get_context = lambda method=None: forking  # type: ignore[assignment]  # a spawn takes a second
    try:
        work(report)
    except Exception:  # noqa: BLE001 - the end of the process; who reads the report decides
        os.write(report, traceback.format_exc().encode())
    finally:
        os._exit(0)


def _import_what_a_round_imports(folder: Path) -> None:
    """Run a round in a fork, and import here what it imported there."""
    (folder / "mails").mkdir(parents=True)
    (folder / "mails" / "1.eml").write_bytes(b"Subject: first\r\n\r\nwords\r\n")
    order = Order(data=str(folder / "data"), address=str(folder / "mails"))

    def imported(report: int) -> None:
        (folder / "data").mkdir()
        _round(order)
        _outcome(order)
        open_mailbox("imap://127.0.0.1", user=USER, password=PASSWORD)
        os.write(report, json.dumps(sorted(sys.modules)).encode())

    names, _ = _forked(imported)
    for name in json.loads(names):
        with suppress(ImportError):
            importlib.import_module(name)


def _say(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1])
