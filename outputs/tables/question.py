"""One question for a person, and how its row names the decision.

Purpose: `Question`, made by asked.py and asked_of_activities.py, shown by questions.py; `path` and `key` for row ids.
Limits: the row id is the path of the decision, so it must not change while the question stays the same: it is made of digests of
part paths and words, never of their place in a list.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from outputs.tables.effect import Effect
from outputs.words import HANDLINGS


@dataclass(frozen=True, kw_only=True)
class Question:
    """One row of 待核事项. row: path of the decision. accessions: the mails it is about, the first one leads.

    part: path of the part that its evidence stands in, "" for the mail as a whole. choices: what the drop-down offers.
    """

    row: str
    accessions: tuple[str, ...]
    unit: str
    matter: str
    detail: str
    effect: Effect
    proposal: str = ""
    candidates: str = ""
    words: str = ""
    part: str = ""
    choices: tuple[str, ...] = HANDLINGS[""]


def path(accession: str, what: str, *about: str) -> str:
    """Row id of a question about a mail that has no answer but its handling: "2024-00012/question/unread-3f2a9c1b"."""
    return f"{accession}/question/{key(what, *about)}"


def path_of_unit(unit: str, what: str) -> str:
    """Row id of a question about a unit."""
    return f"unit/{unit}/question/{what}"


def key(what: str, *about: str) -> str:
    """A name for what is asked: *what*, and a digest of what it is about (paths and words of mails are no names)."""
    told = "\n".join(one for one in about if one)
    return f"{what}-{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}" if told else what
