"""Which documents of a mail stand in the name of another unit of the roster than the mail's (代报).

Purpose: `behalf`: 县科协 sends its own report and that of 县科技局; what a document tells counts for the unit in whose name it
stands.
Source: dataset/README.md section D. An association that passes on a report of its member or branch is the unit itself, so that a
single document that is only 转报 stays with the mail's unit, and a person is asked.
Limits: a document's unit is clear where its head (title, letterhead, field) and its signature name one unit of the roster; one of
the two is enough only where the cover letter names that unit too. Two reports in one document are not told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.identify.forms import BUREAU, Roster, Sort, is_bureau, roster_of
from pipeline.identify.names import Mention, mentions
from pipeline.identify.places import places
from pipeline.identify.spelling import normal
from pipeline.identify.weights import weigh
from pipeline.records import Behalf, Code, Document, Mail, Problem, Reading
from rules import Notice, Unit

ON_BEHALF = re.compile(
    r"(?<![现年时近当古世后一下朝换替])代(?:为)?(?![表理码号谢替价])[^。，；！\n]{0,24}?(?:报送|上报|提交|发送|报来|转交|报)"
)
PASSED_ON = re.compile(r"转报|转呈|转交|推荐报送|审核报送")
TOGETHER = re.compile(
    r"一并(?:报送|上报|报上|呈报|提交|发送|附上|发来)|两(?:家|个)?单位|[两二三几]家|分别报送|合并报送|汇总报送|统一报送"
)
HEAD, FOOT = ("title", "letterhead", "field"), ("signature", "field")
"""Places in which a document says at its head, and at its end, whose it is."""
SURE = 0.75
"""Quality of a name, and share of its place, from which it speaks for the document."""
LEAST_POINTS = 30.0
"""Points of a name in such a place; those it merely speaks of have less."""


@dataclass(frozen=True, kw_only=True)
class _Owner:
    """The unit in whose name a document stands. full: head and signature agree."""

    part: str
    unit: str
    full: bool


def behalf(
    reading: Reading, best: str | None, parts: Sequence[str], *, units: tuple[Unit, ...], notice: Notice
) -> tuple[tuple[Behalf, ...], tuple[Problem, ...]]:
    """Say which documents count for another unit than *best*, and what a person must decide.

    Args:
        best: the unit of the mail, None where there is none.
        parts: of the documents that activities were read from.
    """
    known = roster_of(units, notice.organisers)
    documents = [one for one in reading.documents if one.part in parts and not one.body]
    cover = _cover(reading)
    named = {one.key for line in cover for one in mentions(line, known) if one.sort is Sort.UNIT}
    owners = [owner for one in documents if (owner := _owner(one, best, named, known))]
    others = [owner for owner in owners if owner.unit != best]
    words = "\n".join(cover)
    if not others:
        return (), _unclear(words, named - {best}, documents, owners)
    said = ON_BEHALF.search(words) or (
        len(documents) > 1 and (PASSED_ON.search(words) or TOGETHER.search(words))
    )
    if said:
        return tuple(_behalf(one, f"来信写明“{said.group()}”") for one in others), ()
    full = [one for one in owners if one.full]
    if len({one.unit for one in full}) > 1:
        return tuple(_behalf(one, "标题和落款都是该单位") for one in full if one.unit != best), ()
    return (), tuple(_question(one.part, f"写的是“{one.unit}”") for one in others if best is not None)


def _behalf(owner: _Owner, words: str) -> Behalf:
    return Behalf(part=owner.part, unit=owner.unit, words=words)


def _question(part: str, fact: str) -> Problem:
    detail = f"这份材料{fact}，是否代该单位报送请人工决定；暂计入来件的报送单位"
    return Problem(code=Code.BEHALF, part=part, detail=detail)


def _unclear(
    words: str, named: Iterable[str], documents: Sequence[Document], owners: Sequence[_Owner]
) -> tuple[Problem, ...]:
    """The cover letter says that it reports for another unit, and no document says that it is that unit's."""
    told = {one.part for one in owners}
    unknown = [one for one in documents if one.part not in told]
    others = "、".join(sorted(named))
    if not ON_BEHALF.search(words) or not others or not unknown:
        return ()
    return (_question(unknown[0].part, f"没有写明单位，来信说代报（提到 {others}）"),)


def _cover(reading: Reading) -> list[str]:
    """Subject and own lines of the bodies."""
    lines = [reading.mail.subject]
    for document in reading.documents:
        if document.body:
            lines += [
                line for block in document.blocks if block.aside is None for line in block.text.splitlines()
            ]
    return [normal(line) for line in lines]


# ---------------------------------------------------------------- in whose name a document stands


def _owner(document: Document, best: str | None, named: Iterable[str], known: Roster) -> _Owner | None:
    """The one unit of the roster that the document names at head or foot; None where it is not clear."""
    alone = Reading(sha256="", version=0, abilities=(), mails=(Mail(),), parts=(), documents=(document,))
    head: set[str] = set()
    foot: set[str] = set()
    for place in places(alone):
        if place.where not in HEAD and place.where not in FOOT:
            continue
        for found in weigh(place, known):
            sure = found.mention.quality >= SURE and found.points >= LEAST_POINTS
            for unit in _meant(found.mention, best, known) if sure else ():
                if place.where in HEAD:
                    head.add(unit)
                if place.where in FOOT:
                    foot.add(unit)
    units = head | foot
    if len(units) != 1:
        return None
    unit = next(iter(units))
    if unit not in known.by_name:
        return None
    full = bool(head and foot)
    return _Owner(part=document.part, unit=unit, full=full) if full or unit == best or unit in named else None


def _meant(mention: Mention, best: str | None, known: Roster) -> Iterator[str]:
    """The unit that a name means; 区科技局 alone is that of the district of the mail's unit."""
    if mention.sort in (Sort.UNIT, Sort.OUTSIDE):
        yield mention.key
    elif mention.sort is Sort.OWN and best:
        for body in known.areas.get(known.area(best), ()):
            if is_bureau(body) == (mention.key == BUREAU):
                yield body.name
