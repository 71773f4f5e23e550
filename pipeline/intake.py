"""read() and judge(): the stages composed. READ THIS FIRST, then records.py.

Purpose: from octets to a Reading (costly, depends on octets, VERSION and abilities alone, cached by the register), and
from a Reading to a Filing (cheap, redone when the rules change).
Source: ../docs/decisions.md; the order of the stages is that of the package's docstring.
Limits: pure: no clock, no network, no file; child programs only through tools.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from pipeline import VERSION, unpack
from pipeline.classify import classify
from pipeline.extract import extract, prefer, sniff
from pipeline.figures import figures
from pipeline.identify import contact, identify
from pipeline.links import links, passwords
from pipeline.parse import is_mail, parse
from pipeline.records import (
    Activity,
    Code,
    Content,
    Document,
    Filing,
    Identification,
    Judged,
    Kind,
    Leaf,
    Link,
    Mail,
    Part,
    Picture,
    Problem,
    Reading,
    Segments,
    Status,
)
from pipeline.segment import segment
from pipeline.segment.pairs import pairs
from pipeline.triage import Verdict, triage
from rules import Rules

MAX_PARTS = 5_000
"""Parts of one mail, members and pictures included; units send at most some hundred photos."""
MAX_DEPTH = 24
"""Containers in containers; real mails reach four (mail, forwarded mail, zip, document), long chains of forwards twenty."""
MAX_ARCHIVES = 200
"""Archives opened in one mail; units send some ten, a bomb of nested archives has a hundred thousand."""
MAX_OCTETS = 2 * 1024**3
"""Decoded octets of one mail in all: beyond it is a bomb, the providers' limit for a mail is 50 MB."""


def read(octets: bytes, *, abilities: tuple[str, ...] = (), passwords_given: tuple[str, ...] = ()) -> Reading:
    """Say everything that the *octets* of one mail say.

    Args:
        octets: one mail of RFC 5322 as it came, however broken.
        abilities: names of the tools and extras that may be used (`tools.abilities()`).
        passwords_given: further passwords to try on archives, from settings.

    Returns:
        a Reading; every leaf of the mail is one of its parts. Never raises on hostile octets.
    """
    walk = _Walk(abilities=abilities, passwords=passwords_given)
    walk.mail(octets, section="", depth=0)
    return walk.reading(octets)


def read_document(octets: bytes, name: str, *, abilities: tuple[str, ...] = ()) -> Reading:
    """Say everything that one *document* or archive says which is no mail; its path is its own *name*.

    Returns:
        a Reading whose only mail is an empty header.
    """
    walk = _Walk(abilities=abilities, passwords=(), mails=[Mail()])
    walk.leaf(Leaf(path=name, name=name, data=octets), depth=0)
    return walk.reading(octets)


def judge(reading: Reading, rules: Rules, *, received: datetime) -> Filing:
    """Say what the mail of *reading* is for the notice of *rules*.

    Args:
        received: when the mailbox got the mail, with zone; relative dates ("上周四") count from it.
    """
    identification = identify(reading, rules.units, rules.notice)
    segments = segment(reading, rules.notice)
    verdict = triage(reading, segments, rules.notice)
    counted = segments if verdict.kind is not Kind.OTHER else Segments()
    activities = tuple(_judged(activity, reading, rules, received) for activity in counted.activities)
    return Filing(
        mail=reading.mail,
        parts=reading.parts,
        pictures=reading.pictures,
        links=reading.links,
        kind=verdict.kind,
        kind_words=verdict.words,
        announces=verdict.announces,
        identification=identification,
        activities=activities,
        highlights=counted.highlights,
        suggestions=counted.suggestions,
        set_aside=counted.set_aside,
        contact=contact(reading, rules.notice),
        problems=reading.problems + _doubts(verdict, identification, activities),
        pairs=pairs(reading),
    )


# ---------------------------------------------------------------- read: the walk over one mail


@dataclass(kw_only=True)
class _Walk:
    """One mail on its way through parse, unpack and extract; grows in reading order."""

    abilities: tuple[str, ...]
    passwords: tuple[str, ...]
    mails: list[Mail] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    octets_left: int = MAX_OCTETS
    archives: int = 0

    def reading(self, octets: bytes) -> Reading:
        """Freeze what the walk over *octets* has found."""
        return Reading(
            sha256=hashlib.sha256(octets).hexdigest(),
            version=VERSION,
            abilities=self.abilities,
            mails=tuple(self.mails),
            parts=tuple(self.parts),
            documents=tuple(self.documents),
            pictures=tuple(self.pictures),
            links=tuple(self.links),
            problems=tuple(self.problems),
        )

    def mail(self, octets: bytes, *, section: str, depth: int) -> None:
        """Take one mail apart; its bodies are read first, for they hold the passwords of its archives."""
        parsed = parse(octets, section)
        self.mails.append(parsed.mail)
        self.problems.extend(parsed.problems)
        for leaf in sorted(parsed.leaves, key=lambda leaf: not leaf.body):
            self.leaf(leaf, depth=depth)
        self.documents[:] = prefer(self.documents, parsed.leaves)

    def leaf(self, leaf: Leaf, *, depth: int) -> None:
        """Record one leaf as a part, then go into it: nested mail, archive or document."""
        media_type = sniff(leaf.data, leaf.name, leaf.declared)
        self.octets_left -= len(leaf.data)
        archive = media_type in unpack.ARCHIVES
        excess = self._excess(depth, archive=archive)
        if excess:
            self._record(leaf, media_type, Content(status=Status.TOO_BIG, reason=excess))
        elif is_mail(media_type):
            self._record(leaf, media_type, Content())
            self.mail(leaf.data, section=leaf.path, depth=depth + 1)
        elif archive:
            self._archive(leaf, media_type, depth)
        else:
            content = extract(leaf, media_type, self.abilities)
            self._record(leaf, media_type, content)
            self._descend(content.embedded, depth)

    def _archive(self, leaf: Leaf, media_type: str, depth: int) -> None:
        self.archives += 1
        unpacked = unpack.unpack(leaf, media_type, self.passwords, self.abilities)
        self._record(
            leaf,
            media_type,
            Content(status=unpacked.status, reason=unpacked.reason, problems=unpacked.problems),
        )
        self._descend(unpacked.members, depth)

    def _descend(self, members: tuple[Leaf, ...], depth: int) -> None:
        for member in members:
            self.leaf(member, depth=depth + 1)

    def _excess(self, depth: int, *, archive: bool) -> str:
        if depth > MAX_DEPTH:
            return f"嵌套超过 {MAX_DEPTH} 层，未再打开"
        if len(self.parts) >= MAX_PARTS:
            return f"部件超过 {MAX_PARTS} 个，未再打开"
        if archive and self.archives >= MAX_ARCHIVES:
            return f"压缩包超过 {MAX_ARCHIVES} 个，未再打开"
        if self.octets_left < 0:
            return f"解开后超过 {MAX_OCTETS // 1024**2} MB，未再打开"
        return ""

    def _record(self, leaf: Leaf, media_type: str, content: Content) -> None:
        if content.blocks:
            self.documents.append(
                Document(
                    part=leaf.path,
                    blocks=content.blocks,
                    body=leaf.body,
                    recognised=content.recognised,
                    pages=content.pages,
                )
            )
        if content.picture:
            self.pictures.append(content.picture)
        if leaf.body:
            self.links.extend(links(leaf))
            self.passwords += passwords(content.blocks)
        self.problems.extend(_of_leaf(leaf, content))
        self.parts.append(_part(leaf, media_type, content))


def _of_leaf(leaf: Leaf, content: Content) -> Iterator[Problem]:
    if leaf.problem:
        yield leaf.problem
    yield from content.problems


def _part(leaf: Leaf, media_type: str, content: Content) -> Part:
    return Part(
        path=leaf.path,
        name=leaf.name,
        name_octets=leaf.name_octets,
        declared=leaf.declared,
        media_type=media_type,
        disposition=leaf.disposition,
        sha256=hashlib.sha256(leaf.data).hexdigest(),
        size=len(leaf.data),
        status=content.status,
        reason=content.reason,
        characters=sum(len(block.text) for block in content.blocks),
        seals=content.seals,
    )


# ---------------------------------------------------------------- judge: one activity, and what is in doubt


def _judged(activity: Activity, reading: Reading, rules: Rules, received: datetime) -> Judged:
    stated = figures(activity, reading.documents, received=received, year=rules.notice.year)
    return Judged(activity=stated, classification=classify(stated, rules))


def _doubts(
    verdict: Verdict, identification: Identification, activities: tuple[Judged, ...]
) -> tuple[Problem, ...]:
    """The questions that only a person can answer, in the order staff meet them."""
    if verdict.kind is Kind.OTHER:
        return verdict.problems
    return verdict.problems + _unit_doubts(identification) + _category_doubts(activities)


def _unit_doubts(identification: Identification) -> tuple[Problem, ...]:
    if identification.best is None:
        return (Problem(code=Code.NO_UNIT, detail="找不到报送单位，请人工指定"),)
    if not identification.decided:
        names = "、".join(candidate.name for candidate in identification.candidates[:3])
        return (Problem(code=Code.UNIT_UNDECIDED, detail=f"报送单位待核，可能是：{names}"),)
    return ()


def _category_doubts(activities: tuple[Judged, ...]) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            code=Code.CATEGORY_UNDECIDED,
            part=judged.activity.spans[0].part,
            detail=f"活动“{judged.activity.title}”类别待核",
        )
        for judged in activities
        if not judged.classification.decided
    )
