"""One mail taken apart: RFC 5322 and 2045 octets to its header and its leaves.

Purpose: `opened()`; every entity that is no multipart is a leaf once, in MIME order, bodies and nested mails included. It is
    decoded when it is asked for (`Coded.leaves`), so that a large mail's attachments need not lie in memory together;
    `parse()` decodes all of them at once. `leaves_of()` for who wants no header.
Source: RFC 5322, RFC 2045-2047, RFC 2183, RFC 2231, RFC 3676; section numbers of RFC 9051 section 6.4.5. How:
    mending.py (what hides the headers) -> structure.py (which octets are which leaf; fields.py, parameters.py) -> here
    (transfer.py decodes them) and header.py (mail-parser, on a copy without bodies; words.py).
Limits: never raises, linear time; the numbers stand in the modules. message/rfc822 is a leaf and is not opened here:
    whoever composes the stages gives its octets to `parse()` again. Of a text body with uuencoded files (uuencode.py)
    the text around them is the leaf "1", each file a leaf "1/name". What is not in the mail is told (absent.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, count
from urllib.parse import unquote

from pipeline import charsets, uuencode
from pipeline.mapped import Octets, let_go
from pipeline.parse import parameters, transfer, words
from pipeline.parse.absent import absent
from pipeline.parse.header import read_header
from pipeline.parse.mending import mend
from pipeline.parse.outside import outside
from pipeline.parse.structure import Entity, Structure, scan
from pipeline.records import Code, Leaf, Mail, Parsed, Problem

__all__ = ["Coded", "Opened", "is_mail", "leaves_of", "opened", "parse"]

MAX_NAME = 200
"""Characters of a uuencoded file's name in its path."""

_UNSAFE = re.compile(r"[/\\\x00-\x1f\x7f-\x9f]")
_FORWARD = re.compile(r"\s*(?:fwd?|转发|轉寄|转寄)\s*[:：]|\s*转发", re.IGNORECASE)
_LINE_END = re.compile(rb"\r?\n")
_MAILS = frozenset({"message/rfc822", "message/global", "message/news"})
_BODIES = frozenset({"text/plain", "text/html"})


@dataclass(frozen=True, kw_only=True)
class Coded:
    """One leaf, its transfer encoding not yet undone. octets: of the mail. path, name, body: as in Leaf.

    forwarded: a body of a mail whose subject says that it passes another one on.
    """

    octets: Octets
    entity: Entity
    path: str
    name: str
    name_octets: bytes
    disposition: str
    body: bool
    forwarded: bool

    def leaves(self) -> tuple[Leaf, ...]:
        """Decode it: the leaf, and after a text body the files that stand uuencoded in it."""
        entity = self.entity
        body = memoryview(self.octets)[entity.start : _end(self.octets, entity)]
        data, wrong = transfer.decode(body, _encoding(entity))
        leaf = Leaf(
            path=self.path,
            data=data,
            name=self.name,
            name_octets=self.name_octets,
            declared=entity.media_type,
            disposition=self.disposition,
            charset=_parameter(entity, "charset"),
            content_id=entity.head.first("content-id").decode("latin-1").strip().strip("<>"),
            body=self.body,
            alternative=entity.alternative,
            flowed=_parameter(entity, "format") == "flowed",
            delsp=_parameter(entity, "delsp") == "yes",
            forwarded=self.forwarded,
            problem=_problem(entity, self.path, wrong),
        )
        return tuple(_with_files(leaf))


@dataclass(frozen=True, kw_only=True)
class Opened:
    """One mail opened: its header, its leaves in MIME order (at least one), and what is wrong with it."""

    mail: Mail
    coded: tuple[Coded, ...]
    problems: tuple[Problem, ...]


def opened(octets: Octets, section: str = "") -> Opened:
    """Take one mail apart.

    Args:
        octets: of RFC 5322 as they came, however broken.
        section: path of the part that holds the mail ("2"), "" for the outermost.

    Returns:
        the header, the leaves in MIME order with paths below *section* ("2/1", "2/2.1"), and what is wrong with the mail.
        Never raises, nor does `Coded.leaves`.
    """
    mended, changed = mend(octets)
    structure = scan(mended)
    mail, problems = read_header(mended, structure, section)
    if changed:
        told = Problem(code=Code.HEADER, part=section, detail="邮件开头或换行不合规范，已修正后读取")
        problems = (told, *problems)
    page = bool(section) and _is_page(structure)
    if not page and (text := outside(mended, structure)):
        told = Problem(code=Code.BODY, part=section, detail=f"邮件各部分之外还有文字，没有列为部件：{text}")
        problems = (*problems, told)
    coded = _all_coded(mended, structure, section, page=page, forward=bool(_FORWARD.match(mail.subject)))
    let_go(mended)
    return Opened(mail=mail, coded=coded, problems=problems)


def leaves_of(octets: Octets, section: str = "") -> tuple[Coded, ...]:
    """Give the leaves that `opened` gives, without the header, which is dear to read: `forwarded` is not told."""
    mended, _ = mend(octets)
    structure = scan(mended)
    page = bool(section) and _is_page(structure)
    let_go(mended)
    return _all_coded(mended, structure, section, page=page, forward=False)


def parse(octets: Octets, section: str = "") -> Parsed:
    """Take one mail apart as `opened` does, and decode all of its leaves."""
    found = opened(octets, section)
    leaves = tuple(leaf for coded in found.coded for leaf in coded.leaves())
    return Parsed(mail=found.mail, leaves=leaves, problems=found.problems)


def is_mail(media_type: str) -> bool:
    """Say whether a part of this media type (lower case) is a mail that `parse()` can take apart."""
    return media_type in _MAILS


def _all_coded(
    octets: Octets, structure: Structure, section: str, *, page: bool, forward: bool
) -> tuple[Coded, ...]:
    prefix = f"{section}/" if section else ""
    return tuple(_coded(octets, one, prefix, page=page, forward=forward) for one in structure.leaves)


def _coded(octets: Octets, entity: Entity, prefix: str, *, page: bool, forward: bool) -> Coded:
    word, found = parameters.read(entity.head.first("content-disposition"))
    name = found.get("filename") or found.get("name") or entity.parameters.get("name")
    text = name.text.strip() if name else ""
    body = _is_body(entity.media_type) and not text and word != "attachment" and not page
    return Coded(
        octets=octets,
        entity=entity,
        path=prefix + (entity.section or "1"),
        name=text or (_place(entity) if page else ""),
        name_octets=name.octets if name and not name.octets.isascii() else b"",
        disposition=word if word.replace("-", "").isalnum() else "",
        body=body,
        forwarded=forward and body,
    )


def _problem(entity: Entity, path: str, wrong: str) -> Problem | None:
    """What is *wrong* with the transfer encoding of a part, or else what of it is not in this mail."""
    if wrong:
        return Problem(code=Code.DAMAGED, part=path, detail=wrong)
    missing = absent(entity.media_type, entity.parameters)
    return Problem(code=missing[0], part=path, detail=missing[1]) if missing else None


def _with_files(leaf: Leaf) -> Iterator[Leaf]:
    """The *leaf*, and as leaves of their own the files that stand uuencoded in it, if it is a text body."""
    if not leaf.body or leaf.declared == "text/html":
        yield leaf
        return
    text, files = uuencode.cut_out(leaf.data)
    yield replace(leaf, data=text)
    seen: set[str] = set()
    for file in files:
        name = charsets.decode(file.name)
        path = f"{leaf.path}/{_UNSAFE.sub('_', name)[:MAX_NAME]}"
        path = next(one for one in chain([path], (f"{path}#{n}" for n in count(2))) if one not in seen)
        seen.add(path)
        cut = Problem(code=Code.DAMAGED, part=path, detail="uuencode 文件没有结束行，内容可能不完整")
        yield Leaf(
            path=path,
            data=file.data,
            name=words.one_line(name),
            name_octets=b"" if file.name.isascii() else file.name,
            declared="application/octet-stream",
            disposition="attachment",
            problem=None if file.whole else cut,
        )


def _is_page(structure: Structure) -> bool:
    """Say whether a nested "mail" is a web page saved with its pictures (.mht, RFC 2557): no mail server has seen it."""
    head = structure.mail.head
    if head.has("received") or head.has("to") or structure.mail.media_type == "message/rfc822":
        return False
    page = next((entity for entity in structure.leaves if entity.media_type == "text/html"), None)
    return page is not None and page.head.has("content-location")


def _place(entity: Entity) -> str:
    """The last step of a Content-Location, which is the name of what was saved; "" if there is none."""
    place = unquote(words.one_line(words.decode(entity.head.first("content-location"))))
    return re.split(r"[/\\]", place.partition("?")[0])[-1]


def _end(octets: Octets, entity: Entity) -> int:
    """Where the body of *entity* ends.

    The line break before a boundary belongs to the boundary (RFC 2046 section 5.1.1). A nested mail without one at its
    end would be no mail though (RFC 5322 section 2.3): mail programs put the file and the boundary together without
    another one, and the file's digest is that with it.
    """
    end = entity.end
    if is_mail(entity.media_type) and end > entity.start and octets[end - 1 : end] != b"\n":
        found = _LINE_END.match(octets, end)
        end = found.end() if found else end
    return end


def _encoding(entity: Entity) -> str:
    return transfer.name_of(entity.head.first("content-transfer-encoding"))


def _parameter(entity: Entity, name: str) -> str:
    found = entity.parameters.get(name)
    return found.text.strip().lower() if found else ""


def _is_body(media_type: str) -> bool:
    """A text to read, or a multipart that turned out to have no parts: its octets are what the sender wrote."""
    return media_type in _BODIES or media_type.startswith("multipart/")
