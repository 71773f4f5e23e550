"""What the receiving server wrote about the sender: its own fields alone, and nothing that is not there."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.parse import parse
from pipeline.parse.authentication import MAX_IDENTITY, MAX_VERDICTS
from pipeline.records import Verdict

OURS = "Received: from out.163.example (unknown [203.0.113.9]) by newmx12.qq.com (NewMX) with SMTP id 1; Tue, 18 Jun 2024 10:00:00 +0800"
THEIRS = "Received: from desk (unknown [10.0.0.2]) by smtp.163.example (Coremail) with SMTP id 2; Tue, 18 Jun 2024 09:59:58 +0800"
WRITTEN = "From: a@163.example\r\nTo: c@foxmail.com\r\nSubject: s"
PASSED = ("spf", "pass", "a@163.example", "mx.qq.com")
SPF = "Authentication-Results: mx.qq.com; spf=pass smtp.mailfrom=<a@163.example>"


def octets(*fields: str | bytes) -> bytes:
    lines = [field if isinstance(field, bytes) else field.encode() for field in fields]
    return b"\r\n".join([*lines, b"", b"x"])


def found(*fields: str | bytes) -> list[tuple[str, str, str, str]]:
    """(method, result, identity, server) of each verdict of a mail with these header fields."""
    verdicts = parse(octets(*fields)).mail.authentication
    return [(one.method, one.result, one.identity, one.server) for one in verdicts]


def said(value: str) -> list[tuple[str, str, str, str]]:
    """The verdicts of an Authentication-Results of this value above the topmost Received."""
    return found(f"Authentication-Results: {value}", OURS, WRITTEN)


# ---------------------------------------------------------------- what they say


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            "mx.qq.com; spf=pass smtp.mailfrom=<A@163.example>; dkim=pass(permerrors) header.d=163.example",
            [PASSED, ("dkim", "pass", "163.example", "mx.qq.com")],
        ),
        (
            "mx.qq.com 1;\r\n\tspf=softfail (mx.qq.com: 203.0.113.9; not (really) \\) permitted)\r\n\tsmtp.mailfrom = a@163.example",
            [("spf", "softfail", "a@163.example", "mx.qq.com")],
        ),
        (
            '"MX.qq.com"; dkim/1=fail reason="bad; signature (x)" header.i=@163.example; dmarc=fail (p=NONE) header.from=163.example',
            [
                ("dkim", "fail", "@163.example", "mx.qq.com"),
                ("dmarc", "fail", "163.example", "mx.qq.com"),
            ],
        ),
        (
            "mx.qq.com; dkim=neutral header.i=@b.example header.d=b.example; dkim=temperror; spf=none smtp.helo=h.example",
            [
                ("dkim", "neutral", "b.example", "mx.qq.com"),
                ("dkim", "temperror", "", "mx.qq.com"),
                ("spf", "none", "h.example", "mx.qq.com"),
            ],
        ),
        (
            'mx.qq.com; spf=PERMERROR smtp.mailfrom="a b"@c.example',
            [("spf", "permerror", "a b", "mx.qq.com")],
        ),
        ("spf=hardfail smtp.mail=a@163.example", [("spf", "fail", "a@163.example", "")]),
        ("mx.qq.com spf=pass smtp.mailfrom=a@163.example", [PASSED]),
    ],
)
def test_verdicts_are_read_in_the_forms_that_servers_write(
    value: str, expected: list[tuple[str, str, str, str]]
) -> None:
    assert said(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "mx.qq.com",
        "mx.qq.com; none",
        "mx.qq.com 1; none",
        "mx.qq.com; iprev=pass policy.iprev=203.0.113.9; auth=pass smtp.auth=a",
        "mx.qq.com; spf=bestguesspass smtp.mailfrom=a@163.example",
        "mx.qq.com; spf=; dkim",
        "mx.qq.com; (spf=pass) header.d=163.example",
        "mx.qq.com (; spf=pass smtp.mailfrom=a@163.example",
        'mx.qq.com; x="; spf=pass smtp.mailfrom=a@163.example',
    ],
)
def test_no_verdict_is_made_up(value: str) -> None:
    assert said(value) == []


def test_a_mail_without_such_fields_has_none() -> None:
    assert found(OURS, THEIRS, WRITTEN) == []


# ---------------------------------------------------------------- whose word it is


@pytest.mark.parametrize(
    "fields",
    [
        (SPF, OURS, WRITTEN),
        (OURS, SPF, THEIRS, WRITTEN),
        (OURS, SPF, WRITTEN),
        ("Received: by 10.1.1.1 with SMTP id 3; Tue, 18 Jun 2024 10:00:01 +0800", OURS, SPF, THEIRS, WRITTEN),
        (OURS.replace("newmx12", "store"), "Return-Path: <a@163.example>", OURS, SPF, THEIRS, WRITTEN),
    ],
)
def test_the_receiving_servers_field_counts_above_or_beside_its_received(fields: tuple[str, ...]) -> None:
    assert found(*fields) == [PASSED]


@pytest.mark.parametrize(
    "fields",
    [
        (OURS, THEIRS, SPF, WRITTEN),
        (OURS, WRITTEN, SPF),
        (OURS, SPF.replace("mx.qq.com", "mx.163.example"), THEIRS, WRITTEN),
        (OURS, SPF.replace("mx.qq.com; ", ""), THEIRS, WRITTEN),
        (OURS, SPF.replace("mx.qq.com", "qq.com.evil.example"), WRITTEN),
        (SPF, WRITTEN),
        (SPF, WRITTEN, OURS),
        (OURS.replace("newmx12.qq.com", "[198.51.100.7]"), THEIRS.replace("smtp.163.example", "mx.qq.com"), SPF, WRITTEN),
        (OURS, "X-" + SPF, THEIRS, WRITTEN),
    ],
)  # fmt: skip
def test_what_anybody_else_may_have_written_is_not_believed(fields: tuple[str, ...]) -> None:
    assert found(*fields) == []


def test_a_comment_of_the_sender_in_our_received_names_no_server() -> None:
    helo = OURS.replace("(unknown", "(by mx.evil.example")

    assert found(helo, SPF, THEIRS, WRITTEN) == [PASSED]
    assert found(helo, SPF.replace("mx.qq.com", "mx.evil.example"), THEIRS, WRITTEN) == []


def test_two_bodies_below_one_public_suffix_are_two() -> None:
    ours = OURS.replace("newmx12.qq.com", "mail.kx.gov.cn")

    assert found(ours, SPF.replace("mx.qq.com", "mx.kx.gov.cn"), WRITTEN)
    assert not found(ours, SPF.replace("mx.qq.com", "mx.other.gov.cn"), WRITTEN)


def test_a_nested_mail_has_no_verdict_for_its_header_is_its_senders_word() -> None:
    nested = octets(SPF, OURS, WRITTEN)

    assert parse(nested, "2").mail.authentication == ()
    assert parse(nested).mail.authentication != ()


# ---------------------------------------------------------------- Received-SPF

OLD = (
    "Received-SPF: Fail (qq.com: domain of a@163.example does not designate; 203.0.113.9) client-ip=203.0.113.9;\r\n"
    ' envelope-from="A@163.example"; helo=out.163.example; receiver=mx.qq.com; identity=mailfrom'
)


def test_received_spf_counts_where_there_are_no_authentication_results() -> None:
    assert found(OLD, OURS, WRITTEN) == [("spf", "fail", "a@163.example", "mx.qq.com")]
    assert found(OURS, OLD, THEIRS, WRITTEN) == [("spf", "fail", "a@163.example", "mx.qq.com")]
    assert found(OLD, SPF, OURS, WRITTEN) == [PASSED]
    assert found("Authentication-Results: mx.qq.com; none", OLD, OURS, WRITTEN) == []


def test_the_topmost_received_spf_counts_alone_and_foreign_ones_do_not() -> None:
    other = OLD.replace("Fail", "Pass")

    assert found(OLD, other, OURS, WRITTEN) == [("spf", "fail", "a@163.example", "mx.qq.com")]
    assert found(OURS, THEIRS, OLD, WRITTEN) == []
    assert found(OURS, OLD.replace("mx.qq.com", "mx.163.example"), THEIRS, WRITTEN) == []
    assert found(OURS, "Received-SPF: pass", THEIRS, WRITTEN) == []


# ---------------------------------------------------------------- hostile headers


@given(value=st.one_of(st.binary(max_size=400), st.text('spf=dkim.;:()"\\<>@/ \tby\r\n', max_size=200)))
@settings(max_examples=200, deadline=None)
def test_whatever_the_value_parse_survives_and_what_it_gives_is_bounded(value: bytes | str) -> None:
    raw = value if isinstance(value, bytes) else value.encode()
    mail = parse(
        octets(
            b"Authentication-Results: mx.qq.com; " + raw,
            b"Received-SPF: " + raw,
            b"Received: " + raw,
            WRITTEN,
        )
    ).mail

    assert len(mail.authentication) <= MAX_VERDICTS
    for one in mail.authentication:
        assert isinstance(one, Verdict)
        assert len(one.identity) <= MAX_IDENTITY
        assert len(one.server) <= MAX_IDENTITY


@pytest.mark.parametrize(
    "value",
    [
        "spf=pass; " * 100_000,
        "(" * 1_000_000,
        '"' + "\\" * 1_000_000,
        "a" * 1_000_000,
        " " * 1_000_000,
        'a="' * 300_000,
        "spf=pass smtp.mailfrom=" + "a" * 1_000_000,
    ],
)
def test_a_huge_value_ends_in_time_with_few_verdicts(value: str) -> None:
    began = time.process_time()
    field = f"Authentication-Results: mx.qq.com; {value}"

    verdicts = parse(octets(*[field] * 5, *[OURS + value] * 5, field, WRITTEN)).mail.authentication

    assert len(verdicts) <= MAX_VERDICTS
    assert all(len(one.identity) <= MAX_IDENTITY for one in verdicts)
    assert time.process_time() - began < 5


def test_thousands_of_traces_end_in_time() -> None:
    began = time.process_time()
    parse(octets(*[OURS, SPF + " (" * 1_000] * 2_000, WRITTEN))

    assert time.process_time() - began < 10
