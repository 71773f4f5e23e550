"""The walk over one mail: parse, unpack and extract, from the outermost header to the last picture in the last archive.

Purpose: `Walk`: `mail()` or `siblings()` begin it, `unlock()` ends it, `reading()` freezes what was found.
Source: ../docs/decisions.md. Bodies are read first, for they hold the passwords of archives; what stays locked waits until
    all else was read. Volumes of one archive are joined among the files that stand side by side.
Limits: the numbers below; a breach costs the part that breaks it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from pipeline import unpack
from pipeline.extent import Extent
from pipeline.extract import extract, kinds, prefer, sniff
from pipeline.links import passwords, passwords_in_name, passwords_in_note
from pipeline.mapped import Octets
from pipeline.noted import Noted
from pipeline.parse import Coded, is_mail, leaves_of, opened
from pipeline.records import Attached, Code, Content, Leaf, Problem, Reading, Status
from pipeline.unpack import volumes as split
from pipeline.unpack.volumes import Volumes

MAX_PASSWORDS = 60
"""Passwords of one mail in all; each is tried on what is locked."""
MAX_ROUNDS = 3
"""Times that what is locked is tried again; a password inside what another password opened is rare enough."""
SEEN = ("image/", "video/", "audio/")
"""Beginnings of media types that hold nothing but what is seen and heard."""
PACKAGES = (kinds.WORD, kinds.SLIDES, kinds.SHEET)
"""Office files whose members lie in them under the paths that their readers give them."""


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
    """One mail on its way through parse, unpack and extract.

    given: passwords of the settings. stated: those that the mail's own texts and names state. wrapped: versions of the text of
    the mail in hand that a container holds. refused: limits that were told. dated: when the mail in hand was received, or
    says that it was sent. attached: path and file of what staff added. keep: is handed every leaf, for its octets; pictures,
    films and sound are then not looked into, and leaves not noted. ways: paths of the only leaves that are opened, None for
    all; only with keep.
    """

    abilities: tuple[str, ...]
    given: tuple[str, ...]
    attached: tuple[tuple[str, Attached], ...] = ()
    noted: Noted = field(default_factory=Noted)
    extent: Extent = field(default_factory=Extent)
    stated: tuple[str, ...] = ()
    locked: list[_Locked] = field(default_factory=list)
    wrapped: list[Leaf] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    dated: datetime | None = None
    keep: Callable[[Leaf], None] | None = None
    ways: frozenset[str] | None = None

    def reading(self, octets: Octets) -> Reading:
        """Freeze what the walk over *octets* has found."""
        return self.noted.reading(octets, self.abilities, self.attached)

    def mail(self, octets: Octets, *, section: str, depth: int) -> None:
        """Take one mail apart; its bodies are read first, for they hold the passwords of its archives."""
        if self.ways is not None:
            self._go_through(_bodies_first(leaves_of(octets, section)), depth)
            return
        found = opened(octets, section)
        self.noted.mails.append(found.mail)
        self.noted.problems.extend(found.problems)
        outer = self.dated, self.wrapped
        self.dated, self.wrapped = found.mail.received or found.mail.sent, []
        self._learn(passwords_in_name(found.mail.subject))
        own = _bodies_first(found.coded)
        del found
        versions = tuple(replace(one, data=b"") for one in own if isinstance(one, Leaf))
        self._go_through(own, depth)
        if self.wrapped:  # Outlook's winmail.dat holds the mail's text once more
            versions = tuple(replace(leaf, alternative=1) for leaf in (*versions, *self.wrapped))
        self.noted.documents[:] = prefer(self.noted.documents, versions)
        self.dated, self.wrapped = outer

    def _go_through(self, own: deque[Leaf | Coded], depth: int) -> None:
        """Record the leaves of one mail; beside those of the outermost stand the files that staff attached."""
        if depth == 0:
            own.extend(Leaf(path=path, name=one.name, data=one.data) for path, one in self.attached)
        self.siblings(own, depth=depth)

    def siblings(self, leaves: deque[Leaf | Coded], *, depth: int) -> None:
        """Record the leaves of one mail or container, volumes of one archive together; *leaves* is used up.

        So the octets of a large attachment are decoded when its turn comes and go when it is done; only what by its name
        may be a volume is looked at before.
        """
        for place, one in enumerate(leaves):
            if split.named(one.name):
                leaves[place] = _decoded(one)
        volumes = split.sets([one for one in leaves if isinstance(one, Leaf)])
        while leaves:
            if depth == 0:
                self.extent.begin()
            path = leaves[0].path
            self.leaf(_decoded(leaves.popleft()), depth=depth, volumes=volumes.get(path))

    def leaf(self, leaf: Leaf, *, depth: int, volumes: Volumes | None = None) -> None:
        """Record one leaf as a part, then go into it: nested mail, archive or document."""
        if self.ways is not None and self.keep and leaf.path not in self.ways:
            self.keep(leaf)
            return
        media_type = unpack.inside(leaf.data, leaf.name, sniff(leaf.data, leaf.name, leaf.declared))
        if self.ways is not None and media_type in PACKAGES:
            media_type = "application/zip"
        self.extent.octets += len(leaf.data)
        if volumes and volumes.leaves[0].path == leaf.path:
            media_type = volumes.media_type
        archive = media_type in unpack.ARCHIVES
        excess = self.extent.excess(depth, archive=archive)
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
            self.extent.archives += archive
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
            self.extent.begin()
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

    def _refuse(self, leaf: Leaf, media_type: str, excess: str) -> None:
        """Record a leaf that is beyond a limit; thousands of them are one problem, that of the first."""
        problem = Problem(code=Code.TOO_BIG, part=leaf.path, detail=excess)
        problems = () if excess in self.refused else (problem,)
        self.refused.add(excess)
        self._record(leaf, media_type, Content(status=Status.TOO_BIG, reason=excess, problems=problems))

    def _record(self, leaf: Leaf, media_type: str, content: Content) -> None:
        self.extent.parts += 1
        self._learn(passwords(content.blocks))
        self._learn(passwords_in_note(leaf.name, content.blocks))
        if self.keep:
            self.keep(leaf)
        else:
            self.noted.note(leaf, media_type, content, self.dated)


def placed(attached: tuple[Attached, ...]) -> tuple[tuple[str, Attached], ...]:
    """Give each file that staff *attached* its path: "补入1/照片.zip"."""
    return tuple((f"补入{place}/{one.name}", one) for place, one in enumerate(attached, 1))


def _bodies_first(coded: Iterable[Coded]) -> deque[Leaf | Coded]:
    """Give the leaves of a mail, its text bodies first and decoded; files that stand in these are among the others."""
    bodies: deque[Leaf | Coded] = deque()
    others: list[Leaf | Coded] = []
    for one in coded:
        if one.body:
            body, *files = one.leaves()
            bodies.append(body)
            others.extend(files)
        else:
            others.append(one)
    bodies.extend(others)
    return bodies


def _decoded(one: Leaf | Coded) -> Leaf:
    return one if isinstance(one, Leaf) else one.leaves()[0]
