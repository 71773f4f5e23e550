"""Law of parse: whatever the octets, every leaf once, in order, with what its sender meant; never an exception, never a hang."""

from __future__ import annotations

import base64
import email.policy
import json
import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage, Message

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import charsets
from pipeline.parse import is_mail, parse
from pipeline.parse.structure import MAX_PARTS
from pipeline.records import Address, Code, Leaf
from tests.support import SHARED, needs_shared

SUBJECT = "重庆市药学会2024年全国科技工作者日活动总结"
BEIJING = timezone(timedelta(hours=8))
SECONDS = 10
"""No mail may take longer, whatever it holds; the largest of these tests takes about two."""


def mail(*lines: str | bytes, body: bytes = b"x") -> bytes:
    """A mail of header *lines* and a *body*, with From and To."""
    head = [b"From: a@example.org", b"To: c@example.org", *(_octets(line) for line in lines)]
    return b"\r\n".join([*head, b"", body])


def multipart(*parts: bytes, kind: str = "mixed", closed: bool = True) -> bytes:
    """A mail whose body is a multipart of *parts*, each with its own header."""
    body = b"".join(b"--BB\r\n" + part + b"\r\n" for part in parts)
    return mail(
        f'Content-Type: multipart/{kind}; boundary="BB"', body=body + (b"--BB--\r\n" if closed else b"")
    )


def attachment(*lines: str | bytes, data: bytes = b"data") -> bytes:
    """A part with header *lines*, its *data* in base64."""
    head = [_octets(line) for line in lines] or [b"Content-Disposition: attachment"]
    return b"\r\n".join([*head, b"Content-Transfer-Encoding: base64", b"", base64.encodebytes(data).strip()])


def named(*lines: str | bytes) -> Leaf:
    """The one attachment of a mail, sent with header *lines*."""
    return parse(multipart(b"\r\nhello", attachment(*lines))).leaves[1]


def _octets(line: str | bytes) -> bytes:
    return line if isinstance(line, bytes) else line.encode()


def word(text: str, charset: str) -> str:
    """*text* as an encoded word."""
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


# ---------------------------------------------------------------- the header


@pytest.mark.parametrize(
    "line",
    [
        b"Subject: " + SUBJECT.encode(),
        b"Subject: " + SUBJECT.encode("gbk"),
        "Subject: " + word(SUBJECT, "gb18030"),
        "Subject: " + word(SUBJECT[:5], "gbk") + "\r\n " + word(SUBJECT[5:], "gbk"),
        "Subject: " + word(SUBJECT[:5], "utf-8") + word(SUBJECT[5:], "gbk"),
        "SUBJECT : " + word(SUBJECT, "utf-8"),
    ],
)
def test_a_subject_is_read_in_whatever_way_it_was_sent(line: str | bytes) -> None:
    assert parse(mail(line)).mail.subject == SUBJECT


@pytest.mark.parametrize("charset", ["gb18030", "utf-8", "big5"])
def test_words_cut_inside_a_character_are_joined_before_they_are_decoded(charset: str) -> None:
    octets = "活動總結報告".encode(charset)
    cut = [base64.b64encode(octets[at : at + 5]).decode() for at in range(0, len(octets), 5)]
    lines = "\r\n ".join(f"=?{charset}?B?{piece}?=" for piece in cut)

    assert parse(mail(f"Subject: {lines}")).mail.subject == "活動總結報告"


def test_a_gb2312_label_hides_characters_of_gb18030() -> None:
    octets = base64.b64encode("赵翀、镕、珺".encode("gb18030")).decode()

    assert parse(mail(f"Subject: =?gb2312?B?{octets}?=")).mail.subject == "赵翀、镕、珺"


def test_the_first_of_two_subjects_counts() -> None:
    assert parse(mail("Subject: one", "Subject: two")).mail.subject == "one"


def test_a_subject_is_one_line_without_control_characters() -> None:
    assert parse(mail("Subject: =?utf-8?Q?a=0D=0ABcc:_x=00?=")).mail.subject == "a Bcc: x"


@pytest.mark.parametrize(
    "value",
    [
        '"=?utf-8?B?5rid5YyX5Yy656eR5Y2P?=" <KX@Yubei.example>',
        "=?utf-8?B?5rid5YyX5Yy6?= =?utf-8?B?56eR5Y2P?=<kx@yubei.example>",
        "渝北区科协 <kx@yubei.example>",
        "渝北区科协 <kx@yubei.example>".encode("gbk"),
        '"渝北区科协" <kx@yubei.example>'.encode("gbk"),
        "渝北区科协 kx@yubei.example",
    ],
)
def test_a_sender_has_a_decoded_name_and_an_address_in_lower_case(value: str | bytes) -> None:
    octets = b"From: " + _octets(value) + b"\r\nSubject: s\r\n\r\nx"

    assert parse(octets).mail.sender == Address(name="渝北区科协", address="kx@yubei.example")


def test_a_comma_in_an_encoded_name_is_no_second_sender() -> None:
    octets = b"From: " + word("科协, 秘书处", "utf-8").encode() + b" <a@example.org>\r\n\r\nx"

    assert parse(octets).mail.sender == Address(name="科协, 秘书处", address="a@example.org")


def test_who_submitted_for_somebody_else_is_kept_apart() -> None:
    found = parse(mail("Sender: agent <b@example.org>")).mail

    assert (found.sender.address, found.submitter) == (
        "a@example.org",
        Address(name="agent", address="b@example.org"),
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Tue, 18 Jun 2024 10:22:01 +0800", datetime(2024, 6, 18, 10, 22, 1, tzinfo=BEIJING)),
        ("Tue, 18 Jun 2024 02:22:01 GMT", datetime(2024, 6, 18, 10, 22, 1, tzinfo=BEIJING)),
        ("Tue, 18 Jun 2024 10:22:01 +0800 (CST)", datetime(2024, 6, 18, 10, 22, 1, tzinfo=BEIJING)),
        ("Tue, 18 Jun 2024 10:22:01", datetime(2024, 6, 18, 10, 22, 1, tzinfo=BEIJING)),
        ("2024-06-18 10:22:01", datetime(2024, 6, 18, 10, 22, 1, tzinfo=BEIJING)),
        ("Tue, 99 Jun 2024 10:22:01 +0800", None),
        ("昨天", None),
    ],
)
def test_a_date_keeps_its_zone_and_one_without_is_beijing_time(value: str, expected: datetime | None) -> None:
    assert parse(mail(f"Date: {value}")).mail.sent == expected


def test_a_zone_other_than_ours_is_kept() -> None:
    sent = parse(mail("Date: Tue, 18 Jun 2024 10:22:01 -0330")).mail.sent

    assert sent is not None
    assert sent.utcoffset() == -timedelta(hours=3, minutes=30)


def test_the_topmost_received_says_when_the_mail_came() -> None:
    lines = [
        "Received: from a by b; Thu, 20 Jun 2024 23:59:59 +0800",
        "Received: from c by a; Thu, 20 Jun 2024 00:00:00 GMT",
    ]

    assert parse(mail(*lines)).mail.received == datetime(2024, 6, 20, 23, 59, 59, tzinfo=BEIJING)


def test_a_topmost_received_without_a_time_is_not_replaced_by_a_lower_one() -> None:
    lines = ["Received: from a by b", "Received: from c by a; Thu, 20 Jun 2024 00:00:00 GMT"]

    assert parse(mail(*lines)).mail.received is None


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("Auto-Submitted: auto-replied", "auto-submitted"),
        ("Auto-Submitted: no", ""),
        ("X-Autoreply: yes", "auto-submitted"),
        ("Return-Path: <>", "bounce"),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=b", "bounce"),
        (
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
            "auto-submitted",
        ),
        ("List-Id: <news.example.org>", "list"),
        ("Precedence: bulk", "precedence"),
        ("X-Priority: 3", ""),
    ],
)
def test_marks_of_machines_are_told(line: str, mark: str) -> None:
    assert parse(mail(line)).mail.auto == mark


def test_a_mailer_daemon_bounces() -> None:
    assert parse(b"From: MAILER-DAEMON@mx.example\r\n\r\nx").mail.auto == "bounce"


@pytest.mark.parametrize(
    "before",
    [
        b"\xef\xbb\xbf",
        b"\r\n\r\n",
        b">From a@b Thu Jun 20 10:00:00 2024\r\n",
        b"From a@b Thu Jun 20 10:00:00 2024\r\n",
        b"some text\r\nmore\r\n",
    ],
)
def test_what_stands_before_the_headers_does_not_hide_them(before: bytes) -> None:
    parsed = parse(before + b"Subject: s\r\nFrom: a@b.example\r\n\r\nbody")

    assert (parsed.mail.subject, parsed.leaves[0].data) == ("s", b"body")
    assert Code.HEADER in {problem.code for problem in parsed.problems}


@pytest.mark.parametrize(
    ("end", "expected"), [(b"\r", b"one\ntwo"), (b"\n", b"one\ntwo"), (b"\r\r\n", b"one\r\ntwo")]
)
def test_any_line_end_ends_a_line(end: bytes, expected: bytes) -> None:
    octets = mail("Subject: s", body=b"one\r\ntwo").replace(b"\r\n", end)

    assert (parse(octets).mail.subject, parse(octets).leaves[0].data) == ("s", expected)


def test_a_folded_line_that_lost_its_blank_is_read_where_headers_follow() -> None:
    parsed = parse(
        b'Content-Type: multipart/mixed;\r\nboundary="BB"\r\nSubject: s\r\n\r\n--BB\r\n\r\none\r\n--BB--\r\n'
    )

    assert (parsed.mail.subject, parsed.leaves[0].data) == ("s", b"one")


def test_a_body_without_a_blank_line_before_it_is_kept() -> None:
    parsed = parse(b"Subject: s\r\nDear all,\r\nNote: we meet\r\n\r\nbye")

    assert parsed.leaves[0].data == b"Dear all,\r\nNote: we meet\r\n\r\nbye"


# ---------------------------------------------------------------- names of attachments

NAME = "重庆市药学会活动总结（定稿）.docx"
GBK, UTF8 = NAME.encode("gbk"), NAME.encode()


def percent(octets: bytes) -> str:
    """*octets* percent-encoded."""
    return "".join(f"%{octet:02X}" for octet in octets)


@pytest.mark.parametrize(
    "lines",
    [
        (b'Content-Disposition: attachment; filename="' + GBK + b'"',),
        (b'Content-Disposition: attachment; filename="' + UTF8 + b'"',),
        (b"Content-Disposition: attachment; filename=" + GBK,),
        (f'Content-Disposition: attachment; filename="{word(NAME, "gb18030")}"',),
        (f"Content-Disposition: attachment; filename={word(NAME, 'gb18030')}",),
        (f'Content-Disposition: attachment; filename="{word(NAME[:6], "gbk")}\r\n {word(NAME[6:], "gbk")}"',),
        (f"Content-Disposition: attachment; filename*=UTF-8''{percent(UTF8)}",),
        (f"Content-Disposition: attachment; filename*=gb2312'zh-cn'{percent(GBK)}",),
        (
            f"Content-Disposition: attachment; filename*0*=gbk''{percent(GBK[:7])};\r\n\tfilename*1*={percent(GBK[7:])}",
        ),
        (
            f"Content-Disposition: attachment; filename*1*={percent(GBK[7:])}; filename*0*=gbk''{percent(GBK[:7])}",
        ),
        (f"Content-Disposition: attachment; filename=\"x.docx\"; filename*=UTF-8''{percent(UTF8)}",),
        (f'Content-Disposition: attachment; filename="{percent(UTF8)}"',),
        (f'Content-Type: application/octet-stream; name="{word(NAME, "utf-8")}"',),
        (f'Content-Type: application/msword name="{word(NAME, "utf-8")}"',),
        (f'Content-Disposition: filename="{word(NAME, "utf-8")}"',),
        (f'Content-Disposition: attachment; filename="{word(NAME, "utf-8")}; size=3',),
    ],
)
def test_a_name_is_read_in_whatever_way_it_was_sent(lines: tuple[str | bytes, ...]) -> None:
    assert named(*lines).name == NAME


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('Content-Disposition: attachment; filename="a;b.docx"', "a;b.docx"),
        (
            "Content-Disposition: attachment; filename=2024 huodong zongjie.docx; size=3",
            "2024 huodong zongjie.docx",
        ),
        (r'Content-Disposition: attachment; filename="C:\\Users\\a.docx"', r"C:\Users\a.docx"),
        (r'Content-Disposition: attachment; filename="say \"hi\".docx"', 'say "hi".docx'),
        ('Content-Disposition: attachment; filename="a"b".docx"', 'a"b".docx'),
        ("Content-Disposition: attachment; filename*=utf-8''a%00b%0Ac.exe", "a\x00b\nc.exe"),
        ("Content-Disposition: attachment; filename=../../x.docx", "../../x.docx"),
        ("Content-Disposition: attachment", ""),
    ],
)
def test_a_name_is_text_as_it_was_given(line: str, name: str) -> None:
    assert named(line).name == name


def test_the_octets_of_a_name_beyond_ascii_are_kept() -> None:
    assert named(b'Content-Disposition: attachment; filename="' + GBK + b'"').name_octets == GBK
    assert named(f"Content-Disposition: attachment; filename*=gbk''{percent(GBK)}").name_octets == GBK
    assert named('Content-Disposition: attachment; filename="a.docx"').name_octets == b""


# ---------------------------------------------------------------- leaves


def test_leaves_are_numbered_as_imap_numbers_them() -> None:
    texts = b"--CC\r\n\r\none\r\n--CC\r\nContent-Type: text/html\r\n\r\n<p>\r\n--CC--"
    inner = b"Content-Type: multipart/alternative; boundary=CC\r\n\r\n" + texts
    leaves = parse(multipart(inner, attachment())).leaves

    assert [(leaf.path, leaf.declared, leaf.alternative) for leaf in leaves] == [
        ("1.1", "text/plain", 1),
        ("1.2", "text/html", 1),
        ("2", "text/plain", 0),
    ]
    assert [leaf.path for leaf in parse(mail()).leaves] == ["1"]
    assert [leaf.path for leaf in parse(multipart(inner, attachment()), "3").leaves] == [
        "3/1.1",
        "3/1.2",
        "3/2",
    ]


def test_a_nested_mail_is_a_leaf_and_its_octets_are_the_whole_mail() -> None:
    nested = mail("Subject: inside", body=b"words\r\n")
    plain, encoded = parse(
        multipart(
            b"Content-Type: message/rfc822\r\n\r\n" + nested,
            attachment("Content-Type: message/rfc822", data=nested),
        )
    ).leaves

    assert (plain.data, encoded.data) == (nested, nested)
    assert is_mail(plain.declared)
    assert parse(plain.data, plain.path).mail.subject == "inside"


def test_a_nested_mail_put_against_the_boundary_keeps_its_last_line_break() -> None:
    nested = mail("Subject: inside", body=b"words\r\n")
    octets = multipart(b"Content-Type: message/rfc822\r\n\r\n" + nested[:-2])

    assert parse(octets).leaves[0].data == nested


def test_the_line_break_before_a_boundary_is_no_part_of_a_leaf() -> None:
    assert parse(multipart(b"\r\none\r\n", b"\r\ntwo")).leaves[0].data == b"one\r\n"


def test_a_text_body_is_known_by_its_type_and_by_not_being_a_file() -> None:
    parts = [
        b"Content-Type: text/plain; charset=GB2312; format=flowed; delsp=yes\r\n\r\nx",
        b"Content-Type: text/html\r\nContent-Disposition: inline\r\n\r\nx",
        b"Content-Type: text/plain; name=a.txt\r\n\r\nx",
        b"Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nx",
        b"Content-Type: text/calendar\r\n\r\nx",
    ]
    leaves = parse(multipart(*parts)).leaves

    assert [leaf.body for leaf in leaves] == [True, True, False, False, False]
    assert (leaves[0].charset, leaves[0].flowed, leaves[0].delsp) == ("gb2312", True, True)


def test_a_picture_in_the_text_keeps_its_content_id() -> None:
    leaf = named("Content-Type: image/png", "Content-ID: <a@b>", "Content-Disposition: inline")

    assert (leaf.content_id, leaf.disposition, leaf.body) == ("a@b", "inline", False)


def test_a_part_of_a_digest_is_a_mail_by_default() -> None:
    assert parse(multipart(b"\r\n" + mail(), kind="digest")).leaves[0].declared == "message/rfc822"


def test_a_multipart_without_its_end_gives_what_is_there_and_says_so() -> None:
    parsed = parse(multipart(b"\r\none", attachment(), closed=False)[:-10])

    assert [leaf.path for leaf in parsed.leaves] == ["1", "2"]
    assert any("结束标记" in problem.detail for problem in parsed.problems)


@pytest.mark.parametrize("declared", ["multipart/mixed", 'multipart/mixed; boundary="wrong"'])
def test_a_boundary_that_is_missing_or_wrong_is_found_in_the_text(declared: str) -> None:
    body = b"--real\r\nContent-Type: text/plain\r\n\r\none\r\n--real\r\nContent-Type: image/png\r\n\r\ntwo\r\n--real--\r\n"
    parsed = parse(mail(f"Content-Type: {declared}", body=body))

    assert [(leaf.declared, leaf.data) for leaf in parsed.leaves] == [
        ("text/plain", b"one"),
        ("image/png", b"two"),
    ]
    assert any("分段标记" in problem.detail for problem in parsed.problems)


def test_a_multipart_without_any_part_is_one_leaf_with_all_its_octets() -> None:
    parsed = parse(mail("Content-Type: multipart/mixed; boundary=b", body=b"just text"))

    assert [(leaf.path, leaf.data, leaf.body) for leaf in parsed.leaves] == [("1", b"just text", True)]


# ---------------------------------------------------------------- transfer encodings

CONTENT = bytes(range(256)) * 3


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (base64.b64encode(CONTENT).rstrip(b"=") + b"A", CONTENT),
        (base64.b64encode(CONTENT)[:-2], CONTENT[:-2]),
        (base64.b64encode(CONTENT)[:60] + b"!\r\n" + base64.b64encode(CONTENT)[60:], CONTENT),
        (base64.b64encode(CONTENT + b"x") + b"\r\n\r\n_____\r\nSent by list", CONTENT + b"x"),
        (base64.b64encode(CONTENT + b"x") + b"\r\n" + base64.b64encode(CONTENT), CONTENT + b"x" + CONTENT),
    ],
)
def test_of_broken_base64_all_is_saved_that_can_be_and_it_is_said(octets: bytes, expected: bytes) -> None:
    leaf = parse(mail("Content-Transfer-Encoding: base64", body=octets)).leaves[0]

    assert leaf.data == expected
    assert leaf.problem is not None
    assert leaf.problem.code is Code.DAMAGED


@pytest.mark.parametrize(
    ("encoding", "octets", "expected"),
    [
        ("base64 (comment)", base64.encodebytes(CONTENT), CONTENT),
        ("Quoted-Printable", b"a=E4=BD=A0=\r\nb =  \r\n=zz", "a你b =zz".encode()),
        ("x-uuencode", b"begin 644 a\r\n#0V%T\r\n`\r\nend\r\n", b"Cat"),
        ("8bit", b"\xff\x00\r\n", b"\xff\x00\r\n"),
    ],
)
def test_transfer_encodings_are_undone(encoding: str, octets: bytes, expected: bytes) -> None:
    leaf = parse(mail(f"Content-Transfer-Encoding: {encoding}", body=octets)).leaves[0]

    assert (leaf.data, leaf.problem) == (expected, None)


def test_an_unknown_transfer_encoding_leaves_the_octets_and_is_said() -> None:
    leaf = parse(mail("Content-Transfer-Encoding: base9000", body=b"abc")).leaves[0]

    assert leaf.data == b"abc"
    assert leaf.problem is not None


# ---------------------------------------------------------------- charsets


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("图", "gbk"),
        ("图1.jpg", "gbk"),
        ("联通", "gbk"),
        ("赵翀", "gbk"),
        ("镕珺", "gbk"),
        ("重庆市科协", "utf-8"),
        ("Müller", "utf-8"),
        ("café.txt", "cp1252"),
        ("總結報告.docx", "big5"),
        ("㐂𠮷重庆", "gb18030"),
    ],
)
def test_octets_without_a_label_are_read_by_trial(text: str, charset: str) -> None:
    assert charsets.decode(text.encode(charset)) == text


@pytest.mark.parametrize(
    ("text", "charset", "label"),
    [
        ("重庆市科协", "utf-8", "gbk"),
        ("重庆市科协", "gbk", "utf-8"),
        ("重庆市科协", "gbk", "iso-8859-1"),
        ("重庆市科协", "gbk", "no-such-charset"),
        ("Hyvää päivää", "latin1", "iso-8859-1"),
        ("赵翀镕", "gb18030", "GB2312"),
    ],
)
def test_a_label_gives_way_where_the_octets_say_something_else(text: str, charset: str, label: str) -> None:
    assert charsets.decode(text.encode(charset), label) == text


def test_a_text_cut_inside_a_character_is_still_in_its_charset() -> None:
    assert charsets.decode("重庆市科协".encode()[:-1]) == "重庆市科\ufffd"
    assert charsets.decode("重庆市科协".encode("gbk")[:-1], "gb2312") == "重庆市科\ufffd"


@given(
    octets=st.binary(max_size=200),
    label=st.one_of(st.text(max_size=20), st.sampled_from(["utf-7", "rot13", "idna", "utf-16", "hz"])),
)
def test_decoding_never_raises_and_its_text_can_be_written(octets: bytes, label: str) -> None:
    charsets.decode(octets, label).encode("utf-8")


# ---------------------------------------------------------------- hostile mails

HEAD = b"From: a@example.org\r\nSubject: s\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def levels(count: int) -> bytes:
    """*count* multiparts in one another, a text leaf in each and a picture in the innermost."""
    opening = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n\r\nt\r\n--b%d\r\n"
    return (
        HEAD
        + b"".join(opening % (level, level, level) for level in range(count))
        + b"Content-Type: image/png\r\n\r\nAA"
    )


HOSTILE = {
    "parts beyond the limit": MIXED + b"--b\r\n\r\nx\r\n" * 100_000 + b"--b--",
    "multiparts that never have a part": MIXED
    + b"--b\r\nContent-Type: multipart/mixed; boundary=z\r\n\r\nx\r\n" * 20_000,
    "a header of megabytes": HEAD + b"X-A: " + b"a" * 8_000_000 + b"\r\n\r\nx",
    "a header folded a million times": HEAD + b"X-A: " + b"a\r\n " * 1_000_000 + b"\r\n\r\nx",
    "header fields without number": HEAD
    + b"".join(b"X-%d: y\r\n" % number for number in range(200_000))
    + b"\r\nx",
    "lines that are no header": HEAD + b"junk\r\n" * 200_000 + b"To: x\r\n\r\nx",
    "relays without number": HEAD
    + b"Received: from a by b; Mon, 1 Jan 2024 00:00:00 +0000\r\n" * 30_000
    + b"\r\nx",
    "addresses without number": b"To: "
    + b", ".join(b'"a" <a%d@b.c>' % number for number in range(30_000))
    + b"\r\n\r\nx",
    "addresses that never close": b"To: " + b'"(<' * 30_000 + b"\r\n\r\nx",
    "encoded words": HEAD + b"Subject: " + b"=?utf-8?B?5L2g?= " * 20_000 + b"\r\n\r\nx",
    "encoded words that never end": b"Subject: "
    + b"=?a?b?" * 20_000
    + b"\r\nFrom: "
    + b"=?a?b?" * 20_000
    + b"\r\n\r\nx",
    "encoded words in names": MIXED
    + (b'--b\r\nContent-Type: image/png; name="' + b"=?a?b?" * 9_000 + b'"\r\n\r\nx\r\n') * 2,
    "parameters": HEAD
    + b"Content-Type: text/plain; "
    + b"; ".join(b"a%d=b" % number for number in range(5_000))
    + b"\r\n\r\nx",
    "continuations": HEAD
    + b"Content-Type: a/b; "
    + b"; ".join(b"name*%d*=%%e4" % number for number in range(5_000))
    + b"\r\n\r\nx",
    "quotes": HEAD + b'Content-Type: text/plain; name="' + b'"(' * 30_000 + b"\r\n\r\nx",
    "lines of hyphens": MIXED + b"--b\r\n\r\n" + b"--x\r\n" * 500_000,
    "base64 in a million chunks": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QQ==\n" * 1_000_000,
    "blank lines": b"\r\n" * 1_000_000 + HEAD + b"\r\nx",
    "carriage returns": b"\r" * 1_000_000,
    "nothing": b"",
}


@pytest.mark.parametrize("octets", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_mail_ends_in_time_with_at_least_one_leaf(octets: bytes) -> None:
    began = time.process_time()
    parsed = parse(octets)

    assert parsed.leaves
    assert time.process_time() - began < SECONDS


def test_all_of_twenty_thousand_parts_are_leaves() -> None:
    assert len(parse(MIXED + b"--b\r\n\r\nx\r\n" * 20_000 + b"--b--").leaves) == 20_000


def test_beyond_the_limit_of_parts_the_rest_is_one_last_leaf_and_it_is_said() -> None:
    parsed = parse(MIXED + b"--b\r\n\r\nx\r\n" * (MAX_PARTS + 10) + b"--b--")

    assert len(parsed.leaves) == MAX_PARTS + 1
    assert parsed.leaves[-1].data.count(b"--b\r\n") == 9
    assert Code.TOO_BIG in {problem.code for problem in parsed.problems}


def test_all_leaves_of_three_thousand_levels_are_found() -> None:
    leaves = parse(levels(3_000)).leaves

    assert len(leaves) == 3_001
    assert leaves[-1].path == ".".join(["2"] * 3_000)


@settings(max_examples=150, deadline=None)
@given(octets=st.binary(max_size=2_000))
def test_parse_survives_any_octets(octets: bytes) -> None:
    parsed = parse(octets)

    assert parsed.leaves
    assert len({leaf.path for leaf in parsed.leaves}) == len(parsed.leaves)


TORN = multipart(
    b"Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=D6=D8=C7=EC",
    attachment(f"Content-Disposition: attachment; filename*0*=gbk''{percent(GBK)}"),
    attachment("Content-Type: message/rfc822", data=mail(f"Subject: {word(SUBJECT, 'gbk')}")),
)
PIECES = [
    b"\r\n",
    b"--BB",
    b"--BB--",
    b"\x00",
    b"=?gbk?B?",
    b'"',
    b";",
    b"Content-Type: multipart/mixed",
    b"\xd6",
    b"%",
    b"*0*=",
]


@st.composite
def torn_mails(draw: st.DrawFn) -> bytes:
    """A sound mail with octets taken out, put in and doubled."""
    octets = TORN
    for _ in range(draw(st.integers(1, 12))):
        start = draw(st.integers(0, len(octets)))
        end = min(len(octets), start + draw(st.integers(0, 40)))
        piece = draw(
            st.one_of(st.sampled_from(PIECES), st.binary(max_size=8), st.just(octets[start:end] * 2))
        )
        octets = octets[:start] + piece + octets[end:]
    return octets


@settings(max_examples=150, deadline=None)
@given(octets=torn_mails())
def test_parse_survives_torn_mails(octets: bytes) -> None:
    parsed = parse(octets)

    assert parsed.leaves
    assert len({leaf.path for leaf in parsed.leaves}) == len(parsed.leaves)
    json.dumps([leaf.name for leaf in parsed.leaves] + [parsed.mail.subject, parsed.mail.sender.name])


# ---------------------------------------------------------------- against the standard library


@st.composite
def sound_mails(draw: st.DrawFn) -> EmailMessage:
    """A mail of the standard library with texts, files, alternatives and nested mails."""
    return _composed(random.Random(draw(st.integers(0, 10**9))), depth=0)


def _composed(chance: random.Random, depth: int) -> EmailMessage:
    made = EmailMessage(policy=email.policy.SMTP)
    made["Subject"] = chance.choice([SUBJECT, "plain", "a" * 300])
    made.set_content(
        chance.choice(["hello\n", "重庆\n", "--BB\n--BB--\n"]), charset=chance.choice(["utf-8", "gb18030"])
    )
    if chance.random() < 0.5:
        made.add_alternative("<p>hello</p>\n", subtype="html")
    for _ in range(chance.randrange(4)):
        data = bytes(chance.randrange(256) for _ in range(chance.randrange(300)))
        made.add_attachment(
            data, maintype="application", subtype="x", filename=chance.choice([NAME, "a.bin", "长" * 90])
        )
    if depth < 2 and chance.random() < 0.4:
        made.add_attachment(_composed(chance, depth + 1))
    return made


def _expected(made: Message, prefix: str = "") -> Iterator[tuple[str, str, str | None, bytes]]:
    """(section, type, name, octets) of each leaf as the standard library has it; nested mails as octets."""
    content = made.get_payload()
    kind = made.get_content_type()
    if isinstance(content, list) and kind.startswith("multipart/"):
        for number, part in enumerate(content, 1):
            yield from _expected(part, f"{prefix}{number}.")
    else:
        nested = content[0] if isinstance(content, list) else None
        data = nested.as_bytes() if isinstance(nested, Message) else made.get_payload(decode=True)
        assert isinstance(data, bytes)
        yield prefix.removesuffix(".") or "1", kind, made.get_filename(), data


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=sound_mails())
def test_a_sound_mail_has_the_leaves_that_the_standard_library_put_in(made: EmailMessage) -> None:
    parsed = parse(made.as_bytes())
    expected = list(_expected(email.message_from_bytes(made.as_bytes(), policy=email.policy.default)))

    assert parsed.mail.subject == made["Subject"]
    assert [(leaf.path, leaf.declared, leaf.name or None) for leaf in parsed.leaves] == [
        found[:3] for found in expected
    ]
    for leaf, (_, kind, _, data) in zip(parsed.leaves, expected, strict=True):
        if kind == "message/rfc822":
            assert parse(leaf.data).mail.subject == parse(data).mail.subject
        else:
            assert leaf.data == data


# ---------------------------------------------------------------- the shared corpus and data set


@needs_shared
def test_headers_of_the_data_set_are_read_as_its_manifest_says() -> None:
    folder = SHARED / "dataset"
    for made in json.loads((folder / "mails" / "manifest.json").read_text("utf-8"))["mails"]:
        found = parse((folder / "mails" / made["file"]).read_bytes()).mail
        report = folder / "reports" / f"{made['id']}.json"

        assert found.received == datetime.fromisoformat(made["received"]), made["id"]
        assert found.sender.name == made["from_name"], made["id"]
        if report.exists():
            described = json.loads(report.read_text("utf-8"))["mail"]
            assert found.subject == described["subject"], made["id"]
            assert found.sender.address == described["from_address"].lower(), made["id"]
