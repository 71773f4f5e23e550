"""评分明细: every line of the rubric of every unit, with evidence: what the machine proposes, what a reviewer gave, what counts.

Limits: columns are plain numbers: 单位汇总 is the sum of 最终低分 and 最终高分 here, and so is the row 合计 of each unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import fsum

from outputs.files import link
from outputs.tables.leads import MATERIAL, OPEN
from outputs.tables.season import Season
from outputs.tables.sheet import Column, Edit, Form, Place, Sheet, Value, framed
from outputs.words import MODES
from pipeline.evaluate import bounds, label
from pipeline.evaluate.decided import OFF
from pipeline.records import Evaluation, Filed, Score

OFF_GROUP = "加减分"
WHY = "复核理由"
SCORES = (
    Column(header="序号", width=6, form=Form.CENTRE),
    Column(header="单位", width=24),
    Column(header="同类组", width=10, form=Form.CENTRE),
    Column(header="大项", width=12),
    Column(header="评分项", width=20),
    Column(header="满分", width=6, form=Form.POINTS),
    Column(header="方式", width=6, form=Form.CENTRE),
    Column(header="依据（一行一条）", width=60),
    Column(header="出处", width=50),
    MATERIAL,
    Column(header="建议低分", width=7, form=Form.POINTS),
    Column(header="建议高分", width=7, form=Form.POINTS),
    Column(header="复核分", width=8, form=Form.POINTS, edit=Edit.POINTS, field="", why=WHY),
    Column(header=WHY, width=20, edit=Edit.FREE),
    Column(header="最终低分", width=7, form=Form.POINTS),
    Column(header="最终高分", width=7, form=Form.POINTS),
    Column(header="复核人", width=9, form=Form.CENTRE),
    Column(header="签认", width=9, form=Form.CENTRE),
    Column(header="备注", width=12),
)
UNSIGNED = "待签"
"""签认 of a reviewer's value that does not count before a second person signs it."""


def scores(season: Season) -> Sheet:
    """One row a unit and line of the rubric, then one with the unit's sums."""
    rows: list[dict[str, Value]] = []
    ids: list[str] = []
    links: dict[Place, str] = {}
    locked: set[Place] = set()
    files: dict[str, Mapping[str, str]] = {}
    for one in season.sent():
        for score in one.scores:
            row = f"unit/{one.unit}/score/{score.criterion}"
            rows.append(_score(season, one, score))
            ids.append(row)
            if target := _target(score.sources, season.mails, files):
                links[row, MATERIAL.header] = target
                rows[-1][MATERIAL.header] = OPEN
        rows.append(_sum(season, one))
        ids.append(f"unit/{one.unit}/total")
        locked |= {(ids[-1], column.header) for column in SCORES if column.edit}
    return Sheet(
        name="评分明细",
        title=f"{season.rules.notice.name}优秀组织单位评分明细表（建议）",
        paper="A3",
        columns=SCORES,
        frame=framed(SCORES, rows, ids),
        sums=frozenset(row for row, _ in locked),
        links=links,
        locked=frozenset(locked),
    )


def _score(season: Season, one: Evaluation, score: Score) -> dict[str, Value]:
    criteria = {criterion.id: criterion for criterion in season.rules.scoring.criteria}
    criterion = criteria.get(score.criterion)
    groups = dict(season.rules.scoring.groups)
    group = f"{criterion.group} {groups[criterion.group]}" if criterion else OFF_GROUP
    name = f"{criterion.id} {criterion.name}" if criterion else OFF[score.criterion]
    low, high = score.final
    return {
        "单位": one.unit,
        "同类组": season.kinds[one.unit],
        "大项": group,
        "评分项": name,
        "满分": score.full or None,
        "方式": MODES[criterion.mode] if criterion else MODES["auto" if score.machine else "people"],
        "依据（一行一条）": "\n".join(_numbered(score.words.split("\n"))) or None,
        "出处": "\n".join(_numbered(score.sources)) or None,
        MATERIAL.header: "",
        "建议低分": score.low,
        "建议高分": score.high,
        "复核分": "" if score.reviewed is None else score.reviewed,
        WHY: score.why,
        "最终低分": low,
        "最终高分": high,
        "复核人": score.by,
        **_signature(season, score),
    }


def _signature(season: Season, score: Score) -> dict[str, Value]:
    """By whom a reviewer's value was signed; why it does not count, where it does not."""
    if score.stands or score.reviewed is None:
        return {"签认": score.signed, "备注": ""}
    low, high = bounds(score.criterion, season.rules)
    if not low <= score.reviewed <= high:
        return {
            "签认": score.signed,
            "备注": f"现在只允许 {low + 0.0:g} 到 {high + 0.0:g} 分，复核分未计，请重新评定",
        }
    return {"签认": UNSIGNED, "备注": "签认以前按建议分计"}


def _sum(season: Season, one: Evaluation) -> dict[str, Value]:
    """The unit's sums: as the machine proposes, and as they count (those of 单位汇总)."""
    empty: dict[str, Value] = {column.header: "" for column in SCORES}
    return empty | {
        "单位": one.unit,
        "同类组": season.kinds[one.unit],
        "评分项": "合计",
        "建议低分": round(fsum(score.low for score in one.scores), 2),
        "建议高分": round(fsum(score.high for score in one.scores), 2),
        "最终低分": one.low,
        "最终高分": one.high,
    }


def _numbered(lines: Sequence[str]) -> Iterator[str]:
    """Number the lines that say something, so that a line of evidence and its source find each other."""
    for number, line in enumerate(lines, 1):
        if line:
            yield f"{number}. {line}" if len(lines) > 1 else line


def _target(
    sources: Sequence[str], mails: Mapping[str, Filed], files: dict[str, Mapping[str, str]]
) -> str | None:
    """The file of the first line that names one ("2024-00031 2 总结.docx 第3块"); the mail where it names no part of it.

    files: accession to the labels of its parts with their paths, filled as they are asked for.
    """
    first = next((source for source in sources if source), "")
    accession, _, rest = first.partition(" ")
    filing = mails[accession].filing if accession in mails else None
    if filing is None:
        return None
    if accession not in files:
        files[accession] = {label(filing, part.path): part.path for part in filing.parts}
    return link(accession, filing, files[accession].get(rest.rpartition(" 第")[0] or rest, ""))
