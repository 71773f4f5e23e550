"""Hostile and odd mails and documents of public projects: nothing crashes, nothing hangs, no leaf that others find is lost."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

from pipeline import intake, tools
from pipeline.parse import is_mail
from pipeline.records import Reading, Status
from tests.support import SHARED, need_tool, needs_shared

CORPUS = SHARED / "corpus"
SECONDS = 10
"""What one file may take, as the corpus' README asks."""
LEAST = {"leaves": 281, "names": 281, "subjects": 278}
"""Mails of the 282 with an expectation that agree today; a change may not fall below.

What differs: a mail inside base64 inside message/rfc822 (taken apart here, a file there), and four subjects that stand
behind a blank first line, a byte order mark or an mbox line, which are read here and empty there.
"""


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
    begun = time.monotonic()
    reading = (
        intake.read(octets)
        if path.is_relative_to(CORPUS / "mail")
        else intake.read_document(octets, path.name, abilities=abilities or tools.abilities())
    )
    assert time.monotonic() - begun < SECONDS, path
    return reading


def squeezed(text: str | None) -> str:
    return " ".join((text or "").split())


def expectations() -> dict[Path, dict[str, Any]]:
    """Per mail: subject, sha256 and filenames of its files, in one form."""
    found: dict[Path, dict[str, Any]] = {}
    for description in (CORPUS / "mail").rglob("expected.json"):
        for name, wanted in json.loads(description.read_text("utf-8")).items():
            listed = wanted["attachments"] if isinstance(wanted["attachments"], list) else []
            found[description.parent / name] = {
                "subject": wanted.get("subject"),
                "sha256": wanted.get("sha256", [one["sha256"] for one in listed]),
                "filenames": wanted.get("filenames", [one.get("filename") for one in listed]),
            }
    return found


@needs_shared
def test_every_mail_is_read_and_no_leaf_that_two_parsers_agree_on_is_lost() -> None:
    wanted = expectations()
    agreed: Counter[str] = Counter()
    for path in files("mail"):
        reading = read(path)
        if path not in wanted:
            continue
        parts = [part for part in reading.parts if not is_mail(part.media_type)]
        digests = Counter(part.sha256 for part in parts)
        names = Counter(squeezed(part.name) for part in parts)
        agreed["leaves"] += not Counter(wanted[path]["sha256"]) - digests
        agreed["names"] += not Counter(squeezed(name) for name in wanted[path]["filenames"] if name) - names
        agreed["subjects"] += squeezed(wanted[path]["subject"]) == squeezed(reading.mail.subject)

    assert len(wanted) >= 282
    assert {key: agreed[key] for key in LEAST if agreed[key] < LEAST[key]} == {}


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
    "moby": 60,
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
