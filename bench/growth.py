"""Whether each stage is linear: 200, 2,000 and 20,000 small mails, processor time a mail: `python -m bench.growth`.

Purpose: real worker, register and folds over stand-ins for what is linear by its nature: the simulation's mailbox and archive, and
a reader that answers at once with a small real reading and filing. Mails of a larger season are no other than those of a smaller:
as many a day, as much in common.
Limits: processor time of one process; waiting for the disk is not seen. Each size has a process of its own, so that none finds the
other's memory. All but the capture is done by all sizes in turn, round after round, and the least of each counts, for a core that
others share is slower at times; of the processing each round does a share, and all count. No search for cycles is made. That is how a
compile reads filings and folds them; of the other stages, which the product does with such searches, their time is left out here.
"""

from __future__ import annotations

import gc
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import fmean

import numpy as np

import rules
from bench.reporting import Measure, middle
from bench.simulation.arrivals import Arrivals, Mailbox, number_of
from bench.simulation.clock import Clock
from bench.simulation.stand_in import StandInArchive
from pipeline import VERSION
from pipeline.executor import Serial
from pipeline.health.gathering import gather
from pipeline.health.values import Known
from pipeline.records import (
    Activity,
    Address,
    Classification,
    Filing,
    Identification,
    Judged,
    Kind,
    Mail,
    Part,
    Reading,
    Span,
    Stated,
)
from pipeline.register import Basis, Register
from pipeline.season import season
from pipeline.worker import Result, Task, Worker

ROOT = Path(__file__).parent.parent
SIZES, QUICK = (200, 2_000, 20_000), (100, 300, 1_000)
ROUNDS = 5
SHARED = "process"
"""The stage of which each round does a share: all of them count, for a mail may cost the more the more were filed before it."""
MOST = 1.15
"""Processor time a mail of the largest season, in that of the one before: 15 % more at most."""
UNITS = 8
"""Few units with many mails each: the worst that comparing the mails of one unit can meet."""
NOW = datetime(2024, 6, 1, tzinfo=UTC)
WORDS = tuple(map(chr, range(0x4E00, 0x5E00)))
"""So many that texts of any season hardly share four of them by chance: what they share does not grow with the season."""


def measure(folder: Path, *, quick: bool) -> Iterator[Measure]:
    """One row a stage: what a mail takes at each size, and the largest by the middle one."""
    sizes = QUICK if quick else SIZES
    found: dict[str, list[list[float]]] = {}
    with ExitStack() as stack:
        seasons = [stack.enter_context(_season(folder / str(size), size)) for size in sizes]
        for _ in range(1 + 3 * ROUNDS):
            told = [one.told() for one in seasons]
            for stage in told[0]:
                found.setdefault(stage, []).append([1000 * each[stage] for each in told])
    for stage, a_mail in found.items():
        counted = [(fmean if stage == SHARED else min)(each) for each in zip(*a_mail, strict=True)]
        ratio = counted[-1] / counted[-2]
        yield Measure(
            name=f"growth: {stage}",
            target=f"{sizes[-1]} mails ≤ {MOST} × a mail of {sizes[-2]}",
            value=f"{ratio:.2f} ×",
            holds=ratio <= MOST,
            spread=middle([each[-1] / each[-2] for each in a_mail], ".2f", " ×")[1],
            note="a mail: "
            + ", ".join(f"{each:.3f} ms of {size}" for each, size in zip(counted, sizes, strict=True)),
        )


@dataclass(frozen=True)
class _Season:
    """A process that takes in a season."""

    process: subprocess.Popen[str]

    def told(self) -> dict[str, float]:
        """The processor seconds a mail of what comes next."""
        print(file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline() if self.process.stdout else ""
        spent: dict[str, float] = json.loads(answer)
        return spent


@contextmanager
def _season(folder: Path, size: int) -> Iterator[_Season]:
    command = [sys.executable, "-m", "bench.growth", "--one", str(size), str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:  # noqa: S603 - our own command
        yield _Season(process)


# ------------------------------------------------------------ one size


def stages(folder: Path, size: int) -> Iterator[dict[str, float]]:
    """Processor seconds a mail, of *size* mails: of the capture, then ROUNDS times each of three: what is due, processing a
    share of them, and all that reads; what a round costs without mails is in it."""
    folder.mkdir(parents=True)
    archive = StandInArchive()
    with closing(Register(folder / "register.db", year=2024)) as register:
        worker = Worker(
            archive=archive,
            register=register,
            rules=rules.load(),
            executor=Serial(),
            clock=lambda: NOW,
            attempt=attempt,
            prepare=_nothing,
        )
        _warm(folder)
        yield {"capture": _spent(lambda: worker.capture(mailbox(size))) / size}
        for _ in range(ROUNDS):
            yield {"due, all of them": _spent(lambda: register.due(NOW, worker.basis)) / size}
        items = [item.accession for item in register.due(NOW, worker.basis)]
        for number in range(ROUNDS):
            share = frozenset(items[number::ROUNDS])
            yield {SHARED: _spent(lambda: worker.process(only=share)) / len(share)}  # noqa: B023 - called at once
        for _ in range(ROUNDS):
            yield {stage: seconds / size for stage, seconds in _read(folder, worker, archive)}


def _read(folder: Path, worker: Worker, archive: StandInArchive) -> Iterator[tuple[str, float]]:
    """What reads a season that is filed."""
    register = worker.register
    other = Basis(rules="other", version=VERSION, abilities="")
    known = Known(poll_seconds=60, basis=worker.basis.digest)
    yield "season folded", _folded(worker)
    yield "due, after a change of rules", _spent(lambda: register.due(NOW, other))
    yield "filings read", _spent(lambda: tuple(register.filed()))
    yield "verify", _spent(lambda: _sound(register, archive))
    yield "status", _spent(lambda: gather(folder, known))


def _folded(worker: Worker) -> float:
    filed = tuple(worker.register.filed())
    return _spent(lambda: season(filed, (), worker.rules))


def _warm(folder: Path) -> None:
    """What is done once a process is done: statements compiled, the model and the rules read."""
    with closing(Register(folder / "warm.db", year=2024)) as register:
        worker = Worker(
            archive=StandInArchive(),
            register=register,
            rules=rules.load(),
            executor=Serial(),
            attempt=attempt,
            prepare=_nothing,
        )
        worker.once(mailbox(3))
        season(tuple(register.filed()), (), worker.rules)


def _sound(register: Register, archive: StandInArchive) -> None:
    found = register.verify(archive)
    if found:
        raise SystemExit(f"verify: {found[0]}")


def _spent(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _nothing() -> None:
    """There is nothing to import."""


# ------------------------------------------------------------ stand-ins


def mailbox(size: int) -> Mailbox:
    """*size* small mails, a minute after one another, all of which have come."""
    at = NOW.timestamp() + 60.0 * np.arange(size, dtype=np.float64)
    come = Arrivals(at=at, octets=np.full(size, 100, dtype=np.int64))
    return Mailbox(come, Clock(float(at[-1]) + 1), 1e12)


def attempt(task: Task) -> Result:
    """Answer at once with what reading and judging a small report gives."""
    sha256 = hashlib.sha256(task.octets).hexdigest()
    number = number_of(bytes(task.octets))
    part = Part(path="1", media_type="text/plain", sha256=sha256, size=len(task.octets))
    mail = Mail(
        subject=f"活动总结 {number}",
        sender=Address(name="科协", address=f"kx@{number % UNITS}.example"),
        message_id=f"<{number}@example.org>",
    )
    reading = Reading(sha256=sha256, version=VERSION, abilities=(), mails=(mail,), parts=(part,))
    filing = Filing(
        mail=mail,
        parts=(part,),
        kind=Kind.CORRECTION if number % 20 == 0 else Kind.SUBMISSION,
        identification=Identification(
            best=f"重庆市第{number % UNITS}区科学技术协会", in_roster=True, decided=True
        ),
        activities=(_activity(number),),
    )
    return Result(reading=reading, filing=filing)


def _activity(number: int) -> Judged:
    """Words of its own, but for a correction, which says again what came some weeks before, with other figures."""
    told = number - UNITS * (1 + number % 7) if number % 20 == 0 and number > 100 else number
    text = f"{number}人参加。" + "".join(Random(told).choices(WORDS, k=150))  # noqa: S311 - the same words each time
    span = Span(part="1", block=0, start=0, end=len(text))
    day = (NOW + timedelta(days=number // 20)).date()
    return Judged(
        activity=Activity(
            title=text[-9:],
            text=text,
            spans=(span,),
            date_start=Stated(value=day, words="", span=span),
            participants=Stated(value=number, words=f"{number}人", span=span),
        ),
        classification=Classification(code=5, decided=True, confidence=0.9),
    )


def main() -> int:
    """Measure and print; `--one SIZE FOLDER`: one size, as JSON, a line for each line that is read."""
    if sys.argv[1:2] == ["--one"]:
        gc.disable()
        told = stages(Path(sys.argv[3]), int(sys.argv[2]))
        for _, spent in zip(sys.stdin, told, strict=False):
            print(json.dumps(spent), flush=True)  # noqa: T201 - to the process that asked
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for one in measure(Path(folder), quick="--quick" in sys.argv):
            told_of = f"{one.name:36}{one.value:>8} {'' if one.holds else '!'}  {one.spread}  {one.note}"
            print(told_of, flush=True)  # noqa: T201 - a benchmark talks to a person
    return 0


if __name__ == "__main__":
    sys.exit(main())
