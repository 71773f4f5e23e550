"""Which characters octets stand for: labels of charsets, and a decision where the label is missing or lies.

Purpose: one answer for header lines, names of members and bodies, so that parse, unpack and links agree.
Source: RFC 2045 section 5, RFC 2047 section 3; https://encoding.spec.whatwg.org/#names-and-labels (gb2312 and gbk mean
    GB18030, iso-8859-1 means windows-1252); GB 18030-2022, whose two-octet half in A1..FE is GB 2312.
Limits: the trial knows UTF-8, GB18030, Big5 and windows-1252; other charsets are read only where they are named.
"""

from __future__ import annotations

import codecs
import re
from functools import cache

SAMPLE = 65_536
"""Octets that a trial looks at: enough for any name or header, and it keeps a body of megabytes cheap."""

FAULTS = 50
"""A label is believed with one broken character, or one in so many: a text that was cut, not another charset."""

PLAINLY = 0.75
"""Share of everyday characters from which octets are plainly Chinese whatever a weak label says; lists of names have rare ones."""

_LABEL = re.compile(r"[a-z0-9][a-z0-9_:+-]{0,39}")
_ALIASES = {
    "gb2312": "gb18030",
    "gb_2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gb2312-80": "gb18030",
    "csgb2312": "gb18030",
    "csiso58gb231280": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "ms936": "gb18030",
    "windows-936": "gb18030",
    "936": "gb18030",
    "euc-cn": "gb18030",
    "x-euc-cn": "gb18030",
    "chinese": "gb18030",
    "gb18030-2022": "gb18030",
    "gb18030-2005": "gb18030",
    "gb18030-2000": "gb18030",
    "x-gb18030": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "cp950",
    "big5-eten": "cp950",
    "cn-big5": "cp950",
    "x-x-big5": "cp950",
    "csbig5": "cp950",
    "big5-hkscs": "big5hkscs",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ansi_x3": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "utf8": "utf-8",
    "utf-8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "windows-874": "cp874",
}
_NO_TEXT = frozenset(
    {"base64", "bz2", "hex", "quopri", "rot13", "uu", "zlib", "idna", "punycode", "undefined", "mbcs", "oem"}
) | {"unicodeescape", "rawunicodeescape"}
_WEAK = frozenset({"cp1252"})  # what programs write that know nothing; every octet is valid in it
_CERTAIN = 8  # octets: four Chinese characters in a row are no accident
_LONG = 5  # octets beyond ASCII: more than two characters
_LATIN_WORD = re.compile(r"[A-Za-z][\u00c0-\u024f]|[\u00c0-\u024f][A-Za-z]")
_BEYOND = re.compile(rb"[\x80-\xff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def codec(label: str) -> str:
    """Return Python's name of the codec that the charset *label* means in mails, "" if it means none.

    Quotes, a repeated "charset=" and a language suffix (RFC 2231 section 5) are forgiven.
    """
    wanted = label.strip().strip("\"'").lower().removeprefix("charset=").partition("*")[0].strip()
    if not _LABEL.fullmatch(wanted):
        return ""
    try:
        found = codecs.lookup(_ALIASES.get(wanted, wanted)).name
    except (LookupError, ValueError):
        return ""
    return "" if found.replace("-", "").replace("_", "") in _NO_TEXT else found


def decode(octets: bytes, label: str = "") -> str:
    """Return the text of *octets*, by their charset *label* if that can be, else by trial.

    A label gives way where the octets are plainly UTF-8, or where it says next to nothing and they are plainly Chinese.
    Never raises; what no charset explains becomes U+FFFD. The result holds no surrogates.
    """
    named = codec(label)
    if named and not _lies(octets, named):
        for name in (named, "big5hkscs") if named == "cp950" else (named,):
            text = octets.decode(name, "replace")
            if text.count("\ufffd") <= max(1, len(text) // FAULTS):
                return _scalar(text)
    tried = trial(octets)
    return _scalar(octets.decode(named if named and tried == "cp1252" else tried, "replace"))


def trial(octets: bytes) -> str:
    """Decide what charset *octets* without a label are in: ascii, utf-8, gb18030, cp950, or cp1252 for none of these.

    UTF-8 where it is valid and says more than pairs that GB 2312 explains as well: the octets of 图 are valid UTF-8.
    """
    sample = _sample(octets)
    if sample.isascii():
        return "ascii"
    text = _utf8(sample)
    if text is not None and not _rather_gb(sample, text):
        return "utf-8"
    if text is None and _damaged_utf8(sample):
        return "utf-8"
    share_gb, share_big5 = _share(sample, "gb18030"), _share(sample, "cp950")
    if max(share_gb, share_big5) < 0.3:
        return "utf-8" if text is not None else "cp1252"
    # two rare characters of GBK look like Big5 as well: here the mainland's charset is by far the likelier one
    return "cp950" if share_big5 > share_gb + 0.15 and _beyond_ascii(sample) >= _LONG else "gb18030"


def _sample(octets: bytes) -> bytes:
    """The head of *octets*, or what begins with the first sign beyond ASCII where a long head of marks has none."""
    head = octets[:SAMPLE]
    first = _BEYOND.search(octets, SAMPLE) if head.isascii() else None
    return octets[first.start() : first.start() + SAMPLE] if first else head


def _beyond_ascii(sample: bytes) -> int:
    return sum(octet > 0x7F for octet in sample)


def _lies(octets: bytes, named: str) -> bool:
    """True where the octets say something else than their label, and say it with certainty."""
    if named == "utf-8" or octets.isascii():
        return False
    tried = trial(octets)
    if tried == "utf-8":
        return any(character >= "\u0800" for character in _sample(octets).decode("utf-8", "ignore"))
    return (
        named in _WEAK
        and tried != "cp1252"
        and _share(_sample(octets), tried) > PLAINLY
        and len(octets) >= _CERTAIN
    )


def _utf8(sample: bytes) -> str | None:
    """The sample's text if it is valid UTF-8, but for a character cut at its end; else None."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return None
    return None if text.isascii() else text


def _damaged_utf8(sample: bytes) -> bool:
    """True where broken octets stand among many more whole characters of three: other charsets hardly ever give one."""
    text = sample.decode("utf-8", "replace")
    wide = sum("\u0800" <= character < "\ufffd" for character in text)
    return wide >= 4 * text.count("\ufffd")


def _rather_gb(sample: bytes, text: str) -> bool:
    """True where valid UTF-8 is only two-octet characters, no Latin word among them, and each pair is in GB 2312."""
    if any(character >= "\u0800" for character in text) or _LATIN_WORD.search(text):
        return False
    return _share(sample, "gb18030") == 1.0


def _share(sample: bytes, name: str) -> float:
    """Share of the characters beyond ASCII that are everyday ones of charset *name*; broken octets count against it."""
    characters = [character for character in sample.decode(name, "replace") if character > "\x7f"]
    everyday = _everyday(name)
    good = sum(character in everyday for character in characters)
    return (good - 2 * characters.count("\ufffd")) / len(characters) if characters else 0.0


@cache
def _everyday(name: str) -> frozenset[str]:
    """The characters of GB 2312, or the symbols and the 5,401 frequent characters of Big5 (lead octets A1..C6)."""
    if name == "gb18030":
        leads, trails = range(0xA1, 0xF8), range(0xA1, 0xFF)
    else:
        leads, trails = range(0xA1, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF))  # type: ignore[assignment] # - a tuple iterates as well
    pairs = b"".join(bytes((lead, trail)) for lead in leads for trail in trails)
    return frozenset(pairs.decode("gb2312" if name == "gb18030" else name, "ignore"))


def _scalar(text: str) -> str:
    """Text without lone surrogates, which UTF-7 and UTF-16 can smuggle in and no file can hold."""
    return _SURROGATE.sub("\ufffd", text)
