"""Plain text in any Chinese charset: bodies and files, labelled or not, whole or damaged."""

from __future__ import annotations

import json
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract import charset, extract, sniff
from pipeline.records import Code, Content, Leaf, Status
from tests.support import SHARED, needs_shared

NOTE = "各位领导：渝中区科协于2024年5月30日在解放碑举办科普集市，约320人参加。详见附件，请审阅。"
CHARSETS = (
    "utf-8",
    "utf-8-sig",
    "gb2312",
    "gbk",
    "gb18030",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "hz",
    "utf-32",
)


def read(data: bytes, *, body: bool = False, label: str = "") -> Content:
    leaf = Leaf(path="1", name="" if body else "说明.txt", data=data, body=body, charset=label)
    return extract(leaf, sniff(data, leaf.name, "text/plain"))


@pytest.mark.parametrize("body", ["🎉" * 400 + NOTE, NOTE + "𠮷" * 300, "👍👍👍"])
def test_a_body_full_of_emoji_is_a_text_still(body: str) -> None:
    content = read(body.encode(), body=True, label="utf-8")

    assert content.status is Status.OK
    assert "".join(block.text for block in content.blocks).endswith(body[-3:])


@pytest.mark.parametrize("name", CHARSETS)
def test_a_text_file_is_read_in_each_charset_without_a_label(name: str) -> None:
    content = read(NOTE.encode(name))

    assert [block.text for block in content.blocks] == [NOTE]
    assert content.status is Status.OK
    assert not content.problems


@pytest.mark.parametrize("name", CHARSETS)
def test_a_body_is_read_whatever_charset_its_label_claims(name: str) -> None:
    for label in ("", "gb2312", "utf-8", "iso-8859-1", "x-unknown"):
        assert [block.text for block in read(NOTE.encode(name), body=True, label=label).blocks] == [NOTE], (
            label
        )


def test_traditional_text_in_big5_is_read() -> None:
    text = "各位長官：本會於五月三十日舉辦科普市集，約三百二十人參加，請審閱。"

    assert charset.decode(text.encode("big5")) == text


def test_characters_of_four_octets_and_of_gbk_alone_are_kept() -> None:
    text = "科技志愿者朱镕基、喆、㛃与𠮷野同志参加了活动，现场发放资料三百份。"

    assert charset.decode(text.encode("gb18030"), "gb2312") == text


@needs_shared
@pytest.mark.parametrize("name", [*CHARSETS, "big5"])
def test_typical_texts_come_back_from_each_charset(name: str) -> None:
    """Pieces of 20 characters and more of the labelled reports: at least 99 in 100 (of 60 characters: all)."""
    chosen = random.Random(7)
    asked, right = {20: 0, 60: 0}, {20: 0, 60: 0}
    for path in sorted((SHARED / "dataset/reports").rglob("*.json")):
        for text in strings(json.loads(path.read_text("utf-8"))):
            plain = text.encode(name, "ignore").decode(name).replace("\r", "")
            for length in asked:
                if len(plain) < length:
                    continue
                start = chosen.randrange(len(plain) - length + 1)
                piece = plain[start : start + length]
                if sum("\u4e00" <= sign <= "\u9fff" for sign in piece) >= length / 2:
                    asked[length] += 1
                    right[length] += charset.decode(piece.encode(name)) == piece

    assert asked[20] > 300
    assert right[20] >= 0.99 * asked[20]
    assert right[60] >= 0.999 * asked[60] - 1


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in strings(one)]


def test_one_broken_octet_costs_one_character_and_is_told() -> None:
    octets = bytearray(NOTE.encode())
    octets[31] = 0xFF

    content = read(bytes(octets))

    text = content.blocks[0].text
    assert NOTE.startswith(text[: text.index("\ufffd")])
    assert NOTE.endswith(text[text.rindex("\ufffd") + 1 :])
    assert len(text) <= len(NOTE) + 2
    assert [problem.code for problem in content.problems] == [Code.CHARSET]


def test_nuls_and_lone_carriage_returns_part_no_text() -> None:
    octets = "第一段话说到这里。\r第二段话说到那里。\x00\x00\r\n第三段。\x00".encode("gb18030")

    assert [block.text for block in read(octets, body=True).blocks] == [
        "第一段话说到这里。",
        "第二段话说到那里。",
        "第三段。",
    ]


def test_a_line_of_five_million_characters_ends_in_time_and_is_told() -> None:
    begun = time.process_time()

    content = read(("科普活动，" * 1_000_000).encode())

    assert content.status is Status.PARTLY
    assert "开头部分" in content.reason
    assert time.process_time() - begun < 10


def test_a_text_of_half_a_million_short_lines_ends_in_time_and_is_told() -> None:
    begun = time.process_time()

    content = read("科普活动\n".encode() * 400_000)

    assert content.status is Status.PARTLY
    assert len(content.blocks) > 10_000
    assert time.process_time() - begun < 20


@given(st.binary(max_size=300))
def test_no_octets_stop_the_reader(octets: bytes) -> None:
    text = charset.decode(octets)

    text.encode("utf-8")
    assert "\r" not in text
