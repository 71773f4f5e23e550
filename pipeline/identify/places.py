"""The places of a mail and its report where a unit names itself, each with what a name there weighs.

Purpose: `places` walks one Reading and yields its telling lines: signature, title, form field, letterhead, subject,
body, file names, folders, sender, nested mails, running text.
Source: dataset/README.md section D (signature and title of the report > subject, body > file name > sender).
Limits: documents set nothing apart by style alone, for text files, scans and many PDFs have no styles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.identify.spelling import normal
from pipeline.records import Aside, Block, Document, Mail, Reading, Style

WEIGHTS = {
    "field": 55.0,
    "signature": 50.0,
    "title": 45.0,
    "letterhead": 42.0,
    "forwards": 40.0,
    "subject": 35.0,
    "body": 35.0,
    "file": 25.0,
    "sender": 20.0,
    "text": 18.0,
    "address": 15.0,
    "own": 15.0,
    "nested": 14.0,
    "lead": 12.0,
    "folder": 12.0,
}
"""Points of a sure name in each place; a unit gets those of a place once, however often it stands there.

own: the report speaks of its unit as the sender's would (我会, 我校).
forwards: it says in a firm place that it reports on (转报, 审核报送). lead: the report's first sentence begins with it.
"""
FIRM = frozenset(("field", "signature", "title", "letterhead", "subject", "body"))
"""Places where a unit speaks for itself; without one of them a person must look."""

TITLE_CHARACTERS = 70
"""A longer block is running text: titles of two lines with a subtitle have about sixty."""
SIGNATURE_CHARACTERS = 45
"""A longer line is no signature; unit, department, name and date have about forty."""
REPORT_CHARACTERS = 300
"""A body of more characters is itself the report, and its long lines are running text."""
HEAD_BLOCKS, TAIL_LINES, TEXT_BLOCKS = 5, 8, 40
"""How far a title reaches down, a signature up, and how many blocks of running text are searched."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One telling line. where: a key of WEIGHTS. share 0..1: what a name here weighs of it. recognised: by OCR.

    joined: lines put together, for names that a line end cuts in two. first: the first running text of its document.
    """

    where: str
    text: str
    share: float = 1.0
    recognised: bool = False
    joined: bool = False
    first: bool = False


def places(reading: Reading) -> Iterator[Place]:
    """All telling lines of *reading*, in no order that means anything; texts are `normal`."""
    outer, *inner = reading.mails
    yield Place(where="subject", text=normal(outer.subject))
    for address in (outer.sender, outer.submitter):
        if address and address.name:
            yield Place(
                where="sender", text=normal(address.name), share=1 if address == outer.sender else 0.5
            )
    for mail in inner:
        yield from _nested(mail)
    forwarded = re.match(r"(?:fwd?|转发)\b|转发", outer.subject.strip(), re.IGNORECASE) is not None
    sections = tuple(mail.section for mail in inner if mail.section)
    for document in reading.documents:
        if not document.body:
            yield from _report(document)
        elif any(document.part.startswith(section) for section in sections):
            yield from (Place(where="nested", text=text, share=0.5) for text in _body_lines(document))
        else:
            yield from _body(document)
        if document.body and forwarded:
            yield from _quoted(document)
    yield from _names(reading)


def _nested(mail: Mail) -> Iterator[Place]:
    yield Place(where="nested", text=normal(mail.subject))
    yield Place(where="nested", text=normal(mail.sender.name), share=0.7)


def _names(reading: Reading) -> Iterator[Place]:
    for part in reading.parts:
        if part.name:
            yield Place(where="file", text=normal(_ENDING.sub("", part.name.rsplit("/", 1)[-1])))
        for folder in _SLASH.split(part.path)[:-1]:
            if not _SECTION.fullmatch(folder):
                yield Place(where="folder", text=normal(_ENDING.sub("", folder)))


_ENDING, _SLASH, _SECTION = re.compile(r"\.\w{1,5}$"), re.compile(r"[/\\]"), re.compile(r"[\d.]+")


# ---------------------------------------------------------------- bodies

_SALUTATION = re.compile(
    "^(?:(?:致|呈|尊敬的|各位)?(?:[^,，。；;:：我是]{0,16}?(?:老师|领导|同志|您好|你好)(?:们|您好|你好|好)?|市科[协技]局?|(?:重庆)?市科学技术(?:协会|局)|\\w{0,4}部)"
    "(?:(?:各位)?(?:老师|领导|同志)们?|(?:您|你)?好|\\w{1,3}部)*[ :：!！,，、。]+)+"
)
_INTRODUCES = re.compile(
    "(?<![“‘一-龥])(?:我们?|这里)(?:是|系)[^,。;!“]{2,40}|落款[^,。;]{0,4}?[写为是][^,。;“]{2,40}"
)


def _body(document: Document) -> Iterator[Place]:
    lines = list(_body_lines(document))
    report = sum(map(len, lines)) > REPORT_CHARACTERS
    first = True
    for number, line in enumerate(lines):
        if report and len(line) > SIGNATURE_CHARACTERS:
            yield Place(where="text", text=line, first=first)
            if number < 2:
                yield from _introductions(line)
            first = False
            continue
        last = number >= len(lines) - 4 and len(line) <= SIGNATURE_CHARACTERS
        yield Place(where="body", text=line, share=1.0 if last or len(line) <= SIGNATURE_CHARACTERS else 0.8)


def _introductions(text: str) -> Iterator[Place]:
    """Clauses in which the writer says who writes."""
    for found in _INTRODUCES.finditer(text):
        yield Place(where="signature", text=found.group())


def _quoted(document: Document) -> Iterator[Place]:
    """The header lines of the mail that was forwarded in the body."""
    quoted = [block.text for block in document.blocks if block.aside is Aside.QUOTED]
    for line in "\n".join(quoted).splitlines()[: 2 * TAIL_LINES]:
        if re.match(r"[\s>]*(?:发件人|主题|from|subject)\s*[:：]", line, re.IGNORECASE):
            yield Place(where="nested", text=normal(line), share=0.7)


def _body_lines(document: Document) -> Iterator[str]:
    """Lines of a body without salutation; a long body is a report and its middle is running text."""
    lines = [line for block in document.blocks if block.aside is None for line in block.text.splitlines()]
    kept = lines if len(lines) <= 2 * TAIL_LINES else lines[:TAIL_LINES] + lines[-TAIL_LINES:]
    for line in kept:
        yield _SALUTATION.sub("", normal(line).strip())


# ---------------------------------------------------------------- documents

_NO_SIGNATURE = re.compile(
    "^(?:[(（]?[一二三四五六七八九十\\d]{1,3}[)）、.．] ?[^\\d]|[●◆■▲★]|抄送|主送|报送?[:：]|发[:：]|送[:：]|印发|本期发|附件)"
)
_SENTENCE = re.compile("。.|.{12}[。!；;]$")
"""A signature is no sentence."""
_NO_TITLE = re.compile("[。；:：]$|。")
_FIELD = re.compile("(?:填报|报送|上报|申报|推荐|报告|供稿)?单位(?:名称)?(?:\\((?:盖|公)?章\\))?$")
_FIELD_INLINE = re.compile(
    "(?:填报|报送|上报|申报|报告|供稿|所在)单位(?:名称)?(?:\\((?:盖|公)?章\\))?\\s*[:：\t ]\\s*([^\t\n,，;；]{2,40})"
)
_DATED = re.compile("[12〇二][\\d〇○零一二]{3} ?[年./-].{1,10}$")


def _report(document: Document) -> Iterator[Place]:
    own = [block for block in document.blocks if block.aside is None]
    recognised = document.recognised
    for block in document.blocks:
        if block.aside in (Aside.HEADER, Aside.FOOTER):
            yield Place(where="letterhead", text=normal(block.text), recognised=recognised)
    head = _head(own)
    for line in head:
        yield Place(where="title", text=line, recognised=recognised)
    if len(head) > 1:
        yield Place(where="title", text="".join(head), recognised=recognised, joined=True)
    for line in _tail(own):
        yield Place(where="signature", text=line, recognised=recognised)
    for block in own:
        yield from _fields(block)
    for number, block in enumerate(list(filter(_running, own))[:TEXT_BLOCKS]):
        text = normal(block.text)
        yield Place(where="text", text=text, first=number == 0)
        if "落款" in text:
            yield from _introductions(text)


def _running(block: Block) -> bool:
    return len(block.text) > SIGNATURE_CHARACTERS or "。" in block.text or block.style is Style.TABLE


def _head(blocks: Sequence[Block]) -> list[str]:
    """Lines of the title: those before the first sentence or salutation."""
    lines: list[str] = []
    for block in blocks[:HEAD_BLOCKS]:
        text = block.text.strip()
        if block.style is Style.TABLE or len(text) > TITLE_CHARACTERS or _NO_TITLE.search(text):
            break
        lines += [normal(line) for line in text.splitlines() if line.strip()]
    return lines


def _tail(blocks: Sequence[Block]) -> list[str]:
    """Short lines at the end, after running text, that are no items of a list and name no addressees."""
    first = next((n for n, block in enumerate(blocks) if _running(block)), 0)
    texts = [b.text for b in blocks[first + 1 :] if b.style in (Style.PARAGRAPH, Style.OTHER)]
    lines = [normal(line).strip() for text in texts[-TAIL_LINES:] for line in text.splitlines()]
    return [
        re.sub(_DATED, "", line)
        for line in lines[-TAIL_LINES:]
        if len(line) <= SIGNATURE_CHARACTERS and not _NO_SIGNATURE.match(line) and not _SENTENCE.search(line)
    ]


def _fields(block: Block) -> Iterator[Place]:
    for label, *values in zip(*block.rows, strict=False):
        if _FIELD.fullmatch(normal(label).strip(" :")) and len(set(filter(None, values))) == 1:
            yield Place(where="field", text=normal(max(values)))
    for row in block.rows:
        for label, value in pairwise(row):
            if (
                _FIELD.fullmatch(normal(label).strip(" :"))
                and value.strip()
                and len(value) <= SIGNATURE_CHARACTERS
            ):
                yield Place(where="field", text=normal(value))
    cells = [cell for row in block.rows for cell in row] or [block.text]
    for text in cells:
        for found in _FIELD_INLINE.finditer(normal(text)) if len(text) <= 4 * SIGNATURE_CHARACTERS else ():
            yield Place(where="field", text=found.group(1))
