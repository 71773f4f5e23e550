"""What triage answers, and the three answers that it gives most.

Purpose: `Verdict`; `other` for what is no submission, `wrong_file` where another paper was attached, `filed` for a submission,
correction or supplement. Limits: the words that decided are cut at MAX_WORDS.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.records import Code, Kind, Problem
from pipeline.records import Notice as Announced
from pipeline.triage import words
from pipeline.triage.earlier import kind_of
from pipeline.triage.letter import Letter

MAX_WORDS = 160
"""Characters of the words that decided, as they stand in the register."""
MANY_NAMES = 3
"""Names of files that one problem lists."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one mail is for. words: those that decided. announces: it recalls or forwards another mail.

    problems: what a person must answer or look at, in Chinese. planned: it brings a plan, none of whose items was held.
    """

    kind: Kind
    words: str = ""
    announces: Announced | None = None
    problems: tuple[Problem, ...] = ()
    planned: bool = False


def other(what: str, letter: Letter, ask: str = "") -> Verdict:
    """No submission. what: Chinese, what it is. ask: what a person should do, "" where nothing."""
    problems = (Problem(code=Code.NEEDS_ANSWER, detail=ask),) if ask else ()
    return Verdict(kind=Kind.OTHER, words=f"{what}：{letter.subject}"[:MAX_WORDS], problems=problems)


def wrong_file(letter: Letter) -> Verdict:
    """A report was meant, another paper was attached: the unit must send again."""
    names = "、".join(letter.files[:MANY_NAMES]) or "附件"
    return other("附件不是报告", letter, f"“{names}”不像活动总结，可能发错附件，请联系报送单位重发")


def filed(letter: Letter, missing: str = "") -> Verdict:
    """A submission, correction or supplement. missing: why no activity was read, Chinese."""
    kind, decided = kind_of(letter)
    decided = decided or next(
        (line for line in (letter.subject, *letter.cover) if words.PROMISES.search(line)), ""
    )
    return Verdict(
        kind=kind,
        words=decided[:MAX_WORDS],
        announces=Announced.FORWARD if words.FORWARDED.match(letter.subject) else None,
        problems=(Problem(code=Code.NO_REPORT, detail=missing),) if missing else (),
    )
