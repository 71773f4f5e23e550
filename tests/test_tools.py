"""Foreign programs: what they may do, what comes back, and that nothing of them stays."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from pipeline import fence, private_folder, tools
from pipeline.errors import UnavailableError
from pipeline.worker import only_writer
from tests.support import ROOT, need_tool

PYTHON = sys.executable


def script(text: str, **limits: float) -> tools.Result:
    """Run a small Python program as a foreign one."""
    return tools.run(
        [PYTHON, "-c", text], seconds=limits.get("seconds", 20), megabytes=int(limits.get("megabytes", 1024))
    )


def test_a_program_gets_its_input_and_gives_output_status_and_files() -> None:
    result = tools.run(
        [
            PYTHON,
            "-c",
            "import sys; open('b.txt','w').write(open('in/a.txt').read()*2); print(sys.stdin.read())",
        ],
        inputs=[("in/a.txt", "材料".encode())],
        data=b"from stdin",
    )

    assert result.ok
    assert result.out == b"from stdin\n"
    assert result.files == (("b.txt", "材料材料".encode()),)


def test_the_private_folder_is_home_and_working_folder_and_gone_afterwards() -> None:
    result = script("import os; print(os.getcwd()); print(os.environ['HOME'])")

    folder, home = result.out.decode().split()
    assert folder == home
    assert not Path(folder).exists()


def test_nothing_of_our_environment_reaches_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWEN_SECRET", "授权码")

    result = script("import os; print(sorted(os.environ)); print(os.environ['https_proxy'])")

    assert b"SHOUWEN_SECRET" not in result.out
    assert b"127.0.0.1:9" in result.out


def test_an_overrun_kills_the_whole_group() -> None:
    result = tools.run(
        [
            PYTHON,
            "-c",
            "import subprocess,sys,time; p=subprocess.Popen(['sleep','300']); print(p.pid, flush=True); time.sleep(300)",
        ],
        seconds=1,
    )

    assert result.overrun
    assert not result.ok
    assert not _alive(int(result.out))


def test_what_a_program_leaves_running_is_killed_with_it() -> None:
    result = script("import subprocess; print(subprocess.Popen(['sleep','300']).pid)")

    assert result.ok
    assert not _alive(int(result.out))


def test_memory_is_limited() -> None:
    result = script("x = bytearray(900 * 1024**2)", megabytes=300)

    assert result.code != 0
    assert b"MemoryError" in result.error


def test_a_file_that_grows_without_end_is_stopped_and_not_handed_back() -> None:
    result = script(
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\nwith open('big','wb') as f:\n  while 1: f.write(bytes(1024**2))",
        megabytes=200,
    )

    assert result.overrun
    assert sum(len(octets) for _, octets in result.files) <= 200 * 1024**2 // 4


def test_links_and_hidden_files_are_not_handed_back() -> None:
    result = script(
        "import os; os.symlink('/etc/hostname','a'); open('.b','w').write('x'); open('c','w').write('y')"
    )

    assert result.files == (("c", b"y"),)


def test_a_program_cannot_reach_a_server_of_this_machine() -> None:
    if not tools._no_network():
        pytest.skip("this machine allows no network namespace")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        result = script(f"import socket; socket.create_connection(('127.0.0.1', {port}), timeout=3)")

    assert result.code != 0


def test_a_missing_program_is_unavailable() -> None:
    with pytest.raises(UnavailableError, match="no-such-program"):
        tools.run(["no-such-program"])


def test_abilities_are_sorted_names_of_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    tools.abilities.cache_clear()
    monkeypatch.setattr(
        shutil, "which", lambda name: f"/usr/bin/{name}" if name in {"unar", "antiword"} else None
    )
    monkeypatch.setattr(tools, "MODULES", {"rapidocr": ("no_such_module",)})
    try:
        assert tools.abilities() == ("antiword", "unar")
    finally:
        tools.abilities.cache_clear()


def test_tesseract_counts_only_with_simplified_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    need_tool("tesseract")
    tools.abilities.cache_clear()
    monkeypatch.setattr(tools, "_languages", lambda: ["eng", "osd"])
    try:
        assert "tesseract" not in tools.abilities()
    finally:
        tools.abilities.cache_clear()


def _alive(pid: int) -> bool:
    """Say whether a process runs (a zombie that init has not taken yet does not)."""
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        if state == "Z":
            return False
        time.sleep(0.02)
    os.kill(pid, 9)
    return True


# ------------------------------------------------------------ what a program finds around it


def test_the_private_folder_is_open_to_nobody_else_and_so_is_what_is_made_in_it() -> None:
    result = script(
        "import os; open('a','w'); os.mkdir('d'); print(*(oct(os.stat(p).st_mode)[-3:] for p in ('.','a','d')))"
    )

    assert result.out.split() == [b"700", b"600", b"700"]


def test_a_program_leaves_no_core_opens_few_files_and_has_no_terminal() -> None:
    result = script(
        "import os, resource as r; print(r.getrlimit(r.RLIMIT_CORE)[0], r.getrlimit(r.RLIMIT_NOFILE)[0]); "
        "print(os.isatty(0), os.getsid(0) == os.getpgid(0))\ntry: open('/dev/tty')\nexcept OSError: print('none')"
    )

    assert result.out.decode().split() == ["0", str(tools.MAX_OPEN), "False", "True", "none"]


def test_a_program_that_leaves_its_group_is_killed_too() -> None:
    result = script("import subprocess; print(subprocess.Popen(['sleep','300'], start_new_session=True).pid)")

    assert result.ok
    assert not _alive(int(result.out))


@pytest.mark.parametrize("levels", [10, 1500])
def test_folders_in_folders_are_looked_into_so_far_and_removed_all_the_same(
    levels: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    result = script(f"import os\nfor _ in range({levels}):\n  os.mkdir('d')\n  os.chdir('d')\nopen('x','w')")

    assert (len(result.files), result.overrun) == ((1, False) if levels == 10 else (0, True))
    assert list(tmp_path.iterdir()) == []


def test_files_beyond_their_number_are_not_handed_back() -> None:
    result = script(f"for n in range({private_folder.MAX_FILES} + 5): open(str(n), 'w')")

    assert result.overrun
    assert len(result.files) == private_folder.MAX_FILES


def test_a_file_that_nobody_may_read_and_a_pipe_do_no_harm() -> None:
    result = script("import os; open('a','w').write('x'); os.chmod('a', 0); os.mkfifo('p'); os.mkdir('d', 0)")

    assert result.files == (("a", b"x"),)


def test_a_program_is_tied_to_the_process_that_started_it() -> None:
    """One that was started by somebody who is gone does not begin."""
    command = (
        sys.executable,
        "-I",
        "-S",
        fence.__file__,
        "1",
        "/tmp",
        "",
        "/bin/echo",
        "begun",
    )  # process 1 did not start it

    done = subprocess.run(command, capture_output=True, check=False)

    assert (done.returncode, done.stdout) == (1, b"")


def test_what_a_killed_process_left_goes_when_the_next_writer_begins_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words of mails stand in these folders."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\nimport os, tempfile; tempfile.tempdir = {str(tmp_path)!r}\n"
        "from pipeline.private_folder import private_folder\n"
        "with private_folder() as folder:\n    (folder / 'mail.docx').write_text('x'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    (abandoned,) = tmp_path.iterdir()
    others = [
        tmp_path / name for name in (f"shouwen-{abandoned.name.split('-')[1]}", "shouwen-soak-x", "x-1-y")
    ]
    for folder in others:
        folder.mkdir()
    (tmp_path / "shouwen-999999999-link").symlink_to(tmp_path / "x-1-y")

    with private_folder.private_folder() as alive, only_writer(tmp_path / "data"):
        assert alive.is_dir()

    assert not abandoned.exists()
    assert all(folder.is_dir() for folder in others)
    assert (tmp_path / "shouwen-999999999-link").is_symlink()
