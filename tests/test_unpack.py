"""Archives are opened inside their limits; names are text; what is refused says why."""

from __future__ import annotations

import io
import re
import struct
import tarfile
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import tools, unpack
from pipeline.records import Leaf, Status, Unpacked
from pipeline.unpack import limits
from pipeline.unpack import names as naming
from tests.packing import Raw, cab, lha, raw_zip
from tests.support import need_tool

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


WORDS = re.split(
    r"\s+",
    """活动总结 总结报告 照片 图片 科普集市 全国科技工作者日 渝北区科协 江津区 巴南区科技局 重庆市科协 情况汇报 典型经验 意见建议
    签到表 现场照片 新闻报道 附件 汇总表 终稿 盖章版 龙山社区 南岸区第一中学 学会 先进事迹 弘扬科学家精神 志愿服务""",
)
TAIWAN = re.split(
    r"\s+",
    "活動總結 照片 圖片 報告 附件 臺北市政府 國立大學 會議紀錄 簽到表 許功蓋 新聞稿 學會 科學園區 建議事項",
)
JAPAN = ["写真まとめ", "プログラム", "報告書について", "レポート", "データ一覧です"]
SUFFIXES = st.sampled_from([".docx", ".jpg", "1.png", "（1）.pdf", "2024.xlsx", "-5.28.zip", ""])


def listed(words: list[str], fewest: int = 1) -> st.SearchStrategy[list[str]]:
    name = st.builds("".join, st.lists(st.sampled_from(words), min_size=1, max_size=3))
    return st.lists(st.builds(str.__add__, name, SUFFIXES), min_size=fewest, max_size=8, unique=True)


@given(listed(WORDS), st.sampled_from([0, 3]))
def test_lists_of_chinese_names_in_gb18030_are_read_as_written(texts: list[str], system: int) -> None:
    found = opened(raw_zip(*(Raw(text.encode("gb18030"), b"x", system=system) for text in texts)))

    assert names(found) == [f"2/{text}" for text in texts]
    assert [leaf.name_octets for leaf in found.members] == [text.encode("gb18030") for text in texts]


@given(listed(WORDS), st.sampled_from([(0, 0x800), (3, 0), (3, 0x800)]))
def test_lists_of_chinese_names_in_utf_8_are_read_as_written(
    texts: list[str], written: tuple[int, int]
) -> None:
    system, flags = written
    found = opened(raw_zip(*(Raw(text.encode(), b"x", system=system, flags=flags) for text in texts)))

    assert names(found) == [f"2/{text}" for text in texts]


@given(listed(TAIWAN, fewest=3))
def test_lists_of_names_in_big5_are_read_as_written(texts: list[str]) -> None:
    found = opened(raw_zip(*(Raw(text.encode("cp950"), b"x") for text in texts)))

    assert names(found) == [f"2/{text}" for text in texts]


@given(listed(JAPAN))
def test_lists_of_names_in_shift_jis_are_read_as_written(texts: list[str]) -> None:
    found = opened(raw_zip(*(Raw(text.encode("cp932"), b"x") for text in texts)))

    assert names(found) == [f"2/{text}" for text in texts]


@given(st.lists(st.binary(min_size=1, max_size=30), min_size=1, max_size=5))
def test_any_octets_of_names_give_unique_paths_below_the_archive(octets: list[bytes]) -> None:
    found = opened(raw_zip(*(Raw(name, b"x") for name in octets)))

    assert len(set(names(found))) == len(found.members)
    assert all(path.startswith("2/") and "\x00" not in path for path in names(found))
    assert naming.charset_of(octets)


def test_a_unicode_path_field_wins_over_the_octets_only_where_it_belongs_to_them() -> None:
    name, text = "总结.txt".encode("gb18030"), "总结（终稿）.txt".encode()

    def field(crc: int) -> bytes:
        return struct.pack("<HHBL", 0x7075, 5 + len(text), 1, crc) + text

    right = opened(raw_zip(Raw(name, b"x", extra=field(zlib.crc32(name)))))
    other = opened(raw_zip(Raw(name, b"x", extra=field(1))))

    assert names(right) == ["2/总结（终稿）.txt"]
    assert names(other) == ["2/总结.txt"]
    assert right.members[0].name_octets == other.members[0].name_octets == name


@pytest.mark.parametrize("kind", ["cab", "lzh"])
@pytest.mark.parametrize("charset", ["gb18030", "cp950"])
def test_names_of_old_foreign_archives_are_decided_as_those_of_zip(kind: str, charset: str) -> None:
    need_tool("unar")
    texts = ["活動總結.txt", "許功蓋照片.txt"] if charset == "cp950" else ["活动总结.txt", "李喆照片.txt"]
    build, media_type = {
        "cab": (cab, "application/vnd.ms-cab-compressed"),
        "lzh": (lha, "application/x-lzh-compressed"),
    }[kind]
    data = build(*((text.encode(charset), b"x") for text in texts))

    found = unpack.unpack(Leaf(path="2", name="材料", data=data), media_type, (), tools.abilities())

    assert names(found) == [f"2/{text}" for text in texts]
    assert found.members[0].name_octets == texts[0].encode(charset)


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
