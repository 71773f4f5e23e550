"""What a mail is for the season: a report, a correction or a supplement of one, or none of these.

Purpose: `triage` says the kind, the words it lies in, and whether a person must answer or look.
Source: dataset/README.md section E; RFC 3834 and 3464 for what machines send (`Mail.auto`).
Limits: one mail alone is seen; which earlier mail a correction replaces is the business of relate. Words of a
correction count in the subject, in names of files, in the report's title and in the mail's own words, never in running text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.records import Code, Kind, Problem, Reading, Segments
from pipeline.records import Notice as Announced
from pipeline.triage import words
from pipeline.triage.letter import Letter, letter_of
from rules import Notice

__all__ = ["Verdict", "triage"]

MAX_WORDS = 160
"""Characters of the words that decided, as they stand in the register."""
SHORT_BODY = 220
"""Characters of a body below which a question in it is what the mail is for; reports in bodies are longer."""
LONG_TEXT = 150
"""Characters from which a promised report is one, though no activity could be made out in it."""
MANY_NAMES = 3
"""Names of files that one problem lists."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one mail is for. words: those that decided. announces: it recalls or forwards another mail.

    problems: what a person must answer or look at, in Chinese.
    """

    kind: Kind
    words: str = ""
    announces: Announced | None = None
    problems: tuple[Problem, ...] = ()


def triage(reading: Reading, segments: Segments, notice: Notice) -> Verdict:
    """Say what the mail of *reading* is for.

    Args:
        segments: what the stage before found in it; activities there speak for a report.
        notice: its title tells the organiser's own notice, which units send on or back, from a report.

    Returns:
        kind OTHER with a NEEDS_ANSWER problem where a person should write back; a submission on the strength of
        subject and body alone gets NO_REPORT, so that a person looks.
    """
    letter = letter_of(reading, segments, notice)
    return _of_machines(letter) or _of_strangers(letter) or _of_askers(letter) or _of_units(letter)


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
    if sells >= 2 and not reports:
        return _other("广告", letter)
    heads = "\n".join((letter.subject, *letter.titles))
    if words.CALLS.search(heads) and not words.REPORTS.search(letter.said):
        return _other("会议或活动通知", letter)
    names = "\n".join((*letter.files, *letter.titles))
    papers = names if letter.activities else "\n".join((names, *letter.texts))
    if letter.texts and words.PAPERS.search(papers) and not words.THEME.search("\n".join(letter.texts)):
        return _wrong_file(letter)
    return None


def _other(what: str, letter: Letter, ask: str = "") -> Verdict:
    problems = (Problem(code=Code.NEEDS_ANSWER, detail=ask),) if ask else ()
    return Verdict(kind=Kind.OTHER, words=f"{what}：{letter.subject}"[:MAX_WORDS], problems=problems)


def _wrong_file(letter: Letter) -> Verdict:
    names = "、".join(letter.files[:MANY_NAMES]) or "附件"
    return _other("附件不是报告", letter, f"“{names}”不像活动总结，可能发错附件，请联系报送单位重发")


# ---------------------------------------------------------------- people who want something


def _of_askers(letter: Letter) -> Verdict | None:
    """Requests and questions; with a report in hand they are its by-the-way."""
    heads = "\n".join((letter.subject, *letter.titles))
    short = letter.light and len(letter.body) <= SHORT_BODY
    if words.EXTENSION.search(heads) or (short and words.EXTENSION.search(letter.said)):
        return _other("申请延期", letter, "来信申请延期报送，请人工答复")
    if short and words.TAKE_BACK.search(letter.said) and not words.EARLIER.search(letter.subject):
        asked = words.CORRECTS_COVER.sub("", letter.said)
        if re.search("撤回|不要采用", letter.said) or not asked.strip():
            return _other("请求撤回", letter, "来信请求撤回或作废已报材料，请人工处理并答复")
    if short and words.QUESTION.search(words.NO_QUESTION.sub("", letter.said)):
        return _other("询问", letter, "来信是询问，请人工答复")
    return None


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
    kind, decided = _kind(letter)
    return Verdict(
        kind=kind,
        words=decided[:MAX_WORDS],
        announces=Announced.FORWARD if words.FORWARDED.match(letter.subject) else None,
        problems=(Problem(code=Code.NO_REPORT, detail=missing),) if missing else (),
    )


def _unread(letter: Letter) -> Verdict:
    said = "\n".join((letter.said, *letter.files))
    if not (words.PROMISES.search(said) or words.THEME.search(said)):
        return _other("无法判断", letter, "附件未能读出，标题和正文也看不出用途，请人工查看")
    names = "、".join(part.name or part.path for part in letter.unread[:MANY_NAMES]) or "网盘或超大附件"
    return _filed(letter, f"“{names}”未能读出，仅凭标题和正文按报送处理，请人工查看")


def _unlike(letter: Letter) -> Verdict:
    """Files were read and tell of no activity: a plan, an old report, a form, or the wrong paper."""
    if words.FORMS.search("\n".join((letter.subject, *letter.titles))):
        return _other("回执或表格", letter)
    if words.TEST.search(letter.subject):
        return _other("测试", letter)
    told = "\n".join(letter.texts)
    if words.THEME.search(told) or (len(told) >= LONG_TEXT and words.PROMISES.search(letter.said)):
        return _filed(letter, "材料已读，没有发现本年度已开展的活动，请人工确认")
    if words.PROMISES.search(letter.said):
        return _wrong_file(letter)
    return _other("无法判断", letter, "看不出与本次活动有关，请人工查看")


def _pictures(letter: Letter) -> Verdict:
    kind, _ = _kind(letter)
    if kind is Kind.SUPPLEMENT:
        return _filed(letter)
    if words.PROMISES.search(letter.said):
        return _filed(letter, "只有图片，没有读到文字报告，请人工查看")
    return _other("无法判断", letter, "只有图片，看不出用途，请人工查看")


def _bare(letter: Letter) -> Verdict:
    """Words without any file."""
    kind, _ = _kind(letter)
    if kind is Kind.CORRECTION and re.search("应为|改为|更正为|误[写将填]", letter.body):
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


# ---------------------------------------------------------------- submission, correction or supplement


def _kind(letter: Letter) -> tuple[Kind, str]:
    """The kind of a report and the words it lies in, with what the mail says of an earlier one."""
    cover = [line for line in letter.cover if not words.MERELY_POLITE.search(line)]
    corrects = _first(words.CORRECTS, [letter.subject]) or _first(words.CORRECTS_TITLE, letter.titles)
    corrects = corrects or _first(words.CORRECTS_FILE, letter.files)
    adds = _first(words.SUPPLEMENTS, [letter.subject, *letter.files])
    adds = adds or _first(words.SUPPLEMENTS_TITLE, letter.titles)
    replaces = _first(words.CORRECTS_COVER, cover)
    added = _first(words.SUPPLEMENTS_COVER, [line for line in cover if not words.LATER.search(line)])
    earlier = _first(words.EARLIER, cover)
    late = _first(words.LATE, cover)
    if corrects or (replaces and not adds and not (added and not _replacing(replaces))):
        return Kind.CORRECTION, _joined(corrects or replaces, replaces, earlier)
    if (adds and not (late and not earlier)) or (added and earlier):
        return Kind.SUPPLEMENT, _joined(adds or added, earlier)
    return Kind.SUBMISSION, _joined(_first(words.PROMISES, [letter.subject, *letter.cover]))


def _replacing(line: str) -> bool:
    return re.search("为准|替换|作废|更正", line) is not None


def _first(pattern: re.Pattern[str], lines: Iterable[str]) -> str:
    return next((line for line in lines if pattern.search(line)), "")


def _joined(*lines: str) -> str:
    return "；".join(dict.fromkeys(line for line in lines if line))
