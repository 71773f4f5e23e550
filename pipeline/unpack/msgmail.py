"""Header and bodies of a .msg written as a mail, so that what reads mails reads them too.

Purpose: `as_mail()`.
Source: RFC 5322 section 3.6 (fields), RFC 2046 section 5.1.4 (alternatives); [MS-OXPROPS] for the numbers.
Limits: these octets are ours: Outlook keeps properties, not the octets of a mail. Its own header lines are taken where it
    kept them, without those that describe a body that is no longer there; recipients are those shown.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from email.utils import format_datetime

from pipeline.unpack.msgobject import MsgObject

PLAIN = 0x1000
_HEADERS, _SUBJECT, _TO, _MESSAGE_ID, _REPLY_TO_ID = 0x007D, 0x0037, 0x0E04, 0x1035, 0x1042
_SENDERS = ((0x0C1A, (0x5D01, 0x0C1F)), (0x0042, (0x5D02, 0x0065)))
"""Name, and addresses best first, of who sent it and of whom it was sent for."""
_TIMES = (0x0039, 0x0E06, 0x3007)
_FIELD = re.compile(
    r"^(?!content-|mime-version)([!-9;-~]+)[ \t]*:.*(?:\r?\n[ \t].*)*", re.IGNORECASE | re.MULTILINE
)
_LINE_ENDS = re.compile(r"[\r\n\x00]+")
_BOUNDARY = "bodies-of-the-msg"


def as_mail(message: MsgObject) -> bytes:
    """Write header and bodies of *message* as a mail: its own header lines where it kept them, else its properties."""
    kept = message.text(_HEADERS)
    lines = [
        found.group() for found in _FIELD.finditer(re.split(r"\r?\n\r?\n", kept.lstrip(), maxsplit=1)[0])
    ]
    names = {line.partition(":")[0].strip().lower() for line in lines}
    lines += [f"{name}: {value}" for name, value in _stated(message) if name.lower() not in names]
    head = "".join(_LINE_ENDS.sub("\r\n", line.rstrip()) + "\r\n" for line in lines)
    return head.encode() + b"MIME-Version: 1.0\r\n" + _bodies(message)


def _stated(message: MsgObject) -> Iterator[tuple[str, str]]:
    """Header fields from properties, each on one line."""
    senders = [(message.text(name), _address(message, addresses)) for name, addresses in _SENDERS]
    senders = [sender for sender in senders if any(sender)]
    moment = next(filter(None, map(message.time, _TIMES)), None)
    fields = {
        "Subject": message.text(_SUBJECT),
        "From": _mailbox(*senders[-1]) if senders else "",
        "Sender": _mailbox(*senders[0]) if len(senders) > 1 and senders[0] != senders[1] else "",
        "To": message.text(_TO),
        "Date": format_datetime(moment) if moment else "",
        "Message-ID": message.text(_MESSAGE_ID),
        "In-Reply-To": message.text(_REPLY_TO_ID),
    }
    for name, value in fields.items():
        if value.strip():
            yield name, " ".join(_LINE_ENDS.split(value))


def _address(message: MsgObject, numbers: tuple[int, ...]) -> str:
    """The first of the addresses that is one of the internet; Exchange has names of X.500 there."""
    return next((address for address in map(message.text, numbers) if "@" in address), "")


def _mailbox(name: str, address: str) -> str:
    quoted = name.replace("\\", "").replace('"', "")
    return f'"{quoted}" <{address}>' if address else f'"{quoted}"'


def _bodies(message: MsgObject) -> bytes:
    """The bodies as MIME, with the blank line before them."""
    html, charset = message.html()
    plain = message.text(PLAIN)
    parts = [_part("plain", "utf-8", plain.encode())] if plain.strip() or not html else []
    parts += [_part("html", charset, html)] if html else []
    if len(parts) == 1:
        return parts[0]
    joined = b"".join(b"--%s\r\n%s\r\n" % (_BOUNDARY.encode(), part) for part in parts)
    head = f'Content-Type: multipart/alternative; boundary="{_BOUNDARY}"\r\n\r\n'
    return head.encode() + joined + b"--%s--\r\n" % _BOUNDARY.encode()


def _part(subtype: str, charset: str, octets: bytes) -> bytes:
    head = f"Content-Type: text/{subtype}; charset={charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode() + base64.encodebytes(octets)
