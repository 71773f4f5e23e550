"""The walk over one mail: parse, unpack and extract, from the outermost header to the last picture in the last archive.

Purpose: `Walk`: `mail()` or `siblings()` begin it, `unlock()` ends it, `reading()` freezes what was found.
Source: ../docs/decisions.md. Bodies are read first, for they hold the passwords of archives; what stays locked waits until
    all else was read. Volumes of one archive are joined among the files that stand side by side.
Limits: the numbers below; a breach costs the part that breaks it.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from pipeline import VERSION, unpack
from pipeline.extract import extract, kinds, prefer, sniff
from pipeline.links import joined, links, passwords, passwords_in_name, passwords_in_note
from pipeline.parse import is_mail, parse
from pipeline.records import (
    Attached,
    Code,
    Content,
    Document,
    Leaf,
    Link,
    Mail,
    Part,
    Picture,
    Problem,
    Reading,
    Recording,
    Status,
)
from pipeline.unpack.volumes import Volumes, sets

MAX_PARTS = 10_000
"""Parts of one mail, members and pictures included; a district that packs what sixty townships sent has two thousand."""
MAX_DEPTH = 24
"""Containers in containers; real mails reach four (mail, forwarded mail, zip, document), long chains of forwards twenty."""
MAX_ARCHIVES = 400
"""Archives opened in one mail; a district packs one of each of its sixty townships, a bomb has a hundred thousand."""
SHARE = 3
"""No attachment may use up more than a third of these limits: a bomb costs itself, and the next attachment is opened."""
MAX_PASSWORDS = 60
"""Passwords of one mail in all; each is tried on what is locked."""
MAX_ROUNDS = 3
"""Times that what is locked is tried again; a password inside what another password opened is rare enough."""
SEEN = ("image/", "video/", "audio/")
"""Beginnings of media types that hold nothing but what is seen and heard."""
PACKAGES = (kinds.WORD, kinds.SLIDES, kinds.SHEET)
"""Office files whose members lie in them under the paths that their readers give them."""
MAX_OCTETS = 2 * 1024**3
"""Decoded octets of one mail in all: beyond it is a bomb, the providers' limit for a mail is 50 MB."""


@dataclass(frozen=True, kw_only=True)
class _Locked:
    """A leaf that needs a password: what was found without, and the passwords tried on it."""

    leaf: Leaf
    media_type: str
    depth: int
    volumes: Volumes | None
    content: Content
    tried: frozenset[str]
    dated: datetime | None


@dataclass(kw_only=True)
class Walk:
    """One mail on its way through parse, unpack and extract; grows in reading order.

    given: passwords of the settings. stated: those that the mail's own texts and names state. begun: parts, archives and
    octets there were when the attachment was begun that is being read. dated: when the mail in hand was received, or
    says that it was sent. attached: path and file of what staff added. keep: is handed every leaf, for its octets; pictures,
    films and sound are then not looked into. ways: paths of the only leaves that are opened, None for all; only with keep.
    """

    abilities: tuple[str, ...]
    given: tuple[str, ...]
    stated: tuple[str, ...] = ()
    mails: list[Mail] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    locked: list[_Locked] = field(default_factory=list)
    wrapped: list[Leaf] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)  # limits that were told
    octets_left: int = MAX_OCTETS
    archives: int = 0
    begun: tuple[int, int, int] = (0, 0, 0)
    dated: datetime | None = None
    attached: tuple[tuple[str, Attached], ...] = ()
    keep: Callable[[Leaf], None] | None = None
    ways: frozenset[str] | None = None

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
            recordings=tuple(self.recordings),
            links=joined(self.links, self.attached),
            problems=tuple(self.problems),
            attached=tuple(hashlib.sha256(one.data).hexdigest() for _, one in self.attached),
        )

    def mail(self, octets: bytes, *, section: str, depth: int) -> None:
        """Take one mail apart; its bodies are read first, for they hold the passwords of its archives."""
        parsed = parse(octets, section)
        self.mails.append(parsed.mail)
        self.problems.extend(parsed.problems)
        outer = self.dated, self.wrapped
        self.dated, self.wrapped = parsed.mail.received or parsed.mail.sent, []
        self._learn(passwords_in_name(parsed.mail.subject))
        versions = tuple(replace(leaf, data=b"") for leaf in parsed.leaves)
        own = deque(sorted(parsed.leaves, key=lambda leaf: not leaf.body))
        del parsed
        own.extend(self._added() if depth == 0 else ())
        self.siblings(own, depth=depth)
        if self.wrapped:  # Outlook's winmail.dat holds the mail's text once more
            versions = tuple(replace(leaf, alternative=1) for leaf in (*versions, *self.wrapped))
        self.documents[:] = prefer(self.documents, versions)
        self.dated, self.wrapped = outer

    def _added(self) -> Iterator[Leaf]:
        """Give the files that staff attached, which stand beside those of the mail."""
        for path, one in self.attached:
            yield Leaf(path=path, name=one.name, data=one.data)

    def siblings(self, leaves: deque[Leaf], *, depth: int) -> None:
        """Record the leaves of one mail or container, volumes of one archive together; *leaves* is used up.

        So the octets of a large attachment go when it is done, and not with the mail.
        """
        volumes = sets(leaves)
        while leaves:
            leaf = leaves.popleft()
            if depth == 0:
                self.begun = (len(self.parts), self.archives, MAX_OCTETS - self.octets_left)
            self.leaf(leaf, depth=depth, volumes=volumes.get(leaf.path))

    def leaf(self, leaf: Leaf, *, depth: int, volumes: Volumes | None = None) -> None:
        """Record one leaf as a part, then go into it: nested mail, archive or document."""
        if self.ways is not None and self.keep and leaf.path not in self.ways:
            self.keep(leaf)
            return
        media_type = unpack.inside(leaf.data, leaf.name, sniff(leaf.data, leaf.name, leaf.declared))
        if self.ways is not None and media_type in PACKAGES:
            media_type = "application/zip"
        self.octets_left -= len(leaf.data)
        if volumes and volumes.leaves[0].path == leaf.path:
            media_type = volumes.media_type
        archive = media_type in unpack.ARCHIVES
        excess = self._excess(depth, archive=archive)
        if excess:
            self._refuse(leaf, media_type, excess)
        elif volumes and volumes.leaves[0].path != leaf.path:
            status = Status.DAMAGED if volumes.missing else Status.OK
            whole = f"分卷，与“{volumes.leaves[0].name}”合成一个压缩包，内容列在那一卷下"
            content = Content(status=status, reason=volumes.missing or whole)
            self._record(leaf, volumes.media_type, content)
        elif is_mail(media_type):
            self._record(leaf, media_type, Content())
            self.mail(leaf.data, section=leaf.path, depth=depth + 1)
        else:
            self.archives += archive
            self._learn(passwords_in_name(leaf.name))
            self._open(leaf, media_type, depth, volumes)

    def unlock(self) -> None:
        """Try again what is locked as long as texts read later state further passwords; then record what stays locked."""
        for _ in range(MAX_ROUNDS):
            known = {*self.stated, *self.given}
            again = [one for one in self.locked if known - one.tried]
            self.locked = [one for one in self.locked if not known - one.tried]
            for one in again:
                self.dated = one.dated
                self._open(one.leaf, one.media_type, one.depth, one.volumes, tried=one.tried)
        while self.locked:
            one = self.locked.pop(0)
            self.dated = one.dated
            self.begun = (len(self.parts), self.archives, MAX_OCTETS - self.octets_left)
            self._settle(one.leaf, one.media_type, one.depth, one.content)

    def _open(
        self,
        leaf: Leaf,
        media_type: str,
        depth: int,
        volumes: Volumes | None,
        *,
        tried: frozenset[str] = frozenset(),
    ) -> None:
        """Read an archive or a document; what needs a password waits until all other parts were read."""
        known = tuple(sorted(dict.fromkeys((*self.stated, *self.given)), key=lambda one: one in tried))
        if media_type in unpack.ARCHIVES:
            unpacked = unpack.unpack(leaf, media_type, known, self.abilities, volumes)
            self.wrapped += [member for member in unpacked.members if member.body]
            content = Content(
                status=unpacked.status,
                reason=unpacked.reason,
                problems=unpacked.problems,
                embedded=unpacked.members,
            )
        elif self.keep and media_type.startswith(SEEN):
            content = Content()
        else:
            content = extract(leaf, media_type, self.abilities, known)
        if content.status is not Status.NEEDS_PASSWORD:
            self._settle(leaf, media_type, depth, content)
            return
        self.locked.append(
            _Locked(
                leaf=leaf,
                media_type=media_type,
                depth=depth,
                volumes=volumes,
                content=content,
                tried=tried.union(known),
                dated=self.dated,
            )
        )

    def _settle(self, leaf: Leaf, media_type: str, depth: int, content: Content) -> None:
        self._record(leaf, media_type, content)
        self.siblings(deque(content.embedded), depth=depth + 1)

    def _learn(self, passwords_found: tuple[str, ...]) -> None:
        self.stated = tuple(dict.fromkeys((*self.stated, *passwords_found)))[:MAX_PASSWORDS]

    def _excess(self, depth: int, *, archive: bool) -> str:
        if depth > MAX_DEPTH:
            return f"嵌套超过 {MAX_DEPTH} 层，未再打开"
        parts, archives, octets = len(self.parts), self.archives, MAX_OCTETS - self.octets_left
        for share, (first_part, first_archive, first_octet) in ((1, (0, 0, 0)), (SHARE, self.begun)):
            most = max(1, MAX_PARTS // share)
            if parts - first_part >= most:
                return f"部件超过 {most} 个，未再打开"
            most = max(1, MAX_ARCHIVES // share)
            if archive and archives - first_archive >= most:
                return f"压缩包超过 {most} 个，未再打开"
            if octets - first_octet > MAX_OCTETS // share:
                return f"解开后超过 {MAX_OCTETS // share // 1024**2} MB，未再打开"
        return ""

    def _refuse(self, leaf: Leaf, media_type: str, excess: str) -> None:
        """Record a leaf that is beyond a limit; thousands of them are one problem, that of the first."""
        problem = Problem(code=Code.TOO_BIG, part=leaf.path, detail=excess)
        problems = () if excess in self.refused else (problem,)
        self.refused.add(excess)
        self._record(leaf, media_type, Content(status=Status.TOO_BIG, reason=excess, problems=problems))

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
        if content.recording:
            self.recordings.append(content.recording)
        self.links.extend(links(leaf, content.blocks, self.dated))
        self._learn(passwords(content.blocks))
        self._learn(passwords_in_note(leaf.name, content.blocks))
        self.problems.extend(_of_leaf(leaf, content))
        self.parts.append(_part(leaf, media_type, content))
        if self.keep:
            self.keep(leaf)


def placed(attached: tuple[Attached, ...]) -> tuple[tuple[str, Attached], ...]:
    """Give each file that staff *attached* its path: "补入1/照片.zip"."""
    return tuple((f"补入{place}/{one.name}", one) for place, one in enumerate(attached, 1))


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
