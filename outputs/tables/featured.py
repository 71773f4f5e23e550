"""特色活动推荐: counted activities by the rubric of 特色活动, best first, for people to choose from.

Purpose: `featured`, at most MOST rows and all that people gave points or a recommendation.
Source: pipeline/evaluate/featured.py; the rubric is [[featured]] of scoring.toml.
Limits: the machine writes points that rest on stated facts and shows the words; it recommends nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from outputs.tables import leads
from outputs.tables.season import Season, Told
from outputs.tables.sheet import Column, Comment, Edit, Form, Sheet, Value, framed
from pipeline.evaluate.facts import sentence
from pipeline.evaluate.featured import Ranked, ranked
from pipeline.records import Correction, Featured, Score
from pipeline.review import latest
from rules import Criterion, Rules

MOST = 100
"""Rows: more than anybody compares; how many are left out is said."""
HINT = "可参考："
"""Begins a line of evidence that is shown to the people who give the points."""
_HEAD = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="单位", width=22),
    Column(header="活动名称", width=26),
    leads.MATERIAL,
    Column(header="类别", width=16),
)
_FOOT = (
    Column(header="合计低", width=8, form=Form.POINTS),
    Column(header="合计高", width=8, form=Form.POINTS),
    Column(header="亮点原话", width=56),
    Column(header="复核分", width=8, form=Form.POINTS, edit=Edit.POINTS, field="featured", why="复核理由"),
    Column(
        header="是否推荐", width=8, form=Form.CENTRE, edit=Edit.YES_NO, field="recommended", why="复核理由"
    ),
    Column(header="复核理由", width=22, edit=Edit.FREE),
    Column(header="备注", width=14),
)


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    """One activity with its points."""

    told: Told
    ranked: Ranked
    rules: Rules

    @cached_property
    def one(self) -> Featured:
        """The points with their evidence: only for what is shown."""
        return self.ranked.told(self.rules)

    @property
    def order(self) -> tuple[float, float, str, int]:
        """A reviewer's points go in place of the machine's."""
        given = self.told.judged.featured
        low, high = (self.ranked.low, self.ranked.high) if given is None else (given, given)
        return -low, -high, self.ranked.accession, self.ranked.number

    @property
    def chosen(self) -> bool:
        """Whether a person has said anything about it."""
        return self.told.judged.featured is not None or self.told.judged.recommended is not None


def featured(season: Season) -> Sheet:
    """One row an activity, the most points first."""
    columns = _columns(season)
    told = {(one.one.item.accession, one.number): one for one in season.activities}
    found = sorted(
        (
            _Candidate(told=told[one.accession, one.number], ranked=one, rules=season.rules)
            for one in ranked(season.filed, season.rules)
        ),
        key=lambda one: one.order,
    )
    shown = [one for place, one in enumerate(found) if place < MOST or one.chosen]
    reasons = latest(season.custody.corrections)
    more = len(found) - len(shown)
    return Sheet(
        name="特色活动推荐",
        title=f"{season.rules.notice.name}特色活动推荐表",
        paper="A3",
        columns=columns,
        frame=framed(columns, [_row(season, one, reasons) for one in shown], [one.told.row for one in shown]),
        pinned=3,
        comments=tuple(comment for one in shown for comment in _comments(season, one)),
        links={
            (one.told.row, leads.MATERIAL.header): leads.file(
                one.told.one, one.told.judged.activity.spans[0].part
            )
            for one in shown
        },
        note=f"按合计低排列，只列前 {MOST} 项和已复核的，另有 {more} 项见活动明细" if more else "",
    )


def _columns(season: Season) -> tuple[Column, ...]:
    rubric = (
        Column(header=_header(criterion), width=9, form=Form.CENTRE)
        for criterion in season.rules.scoring.featured
    )
    return (*_HEAD, *rubric, *_FOOT)


def _header(criterion: Criterion) -> str:
    return f"{criterion.name}（{criterion.points:g}）"


def _row(
    season: Season, found: _Candidate, reasons: Mapping[tuple[str, str], Correction]
) -> dict[str, Value]:
    judged, one = found.told.judged, found.one
    notes = ("类别待核" if not judged.classification.decided else "", "联合活动" if found.told.again else "")
    return {
        "单位": found.told.unit,
        "活动名称": one.title,
        leads.MATERIAL.header: leads.OPEN,
        "类别": season.categories.get(judged.classification.code, str(judged.classification.code)),
        **{_header(criterion): _points(score) for criterion, score in _lines(season, one)},
        "合计低": one.low,
        "合计高": one.high,
        "亮点原话": "\n".join(_highlights(season, found)) or None,
        "复核分": "" if judged.featured is None else judged.featured,
        "是否推荐": "" if judged.recommended is None else "是" if judged.recommended else "否",
        "复核理由": _reason(found, reasons),
        "备注": "；".join(note for note in notes if note),
    }


def _lines(season: Season, one: Featured) -> Sequence[tuple[Criterion, Score]]:
    return list(zip(season.rules.scoring.featured, one.scores, strict=True))


def _points(score: Score) -> str:
    return f"{score.low:g}" if score.low == score.high else f"{score.low:g}～{score.high:g}"


def _highlights(season: Season, found: _Candidate) -> Iterator[str]:
    """What may speak for it, a line a criterion that people judge."""
    text = " ".join(found.told.judged.activity.text.split())
    for criterion, score in _lines(season, found.one):
        lines = score.words.split("\n")
        hints = [_whole(line.removeprefix(HINT), text) for line in lines if line.startswith((HINT, "“"))]
        hints = [hint for hint in hints if not _heading(hint, found.one.title)]
        if hints:
            yield f"{criterion.name}：{'；'.join(hints)}"


def _whole(hint: str, text: str) -> str:
    """The whole sentence where the evidence shows its beginning alone."""
    begun = hint.removeprefix("“").removesuffix("…”")
    return f"“{sentence(text, begun)}”" if hint.endswith("…”") and begun in text else hint


def _heading(hint: str, title: str) -> bool:
    """Whether it is only the activity's heading, which praises nothing."""
    return hint.strip("“”。：").endswith(title.strip("“”。："))


def _reason(found: _Candidate, reasons: Mapping[tuple[str, str], Correction]) -> str:
    """Why a person decided as it stands, the later decision's words."""
    accession, number = found.one.accession, found.one.number
    made = [
        reasons[key]
        for field in ("featured", "recommended")
        if (key := (accession, f"activity/{number}/{field}")) in reasons
    ]
    return max(made, key=lambda one: (one.at, one.number)).why if made else ""


def _comments(season: Season, found: _Candidate) -> Iterator[Comment]:
    """The evidence of each criterion that the machine scores."""
    for criterion, score in _lines(season, found.one):
        if score.machine:
            yield Comment(row=found.told.row, header=_header(criterion), text=score.words)
