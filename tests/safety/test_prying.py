"""Whoever has taken over the reader's child sees no mail but the one at hand, no settings, no secret, and changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import fence, tools
from pipeline.extract import child
from pipeline.private_folder import private_folder
from pipeline.records import Leaf
from tests.support import ROOT

SPY = """
import json, os, socket
from pipeline.records import Content

def _tried(way, path):
    if way == "read":
        with open(path, "rb") as stream:
            stream.read(1)
    elif way == "list":
        os.listdir(path)
    elif way == "write":
        with open(path, "ab") as stream:
            stream.write(b"x")
    elif way == "remove":
        os.unlink(path)
    elif way == "signal":
        os.kill(int(path), 0)
    elif way == "connect":
        socket.create_connection(("127.0.0.1", int(path)), timeout=2).close()

def pry(leaf, argument=""):
    done = []
    for way, path in json.loads(leaf.data):
        try:
            _tried(way, path)
        except OSError:
            continue
        done.append([way, path])
    return Content(reason=json.dumps(done))
"""
Try = tuple[str, str]


@pytest.fixture
def pry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Try]]:
    """A child taken over: it tries what it is told and says what it could do."""
    if not fence.holds():
        pytest.skip("this machine's kernel has no landlock")
    own = tmp_path / "spy"
    own.mkdir()
    (own / "spy.py").write_text(SPY, "utf-8")
    begin = child._START.removesuffix("serve()")
    begin += "from pipeline.extract import child; child.TASKS['word'] = 'spy:pry'; serve()"
    monkeypatch.setattr(child, "_START", begin)
    monkeypatch.setattr(child, "_LIBRARIES", [*child._LIBRARIES, str(own)])
    child._KEEPER.stop()

    def tried(*ways: Try) -> list[Try]:
        try:
            content = child.ask("word", Leaf(path="1", data=json.dumps(ways).encode()))
        finally:
            child._KEEPER.stop()
        return [(way, path) for way, path in json.loads(content.reason)]

    return tried


def test_a_child_taken_over_reads_neither_data_nor_settings_nor_secrets(
    pry: Callable[..., list[Try]], tmp_path: Path
) -> None:
    office = tmp_path / "office"
    for name in ("data/register.db", "data/archive/ab/cd/abcd", "shouwen.toml", "secret/mailbox-password"):
        (office / name).parent.mkdir(parents=True, exist_ok=True)
        (office / name).write_bytes(b"secret")
    with private_folder() as other:
        (other / "mail.docx").write_bytes(b"of another mail")
        wanted = [
            *(("read", str(path)) for path in office.rglob("*") if path.is_file()),
            *(("list", str(path)) for path in (office, office / "data", office / "data" / "archive")),
            *(("read", str(path)) for path in (other / "mail.docx", "/etc/shadow", "/etc/ssl/openssl.cnf")),
            *(("list", path) for path in (str(other), "/tmp", "/", "/etc", str(Path.home()))),
        ]

        assert pry(*wanted) == []


def test_of_a_checkout_a_child_sees_the_package_alone(pry: Callable[..., list[Try]]) -> None:
    """In a checkout ./data and ./shouwen.toml stand beside the package."""
    beside = [("read", str(ROOT / name)) for name in ("README.md", "Makefile", "rules/__init__.py")]
    beside += [("list", str(path)) for path in (ROOT, ROOT / "tests", ROOT / "rules")]
    package = [("read", str(ROOT / "pipeline" / "records" / "evidence.py")), ("list", str(ROOT / "pipeline"))]

    assert pry(*beside, *package) == package


def test_a_child_taken_over_sees_no_environment_memory_or_open_file_of_the_daemon(
    pry: Callable[..., list[Try]], tmp_path: Path
) -> None:
    """The password may stand in the environment, and root is nobody special."""
    mine = f"/proc/{os.getpid()}"

    with (tmp_path / "register.db").open("wb") as held:
        names = ("environ", "mem", "maps", "root/etc/shadow", f"fd/{held.fileno()}")

        assert pry(*(("read", f"{mine}/{name}") for name in names)) == []
    assert pry(("read", "/proc/self/environ")), "the check can fail"


def test_a_child_taken_over_changes_nothing_and_reaches_nobody(
    pry: Callable[..., list[Try]], tmp_path: Path
) -> None:
    (tmp_path / "register.db").write_bytes(b"")
    package = str(ROOT / "pipeline" / "extract" / "word.py")
    wanted = [
        ("write", str(tmp_path / "register.db")),
        ("write", str(tmp_path / "new")),
        ("write", package),
        ("write", "/tmp/new"),
        ("remove", package),
        ("remove", str(tmp_path / "register.db")),
        ("connect", "80"),
    ]

    assert pry(*wanted) == []
    assert (tmp_path / "register.db").read_bytes() == b""
    if fence.scopes():
        assert pry(("signal", str(os.getpid()))) == []


def test_the_working_folder_is_not_readable_though_python_was_started_in_it(tmp_path: Path) -> None:
    """`python -m pipeline` puts the working folder, which may be the data folder, on the path."""
    (tmp_path / "register.db").write_bytes(b"secret")
    code = "from pipeline.extract import child; print(child._LIBRARIES)"

    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert str(tmp_path) not in done.stdout
    assert str(ROOT) not in done.stdout.replace(f"{ROOT}/.venv", "")


def test_no_folder_to_read_in_is_said_with_its_cure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from pipeline.errors import TransientError

    child._KEEPER.stop()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))

    for attempt in (
        lambda: child.ask("word", Leaf(path="1", data=b"")),
        lambda: tools.run(["true"]),
    ):
        with pytest.raises(TransientError, match=r"临时目录.*请检查权限和剩余空间"):
            attempt()
