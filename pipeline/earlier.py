"""The register as it stood at a moment (快照): what the mailbox had by then, and what people had decided by then.

Purpose: `earlier`, pure; `moment`, how people write a time. The fold over it rebuilds the state of any moment.
Source: a season is judged by what lay in the mailbox at the deadline (notice, part 4 (四)), not by when we got round to it.
Limits: what only we do (taking in, reading, judging) counts as done at once when the mail came, by today's readers and rules;
what people do (release, dismiss, correct, add a file) counts from when they did it. Words that a file added later brought into
the judgement of the unit are not taken out of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.beijing import BEIJING
from pipeline.errors import UsageError
from pipeline.records import Attachment, Correction, Event, Filed, Filing, Item, State
from pipeline.register.looking import MATERIAL

BY_PEOPLE = frozenset({"release", "dismiss", "correct", "undo", "sign", "attach"})
"""Actions that count from when they were done."""
SERVER_SAYS = ("internaldate", "received")
"""Item.received_from that a sender cannot set."""
_WRITTEN = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the register knows, of now or of a moment. events: of the log, in order."""

    filed: tuple[Filed, ...]
    corrections: tuple[Correction, ...]
    events: tuple[Event, ...]
    attachments: tuple[Attachment, ...] = ()


def moment(text: str) -> datetime:
    """Read a Beijing time as people write it: 2024-06-20 24:00, 2024-06-20 18:30:05; a bare day is its end.

    Raises:
        UsageError: it is no such time.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found:
        day, hour, minute, second = found.groups(default="0")
        hours = int(hour) if found[2] else 24
        try:
            start = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=BEIJING)
        except ValueError:
            start = None
        within = hours < 24 or (hours == 24 and int(minute) == int(second) == 0)
        if start and within and int(minute) < 60 and int(second) < 60:
            return start + timedelta(hours=hours, minutes=int(minute), seconds=int(second))
    raise UsageError(f"看不懂时间“{text}”；请写北京时间，如 2024-06-20 24:00，只写日期即当日 24:00")


def earlier(now: Facts, at: datetime) -> Facts:
    """Give the facts *at* that moment, it included.

    A mail was there if the mailbox had it: as the server says, else since we took it in.
    """
    there = [one for one in now.filed if _arrived(one.item) <= at]
    accessions = {one.item.accession for one in there}
    events = [
        one
        for one in now.events
        if (one.accession in accessions or (not one.accession and one.at <= at))
        and (one.action not in BY_PEOPLE or one.at <= at)
    ]
    while events and events[-1].action not in MATERIAL:  # a compile, say: no part of what it shows
        events.pop()
    late = [one for one in now.events if one.action in BY_PEOPLE and one.at > at]
    added = tuple(one for one in now.attachments if one.at <= at)
    return Facts(
        filed=tuple(_then(one, late, _places(now.attachments, one, at)) for one in there),
        corrections=tuple(one for one in now.corrections if one.at <= at),
        events=tuple(events),
        attachments=added,
    )


def _arrived(item: Item) -> datetime:
    return item.received if item.received_from in SERVER_SAYS else item.captured


def _places(attachments: Iterable[Attachment], one: Filed, at: datetime) -> tuple[str, ...]:
    """The beginnings of paths of what was added to the mail after the moment."""
    return tuple(
        f"补入{added.place}/"
        for added in attachments
        if added.accession == one.item.accession and added.at > at
    )


def _then(one: Filed, late: Sequence[Event], added: tuple[str, ...]) -> Filed:
    """The mail without what people did to it later."""
    first = next(
        (
            event
            for event in late
            if event.accession == one.item.accession and event.action in ("release", "dismiss")
        ),
        None,
    )
    if first is not None:
        state = State(first.before)
        reason = one.item.reason if state is one.item.state else ""
        return Filed(item=replace(one.item, state=state, reason=reason), filing=None)
    return replace(one, filing=_without(one.filing, added)) if one.filing and added else one


def _without(filing: Filing, added: tuple[str, ...]) -> Filing:
    """The filing without the parts whose paths begin with one of *added*, and what was found in them."""

    def own(path: str) -> bool:
        return not path.startswith(added)

    return replace(
        filing,
        parts=tuple(one for one in filing.parts if own(one.path)),
        pictures=tuple(one for one in filing.pictures if own(one.part)),
        recordings=tuple(one for one in filing.recordings if own(one.part)),
        links=tuple(replace(one, fetched=one.fetched if own(one.fetched) else "") for one in filing.links),
        activities=tuple(one for one in filing.activities if own(one.activity.spans[0].part)),
        highlights=tuple(one for one in filing.highlights if own(one.span.part)),
        suggestions=tuple(one for one in filing.suggestions if own(one.span.part)),
        set_aside=tuple(one for one in filing.set_aside if own(one.span.part)),
        problems=tuple(one for one in filing.problems if own(one.part)),
        pairs=tuple(one for one in filing.pairs if own(one.text)),
        behalf=tuple(one for one in filing.behalf if own(one.part)),
    )
