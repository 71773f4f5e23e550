"""Passwords that a mail states for the archives and documents in it.

Purpose: `passwords()` for a text, `passwords_in_name()` for a subject or the name of a file, `passwords_in_note()` for a file
    that is called 密码 and holds nothing else.
Source: how senders write them: 密码, 口令, 提取码, 解压码; with 为, 是, a colon, quotes, a table's cell, or nothing between;
    full-width letters and digits; in the name of the file itself.
Limits: a password described and not written (“密码为本单位电话”) is not found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from pipeline.records import Block

MAX_TEXT = 1_000_000
"""Characters of one text that are looked through; longer ones are pasted pages."""
MAX_NOTE = 80
"""Characters of a file that holds a password and nothing else."""
MAX_PASSWORDS = 40
"""Forms of passwords of one text: each is tried on each encrypted archive."""

_LABEL = re.compile(
    r"(?:密\s?码|口\s?令|提取码|解压码|访问码|解锁码|密钥|解压缩?时?请?需?输入|pass\s?word|passwd|passcode|\bpwd)(?:统一|均|都|全部)?"
    r"(?:[（(][^（()）]{1,10}[）)](?=\s?[:：=为是]))?\s{0,3}"
    r"(?P<is>[见如]下[行方面文]?|[:：=∶﹕︰→]|已?(?:设置?|更?改|变更|更新|修改)?[为成]|就?是|即|is\b|[-—－]{1,2})?\s{0,3}[:：]?\s{0,5}",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"[“\"‘'「『【《（(]([^”\"’'」』】》）)\r\n]{1,40})[”\"’'」』】》）)]|([^\s，。；、“”\"「」【】]{1,40})"
)
_ASCII_RUN = re.compile(r"[!-~]+")
_AFTERWARDS = re.compile(r"(?<=.)(?:，|请|谢谢|即可|解压|打开|查收|敬请|感谢)")
_CLOSING = ")]}>.,;:"
_SIGNS = ".,:;!?)>]}。，；：！？、）》】」』”’\"'"
_IN_NAMES = re.compile(r"[-_—+＋ ]")


def passwords(blocks: Iterable[Block]) -> tuple[str, ...]:
    """Find the passwords that a text states, in reading order, likely forms of each, none twice."""
    return _limited(_stated("\n".join(block.text for block in blocks)[:MAX_TEXT]))


def passwords_in_name(name: str) -> tuple[str, ...]:
    """Find the passwords that a subject or a file's *name* states, such as 材料（密码2024）.zip."""
    suffix = PurePosixPath(name.replace("/", "／").replace("\x00", "")).suffix
    bare = name.removesuffix(suffix) if re.fullmatch(r"\.[A-Za-z0-9]{1,5}", suffix) else name
    found = list(_stated(bare[:MAX_TEXT]))
    return _limited([*found, *(_IN_NAMES.split(form)[0] for form in found)])


def passwords_in_note(name: str, blocks: Iterable[Block]) -> tuple[str, ...]:
    """Find the password in a file whose *name* says that it holds one (密码.txt) and that is too short for anything else."""
    text = "\n".join(block.text for block in blocks).strip()
    if not _LABEL.search(name) or not 0 < len(text) <= MAX_NOTE:
        return ()
    return _limited(form for line in text.split("\n") if line.strip() for form in _forms(line.strip()))


def _limited(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form for form in found if form))[:MAX_PASSWORDS]


def _stated(text: str) -> Iterator[str]:
    for label in _LABEL.finditer(text):
        token = _TOKEN.match(text, label.end())
        if token is None:
            continue
        stated = token[1] or token[2]
        if not token[1] and not label["is"] and not unicodedata.normalize("NFKC", stated[0]).isascii():
            continue  # 密码错误, 密码保护: a word, no password
        yield from _forms(stated)


def _forms(stated: str) -> Iterator[str]:
    """A stated password as written, in half-width form, without what follows it, without signs at its end."""
    plain = unicodedata.normalize("NFKC", stated).strip()
    run = _ASCII_RUN.match(plain)
    ascii_part = run.group() if run else ""
    yield re.split(r"[(<\[,;]", ascii_part)[0].rstrip(_SIGNS)
    yield ascii_part.rstrip(_SIGNS)
    yield ascii_part.rstrip(_CLOSING)
    yield re.split(r"[(<\[]", ascii_part)[0]
    yield _AFTERWARDS.split(plain)[0].rstrip(_SIGNS)
    yield stated.strip().rstrip(_SIGNS)
    yield plain
    yield stated.strip()
