"""Names in a line: units of the roster, bodies outside it, districts named alone, and words such as 区科协.

Purpose: `mentions` finds them all, each once and as a whole: 渝北区龙溪街道科协 is not 渝北区科协, 成都市医学会 is not
市医学会, 重庆大学附属涪陵医院 is not 重庆大学, while 重庆市医学会科普分会 is 重庆市医学会.
Source: names of bodies in reports of districts, societies, firms, schools and hospitals.
Limits: one line at a time; bodies outside the roster have four characters or more and end as bodies do (学会, 公司 …).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.identify.forms import ASSOCIATION, BUREAU, Form, Roster, Sort, loosely


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


# ---------------------------------------------------------------- finding names in a line

_HAN = "\u4e00-\u9fff"
_BEFORE = re.compile(
    "(?:[由在到与和及同向请据经为将了的是们让使对从按随给至以赴邀进致自于示称日午晚间后前来月初末底时天起过并或议望盼]"
    "|[程动会其之期作]中"
    "|报送|转报|上报|代报|联合|会同|会|报|参加|主办|承办|协办|指导|关于|组织|走进|走访|慰问|转发|我|本|记)$"
)
"""Words that may stand before a name that is not free. One character each where nothing longer ends so."""
_CITY_BEFORE = re.compile("[省市州盟]$|自治区$|地区$")
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


@lru_cache(maxsize=1024)
def mentions(text: str, known: Roster, *, outside: bool = True) -> tuple[Mention, ...]:
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


def _rostered(text: str, known: Roster) -> Iterator[Mention]:
    end = 0
    while head := known.heads.search(text, end):
        at = head.start()
        form = _longest(text, at, known)
        if form is None:
            end = at + 1
            continue
        end = at + len(form.text)
        if form.sort is Sort.UNIT:
            end = _inside(text, end)
        yield Mention(
            sort=form.sort, key=form.key, start=at, end=end, quality=min(form.quality, 1), words=text[at:end]
        )


def _longest(text: str, at: int, known: Roster) -> Form | None:
    """The longest form that stands at *at*."""
    for length in known.lengths.get(text[at : at + 2], ()):
        form = known.forms.get(text[at : at + length])
        if form is not None and _stands(text, at, form, known.city):
            return form
    return None


def _stands(text: str, at: int, form: Form, city: str) -> bool:
    """Does *form* stand at *at* as a word of its own, and not as a part of another name?"""
    end = at + len(form.text)
    if not text.startswith(form.text, at) or not _may_precede(text[max(0, at - 4) : at], form, city):
        return False
    longer = _LONGER.match(text, end - 1) or (form.sort is Sort.DISTRICT and _AREA.match(text, end))
    if longer or (form.whole and _below(text, end)):
        return False
    return not form.bounded or bool(_FOLLOWS.match(text, end))


def _may_precede(before: str, form: Form, city: str) -> bool:
    if not before or not "\u4e00" <= before[-1] <= "\u9fff":
        return True
    if form.free:
        return before.endswith(city) or not _CITY_BEFORE.search(before)
    return bool(_BEFORE.search(before))


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


def _second(text: str, mention: Mention, known: Roster) -> Iterator[Mention]:
    """渝北区科协、科技局: the second is of the same district."""
    also = _ALSO.match(text, mention.end)
    area = known.area(mention.key) if also else ""
    if also is None or not area:
        return
    kind = BUREAU if also.group(1).endswith("局") else ASSOCIATION
    twin = next((unit for unit in known.areas[area] if unit.kind == kind), None)
    if twin and twin.name != mention.key:
        yield replace(mention, key=twin.name, start=also.start(1), end=also.end(), words=also.group(1))


def _masked(text: str, found: Iterable[Mention]) -> str:
    for one in found:
        text = text[: one.start] + "|" * (one.end - one.start) + text[one.end :]
    return text


# ---------------------------------------------------------------- names that are in no roster

_STOP = re.compile(
    "关于|建议|希望|恳请|流动|补报|代(?=[县区市我本])|[谈告茶发恳]话?会|报送|上报|转报|代报|报告|开展|举办|举行|组织(?!部)|召开|联合(?!会|大学|国)|会同|携手|走进|走访|慰问|参加|参观|庆祝|迎接|喜迎|科技工作者|工作者日"
    "|科技活动周|科普日|(?<!青少年)(?<!科技)活动(?!中心)|总结|小结|简报|简讯|情况|附件|照片|系列|扎实|成功|积极|圆满|顺利|深入|认真|供稿|审核|主办|承办"
    "|协办(?!公)|邀请|专家|转发|回复|更正|补充|定稿|最终|扫描|盖章|(?<!工)作者|通讯员|来源|新闻|新建|压缩|全国(?!\\w{0,8}[学协]会)|信息(?!\\w{0,8}(?:[公学协中研院所局]))"
    "|材料(?!\\w{0,8}(?:[公学协中研院所]))|[也是你他她这那没很还]|我们|不(?!锈)|作为|就(?!业)|被|每|各(?!界)|所有|只有|弘扬|致敬|共话|助力|服务(?!中心|站)|捐赠|义诊|讲座|收看|学习|点亮|守护|让|把|将|来渝|来\\w{2}交流"
)
"""Words that end or begin a name in titles and subjects. Those that names may hold are let through before a suffix."""
_SUFFIX = re.compile(
    "科学技术协会|技术工作者协会|科协|[学协商]会|研究会|促进会|联合会|基金会|科技局|有限责任公司|股份有限公司|有限公司|分公司|公司|集团"
    "|附属\\w{2,6}医院|医院|卫生院|保健院|疾控中心|疾病预防控制中心|(?:服务|研究|技术|推广|管理|活动|检测|指导|发展|急救|监测|创新|培训|教育|育|业|科技|创业)中心"
    "|大学(?![城生])|学院|学校|中学校?|小学|初中|高中|[一二三四五六七八九十]中(?![学心医小])|[一二三四五六七八九十]小(?!学)|附中|附小|幼儿园|职教中心|研究院|研究所|科学院|设计院|勘测院|勘察院|推广站|总站|服务站"
    "|管委会|委员会|人民政府|街道办事处|办事处|博物馆|科技馆|图书馆|纪念馆|实验室|林场|农场|合作社|[一-龥]{2}局|药厂|[一-龥]{2}厂"
)
_RELATIVE = re.compile(
    "(?:[区县我本该各全两多某]|市级|市内|辖区|\\d|第|[一二三四五六七八九十]+[家所个]|一[种场次]|年)"
)
_LEADING = re.compile(
    "^(?:现|特|由|在|与|和|及|同|向|对|为|从|按|到|进|请|经|据|我们|以及|记|来自|\\d+[年月日号时]?|年度?|上午|下午|当天|近日|日前|今年|[的了])+"
)
_NO_NAME = re.compile(".*(?:[的们了着想]|落款[^,。;]{0,3}[写为是]|(?<!存)在(?!线)|去(?!离)|给(?!排|水))")
"""The last word before a name that no name holds: 去年新成立的 + 医院科协."""
_KINDS = re.compile(
    "(?:新|老|大|小|各|基层|市级|乡下|农村|山区|隔壁|附近|当地|本地|周边|民营|国有|事业|行业|高校|院校|大学|中小学|中学|小学|学校|企业|公司|集团"
    "|乡镇|镇街|街道|社区|村社|园区|区县|医院|机关|单位|部门|会员|科研|院所|学会|协会)+"
)
"""Words that say what kind of body it is: 高校科协 is nobody's name."""
_QUOTES = {"“": "”", "《": "》", "「": "」", "‘": "’"}
_JOINED = "与和及同在到对向为将由的于来去给让、"
_CITY_OF_FIRM = re.compile(f"\\(([{_HAN}]{{2,4}})\\)(?=[{_HAN}]*公司)")
_CHUNK = re.compile(f"[{_HAN}a-z0-9·]+")


def pieces(text: str) -> list[str]:
    """What boundaries and stop words leave of *text*: candidates for an abbreviated name."""
    return [piece for chunk in _CHUNK.findall(text) for piece in _STOP.split(chunk) if piece]


def _outside(text: str) -> Iterator[Mention]:
    closed = _CITY_OF_FIRM.sub(r"·\1·", text).replace("〈", "·").replace("〉", "·")
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
        bare = _NO_NAME.match(closed, start, first)
        start = bare.end() if bare else start
        name = text[start:last]
        if len(name) >= 4 and first - start >= 2 and not _no_body(text, start, first, last):
            yield Mention(sort=Sort.OUTSIDE, key=name, start=start, end=last, quality=1.0, words=name)
        start = last


def _no_body(text: str, start: int, first: int, last: int) -> bool:
    """Is text[start:last], whose first suffix begins at *first*, relative (本院), a kind (高校科协) or a title in quotes?"""
    if _RELATIVE.match(text, start, last) or _KINDS.fullmatch(text, start, first):
        return True
    closing = _QUOTES.get(text[start - 1 : start])
    return closing is not None and text.startswith(closing, last)


def _placed(mention: Mention, known: Roster) -> Mention:
    """A slip of a roster society becomes that society."""
    slip = loosely(mention.key, known)
    return replace(mention, sort=Sort.UNIT, key=slip, quality=0.7) if slip else mention
