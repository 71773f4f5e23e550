"""Archives are opened inside their limits; names are text; what is refused says why."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import unpack
from pipeline.records import Leaf, Status, Unpacked
from pipeline.unpack import limits

ZIP = "application/zip"


def opened(data: bytes, media_type: str = ZIP, *passwords: str) -> Unpacked:
    return unpack.unpack(Leaf(path="2", name="材料", data=data), media_type, passwords, ())


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def stored(name: bytes, data: bytes, *, system: int = 0) -> bytes:
    """A zip of one stored member whose name octets carry no UTF-8 flag, as old Windows tools write it."""
    local = struct.pack(
        "<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 0, 0, 33, zlib.crc32(data), len(data), len(data), len(name), 0
    )
    entry = struct.pack(
        "<4sHHHHHHIIIHHHHHII",
        *(
            b"PK\x01\x02",
            20 | system << 8,
            20,
            0,
            0,
            0,
            33,
            zlib.crc32(data),
            len(data),
            len(data),
            len(name),
            0,
            0,
            0,
            0,
            0,
            0,
        ),
    )
    head = local + name + data
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, len(entry) + len(name), len(head), 0)
    return head + entry + name + end


def names(found: Unpacked) -> list[str]:
    return [member.path for member in found.members]


def test_members_keep_their_folders_in_their_path_and_their_octets() -> None:
    found = opened(zipped(("照片/1.jpg", b"one"), ("总结.txt", b"two")))

    assert names(found) == ["2/照片/1.jpg", "2/总结.txt"]
    assert [member.data for member in found.members] == [b"one", b"two"]


@pytest.mark.parametrize("text", ["活动图片.jpg", "江津区总结.docx", "1号照片.png"])
def test_names_without_a_flag_from_windows_are_gb18030_even_where_utf_8_would_decode_them(text: str) -> None:
    found = opened(stored(text.encode("gb18030"), b"x"))

    assert names(found) == [f"2/{text}"]
    assert found.members[0].name_octets == text.encode("gb18030")


def test_names_without_a_flag_from_unix_are_utf_8() -> None:
    assert names(opened(stored("活动图片.jpg".encode(), b"x", system=3))) == ["2/活动图片.jpg"]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "C:\\Windows\\a.txt", "a/../../b.txt", "..\\..\\up.txt"]
)
def test_a_name_that_climbs_out_is_only_text(name: str) -> None:
    found = opened(zipped((name, b"x")))

    assert [member.data for member in found.members] in ([b"x"], [])
    assert all(path.startswith("2/") for path in names(found))
    assert not any(step == ".." for path in names(found) for step in path.split("/"))


def test_two_members_of_one_name_are_two_parts() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        data = zipped(("a.txt", b"1"), ("a.txt", b"2"))

    assert names(opened(data)) == ["2/a.txt", "2/a.txt#2"]


def test_a_bomb_costs_its_member_and_says_so() -> None:
    found = opened(zipped(("bomb.bin", bytes(limits.FREE * 8)), ("总结.txt", b"report")))

    assert [member.data for member in found.members if member.name == "总结.txt"] == [b"report"]
    assert found.status is Status.TOO_BIG
    assert sum(len(member.data) for member in found.members) < limits.FREE * 2


def test_more_members_than_the_limit_are_refused_with_a_reason() -> None:
    found = opened(
        zipped(*((f"{n}.txt", b"x") for n in range(limits.MAX_MEMBERS + 5)), method=zipfile.ZIP_STORED)
    )

    assert len(found.members) <= limits.MAX_MEMBERS
    assert found.status is Status.TOO_BIG
    assert found.reason


def test_a_truncated_zip_gives_what_can_be_read() -> None:
    whole = zipped(("a.txt", b"first" * 50), ("b.txt", b"second" * 50), method=zipfile.ZIP_STORED)

    found = opened(whole[: len(whole) // 2])

    assert found.status in (Status.PARTLY, Status.DAMAGED)
    assert found.reason
    assert not any(member.data == b"second" * 50 for member in found.members)


def test_a_tar_gives_its_files_and_not_its_links() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("报告/总结.txt")
        member.size = 3
        archive.addfile(member, io.BytesIO(b"abc"))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)

    found = opened(out.getvalue(), "application/x-tar")

    assert [member.data for member in found.members if member.data] == [b"abc"]
    assert names(found)[0] == "2/报告/总结.txt"


@pytest.mark.parametrize("media_type", sorted(unpack.ARCHIVES))
@given(data=st.binary(max_size=200))
def test_no_octets_make_unpack_raise(media_type: str, data: bytes) -> None:
    assert opened(data, media_type).status in Status
