"""One reading of a count: its noun and its clause, as the rules of the roles see it.

Purpose: who is counted (the noun at the count), and the three things asked of the clause by most rules.
Limits: a clause is read without its grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.figures import phrases
from pipeline.figures.heads import Count
from pipeline.figures.persons import CLASSES, PERSON

NOUNS = re.compile(
    rf"{PERSON}(?:[和及与兼]?(?:[^\s着了过在把给为向对跟到去往赴进带领陪请帮教讲看听]{{0,3}}?)??{PERSON})*"
)
ENDING = re.compile(rf"({PERSON})(?:们|等|共计?|合计|总共|一共|约|近|有|达|各|\s)*$")


_CLASSES = tuple((name, re.compile(rf"{nouns}们?$")) for name, nouns in CLASSES)
_VISITED = re.compile(rf"(?:{phrases.VISITED})[^，。]*$")
_ATTEND = re.compile(phrases.ATTEND)

PASSES = ("人次", "人/次", "人·次")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A count with the class of its noun ("" if there is none), as the rules see it. noun: as written, "" if none."""

    count: Count
    who: str
    noun: str = ""

    @property
    def clause(self) -> str:
        """The clause without the number."""
        return f"{self.count.before}|{self.count.after}"


def reading(count: Count) -> Reading:
    """Find the noun of *count*: right before the number (“师生510人”), else the first one behind it (“38名技工”)."""
    before = ENDING.search(count.before)
    after = (
        None if count.counter in ("人", "余人", "人次", "号人") and before else NOUNS.search(count.after[:24])
    )
    trailing = count.counter in ("人", "余人", "人次", "号人", "") or not after
    phrase = before[1] if before and (trailing or after is None) else after.group() if after else ""
    return Reading(count=count, who=_class(phrase), noun=phrase)


def _class(phrase: str) -> str:
    return next((name for name, nouns in _CLASSES if nouns.search(phrase)), "") if phrase else ""


def performing(count: Count) -> bool:
    """Whether *count* is of contestants, who in a contest of telling or acting perform for those who came."""
    return bool(phrases.CONTESTANT.search(reading(count).noun))


def visited(read: Reading) -> bool:
    """Somebody came to them."""
    return bool(_VISITED.search(read.count.before))


def attending(words: str) -> bool:
    """Whether *words* hold a verb of taking part."""
    return bool(_ATTEND.search(words))


def receiving(read: Reading) -> bool:
    """“给86名骨干上党课”: the count is the one to whom it is done."""
    return bool(phrases.GIVEN.search(read.count.before))
