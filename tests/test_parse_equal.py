"""The fast path (mail-parser sees a skeleton, bodies are cut out by offset) against the plain one (it sees every octet).

What differs is known by its cause, and the cause is looked at in the mail: then the plain path is the one that errs.
"""

from __future__ import annotations

import base64
import binascii
import random
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import mailparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mailparser.exceptions import MailParserError

from pipeline.mapped import Octets
from pipeline.parse import parse, skeleton, transfer
from pipeline.parse.mending import mend
from pipeline.parse.skeleton import read_skeleton
from pipeline.parse.structure import Structure, scan
from pipeline.records import Leaf
from tests.mails import made
from tests.support import SHARED, needs_shared

chances = st.integers(0, 10**9).map(random.Random)
UTF8_WORD = "=?"
"""What plain mail-parser leaves of an encoded word inside quotes, where everybody puts them."""


REFUSED = {"dataset/mails": [], "corpus/mail": ["mac-lhost-sendgrid-01.eml"]}
"""Mails on which mail-parser itself breaks off with all bodies there; of their skeleton it reads the header."""


def mails(folder: str) -> list[Path]:
    """All mails of one folder of ../shared."""
    return [path for path in sorted((SHARED / folder).rglob("*.eml")) if path.is_file()]


# ---------------------------------------------------------------- the cut: the same copy with and without bodies


def whole(octets: Octets, structure: Structure) -> mailparser.MailParser:
    """Let mail-parser read the parse copy with every body in it."""
    head = structure.mail.head
    lines = [b"%s: %s\n" % (name.encode(), value) for name, value in skeleton._copied(head, with_type=True)]
    return mailparser.MailParser.from_bytes(b"".join(lines) + b"\n" + octets[head.body :])


def heard(parser: mailparser.MailParser | None) -> tuple[object, ...]:
    """All that header.py takes from mail-parser but defects."""
    if parser is None:
        return ()
    return tuple(
        getattr(parser, name) for name in ("from_", "to", "reply_to", "date", "timezone", "received")
    )


def leaves(message: Message) -> Iterator[Message]:
    """Every entity that is no multipart, as RFC 9051 counts them; a mail inside a mail is one."""
    inside = message.get_payload()
    if isinstance(inside, list) and message.get_content_maintype() == "multipart":
        for one in inside:
            if isinstance(one, Message):
                yield from leaves(one)
    else:
        yield message


def is_coded(message: Message) -> bool:
    return str(message.get("Content-Transfer-Encoding", "")).strip().lower() == "base64"


def decoded(octets: bytes) -> list[bytes]:
    """The base64 bodies as the standard library's parser finds and decodes them, all octets walked line by line."""
    parser = mailparser.MailParser.from_bytes(octets)
    found = [one for one in leaves(parser.message) if is_coded(one)]
    return [data for one in found if isinstance(data := one.get_payload(decode=True), bytes)]


def coded(octets: bytes) -> list[Leaf]:
    """The same leaves by parse()."""
    by_place = scan(octets).leaves
    places = {
        one.section or "1"
        for one in by_place
        if one.head.first("content-transfer-encoding").strip().lower() == b"base64"
    }
    return [leaf for leaf in parse(octets).leaves if leaf.path in places]


@needs_shared
@pytest.mark.parametrize("folder", ["dataset/mails", "corpus/mail"])
def test_mail_parser_says_the_same_of_the_skeleton_as_of_the_mail_with_all_its_bodies(folder: str) -> None:
    differing = []
    for path in mails(folder):
        octets = mend(path.read_bytes())[0]
        structure = scan(octets)
        try:
            expected = heard(whole(octets, structure))
        except (AttributeError, LookupError, TypeError, ValueError, MailParserError):
            expected = ()
        if heard(read_skeleton(octets, structure)) != expected:
            differing.append(path.name)

    assert mails(folder)
    assert differing == REFUSED[folder]


@settings(max_examples=50, deadline=None)
@given(chance=chances)
def test_mail_parser_says_the_same_of_the_skeleton_of_any_mail_that_programs_write(
    chance: random.Random,
) -> None:
    octets = made(chance).octets
    structure = scan(octets)

    assert heard(read_skeleton(octets, structure)) == heard(whole(octets, structure))


# ---------------------------------------------------------------- the octets of parts, and the words of the header


@needs_shared
def test_every_base64_part_of_the_dataset_is_octet_for_octet_what_the_plain_path_gives() -> None:
    for path in mails("dataset/mails"):
        octets = path.read_bytes()

        assert [leaf.data for leaf in coded(octets)] == decoded(octets), path.name


@settings(max_examples=50, deadline=None)
@given(chance=chances, size=st.integers(0, 400_000), ending=st.sampled_from([b"\r\n", b"\n"]))
def test_a_part_of_any_size_is_what_the_plain_path_gives(
    chance: random.Random, size: int, ending: bytes
) -> None:
    """Beyond 200,000 octets base64 is decoded piece by piece."""
    octets = coded_mail(chance.randbytes(size), width=chance.choice([76, 76, 64, 60, 70, 4]), ending=ending)

    assert [leaf.data for leaf in coded(octets)] == decoded(octets)


@pytest.mark.parametrize("ending", [b"\r\n", b"\n"])
def test_a_large_part_is_decoded_without_a_copy_of_the_whole_whatever_its_line_ends(ending: bytes) -> None:
    data = random.Random(1).randbytes(3_000_000)
    lines = base64.encodebytes(data).replace(b"\n", ending)

    assert transfer._by_pieces(memoryview(lines)) == data
    assert transfer._by_pieces(memoryview(lines.replace(ending, b"*" + ending[1:], 1))) is None


def coded_mail(data: bytes, *, width: int, ending: bytes) -> bytes:
    """A mail with *data* as its only part, in lines of *width* letters."""
    letters = binascii.b2a_base64(data, newline=False)
    lines = ending.join(letters[at : at + width] for at in range(0, len(letters), width))
    head = (b"From: a@b.c", b"Content-Type: image/jpeg", b"Content-Transfer-Encoding: base64", b"")
    return ending.join((*head, lines, b""))


@needs_shared
def test_subject_sender_and_date_of_the_dataset_are_those_of_plain_mail_parser_or_the_better_ones() -> None:
    """Plain mail-parser leaves encoded words in quotes as they are, and loses raw octets of GBK and GB18030's own signs."""
    for path in mails("dataset/mails"):
        octets = path.read_bytes()
        plain, ours = mailparser.MailParser.from_bytes(octets), parse(octets).mail
        raw = not octets[: scan(octets).mail.head.end].isascii()
        by_label = b"gb2312" in octets[: scan(octets).mail.head.end].lower()
        name, address = plain.from_[0]

        assert address.lower() == ours.sender.address, path.name
        assert name == ours.sender.name or UTF8_WORD in name or raw, path.name
        assert plain.subject == ours.subject or raw or by_label, path.name
        assert ours.sent is None or plain.date.timestamp() == ours.sent.timestamp(), path.name
        assert "\ufffd" not in ours.subject + ours.sender.name, path.name
        assert UTF8_WORD not in ours.subject + ours.sender.name, path.name
