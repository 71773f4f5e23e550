"""What other programs get: one JSON object a mail, one a block.

Purpose: `filings`, `text` and `read_json` give frozen values; `encode` writes one as one line. Keys and null rules are
documented in docs/export.md, their schema is docs/filings.schema.json.
Limits: says what the filings say; whether people's corrections are in them is the caller's choice (`--final`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

import msgspec

from outputs.export.values import (
    ActivityLine,
    BlockLine,
    FilingLine,
    HeadsLine,
    JointLine,
    Member,
    PartLine,
    ProblemLine,
    ReadLine,
    Source,
)
from pipeline.beijing import BEIJING
from pipeline.records import (
    Filed,
    Filing,
    Heads,
    Item,
    Judged,
    Kind,
    Part,
    Problem,
    Reading,
    Relation,
    RelationKind,
    State,
)

NO_SUBMISSION = (RelationKind.DUPLICATE, RelationKind.RECALL)
"""Relations that make a mail no submission of its own: kind `other`, no activities."""


def filings(filed: Iterable[Filed]) -> Iterator[FilingLine]:
    """Yield one line a mail, in order of accession (year, then number)."""
    for one in sorted(filed, key=lambda one: _order(one.item)):
        if one.filing is None or one.item.state is not State.FILED:
            yield _unfiled(one.item)
        else:
            yield _filed(one, one.filing)


def text(reading: Reading) -> Iterator[BlockLine]:
    """Yield one line a block, in the order of documents and blocks."""
    for document in reading.documents:
        for number, block in enumerate(document.blocks):
            yield BlockLine(
                part=document.part,
                block=number,
                style=block.style.value,
                level=block.level,
                page=block.page,
                text=block.text,
                rows=block.rows,
                confidence=block.confidence,
            )


def read_json(reading: Reading, *, kind: Literal["mail", "document"]) -> ReadLine:
    """Give what `read --json` shows of one file."""
    return ReadLine(
        subject=reading.mail.subject,
        kind=kind,
        parts=tuple(_part(part) for part in reading.parts),
        blocks=tuple(text(reading)),
        problems=tuple(_problem(problem) for problem in reading.problems),
    )


def encode(line: FilingLine | BlockLine | ReadLine) -> str:
    """Write one value as one line of JSON: keys in the order of its fields, no escapes beyond what JSON asks for.

    Half of a surrogate pair, which no UTF-8 can hold, becomes U+FFFD.
    """
    try:
        return msgspec.json.encode(line).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_whole(msgspec.to_builtins(line))).decode()


def _whole(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(inner) for inner in value]
    return value


def _order(item: Item) -> tuple[str, int, str]:
    year, _, number = item.accession.partition("-")
    return year, int(number) if number.isdigit() else 0, item.accession


def _unfiled(item: Item) -> FilingLine:
    reason = item.reason
    return FilingLine(
        accession=item.accession,
        sha256=item.sha256,
        message_id=None,
        subject=None,
        received=_beijing(item.received),
        state=item.state.value,
        kind=None,
        supersedes=None,
        unit=None,
        unit_decided=False,
        unit_candidates=(),
        in_roster=False,
        activities=(),
        highlights=(),
        suggestions=(),
        contact=None,
        parts=(),
        problems=(ProblemLine(code=item.state.value, part="", detail=reason),) if reason else (),
        relation=None,
        of=None,
        superseded_by=None,
        recalled=False,
        differences=(),
        behalf=(),
    )


def _filed(one: Filed, filing: Filing) -> FilingLine:
    item, found = one.item, filing.identification
    relation = one.relation or Relation(accession=item.accession)
    kind = Kind.OTHER if relation.kind in NO_SUBMISSION else filing.kind
    told = filing.activities if kind is not Kind.OTHER else ()
    own = kind is not Kind.OTHER
    return FilingLine(
        accession=item.accession,
        sha256=item.sha256,
        message_id=filing.mail.message_id,
        subject=filing.mail.subject,
        received=_beijing(item.received),
        state=item.state.value,
        kind=kind.value,
        supersedes=relation.supersedes,
        unit=found.best,
        unit_decided=found.decided,
        unit_candidates=tuple(candidate.name for candidate in found.candidates),
        in_roster=found.in_roster,
        activities=tuple(
            _activity(judged, one, number) for number, judged in enumerate(told, 1) if judged.counted
        ),
        highlights=tuple(passage.text for passage in filing.highlights) if own else (),
        suggestions=tuple(passage.text for passage in filing.suggestions) if own else (),
        contact=filing.contact,
        parts=tuple(_part(part) for part in filing.parts),
        problems=tuple(_problem(problem) for problem in filing.problems),
        relation=relation.kind.value if relation.kind else None,
        of=relation.of,
        superseded_by=relation.superseded_by,
        recalled=relation.recalled,
        differences=relation.differences,
        behalf=filing.behalf if own else (),
    )


def _activity(judged: Judged, one: Filed, number: int) -> ActivityLine:
    activity, category = judged.activity, judged.classification
    people, first = activity.participants, activity.spans[0]
    return ActivityLine(
        title=activity.title,
        category=category.code,
        decided=category.decided,
        also=category.also,
        text=activity.text,
        date_start=activity.date_start.value.isoformat() if activity.date_start else None,
        date_end=activity.date_end.value.isoformat() if activity.date_end else None,
        place=activity.place.value if activity.place else None,
        participants=people.value if people else None,
        participants_words=people.words if people else None,
        sessions=activity.sessions.value if activity.sessions else None,
        materials=activity.materials.value if activity.materials else None,
        media=tuple(stated.value for stated in activity.media),
        confidence=round(category.confidence, 4),
        source=Source(part=first.part, block=first.block),
        unit=judged.unit,
        heads=tuple(map(_heads, activity.heads)),
        joint=_joint(one, number),
    )


def _heads(heads: Heads) -> HeadsLine:
    return HeadsLine(
        value=heads.value,
        counter=heads.counter,
        qualifier=heads.qualifier,
        role=heads.role.value,
        words=heads.words,
        source=Source(part=heads.span.part, block=heads.span.block),
    )


def _joint(one: Filed, number: int) -> JointLine | None:
    """The joint activity that it is for certain; else the first that it may be."""
    key = one.item.accession, number
    found = sorted(
        (joint for joint in one.joint if key in joint.members), key=lambda joint: not joint.decided
    )
    if not found:
        return None
    joint = found[0]
    members = zip(joint.members, joint.units, strict=True)
    return JointLine(
        decided=joint.decided,
        again=joint.decided and joint.members[0] != key,
        members=tuple(Member(accession=mail, activity=place, unit=unit) for (mail, place), unit in members),
        words=joint.words,
    )


def _part(part: Part) -> PartLine:
    return PartLine(
        path=part.path,
        name=part.name,
        media_type=part.media_type,
        size=part.size,
        sha256=part.sha256,
        status=part.status.value,
        reason=part.reason,
        characters=part.characters,
    )


def _problem(problem: Problem) -> ProblemLine:
    return ProblemLine(code=problem.code.value, part=problem.part, detail=problem.detail)


def _beijing(at: datetime) -> str:
    return at.astimezone(BEIJING).isoformat(timespec="seconds")
