"""The mailbox's password is nowhere but in its file: not in ps, not in any environment, log, traceback or kept file."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pipeline.commands import run
from pipeline.keeping import check
from pipeline.records import State
from pipeline.register import Register
from tests.mailbox.boxes import PASSWORD, USER, pymap_box
from tests.mailbox.mails import arrived, mail
from tests.support import ROOT

SECONDS = 60
FORCED = """
import imaplib, sys
from pipeline.commands import main

def fails(self, user, password):
    raise RuntimeError("forced, with the password in this frame")

imaplib.IMAP4.login = fails
main(sys.argv[1:])
"""
"""A program that dies of what nobody expected, while the password is in its hands."""


def written(folder: Path, address: str) -> Path:
    """Settings with the password in a file beside them."""
    secret = folder / "mailbox-password"
    secret.write_text(PASSWORD + "\n", "utf-8")
    secret.chmod(0o600)
    settings = folder / "shouwen.toml"
    settings.write_text(
        f'data_dir = "{folder / "data"}"\nexecutor = "processes:2"\n'
        f'[mailbox]\nurl = "{address}"\nuser = "{USER}"\npassword_file = "{secret}"\n',
        "utf-8",
    )
    return settings


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "SHOUWEN_PASSWORD"}


@contextmanager
def daemon(settings: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the daemon with what it says in files."""
    command = [sys.executable, "-m", "pipeline", "run", "--settings", str(settings)]
    with (
        (folder / "stdout").open("wb") as out,
        (folder / "stderr").open("wb") as err,
        subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=err, env=environment()) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=20)


def filed(data: Path) -> int:
    if not (data / "register.db").exists():
        return 0
    with closing(Register(data / "register.db", year=2024)) as register:
        return register.count().get(State.FILED, 0)


def family(pid: int) -> list[Path]:
    """The folders of a process and of all below it in /proc."""
    found = [Path("/proc", str(pid))]
    for one in found:
        for task in (one / "task").iterdir():
            found += [Path("/proc", child) for child in (task / "children").read_text().split()]
    return found


def octets_below(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_running_daemon_shows_its_password_nowhere_and_is_backed_up_beside(tmp_path: Path) -> None:
    with pymap_box(tmp_path) as box:
        for number in range(6):
            box.deliver(mail(number), arrived(number))
        settings, data = written(tmp_path, box.address), tmp_path / "data"
        with daemon(settings, tmp_path) as process:
            deadline = time.monotonic() + SECONDS
            while filed(data) < 6 and time.monotonic() < deadline:
                time.sleep(0.1)
            seen = {
                f"{one.name}/{name}": (one / name).read_bytes()
                for one in family(process.pid)
                for name in ("cmdline", "environ")
            }
            assert run(["backup", str(tmp_path / "backup"), "--settings", str(settings)]) == 0
            assert process.poll() is None

    assert filed(data) == 6
    assert len(seen) >= 2 * 3, "the daemon and its two processes"
    assert check(tmp_path / "backup").backup.items == {"filed": 6}
    seen |= octets_below(data) | octets_below(tmp_path / "backup")
    seen |= {name: (tmp_path / name).read_bytes() for name in ("stdout", "stderr")}
    assert seen["stderr"], "the daemon says where it works"
    assert [name for name, octets in seen.items() if PASSWORD.encode() in octets] == []


def test_a_traceback_that_nobody_expected_does_not_show_the_password(tmp_path: Path) -> None:
    with pymap_box(tmp_path) as box:
        settings = written(tmp_path, box.address)
        done = subprocess.run(
            [sys.executable, "-X", "dev", "-c", FORCED, "once", "--settings", str(settings)],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "forced" in done.stderr
    assert PASSWORD not in done.stderr + done.stdout


def test_a_password_in_the_settings_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "shouwen.toml"
    settings.write_text(f'[mailbox]\nurl = "imap://127.0.0.1"\npassword = "{PASSWORD}"\n', "utf-8")

    assert run(["once", "--settings", str(settings)]) == 78

    said = capsys.readouterr()
    assert "授权码不写在设置文件里" in said.err
    assert PASSWORD not in said.err + said.out


def test_a_password_file_that_others_can_read_stops_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = written(tmp_path, "imap://127.0.0.1:1")
    (tmp_path / "mailbox-password").chmod(0o644)

    assert run(["once", "--settings", str(settings)]) == 78

    said = capsys.readouterr()
    assert "chmod 600" in said.err
    assert PASSWORD not in said.err + said.out
