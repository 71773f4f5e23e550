"""The sweep: orders for every death there can be, and what must be true after each.

Purpose: `fork_servers` gives `Sweeping`, whose `every_point` and `moments` return what differed and where deaths struck.
Limits: a round that dies is one of the serial executor with stand-ins for reading and judging.
"""

from __future__ import annotations

import hashlib
import os
import queue
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from tests.recovery.orders import Answer, Death, Order, Outcome
from tests.support import ROOT

SERVERS = 2
"""Fork servers side by side; each keeps a core busy."""


@dataclass(kw_only=True)
class Swept:
    """Where deaths struck (the words of boundary.c), and every difference that one of them made."""

    struck: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    def __add__(self, other: Swept) -> Swept:
        return Swept(struck=self.struck + other.struck, differences=self.differences + other.differences)

    @property
    def kinds(self) -> Counter[str]:
        """How many deaths struck at each kind of call; a commit is the fsync of SQLite's log."""
        return Counter(
            "commit" if one.startswith("fsync") and one.endswith("-wal") else one.partition(" ")[0]
            for one in self.struck
        )

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {count}" for kind, count in self.kinds.most_common())
        return f"{len(self.struck)} deaths ({kinds}), {len(self.differences)} differences"


class Sweeping:
    """Fork servers at work in *folder*."""

    def __init__(self, folder: Path, servers: Sequence[subprocess.Popen[bytes]]) -> None:
        self._folder = folder
        self._free: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()
        for one in servers:
            self._free.put(one)
        self._pool = ThreadPoolExecutor(len(servers))
        self._made = 0

    def answers(self, orders: Sequence[Order]) -> list[Answer]:
        """Have *orders* carried out, side by side; the answers are in their order."""
        return list(self._pool.map(self._answer, orders))

    def undisturbed(self, order: Order) -> Answer:
        """Carry out *order* without any death; its data folder stays."""
        (answer,) = self.answers([order])
        return answer

    def folder(self) -> str:
        """Name a data folder that no order had."""
        self._made += 1
        return str(self._folder / f"data-{self._made}")

    def every_point(
        self,
        order: Order,
        mails: Mapping[int, bytes],
        *,
        step: int = 1,
        power: bool = False,
        lasting: bool = True,
    ) -> Swept:
        """Let the round of *order* die at each of its boundaries in turn.

        Args:
            mails: what the server holds, UID to octets.
            step: 1, or more to die at every so many boundaries.
            power: each death is a power cut.
            lasting: False to end at the first difference.
        """
        expected = self.undisturbed(order)
        points = range(1, expected.points + 1, step)
        deaths = [(Death(point=point, power=power),) for point in points]
        swept = Swept()
        for some in [deaths] if lasting else batched(deaths):
            swept += self._swept(order, some, expected, mails)
            if swept.differences:
                break
        return swept

    def twice(self, order: Order, mails: Mapping[int, bytes], *, times: int, seed: int) -> Swept:
        """Let the round of *order* die somewhere, and the one that was to mend it as well; so many times."""
        expected = self.undisturbed(order)
        chance = random.Random(seed)
        deaths = [
            (
                Death(point=chance.randint(1, expected.points), power=chance.random() < 0.5),
                Death(point=chance.randint(1, expected.points), power=chance.random() < 0.5),
            )
            for _ in range(times)
        ]
        return self._swept(order, deaths, expected, mails)

    def moments(self, order: Order, mails: Mapping[int, bytes], *, times: int, seed: int) -> Swept:
        """Kill the round of *order* from outside at random moments, until so many have hit it alive."""
        expected = self.undisturbed(order)
        chance = random.Random(seed)
        swept = Swept()
        while len(swept.struck) < times:
            left = range(times - len(swept.struck))
            deaths = [(Death(seconds=chance.uniform(0.0001, expected.seconds)),) for _ in left]
            swept += self._swept(order, deaths, expected, mails)
        return swept

    def _swept(
        self, order: Order, deaths: Sequence[tuple[Death, ...]], expected: Answer, mails: Mapping[int, bytes]
    ) -> Swept:
        orders = [
            msgspec.structs.replace(order, data=f"{order.data}-{number}", deaths=some)
            for number, some in enumerate(deaths)
        ]
        swept = Swept(differences=[f"undisturbed: {one}" for one in differences(expected, expected, mails)])
        for answer in self.answers(orders):
            swept.struck += [struck for struck in answer.deaths if struck]
            where = " and ".join(answer.deaths)
            swept.differences += [f"{where}: {one}" for one in differences(answer, expected, mails)]
        return swept

    def _answer(self, order: Order) -> Answer:
        server = self._free.get()
        try:
            assert server.stdin is not None
            assert server.stdout is not None
            server.stdin.write(msgspec.json.encode(order) + b"\n")
            server.stdin.flush()
            return msgspec.json.decode(server.stdout.readline(), type=Answer)
        finally:
            self._free.put(server)

    def close(self) -> None:
        """Stop handing out orders."""
        self._pool.shutdown()


@contextmanager
def fork_servers(folder: Path) -> Iterator[Sweeping]:
    """Run the fork servers until the end of the block; *folder* is theirs."""
    library = folder / "boundary.so"
    source = Path(__file__).with_name("boundary.c")
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-U_FORTIFY_SOURCE", "-o", library, source, "-ldl"],
        check=True,
    )
    # No round needs the system's 150 certificates, and reading them takes longer than all else.
    environment = {**os.environ, "LD_PRELOAD": str(library), "SSL_CERT_FILE": os.devnull}
    with ExitStack() as stack:
        servers = []
        for number in range(SERVERS):
            command = [sys.executable, "-m", "tests.recovery.forks", str(folder / f"server-{number}")]
            server = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            servers.append(stack.enter_context(server))
        for server in servers:
            assert server.stdout is not None
            assert server.stdout.readline() == b"ready\n"
        sweeping = Sweeping(folder, servers)
        yield sweeping
        sweeping.close()


def batched(deaths: Sequence[tuple[Death, ...]]) -> Iterator[Sequence[tuple[Death, ...]]]:
    """Divide *deaths* into some at a time."""
    for first in range(0, len(deaths), 8 * SERVERS):
        yield deaths[first : first + 8 * SERVERS]


def differences(answer: Answer, expected: Answer, mails: Mapping[int, bytes]) -> Iterator[str]:
    """Say what is not as it must be, after the *answer*'s deaths, with *mails* (UID: octets) on the server."""
    for struck in answer.deaths:
        if struck.startswith("Traceback"):
            yield f"a round failed instead of dying: {struck}"
    if answer.error:
        yield f"the round failed: {answer.error}"
    if answer.outcome is None or expected.outcome is None:
        yield "no outcome"
        return
    yield from _amiss(answer.outcome, mails)
    for name in Outcome.__struct_fields__:
        found, wanted = getattr(answer.outcome, name), getattr(expected.outcome, name)
        if name != "events" and found != wanted:
            yield f"{name} are {found}, undisturbed {wanted}"
    found, wanted = _results(answer.outcome), _results(expected.outcome)
    if found != wanted:
        yield f"events are {found}, undisturbed {wanted}"


def _amiss(outcome: Outcome, mails: Mapping[int, bytes]) -> Iterator[str]:
    """What is wrong in itself, whatever an undisturbed round would have come to."""
    on_server = {uid: hashlib.sha256(octets).hexdigest() for uid, octets in mails.items()}
    taken_in = [sha256 for _, sha256, _, _ in outcome.items]
    once = Counter((action, accession) for accession, action, count in outcome.events for _ in range(count))
    for found, what in (
        (outcome.findings, "verify finds"),
        (outcome.orphans, "nobody refers to"),
        (outcome.unfinished, "left unfinished"),
    ):
        if found:
            yield f"{what} {found}"
    if list(outcome.digests) != sorted({*on_server.values(), *outcome.attached}):
        yield "the archive does not hold exactly what the server has and what was added"
    if sorted(taken_in) != sorted(set(on_server.values())):
        yield "the items are not exactly the mails of the server"
    if [(uid, sha256) for _, uid, sha256 in outcome.sightings] != sorted(on_server.items()):
        yield "the sightings are not exactly the UIDs of the server"
    if any(state != "filed" for _, _, state, _ in outcome.items):
        yield "a mail is not filed"
    if any(once["capture", accession] != 1 for accession, _, _, _ in outcome.items):
        yield "a mail was not captured exactly once"


def _results(outcome: Outcome) -> list[tuple[str, str, int]]:
    """The events that must be the same, however often an attempt was cut off."""
    return [one for one in outcome.events if one[1] in ("capture", "sight", "attach", "unpack", "file")]
