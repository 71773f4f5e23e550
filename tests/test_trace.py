"""outputs/audit/trace.py: from a mail to the rows it touched, from a row to the octets, words and rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from outputs.audit.touched import Workbook
from outputs.audit.trace import trace
from outputs.audit.traced import MailTrace, RowTrace
from pipeline.commands import tracing
from pipeline.errors import UsageError
from pipeline.evaluate import evaluate
from pipeline.records import Act, Correction, Joint
from tests.season import custody, season, small_rules


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    rules = small_rules(tmp_path_factory.mktemp("rules"))
    filed = season()
    told = custody()
    return Workbook.of(filed, evaluate(filed, rules), rules, told, events=told.events, release="0.1.0")


def mail(book: Workbook, accession: str) -> MailTrace:
    found = trace(accession, book)
    assert isinstance(found, MailTrace)
    return found


def row(book: Workbook, id_: str) -> RowTrace:
    found = trace(id_, book)
    assert isinstance(found, RowTrace)
    return found


def counted(book: Workbook) -> str:
    """The accession of a mail that counts and has activities."""
    unit = next(one for one in book.evaluations if one.accessions and one.activities)
    return unit.accessions[0]


def test_a_mail_is_told_with_its_place_its_steps_and_its_parts(book: Workbook) -> None:
    accession = counted(book)

    found = mail(book, accession)

    assert found.source.sha256 == book.mails[accession].item.sha256
    assert [(place.folder, place.uidvalidity) for place in found.source.places] == [("INBOX", 7)]
    assert [step.action for step in found.steps] == ["capture", "file"]
    assert [part.path for part in found.parts] == [part.path for part in book.mails[accession].filing.parts]  # type: ignore[union-attr] # it is filed


def test_a_units_rows_have_the_decisions_about_it_and_what_undid_them(book: Workbook) -> None:
    unit = next(one for one in book.evaluations if one.accessions)
    at = datetime(2024, 6, 24, tzinfo=UTC)
    score = unit.scores[0].criterion
    one = Correction(
        number=1,
        accession="",
        field=f"score/{score}/{unit.unit}",
        old="3",
        new="8",
        by="王芳",
        why="看了原件",
        at=at,
    )
    made = (
        one,
        replace(one, number=2, field=f"question/催报/{unit.unit}", new="已催"),
        replace(one, number=3, field=f"score/{score}/别的学会"),
        replace(one, number=4, act=Act.UNDO, about=1, by="李主任", new=""),
    )
    decided = replace(book, custody=replace(book.custody, corrections=made))

    found = row(decided, f"unit/{unit.unit}/score/{score}")

    assert [one.number for one in found.corrections] == [1, 4]
    assert [one.number for one in row(decided, f"unit/{unit.unit}").corrections] == [1, 2, 4]
    told = [line for line in tracing.lines(found) if "更正" in line]
    assert told[0].endswith("：3 → 8（王芳，2024-06-24 08:00:00，看了原件）（已撤销）")
    assert told[1].startswith("撤销第 1 号更正 ")


def test_every_row_that_names_or_counts_a_mail_is_told_with_its_headers(book: Workbook) -> None:
    accession = counted(book)
    unit = next(one for one in book.evaluations if accession in one.accessions)

    rows = {(one.sheet, one.id): one.headers for one in mail(book, accession).rows}

    assert {"活动数", "参与人数"} <= set(rows["单位汇总", f"unit/{unit.unit}"])
    assert "活动内容" in rows["活动明细", f"{accession}/activity/1"]
    assert "原件SHA-256" in rows["收件日志", accession]
    assert any(sheet == "评分明细" for sheet, _ in rows)
    assert any(sheet == "分类统计" for sheet, _ in rows)
    assert any(sheet == "材料清单" for sheet, _ in rows)


def test_every_row_told_is_a_row_of_the_workbook_and_its_number_is_right(book: Workbook) -> None:
    sheets = {sheet.name: sheet for sheet in book.sheets}
    for accession in book.mails:
        for one in mail(book, accession).rows:
            assert sheets[one.sheet].frame.index[one.line - 5] == one.id
            assert set(one.headers) <= set(sheets[one.sheet].frame.columns)


def test_a_row_of_another_mail_is_not_told(book: Workbook) -> None:
    accession = counted(book)
    others = [other for other in book.mails if other != accession]

    ids = {one.id for one in mail(book, accession).rows if one.sheet == "活动明细"}

    assert ids
    assert not any(id_.startswith(tuple(f"{other}/" for other in others)) for id_ in ids)


def test_every_row_of_every_sheet_can_be_traced(book: Workbook) -> None:
    for sheet in book.sheets:
        for id_ in sheet.frame.index:
            found = trace(id_, book)
            if isinstance(found, RowTrace):
                assert sheet.name in {one.sheet for one, _ in found.rows}
            else:
                assert sheet.name in {one.sheet for one in found.rows}


def test_a_row_of_an_activity_leads_to_mail_words_part_block_and_rules(book: Workbook) -> None:
    accession = counted(book)

    found = row(book, f"{accession}/activity/1")

    assert [source.accession for source in found.mails] == [accession]
    assert found.mails[0].places[0].uid > 100
    assert found.rules == book.rules.digest
    quote = next(one for one in found.quotes if one.what == "类别")
    assert (quote.part, quote.block is not None) == ("2/总结.docx", True)
    (_, cells), *_ = found.rows
    assert next(cell.comment for cell in cells if cell.header == "类别").startswith(accession)


def test_a_row_of_an_activity_tells_what_people_decided_of_it_and_of_no_other(book: Workbook) -> None:
    accession = counted(book)

    def decision(field: str) -> Correction:
        return Correction(
            accession=accession,
            field=field,
            old="5",
            new="3",
            by="王芳",
            why="电话核实",
            at=datetime.now(UTC),
        )

    made = tuple(decision(field) for field in ("activity/1/category", "activity/2/category", "unit"))
    decided = replace(book, custody=replace(book.custody, corrections=made))

    assert row(decided, f"{accession}/activity/1").corrections == (made[0], made[2])
    told = "\n".join(tracing.lines(row(decided, f"{accession}/activity/1")))
    assert "人工更正 第 1 项活动的类别：5 → 3（王芳" in told


def test_a_row_of_points_leads_to_its_criterion_and_the_mails_of_the_unit(book: Workbook) -> None:
    unit = next(one for one in book.evaluations if one.accessions)

    found = row(book, f"unit/{unit.unit}/score/B1")

    assert found.criterion == "B1"
    assert {source.accession for source in found.mails} >= set(unit.accessions)


def test_a_row_of_sums_leads_to_the_mails_that_it_sums(book: Workbook) -> None:
    for sheet in book.sheets:
        if sheet.name == "分类统计":
            for id_, number in zip(sheet.frame.index, sheet.frame["活动数"], strict=True):
                assert bool(row(book, id_).mails) == bool(number)


@pytest.mark.parametrize("id_", ["2024-99999", "2024-00001/activity/99", "", "unit/没有"])
def test_an_unknown_id_is_refused_with_examples(id_: str, book: Workbook) -> None:
    with pytest.raises(UsageError, match=r"2024-00031/activity/1") as refused:
        trace(id_, book)

    assert refused.value.exit_code == 2


def test_a_mail_that_waits_is_told_without_a_filing(book: Workbook) -> None:
    accession = next(one.item.accession for one in book.filed if one.filing is None)

    found = mail(book, accession)

    assert (found.parts, found.activities) == ((), ())
    assert found.rows


BUREAU = "重庆市渝北区科学技术局"


@pytest.mark.parametrize("decided", [True, False])
def test_an_activity_of_several_says_for_whom_it_counts_and_with_whom_it_is_one(
    book: Workbook, decided: bool
) -> None:
    first, *others = season()
    assert first.filing is not None
    judged, *more = first.filing.activities
    both = Joint(
        members=(("2024-00003", 1), ("2024-00001", 1)),
        units=("重庆市园艺学会", BUREAU),
        decided=decided,
        words="同一天",
    )
    filing = replace(first.filing, activities=(replace(judged, unit=BUREAU), *more))
    filed = (replace(first, filing=filing, joint=(both,)), *others)
    told = Workbook.of(filed, evaluate(filed, book.rules), book.rules, custody(), events=(), release="0.1.0")

    found = mail(told, "2024-00001").activities

    credited, joint = found[0].notes
    assert credited == f"代报，计入 {BUREAU}"
    assert "重庆市园艺学会" in joint and "2024-00003" in joint
    assert joint.startswith("联合活动，与 " if decided else "可能与别处所报是同一项，见待核事项：")
    assert found[1].notes == ()
    assert f"    {joint}" in tuple(tracing.lines(mail(told, "2024-00001")))
