"""The documents say what is true: commands exist, links lead somewhere, both READMEs are equal, nothing leaks."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.support import ROOT

READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")


def blocks(text: str) -> list[str]:
    """The code blocks of a document, without comments."""
    return [re.sub(r"\s*#.*", "", block) for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)]


def test_both_readmes_give_the_same_commands_and_sections() -> None:
    english, chinese = (path.read_text("utf-8") for path in READMES)

    assert blocks(english) == blocks(chinese)
    assert len(re.findall(r"^#+ ", english, re.MULTILINE)) == len(re.findall(r"^#+ ", chinese, re.MULTILINE))
    assert len(re.findall(r"^\|", english, re.MULTILINE)) == len(re.findall(r"^\|", chinese, re.MULTILINE))


def test_every_command_of_the_readme_exists() -> None:
    from pipeline.commands import app

    known = {command.name for command in app.registered_commands} | {
        group.name for group in app.registered_groups
    }
    told = set(re.findall(r"\.venv/bin/shouwen ([a-z]+)", READMES[0].read_text("utf-8")))

    assert told
    assert told <= known


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))

    assert set(re.findall(r"`?make ([a-z]+)", READMES[0].read_text("utf-8"))) <= targets


@pytest.mark.parametrize(
    "document", [*READMES, *sorted((ROOT / "docs").glob("*.md"))], ids=lambda path: path.name
)
def test_every_link_of_a_document_leads_to_a_file(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text("utf-8")):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_carries_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    pinned = re.findall(r"^[a-z0-9][\w.-]*==", text, re.MULTILINE)

    assert len(pinned) > 40
    assert text.count("--hash=sha256:") >= len(pinned)
    assert "://" not in text


def test_the_repository_speaks_of_itself_alone() -> None:
    """No path of a machine, no package index, in any tracked text file but the licence."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    forbidden = re.compile(
        "/(?:home|root|work)/|" + "index-" + "url|pypi" + r"\.org|files\.python" + "hosted"
    )
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if (
            name.endswith((".py", ".md", ".toml", ".lock", ".yaml", "Makefile", "Dockerfile", "run"))
            and path.is_file()
        ):
            text = path.read_text("utf-8").replace("--no-emit-" + "index-" + "url", "")
            assert not forbidden.search(text), name


@pytest.mark.parametrize(
    "document",
    [ROOT / "docs" / name for name in ("learning.md", "operating.md", "staff.md")],
    ids=lambda path: path.name,
)
def test_every_command_and_option_of_a_page_for_staff_exists(
    document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from pipeline.commands import run

    lines = [line for block in blocks(document.read_text("utf-8")) for line in block.splitlines()]
    told = [line.split() for line in lines if line.startswith("shouwen ")]
    assert told
    for _, *words in told:
        named = words[: 2 if words[0] in ("rules", "export", "review", "papers") else 1]
        assert run([*named, "--help"]) == 0
        shown = capsys.readouterr().out
        assert all(option in shown for option in words if option.startswith("--")), words
