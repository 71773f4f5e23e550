"""The command line as a stranger meets it: Chinese, exit codes, stdout for data, stderr for talk."""

from __future__ import annotations

import json
import re
import resource
import shutil
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest
from typer import Typer
from typer.main import get_group

from pipeline.commands import run
from pipeline.commands.machine import machine
from pipeline.commands.outline import ENTRIES, PANELS, Entry
from pipeline.commands.whole import loaded
from pipeline.extract import child
from tests.commanded import here
from tests.starts import start_seconds
from tests.support import ROOT, SAMPLES
from tests.taught import taught

COMMANDS = (
    "init",
    "check",
    "once",
    "run",
    "status",
    "daily",
    "cluster reader",
    "cluster scheduler",
    "compile",
    "show",
    "read",
    "log",
    "verify",
    "held",
    "release",
    "dismiss",
    "links",
    "attach",
    "backup",
    "restore",
    "move",
    "reprocess",
    "trace",
    "sample",
    "dossier",
    "report",
    "learn",
    "review import",
    "review list",
    "review undo",
    "review sign",
    "papers receipts",
    "papers completions",
    "papers reminders",
    "papers send",
    "papers sent",
    "rules check",
    "rules diff",
    "export filings",
    "export text",
    "export log",
)
GROUPS = ("review", "papers", "rules", "export", "cluster", "")


def offered() -> set[str]:
    """Every command, with the group before it that it belongs to."""
    return {
        f"{name} {below}".strip()
        for name in ENTRIES
        for below in getattr(loaded(name), "commands", None) or ("",)
    }


def test_the_list_of_commands_is_whole() -> None:
    assert set(COMMANDS) == offered()


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda entry: entry.name)
def test_the_help_tells_of_a_command_what_the_command_tells_of_itself(entry: Entry) -> None:
    """The list stands on its own, so that the help imports no command."""
    told = loaded(entry.name).help or ""

    assert " ".join(told.split("\n\n")[0].split()) == entry.told


def test_the_families_have_no_command_that_the_help_does_not_name() -> None:
    families = {entry.family for entry in ENTRIES.values()}

    for name in families:
        family = Typer()
        import_module(f"pipeline.commands.{name}").register(family)
        assert {*get_group(family).commands} <= {*ENTRIES}
    for path in (ROOT / "pipeline" / "commands").glob("*.py"):
        registers = "\ndef register(app: typer.Typer)" in path.read_text("utf-8")
        assert (path.stem in families) == registers, path.name


def test_the_panels_of_help_hold_every_command_once(capsys: pytest.CaptureFixture[str]) -> None:
    named = list(ENTRIES)

    assert sorted(named) == sorted({command.split()[0] for command in COMMANDS})
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert re.findall(r"^│ ([a-z]+) ", shown, re.MULTILINE) == named
    assert all(f" {panel} ─" in shown for panel in PANELS)


def shouwen(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, as people do."""
    command = [sys.executable, "-m", "pipeline", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder after the sample mails were taken in from their folder."""
    data = taught(tmp_path_factory.mktemp("data"))
    done = shouwen("once", "--mailbox", str(SAMPLES), "--data-dir", str(data))
    assert done.returncode in (0, 3), done.stderr
    return data


@pytest.mark.parametrize("command", [*COMMANDS, *GROUPS])
def test_help_is_chinese_and_names_the_common_options(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command.split(), "--help"]) == 0

    shown = capsys.readouterr().out
    assert not re.search(
        r"\b(Usage|Options|Arguments|Commands|Show|Error|default|required)\b|<[^>]*[a-zA-Z%]|range", shown
    )
    assert "用法" in shown
    if command not in GROUPS:
        assert "--data-dir" in shown
        assert "--settings" in shown


@pytest.mark.parametrize("columns", ["60", "80", "100"])
@pytest.mark.parametrize("command", ["compile", "sample", "review", ""])
def test_help_cuts_no_sentence_on_a_narrow_terminal(
    command: str, columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What has no blanks, as Chinese, was cut with … at the end of the line."""
    monkeypatch.setenv("COLUMNS", columns)

    assert run([*command.split(), "--help"]) == 0

    shown = capsys.readouterr().out.replace("命令 …", "")
    assert "…" not in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["shwo"], "没有 shwo 这个命令"),
        (["show"], "缺少参数"),
        (["status", "--colour"], "没有 --colour 这个选项"),
        (["dismiss", "2024-00001", "--by", "甲"], "缺少选项"),
        (["read", "no-such-file.eml"], "读不了 no-such-file.eml：没有这个文件或目录"),
        (["review", "import", "a.xlsx"], "缺少选项 --by；用法见 shouwen review import --help"),
        (["review", "undo", "一", "--by", "甲", "--why", "乙"], "号 的值不对：要写整数；"),
        (["papers", "send", "--by", "甲"], "缺少参数 文书；可写 receipts、completions、reminders；"),
        (["papers", "send", "letters", "--by", "甲"], "“letters”不在可选之内；可写 receipts、completions、"),
        (["daily", "--date", "2024-06-99"], "“2024-06-99”不是日期；应形如 2024-06-17；"),
        (["log", "--since", "昨天"], "--since 的值不对：不是日期或时间；应形如 2024-06-17"),
        (["sample", "--n", "0", "--seed", "1"], "--n 的值不对：不能小于 1；"),
        (["statu"], "没有 statu 这个命令；是不是 status；"),
        (["status", "今天"], "多出了参数 今天；用法见 shouwen status --help"),
        (["status", "--json=1"], "选项 --json 后面不写值"),
        (["compile", "--as-of", "2999-01-01"], "2999-01-02 00:00:00 还没有到"),
        (["report", "--out", "summary.txt"], "summary.txt 的扩展名不是 .docx"),
    ],
)
def test_wrong_usage_is_said_in_chinese_and_exits_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2

    captured = capsys.readouterr()
    assert said in captured.err
    assert not re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,} [a-z]{2,}", captured.err), "no English sentence"
    assert captured.out == ""


def test_looking_where_nothing_was_taken_in_is_refused_and_makes_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (
        ["status"],
        ["verify"],
        ["held"],
        ["compile"],
        ["log"],
        ["show", "2024-00001"],
        ["export", "filings"],
    ):
        assert run([*command, "--data-dir", str(tmp_path / "nowhere")]) == 2

    assert "shouwen once" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()


def test_init_writes_settings_that_check_reads_and_never_overwrites_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "shouwen.toml"
    assert run(["init", "--settings", str(file), "--data-dir", str(tmp_path / "data")]) == 0
    assert capsys.readouterr().out.strip() == str(file)
    before = file.read_bytes()

    assert run(["init", "--settings", str(file)]) == 2
    assert file.read_bytes() == before


def test_check_names_each_line_and_its_cure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "shouwen.toml"
    file.write_text(f"[mailbox]\nurl = '{SAMPLES}'\n", "utf-8")

    assert run(["check", "--settings", str(file), "--json"]) == 0

    lines = {line["subject"]: line for line in json.loads(capsys.readouterr().out)["lines"]}
    assert {
        "设置",
        "规则",
        "邮箱",
        "磁盘",
        "读件",
        "围栏",
        "断网",
        "antiword",
        "soffice",
        "tesseract",
        "unar",
    } <= lines.keys()
    assert all(line["cure"] for line in lines.values() if line["state"] != "ok")


def test_check_says_that_a_machine_has_neither_fence_nor_network_namespace_nor_recogniser(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in a container whose seccomp profile knows neither landlock nor unshare."""
    monkeypatch.setattr("pipeline.fence._version", lambda: -1)
    monkeypatch.setattr("pipeline.tools._no_network", lambda: ())
    monkeypatch.setattr("pipeline.tools.abilities", lambda: ("unar",))

    lines = {line.subject: line for line in machine()}

    assert {name for name, line in lines.items() if line.state == "ok"} == {"读件", "unar"}
    assert "Landlock" in lines["围栏"].fact
    assert "网络" in lines["断网"].fact
    assert "shouwen[ocr]" in lines["tesseract"].cure
    assert "libarchive-tools" in lines["bsdtar"].cure
    assert all(line.cure for line in lines.values() if line.state != "ok")


def test_check_says_that_nothing_can_be_read_where_the_temporary_folder_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    child._KEEPER.stop()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))

    reader = next(machine())

    assert (reader.subject, reader.state) == ("读件", "bad")
    assert "临时目录" in reader.fact


@pytest.mark.parametrize(
    ("papers", "code", "said"),
    [
        ("", 0, "✓ 寄文书：没有打开，文书只写成草稿"),
        ("auto_receipts = true", 0, "！ 寄文书：没有打开，auto_receipts = true 不起作用"),
        ("send = true", 78, "✗ 寄文书：设置 [papers] 写了 send = true，还要写 smtp 和 mail_from"),
        (
            "send = true\nmail_from = 'a@b.example'\nsmtp = 'smtps://b.example'",
            0,
            "✓ 寄文书：已打开：以 a@b.example 经 smtps://b.example 寄出",
        ),
    ],
)
def test_check_says_whether_papers_can_be_sent(
    papers: str, code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "shouwen.toml"
    file.write_text(f"[mailbox]\nurl = '{SAMPLES}'\n[papers]\n{papers}\n", "utf-8")

    assert run(["check", "--settings", str(file)]) == code
    assert said in capsys.readouterr().out


def test_check_without_a_mailbox_is_a_matter_of_the_mailbox(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "empty.toml"
    file.write_text("", "utf-8")

    assert run(["check", "--settings", str(file)]) == 69
    assert "[mailbox]" in capsys.readouterr().out


def test_wrong_settings_exit_78(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text("colour = 1", "utf-8")

    assert run(["once", "--settings", str(file)]) == 78
    assert "colour" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("poll_seconds = 3", "poll_seconds：不能小于 120"),
        ('executor = "two"', "executor：写法不对"),
        ("[papers]\nsend = 'ja'", "papers.send：只能写 true 或 false"),
        ("[papers]\nper_hour = 1.5", "papers.per_hour：要写整数"),
        ("[workbook]\nevery_minutes = 20000", "workbook.every_minutes：不能大于 10080"),
        ("[review]\nsecond = true", "review.second：没有这个键"),
        ("[mailbox]\nfolders = 1", "mailbox.folders：要写成列表"),
        ("review = true", "review：是一节"),
    ],
)
def test_a_wrong_setting_is_named_with_what_may_be_written(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(text, "utf-8")

    assert run(["status", "--settings", str(file)]) == 78

    err = capsys.readouterr().err
    assert said in err
    assert "Input should" not in err


def test_compile_prints_the_path_of_the_workbook_alone(taken: Path) -> None:
    done = shouwen("compile", "--data-dir", str(taken))

    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).suffix == ".xlsx"
    assert (ROOT / done.stdout.strip()).is_file()


def test_two_compiles_give_the_same_bytes(taken: Path) -> None:
    first = Path(ROOT, shouwen("compile", "--data-dir", str(taken)).stdout.strip()).read_bytes()
    time.sleep(2.1)

    second = Path(ROOT, shouwen("compile", "--data-dir", str(taken)).stdout.strip()).read_bytes()

    assert first == second


def test_a_second_once_changes_nothing(taken: Path) -> None:
    log = here("log", "--json", "--data-dir", str(taken)).stdout
    export = here("export", "filings", "--data-dir", str(taken)).stdout

    here("once", "--mailbox", str(SAMPLES), "--data-dir", str(taken))

    assert here("log", "--json", "--data-dir", str(taken)).stdout == log
    assert here("export", "filings", "--data-dir", str(taken)).stdout == export


def test_serial_and_processes_give_byte_equal_exports(taken: Path, tmp_path: Path) -> None:
    done = here(
        "once", "--mailbox", str(SAMPLES), "--data-dir", str(taught(tmp_path)), "--executor", "processes:2"
    )
    assert done.returncode in (0, 3), done.stderr

    exports = [here("export", "filings", "--data-dir", str(data)).stdout for data in (taken, tmp_path)]

    assert exports[0] == exports[1] != ""


def test_show_leads_through_every_stage_of_one_mail(taken: Path) -> None:
    filings = [
        json.loads(line) for line in here("export", "filings", "--data-dir", str(taken)).stdout.splitlines()
    ]
    one = next(filing for filing in filings if filing["activities"])

    shown = here("show", one["accession"], "--data-dir", str(taken)).stdout

    assert one["sha256"] in shown
    assert one["unit"] in shown
    assert all(activity["title"][:20] in shown for activity in one["activities"])
    assert "接收：" in shown
    assert "归档：归档为报送" in shown


STRANGER = """\
Authentication-Results: mx.qq.com; spf=fail smtp.mailfrom=<wanzhoukx@qq.com>; dkim=none\r
Received: from desk (unknown [203.0.113.9]) by newmx3.qq.com (NewMX) with SMTP id 1;\r
 Tue, 18 Jun 2024 10:00:00 +0800\r
Authentication-Results: mx.qq.com.example; dkim=pass header.d=forged.example\r
From: =?utf-8?B?5LiH5bee5Yy656eR5Y2P?= <wanzhoukx@qq.com>\r
Subject: 重庆市万州区科学技术协会2024年全国科技工作者日活动总结\r
Date: Tue, 18 Jun 2024 09:59:00 +0800\r
Content-Type: text/plain; charset=utf-8\r
\r
重庆市万州区科学技术协会2024年全国科技工作者日活动总结\r
5月30日，区科协组织科技志愿者走进高笋塘社区开展义诊和科普咨询，服务居民220余人，发放科普资料1500份。\r
\r
重庆市万州区科学技术协会\r
2024年6月18日\r
"""


def test_what_the_receiving_server_found_is_shown_and_a_stranger_is_asked_about_but_not_stored(
    tmp_path: Path,
) -> None:
    mailbox, data = tmp_path / "mails", str(taught(tmp_path / "data"))
    mailbox.mkdir()
    (mailbox / "one.eml").write_bytes(STRANGER.encode())
    here("once", "--mailbox", str(mailbox), "--data-dir", data)

    (line,) = here("export", "filings", "--data-dir", data).stdout.splitlines()
    shown = here("show", "2024-00001", "--data-dir", data).stdout
    filing = json.loads(line)
    details = [problem["detail"] for problem in filing["problems"] if problem["code"] == "sender"]

    assert (filing["state"], filing["kind"], filing["unit_decided"]) == ("filed", "submission", True)
    assert len(details) == 2
    assert "wa***x@qq.com 第一次代表该单位来件" in details[0]
    assert "SPF 未通过" in details[1]
    assert "发信验证：SPF 未通过，对象 wanzhoukx@qq.com（据 mx.qq.com）\n发信验证：DKIM 没有记录" in shown
    assert "forged" not in shown
    assert "！sender" not in shown


def test_every_export_line_can_be_shown_as_text(taken: Path) -> None:
    one = json.loads(here("export", "filings", "--data-dir", str(taken)).stdout.splitlines()[0])

    lines = here("export", "text", one["accession"], "--data-dir", str(taken)).stdout.splitlines()

    assert {"part", "block", "style", "level", "page", "text", "rows", "confidence"} == json.loads(
        lines[0]
    ).keys()


def test_verify_is_clean_and_finds_one_flipped_bit_with_exit_4(taken: Path, tmp_path: Path) -> None:
    clean = here("verify", "--json", "--data-dir", str(taken))
    said = json.loads(clean.stdout)
    assert (said["ok"], said["findings"]) == (True, [])
    assert any("另处保存的封印" in remark for remark in said["remarks"]), "what it cannot see is said"
    assert clean.returncode == 0

    blob = next(path for path in sorted((taken / "archive").rglob("*")) if path.is_file())
    octets = blob.read_bytes()
    blob.chmod(0o644)
    blob.write_bytes(bytes([octets[0] ^ 1]) + octets[1:])
    broken = here("verify", "--json", "--data-dir", str(taken))
    blob.write_bytes(octets)
    blob.chmod(0o444)

    assert broken.returncode == 4
    findings = json.loads(broken.stdout)["findings"]
    assert [finding["kind"] for finding in findings] == ["blob"]
    assert findings[0]["subject"] == _accession_of(taken, blob.name)


def test_verify_says_in_json_that_the_register_cannot_be_read(taken: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(taken, broken)
    with (broken / "register.db").open("r+b") as file:
        file.write(b"garbage" * 20)

    done = here("verify", "--json", "--data-dir", str(broken))

    assert done.returncode == 4
    assert [finding["kind"] for finding in json.loads(done.stdout)["findings"]] == ["database"]


def _accession_of(data: Path, sha256: str) -> str:
    lines = here("export", "filings", "--data-dir", str(data)).stdout.splitlines()
    return str(next(one["accession"] for one in map(json.loads, lines) if one["sha256"] == sha256))


def test_only_a_held_mail_is_dismissed_or_released(taken: Path) -> None:
    done = here("dismiss", "2024-00001", "--by", "王经办", "--why", "广告", "--data-dir", str(taken))

    assert done.returncode == 2
    assert "2024-00001" in done.stderr


@pytest.mark.parametrize(("end", "told"), [("leave(7)", ""), ("sys.exit(7)", "found\n")])
def test_a_command_ends_without_a_last_search_for_cycles(end: str, told: str) -> None:
    """Half a second of processor where a workbook was compiled; what the interpreter does otherwise stands beside it."""
    cycle = "class Cycle:\n  def __del__(self): print('found')\none = Cycle(); one.own = one; del one"
    program = f"import sys\nfrom pipeline.commands import leave\n{cycle}\n{end}"

    done = subprocess.run(
        [sys.executable, "-c", program], check=False, cwd=ROOT, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout) == (7, told)


def test_read_gives_subject_parts_and_blocks_and_takes_nothing_in(tmp_path: Path) -> None:
    mail = min(SAMPLES.glob("*.eml"))
    done = here("read", str(mail), "--json", "--data-dir", str(tmp_path / "data"))

    read = json.loads(done.stdout)
    assert list(read) == ["subject", "kind", "parts", "blocks", "problems"]
    assert read["kind"] == "mail"
    assert read["parts"]
    assert read["blocks"]
    assert not (tmp_path / "data").exists()


def test_read_loads_nothing_that_judges_scores_or_paints(tmp_path: Path) -> None:
    """What a clock shows only on an idle machine: `read` and `--help` wait for no stage that they do not use."""
    file = tmp_path / "简讯.txt"
    file.write_text("渝北区科协5月28日举办科普集市，300人参加。", "utf-8")
    dear = ("numpy", "pandas", "pipeline.figures", "pipeline.season", "pipeline.segment", "xlsxwriter")
    told = f"import sys; from pipeline.commands import run; run(['read', {str(file)!r}]); run(['--help'])"
    ask = f"print('loaded', [one for one in {dear!r} if one in sys.modules], file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"{told}; {ask}"], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert done.stderr.splitlines()[-1] == "loaded []"


@pytest.mark.alone
def test_read_of_a_text_file_starts_quickly(tmp_path: Path) -> None:
    """Asked for were 0.5 s; the bound is a ratio, for a clock says more of the machine: beside the bare libraries' start."""
    file = tmp_path / "简讯.txt"
    file.write_bytes("渝北区科协5月28日举办科普集市，300人参加。".encode("gb18030"))
    seconds = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = shouwen("read", str(file), "--json")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    assert json.loads(done.stdout)["blocks"][0]["text"].startswith("渝北区科协")
    assert min(seconds) < 3 * start_seconds()
