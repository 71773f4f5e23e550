"""What senders write is text in every cell, in every export and on the terminal: through the daemon's own way, to the file."""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import subprocess
import sys
import zipfile
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import etree

from tests.safety.attacks import mail
from tests.support import ROOT
from tests.taught import taught
from tools.samplemaker.archives import Member, zipped

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULAS = (
    '=HYPERLINK("http://198.51.100.9/x","点此")',
    "+cmd|'/c calc'!A0",
    "-2+3+cmd|'/c calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    '=WEBSERVICE("http://198.51.100.9/")',
)
OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
TERMINAL = "\x1b]0;pwned\x07\x1b[31m[red]红[/red][link=http://198.51.100.9]\x9b31m.txt"


def hostile(number: int, words: str) -> bytes:
    """A report whose unit, title, file names and subject all begin with *words*."""
    text = (
        f"{words}区科协活动总结\n\n一、{words}科普集市\n5月28日，{words}科协在{words}龙山社区举办科普集市，"
    )
    text += f"服务居民{number + 100}人，发放资料500份。{TERMINAL}\n"
    inner = zipped([Member(name=f"{words[:100]}.txt", data=b"x"), Member(name=TERMINAL, data=text.encode())])
    octets = mail(
        ("PLACEHOLDER.txt", text.encode()), (f"材料{number}.zip", inner), text=text, subject="主题XYZ"
    )
    name = (
        b"filename*=utf-8''" + quote(f"{words}.txt").encode()
    )  # a tab or line end gets into a name in this way
    octets = octets.replace(b'filename="PLACEHOLDER.txt"', name)
    subject = "=?utf-8?b?" + b64encode(f"{words} 渝北区科协活动总结{TERMINAL}".encode()).decode() + "?="
    return re.sub(rb"Subject: [^\r\n]*", b"Subject: " + subject.encode(), octets)


COMMANDS = """
import json, sys
from pipeline.commands import main
for words in json.loads(sys.argv[1]):
    sys.argv = ["shouwen", *words]
    try:
        main()
    except SystemExit as end:
        assert end.code in (0, 3, None), (words, end.code)
"""


def on_a_terminal(*commands: list[str]) -> str:
    """Run the commands with a terminal as their standard output, and give what they wrote there."""
    parent, terminal = pty.openpty()
    command = [sys.executable, "-c", COMMANDS, json.dumps(commands)]
    environment = {**os.environ, "TERM": "dumb", "NO_COLOR": "1"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=terminal, stderr=subprocess.PIPE
    ) as process:
        os.close(terminal)
        written = b""
        with suppress(OSError):  # the end of a terminal is an error
            while octets := os.read(parent, 65536):
                written += octets
        os.close(parent)
        assert process.stderr
        said = process.stderr.read().decode()
    assert process.returncode == 0, said
    return written.decode().replace("\r\n", "\n")


def shouwen(*arguments: str) -> str:
    """Run the command, and give what it wrote to its standard output, a pipe."""
    command = [sys.executable, "-m", "pipeline", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode in (0, 3), done.stderr
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]|cmd\||pwned|科普集市", done.stderr)
    return done.stdout


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder after the hostile mails were taken in and filed by a process of the pool."""
    mails = tmp_path_factory.mktemp("mails")
    for number, words in enumerate(FORMULAS):
        (mails / f"{number}.eml").write_bytes(hostile(number, words))
    folder = taught(tmp_path_factory.mktemp("data"))
    shouwen("once", "--mailbox", str(mails), "--data-dir", str(folder), "--executor", "processes:1")
    return folder


def test_no_cell_of_the_workbook_is_a_formula_of_a_sender(data: Path) -> None:
    path = ROOT / shouwen("compile", "--data-dir", str(data)).strip()

    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    pages = [octets for name, octets in parts.items() if name.startswith("xl/worksheets/sheet")]
    texts = "".join(str(text) for octets in pages for text in etree.fromstring(octets).itertext())
    assert "cmd|" in texts  # they are in it, as text
    for name, octets in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            for formula in etree.fromstring(octets).iter(f"{MAIN}f"):
                assert not re.search(r"cmd|HYPERLINK|WEBSERVICE|198\.51", formula.text or ""), name
        if name.endswith(".rels"):
            targets = [
                str(node.get("Target"))
                for node in etree.fromstring(octets)
                if node.get("TargetMode") == "External"
            ]
            assert all(re.fullmatch(r"files/\d{4}-\d{5}/[^/\\]+", target) for target in targets), name
        assert b"\x1b" not in octets or not name.endswith(".xml")


def test_no_field_of_a_csv_begins_like_a_formula(data: Path) -> None:
    text = shouwen("log", "--data-dir", str(data))
    fields = [field for row in csv.reader(text.splitlines()) for field in row]

    assert len(fields) > 20
    assert [
        field
        for field in fields
        if field.startswith(("=", "+", "@", "\t", "\r")) or re.match(r"-(?!\d)", field)
    ] == []


def test_the_terminal_obeys_no_mail(data: Path) -> None:
    """Neither escape sequences nor the markup of the library that prints are obeyed."""
    shown = [["show", f"2024-{number:05}"] for number in range(1, len(FORMULAS) + 1)]
    others = [["status"], ["held"], ["daily"], ["log", "--json"], ["export", "filings"]]
    others += [["export", "text", "2024-00001"], ["trace", "2024-00001"]]

    written = on_a_terminal(*([*words, "--data-dir", str(data)] for words in [*shown, *others]))

    assert "[red]红[/red]" in written
    assert [line for line in written.split("\n") if OBEYED.search(line)] == []
    assert len(written) > 10_000
