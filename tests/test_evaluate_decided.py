"""A reviewer's points: they count within the rubric's bounds, survive every change, and are told where they count for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipeline.errors import PermanentError
from pipeline.evaluate import bounds, evaluate, within
from pipeline.records import Evaluation, Filed, Score, ScoreDecision
from rules import Rules
from tests.season import BANAN, JIANGJIN, SILENT, YUBEI, activity, at, filing, item, season, small_rules

FOUR = ScoreDecision(points=4, by="李", why="有三级联动的做法", number=3)
Decided = Mapping[tuple[str, str], ScoreDecision]


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


def of(rules: Rules, decided: Decided, unit: str = YUBEI) -> Evaluation:
    return next(one for one in evaluate(season(), rules, decided) if one.unit == unit)


def line(one: Evaluation, criterion: str) -> Score:
    return next(score for score in one.scores if score.criterion == criterion)


# ---------------------------------------------------------------- what counts


def test_the_reviewers_value_counts_and_the_machines_interval_stays_beside_it(rules: Rules) -> None:
    before, after = of(rules, {}), of(rules, {(YUBEI, "E1"): FOUR})

    score = line(after, "E1")
    assert (score.low, score.high, score.final) == (0, 5, (4, 4))
    assert (score.reviewed, score.by, score.why, score.signed, score.stands) == (4, "李", FOUR.why, "", True)
    assert after.low == before.low + 4
    assert after.high == before.high - 1
    assert after.notes == before.notes


def test_ranks_follow_the_final_values(rules: Rules) -> None:
    ranks = {one.unit: one.rank for one in evaluate(season(), rules)}
    assert ranks[YUBEI] == 1

    lost = {(YUBEI, one.id): replace(FOUR, points=0) for one in rules.scoring.criteria}
    after = {one.unit: one.rank for one in evaluate(season(), rules, lost)}

    assert after[YUBEI] == 1 + sum(
        one.kind == "district_association"
        for one in evaluate(season(), rules)
        if one.rank and one.unit != YUBEI
    )
    assert after[BANAN] == 1


def test_what_is_not_signed_yet_changes_no_total_and_is_told(rules: Rules) -> None:
    waiting = of(rules, {(YUBEI, "E1"): replace(FOUR, stands=False)})

    assert (waiting.low, waiting.high) == (of(rules, {}).low, of(rules, {}).high)
    assert line(waiting, "E1").reviewed == 4
    assert waiting.notes[-1] == "李 所定“E1 典型经验”4 分未计：尚未复核签认"


def test_zero_is_a_value_and_not_nothing(rules: Rules) -> None:
    after = of(rules, {(YUBEI, "B1"): replace(FOUR, points=0)})

    assert line(after, "B1").final == (0, 0)
    assert after.low == of(rules, {}).low - line(after, "B1").low


# ---------------------------------------------------------------- what counts for nothing


def test_a_decision_about_a_criterion_that_is_gone_is_told_and_changes_nothing(rules: Rules) -> None:
    after = of(rules, {(YUBEI, "Z9"): FOUR})

    assert after.notes == (*of(rules, {}).notes, "李 所定“Z9”4 分未计：评分办法里已没有这一项")
    assert after.scores == of(rules, {}).scores


def test_a_decision_about_a_unit_that_sent_nothing_is_told(rules: Rules) -> None:
    after = of(rules, {(SILENT, "E1"): FOUR}, SILENT)

    assert (after.accessions, after.scores, after.rank) == ((), (), None)
    assert after.notes == ("李 所定“E1 典型经验”4 分未计：没有计入的来件",)


def test_a_decision_about_a_unit_that_is_not_known_any_more_stands_last_with_its_note(rules: Rules) -> None:
    units = evaluate(season(), rules, {("某研究会", "E1"): FOUR})

    assert units[:-1] == evaluate(season(), rules)
    assert (units[-1].unit, units[-1].in_roster, units[-1].accessions) == ("某研究会", False, ())
    assert "没有计入的来件" in units[-1].notes[0]


def test_points_that_the_rules_allow_no_more_count_for_nothing_and_ask_for_others(rules: Rules) -> None:
    less = replace(
        rules,
        scoring=replace(
            rules.scoring,
            criteria=tuple(
                replace(one, points=3) if one.id == "E1" else one for one in rules.scoring.criteria
            ),
        ),
    )
    after = of(less, {(YUBEI, "E1"): FOUR})

    assert line(after, "E1").final == (0, 3)
    assert not line(after, "E1").stands
    assert after.notes[-1] == "李 所定“E1 典型经验”4 分未计：现在的评分办法只允许 0 到 3 分，请重新评定"


# ---------------------------------------------------------------- bounds


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("B1", (0, 12)),
        ("E1", (0, 5)),
        ("late", (-4, 0)),
        ("contradiction", (-3, 0)),
        ("duplicate", (-2, 0)),
        ("bonus", (0, 5)),
        ("veto", (-100, 0)),
    ],
)
def test_a_person_gives_no_less_and_no_more_than_the_rubric_has(
    rules: Rules, criterion: str, expected: tuple[float, float]
) -> None:
    low, high = expected

    assert bounds(criterion, rules) == expected
    assert (within(criterion, low, rules), within(criterion, high, rules)) == expected
    for wrong in (low - 0.1, high + 0.1, nan, inf, -inf):
        with pytest.raises(PermanentError, match=f"{criterion} 的复核分是 .*应在 {low:g} 到 {high:g} 之间"):
            within(criterion, wrong, rules)


def test_a_line_that_the_rubric_has_not_is_refused_by_name(rules: Rules) -> None:
    with pytest.raises(PermanentError, match="评分项 Z9 不在评分办法里；只能是 late、contradiction"):
        bounds("Z9", rules)


@given(data=some.data())
def test_whatever_was_decided_no_evaluation_fails_and_totals_are_sums_of_final_values(
    rules: Rules, data: some.DataObject
) -> None:
    units = [YUBEI, JIANGJIN, SILENT, "某研究会", ""]
    criteria = [one.id for one in rules.scoring.criteria] + ["late", "bonus", "veto", "Z9", ""]
    decisions = some.builds(
        ScoreDecision,
        points=some.floats(allow_nan=False, allow_infinity=False).map(lambda points: round(points, 2)),
        by=some.just("李"),
        why=some.just("核过"),
        stands=some.booleans(),
    )
    keys = some.tuples(some.sampled_from(units), some.sampled_from(criteria))
    decided = data.draw(some.dictionaries(keys, decisions, max_size=8))

    found = evaluate(season(), rules, decided)

    for one in found:
        assert one.low == pytest.approx(sum(score.final[0] for score in one.scores), abs=0.0051)
        assert one.high == pytest.approx(sum(score.final[1] for score in one.scores), abs=0.0051)
        for score in one.scores:
            low, high = bounds(score.criterion, rules)
            assert low <= score.final[0] <= score.final[1] <= high
    told = "".join(note for one in found for note in one.notes)
    unused = [
        decision
        for (unit, criterion), decision in decided.items()
        if not any(
            one.unit == unit and score.criterion == criterion and score.reviewed is not None and score.stands
            for one in found
            for score in one.scores
        )
    ]
    assert told.count("所定“") == len(unused), "each decision counts or is told"


# ---------------------------------------------------------------- activities that a person took out


def test_an_activity_that_a_person_took_out_counts_for_nothing_and_the_others_keep_their_numbers(
    rules: Rules,
) -> None:
    talk = activity("讲座", "5月20日，科技人员30人听讲座，制定印发活动方案。", 5, people=(30, "30人"))
    fair = activity("集市", "5月21日，举办集市，居民50人参加。", 6, people=(50, "50人"))
    mail = Filed(item=item(1, at(12)), filing=filing(YUBEI, (replace(talk, counted=False), fair)))
    (after,) = (one for one in evaluate((mail,), rules) if one.unit == YUBEI)

    assert (after.activities, after.participants) == (1, 50)
    assert line(after, "B2").low == 2
    assert "讲座" not in "".join(score.words for score in after.scores)
    assert line(after, "A1").low == 0, "its words are no evidence either"
