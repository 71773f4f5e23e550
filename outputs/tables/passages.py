"""典型经验 and 意见建议: what the notice asks for in part four (4), word for word, grouped, with its source.

Purpose: `experience`, by peer group and unit; `advice`, by theme, so that the reply to units can be written theme by theme.
Limits: a theme is that of the first entry of THEMES one of whose words occurs in what is asked for; it groups and judges
nothing. Mails that count for nothing are left out. No text is cut here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from outputs.tables import leads
from outputs.tables.season import Season
from outputs.tables.sheet import Column, Form, Sheet, Value, framed
from outputs.words import OUTSIDE, UNKNOWN_UNIT
from pipeline.evaluate import place, sharers, why_not
from pipeline.evaluate.shares import share
from pipeline.records import Filed, Filing, Passage

THEMES = (
    ("时间安排", "提前|[月日]前|[上中下]旬|早一[些点个]|早[些点]|错开|排期|农忙|时间"),
    ("经费", "经费|资金|拨付|预算|补助|补贴|资助|专项"),
    (
        "平台资源",
        "平台|基地|场馆|场地|资源|专家库|设备|展品|展板|展览|课件|素材|模板|标识|剧[本目]|线路|案例|共享|开放|系统",
    ),
    ("人才队伍", "人才|队伍|培训|师资|志愿者|人手|编制|职称|宣讲[员团]"),
    ("宣传", "宣传|媒体|报道|影响力"),
    ("考核表扬", "表扬|表彰|激励|考核|荣誉|评[选价估]|统计|报表|表格"),
    ("组织协调", "联动|协同|协调|统筹|联合|会同|部门|机制|牵头|交流|互访"),
)
"""Theme and the words that show it, in this order: what is asked for (time, money, things) is more telling than how (联合)."""
_ASKS = re.compile(r"(?:建议|希望|恳请|请)(?![：:])[^。；\n]*")
OTHER = "其他"
_SOURCE = "出处（文件、位置）"
EXPERIENCE = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="单位", width=24),
    Column(header="同类组", width=11, form=Form.CENTRE),
    Column(header="典型经验（原文）", width=110),
    Column(header="字数", width=7, form=Form.COUNT),
    Column(header=_SOURCE, width=28),
    leads.MATERIAL,
    Column(header="备注", width=12),
)
ADVICE = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="主题", width=11, form=Form.CENTRE),
    Column(header="意见建议（原文）", width=100),
    Column(header="字数", width=7, form=Form.COUNT),
    Column(header="单位", width=24),
    Column(header="同类组", width=11, form=Form.CENTRE),
    Column(header=_SOURCE, width=28),
    leads.MATERIAL,
    Column(header="备注", width=12),
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """One passage of a counted mail. number: from 1 in its filing."""

    one: Filed
    filing: Filing
    unit: str
    number: int
    passage: Passage


def experience(season: Season) -> Sheet:
    """One row a passage of 典型经验, by peer group and unit."""
    found = _ordered(season, _told(season, experience=True))
    return Sheet(
        name="典型经验",
        title=f"{season.rules.notice.name}典型经验汇编",
        paper="A3",
        columns=EXPERIENCE,
        frame=framed(
            EXPERIENCE,
            [_row(season, one) | {"典型经验（原文）": one.passage.text} for one in found],
            _ids(found, "highlight"),
        ),
        pinned=2,
        links=dict(_links(found, "highlight")),
    )


def advice(season: Season) -> Sheet:
    """One row a passage of 意见建议, by theme."""
    names = [*dict(THEMES), OTHER]
    found = _ordered(season, _told(season, experience=False))
    found.sort(key=lambda one: names.index(theme(one.passage.text)))
    return Sheet(
        name="意见建议",
        title=f"{season.rules.notice.name}意见建议汇编",
        paper="A3",
        columns=ADVICE,
        frame=framed(
            ADVICE,
            [
                _row(season, one) | {"意见建议（原文）": one.passage.text, "主题": theme(one.passage.text)}
                for one in found
            ],
            _ids(found, "suggestion"),
        ),
        pinned=2,
        links=dict(_links(found, "suggestion")),
    )


def theme(text: str) -> str:
    """The theme of a request: by the words that ask for something, else by all of it."""
    for told in ("\n".join(_ASKS.findall(text)), text):
        for name, words in THEMES:
            if re.search(words, told):
                return name
    return OTHER


def _told(season: Season, *, experience: bool) -> Iterator[Told]:
    """Every passage once: that of a document in another unit's name (代报) stands with that unit."""
    for one in season.filed:
        if one.filing is None or why_not(one):
            continue
        parts = {unit: {part.path for part in share(one.filing, unit).parts} for unit in sharers(one.filing)}
        passages = one.filing.highlights if experience else one.filing.suggestions
        for number, passage in enumerate(passages, 1):
            unit = next((unit for unit, held in parts.items() if passage.span.part in held), None)
            yield Told(
                one=one,
                filing=one.filing,
                unit=unit or one.filing.identification.best or UNKNOWN_UNIT,
                number=number,
                passage=passage,
            )


def _ordered(season: Season, found: Iterator[Told]) -> list[Told]:
    groups = [*dict(season.rules.scoring.peers).values(), OUTSIDE]
    units = {one.unit: place for place, one in enumerate(season.evaluations)}
    return sorted(
        found,
        key=lambda one: (
            groups.index(season.kinds.get(one.unit, OUTSIDE)),
            units.get(one.unit, len(units)),
            one.one.item.accession,
            one.number,
        ),
    )


def _ids(found: Sequence[Told], kind: str) -> list[str]:
    return [f"{one.one.item.accession}/{kind}/{one.number}" for one in found]


def _links(found: Sequence[Told], kind: str) -> Iterator[tuple[tuple[str, str], str]]:
    for id_, one in zip(_ids(found, kind), found, strict=True):
        yield (id_, leads.MATERIAL.header), leads.file(one.one, one.passage.span.part)


def _row(season: Season, one: Told) -> dict[str, Value]:
    return {
        "单位": one.unit,
        "同类组": season.kinds.get(one.unit, OUTSIDE),
        "字数": len("".join(one.passage.text.split())),
        _SOURCE: f"{one.one.item.accession} {place(one.filing, one.passage.span)}",
        leads.MATERIAL.header: leads.OPEN,
        "备注": "" if one.filing.identification.decided else "单位待核",
    }
