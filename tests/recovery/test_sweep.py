"""kill -9 at every step of a round, and at random moments: afterwards everything is as if nothing had been."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from tests.mailbox.mails import mail
from tests.mailbox.scripted import Scripted, scripted
from tests.recovery.orders import Order
from tests.recovery.sweep import Sweeping, Swept, fork_servers
from tests.support import need_tool

pytestmark = pytest.mark.alone

FIRST = {1: mail(1), 2: mail(2) * 60, 3: mail(1)}
"""UID to octets: a small mail, one of some pages, and the small one delivered once more."""
LATER = FIRST | {4: mail(2) * 60, 6: mail(4)}
"""Then the other one once more, and one that is new."""
ONE = {1: mail(1)}
SEED = 20240530
STEP = 5
"""After the round that dies at every boundary, the others die at every fifth: prime to the two or three points of a
call, so that before, half-way and after all come up."""

MEMORY = Path("/dev/shm")
"""A file system in memory, where there is one: to a kill all file systems are the same, and this one syncs at once."""


class Rounds:
    """Rounds to be swept: orders over one mailbox that fills up, and what stood there before."""

    def __init__(self, sweeping: Sweeping, stack: ExitStack) -> None:
        self.sweeping = sweeping
        self._stack = stack
        self.empty = self._stands(self.order({}))

    def order(self, mails: Mapping[int, bytes], *, begin: str = "", rules: str = "first") -> Order:
        """Order a round over a server that holds *mails*."""
        server = self._stack.enter_context(scripted(Scripted(mails=dict(mails))))
        return Order(data=self.sweeping.folder(), address=server.address, begin=begin, rules=rules)

    def filed(self, mails: Mapping[int, bytes]) -> str:
        """Name the data folder of a round over *mails* that nothing disturbed."""
        return self._stands(self.order(mails, begin=self.empty))

    def _stands(self, order: Order) -> str:
        assert self.sweeping.undisturbed(order).error == ""
        return order.data


@pytest.fixture(scope="module")
def rounds() -> Iterator[Rounds]:
    need_tool("cc", "gcc")
    with ExitStack() as stack:
        where = MEMORY if MEMORY.is_dir() else None
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="shouwen-sweep-", dir=where))
        sweeping = stack.enter_context(fork_servers(Path(folder).resolve()))
        yield Rounds(sweeping, stack)


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Iterator[list[tuple[str, Swept]]]:
    """Print what was swept past pytest's capture, so that the log of CI shows it."""
    told: list[tuple[str, Swept]] = []
    yield told
    with capsys.disabled():
        for name, swept in told:
            print(f"\nkill sweep, {name}: {swept}", end=" ")  # noqa: T201 - what the log of CI must show


Tell = list[tuple[str, Swept]]


def test_a_death_at_any_step_of_taking_in_and_filing_changes_nothing(rounds: Rounds, tell: Tell) -> None:
    swept = rounds.sweeping.every_point(rounds.order(FIRST, begin=rounds.empty), FIRST)
    tell.append(("first mails", swept))

    assert swept.differences == []
    assert len(swept.struck) >= 300
    assert {"write", "fsync", "rename", "commit", "socket"} <= set(swept.kinds)


def test_deaths_among_known_mails_change_nothing(rounds: Rounds, tell: Tell) -> None:
    swept = rounds.sweeping.every_point(rounds.order(LATER, begin=rounds.filed(FIRST)), LATER, step=STEP)
    tell.append(("a known mail again, and a new one", swept))

    assert swept.differences == []
    assert len(swept.struck) >= 50


def test_deaths_while_judging_by_other_rules_change_nothing(rounds: Rounds, tell: Tell) -> None:
    order = rounds.order(FIRST, begin=rounds.filed(FIRST), rules="second")

    swept = rounds.sweeping.every_point(order, FIRST, step=STEP)
    tell.append(("judged again", swept))

    assert swept.differences == []
    assert len(swept.struck) >= 40


@pytest.mark.parametrize("power", [False, True])
def test_a_death_while_a_person_adds_a_file_changes_nothing(rounds: Rounds, tell: Tell, power: bool) -> None:
    """The person tries again: the file is added once, and its mail is read with it."""
    order = rounds.order(FIRST, begin=rounds.filed(FIRST))
    order = msgspec.structs.replace(order, attach="what was fetched")

    swept = rounds.sweeping.every_point(order, FIRST, step=STEP, power=power)
    tell.append((f"a file is added{', power cuts' if power else ''}", swept))

    assert swept.differences == []
    assert len(swept.struck) >= 40


def test_a_death_while_the_register_is_made_changes_nothing(rounds: Rounds, tell: Tell) -> None:
    """Most boundaries of a very first start are pages of the new register, each like the next."""
    swept = rounds.sweeping.every_point(rounds.order(ONE), ONE, step=2 * STEP + 1)
    tell.append(("very first start", swept))

    assert swept.differences == []
    assert len(swept.struck) >= 40


def test_a_power_cut_takes_nothing_that_was_said_to_be_kept(rounds: Rounds, tell: Tell) -> None:
    """What no fsync made durable is gone with the process."""
    swept = rounds.sweeping.every_point(rounds.order(FIRST, begin=rounds.empty), FIRST, step=STEP, power=True)
    tell.append(("power cuts", swept))

    assert swept.differences == []
    assert len(swept.struck) >= 50


def test_a_death_of_the_round_that_mends_a_death_changes_nothing(rounds: Rounds, tell: Tell) -> None:
    swept = rounds.sweeping.twice(rounds.order(FIRST, begin=rounds.empty), FIRST, times=40, seed=SEED)
    tell.append(("two deaths", swept))

    assert swept.differences == []
    assert len(swept.struck) >= 50


def test_kills_from_outside_at_random_moments_change_nothing(rounds: Rounds, tell: Tell) -> None:
    swept = rounds.sweeping.moments(rounds.order(FIRST, begin=rounds.empty), FIRST, times=100, seed=SEED)
    tell.append(("random moments", swept))

    assert swept.differences == []
    assert len(swept.struck) >= 100


@pytest.mark.parametrize(
    ("archive", "power"),
    [("in place", False), ("too late", False), ("never synced", True), ("never settled", True)],
)
def test_an_archive_that_breaks_the_argument_is_found_out(rounds: Rounds, archive: str, power: bool) -> None:
    order = rounds.order(ONE, begin=rounds.empty)
    order = msgspec.structs.replace(order, archive=archive)

    swept = rounds.sweeping.every_point(order, ONE, power=power, lasting=False)

    assert swept.differences != []
    assert not any(one.startswith("undisturbed") for one in swept.differences)
