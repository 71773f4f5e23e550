"""Where a piece speaks of experience (典型经验) or asks for something (意见建议), beside or instead of telling of an act.

Source: notice, part 4 (4): 总结典型经验，提出意见建议. A passage is known by the heading above it, by the label that opens
it ("几点体会：", "【建议】"), or by a sentence in which the unit itself weighs ("我们体会到") or asks ("恳请市科协").
Limits: what others say ("不少人说，建议…") is part of the act at which they say it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.segment.pieces import Piece
from pipeline.segment.telling import FUTURE, SENTENCE, Telling, is_counted, telling
from pipeline.segment.words import DATED, FIELD_LINE, PLACED, SIGNATURE, heading_words, without_number

Range = tuple[int, int]
"""Characters [start, end) of a piece's text."""

_KNOWN = (
    r"经验|亮点|体会|启示|做法|特色(?!活动|产业|科普|农业|展|课)|特点|思考|收获"
    r"|创新(?:点|做法|举措)|感悟|心得|感受|反思|启发|得失|窍门|诀窍|秘诀|法宝"
)
_ASKED = (
    r"建议|意见|想法|诉求|请求|期盼|期待|希望(?:主办方?|市科协|上级|市里)?(?:改进|支持|解决|考虑|关注)?"
    r"|呼声|心声|盼望|期望|愿望|恳请|不情之请|[请需][^，。：]{0,8}(?:支持|解决|帮助|协调)"
)
_LACKING = r"问题|不足|困难|短板|差距"
_LACKS = re.compile(r"不[足够均强多深高]|[较太]少|薄弱|缺[乏少]|没有|难以|困难|较[大差弱]|有限|偏")
"""A paragraph that names what is wanting."""
EXPERIENCE = re.compile(_KNOWN)
ADVICE = re.compile(_ASKED)
_NOUNS = rf"(?:{_KNOWN}|{_ASKED}|{_LACKING}|成效|效果|方向|打算|说明)(?:之处|的地方|方面)?"
_LABEL = re.compile(
    r"(?:最后|另外|此外|同时|还有|附|也?有|值得一?[说提]的|顺带|顺便|做下来的?|心里的?|真实的?|总的|一路走来的?|提|说[点说几]?|讲|个人|我们?[会院校局区县司所]?的?|工作|活动|存在的?|主要|典型|几|[一两二三四五]|点|条|个|些|小{1,2}的?|基本|有关|相关|好的?|特色|创新|其他|对[^，。：]{2,12}的|给[^，。：]{2,12}的)*"
    rf"{_NOUNS}(?:(?:与|和|及|以及|、|或|/)?(?:[下一步几点有关主要好的改进]*){_NOUNS})*(?:[（(][^）)]*[）)])?(?:上级|市里|市科协)?(?:上|方面)?(?:就?是?[一两三四几]?[条点个]|如下|是|有[一两三四几][条点个])?(?:值得[^，。：]{{1,4}})?"
)
"""The label of a passage: counting words, then nouns of experience or advice, nothing else."""
_LEAD = re.compile(r"^\s*(?:【(?P<a>[^】]{2,14})】|(?P<b>[^，。；：:！？]{2,22})(?:[：:]|——|。(?=.)))")
_NAMES_PASSAGES = re.compile(rf"(?:{_KNOWN}|{_ASKED})(?:之处|之谈|方面)?[：:]?$")
_ACTS = re.compile(r"听|收集|征|座谈|召开|交流|分享|学习|宣讲|介绍|报告|开展|举办|讲|展")
"""Words that make a heading the name of an act: 听取意见建议, 经验交流."""
_OTHERS = re.compile(
    r"(?:^|[，；。：])[^，。；：]{0,8}(?:(?<!个)人(?![手才数均])|大家|代表|专家|老师|学生|家长|与会者?|教师|工程师|评委|会员|同志|老乡们?|群众|居民|负责人|领导|员(?!不|少|紧|偏|有限|较)|者(?!少|不)|会上|会议|座谈中?)[^。；：]{0,24}(?:说|道|表示|提出|提议|反映|认为|直言|建议|希望|盼|呼吁|都说)|都说|^(?!我们|我[会局校院司])[^，。：；“”]{1,24}(?<![来敢可好难再])说[，：]"
)
"""Somebody else speaks."""
_SELF = r"(?:我们|我[会院校局区县司所站]|本[会院校局区县司所]|学会|协会|科协|局|在此|这里|特)"
_ASKS = re.compile(
    rf"(?:^|[。；，：,;:！？])\s*(?:(?:同时|另外|此外|还有|最后|为此|因此|所以|今后|也|还|再|并|二是|三是|一是|四是|[一二三四五]是?|[（(][一二三四五\d][）)]|\d[.．、])*)\s*{_SELF}{{0,2}}(?:同时|也|还|再|诚挚|殷切|都)*"
    r"(?:恳请|恳望|提请|敬请市|想?请市|请上级|请求|期盼|盼(?=市|上级|望)|期待(?=市|上级|省)|呼吁|建议(?![\d一二三四五六七八九十]+(?:条|个|项)|别的|其他[^，。]{0,4}也|兄弟|同行)|希望(?=市|上级|省|区县|今后|明年|以后|能|加强|加大|有关|主管|相关|科协|学会|贵|主办|组织|通知|将|在|对|给|得到|继续))"
    r"|(?:给|向|对)(?:市|上级|主管|省)[^，。]{0,10}提[一两几]?[个点条些]|(?:提|要说)(?:[一两几]?[个点条些])?(?:意见|建议)[，：]|想?求(?:市里?|上级|上头)[^，。]{0,4}(?:[一两几][件个]|帮|给)"
    r"|(?:市科协|市里|市上|市级|上级|上头|贵会|通知|主办方|市局)[^。？]{0,24}(?:能否|能不能|可否|可不可以|是否可以|是不是可以|能[^。]{2,24}(?:更|就|太)[^。]{0,2}好)"
    r"|(?:如能|若能?|要能|要是|如果)[^，。]{0,6}(?:市科协|市里|市级|上级|主办)[^。]{2,40}(?:更|就|再)[^。]{0,2}(?:好|方便|省事)|(?:市里头?|市上|市科协|上级|市级)[^，。]{0,6}(?:给|帮|替|为)(?:我们|我[会区县院校]|基层|学会)"
    r"|^\s*(?:能否|能不能|可否|可不可以)"
)
_TO_THE_CITY = re.compile(
    r"(?:市科协|市里|市上|市级|上级|贵会|主办方|市局)[^。？]{0,24}(?:能否|能不能|可否|可不可以|是否可以|是不是可以)"
)
"""A question to those who gave the notice, in a paragraph of its own: whoever had the thought, the unit passes it on."""
_WEIGHS = re.compile(
    rf"{_SELF}(?:深刻|深深|最大|真切|的|最|深)*(?:体会|感受|经验|心得|启示|做法|感悟|收获|窍门|诀窍|秘诀|法宝|办法|觉得|感到|认识)(?:就|是|到|：|:|最)"
    rf"|^[^。]{{0,16}}[，,]?有?[一两三四几这](?:条|点|个|些)特点[：:]|^[^，。]{{0,10}}[，,]?有?[一两三四几这](?:条|点|个|些)(?:做法|经验|体会|启示|心得|感受)|(?:做法|经验|体会|启示)(?:就[一两三]条|值得)|^\s*(?:我们|我[会院校局区县])(?:都|也|还是|深深|深|切实)?(?:觉得|感到|认为|体会|认识)|值得(?:坚持|推广|保持|借鉴|继续|一[说提])|最[大深]的?(?:收获|体会|感受|感触|启示|经验|变化)[，,：]?(?:就|便|一)?(?:是|在于)|(?:做法|经验|体会)[上里中]?有[一两三几四][点条](?:可供|值得)"
    r"|比[^，。]{2,14}(?:管用|有用|好使|见效|抓人|实在)|最(?:管用|有用|见效|受欢迎|好|大|省钱|省)的(?=[^，。]{0,8}是)|最(?:管用|有用|见效|受欢迎)的|建议(?:别的|其他|兄弟|各兄弟|同行)|(?:反倒|反而)(?:管用|有用|见效|更)|从(?:实践|这次|此次|本次|效果|反馈|活动)[^，。]{0,8}看|给我们[^。]{0,14}(?:思路|启发|启示|借鉴|经验)|^\s*(?:现在)?回过?头(?:来)?[看想][^。]*(?:最好|值得|坚持|更好|管用)|(?:以前|过去|往年)[^。]{4,40}(?:这次|这回|现在|今年)[^。]{2}"
    r"|(?:主要|我们的)(?:做法|经验|体会|特点)是|^\s*感觉?最|^\s*(?:要说|说到)?(?:[几一两三][点条])?(?:体会|感受|经验|心得|启示)(?:嘛|呢|吧|的话)?[，：]|^\s*(?:经验|体会|做法|启示|心得)[^，。：]{0,6}，[^，。：]{0,10}：|(?:实践|事实)证明|^(?:工作|活动)(?:亮点|特色)"
)
SHORT = 60
"""Characters up to which a line can be a signature."""
LEAD = 16
"""Characters of a sentence that only leads over to the act: “最受欢迎的是开放日。”"""
_NO_PASSAGE = frozenset({Telling.PAST, Telling.TOTAL, Telling.REMARK})
_QUOTED = re.compile(r"“[^”]*”|「[^」]*」")


@dataclass(frozen=True, kw_only=True)
class Passages:
    """Which words of a piece are 典型经验 and 意见建议, None if none. whole: the piece is nothing else."""

    experience: Range | None = None
    advice: Range | None = None
    whole: bool = False


def passages(piece: Piece, alone: bool) -> Passages:
    """Find the passages of *piece*; *alone*: no other piece stands under its nearest heading."""
    if len(piece.text) < SHORT and SIGNATURE.search(piece.text.strip()):
        return Passages()
    whole = (0, len(piece.text))
    experience, advice = _opened(piece, alone)
    if experience or advice:
        asked = _found(piece.text, _ASKS)
        weighed = _found(piece.text, _WEIGHS) or _found(piece.text, EXPERIENCE, label=True)
        return Passages(
            experience=whole if experience else weighed,
            advice=whole if advice else asked,
            whole=True,
        )
    asked, weighed = _found(piece.text, _ASKS), _found(piece.text, _WEIGHS)
    return Passages(experience=weighed, advice=asked, whole=_is_whole(piece.text, asked, weighed))


def _opened(piece: Piece, alone: bool) -> tuple[bool, bool]:
    """Say whether a label in front of the piece, or a heading above it, makes it (experience, advice)."""
    label = "" if FIELD_LINE.match(piece.text) else _label(piece.text)
    if label and not (DATED.search(piece.text) and re.fullmatch(rf".*(?:{_LACKING})", label)):
        experience, advice = bool(EXPERIENCE.search(label)), bool(ADVICE.search(label))
        return experience, advice
    heading = next((h for h in map(heading_words, _up(piece)) if _heads_passages(h)), "")
    work = any(word in heading for word in ("做法", "亮点", "特色"))
    mentions = work and any(telling(sentence) is Telling.MENTION for sentence in _sentences(piece.text))
    if not heading or mentions or tells_an_act(piece.text, work=work):
        return False, False
    experience, advice = bool(EXPERIENCE.search(heading)), bool(ADVICE.search(heading))
    asked = _found(piece.text, _ASKS) is not None
    if not asked and (FUTURE.search(piece.text[:20]) or telling(_sentences(piece.text)[0]) in _NO_PASSAGE):
        return False, False
    if experience and advice and not alone:
        return not asked, asked
    if advice and not alone and not asked and re.search(_LACKING, heading) and _LACKS.search(piece.text):
        return False, False
    return experience, advice


def _up(piece: Piece) -> Sequence[str]:
    return [text for _, text in reversed(piece.heads)]


def _heads_passages(heading: str) -> bool:
    if not (EXPERIENCE.search(heading) or ADVICE.search(heading)):
        return False
    named = len(heading) < 18 and _NAMES_PASSAGES.search(heading) and not _ACTS.search(heading)
    return bool(_LABEL.fullmatch(heading) or named)


def tells_an_act(text: str, *, work: bool) -> bool:
    """Say whether *text* tells of an act: a dated one with its figures; under a heading of *work* (做法, 亮点, 特色),
    which may head what was done, a dated one or one with people and place.
    """
    return any(_is_act(sentence, work=work) for sentence in _sentences(text))


def _label(text: str) -> str:
    leads = (lead for lead in (_LEAD.match(text), _LEAD.match(without_number(text))) if lead)
    return next(
        (words for words in (lead["a"] or lead["b"] for lead in leads) if _LABEL.fullmatch(words)), ""
    )


def _sentences(text: str) -> list[str]:
    return [hit.group() for hit in SENTENCE.finditer(text) if hit.group().strip()]


def _found(text: str, pattern: re.Pattern[str], *, label: bool = False) -> Range | None:
    """From the first to the last sentence in which the unit itself speaks so; None without one."""
    places: list[Range] = []
    for start, end, words in _own_words(text):
        mark = pattern.search(words)
        if mark is None or (label and not _label(words)):
            continue
        event = telling(words) is Telling.EVENT and DATED.search(words)
        own = pattern is _ASKS and not text[:start].strip() and _TO_THE_CITY.search(words)
        leads = not places and len(words) <= LEAD and telling(text[end:]) is Telling.EVENT
        if not event and not leads and (own or not _OTHERS.search(words[: mark.end()])):
            places.append((start, end))
    return (places[0][0], places[-1][1]) if places else None


@lru_cache(maxsize=8)
def _own_words(text: str) -> tuple[tuple[int, int, str], ...]:
    """The sentences of *text*: where each begins and ends, and its words without what it quotes, where any are left."""
    told = ((*hit.span(), _QUOTED.sub("", hit.group())) for hit in SENTENCE.finditer(text))
    return tuple(one for one in told if one[2].strip())


def _is_whole(text: str, asked: Range | None, weighed: Range | None) -> bool:
    """Say whether a piece without label or heading is all passage: nothing in it tells of an act or a plan."""
    if asked is None and weighed is None:
        return False
    kinds = [telling(sentence) for sentence in _sentences(text)]
    return not {Telling.EVENT, Telling.PLAN, Telling.DONE, Telling.TOTAL} & set(kinds)


def _is_act(sentence: str, *, work: bool) -> bool:
    kind, counted = telling(sentence), is_counted(sentence)
    if kind is Telling.EVENT and DATED.search(sentence):
        return work or counted
    return work and kind in {Telling.EVENT, Telling.DONE} and counted and bool(PLACED.search(sentence))
