"""Every point has an evidence line: whatever a season holds, no score is given or left open without words and a source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipeline.evaluate import evaluate
from pipeline.evaluate.featured import featured
from pipeline.evaluate.sensitivity import sensitivity
from pipeline.records import Code, Evaluation, Featured, Filed, Judged, Link, Problem, Score, Status
from rules import Rules
from tests.season import (
    BANAN,
    BUREAU,
    OUTSIDE,
    SOCIETY,
    UNIVERSITY,
    YUBEI,
    activity,
    at,
    filing,
    item,
    part,
    passage,
    season,
    small_rules,
)

SENTENCES = (
    "制定印发活动方案，县长出席活动。",
    "走进阳光社区、滨江社区和实验小学。",
    "320名科技工作者参加，成效明显。",
    "线上3万人观看直播。",
    "",
)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


@some.composite
def activities(draw: some.DrawFn) -> Judged:
    day = date(2024, 4, 20) + timedelta(days=draw(some.integers(0, 60)))
    code = draw(some.integers(0, 6))
    people = draw(some.one_of(some.none(), some.integers(0, 5000)))
    return activity(
        draw(some.sampled_from(("集市", "讲座", "“座谈”会"))),
        "".join(draw(some.lists(some.sampled_from(SENTENCES), max_size=3))) or "活动。",
        code,
        on=draw(some.one_of(some.none(), some.just(day))),
        people=None if people is None else (people, f"{people}名"),
        decided=draw(some.booleans()),
        candidates=((code, 0.5), (draw(some.integers(0, 6)), 0.4)),
        media=draw(some.lists(some.sampled_from(("人民日报", "重庆日报", "山茶花之声")), max_size=2)),
        place=draw(some.sampled_from(("", "文化广场"))),
    )


@some.composite
def mails(draw: some.DrawFn, number: int) -> Filed:
    unit = draw(some.sampled_from((YUBEI, BANAN, BUREAU, SOCIETY, UNIVERSITY, OUTSIDE)))
    told = draw(some.lists(activities(), max_size=3))
    made = filing(unit, [replace(one, counted=draw(some.booleans())) for one in told])
    if draw(some.booleans()):
        made = replace(made, pictures=(), contact=None, highlights=(), suggestions=())
    if draw(some.booleans()):
        unread = part("4/盖章.pdf", "盖章.pdf", Status.NEEDS_OCR)
        made = replace(
            made, parts=(*made.parts, unread), links=(Link(part="1", kind="qq", name="视频", url="u"),)
        )
    if draw(some.booleans()):
        made = replace(
            made, problems=(Problem(code=Code.CONTRADICTION, part="2/总结.docx", detail="前后不一"),)
        )
    if draw(some.booleans()):
        made = replace(made, set_aside=(), highlights=(passage("我们体会到，早部署。", 8),))
    source = draw(some.sampled_from(("internaldate", "received", "date", "captured")))
    return Filed(
        item=replace(item(number, at(12 + draw(some.integers(0, 14)))), received_from=source), filing=made
    )


SEASONS = some.integers(0, 5).flatmap(
    lambda most: some.tuples(*(mails(number) for number in range(1, most + 1)))
)


def without_evidence(scored: Iterable[Evaluation | Featured]) -> list[Score]:
    """Scores that give, take or leave open something, and do not say why and (where the machine did) from where."""
    return [
        score
        for one in scored
        for score in one.scores
        if (score.low or score.high > score.low)
        and not (
            score.words.strip()
            and len(score.sources) == len(score.words.split("\n"))
            and all(line.strip() for line in score.words.split("\n"))
            and (any(score.sources) or not score.machine)
        )
    ]


@given(filed=SEASONS)
def test_every_point_has_an_evidence_line_and_the_machines_a_source(
    rules: Rules, filed: tuple[Filed, ...]
) -> None:
    assert without_evidence(evaluate(filed, rules)) == []
    assert without_evidence(featured(filed, rules)) == []


def test_every_point_of_the_made_season_has_one(rules: Rules) -> None:
    assert without_evidence(evaluate(season(), rules)) == []
    assert without_evidence(featured(season(), rules)) == []


@given(filed=SEASONS)
def test_sources_name_mails_that_were_counted(rules: Rules, filed: tuple[Filed, ...]) -> None:
    known = {one.item.accession for one in filed}

    scored: list[Evaluation | Featured] = [*evaluate(filed, rules), *featured(filed, rules)]
    for one in scored:
        for score in one.scores:
            assert {source.split(" ")[0] for source in score.sources if source} <= known


@given(filed=SEASONS)
def test_points_stay_within_the_rubric_and_order_changes_nothing(
    rules: Rules, filed: tuple[Filed, ...]
) -> None:
    found = evaluate(filed, rules)

    scored: list[Evaluation | Featured] = [*found, *featured(filed, rules)]
    for one in scored:
        for score in one.scores:
            assert score.low <= score.high <= max(score.full, 0)
            assert score.low >= 0 or not score.full
    assert evaluate(filed[::-1], rules) == found
    assert featured(filed[::-1], rules) == featured(filed, rules)
    assert len(sensitivity(found, rules)) == sum(one.rank is not None for one in found)
