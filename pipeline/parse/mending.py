"""What stands in front of a mail's headers, or between its lines, and hides them.

Purpose: `mend()` gives the octets that RFC 5322 meant; the archived octets stay as they came.
Source: RFC 5322 section 2.1 (lines end in CRLF), RFC 4155 ("From " lines of mbox); saved mails of Windows programs.
Limits: line ends are rewritten only where the whole mail has the same wrong ones.
"""

from __future__ import annotations

import codecs
import re

from pipeline.mapped import Octets, copied

MAX_LEADING_LINES = 30
"""Lines of foreign text looked over for the first header; beyond that it is a text and no mail with a preface."""

KNOWN = re.compile(
    rb"(?:arc-|auto-|authentication-|bcc|cc|comments|content-|date|delivered-to|disposition-|dkim-|domainkey-|envelope-"
    rb"|from|importance|in-reply-to|keywords|list-|mailing-list|message-id|mime-version|organization|precedence|priority"
    rb"|received|references|reply-to|resent-|return-path|return-receipt-to|sender|status|subject|thread-|to|user-agent"
    rb"|x-)[!-9;-~]*[ \t]*:",
    re.IGNORECASE,
)
"""The beginning of a header line that can be nothing else: fields of RFC 5322, 2045, 3834 and usual ones."""

_MBOX = re.compile(rb">?From [^\r\n]*\d\d:\d\d[^\r\n]*(?:\r?\n|\r)")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_BLANK = re.compile(rb"(?:[ \t]*(?:\r?\n|\r))+")


def mend(octets: Octets) -> tuple[Octets, bool]:
    """Return (the octets beginning with the first header, True if there was something to mend: then it is a copy)."""
    mended = _single_line_ends(_transcoded(octets))
    start = _first_header(mended)
    mended = mended[start:] if start else mended
    return mended, mended is not octets


def _transcoded(octets: Octets) -> Octets:
    """Without a byte order mark; a mail saved as UTF-16 as UTF-8."""
    head = octets[:200]
    if head.startswith(codecs.BOM_UTF8):
        return octets[len(codecs.BOM_UTF8) :]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return copied(octets).decode("utf-16", "replace").encode()
    if len(head) >= 8 and not any(head[1:40:2]) and all(head[0:40:2]):
        return copied(octets).decode("utf-16-le", "replace").encode()
    return octets


def _single_line_ends(octets: Octets) -> Octets:
    """CR CR LF (a text-mode copy of CRLF) and lone CR (old Macintosh) as LF, where no other line end occurs."""
    first = octets.find(b"\n")
    if first < 0:
        return copied(octets).replace(b"\r", b"\n") if octets.find(b"\r") >= 0 else octets
    # The first line tells of nearly every mail that its ends are right: counting them all takes longer than decoding it.
    if octets[max(0, first - 2) : first] == b"\r\r":
        whole = copied(octets)
        if whole.count(b"\r\r\n") == whole.count(b"\n"):
            return whole.replace(b"\r\r\n", b"\r\n")
    return octets


def _first_header(octets: Octets) -> int:
    """Offset of the first header: after blank lines, an mbox line, or some lines of foreign text; 0 if none is found."""
    start = _skip(octets, 0)
    position = start
    for _ in range(MAX_LEADING_LINES):
        if KNOWN.match(octets, position):
            return position
        line = _LINE.match(octets, position)
        if line is None or line.end() == position:
            break
        if position == start and re.match(rb"[!-9;-~]+:", line.group()):
            return start
        position = _skip(octets, line.end())
    return 0


def _skip(octets: Octets, position: int) -> int:
    for pattern in (_BLANK, _MBOX, _BLANK):
        found = pattern.match(octets, position)
        position = found.end() if found else position
    return position
