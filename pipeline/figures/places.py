"""Where an activity was, if one venue is named, and which outlets are named as having reported it.

Source: the labelling guide, C.7 (several venues, or only a generic word: none) and C.5 (the unit's own 公众号 is none).
Limits: a venue is known by its last word; a place without one (汉丰湖) only behind 在 … 举办.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.figures.words import Words
from pipeline.records import Stated

VENUE = (
    "馆|广场|中心|厅|学校|小学|中学|大学|学院|校区|公司|医院|社区|街道|镇|乡|村|园区|园|基地|站|会议室|"
    "酒店|剧院|礼堂|商圈|公园|实验室|书院"
    "|工地|党校|陈列室|管委会|项目部|湖畔|湖边|一层|农场|合作社|码头|分会场|操场|一楼|大院|院坝|经开区|高新区|开发区"
)
PLACE = re.compile(
    rf"(?:在|到|赴|走进|来到|驶进|深入|前往|走入|抵达|开进)(?P<p>[^，。；、！？\d“”《》（）在到\s]{{2,24}}?(?:{VENUE})"
    rf"(?:[^，。；、！？\d“”《》（）在到\s]{{0,8}}?(?:{VENUE}))?)(?P<after>.?)"
)
GENERIC = re.compile(
    r"^(?:学校|社区|企业|机关|校园|基层|广场|公司|医院|现场|线上|小?广场上?|活动中心|各|全|多个?|当地|田间|农村|园区|院坝)"
)

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
    """Return the one venue that is named; None where several or none are."""
    named: dict[str, Stated[str]] = {}
    for run in runs:
        for hit in PLACE.finditer(run.text):
            if hit["after"] in ("、", "等", "和"):
                return None
            if not GENERIC.match(hit["p"]) and len(hit["p"]) > 2:
                named.setdefault(hit["p"], run.stated(hit["p"], hit.start("p"), hit.end("p")))
    return next(iter(named.values())) if len(named) == 1 else _first_of_many(tuple(named.values()))


def _first_of_many(named: tuple[Stated[str], ...]) -> Stated[str] | None:
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
