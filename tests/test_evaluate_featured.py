"""特色活动: each counted activity by a rubric of its own; what only people can say stays open."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pipeline.evaluate import featured as featured_module
from pipeline.evaluate.featured import RULES, featured, ranked
from pipeline.evaluate.telling import matches
from pipeline.records import Featured, Filed, Joint, Judged, Picture, Score, Status
from rules import Criterion, Rules, rubric
from tests.season import (
    BANAN,
    REPORT,
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

Made = Callable[..., Featured]
TEXT = "5月20日，在文化广场举办科普集市，320名群众参加，获得好评，做法可复制推广。"
FAIR = activity("科普集市", TEXT, 5, on=date(2024, 5, 20), people=(320, "320名"), place="文化广场")


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


@pytest.fixture
def of(rules: Rules) -> Made:
    """The first activity of one mail of Yubei."""

    def made(*activities: Judged, joint: tuple[Joint, ...] = (), **traits: object) -> Featured:
        mail = Filed(item=item(1, at(12)), filing=filing(YUBEI, activities or (FAIR,), **traits), joint=joint)
        return next(one for one in featured((mail,), rules) if one.number == 1)

    return made


def line(one: Featured, criterion: str) -> Score:
    return next(score for score in one.scores if score.criterion == criterion)


def points(one: Featured, criterion: str) -> tuple[float, float]:
    score = line(one, criterion)
    return score.low, score.high


def stating(**figures: object) -> Judged:
    """The fair with other figures."""
    return replace(FAIR, activity=replace(FAIR.activity, **figures))  # type: ignore[arg-type]


def test_every_counted_activity_is_a_candidate_and_no_other(rules: Rules) -> None:
    found = featured(season(), rules)

    assert {one.accession for one in found}.isdisjoint({"2024-00002", "2024-00004"}), "superseded, a copy"
    assert len({(one.accession, one.number) for one in found}) == len(found)
    assert [(-one.low, -one.high, one.accession, one.number) for one in found] == sorted(
        (-one.low, -one.high, one.accession, one.number) for one in found
    )
    assert featured(season()[::-1], rules) == found


def test_one_that_a_person_took_out_is_none_and_the_others_keep_their_numbers(rules: Rules) -> None:
    mail = Filed(item=item(1, at(12)), filing=filing(YUBEI, (replace(FAIR, counted=False), FAIR)))

    assert [one.number for one in featured((mail,), rules)] == [2]


def test_totals_are_sums_and_there_are_a_hundred_points(of: Made) -> None:
    one = of()

    assert one.low == sum(score.low for score in one.scores)
    assert one.high == sum(score.high for score in one.scores)
    assert sum(score.full for score in one.scores) == 100


@pytest.mark.parametrize(
    ("judged", "expected"),
    [
        (FAIR, (15, 15)),
        (stating(date_start=None), (0, 15)),
        (stating(date_start=stated(date(2024, 4, 2), "4月2日")), (0, 0)),
        (activity("年会", TEXT, 0, on=date(2024, 5, 20)), (0, 0)),
        (
            activity("集市", TEXT, 5, on=date(2024, 5, 20), decided=False, candidates=((5, 0.5), (0, 0.4))),
            (0, 15),
        ),
        (
            activity("集市", TEXT, 5, on=date(2024, 5, 20), decided=False, candidates=((5, 0.5), (6, 0.4))),
            (15, 15),
        ),
    ],
    ids=["in period", "no date", "too early", "of no category", "perhaps none", "one of two"],
)
def test_theme_is_a_category_of_the_notice_in_its_period(
    of: Made, judged: Judged, expected: tuple[float, float]
) -> None:
    assert points(of(judged), "T1") == expected


def test_carried_out_counts_what_is_stated_and_leaves_the_rest_open(of: Made) -> None:
    assert points(of(), "T2") == (15, 20)
    assert "没有写明场次" in line(of(), "T2").words
    assert points(of(stating(sessions=stated(3, "3场"))), "T2") == (20, 20)
    assert points(of(stating(date_start=None, place=None, participants=None)), "T2") == (0, 20)


def test_reach_is_people_by_bands_and_more_for_partners_and_for_being_online_as_well(of: Made) -> None:
    both = Joint(
        members=(("2024-00001", 1), ("2024-00009", 1)), units=(YUBEI, BANAN), decided=True, words="同日同地"
    )
    online = stating(text=TEXT + "活动同步在线上直播。")

    assert points(of(), "T4") == (10, 10)
    assert points(of(joint=(both,)), "T4") == (11, 11)
    assert points(of(joint=(replace(both, decided=False),)), "T4") == (10, 11)
    assert points(of(online), "T4") == (12, 12)
    assert points(of(stating(participants=None)), "T4") == (0, 15)


def test_people_who_were_only_online_count_a_tenth(of: Made) -> None:
    watched = stating(text="5月20日，讲座，3200人在线上观看。", participants=stated(3200, "3200人"))

    assert points(of(watched), "T4") == (10, 10), "as 320 on the spot, and not online as well"


def test_proof_is_pictures_films_and_press_of_the_same_document(of: Made) -> None:
    film = part("4/视频.mp4", "视频.mp4", media_type="video/mp4")
    inside = Picture(part=f"{REPORT}/media/1.jpg", width=800, height=600)
    other = activity("讲座", "讲座", 1)
    elsewhere = replace(
        other,
        activity=replace(other.activity, spans=(replace(other.activity.spans[0], part="5/另一份.docx"),)),
    )

    assert points(of(), "T7") == (2, 2), "a loose photograph, and one report"
    assert points(of(pictures=()), "T7") == (0, 0)
    assert points(of(pictures=(inside,)), "T7") == (2, 2)
    assert points(of(stating(media=(stated("重庆日报", "重庆日报"),))), "T7") == (4, 4)
    assert points(of(stating(media=(stated("重庆日报", "重庆日报"),)), parts=(film,)), "T7") == (5, 5)
    assert points(of(FAIR, elsewhere), "T7") == (0, 0), "a loose photograph of two reports proves neither"
    assert points(of(FAIR, elsewhere, pictures=(inside,)), "T7") == (2, 2)


def test_what_was_new_what_it_achieved_and_who_can_follow_is_for_people_with_words_shown(of: Made) -> None:
    for criterion, full in (("T3", 20), ("T5", 20), ("T6", 5)):
        assert (points(of(), criterion), line(of(), criterion).machine) == ((0, full), False)
    assert "获得好评" in line(of(), "T5").words
    assert "可复制推广" in line(of(), "T6").words
    assert line(of(), "T3").words == "由人评分"


def test_the_rubric_may_name_exactly_the_rules_that_there_are() -> None:
    assert tuple(sorted(RULES)) == rubric.FEATURED_RULES


@pytest.mark.alone
def test_a_unit_with_four_times_the_mails_costs_about_four_times_as_much(rules: Rules) -> None:
    """Not sixteen times: what one mail leaves unread is no search through all that the unit sent."""
    unread = tuple(part(f"{number}/扫描.pdf", status=Status.DAMAGED) for number in range(20))
    report = filing(YUBEI, (FAIR,), parts=unread)
    mails = [Filed(item=item(number, at(12)), filing=report) for number in range(1, 1201)]

    few, many = _spent(mails[:300], rules), _spent(mails, rules)

    assert many < 8 * few


def _spent(mails: Sequence[Filed], rules: Rules) -> float:
    """Processor seconds; the least of two, so that a first import counts for nothing."""
    seconds = []
    for _ in range(2):
        begun = time.process_time()
        assert len(featured(mails, rules)) == len(mails)
        seconds.append(time.process_time() - begun)
    return min(seconds)


def test_ranking_without_evidence_gives_the_sums_and_the_order_of_the_lines_themselves(rules: Rules) -> None:
    """Thousands are ranked, a hundred are shown: what is left out while ranking must move nobody."""
    told = featured(season(), rules)

    quick = ranked(season(), rules)

    assert [(one.accession, one.number, one.low, one.high) for one in quick] == [
        (one.accession, one.number, one.low, one.high) for one in told
    ]
    assert told == tuple(sorted(told, key=lambda one: (-one.low, -one.high, one.accession, one.number)))


def test_no_line_of_evidence_is_made_while_ranking(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentences of each report were gone through once for each criterion of people, for a hundred rows in the end."""
    asked: list[str] = []
    plain = featured_module._hits

    def counted(criterion: Criterion, candidate: Any) -> Any:
        asked.append(criterion.id)
        return plain(criterion, candidate)

    monkeypatch.setattr(featured_module, "_hits", counted)

    found = ranked(season(), rules)

    assert not asked
    found[0].told(rules)
    assert {one.id for one in rules.scoring.featured if one.rule == "people"} <= set(asked)


@pytest.mark.parametrize("text", ["", "一百人参加了科普集市", "a.b", "首次开展", "共十五人"])
def test_plain_words_are_found_as_the_expressions_that_they_are(text: str) -> None:
    patterns = ("科普", "首次", "十.人", "a\\.b", "^$", "a.b")

    for one in (*((each,) for each in patterns), patterns):
        assert matches(one, text) == any(re.search(each, text) for each in one)
