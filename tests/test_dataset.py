"""The development mails, from .eml to blocks: every file is a part, and the labelled text is found again."""

from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache
from typing import Any

import pytest

from pipeline import intake, tools
from pipeline.executor import Processes
from pipeline.records import Reading, Status
from tests.support import SHARED, need_tool, needs_shared
from tools.formats.again import found_share, plain

DATASET = SHARED / "dataset"
LEAST = {"digital": 0.995, "scan": 0.97}
"""Share of the labelled blocks' characters that must be found again, by kind of document."""


@lru_cache(maxsize=1)
def manifest() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads((DATASET / "mails" / "manifest.json").read_text("utf-8"))["mails"])


@lru_cache(maxsize=1)
def readings() -> dict[str, Reading]:
    """Every mail read once, two at a time: recognising the scans is most of it, and every mail is read by itself."""
    with Processes(2) as pool:
        futures = {
            mail["file"]: pool.submit(
                intake.read, (DATASET / "mails" / mail["file"]).read_bytes(), abilities=tools.abilities()
            )
            for mail in manifest()
        }
        return {file: future.result() for file, future in futures.items()}


@needs_shared
def test_every_file_of_the_manifest_is_a_part_by_its_digest() -> None:
    lost = []
    for mail in manifest():
        parts = Counter(part.sha256 for part in readings()[mail["file"]].parts)
        locked = any(part.status is Status.NEEDS_PASSWORD for part in readings()[mail["file"]].parts)
        for file in mail["files"]:
            inside_locked = locked and len(file["path"]) > 1
            if file["sha256"] and not inside_locked and not parts[file["sha256"]]:
                lost.append((mail["id"], file["path"]))

    assert lost == []


@needs_shared
@pytest.mark.parametrize("kind", ["digital", "scan"])
def test_the_labelled_text_is_found_again(kind: str) -> None:
    need_tool("tesseract") if kind == "scan" else need_tool("antiword", "soffice")
    found = wanted = 0
    for mail in manifest():
        label = DATASET / "reports" / f"{mail['id']}.json"
        if not label.exists():
            continue
        reports = [file["format"] for file in mail["files"] if file["holds"] in ("report", "table")]
        scanned = bool(reports) and all(format_ == "scanned-pdf" for format_ in reports)
        if scanned is not (kind == "scan"):
            continue
        text = plain(
            "".join(
                block.text for document in readings()[mail["file"]].documents for block in document.blocks
            )
        )
        for block in json.loads(label.read_text("utf-8"))["report"]:
            words = plain(
                "".join(map("".join, block["rows"])) if block["style"] == "table" else block["text"]
            )
            got, all_of = found_share(words, text)
            found, wanted = found + got, wanted + all_of

    assert wanted > 1000
    assert found / wanted >= LEAST[kind], f"{found}/{wanted} = {found / wanted:.4f}"
