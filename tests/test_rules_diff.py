"""rules diff: what other rules would change is what they do change, and the table that is named is the one that was edited."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import rules
from pipeline import tools
from pipeline.archive import FolderArchive
from pipeline.commands import run
from pipeline.commands.differences import told
from pipeline.evaluate import evaluate
from pipeline.executor import Serial
from pipeline.keeping import Difference, Reprocessing, difference
from pipeline.keeping.comparing import Comparing, Summary, summary
from pipeline.keeping.moves import moves
from pipeline.keeping.reasons import reasons, tables_changed
from pipeline.records import Correction
from pipeline.register import Register
from pipeline.worker import Worker
from rules import DEFAULT, Hint, Rules
from tests.season import YUBEI, activity, filing, season
from tests.support import SAMPLES

NOW = datetime(2024, 6, 21, 4, tzinfo=UTC)
GIVEN = rules.load()
HINTED = replace(GIVEN, digest="hinted", examples=())
"""Rules that hear the hints alone, so that a change of these is sure to be heard, however good the examples are."""
CLINIC = activity("义诊", "5月20日义诊，50人参加。", 5)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Mails of three units, of eight activities, taken in."""
    folder = tmp_path_factory.mktemp("taken")
    (folder / "mails").mkdir()
    for number in ("02", "05", "26"):
        one = next(SAMPLES.glob(f"{number}-*.eml"))
        shutil.copy(one, folder / "mails" / one.name)
    taken = ["once", "--mailbox", str(folder / "mails"), "--data-dir", str(folder / "data")]
    assert run([*taken, "--executor", "serial"]) == 0
    return folder / "data"


@pytest.fixture
def data(samples: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(samples, tmp_path / "data"))


def opened(data: Path) -> closing[Register]:
    return closing(Register(data / "register.db", year=2024, new=False))


def renamed(given: Rules, old: str, new: str) -> Rules:
    units = tuple(replace(unit, name=new, aliases=()) if unit.name == old else unit for unit in given.units)
    return replace(given, digest="renamed", units=units)


def without_category(given: Rules, code: int) -> Rules:
    """The rules without the examples of one category."""
    kept = tuple(one for one in given.examples if one.category != code)
    return replace(given, digest="fewer", examples=kept)


def turned_down(given: Rules, code: int) -> Rules:
    """The rules with the hints of one category speaking against it."""
    against = tuple(
        replace(one, hints=tuple(Hint(pattern=hint.pattern, weight=-9) for hint in one.hints))
        if one.code == code
        else one
        for one in given.categories
    )
    return replace(given, digest="against", categories=against)


@pytest.mark.parametrize(
    "changed",
    [lambda given: without_category(given, 5), lambda given: turned_down(replace(given, examples=()), 5)],
    ids=["examples", "hints"],
)
def test_what_is_told_is_what_judging_again_then_does(data: Path, changed: Callable[[Rules], Rules]) -> None:
    other = changed(GIVEN)
    with opened(data) as register:
        told = {one.accession: one for one in Comparing(register=register, old=GIVEN).changes(other)}
        worker = Worker(
            archive=FolderArchive(data / "archive"),
            register=register,
            rules=other,
            executor=Serial(),
            abilities=tools.abilities(),
            clock=lambda: NOW,
        )
        done = Reprocessing(worker=worker, items=register.items()).done(by="王芳", why="核对")

    assert any(one.differences for one in done)
    for one in done:
        assert tuple(change.difference for change in told[one.accession].changes) == one.differences


def test_of_several_tables_the_one_that_did_it_is_named_with_its_line(data: Path) -> None:
    with opened(data) as register:
        comparing = Comparing(register=register, old=HINTED)
        unit = comparing.known[0].before.identification.best or ""
        other = turned_down(renamed(HINTED, unit, "重庆市换了名字的学会"), 5)
        changes = [change for one in comparing.changes(other) for change in one.changes]

    units = [change for change in changes if change.difference.field == "unit"]
    categories = [change for change in changes if change.difference.field.endswith("/category")]
    assert units
    assert categories
    assert {reason.table for change in units for reason in change.reasons} == {"units.csv"}
    assert f"单位名称“{unit}”改为“重庆市换了名字的学会”" in units[0].reasons[0].fact
    assert {reason.table for change in categories for reason in change.reasons} == {"categories.toml"}
    assert "类别 5 的提示" in categories[0].reasons[0].fact
    assert "→ -9，命中“" in categories[0].reasons[0].fact
    assert "份额 类别 5" in categories[0].reasons[0].fact


def test_where_only_two_tables_together_do_it_these_are_named_and_no_third() -> None:
    old = GIVEN
    new = renamed(without_category(turned_down(GIVEN, 5), 5), GIVEN.units[0].name, "重庆市换了名字的学会")
    before = filing(GIVEN.units[1].name, (CLINIC,))
    after = replace(
        before, activities=(replace(CLINIC, classification=replace(CLINIC.classification, decided=False)),)
    )
    found = difference(before, after)

    def alone(rules: Rules) -> tuple[Difference, ...]:
        both = rules.categories == new.categories and rules.examples == new.examples
        return found if both else ()

    (told,) = reasons(before, after, found, (old, new, tables_changed(old, new)), alone).values()

    assert tables_changed(old, new) == ("categories.toml", "units.csv", "examples.csv")
    assert [reason.table for reason in told] == ["categories.toml", "examples.csv"]


def test_what_a_person_corrected_does_not_change(data: Path) -> None:
    other = turned_down(HINTED, 5)
    with opened(data) as register:
        (first, *_) = [one for one in Comparing(register=register, old=HINTED).changes(other) if one.changes]
        for change in first.changes:
            if change.difference.field.endswith("/category"):
                register.correct(
                    Correction(
                        accession=first.accession, field=change.difference.field, old="", new="5",
                        by="王芳", why="电话核实", at=NOW,
                    )
                )  # fmt: skip
        again = {one.accession: one for one in Comparing(register=register, old=HINTED).changes(other)}

    fields = [change.difference.field for change in again[first.accession].changes]
    assert not [field for field in fields if field.endswith("/category")]


def test_all_is_counted(data: Path) -> None:
    with opened(data) as register:
        comparing = Comparing(register=register, old=HINTED)
        nothing = summary(tuple(comparing.changes(HINTED)))
        fewer = tuple(comparing.changes(turned_down(HINTED, 5)))

    assert nothing == Summary(mails=3, activities=nothing.activities)
    assert nothing.activities == 8
    found = summary(fewer)
    assert found.mails_changed == sum(bool(one.changes) for one in fewer) > 0
    assert found.categories_changed + found.categories_to_undecided > 0
    assert found.units_changed == 0


# ------------------------------------------------------------ the command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The rules without the examples of volunteers' service."""
    folder = Path(shutil.copytree(DEFAULT, tmp_path / "rules"))
    with (folder / "examples.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    with (folder / "examples.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *(line for line in lines if line[1] != "5")])
    return folder


def test_it_is_said_in_chinese_and_in_json_and_nothing_is_written(
    data: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state(data)

    assert run(["rules", "diff", str(DEFAULT), str(folder), "--data-dir", str(data)]) == 0
    said = capsys.readouterr()
    assert run(["rules", "diff", str(DEFAULT), str(folder), "--data-dir", str(data), "--json"]) == 0
    *mails, last = map(json.loads, capsys.readouterr().out.splitlines())

    lines = said.out.splitlines()
    assert [line for line in lines if line.startswith("        因 examples.csv：样例删去")]
    assert not [line for line in lines if "categories.toml" in line or "units.csv" in line]
    assert f"{last['summary']['mails_changed']} 件有不同" in said.err
    assert "不同的表：examples.csv\n" in said.err
    assert last["tables"] == ["examples.csv"]
    assert [mail["accession"] for mail in mails] == [line[:10] for line in lines if line.startswith("2024-")]
    assert state(data) == before


def state(data: Path) -> tuple[object, ...]:
    with opened(data) as register:
        return register.head(), register.items(), tuple(register.filed())


def test_without_the_second_folder_the_settings_rules_are_the_other_side(
    data: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rules", "diff", str(DEFAULT), "--data-dir", str(data)]) == 0
    assert "比较 3 件" in (same := capsys.readouterr()).err
    assert same.out == ""
    assert "两套规则的表都一样" in same.err

    assert run(["rules", "diff", str(folder), "--data-dir", str(data)]) == 0
    assert "样例新增" in capsys.readouterr().out


def test_rules_that_are_wrong_are_refused_with_file_and_line(
    data: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "units.csv").write_text("unit\n", "utf-8")

    assert run(["rules", "diff", str(folder), "--data-dir", str(data)]) == 78
    assert "units.csv 第 1 行" in capsys.readouterr().err


def test_a_mail_without_a_reading_is_said_and_not_passed_over(
    data: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(data) as register:
        register.reopen("2024-00002", by="王芳", why="重读", at=NOW, read_again=True)

    assert run(["rules", "diff", str(folder), "--data-dir", str(data)]) == 0
    said = capsys.readouterr()
    assert "2024-00002：没有可用的读件结果" in said.out
    assert "1 件没有读件结果、没有比较" in said.err


def test_a_table_that_only_scores_changes_no_mail_and_says_who_moves_and_by_which_line(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(DEFAULT, tmp_path / "scored"))
    table = folder / "scoring.toml"
    table.write_text(re.sub("late_per_day = .*", "late_per_day = 2.5", table.read_text("utf-8")), "utf-8")

    assert run(["rules", "diff", str(DEFAULT), str(folder), "--data-dir", str(data)]) == 0

    said = capsys.readouterr()
    first, *rest = said.out.splitlines()
    assert re.fullmatch(r"重庆市巫溪县科学技术协会：总分 (\S+)～(\S+) → (\S+)～(\S+)", first)
    low, _, after, _ = map(float, re.findall(r"[\d.]+", first))
    assert low - after == 1.5
    assert rest == ["    迟交 -1 → -2.5"]
    assert "scoring.toml 不同，只管评分，来件的判断不因此改变" in said.err
    assert "1 个单位的总分有变，0 个的组内名次有变；什么也没有写" in said.err


def test_the_points_and_ranks_that_move_are_those_of_both_workbooks() -> None:
    """A criterion that is worth nothing any more, another in its place: whoever lived by it loses his rank."""
    before = GIVEN
    zero = tuple(
        replace(one, per=tuple((name, 0.0) for name, _ in one.per)) if one.id == "B2" else one
        for one in before.scoring.criteria
    )
    after = replace(before, scoring=replace(before.scoring, criteria=zero))
    old, new = evaluate(season(), before), evaluate(season(), after)

    found = moves(old, new)

    assert moves(old, old) == ()
    for one in found:
        was, is_ = (next(each for each in side if each.unit == one.unit) for side in (old, new))
        assert (one.before, one.after) == ((was.low, was.high), (is_.low, is_.high))
        assert (one.rank_before, one.rank_after) == (was.rank, is_.rank)
        assert [line.criterion for line in one.lines] == ["B2"]
    covered = [one.unit for one in old for score in one.scores if score.criterion == "B2" and score.low]
    assert {*covered} <= {one.unit for one in found}
    assert any(one.rank_before != one.rank_after for one in moves(old, evaluate(season()[:6], before)))


def test_a_line_that_is_new_or_gone_and_a_unit_that_is_gone_are_told() -> None:
    (one,) = (each for each in evaluate(season(), GIVEN) if each.unit == YUBEI)
    shorter = replace(one, scores=one.scores[1:], rank=2)

    assert [(line.criterion, line.after) for line in moves((one,), (shorter,))[0].lines] == [("A1", None)]
    assert [(line.criterion, line.before) for line in moves((shorter,), (one,))[0].lines] == [("A1", None)]
    (gone,) = moves((one,), ())
    assert (gone.unit, gone.after, gone.rank_after) == (YUBEI, (0, 0), None)


def test_a_folder_that_is_not_there_is_refused_by_name(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rules", "diff", str(DEFAULT), "没有这里", "--data-dir", str(data)]) == 2
    assert "没有规则目录 没有这里" in capsys.readouterr().err


def test_a_group_called_alone_shows_its_help_and_no_empty_complaint(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(["rules"])

    said = capsys.readouterr()
    assert "diff" in said.out
    assert said.err == ""


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (
            Difference(field="problem", before="", after="category-undecided 2/a.docx 活动“义诊”类别待核"),
            "待看问题：新增 类别待核 2/a.docx 活动“义诊”类别待核",
        ),
        (Difference(field="kind", before="submission", after="other"), "性质：报送 → 非报送"),
        (
            Difference(field="part", subject="2", before="ok", after="damaged（截断）"),
            "部件 2：已读 → 已损坏（截断）",
        ),
        (
            Difference(
                field="activity/2",
                subject="义诊",
                before="",
                after="category 5，date_start 2024-05-20，participants 50",
            ),
            "活动 2“义诊”：新增 类别 5，开始日期 2024-05-20，人数 50",
        ),
        (
            Difference(
                field="activity/1/title", subject="part of it", before="kind words", after="part of it"
            ),
            "活动 1“part of it”标题：kind words → part of it",
        ),
    ],
)
def test_staff_read_their_own_words_and_no_code_of_ours(one: Difference, said: str) -> None:
    assert told(one) == said


def test_where_no_changed_hint_meets_an_activity_it_is_said_how_the_table_still_has_a_part() -> None:
    category = replace(GIVEN.categories[0], hints=(Hint(pattern="无处可寻", weight=9),))
    new = replace(GIVEN, digest="other", categories=(category, *GIVEN.categories[1:]))
    before = filing(GIVEN.units[1].name, (CLINIC,))
    after = replace(
        before, activities=(replace(CLINIC, classification=replace(CLINIC.classification, decided=False)),)
    )

    found = difference(before, after)
    (told_,) = reasons(
        before, after, found, (GIVEN, new, tables_changed(GIVEN, new)), lambda _: found
    ).values()

    assert "没有命中这项活动" in told_[0].fact
