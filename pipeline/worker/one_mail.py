"""What is done with one mail, in whatever process: read it unless it was read before, then judge it.

Limits: pure; frozen values in, frozen values out; what it raises is the caller's to judge.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.archive import Key, keyed
from pipeline.errors import IntegrityError
from pipeline.mapped import Octets
from pipeline.records import Attached, Filing, Reading
from pipeline.remembered import remembering
from rules import Rules


@dataclass(frozen=True, kw_only=True)
class Task:
    """One mail to be filed. reading: None where these readers have not read it yet, with what staff *attached* to it.

    received: with zone, Beijing's, so that its date is the one people mean. passwords: to be tried on archives.
    keys: of the octets and of each file attached, in this order, where they are yet to be fetched (`fetched`).
    remembered: folder of what was dear to find out, "" for none.
    """

    octets: Octets
    reading: Reading | None
    rules: Rules
    received: datetime
    abilities: tuple[str, ...] = ()
    passwords: tuple[str, ...] = ()
    attached: tuple[Attached, ...] = ()
    keys: tuple[Key, ...] = ()
    remembered: str = ""

    def fetched(self, get: Callable[[Key], bytes], mail: Callable[[Key], Octets] | None = None) -> Task:
        """Return this task with the octets that its keys name, each by *get*, which checks their digest; the mail's by *mail*."""
        if not self.keys:
            return self
        octets, attached = keyed.fetched(self.keys, self.attached, get, mail)
        return replace(self, octets=octets, attached=attached, keys=())


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of one mail. reading: None where the task brought one."""

    reading: Reading | None
    filing: Filing


def prepare() -> None:
    """Import the stages: an installation that cannot is found out here, and charged to no mail."""
    importlib.import_module("pipeline.intake")


def begun(attempt: Callable[[Task], Result], task: Task) -> Result:
    """Make the *attempt* where it is to be made, with the octets that *task* may only name; what is sent to processes.

    So a mail is read from the archive, and its digest checked, in the one process that needs it. It is looked at where it
    lies: whether what was read is what was checked is told by its digest afterwards.

    Raises:
        IntegrityError: octets that are needed are gone or altered. And whatever *attempt* raises.
    """
    if not task.keys:
        return attempt(task)
    sha256 = task.keys[0].sha256
    result = attempt(task.fetched(keyed.get, keyed.mapped))
    if result.reading is not None and result.reading.sha256 != sha256:
        raise IntegrityError(f"原件 {sha256} 在读取时变了；请从备份恢复后再试")
    return result


def attempt(task: Task) -> Result:
    """Read and judge one mail."""
    from pipeline.intake import judge, read  # dear to import, and needed only where the reading is done

    with remembering(task.remembered):
        if task.reading is not None:
            return Result(reading=None, filing=judge(task.reading, task.rules, received=task.received))
        rules, received = task.rules, task.received
        reading = read(
            task.octets, abilities=task.abilities, passwords_given=task.passwords, attached=task.attached
        )
        del task  # judging needs no octets, but memory of its own
        return Result(reading=reading, filing=judge(reading, rules, received=received))
