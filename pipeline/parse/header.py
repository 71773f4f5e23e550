"""What the header of a mail says: sender, times, marks of machines; and what is wrong with the mail as a whole.

Purpose: `read_header()` gives the Mail and the problems. mail-parser reads addresses, Date, the chain of Received and the
    defects, on the parse copy of skeleton.py; subject and msg-ids are read from the raw lines; authentication.py reads
    what the receiving server found out about the sender.
Source: RFC 5322 sections 3.3 (dates), 3.4 (addresses), 3.6; RFC 5321 section 4.4 (Received); RFC 3834 section 5
    (Auto-Submitted); RFC 3464 (delivery reports); RFC 2919 (List-Id).
Limits: a Date without a zone is read as Beijing time: its writer sat in front of a clock there.
    The topmost Received counts, also where it states no time: lower ones are the sender's word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from mailparser import MailParser

from pipeline.beijing import BEIJING
from pipeline.mapped import Octets
from pipeline.parse import words
from pipeline.parse.authentication import verdicts
from pipeline.parse.fields import Head
from pipeline.parse.skeleton import SHOWN_AS, read_skeleton
from pipeline.parse.structure import Structure
from pipeline.records import Address, Code, Mail, Problem

_MESSAGE_ID = re.compile(r"<[^<>]*>")
_BARE_ADDRESS = re.compile(r"[^\s<>,;:\"()@]{1,64}@[^\s<>,;:\"()@]{1,255}")
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)\b")
_DEFECTS = (
    (
        frozenset({"CloseBoundaryNotFoundDefect"}),
        Code.DAMAGED,
        "邮件没有结束标记，可能没有收全；能读出的部分都已列出",
    ),
    (
        frozenset({"StartBoundaryNotFoundDefect", "NoBoundaryInMultipartDefect"}),
        Code.DAMAGED,
        "邮件的分段标记缺失或有误，已按实际内容拆分",
    ),
    (
        frozenset({"MissingHeaderBodySeparatorDefect", "FirstHeaderLineIsContinuationDefect"}),
        Code.HEADER,
        "信头有不合规范的行",
    ),
)
_REPLY_MARKS = ("x-autoreply", "x-autorespond", "x-auto-reply", "x-autoreply-from", "x-mail-autoreply")
_ROBOTS = re.compile(r"(mailer-daemon|postmaster|mail-daemon|maildaemon)@.*", re.IGNORECASE)


def read_header(octets: Octets, structure: Structure, section: str) -> tuple[Mail, tuple[Problem, ...]]:
    """Read the header of the mail *octets*.

    Args:
        structure: of these octets. section: path of the part that holds the mail, "" for the outermost.

    Returns:
        the Mail, and what is wrong with the mail as a whole.
    """
    head = structure.mail.head
    parser = read_skeleton(octets, structure)
    sender = _addresses(parser, head, "from")
    submitter = _addresses(parser, head, "sender")
    sent = _sent(parser, head)
    mail = Mail(
        section=section,
        subject=words.one_line(words.decode(head.first("subject"))),
        sender=sender[0] if sender else Address(),
        submitter=submitter[0] if submitter else None,
        to=_addresses(parser, head, "to"),
        message_id=_message_id(head, "message-id"),
        in_reply_to=_message_id(head, "in-reply-to"),
        sent=sent,
        received=_received(parser, head),
        auto=_auto(structure, sender[0].address if sender else ""),
        authentication=() if section else verdicts(head),
    )
    return mail, tuple(_problems(structure, parser, section, unreadable=head.has("date") and sent is None))


# ---------------------------------------------------------------- addresses and times


def _addresses(parser: MailParser | None, head: Head, name: str) -> tuple[Address, ...]:
    """The mailboxes of field *name*; where mail-parser refuses them, what can be seen in the text."""
    if not head.has(name):
        return ()
    found = getattr(parser, SHOWN_AS[name].replace("-", "_"), None) if parser else None
    if found and isinstance(found, list):
        return tuple(Address(name=words.one_line(shown), address=address.lower()) for shown, address in found)
    text = words.one_line(words.decode(head.first(name)))
    address = _BARE_ADDRESS.search(text)
    shown = text[: address.start()] if address else text
    return (Address(name=shown.strip(" <\"'"), address=address.group().lower() if address else ""),)


def _message_id(head: Head, name: str) -> str:
    """The first msg-id of field *name* with its angle brackets (RFC 5322 section 3.6.4), "" if there is none."""
    text = words.one_line(words.decode(head.first(name)[:2_000]))
    found = _MESSAGE_ID.search(text)
    return found.group() if found else text


def _sent(parser: MailParser | None, head: Head) -> datetime | None:
    moment = parser.date if parser else None
    if isinstance(moment, datetime) and parser:
        return moment.astimezone(timezone(timedelta(hours=float(parser.timezone or 0))))
    return _lenient(words.decode(head.first("date")[:200]))


def _received(parser: MailParser | None, head: Head) -> datetime | None:
    """The time of the topmost Received field (the last relay is ours), None if it states none."""
    topmost = head.first("received")
    stated = words.decode(topmost[-200:]).rpartition(";")[2]
    hops = parser.received if parser else []
    if hops and hops[-1].get("date_utc"):
        moment = datetime.fromisoformat(hops[-1]["date_utc"])
        offset = _OFFSET.search(stated)
        return moment.astimezone(_zone(offset)) if offset else moment
    return _lenient(stated)


def _zone(offset: re.Match[str]) -> timezone:
    minutes = min(int(offset[2]), 23) * 60 + min(int(offset[3]), 59)
    return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))


def _lenient(text: str) -> datetime | None:
    """A date that breaks RFC 5322 section 3.3 but can be read, or ISO 8601; without a zone it is Beijing time."""
    moment: datetime | None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError, IndexError):
        moment = _iso(text.strip())
    return moment.replace(tzinfo=BEIJING) if moment and moment.tzinfo is None else moment


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


# ---------------------------------------------------------------- marks of machines, and defects


def _auto(structure: Structure, sender: str) -> str:
    """Say by which mark the mail is machine-made: "bounce", "auto-submitted", "list", "precedence", or ""."""
    head = structure.mail.head
    report = structure.mail.parameters.get("report-type")
    reports = structure.mail.media_type == "multipart/report"
    kind = report.text.lower() if report else "delivery-status"
    submitted = head.first("auto-submitted").strip().lower()
    marks = {
        "bounce": (reports and kind == "delivery-status")
        or head.first("return-path").strip() == b"<>"
        or head.has("x-failed-recipients")
        or _ROBOTS.fullmatch(sender),
        "auto-submitted": (submitted and not submitted.startswith(b"no"))
        or any(head.has(mark) for mark in _REPLY_MARKS)
        or reports,
        "list": head.has("list-id") or head.has("list-unsubscribe"),
        "precedence": head.first("precedence").strip().lower() in (b"bulk", b"list", b"junk", b"auto_reply"),
    }
    return next((mark for mark, found in marks.items() if found), "")


def _problems(
    structure: Structure, parser: MailParser | None, section: str, *, unreadable: bool
) -> Iterator[Problem]:
    seen = set(parser.defects_categories) if parser else set()
    ours = (structure.unclosed, structure.unmarked, structure.broken)
    for (defects, code, detail), found in zip(_DEFECTS, ours, strict=True):
        if found or seen & defects:
            yield Problem(code=code, part=section, detail=detail)
    if structure.cut:
        yield Problem(code=Code.HEADER, part=section, detail="信头超长，超出部分没有读")
    if structure.full:
        yield Problem(
            code=Code.TOO_BIG, part=section, detail="邮件分段过多，其余内容合为最后一个部件，未再拆分"
        )
    if unreadable:
        yield Problem(code=Code.HEADER, part=section, detail="发信时间（Date）读不出")
