"""What people decided about how mails and their activities stand to one another.

Purpose: `independent` (a mail counts for itself all the same), `joined` (activities are one, or are not); pure, parts of season().
Source: records Relation and Joint; principle 9.
Limits: only activities that count can be one. A no about three says nothing about two of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.records import Code, Correction, Filed, Joint, Judged, Kind, Problem
from pipeline.records.fields import field_name
from pipeline.review.fields import INDEPENDENT, JOINT, NO, YES
from pipeline.review.places import anchored, now
from pipeline.review.standing import latest, standing

Key = tuple[str, int]
"""An activity: accession, and number from 1."""
_Part = tuple[frozenset[Key], tuple[str, ...]]
"""Activities that are one, and the words for it."""


def independent(filed: Sequence[Filed], corrections: Sequence[Correction]) -> list[Filed]:
    """The mails with their relations as people decided them.

    One that counts for itself is replaced, recalled and repeated by nobody, and replaces none of those that replaced it.
    """
    said = {
        accession: one.new.strip()
        for (accession, field), one in latest(corrections).items()
        if field == "relation"
    }
    freed = {
        one.item.accession
        for one in filed
        if one.relation is not None
        and one.relation.superseded_by
        and said.get(one.item.accession) == INDEPENDENT
    }
    return [_related(one, said.get(one.item.accession, ""), freed) for one in filed]


def _related(one: Filed, said: str, freed: Collection[str]) -> Filed:
    relation = one.relation
    if relation is None:
        return one
    adds = one.filing is not None and one.filing.kind is Kind.SUPPLEMENT
    if relation.supersedes in freed and not adds:
        relation = replace(relation, supersedes=None)
    if said == INDEPENDENT:
        relation = replace(relation, superseded_by=None, kind=None, of=None, recalled=False, differences=())
    return replace(one, relation=replace(relation, decided=bool(said)))


# ---------------------------------------------------------------- joint activities


@dataclass(frozen=True, kw_only=True)
class _Said:
    """A decision about activities as they stand now. members: those that count and are there."""

    correction: Correction
    members: frozenset[Key]

    @property
    def words(self) -> str:
        return f"人工认定为同一项（{self.correction.by}：{self.correction.why}）"


def joined(
    filed: Sequence[Filed],
    found: Sequence[Joint],
    corrections: Sequence[Correction],
    counting: Collection[Key],
) -> tuple[list[Filed], tuple[Joint, ...]]:
    """The joint activities as people decided them.

    Args:
        found: by the machine.
        counting: the activities that count.

    Returns:
        the mails, in which of one unit's tellings of one activity only one counts any more and decisions about
        activities that are gone are Problems; and the joint activities in order of their first member.
    """
    mails = {one.item.accession: one for one in filed}
    said, lost = _resolved(mails, corrections)
    if not said and not lost:
        return list(filed), tuple(found)
    apart = [one.members for one in said if one.correction.new.strip() == NO]
    together = [one for one in said if one.correction.new.strip() == YES]
    machine = [_held(one, apart) for one in found if frozenset(one.members) not in apart]
    groups = _groups(machine, together, frozenset(counting))
    joints, again = [], set[Key]()
    for members, words in groups:
        joint, twice = _joint(mails, members, words)
        again |= twice
        joints += [joint] if len(joint.members) > 1 else []
    taken = [members for members, _ in groups]
    joints += [
        one
        for one in machine
        if not any(
            (frozenset(one.members) <= members) or (one.decided and frozenset(one.members) & members)
            for members in taken
        )
    ]
    settled = [_settled(one, again, lost.get(one.item.accession, ())) for one in filed]
    return settled, tuple(sorted(joints, key=lambda one: (min(one.members), one.members)))


def _resolved(
    mails: Mapping[str, Filed], corrections: Sequence[Correction]
) -> tuple[list[_Said], dict[str, tuple[Problem, ...]]]:
    """The last decision about each set of activities, by their order; Problems where one of them is gone, by accession."""
    filings = {accession: one.filing for accession, one in mails.items()}
    said: dict[frozenset[Key], _Said] = {}
    lost: dict[str, tuple[Problem, ...]] = {}
    for one in standing(corrections):
        key = JOINT.fullmatch(one.field)
        if key is None:
            continue
        named = anchored(key[1], one.anchor)
        where = [now(filings, *each) if filings.get(each[0][0]) is not None else None for each in named]
        members = frozenset(each for each in where if each is not None)
        if None in where:
            problem = Problem(
                code=Code.REVIEW,
                detail=f"人工认定{field_name(one.field)}（{one.by}）找不到其中的活动，请重新核对",
            )
            for accession in {name[0] for (name, _), each in zip(named, where, strict=True) if each is None}:
                lost[accession] = (*lost.get(accession, ()), problem)
        elif len(members) > 1:
            said.pop(members, None)
            said[members] = _Said(correction=one, members=members)
    return sorted(said.values(), key=lambda one: sorted(one.members)), lost


def _held(joint: Joint, apart: Sequence[frozenset[Key]]) -> Joint:
    """A machine's group that holds some of which people said that they are not one: asked again."""
    if joint.decided and any(members < frozenset(joint.members) for members in apart):
        words = f"{joint.words}；其中几项人工认定不是同一项"
        return replace(joint, decided=False, words=words)
    return joint


def _groups(machine: Sequence[Joint], together: Sequence[_Said], counting: frozenset[Key]) -> list[_Part]:
    """Sets of activities that people said are one, each with what the machine had found one with any of them; with words."""
    parts: list[_Part] = []
    for one in together:
        if len(one.members & counting) > 1:
            parts = _merged(parts, (one.members & counting, (one.words,)))
    for joint in machine:
        members = frozenset(joint.members)
        if joint.decided and any(members & part for part, _ in parts):
            parts = _merged(parts, (members, (joint.words,)))
    return parts


def _merged(parts: Sequence[_Part], new: _Part) -> list[_Part]:
    """*parts* with *new*, which is made one with those that it has an activity in common with."""
    touching = [part for part in parts if part[0] & new[0]]
    whole = frozenset[Key]().union(*(part[0] for part in touching), new[0])
    words = dict.fromkeys(words for part in (*touching, new) for words in part[1])
    return [*(part for part in parts if part not in touching), (whole, tuple(words))]


def _joint(
    mails: Mapping[str, Filed], members: frozenset[Key], words: Sequence[str]
) -> tuple[Joint, set[Key]]:
    """The joint activity of one telling a unit, the one that states most first; and the tellings that are too many."""
    chosen = sorted(members, key=lambda key: (-_stated(_judged(mails, key)), key))
    kept: dict[str, Key] = {}
    for key in chosen:
        kept.setdefault(_unit(mails, key), key)
    joint = Joint(members=tuple(kept.values()), units=tuple(kept), decided=True, words="；".join(words))
    return joint, set(members) - set(kept.values())


def _judged(mails: Mapping[str, Filed], key: Key) -> Judged:
    filing = mails[key[0]].filing
    assert filing is not None  # noqa: S101 - it was found there
    return filing.activities[key[1] - 1]


def _unit(mails: Mapping[str, Filed], key: Key) -> str:
    filing = mails[key[0]].filing
    best = filing.identification.best if filing is not None else None
    return _judged(mails, key).unit or best or ""


def _stated(judged: Judged) -> int:
    activity = judged.activity
    return sum(
        figure is not None for figure in (activity.participants, activity.sessions, activity.materials)
    )


def _settled(one: Filed, again: Collection[Key], lost: Sequence[Problem]) -> Filed:
    if one.filing is None:
        return one
    activities = tuple(
        replace(judged, counted=False) if (one.item.accession, number) in again else judged
        for number, judged in enumerate(one.filing.activities, 1)
    )
    problems = tuple(dict.fromkeys((*one.filing.problems, *lost)))
    return replace(one, filing=replace(one.filing, activities=activities, problems=problems))
