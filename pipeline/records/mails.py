"""The mail side: whom it is from, and its parts, from the transfer-decoded octets to what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pipeline.records.evidence import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A mailbox of RFC 5322 section 3.4: display name (decoded, may be "") and addr-spec in lower case ("" if none)."""

    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the receiving server found out about the sender by one method (RFC 8601 section 2.7).

    method: "spf", "dkim" or "dmarc". result: "pass", "fail", "softfail", "neutral", "none", "policy", "temperror" or
    "permerror". identity: whom it is about, in lower case (envelope sender, signing domain, domain of From), "" if not
    stated. server: as it calls itself (authserv-id), "" if it does not.
    """

    method: str
    result: str
    identity: str = ""
    server: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The header of one mail (the outermost, or one nested in it).

    section: path of the part that holds it, "" for the outermost. subject: decoded, one line, "" if none.
    sent: the Date header with its zone, None if missing or unreadable (it may lie). received: of the topmost
    Received header. auto: why the mail looks machine-made ("auto-submitted", "bounce", "list", "precedence"), or "".
    authentication: what the receiving server wrote about the sender, () if nothing; of the outermost mail alone.
    """

    section: str = ""
    subject: str = ""
    sender: Address = field(default_factory=Address)
    submitter: Address | None = None
    to: tuple[Address, ...] = ()
    message_id: str = ""
    in_reply_to: str = ""
    sent: datetime | None = None
    received: datetime | None = None
    auto: str = ""
    authentication: tuple[Verdict, ...] = ()


class Status(StrEnum):
    """How far a part was read. Everything but OK and NOISE is shown to staff with its reason."""

    OK = "ok"
    PARTLY = "partly"
    NOISE = "noise"
    NEEDS_PASSWORD = "needs-password"  # noqa: S105 - the state of a part, no secret
    NEEDS_OCR = "needs-ocr"
    LINK_ONLY = "link-only"
    TOO_BIG = "too-big"
    UNSUPPORTED = "unsupported"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One leaf of the mail, one container, or one member or embedded picture of a container.

    path: MIME section (RFC 9051 section 6.4.5: "1", "2.1") followed by member names: "2/材料.zip/总结.docx"; of a file
        that staff added, "补入1/照片.zip". A single-part mail's body is "1".
        Unique in its mail; a second member of the same name gets "#2".
    name: decoded file name, "" if none; text, never used as a path. name_octets: the name as it stood, where it was
        not ASCII. declared: media type the mail claims. media_type: what the octets are (sniffed).
    sha256, size: of the transfer-decoded octets. reason: Chinese; "" when status is OK and there is nothing to note.
    characters: of text read.
    seals: pages (from 1) on which a round red seal is seen, None where none was looked at.
    """

    path: str
    name: str = ""
    name_octets: bytes = b""
    declared: str = ""
    media_type: str = ""
    disposition: str = ""
    sha256: str
    size: int
    status: Status = Status.OK
    reason: str = ""
    characters: int = 0
    seals: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """Octets on their way through parse, unpack and extract; what stays of them is a Part.

    path, name, name_octets, declared, disposition: as in Part. data: transfer-decoded octets. charset: as declared.
    content_id: without angle brackets. body: a text body of a mail (text/plain or text/html that is no attachment).
    alternative: number of the multipart/alternative it belongs to (counted from 1 in the mail), 0 if none.
    flowed, delsp: RFC 3676. forwarded: a body of a mail whose subject says that it passes another one on. problem: what
    was wrong with its transfer encoding, None if nothing.
    """

    path: str
    data: bytes
    name: str = ""
    name_octets: bytes = b""
    declared: str = ""
    disposition: str = ""
    charset: str = ""
    content_id: str = ""
    body: bool = False
    alternative: int = 0
    flowed: bool = False
    delsp: bool = False
    forwarded: bool = False
    problem: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that staff fetched for a mail, on its way to be read with it. link: URL that it answers, "" if none."""

    name: str
    data: bytes
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """One mail taken apart: its header and its leaves in MIME order (containers such as message/rfc822 are leaves)."""

    mail: Mail
    leaves: tuple[Leaf, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """What an archive held: members as leaves (path below the archive's), and how far it was opened."""

    members: tuple[Leaf, ...]
    status: Status = Status.OK
    reason: str = ""
    problems: tuple[Problem, ...] = ()
