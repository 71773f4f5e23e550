"""What the receiving server found out about the sender: the verdicts of SPF, DKIM and DMARC in a mail's header.

Purpose: `verdicts()`, of the outermost mail alone; nothing is checked again and no verdict is made up.
Source: RFC 8601 sections 2.2 (syntax), 2.7 (results), 4.1 and 5 (whose field may be believed); RFC 7208 section 9.1
    (Received-SPF); RFC 5321 section 4.4 (Received); RFC 5451 ("hardfail", "smtp.mail").
    Whose field: the server that took the mail in puts its Received on top of all that the sender wrote, and takes out
    fields that bear its own name (section 5). So a field counts if it stands above the topmost Received, or among the
    topmost Received of one organisation and bears that organisation's name. Fields below another organisation's
    Received, or below From, Subject and the like, are the sender's word; they stay in the archived octets only.
Limits: a server that breaks section 5 and leaves a forged field with its own name at the top is believed; so a pass
    takes no doubt away, whoever reads it. Of the first MAX_FIELDS fields MAX_OCTETS octets each; linear; never raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, takewhile

from pipeline.parse import words
from pipeline.parse.fields import Field, Head
from pipeline.records import Verdict

MAX_FIELDS = 200
"""Fields looked at from the top; servers write their traces into the first sixty."""
MAX_OCTETS = 4_096
"""Octets of one field; real ones have some hundred."""
MAX_VERDICTS = 20
"""Verdicts of one mail; mailing lists come to six."""
MAX_IDENTITY = 320
"""Characters of an identity: 64 before the @ and 255 after it (RFC 5321 section 4.5.3.1)."""

METHODS = {
    "spf": ("smtp.mailfrom", "smtp.mail", "smtp.helo"),
    "dkim": ("header.d", "header.i"),
    "dmarc": ("header.from",),
}
"""Methods and where each names whom it is about, best first."""
RESULTS = frozenset({"pass", "fail", "softfail", "neutral", "none", "policy", "temperror", "permerror"})
_FORMER = {"hardfail": "fail"}

_RECEIVED, _RESULTS, _SPF = "received", "authentication-results", "received-spf"
_WRITTEN = frozenset(
    {"from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "mime-version"}
)
"""Fields that the sender's program writes: below the first of them no trace of the receiving server stands."""
_MARK = re.compile(r"\\.?|[()\";]", re.DOTALL)
_PAIR = re.compile(r"(?<![\w./-])([\w./-]++)=(\"(?:[^\"\\]|\\.)*+\"|<[^<>]*+>|[^\s\"<>]++)")
_BY = re.compile(r"(?:^|\s)by\s+(\S+)", re.IGNORECASE)
_ADDRESS = re.compile(r"[\d.]+|.*:.*")
_SHARED = frozenset({"ac", "co", "com", "edu", "gov", "net", "org"})
"""Second labels below a country's under which organisations register: kx.gov.cn is one, gov.cn is none."""


def verdicts(head: Head) -> tuple[Verdict, ...]:
    """Give the verdicts of the receiving server in the order in which they stand; () where it wrote none.

    Args:
        head: of the outermost mail, fields from the top; without a Received nobody is known to have taken it in.
    """
    believed = list(_believed(head.fields[:MAX_FIELDS]))
    stated = (one for field, domain in believed if field.name == _RESULTS for one in _stated(field, domain))
    found = tuple(dict.fromkeys(islice(stated, MAX_VERDICTS)))
    if found or any(field.name == _RESULTS and _is_own(field, domain) for field, domain in believed):
        return found
    spf = (one for field, domain in believed if field.name == _SPF for one in _stated_spf(field, domain))
    return tuple(islice(spf, 1))


# ---------------------------------------------------------------- whose fields


def _believed(fields: tuple[Field, ...]) -> Iterator[tuple[Field, str]]:
    """Fields where the receiving server writes, each with the domain that it must name, "" above the topmost Received."""
    trace = list(takewhile(lambda field: field.name not in _WRITTEN, fields))
    names = [field.name for field in trace]
    if _RECEIVED not in names:
        return
    topmost = names.index(_RECEIVED)
    yield from ((field, "") for field in trace[:topmost])
    domain = ""
    for field in trace[topmost:]:
        if field.name != _RECEIVED:
            if domain:
                yield field, domain
            continue
        came_from_outside, by = _hop(field)
        if domain and by != domain:
            return
        if came_from_outside:
            domain = by
            if not domain:
                return


def _hop(field: Field) -> tuple[bool, str]:
    """Of a Received: whether it says from whom (else the mail moved inside one server), and the domain that took it."""
    text = " ".join(_segments(field)[0].split())
    by = _BY.search(text)
    return text.lower().startswith("from "), _domain(by[1]) if by else ""


def _domain(host: str) -> str:
    """The organisation's domain of a *host* name, "" of an address: mx3.qq.com and qq.com are one, a.gov.cn and b.gov.cn two."""
    name = host.strip("[]<>\"'.,").lower()
    if _ADDRESS.fullmatch(name):
        return ""
    labels = name.split(".")
    shared = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED
    return ".".join(labels[-3:] if shared else labels[-2:])


def _is_own(field: Field, domain: str) -> bool:
    server, _ = _server(_segments(field)[0])
    return not domain or _domain(server) == domain


# ---------------------------------------------------------------- what they say


def _stated(field: Field, domain: str) -> Iterator[Verdict]:
    """The verdicts of one Authentication-Results, if it is *domain*'s; other methods and unknown results are left out."""
    first, *others = _segments(field)
    server, rest = _server(first)
    if domain and _domain(server) != domain:
        return
    for segment in (rest, *others):
        pairs = _pairs([segment])
        opening = _PAIR.match(_spaced([segment]))
        if opening is None:
            continue
        name, result = opening[1].lower().partition("/")[0], opening[2].lower()
        result = _FORMER.get(result, result)
        if name in METHODS and result in RESULTS:
            yield Verdict(method=name, result=result, identity=_identity(pairs, METHODS[name]), server=server)


def _stated_spf(field: Field, domain: str) -> Iterator[Verdict]:
    """The verdict of one Received-SPF, if its receiver is of *domain*."""
    segments = _segments(field)
    result, pairs = (segments[0].split() or [""])[0].lower(), _pairs(segments)
    receiver = pairs.get("receiver", "").lower()
    if result in RESULTS and (not domain or (receiver and _domain(receiver) == domain)):
        about = _identity(pairs, ("envelope-from", "helo"))
        yield Verdict(method="spf", result=result, identity=about, server=receiver[:MAX_IDENTITY])


def _server(first: str) -> tuple[str, str]:
    """Cut the first segment into authserv-id and rest (its version, or results that stand there without semicolon)."""
    name, _, rest = first.strip().partition(" ")
    if "=" in name or rest.lstrip().startswith("="):
        return "", first
    return name.strip('"').lower()[:MAX_IDENTITY], rest


def _identity(pairs: dict[str, str], names: Iterable[str]) -> str:
    return next((pairs[name].lower()[:MAX_IDENTITY] for name in names if pairs.get(name)), "")


def _pairs(segments: Iterable[str]) -> dict[str, str]:
    """name=value in their order, names in lower case, quotes and angle brackets taken off; the first of a name counts."""
    found: dict[str, str] = {}
    for name, value in _PAIR.findall(_spaced(segments)):
        found.setdefault(name.lower(), value.strip('"<> '))
    return found


def _spaced(segments: Iterable[str]) -> str:
    """One blank between words, none around "=", where RFC 8601 allows white space too."""
    return " ".join(" ".join(segments).split()).replace(" =", "=").replace("= ", "=")


def _segments(field: Field) -> list[str]:
    """Cut the value at semicolons outside of quotes; a comment (RFC 5322 section 3.2.2, nested) becomes a blank."""
    text = words.one_line(field.value[:MAX_OCTETS].decode("utf-8", "replace"))
    segments: list[str] = []
    kept: list[str] = []
    depth = start = 0
    quoted = False
    for mark in _MARK.finditer(text):
        sign = mark.group()
        if quoted or (sign == '"' and not depth):
            quoted ^= sign == '"'
        elif sign == "(":
            kept += [text[start : mark.start()], " "] if not depth else []
            depth += 1
        elif sign == ")" and depth:
            depth -= 1
            start = mark.end()
        elif sign == ";" and not depth:
            segments.append("".join(kept) + text[start : mark.start()])
            kept, start = [], mark.end()
    return [*segments, "".join(kept) + ("" if depth else text[start:])]
