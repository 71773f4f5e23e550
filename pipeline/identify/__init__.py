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

from pipeline.identify.behalf import behalf
from pipeline.identify.contact import contact
from pipeline.identify.districts import district_in_question, district_points, meant, own_points
from pipeline.identify.forms import Roster, Sort, roster_of
from pipeline.identify.outside import cut_short, full_name, near_names, outside_points
from pipeline.identify.places import FIRM, WEIGHTS, Place, places
from pipeline.identify.tally import KNOWN_BY_NAME, Tally
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
OURSELVES = {
    "society": "[我本]会|(?:我们?|本)[学协研][会究]",
    "district_association": "[我本]会|(?:我们?|本)科协|[区县]科协",
    "district_st_bureau": "[我本]局",
    "new_area": "[我本][会局]",
    "enterprise_association": "[我本](?:们?公司|司|厂|企业)",
    "university_association": "[我本][校院]",
    "hospital_association": "[我本](?:们?医)?院",
    "institute_association": "[我本](?:院|所|们?研究[院所])",
}
"""How units of each kind speak of themselves without a name."""
NAMESAKES = {"江北区": ("宁波", "浙江")}
"""Districts whose name another city's district bears too (GB/T 2260), and the words that betray it."""


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
    tallies: dict[str, Tally] = defaultdict(Tally)
    _unit_points(found, tallies)
    district_points(found, _owners(reading, known), tallies, known)
    own_points(found, tallies, known)
    _text_points(found, tallies, known)
    _address_points(reading, tallies, known)
    _ourselves_points(lines, tallies, known)
    outside = outside_points(found, lines, tallies, known)
    _forwarded(tallies)
    doubtful = _namesakes(lines, tallies, known) | near_names(outside, tallies, known)
    doubtful |= cut_short(outside, found, known)
    return _verdict(tallies, outside, doubtful, known)


# ---------------------------------------------------------------- points of roster units


def _unit_points(found: Iterable[Found], tallies: dict[str, Tally]) -> None:
    for one in found:
        if one.mention.sort is Sort.UNIT and one.place.where != "text":
            tally, mention = tallies[one.mention.key], one.mention
            tally.add(one.place.where, one.points, mention.words, mention.quality)
            if one.forwards:
                tally.add("forwards", WEIGHTS["forwards"], mention.words, mention.quality)


def _text_points(found: Sequence[Found], tallies: dict[str, Tally], known: Roster) -> None:
    """Running text speaks by how often it names a unit, and by whom its first sentence names."""
    district = district_in_question(found, known)
    counts: Counter[str] = Counter()
    words: dict[str, str] = {}
    told = [one for one in found if one.place.where == "text" and not one.partner]
    for one in told:
        for name in meant(one, district, known):
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


def _address_points(reading: Reading, tallies: dict[str, Tally], known: Roster) -> None:
    """An address or domain of the roster: evidence, never proof, for anybody may write anything there."""
    for unit in _owners(reading, known):
        tallies[unit.name].add("address", WEIGHTS["address"], reading.mail.sender.address)


def _owners(reading: Reading, known: Roster) -> list[Unit]:
    """The units to whom the roster gives the sender's address or its domain."""
    address = reading.mail.sender.address
    labels = address.rpartition("@")[2].split(".")
    entries = (address, *(".".join(labels[start:]) for start in range(len(labels))))
    return [unit for entry in entries for unit in known.owners.get(entry, ())]


def _ourselves_points(lines: Iterable[Place], tallies: dict[str, Tally], known: Roster) -> None:
    """我会, 我校: the words in which the report speaks of its unit suit the one that the sender's name means."""
    for name, tally in tallies.items():
        sender, unit = tally.marks.get("sender"), known.by_name.get(name)
        if sender and unit and sender.quality >= KNOWN_BY_NAME:
            ours = re.compile(OURSELVES.get(unit.kind, "(?!)"))
            told = (line.text for line in lines if line.where in FIRM or line.where == "text")
            words = next((said.group() for text in told if (said := ours.search(text))), "")
            if words:
                tally.add("own", WEIGHTS["own"], words)


def _forwarded(tallies: dict[str, Tally]) -> None:
    """Where one unit alone says that it passes the report on, the names in the report are those of its content."""
    forwarders = [name for name, tally in tallies.items() if "forwards" in tally.marks]
    if len(forwarders) != 1:
        return
    for name, tally in tallies.items():
        if name not in forwarders:
            tally.shrink(CONTENT)


def _namesakes(lines: Iterable[Place], tallies: dict[str, Tally], known: Roster) -> frozenset[str]:
    """Bodies whose district another city has too, where the mail speaks of that city: never decided."""
    told = "\n".join(line.text for line in lines if line.where != "text")
    districts = {name for name, signs in NAMESAKES.items() if any(sign in told for sign in signs)}
    doubtful = set()
    for name, tally in tallies.items() if districts else ():
        unit = known.by_name.get(name)
        if (unit and unit.district in districts) or name.startswith(tuple(districts)):
            doubtful.add(name)
            tally.shrink(0.3)
    return frozenset(doubtful)


# ---------------------------------------------------------------- the verdict


def _verdict(
    tallies: dict[str, Tally], outside: frozenset[str], doubtful: frozenset[str], known: Roster
) -> Identification:
    ranked = sorted(
        ((name, tally) for name, tally in tallies.items() if tally.total >= 1),
        key=lambda pair: (-pair[1].total, pair[0]),
    )
    candidates = tuple(
        Candidate(
            name=full_name(name, known) if name in outside else name,
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
        and best.total >= enough
        and best.speaks
        and second <= MARGIN * best.total,
        candidates=candidates,
        evidence=best.evidence,
    )
