"""Done again on purpose: what becomes other is told, what people decided stands, what waits for a person is left alone."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipeline.archive import FolderArchive
from pipeline.commands import run
from pipeline.errors import UsageError
from pipeline.executor import Processes, Serial
from pipeline.keeping import Difference, Redone, Reprocessing, difference
from pipeline.keeping.difference import misplaced
from pipeline.mailbox import open_mailbox
from pipeline.records import Code, Contact, Correction, Kind, Problem, State, Status
from pipeline.register import Register
from pipeline.review import noted
from pipeline.season import season
from pipeline.worker import Result, Task, Worker, only_writer
from tests.mailbox import attempts
from tests.mailbox.mails import mail
from tests.mailbox.rounds import rules
from tests.season import BANAN, OUTSIDE, YUBEI, activity, filing, identified, part, passage, stated
from tests.support import SAMPLES

NOW = datetime(2024, 6, 10, 4, tzinfo=UTC)
CLINIC = activity("义诊", "5月20日义诊，50人参加。", 5, on=date(2024, 5, 20), people=(50, "50人"))
LECTURE = activity("宣讲", "5月21日宣讲会。", 1, on=date(2024, 5, 21), block=3)
VISIT = activity("走访", "5月22日走访慰问。", 6, block=5)
FILED = filing(YUBEI, (CLINIC, LECTURE))


def told(before: object, after: object) -> list[tuple[str, str, str]]:
    differences = difference(before, after)  # type: ignore[arg-type]  # filings
    return [(one.field, one.before, one.after) for one in differences]


# ------------------------------------------------------------ difference


def test_a_filing_does_not_differ_from_itself() -> None:
    assert difference(FILED, FILED) == ()


def test_what_was_never_filed_is_new_in_one_line() -> None:
    assert told(None, FILED) == [("filing", "", f"{YUBEI}，活动 2 项")]


def test_kind_unit_and_contact() -> None:
    after = replace(
        FILED,
        kind=Kind.CORRECTION,
        identification=identified(OUTSIDE, decided=False),
        contact=Contact(name="李雷", phone="023-1"),
    )

    assert told(FILED, after) == [
        ("kind", "submission", "correction"),
        ("unit", YUBEI, f"{OUTSIDE}（名册外）（待核）"),
        ("contact", "蒋昕 023-55500121", "李雷 023-1"),
    ]


def test_every_figure_and_the_category_of_an_activity() -> None:
    other = replace(
        CLINIC.activity,
        date_start=stated(date(2024, 5, 19), "5月19日"),
        date_end=stated(date(2024, 5, 20), "20日"),
        place=stated("社区", "社区"),
        participants=None,
        sessions=stated(2, "两场"),
        materials=stated(300, "300份"),
        media=(stated("重庆日报", "重庆日报"),),
    )
    judged = replace(
        CLINIC,
        activity=other,
        classification=replace(CLINIC.classification, code=6, decided=False, also=(5,)),
    )

    assert told(FILED, replace(FILED, activities=(judged, LECTURE))) == [
        ("activity/1/category", "5", "6（待核）"),
        ("activity/1/also", "", "5"),
        ("activity/1/date_start", "2024-05-20", "2024-05-19"),
        ("activity/1/date_end", "", "2024-05-20"),
        ("activity/1/place", "", "社区"),
        ("activity/1/participants", "50", ""),
        ("activity/1/sessions", "", "2"),
        ("activity/1/materials", "", "300"),
        ("activity/1/media", "", "重庆日报"),
    ]


def test_an_activity_more_and_an_activity_less_are_told_apart_from_one_that_moved() -> None:
    after = replace(FILED, activities=(VISIT, CLINIC))

    assert difference(FILED, after) == (
        Difference(field="activity/1", subject="走访", before="", after="category 6"),
        Difference(field="activity/2", subject="宣讲", before="category 1，date_start 2024-05-21", after=""),
    )


def test_a_new_title_is_a_difference_of_the_activity_and_no_other_activity() -> None:
    renamed = replace(CLINIC, activity=replace(CLINIC.activity, title="社区义诊"))

    assert told(FILED, replace(FILED, activities=(renamed, LECTURE))) == [
        ("activity/1/title", "义诊", "社区义诊")
    ]


def test_two_activities_of_one_title_keep_their_partners() -> None:
    twins = (CLINIC, replace(CLINIC, activity=replace(CLINIC.activity, text="另一次义诊。")))

    assert difference(replace(FILED, activities=twins), replace(FILED, activities=twins)) == ()
    assert told(replace(FILED, activities=twins), replace(FILED, activities=twins[1:])) == [
        ("activity/1", "category 5，date_start 2024-05-20，participants 50", "")
    ]


def test_parts_passages_and_problems() -> None:
    before = replace(
        FILED,
        parts=(part("1"), part("2", status=Status.NEEDS_OCR, reason="扫描件")),
        problems=(Problem(code=Code.NEEDS_OCR, part="2", detail="扫描件"),),
    )
    after = replace(FILED, parts=(part("1"), part("2")), highlights=(passage("新经验", 2),))

    assert told(before, after) == [
        ("highlight", FILED.highlights[0].text, ""),
        ("highlight", "", "新经验"),
        ("part", "needs-ocr（扫描件）", "ok"),
        ("problem", "needs-ocr 2 扫描件", ""),
    ]


def correction(field: str, new: str = "6", accession: str = "2024-00001") -> Correction:
    return Correction(accession=accession, field=field, old="", new=new, by="王芳", why="电话核实", at=NOW)


def test_a_correction_whose_activity_has_another_number_now_is_named() -> None:
    about = [correction("activity/1/category"), correction("activity/2/category"), correction("unit", BANAN)]

    assert misplaced(FILED, FILED, about) == ()
    assert misplaced(FILED, replace(FILED, activities=(LECTURE, CLINIC)), about) == tuple(about[:2])
    assert misplaced(FILED, replace(FILED, activities=(CLINIC,)), about) == (about[1],)


def test_a_correction_that_knows_its_activity_is_named_only_when_it_is_gone() -> None:
    about = [noted(correction(f"activity/{number}/category"), FILED) for number in (1, 2)]

    assert misplaced(FILED, replace(FILED, activities=(LECTURE, CLINIC)), about) == ()
    assert misplaced(FILED, replace(FILED, activities=(CLINIC,)), about) == (about[1],)
    assert misplaced(None, replace(FILED, activities=(LECTURE,)), about) == (about[0],)


# ------------------------------------------------------------ reprocessing, with stand-ins for reading and judging


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    folder = tmp_path / "mails"
    folder.mkdir()
    for number in (1, 2):
        (folder / f"{number}.eml").write_bytes(mail(number))
    with closing(Register(tmp_path / "register.db", year=2024)) as register:
        worker = Worker(
            archive=FolderArchive(tmp_path / "archive"),
            register=register,
            rules=rules(),
            executor=Serial(),
            clock=lambda: NOW,
            attempt=judged_as_before,
            prepare=attempts.prepare,
        )
        worker.once(open_mailbox(str(folder)))
        yield worker


def judged_as_before(task: Task) -> Result:
    return replace(attempts.attempt(task), filing=FILED)


def judged_otherwise(task: Task) -> Result:
    return replace(attempts.attempt(task), filing=replace(FILED, activities=(LECTURE, CLINIC), contact=None))


def killed(task: Task) -> Result:
    return attempts.attempt(replace(task, octets=bytes(task.octets) + attempts.KILLS))


def again(worker: Worker, **traits: bool) -> Reprocessing:
    return Reprocessing(worker=worker, items=worker.register.items()[:1], **traits)


def actions(worker: Worker) -> list[str]:
    return [event.action for event in worker.register.events(accession="2024-00001")]


def test_a_mail_filed_on_the_same_basis_is_done_again_with_who_and_why_in_the_log(worker: Worker) -> None:
    before = actions(worker)

    (redone,) = again(worker).done(by="王芳", why="规则核对")

    assert redone == Redone(accession="2024-00001", state=State.FILED)
    assert actions(worker)[len(before) :] == [
        "reprocess", "begin", "fixity", "identify", "classify", "file",
    ]  # fmt: skip
    event = worker.register.events(action="reprocess")[0]
    assert (event.actor, event.outcome) == ("王芳", "重新判断：规则核对")
    assert worker.register.verify(worker.archive) == ()
    assert worker.register.due(None, worker.basis) == ()


def test_read_again_reads_the_octets_and_the_log_shows_it(worker: Worker) -> None:
    before = actions(worker)

    again(worker, read_again=True).done(by="王芳", why="装了新程序")

    assert actions(worker)[len(before) :].count("unpack") == 1
    assert worker.register.verify(worker.archive) == ()


def test_what_becomes_other_is_told_with_people_s_corrections_in_place(worker: Worker) -> None:
    worker.register.correct(correction("contact", "王五 023-9"))
    worker.register.correct(correction("activity/1/category"))

    (redone,) = again(replace(worker, attempt=judged_otherwise)).done(by="王芳", why="x")

    assert redone.differences == ()  # in another order, and the decision went with its activity
    assert redone.misplaced == ()
    (corrected,) = season(
        [one for one in worker.register.filed() if one.filing][:1],
        worker.register.corrections(),
        worker.rules,
    )
    assert corrected.filing is not None
    assert [(one.activity.title, one.classification.code) for one in corrected.filing.activities] == [
        (LECTURE.activity.title, LECTURE.classification.code),
        (CLINIC.activity.title, 6),
    ]
    assert len(worker.register.corrections("2024-00001")) == 2


@pytest.mark.parametrize("read_again", [False, True])
def test_a_trial_says_the_same_and_writes_nothing(worker: Worker, read_again: bool) -> None:
    otherwise = replace(worker, attempt=judged_otherwise)
    before = worker.register.head(), worker.register.items(), list(worker.register.filed())

    (tried,) = again(otherwise, read_again=read_again).tried()

    assert (worker.register.head(), worker.register.items(), list(worker.register.filed())) == before
    (done,) = again(otherwise, read_again=read_again).done(by="王芳", why="x")
    assert tried == done
    assert tried.differences


def test_the_others_are_left_alone_even_where_they_are_due(worker: Worker) -> None:
    renewed = replace(worker, rules=rules("second"))

    again(renewed).done(by="王芳", why="x")

    assert [item.accession for item in worker.register.due(None, renewed.basis)] == ["2024-00002"]


def test_a_mail_that_cannot_be_read_any_more_is_said_and_held_and_its_trial_costs_nothing(
    worker: Worker,
) -> None:
    with Processes(1) as pool:
        failing = replace(worker, executor=pool, attempt=killed)
        (tried,) = again(failing).tried()
        assert "读件程序崩溃" in tried.failed
        assert worker.register.item("2024-00001").state is State.FILED

        (done,) = again(failing).done(by="王芳", why="x")

    assert (done.state, done.failed) == (State.HELD, worker.register.item("2024-00001").reason)
    assert worker.register.verify(worker.archive) == ()


def test_an_attempt_that_a_crash_left_open_does_not_stand_in_the_way(worker: Worker) -> None:
    worker.register.begin("2024-00001", at=NOW)

    (redone,) = again(worker).done(by="王芳", why="x")

    assert redone.state is State.FILED


def test_a_reprocess_needs_a_name_and_a_reason(worker: Worker) -> None:
    head = worker.register.head()

    with pytest.raises(UsageError, match="姓名"):
        again(worker).done(by=" ", why="x")
    assert worker.register.head() == head


# ------------------------------------------------------------ the command


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some of the sample mails, taken in."""
    folder = tmp_path_factory.mktemp("taken")
    (folder / "mails").mkdir()
    for number in ("02", "04", "15"):
        one = next(SAMPLES.glob(f"{number}-*.eml"))
        shutil.copy(one, folder / "mails" / one.name)
    code = run(
        [
            "once",
            "--mailbox",
            str(folder / "mails"),
            "--data-dir",
            str(folder / "data"),
            "--executor",
            "serial",
        ]
    )
    assert code == 0
    return folder / "data"


@pytest.fixture
def data(samples: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(samples, tmp_path / "data"))


def ask(data: Path, *arguments: str) -> int:
    return run(["reprocess", *arguments, "--data-dir", str(data)])


def test_nothing_is_other_and_it_is_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(data, "--all", "--by", "王芳", "--why", "核对") == 0

    said = capsys.readouterr()
    assert said.out.splitlines() == [f"2024-0000{number}：没有不同" for number in (1, 2, 3)]
    assert "3 件没有不同" in said.err
    assert run(["verify", "--data-dir", str(data)]) == 0


def test_other_rules_change_a_mail_in_chinese_and_in_json(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from rules import DEFAULT

    folder = Path(shutil.copytree(DEFAULT, tmp_path / "rules"))
    units = (folder / "units.csv").read_text("utf-8")
    line = unit_of_a_mail(data, capsys)
    (folder / "units.csv").write_text(re.sub(rf"(,{line})(,)", r"\1（改名）\2", units), "utf-8")
    (tmp_path / "shouwen.toml").write_text(f'rules = "{folder}"\nexecutor = "serial"\n', "utf-8")
    options = ("--settings", str(tmp_path / "shouwen.toml"), "--dry-run")

    assert ask(data, "--unit", line, *options) == 0
    shown = capsys.readouterr()
    assert f"    单位：{line} → {line}（改名）" in shown.out.splitlines()
    assert "什么也没有写" in shown.err

    assert ask(data, "--unit", line, *options, "--json") == 0
    one = json.loads(capsys.readouterr().out.splitlines()[0])
    assert one["state"] == "filed"
    assert {"field": "unit", "subject": "", "before": line, "after": f"{line}（改名）"} in one["differences"]


def unit_of_a_mail(data: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert run(["export", "filings", "--data-dir", str(data)]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return next(str(line["unit"]) for line in lines if line["unit"])


def test_beside_a_daemon_only_the_trial_runs(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with only_writer(data):
        assert ask(data, "--all", "--by", "王芳", "--why", "x") == 75
        assert "systemctl stop shouwen" in capsys.readouterr().err
        assert ask(data, "--all", "--dry-run") == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--dry-run"], "三者取一"),
        (["2024-00001", "--all", "--dry-run"], "三者取一"),
        (["--all"], "--by"),
        (["2024-00099", "--dry-run"], "没有收文号"),
        (["--unit", "查无此会", "--dry-run"], "查无此会"),
    ],
)
def test_what_is_meant_must_be_said(
    data: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(data, *arguments) == 2
    assert said in capsys.readouterr().err


def test_what_waits_for_a_person_is_left_alone(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(Register(data / "register.db", year=2024)) as register:
        for _ in range(3):
            register.begin("2024-00002", at=NOW)
            if register.item("2024-00002").attempts < 3:
                register.defer("2024-00002", why="x", at=NOW)
        register.hold("2024-00002", why="x", at=NOW)

    assert ask(data, "2024-00002", "--dry-run") == 2
    assert "release" in capsys.readouterr().err
    assert ask(data, "--all", "--dry-run") == 0
    said = capsys.readouterr()
    assert "2024-00002" not in said.out
    assert "1 件不动" in said.err
