"""单位汇总: how each unit stands in its peer group, and what the machine proposes (建议).

Purpose: `summary`; points are final values (a reviewer's where it stands, else the machine's), low～high where facts are missing.
Limits: the machine proposes and never decides. 建议, for the units of a peer group that sent, ranked by their low total:
    建议推荐优秀组织单位  in the first third, nothing missing and nothing to decide;
    先补材料              in the first third, but something is missing;
    待核后再定            in the first third, but a person has something to decide about its material first;
    可考虑                below it, but its high total reaches the low total of the last unit in the first third;
    暂不推荐              all others;
    不推荐（人工否决）    whoever a person took all points off.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, fsum

from outputs.tables.scores import OFF_GROUP
from outputs.tables.season import Season, Told
from outputs.tables.sheet import Column, Form, Sheet, Value, framed
from pipeline.evaluate.decided import OFF, vetoed
from pipeline.evaluate.progress import Standing
from pipeline.records import Evaluation, Score

FIRST_SHARE = 1 / 3
"""Share of the ranked units of a peer group that the machine proposes; the notice names no number."""
ADVICE = {
    Standing.INCOMPLETE: "先补材料",
    Standing.ASKED: "待核后再定",
    Standing.LATE: "建议推荐优秀组织单位",
    Standing.COMPLETE: "建议推荐优秀组织单位",
}
"""What is proposed for a unit in the first share, by how far its 报送 has come."""
PERHAPS, NOT_NOW, UNRANKED, VETOED = "可考虑", "暂不推荐", "名册外，不参加排名", "不推荐（人工否决）"


def summary(season: Season) -> Sheet:
    """One row a unit that sent, by peer group and rank."""
    columns = _columns(season)
    sent = list(season.sent())
    advice = _advice(season, sent)
    covered = _covered(season)
    rows = [
        _unit(season, one) | {"覆盖类别": len(covered.get(one.unit, ())), "建议": advice[one.unit]}
        for one in sent
    ]
    ids = [f"unit/{one.unit}" for one in sent]
    repeated = _repeated(season)
    if repeated:
        rows.append(repeated)
        ids.append("repeated")
    return Sheet(
        name="单位汇总",
        title=f"{season.rules.notice.name}单位汇总表",
        paper="A4",
        columns=columns,
        frame=framed(columns, rows, ids),
    )


def _columns(season: Season) -> tuple[Column, ...]:
    return (
        Column(header="序号", width=5, form=Form.CENTRE),
        Column(header="单位", width=26),
        Column(header="同类组", width=10, form=Form.CENTRE),
        Column(header="组内名次", width=6, form=Form.CENTRE),
        Column(header="计入来件", width=6, form=Form.COUNT, total=True),
        Column(header="活动数", width=6, form=Form.COUNT, total=True),
        Column(header="覆盖类别", width=6, form=Form.COUNT),
        Column(header="参与人数", width=9, form=Form.COUNT, total=True),
        *(Column(header=f"{code} {name}", width=9, form=Form.CENTRE) for code, name in _groups(season)),
        Column(header=OFF_GROUP, width=8, form=Form.CENTRE),
        Column(header="最终低分", width=8, form=Form.POINTS),
        Column(header="最终高分", width=8, form=Form.POINTS),
        Column(header="缺少材料", width=16),
        Column(header="建议", width=16),
        Column(header="备注", width=22),
    )


def _unit(season: Season, one: Evaluation) -> dict[str, Value]:
    groups = {criterion.id: criterion.group for criterion in season.rules.scoring.criteria}
    return {
        "单位": one.unit,
        "同类组": season.kinds[one.unit],
        "组内名次": one.rank,
        "计入来件": len(one.accessions),
        "活动数": one.activities,
        "参与人数": one.participants,
        **{
            f"{code} {name}": interval(score for score in one.scores if groups.get(score.criterion) == code)
            for code, name in _groups(season)
        },
        OFF_GROUP: interval(score for score in one.scores if score.criterion in OFF),
        "最终低分": one.low,
        "最终高分": one.high,
        "缺少材料": "、".join(one.missing) or "齐全",
        "备注": "；".join(one.notes),
    }


def _covered(season: Season) -> dict[str, set[int]]:
    """Unit to the categories of the notice that its counted activities are of, 其他 aside."""
    found: dict[str, set[int]] = {}
    for told in season.activities:
        if not told.reason and told.judged.classification.code:
            found.setdefault(told.unit, set()).add(told.judged.classification.code)
    return found


def _advice(season: Season, sent: Iterable[Evaluation]) -> dict[str, str]:
    """Unit to what the machine proposes."""
    standing = {one.unit: one.standing for one in season.progress}
    groups: dict[str, list[Evaluation]] = {}
    for one in sent:
        groups.setdefault(one.kind if one.rank is not None else "", []).append(one)
    found = {one.unit: UNRANKED for one in groups.pop("", [])}
    for peers in groups.values():
        last = ceil(len(peers) * FIRST_SHARE)
        reach = min(one.low for one in peers if one.rank is not None and one.rank <= last)
        for one in peers:
            if vetoed(one.scores, season.rules):
                found[one.unit] = VETOED
            elif one.rank is not None and one.rank <= last:
                found[one.unit] = ADVICE[standing[one.unit]]
            else:
                found[one.unit] = PERHAPS if one.high >= reach else NOT_NOW
    return found


def _repeated(season: Season) -> dict[str, Value]:
    """A last row that takes out of the totals what several units are credited with; {} where there is nothing of it."""
    again: list[Told] = [told for told in season.activities if told.again]
    people = [one.value for told in again if (one := told.judged.activity.participants)]
    mails = [accession for one in season.sent() for accession in one.accessions]
    shared = len(mails) - len(set(mails))
    if not again and not shared:
        return {}
    empty: dict[str, Value] = {column.header: "" for column in _columns(season)}
    return empty | {
        "单位": "减：几个单位都计的",
        "计入来件": -shared,
        "活动数": -len(again),
        "参与人数": -sum(people),
        "备注": f"联合活动重复计入 {len(again)} 项次、代报来件重复计入 {shared} 封，合计只计一次",
    }


def _groups(season: Season) -> tuple[tuple[str, str], ...]:
    return season.rules.scoring.groups


def interval(scores: Iterable[Score]) -> str:
    """The sum of the final values as staff read it: "12", or "9～14" where it is not known."""
    found = [score.final for score in scores]
    low, high = round(fsum(low for low, _ in found), 2), round(fsum(high for _, high in found), 2)
    return f"{low:g}" if low == high else f"{low:g}～{high:g}"
