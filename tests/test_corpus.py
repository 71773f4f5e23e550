"""Hostile and odd mails and documents of public projects: nothing crashes, nothing hangs, no leaf that others find is lost."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path

from pipeline import intake, tools
from pipeline.parse import parse
from pipeline.parse.mending import mend
from pipeline.parse.structure import scan
from pipeline.records import Reading, Status
from tests.support import SHARED, need_tool, needs_shared
from tools.formats.leaves import READ_FURTHER, Difference, compared, expectations

CORPUS = SHARED / "corpus"
SECONDS = 10
"""What one file may take, as the corpus' README asks; of the processor."""
PATIENCE_SECONDS = 6 * SECONDS
"""By the wall clock, on a machine that does other things too: what waits for ever is found out all the same."""
DISPUTED = {
    "Webklex+php-imap/imap_mime_header_decode_returns_false.eml": ("1", "an encoded word of broken base64"),
    "cpython/msg_39.txt": (
        "1.1.1 1.1.2 1.2.1 1.2.2 1.3.1 1.3.2 2",
        "one boundary for two levels: the inner one counts",
    ),
    "demisto+parse-emails/smtp_envelope_headers.eml": ("1", "the envelope's commands before the header"),
    "demisto+parse-emails/test_text_before_headers.eml": ("1 2", "half a Received before the header"),
    "jhillyerd+enmime/inlinemultipart.raw": ("1 2 3", "an inline multipart; base64 that breaks off"),
    "jstedfast+MimeKit/unmunged.mbox.txt": ("1", "two mails of an mbox: the second is text of the first"),
    "mailgun+flanker/mailformed-headers.eml": ("1", "boundary lines that are none: all is one text"),
    "mailgun+flanker/outlook-express.eml": ("1", "a name decoded wrongly before it was sent"),
    "mikel+mail/attachment_with_encoded_name.eml": ("1 2", "a name that claims a charset it is not in"),
    "mikel+mail/invalid_subject_characters.eml": ("1", "Latin-1 without a label, which is valid GBK"),
    "mikel+mail/must_supply_encoding.eml": ("1", "a multipart without any part or text"),
    "mikel+mail/raw_email_with_binary_encoded.eml": ("1", "two subjects: the first counts"),
    "php-mime-mail-parser+php-mime-mail-parser/issue116": ("1.1 1.2", "a character of NEC in ISO-2022-JP"),
    "rspamd+rspamd/fname.eml": ("1 2", "base64 of five letters; a doubled equals sign before the name"),
    "stalwartlabs+mail-parser/legacy-016.eml": ("1 2 3", "BinHex, kept as it stands"),
    "stalwartlabs+mail-parser/legacy-023.eml": ("1 2 3 4", "uuencode as a transfer encoding"),
    "stalwartlabs+mail-parser/legacy-026.eml": ("1 2 3", "uuencode as a transfer encoding"),
    "zbateson+mail-mime-parser/m3007.txt": ("1 2 3 4", "uuencode as a transfer encoding"),
}
"""Mails on which the references differ: the leaves that we find, and what is odd about each."""


def files(kind: str) -> list[Path]:
    """All files of one kind that are material and not a description."""
    return [
        p
        for p in sorted((CORPUS / kind).rglob("*"))
        if p.is_file() and p.name not in ("expected.json", "README.md")
    ]


def read(path: Path, abilities: tuple[str, ...] | None = None) -> Reading:
    """Read a mail as a mail, anything else as a document; fail where that takes too long.

    abilities: for archives those alone that open them: the limit is one of each file, and they hold many documents.
    """
    octets = path.read_bytes()
    begun, spent_before = time.monotonic(), spent()
    reading = (
        intake.read(octets)
        if path.is_relative_to(CORPUS / "mail")
        else intake.read_document(octets, path.name, abilities=abilities or tools.abilities())
    )
    assert spent() - spent_before < SECONDS, path
    assert time.monotonic() - begun < PATIENCE_SECONDS, path
    return reading


def spent() -> float:
    """Processor seconds of this process and of all that it started: a wall clock says what else the machine does."""
    while True:
        own = os.times()
        below = sum(map(_spent_below, _children(os.getpid())))
        if os.times()[2:4] == own[2:4]:  # nobody went from the living to the ended meanwhile
            return sum(own[:4]) + below


def _spent_below(pid: int) -> float:
    """Of one that lives, of those that it has outlived, and of those below it."""
    with suppress(OSError):
        told = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        ticks = sum(map(int, told[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK") + sum(map(_spent_below, _children(pid)))
    return 0.0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, path.read_text("utf-8").split())
    return found


@needs_shared
def test_every_mail_has_the_leaves_names_and_subject_that_two_parsers_agree_on_and_no_others() -> None:
    wanted = expectations(CORPUS / "mail")
    differing = {
        name: difference
        for name, expected in wanted.items()
        if (difference := compared(read(CORPUS / "mail" / name), expected)) != Difference()
    }

    assert len(wanted) >= 282
    assert differing == {name: difference for name, (_, difference) in READ_FURTHER.items()}


@needs_shared
def test_the_mails_on_which_parsers_differ_are_read_in_one_known_way_and_nothing_of_them_is_lost() -> None:
    wanted = expectations(CORPUS / "mail")
    others = {p.relative_to(CORPUS / "mail").as_posix() for p in files("mail")} - wanted.keys()

    assert others == DISPUTED.keys()
    for name, (sections, _) in DISPUTED.items():
        reading = read(CORPUS / "mail" / name)
        assert sorted(part.path for part in reading.parts) == sections.split(), name
        assert all(part.reason for part in reading.parts if part.status.value not in ("ok", "noise")), name


@needs_shared
def test_of_every_mail_no_octet_but_preambles_is_in_no_leaf() -> None:
    for path in files("mail"):
        octets, _ = mend(path.read_bytes())
        structure = scan(octets)
        inside = bytearray(len(octets))
        for start, end in (*structure.frame, *((leaf.start, leaf.end) for leaf in structure.leaves)):
            inside[start:end] = b"\1" * (end - start)
        left = bytes(octet for octet, taken in zip(octets, inside, strict=True) if not taken).strip()
        told = any("各部分之外" in problem.detail for problem in parse(path.read_bytes()).problems)

        assert told or len(left) < 60 or b"MIME" in left, path


@needs_shared
def test_every_document_ends_with_a_status_and_in_time() -> None:
    for path in files("documents"):
        check(read(path), path)


def check(reading: Reading, path: Path) -> None:
    """The file is a part under its own digest, and every part that is not read says why."""
    assert reading.parts, path
    assert reading.parts[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert all(part.reason for part in reading.parts if part.status.value not in ("ok", "noise")), path


PARTS = {
    "moby": 10,  # unar ends at another member each time
    "test-documents.": 10,
    "spanned.z01": 7,
    "spanned.zip": 4,
    "rar5_solid": 8,
    "rar_unicode": 4,
} | {
    "rar3-subdirs": 5,
    "rar5-subdirs": 5,
    "zip_bad_crc": 21,
    "no_eocd": 21,
    "filename_": 3,
    "seektest": 3,
    "cm-default": 5,
}
"""Piece of a file's name to the parts that come out of it at least, the archive itself among them."""
TOLD = {
    "moby": "压缩方法 6 解不开",
    "spanned.z01": "缺少第 2 卷",
    "spanned.zip": "缺少第 1 卷",
    "multiarchive.part01": "缺少第 2 卷",
    "multiarchive.part02": "缺少第 1、3 卷",
    "vols.part1": "缺少第 2 卷",
    "vols.part2": "缺少第 1、3 卷",
    "vols.part3": "缺少第 1–2 卷",
    "symlink": "未跟随",
    "symbolic": "未跟随",
    "rar5_unicode": "未跟随",
    "rar_unicode": "未跟随",
    "tar_traversal": "企图跳出目录",
    "zip_traversal": "企图跳出目录",
    "encryption_data": "强加密",
    "xar": "XAR",
    "encrypt": "待补密码",
    "7zip_encryption": "待补密码",
    "-enc.rar": "待补密码",
    "winzip_aes256": "待补密码",
    "rar5-hpsw": "待补密码",
    "rar5-psw": "待补密码",
    "flat_1GB": "超过上限",
    "lying_size": "超过上限",
    "overlap": "互相重叠",
    "corrupted_oom": "成员损坏",
    "bad_crc": "成员损坏",
    "gzip_recursive": "中断或损坏",
    "entries_oom": "损坏或不完整",
    "malformed1": "没有目录",
    "no_eocd": "没有目录",
    "two_eocd": "不在压缩包目录里",
    "cdoffset": "不在压缩包目录里",
    "in-archive-comment": "不在压缩包目录里",
}
"""Piece of a file's name to words of the reason why it is not simply open; the first that fits counts, all others are open."""


@needs_shared
def test_every_archive_is_open_or_says_why_not_and_in_time() -> None:
    need_tool("unar")
    need_tool("bsdtar")
    for path in files("archives"):
        reading = read(path, ("bsdcat", "bsdtar", "unar"))
        check(reading, path)

        archive = reading.parts[0]
        words = next((words for piece, words in TOLD.items() if piece in path.name), "")
        least = next((least for piece, least in PARTS.items() if piece in path.name), 1 if words else 2)
        assert words in archive.reason, path
        assert (archive.status is Status.OK) == (not words), path
        assert len(reading.parts) >= least, path
