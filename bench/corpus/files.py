"""What a unit attaches: its report as Word or PDF, a table, photographs, a zip with names in GBK.

Purpose: `Said`, the words of one report, and one function a kind of file.
Source: the written reports of tests/reports/open, each the words of one mail.
Limits: Word files hold what python-docx and a camera make; PDF files hold text alone.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from tools.samplemaker import documents

REPORTS = Path(__file__).parents[2] / "tests" / "reports" / "open"
MARKS = {"title": "# ", "heading1": "## ", "heading2": "### "}
MADE = (2024, 5, 30, 10, 0, 0)


@dataclass(frozen=True, kw_only=True)
class Said:
    """The words of one mail. report: lines, headings marked as `documents` wants them. rows: of its table, or made up."""

    unit: str
    sender: str
    address: str
    subject: str
    body: str
    title: str
    report: str
    rows: tuple[tuple[str, ...], ...]


@cache
def told() -> tuple[Said, ...]:
    """Every written report that is a submission, in the order of their names."""
    described = [json.loads(path.read_text("utf-8")) for path in sorted(REPORTS.glob("*.json"))]
    return tuple(_said(one) for one in described if one["kind"] == "submission" and one["report"])


def word(said: Said, photos: Sequence[bytes], draw: Random) -> bytes:
    """A Word file of the report with *photos* in it, compressed as Office does: pictures as they are."""
    captions = [(f"图{number}：{said.title}现场", data) for number, data in enumerate(photos, 1)]
    return _compressed(documents.word(said.report, captions, headings=draw.random() < 0.5))


def pdf(said: Said) -> bytes:
    """The report with a text layer."""
    return documents.pdf(said.report)


def sheet(said: Said) -> bytes:
    """The table of the report in Excel."""
    return _compressed(documents.sheet(f"{said.unit}活动统计表", said.rows))


def zipped(members: Sequence[tuple[str, bytes]]) -> bytes:
    """A zip as Windows of China makes it: names in GBK without a flag, everything deflated."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, data in members:
            package.writestr(_named_in_gbk(name), data, zipfile.ZIP_DEFLATED, 1)
    return buffer.getvalue()


class _InGbk(zipfile.ZipInfo):
    """A member whose name is written in GBK: the one method in which the standard library decides that."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - the standard library's name
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def _named_in_gbk(name: str) -> zipfile.ZipInfo:
    info = _InGbk(name, MADE)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _compressed(document: bytes) -> bytes:
    """An Office *document* that was stored, with its XML deflated."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as given, zipfile.ZipFile(buffer, "w") as package:
        for name in given.namelist():
            how = zipfile.ZIP_DEFLATED if name.endswith((".xml", ".rels")) else zipfile.ZIP_STORED
            package.writestr(zipfile.ZipInfo(name, MADE), given.read(name), how)
    return buffer.getvalue()


# ---------------------------------------------------------------- words


def _said(described: dict[str, Any]) -> Said:
    blocks = described["report"]
    titles = [block["text"] for block in blocks if block["style"] == "title"]
    mail = described["mail"]
    return Said(
        unit=described["unit"] or mail["from_name"],
        sender=mail["from_name"],
        address=mail["from_address"],
        subject=mail["subject"],
        body=mail["body"] or "请查收。",
        title=titles[0] if titles else mail["subject"],
        report="\n".join(MARKS.get(block["style"], "") + _words(block) for block in blocks),
        rows=_rows(described),
    )


def _words(block: dict[str, Any]) -> str:
    rows = block.get("rows") or [[block.get("text", "")]]
    return "\n".join("，".join(row) for row in rows)


def _rows(described: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    """The first table of the report, or one of the activities that it tells of."""
    for block in described["report"]:
        if block["style"] == "table":
            width = max(len(row) for row in block["rows"])
            return tuple(tuple(row) + ("",) * (width - len(row)) for row in block["rows"])
    told = [
        (str(n), one["title"], one["date_start"] or "", str(one["participants"] or ""))
        for n, one in enumerate(described["activities"], 1)
    ]
    return (("序号", "活动名称", "时间", "参加人数"), *told)
