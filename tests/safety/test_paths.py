"""No archive writes outside the folder it is opened in, and names of members are text wherever they are shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import fence, intake, tools
from pipeline.records import Reading
from tests.safety import attacks
from tests.safety.attacks import cab_of, mail, rar_of, seven_of, tar_of, zip_of
from tests.support import need_tool

Maker = Callable[[str, bytes], bytes]
KINDS: dict[str, Maker] = {
    "a.zip": zip_of,
    "a.tar": tar_of,
    "a.tar.gz": lambda name, data: tar_of(name, data, mode="w:gz"),
    "a.7z": seven_of,
    "a.rar": rar_of,
    "a.cab": cab_of,
}
LINKING: dict[str, Maker] = {
    "a.zip": lambda name, data: zip_of(name, data, link="in"),
    "a.tar": lambda name, data: tar_of(name, data, link="in"),
    "a.tar.gz": lambda name, data: tar_of(name, data, link="in", mode="w:gz"),
    "a.7z": lambda name, data: seven_of(name, data, link="in"),
    "a.rar": lambda name, data: rar_of(name, data, link="in"),
}
TEXT = "集市三百人".encode()


def read(name: str, archive: bytes) -> Reading:
    if name.endswith((".7z", ".rar", ".cab")):
        need_tool("unar")
    return intake.read(mail((name, archive)), abilities=tools.abilities())


def snapshot(*folders: Path) -> list[tuple[str, bytes]]:
    """All files below *folders*, their octets, and the names in their parents."""
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [(str(path), path.read_bytes()) for path in files]


@pytest.mark.parametrize("kind", KINDS)
def test_the_archives_made_here_open(kind: str) -> None:
    """The check can fail: a plain name is read from each kind."""
    reading = read(kind, KINDS[kind]("总结.txt" if kind != "a.cab" else "a.txt", TEXT))

    assert TEXT.decode() in [block.text for document in reading.documents for block in document.blocks]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", ["absolute", "upwards", "windows", "mixed"])
def test_a_member_whose_name_leads_elsewhere_stays_text(kind: str, way: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.mkdir()
    (canary / "old.txt").write_bytes(b"old")
    up = "../" * 12
    name = {
        "absolute": f"{canary}/old.txt",
        "upwards": f"{up}{str(canary)[1:]}/old.txt",
        "windows": f"{up}{str(canary)[1:]}/old.txt".replace("/", "\\"),
        "mixed": f"a/{up}{str(canary)[1:]}/./new.txt",
    }[way]
    before = snapshot(tmp_path)

    reading = read(kind, KINDS[kind](name, TEXT))

    assert snapshot(tmp_path) == before
    _stays(reading)


@pytest.mark.parametrize("kind", LINKING)
def test_nothing_is_written_through_a_link_that_the_archive_brings(kind: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.mkdir()
    (canary / "old.txt").write_bytes(b"old")
    before = snapshot(tmp_path)

    for file in ("old.txt", "new.txt"):
        reading = read(kind, LINKING[kind](f"{canary}/{file}", TEXT))
        _stays(reading)
        assert b"old" not in [part.name_octets for part in reading.parts]

    assert snapshot(tmp_path) == before
    assert not any(block.text == "old" for document in reading.documents for block in document.blocks)


def test_a_program_can_neither_write_nor_read_outside_its_folder(tmp_path: Path) -> None:
    if not fence.holds():
        pytest.skip("this machine's kernel has no landlock")
    (tmp_path / "old.txt").write_bytes(b"old")
    script = "cat $0/old.txt; echo x > $0/new.txt; rm -f $0/old.txt; ln -s $0/old.txt l; cat l; mkdir $0/d; mv $0/old.txt ."

    result = tools.run(["sh", "-c", script, str(tmp_path)])

    assert result.out == b""
    assert result.files == ()
    assert [path.name for path in tmp_path.iterdir()] == ["old.txt"]
    assert (tmp_path / "old.txt").read_bytes() == b"old"


STRANGE = {
    "nul": b"a\0b.txt",
    "escape": b"\x1b]0;x\x07\x1b[31mred.txt",
    "turned": "总结\u202etxt.exe".encode(),
    "lines": b"a\r\nb\tc.txt",
    "markup": b"[red]<script>alert(1)</script>.txt",
    "long": b"x" * 10_000 + b".txt",
    "dots": b"../../etc/passwd",
    "device": b"C:\\Windows\\CON",
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_name_is_shown_safe_and_its_octets_are_kept(name: str) -> None:
    from tools.samplemaker.archives import Member, zipped

    archive = zipped([Member(name=STRANGE[name].decode(), data=TEXT)])

    reading = read("a.zip", archive)

    (member,) = [part for part in reading.parts if part.path.startswith("2/")]
    assert not any(
        sign < " " or "\x7f" <= sign < "\xa0" or sign in "\u202a\u202e\u2066" for sign in member.path
    )
    assert len(member.path) < 500
    assert ".." not in member.path.split("/")
    assert member.size == len(TEXT)


def _stays(reading: Reading) -> None:
    """Every part is below its container and names nothing outside."""
    for part in reading.parts:
        pieces = part.path.split("/")
        assert pieces[0] in {"1", "2"}
        assert ".." not in pieces
        assert "" not in pieces


@pytest.mark.parametrize("program", ["unar", "bsdtar"])
def test_a_path_of_a_thousand_folders_costs_neither_this_process_nor_its_disk(program: str) -> None:
    """No folder is made for it: the member is read, and its name is cut."""
    need_tool(program)
    before = sorted(Path(tools.__file__).parent.iterdir())
    archive = attacks.seven_of("/".join(["d"] * 900) + "/x.txt", TEXT)

    reading = intake.read(mail(("a.7z", archive)), abilities=(program,))

    _stays(reading)
    assert all(len(part.path) < 500 for part in reading.parts)
    assert [part.size for part in reading.parts if part.path.startswith("2/")] == [len(TEXT)]
    assert sorted(Path(tools.__file__).parent.iterdir()) == before
