"""How many sessions, and how many printed copies were handed out.

Source: the labelling guide, C.3 (a series' 场 期 讲 站 次; never of a part, never 篇 集 条) and C.4 (份 册 本 张 套 of printed
matter; kinds are added only where no total stands; gifts, kits and tickets are none).
Limits: what is printed is told from the words of the clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.figures.numbers import CHINESE, NUMBER, number
from pipeline.figures.words import Words
from pipeline.records import Stated

SESSION = re.compile(
    rf"(?P<n>\d+|{CHINESE})余?多?(?P<u>场次|场|期|讲|站|次)(?!会|数|地|座|所|台|面|人|馆|点|长|量|级)"
)
NO_SERIES = re.compile(r"[第每首前逐另一两]$|分$")
SUM = re.compile(r"[共计]$|合计|累计|总计|共有$")
COPIES = re.compile(rf"(?P<n>{NUMBER})(?:份|册|本|张|套)(?P<what>[^，。；]{{0,8}})")
HANDED = re.compile(r"发放|派发|送|印发|发出|散发|分发|领走|发完|发了|领取|赠阅")
PRINTED = re.compile(
    r"资料|宣传|手册|读本|折页|书|图册|画册|挂历|贴士|明白|传单|读物|册子|单页|彩页|口袋|一本通|卡片"
)
NOT_PRINTED = re.compile(
    r"展品|展板|礼品|礼盒|票|体检卡|问卷|实验包|种子|药|口罩|蛋糕|证书|信|意见|处方|奖|作品|照片|图片|徽章|参观券|毛巾|围裙|心得|体会|文章"
)


def sessions(runs: Sequence[Words]) -> Stated[int] | None:
    """How many sessions a series had (2 or more): a stated sum before any other count, else the first."""
    hits = [hit for run in runs for hit in _series(run)]
    return min(hits, key=lambda hit: not hit[0])[1] if hits else None


def _series(run: Words) -> Iterator[tuple[bool, Stated[int]]]:
    """(is a sum, sessions) in reading order."""
    for hit in SESSION.finditer(run.text):
        value = number(hit["n"])
        before = run.text[max(0, hit.start() - 4) : hit.start()]
        if value and value > 1 and not NO_SERIES.search(before):
            yield bool(SUM.search(before)), run.stated(value, hit.start("n"), hit.end("u"))


@dataclass(frozen=True, kw_only=True)
class _Copies:
    value: int
    start: int
    end: int
    total: bool


def materials(runs: Sequence[Words]) -> Stated[int] | None:
    """How many printed copies were handed out: the stated total of the first run that has any, else its kinds together."""
    for run in runs:
        kinds = tuple(_copies(run))
        total = next((kind for kind in kinds if kind.total), None)
        if total:
            return run.stated(total.value, total.start, total.end)
        if kinds:
            return run.stated(sum(kind.value for kind in kinds), kinds[0].start, kinds[-1].end)
    return None


def _copies(run: Words) -> Iterator[_Copies]:
    for hit in COPIES.finditer(run.text):
        sentence = re.split(r"[。；]", run.text[: hit.start()])[-1][-24:]
        phrase = re.split(r"[，、]", sentence)[-1][-8:] + hit["what"][:6]
        value = number(hit["n"])
        around = sentence + hit.group()
        if value and HANDED.search(around) and PRINTED.search(around) and not NOT_PRINTED.search(phrase):
            total = bool(re.search(r"共|合计|累计|总计", sentence[-5:]))
            yield _Copies(value=value, start=hit.start(), end=hit.start("what"), total=total)
