"""Split archives that came as separate files are joined by their names; what is missing is named."""

from __future__ import annotations

import hashlib
import re
import struct
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import intake, tools
from pipeline.records import Attached, Leaf, Reading, Status
from pipeline.unpack.volumes import sets
from tests.packing import by_bsdtar, cut, rar, rar_volumes, split_zip, tarred, zipped
from tests.support import SHARED, need_tool, needs_shared
from tools.formatmaker import FOLDER as FORMATS
from tools.formats.survey import posted

REPORT = "渝北区科协活动总结\n5月28日，渝北区科协在龙山社区举办科普集市，服务居民300余人次。".encode()
NOISE = hashlib.shake_128(b"noise").digest(4000)
"""Octets that no packing makes smaller."""

NAMES = {
    "part": lambda stem, number, count: f"{stem}.part{number}.rar",
    "part0": lambda stem, number, count: f"{stem}.part{number:02}.rar",
    "rar": lambda stem, number, count: f"{stem}.rar" if number == 1 else f"{stem}.r{number - 2:02}",
    "zip": lambda stem, number, count: f"{stem}.zip" if number == count else f"{stem}.z{number:02}",
    "split": lambda stem, number, count: f"{stem}.zip.{number:03}",
    "seven": lambda stem, number, count: f"{stem}.7z.{number:03}",
}


def octets(scheme: str, count: int) -> list[bytes]:
    """Volumes of one archive in the manner of *scheme*."""
    if scheme in ("part", "part0", "rar"):
        return rar_volumes("总结.txt", NOISE, count)
    if scheme == "zip":
        return split_zip([("总结.txt", NOISE)], 4000 // (count - 1) + 1)[:count]
    if scheme == "seven":  # its start header says where its end is
        return cut(b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<LQQL", 0, len(NOISE), 0, 0) + NOISE, count)
    return cut(zipped(("总结.txt", NOISE)), count)


def leaves(names: list[str], pieces: list[bytes]) -> list[Leaf]:
    pairs = enumerate(zip(names, pieces, strict=True), 2)
    return [Leaf(path=str(place), name=name, data=data) for place, (name, data) in pairs]


def mail(*files: tuple[str, bytes], text: str = "材料见附件") -> bytes:
    message = EmailMessage()
    message["From"] = "渝北区科协 <kx@kx.yubei.example>"
    message["Subject"] = "材料"
    message.set_content(text)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def read(*files: tuple[str, bytes]) -> Reading:
    return intake.read(mail(*files), abilities=tools.abilities())


def by_path(reading: Reading) -> dict[str, tuple[Status, str]]:
    return {part.path: (part.status, part.reason) for part in reading.parts}


@given(data=st.data(), scheme=st.sampled_from(sorted(NAMES)), count=st.integers(2, 6))
def test_volumes_come_together_in_any_order_and_case_and_with_marks_of_copies(
    data: st.DataObject, scheme: str, count: int
) -> None:
    pieces = octets(scheme, count)
    names = [NAMES[scheme]("材料", number, len(pieces)) for number in range(1, len(pieces) + 1)]
    for place in data.draw(st.sets(st.integers(0, len(names) - 1))):
        names[place] = names[place].upper() if data.draw(st.booleans()) else f"材料(1){names[place][2:]}"
    given_leaves = leaves(names, pieces)
    shuffled = data.draw(st.permutations(given_leaves))

    found = sets(shuffled)

    assert set(found) == {leaf.path for leaf in given_leaves}
    assert len({id(joined) for joined in found.values()}) == 1
    joined = found["2"]
    assert joined.leaves == tuple(given_leaves)
    assert joined.missing == ""
    assert joined.octets == b"".join(pieces)


@given(data=st.data(), scheme=st.sampled_from(sorted(NAMES)), count=st.integers(3, 6))
def test_the_missing_volumes_are_named_and_no_others(data: st.DataObject, scheme: str, count: int) -> None:
    pieces = octets(scheme, count)
    numbers = list(range(1, len(pieces) + 1))
    there = sorted(data.draw(st.sets(st.sampled_from(numbers), min_size=1, max_size=len(numbers) - 1)))
    if scheme in ("split", "seven") and 1 not in there:
        there = [1, *there][
            : len(numbers) - 1
        ]  # where no volume has a head, only gaps below the last are known
    names = [NAMES[scheme]("材料", number, len(pieces)) for number in there]

    found = sets(leaves(names, [pieces[number - 1] for number in there]))

    assert len(found) == len(there)
    joined = next(iter(found.values()))
    gaps = set(range(1, max(there))) - set(there)
    beyond = {max(there) + 1} if max(there) < len(pieces) and (scheme != "seven" or not gaps) else set()
    assert shown(joined.missing.partition("（")[0]) == gaps | beyond
    assert shown(joined.missing.partition("（")[2].partition("）")[0]) == set(there)
    assert len(joined.leaves) + len(joined.others) == len(there)


def shown(words: str) -> set[int]:
    """The numbers that 第 1、3–5 卷 stands for."""
    ranges = [[int(number) for number in re.findall(r"\d+", piece)] for piece in words.split("、")]
    return {number for piece in ranges if piece for number in range(piece[0], piece[-1] + 1)}


@given(
    st.lists(
        st.tuples(
            st.text(max_size=12), st.sampled_from(["", ".zip", ".rar", ".part1.rar", ".r00", ".001", ".z01"])
        )
    )
)
def test_no_names_make_it_raise_and_no_leaf_is_in_two_archives(names: list[tuple[str, str]]) -> None:
    found = sets(leaves([stem + suffix for stem, suffix in names], [b"PK\x03\x04"] * len(names)))

    for path, joined in found.items():
        assert path in {leaf.path for leaf in (*joined.leaves, *joined.others)}


@pytest.mark.parametrize(
    ("names", "data"),
    [
        (["照片(1).zip", "照片(2).zip"], zipped(("a.txt", b"a"))),
        (["材料.zip", "材料.rar", "材料.docx"], zipped(("a.txt", b"a"))),
        (["材料.rar"], rar(("a.txt", b"a"))),
        (["材料.part1.rar"], rar(("a.txt", b"a"))),
        (["附件.r01", "附件.001", "表.002"], b"no archive at all"),
    ],
)
def test_files_that_are_whole_are_no_volumes(names: list[str], data: bytes) -> None:
    assert sets(leaves(names, [data] * len(names))) == {}


def test_the_same_set_attached_twice_is_two_sets() -> None:
    pieces = cut(zipped(("总结.txt", NOISE)), 3)
    names = [f"材料.zip.{number:03}" for number in (1, 2, 3)]

    found = sets(
        [
            *leaves(names, pieces),
            *(Leaf(path=f"9{n}", name=name, data=pieces[n]) for n, name in enumerate(names)),
        ]
    )

    assert [len(joined.leaves) for joined in {id(one): one for one in found.values()}.values()] == [3, 3]
    assert len(found) == 6


def test_volumes_in_different_folders_are_different_archives() -> None:
    pieces = cut(zipped(("总结.txt", NOISE)), 2)
    found = sets(
        [
            Leaf(
                path=f"2/x.zip/{folder}/a.zip.{number:03}", name=f"a.zip.{number:03}", data=pieces[number - 1]
            )
            for folder in "甲乙"
            for number in (1, 2)
        ]
    )

    assert found["2/x.zip/甲/a.zip.001"].leaves[1].path == "2/x.zip/甲/a.zip.002"
    assert found["2/x.zip/乙/a.zip.002"].leaves[0].path == "2/x.zip/乙/a.zip.001"


# ---------------------------------------------------------------- through the whole of read()


def test_a_zip_cut_in_pieces_is_opened_below_its_first_piece_and_each_piece_stays_a_part() -> None:
    pieces = cut(zipped(("总结.txt", REPORT), ("照片/1.bin", NOISE)), 3)
    reading = read(*((f"材料.zip.{number:03}", piece) for number, piece in enumerate(pieces, 1)))

    joined = (Status.OK, "分卷，与“材料.zip.001”合成一个压缩包，内容列在那一卷下")
    assert by_path(reading) == dict.fromkeys(("1", "2", "2/总结.txt"), (Status.OK, "")) | {
        "3": joined,
        "4": joined,
        "2/照片/1.bin": by_path(reading)["2/照片/1.bin"],
    }
    assert {part.media_type for part in reading.parts if part.path in "234"} == {"application/zip"}
    digests = {part.path: part.sha256 for part in reading.parts}
    assert [digests[path] for path in "234"] == [hashlib.sha256(piece).hexdigest() for piece in pieces]
    assert digests["2/照片/1.bin"] == hashlib.sha256(NOISE).hexdigest()
    assert "300余人次" in "".join(block.text for document in reading.documents for block in document.blocks)


def test_a_split_zip_is_opened_though_its_last_volume_came_first() -> None:
    volumes = split_zip([("总结.txt", REPORT), ("a.bin", NOISE), ("b.txt", b"second")], 1500)
    reading = read(
        ("材料.zip", volumes[-1]), *((f"材料.z{n:02}", data) for n, data in enumerate(volumes[:-1], 1))
    )

    assert by_path(reading)["3"] == (Status.OK, "")
    assert {"3/总结.txt", "3/a.bin", "3/b.txt"} <= set(by_path(reading))
    assert (
        next(part.sha256 for part in reading.parts if part.path == "3/a.bin")
        == hashlib.sha256(NOISE).hexdigest()
    )


def test_a_split_zip_without_its_first_volume_says_so_and_gives_the_rest() -> None:
    volumes = split_zip([("a.bin", NOISE), ("总结.txt", REPORT)], 3000)
    reading = read(("材料.zip", volumes[-1]))

    status, reason = by_path(reading)["2"]
    assert status is Status.PARTLY
    assert reason.startswith("分卷压缩包缺少第 1 卷（收到第 2 卷）")
    assert "另一封来信" in reason
    assert "2/总结.txt" in by_path(reading)


@pytest.mark.parametrize("scheme", ["part", "rar"])
def test_rar_volumes_are_opened_together(scheme: str) -> None:
    need_tool("unar")
    pieces = rar_volumes("总结.txt", REPORT * 40, 3)
    reading = read(*((NAMES[scheme]("材料", n, 3), piece) for n, piece in enumerate(pieces, 1)))

    assert [part.path for part in reading.parts] == ["1", "2", "2/总结.txt", "3", "4"]
    assert {part.status for part in reading.parts} == {Status.OK}
    assert reading.parts[2].sha256 == hashlib.sha256(REPORT * 40).hexdigest()


def test_a_missing_rar_volume_is_named_on_every_volume_that_came() -> None:
    need_tool("unar")
    pieces = rar_volumes("总结.txt", REPORT * 40, 3)
    reading = read(("材料.part1.rar", pieces[0]), ("材料.part3.rar", pieces[2]), ("总结.txt", REPORT))

    for path in "23":
        status, reason = by_path(reading)[path]
        assert status in (Status.DAMAGED, Status.PARTLY)
        assert reason.startswith("分卷压缩包缺少第 2 卷（收到第 1、3 卷）")
    assert by_path(reading)["4"] == (Status.OK, "")


def test_7z_volumes_are_opened_together(tmp_path: Path) -> None:
    need_tool("bsdtar")
    need_tool("unar")
    whole = by_bsdtar(tmp_path, tarred(("总结.txt", REPORT), ("a.bin", NOISE)), "--format", "7zip")
    pieces = cut(whole, 4)
    named = [(f"材料.7z.{number:03}", piece) for number, piece in enumerate(pieces, 1)]

    assert {"2/总结.txt", "2/a.bin"} <= set(by_path(read(*named)))
    assert by_path(read(*named[:3]))["2"][1].startswith("分卷压缩包缺少第 4 卷")


def test_volumes_inside_an_archive_and_inside_a_nested_mail_are_joined_too() -> None:
    pieces = cut(zipped(("总结.txt", REPORT)), 2)
    named = [("材料.zip.001", pieces[0]), ("材料.zip.002", pieces[1])]

    inside = read(("全部.zip", zipped(*named)))
    nested = intake.read(mail(("转发.eml", mail(*named))), abilities=())

    assert "2/材料.zip.001/总结.txt" in by_path(inside)
    assert "2/2/总结.txt" in by_path(nested)
    assert {status for status, _ in by_path(inside).values()} == {Status.OK}


@needs_shared
def test_volumes_that_public_programs_wrote_are_opened() -> None:
    need_tool("unar")
    folder = SHARED / "corpus" / "archives"
    rars = [folder / "markokr+rarfile" / f"rar5-vols.part{n}.rar" for n in (3, 1, 2)]
    zips = [folder / "apache+tika" / f"test-documents-spanned.{suffix}" for suffix in ("z01", "zip")]

    by_rar = read(*((path.name, path.read_bytes()) for path in rars))
    by_zip = intake.read(mail(*((path.name, path.read_bytes()) for path in zips)), abilities=())

    assert {"3/vols/bigfile.txt", "3/vols/smallfile.txt"} <= set(by_path(by_rar))
    assert {part.status for part in by_rar.parts} == {Status.OK}
    assert sum(part.path.startswith("2/") for part in by_zip.parts) == 9
    assert by_path(by_zip)["2"] == (Status.OK, "")
    assert by_path(by_zip)["3"] == (
        Status.OK,
        "分卷，与“test-documents-spanned.z01”合成一个压缩包，内容列在那一卷下",
    )


def test_a_missing_volume_that_staff_add_joins_those_of_the_mail() -> None:
    """Volumes of one archive come in several mails; staff put them together with `shouwen attach`."""
    first, second, third = (FORMATS / f"volumes.7z.00{number}" for number in (1, 2, 3))
    need_tool("unar", "bsdtar")
    alone = intake.read(posted([first, third]), abilities=tools.abilities())
    both = intake.read(
        posted([first, third]),
        abilities=tools.abilities(),
        attached=(Attached(name=second.name, data=second.read_bytes()),),
    )

    assert any("缺少第 2 卷" in part.reason for part in alone.parts)
    assert any(part.name == "总结.txt" and part.path.startswith("2/") for part in both.parts)
