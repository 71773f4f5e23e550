"""Which unit sent the mail, and whom to ring.

Purpose: `identify` weighs every name that stands in a telling place of the mail and its report; it abstains where two
units are close, where the name may be another's, or where nothing but the sender speaks. `contact` finds 联系人.
Source: dataset/README.md section D; DESIGN.md section 5 (best is None only without any candidate).
Limits: one unit a mail; a mail for several units (代报) stays undecided with all of them as candidates; `behalf` says which of its
documents stand in another unit's name.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.identify.behalf import behalf
from pipeline.identify.contact import contact
from pipeline.identify.forms import (
    ASSOCIATION,
    BUREAU,
    Roster,
    Sort,
    close_to,
    is_bureau,
    roster_of,
)
from pipeline.identify.names import pieces
from pipeline.identify.places import FIRM, WEIGHTS, Place, places
from pipeline.identify.weights import Found, weigh
from pipeline.records import Candidate, Identification, Reading
from rules import Notice, Unit

__all__ = ["behalf", "contact", "identify"]

ENOUGH = 30.0
"""Points that a decision needs: one place where the unit plainly speaks for itself, be it a line of the body."""
ENOUGH_OUTSIDE = 50.0
"""The same for a body outside the roster, whose name nobody can check: a signature, or two places that agree.
An association or a society, which sends reports as a hospital named in a title does not, needs ENOUGH alone."""
MARGIN = 0.49
"""The second may have at most this share of the winner's points: a file's name (25) contests a signature (50)."""
CONTENT = 0.4
"""What is left of another's points where one unit says that it passes the report on."""
MAX_CANDIDATES = 8
LEAD_CHARACTERS = 40
"""How early the first sentence of the report must name a unit to speak of it."""
LEADS = 0.7
"""Share of its place that a name in the first sentence must have to be its subject."""
NAMESAKES = {"江北区": ("宁波", "浙江")}
"""Districts whose name another city's district bears too (GB/T 2260), and the words that betray it."""


@dataclass(kw_only=True)
class _Tally:
    """Points a candidate has from each place (the best mention of the place alone), and the words they rest on."""

    points: dict[str, float] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    surest: float = 0.0

    def add(self, where: str, points: float, words: str, quality: float = 1.0) -> None:
        if points > self.points.get(where, 0.0):
            self.points[where] = points
            self.words[where] = words
        if where in FIRM:
            self.surest = max(self.surest, quality)

    @property
    def total(self) -> float:
        return sum(self.points.values())


def identify(reading: Reading, units: tuple[Unit, ...], notice: Notice) -> Identification:
    """Say which unit submits the mail of *reading*.

    Args:
        units: the roster; without one every name is outside it.
        notice: its organisers are addressees and never the unit.

    Returns:
        best: canonical roster name, or the name as written, in the fullest form that is written.
        decided: enough points from a place where the unit speaks for itself, and a clear margin to the next.
        candidates: at most MAX_CANDIDATES, weight in points. evidence: that of the best.
    """
    known = roster_of(units, notice.organisers)
    lines = list(places(reading))
    found = [one for place in lines for one in weigh(place, known)]
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    _unit_points(found, tallies)
    _district_points(found, _owners(reading, known), tallies, known)
    _own_points(found, tallies, known)
    _text_points(found, tallies, known)
    _address_points(reading, tallies, known)
    outside = _outside_points(found, lines, tallies, known)
    _forwarded(tallies)
    doubtful = _namesakes(found, tallies, known) | _near_names(outside, tallies, known)
    return _verdict(tallies, outside, doubtful, known)


# ---------------------------------------------------------------- what a mention weighs in its place

# ---------------------------------------------------------------- points of roster units


def _unit_points(found: Iterable[Found], tallies: dict[str, _Tally]) -> None:
    for one in found:
        if one.mention.sort is Sort.UNIT and one.place.where != "text":
            tally, mention = tallies[one.mention.key], one.mention
            tally.add(one.place.where, one.points, mention.words, mention.quality)
            if one.forwards:
                tally.add("forwards", WEIGHTS["forwards"], mention.words, mention.quality)


def _district_points(
    found: Sequence[Found], owners: Sequence[Unit], tallies: dict[str, _Tally], known: Roster
) -> None:
    """A district named alone speaks for its association or its bureau."""
    leaning = _leaning(found, owners, known)
    for one in found:
        if one.mention.sort is Sort.DISTRICT and one.place.where != "text" and _alone(one, found):
            for unit in _of_district(one.mention.key, known):
                share = leaning[BUREAU if is_bureau(unit) else ASSOCIATION]
                tallies[unit.name].add(one.place.where, one.points * share, one.mention.words, share)


def _own_points(found: Sequence[Found], tallies: dict[str, _Tally], known: Roster) -> None:
    """区科协 and 我局 speak for the body of the district in question."""
    district = _district_in_question(found, known)
    for one in found:
        if one.mention.sort is Sort.OWN and one.place.where != "text" and district:
            for unit in _of_district(district, known):
                if is_bureau(unit) == (one.mention.key == BUREAU):
                    tallies[unit.name].add(one.place.where, one.points * 0.8, one.mention.words, 0.8)


def _text_points(found: Sequence[Found], tallies: dict[str, _Tally], known: Roster) -> None:
    """Running text speaks by how often it names a unit, and by whom its first sentence names."""
    district = _district_in_question(found, known)
    counts: Counter[str] = Counter()
    words: dict[str, str] = {}
    told = [one for one in found if one.place.where == "text"]
    for one in told:
        for name in _meant(one, district, known):
            counts[name] += 1
            words.setdefault(name, one.mention.words)
    for name, count in counts.items():
        share = count / sum(counts.values()) * min(1.0, (count + 1) / 3)
        tallies[name].add("text", WEIGHTS["text"] * share, words[name])
    lead = next((one for one in told if one.mention.sort is Sort.UNIT), None)
    if lead and lead.place.first and lead.mention.start <= LEAD_CHARACTERS and _speaks(lead):
        tallies[lead.mention.key].add("lead", WEIGHTS["lead"], lead.mention.words)


def _speaks(one: Found) -> bool:
    """Is the name sure, and does its sentence tell what this unit did rather than with whom or where?"""
    return one.mention.quality >= 0.8 and one.points >= LEADS * WEIGHTS["text"]


def _meant(one: Found, district: str | None, known: Roster) -> list[str]:
    if one.mention.sort is Sort.UNIT:
        return [one.mention.key]
    if one.mention.sort is Sort.OWN and district:
        bureau = one.mention.key == BUREAU
        return [unit.name for unit in _of_district(district, known) if is_bureau(unit) == bureau]
    return []


def _alone(one: Found, found: Iterable[Found]) -> bool:
    """Is the district not merely a place in a line that names a body?"""
    return not any(
        other.place is one.place and other.mention.sort in (Sort.UNIT, Sort.OUTSIDE) for other in found
    )


def _leaning(found: Sequence[Found], owners: Sequence[Unit], known: Roster) -> dict[str, float]:
    """How likely a district named alone means its association, its bureau: by how the mail and its sender name it."""
    counts = Counter(
        (one.mention.key, one.mention.words[0] in "我本") for one in found if one.mention.sort is Sort.OWN
    )
    if counts[(BUREAU, True)]:
        return {ASSOCIATION: 0.2, BUREAU: 0.75}
    senders = {one.mention.key for one in found if one.place.where == "sender" and one.mention.quality >= 0.8}
    named = {unit.kind for unit in known.units if unit in owners or unit.name in senders}
    if len(named & {ASSOCIATION, BUREAU}) == 1:
        return {kind: 0.75 if kind in named else 0.2 for kind in (ASSOCIATION, BUREAU)}
    associations, bureaus = counts[(ASSOCIATION, False)], counts[(BUREAU, False)]
    if associations > bureaus:
        return {ASSOCIATION: 0.75, BUREAU: 0.2}
    if bureaus > associations:
        return {ASSOCIATION: 0.3, BUREAU: 0.6}
    return {ASSOCIATION: 0.55, BUREAU: 0.4}


def _of_district(district: str, known: Roster) -> list[Unit]:
    kinds = (ASSOCIATION, BUREAU, "new_area")
    return [unit for unit in known.units if unit.district == district and unit.kind in kinds]


def _district_in_question(found: Iterable[Found], known: Roster) -> str | None:
    kinds = (ASSOCIATION, BUREAU, "new_area")
    districts = {unit.name: unit.district for unit in known.units if unit.kind in kinds}
    points: Counter[str] = Counter()
    for one in found:
        if one.place.where != "text":
            district = (
                one.mention.key if one.mention.sort is Sort.DISTRICT else districts.get(one.mention.key)
            )
            if district:
                points[district] += int(one.points)
    ranked = points.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[1][1] > MARGIN * ranked[0][1]):
        return None
    return ranked[0][0]


def _address_points(reading: Reading, tallies: dict[str, _Tally], known: Roster) -> None:
    """An address or domain of the roster: evidence, never proof, for anybody may write anything there."""
    for unit in _owners(reading, known):
        tallies[unit.name].add("address", WEIGHTS["address"], reading.mail.sender.address)


def _owners(reading: Reading, known: Roster) -> list[Unit]:
    """The units to whom the roster gives the sender's address or its domain."""
    address = reading.mail.sender.address
    domain = address.rpartition("@")[2]
    return [
        unit
        for unit in known.units
        for entry in unit.addresses
        if address == entry or ("@" not in entry and (domain == entry or domain.endswith("." + entry)))
    ]


def _forwarded(tallies: dict[str, _Tally]) -> None:
    """Where one unit alone says that it passes the report on, the names in the report are those of its content."""
    forwarders = [name for name, tally in tallies.items() if "forwards" in tally.points]
    if len(forwarders) != 1:
        return
    for name, tally in tallies.items():
        if name not in forwarders:
            tally.points = {where: points * CONTENT for where, points in tally.points.items()}


def _namesakes(found: Iterable[Found], tallies: dict[str, _Tally], known: Roster) -> frozenset[str]:
    """Units whose district another city has too, where the mail speaks of that city: never decided."""
    lines = [one for one in {id(one.place): one.place for one in found}.values() if one.where != "text"]
    doubtful = set()
    for unit in known.units:
        signs = NAMESAKES.get(unit.district, ())
        if unit.name in tallies and any(sign in line.text for sign in signs for line in lines):
            doubtful.add(unit.name)
            tally = tallies[unit.name]
            tally.points = {where: points * 0.3 for where, points in tally.points.items()}
    return frozenset(doubtful)


# ---------------------------------------------------------------- units outside the roster


def _outside_points(
    found: Sequence[Found], lines: Iterable[Place], tallies: dict[str, _Tally], known: Roster
) -> frozenset[str]:
    """Points of names in no roster, the forms of one name taken together; returns the fullest forms."""
    outside = [one for one in found if one.mention.sort is Sort.OUTSIDE]
    named = {id(one.place) for one in found if one.mention.sort in (Sort.UNIT, Sort.OUTSIDE)}
    names = sorted({one.mention.key for one in outside}, key=lambda name: (-len(name), name))
    fullest: dict[str, str] = {}
    for name in names:
        fullest[name] = next((long for long in fullest.values() if _short_for(name, long, known.city)), name)
    for one in outside:
        name = fullest[one.mention.key]
        tallies[name].add(one.place.where, one.points, one.mention.words, one.mention.quality)
        if one.forwards:
            tallies[name].add("forwards", WEIGHTS["forwards"], one.mention.words)
    for name in set(fullest.values()):
        for place in lines:
            silent = place.where in ("subject", "sender", "file") and id(place) not in named
            if silent and _hinted(place.text, name, known.city):
                tallies[name].add(place.where, WEIGHTS[place.where] * 0.8, place.text, 0.8)
    return frozenset(fullest.values())


def _near_names(outside: Iterable[str], tallies: dict[str, _Tally], known: Roster) -> frozenset[str]:
    """Names outside the roster that may be meant for one in it; what they are like becomes a candidate."""
    doubtful = set()
    for name in outside:
        for unit in close_to(name, known):
            doubtful.add(name)
            tallies[unit].add("alike", tallies[name].total / 2, name, 0.5)
    return frozenset(doubtful)


def _short_for(short: str, long: str, city: str) -> bool:
    """Can *short* be an abbreviation of *long*: its characters in their order, without the city's name?"""
    rest = iter(long.removeprefix(city))
    bare = short.removeprefix(city).removeprefix("市")
    return len(bare) >= 3 and all(character in rest for character in bare)


def _hinted(text: str, name: str, city: str) -> bool:
    return any(_short_for(token, name, city) for token in pieces(text) if len(token) >= 3)


def _full(name: str, known: Roster) -> str:
    """A name as its unit writes it; only 市 before it is spelt out, as roster names have it."""
    return known.city + name[1:] if name.startswith("市") else name


def _cut_short(name: str, known: Roster) -> bool:
    """Does the name begin with a district whose city is not written? Other cities have districts of the name too."""
    return any(name.startswith(district) for district in known.areas if district[-1] == "区")


# ---------------------------------------------------------------- the verdict


def _verdict(
    tallies: dict[str, _Tally], outside: frozenset[str], doubtful: frozenset[str], known: Roster
) -> Identification:
    ranked = sorted(
        ((name, tally) for name, tally in tallies.items() if tally.total >= 1),
        key=lambda pair: (-pair[1].total, pair[0]),
    )
    candidates = tuple(
        Candidate(
            name=_full(name, known) if name in outside else name,
            in_roster=name not in outside,
            weight=round(tally.total, 1),
        )
        for name, tally in ranked[:MAX_CANDIDATES]
    )
    if not candidates:
        return Identification(best=None, in_roster=False, decided=False)
    name, best = ranked[0]
    second = ranked[1][1].total if len(ranked) > 1 else 0.0
    reports = name not in outside or re.search("科协$|[学协]会$", name)
    enough = ENOUGH if reports else ENOUGH_OUTSIDE
    return Identification(
        best=candidates[0].name,
        in_roster=candidates[0].in_roster,
        decided=name not in doubtful
        and not (name in outside and _cut_short(name, known))
        and best.total >= enough
        and best.surest >= 0.7
        and second <= MARGIN * best.total,
        candidates=candidates,
        evidence=tuple(
            (where, best.words[where]) for where in sorted(best.points, key=lambda key: -best.points[key])
        ),
    )
