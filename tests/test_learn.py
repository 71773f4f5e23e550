"""learn: corrections become proposals, proposals become rules of the office, and the log says who taught what."""

from __future__ import annotations

import csv
import json
import re
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

import rules
from pipeline.commands import run
from pipeline.intake import read
from pipeline.keeping.aliases import unknown_forms
from pipeline.keeping.lessons import Learned, Lesson
from pipeline.records import Correction
from pipeline.register import Register
from rules import Example, RulesError
from tests.season import BANAN, UNIVERSITY, YUBEI, write_rules

NOW = datetime(2024, 6, 21, 4, tzinfo=UTC)

# ------------------------------------------------------------ what was taught, beside the tables of the notice


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_rules(tmp_path / "rules")


@pytest.fixture
def learned(tmp_path: Path) -> Path:
    (tmp_path / "learned").mkdir()
    return tmp_path / "learned"


def test_without_a_lesson_rules_and_digest_are_those_of_the_notice(folder: Path, learned: Path) -> None:
    given = rules.load(folder)

    assert rules.load(folder, learned=learned / "not there") == given
    assert rules.load(folder, learned=learned) == given
    (learned / "examples.csv").write_text("report,category,text\n", "utf-8")
    (learned / "aliases.csv").write_text("unit,alias\n", "utf-8")
    assert rules.load(folder, learned=learned) == given


def test_lessons_are_added_and_make_another_digest(folder: Path, learned: Path) -> None:
    given = rules.load(folder)
    text = '\ufeffreport,category,text\r\n2024-00003,5,"义诊\n在社区，量血压。"\r\n'
    (learned / "examples.csv").write_text(text, "utf-8", newline="")
    (learned / "aliases.csv").write_text(f"unit,alias\n{YUBEI},渝北科委\n", "utf-8")

    taught = rules.load(folder, learned=learned)

    assert taught.examples == (
        *given.examples, Example(report="2024-00003", category=5, text="义诊\n在社区，量血压。"),
    )  # fmt: skip
    (before,) = [unit for unit in given.units if unit.name == YUBEI]
    (after,) = [unit for unit in taught.units if unit.name == YUBEI]
    assert after.aliases == (*before.aliases, "渝北科委")
    assert [unit for unit in taught.units if unit.name != YUBEI] == [
        unit for unit in given.units if unit.name != YUBEI
    ]
    assert len({given.digest, taught.digest}) == 2
    (learned / "aliases.csv").unlink()
    assert rules.load(folder, learned=learned).digest not in (given.digest, taught.digest)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("examples.csv", "report,category\n", "examples.csv 第 1 行：表头"),
        ("examples.csv", "report,category,text\n2024-00001,9,义诊\n", "examples.csv 第 2 行：类别“9”"),
        ("examples.csv", "report,category,text\n2024-00001,5,\n", "examples.csv 第 2 行：report 或 text"),
        (
            "examples.csv",
            "report,category,text\n2024-00001,5,义诊\n2024-00001,6,义诊\n",
            "examples.csv 第 3 行：2024-00001 的这段文字重复",
        ),
        ("aliases.csv", "unit,alias\n重庆市查无此会,查无会\n", "aliases.csv 第 2 行：units.csv 里没有"),
        ("aliases.csv", f"unit,alias\n{YUBEI},\n", "aliases.csv 第 2 行：unit 或 alias 是空的"),
        ("aliases.csv", f"unit,alias\n{YUBEI},科协\n", "太短"),
        ("aliases.csv", f"unit,alias\n{YUBEI},甲乙丙|丁戊己\n", "竖线"),
        ("aliases.csv", f"unit,alias\n{YUBEI},{BANAN}\n", f"“{BANAN}”已是“{BANAN}”的名称或别名"),
        (
            "aliases.csv",
            f"unit,alias\n{YUBEI},渝北科委\n{BANAN},渝北科委\n",
            f"aliases.csv 第 3 行：“渝北科委”已是“{YUBEI}”的",
        ),
    ],
)
def test_a_wrong_lesson_is_refused_with_file_and_line(
    folder: Path, learned: Path, name: str, text: str, said: str
) -> None:
    (learned / name).write_text(text, "utf-8")

    with pytest.raises(RulesError, match=said) as error:
        rules.load(folder, learned=learned)
    assert str(error.value).startswith("learned/")


# ------------------------------------------------------------ forms of a name that the roster does not know

GIVEN = rules.load()


def letter(subject: str, text: str, sender: str = "张伟 <zhangwei@qq.example>") -> bytes:
    mail = EmailMessage()
    mail["Received"] = "from a.example by b.example; Mon, 03 Jun 2024 09:00:00 +0800"
    mail["From"], mail["Subject"] = sender, subject
    mail.set_content(text)
    return mail.as_bytes()


def forms(unit: str, subject: str = "活动总结", text: str = "总结见附件。", sender: str = "") -> list[str]:
    (meant,) = [one for one in GIVEN.units if one.name == unit]
    reading = read(letter(subject, text, sender or "张伟 <zhangwei@qq.example>"))
    return [form for _, form in unknown_forms(reading, meant, GIVEN)]


@pytest.mark.parametrize(
    ("unit", "places", "found"),
    [
        ("重庆市科普作家协会", {"sender": "科普作协 <a@qq.example>"}, ["科普作协"]),
        ("重庆市心理卫生协会", {"subject": "市心卫协活动总结"}, ["市心卫协"]),
        ("重庆邮电大学科学技术协会", {"text": "活动总结如下。\n重邮大科协\n2024年6月3日"}, ["重邮大科协"]),
        ("重庆市綦江区科学技术协会", {"subject": "重庆綦江县科协活动信息"}, []),
        (
            "重庆市渝北区科学技术局",
            {"subject": "渝北区科委活动信息", "sender": "渝北科委 <a@163.example>"},
            ["渝北区科委", "渝北科委"],
        ),
    ],
)
def test_what_is_made_of_the_unit_s_own_name_is_found(
    unit: str, places: dict[str, str], found: Sequence[str]
) -> None:
    assert forms(unit, **places) == found


@pytest.mark.parametrize(
    ("unit", "places"),
    [
        ("重庆市渝北区科学技术协会", {"subject": "县科协活动总结", "sender": "区科协 <a@qq.example>"}),
        ("重庆市渝北区科学技术协会", {"text": "我会开展了义诊。\n科普部\n2024年6月3日"}),
        ("重庆市渝北区科学技术协会", {"subject": "渝北区人民医院义诊", "text": "渝北区实验小学讲座"}),
        ("重庆市渝北区科学技术协会", {"subject": "巴南科协活动", "sender": "渝北老科协 <a@qq.example>"}),
        ("重庆市医学会", {"sender": "张医生 <doctor@qq.example>"}),
        ("重庆市医学会", {"subject": "市学会活动总结", "sender": "学会秘书处 <a@qq.example>"}),
        ("重庆市医学会", {"subject": "重庆医科大学附属第一医院义诊"}),
        ("重庆市地质学会", {"subject": "地质灾害防治知识进村入户"}),
        ("西南大学科学技术协会", {"subject": "西南大科协活动总结"}),  # 西南政法大学科协 may be meant
    ],
)
def test_generic_words_persons_and_bodies_that_are_merely_named_are_no_aliases(
    unit: str, places: dict[str, str]
) -> None:
    assert forms(unit, **places) == []


# ------------------------------------------------------------ the command

CLINIC = """5月20日，渝北区科协组织医生到社区义诊，为居民量血压，50人参加。

渝北区科协
2024年6月3日"""
VISIT = """5月21日，组织走访慰问一线科技工作者，看望9名退休专家。

重大科协
2024年6月3日"""
OTHER = """5月22日，组织医生到社区义诊，为居民量血压，30人参加。

重大科协
2024年6月3日"""


EXAMPLES = """report,category,text
one,5,组织医生到社区义诊，为居民量血压
two,5,组织医生到乡村义诊，为农户送药
three,6,走访慰问一线科技工作者，看望退休专家
four,6,走访慰问科技工作者，送去鲜花
"""


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """Three mails under small rules, taken in; the roster does not know 重大科协."""
    write_rules(tmp_path / "rules")
    (tmp_path / "rules" / "examples.csv").write_text(EXAMPLES, "utf-8")
    (tmp_path / "mails").mkdir()
    letters = (("渝北区科协活动总结", CLINIC), ("重大科协走访慰问", VISIT), ("重大科协义诊", OTHER))
    for number, (subject, text) in enumerate(letters):
        (tmp_path / "mails" / f"{number}.eml").write_bytes(letter(subject, text))
    settings = f'rules = "{tmp_path / "rules"}"\nexecutor = "serial"\ndata_dir = "{tmp_path / "data"}"\n'
    (tmp_path / "shouwen.toml").write_text(settings, "utf-8")
    assert once(tmp_path) == 0
    return tmp_path


def once(office: Path) -> int:
    return run(["once", "--mailbox", str(office / "mails"), "--settings", str(office / "shouwen.toml")])


def learn(office: Path, *arguments: str) -> int:
    return run(["learn", *arguments, "--settings", str(office / "shouwen.toml")])


def opened(office: Path) -> closing[Register]:
    return closing(Register(office / "data" / "register.db", year=2024, new=False))


def correct(office: Path, accession: str, field: str, new: str, by: str = "王芳") -> None:
    with opened(office) as register:
        register.correct(
            Correction(accession=accession, field=field, old="", new=new, by=by, why="电话核实", at=NOW)
        )


def accession(office: Path, subject: str) -> str:
    with opened(office) as register:
        return next(
            one.item.accession
            for one in register.filed()
            if one.filing is not None and one.filing.mail.subject == subject
        )


def units(office: Path) -> dict[str, str]:
    """Subject to unit, as the machine has it."""
    with opened(office) as register:
        return {
            one.filing.mail.subject: f"{one.filing.identification.best} {one.filing.identification.decided}"
            for one in register.filed()
            if one.filing is not None
        }


@pytest.fixture
def corrected(office: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A person said whose mail one is, and what the clinic was."""
    correct(office, accession(office, "重大科协走访慰问"), "unit", UNIVERSITY)
    correct(office, accession(office, "渝北区科协活动总结"), "activity/1/category", "6")
    capsys.readouterr()
    return office


def test_an_office_without_corrections_is_offered_nothing(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    assert learn(office) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "建议 0 条" in said.err


def test_each_proposal_is_told_with_what_it_would_change_before_anything_is_written(
    corrected: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(corrected) as register:
        before = register.head()

    assert learn(corrected) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"1  别名｜“重大科协”即“{UNIVERSITY}”"
    assert "（王芳：电话核实）" in lines[1]
    assert f"采纳后机器自己判为：单位 {UNIVERSITY}" in lines[2]
    other = accession(corrected, "重大科协义诊")
    assert [line for line in lines if line.strip().startswith(f"{other}｜{UNIVERSITY}")]
    assert [line for line in lines if f"“{UNIVERSITY}”新增别名“重大科协”" in line]
    (example,) = [line for line in lines if line.startswith("2  样例｜类别 6｜")]
    assert "量血压" in example
    with opened(corrected) as register:
        assert register.head() == before
    assert not (corrected / "data" / "learned").exists()


def test_what_is_accepted_judges_from_then_on_and_the_log_says_who_taught_it(
    corrected: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert UNIVERSITY not in units(corrected)["重大科协义诊"]

    assert learn(corrected, "--accept", "1,2", "--by", "李主任", "--reason", "已核对") == 0
    assert once(corrected) == 0

    assert units(corrected)["重大科协义诊"] == f"{UNIVERSITY} True"
    with opened(corrected) as register:
        alias, example = register.events(action="teach")
        loaded = rules.load(corrected / "rules", learned=corrected / "data" / "learned")
        assert (alias.actor, alias.outcome) == ("李主任", f"采纳别名“重大科协”即“{UNIVERSITY}”：已核对")
        assert (alias.rule, alias.accession) == (loaded.digest, "")
        assert "类别 6" in example.outcome
        assert "（王芳）" in example.detail
    assert run(["verify", "--data-dir", str(corrected / "data")]) == 0
    clinic = accession(corrected, "渝北区科协活动总结")
    assert [(one.report, one.category) for one in loaded.examples][-1] == (clinic, 6)
    capsys.readouterr()
    assert learn(corrected) == 0
    assert capsys.readouterr().out == ""


def test_what_is_taken_back_is_proposed_again_under_its_number_and_the_digest_is_as_before(
    corrected: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = rules.load(corrected / "rules").digest
    assert learn(corrected, "--accept", "1", "--by", "李主任", "--reason", "x") == 0
    capsys.readouterr()

    assert learn(corrected, "--taught") == 0
    assert capsys.readouterr().out.splitlines() == [f"1  别名｜“重大科协”即“{UNIVERSITY}”"]
    assert learn(corrected, "--json") == 0
    assert [json.loads(line)["proposal"]["number"] for line in capsys.readouterr().out.splitlines()] == [2]
    assert learn(corrected, "--forget", "1", "--by", "李主任", "--reason", "认错了") == 0

    assert rules.load(corrected / "rules", learned=corrected / "data" / "learned").digest == given
    with opened(corrected) as register:
        (event,) = register.events(action="unteach")
        assert (event.actor, event.outcome) == ("李主任", f"撤回别名“重大科协”即“{UNIVERSITY}”：认错了")
        assert event.rule == given
    capsys.readouterr()
    assert learn(corrected, "--json") == 0
    assert [json.loads(line)["proposal"]["number"] for line in capsys.readouterr().out.splitlines()] == [1, 2]


def test_a_correction_that_was_corrected_proposes_what_was_said_last(
    corrected: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    correct(corrected, accession(corrected, "渝北区科协活动总结"), "activity/1/category", "4")

    assert learn(corrected, "--json") == 0

    rows = [json.loads(line)["proposal"]["lesson"]["row"] for line in capsys.readouterr().out.splitlines()]
    assert [row[1] for row in rows if len(row) == 3] == ["4"]


def test_a_form_that_fits_two_units_is_nobody_s_alias(
    corrected: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (corrected / "rules" / "units.csv").read_text("utf-8")
    (corrected / "rules" / "units.csv").write_text(
        text + "U008,重庆交通大学科学技术协会,university_association,,重庆交大科协,\n", "utf-8"
    )
    assert learn(corrected, "--json") == 0
    rows = [json.loads(line)["proposal"]["lesson"]["row"] for line in capsys.readouterr().out.splitlines()]
    assert [len(row) for row in rows] == [3]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--accept", "9", "--by", "李主任", "--reason", "x"], "没有第 9 号建议"),
        (["--accept", "一", "--by", "李主任", "--reason", "x"], "看不懂"),
        (["--accept", "1", "--by", "李主任"], "--reason"),
        (["--accept", "1", "--reason", "x"], "--by"),
        (["--forget", "1", "--by", "李主任", "--reason", "x"], "没有第 1 条已学内容"),
        (["--accept", "1", "--taught"], "一次只写一个"),
    ],
)
def test_what_cannot_be_accepted_changes_nothing(
    corrected: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(corrected) as register:
        before = register.head()

    assert learn(corrected, *arguments) == 2

    assert said in capsys.readouterr().err
    with opened(corrected) as register:
        assert register.head() == before
    assert list((corrected / "data").glob("learned/*.csv")) == []


def test_a_wrong_table_stops_everything_with_file_and_line(
    corrected: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (corrected / "data" / "learned").mkdir()
    (corrected / "data" / "learned" / "aliases.csv").write_text("unit,alias\n查无此会,查无会\n", "utf-8")

    assert learn(corrected) == 78
    assert once(corrected) == 78
    assert "learned/aliases.csv 第 2 行" in capsys.readouterr().err


def test_only_one_person_at_a_time_changes_the_tables(
    corrected: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with Learned(folder=corrected / "data" / "learned").alone():
            inside.set()
            leave.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    inside.wait(30)
    code = learn(corrected, "--accept", "1", "--by", "李主任", "--reason", "x")
    leave.set()
    holder.join()

    assert code == 75
    assert "另一个 shouwen learn" in capsys.readouterr().err


def test_words_that_a_spreadsheet_would_compute_are_text_and_come_back_as_they_were(
    folder: Path, learned: Path
) -> None:
    lesson = Lesson(table="examples.csv", row=("2024-00001", "5", '=HYPERLINK("x")，义诊\n“第二行”, 逗号'))

    Learned(folder=learned).write([lesson])

    file = learned / "examples.csv"
    with file.open(encoding="utf-8-sig", newline="") as opened_file:
        _, (_, _, cell) = csv.reader(opened_file)
    assert cell.startswith(" =")
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert rules.load(folder, learned=learned).examples[-1].text == lesson.row[2]
    assert Learned(folder=learned).lessons(rules.load(folder)) == (lesson,)


def test_a_row_that_was_cleared_in_a_spreadsheet_is_no_row(folder: Path, learned: Path) -> None:
    text = "\ufeffreport,category,text\r\n,,\r\n2024-00003,5,义诊\r\n , ,\r\n"
    (learned / "examples.csv").write_text(text, "utf-8", newline="")

    assert rules.load(folder, learned=learned).examples[-1].text == "义诊"
    (learned / "examples.csv").write_text(text.replace("义诊", ""), "utf-8", newline="")
    with pytest.raises(RulesError, match=r"examples\.csv 第 3 行：report 或 text"):
        rules.load(folder, learned=learned)


def test_an_alias_that_the_roster_has_got_meanwhile_is_passed_over(folder: Path, learned: Path) -> None:
    given = rules.load(folder)
    Learned(folder=learned).write([Lesson(table="aliases.csv", row=(YUBEI, "渝北区科协"))])

    assert rules.load(folder, learned=learned) == given


def test_a_backup_carries_what_was_learned_and_a_restore_brings_it_back(
    corrected: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert learn(corrected, "--accept", "1,2", "--by", "李主任", "--reason", "x") == 0
    settings = ("--settings", str(corrected / "shouwen.toml"))
    assert run(["backup", str(corrected / "backup"), *settings]) == 0
    elsewhere = corrected / "restored"

    restoring = ["restore", str(corrected / "backup"), "--data-dir", str(elsewhere)]
    assert run([*restoring, "--by", "王芳", "--why", "演练", *settings]) == 0

    for name in ("aliases.csv", "examples.csv"):
        kept = (corrected / "data" / "learned" / name).read_bytes()
        assert (elsewhere / "learned" / name).read_bytes() == kept
    (backup,) = (corrected / "backup").glob("*/learned/aliases.csv")
    backup.write_bytes(backup.read_bytes() + b"x")
    assert run(["restore", str(corrected / "backup"), "--verify"]) == 4


# ------------------------------------------------------------ what stands in the tables, and what people said


@pytest.fixture
def taught_office(corrected: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Both proposals were accepted, and all mails judged again."""
    assert learn(corrected, "--accept", "1,2", "--by", "李主任", "--reason", "已核对") == 0
    assert once(corrected) == 0
    capsys.readouterr()
    return corrected


def ask(office: Path, command: str) -> int:
    return run([command, "--settings", str(office / "shouwen.toml")])


def added_by_hand(office: Path) -> None:
    file = office / "data" / "learned" / "aliases.csv"
    file.write_bytes(file.read_bytes() + f"{YUBEI},渝北科委\r\n".encode())


def taken_out_by_hand(office: Path) -> None:
    file = office / "data" / "learned" / "examples.csv"
    file.write_text("report,category,text\n", "utf-8")


@pytest.mark.parametrize("command", ["verify", "status", "check"])
@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (added_by_hand, "学习表里有 1 条日志没有记过采纳（别名“渝北科委”即"),
        (taken_out_by_hand, "日志记过采纳的 1 条不在学习表里（样例 "),
    ],
)
def test_a_table_that_was_edited_by_hand_is_said_wherever_one_looks(
    taught_office: Path,
    command: str,
    tamper: Callable[[Path], None],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ask(taught_office, command)
    assert "没有记过采纳" not in (before := capsys.readouterr().out)
    assert "不在学习表里" not in before
    tamper(taught_office)

    ask(taught_office, command)

    assert said in capsys.readouterr().out


def test_what_was_taken_back_through_the_command_is_no_difference(
    taught_office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert learn(taught_office, "--forget", "1", "--by", "李主任", "--reason", "错了") == 0

    assert ask(taught_office, "verify") == 0

    assert "学习表" not in capsys.readouterr().out


@pytest.mark.parametrize("command", ["verify", "status", "show"])
def test_what_only_looks_works_while_a_table_is_broken(
    taught_office: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = taught_office / "data" / "learned" / "examples.csv"
    file.write_bytes(file.read_text("utf-8-sig").encode("gbk"))
    looked = [command, *(["2024-00001"] if command == "show" else [])]

    assert run([*looked, "--settings", str(taught_office / "shouwen.toml")]) == 0

    said = capsys.readouterr().out
    assert command == "show" or "learned/examples.csv 第 2 行：不是 UTF-8 编码" in said


def test_what_was_learned_and_corrected_otherwise_since_is_said_with_its_number(
    taught_office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    correct(taught_office, accession(taught_office, "渝北区科协活动总结"), "activity/1/category", "4")

    assert learn(taught_office) == 0

    said = capsys.readouterr().err
    (number,) = re.findall(r"已学第 (\d) 条所据的更正后来改了：\S+ 第 1 项活动类别现为“4”（王芳）", said)
    assert learn(taught_office, "--forget", number, "--by", "李主任", "--reason", "改了") == 0
    capsys.readouterr()
    assert learn(taught_office, "--json") == 0
    (offered,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert offered["proposal"]["lesson"]["row"][1] == "4"


def test_a_correction_that_agrees_with_the_machine_is_said_to_teach_nothing(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic, visit = accession(office, "渝北区科协活动总结"), accession(office, "重大科协走访慰问")
    correct(office, clinic, "activity/1/category", "5")
    correct(office, visit, "activity/1/category", "1")
    capsys.readouterr()

    assert learn(office) == 0

    agreeing, other = [line for line in capsys.readouterr().out.splitlines() if "采纳后机器自己判为" in line]
    assert "现在就这样判，不必学" in agreeing
    assert "现在判为：类别 6" in other


@pytest.mark.parametrize("arguments", [["--forget", "0"], ["--accept", ""]])
def test_an_empty_number_is_refused_and_not_taken_for_a_question(
    corrected: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert learn(corrected, *arguments, "--by", "李主任", "--reason", "x") == 2
    assert capsys.readouterr().out == ""


def test_an_alias_whose_correction_was_taken_back_is_said_until_another_speaks_for_it(
    taught_office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    correct(taught_office, accession(taught_office, "重大科协走访慰问"), "unit", YUBEI)

    assert learn(taught_office, "--taught") == 0

    assert f"报送单位现为“{YUBEI}”（王芳）" in capsys.readouterr().err
    correct(taught_office, accession(taught_office, "重大科协义诊"), "unit", UNIVERSITY)
    assert learn(taught_office, "--taught") == 0
    assert "后来改了" not in capsys.readouterr().err
