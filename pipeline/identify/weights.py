"""What a name weighs in the place where it stands.

Purpose: `weigh` turns one telling line into Found mentions: the one that speaks weighs most, those it speaks of little.
Source: places.WEIGHTS; how units sign, forward (转报, 审核报送) and receive guests.
Limits: one line at a time; a scan's line is compared with all roster names, one wrong character in six.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from pipeline.identify.forms import Roster, Sort
from pipeline.identify.names import Mention, mentions
from pipeline.identify.places import FIRM, WEIGHTS, Place


@dataclass(frozen=True, kw_only=True)
class Found:
    """A mention in its place. points: what it weighs there. forwards: it says there that it reports (another's) on.

    partner: it is only somebody with whom the writer did something (我会与…).
    """

    place: Place
    mention: Mention
    points: float
    forwards: bool = False
    partner: bool = False


_TO = re.compile(
    "(?:转报|转发|推荐|走进|走访|慰问|赴|在|到|抄送|邀请|陪同|来|联合|会同|协同|得到|受|问过?|跟)$"
)
_PARTNER = re.compile("(?:[我本][会局校院所司]|公司)(?:和|与|同|跟|联合|会同|携手)$")
_GUEST = re.compile("(?:一行|领导)?(?:来|莅临).{1,8}?(?:交流|考察|调研|学习|指导|参观)")
_OTHERS = re.compile(
    "(?:的?(?:老师|同志|领导)|已经?|也|都)?(?:[让叫请](?!查)|要求|通知|告诉|建议|鼓励|动员|说|转来|发来|下发)[^。,]{0,4}?(?:我们?|可以|直接|的|自己|各)"
    "|的(?:模板|格式|样表|通知|文件|要求|意见|安排|部署|号召|指导|支持|帮助|邀请|名义)"
)
"""After the name of a unit of which the mail speaks as of somebody else: it told us to write, or its form was used."""
_TEMPLATE = re.compile("模板|样[表本稿]|范[本文例]|空表")
"""A file that is called so bears the name of whoever made the form."""
_SENDS = "(?:转报|报送|上报|报上|呈报|转送|报来)"
_FORWARDS = re.compile(f"(?:统一|汇总|审核|一并|集中|代为|负责)后?{_SENDS}|转报|转送|代报")
_AGENT = re.compile("(?:由|经|委托)$")
"""Before a name that sends: 由…报上 says who passes on what another wrote."""
_REPORTS = re.compile("(?:关于)?(?:报送|转报|上报|推荐|转发)")
_WRITER = re.compile("作者|撰稿|文/|图/|通讯员|摄影|记者|单位是")
_SMALL = re.compile(
    "供稿|审核|报送|上报|转报|办公室|盖章|公章|联系人|电话|秘书处|年|月|日|和|与|以上|特此|报告|总结|说明|来源|单位|此致|敬礼|由|科普部|印发"
)


_TURNS_IN = re.compile(".{0,6}?(?:[报转投呈寄](?!道|告|考|名)|发来|交来|提交|送来)")
"""After a name that opens a line of the mail: what it does is to send."""
_HERE = re.compile(
    "(?:我们?|这里|本单位)(?:是|系)$|(?:附件|附上|这|此件|此)(?:为|是|系)$|落款[^,。]{0,4}[写为是]$|(?:附上?|现?报上|现将|这边是)$"
)
"""Before the name of the one who writes."""


def weigh(place: Place, known: Roster) -> Iterator[Found]:
    """Yield each mention in *place* with its points: those of the place, shared by who speaks there."""
    outside = place.where != "text" and not place.joined
    seen = mentions(place.text, known, outside=outside)
    if not seen and " " in place.text:
        place = replace(place, text=place.text.replace(" ", ""))
        seen = mentions(place.text, known, outside=False)
    if place.recognised and not any(one.sort is Sort.UNIT for one in seen):
        seen = tuple(_misread(place.text, seen, known)) or seen
    if place.joined:
        seen = tuple(one for one in seen if one.sort is Sort.UNIT)
    named = [one for one in seen if one.sort in (Sort.UNIT, Sort.OUTSIDE)]
    for mention in seen:
        share = place.share * mention.quality * _share(place, mention, named)
        yield Found(
            place=place,
            mention=mention,
            points=WEIGHTS[place.where] * share,
            forwards=place.where in FIRM and _forwards(place, mention, named),
            partner=bool(_PARTNER.search(place.text[: mention.start])),
        )


def _forwards(place: Place, mention: Mention, named: Iterable[Mention]) -> bool:
    if _FORWARDS.match(place.text, mention.end):
        return True
    if _AGENT.search(place.text[: mention.start]) and re.compile(_SENDS).match(place.text, mention.end):
        return True
    reports = _REPORTS.match(place.text, mention.end)
    return reports is not None and any(0 <= one.start - reports.end() <= 2 for one in named)


def _share(place: Place, mention: Mention, named: Sequence[Mention]) -> float:
    """What a mention weighs of its place: 1 for the one that speaks, less for those it speaks of."""
    before, after = place.text[: mention.start], place.text[mention.end :]
    if _TO.search(before):
        return 0.2
    if _OTHERS.match(after) or (place.where == "file" and _TEMPLATE.search(place.text)):
        return 0.2
    if _GUEST.match(after):
        return 0.3
    share = 1.0
    if place.where in ("signature", "body"):
        share = _signing(place, before, after)
    earlier = [one for one in named if one.end <= mention.start]
    if earlier and not re.match(r"\s*(?:报送|转报|审核|上报)|$", after):
        between = place.text[earlier[-1].end : mention.start]
        joint = re.fullmatch(r"[、,，和与及\s]*", between) is not None
        reported = _REPORTS.match(between) is not None
        share *= 0.9 ** len(earlier) if joint else 0.2 if reported else 0.35
    return share


def _signing(place: Place, before: str, after: str) -> float:
    if _WRITER.search(before):
        return 0.3
    if _HERE.search(before) or re.match(f".{{0,6}}?(?:审核)?{_SENDS}", after):
        return 1.0
    if not before.strip() and _TURNS_IN.match(after):
        return 1.0
    rest = _SMALL.sub("", before + after)
    bare = len(re.findall("[\u4e00-\u9fff]", rest)) <= 5
    if re.match("供稿", after) and re.search("审核|报送|转报", place.text):
        return 0.3
    if place.where == "signature":
        return 1.0 if bare else 0.35
    return 1.0 if bare else 0.6


# ---------------------------------------------------------------- scans

MOST_WRONG = 3
"""Characters that recognition may have got wrong in the longest name; one where the line reads as another's name."""
LONG = 8
"""Characters from which a name is not a part of another by chance."""
_ENDS = re.compile("$|[^\u4e00-\u9fff]|办公室|文件|盖章|公章|关于|报送|活动|开展|举办|总结")
_NUMERALS = re.compile("[0-9一二三四五六七八九十]")
_HAN = re.compile("[\u4e00-\u9fff]")


def _misread(text: str, seen: Sequence[Mention], known: Roster) -> Iterator[Mention]:
    """Roster names that a line of recognised text may hold with one wrong character in six; ties share.

    A name of another district than the line's own is none of them.
    """
    most = 1 if any(one.sort is Sort.OUTSIDE for one in seen) else MOST_WRONG
    areas = {one.key for one in seen if one.sort is Sort.DISTRICT}
    areas |= {area for area in known.areas for one in seen if area in one.key}
    scores: dict[str, float] = {}
    there = set(text)
    for unit, names in known.written:
        for form in names if not areas or unit.district in areas else ():
            if len(form) >= 5 and len(set(form) - there) <= _may_be_wrong(form, most):
                score = _likeness(form, text, known.city, most)
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


def _likeness(form: str, text: str, city: str, most: int) -> float:
    """How like *form* the best stretch of *text* is, 0..100; 0 where more than *most* differs, or a numeral does.

    The stretch begins a word, and one that is short ends it: what goes on would make another name of it.
    """
    best = fuzz.partial_ratio_alignment(form, text, score_cutoff=80)
    if best is None or len(text) < len(form):
        return 0.0
    starts = range(max(0, best.dest_start - 2), min(best.dest_start + 2, len(text) - len(form)) + 1)
    whole = [start for start in starts if _begins(text[:start], city)]
    whole = [start for start in whole if len(form) >= LONG or _ENDS.match(text, start + len(form))]
    stretches = [text[start : start + len(form)] for start in whole]
    wrong, stretch = min(
        ((Levenshtein.distance(form, one), one) for one in stretches), default=(len(form), "")
    )
    same_numerals = _NUMERALS.findall(form) == _NUMERALS.findall(stretch)
    return 100 * (1 - wrong / len(form)) if same_numerals and wrong <= _may_be_wrong(form, most) else 0.0


def _may_be_wrong(form: str, most: int) -> int:
    """How many characters of *form* may be others, *most* at most: one in six."""
    return min(most, max(1, len(form) // 6))


def _begins(before: str, city: str) -> bool:
    return not _HAN.search(before[-1:]) or before.endswith(city)
