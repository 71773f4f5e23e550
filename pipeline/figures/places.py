"""Where an activity was, if one venue is named, and which outlets are named as having reported it.

Source: the labelling guide, C.7 (several venues, or only a generic word: none) and C.5 (the unit's own 公众号 is none).
Limits: a venue is known by its last word; a place without one (汉丰湖) only behind 在 … 举办.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.figures.words import Words
from pipeline.records import Stated

VENUE = (
    r"(?:馆|研究院|研究所|广场|中心|厅|小学|中学|一中|二中|三中|大学|学院|学校|校区|公司|医院|社区|街道|"
    r"镇|乡|村|园区|基地|站|(?<!科)(?<!办公)室|步行街|晒坝|食堂|包间|茶馆|茶社|咖啡角|中庭|过道|长廊|停车坪|草坪|居委会|水库|之家|书屋|"
    r"场口|小院|祠堂|片区|酒店|宾馆|饭店|剧院|剧场|礼堂|影院|电影院|商圈|公园|实验室|"
    r"实训室|教室|书院|书吧|书店|咖啡馆"
    r"|工地|党校|陈列室|展室|管委会|项目部|湖畔|湖边|[一二三四五六七八九]楼|[教学训研技德行公]楼\d*|[一二三四五六七八九]层|序厅|"
    r"连廊|农场|林场|合作社|码头|分会场|操场|球场|体育场|体育馆|大院|院坝|坝子|经开区|高新区|开发区|新区"
    r"|车间|厂|数据谷|走廊|中控室|机房|平台|大楼|科技楼|行政楼\d*|[\u4e00-\u9fff]楼|果园|茶园|脆李园|园|"
    r"市场|老街|古镇|景区|俱乐部|卫生院|服务站|管护站|观测场|纪念碑|故居|旧址|工程)"
)
NAME = r"[^，。；！？：（）“”《》\s]"
AT = re.compile(
    r"(?=[📍地在到赴走搬请驶开来前抵深去借进参])(?:📍|地点(?:[:：]|在)?|(?<![现正所存实旨住])在(?![线场座])|(?<![达收得听找直感看想遇])到(?:了)?(?![场会课位底期])|赴|"
    r"(?:走进|搬进|请进|驶进|开进|来到|前往|走入|抵达)了?|深入(?!学|了|推)|(?<!过)去(?:了|的是)|(?<!由)借(?!助|此|机)|"
    r"(?<![走驶搬请开推引改促增演深先前和与及])进(?![行入一步展度修口])|参观(?:了)?(?![者人团活]))"
)
"""Words before a place."""
EVENT = re.compile(
    r"^(?:正式|同步|隆重|成功|顺利|联合|集中|如期|现场|专门|共同|连)*(?:举行|举办|召开|开展|开幕|开播|开讲|"
    r"开课|开班|揭幕|揭牌|首演|上演|演出|打响|落幕|启动|启用|拉开|亮相|展出|展览|举办|办了|办|开了|"
    r"开(?=[一两])|进行|组织|设置|设立|布置|摆开|摆|支起|召集|布展|录制|放映|开设|挂牌|开张|集会|请(?!假)|放(?=[^置大])|发出|腾出|开读|联欢|联谊|会诊|轮着|碰头)"
)
"""What is said to happen at a place: behind it the place may have any name."""
ACT = re.compile(
    EVENT.pattern[1:]
    + r"|给|为(?!民)|把|向(?!阳)|与|和(?![平谐])|教(?![中育学室师授])|看(?!台)|听|参观|参加|慰问|调研|"
    r"指导|讲(?!堂)|宣讲|围绕|做|发放|接受|坐(?!落)|同步|学习|打卡|拆|从|里头|里(?![路社])|新设|现场|免费|吃"
)
BUILT = re.compile(r"馆|中心|厅|室|楼(?!上)|站|院|园|基地|平台|廊|城")
"""“规划展览馆”, “办公楼”: the act is in the name of the place."""
HOSTING = re.compile(
    r"(?:里|内|上|操场)?(?:里|就|也)*(?:迎来|举行|举办|召开|支起|坐满|坐得|座无虚席|面向|向[^，]*开放|"
    r"重新|开办|开放|全天开放|放映|的灯光|的大门|热闹|成了|变成|人头|围满|摆着|赶场|逢场|坐[了进]|挂[起出满]|摆[开出起]|拉起|刷成|开了|架起|亮起|向[^，。]{0,6}敞开|临时|灯光)"
    r"|(?:里|内)?(?<=[馆厅站廊坪堂园])(?:里|内)?(?:把|请(?!假)|专门|立着|传出)"
)
"""What a place that is the subject of the clause does."""
LEAD_TIME = re.compile(
    r"^(?:.*(?:[日号]|当天|当晚|次日)(?:起)?(?:上午|下午|中午|晚上?|清晨|早上)?|上周\S|上午|下午|"
    r"晚上)?(?:[一二三四五六七八九十\d]+点半?)?"
)
GENERIC = re.compile(
    r"^(?:各?学校|社区|企业|机关|校园|基层|小?广场|公司|医院|现场|线上|网上|活动中心|当地|本地|田间|农村|"
    r"园区|院坝|乡镇|镇街|村|街道|基地|平台|实验室|会议室|中小学|工业园区|广大\S*|渝)上?$|公众号|视频号|微信|直播间"
    r"|^(?:[各全多这那几哪他她它战第此其]|我们|一个|两个|三个|学习强国)"
    r"|(?:[上中下时]|之际|前后|期间|来临|过程|基础|方面|指导|支持|领域|岗位|一线|带领|名义|环节|高原|屏)$"
)
"""No venue: a generic word alone, several of them, or no place at all."""
COUNTED = re.compile(
    r"\d{1,9}余?[名位人户]|[轮]着$|[一二两三四五六七八九十多几各\d]{1,9}(?:余|多)?[所个家处座间](?![镇乡村])"
)
BUILDING = r"(?:馆|院|中心|大学|学校|小学|中学|公司|楼|酒店|基地|厅|室|场馆)"
OPEN_AIR = re.compile(r"院坝|坝子|晒坝|广场|田里|地里|天台|草坪|家|[一几两]")
ADMINISTRATIVE = re.compile(r"(?:[镇乡区县市口]|街道)$")
CLAUSE = re.compile(r"[^，。；！？：（）\n\t“”《》]+")
DATED_CLAUSE = re.compile(r"[日号午晚点半早]，$")
"""The clause before told the day or the hour."""
DATED_SENTENCE = re.compile(r"[月日号周][^。！？\n]*$")
ALONE = re.compile(rf"({NAME}{{3,20}}?{VENUE})[里内]?")
"""A clause that is a venue and nothing else."""
VENUES = re.compile(VENUE)
JOINED = re.compile(r"[、和与及]")
BUILDINGS, IN_BUILDING = re.compile(BUILDING), re.compile(f"{BUILDING}$")
SCOPE = 80
"""Characters of a clause in which a place is looked for."""
LONGEST = 26
"""Characters of a place's name at most."""


OWN = re.compile(r"公众号|视频号|内刊|内网|官网|官微|^(?:本|我|学|协)会")
CHANNEL = r"(?:客户端|微博|网站|新闻频道|[\u4e00-\u9fff]{2}频道|重庆记者站|记者站|重庆学习平台|重庆平台)?"
OUTLET = re.compile(
    rf"(?P<quoted>《[^》]{{1,12}}(?:报|周刊|杂志|新闻联播)》{CHANNEL})"
    r"|(?P<desk>[区县市]融媒体中心)"
    rf"|(?P<plain>[\u4e00-\u9fff]{{1,6}}?(?:日报|晚报|晨报|都市报|商报|科技报|新闻网|电视台|广播电台|"
    rf"农村广播|交通广播|卫视|融媒体中心|融媒(?!体)){CHANNEL})"
    r"|(?P<known>(?:上游新闻|华龙网|新华网|新华社|人民网|央视网|央视频|光明网|中新网|学习强国|七一网|"
    r"科普中国|科普重庆|中国科协之声|今日头条号?|第1眼新闻|第1眼)"
    rf"{CHANNEL})"
    r"|“?(?P<account>[\u4e00-\u9fff]{2,8}发布|云上[\u4e00-\u9fff]{2})”?(?=[”、，。刊推同登和直首播报]|头条|客户端)"
    r"|“(?P<named>[\u4e00-\u9fff]{2,7})”(?=广播|客户端|电台)"
    r"|“(?P<voice>[\u4e00-\u9fff]{2,5}之声)”"
)
VENUE_OF_ITS_OWN = re.compile(r"[^，。、]{0,4}(?:演播|大厅|录制)|[^，。、]{0,6}(?:举行|举办|召开|开展)")
"""Behind a 融媒体中心 that is the place, not the outlet."""
LEADING = re.compile(
    r"^(?:会同|联合|并|先后|以及|同时|通过|请|获|后来?|都|均|将|等)+|^.*(?:[在由与和被经及向于]|会同|联合)(?=[\u4e00-\u9fff]{3})"
)
CITY_DESK = re.compile(r"^(?:区|县|市)融媒体中心")


def place(runs: Sequence[Words]) -> Stated[str] | None:
    """Return the one venue that is named; None where several or none are.

    Places at which something is said to be held come before places that people went to.
    """
    found = [(event, name, run) for run in runs for event, name in _named(run)]
    named = [(name, run) for event, name, run in found if event] or [(name, run) for _, name, run in found]
    dated = [name for name, run in named if _dated(name, run)]
    return _first_of_many([name for name, _ in named]) or _first_of_many(dated)


def _dated(name: Stated[str], run: Words) -> bool:
    """Whether the sentence tells the day before the place."""
    before = run.text[: name.span.start - run.span.start]
    return bool(DATED_SENTENCE.search(before))


def _named(run: Words) -> Iterator[tuple[bool, Stated[str]]]:
    """(something is held there, place) by clause, in reading order."""
    for clause in CLAUSE.finditer(run.text):
        words, listed = clause.group(), run.text[clause.end() : clause.end() + 1] == "“"
        at = [hit.end() for hit in AT.finditer(words)]
        dated = DATED_CLAUSE.search(run.text[max(0, clause.start() - 3) : clause.start()])
        alone = ALONE.fullmatch(words) if dated else None
        spots = [(start, *_spot(words[start : start + SCOPE], listed=listed)) for start in at]
        spots = spots or ([(0, *_spot(alone[1], listed=False))] if alone else [_subject(words[:SCOPE])])
        for start, name, event in spots:
            if name:
                at_text = clause.start() + start + words[start : start + SCOPE].index(name)
                end = at_text + len(name)
                yield event, run.stated(run.text[at_text:end], at_text, end)


def _spot(words: str, *, listed: bool) -> tuple[str, bool]:
    """(place that opens *words*, whether something is held there); ("", False) for none, several or a generic word.

    listed: a quoted name follows, as in “在三峡广场“科普集市””, and is no act.
    """
    act = next((hit for hit in ACT.finditer(words, 2) if not BUILT.match(words, hit.end())), None)
    scope = words[: act.start() if act else LONGEST]
    event = bool(act and EVENT.match(words[act.start() :])) and not listed
    ends = [hit.end() for hit in VENUES.finditer(scope)]
    name = scope if event else scope[: ends[-1]] if ends else ""
    if words.startswith("、", len(name)):
        return "", False
    name = _inner(name)
    good = 2 < len(name) <= LONGEST and not GENERIC.search(name) and not COUNTED.search(name)
    return (name, event) if good and not JOINED.search(name) else ("", False)


def _inner(name: str) -> str:
    """“吴家镇的双龙村” is 双龙村, “重庆图书馆的报告厅” is 重庆图书馆."""
    outer, of, inner = name.partition("的")
    if not of:
        return name
    within = not BUILDINGS.search(outer) and IN_BUILDING.search(inner) and not GENERIC.search(inner)
    return inner if (ADMINISTRATIVE.search(outer) and not OPEN_AIR.search(inner)) or within else outer


def _subject(words: str) -> tuple[int, str, bool]:
    """A venue that is the subject of its clause: “5月25日院史馆向公众开放”."""
    lead = LEAD_TIME.match(words)
    start = lead.end() if lead else 0
    ends = [hit.end() for hit in VENUES.finditer(words[start : start + LONGEST])]
    for end in reversed(ends):
        name = words[start : start + end]
        if (
            HOSTING.match(words[start + end :])
            and len(name) > 2
            and not AT.search(name)
            and not GENERIC.search(name)
            and not COUNTED.search(name)
        ):
            return start, "" if JOINED.search(name) else name, True
    return start, "", False


def _first_of_many(named: Sequence[Stated[str]]) -> Stated[str] | None:
    """Several names are one venue only when each further one lies inside the first (馆 and its 厅)."""
    if not named:
        return None
    first = named[0]
    return first if all(other.value in first.value or first.value in other.value for other in named) else None


def media(runs: Sequence[Words]) -> tuple[Stated[str], ...]:
    """Return the outlets in reading order, each once, with 《》 as written."""
    seen: dict[str, Stated[str]] = {}
    for run in runs:
        for hit in OUTLET.finditer(run.text):
            start, end = hit.span(hit.lastgroup or "")
            lead = LEADING.match(run.text[start:end])
            start += lead.end() if lead and not CITY_DESK.match(run.text[start:end]) else 0
            name = run.text[start:end]
            hall = name.endswith("中心") and VENUE_OF_ITS_OWN.match(run.text[end:])
            if len(name) > 2 and not OWN.search(name) and not hall:
                seen.setdefault(name, run.stated(name, start, end))
    return tuple(seen.values())
