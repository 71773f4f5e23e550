"""pipeline/reviewing: what a reviewed workbook comes to, beside its own compile and the tables of now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from outputs import workbook
from outputs.tables import Sheet, tables
from outputs.workbook.baseline import Written
from outputs.workbook.grid import cells as grid
from pipeline.evaluate import evaluate
from pipeline.records import Correction
from pipeline.review import scores
from pipeline.reviewing import cells
from pipeline.reviewing.compare import compare
from pipeline.reviewing.decisions import by_field, outside
from pipeline.reviewing.found import Comparison
from pipeline.reviewing.values import Words
from pipeline.season import season as fold
from rules import Rules
from tests.reviewer import Reviewer
from tests.season import YUBEI, at, custody, season, small_rules

DETAILS, SCORES, QUESTIONS = "活动明细", "评分明细", "待核事项"
ROW = "2024-00001/activity/1"
WHY = "复核说明"


class Desk:
    """One office: its mails, what was decided, and the workbook as it was compiled before that."""

    def __init__(self, rules: Rules, folder: Path, before: Sequence[Correction] = ()) -> None:
        self.rules = rules
        self.words = Words.of(rules)
        sheets = self.sheets(before)
        self.base: Mapping[str, Written] = {
            sheet.name: _written(sheet) for sheet in sheets if _editable(sheet)
        }
        filed = fold(season(), before, rules)
        known = replace(custody(season()), corrections=tuple(before))
        given = evaluate(filed, rules, scores(before))
        self.octets = workbook.write(filed, given, rules, known, folder=folder).read_bytes()

    def sheets(self, corrections: Sequence[Correction] = ()) -> tuple[Sheet, ...]:
        """The tables after *corrections*."""
        filed = fold(season(), corrections, self.rules)
        known = replace(custody(season()), corrections=tuple(corrections))
        return tables(filed, evaluate(filed, self.rules, scores(corrections)), self.rules, known, release="0")

    def compared(
        self, reviewer: Reviewer, corrections: Sequence[Correction] = (), octets: bytes = b""
    ) -> Comparison:
        """What the edited workbook comes to where *corrections* were made meanwhile."""
        book = cells.book(octets or reviewer.octets, "edited.xlsx")
        return compare(book, self.base, self.sheets(corrections), self.words, by_field(corrections))


def _editable(sheet: Sheet) -> bool:
    return any(column.edit for column in sheet.columns)


def _written(sheet: Sheet) -> Written:
    rows: dict[str, dict[str, str | int | float]] = {}
    for cell in grid(sheet):
        value = cell.value.isoformat() if isinstance(cell.value, date) else cell.value
        rows.setdefault(cell.id, {})[cell.spec.header] = value
    return Written(name=sheet.name, columns=sheet.columns, rows=rows, locked=sheet.locked)


def correction(accession: str, field: str, new: str, number: int = 1) -> Correction:
    return Correction(
        number=number, accession=accession, field=field, old="", new=new, by="李四", why="看了原件", at=at(24)
    )


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(small_rules(tmp_path_factory.mktemp("rules")), tmp_path_factory.mktemp("workbooks"))


@pytest.fixture
def reviewer(desk: Desk) -> Reviewer:
    return Reviewer(desk.octets)


def _only(found: Comparison) -> tuple[str, str, str, str]:
    (one,) = found.changes
    assert (found.refused, found.conflicts, found.already) == ((), (), 0)
    return one.accession, one.field, one.old, one.new


# ---------------------------------------------------------------- what changes nothing


def test_a_workbook_that_nobody_edited_changes_nothing(desk: Desk, reviewer: Reviewer) -> None:
    assert desk.compared(reviewer) == Comparison()


def test_sorted_hidden_and_moved_rows_columns_and_sheets_change_nothing(
    desk: Desk, reviewer: Reviewer
) -> None:
    reviewer.order_rows(DETAILS, key=lambda row: row[::-1])
    reviewer.hide_row(DETAILS, ROW)
    reviewer.first_sheet_last()

    assert desk.compared(reviewer) == Comparison()


@pytest.mark.parametrize(
    ("header", "same"),
    [
        ("参与人数", 46.0),
        ("参与人数", "46"),
        ("参与人数", "４６"),
        ("参与人数", " 46 "),
        ("开始日期", "2024-5-21"),
        ("开始日期", "2024年5月21日"),
        ("开始日期", "２０２４.０５.２１"),
        ("开始日期", 45433),
        ("类别", "1"),
        ("类别", 1),
        ("类别", "学习宣传贯彻"),
        ("地点", ""),
        ("地点", None),
        ("场次", "-"),
        ("计入", "yes"),
    ],
)
def test_the_same_value_in_another_dress_is_no_change(
    desk: Desk, reviewer: Reviewer, header: str, same: str | float | None
) -> None:
    reviewer.put(DETAILS, ROW, header, same)

    assert desk.compared(reviewer) == Comparison()


def test_a_deleted_row_decides_nothing_and_is_told(desk: Desk, reviewer: Reviewer) -> None:
    reviewer.delete_row(DETAILS, ROW)

    assert desk.compared(reviewer) == Comparison(remarks=(f"{DETAILS}：有 1 行被删去，对它们没有作任何决定",))


# ---------------------------------------------------------------- what is taken


@pytest.mark.parametrize(
    ("header", "given", "field", "new"),
    [
        ("参与人数", 64, "participants", "64"),
        ("参与人数", "1,064", "participants", "1064"),
        ("参与人数", "３００人", "participants", "300"),
        ("参与人数", "300 人次", "participants", "300"),
        ("参与人数", "300.0", "participants", "300"),
        ("参与人数", "1.2万人", "participants", "12000"),
        ("场次", "12场次", "sessions", "12"),
        ("资料份数", "800 份", "materials", "800"),
        ("开始日期", "5月28日", "date_start", "2024-05-28"),
        ("开始日期", "５月２８号", "date_start", "2024-05-28"),
        ("开始日期", 20240528, "date_start", "2024-05-28"),
        ("参与人数", "—", "participants", ""),
        ("参与人数", None, "participants", ""),
        ("开始日期", date(2024, 5, 28), "date_start", "2024-05-28"),
        ("开始日期", "2024/5/28", "date_start", "2024-05-28"),
        ("结束日期", "２０２４年５月２８日", "date_end", "2024-05-28"),
        ("类别", "5 科技志愿服务", "category", "5"),
        ("类别", 5, "category", "5"),
        ("类别", "科技志愿服务", "category", "5"),
        ("地点", " 先锋镇\r\n广场 ", "place", "先锋镇\n广场"),
        ("地点", "=1+1", "place", "=1+1"),
        ("计入", "否", "counted", "no"),
        ("计入", "不计入", "counted", "no"),
    ],
)
def test_an_edited_cell_becomes_what_a_decision_holds(
    desk: Desk, reviewer: Reviewer, header: str, given: str | float | date | None, field: str, new: str
) -> None:
    reviewer.put(DETAILS, ROW, header, given)
    reviewer.put(DETAILS, ROW, WHY, "看了原件")

    found = desk.compared(reviewer)

    assert _only(found)[1:2] + _only(found)[3:] == (f"activity/1/{field}", new)
    assert found.changes[0].why == "看了原件"


def test_the_value_that_stands_now_is_the_old_one(desk: Desk, reviewer: Reviewer) -> None:
    reviewer.put(DETAILS, ROW, "参与人数", 64)
    reviewer.put(DETAILS, ROW, WHY, "原件写的是 64")

    assert _only(desk.compared(reviewer)) == ("2024-00001", "activity/1/participants", "46", "64")


def test_a_score_is_decided_for_its_unit(desk: Desk, reviewer: Reviewer) -> None:
    row = _row(desk, SCORES, lambda id_: id_.endswith("/score/B1"))
    reviewer.put(SCORES, row, "复核分", 3)
    reviewer.put(SCORES, row, "复核理由", "看了原件")

    unit = row.removeprefix("unit/").removesuffix("/score/B1")
    assert _only(desk.compared(reviewer)) == ("", f"score/B1/{unit}", "", "3")


def test_a_question_is_answered_by_its_drop_down_or_in_words(desk: Desk, reviewer: Reviewer) -> None:
    row = _row(desk, QUESTIONS, lambda id_: "/question/" in id_ and not id_.startswith("unit/"))
    reviewer.put(QUESTIONS, row, "处理", "打过电话")

    accession, _, field = row.partition("/")
    assert _only(desk.compared(reviewer)) == (accession, field, "", "打过电话")


def test_a_unit_outside_the_roster_is_taken_as_one(desk: Desk, reviewer: Reviewer) -> None:
    row = _row(desk, QUESTIONS, lambda id_: id_.endswith("/unit"))
    reviewer.put(QUESTIONS, row, "处理", "重庆某某科普中心")

    found = desk.compared(reviewer)

    assert (found.changes[0].field, found.changes[0].new) == ("unit/outside", "重庆某某科普中心")
    assert found.changes[0].outside


def test_an_alias_of_one_unit_of_the_roster_is_that_unit(desk: Desk, reviewer: Reviewer) -> None:
    alias, unit = next(iter(desk.words.aliases.items()))
    row = _row(desk, QUESTIONS, lambda id_: id_.endswith("/unit"))
    reviewer.put(QUESTIONS, row, "处理", f" {alias} ")

    (change,) = desk.compared(reviewer).changes

    assert (change.field, change.new, change.outside) == ("unit", unit, False)


def test_a_unit_of_the_roster_is_known_by_its_short_spelling(desk: Desk, reviewer: Reviewer) -> None:
    row = _row(desk, QUESTIONS, lambda id_: id_.endswith("/unit"))
    reviewer.put(QUESTIONS, row, "处理", YUBEI.replace("科学技术协会", "科协"))

    (change,) = desk.compared(reviewer).changes

    assert (change.field, change.new, change.outside) == ("unit", YUBEI, False)


def test_a_name_that_a_unit_of_the_roster_holds_is_told(desk: Desk, reviewer: Reviewer) -> None:
    row = _row(desk, QUESTIONS, lambda id_: id_.endswith("/unit"))
    reviewer.put(QUESTIONS, row, "处理", YUBEI[:6])

    (line,) = outside(desk.compared(reviewer).changes, desk.words)

    assert YUBEI in line


def test_a_change_names_its_row_as_people_know_it(desk: Desk, reviewer: Reviewer) -> None:
    reviewer.put(DETAILS, ROW, "地点", "先锋镇")

    (change,) = desk.compared(reviewer).changes

    stood = desk.base[DETAILS].rows[ROW]
    assert change.about == f"{stood['收文号']} {stood['单位']} {stood['活动名称']}"


def test_a_name_that_is_nearly_one_of_the_roster_is_told(desk: Desk, reviewer: Reviewer) -> None:
    row = _row(desk, QUESTIONS, lambda id_: id_.endswith("/unit"))
    reviewer.put(QUESTIONS, row, "处理", f"{YUBEI}会")

    (line,) = outside(desk.compared(reviewer).changes, desk.words)

    assert YUBEI in line


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("said", ["已核实", "另行处理", "是", "12", "不详", "渝北", "不知道"])
def test_what_is_no_name_is_no_unit(desk: Desk, reviewer: Reviewer, said: str) -> None:
    row = _row(desk, QUESTIONS, lambda id_: id_.endswith("/unit"))
    place = reviewer.put(QUESTIONS, row, "处理", said)

    (refused,) = desk.compared(reviewer).refused

    assert (refused.sheet, refused.cell) == (QUESTIONS, place)
    assert "不是单位名称" in refused.why


def test_a_handling_that_says_nothing_needs_words(desk: Desk, reviewer: Reviewer) -> None:
    row = _row(desk, QUESTIONS, lambda id_: "/question/" in id_)
    reviewer.put(QUESTIONS, row, "处理", "另行处理")

    (refused,) = desk.compared(reviewer).refused

    assert refused.cell == reviewer.place(QUESTIONS, row, "处理意见")


@pytest.mark.parametrize(
    ("header", "given", "why"),
    [
        ("参与人数", "约300", "不是整数"),
        ("参与人数", "约300人", "写进说明"),
        ("参与人数", "300余人", "写进说明"),
        ("参与人数", "300户", "不是整数"),
        ("参与人数", "12,00", "不是整数"),
        ("参与人数", "1.23456万", "不是整数"),
        ("场次", "12人", "不是整数"),
        ("开始日期", "5.28", "请连年份写成"),
        ("开始日期", "5月28日至30日", "不是日期"),
        ("开始日期", "2月30日", "不是日期"),
        ("开始日期", date(2026, 5, 28), "请连年份写成 2024-05-28"),
        ("参与人数", 3.5, "不是整数"),
        ("参与人数", -3, "不是整数"),
        ("参与人数", "2024-05-28", "不是整数"),
        ("开始日期", "2024-13-01", "不是日期"),
        ("开始日期", "五月", "不是日期"),
        ("开始日期", 5, "不是日期"),
        ("类别", "7", "没有“7”这个类别"),
        ("类别", "5科普", "没有“5科普”这个类别"),
        ("类别", "", "不能空着"),
        ("计入", "也许", "不是“是”或“否”"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_by_cell(
    desk: Desk, reviewer: Reviewer, header: str, given: str | float, why: str
) -> None:
    place = reviewer.put(DETAILS, ROW, header, given)
    reviewer.put(DETAILS, ROW, WHY, "看了原件")

    found = desk.compared(reviewer)

    (refused,) = found.refused
    assert (refused.sheet, refused.cell, found.changes) == (DETAILS, place, ())
    assert why in refused.why


def test_a_change_without_the_reason_that_is_due_is_refused(desk: Desk, reviewer: Reviewer) -> None:
    reviewer.put(DETAILS, ROW, "参与人数", 64)

    (refused,) = desk.compared(reviewer).refused

    assert (refused.sheet, refused.cell) == (DETAILS, reviewer.place(DETAILS, ROW, WHY))
    assert "参与人数" in refused.why


def test_a_locked_cell_that_was_changed_is_refused_with_both_values(desk: Desk, reviewer: Reviewer) -> None:
    place = reviewer.put(DETAILS, ROW, "活动名称", "另一个名称")

    (refused,) = desk.compared(reviewer).refused

    assert (refused.sheet, refused.cell) == (DETAILS, place)
    assert "抓学习，凝聚思想共识" in refused.why
    assert "另一个名称" in refused.why


def test_a_cell_that_is_locked_in_its_row_alone_is_refused_too(desk: Desk, reviewer: Reviewer) -> None:
    locked = next((row, header) for row, header in sorted(desk.base[DETAILS].locked) if header == "参与人数")
    place = reviewer.put(DETAILS, *locked, 999)

    (refused,) = desk.compared(reviewer).refused

    assert refused.cell == place


def test_rows_sorted_without_their_ids_are_refused_in_one_line(desk: Desk, reviewer: Reviewer) -> None:
    reviewer.order_rows(DETAILS, key=lambda row: row[::-1], with_ids=False)

    (refused,) = desk.compared(reviewer).refused

    assert (refused.sheet, refused.cell) == (DETAILS, "")
    assert "行号" in refused.why


Harm = Callable[[Reviewer], object]


@pytest.mark.parametrize(
    ("harm", "cell", "why"),
    [
        (lambda it: it.put_at(DETAILS, "I4", "人数"), "I4", "人数"),
        (lambda it: it.put_at(DETAILS, "I4", None), "4:4", "参与人数"),
        (lambda it: it.put_at(DETAILS, "A5", "2024-00099/activity/1"), "A5", "2024-00099/activity/1"),
        (lambda it: it.put_at(DETAILS, "A6", ROW), "A6", "出现了两次"),
        (lambda it: it.put_at(DETAILS, "A5", None), "B5", "没有行号"),
        (lambda it: it.put_at(DETAILS, "Z5", "我的意见"), "Z5", "没有表头"),
        (lambda it: it.put_at(DETAILS, "Z4", "新栏"), "Z4", "新栏"),
        (lambda it: it.put_at(DETAILS, "C60", "补一项活动"), "C60", "没有行号"),
        (lambda it: it.rename_sheet(DETAILS, "活动"), "", "缺少这张工作表"),
    ],
)
def test_a_changed_header_row_id_or_sheet_is_refused(
    desk: Desk, reviewer: Reviewer, harm: Harm, cell: str, why: str
) -> None:
    harm(reviewer)

    found = desk.compared(reviewer)

    assert any(one.sheet == DETAILS and one.cell == cell and why in one.why for one in found.refused), found


def test_every_offence_is_listed(desk: Desk, reviewer: Reviewer) -> None:
    places = {
        reviewer.put(DETAILS, ROW, "参与人数", "约300"),
        reviewer.put(DETAILS, ROW, "类别", "9"),
        reviewer.put(DETAILS, "2024-00001/activity/2", "活动名称", "改了"),
    }

    assert {one.cell for one in desk.compared(reviewer).refused} == places


# ---------------------------------------------------------------- what was decided meanwhile


def test_a_cell_that_changed_meanwhile_is_a_conflict_and_the_others_are_taken(
    desk: Desk, reviewer: Reviewer
) -> None:
    reviewer.put(DETAILS, ROW, "参与人数", 64)
    reviewer.put(DETAILS, ROW, "场次", 2)
    reviewer.put(DETAILS, ROW, WHY, "看了原件")

    found = desk.compared(reviewer, [correction("2024-00001", "activity/1/participants", "70")])

    (conflict,) = found.conflicts
    assert (conflict.base, conflict.now, conflict.edited) == ("46", "70", "64")
    assert [one.field for one in found.changes] == ["activity/1/sessions"]


def test_what_was_decided_the_same_meanwhile_stands_so_already(desk: Desk, reviewer: Reviewer) -> None:
    reviewer.put(DETAILS, ROW, "参与人数", 64)
    reviewer.put(DETAILS, ROW, WHY, "看了原件")

    found = desk.compared(reviewer, [correction("2024-00001", "activity/1/participants", "64")])

    assert (found.already, found.changes, found.conflicts, found.refused) == (1, (), (), ())


def test_a_cell_of_a_row_that_is_gone_is_a_conflict_that_says_so(desk: Desk, reviewer: Reviewer) -> None:
    reviewer.put(DETAILS, ROW, "参与人数", 64)
    reviewer.put(DETAILS, ROW, WHY, "看了原件")

    (conflict,) = desk.compared(reviewer, [correction("2024-00001", "kind", "other")]).conflicts

    assert "没有这一行了" in conflict.why


def test_a_question_answered_twice_is_a_conflict_with_both_answers(desk: Desk, reviewer: Reviewer) -> None:
    row = _row(desk, QUESTIONS, lambda id_: id_.endswith("/category"))
    reviewer.put(QUESTIONS, row, "处理", "5 科技志愿服务")
    accession, _, field = row.partition("/")

    (conflict,) = desk.compared(reviewer, [correction(accession, field, "3")]).conflicts
    again = desk.compared(reviewer, [correction(accession, field, "5")])

    assert conflict.now.startswith("3")
    assert conflict.edited == "5 科技志愿服务"
    assert (again.already, again.conflicts, again.changes) == (1, (), ())


def test_untouched_cells_that_changed_meanwhile_are_left_alone(desk: Desk, reviewer: Reviewer) -> None:
    assert (
        desk.compared(reviewer, [correction("2024-00001", "activity/1/participants", "70")]) == Comparison()
    )


# ---------------------------------------------------------------- reasons


def test_a_reason_alone_decides_nothing_and_is_told(desk: Desk, reviewer: Reviewer) -> None:
    place = reviewer.put(DETAILS, ROW, WHY, "看了原件")

    found = desk.compared(reviewer)

    assert found == Comparison(remarks=found.remarks)
    assert f"{DETAILS}!{place}" in found.remarks[0]


def test_a_reason_alone_in_a_row_that_is_gone_is_no_conflict(desk: Desk, reviewer: Reviewer) -> None:
    reviewer.put(DETAILS, ROW, WHY, "看了原件")

    found = desk.compared(reviewer, [correction("2024-00001", "kind", "other")])

    assert found == Comparison(remarks=found.remarks)


def _row(desk: Desk, sheet: str, wanted: Callable[[str], bool]) -> str:
    return next(id_ for id_ in desk.base[sheet].rows if wanted(id_))
