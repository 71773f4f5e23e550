"""Readings without MIME: built from the labelled reports of the shared data set, or by hand for one hard case.

Purpose: unit, kind, contact and relations can be measured before (and apart from) the readers of octets.
Source: ../shared/dataset/README.md. Limits: a report stands in its first file, bodies are one block a line.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.folding import folded
from pipeline.identify import identify
from pipeline.records import (
    Activity,
    Address,
    Aside,
    Block,
    Classification,
    Document,
    Filed,
    Filing,
    Item,
    Judged,
    Kind,
    Mail,
    Part,
    Reading,
    Segments,
    Span,
    State,
    Status,
    Style,
)
from pipeline.triage import triage
from rules import DEFAULT, Contact, Notice, Unit
from tests.support import SHARED

DATASET = SHARED / "dataset"
STYLES = {
    "title": (Style.TITLE, 0),
    "heading1": (Style.HEADING, 1),
    "heading2": (Style.HEADING, 2),
    "paragraph": (Style.PARAGRAPH, 0),
    "table": (Style.TABLE, 0),
    "caption": (Style.CAPTION, 0),
}


@dataclass(frozen=True, kw_only=True)
class File:
    """One attachment of a made-up mail: lines are its blocks, None where it cannot be read (status says why)."""

    name: str
    lines: tuple[str, ...] | None = ()
    rows: tuple[tuple[str, ...], ...] = ()
    header: str = ""
    recognised: bool = False
    status: Status = Status.OK
    digest: str = ""


@cache
def units() -> tuple[Unit, ...]:
    """The roster of the rules, read without the strict loader."""
    lines = (DEFAULT / "units.csv").read_text("utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return tuple(
        Unit(
            id=row["unit_id"],
            name=row["name"],
            kind=row["kind"],
            district=row["district"],
            aliases=tuple(filter(None, row["aliases"].split("|"))),
            addresses=tuple(filter(None, row["addresses"].split("|"))),
        )
        for row in rows
    )


def notice() -> Notice:
    """The notice of 2024, as far as identify and triage look at it."""
    return Notice(
        id="workers_day_2024",
        number="渝科协发〔2024〕23号",
        title="关于开展2024年“全国科技工作者日”活动的通知",
        theme="弘扬科学家精神，勇当高水平科技自立自强排头兵",
        year=2024,
        edition=8,
        period_start=date(2024, 5, 1),
        period_end=date(2024, 6, 10),
        deadline=datetime.fromisoformat("2024-06-20T23:59:59+08:00"),
        mailbox="skxzrb@foxmail.com",
        organisers=("重庆市科学技术协会", "重庆市科学技术局"),
        contacts=(
            Contact(organiser="市科协", name="谢老师", phone="63658923"),
            Contact(organiser="市科技局", name="谢老师", phone="67513757"),
        ),
    )


def readings(folder: Path = DATASET) -> Iterator[tuple[str, Reading, dict[str, Any]]]:
    """Every labelled mail in order of id: (id, its Reading, its label)."""
    for file in sorted((folder / "reports").glob("*.json")):
        label = json.loads(file.read_text("utf-8"))
        yield label["id"], _labelled(label), label


def segments(label: dict[str, Any]) -> Segments:
    """The activities of a *label* as segment() should find them."""
    return Segments(
        activities=tuple(activity(act["title"], _words(label, act)) for act in label["activities"])
    )


def activity(title: str, text: str) -> Activity:
    """An activity that says *text*."""
    return Activity(title=title, text=text, spans=(Span(part="2", block=1, start=0, end=len(text)),))


def reading(
    subject: str = "",
    *,
    sender: tuple[str, str] = ("", "someone@qq.example"),
    body: str = "",
    files: Sequence[File] = (),
    quoted: str = "",
    nested: Sequence[Mail] = (),
    mail: Mail | None = None,
) -> Reading:
    """A made-up mail as judging reads it. body: its lines; quoted: lines that the reader saw to be of an earlier mail."""
    outer = mail or Mail(subject=subject, sender=Address(name=sender[0], address=sender[1]))
    blocks = tuple(_line(line) for line in body.splitlines() if line.strip())
    blocks += tuple(_line(line, Aside.QUOTED) for line in quoted.splitlines() if line.strip())
    documents = [Document(part="1", blocks=blocks, body=True)] if blocks else []
    parts = [_part("1", "", body + quoted, Status.OK)] if body + quoted else []
    for number, file in enumerate(files, 2):
        path = f"{number}/{file.name}" if "/" in file.name else str(number)
        name = file.name.rsplit("/", 1)[-1]
        parts.append(_part(path, name, file.digest or repr(file), file.status))
        if file.lines is not None and (file.lines or file.rows):
            documents.append(_document(path, file))
    written = Reading(
        sha256=_digest(repr((outer, documents, parts))),
        version=1,
        abilities=(),
        mails=(outer, *nested),
        parts=tuple(parts),
        documents=tuple(documents),
    )
    return folded(written).reading


def _document(path: str, file: File) -> Document:
    head = [Block(style=Style.OTHER, text=file.header, aside=Aside.HEADER)] if file.header else []
    table = [Block(style=Style.TABLE, text="\n".join("\t".join(row) for row in file.rows), rows=file.rows)]
    return Document(
        part=path,
        blocks=(*head, *(_line(line) for line in file.lines or ()), *(table if file.rows else ())),
        recognised=file.recognised,
    )


def _line(text: str, aside: Aside | None = None) -> Block:
    return Block(style=Style.OTHER if aside else Style.PARAGRAPH, text=text.strip(), aside=aside)


def _part(path: str, name: str, content: str, status: Status) -> Part:
    return Part(path=path, name=name, sha256=_digest(content), size=len(content.encode()), status=status)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _labelled(label: dict[str, Any]) -> Reading:
    mail = label["mail"]
    received = datetime.fromisoformat(mail["date"]).astimezone(UTC)
    outer = Mail(
        subject=mail["subject"],
        sender=Address(name=mail["from_name"], address=mail["from_address"]),
        sent=received,
        received=received,
        message_id=f"<{label['id']}@labelled.example>",
    )
    files = [
        File(name=file["name"], lines=None, digest=f"{label['id']}/{file['name']}") for file in label["files"]
    ]
    bare = reading(body=mail["body"], files=files, mail=outer)
    report = next(
        (n for n, file in enumerate(label["files"], 2) if file["holds"] in ("report", "table", "other")), 2
    )
    blocks = tuple(_block(block) for block in label["report"])
    documents = (*bare.documents, Document(part=str(report), blocks=blocks)) if blocks else bare.documents
    return Reading(
        sha256=bare.sha256,
        version=1,
        abilities=(),
        mails=bare.mails,
        parts=bare.parts,
        documents=documents,
    )


def _block(block: dict[str, Any]) -> Block:
    style, level = STYLES[block["style"]]
    rows = tuple(tuple(row) for row in block.get("rows", ()))
    return Block(
        style=style, text=block["text"] or "\n".join("\t".join(row) for row in rows), level=level, rows=rows
    )


def _words(label: dict[str, Any], act: dict[str, Any]) -> str:
    return "\n".join(_block(label["report"][number]).text for number in act["blocks"])


def filed(
    number: int,
    mail: Reading,
    found: Segments = Segments(),  # noqa: B008 - an empty frozen value
    *,
    received: datetime,
) -> Filed:
    """*mail* as the register would hold it: judged for unit and kind, its activities unclassified."""
    identification = identify(mail, units(), notice())
    verdict = triage(mail, found, notice(), received=received)
    counted = found.activities if verdict.kind is not Kind.OTHER else ()
    unclassified = Classification(code=0, decided=False, confidence=0)
    filing = Filing(
        mail=mail.mail,
        parts=mail.parts,
        pictures=mail.pictures,
        kind=verdict.kind,
        kind_words=verdict.words,
        announces=verdict.announces,
        identification=identification,
        activities=tuple(Judged(activity=one, classification=unclassified) for one in counted),
        problems=verdict.problems,
    )
    item = Item(
        accession=f"2024-{number:05}",
        sha256=mail.sha256,
        size=0,
        state=State.FILED,
        received=received,
        received_from="received",
        captured=received,
    )
    return Filed(item=item, filing=filing)
