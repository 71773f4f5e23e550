"""Which photographs were used more than once: by several units, in several mails, in several documents of one mail.

Purpose: `reuse`, a fold over all filings' pictures; staff decide whose photograph it is (建议, never a verdict).
Source: the rubric's line on duplicated material (rules/<notice>/scoring.toml, [off] duplicate); issue of reused photos.
Limits: photographs alone, and pictures that may be one: logos, screenshots, pages and posters are set aside, for they look
alike or are everybody's. Mails that do not stand (copies, recalled or replaced ones) use nothing; a supplement may send
again what the mail that it adds to had, and one report in Word and PDF holds its photographs twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from pipeline.records import (
    Depiction,
    Filed,
    Filing,
    Kind,
    Part,
    RelationKind,
    Reuse,
    Scope,
    State,
    Status,
    Use,
)
from pipeline.reuse.likeness import SIDE, Look, pairs

REPORTS = (Kind.SUBMISSION, Kind.CORRECTION, Kind.SUPPLEMENT)
ASIDE = (Depiction.LOGO, Depiction.SCREENSHOT, Depiction.PAGE, Depiction.GRAPHIC)
"""What is no photograph."""
COMMON_UNITS = 4
"""Units from which a picture is taken for one that all were given: the day's main visual, a photograph of the main venue.
Two or three units copy from one another, or held one activity together."""
MAX_USES = 200
"""Uses of one photograph that are compared with one another; beyond it the first ones tell the story."""


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """One picture that counts. thread: mails that add to one another have one. document: path of the part that holds it,
    "" for the mail itself. tells: how many activities that part describes."""

    use: Use
    digest: str
    look: Look | None
    thread: str
    document: str
    tells: int


def reuse(filed: Sequence[Filed]) -> tuple[Reuse, ...]:
    """Find the photographs that *filed* (all mails, in any order, with their relations) use more than once.

    Returns:
        in order of their first use.
    """
    shown = sorted(_shown(filed), key=lambda one: (one.use.accession, one.use.part))
    by_digest: dict[str, list[_Shown]] = defaultdict(list)
    for one in shown:
        by_digest[one.digest].append(one)
    found = []
    for digests, alike in _groups(by_digest):
        uses = sorted(
            (one for digest in digests for one in by_digest[digest]),
            key=lambda one: (one.use.accession, one.use.part),
        )
        scope = _scope(uses[:MAX_USES])
        if scope is not None:
            used = tuple(one.use for one in uses)
            found.append(Reuse(uses=used, scope=scope, exact=len(digests) == 1, alike=alike))
    return tuple(sorted(found, key=lambda one: (one.uses[0].accession, one.uses[0].part)))


# ---------------------------------------------------------------- the pictures that count


def _shown(filed: Iterable[Filed]) -> Iterator[_Shown]:
    filed = tuple(filed)
    threads = _threads(filed)
    for one in filed:
        if one.filing is not None and _stands(one, one.filing):
            yield from _of_mail(one.item.accession, threads[one.item.accession], one.filing)


def _stands(one: Filed, filing: Filing) -> bool:
    """Whether the mail counts as a report of its own."""
    relation = one.relation
    if one.item.state is not State.FILED or filing.kind not in REPORTS:
        return False
    if relation is None:
        return True
    told_elsewhere = relation.kind is not None and not (
        relation.kind is RelationKind.FORWARD and relation.of is None
    )
    return not (told_elsewhere or relation.superseded_by or relation.recalled)


def _threads(filed: Iterable[Filed]) -> dict[str, str]:
    """Accession to the smallest accession among the mails that it corrects or adds to, or that do so with it."""
    threads = _Union()
    for one in filed:
        threads.add(one.item.accession)
        if one.relation:
            for other in (one.relation.supersedes, one.relation.superseded_by, one.relation.of):
                if other:
                    threads.join(one.item.accession, other)
    return {one: threads.first(one) for one in threads.members()}


def _of_mail(accession: str, thread: str, filing: Filing) -> Iterator[_Shown]:
    parts = {part.path: part for part in filing.parts if part.status is not Status.NOISE}
    telling = Counter(judged.activity.spans[0].part for judged in filing.activities)
    for picture in filing.pictures:
        part = parts.get(picture.part)
        if part is None or picture.logo or picture.kind in ASIDE:
            continue
        document = _document(part.path, parts)
        comparable = len(picture.hash) == SIDE * SIDE
        yield _Shown(
            use=Use(accession=accession, part=part.path, unit=filing.identification.best or ""),
            digest=part.sha256,
            look=Look(levels=picture.hash, width=picture.width, height=picture.height)
            if comparable
            else None,
            thread=thread,
            document=document,
            tells=telling[document],
        )


def _document(path: str, parts: dict[str, Part]) -> str:
    """The path of the nearest part that holds the one at *path*, "" where the mail itself does."""
    while "/" in path:
        path = path.rpartition("/")[0]
        if path in parts:
            return path
    return ""


# ---------------------------------------------------------------- groups


def _groups(by_digest: dict[str, list[_Shown]]) -> Iterator[tuple[list[str], float]]:
    """Digests of pictures that are one photograph, with the least cosine that holds them together."""
    looks = {
        digest: one.look for digest, found in by_digest.items() for one in found[:1] if one.look is not None
    }
    names = sorted(looks)
    union = _Union()
    least: dict[str, float] = {}
    for digest in by_digest:
        union.add(digest)
    links = [
        (names[one], names[other], alike) for one, other, alike in pairs([looks[name] for name in names])
    ]
    for one, other, _ in links:
        union.join(one, other)
    for one, _, alike in links:
        least[union.first(one)] = min(alike, least.get(union.first(one), 1.0))
    members: dict[str, list[str]] = defaultdict(list)
    for digest in union.members():
        members[union.first(digest)].append(digest)
    for first, digests in members.items():
        yield digests, least.get(first, 1.0)


class _Union:
    """Sets that are joined; each is called by its smallest member."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def add(self, one: str) -> None:
        self._above.setdefault(one, one)

    def first(self, one: str) -> str:
        self.add(one)
        while self._above[one] != one:
            self._above[one] = self._above[self._above[one]]
            one = self._above[one]
        return one

    def join(self, one: str, other: str) -> None:
        smaller, larger = sorted((self.first(one), self.first(other)))
        self._above[larger] = smaller

    def members(self) -> list[str]:
        return list(self._above)


def _scope(uses: Sequence[_Shown]) -> Scope | None:
    """The farthest two of *uses*, None where the photograph was used once, in however many files it stands."""
    if len({one.use.unit for one in uses} - {""}) >= COMMON_UNITS:
        return Scope.COMMON
    found = {_apart(one, other) for one, other in combinations(uses, 2)}
    return next((scope for scope in Scope if scope in found), None)


def _apart(one: _Shown, other: _Shown) -> Scope | None:
    if one.use.unit != other.use.unit and one.use.unit and other.use.unit:
        return Scope.UNITS
    if one.use.accession != other.use.accession:
        return Scope.MAILS if one.thread != other.thread else None
    # One report in Word and PDF has its activities in one of them alone: two that tell of some are two reports.
    if one.document != other.document:
        return Scope.DOCUMENTS if one.tells and other.tells else None
    return Scope.DOCUMENTS if one.tells > 1 and one.digest == other.digest else None
