"""Receipts that the daemon sends by itself, where settings say so: one a call, each mail once whatever it is judged to be later.

Purpose: `Receipting.one(at)`, a duty of the daemon, called every minute.
Source: posting.py; settings [papers] send and auto_receipts, both off unless somebody turns them on.
Limits: a mail that got any receipt gets no second one from here, also where its facts changed: that is a person's to send.
After a failure nothing is tried for an hour: a provider that refuses a log-in every minute shuts the mailbox.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline import beijing
from pipeline.commands import posting
from pipeline.commands.choosing import desk
from pipeline.commands.options import Office
from pipeline.errors import ShouwenError
from pipeline.records import Outcome

AGAIN = timedelta(hours=1)
"""Between a failure and the next try."""


@dataclass(kw_only=True)
class Receipting:
    """What is to be sent. seen: number of the last event about material when that was found out; waits: not before then."""

    office: Office
    seen: int = 0
    waits: datetime | None = None
    queue: list[posting.Planned] = field(default_factory=list)

    def one(self, at: datetime) -> bool:
        """Send the next receipt that is due; say whether one was tried.

        Raises:
            ShouwenError: it did not go out; nothing is tried for an hour.
        """
        wanted = self.office.settings.papers
        if not (wanted.send and wanted.auto_receipts) or (self.waits and at < self.waits):
            return False
        self._look(at)
        if not self.queue or posting.quota(self.office, at) < 1:
            return False
        try:
            posting.send_some(self.office, posting.server_of(self.office), [self.queue.pop(0)], by="")
        except ShouwenError:
            self.waits = at + AGAIN
            self.seen = 0
            raise
        return True

    def _look(self, at: datetime) -> None:
        """Find out what is due, where something happened to the material since."""
        last = self.office.register.last_material()
        if last is None or last.number == self.seen:
            return
        from outputs.notices import papers

        sent = {
            one.accession
            for one in self.office.register.sendings()
            if one.kind == "receipt" and one.outcome is not Outcome.FAILED
        }
        found = papers("receipt", desk(self.office, beijing.day(at)))
        fresh = [one for one in found if one.accession not in sent]
        planned = posting.plan(self.office, fresh, again=False)
        self.queue = [one for one in planned if not one.why_not]
        self.seen = last.number
