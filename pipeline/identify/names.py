"""Forms of the units' names, and where they stand in a piece of text.

Purpose: `Register` knows every form that a roster name is written in; `mentions` finds them in a line together with
organisations that are in no roster, districts named alone, and words such as 区科协 that need a context.
Source: the roster (rules/<notice>/units.csv); the organisers of the notice; GB/T 2260 for the namesake of 江北区.
Limits: one line at a time. A name is taken as a whole: 渝北区龙溪街道科协 is not 渝北区科协, 成都市医学会 is not
市医学会, 重庆大学附属涪陵医院 is not 重庆大学. Shorter than four characters nothing outside the roster is a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz

from rules import Unit

ASSOCIATION, BUREAU = "district_association", "district_st_bureau"
MAX_LINE = 400
"""Characters of one line that are searched; no unit writes its name later than that in a title or signature."""


CLOSE = 75
"""Likeness of two societies' names, 0..100, from which they may be one (食品科学 and 食品科技 are 86)."""


class Sort(StrEnum):
    """What a found name is."""

    UNIT = "unit"
    DISTRICT = "district"
    OWN = "own"
    OUTSIDE = "outside"
    ORGANISER = "organiser"


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A name at characters [start, end) of a line.

    key: the roster name; of a DISTRICT its full name; of OWN the kind it means (ASSOCIATION or BUREAU); of OUTSIDE
    the name as written. quality 0..1: how surely these words mean it.
    """

    sort: Sort
    key: str
    start: int
    end: int
    quality: float
    words: str


@dataclass(frozen=True, kw_only=True)
class Form:
    """One way to write a name. free: any Chinese character may stand before it, else only a word boundary.

    whole: it names the body without its association (重庆大学 for 重庆大学科协), so that more may follow.
    bounded: a boundary or a word such as 活动 must follow.
    """

    text: str
    sort: Sort
    key: str
    quality: float = 1.0
    free: bool = True
    whole: bool = False
    bounded: bool = False


@dataclass(frozen=True, kw_only=True)
class Register:
    """All forms, by their first two characters, longest first. districts: full names; loose: loosened name -> name."""

    forms: dict[str, tuple[Form, ...]]
    districts: tuple[str, ...]
    units: tuple[Unit, ...]
    loose: dict[str, str]
    city: str


# ---------------------------------------------------------------- the forms of the roster

_LONG_SHORT = (("科学技术协会", "科协"), ("科学技术局", "科技局"))
_PEOPLES = re.compile(r"^(.{2}?)(?:.{1,3}族)+自治县$")
_SHARED = re.compile(r"^(?:老科|女科|农技)")
"""Societies that every district has one of: without their city they say little."""
_OWN = (("科协", ASSOCIATION), ("科学技术协会", ASSOCIATION), ("科技局", BUREAU), ("科学技术局", BUREAU))


@lru_cache(maxsize=4)
def register(units: tuple[Unit, ...], organisers: tuple[str, ...]) -> Register:
    """All forms of *units*; *organisers* are known so that an addressee is never taken for a unit."""
    first = next((re.match(r"(.+?市)", organiser) for organiser in organisers), None)
    city = first.group(1) if first else ""
    found: dict[str, Form] = {}
    for form in _all_forms(units, organisers, city):
        if form.text not in found or found[form.text].quality < form.quality:
            found[form.text] = form
    index: dict[str, list[Form]] = defaultdict(list)
    for form in found.values():
        index[form.text[:2]].append(form)
    districts = tuple(dict.fromkeys(unit.district for unit in units if unit.kind in (ASSOCIATION, BUREAU)))
    return Register(
        forms={key: tuple(sorted(forms, key=lambda form: -len(form.text))) for key, forms in index.items()},
        districts=districts,
        units=units,
        loose=_loose_index(units, city),
        city=city,
    )


def _all_forms(units: Iterable[Unit], organisers: Iterable[str], city: str) -> Iterator[Form]:
    for organiser in organisers:
        for text in _spellings(organiser):
            bare = text.removeprefix(city)
            for written in (text, city[:-1] + bare, "市" + bare):
                yield Form(text=written, sort=Sort.ORGANISER, key=organiser, free=written[0] != "市", quality=2)
    for unit in units:
        yield from _unit_forms(unit, city)
        if unit.kind in (ASSOCIATION, BUREAU, "new_area") and unit.district:
            yield from _district_forms(unit.district)
    for ending, kind in _OWN:
        for area in "区县":
            yield Form(text=area + ending, sort=Sort.OWN, key=kind, free=False)
    yield Form(text="我局", sort=Sort.OWN, key=BUREAU)
    yield Form(text="本局", sort=Sort.OWN, key=BUREAU)


def _unit_forms(unit: Unit, city: str) -> Iterator[Form]:
    for name in dict.fromkeys((unit.name, *unit.aliases)):
        for text in _spellings(normal(name)):
            yield from _city_forms(unit, text, city)
            bare = re.sub("科协$", "", text)
            if unit.kind.endswith("_association") and unit.kind != ASSOCIATION and bare != text:
                yield from _body_forms(unit, bare, city)
    if unit.kind in (ASSOCIATION, BUREAU):
        stem, ending = _stem(unit.district), "科协" if unit.kind == ASSOCIATION else "科技局"
        if len(stem) > 1:
            for text in _spellings(stem + "县" + ending):
                yield Form(text=text, sort=Sort.UNIT, key=unit.name, quality=0.95)


def _city_forms(unit: Unit, text: str, city: str) -> Iterator[Form]:
    """The name with its city in full, in short, as 市, and without it."""
    district = unit.kind in (ASSOCIATION, BUREAU, "new_area")
    bare = _without_city(text, city)
    generic = unit.kind == "new_area" and not re.match("两江|万盛|西部", bare)
    yield Form(text=text, sort=Sort.UNIT, key=unit.name, free=text != bare and text[0] != "市" or (district and not generic))
    for head in (city, city[:-1]):
        yield Form(text=head + bare, sort=Sort.UNIT, key=unit.name)
    if not district:
        yield Form(text="市" + bare, sort=Sort.UNIT, key=unit.name, free=False)
    if len(bare) >= 3 and bare != text:
        quality = 0.5 if _SHARED.match(bare) else 0.85
        yield Form(
            text=bare,
            sort=Sort.UNIT,
            key=unit.name,
            quality=1.0 if district else quality,
            free=district and not generic,
        )


def _body_forms(unit: Unit, text: str, city: str) -> Iterator[Form]:
    """The body that the association belongs to: its report is the association's, though less surely."""
    bare = _without_city(text, city)
    forms = {text: text != bare and text[0] != "市", city + bare: True, "市" + bare: False, bare: False}
    for written, free in forms.items():
        if len(written) >= 4 or written == text and len(written) == 3:
            quality = 0.8 if written != bare or bare == text else 0.6
            yield Form(
                text=written, sort=Sort.UNIT, key=unit.name, quality=quality, free=free, whole=True
            )


def _district_forms(district: str) -> Iterator[Form]:
    stem = _stem(district)
    yield Form(text=district, sort=Sort.DISTRICT, key=district)
    if district.endswith("自治县"):
        yield Form(text=stem + "县", sort=Sort.DISTRICT, key=district)
    if len(stem) > 1 and district[-1] in "区县":
        yield Form(text=stem, sort=Sort.DISTRICT, key=district, quality=0.6, free=False, bounded=True)


def _stem(district: str) -> str:
    peoples = _PEOPLES.match(district)
    if peoples:
        return peoples.group(1)
    return re.sub("(?:经开区|新区|高新区|区|县)$", "", district)


def _spellings(name: str) -> Iterator[str]:
    yield name
    for long, short in _LONG_SHORT:
        if name.endswith(long):
            yield name.removesuffix(long) + short
        elif name.endswith(short) and not re.search("[老女]科协$", name):
            yield name.removesuffix(short) + long
    if "(" in name:
        yield from _spellings(re.sub("[()]", "", name))


def _without_city(name: str, city: str) -> str:
    for head in (city, city[:-1], "市"):
        if head and name.startswith(head):
            rest = name.removeprefix(head)
            return rest if len(rest) >= 3 and not re.match("大学|市", rest) else name
    return name


# ---------------------------------------------------------------- names that are almost right


def _loose(name: str, city: str) -> str:
    """A society's name without what people mix up: 学会/协会/研究会, 学学会, 科学技术/科技."""
    bare = _without_city(name, city).replace("科学技术", "科技")
    return re.sub("(?:学?学会|协会|研究会)$", "会", bare)


def _loose_index(units: Iterable[Unit], city: str) -> dict[str, str]:
    owners: dict[str, set[str]] = defaultdict(set)
    for unit in units:
        if unit.kind == "society":
            for name in (unit.name, *unit.aliases):
                owners[_loose(name, city)].add(unit.name)
    return {key: min(names) for key, names in owners.items() if len(names) == 1 and len(key) >= 3}


def loosely(name: str, known: Register) -> str | None:
    """The only roster society that *name* can be a slip of, else None."""
    return known.loose.get(_loose(name, known.city)) if re.search("[学协究]会$", name) else None


def close_to(name: str, known: Register) -> tuple[str, ...]:
    """Roster societies whose names are so like *name* that a person must say whether they are meant."""
    key = _loose(name, known.city)
    if not re.search("[学协究]会$", name) or any(key.startswith(district) for district in known.districts):
        return ()
    near = {unit: fuzz.ratio(key, other) for other, unit in known.loose.items() if not key.endswith(other)}
    return tuple(unit for unit, score in near.items() if score >= CLOSE)


# ---------------------------------------------------------------- finding names in a line

_HAN = "\u4e00-\u9fff"
_BEFORE = re.compile(
    "(?:[由在到与和及同向请据经为将了的是们让使对从按随给至以赴邀进致自于示称日午晚间后前来月初末底时天起过中并或议望盼]"
    "|报送|转报|上报|代报|联合|会同|会|报|参加|主办|承办|协办|指导|关于|组织|走进|走访|慰问|转发|我|本|记)$"
)
"""Words that may stand before a name that is not free. One character each where nothing longer ends so."""
_CITY_BEFORE = re.compile("[省市州盟]$|自治区$|地区$")
_SPACED = re.compile(f"(?:[{_HAN}][ \t]+){{3,}}[{_HAN}](?![{_HAN}])")
_INSIDE = re.compile(
    f"[{_HAN}]{{0,8}}?(?:办公室|秘书处|党组|党委|机关|分会|专委会|专业委员会|工作委员会|青年委员会|委员会|科发院|科研院"
    f"|研究生院|讲师团|服务队|宣讲团|团委|工会)|[{_HAN}]{{1,5}}?[部处科组](?![普学技协研])"
)
"""What belongs to a unit and is none of its own: offices, branches, committees."""
_BETWEEN = re.compile("[到在和与及向对将由的来、]")
"""Words that no name goes on with."""
_BELOW = re.compile(
    f"[{_HAN}]{{0,12}}?(?:附属\\w{{1,8}}|附[中小]|学院|系|中学|小学|医院|分公司|子公司|公司|研究所|研究院|研究中心|中心|实验室"
    "|出版社|幼儿园|分院|校区|城)"
)
"""What makes another body out of one: 重庆大学 + 附属中学."""
_LONGER = re.compile("会[议场客晤诊费员]|学[生城]")
"""A last character that belongs to the next word: 大学生, 医学会议."""
_FOLLOWS = re.compile(f"[^{_HAN}]|$|情况|活动|总结|小结|材料|信息|汇报|简报|报送|科协|科技")
_AREA = re.compile(f"[{_HAN}]{{1,6}}?(?:街道|镇|乡|村|社区|路|广场|公园|商圈|景区|园区)")
_ALSO = re.compile("[、和与及]?(科协|科技局|科学技术协会|科学技术局)")


def normal(text: str) -> str:
    """*text* as names are compared: NFKC, lower case, letter-spaced words closed up, at most MAX_LINE characters."""
    flat = re.sub("[\u3000\u00a0]", " ", unicodedata.normalize("NFKC", text[: MAX_LINE * 2])).lower()
    return _SPACED.sub(lambda run: re.sub("[ \t]", "", run.group()), flat)[:MAX_LINE]


def mentions(text: str, known: Register, *, outside: bool = True) -> tuple[Mention, ...]:
    """All names in *text* (as `normal` gives it), in order; *outside*: look for names that are in no roster as well."""
    found = list(_rostered(text, known))
    for mention in tuple(found):
        found.extend(_second(text, mention, known))
    if outside:
        masked = _masked(text, (one for one in found if one.sort is not Sort.DISTRICT))
        others = [_placed(one, known) for one in _outside(masked)]
        taken = [(one.start, one.end) for one in others]
        found = [one for one in found if not any(a <= one.start < b for a, b in taken)] + others
    return tuple(sorted(found, key=lambda one: one.start))


def _rostered(text: str, known: Register) -> Iterator[Mention]:
    at = 0
    while at < len(text) - 1:
        form = next((f for f in known.forms.get(text[at : at + 2], ()) if _stands(text, at, f, known.city)), None)
        if form is None:
            at += 1
            continue
        end = at + len(form.text)
        if form.sort is Sort.UNIT:
            end = _inside(text, end)
        yield Mention(sort=form.sort, key=form.key, start=at, end=end, quality=min(form.quality, 1), words=text[at:end])
        at = end


def _stands(text: str, at: int, form: Form, city: str) -> bool:
    if not text.startswith(form.text, at):
        return False
    end = at + len(form.text)
    before = text[max(0, at - 4) : at]
    if before and re.match(f"[{_HAN}]", before[-1]):
        if form.sort is Sort.OWN and before[-1] in "我本":
            return True
        if not form.free and not _BEFORE.search(before):
            return False
        if form.free and _CITY_BEFORE.search(before) and not before.endswith(city):
            return False
    if form.whole and _below(text, end):
        return False
    if (form.sort is Sort.DISTRICT and _AREA.match(text, end)) or _LONGER.match(text, end - 1):
        return False
    return not form.bounded or bool(_FOLLOWS.match(text, end))


def _below(text: str, end: int) -> bool:
    """Does the name go on to another body's (重庆大学 + 附属涪陵医院), and not to an office or to a verb?"""
    below = _BELOW.match(text, end)
    if not below or _inside(text, end) >= below.end():
        return False
    return not _STOP.search(below.group()) and not _BETWEEN.search(below.group())


def _inside(text: str, end: int) -> int:
    """Where the name of an office or branch ends that begins at *end*; *end* where there is none."""
    inside = _INSIDE.match(text, end)
    if inside and not _STOP.search(inside.group()) and not _BETWEEN.search(inside.group()):
        return inside.end()
    return end


def _second(text: str, mention: Mention, known: Register) -> Iterator[Mention]:
    """渝北区科协、科技局: the second is of the same district."""
    unit = next((unit for unit in known.units if unit.name == mention.key), None)
    also = _ALSO.match(text, mention.end)
    if unit is None or also is None or unit.kind not in (ASSOCIATION, BUREAU):
        return
    kind = ASSOCIATION if also.group(1).endswith("协") or also.group(1).endswith("会") else BUREAU
    twin = next((u for u in known.units if u.district == unit.district and u.kind == kind), None)
    if twin and twin.name != unit.name:
        yield replace(mention, key=twin.name, start=also.start(1), end=also.end(), words=also.group(1))


def _masked(text: str, found: Iterable[Mention]) -> str:
    for one in found:
        text = text[: one.start] + "|" * (one.end - one.start) + text[one.end :]
    return text


# ---------------------------------------------------------------- names that are in no roster

_STOP = re.compile(
    "关于|建议|希望|恳请|流动|补报|[谈告茶发恳]话?会|报送|上报|转报|代报|报告|开展|举办|举行|组织(?!部)|召开|联合(?!会|大学|国)|会同|携手|走进|走访|慰问|参加|参观|庆祝|迎接|喜迎|科技工作者|工作者日"
    "|科技活动周|科普日|(?<!青少年)(?<!科技)活动(?!中心)|总结|小结|简报|简讯|情况|附件|照片|系列|扎实|成功|积极|圆满|顺利|深入|认真|供稿|审核|主办|承办"
    "|协办|邀请|专家|转发|回复|更正|补充|定稿|最终|扫描|盖章|(?<!工)作者|通讯员|来源|新闻|新建|压缩|全国(?!\\w{0,8}[学协]会)|信息(?!\\w{0,8}(?:[公学协中研院所局]))"
    "|材料(?!\\w{0,8}(?:[公学协中研院所]))|弘扬|致敬|共话|助力|服务(?!中心|站)|捐赠|义诊|讲座|收看|学习|点亮|守护|让|把|将|来渝|来\\w{2}交流"
)
"""Words that end or begin a name in titles and subjects. Those that names may hold are let through before a suffix."""
_SUFFIX = re.compile(
    "科学技术协会|技术工作者协会|科协|[学协商]会|研究会|促进会|联合会|基金会|科技局|有限责任公司|股份有限公司|有限公司|分公司|公司|集团"
    "|附属\\w{2,6}医院|医院|卫生院|保健院|疾控中心|疾病预防控制中心|(?:服务|研究|技术|推广|管理|活动|检测|指导|发展|急救|监测|创新|培训|教育|育|业|科技|创业)中心"
    "|大学(?!城)|学院|学校|中学|小学|初中|高中|[一二三四五六七八九十]中(?![学心医小])|[一二三四五六七八九十]小(?!学)|附中|附小|幼儿园|职教中心|研究院|研究所|科学院|设计院|勘测院|勘察院|推广站|总站|服务站"
    "|管委会|委员会|人民政府|街道办事处|办事处|博物馆|科技馆|图书馆|纪念馆|实验室|林场|农场|合作社|[一-龥]{2}局|药厂|[一-龥]{2}厂"
)
_RELATIVE = re.compile("^(?:[区县我本该各全两多某]|市级|市内|辖区|\\d|第|[一二三四五六七八九十]+[家所个]|一[种场次]|年)")
_LEADING = re.compile(
    "^(?:由|在|与|和|及|同|向|对|为|从|按|到|进|请|经|据|我们|以及|记|来自|\\d+[年月日号时]?|年度?|上午|下午|当天|近日|日前|今年|[的了])+"
)
_JOINED = "与和及同在到对向为将由的于来去给让、"
_CHUNK = re.compile(f"[{_HAN}a-z0-9·]+")


def pieces(text: str) -> list[str]:
    """What boundaries and stop words leave of *text*: candidates for an abbreviated name."""
    return [piece for chunk in _CHUNK.findall(text) for piece in _STOP.split(chunk) if piece]


def _outside(text: str) -> Iterator[Mention]:
    closed = re.sub(f"\\(([{_HAN}]{{2,4}})\\)(?=[{_HAN}]*公司)", r"〈\1〉", text)
    closed = closed.replace("〈", "·").replace("〉", "·")
    for chunk in _CHUNK.finditer(closed):
        start = chunk.start()
        for stop in [*_STOP.finditer(closed, chunk.start(), chunk.end()), None]:
            end = stop.start() if stop else chunk.end()
            yield from _names(text, closed, start, end)
            start = stop.end() if stop else end


def _names(text: str, closed: str, start: int, end: int) -> Iterator[Mention]:
    """The names in [start, end), which holds no boundary and no stop word."""
    while start < end:
        lead = _LEADING.match(closed[start:end])
        start += lead.end() if lead else 0
        first = last = 0
        for suffix in _SUFFIX.finditer(closed, start, end):
            first = first or suffix.start()
            if last and (closed[last] in _JOINED or suffix.start() - last > 10):
                break
            last = suffix.end()
        if not last:
            return
        name = text[start:last]
        if len(name) >= 4 and first - start >= 2 and not _RELATIVE.match(name):
            yield Mention(sort=Sort.OUTSIDE, key=name, start=start, end=last, quality=1.0, words=name)
        start = last


def _placed(mention: Mention, known: Register) -> Mention:
    """A slip of a roster society becomes that society."""
    slip = loosely(mention.key, known)
    return replace(mention, sort=Sort.UNIT, key=slip, quality=0.7) if slip else mention
