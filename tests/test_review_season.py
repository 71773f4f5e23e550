"""What people decided about how mails stand to one another, folded into the season and into points and rows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outputs import export
from outputs.tables import tables
from pipeline.archive import FolderArchive
from pipeline.evaluate import evaluate, why_not
from pipeline.records import Activity, Code, Correction, Filed, Filing, Joint, Kind
from pipeline.register import Register, basis
from pipeline.review import joint_key
from pipeline.season import season
from rules import Rules
from tests.audited import audited
from tests.season import BANAN, JIANGJIN, YUBEI, custody, small_rules
from tests.season import activity as judged
from tests.season import filing as filed_as
from tests.test_relate import act, mail

AT = datetime(2024, 6, 24, tzinfo=UTC)
MAY_28, MAY_29 = date(2024, 5, 28), date(2024, 5, 29)
FAIR = "5月28日，渝北区科协联合巴南区科协在龙山社区文化广场举办科普集市，医生为居民义诊，服务居民300余人次。"
FAIR_TOO = (
    "5月28日，巴南区科协会同渝北区科协到龙山社区文化广场开展科普集市活动，电工检修插线板，服务居民约310人次。"
)
LECTURE = "5月29日，专家走进实验中学，用音叉和水波讲声音的秘密，260名师生到场。"


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


def report(number: int, unit: str, *activities: Activity, subject: str = "") -> Filed:
    return mail(
        number,
        unit=unit,
        subject=subject or f"{unit}总结{number}",
        address=f"{number}@x.example",
        activities=activities,
    )


def fairs() -> list[Filed]:
    """Two units' tellings of one fair, each with a lecture of its own."""
    return [
        report(
            1,
            YUBEI,
            act("科普集市", FAIR, MAY_28, 300, "龙山社区文化广场"),
            act("声音的秘密", LECTURE, MAY_29, 260, "实验中学"),
        ),
        report(2, BANAN, act("科普集市进社区", FAIR_TOO, MAY_28, 310, "龙山社区文化广场")),
        report(3, JIANGJIN, act("走访慰问", "5月29日，走访慰问科技工作者12人。", MAY_29, 12, "各单位")),
    ]


FAIR_KEY = "2024-00001.1+2024-00002.1"
NEW_KEY = joint_key([("2024-00003", 1), ("2024-00001", 2)])


def decide(field: str, new: str, accession: str = "2024-00001") -> Correction:
    return Correction(accession=accession, field=field, old="", new=new, by="谢老师", why="电话核实", at=AT)


def joints(filed: Sequence[Filed]) -> list[Joint]:
    return list(dict.fromkeys(joint for one in filed for joint in one.joint))


# ---------------------------------------------------------------- joint activities


def test_the_machine_joins_the_fair_and_a_person_takes_it_apart(rules: Rules) -> None:
    (machine,) = joints(season(fairs(), (), rules))
    assert (joint_key(machine.members), machine.decided) == (FAIR_KEY, True)

    assert joints(season(fairs(), (decide(f"joint/{FAIR_KEY}", "no"),), rules)) == []


def test_a_person_joins_what_the_machine_never_proposed(rules: Rules) -> None:
    found = joints(season(fairs(), (decide(f"joint/{NEW_KEY}", "yes"),), rules))

    assert [(joint_key(one.members), one.decided) for one in found] == [(FAIR_KEY, True), (NEW_KEY, True)]
    assert found[1].words == "人工认定为同一项（谢老师：电话核实）"
    assert set(found[1].units) == {YUBEI, JIANGJIN}


def test_a_yes_that_touches_a_group_of_the_machine_joins_it(rules: Rules) -> None:
    key = joint_key([("2024-00002", 1), ("2024-00003", 1)])

    (found,) = joints(season(fairs(), (decide(f"joint/{key}", "yes"),), rules))

    assert set(found.units) == {YUBEI, BANAN, JIANGJIN}
    assert found.words.startswith("人工认定为同一项（谢老师：电话核实）；")


def test_a_no_about_two_of_a_larger_group_asks_again(rules: Rules) -> None:
    three = [
        *fairs()[:2],
        report(
            3, JIANGJIN, act("科普集市", FAIR_TOO.replace("巴南", "江津"), MAY_28, 310, "龙山社区文化广场")
        ),
    ]
    (machine,) = joints(season(three, (), rules))
    assert (len(machine.members), machine.decided) == (3, True)

    (found,) = joints(season(three, (decide(f"joint/{FAIR_KEY}", "no"),), rules))

    assert (len(found.members), found.decided) == (3, False)
    assert found.words.endswith("其中几项人工认定不是同一项")


def test_one_units_two_tellings_of_one_activity_count_once(rules: Rules) -> None:
    twice = [fairs()[0], report(2, YUBEI, act("声音课", "专家讲声音，师生260人。", MAY_29, 260, "实验中学"))]
    key = joint_key([("2024-00001", 2), ("2024-00002", 1)])

    decided = season(twice, (decide(f"joint/{key}", "yes"),), rules)

    assert {unit.unit: unit.activities for unit in evaluate(decided, rules)}[YUBEI] == 2
    assert {unit.unit: unit.activities for unit in evaluate(season(twice, (), rules), rules)}[YUBEI] == 3


def test_a_decision_about_activities_of_which_one_is_gone_is_shown(rules: Rules) -> None:
    decided = season(fairs(), (decide("joint/2024-00001.1+2024-00002.9", "yes"),), rules)

    assert [joint_key(one.members) for one in joints(decided)] == [FAIR_KEY]
    filing = decided[1].filing
    assert filing is not None
    assert [one.detail for one in filing.problems if one.code is Code.REVIEW] == [
        "人工认定“2024-00001 活动1、2024-00002 活动9”是否同一项（谢老师）找不到其中的活动，请重新核对"
    ]


def test_a_decision_about_joint_activities_follows_them_to_other_numbers(rules: Rules) -> None:
    one, other, third = fairs()
    assert one.filing is not None
    assert other.filing is not None
    anchors = "+".join(each.activities[0].activity.anchor for each in (one.filing, other.filing))
    decision = replace(decide(f"joint/{FAIR_KEY}", "no"), anchor=anchors)
    before = judged("报告会", "5月25日举办报告会，40人参加。", 1)
    later = replace(one, filing=replace(one.filing, activities=(before, *one.filing.activities)))

    (machine,) = joints(season([later, other, third], (), rules))
    assert joint_key(machine.members) == "2024-00001.2+2024-00002.1"
    assert joints(season([later, other, third], (decision,), rules)) == []


# ---------------------------------------------------------------- relations


def replaced() -> list[Filed]:
    """A report and its correction."""
    first = report(
        1, YUBEI, act("科普集市", FAIR, MAY_28, 300, "龙山社区文化广场"), subject="渝北区科协活动总结"
    )
    second = report(
        2,
        YUBEI,
        act("科普集市", FAIR.replace("300", "320"), MAY_28, 320, "龙山社区文化广场"),
        subject="更正：渝北区科协活动总结",
    )
    assert second.filing is not None
    return [first, replace(second, filing=replace(second.filing, kind=Kind.CORRECTION))]


def test_a_replaced_mail_that_a_person_calls_independent_counts_for_itself(rules: Rules) -> None:
    machine = season(replaced(), (), rules)
    assert why_not(machine[0]) == "已由 2024-00002 替代"

    first, second = season(replaced(), (decide("relation", "independent"),), rules)

    assert (why_not(first), why_not(second)) == ("", "")
    assert first.relation is not None
    assert second.relation is not None
    assert (first.relation.decided, second.relation.decided) == (True, False)
    assert second.relation.supersedes is None


def test_a_relation_that_is_accepted_is_as_the_machine_has_it_and_settled(rules: Rules) -> None:
    first = season(replaced(), (decide("relation", "accept"),), rules)[0]

    assert first.relation is not None
    assert first.relation.decided
    assert replace(first.relation, decided=False) == season(replaced(), (), rules)[0].relation


# ---------------------------------------------------------------- what does not count


def test_an_activity_that_does_not_count_is_shown_and_counts_nowhere(rules: Rules) -> None:
    decided = season(fairs(), (decide("activity/1/counted", "no"),), rules)

    assert {unit.unit: unit.activities for unit in evaluate(decided, rules)}[YUBEI] == 1
    assert joints(decided) == []
    sheets = {
        sheet.name: sheet
        for sheet in tables(decided, evaluate(decided, rules), rules, custody(decided), release="0")
    }
    row = sheets["活动明细"].frame.loc["2024-00001/activity/1"]
    assert "人工定为不计入" in "".join(map(str, row))
    (line,) = (line for line in export.filings(decided) if line.accession == "2024-00001")
    assert [one.title for one in line.activities] == ["声音的秘密"]


# ---------------------------------------------------------------- laws

DECISIONS = st.sampled_from(
    [
        ("2024-00001", f"joint/{FAIR_KEY}", "no"), ("2024-00001", f"joint/{FAIR_KEY}", "yes"),
        ("2024-00001", f"joint/{NEW_KEY}", "yes"), ("2024-00001", f"joint/{NEW_KEY}", "no"),
        ("2024-00002", "relation", "independent"), ("2024-00002", "relation", "accept"),
        ("2024-00001", "activity/1/counted", "no"), ("2024-00001", "activity/1/counted", "yes"),
        ("2024-00002", "kind", "other"), ("2024-00003", "unit", BANAN), ("2024-00003", "activity/1/participants", "13"),
    ]
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(made=st.lists(DECISIONS, max_size=8), chance=st.randoms(use_true_random=False))
def test_the_order_of_decisions_and_mails_does_not_matter(
    made: list[tuple[str, str, str]], chance: random.Random, rules: Rules
) -> None:
    rows = [decide(field, new, accession) for accession, field, new in made]
    by_field: dict[tuple[str, str], list[Correction]] = {}
    for row in rows:
        by_field.setdefault((row.accession, row.field), []).append(row)
    waiting, shuffled = [list(queue) for queue in by_field.values()], list[Correction]()
    while waiting := [queue for queue in waiting if queue]:
        shuffled.append(chance.choice(waiting).pop(0))
    mails = fairs()

    decided = season(mails, rows, rules)

    assert season(chance.sample(mails, len(mails)), shuffled, rules) == decided
    assert len({key for one in joints(decided) if one.decided for key in one.members}) == sum(
        len(one.members) for one in joints(decided) if one.decided
    )


# ---------------------------------------------------------------- a new judgement, in the register


def test_decisions_survive_a_new_judgement_that_finds_an_activity_before_theirs(
    tmp_path: Path, rules: Rules
) -> None:
    audited(tmp_path)
    other = judged("报告会", "5月25日举办报告会，40人参加。", 1, on=date(2024, 5, 25), people=(40, "40人"))
    with closing(Register(tmp_path / "register.db", year=2024)) as register:
        register.correct(replace(decide("activity/1/participants", "301"), accession="2024-00003"))
        old = register.filing("2024-00003")
        assert old is not None
        register.begin("2024-00003", at=AT)
        register.file(
            "2024-00003", filed_as(YUBEI, (other, *old.activities)), basis=basis("other rules"), at=AT
        )

        decided = {
            one.item.accession: one for one in season(tuple(register.filed()), register.corrections(), rules)
        }

        assert _people(decided["2024-00003"].filing) == [40, 301]
        assert register.verify(FolderArchive(tmp_path / "archive")) == ()


def _people(filing: Filing | None) -> list[int]:
    assert filing is not None
    return [one.activity.participants.value for one in filing.activities if one.activity.participants]
