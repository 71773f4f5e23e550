"""Laws of parse on mails of which every leaf is known: none is lost, whole or cut, in time and with its name."""

from __future__ import annotations

import binascii
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import intake
from pipeline.parse import parse
from pipeline.records import Code, Status
from pipeline.uuencode import MAX_FILES
from tests.mails import made

SECONDS = 10
"""No mail may take longer, whatever it holds."""
chances = st.integers(0, 10**9).map(random.Random)


@settings(max_examples=150, deadline=None)
@given(chance=chances)
def test_every_leaf_that_was_put_in_comes_out_with_its_path_its_name_and_its_octets(
    chance: random.Random,
) -> None:
    mail = made(chance)

    found = [(leaf.path, leaf.name, leaf.data) for leaf in parse(mail.octets).leaves]

    assert found == [(one.path, one.name, one.data) for one in mail.sent]


@settings(max_examples=150, deadline=None)
@given(chance=chances)
def test_of_a_mail_that_was_cut_every_leaf_before_the_cut_is_whole(chance: random.Random) -> None:
    mail = made(chance)
    cut = chance.randint(0, len(mail.octets))

    found = {leaf.path: leaf for leaf in parse(mail.octets[:cut]).leaves}

    for one in mail.sent:
        if one.end <= cut:
            assert (found[one.path].name, found[one.path].data) == (one.name, one.data)
    assert found


@settings(max_examples=25, deadline=None)
@given(chance=chances)
def test_every_leaf_of_every_depth_is_a_part_of_the_reading(chance: random.Random) -> None:
    mail = made(chance)
    reading = intake.read(mail.octets)

    sizes = {part.path: part.size for part in reading.parts}

    assert all(sizes[one.path] == len(one.data) for one in mail.sent)
    assert all(part.reason for part in reading.parts if part.status not in (Status.OK, Status.NOISE))


# ---------------------------------------------------------------- uuencoded files


def body(octets: bytes) -> bytes:
    return b"From: a@example.org\r\nSubject: s\r\n\r\n" + octets


def uu(data: bytes, name: bytes = b"a.doc", end: bytes = b"`\r\nend\r\n") -> bytes:
    lines = b"".join(binascii.b2a_uu(data[at : at + 45], backtick=True) for at in range(0, len(data), 45))
    return b"begin 644 " + name + b"\r\n" + lines.replace(b"\n", b"\r\n") + end


def test_the_text_around_uuencoded_files_stays_and_they_are_leaves() -> None:
    name = "总结.doc".encode("gbk")
    text, *files = parse(
        body(b"before\r\n" + uu(b"one" * 50) + b"between\r\n" + uu(b"two", name) + uu(b"3"))
    ).leaves

    assert (text.path, text.data, text.body) == ("1", b"before\r\nbetween\r\n", True)
    assert [(leaf.path, leaf.name, leaf.data) for leaf in files] == [
        ("1/a.doc", "a.doc", b"one" * 50),
        ("1/总结.doc", "总结.doc", b"two"),
        ("1/a.doc#2", "a.doc", b"3"),
    ]
    assert files[1].name_octets == name
    assert not any(leaf.body or leaf.problem for leaf in files)


def test_the_other_form_of_uuencode_is_read_too() -> None:
    octets = b"text\r\nbegin-base64 644 a.txt\r\nQUJD\r\nREVG\r\n====\r\n"

    assert [leaf.data for leaf in parse(body(octets)).leaves] == [b"text\r\n", b"ABCDEF"]


def test_a_uuencoded_file_whose_mail_was_cut_is_saved_up_to_the_cut_and_said() -> None:
    data = bytes(range(256)) * 4
    text, file = parse(body(b"hello\r\n" + uu(data)[:400])).leaves

    assert text.data == b"hello\r\n"
    assert data.startswith(file.data[:200])
    assert len(file.data) > 200
    assert file.problem is not None
    assert file.problem.code is Code.DAMAGED


@pytest.mark.parametrize(
    "text",
    [
        b"begin 644 file\r\nend\r\n",
        b"We begin 644 days ago.\r\nbegin 2024 with plans\r\nend\r\n",
        b"begin 644 a.txt\r\nThis is only a text about it.\r\nend\r\n",
        b"begin 644 a.txt\r\n",
        b"begin-base64 644 a.txt\r\nnot base64!\r\n====\r\n",
        b"> begin 644 a.txt\r\n> #0V%T\r\n> `\r\n> end\r\n",
    ],
)
def test_a_text_that_only_speaks_of_begin_stays_text(text: bytes) -> None:
    assert [leaf.data for leaf in parse(body(text)).leaves] == [text]


def test_a_name_that_leads_elsewhere_is_only_text() -> None:
    leaf = parse(body(uu(b"x", b"../../etc/passwd"))).leaves[1]

    assert (leaf.path, leaf.name) == ("1/.._.._etc_passwd", "../../etc/passwd")


@settings(max_examples=150, deadline=None)
@given(
    pieces=st.lists(
        st.one_of(
            st.binary(max_size=30), st.sampled_from([uu(b"abc"), b"begin 644 a\r\n", b"end\r\n", b"`\r\n"])
        )
    )
)
def test_taking_files_out_loses_no_line(pieces: list[bytes]) -> None:
    octets = b"".join(pieces)
    text, *files = parse(body(octets)).leaves
    lines = iter(octets.splitlines(keepends=True))

    assert all(line in lines for line in text.data.splitlines(keepends=True))
    assert files or text.data == octets


# ---------------------------------------------------------------- charsets of bodies

WORDS = "赵翀、镕、珺：重庆市江津区科协报送全国科技工作者日活动总结"


@pytest.mark.parametrize(
    ("charset", "label", "text"),
    [
        ("gb18030", "gb2312", WORDS),
        ("gb18030", "unknown-8bit", WORDS),
        ("gb18030", "", WORDS),
        ("gb18030", "us-ascii", WORDS),
        ("utf-8", "unknown-8bit", WORDS),
        ("utf-8", "gb2312", WORDS),
        ("utf-16", "utf-16", WORDS),
        ("hz", "hz-gb-2312", "重庆市江津区科协报送总结"),
        ("big5", "big5", "重慶市江津區科協報送總結"),
        ("big5", "", "重慶市江津區科協報送活動總結與照片"),
        ("iso2022_jp", "iso-2022-jp", "重要な書類"),
    ],
)
def test_a_body_is_read_in_every_charset_that_clients_use(charset: str, label: str, text: str) -> None:
    kind = f"Content-Type: text/plain; charset={label}\r\n" if label else ""
    octets = (
        b"From: a@b.example\r\n"
        + kind.encode()
        + b"Content-Transfer-Encoding: 8bit\r\n\r\n"
        + text.encode(charset)
    )

    assert [block.text for document in intake.read(octets).documents for block in document.blocks] == [text]


# ---------------------------------------------------------------- in time, to the end of the reading

MIXED = b"From: a@example.org\r\nSubject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
LEVEL = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n\r\nt\r\n--b%d\r\n"
LARGE = {
    "20,000 parts": (MIXED + b"--b\r\n\r\nx\r\n" * 20_000 + b"--b--", 20_000),
    "3,000 levels": (
        MIXED[: MIXED.find(b"Content")]
        + b"".join(LEVEL % (level, level, level) for level in range(3_000))
        + b"Content-Type: image/png\r\n\r\nAA",
        3_001,
    ),
    "3,000 mails in one another": (b"From: a@b.c\r\nContent-Type: message/rfc822\r\n\r\n" * 3_000 + b"x", 2),
    "a subject of megabytes": (
        b"From: a@b.c\r\nSubject: " + b"=?utf-8?B?5L2g?= " * 200_000 + b"\r\n\r\nx",
        1,
    ),
    "uuencoded files without number": (body(uu(b"Cat") * (MAX_FILES + 200)), MAX_FILES + 1),
    "uuencoded files that never end": (body(b"begin 644 a\r\n" + (b"M" + b"A" * 60 + b"\r\n") * 100_000), 2),
}


@pytest.mark.parametrize(("octets", "least"), LARGE.values(), ids=LARGE.keys())
def test_a_large_mail_is_read_to_its_end_in_time(octets: bytes, least: int) -> None:
    began = time.process_time()
    reading = intake.read(octets)

    assert time.process_time() - began < SECONDS
    assert len(reading.parts) >= least
    assert all(part.reason for part in reading.parts if part.status not in (Status.OK, Status.NOISE))
