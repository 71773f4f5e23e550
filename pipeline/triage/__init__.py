"""What a mail is for the season: a report, a correction or a supplement of one, or none of these.

Purpose: `triage` says the kind, the words it lies in, and whether a person must answer or look.
Source: dataset/README.md section E; RFC 3834 and 3464 for what machines send (`Mail.auto`).
Limits: one mail alone is seen; which earlier mail a correction replaces is the business of relate. Words of a
correction count in the subject, in names of files, in the report's title and in the mail's own words, never in running text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone

from pipeline.records import Code, Kind, Problem, Reading, Segments
from pipeline.records import Notice as Announced
from pipeline.triage import words
from pipeline.triage.earlier import kind_of
from pipeline.triage.letter import SHORT_BODY, Letter, letter_of
from pipeline.triage.papers import THEME, Paper, calls_itself_plan, form, office, planned, scheme
from rules import Notice

__all__ = ["Verdict", "triage"]

MAX_WORDS = 160
"""Characters of the words that decided, as they stand in the register."""
LONG_TEXT = 150
"""Characters from which a promised report is one, though no activity could be made out in it."""
BEIJING = timezone(timedelta(hours=8))
PLAIN_SALE = 4
"""Different words of sellers in a mail's own lines that no promise of a report outweighs."""
ASKS = 0.3
"""Share of a letter's sentences from which asking is what it is for."""
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
    arrived = received.astimezone(BEIJING).date() if received else None
    return (
        _of_machines(letter)
        or _of_strangers(letter)
        or _of_papers(letter)
        or _of_askers(letter)
        or _of_planners(letter, arrived, notice.year)
        or _of_units(letter)
    )


# ---------------------------------------------------------------- machines and strangers


def _of_machines(letter: Letter) -> Verdict | None:
    bare = letter.light and not letter.activities
    if words.RECALL.search(letter.subject) or (bare and words.RECALL.search(letter.body)):
        return Verdict(kind=Kind.OTHER, words=letter.subject[:MAX_WORDS], announces=Announced.RECALL)
    if (
        letter.auto == "bounce"
        or words.POSTMASTER.match(letter.sender)
        or words.BOUNCE.search(letter.subject)
    ):
        return _other("退信", letter)
    if words.AUTOMATIC.search(letter.subject) or words.RECEIPT.match(letter.subject):
        return _other("自动回复", letter)
    if bare and (letter.auto == "auto-submitted" or words.AUTOMATIC.search(letter.body)):
        return _other("自动回复", letter)
    return None


def _of_strangers(letter: Letter) -> Verdict | None:
    """Newsletters, advertisements, phishing, calls to meetings, and papers attached by mistake."""
    searched = letter.said if letter.activities else "\n".join((letter.said, *letter.texts))
    counts = [len(set(one.findall(searched))) for one in (words.NEWS, words.PHISHES, words.SELLS)]
    news, phishes, sells = counts
    reports = words.REPORTS.search(letter.said) if letter.activities else None
    if news >= 2 or (news and (letter.auto in ("list", "precedence") or not reports)):
        return _other("订阅或推送", letter)
    if phishes >= 2 and not reports:
        return _other("疑似诈骗", letter)
    if sells >= PLAIN_SALE or (sells >= 2 and not reports):
        return _other("广告", letter)
    heads = "\n".join((letter.subject, *letter.titles))
    if words.CALLS.search(heads) and not words.REPORTS.search(letter.said):
        return _other("会议或活动通知", letter)
    return None


def _of_papers(letter: Letter) -> Verdict | None:
    """Files, none of which is a report: reply slips, and papers of an office attached by mistake."""
    if not letter.papers or letter.unread or (letter.told and not letter.short):
        return None
    if all(form(paper) for paper in letter.papers) and not words.SUMS_UP.search(letter.said):
        return _other("回执或表格", letter)
    if all(office(paper) or form(paper) for paper in letter.papers):
        return _wrong_file(letter)
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
        return _wrong_file(letter)
    if letter.papers and all(map(scheme, letter.papers)) and not words.IN_ADVANCE.search(letter.said):
        return replace(_filed(letter, "报来的是活动方案，没有已开展的活动，请提醒补报总结"), planned=True)
    return _other("活动方案或预告", letter)


def _scanned_plan(letter: Letter) -> Verdict | None:
    """A plan of which no text could be read."""
    scans = [Paper(name="", heads=(letter.subject, part.name), text="") for part in letter.unread]
    if letter.papers or letter.activities or not scans or not all(calls_itself_plan(scan) for scan in scans):
        return None
    return _other("活动方案", letter) if words.IN_ADVANCE.search(letter.said) else None


def _other(what: str, letter: Letter, ask: str = "") -> Verdict:
    problems = (Problem(code=Code.NEEDS_ANSWER, detail=ask),) if ask else ()
    return Verdict(kind=Kind.OTHER, words=f"{what}：{letter.subject}"[:MAX_WORDS], problems=problems)


def _wrong_file(letter: Letter) -> Verdict:
    names = "、".join(letter.files[:MANY_NAMES]) or "附件"
    return _other("附件不是报告", letter, f"“{names}”不像活动总结，可能发错附件，请联系报送单位重发")


# ---------------------------------------------------------------- people who want something


def _of_askers(letter: Letter) -> Verdict | None:
    """Requests and questions; with a report in hand they are its by-the-way."""
    if (
        letter.light
        and letter.short
        and (words.THANKS.match(letter.subject) or words.ABSENT.search(letter.said))
    ):
        return _other("无需处理", letter)
    lines = letter.said if letter.light else "\n".join((letter.subject, *letter.titles))
    if words.EXTENSION.search(lines) and (letter.short or not letter.activities):
        return _other("申请延期", letter, "来信申请延期报送，请人工答复")
    if letter.light and words.TAKE_BACK.search(letter.said) and not words.INSTEAD.search(letter.said):
        return _other("请求撤回", letter, "来信请求撤回或作废已报材料，请人工处理并答复")
    if letter.light and _asks(letter):
        return _other("询问", letter, "来信是询问，请人工答复")
    return None


def _asks(letter: Letter) -> bool:
    """Is asking what the letter is for, and no by-the-way of a report that stands in it?"""
    body = words.NO_QUESTION.sub("", letter.body)
    if not words.QUESTION.search("\n".join((letter.subject, body))):
        return False
    sentences = [one for one in re.split("(?<=[。!?;\n])", body) if len(one) > 3]
    asked = sum(words.ASKS.search(one) is not None for one in sentences)
    about = words.ASKS.search(letter.subject) and not words.SUMS_UP.search(letter.subject)
    return bool(about or not letter.activities or asked > ASKS * len(sentences))


# ---------------------------------------------------------------- units


def _of_units(letter: Letter) -> Verdict:
    if letter.activities:
        return _filed(letter)
    if letter.unread or letter.linked:
        return _unread(letter)
    if letter.texts:
        return _unlike(letter)
    if letter.pictures:
        return _pictures(letter)
    return _bare(letter)


def _filed(letter: Letter, missing: str = "") -> Verdict:
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


def _unread(letter: Letter) -> Verdict:
    said = "\n".join((letter.said, *letter.files))
    if not (words.PROMISES.search(said) or THEME.search(said)):
        return _other("无法判断", letter, "附件未能读出，标题和正文也看不出用途，请人工查看")
    names = "、".join(part.name or part.path for part in letter.unread[:MANY_NAMES]) or "网盘或超大附件"
    return _filed(letter, f"“{names}”未能读出，仅凭标题和正文按报送处理，请人工查看")


def _unlike(letter: Letter) -> Verdict:
    """Files were read and tell of no activity: a plan, an old report, a form, or the wrong paper."""
    if words.TEST.search(letter.subject):
        return _other("测试", letter)
    told = "\n".join(letter.texts)
    if THEME.search(told) or (len(told) >= LONG_TEXT and words.PROMISES.search(letter.said)):
        return _filed(letter, "材料已读，没有发现本年度已开展的活动，请人工确认")
    if words.PROMISES.search(letter.said):
        return _wrong_file(letter)
    return _other("无法判断", letter, "看不出与本次活动有关，请人工查看")


def _pictures(letter: Letter) -> Verdict:
    kind, _ = kind_of(letter)
    if kind is Kind.SUPPLEMENT:
        return _filed(letter)
    if words.PROMISES.search(letter.said):
        return _filed(letter, "只有图片，没有读到文字报告，请人工查看")
    return _other("无法判断", letter, "只有图片，看不出用途，请人工查看")


def _bare(letter: Letter) -> Verdict:
    """Words without any file."""
    kind, _ = kind_of(letter)
    if kind is Kind.CORRECTION and words.INSTEAD.search(letter.body):
        return _filed(letter, "更正只写在邮件里，没有附新的报告，请人工更正")
    text = letter.said.strip()
    if words.TEST.search(letter.subject) or words.THANKS.match(letter.subject) or words.GREETING.search(text):
        return _other("无需处理", letter)
    if not text:
        return _other("空邮件", letter, "邮件没有内容，请联系发件人")
    if words.THANKS.match(letter.body) and len(letter.body) <= SHORT_BODY // 4:
        return _other("无需处理", letter)
    if words.PROMISES.search(text) and words.ATTACHED.search(text):
        return _other("漏附件", letter, "来信说有附件，但没有附件，请联系报送单位重发")
    return _other("无法判断", letter, "看不出用途，请人工查看，必要时答复")
