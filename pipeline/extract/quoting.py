"""What in a mail's body is not the sender's own text: quoted mails, forwarded chains, cards of oversize attachments.

Purpose: `set_aside()` marks the paragraphs of a body; used for plain text and HTML alike. A report that is forwarded under a
short note is the sender's text all the same, and is left unmarked.
Source: the separators of QQ, Foxmail, NetEase, Coremail, Outlook, Thunderbird, Gmail, Apple and phones; their cards of
超大附件 and the share texts of cloud disks.
Limits: below a separator everything is quoted (people answer above), but for what stands apart below lines with ">";
signature lines stay. Which mail is a forward is known from its subject or from the separator's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.extract.shape import Paragraph
from pipeline.records import Aside

HEADER_WITHIN = 5
"""Lines within which the headers of a quoted mail follow each other."""
HEADER_LINES = 12
"""Lines of header at the top of a quoted mail, blank ones too."""
NOTE = 200
"""Characters of the sender's own text up to which it only goes with what is forwarded; a report has more."""
FORWARDED = 100
"""Characters from which a forwarded text is a report; notes that are passed on ("请审定后报送") are shorter."""

_MARKED = r"^[>|\s*]*+"
_NAMES = (
    r"原始邮件|原始信息|原始郵件|原邮件|回复的?原?邮件|转发的?邮件(?:信息)?|转发信息|转寄的?邮件|轉寄郵件|邮件原件|"
    r"original(?: message)?|forwarded message|forwarded by .{1,80}?|begin forwarded message"
)
_SEPARATOR = re.compile(
    rf"{_MARKED}(?:[-—–_=]{{2,}}\s*(?:{_NAMES})\s*[-—–_=]{{2,}}"
    r"|(?:原始邮件|开始转发的?邮件|被转发的邮件|已转发邮件|begin forwarded message)\s*[：:]?\s*$)",
    re.IGNORECASE,
)
_RULE = re.compile(r"[>\s]*+[-—–_=]{8,200}")
_FORWARDS = re.compile(r"转发|转寄|轉寄|forwarded", re.IGNORECASE)
_WROTE = re.compile(
    rf"{_MARKED}(?:(?:在|于|on\b|at\b)\s?.{{4,200}}|.{{1,120}}于\s?\d{{4}}年.{{4,60}})(?:写道|寫道|写到|写|wrote)\s*[：:]\s*$",
    re.IGNORECASE,
)
_MOMENT = re.compile(
    r"@|\d{1,2}[:：]\d{2}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}/\d{1,2}/\d{2}|\bon\b.*\d", re.IGNORECASE
)
"""A report says "在信里写道：" too, but names no address and no minute."""
_WRAPPED = re.compile(rf"{_MARKED}(?:(?:在|于|on|at)\s.*\d|.{{1,120}}于\s?\d{{4}}年)", re.IGNORECASE)
_FROM = re.compile(
    rf"{_MARKED}(?:发\s*件\s*人|寄件人|寄件者|from)\s*\*?\s*[：:|\t]\s*\*?\s*\S", re.IGNORECASE
)
_SENT = re.compile(
    rf"{_MARKED}(?:发送时间|发送日期|傳送日期|日\s*期|时\s*间|sent|date|收\s*件\s*人|收件者|to|主\s*题|主旨|subject)\s*\*?\s*[：:|\t]",
    re.IGNORECASE,
)
_HEADER = re.compile(
    rf"{_MARKED}(?:抄\s*送|密\s*送|副本|回复|附\s*件|cc|bcc|reply-to|attachments?)\s*\*?\s*[：:|\t]",
    re.IGNORECASE,
)
_SUBJECT = re.compile(rf"{_MARKED}(?:主\s*题|主旨|subject)\s*\*?\s*[：:|\t]\s*(.*)", re.IGNORECASE)
_NOTICE = re.compile(r"通知|来函|的函|公告|催报|催一下")
_TO_ALL = re.compile(r"^[>\s]*各.{0,16}(?:科协|科技局|学会|协会|单位|部门)")
_CARD = re.compile(
    r"发来的超大附件|超大附件|^云附件|^大附件|文件中转站|通过(?:百度)?网盘分享(?:的|给)|来自百度网盘|的分享$|进入下载页面|"
    r"^(?:下载)?链接\s*[：:]?\s*https?://|^提取码\s*[：:]|^访问码\s*[：:]|复制这段内容|打开.{0,6}网盘.{0,8}(?:APP|客户端|即可)",
    re.IGNORECASE,
)
_CARD_LINE = re.compile(
    r"[(（]\s*\d+(?:\.\d+)?\s*[KMGT]i?B?\s*[,，)）]|[到过]期(?:时间.{0,20})?\s*[)）]?$|有效期|剩余\s?\d+\s?天|^https?://\S+$"
    r"|^[A-Za-z0-9]{4,}$|^(?:点击|立即)?(?:下载|查看|打开)\S{0,4}$|^\S{1,80}\.(?:zip|rar|7z|pdf|docx?|pptx?|mp4|mov)$",
    re.IGNORECASE,
)


def set_aside(lines: Sequence[Paragraph], *, forwarded: bool = False) -> list[Paragraph]:
    """Mark quoted mails (Aside.QUOTED) and cards of linked attachments (Aside.LINK_CARD).

    Args:
        forwarded: the mail's subject says that it passes another one on; then a report quoted in it is not marked.
    """
    marked = list(_quoted(lines))
    own = sum(len(line.text.strip()) for line in marked if line.aside is None)
    if own <= NOTE and (forwarded or any(_forwards(line.text) for line in marked)):
        marked = _adopted(marked)
    return _cards(marked)


def _quoted(lines: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """Mark what is quoted: below a separator all, below "… 写道：" as long as the lines are marked as quoted."""
    below = answered = False
    for place, line in enumerate(lines):
        if not below and _begins_quote(lines, place):
            below = True
            answered = bool(_WROTE.match(_joined(lines, place))) and _is_marked(lines, place + 1)
        elif answered and line.text.strip() and not _marks(line) and _stands_apart(lines, place):
            below, answered = _begins_quote(lines, place), False
        quoted = below or line.text.strip().startswith(">")
        yield replace(line, aside=line.aside or Aside.QUOTED) if quoted else line


def _begins_quote(lines: Sequence[Paragraph], place: int) -> bool:
    text = lines[place].text.strip()
    if _SEPARATOR.match(text):
        return True
    if _RULE.fullmatch(text) and place + 1 < len(lines):
        return bool(_FROM.match(lines[place + 1].text.strip())) and _begins_quote(lines, place + 1)
    joined = _joined(lines, place)
    if _WROTE.match(joined) and _MOMENT.search(joined):
        return True
    following = (line.text.strip() for line in lines[place + 1 : place + HEADER_WITHIN])
    return bool(_FROM.match(text)) and any(_SENT.match(line) for line in following)


def _joined(lines: Sequence[Paragraph], place: int) -> str:
    """The line at *place*; with the next one where a program wrapped "… 写道：" there."""
    text = lines[place].text.strip()
    if (
        _WRAPPED.match(text)
        and not text.endswith((":", "："))
        and len(text) <= NOTE
        and place + 1 < len(lines)
    ):
        return f"{text} {lines[place + 1].text.strip()}"
    return text


def _marks(line: Paragraph) -> bool:
    return line.text.lstrip().startswith(">") or line.aside is Aside.QUOTED


def _is_marked(lines: Sequence[Paragraph], place: int) -> bool:
    """Say whether the first or second line with text from *place* on is marked as quoted."""
    with_text = [line for line in lines[place : place + HEADER_WITHIN] if line.text.strip()]
    return any(_marks(line) for line in with_text[:2])


def _stands_apart(lines: Sequence[Paragraph], place: int) -> bool:
    """Say whether a line after quoted ones is no rest of them: a blank line before it, or elements tell them apart."""
    before = lines[place - 1]
    return not before.text.strip() or before.aside is Aside.QUOTED


# ---------------------------------------------------------------- forwarded reports


def _forwards(text: str) -> bool:
    return bool(_SEPARATOR.match(text.strip()) and _FORWARDS.search(text))


def _adopted(lines: list[Paragraph]) -> list[Paragraph]:
    """Take the mark from the first quoted mail that is long enough for a report and no notice; its header keeps it."""
    for start, end in _mails(lines):
        first = _after_header(lines, start, end)
        content = [line for line in lines[first:end] if line.aside is Aside.QUOTED]
        if sum(len(line.text.strip(" >")) for line in content) < FORWARDED:
            continue
        if not _is_notice(lines, start, first, end):
            own = [_unmarked(line) for line in lines[first:end]]
            return [*lines[:first], *own, *lines[end:]]
        return lines
    return lines


def _mails(lines: Sequence[Paragraph]) -> Iterator[tuple[int, int]]:
    """Where each quoted mail begins and ends: at the first marked line, and at every separator below it."""
    marked = [place for place, line in enumerate(lines) if line.aside is Aside.QUOTED]
    if not marked:
        return
    starts = [marked[0]]
    for place in marked[1:]:
        within_header = place - starts[-1] < HEADER_WITHIN and not _SEPARATOR.match(lines[place].text.strip())
        if _begins_quote(lines, place) and not within_header:
            starts.append(place)
    yield from zip(starts, [*starts[1:], marked[-1] + 1], strict=True)


def _after_header(lines: Sequence[Paragraph], start: int, end: int) -> int:
    """Where the text of the quoted mail at *start* begins: after its separator and its header."""
    first = start
    for place in range(start, min(end, start + HEADER_LINES)):
        text = lines[place].text.strip()
        header = _FROM.match(text) or _SENT.match(text) or _HEADER.match(text)
        if header or (place == start and _begins_quote(lines, place)):
            first = place + 1
        elif text.strip("> "):
            break
    return first


def _is_notice(lines: Sequence[Paragraph], start: int, first: int, end: int) -> bool:
    """Say whether a quoted mail is a notice or a reminder of somebody above, which units send on or back."""
    subjects = [found[1] for line in lines[start:first] if (found := _SUBJECT.match(line.text.strip()))]
    if any(_NOTICE.search(subject) for subject in subjects):
        return True
    opening = [line.text.strip() for line in lines[first:end] if line.text.strip("> ")][:3]
    return any(_TO_ALL.match(text) for text in opening)


def _unmarked(line: Paragraph) -> Paragraph:
    if line.aside is not Aside.QUOTED:
        return line
    return replace(line, aside=None, text=re.sub(r"^\s*>\s?", "", line.text))


# ---------------------------------------------------------------- cards


def _cards(lines: Sequence[Paragraph]) -> list[Paragraph]:
    found: list[Paragraph] = []
    inside = False
    for line in lines:
        text = line.text.strip()
        begins = bool(_CARD.search(text)) and len(text) <= 400
        inside = line.aside is not Aside.QUOTED and (begins or (inside and bool(_CARD_LINE.search(text))))
        found.append(replace(line, aside=line.aside or Aside.LINK_CARD) if inside and text else line)
    return found
