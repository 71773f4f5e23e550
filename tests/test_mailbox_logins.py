"""Log-ins: how far apart, how often after refusals, across processes, and never the password."""

from __future__ import annotations

import json
import traceback
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.errors import UnavailableError
from pipeline.mailbox import open_mailbox
from pipeline.mailbox.logins import LONGEST_DELAY_SECONDS, REFUSALS_TO_BREAK, Logins
from tests.mailbox.boxes import PASSWORD, USER
from tests.mailbox.scripted import Scripted, scripted

NOON = 1718510400.0
"""2024-06-16 12:00:00 in Beijing."""


@dataclass
class Clock:
    """The time of the test, and log-ins by it. anew: each step is another process's."""

    file: Path | None = None
    now: float = NOON
    chance: float = 0
    gap_seconds: float = 120
    anew: bool = False
    logins: Logins = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.logins = Logins(
            "me@imap.example.org",
            gap_seconds=self.gap_seconds,
            state_file=self.file,
            clock=lambda: self.now,
            chance=lambda: self.chance,
        )

    def may(self) -> bool:
        if self.anew:
            self.restart()
        try:
            self.logins.require()
        except UnavailableError:
            return False
        return True

    def try_in_vain(self) -> None:
        if self.anew:
            self.restart()
        self.logins.require()
        self.logins.begin()
        self.logins.refused("NO Login fail")

    def seconds_shut(self) -> float:
        """How long no log-in may be tried from now on; the time goes on by as much."""
        began = self.now
        while not self.may():
            self.now += 1
            assert self.now < began + 2 * LONGEST_DELAY_SECONDS
        return self.now - began


@pytest.fixture(params=["memory", "file", "two processes"])
def clock(request: pytest.FixtureRequest, tmp_path: Path) -> Clock:
    """The same laws hold in one process, with a file, and where each step is another process's."""
    file = None if request.param == "memory" else tmp_path / "logins.json"
    return Clock(file=file, anew=request.param == "two processes")


def test_two_logins_are_two_minutes_apart_whatever_came_of_the_first(clock: Clock) -> None:
    assert clock.may()
    clock.logins.begin()

    assert clock.seconds_shut() == 120


def test_each_refusal_doubles_the_wait_and_the_fifth_shuts_for_an_hour(clock: Clock) -> None:
    waits = []
    for _ in range(REFUSALS_TO_BREAK + 2):
        clock.try_in_vain()
        waits.append(clock.seconds_shut())

    assert waits == [120, 240, 480, 960, 3600, 3600, 3600]


def test_chance_only_lengthens_a_wait(clock: Clock) -> None:
    clock.chance = 1
    clock.try_in_vain()

    assert clock.seconds_shut() == 150


def test_an_accepted_login_forgets_the_refusals(clock: Clock) -> None:
    for _ in range(3):
        clock.try_in_vain()
        clock.seconds_shut()
    clock.logins.begin()
    clock.logins.accepted()
    clock.now += 120

    clock.try_in_vain()

    assert clock.seconds_shut() == 120


@pytest.mark.parametrize("refusals", [0, 1, 5])
def test_a_clock_that_jumps_back_a_day_costs_one_delay_at_most(clock: Clock, refusals: int) -> None:
    clock.logins.begin()
    for _ in range(refusals):
        clock.seconds_shut()
        clock.try_in_vain()
    clock.now -= 86_400

    assert clock.seconds_shut() <= 3600 * 1.25
    clock.try_in_vain()


def test_while_waiting_people_are_told_until_when_and_why(tmp_path: Path) -> None:
    clock = Clock(file=tmp_path / "logins.json")
    clock.logins.begin()
    with pytest.raises(UnavailableError, match=r"刚登录过.*北京时间 06月16日 12:02:00 以后再登录"):
        clock.logins.require()
    clock.now += 120
    clock.try_in_vain()

    words = r"NO Login fail.*授权码错误.*服务未开启.*登录过于频繁.*北京时间 06月16日 12:04:00 以前不再登录.*logins\.json"
    with pytest.raises(UnavailableError, match=words):
        clock.logins.require()


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\xff\xfe",
        b"[1]",
        b'{"me@imap.example.org": 7}',
        b'{"me@imap.example.org": {"last": NaN, "until": Infinity, "refusals": -3, "said": 4, "more": []}}',
        b'{"me@imap.example.org": {"last": "x", "until": true, "refusals": 1e300}}',
        b'{"me@imap.example.org": {"until": 1e18}}',
    ],
)
def test_a_broken_file_is_as_good_as_none_and_is_written_anew(tmp_path: Path, broken: bytes) -> None:
    clock = Clock(file=tmp_path / "logins.json")
    assert clock.file
    clock.file.write_bytes(broken)

    assert clock.may()
    clock.try_in_vain()
    assert json.loads(clock.file.read_text("utf-8"))["me@imap.example.org"]["last"] == NOON
    assert [path.name for path in tmp_path.iterdir()] == ["logins.json"]


def test_the_file_keeps_the_other_accounts(tmp_path: Path) -> None:
    clock = Clock(file=tmp_path / "logins.json")
    other = Logins("you@elsewhere", gap_seconds=60, state_file=clock.file, clock=lambda: NOON)
    other.begin()
    clock.logins.begin()

    assert clock.file
    assert set(json.loads(clock.file.read_text("utf-8"))) == {"me@imap.example.org", "you@elsewhere"}


def test_a_file_that_cannot_be_written_is_no_leave_to_log_in_at_once(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file where a folder should be")
    clock = Clock(file=tmp_path / "blocked" / "logins.json")
    clock.logins.begin()

    assert clock.seconds_shut() == 120


def test_a_removed_file_is_leave_to_log_in_at_once(tmp_path: Path) -> None:
    clock = Clock(file=tmp_path / "logins.json")
    clock.try_in_vain()
    assert clock.file
    clock.file.unlink()

    assert clock.may()


# ------------------------------------------------------------ at a server


def test_a_second_process_does_not_log_in_right_after_the_first(tmp_path: Path) -> None:
    with scripted(Scripted()) as server:
        for expected in (1, 1):
            source = open_mailbox(
                server.address,
                user=USER,
                password=PASSWORD,
                timeout_seconds=2,
                login_gap_seconds=120,
                state_file=tmp_path / "logins.json",
            )
            with closing(source):
                if server.logins:
                    with pytest.raises(UnavailableError, match="至少隔 120 秒"):
                        source.look("INBOX")
                else:
                    source.look("INBOX")
            assert len(server.logins) == expected


def test_a_refused_login_is_not_tried_again_before_its_time() -> None:
    with scripted(Scripted(login="NO [AUTHENTICATIONFAILED] 授权码不对")) as server:
        source = open_mailbox(server.address, user=USER, password=PASSWORD, timeout_seconds=2)
        with pytest.raises(UnavailableError, match="授权码不对"):
            source.look("INBOX")
        for _ in range(3):
            with pytest.raises(UnavailableError, match="以前不再登录"):
                source.look("INBOX")

    assert len(server.logins) == 1


@pytest.mark.parametrize("password", ["a'b", 'a"b', "a\\b", "a\\b\"c'd"])
def test_a_password_is_hidden_however_it_is_quoted(password: str) -> None:
    """imaplib shows a BAD answer as Python shows octets."""
    quoted = password.replace("\\", "\\\\").replace('"', '\\"')
    with scripted(Scripted(login=f'BAD LOGIN "{quoted}"')) as server:
        source = open_mailbox(server.address, user=USER, password=password, timeout_seconds=2)

        with pytest.raises(UnavailableError, match=r'LOGIN "\*\*\*"'):
            source.look("INBOX")


@pytest.mark.parametrize(
    ("login", "bears", "hangs"),
    [
        (f"NO Login fail. {PASSWORD}", None, ""),
        (f'BAD LOGIN "{PASSWORD}"', None, ""),
        (f"NO {'x' * 187} {PASSWORD}", None, ""),
        ("OK done", (0, 60), ""),
        ("OK done", None, "LOGIN"),
    ],
)
def test_the_password_is_nowhere_in_what_is_raised_nor_in_the_file(
    tmp_path: Path, login: str, bears: tuple[int, float] | None, hangs: str
) -> None:
    """Not even in the frames of an error behind the error."""
    file = tmp_path / "logins.json"
    with scripted(Scripted(login=login, bears=bears, hangs=hangs)) as server:
        source = open_mailbox(
            server.address, user=USER, password=PASSWORD, timeout_seconds=0.5, state_file=file
        )
        with pytest.raises(UnavailableError) as raised:
            source.look("INBOX")

    error = raised.value
    assert error.__cause__ is None
    assert error.__context__ is None
    ours = traceback.TracebackException.from_exception(error, capture_locals=True)
    shown = "".join(f"{frame.name} {frame.locals}" for frame in ours.stack if "/pipeline/" in frame.filename)
    assert "_logged_in" in shown
    assert PASSWORD[:8] not in shown + str(error) + file.read_text("utf-8")
