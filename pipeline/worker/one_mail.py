"""What is done with one mail, in whatever process: read it unless it was read before, then judge it.

Limits: pure; frozen values in, frozen values out; what it raises is the caller's to judge.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from datetime import datetime

from pipeline.records import Attached, Filing, Reading
from rules import Rules


@dataclass(frozen=True, kw_only=True)
class Task:
    """One mail to be filed. reading: None where these readers have not read it yet, with what staff *attached* to it.

    received: with zone, Beijing's, so that its date is the one people mean. passwords: to be tried on archives.
    """

    octets: bytes
    reading: Reading | None
    rules: Rules
    received: datetime
    abilities: tuple[str, ...] = ()
    passwords: tuple[str, ...] = ()
    attached: tuple[Attached, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of one mail. reading: None where the task brought one."""

    reading: Reading | None
    filing: Filing


def prepare() -> None:
    """Import the stages: an installation that cannot is found out here, and charged to no mail."""
    importlib.import_module("pipeline.intake")


def attempt(task: Task) -> Result:
    """Read and judge one mail; the only function that is sent to other processes."""
    from pipeline.intake import judge, read  # dear to import, and needed only where the reading is done

    if task.reading is not None:
        return Result(reading=None, filing=judge(task.reading, task.rules, received=task.received))
    reading = read(
        task.octets, abilities=task.abilities, passwords_given=task.passwords, attached=task.attached
    )
    return Result(reading=reading, filing=judge(reading, task.rules, received=task.received))
