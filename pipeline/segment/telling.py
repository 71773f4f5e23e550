"""What one sentence of a report does: tells of an act, plans, looks back, exhorts, arranges, adds up, lists, praises.

Source: the labelling guide, A.1-A.2; grammar: who does it (subject), whether it is done (了, a date, a number of people) or
is to be done (拟, 将, 打算), whose words it is (强调, 要求).
Limits: one sentence alone; what stands above it is for roles.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from itertools import islice

from pipeline.segment.words import COUNTED, DATED, DAY, DONE, PLACED, PREPARATION

SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]?[”’」]?")
TIMED = re.compile(
    r"次日|翌日|[隔过]了?[一两三几]天|隔天|当天|当日|当晚|同日|第二天|同一天|同一周|昨[日天]|上周|本周|周[一二三四五六日末]|[上中下]旬|月初|月底|月中|近日|日前|上午|下午|晚上|傍晚|中午|清晨"
)
"""Words that place an act in time without naming the day."""
HAPPENED = re.compile(
    r"[\u4e00-\u9fff]了(?!解|然|得)|[\u4e00-\u9fff]过[了的]?[，。、一两\d]|来了|到场|到会|参[加会观]"
)
"""Particles and verbs by which something has happened."""


class Telling(StrEnum):
    """What a sentence does. EVENT: an act with a day. DONE: an act without. PLAIN: nothing that could be named."""

    EVENT = "event"
    DONE = "done"
    PLAIN = "plain"
    PLAN = "plan"
    PAST = "past"
    EXHORTATION = "exhortation"
    ARRANGING = "arranging"
    UNHELD = "unheld"
    ELSEWHERE = "elsewhere"
    TOTAL = "total"
    MENTION = "mention"
    OVERVIEW = "overview"
    SLOGAN = "slogan"
    REMARK = "remark"


FUTURE = re.compile(
    r"下一?步|接下来|原(?:定|计划|拟|打算|先打算|想)|本想|本来(?:还)?(?:想|打算|计划|定了?|要)|拟(?=[\u4e00-\u9fff])(?!音|人|态|合|定了|好了|办事项)|(?<!原)(?<!按)(?<!照)计划(?=于|在|再|还|年|下|今|明|到|用|赴|每|[七八九十]|\d|培训|开展|举办|组织|建|把|进|覆盖)"
    r"|打算|准备(?=于|在|搞|办|开展|举办|组织|把|再|请|邀|[七八九十]月)|预计|有待|待定|择期|推迟|推到|延期|改期|正?在?筹备(?=中|，|。|之中)|力争"
    r"|留待|再议|(?:还|仍|也|并|必|均|都|陆续|我们|我[会院校局区县司所]|学会|协会|科协)?(?<!即)将(?=于|在|继续|持续|陆续|还|以此|适时|进一步|组织|开展|举办|利用|充分|依托|紧紧|认真|深入|不断|赴|到|走进"
    r"|牵头|面向|推出|邀请|举行|召开|启动|联合|会同|结集|常态|长期|积极|努力|更加|一如既往|与|把|发挥|再|为|陆|从|针对|探索|坚持|加强|抓|围绕|办|推|扩|新[增建]|全面|以(?!往|前))"
    r"|(?:今后|以后)[^，。]{0,10}(?:一律|都要|必须|一定)"
    r"|(?:今后|后续|届时|年内|下半年|年底|下学期|暑[假期]|国庆前|明年|秋天|入冬|入秋)[^，。]{0,6}(?:要|会|再|还|将|争取|办|开展|组织|举办|去|到)|再说[。，]?$|等[^，。]{1,8}再(?:说|办|搞)|[（(](?:计划|拟|待|预)[^）)]{0,6}[）)]|敬请(?:期待|关注)|^后续[：:]|^预告|^【预告"
)
"""The predicate is still to come."""
_FULFILLED = re.compile(r"实际(?:完成|走访|开展|举办|到|参加|组织)|已(?:于|经|全部)?(?:完成|办结|开展|举办)")
"""What was planned was done: “计划2场，实际完成3场”."""
_LOOKS_BACK = re.compile(
    r"^[^，。]{0,8}?(?:[，,])?[^，。]{0,5}(?:去年|往年|上年|前年|往届|上届|前几年|近年来|历年来)|^(?:早在|自)?20[01]\d年|^(?:[^，。\d]{1,6}[，,])?[^，。\d]{0,4}202[0-3]年"
)
_THIS_YEAR = re.compile(rf"(?:今年|本年)(?:的)?{DAY}")
_SPEAKER = (
    r"(?:领导|负责人|负责同志|书记|主任|主席|理事长|副?会长|院长|校长|局长|主委|秘书长|总经理|董事长|会议)"
)
EXHORTING = re.compile(
    rf"{_SPEAKER}[^。，]{{0,24}}(?:[，,][^。，]{{0,12}})?(?:强调|要求|勉励|希望|嘱咐|叮嘱|号召|鼓励|寄语|呼吁|倡导|指出)"
    r"|^(?:要|各级|全体|广大|大家要)[^。]{0,30}(?:要|应|须|踊跃|自觉|积极)"
    r"|(?:大家|与会者|参与者|群众|科技工作者|同志们|众人)(?:们)?(?:都|一致|纷纷)?(?:表示|说)[，,：:]?[^。]{0,6}(?:要|将|今后|一定)"
)
_UNHELD = re.compile(
    r"取消|没排上|没办成|没请到|算了|没搞成|未能?(?:如期)?(?:开展|举办|举行)|没有?(?:开展|举办|搞)|暂缓|凑不拢|待开展|没(?:有|能)?(?:去|办|开|搞|看|请|排|成)(?:成|上|到)|未能?成行|只好(?:改期|作罢|取消|推)"
)
_ELSEWHERE = re.compile(
    r"由[^，。]{2,16}(?:另行|单独|统一|自行)?(?:报送|上报|另报)|不再(?:赘述|重复|列)|不重复(?:报|计|统计)|另(?:行|文)?报(?:送)?[。，]?$|自行(?:总结|报送|上报)|单独报|没拿到材料|不(?:写|凑数|一一列举)"
)
_SUMS = re.compile(
    r"(?:活动|大小活动|各类活动)[约达]?[\d一二两三四五六七八九十百余多]{1,12}(?:余|多)?(?:项|场次?|次|个)|(?<![每任第某\d])(?!一[项场次个件])[\d一二两三四五六七八九十百余多几]{1,12}(?:余|多)?(?:项|场次?|次|个|件)(?:各类|系列|主题|大小)?活动"
    r"|^(?:以上|上述|上面)[^，。]{0,8}(?:合计|共计|累计|总共)|^(?:佐证|附件|照片|影像|材料)(?:目录|清单|资料|材料)?[：:]|^(?:据[^，。]{0,8}统计[，,])?(?:粗算|算下来|总的|合起来|加起来|一圈活动|整个活动|活动(?:周|月)?期间[^，。]{0,6}[，,]?[^，。]{0,6}(?:共|累计))|(?:系列|各项)活动[^，。]{0,20}(?:共|累计|合计)|^[两三四五六七八九十\d]+(?:次|场|项|个)活动(?:共|合计|累计)"
)
_MENTION = re.compile(
    r"^(?:此外|另外|同时|除此之外|除[^，。]{2,14}[，,]|[^，。]{0,12})[^。]{0,20}(?:还|也|都)[^。]{0,12}(?:开展|组织|举办|搞|参加|举行|在搞)[^。]*(?:、|等|相关活动|一些活动|各类活动)|、[^。]*(?:照旧|照常|也都)"
    r"|不再?(?:一一|逐一|挨个|细|多)(?:写|说|列|讲|赘|述|报|表)"
)
_ANNOUNCES = re.compile(
    r"(?:总结|汇报|报告|情况|小结|简单)(?:情况)?(?:汇报|报告|总结)?如下|(?:以下|如下|下列|下面|这)(?:几|[一二三四五六七八九\d])?(?:项|件|个|方面|活动|工作|四件)|如下[：:。]|主要(?:做法|情况|活动)如下|逐项列示|[几一二三四五六七八]件事[。：:]?$|于是就有了"
)
_LACKS = re.compile(r"^(?:[^，。]{0,4}存在的?|主要)(?:短板|问题|不足|困难)(?:是|在于|有|主要)")
_FIELDS = re.compile(r"学习|宣传|典型|展[览陈示]|宣讲|演|志愿|服务|慰问|关[怀心爱]|实事|解难|学术")
_PRAISE = re.compile(
    r"通过(?:此次|本次|这次|系列)?活动|进一步(?:营造|激发|增强|弘扬)|掀起|受到(?:了)?(?:群众|广大|一致|普遍|学生)?[^，。]{0,6}(?:欢迎|好评)|广受好评|取得(?:了)?(?:良好|较好|阶段)|立身之本|薪火相传|排头兵[！!。]|在路上|永无止境|让我们|携手并|谱写|篇章|奋力"
)
REMARK = re.compile(
    r"前报|前次|此前报送|上次(?:稿子|报送|材料)|漏报|现补报|现补充|现予补充|报送的(?:材料|总结|信息)|发送的(?:材料|总结|邮件)|以(?:本|此)(?:件|次|邮件)为准|发错|更正说明|(?:转|补|再|附)报[^，。]{0,24}[一两三](?:份|项|则)|材料为准|请(?:查收|审阅|领导|老师)|不作为统计|直接写(?:了|在)|附件|老师(?:晚上|上午|下午|您|你)?好|(?:重新|再次)(?:上报|报送)|填表人|此致|其余[^，。]{0,6}(?:不变|无误)|不妥|批评指正|(?:敬请|请|多多?)(?:谅解|见谅|包涵|原谅)|添麻烦|带来的?不便|^祝[^，。]{0,6}[！。]?$|如有疑问"
)


_OF_A_MAIL = tuple(
    map(
        re.compile,
        (
            r"原(?:件|表|稿|报(?!告)|填|误)|[前上]一?[次份篇封版]|[那这][份篇封版]|前报",
            r"[报发寄交](?:送|来)?[过了]?的?[^，。]{0,4}(?:材料|稿|报告|表|《)|(?:报送|上报|发送|提交)",
            r"(?:活动)?综述|总结|简报|统计表|稿件|邮件|台账",
            r"补(?:报|录|充|上|交)|漏(?:报|计|填|写|了)|遗漏|没写到",
            r"[弄写填报算打发]错|[有笔]误|应为|出入|更正|勘误|订正|核定",
            r"为准|作废|替换|删去|重[列报]|报数|核对",
            r"本表|表[内中]|数据(?:截至|截止|来源|统计|口径)",
            r"不再?重复|不变|不动|无误",
            r"一并(?:计入|采用|统计)|抱歉|对不起|歉意|请[以按查审]",
        ),
    )
)
"""Words for a mail and what is done with it: a sentence with two kinds of them speaks of the mail, not of an act."""
_NOTE = re.compile(
    r"漏报|其[他余](?:内容|各项|事项|部分|文字|数据|几项)?[^，。]{0,6}(?:不变|没有变化|照旧|无误)"
    r"|更正(?:说明|如下)|补充如下|不作为统计|原件作废|以(?:本|此)(?:件|次|邮件|稿)为准"
)
"""One of them is enough."""
_BRACKETS = re.compile(r"[（(][^）)]*[）)]")
_NOT_OURS = re.compile(
    r"(?:勿|不要|别)(?:再|重复)*(?:计|算|统计)|由(?:他们|其|对方|该[局会院所校])[^，。]{0,6}(?:报|统计|填)"
    r"|[是由][^，。]{2,16}(?:主办|举办|承办|牵头|组织|办)的?[，,；](?:我|本)[局会校院司们厂所][^，。]{0,6}(?:只|仅|不过|没|未)"
)
"""Another unit did it and reports it."""
_ALL_ACTS = re.compile(
    r"(?:各类|各项|各种|大小)[^，。；]{0,6}活动[^，。；]{0,6}?[\d一二两三四五六七八九十百余多]{1,12}(?:项|场|次|个)|[\d余多百十]{1,12}(?:项|场次?|次|个)(?:各类|各项|各种|大小)[^，。]{0,6}活动"
)
"""Activities of all kinds are counted: a total whatever days it names."""
_SERIES = re.compile(r"(?:开展|举办|组织|推出|策划)了?(?:一)?(?:系列|批|组)[^，。]{0,8}活动")
"""Activities are named together."""
_BY_A_DAY = re.compile(r"\d+月\d+日前")
_FESTIVE = re.compile(
    rf"{DAY}[，,]?(?:当天|这天)?[就也正]?(?:是|恰逢|适逢|正值|迎来)[^，。]*(?:节日?|者日|日子|纪念日)(?=[，。！])"
)
"""“5月30日，是……的节日。”: the day is spoken of, nothing is placed on it."""


def sentences(text: str) -> tuple[str, ...]:
    """Return the whole sentences of *text* (。！？ end one), without empty ones."""
    return tuple(_sentences(text))


def first_sentences(text: str) -> str:
    """Return the first two sentences, in which an act says when, where and with whom."""
    return "".join(islice(_sentences(text), 2))


def _sentences(text: str) -> Iterator[str]:
    return (hit.group() for hit in SENTENCE.finditer(text) if hit.group().strip())


@lru_cache(maxsize=4096)
def telling(sentence: str) -> Telling:
    """Say what *sentence* does; an act with its day outweighs what else the sentence says."""
    words = sentence.strip()
    if _FESTIVE.search(words) and not (COUNTED.search(words) or PLACED.search(words)):
        words = _FESTIVE.sub("", words)
    outweighing = _outweighing(words)
    if outweighing is not None:
        return outweighing
    back = _LOOKS_BACK.match(words)
    if back and not DATED.search(words[: back.end()]) and not _THIS_YEAR.search(words):
        return Telling.PAST
    if is_event(words):
        return Telling.EVENT
    order = _ORDER if not _FULFILLED.search(words) else _ORDER[2:]
    what = next((what for what, pattern in order if pattern.search(words)), None) or _else(words)
    return _without_praise(words) if what is Telling.SLOGAN else what


def _without_praise(words: str) -> Telling:
    """An act with its people or copies that a clause of praise follows is an act; all else is praise."""
    rest = "，".join(clause for clause in words.split("，") if not _PRAISE.search(clause))
    done = is_counted(rest) and _else(rest) is Telling.DONE
    return Telling.DONE if done else Telling.SLOGAN


def _outweighing(words: str) -> Telling | None:
    """What a sentence does whatever days and acts it names; None for most."""
    if _is_about_a_mail(words):
        return Telling.REMARK
    if _NOT_OURS.search(words):
        return Telling.ELSEWHERE
    return Telling.TOTAL if _ALL_ACTS.search(words) else None


def _is_about_a_mail(words: str) -> bool:
    plain = _BRACKETS.sub("", words)
    if PLACED.search(plain) and is_counted(plain):
        return False
    return bool(_NOTE.search(plain)) or sum(bool(kind.search(plain)) for kind in _OF_A_MAIL) > 1


def is_event(sentence: str) -> bool:
    """An act with its day, told as done: the day and the act come before any word of the future."""
    day = DATED.search(sentence) or TIMED.search(sentence)
    act = (
        DONE.search(sentence)
        or HAPPENED.search(sentence)
        or COUNTED.search(sentence)
        or PLACED.search(sentence)
    )
    if not day or not act or _arranges(sentence):
        return False
    future = None if _FULFILLED.search(sentence) else FUTURE.search(sentence)
    if not DATED.search(sentence) and (
        _SUMS.search(sentence)
        or EXHORTING.search(sentence)
        or REMARK.search(sentence)
        or _SERIES.search(sentence)
    ):
        return False
    return future is None or (day.start() < future.start() and act.start() < future.start())


def is_counted(sentence: str) -> bool:
    """The sentence numbers people or copies."""
    return bool(COUNTED.search(sentence))


def _arranges(sentence: str) -> bool:
    return bool(PREPARATION.search(sentence) or _BY_A_DAY.search(sentence))


_ORDER = (
    (Telling.REMARK, REMARK),
    (Telling.PLAN, FUTURE),
    (Telling.EXHORTATION, EXHORTING),
    (Telling.ARRANGING, PREPARATION),
    (Telling.UNHELD, _UNHELD),
    (Telling.ELSEWHERE, _ELSEWHERE),
    (Telling.TOTAL, _SUMS),
    (Telling.OVERVIEW, _ANNOUNCES),
    (Telling.OVERVIEW, _SERIES),
    (Telling.OVERVIEW, _LACKS),
    (Telling.MENTION, _MENTION),
    (Telling.SLOGAN, _PRAISE),
)


def _else(sentence: str) -> Telling:
    if len(set(_FIELDS.findall(sentence))) > 3 and not COUNTED.search(sentence):
        return Telling.OVERVIEW
    if DATED.search(sentence):
        return Telling.EVENT
    done = DONE.search(sentence) and (HAPPENED.search(sentence) or COUNTED.search(sentence))
    return Telling.DONE if done else Telling.PLAIN
