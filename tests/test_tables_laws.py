"""Laws of the tables: whatever people decided, the counts agree, totals are one, and each fact is open in one cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outputs.tables import Column, Edit, Sheet, tables
from outputs.tables.joined import AGAIN
from outputs.tables.sheet import decided
from outputs.tables.units import ADVICE, NOT_NOW, PERHAPS, UNRANKED, VETOED
from outputs.words import KINDS, MISSING
from outputs.workbook.lists import YES_NO
from pipeline.evaluate import bounds, evaluate
from pipeline.records import Correction, Filed
from pipeline.review import scores
from pipeline.reviewing.values import Words, stored
from pipeline.season import season
from rules import Rules
from tests import season as made
from tests.season import JIANGJIN, UNIVERSITY, at, custody, small_rules
from tests.test_relate import act
from tests.test_review_season import FAIR, FAIR_TOO, LECTURE, MAY_28, MAY_29, report

YELLOW_PER_EXAMPLE = 8
WINNING = ("获奖", "获评", "评为", "评定为", "授予", "当选", "入选优秀", "已推荐", "荣获")
"""What only those may say who commend."""


@cache
def rules() -> Rules:
    return small_rules(Path(mkdtemp(prefix="shouwen-laws-")) / "rules")


@cache
def mails() -> tuple[Filed, ...]:
    """The made season, and two units more that tell of one fair."""
    fair = FAIR.replace("渝北区科协联合巴南区科协", "江津区科协联合重庆大学科协")
    too = FAIR_TOO.replace("巴南区科协会同渝北区科协", "重庆大学科协会同江津区科协")
    place = "龙山社区文化广场"
    return (
        *made.season(),
        report(
            21, JIANGJIN, act("科普集市", fair, MAY_28, 300, place), act("声音", LECTURE, MAY_29, 260, "中学")
        ),
        report(22, UNIVERSITY, act("科普集市进社区", too, MAY_28, 310, place)),
    )


def sheets(decisions: Sequence[Correction] = ()) -> dict[str, Sheet]:
    filed = season(mails(), decisions, rules())
    found = evaluate(filed, rules(), scores(decisions, signature_due=False))
    return {one.name: one for one in tables(filed, found, rules(), custody(mails()), release="0")}


@cache
def yellow() -> tuple[tuple[str, Column, tuple[str, ...]], ...]:
    """(row id, column, its own list) of every cell of the first workbook that decides something."""
    return tuple(
        (row, column, sheet.choices.get(row, ()))
        for sheet in sheets().values()
        for column in sheet.columns
        for row in sheet.frame.index
        if column.field is not None and sheet.open(row, column)
    )


def _values(row: str, column: Column, choices: tuple[str, ...]) -> st.SearchStrategy[object]:
    """What a person may write there."""
    units = [unit.name for unit in rules().units]
    if column.edit is Edit.POINTS:
        field = decided(row, column)[1]
        low, high = bounds(field.split("/")[1], rules()) if field.startswith("score/") else (0, 100)
        return st.integers(round(low), round(high))
    given_: dict[Edit, st.SearchStrategy[object]] = {
        Edit.CATEGORY: st.integers(0, 6),
        Edit.UNIT: st.sampled_from(units),
        Edit.YES_NO: st.sampled_from(YES_NO),
        Edit.KIND: st.sampled_from(list(KINDS.values())),
        Edit.COUNT: st.integers(0, 9_999) | st.just(MISSING),
        Edit.DATE: st.dates(date(2024, 1, 1), date(2024, 12, 31)) | st.just(MISSING),
        Edit.CHOICE: st.sampled_from(choices or units),
        Edit.FREE: st.just("已核"),
    }
    return given_[column.edit]


@st.composite
def decisions(draw: st.DrawFn) -> tuple[Correction, ...]:
    """What people decide in the first workbook, and how mails and activities stand to one another."""
    words = Words.of(rules())
    chosen = draw(
        st.lists(st.sampled_from(yellow()), max_size=YELLOW_PER_EXAMPLE, unique_by=lambda one: one[:2])
    )
    found = [
        (*decided(row, column), stored(decided(row, column)[1], draw(_values(row, column, choices)), words))
        for row, column, choices in chosen
    ]
    found += draw(
        st.lists(
            st.sampled_from(
                [
                    ("2024-00002", "relation", "independent"),
                    ("2024-00004", "relation", "independent"),
                    ("2024-00021", "joint/2024-00021.1+2024-00022.1", "no"),
                    ("2024-00021", "joint/2024-00001.1+2024-00021.2", "yes"),
                    ("2024-00021", "activity/1/counted", "no"),
                    ("2024-00022", "unit/outside", "某研究会"),
                    ("2024-00022", "activity/1/unit", JIANGJIN),
                ]
            ),
            max_size=3,
        )
    )
    return tuple(
        Correction(number=n, accession=of, field=field, old="", new=new, by="谢", why="核过", at=at(25))
        for n, (of, field, new) in enumerate(found, 1)
    )


def test_the_made_season_has_a_joint_activity_and_questions_of_many_kinds() -> None:
    assert AGAIN in set(sheets()["活动明细"].frame["计入"])
    assert len({column.edit for _, column, _ in yellow()}) >= 8


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(taken=decisions())
def test_whatever_people_decided_counts_and_totals_agree(taken: tuple[Correction, ...]) -> None:
    shown = sheets(taken)

    cover = shown["说明"].frame
    told = cover[cover["项目"].isin(["核对", "按单位核对"])]["内容"]
    assert len(told) == 4
    assert all(str(one).startswith("相符") for one in told), list(told)
    activities, units, categories = (shown[name] for name in ("活动明细", "单位汇总", "分类统计"))
    assert (activities.total("参与人数") or 0) == (categories.total("参与人数") or 0)
    nameless = activities.frame[(activities.frame["单位"] == "单位不明") & (activities.frame["计入"] == "是")]
    people = sum(one for one in nameless["参与人数"] if isinstance(one, int))
    assert (units.total("活动数") or 0) + len(nameless) == categories.total("活动数")
    assert (units.total("参与人数") or 0) + people == (categories.total("参与人数") or 0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(taken=decisions())
def test_no_fact_is_open_in_two_cells(taken: tuple[Correction, ...]) -> None:
    paths = Counter(
        (decided(row, column)[0], decided(row, column)[1].removesuffix("/outside"))
        for sheet in sheets(taken).values()
        for column in sheet.columns
        if column.field is not None
        for row in sheet.frame.index
        if sheet.open(row, column)
    )

    assert [path for path, cells in paths.items() if cells > 1] == []


def _words(sheet: Sheet) -> str:
    cells = (str(value) for row in sheet.frame.itertuples(index=False) for value in row)
    heads = (column.header for column in sheet.columns)
    titles = (chart.title for chart in sheet.charts)
    comments = (comment.text for comment in sheet.comments)
    offered = (one for choices in sheet.choices.values() for one in choices)
    return "\n".join([sheet.name, sheet.title, sheet.note, *heads, *titles, *comments, *offered, *cells])


def test_no_sheet_says_that_anybody_won_anything() -> None:
    """The mails of the made season do not say so, so whatever did would be the machine."""
    for name, sheet in sheets().items():
        assert not [word for word in WINNING if word in _words(sheet)], name
    advice = set(sheets()["单位汇总"].frame["建议"]) - {""}
    assert advice <= {*ADVICE.values(), PERHAPS, NOT_NOW, UNRANKED, VETOED}
