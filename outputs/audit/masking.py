"""Personal data masked in the middle: what leaves for people who need the facts and not the persons.

Purpose: `text`, `person`, `persons`, `named`, `event`, `item_row`, `correction_row`; pure. What a masked copy keeps is
still a whole chain, for the chain covers a salted digest of an event's words; the salt goes where the words change, so
that nobody can try numbers until the digest fits.
Source: 个人信息保护法 articles 6 and 51 (least necessary, de-identified); GB/T 35273-2020; GB 11643 (ID numbers).
Limits: knows numbers and addresses by their shape, and persons only where a field of the log is a person's name: anybody
else's name inside a sentence, a QQ or WeChat number or a local part in Chinese stays. Digests of rows have no salt: where
a row's digest covers words that change by masking, the words are left out as a whole, in the row and in its event. What
is short can be tried against such a digest all the same: the surname is shown, and a given name of one or two characters
is found in the digest of a correction within seconds, with no list of the clerks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from pipeline.records import Event

Row = Mapping[str, str | int | None]
"""One row of the register as it is digested."""

WITHHELD = "（含个人信息，未列出；--full 的副本里有）"
"""Stands for words that a digest without salt covers."""
STAR = "＊＊"
MACHINE = re.compile(r"shouwen v\d+")
"""The actor of what no person did (pipeline/register/step.py)."""
UNSALTED = ("hold", "dismiss", "correct", "undo", "sign", "attach")
"""Actions whose words stand in the row that they write, whose digest has no salt."""
PLACED = ("capture", "sight", "vanish", "reappear")
"""Actions whose detail is a place in the collection mailbox, which is the notice's and no person's."""
CONTACT = "contact"
"""The field of a correction that is a person and a telephone number."""

_PLAIN = str.maketrans("０１２３４５６７８９＋－—＠．（）　", "0123456789+--@.() ")
"""One character for one, so that what is found in plain text stands at the same place in the text as written."""
_GAP = r"[ .-]?"
_ALONE = r"(?<![0-9A-Za-z])(?<!UID )(?<!UIDVALIDITY )"
"""A number begins here, and it is neither part of a digest nor a number that a mail server gave."""
_END = r"(?![0-9A-Za-z])"
_STATE = r"(?:(?:\+|00)?86[ -]{0,2})"
_ADDRESS = re.compile(r"[A-Za-z0-9._%+'-]+@[\w-]+(?:\.[\w-]+)*")
_LONG = re.compile(
    rf"{_ALONE}(?:\d{{6}}[ -]?\d{{8}}[ -]?\d{{3}}[\dXx]|(?:\d{{4}}[ -]?){{3}}\d{{3,4}}(?:[ -]?\d{{1,3}})?){_END}"
)
"""18 and 15 digits of ID cards, 16 to 19 of bank cards."""
_MOBILE = re.compile(rf"{_ALONE}{_STATE}?1[3-9]\d(?:{_GAP}\d){{8}}{_END}")
_LANDLINE = re.compile(
    rf"{_ALONE}(?:{_STATE}?\(?(0(?:10|2\d|[3-9]\d\d))\)?|{_STATE}\(?(10|2\d|[3-9]\d\d)\)?)"
    rf"[ -]{{0,2}}([2-9]\d{{2,3}}[ -]?\d{{4}}){_END}"
)
"""Area code with or without its 0, then 7 or 8 digits."""
_TOLD = re.compile(
    rf"((?i:座机|电话|固话|tel)[号码是为]{{0,2}}[:：.]?\s{{0,2}})([2-9]\d{{2,3}}[ -]?\d{{4}}){_END}"
)
"""A word for telephone, then 7 or 8 digits without an area code."""


def text(words: str) -> str:
    """Mask telephone numbers, ID and bank cards and e-mail addresses in *words*; the rest stays as it is."""
    for pattern, masked in _SHAPES:
        words = _replaced(words, pattern, masked)
    return words


def person(name: str) -> str:
    """Mask the name of a person but for its first character; the machine's own name and "" stay."""
    name = name.strip()
    return name if not name or MACHINE.fullmatch(name) else name[0] + STAR


def persons(events: Iterable[Event]) -> tuple[str, ...]:
    """The people who stand as actor in the log, the longest name first."""
    names = {event.actor.strip() for event in events if person(event.actor) != event.actor}
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


def named(words: str, names: Collection[str]) -> str:
    """Mask each of *names* wherever *words* hold it; a name in Latin letters only where it is a word of its own.

    A name of one character is no name to look for: it is part of too many words.
    """
    for name in sorted(names, key=len, reverse=True):
        if len(name) > 1:
            words = re.sub(
                rf"{_ALONE}{re.escape(name)}{_END}" if name.isascii() else re.escape(name),
                person(name),
                words,
            )
    return words


def withheld(words: str, names: Collection[str]) -> str:
    """Give *words* as they are, or WITHHELD where they name one of *names* or hold what `text` masks."""
    return words if text(named(words, names)) == words else WITHHELD


def event(told: Event, names: Collection[str] = ()) -> Event:
    """Mask the words of an event; its salt becomes "" where they change, all else stays.

    Args:
        names: people of the whole log (`persons`), whose names are masked in what others wrote too.
    """
    actor = person(told.actor)
    who = {*names, told.actor} if actor != told.actor else names
    outcome, detail = (text(named(words, who)) for words in (told.outcome, told.detail))
    if told.action in PLACED:
        detail = told.detail
    if told.action in UNSALTED:
        outcome, detail = withheld(told.outcome, who), withheld(told.detail, who)
    if detail and told.outcome.startswith(f"更正 {CONTACT}：") and told.action == "correct":
        detail = WITHHELD
    if (actor, outcome, detail) == (told.actor, told.outcome, told.detail):
        return told
    return replace(told, actor=actor, outcome=outcome, detail=detail, salt="")


def item_row(row: Row, names: Collection[str]) -> dict[str, str | int | bool | None]:
    """Keep a row of items whose reason names nobody; of another only what cannot be altered unseen.

    Args:
        row: as it is digested.
        names: people of the log.
    """
    if withheld(str(row["reason"]), names) == row["reason"]:
        return {**row}
    return {**_bare(row), "sha256": row["sha256"]}


def correction_row(row: Row) -> dict[str, str | int | bool | None]:
    """Keep only what cannot be altered unseen: every correction has a person; field, values and reason stand in the log."""
    return _bare(row)


def _bare(row: Row) -> dict[str, str | int | bool | None]:
    """Accession and digest, which must be that of the log: other fields could not be checked without what is masked."""
    return {"accession": row["accession"], "digest": row["digest"], "masked": True}


def _replaced(words: str, pattern: re.Pattern[str], masked: Callable[[re.Match[str]], str]) -> str:
    """Replace each hit of *pattern*; looked for in plain characters, cut out of the words as written."""
    found, done = "", 0
    for hit in pattern.finditer(words.translate(_PLAIN)):
        found += words[done : hit.start()] + masked(hit)
        done = hit.end()
    return found + words[done:]


def _address(hit: re.Match[str]) -> str:
    local, _, domain = hit.group().partition("@")
    return f"{local[0]}***@{domain}"


def _long(hit: re.Match[str]) -> str:
    digits = re.sub(r"[ -]", "", hit.group())
    return digits[:4] + "*" * (len(digits) - 8) + digits[-4:]


def _mobile(hit: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", hit.group())[-11:]
    return f"{digits[:3]}****{digits[-4:]}"


def _landline(hit: re.Match[str]) -> str:
    area = hit.group(1) or f"0{hit.group(2)}"
    local = re.sub(r"\D", "", hit.group(3))
    return f"{area}-{'*' * (len(local) - 4)}{local[-4:]}"


def _told(hit: re.Match[str]) -> str:
    local = re.sub(r"\D", "", hit.group(2))
    return f"{hit.group(1)}{'*' * (len(local) - 4)}{local[-4:]}"


_SHAPES = (
    (_ADDRESS, _address),
    (_MOBILE, _mobile),
    (_LANDLINE, _landline),
    (_TOLD, _told),
    (_LONG, _long),
)
"""What is looked for, in this order."""
