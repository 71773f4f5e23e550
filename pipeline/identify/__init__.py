"""Which unit sent the mail, and whom to ring.

Purpose: `identify` weighs every name that stands in a telling place of the mail and its report; it abstains where two
units are close, where the name may be another's, or where nothing but the sender speaks. `contact` finds 联系人.
Source: dataset/README.md section D; DESIGN.md section 5 (best is None only without any candidate).
Limits: one unit a mail; a mail for several units (代报) stays undecided with all of them as candidates.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz

from pipeline.identify.contact import contact
from pipeline.identify.names import (
    ASSOCIATION,
    BUREAU,
    Mention,
    Register,
    Sort,
    close_to,
    mentions,
    normal,
    pieces,
    register,
)
from pipeline.identify.places import FIRM, WEIGHTS, Place, places
from pipeline.records import Candidate, Identification, Reading
from rules import Notice, Unit

__all__ = ["contact", "identify"]

ENOUGH = 45.0
"""Points that a decision needs: a report's title, or the subject and a sender that agree."""
ENOUGH_OUTSIDE = 60.0
"""The same for a unit outside the roster, whose name nobody can check: two places must agree."""
MARGIN = 0.6
"""The second may have at most this share of the winner's points."""
MAX_CANDIDATES = 8
LEAD_CHARACTERS = 40
"""How early the first sentence of the report must name a unit to speak of it."""
NAMESAKES = {"江北区": ("宁波", "浙江")}
"""Districts whose name another city's district bears too (GB/T 2260), and the words that betray it."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A mention in its place. points: what it weighs there. forwards: it says there that it reports (another's) on."""

    place: Place
    mention: Mention
    points: float
    forwards: bool = False


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
        best: canonical roster name, or the name as written, in its fullest form (a district's body with its city).
        decided: enough points from a place where the unit speaks for itself, and a clear margin to the next.
        candidates: at most MAX_CANDIDATES, weight in points. evidence: that of the best.
    """
    known = register(units, notice.organisers)
    lines = list(places(reading))
    found = [one for place in lines for one in _found(place, known)]
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    _unit_points(found, tallies)
    _district_points(found, tallies, known)
    _own_points(found, tallies, known)
    _text_points(found, tallies, known)
    _address_points(reading, tallies, known)
    outside = _outside_points(found, lines, tallies, known)
    doubtful = _namesakes(found, tallies, known) | _near_names(outside, tallies, known)
    return _verdict(tallies, outside, doubtful, known)


# ---------------------------------------------------------------- what a mention weighs in its place

_TO = re.compile("(?:转报|转发|推荐|走进|走访|慰问|赴|在|到|抄送|邀请|陪同|来)$")
_GUEST = re.compile("(?:一行|领导)?(?:来|莅临).{1,8}?(?:交流|考察|调研|学习|指导|参观)")
_FORWARDS = re.compile("(?:统一|汇总|审核)(?:转报|报送|上报)|转报|审核后?报送")
_REPORTS = re.compile("(?:关于)?(?:报送|转报|上报|推荐|转发)")
_WRITER = re.compile("作者|撰稿|文/|图/|通讯员|摄影|记者|单位是")
_SMALL = re.compile(
    "供稿|审核|报送|上报|转报|办公室|盖章|公章|联系人|电话|秘书处|年|月|日|和|与|以上|特此|报告|总结|说明|来源|单位|此致|敬礼|由|科普部|印发"
)


def _found(place: Place, known: Register) -> Iterator[Found]:
    outside = place.where != "text" and not place.joined
    seen = mentions(place.text, known, outside=outside)
    if not seen and " " in place.text:
        place = replace(place, text=place.text.replace(" ", ""))
        seen = mentions(place.text, known, outside=False)
    if place.recognised and not any(one.sort is Sort.UNIT for one in seen):
        seen = tuple(_misread(place.text, known)) or seen
    named = [one for one in seen if one.sort in (Sort.UNIT, Sort.OUTSIDE)]
    for mention in seen:
        share = place.share * mention.quality * _share(place, mention, named)
        yield Found(
            place=place,
            mention=mention,
            points=WEIGHTS[place.where] * share,
            forwards=place.where in FIRM and _forwards(place, mention, named),
        )


def _forwards(place: Place, mention: Mention, named: Iterable[Mention]) -> bool:
    if _FORWARDS.match(place.text, mention.end):
        return True
    reports = _REPORTS.match(place.text, mention.end)
    return reports is not None and any(0 <= one.start - reports.end() <= 2 for one in named)


def _share(place: Place, mention: Mention, named: Sequence[Mention]) -> float:
    """What a mention weighs of its place: 1 for the one that speaks, less for those it speaks of."""
    before, after = place.text[: mention.start], place.text[mention.end :]
    if _TO.search(before):
        return 0.2
    if _GUEST.match(after):
        return 0.3
    share = 1.0
    if place.where in ("signature", "body"):
        share = _signing(place, mention, before, after)
    earlier = [one for one in named if one.end <= mention.start]
    if earlier and not re.match(r"\s*(?:报送|转报|审核|上报)|$", after):
        between = place.text[earlier[-1].end : mention.start]
        joint = re.fullmatch(r"[、,，和与及\s]*", between) is not None
        reported = _REPORTS.match(between) is not None
        share *= 0.9 ** len(earlier) if joint else 0.2 if reported else 0.35
    return share


def _signing(place: Place, mention: Mention, before: str, after: str) -> float:
    if _WRITER.search(before):
        return 0.3
    if re.match(r".{0,6}?(?:审核)?(?:报送|转报|上报|呈报|报上|报来)", after) or re.search("我是$", before):
        return 1.0
    rest = _SMALL.sub("", before + after)
    bare = len(re.findall("[\u4e00-\u9fff]", rest)) <= 5
    if re.match("供稿", after) and re.search("审核|报送|转报", place.text):
        return 0.3
    if place.where == "signature":
        return 1.0 if bare else 0.35
    return 1.0 if bare else 0.6


# ---------------------------------------------------------------- scans

_NUMERALS = re.compile("[0-9一二三四五六七八九十]")


def _misread(text: str, known: Register) -> Iterator[Mention]:
    """Roster names that a line of recognised text may hold with one wrong character in six; ties share."""
    scores: dict[str, float] = {}
    for unit in known.units:
        for name in (unit.name, *unit.aliases):
            form = normal(name)
            if len(form) >= 5:
                score = _likeness(form, text)
                scores[unit.name] = max(scores.get(unit.name, 0.0), score)
    top = max(scores.values(), default=0.0)
    near = [name for name, score in scores.items() if top and score >= top - 4]
    for name in near[:4]:
        yield Mention(
            sort=Sort.UNIT,
            key=name,
            start=0,
            end=len(text),
            quality=0.8 if len(near) == 1 else 0.4,
            words=text,
        )


def _likeness(form: str, text: str) -> float:
    """How like *form* the best stretch of *text* is, 0..100; 0 where too much differs, or a numeral does."""
    best = fuzz.partial_ratio_alignment(form, text, score_cutoff=80)
    if best is None or len(text) < len(form):
        return 0.0
    wrong = round(len(form) * (1 - best.score / 100))
    stretch = text[best.dest_start : best.dest_end]
    same_numerals = _NUMERALS.findall(form) == _NUMERALS.findall(stretch)
    return best.score if same_numerals and wrong <= max(1, len(form) // 6) else 0.0


# ---------------------------------------------------------------- points of roster units


def _unit_points(found: Iterable[Found], tallies: dict[str, _Tally]) -> None:
    for one in found:
        if one.mention.sort is Sort.UNIT and one.place.where != "text":
            tally, mention = tallies[one.mention.key], one.mention
            tally.add(one.place.where, one.points, mention.words, mention.quality)
            if one.forwards:
                tally.add("forwards", WEIGHTS["forwards"], mention.words, mention.quality)


def _district_points(found: Sequence[Found], tallies: dict[str, _Tally], known: Register) -> None:
    """A district named alone speaks for its association or its bureau."""
    leaning = _leaning(found)
    for one in found:
        if one.mention.sort is Sort.DISTRICT and one.place.where != "text" and _alone(one, found):
            for unit in _of_district(one.mention.key, known):
                share = leaning[BUREAU if _is_bureau(unit) else ASSOCIATION]
                tallies[unit.name].add(one.place.where, one.points * share, one.mention.words, share)


def _own_points(found: Sequence[Found], tallies: dict[str, _Tally], known: Register) -> None:
    """区科协 and 我局 speak for the body of the district in question."""
    district = _district_in_question(found, known)
    for one in found:
        if one.mention.sort is Sort.OWN and one.place.where != "text" and district:
            for unit in _of_district(district, known):
                if _is_bureau(unit) == (one.mention.key == BUREAU):
                    tallies[unit.name].add(one.place.where, one.points * 0.8, one.mention.words, 0.8)


def _text_points(found: Sequence[Found], tallies: dict[str, _Tally], known: Register) -> None:
    """Running text speaks by how often it names a unit, and by whom its first sentence names."""
    district = _district_in_question(found, known)
    counts: Counter[str] = Counter()
    words: dict[str, str] = {}
    for one in found:
        for name in _meant(one, district, known) if one.place.where == "text" else ():
            counts[name] += 1
            words.setdefault(name, one.mention.words)
    for name, count in counts.items():
        share = count / sum(counts.values()) * min(1.0, (count + 1) / 3)
        tallies[name].add("text", WEIGHTS["text"] * share, words[name])
    lead = next((one for one in found if one.place.where == "text" and one.mention.sort is Sort.UNIT), None)
    if lead and lead.mention.start <= LEAD_CHARACTERS and lead.mention.quality >= 0.8:
        tallies[lead.mention.key].add("lead", WEIGHTS["lead"], lead.mention.words)


def _meant(one: Found, district: str | None, known: Register) -> list[str]:
    if one.mention.sort is Sort.UNIT:
        return [one.mention.key]
    if one.mention.sort is Sort.OWN and district:
        bureau = one.mention.key == BUREAU
        return [unit.name for unit in _of_district(district, known) if _is_bureau(unit) == bureau]
    return []


def _alone(one: Found, found: Iterable[Found]) -> bool:
    """Is the district not merely a place in a line that names a body?"""
    return not any(
        other.place is one.place and other.mention.sort in (Sort.UNIT, Sort.OUTSIDE) for other in found
    )


def _leaning(found: Iterable[Found]) -> dict[str, float]:
    """How likely a district named alone means its association, its bureau: by how the mail speaks of itself."""
    counts = Counter(
        (one.mention.key, one.mention.words[0] in "我本") for one in found if one.mention.sort is Sort.OWN
    )
    if counts[(BUREAU, True)]:
        return {ASSOCIATION: 0.2, BUREAU: 0.75}
    associations, bureaus = counts[(ASSOCIATION, False)], counts[(BUREAU, False)]
    if associations > bureaus:
        return {ASSOCIATION: 0.75, BUREAU: 0.2}
    if bureaus > associations:
        return {ASSOCIATION: 0.3, BUREAU: 0.6}
    return {ASSOCIATION: 0.55, BUREAU: 0.4}


def _is_bureau(unit: Unit) -> bool:
    return unit.kind == BUREAU or unit.name.endswith("局")


def _of_district(district: str, known: Register) -> list[Unit]:
    kinds = (ASSOCIATION, BUREAU, "new_area")
    return [unit for unit in known.units if unit.district == district and unit.kind in kinds]


def _district_in_question(found: Iterable[Found], known: Register) -> str | None:
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


def _address_points(reading: Reading, tallies: dict[str, _Tally], known: Register) -> None:
    """An address or domain of the roster: evidence, never proof, for anybody may write anything there."""
    address = reading.mail.sender.address
    domain = address.rpartition("@")[2]
    for unit in known.units:
        for entry in unit.addresses:
            if address == entry or ("@" not in entry and (domain == entry or domain.endswith("." + entry))):
                tallies[unit.name].add("address", WEIGHTS["address"], address)


def _namesakes(found: Iterable[Found], tallies: dict[str, _Tally], known: Register) -> frozenset[str]:
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
    found: Sequence[Found], lines: Iterable[Place], tallies: dict[str, _Tally], known: Register
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
    for name in set(fullest.values()):
        for place in lines:
            silent = place.where in ("subject", "sender", "file") and id(place) not in named
            if silent and _hinted(place.text, name, known.city):
                tallies[name].add(place.where, WEIGHTS[place.where] * 0.8, place.text, 0.8)
    return frozenset(fullest.values())


def _near_names(outside: Iterable[str], tallies: dict[str, _Tally], known: Register) -> frozenset[str]:
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


def _full(name: str, known: Register) -> str:
    """A name that begins with a district of the roster or with 市 gets its city before it, as roster names have."""
    if name.startswith("市"):
        return known.city + name[1:]
    ours = any(name.startswith(district) for district in known.districts if district[-1] in "区县")
    return known.city + name if ours and not name.startswith(known.city) and "自治县" not in name else name


# ---------------------------------------------------------------- the verdict


def _verdict(
    tallies: dict[str, _Tally], outside: frozenset[str], doubtful: frozenset[str], known: Register
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
    enough = ENOUGH_OUTSIDE if name in outside else ENOUGH
    return Identification(
        best=candidates[0].name,
        in_roster=candidates[0].in_roster,
        decided=name not in doubtful
        and best.total >= enough
        and best.surest >= 0.7
        and second <= MARGIN * best.total,
        candidates=candidates,
        evidence=tuple(
            (where, best.words[where]) for where in sorted(best.points, key=lambda key: -best.points[key])
        ),
    )
