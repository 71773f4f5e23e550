"""pipeline/evaluate: the rubric, with an evidence line a point; unknown is an interval, never a silent 0."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from pipeline.evaluate import criteria, evaluate, tier, why_not
from pipeline.evaluate.off import days_late
from pipeline.evaluate.telling import band
from pipeline.records import (
    Address,
    Evaluation,
    Filed,
    Judged,
    Kind,
    Mail,
    Picture,
    Relation,
    RelationKind,
    Score,
    State,
)
from pipeline.reuse import reuse
from rules import Rules, rubric
from tests.season import (
    BANAN,
    BUREAU,
    JIANGJIN,
    OUTSIDE,
    SILENT,
    SOCIETY,
    UNIVERSITY,
    YUBEI,
    activity,
    at,
    filing,
    item,
    part,
    season,
    small_rules,
    stated,
)

Evaluated = Callable[..., Evaluation]
ON_TIME = at(12)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


@pytest.fixture(scope="module")
def units(rules: Rules) -> dict[str, Evaluation]:
    return {one.unit: one for one in evaluate(season(), rules)}


@pytest.fixture
def of(rules: Rules) -> Evaluated:
    """Evaluate one mail of Yubei with the given activities and traits of its filing."""

    def evaluated(*activities: Judged, received: datetime = ON_TIME, **traits: object) -> Evaluation:
        mail = Filed(item=item(1, received), filing=filing(YUBEI, activities, **traits))
        return next(one for one in evaluate((mail,), rules) if one.unit == YUBEI)

    return evaluated


def _score(one: Evaluation, criterion: str) -> Score:
    return next(score for score in one.scores if score.criterion == criterion)


def _points(one: Evaluation, criterion: str) -> tuple[float, float]:
    score = _score(one, criterion)
    return score.low, score.high


# ---------------------------------------------------------------- what counts


def test_the_order_of_the_mails_changes_nothing(rules: Rules) -> None:
    mails = list(season())
    expected = evaluate(mails, rules)

    for seed in range(5):
        random.Random(seed).shuffle(mails)
        assert evaluate(mails, rules) == expected


def test_every_unit_of_the_roster_is_evaluated_and_those_outside_that_wrote(
    units: dict[str, Evaluation],
) -> None:
    assert list(units) == [YUBEI, BANAN, JIANGJIN, BUREAU, SOCIETY, SILENT, UNIVERSITY, OUTSIDE]


def test_a_unit_that_sent_nothing_has_no_mail_no_points_and_no_rank(units: dict[str, Evaluation]) -> None:
    silent = units[SILENT]

    assert (silent.accessions, silent.scores, silent.rank, silent.missing) == ((), (), None, ())


def test_a_superseded_mail_and_a_duplicate_do_not_count_and_are_named(units: dict[str, Evaluation]) -> None:
    assert units[BANAN].accessions == ("2024-00006",)
    assert units[BANAN].participants == 350
    assert units[BANAN].notes == ("2024-00002 已由 2024-00006 替代，未计入",)
    assert units[SOCIETY].accessions == ("2024-00003",)
    assert units[SOCIETY].notes == ("2024-00004 重复件，与 2024-00003 相同，未计入",)


def test_a_supplement_adds_to_the_submission(rules: Rules) -> None:
    one = season()[0]
    more = filing(
        YUBEI,
        (activity("补一项", "6月3日，走访科技工作者12人。", 6, people=(12, "12人")),),
        kind=Kind.SUPPLEMENT,
    )

    found = evaluate((one, Filed(item=item(2, at(13)), filing=more)), rules)[0]

    assert (found.accessions, found.activities) == (("2024-00001", "2024-00002"), 5)


@pytest.mark.parametrize(
    ("state", "relation", "reason"),
    [
        (State.HELD, None, "待人工处理"),
        (State.CAPTURED, None, "尚未办理"),
        (State.DISMISSED, None, "不予受理"),
        (State.FILED, {"recalled": True}, "发件人已撤回"),
        (State.FILED, {"superseded_by": "2024-00009"}, "已由 2024-00009 替代"),
        (State.FILED, {"kind": RelationKind.RECALL, "of": "2024-00007"}, "撤回 2024-00007 的通知"),
        (State.FILED, {"kind": RelationKind.FORWARD, "of": "2024-00007"}, "2024-00007 的转发件"),
        (State.FILED, {"kind": RelationKind.FORWARD}, ""),
        (State.FILED, {"supersedes": "2024-00007"}, ""),
        (State.FILED, None, ""),
    ],
)
def test_why_a_mail_does_not_count_is_said(
    state: State, relation: dict[str, object] | None, reason: str
) -> None:
    stands = Relation(accession="2024-00001", **relation) if relation else None  # type: ignore[arg-type]

    assert why_not(Filed(item=item(1, at(12), state), filing=filing(YUBEI), relation=stands)) == reason


def test_a_held_mail_with_an_earlier_filing_is_named_and_not_counted(rules: Rules) -> None:
    mail = Filed(item=item(1, at(12), State.HELD), filing=filing(YUBEI))

    found = evaluate((mail,), rules)[0]

    assert (found.accessions, found.notes) == ((), ("2024-00001 待人工处理，未计入",))


def test_an_undecided_unit_counts_for_its_best_guess_and_is_marked(units: dict[str, Evaluation]) -> None:
    assert units[JIANGJIN].accessions == ("2024-00005",)
    assert units[JIANGJIN].notes == ("2024-00005 报送单位待核",)


def test_a_unit_outside_the_roster_is_evaluated_but_not_ranked(units: dict[str, Evaluation]) -> None:
    assert (units[OUTSIDE].in_roster, units[OUTSIDE].kind, units[OUTSIDE].rank) == (False, "", None)


# ---------------------------------------------------------------- the rubric


def test_every_line_of_the_rubric_has_words_and_one_source_a_line(
    units: dict[str, Evaluation], rules: Rules
) -> None:
    sent = [one for one in units.values() if one.accessions]

    for one in sent:
        assert len(one.scores) == len(rules.scoring.criteria) + 5
        for score in one.scores:
            assert score.words
            assert len(score.sources) == len(score.words.split("\n"))
            assert score.low <= score.high


def test_totals_are_the_sums_of_the_lines(units: dict[str, Evaluation]) -> None:
    for one in units.values():
        assert one.low == pytest.approx(sum(score.low for score in one.scores))
        assert one.high == pytest.approx(sum(score.high for score in one.scores))


def test_what_only_people_give_is_an_open_interval(units: dict[str, Evaluation]) -> None:
    for criterion, full in (("E1", 5), ("E2", 4), ("E3", 3), ("E4", 3), ("bonus", 5)):
        score = _score(units[YUBEI], criterion)
        assert (score.low, score.high, score.machine) == (0, full, False)
    assert "三级联动" in _score(units[YUBEI], "E1").words


def test_bands_differ_by_peer_group(rules: Rules) -> None:
    talk = activity("讲座", "5月20日，举办讲座。", 5, on=date(2024, 5, 20))
    mails = [
        Filed(item=item(n, at(12)), filing=filing(unit, (talk,)))
        for n, unit in enumerate((YUBEI, SOCIETY), 1)
    ]

    found = {one.unit: one for one in evaluate(mails, rules)}

    assert (_points(found[YUBEI], "B1"), _points(found[SOCIETY], "B1")) == ((3, 3), (4, 4))


def test_a_category_counts_once_and_an_undecided_one_only_for_the_upper_end(of: Evaluated) -> None:
    clinic = activity("义诊", "义诊。", 5)
    doubtful = activity("分享", "分享。", 4, decided=False, candidates=((4, 0.5), (1, 0.4)))

    score = _score(of(clinic, clinic, doubtful), "B2")

    assert (score.low, score.high) == (2, 6)
    assert "科技志愿服务" in score.words and "待核" in score.words


def test_other_activities_cover_no_category(of: Evaluated) -> None:
    assert _points(of(activity("论坛", "论坛。", 0)), "B2") == (0, 0)


@pytest.mark.parametrize(
    ("on", "code", "points"),
    [
        (date(2024, 5, 1), 5, (6, 6)),
        (date(2024, 6, 10), 5, (6, 6)),
        (date(2024, 6, 11), 5, (0, 0)),
        (date(2024, 4, 30), 5, (0, 0)),
        (date(2024, 5, 20), 0, (0, 0)),
        (None, 5, (0, 6)),
    ],
)
def test_in_period_and_on_theme(
    of: Evaluated, on: date | None, code: int, points: tuple[float, float]
) -> None:
    assert _points(of(activity("活动", "活动。", code, on=on)), "B3") == points


def test_an_activity_that_runs_into_the_period_is_in_it(of: Evaluated) -> None:
    run = activity("展览", "展览。", 3, on=date(2024, 4, 25))
    run = replace(run, activity=replace(run.activity, date_end=stated(date(2024, 5, 3), "5月3日")))

    assert _points(of(run), "B3") == (6, 6)


def test_people_online_count_a_tenth(of: Evaluated) -> None:
    here = activity("讲座", "现场听众30人，秩序良好。", 5, people=(30, "30人"))
    online = activity("直播", "举办讲座，线上观看1000人次。", 5, people=(1000, "1000人次"))

    score = _score(of(here, online), "C1")

    assert "折算合计 130 人" in score.words
    assert (score.low, score.high) == (4, 4)


def test_a_head_count_that_is_not_stated_makes_an_interval(of: Evaluated) -> None:
    score = _score(of(activity("讲座", "举办讲座。", 5)), "C1")

    assert (score.low, score.high) == (0, 10)
    assert "待核" in score.words


def test_only_people_said_to_be_science_workers_count_as_such(of: Evaluated) -> None:
    workers = activity("座谈", "5月20日，科技工作者代表40人座谈。", 6, people=(40, "40人"))
    public = activity("集市", "专家到场，接待市民900人。", 5, people=(900, "900人"))
    villagers = activity("指导", "6月1日，8名农业专家进村指导种植、为85名村民看病。", 5, people=(85, "85名"))

    assert _points(of(workers, public), "C2") == (3, 5)
    assert _points(of(villagers), "C2") == (0, 5)
    assert _points(of(workers), "C2") == (3, 3)


def test_media_count_by_tier_and_are_capped(of: Evaluated) -> None:
    some = activity(
        "活动", "活动。", 5, media=("《科技日报》", "重庆日报客户端", "某区融媒体中心", "本会公众号")
    )
    many = activity("活动", "活动。", 5, media=("人民日报", "新华社", "光明日报", "科技日报"))

    assert _points(of(some), "D1") == (10, 10)
    assert _points(of(many), "D1") == (15, 15)


def test_an_outlet_that_the_table_does_not_know_is_an_interval(of: Evaluated) -> None:
    assert _points(of(activity("活动", "活动。", 5, media=("山茶花之声",))), "D1") == (0, 5)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("《重庆日报》", "provincial"),
        ("永川日报", "county"),
        ("人民日报", "central"),
        ("中国科协之声", "central"),
        ("学习强国重庆平台", "provincial"),
        ("重庆发布", "provincial"),
        ("江津发布", "county"),
        ("“沙磁号”视频号", "own"),
        ("云上某县", ""),
    ],
)
def test_the_full_name_of_an_outlet_goes_before_its_ending(rules: Rules, name: str, expected: str) -> None:
    assert tier(name, rules.outlets) == expected


def test_assisted_lines_quote_what_they_found_and_leave_the_rest_open(
    of: Evaluated, units: dict[str, Evaluation]
) -> None:
    assert _points(units[YUBEI], "A1") == (5, 5)
    assert "印发《2024年全国科技工作者日活动方案》" in _score(units[YUBEI], "A1").words
    assert _points(of(activity("讲座", "举办讲座。", 5)), "A1") == (0, 5)


def test_wishes_to_the_organiser_are_no_evidence(of: Evaluated) -> None:
    from tests.season import passage

    assert _points(of(suggestions=(passage("建议市科协印发活动方案。", 9),)), "A1") == (0, 5)


def test_grass_roots_bodies_are_counted_once_each(units: dict[str, Evaluation]) -> None:
    score = _score(units[YUBEI], "A3")

    assert "双龙湖街道" in score.words
    assert (score.low, score.high) == (4, 7)


def test_each_of_the_six_kinds_of_material_is_a_point(units: dict[str, Evaluation]) -> None:
    assert units[YUBEI].missing == ()
    assert _points(units[YUBEI], "F1") == (6, 6)
    assert units[SOCIETY].missing == ("联系人",)
    assert _points(units[SOCIETY], "F1") == (5, 5)
    assert units[BUREAU].missing == ("经验", "建议")


def test_a_logo_is_no_picture_of_an_activity(of: Evaluated) -> None:
    found = of(pictures=(Picture(part="3/照片.jpg", width=80, height=80, logo=True),))

    assert "影像" in found.missing


def test_material_that_nobody_could_read_leaves_what_is_missing_open(units: dict[str, Evaluation]) -> None:
    found = units[UNIVERSITY]

    assert found.missing == ("情况", "成效", "经验", "建议", "影像")
    for criterion, full in (("B1", 12), ("B2", 12), ("B3", 6), ("C1", 10), ("D1", 15), ("F1", 6)):
        assert _score(found, criterion).high == full
    assert "2/活动总结（盖章）.pdf" in _score(found, "B1").words


def test_contradictions_cost_consistency_and_points(units: dict[str, Evaluation]) -> None:
    assert _points(units[BANAN], "F2") == (2, 2)
    assert _points(units[BANAN], "contradiction") == (-1, -1)
    assert "附表合计 320 人" in _score(units[BANAN], "contradiction").words


# ---------------------------------------------------------------- taken off


@pytest.mark.parametrize(
    ("received", "points"),
    [
        (at(20, 23, 59, 59), 0),
        (at(20, 23, 59, 59).replace(microsecond=999_999), 0),
        (at(21, 0, 0, 0), -1),
        (at(21, 23, 59, 59), -1),
        (at(22, 0, 0, 0), -2),
        (at(28), -4),
    ],
)
def test_a_day_late_is_a_point_up_to_four(of: Evaluated, received: datetime, points: float) -> None:
    assert _points(of(received=received), "late") == (points, points)


def test_a_unit_is_late_by_its_first_mail_even_if_it_was_replaced(
    units: dict[str, Evaluation], rules: Rules
) -> None:
    old = replace(season()[1], relation=Relation(accession="2024-00002", superseded_by="2024-00006"))
    new = season()[5]
    new = replace(new, item=replace(new.item, received=at(25)))

    found = next(one for one in evaluate((old, new), rules) if one.unit == BANAN)

    assert _points(found, "late") == (0, 0)
    assert "2024-06-13 10:00:00" in _score(found, "late").words


@pytest.mark.parametrize(
    ("received", "dated", "points", "words"),
    [
        (
            datetime(2024, 6, 20, 15, 59, 59, tzinfo=UTC),
            at(25),
            0,
            "第一封于 2024-06-20 23:59:59 收到，截止 2024-06-20 23:59:59，按时",
        ),
        (
            datetime(2024, 6, 20, 16, 0, 1, tzinfo=UTC),
            at(18),
            -1,
            "第一封于 2024-06-21 00:00:01 收到，截止 2024-06-20 23:59:59，迟交 1 天",
        ),
    ],
)
def test_late_is_the_servers_time_in_beijing_whatever_the_date_says(
    of: Evaluated, received: datetime, dated: datetime, points: float, words: str
) -> None:
    mail = Mail(subject="活动总结", sender=Address(address="a@qq.example"), sent=dated, received=dated)

    found = of(received=received, mail=mail)

    assert _points(found, "late") == (points, points)
    assert _score(found, "late").words == words


def _unsure(number: int, stated: datetime, captured: datetime, basis: str = "date") -> Filed:
    """A mail of Yubei whose time no server states."""
    row = replace(item(number, stated), received_from=basis, captured=captured)
    return Filed(item=row, filing=filing(YUBEI))


@pytest.mark.parametrize("stated", [at(1), at(20, 23), at(23), at(30)])
def test_a_time_that_the_sender_states_himself_makes_lateness_an_interval_and_is_never_used(
    rules: Rules, stated: datetime
) -> None:
    found = evaluate((_unsure(1, stated, at(23)),), rules)[0]
    words = _score(found, "late").words

    assert _points(found, "late") == (-3, 0)
    assert "最迟于 2024-06-23 10:00:00 收到" in words
    assert "待核：2024-00001 的收到时间不是服务器所记（邮件自报 2024-06-" in words
    assert len(_score(found, "late").sources) == 2


def test_a_mail_without_any_time_was_there_when_it_was_taken_in(rules: Rules) -> None:
    late = evaluate((_unsure(1, at(22), at(22), "captured"),), rules)[0]
    early = evaluate((_unsure(1, at(19), at(19), "captured"),), rules)[0]

    assert _points(late, "late") == (-2, 0)
    assert "待核" in _score(late, "late").words
    assert "自报" not in _score(late, "late").words
    assert _points(early, "late") == (0, 0)
    assert "待核" not in _score(early, "late").words


def test_a_mail_taken_in_before_the_deadline_is_in_time_whatever_its_date_says(rules: Rules) -> None:
    found = evaluate((_unsure(1, at(29), at(20, 12)),), rules)[0]

    assert _points(found, "late") == (0, 0)


def test_a_mail_of_unknown_time_beside_one_in_time_is_no_question(rules: Rules) -> None:
    sure = Filed(item=item(2, at(20)), filing=filing(YUBEI))
    late = Filed(item=item(2, at(21)), filing=filing(YUBEI))

    assert _points(evaluate((_unsure(1, at(12), at(25)), sure), rules)[0], "late") == (0, 0)
    assert _points(evaluate((_unsure(1, at(12), at(25)), late), rules)[0], "late") == (-1, 0)


def test_days_late_are_counted_by_begun_days() -> None:
    deadline = at(20, 18)

    assert [
        days_late(at(20, 18), deadline),
        days_late(at(20, 18, 0, 1), deadline),
        days_late(at(21, 18, 0, 1), deadline),
    ] == [
        0,
        1,
        2,
    ]


def test_one_picture_from_two_units_is_open_for_both(rules: Rules) -> None:
    parts = (part("3/照片.jpg", "同一张.jpg", media_type="image/jpeg"),)
    mails = [
        Filed(item=item(n, at(12)), filing=filing(unit, parts=parts))
        for n, unit in enumerate((YUBEI, SOCIETY), 1)
    ]

    again = reuse(mails)
    found = {one.unit: one for one in evaluate([replace(one, reused=again) for one in mails], rules)}

    assert _points(found[YUBEI], "duplicate") == _points(found[SOCIETY], "duplicate") == (-2, 0)
    assert SOCIETY in _score(found[YUBEI], "duplicate").words


def test_the_same_picture_twice_from_one_unit_costs_nothing(of: Evaluated) -> None:
    assert _points(of(), "duplicate") == (0, 0)


# ---------------------------------------------------------------- ranks


def test_ranks_are_within_the_peer_group_and_ties_share_one(rules: Rules) -> None:
    talk = activity("讲座", "5月20日，举办讲座。", 5, on=date(2024, 5, 20))
    mails = [
        Filed(item=item(1, at(12)), filing=filing(YUBEI, (talk,))),
        Filed(item=item(2, at(12)), filing=filing(BANAN, (talk,))),
        Filed(item=item(3, at(12)), filing=filing(JIANGJIN, ())),
        Filed(item=item(4, at(12)), filing=filing(SOCIETY, ())),
    ]

    ranks = {one.unit: one.rank for one in evaluate(mails, rules) if one.accessions}

    assert ranks == {YUBEI: 1, BANAN: 1, JIANGJIN: 3, SOCIETY: 1}


def test_a_band_gives_the_points_of_the_highest_threshold_reached() -> None:
    bands = ((1.0, 2.0), (3.0, 4.0), (6.0, 1.0))

    assert [band(bands, value) for value in (0, 1, 2.9, 3, 6, 60)] == [0, 2, 2, 4, 1, 1]


def test_the_rubric_may_name_exactly_the_rules_that_there_are() -> None:
    assert tuple(criteria.RULES) == rubric.RULES


def test_each_thing_that_was_sent_is_a_point_with_its_words_and_place(units: dict[str, Evaluation]) -> None:
    score = _score(units[YUBEI], "F1")
    lines = dict(zip((line.split("：")[0] for line in score.words.split("\n")), score.sources, strict=True))

    assert list(lines) == [f"+1 {part}" for part in ("情况", "成效", "经验", "建议", "影像", "联系人")]
    assert lines["+1 经验"] == "2024-00001 2/总结.docx 第8块"
    assert lines["+1 影像"].startswith("2024-00001 3/照片.jpg")
    assert lines["+1 联系人"] == "2024-00001"
    assert "蒋昕" not in score.words, "who it is stands on the sheet 联系人"


def test_where_nothing_was_found_the_mails_that_were_looked_at_are_the_source(of: Evaluated) -> None:
    one = of(activity("集市", "5月20日，举办集市。", 5, on=date(2024, 5, 20)))

    assert _score(one, "A1").sources == ("2024-00001",)
    assert _score(one, "F2").sources == ("2024-00001",)
    assert _score(one, "E1").machine is False
