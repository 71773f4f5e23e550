"""What in a mail's body is not the sender's own text: quoted mails, forwarded chains, cards of oversize attachments.

Purpose: `set_aside()` marks the paragraphs of a body; used for plain text and HTML alike.
Source: the separators of QQ, Foxmail, NetEase, Coremail, Outlook, Thunderbird and phones; their cards of 超大附件 and the
share texts of cloud disks.
Limits: below a separator everything is quoted (people answer above); signature lines stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.shape import Paragraph
from pipeline.records import Aside

HEADER_WITHIN = 5
"""Lines within which the headers of a quoted mail follow each other."""

_SEPARATOR = re.compile(
    r"^[>\s]*[-—_=*]{2,}\s*(?:原始邮件|原始信息|原邮件|回复的?原?邮件|转发的?邮件(?:信息)?|转发信息|邮件原件|"
    r"original message|forwarded message|forwarded by .*|begin forwarded message)\s*[-—_=*]{2,}",
    re.IGNORECASE,
)
_WROTE = re.compile(r"^[>\s]*(?:在|于|on)\s?.{4,120}(?:写道|wrote)\s*[：:]\s*$", re.IGNORECASE)
_FROM = re.compile(r"^[>\s]*(?:发件人|寄件人|from)\s*[：:]\s*\S", re.IGNORECASE)
_SENT = re.compile(
    r"^[>\s]*(?:发送时间|发送日期|日期|时间|sent|date|收件人|to|主题|subject)\s*[：:]", re.IGNORECASE
)
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


def set_aside(lines: Sequence[Paragraph]) -> list[Paragraph]:
    """Mark quoted mails (Aside.QUOTED) and cards of linked attachments (Aside.LINK_CARD)."""
    start = next((place for place in range(len(lines)) if _begins_quote(lines, place)), len(lines))
    marked = [replace(line, aside=line.aside or Aside.QUOTED) for line in lines[start:]]
    return [*_cards(lines[:start]), *marked]


def _begins_quote(lines: Sequence[Paragraph], place: int) -> bool:
    text = lines[place].text.strip()
    if _SEPARATOR.match(text) or _WROTE.match(text):
        return True
    following = (line.text.strip() for line in lines[place + 1 : place + HEADER_WITHIN])
    return bool(_FROM.match(text)) and any(_SENT.match(line) for line in following)


def _cards(lines: Sequence[Paragraph]) -> list[Paragraph]:
    found: list[Paragraph] = []
    inside = False
    for line in lines:
        text = line.text.strip()
        if text.startswith(">"):
            found.append(replace(line, aside=line.aside or Aside.QUOTED))
            continue
        begins = bool(_CARD.search(text)) and len(text) <= 400
        inside = begins or (inside and bool(_CARD_LINE.search(text)))
        found.append(replace(line, aside=line.aside or Aside.LINK_CARD) if inside and text else line)
    return found
