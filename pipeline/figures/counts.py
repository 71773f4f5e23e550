"""How many sessions, and how many printed copies were handed out.

Source: the labelling guide, C.3 (a series' 场 期 讲 站 次; never of a part, never 篇 集 条) and C.4 (份 册 本 张 套 of printed
matter; kinds are added only where no total stands; gifts, kits and tickets are none).
Limits: what is printed is told from the words of the clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.figures.heads import NEAR
from pipeline.figures.numbers import NUMBER, NUMERAL, number
from pipeline.figures.phrases import TOTAL
from pipeline.figures.words import Words
from pipeline.records import Stated

SESSION = re.compile(
    rf"(?<!{NUMERAL})(?P<n>{NUMBER})(?P<u>场次|场|期|讲|站|次)(?!会|数|地|座|所|台|面|人|馆|点(?!击)|长|量|级|全会|会议|大会|机会)"
)
NO_SERIES = re.compile(r"[第每首前逐另]$|[每由各][月周年日]?$|[每一]天\S{0,2}$|届$")
NAMED = re.compile(r"[园区库厂楼盘程目港城]$")
"""“园区二期” is a place."""
ROUND = re.compile(r"[百千万]")
SUM = re.compile(r"[共计]$|合计|累计|总计|共有$")
HELD = re.compile(
    r"(?:举办|举行|开展|组织|开设|开讲|开课|进行|安排|承办|演出|巡讲|巡展|巡演|宣讲|培训|讲解|走进|下乡|"
    r"进村|服务|共计?|累计|合计|先后|连续|连)[^，。；]{0,8}$"
)
ACTED = re.compile(
    r"^(?:专题|集中|巡回|系列|现场|田间|公益|线下|线上)*(?:宣讲|讲座|培训|义诊|活动|演出|授课|开讲|讲课|"
    r"科普|服务|巡展|展览|课)"
)
WITHIN = re.compile(r"穿插|其间|中间|间隙|期间还|同场|分会场|分论坛|主会场|设有|下设")
"""Words of one event: lectures within a fair are no series."""
SEEN = re.compile(r"(?:阅读|点击|浏览|播放|点赞|转发|评论|观看|收看|访问|查询|下载)[^，。；]*$")
COPIES = re.compile(rf"(?<!{NUMERAL})(?P<n>{NUMBER})(?:份|册|本|张|套)(?=(?P<what>[^，。；、]{{0,8}}))")
HANDED = re.compile(
    r"发(?![现展布言起动明挥表生电达热育酵])|派|送|赠|分发|领走|领取|领了|取走|取阅|带走|带去|留下|拿走|拿完|免费提供"
)
MADE = re.compile(r"(?<![复打])印(?![发章象证])")
PRINTED = re.compile(
    r"资料|宣传|手册|读本|折页|书(?!信|面|包)|图册|画册|挂历|台历|贴士|明白|传单|读物|册子|单页|彩页|口袋|"
    r"一本通|卡片|(?:明白|操作|知识|提示|口诀|科普|技术|警示|联系|识别|急救|健康|预防)卡|指南|汇编|绘本|漫画|期刊|杂志|报刊|知识单|文集|论文集|摘要集|》[^，。；《》]{0,8}$|印了?[^，。；]{0,3}$"
)
NOT_PRINTED = re.compile(
    r"(?:展品|展板|礼品|礼盒|[门赠影戏]?票|体检卡|问卷|调查表|实验包|[材物]料包|种子|药品?|药箱|口罩|蛋糕|"
    r"证书|聘书|信|倡议书|承诺书|意见|处方|奖品?|作品|照片|图片|徽章|参观券|贺卡|毛巾|围裙|心得|体会|文章|提纲|"
    r"报告|论文|方案|协议|合同|申报材料|样品|工具包|器材|袋|贴|试卷|答卷)"
    r"(?:[约近超共计各合]|\s)*$"
)


def sessions(runs: Sequence[Words]) -> Stated[int] | None:
    """How many sessions a series had (2 or more): a stated sum before any other count, else the first."""
    hits = [hit for run in runs for hit in _series(run)]
    return min(hits, key=lambda hit: not hit[0])[1] if hits else None


def _series(run: Words) -> Iterator[tuple[bool, Stated[int]]]:
    """(is a sum, sessions) in reading order."""
    for hit in SESSION.finditer(run.text):
        value = number(hit["n"])
        sentence = re.split(r"[。；！？\n]", run.text[max(0, hit.start() - NEAR) : hit.start()])[-1]
        before = sentence[-4:]
        named = ROUND.fullmatch(hit["n"]) or (hit["u"] == "期" and NAMED.search(before))
        if (
            value
            and value > 1
            and not named
            and not NO_SERIES.search(before)
            and _of_a_series(run, hit, sentence)
        ):
            yield bool(SUM.search(before)), run.stated(value, hit.start("n"), hit.end("u"))


def _of_a_series(run: Words, hit: re.Match[str], sentence: str) -> bool:
    """Not a part of one event, a sum over all activities, or a mere number of times (“三次中止”, “阅读六千次”)."""
    after = re.split(r"[，。；！？\n]", run.text[hit.end() : hit.end() + NEAR])[0]
    if WITHIN.search(sentence + after) or TOTAL.search(sentence) or _quoted(sentence):
        return False
    if re.match(r"(?:特邀|主题|主旨|专题|口头)?报告(?!会)|分论坛|小讲座", after):
        return False
    return hit["u"] != "次" or bool(
        not SEEN.search(sentence) and (HELD.search(sentence) or ACTED.match(after))
    )


def _quoted(sentence: str) -> bool:
    return sentence.count("“") > sentence.count("”") or sentence.count("《") > sentence.count("》")


@dataclass(frozen=True, kw_only=True)
class _Copies:
    """made: only said to be printed, which counts where nothing is said to be handed out."""

    value: int
    start: int
    end: int
    total: bool
    made: bool


def materials(runs: Sequence[Words]) -> Stated[int] | None:
    """How many printed copies were handed out: the stated total of the first run that has any, else its kinds together."""
    for run in runs:
        found = tuple(_copies(run))
        kinds = tuple(kind for kind in found if not kind.made) or found
        total = next((kind for kind in kinds if kind.total), None)
        if total:
            return run.stated(total.value, total.start, total.end)
        if kinds:
            return run.stated(sum(kind.value for kind in kinds), kinds[0].start, kinds[-1].end)
    return None


def _copies(run: Words) -> Iterator[_Copies]:
    for hit in COPIES.finditer(run.text):
        sentence = re.split(r"[。；！？\n\t]", run.text[max(0, hit.start() - NEAR) : hit.start()])[-1]
        near = sentence[-24:]
        value = number(hit["n"]) or 0
        listed = "\t" in run.text and re.fullmatch(r"[^，、\s]{2,12}", re.split("，|、", sentence)[-1])
        given = bool(listed or HANDED.search(near + hit["what"]))
        handed = (given or MADE.search(near)) and not TOTAL.search(sentence)
        if value > 1 and handed and _printed(near, hit["what"]):
            total = bool(re.search(r"共|合计|累计|总计", sentence[-5:]))
            yield _Copies(
                value=value, start=hit.start(), end=hit.end() + len(hit["what"]), total=total, made=not given
            )


def _printed(before: str, after: str) -> bool:
    """Whether what is counted is printed matter: by its noun, or by one of those that it is counted together with."""
    if not (PRINTED.search(before) or PRINTED.search(after)):
        return False
    together = re.split(rf"，|{NUMERAL}", before)[-1]
    mixed = "、" in together and PRINTED.search(together)
    gift = NOT_PRINTED.search(together) or NOT_PRINTED.search(after)
    return bool(mixed or not gift)
