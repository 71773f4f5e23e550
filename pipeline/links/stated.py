"""Passwords that the text of a body states for the archives in the same mail.

Purpose: `passwords()`.
Source: how senders write them: 密码, 口令, 提取码, 解压码; with 为, 是, a colon, quotes, a table's cell, or nothing between;
    full-width letters and digits.
Limits: a password described and not written (“密码为本单位电话”) is not found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from pipeline.records import Block

MAX_TEXT = 1_000_000
"""Characters of one body that are looked through; longer ones are pasted pages."""
MAX_PASSWORDS = 20
"""Passwords of one mail: each is tried on each encrypted archive."""

_LABEL = re.compile(
    r"(?:密\s?码|口\s?令|提取码|解压码|访问码|解锁码|密钥|pass\s?word|passwd|passcode|\bpwd)(?:统一|均|都|全部)?\s{0,3}(?P<is>[:：=]|设?[为是即])?\s{0,3}[:：]?\s{0,5}",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"[“\"‘'「『【《（(]([^”\"’'」』】》）)\r\n]{1,40})[”\"’'」』】》）)]|([^\s，。；、,;“”\"「」【】]{1,40})"
)
_ASCII_RUN = re.compile(r"[!-~]+")


def passwords(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """Find the passwords that the text of a body states, in reading order, likely forms of each, none twice."""
    text = "\n".join(block.text for block in blocks)[:MAX_TEXT]
    found: dict[str, None] = {}
    for label in _LABEL.finditer(text):
        token = _TOKEN.match(text, label.end())
        if token is None:
            continue
        stated = token[1] or token[2]
        if not token[1] and not label["is"] and not unicodedata.normalize("NFKC", stated[0]).isascii():
            continue  # 密码错误, 密码保护: a word, no password
        found.update(dict.fromkeys(_forms(stated)))
        if len(found) >= MAX_PASSWORDS:
            break
    return tuple(found)[:MAX_PASSWORDS]


def _forms(stated: str) -> Iterator[str]:
    """A stated password as written, in half-width form, without what follows it, without a full stop."""
    plain = unicodedata.normalize("NFKC", stated).strip()
    run = _ASCII_RUN.match(plain)
    ascii_part = re.split(r"[(<\[]", run.group())[0] if run else ""
    for form in (ascii_part, ascii_part.rstrip(".:!?)"), plain, stated.strip()):
        if form:
            yield form
