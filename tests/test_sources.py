"""Who sent each report: a stranger is asked about and counts all the same; the order in which mails are given is nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from pipeline.evaluate import evaluate
from pipeline.evaluate.sources import doubted, masked
from pipeline.records import (
    Address,
    Code,
    Filed,
    Identification,
    Kind,
    Mail,
    Relation,
    RelationKind,
    State,
    Verdict,
)
from pipeline.relate import relate
from rules import Rules, Unit
from tests.season import BANAN, JIANGJIN, OUTSIDE, YUBEI, at, filing, identified, item, season, small_rules

FREE_UNIT = Unit(id="U1", name=YUBEI, kind="district_association", district="渝北区", addresses=("qq.com", "163.com"))  # fmt: skip
STRANGER = "stranger@qq.com"
Doubts = Callable[..., dict[int, list[str]]]


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


@pytest.fixture
def doubts(rules: Rules) -> Doubts:
    """Numbers of the doubted mails with what staff read."""

    def found(*filed: Filed, units: tuple[Unit, ...] = rules.units) -> dict[int, list[str]]:
        return {
            int(one.item.accession[-5:]): details
            for one in doubted(filed, units)
            if one.filing
            and (
                details := [problem.detail for problem in one.filing.problems if problem.code is Code.SENDER]
            )
        }

    return found


def mail(
    number: int,
    address: str,
    unit: str | None = YUBEI,
    *,
    identification: Identification | None = None,
    relation: Relation | None = None,
    state: State = State.FILED,
    kind: Kind = Kind.SUBMISSION,
    verdicts: tuple[Verdict, ...] = (),
) -> Filed:
    """The *number*-th mail: a report of *unit* from *address*. Yubei's roster knows the domain kx.yubei.example."""
    header = Mail(subject="活动总结", sender=Address(name="小谢", address=address), authentication=verdicts)
    judged = filing(unit, mail=header, kind=kind, identification=identification or identified(unit))
    return Filed(item=item(number, at(12), state), filing=judged, relation=relation)


# ---------------------------------------------------------------- strangers


def test_a_first_sender_who_is_none_of_the_known_ones_is_asked_about_with_addresses_masked(
    doubts: Doubts,
) -> None:
    (detail,) = doubts(mail(1, STRANGER))[1]

    assert "st***r@qq.com" in detail
    assert "kx.yubei.example" in detail
    assert "核对后可接受" in detail
    assert STRANGER not in detail


@pytest.mark.parametrize("address", ["bgs@kx.yubei.example", "bgs@mail.kx.yubei.example"])
def test_an_address_below_the_rosters_domain_is_known(doubts: Doubts, address: str) -> None:
    assert doubts(mail(1, address)) == {}


@pytest.mark.parametrize(
    "address", ["bgs@fakekx.yubei.example", "kx.yubei.example@qq.com", "bgs@kx.yubei.example.qq.com", ""]
)
def test_an_address_that_only_looks_like_it_is_not(doubts: Doubts, address: str) -> None:
    assert list(doubts(mail(1, address))) == [1]


def test_an_exact_address_of_the_roster_is_known_and_its_neighbour_is_not(doubts: Doubts) -> None:
    assert doubts(mail(1, "jjkx@qq.example", JIANGJIN)) == {}

    (detail,) = doubts(mail(1, "other@qq.example", JIANGJIN))[1]
    assert "j***x@qq.example" in detail


@pytest.mark.parametrize("address", ["anybody@qq.com", "anybody@vip.163.com"])
def test_a_free_providers_domain_makes_nobody_known(doubts: Doubts, address: str) -> None:
    assert list(doubts(mail(1, address), units=(FREE_UNIT,))) == [1]


def test_a_unit_without_any_known_address_is_not_asked_about(doubts: Doubts) -> None:
    assert doubts(mail(1, STRANGER, BANAN), mail(2, STRANGER, OUTSIDE)) == {}


def test_the_address_of_an_earlier_counted_mail_is_known_from_then_on(doubts: Doubts) -> None:
    first, same, other = mail(1, "a@qq.com", BANAN), mail(2, "a@qq.com", BANAN), mail(3, "b@qq.com", BANAN)

    (detail,) = doubts(first, same, other)[3]
    assert "***@qq.com" in detail
    assert list(doubts(first, same, other)) == [3]
    assert list(doubts(mail(1, STRANGER), mail(2, STRANGER))) == [1], "asked about once"


def test_one_of_several_known_addresses_is_enough_and_three_are_named(doubts: Doubts) -> None:
    known = tuple(f"known{number}@unit.example" for number in range(5))
    units = (Unit(id="U1", name=YUBEI, kind="society", district="", addresses=known),)

    assert doubts(mail(1, known[4]), units=units) == {}
    (detail,) = doubts(mail(1, STRANGER), units=units)[1]
    assert detail.count("kn***") == 3
    assert "等 5 个" in detail


@pytest.mark.parametrize(
    "traits",
    [
        {"relation": Relation(accession="2024-00001", kind=RelationKind.DUPLICATE, of="2024-00009")},
        {"relation": Relation(accession="2024-00001", recalled=True)},
        {"relation": Relation(accession="2024-00001", superseded_by="2024-00009")},
        {"state": State.HELD},
        {"state": State.DISMISSED},
        {"kind": Kind.OTHER},
        {"unit": None},
        {"identification": identified(YUBEI, decided=False)},
    ],
)
def test_a_mail_that_counts_for_no_decided_unit_is_not_compared(
    doubts: Doubts, traits: dict[str, object]
) -> None:
    assert doubts(mail(1, STRANGER, **traits)) == {}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "traits",
    [
        {"relation": Relation(accession="2024-00001", kind=RelationKind.DUPLICATE, of="2024-00009")},
        {"relation": Relation(accession="2024-00001", recalled=True, superseded_by="2024-00009")},
        {"state": State.HELD},
        {"kind": Kind.OTHER},
        {"identification": identified(YUBEI, decided=False)},
    ],
)
def test_such_a_mail_makes_no_address_known(doubts: Doubts, traits: dict[str, object]) -> None:
    assert list(doubts(mail(1, STRANGER, **traits), mail(2, STRANGER))) == [2]  # type: ignore[arg-type]


def test_a_correction_from_elsewhere_is_compared_with_the_mail_that_it_replaces(doubts: Doubts) -> None:
    old = Relation(accession="2024-00001", superseded_by="2024-00002")
    new = Relation(accession="2024-00002", supersedes="2024-00001")
    first = mail(1, "a@unit.example", BANAN, relation=old)
    forged = mail(2, "b@qq.com", BANAN, kind=Kind.CORRECTION, relation=new)

    (detail,) = doubts(first, forged)[2]

    assert "本件涉及此前的 2024-00001" in detail


def test_a_person_who_named_the_unit_has_answered_the_question(doubts: Doubts) -> None:
    answered = replace(identified(YUBEI), evidence=(("review", "人工更正（陈：已电话核对）"),))

    assert doubts(mail(1, STRANGER, identification=answered)) == {}


# ---------------------------------------------------------------- what the receiving server says


def verdict(method: str, result: str, identity: str = "") -> Verdict:
    return Verdict(method=method, result=result, identity=identity, server="mx.qq.com")


@pytest.mark.parametrize("method", ["spf", "dkim", "dmarc"])
def test_what_the_receiving_server_found_false_is_asked_about_even_from_a_known_address(
    doubts: Doubts, method: str
) -> None:
    (detail,) = doubts(
        mail(1, "bgs@kx.yubei.example", verdicts=(verdict(method, "fail", "someone@bad.example"),))
    )[1]

    assert f"{method.upper()} 未通过（so***e@bad.example）" in detail
    assert "mx.qq.com" in detail


def test_a_unit_in_doubt_is_asked_about_too_where_the_server_says_false(doubts: Doubts) -> None:
    undecided = identified(YUBEI, decided=False)

    assert list(doubts(mail(1, STRANGER, identification=undecided, verdicts=(verdict("spf", "fail"),)))) == [
        1
    ]


@pytest.mark.parametrize(
    "verdicts",
    [
        (),
        (verdict("spf", "pass"), verdict("dkim", "none"), verdict("dmarc", "temperror")),
        (verdict("spf", "softfail"), verdict("spf", "neutral")),
        (verdict("dkim", "fail", "list.example"), verdict("dkim", "pass", "kx.yubei.example")),
    ],
)
def test_anything_else_is_no_reason(doubts: Doubts, verdicts: tuple[Verdict, ...]) -> None:
    assert doubts(mail(1, "bgs@kx.yubei.example", verdicts=verdicts)) == {}


def test_a_pass_takes_no_doubt_about_a_stranger_away(doubts: Doubts) -> None:
    assert list(doubts(mail(1, STRANGER, verdicts=(verdict("spf", "pass"), verdict("dmarc", "pass"))))) == [1]


def test_both_doubts_are_two_questions(doubts: Doubts) -> None:
    assert len(doubts(mail(1, STRANGER, verdicts=(verdict("spf", "fail"),)))[1]) == 2


# ---------------------------------------------------------------- the fold


def test_nothing_is_refused_and_points_stay_as_they_were(rules: Rules) -> None:
    filed = [
        replace(one, relation=relation) for one, relation in zip(season(), relate(season()), strict=True)
    ]

    asked = doubted(filed, rules.units)

    assert any(p.code is Code.SENDER for one in asked if one.filing for p in one.filing.problems)
    assert [one.item for one in asked] == [one.item for one in filed]
    assert evaluate(asked, rules) == evaluate(filed, rules)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_mails_changes_no_doubt(doubts: Doubts, seed: int) -> None:
    mails = [mail(n, f"{n % 3}@qq.com", unit) for n, unit in enumerate((YUBEI, BANAN, JIANGJIN) * 4, 1)]
    shuffled = random.Random(seed).sample(mails, len(mails))

    assert doubts(*shuffled) == doubts(*mails)


def test_the_hundred_thousandth_mail_came_after_the_one_before_it(rules: Rules) -> None:
    early, late = mail(1, "a@qq.com", BANAN), mail(2, "b@qq.com", BANAN)
    early = replace(early, item=replace(early.item, accession="2024-99999"))
    late = replace(late, item=replace(late.item, accession="2024-100000"))

    found = doubted((late, early), rules.units)

    assert [one.item.accession for one in found] == ["2024-99999", "2024-100000"]
    assert [len(one.filing.problems) for one in found if one.filing] == [0, 1]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("kexie2024@qq.com", "ke***4@qq.com"),
        ("abc@qq.com", "a***c@qq.com"),
        ("ab@qq.com", "a***@qq.com"),
        ("a@qq.com", "***@qq.com"),
        ("@qq.com", "***@qq.com"),
        ("kx.yubei.example", "kx.yubei.example"),
        ("", ""),
    ],
)
def test_the_middle_of_an_address_is_hidden(address: str, shown: str) -> None:
    assert masked(address) == shown
