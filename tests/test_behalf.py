"""代报: what stands in another roster unit's name counts for that unit; members and branches stay with who sends them."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from datetime import datetime
from functools import cache

import msgspec
import pytest

from outputs.tables import tables
from pipeline.evaluate import evaluate
from pipeline.intake import judge
from pipeline.records import Code, Correction, Evaluation, Filed, Filing, Problem
from pipeline.register.rows import unpacked
from pipeline.review import apply
from rules import Rules, load
from tests.labelled import File, reading
from tests.season import at, custody, item

RECEIVED = datetime.fromisoformat("2024-06-12T10:00:00+08:00")
ASSOCIATION, BUREAU = "重庆市渝北区科学技术协会", "重庆市渝北区科学技术局"
SOCIETY = "重庆市声学学会"
FAIR = "5月28日，在龙山社区举办科普集市，医生为居民义诊，电工检修插线板，服务居民300余人次，发放手册500份。"
VISIT = "5月29日，组织企业科技特派员到古路镇开展果树修剪技术培训，为果农现场示范，果农80人参加。"
TALK = "5月30日，在实验中学举办声学科普讲座，讲声音的秘密，师生260人聆听。"


@cache
def rules() -> Rules:
    return load()


def judged(*files: File, subject: str = "活动总结", body: str = "") -> Filing:
    mail = reading(subject, sender=("渝北科协 小李", "yb1@qq.example"), body=body, files=files)
    return judge(mail, rules(), received=RECEIVED)


def credited(filing: Filing) -> list[str | None]:
    """For each activity, in order of its text's day, whom it counts for."""
    acts = sorted(filing.activities, key=lambda one: one.activity.text)
    return [one.unit or filing.identification.best for one in acts]


def report(name: str, title: str, text: str, *end: str) -> File:
    return File(name=name, lines=(title, text, *end))


OWN = report(
    "区科协总结.docx", "渝北区科协“全国科技工作者日”活动总结", FAIR, "渝北区科学技术协会", "2024年6月11日"
)
ITS = report(
    "区科技局总结.docx", "渝北区科技局“全国科技工作者日”活动总结", VISIT, "渝北区科学技术局", "2024年6月11日"
)


def test_two_reports_with_two_units_in_title_and_signature_count_for_each() -> None:
    filing = judged(
        OWN, ITS, subject="渝北区科协、科技局活动总结", body="老师好，附件是渝北区科协和渝北区科技局的总结。"
    )

    assert credited(filing) == [ASSOCIATION, BUREAU]
    assert [one.unit for one in filing.behalf if one.unit != filing.identification.best]


@pytest.mark.parametrize(
    "body",
    [
        "老师好，渝北区科协总结见附件，另代渝北区科技局报送一份。",
        "老师好，我单位和渝北区科技局的材料一并报送，请查收。",
        "老师好，现将渝北区科协、渝北区科技局两家单位的总结报上。",
    ],
)
def test_a_document_that_the_letter_says_is_anothers_counts_for_that_unit(body: str) -> None:
    its = report("科技局.docx", "渝北区科技局“全国科技工作者日”活动总结", VISIT)

    assert credited(judged(OWN, its, subject="渝北区科协总结", body=body)) == [ASSOCIATION, BUREAU]


def test_a_society_whose_report_a_district_sends_for_it_gets_it() -> None:
    theirs = report("学会.docx", "重庆市声学学会活动总结", TALK, "重庆市声学学会", "2024年6月11日")

    filing = judged(
        OWN, theirs, subject="渝北区科协总结", body="渝北区科协总结见附件，并代市声学学会报送其总结。"
    )

    assert credited(filing) == [ASSOCIATION, SOCIETY]


def test_the_report_of_a_branch_outside_the_roster_is_the_associations() -> None:
    branch = report(
        "老科协.docx", "白发会员重走建院路", FAIR.replace("在龙山", "渝北区老科协在龙山"), "渝北区老科协"
    )

    filing = judged(branch, subject="转报：老科协活动", body="由渝北区科协转报区老科协活动材料。\n渝北区科协")

    assert credited(filing) == [ASSOCIATION]
    assert filing.behalf == ()


def test_firms_and_schools_inside_a_districts_report_are_no_units() -> None:
    own = report(
        "总结.docx",
        "渝北区科协“全国科技工作者日”活动总结",
        "5月28日，南方阻燃科协、重庆大学科协在龙山社区承办科普集市，服务居民300人次，材料一并报送。",
        "渝北区科学技术协会",
    )

    filing = judged(own, subject="渝北区科协总结", body="总结和照片一并报送。")

    assert credited(filing) == [ASSOCIATION]
    assert not [one for one in filing.problems if one.code is Code.BEHALF]


def test_where_the_letter_says_so_and_no_document_does_a_person_is_asked() -> None:
    plain = report("总结2.docx", "“全国科技工作者日”活动小结", VISIT)

    filing = judged(
        OWN, plain, subject="渝北区科协总结", body="渝北区科协总结见附件，另代渝北区科技局报送一份。"
    )

    assert credited(filing) == [ASSOCIATION, ASSOCIATION]
    assert [one.part for one in filing.problems if one.code is Code.BEHALF] == ["3"]


def test_a_joint_report_of_two_units_in_one_document_is_not_divided() -> None:
    both = report(
        "总结.docx", "渝北区科协、渝北区科技局活动总结", FAIR, "渝北区科学技术协会", "渝北区科学技术局"
    )

    filing = judged(both, subject="渝北区科协、科技局两家单位活动总结")

    assert len(set(credited(filing))) == 1
    assert filing.behalf == ()


# ---------------------------------------------------------------- how it counts


@pytest.fixture(scope="module")
def mails() -> tuple[Filed, ...]:
    filing = judged(
        OWN, ITS, subject="渝北区科协总结", body="渝北区科协总结见附件，另代渝北区科技局报送一份。"
    )
    return (Filed(item=item(1, at(12)), filing=filing),)


@pytest.fixture(scope="module")
def evaluations(mails: tuple[Filed, ...]) -> dict[str, Evaluation]:
    return {one.unit: one for one in evaluate(mails, rules())}


def test_each_unit_of_the_mail_has_reported_with_its_own_activity(evaluations: dict[str, Evaluation]) -> None:
    own, its = evaluations[ASSOCIATION], evaluations[BUREAU]

    assert (own.accessions, own.activities, own.participants) == (("2024-00001",), 1, 300)
    assert (its.accessions, its.activities, its.participants) == (("2024-00001",), 1, 80)
    assert f"2024-00001 由{ASSOCIATION}代报" in its.notes
    sources = "\n".join(source for score in its.scores for source in score.sources)
    assert "区科技局总结.docx" in sources
    assert "区科协总结.docx" not in sources


def test_a_contradiction_in_one_units_document_costs_the_other_nothing(mails: tuple[Filed, ...]) -> None:
    one = mails[0]
    assert one.filing is not None
    wrong = Problem(code=Code.CONTRADICTION, part="3", detail="“6月31日”没有这一天")
    bad = replace(one, filing=replace(one.filing, problems=(*one.filing.problems, wrong)))

    taken = {
        unit.unit: next(score.low for score in unit.scores if score.criterion == "contradiction")
        for unit in evaluate((bad,), rules())
        if unit.accessions
    }

    assert taken[ASSOCIATION] == 0
    assert taken[BUREAU] < 0


def test_the_sheets_book_each_activity_on_its_unit_and_add_up(
    mails: tuple[Filed, ...], evaluations: dict[str, Evaluation]
) -> None:
    made = {
        one.name: one
        for one in tables(mails, tuple(evaluations.values()), rules(), custody(mails), release="0")
    }

    details, summary = made["活动明细"], made["单位汇总"]
    assert set(details.frame["单位"]) == {ASSOCIATION, BUREAU}
    assert f"由{ASSOCIATION}代报" in next(iter(details.frame[details.frame["单位"] == BUREAU]["备注"]))
    assert summary.total("活动数") == 2
    assert summary.total("计入来件") == 1, "one mail, however many units it reports for"
    assert not [value for value in made["说明"].frame["内容"] if "不符" in str(value)]


def test_a_filing_of_the_version_before_is_still_read(mails: tuple[Filed, ...]) -> None:
    """What the register holds lacks the new fields; they then say that nothing is known."""
    filing = mails[0].filing
    assert filing is not None
    told = msgspec.to_builtins(filing)
    del told["behalf"]
    for one in told["activities"]:
        del one["unit"]

    old = unpacked(zlib.compress(json.dumps(told).encode()), Filing)

    assert old is not None
    assert old.behalf == ()
    assert [one.unit for one in old.activities] == [None, None]


def test_a_persons_decision_books_the_activity_and_answers_the_question() -> None:
    plain = report("总结2.docx", "“全国科技工作者日”活动小结", VISIT)
    filing = judged(
        OWN, plain, subject="渝北区科协总结", body="渝北区科协总结见附件，另代渝北区科技局报送一份。"
    )
    number = next(n for n, one in enumerate(filing.activities, 1) if "果树" in one.activity.text)
    decision = Correction(
        accession="2024-00001",
        field=f"activity/{number}/unit",
        old="",
        new=BUREAU,
        by="经办人",
        why="电话核实",
        at=RECEIVED,
    )

    decided = apply(filing, (decision,))

    assert credited(decided) == [ASSOCIATION, BUREAU]
    assert not [one for one in decided.problems if one.code is Code.BEHALF]
    counted = {one.unit: one for one in evaluate((Filed(item=item(1, at(12)), filing=decided),), rules())}
    assert counted[BUREAU].activities == 1
