"""Which reading machines may read: each is asked, before its first task, what is installed there, and to start a process.

Purpose: `Interviews.hold(link, …)`, called again and again. One that is not as this machine is would read otherwise: it gets
no task, and the reason is told once, with the cure.
Limits: one that could not do its part (its archive, its disk) is asked again after a minute.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from pipeline.errors import ShouwenError, TransientError
from pipeline.executor import inside, there
from pipeline.executor.alike import differences, installed
from pipeline.executor.link import Link, Machine
from pipeline.executor.pool import PING_SECONDS

BARRED_SECONDS = 60.0
"""How long a machine gets nothing after it could not do its part."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of it. why: Chinese, "" where it may read. until: by the monotonic clock, when it is asked again."""

    why: str = ""
    until: float = float("inf")
    raised: BaseException | None = None


@dataclass(frozen=True, kw_only=True)
class _Question:
    """A question on its way. since: by the monotonic clock. last: whether it is the last one."""

    answer: Future[Any]
    since: float
    last: bool


class Interviews:
    """What is known of the machines behind one link. begun: they were all asked once."""

    def __init__(self) -> None:
        self.begun = False
        self._verdicts: dict[str, Verdict] = {}
        self._questions: dict[str, _Question] = {}

    def passed(self, machine: Machine) -> bool:
        """It may read."""
        verdict = self._verdicts.get(machine.address)
        return verdict is not None and not verdict.why

    def refused(self, machine: Machine) -> str:
        """Why it may not, in Chinese; "" where it may, or was not asked."""
        verdict = self._verdicts.get(machine.address)
        return verdict.why if verdict else ""

    def bar(self, machine: Machine, why: str, *, tell: Callable[[str, str], None]) -> None:
        """Give it nothing for a minute."""
        self._verdicts[machine.address] = Verdict(why=why, until=time.monotonic() + BARRED_SECONDS)
        tell("reader barred", f"读件机 {machine.name}：{why}；一分钟后再试")

    def hold(self, link: Link, message: bytes, *, tell: Callable[[str, str], None]) -> bool:
        """Ask whom nobody asked, hear who has answered; True where nobody's answer is waited for.

        Args:
            link: to the machines.
            message: an order like those that will come, with its first call.
            tell: told (event, Chinese) of each machine that is refused.
        """
        now = time.monotonic()
        machines = dict(link.machines)
        for address, machine in machines.items():
            verdict = self._verdicts.get(address)
            if (verdict is None or verdict.until < now) and address not in self._questions:
                self._ask(link, machine, there.introduce)
        for address, question in tuple(self._questions.items()):
            if address not in machines:
                del self._questions[address]
            elif question.answer.done():
                del self._questions[address]
                self._hear(link, machines[address], question, message, tell)
            elif now - question.since > PING_SECONDS:
                del self._questions[address]
                self._refuse(machines[address], Verdict(why="问而不答", until=now + BARRED_SECONDS), tell)
        return not self._questions

    def reraise(self, nobody_passed: bool) -> None:
        """Where *nobody_passed*, raise what the first call raised there, if it did."""
        for verdict in self._verdicts.values():
            if nobody_passed and verdict.raised is not None:
                raise verdict.raised

    def _ask(self, link: Link, machine: Machine, fn: Callable[..., object], *args: object) -> None:
        answer = link.call(fn, *args, on=machine)
        self._questions[machine.address] = _Question(
            answer=answer, since=time.monotonic(), last=fn is there.prepare
        )

    def _hear(
        self,
        link: Link,
        machine: Machine,
        question: _Question,
        message: bytes,
        tell: Callable[[str, str], None],
    ) -> None:
        """Take in an answer: refuse, ask the next question, or let it read."""
        again = time.monotonic() + BARRED_SECONDS
        try:
            answer = question.answer.result()
        except BaseException as error:  # noqa: BLE001 - another release may raise whatever it likes
            why = f"问而不答（{type(error).__name__}）；请装同一版 shouwen，用 shouwen cluster reader 启动"
            self._refuse(machine, Verdict(why=why, until=again), tell)
            return
        if not question.last:
            why = _unlike(answer)
            if why:
                self._refuse(machine, Verdict(why=why), tell)
            else:
                self._ask(link, machine, there.prepare, message)
            return
        _, raised = inside.opened(answer)
        if not isinstance(raised, BaseException):
            self._verdicts[machine.address] = Verdict()
            return
        said = str(raised) if isinstance(raised, ShouwenError) else f"程序出错 {type(raised).__name__}"
        passing = None if isinstance(raised, TransientError) else raised
        self._refuse(machine, Verdict(why=f"起不了读件进程：{said}", until=again, raised=passing), tell)

    def _refuse(self, machine: Machine, verdict: Verdict, tell: Callable[[str, str], None]) -> None:
        self._verdicts[machine.address] = verdict
        tell("reader refused", f"读件机 {machine.name}：{verdict.why}")


def _unlike(answer: str) -> str:
    """Say in what the machine that gave this *answer* is not as this one."""
    told = json.loads(answer)
    if not told:
        return "不是 shouwen cluster reader 起的；请用它启动"
    return differences(installed(), told)
