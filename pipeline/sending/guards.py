"""Whether an automatic mail may go out, and to which address: RFC 3834 and the care that it asks for.

Purpose: `answerable` for an answer to a mail that came (回执, 补正单); `writable` for an address nobody wrote from now (催报).
Source: RFC 3834 section 2 (when not to respond), section 4 (to Return-Path; never to Reply-To, which is meant for people);
    RFC 5321 section 4.5.5 (the null return path); RFC 2369, 2919 (List-*); RFC 3462 (multipart/report).
Choices: the answer goes to the address of From, and only where Return-Path, if there is one, is the same: an envelope
    from elsewhere (a gateway, a list, a forger) is left to a person. A mail whose sender a person should check (来源待核) is not
    answered: an answer to a forged From troubles somebody who wrote nothing.
Limits: looks at the first MAX_HEAD octets of the mail; a header that does not end there is not answered. Whoever owns the
    address is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import getaddresses

from pipeline.parse import words
from pipeline.parse.fields import Head, read_head
from pipeline.parse.mending import mend
from pipeline.records import Code, Filing, Kind

MAX_HEAD = 262_144
"""Octets of a mail that are looked at; a header of thirty relays has some 20,000."""
MAX_FROM = 1_000
"""Octets of a From field; one person's has some 100."""
MAX_ADDRESS = 254
"""Characters of an address: RFC 5321 section 4.5.3.1.3 without its brackets."""
MARK = "X-Shouwen-Paper"
"""Field that our own papers bear, so that one that comes back is known."""

_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,240}@[!-;=?-~]{1,240}>")
_ROBOT = re.compile(
    r"(?:mailer-?daemon|mail-?daemon|postmaster|no-?_?\.?reply|do-?_?not-?_?reply|bounces?|daemon|root|nobody|abuse|robot"
    r"|auto-?reply|notifications?|.*-(?:request|bounces?|owner|relay)|owner-.*|prvs=.*|srs[01]=.*)(?:[+=].*)?",
    re.IGNORECASE,
)
_BULK = re.compile(rb"\b(?:bulk|list|junk|auto_reply)\b", re.IGNORECASE)
_SUPPRESS = re.compile(rb"\b(?:all|autoreply|oof)\b", re.IGNORECASE)
_REPORT = re.compile(
    rb"\s*(?:multipart/report|message/(?:delivery-status|disposition-notification))\b", re.IGNORECASE
)
_MACHINE = (
    "x-failed-recipients",
    "x-autoreply",
    "x-autorespond",
    "x-auto-reply",
    "x-autoreply-from",
    "x-mail-autoreply",
)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """To whom an answer goes. why_not: Chinese, why it does not, "" if it does. message_id: for In-Reply-To, "" if none."""

    to: str = ""
    message_id: str = ""
    why_not: str = ""


def answerable(octets: bytes, filing: Filing, ours: frozenset[str]) -> Answer:
    """Say whether the mail *octets* may be answered by a machine.

    Args:
        octets: as archived. filing: what it was judged to be. ours: addresses of our own, in lower case.

    Returns:
        the address and the msg-id to name, or why it may not.
    """
    mended, _ = mend(octets[:MAX_HEAD])
    head = read_head(mended, 0, lambda _line: False)
    ends = head.body < len(mended) or len(octets) <= MAX_HEAD
    to, wrong = _sender(head)
    why_not = next(
        filter(None, (*_judged(filing), "" if ends and not head.cut else "信头过长", *_marks(head), wrong)),
        "",
    )
    if not why_not and to != filing.mail.sender.address:
        why_not = "发件人与登记的不一致"
    why_not = why_not or writable(to, ours) or _elsewhere(head, to)
    if why_not:
        return Answer(why_not=why_not)
    return Answer(to=to, message_id=checked(head.first("message-id").decode("latin-1").strip()))


def checked(message_id: str) -> str:
    """*message_id* if it is one of RFC 5322 section 3.6.4 without quotes or blanks, else ""."""
    return message_id if _MESSAGE_ID.fullmatch(message_id) else ""


def writable(address: str, ours: frozenset[str]) -> str:
    """Say in Chinese why nothing is sent to *address* by a machine, "" if it may be."""
    if len(address) > MAX_ADDRESS or not _ADDRESS.fullmatch(address):
        return "没有一个完整有效的邮箱地址" if not address or "@" not in address else "邮箱地址不合规范"
    if _ROBOT.fullmatch(address.rpartition("@")[0]):
        return "是系统或免回复地址"
    return "是我们自己的邮箱" if address.lower() in ours else ""


def _judged(filing: Filing) -> Iterator[str]:
    """What reading and judging found against it."""
    if filing.kind is Kind.OTHER:
        yield "不是报送材料"
    if filing.mail.auto:
        yield "是系统自动发出的邮件（退信、自动回复或群发）"
    if any(problem.code is Code.SENDER for problem in filing.problems):
        yield "来源待核，请先用通知或名册上的电话核对"


def _marks(head: Head) -> Iterator[str]:
    """What its header says against it; every field of a name counts, not the first alone."""
    for field in head.fields:
        name, value = field.name, field.value.strip()
        if name == "return-path" and value.replace(b" ", b"") in (b"<>", b""):
            yield "是退信（退信地址为空）"
        elif name == "auto-submitted" and re.split(rb"[;\s(]", value.lower())[0] != b"no":
            yield "是自动发出的邮件（Auto-Submitted）"
        elif name == "precedence" and _BULK.search(value):
            yield "是群发邮件（Precedence）"
        elif name.startswith("list-") or name in ("mailing-list", "x-mailing-list"):
            yield "是邮件列表发来的（List-*）"
        elif name == "content-type" and _REPORT.match(value):
            yield "是投递报告（multipart/report）"
        elif name == "x-auto-response-suppress" and _SUPPRESS.search(value):
            yield "发件人不要自动回复（X-Auto-Response-Suppress）"
        elif name in _MACHINE:
            yield "是系统自动发出的邮件"
        elif name == MARK.lower():
            yield "是我们自己发出的邮件"


def _sender(head: Head) -> tuple[str, str]:
    """The one address of the one From field, in lower case; else what is wrong with it."""
    found = [field.value for field in head.fields if field.name == "from"]
    if len(found) != 1 or len(found[0]) > MAX_FROM:
        return "", "没有写明发件人" if not found else "发件人写法不合规范"
    text = found[0].decode() if found[0].isascii() else words.decode(found[0])
    addresses = [address for _, address in getaddresses([text])]
    if len(addresses) != 1 or not addresses[0]:
        return "", "发件人不是一个地址"
    return addresses[0].lower(), ""


def _elsewhere(head: Head, to: str) -> str:
    """Why not, where the envelope came from another address than From."""
    for field in head.fields:
        path = field.value.decode("latin-1").strip().strip("<>").strip().lower()
        if field.name == "return-path" and path != to:
            return "退信地址与发件人不同，请人工回复"
    return ""
