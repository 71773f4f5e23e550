"""How many people took part: the one figure that the guide's order of precedence names.

Source: the labelling guide, C.1-C.2: on the spot before served before online; those who staff, speak, are honoured or
made known do not count, unless nobody else stands there (staff). Never added, never averaged.
Limits: roles are told from the words of the clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from pipeline.figures.numbers import NUMBER, number
from pipeline.figures.words import Words
from pipeline.records import Stated

COUNTER = r"(?:人次|余?人|名|位|户|组家庭|个家庭|个(?=[^，。；、]{0,6}(?:娃|孩子|老人|人)))"
PEOPLE = re.compile(rf"(?<![数几])(?P<n>{NUMBER})(?P<u>{COUNTER})(?P<w>[^，。；、！？:：（）()]{{0,22}})")
BARE = re.compile(
    rf"(?:参与|参加|参会|参训|受益|惠及|覆盖|服务|接待|观众|培训|吸引|听众|到场)(?:人数|人次|总数)?[约近超达共]*(?P<n>{NUMBER})(?=[，。\t]|$)"
)
NO_PEOPLE = re.compile(r"大代|民|才|物|员(?!参)|工|份|生")
ONLINE = re.compile(r"在线|线上|直播|网络|云端|微博|视频号|网上|点播|收视")
NOISE = re.compile(r"阅读|点赞|浏览|播放|转发|点击|留言|评论|关注|粉丝|话题|小红心|票")
RATE = re.compile(r"每[场期天次人家站日]|日均|平均|场均|单日|人均")
MEMBERS = re.compile(
    r"会员(?:共|约|共有)?$|现有|拥有|个人会员|注册|在册|致信|面向全|向(?:全|广大)[^，。]{0,4}$|以上教授$|其中$|[可能][为供]$"
)
HONOURING = re.compile(
    r"评选|评出|推选|选树|选出|表彰|授予|获评|入选|获奖|发布|揭晓|确定|聘请?|首席|颁发|颁奖|推荐|命名|敲定|认定"
)
HONOURED = re.compile(
    r"科学家(?!精神)|院士|元勋|先进|劳模|标兵|工匠|最美|十佳|人物|获得者|候选|被?(?:评为|授予|表彰)|获奖|获评|事迹|称号"
)
MADE_KNOWN = re.compile(
    r"(?:进行|予以|给予)(?:了)?(?:表彰|通报|表扬|奖励)|为主人公|为主角|称号|的(?:先进|感人|典型|创新)?(?:事迹|故事|生平)|成长故事"
)
SHOWN = re.compile(r"(?:介绍|再现|展示|讲述|宣传|刊播|报道|刊登|播出)(?:了)?[^，。]{0,12}等?$|等$|”$")
RELEASE = re.compile(r"(?:发布|评选|选树|推选|揭晓)[^。]{0,16}(?:人物|最美|榜|标兵|十佳)")
STAFF = re.compile(
    r"专家|志愿|(?:老师|教师)(?=带|给|为|讲|教|上)|[^，。]{0,8}(?:登门|看望|慰问)|医生|医师|医护|医疗|讲解员|讲师|教授|学者|队员|成员|干部|律师|咨询师|农艺师|农技|特派员|宣讲员|作家|讲者|评委|评审|院士"
    r"|嘉宾|一行|班子|工作人员|组成|师傅|技术员|辅导员|小分队|小队"
    r"|研究生(?=集中|深入|全程|宣讲)|博士(?=分成|组成|到|奔赴)|(?:科技|技术)人员(?=奔赴|深入|下乡|，?分|到|组成)|骨干(?=组|组成)"
)
STAFF_BEFORE = re.compile(r"(?:志愿者|专家|医生|干部|讲解员|工作人员|队员|人员|队伍)(?:共|约)?$")
SENDING = re.compile(r"抽调|选派|派出|出动|组成$|选聘|邀请|组织了?$")
SPEAKING = re.compile(
    r"^[^，。]{0,8}?(?:发言|作(?:了|主题|主旨|专题|学术|特邀)?(?:报告|交流|发言|分享|讲座)|点评|分享|授课|主讲|领诵|登台|轮值|担任|结合[^，。]{0,8}作了)"
)
ATTENDING = re.compile(
    r"参加|参会|听讲|参训|到会|到场|参赛|聆听|座谈|参观|观礼|看病|慰问|看望|出席|学习|来看"
)
VISITED = re.compile(r"看望|慰问|走访|登门")
SERVED = re.compile(
    r"群众|居民|村民|农户|种植户|养殖户|菜农|儿童|学生|师生|观众|市民|家长|老人|患者|职工|员工|工人|社员|果农|椒农|茶农|会员|科技工作者|研发人员|科技人员|代表|听众"
    r"|孩子|小朋友|青少年|游客|户|技术骨干|党员|人次|(?<!律)(?<!医)师(?!傅)|研究生|负责人|秘书长|委员|理事|专员|教师|青年|医务|骨干|新人|博士"
)
TAKING_PART = re.compile(
    r"参加|参会|到会|参训|参赛|参与|听讲|聆听|收听|听课|观看|参观|观礼|接待|服务|咨询|受益|惠及|覆盖|培训|吸引|慰问|看望|走访|座谈|出席|签名"
    r"|打卡|到场|观展|听众|观众|学习|诊疗|接诊|筛查|惠及|来了|问诊|义诊|看病|做指导|齐聚|驻足|围坐|报名|领取|体验|来了|来看|接受|讲|送上|送去|对接|与会"
    r"|操练|登门|观影|受众|面向|收看|观摩|同学|人次|边吃边聊|来听|邀上|现场|邀请"
)


class _Rank(IntEnum):
    """Precedence of a head count, best first."""

    TOOK_PART = 1
    PLAIN = 2
    ONLINE = 3
    STAFF = 4


@dataclass(frozen=True, kw_only=True)
class _Heads:
    """One head count. before: the clause up to it; after: what follows up to the next mark."""

    before: str
    after: str
    counter: str
    value: int


def participants(runs: Sequence[Words]) -> Stated[int] | None:
    """Return the head count that precedes all others; among equals the first named."""
    ranked = [hit for run in runs for hit in _counted(run)]
    return min(ranked, key=lambda hit: hit[0])[1] if ranked else None


def _counted(run: Words) -> Iterator[tuple[_Rank, Stated[int]]]:
    for hit in PEOPLE.finditer(run.text):
        value = number(hit["n"])
        before = re.split(r"[，。；！？：\n]", run.text[max(0, hit.start() - 30) : hit.start()])[-1]
        if value:
            heads = _Heads(before=before, after=hit["w"], counter=hit["u"], value=value)
            rank = _rank(heads, told=run.text[: hit.start()])
            if rank:
                yield rank, run.stated(value, hit.start(), hit.start("w"))
    for hit in BARE.finditer(run.text):
        value = number(hit["n"])
        if value:
            yield _Rank.TOOK_PART, run.stated(value, hit.start("n"), hit.end("n"))
    yield from _cell(run)


def _cell(run: Words) -> Iterator[tuple[_Rank, Stated[int]]]:
    """A table's row: its first cell that is a plain number (the running number in front is none)."""
    at = 0
    for column, cell in enumerate(run.text.split("\t")):
        if column and re.fullmatch(r"[1-9]\d{0,5}", cell.strip()):
            yield _Rank.PLAIN, run.stated(int(cell), at, at + len(cell))
            return
        at += len(cell) + 1


def _rank(heads: _Heads, told: str) -> _Rank | None:
    """The precedence of *heads*; None where they take no part. told: the words before them."""
    if _no_heads(heads):
        return None
    if ONLINE.search(heads.before) or ONLINE.search(heads.after[:8]):
        return _Rank.ONLINE
    if _honoured(heads, told):
        return _Rank.PLAIN if VISITED.search(heads.before) else None
    if _staffing(heads):
        return _Rank.STAFF
    taking_part = (
        TAKING_PART.search(heads.before) or TAKING_PART.search(heads.after) or SERVED.search(heads.after)
    )
    if taking_part or heads.counter in ("人次", "户", "组家庭"):
        return _Rank.TOOK_PART
    return _Rank.PLAIN if heads.counter in ("人", "余人") else _Rank.STAFF


def _no_heads(heads: _Heads) -> bool:
    """Averages, clicks, memberships, parts of a whole, “一位”, 人才 and 人民."""
    return bool(
        (heads.value < 2 and heads.counter != "人次")
        or RATE.search(heads.before[-10:])
        or NOISE.search(heads.before[-5:])
        or NOISE.search(heads.after[:6])
        or MEMBERS.search(heads.before)
        or (heads.counter in ("人", "余人") and NO_PEOPLE.match(heads.after))
    )


def _honoured(heads: _Heads, told: str) -> bool:
    """People who are made known or chosen, not people who came."""
    titled = heads.after.startswith("“") and HONOURING.search(heads.before)
    if HONOURED.match(heads.after) or MADE_KNOWN.search(heads.after) or titled:
        return True
    if ATTENDING.search(heads.after) or re.search("听", heads.after):
        return False
    taking_part = TAKING_PART.search(heads.before)
    if SHOWN.search(heads.before) or (HONOURING.search(heads.before) and not taking_part):
        return True
    return bool(RELEASE.search(told)) and not taking_part and not TAKING_PART.search(heads.after)


def _staffing(heads: _Heads) -> bool:
    """People who staff or speak: only counted where nobody else is."""
    if re.search(r"一行$|由$", heads.before) or SPEAKING.match(heads.after):
        return True
    if SENDING.search(heads.before) and STAFF.search(heads.after):
        return True
    attending = ATTENDING.search(heads.before[-8:] + heads.after)
    if attending:
        return False
    taking_part = TAKING_PART.search(heads.before + heads.after)
    return bool(STAFF.search(heads.after[:12]) or (STAFF_BEFORE.search(heads.before) and not taking_part))
