"""When a log-in may be tried: never soon after another one, and ever later after refusals.

Purpose: `Logins`: asked before each log-in and told how it ended. It remembers both in a small JSON file, so that a
daemon that is started anew, or a `check` beside it, is one client to the provider.
Source: QQ cuts off who logs in every 15 s, and has one text for a wrong code, a closed service and too many log-ins.
Limits: wall clock, for processes share no other; a clock that jumps back is noticed and costs one delay at most. Two
processes that log in within the same moment do not see each other. A file that cannot be written is remembered in
memory alone. Nothing secret is kept: times, a count, and what the server said.
"""

from __future__ import annotations

import json
import math
import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.beijing import BEIJING
from pipeline.errors import UnavailableError

GAP_SECONDS = 120
"""Between two log-ins, accepted or not: what providers are known to bear."""
FIRST_DELAY_SECONDS = 120
LONGEST_DELAY_SECONDS = 3600
"""Wait after the first refusal, doubled by each further one, and its cap; jitter comes on top."""
JITTER = 0.25
"""Share of a delay by which chance may lengthen it, so that many clients do not come back together."""
REFUSALS_TO_BREAK = 5
"""After so many refusals in a row the longest delay holds, and one trial after each."""
CLOCK_SLACK_SECONDS = 1
SAID_LENGTH = 200

CAUSES = (
    "三种可能：一、授权码错误（QQ 邮箱要用 16 位授权码，不是登录密码）；"
    "二、IMAP 服务未开启（到邮箱网页的设置里开启）；三、登录过于频繁（等半小时再试）"
)


@dataclass(frozen=True, kw_only=True)
class _Past:
    """Seconds since 1970: the last log-in, and until when none may be tried. refusals, cuts: in a row; said: by the server."""

    last: float = 0
    until: float = 0
    refusals: int = 0
    cuts: int = 0
    said: str = ""


class Logins:
    """The log-ins of one *account* at *server* (both for people and as the key in *state_file*)."""

    def __init__(
        self,
        account: str,
        *,
        gap_seconds: float,
        state_file: Path | None = None,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._account = account
        self._gap_seconds = gap_seconds
        self._state_file = state_file
        self._clock = clock
        self._chance = chance
        self._past = _Past()
        self._unwritten = False

    def require(self) -> None:
        """Let a log-in be tried.

        Raises:
            UnavailableError: not yet; in Chinese, until when and why.
        """
        past, now = self._recalled(), self._clock()
        if past.until > now:
            raise UnavailableError(f"邮箱 {self._account} 上次被{self._refusal(past)}")
        if past.last and past.last + self._gap_seconds > now:
            raise UnavailableError(
                f"邮箱 {self._account} 刚登录过；服务商会封锁频繁登录的客户端，"
                f"{_beijing(past.last + self._gap_seconds)} 以后再登录（两次登录至少隔 {self._gap_seconds:g} 秒）"
            )

    def begin(self) -> None:
        """Note that a log-in is tried now, before its end is known."""
        self._keep(replace(self._recalled(), last=self._clock()))

    def accepted(self) -> None:
        """Forget the refusals."""
        self._keep(replace(self._recalled(), until=0, refusals=0, cuts=0, said=""))

    def cut_off(self, said: str) -> str:
        """Note that the connection broke during the log-in, and return what to tell people.

        Once is the line's fault; twice in a row is how QQ shuts out who logs in too often, and counts as a refusal.
        """
        past = self._recalled()
        if past.cuts:
            return self.refused(f"登录时断开了连接：{said}")
        self._keep(replace(past, cuts=1))
        return f"登录时断开了连接（{said}）；下次再试"

    def refused(self, said: str) -> str:
        """Note a refusal and return what to tell people. said: what the server said, without a secret."""
        refusals = min(self._recalled().refusals + 1, REFUSALS_TO_BREAK)
        delay = FIRST_DELAY_SECONDS * 2 ** (refusals - 1)
        if refusals >= REFUSALS_TO_BREAK or delay > LONGEST_DELAY_SECONDS:
            delay = LONGEST_DELAY_SECONDS
        now = self._clock()
        until = now + delay * (1 + JITTER * self._chance())
        past = _Past(last=now, until=until, refusals=refusals, cuts=1, said=said[:SAID_LENGTH])
        self._keep(past)
        return self._refusal(past)

    def _refusal(self, past: _Past) -> str:
        row = f"，已连续 {past.refusals} 次" if past.refusals > 1 else ""
        more = "或更多" if past.refusals == REFUSALS_TO_BREAK else ""
        cure = f"；改好后可删去 {self._state_file} 立即再试" if self._state_file else ""
        return f"拒绝登录（{past.said}{row}{more}）。{CAUSES}。{_beijing(past.until)} 以前不再登录{cure}"

    # ------------------------------------------------------------ remembering

    def _recalled(self) -> _Past:
        """Return what is known, moved to now where the clock has jumped back behind it."""
        past = self._read()
        now = self._clock()
        longest = LONGEST_DELAY_SECONDS * (1 + JITTER)
        past = replace(past, until=min(past.until, past.last + longest))
        if past.last > now + CLOCK_SLACK_SECONDS:
            past = replace(past, last=now, until=past.until - past.last + now)
            self._keep(past)
        return past

    def _read(self) -> _Past:
        if self._state_file is None or self._unwritten:
            return self._past
        try:
            return _past(_states(self._state_file).get(self._account))
        except FileNotFoundError:
            return _Past()
        except (OSError, ValueError):
            return self._past

    def _keep(self, past: _Past) -> None:
        self._past = past
        if self._state_file is None:
            return
        states: dict[str, Any] = {}
        with suppress(OSError, ValueError):
            states = _states(self._state_file)
        states[self._account] = asdict(past)
        beside = self._state_file.with_name(f"{self._state_file.name}.{os.getpid()}.new")
        try:
            self._state_file.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(states, ensure_ascii=False, indent=1) + "\n", "utf-8")
            beside.replace(self._state_file)
            self._unwritten = False
        except OSError:
            self._unwritten = True
            with suppress(OSError):
                beside.unlink(missing_ok=True)


def _states(file: Path) -> dict[str, Any]:
    """Return what the file holds, by account.

    Raises:
        ValueError: it is broken.
    """
    states = json.loads(file.read_text("utf-8"))
    if not isinstance(states, dict):
        raise ValueError(f"{file.name} holds no object")  # noqa: TRY004 - a broken file is a wrong value
    return states


def _past(told: object) -> _Past:
    """Read one account's state; what is missing or absurd is as good as none."""
    if not isinstance(told, dict):
        return _Past()
    known = {field.name: told[field.name] for field in fields(_Past) if field.name in told}
    said = known.pop("said", "")
    numbers = {
        name: value
        for name, value in known.items()
        if type(value) in (int, float) and math.isfinite(value) and value >= 0
    }
    refusals, cuts = (int(numbers.pop(name, 0)) for name in ("refusals", "cuts"))
    return _Past(
        **numbers,
        refusals=min(refusals, REFUSALS_TO_BREAK),
        cuts=min(cuts, 1),
        said=said if isinstance(said, str) else "",
    )


def _beijing(seconds: float) -> str:
    when = datetime.fromtimestamp(math.ceil(seconds), BEIJING)
    return f"北京时间 {when:%m月%d日 %H:%M:%S}"
