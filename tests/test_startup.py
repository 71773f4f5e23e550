"""Nobody waits for libraries that their command does not need."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.commands.outline import ENTRIES, drawn
from pipeline.register import Register
from tests.support import ROOT

DEAR = {
    "PIL", "calamine", "docx", "imapclient", "lxml", "numpy", "openpyxl", "pandas", "pypdfium2", "rapidocr", "scipy",
    "sklearn", "sqlalchemy", "xlsxwriter",
}  # fmt: skip
"""Libraries that readers, judges, the mailbox, the register and the workbook import where they use them."""
PEEK = "import json, sys; from pipeline.commands import run; run(sys.argv[1:]); print(json.dumps(sorted(sys.modules)), file=sys.stderr)"


def imported(*arguments: str) -> set[str]:
    """Modules in a process that ran that command."""
    done = subprocess.run(
        [sys.executable, "-c", PEEK, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_the_help_imports_no_library_at_all() -> None:
    seen = imported("--help")

    assert not {name.split(".")[0] for name in seen} & (DEAR | {"pydantic", "rich", "typer", "rules"})
    assert "pipeline.commands.operating" not in seen


def test_status_imports_neither_readers_nor_judges_nor_the_database_library(tmp_path: Path) -> None:
    (tmp_path / "status.json").write_text("{}", "utf-8")

    seen = imported("status", "--data-dir", str(tmp_path))

    assert "pipeline.health.judging" in seen
    assert not {name.split(".")[0] for name in seen} & (DEAR | {"pydantic_settings", "rich"})
    assert not {"pipeline.records", "pipeline.register", "pipeline.intake", "outputs"} & seen


def test_status_on_a_folder_with_filings_knows_neither_connections_nor_folders_of_mails(
    tmp_path: Path,
) -> None:
    """What a mailbox shows is judged by the dates that the register has."""
    with closing(Register(tmp_path / "register.db", year=2024)):
        pass

    seen = imported("status", "--data-dir", str(tmp_path))

    assert "pipeline.health.reader" in seen
    assert not {name.split(".")[0] for name in seen} & (DEAR | {"pydantic_settings", "rich", "ssl"})
    assert not {"pipeline.mailbox.folder", "pipeline.mailbox.connection"} & seen


def test_settings_that_say_nothing_build_nothing_and_are_the_defaults() -> None:
    """What checks ten tables takes longer to build than all of them to read."""
    peek = (
        "import pipeline.settings as s; found = s.load(None); "
        "print(s.Settings.__pydantic_complete__, s.MailboxSettings.__pydantic_complete__); print(found == s.Settings())"
    )

    done = subprocess.run([sys.executable, "-c", peek], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "False", "True"]


def test_no_plugin_is_looked_for_among_all_that_is_installed() -> None:
    peek = (
        "import importlib.metadata as m; m.entry_points = None; "
        "import pipeline.settings as s; s.Settings(poll_seconds=200)"
    )

    subprocess.run([sys.executable, "-c", peek], cwd=ROOT, capture_output=True, check=True)


def test_no_command_imports_readers_judges_or_tables_before_it_is_called() -> None:
    """lxml alone may be there: the words of the workbook need what knows links."""
    families = " ".join(sorted({entry.family for entry in ENTRIES.values()}))
    peek = f"import sys; [__import__('pipeline.commands.' + name) for name in '{families}'.split()]; print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", peek], cwd=ROOT, capture_output=True, text=True, check=True)

    seen = set(done.stdout.split())
    assert "pipeline.commands.taking_in" in seen
    assert not {one.split(".")[0] for one in seen} & (DEAR - {"lxml"})


@pytest.mark.parametrize("columns", [40, 60, 80, 133])
def test_the_help_fills_the_terminal_and_no_more(columns: int) -> None:
    widths = [
        sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)
        for line in drawn(columns).splitlines()
    ]
    framed = [
        width for width, line in zip(widths, drawn(columns).splitlines(), strict=True) if line[:1] in {*"╭│╰"}
    ]

    assert max(widths) <= columns
    assert set(framed) == {columns}
    joined = "".join(drawn(columns).replace("│", "").split())
    assert all("".join(entry.told.split()) in joined for entry in ENTRIES.values())
