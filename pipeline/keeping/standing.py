"""Whether the tables of what was learned still say what people said: held against the log, and against later corrections.

Purpose: `unaccounted(lessons, told)`, for verify, status and check; `outdated(register, notice, lessons)`, for learn.
Source: teaching.py writes the log first, then the table; register.Register.taught words the outcome.
Limits: staff may edit the tables (rules/learned.py), so what the log does not know is a question to a person, no proof
of tampering. Who edits both tables and log is found by the chain.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from pipeline.keeping.lessons import Lesson, learned_from
from pipeline.records import Act, Correction
from pipeline.register import Register
from pipeline.review import latest
from rules import Rules, learned

TEACHING = ("teach", "unteach")
"""Actions of the log that say what was learned."""
SHOWN = 3
"""Lessons that one line names; the number says how many there are."""
_TOLD = re.compile(
    r"(?:采纳|撤回)(别名“.{1,100}?”即“.{1,100}?”|样例 \S{1,40} 类别 \d{1,3}（文字 SHA-256 [0-9a-f]{64}）)："
)


def said(lesson: Lesson) -> str:
    """Say what a lesson is, for the log: of an example the digest of its words, which stand in the table."""
    if lesson.table == learned.ALIASES:
        return f"别名“{lesson.row[1]}”即“{lesson.row[0]}”"
    report, category, text = lesson.row
    return f"样例 {report} 类别 {category}（文字 SHA-256 {hashlib.sha256(text.encode()).hexdigest()}）"


def unaccounted(lessons: Sequence[Lesson], told: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Say, a Chinese line each, what stands in the tables and not in the log, and what in the log and not in the tables.

    Args:
        told: (action, outcome) of the events "teach" and "unteach", in their order.
    """
    known, there = taught(told), {said(one) for one in lessons}
    added = [one for one in map(said, lessons) if one not in known]
    gone = [one for one in known if one not in there]
    lines = []
    if added:
        lines.append(
            f"学习表里有 {len(added)} 条日志没有记过采纳（{_named(added)}）：是手工改的表；"
            "不该有的用 shouwen learn --forget 撤回（号见 --taught）"
        )
    if gone:
        lines.append(
            f"日志记过采纳的 {len(gone)} 条不在学习表里（{_named(gone)}）：被手工删改，或写表时断电；"
            "该有的用 shouwen learn 重新采纳，或从备份取回 learned 目录；不要的重新采纳后用 --forget 撤回，日志才相符"
        )
    return tuple(lines)


def taught(told: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """What was taught and not taken back, as `said` says it, in the order in which it was taught."""
    stands: dict[str, None] = {}
    for action, outcome in told:
        hit = _TOLD.match(outcome)
        if hit and action == "teach":
            stands[hit[1]] = None
        elif hit:
            stands.pop(hit[1], None)
    return tuple(stands)


def outdated(
    register: Register, notice: Rules, lessons: Sequence[Lesson]
) -> tuple[tuple[int, Correction], ...]:
    """The numbers (from 1) of *lessons* whose correction was corrected itself or undone, with what was said last.

    One that another correction still speaks for is not among them.
    """
    corrections = register.corrections()
    counts = latest(corrections)
    last = {(one.accession, one.field): one for one in corrections if one.act is not Act.SIGN}
    taught_by = [(one, lesson) for one in corrections for lesson, _ in learned_from(one, register, notice)]
    supported = {lesson for one, lesson in taught_by if counts.get((one.accession, one.field)) is one}
    origin = {lesson: last[one.accession, one.field] for one, lesson in taught_by if lesson not in supported}
    return tuple((number, origin[one]) for number, one in enumerate(lessons, 1) if one in origin)


def _named(those: Sequence[str]) -> str:
    short = [re.sub(r"（文字 SHA-256 ([0-9a-f]{8})[0-9a-f]+）", r"（文字摘要 \1…）", one) for one in those]
    return "、".join(short[:SHOWN]) + (" 等" if len(short) > SHOWN else "")
