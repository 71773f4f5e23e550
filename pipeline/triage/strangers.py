"""Mails that no unit sent as its report: those of machines, of strangers, and of people who want something.

Purpose: `of_machines` (recalls, bounces, automatic answers), `of_strangers` (newsletters, advertisements, phishing, calls to
meetings) and `of_askers` (requests, questions) give a verdict, or None where the mail is none of these.
Source: dataset/README.md section E; RFC 3834 and 3464 (`Mail.auto`).
Limits: with a report in hand, a question or a price is its by-the-way.
"""

from __future__ import annotations

import re

from pipeline.records import Kind
from pipeline.records import Notice as Announced
from pipeline.triage import words
from pipeline.triage.letter import Letter
from pipeline.triage.verdict import MAX_WORDS, Verdict, other

PLAIN_SALE = 4
"""Different words of sellers in a mail's own lines that no promise of a report outweighs."""
ASKS = 0.3
"""Share of a letter's sentences from which asking is what it is for."""


# ---------------------------------------------------------------- machines and strangers


def of_machines(letter: Letter) -> Verdict | None:
    """Recalls, bounces, automatic answers, receipts."""
    bare = letter.light and not letter.activities
    if words.RECALL.search(letter.subject) or (bare and words.RECALL.search(letter.body)):
        return Verdict(kind=Kind.OTHER, words=letter.subject[:MAX_WORDS], announces=Announced.RECALL)
    if (
        letter.auto == "bounce"
        or words.POSTMASTER.match(letter.sender)
        or words.BOUNCE.search(letter.subject)
    ):
        return other("退信", letter)
    if words.AUTOMATIC.search(letter.subject) or words.RECEIPT.match(letter.subject):
        return other("自动回复", letter)
    if bare and (letter.auto == "auto-submitted" or words.AUTOMATIC.search(letter.body)):
        return other("自动回复", letter)
    return None


def of_strangers(letter: Letter) -> Verdict | None:
    """Newsletters, advertisements, phishing, calls to meetings, and papers attached by mistake."""
    searched = letter.said if letter.activities else "\n".join((letter.said, *letter.texts))
    counts = [len(set(one.findall(searched))) for one in (words.NEWS, words.PHISHES, words.SELLS)]
    news, phishes, sells = counts
    reports = words.REPORTS.search(letter.said) if letter.activities else None
    if news >= 2 or (news and (letter.auto in ("list", "precedence") or not reports)):
        return other("订阅或推送", letter)
    if phishes >= 2 and not reports:
        return other("疑似诈骗", letter)
    if sells >= PLAIN_SALE or (sells >= 2 and not reports):
        return other("广告", letter)
    heads = "\n".join((letter.subject, *letter.titles))
    if words.CALLS.search(heads) and not words.REPORTS.search(letter.said):
        return other("会议或活动通知", letter)
    return None


# ---------------------------------------------------------------- people who want something


def of_askers(letter: Letter) -> Verdict | None:
    """Requests and questions; with a report in hand they are its by-the-way."""
    if (
        letter.light
        and letter.short
        and (words.THANKS.match(letter.subject) or words.ABSENT.search(letter.said))
    ):
        return other("无需处理", letter)
    lines = letter.said if letter.light else "\n".join((letter.subject, *letter.titles))
    if words.EXTENSION.search(lines) and (letter.short or not letter.activities):
        return other("申请延期", letter, "来信申请延期报送，请人工答复")
    if letter.light and words.TAKE_BACK.search(letter.said) and not words.INSTEAD.search(letter.said):
        return other("请求撤回", letter, "来信请求撤回或作废已报材料，请人工处理并答复")
    if letter.light and _asks(letter):
        return other("询问", letter, "来信是询问，请人工答复")
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
