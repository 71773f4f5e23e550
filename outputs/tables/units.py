"""单位汇总, 评分明细 and 未报送: how each unit stands. Points are 建议; an interval shows what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import fsum

from outputs.tables.season import Season, Told
from outputs.tables.sheet import Column, Edit, Form, Sheet, Value, framed
from outputs.words import MODES
from pipeline.evaluate import why_not
from pipeline.records import Evaluation, Score

OFF = {"late": "迟交", "contradiction": "前后矛盾", "duplicate": "重复材料", "bonus": "加分"}
"""Lines of the rubric that are no criterion."""
OFF_GROUP = "加减分"


def summary(season: Season) -> Sheet:
    """One row a unit that sent, by peer group and rank."""
    columns = _summary_columns(season)
    sent = list(season.sent())
    rows = [_unit(season, one) for one in sent]
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


def _summary_columns(season: Season) -> tuple[Column, ...]:
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
        Column(header="建议低分", width=8, form=Form.POINTS),
        Column(header="建议高分", width=8, form=Form.POINTS),
        Column(header="缺少材料", width=14),
        Column(header="备注", width=26),
    )


def _unit(season: Season, one: Evaluation) -> dict[str, Value]:
    mine = [told for told in season.activities if told.unit == one.unit and not told.reason]
    covered = {told.judged.classification.code for told in mine} - {0}
    groups = {criterion.id: criterion.group for criterion in season.rules.scoring.criteria}
    return {
        "单位": one.unit,
        "同类组": season.kinds[one.unit],
        "组内名次": one.rank,
        "计入来件": len(one.accessions),
        "活动数": one.activities,
        "覆盖类别": len(covered),
        "参与人数": one.participants,
        **{
            f"{code} {name}": _interval(score for score in one.scores if groups.get(score.criterion) == code)
            for code, name in _groups(season)
        },
        OFF_GROUP: _interval(score for score in one.scores if score.criterion in OFF),
        "建议低分": one.low,
        "建议高分": one.high,
        "缺少材料": "、".join(one.missing) or "齐全",
        "备注": "；".join(one.notes),
    }


def _repeated(season: Season) -> dict[str, Value]:
    """A last row that takes out of the totals what several units are credited with; {} where there is nothing of it."""
    again: list[Told] = [told for told in season.activities if told.again]
    people = [one.value for told in again if (one := told.judged.activity.participants)]
    mails = [accession for one in season.sent() for accession in one.accessions]
    shared = len(mails) - len(set(mails))
    if not again and not shared:
        return {}
    empty: dict[str, Value] = {column.header: "" for column in _summary_columns(season)}
    return empty | {
        "单位": "减：几个单位都计的",
        "计入来件": -shared,
        "活动数": -len(again),
        "参与人数": -sum(people),
        "备注": f"联合活动重复计入 {len(again)} 项次、代报来件重复计入 {shared} 封，合计只计一次",
    }


def _groups(season: Season) -> tuple[tuple[str, str], ...]:
    return season.rules.scoring.groups


def _interval(scores: Iterable[Score]) -> str:
    found = list(scores)
    low, high = fsum(score.low for score in found), fsum(score.high for score in found)
    return f"{low:g}" if low == high else f"{low:g}～{high:g}"


# ---------------------------------------------------------------- 评分明细

SCORES = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="单位", width=24),
    Column(header="同类组", width=10, form=Form.CENTRE),
    Column(header="大项", width=12),
    Column(header="评分项", width=20),
    Column(header="满分", width=6, form=Form.POINTS),
    Column(header="方式", width=6, form=Form.CENTRE),
    Column(header="建议低分", width=8, form=Form.POINTS),
    Column(header="建议高分", width=8, form=Form.POINTS),
    Column(header="依据（一行一条）", width=62),
    Column(header="出处", width=50),
    Column(header="复核分", width=8, form=Form.POINTS, edit=Edit.POINTS),
    Column(header="复核理由", width=20, edit=Edit.FREE),
    Column(header="备注", width=12),
)


def scores(season: Season) -> Sheet:
    """One row a unit and line of the rubric, with its evidence."""
    told = [(one, score) for one in season.sent() for score in one.scores]
    return Sheet(
        name="评分明细",
        title=f"{season.rules.notice.name}优秀组织单位评分明细表（建议）",
        paper="A3",
        columns=SCORES,
        frame=framed(
            SCORES,
            [_score(season, one, score) for one, score in told],
            [f"unit/{one.unit}/score/{score.criterion}" for one, score in told],
        ),
    )


def _score(season: Season, one: Evaluation, score: Score) -> dict[str, Value]:
    criteria = {criterion.id: criterion for criterion in season.rules.scoring.criteria}
    criterion = criteria.get(score.criterion)
    groups = dict(season.rules.scoring.groups)
    group = f"{criterion.group} {groups[criterion.group]}" if criterion else OFF_GROUP
    name = f"{criterion.id} {criterion.name}" if criterion else OFF[score.criterion]
    return {
        "单位": one.unit,
        "同类组": season.kinds[one.unit],
        "大项": group,
        "评分项": name,
        "满分": score.full or None,
        "方式": MODES[criterion.mode] if criterion else MODES["auto" if score.machine else "people"],
        "建议低分": score.low,
        "建议高分": score.high,
        "依据（一行一条）": "\n".join(_numbered(score.words.split("\n"))) or None,
        "出处": "\n".join(_numbered(score.sources)) or None,
        "复核分": "",
        "复核理由": "",
        "备注": "",
    }


def _numbered(lines: Sequence[str]) -> Iterator[str]:
    """Number the lines that say something, so that a line of evidence and its source find each other."""
    for number, line in enumerate(lines, 1):
        if line:
            yield f"{number}. {line}" if len(lines) > 1 else line


# ---------------------------------------------------------------- 未报送

UNSENT = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="单位", width=36),
    Column(header="同类组", width=12, form=Form.CENTRE),
    Column(header="区县", width=12, form=Form.CENTRE),
    Column(header="已知邮箱", width=34),
    Column(header="备注", width=46),
)


def unsent(season: Season) -> Sheet:
    """The units of the roster without a mail that counts, with what may yet turn out to be theirs."""
    units = {unit.name: unit for unit in season.rules.units}
    missing = [one for one in season.evaluations if one.in_roster and not one.accessions]
    perhaps = _perhaps(season)
    rows: list[dict[str, Value]] = [
        {
            "单位": one.unit,
            "同类组": season.kinds[one.unit],
            "区县": units[one.unit].district or None,
            "已知邮箱": "、".join(units[one.unit].addresses) or None,
            "备注": "；".join((*one.notes, *perhaps.get(one.unit, ()))),
        }
        for one in missing
    ]
    return Sheet(
        name="未报送",
        title=f"{season.rules.notice.name}未报送单位名单",
        paper="A4",
        columns=UNSENT,
        frame=framed(UNSENT, rows, [f"unit/{one.unit}" for one in missing]),
    )


def _perhaps(season: Season) -> dict[str, list[str]]:
    """Unit to the counted mails of undecided unit that name it as a candidate."""
    found: dict[str, list[str]] = {}
    for one in season.filed:
        if one.filing is None or one.filing.identification.decided or why_not(one):
            continue
        for candidate in one.filing.identification.candidates:
            found.setdefault(candidate.name, []).append(f"{one.item.accession} 可能由该单位报送，待核")
    return found
