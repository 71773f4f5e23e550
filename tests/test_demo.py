"""`make demo` does what README.md says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support import ROOT


def test_the_demo_serves_takes_in_compiles_and_ends_with_paths(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.demo"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stderr
    workbook = next(
        line.partition("：")[2] for line in done.stdout.splitlines() if line.startswith("工作簿：")
    )
    log = next(line.partition("：")[2] for line in done.stdout.splitlines() if line.startswith("收件日志："))
    assert (tmp_path / workbook).is_file()
    assert (tmp_path / log).read_text("utf-8-sig").count("\n") > 25
    assert "未报送" in done.stdout
    assert "imap://127.0.0.1" in done.stdout
