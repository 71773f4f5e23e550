"""Which folders of the mailbox seem to show only their last thirty days, by what the polls saw and what is here.

Purpose: `windows(register, notice)`, asked after each poll, by `status` and by the daemon.
Source: ../mailbox/window.py.
Limits: looks at the last poll of each folder that went through.
"""

from __future__ import annotations

from datetime import datetime, time

from pipeline.mailbox.source import BEIJING
from pipeline.mailbox.window import narrowed
from pipeline.register import Register
from rules import Notice


def windows(register: Register, notice: Notice) -> tuple[str, ...]:
    """Say for each narrowed folder, in Chinese, what is not shown and the cure; () where all seems to be shown."""
    opened = datetime.combine(notice.period_start, time(), BEIJING)
    polls = {(poll.account, poll.folder): poll for poll in register.polls() if not poll.error}
    told = (
        (poll.folder, narrowed(
            earliest=poll.earliest,
            known_earliest=register.earliest_seen(poll.account, poll.folder),
            opened=opened,
            now=poll.at,
        ))
        for poll in polls.values()
    )  # fmt: skip
    return tuple(f"文件夹 {folder}：{words}" for folder, words in told if words)
