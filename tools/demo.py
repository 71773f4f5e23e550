"""`make demo`: the main job on real mails, from an embedded mailbox to the path of a workbook.

Purpose: what a newcomer sees first. An IMAP server on loopback serves the sample mails of tests/samples; the ordinary
command line takes them in and compiles; nothing here does any of the work itself.
Limits: the data folder of an earlier demo is taken away first.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from tools.embedded_mailbox import Served, serve

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "tests" / "samples"
DATA = Path("data", "demo")
USER, PASSWORD = "demo@example.org", "embedded"
KINDS = {"submission": "报送", "correction": "更正", "supplement": "补报", "other": "非报送"}
RELATIONS = {"duplicate": "重复件", "recall": "撤回通知", "forward": "转发件", None: ""}


def main() -> int:
    """Run the demo; return 0, or the exit code of the command that failed (3, a mail waits for a person, is success)."""
    mails = _mails()
    shutil.rmtree(DATA, ignore_errors=True)
    with serve(mails, user=USER, password=PASSWORD) as server:
        _say(f"内置 IMAP 邮箱已就绪（{server.url}），内有 {len(mails)} 封样例邮件，开始收件 ……")
        code = _run("once", "--mailbox", server.url)
    if code not in (0, 3):
        return code
    workbook = _output("compile").strip()
    log = DATA / "收件日志.csv"
    log.write_text(_output("log", "--csv"), "utf-8")
    _summary([json.loads(line) for line in _output("export", "filings").splitlines()])
    _say(f"工作簿：{workbook}\n收件日志：{log}")
    _say(
        f"接着可以试：.venv/bin/shouwen show 2024-00001 --data-dir {DATA}；把 show 2024-00001 换成 log、verify、status 也行"
    )
    _say("复核、文书和报告见 README.zh-CN.md 的“从来件到办完一上午的事”")
    return 0


def _mails() -> tuple[Served, ...]:
    """The sample mails in the order in which they arrived."""
    expected = json.loads((SAMPLES / "expected.json").read_text("utf-8"))
    served = (
        Served(octets=(SAMPLES / one["file"]).read_bytes(), received=datetime.fromisoformat(one["received"]))
        for one in expected
    )
    return tuple(sorted(served, key=lambda mail: mail.received))


def _summary(filings: list[dict[str, Any]]) -> None:
    states = Counter(filing["state"] for filing in filings)
    _say(
        f"收到 {len(filings)} 件：已归档 {states['filed']}，待人工 {states['held']}，不予受理 {states['dismissed']}"
    )
    for filing in filings:
        _say(_line(filing))
    sent = {f["unit"] for f in filings if f["kind"] not in (None, "other") and f["in_roster"]}
    outside = {
        f["unit"] for f in filings if f["kind"] not in (None, "other") and f["unit"] and not f["in_roster"]
    }
    _say(
        f"名册 {_roster()} 个单位：已报送 {len(sent)}，未报送 {_roster() - len(sent)}；另有名册外单位 {len(outside)} 个"
    )


def _line(filing: dict[str, Any]) -> str:
    what = RELATIONS[filing["relation"]] or KINDS.get(filing["kind"], filing["state"])
    unit = (filing["unit"] or "单位不明") + (
        "" if filing["unit_decided"] or not filing["unit"] else "（待核）"
    )
    doubts = "；".join(problem["detail"] for problem in filing["problems"] if problem["detail"])
    subject = filing["subject"] or "（无主题）"
    return f"  {filing['accession']} {what}｜{unit}｜活动 {len(filing['activities'])} 项｜{subject}" + (
        f"\n      {doubts}" if doubts else ""
    )


def _roster() -> int:
    from rules import load

    return len(load().units)


def _run(*arguments: str) -> int:
    return subprocess.run(_command(*arguments), env=_environment(), check=False).returncode


def _output(*arguments: str) -> str:
    done = subprocess.run(_command(*arguments), env=_environment(), check=True, stdout=subprocess.PIPE)
    return done.stdout.decode("utf-8")


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pipeline", *arguments, "--data-dir", str(DATA)]


def _environment() -> dict[str, str]:
    return os.environ | {"SHOUWEN_SET_MAILBOX__USER": USER, "SHOUWEN_PASSWORD": PASSWORD, "PYTHONUTF8": "1"}


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the demo talks to a person


if __name__ == "__main__":
    sys.exit(main())
