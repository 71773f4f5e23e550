"""The documents say what is true: commands exist, links lead somewhere, both READMEs are equal, nothing leaks."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from bench.scale.page import PICTURE
from tests.support import ROOT
from tools import pictures

GROUPS = ("rules", "export", "review", "papers", "cluster")
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
    from pipeline.commands.outline import ENTRIES

    known = set(ENTRIES)
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


def test_the_pictures_are_those_that_make_pictures_draws_and_weigh_little() -> None:
    files = sorted((ROOT / "docs" / "images").iterdir())
    shown = {*re.findall(r"\(docs/images/(\w+)\.png\)", READMES[0].read_text("utf-8"))}

    drawn = {*(table.name for table in pictures.TABLES), pictures.REPORT}
    replayed = Path(PICTURE).stem  # by make scale, and shown on its own page
    assert {path.stem for path in files} == drawn | {replayed}
    assert shown == drawn
    assert f"({PICTURE})" in (ROOT / "docs" / "scale.md").read_text("utf-8")
    assert sum(path.stat().st_size for path in files) < 600_000


def test_a_picture_holds_the_rows_and_columns_that_were_asked_for() -> None:
    """Four columns, a header and three rows, each cell in its own grey."""
    page = Image.new("RGB", (430, 330), "white")
    draw = ImageDraw.Draw(page)
    for row in range(4):
        for column in range(4):
            at = (10 + 100 * column, 10 + 70 * row)
            shade = 180 + 16 * row + column
            draw.rectangle((*at, at[0] + 100, at[1] + 70), fill=(shade,) * 3, outline="black")

    cut = pictures.cut(page, pictures.Table(name="", title="", columns=(0, 3), rows=range(1, 3)))

    assert cut.size == (202, 212)
    centres = [[cut.getpixel((x, y)) for x in (50, 150)] for y in (35, 105, 175)]
    assert centres == [[(180 + 16 * row + column,) * 3 for column in (0, 3)] for row in (0, 2, 3)]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-cluster.lock", "requirements-dev.lock"])
def test_a_lock_carries_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    pinned = re.findall(r"^[a-z0-9][\w.-]*==", text, re.MULTILINE)

    assert len(pinned) > 40
    assert text.count("--hash=sha256:") >= len(pinned)
    assert "://" not in text


def test_every_lock_pins_what_the_smaller_one_does_and_more() -> None:
    """Machines of a cluster compare versions before they work: two locks that differ would keep them apart."""
    locks = ("requirements.lock", "requirements-cluster.lock", "requirements-dev.lock")
    pinned = [
        set(re.findall(r"^[a-z0-9][\w.-]*==[^ ;\\]+", (ROOT / lock).read_text("utf-8"), re.MULTILINE))
        for lock in locks
    ]

    assert pinned[0] < pinned[1] < pinned[2]


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
    [
        ROOT / "docs" / f"{name}.md"
        for name in (
            "archive-s3",
            "cluster",
            "learning",
            "operating",
            "operating-backup",
            "review",
            "staff",
        )
    ],
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
        named = words[: 2 if words[0] in GROUPS else 1]
        assert run([*named, "--help"]) == 0
        shown = capsys.readouterr().out
        assert all(option in shown for option in words if option.startswith("--")), words
