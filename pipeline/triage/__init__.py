"""What a mail is for the season: a report, a correction or a supplement of one, or none of these.

Purpose: `triage` says the kind, the words it lies in, and whether a person must answer or look.
Source: dataset/README.md section E.
Limits: one mail alone is seen; which earlier mail a correction replaces is the business of relate. Words of a
correction count in the subject, in names of files, in the report's title and in the mail's own words, never in running text.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from pipeline import beijing
from pipeline.records import Kind, Reading, Segments
from pipeline.triage import words
from pipeline.triage.earlier import kind_of
from pipeline.triage.letter import SHORT_BODY, Letter, letter_of
from pipeline.triage.papers import THEME, Paper, calls_itself_plan, form, office, planned, scheme
from pipeline.triage.strangers import of_askers, of_machines, of_strangers
from pipeline.triage.verdict import MANY_NAMES, Verdict, filed, other, wrong_file
from rules import Notice

__all__ = ["Verdict", "triage"]

LONG_TEXT = 150
"""Characters from which a promised report is one, though no activity could be made out in it."""


def triage(
    reading: Reading, segments: Segments, notice: Notice, *, received: datetime | None = None
) -> Verdict:
    """Say what the mail of *reading* is for.

    Args:
        segments: what the stage before found in it; activities there speak for a report.
        notice: its title tells the organiser's own notice, which units send on or back, from a report.
        received: when the mailbox got the mail, with zone: what lies after it was not done; None: nobody knows.

    Returns:
        kind OTHER with a NEEDS_ANSWER problem where a person should write back; a submission on the strength of
        subject and body alone gets NO_REPORT, so that a person looks.
    """
    letter = letter_of(reading, segments, notice)
    arrived = beijing.day(received) if received else None
    return (
        of_machines(letter)
        or of_strangers(letter)
        or _of_papers(letter)
        or of_askers(letter)
        or _of_planners(letter, arrived, notice.year)
        or _of_units(letter)
    )


def _of_papers(letter: Letter) -> Verdict | None:
    """Files, none of which is a report: reply slips, and papers of an office attached by mistake."""
    if not letter.papers or letter.unread or (letter.told and not letter.short):
        return None
    if all(form(paper) for paper in letter.papers) and not words.SUMS_UP.search(letter.said):
        return other("回执或表格", letter)
    if all(office(paper) or form(paper) for paper in letter.papers):
        return wrong_file(letter)
    return None


def _of_planners(letter: Letter, arrived: date | None, year: int) -> Verdict | None:
    """Plans sent in advance, and whatever else tells of nothing but days to come."""
    papers = letter.papers
    if letter.unread or letter.linked or (papers and letter.told and not letter.short):
        return _scanned_plan(letter)
    if not papers and letter.body:
        papers = (Paper(name="", heads=(letter.subject,), text=letter.body),)
    if not papers or not all(planned(paper, arrived, year) for paper in papers):
        return None
    if letter.papers and words.SUMS_UP.search(letter.said) and not words.LATER_REPORT.search(letter.said):
        return wrong_file(letter)
    if letter.papers and all(map(scheme, letter.papers)) and not words.IN_ADVANCE.search(letter.said):
        return replace(filed(letter, "报来的是活动方案，没有已开展的活动，请提醒补报总结"), planned=True)
    return other("活动方案或预告", letter)


def _scanned_plan(letter: Letter) -> Verdict | None:
    """A plan of which no text could be read."""
    scans = [Paper(name="", heads=(letter.subject, part.name), text="") for part in letter.unread]
    if letter.papers or letter.activities or not scans or not all(calls_itself_plan(scan) for scan in scans):
        return None
    return other("活动方案", letter) if words.IN_ADVANCE.search(letter.said) else None


# ---------------------------------------------------------------- units


def _of_units(letter: Letter) -> Verdict:
    if letter.activities:
        return filed(letter)
    if letter.unread or letter.linked:
        return _unread(letter)
    if letter.texts:
        return _unlike(letter)
    if letter.pictures:
        return _pictures(letter)
    return _bare(letter)


def _unread(letter: Letter) -> Verdict:
    said = "\n".join((letter.said, *letter.files))
    if not (words.PROMISES.search(said) or THEME.search(said)):
        return other("无法判断", letter, "附件未能读出，标题和正文也看不出用途，请人工查看")
    names = "、".join(part.name or part.path for part in letter.unread[:MANY_NAMES]) or "网盘或超大附件"
    return filed(letter, f"“{names}”未能读出，仅凭标题和正文按报送处理，请人工查看")


def _unlike(letter: Letter) -> Verdict:
    """Files were read and tell of no activity: a plan, an old report, a form, or the wrong paper."""
    if words.TEST.search(letter.subject):
        return other("测试", letter)
    if letter.passages and kind_of(letter)[0] is Kind.SUPPLEMENT:
        return filed(letter)
    told = "\n".join(letter.texts)
    if THEME.search(told) or (len(told) >= LONG_TEXT and words.PROMISES.search(letter.said)):
        return filed(letter, "材料已读，没有发现本年度已开展的活动，请人工确认")
    if words.PROMISES.search(letter.said):
        return wrong_file(letter)
    return other("无法判断", letter, "看不出与本次活动有关，请人工查看")


def _pictures(letter: Letter) -> Verdict:
    kind, _ = kind_of(letter)
    if kind is Kind.SUPPLEMENT:
        return filed(letter)
    if words.PROMISES.search(letter.said):
        return filed(letter, "只有图片，没有读到文字报告，请人工查看")
    return other("无法判断", letter, "只有图片，看不出用途，请人工查看")


def _bare(letter: Letter) -> Verdict:
    """Words without any file."""
    kind, _ = kind_of(letter)
    if kind is Kind.CORRECTION and words.INSTEAD.search(letter.body):
        return filed(letter, "更正只写在邮件里，没有附新的报告，请人工更正")
    text = letter.said.strip()
    if words.TEST.search(letter.subject) or words.THANKS.match(letter.subject) or words.GREETING.search(text):
        return other("无需处理", letter)
    if not text:
        return other("空邮件", letter, "邮件没有内容，请联系发件人")
    if words.THANKS.match(letter.body) and len(letter.body) <= SHORT_BODY // 4:
        return other("无需处理", letter)
    if words.PROMISES.search(text) and words.ATTACHED.search(text):
        return other("漏附件", letter, "来信说有附件，但没有附件，请联系报送单位重发")
    return other("无法判断", letter, "看不出用途，请人工查看，必要时答复")
