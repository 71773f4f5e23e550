"""One activity that two units report is one; the same boilerplate in two districts is two."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from outputs.tables import Sheet, tables
from pipeline.evaluate import evaluate
from pipeline.records import Activity, Filed, Joint, Relation, Span, Stated
from pipeline.relate import joint, relate
from rules import Unit, load
from tests.labelled import units
from tests.season import custody
from tests.test_relate import act, mail

YUBEI, YUBEI_BUREAU = "重庆市渝北区科学技术协会", "重庆市渝北区科学技术局"
JIANGBEI, SOCIETY = "重庆市江北区科学技术协会", "重庆市声学学会"
MAY_28 = date(2024, 5, 28)
FAIR = "5月28日，区科协联合区科技局在龙山社区文化广场举办科普集市，医生为居民义诊，服务居民300余人次。"
FAIR_TOO = "5月28日，我局会同区科协到龙山社区文化广场开展科普集市活动，电工检修插线板，服务居民约310人次。"
STUDY = "5月28日，{}召开学习会，集中传达学习全国科技工作者日有关精神，科技工作者代表30人参加，会后大家分组交流讨论，表示要弘扬科学家精神。"


def found(*filed: Filed) -> tuple[Joint, ...]:
    related = {one.accession: one for one in relate(filed)}
    return joint([replace(one, relation=related[one.item.accession]) for one in filed], units())


def report(number: int, unit: str, *activities: Activity) -> Filed:
    return mail(
        number, unit=unit, subject=f"{unit}活动总结", address=f"{number}@x.example", activities=activities
    )


def test_an_activity_that_both_partners_report_is_one_and_says_why() -> None:
    told = found(
        report(1, YUBEI, act("科普集市", FAIR, MAY_28, 300, "龙山社区文化广场")),
        report(2, YUBEI_BUREAU, act("科普集市进社区", FAIR_TOO, MAY_28, 310, "龙山社区文化广场")),
    )

    assert [(one.members, one.units, one.decided) for one in told] == [
        ((("2024-00001", 1), ("2024-00002", 1)), (YUBEI, YUBEI_BUREAU), True)
    ]
    assert told[0].words == "同一天、双方都写明对方、地点相同、人数相近"


def test_one_partner_that_is_named_is_enough_with_venue_and_head_count() -> None:
    text = "5月28日，渝北区科协与重庆市声学学会共同在实验中学举办声学科普讲座，师生260人参加。"
    other = "5月28日，学会专家走进实验中学，用音叉和水波讲声音的秘密，260名师生到场。"

    told = found(
        report(1, YUBEI, act("声学科普讲座", text, MAY_28, 260, "实验中学")),
        report(2, SOCIETY, act("声音的秘密", other, MAY_28, 260, "渝北区实验中学")),
    )

    assert [(one.units, one.decided) for one in told] == [((YUBEI, SOCIETY), True)]


def test_the_same_boilerplate_in_two_districts_is_two_activities() -> None:
    assert not found(
        report(1, YUBEI, act("学习会", STUDY.format("区科协"), MAY_28, 30)),
        report(2, JIANGBEI, act("学习会", STUDY.format("区科协"), MAY_28, 30)),
    )


def test_a_district_that_only_names_its_own_bureau_joins_no_other_district() -> None:
    told = STUDY.format("区科协联合区科技局")

    assert not found(
        report(1, YUBEI, act("学习会", told, MAY_28, 30)),
        report(2, JIANGBEI, act("学习会", told, MAY_28, 30)),
        report(3, "重庆市江北区科学技术局", act("工作会", "5月28日，我局召开党组会。", MAY_28, 12)),
    )


def test_partners_with_two_venues_or_head_counts_held_two_activities() -> None:
    ours = act("科普集市", FAIR, MAY_28, 300, "龙山社区文化广场")

    assert not found(
        report(1, YUBEI, ours), report(2, YUBEI_BUREAU, act("科普集市", FAIR_TOO, MAY_28, 310, "空港广场"))
    )
    assert not found(report(1, YUBEI, ours), report(2, YUBEI_BUREAU, act("科普集市", FAIR_TOO, MAY_28, 900)))


def test_what_is_only_likely_is_asked_and_joined_by_nobody() -> None:
    text = "5月28日，在实验中学举办“声音的秘密”科普讲座，师生260人参加。"

    told = found(
        report(1, YUBEI, act("声音的秘密科普讲座", text, MAY_28, 260, "实验中学")),
        report(2, SOCIETY, act("声音的秘密科普讲座", text, MAY_28, 260, "实验中学")),
    )

    assert [(one.decided, one.words) for one in told] == [
        (False, "同一天、地点相同、人数相同、活动名称相同、文字相近")
    ]


def test_a_unit_that_tells_of_one_activity_in_two_mails_is_asked_about() -> None:
    news = act(
        "声音的秘密科普讲座",
        "5月28日，学会在实验中学举办“声音的秘密”科普讲座，师生260人参加。",
        MAY_28,
        260,
        "实验中学",
    )
    later = act(
        "科普讲座", "5月28日，“声音的秘密”科普讲座走进实验中学，260名师生聆听。", MAY_28, 260, "实验中学"
    )
    other = act("学术沙龙", "5月28日，学会在音乐厅举行声学学术沙龙，会员40人参加。", MAY_28, 40, "音乐厅")

    told = found(report(1, SOCIETY, news), report(2, SOCIETY, later, other))

    assert [(one.members, one.units, one.decided) for one in told] == [
        ((("2024-00001", 1), ("2024-00002", 1)), (SOCIETY, SOCIETY), False)
    ]


def test_a_guiding_body_is_no_partner() -> None:
    text = "5月28日，在渝北区科协指导下，学会主办声学沙龙，在音乐厅举行，到场40人。"

    told = found(
        report(1, SOCIETY, act("声学沙龙", text, MAY_28, 40)),
        report(2, YUBEI, act("座谈会", "5月28日，区科协召开座谈会，40人参加。", MAY_28, 40)),
    )

    assert not told


def test_three_partners_are_one_activity() -> None:
    three = "5月28日，渝北区科协、渝北区科技局、重庆市声学学会联合在龙山社区举办科普集市，服务居民300人次。"

    told = found(
        *(
            report(n, unit, act("科普集市", three, MAY_28, 300, "龙山社区"))
            for n, unit in enumerate((YUBEI, YUBEI_BUREAU, SOCIETY), 1)
        )
    )

    assert [set(one.units) for one in told] == [{YUBEI, YUBEI_BUREAU, SOCIETY}]


def test_a_replaced_mail_joins_nothing() -> None:
    first = report(1, YUBEI, act("科普集市", FAIR, MAY_28, 300))
    second = report(2, YUBEI_BUREAU, act("科普集市", FAIR_TOO, MAY_28, 310))
    old = replace(first, relation=Relation(accession="2024-00001", superseded_by="2024-00003"))

    assert not joint([old, second], units())


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_mails_joins_the_same(seed: int) -> None:
    mails = [
        report(
            1, YUBEI, act("科普集市", FAIR, MAY_28, 300), act("学习会", STUDY.format("区科协"), MAY_28, 30)
        ),
        report(2, YUBEI_BUREAU, act("科普集市", FAIR_TOO, MAY_28, 310)),
        report(3, JIANGBEI, act("学习会", STUDY.format("区科协"), MAY_28, 30)),
        report(4, SOCIETY, act("沙龙", "5月28日，学会举办沙龙，30人参加。", MAY_28, 30)),
    ]

    assert found(*random.Random(seed).sample(mails, len(mails))) == found(*mails)


def test_a_whole_season_is_joined_in_seconds() -> None:
    """230 units, three mails each of eight activities, on the same twelve days, nearly all from one template."""
    seed = random.Random(5)
    mails = list(_season(units()[:230], seed))

    began = time.process_time()
    told = joint(mails, units())
    seconds = time.process_time() - began

    assert len(mails) == 690
    assert [one.units for one in told if one.decided] == [(YUBEI, YUBEI_BUREAU)]
    assert seconds < 20


def _season(roster: Iterable[Unit], seed: random.Random) -> Iterable[Filed]:
    for number, unit in enumerate(roster, 1):
        for copy in range(3):
            acts = [_template(seed, unit, MAY_28 + timedelta(days=seed.randrange(12))) for _ in range(8)]
            if copy == 0 and unit.name in (YUBEI, YUBEI_BUREAU):
                acts[0] = act(
                    "科普集市", FAIR if unit.name == YUBEI else FAIR_TOO, MAY_28, 300, "龙山社区文化广场"
                )
            yield report(3 * number + copy, unit.name, *acts)


def _template(seed: random.Random, unit: Unit, day: date) -> Activity:
    people = seed.choice((30, 46, 50, 60, 80, 100, 120, 200))
    who = "区科协联合区科技局" if unit.kind == "district_association" else "我单位"
    text = STUDY.format(who).replace("5月28日", f"{day.month}月{day.day}日").replace("30人", f"{people}人")
    return act("学习会", text * 3, day, people, seed.choice(("", "", f"第{seed.randrange(900)}中学")))


def test_spans_of_several_days_are_compared_whole() -> None:
    ours, theirs = act("科普集市", FAIR, MAY_28, 300), act("科普集市", FAIR_TOO, MAY_28, 310)
    span = Span(part="2", block=0, start=0, end=1)
    longer = replace(theirs, date_end=Stated(value=date(2024, 5, 30), words="", span=span))
    other = replace(ours, date_end=Stated(value=date(2024, 6, 2), words="", span=span))

    assert not found(report(1, YUBEI, other), report(2, YUBEI_BUREAU, longer))
    assert len(found(report(1, YUBEI, ours), report(2, YUBEI_BUREAU, longer))) == 1


# ---------------------------------------------------------------- in the workbook


@pytest.fixture(scope="module")
def sheets() -> dict[str, Sheet]:
    """渝北区科协 and its bureau report one fair, each another activity too; two societies may have held one lecture."""
    visit = act("慰问", "5月29日，我局慰问科技特派员12人。", date(2024, 5, 29), 12)
    lecture = act(
        "声音的秘密科普讲座",
        "5月28日，在实验中学举办“声音的秘密”科普讲座，师生260人参加。",
        MAY_28,
        260,
        "实验中学",
    )
    filed = (
        report(1, YUBEI, act("科普集市", FAIR, MAY_28, 300, "龙山社区文化广场"), act("学习会", STUDY.format("区科协"), MAY_28, 30)),
        report(2, YUBEI_BUREAU, act("科普集市", FAIR_TOO, MAY_28, 310, "龙山社区文化广场"), visit),
        report(3, SOCIETY, lecture),
        report(4, "重庆市地质学会", lecture),
    )  # fmt: skip
    related = {one.accession: one for one in relate(filed)}
    mails = [replace(one, relation=related[one.item.accession]) for one in filed]
    together = joint(mails, units())
    mails = [
        replace(
            one, joint=tuple(j for j in together if any(one.item.accession == key[0] for key in j.members))
        )
        for one in mails
    ]
    rules = load()
    return {
        one.name: one for one in tables(mails, evaluate(mails, rules), rules, custody(mails), release="0")
    }


def _row(sheet: Sheet, id_: str) -> dict[str, Any]:
    return dict(zip(sheet.frame.columns, sheet.frame.loc[id_], strict=True))


def test_a_joint_activity_counts_for_each_unit_and_once_in_the_totals(sheets: dict[str, Sheet]) -> None:
    summary, details, statistics = sheets["单位汇总"], sheets["活动明细"], sheets["分类统计"]

    assert [_row(summary, f"unit/{unit}")["活动数"] for unit in (YUBEI, YUBEI_BUREAU)] == [2, 2]
    assert [_row(summary, f"unit/{unit}")["参与人数"] for unit in (YUBEI, YUBEI_BUREAU)] == [330, 322]
    assert summary.total("活动数") == statistics.total("活动数") == 5
    people = 300 + 30 + 12 + 260 + 260
    assert summary.total("参与人数") == details.total("参与人数") == statistics.total("参与人数") == people
    assert (statistics.total("区县科协"), statistics.total("区县科技局")) == (2, 2)


def test_both_rows_of_a_joint_activity_name_the_other_mail(sheets: dict[str, Sheet]) -> None:
    first, second = (_row(sheets["活动明细"], f"2024-0000{n}/activity/1") for n in (1, 2))

    assert (first["计入"], second["计入"]) == ("是", "联合")
    assert f"联合活动，与 {YUBEI_BUREAU}（2024-00002 活动1） 是同一项" in first["备注"]
    assert "2024-00001 活动1" in second["备注"]


def test_the_cover_adds_up_with_a_joint_activity(sheets: dict[str, Sheet]) -> None:
    lines = [dict(zip(sheets["说明"].frame.columns, row, strict=True)) for row in sheets["说明"].frame.values]

    assert [one["内容"] for one in lines if one["项目"] == "其中：联合活动重复计入"] == [1]
    checks = [str(one["内容"]) for one in lines if "核对" in str(one["项目"])]
    assert checks
    assert not [one for one in checks if "不符" in one]


def test_what_is_only_likely_is_a_question_and_counts_for_both(sheets: dict[str, Sheet]) -> None:
    asked = _row(sheets["待核事项"], "2024-00003/joint/2024-00003.1+2024-00004.1")

    assert asked["事项"] == "联合活动待核"
    assert "2024-00004 活动1" in asked["依据（原话）"]
    assert [_row(sheets["活动明细"], f"2024-0000{n}/activity/1")["计入"] for n in (3, 4)] == ["是", "是"]


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("5月28日，渝北区科协与重庆市声学学会在实验中学举办声学科普讲座，师生260人参加。", True),
        ("5月28日，渝北区科协和重庆市声学学会举办声学科普讲座，师生260人参加。", True),
        ("5月28日，渝北区科协与重庆市声学学会等单位走进实验中学，开展声学科普讲座，师生260人参加。", True),
        ("5月28日，渝北区科协在实验中学举办讲座，讲师与重庆市声学学会专家交流，师生260人参加。", False),
        ("5月28日，渝北区科协组织参观重庆市声学学会展厅，在实验中学举办讲座，师生260人参加。", False),
    ],
)
def test_who_is_joined_to_the_one_that_holds_it_is_a_partner_and_who_is_merely_named_is_none(
    text: str, joined: bool
) -> None:
    other = "5月28日，学会专家走进实验中学，用音叉和水波讲声音的秘密，260名师生到场。"

    told = found(
        report(1, YUBEI, act("声学科普讲座", text, MAY_28, 260, "实验中学")),
        report(2, SOCIETY, act("声音的秘密", other, MAY_28, 260, "实验中学")),
    )

    assert [one.decided for one in told] == ([True] if joined else [])
