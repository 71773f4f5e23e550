"""The microscope: one mail, stage by stage, as a person reads it.

Purpose: `view` gathers everything known about one accession; `show` prints it; `show_reading` prints a file's reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rich import markup
from rich.console import Console
from rich.table import Table

from outputs.words import RECEIVED, VERDICTS
from pipeline.commands.options import STATES, Office, beijing, shown
from pipeline.records import (
    Block,
    Event,
    Filing,
    Item,
    Judged,
    Kind,
    Mail,
    Problem,
    Reading,
    Stated,
    Status,
)

KINDS = {Kind.SUBMISSION: "报送", Kind.CORRECTION: "更正", Kind.SUPPLEMENT: "补报", Kind.OTHER: "非报送"}
EXCERPT = 60
"""Characters of a block shown on the terminal."""


@dataclass(frozen=True, kw_only=True)
class View:
    """All that is known about one mail; reading and filing are None until they are made."""

    item: Item
    reading: Reading | None
    filing: Filing | None
    events: tuple[Event, ...]


def view(office: Office, accession: str) -> View:
    """Gather the view of *accession*; the register says where there is none."""
    register = office.register
    item = register.item(accession)
    return View(
        item=item,
        reading=register.latest_reading(item.sha256),
        filing=register.filing(accession),
        events=tuple(register.events(accession=accession)),
    )


def show(seen: View) -> None:
    """Print the view on stdout."""
    console = Console(highlight=False, soft_wrap=True)
    item = seen.item
    console.rule(f"{item.accession} {STATES[item.state]}", align="left")
    console.print(
        f"原件 sha256 {item.sha256}，{item.size} 字节；收到 {beijing(item.received)}"
        f"（时间依据：{RECEIVED.get(item.received_from, item.received_from)}）"
    )
    if item.reason:
        console.print(f"原因：{escape(item.reason)}")
    if seen.reading:
        _reading(console, seen.reading)
    if seen.filing:
        _filing(console, seen.filing)
    console.rule("经过", align="left")
    for event in seen.events:
        console.print(
            f"{event.number:>6}  {beijing(event.at)}  {event.action:<8} {escape(event.actor)}  {escape(event.outcome)}"
        )


def show_reading(reading: Reading) -> None:
    """Print the reading of a file on stdout."""
    _reading(Console(highlight=False, soft_wrap=True), reading)


def _reading(console: Console, reading: Reading) -> None:
    mail = reading.mail
    console.rule("读件", align="left")
    if mail.subject or mail.sender.address:
        console.print(
            f"主题：{escape(mail.subject)}\n发件：{escape(mail.sender.name)} <{escape(mail.sender.address)}>"
        )
        for line in _verdicts(mail):
            console.print(line)
    console.print(_parts(reading))
    for problem in reading.problems:
        console.print(_problem(problem))
    for document in reading.documents:
        console.rule(escape(document.part), align="left", characters="·")
        for number, block in enumerate(document.blocks):
            console.print(_block(number, block))


def _verdicts(mail: Mail) -> Iterator[str]:
    """What the receiving server wrote about the sender, one line a verdict."""
    if not mail.authentication:
        yield "发信验证：—（收信服务器没有写明）"
    for verdict in mail.authentication:
        about = f"，对象 {verdict.identity}" if verdict.identity else ""
        server = f"（据 {verdict.server}）" if verdict.server else ""
        yield escape(f"发信验证：{verdict.method.upper()} {VERDICTS[verdict.result]}{about}{server}")


def _parts(reading: Reading) -> Table:
    table = Table("部件", "类型", "大小", "字数", "状态", "说明", box=None, pad_edge=False)
    for part in reading.parts:
        status = part.status.value if part.status is Status.OK else f"[bold]{part.status.value}[/bold]"
        table.add_row(
            escape(part.path),
            escape(part.media_type),
            str(part.size),
            str(part.characters),
            status,
            escape(part.reason),
        )
    return table


def _block(number: int, block: Block) -> str:
    text = block.text.replace("\n", " ⏎ ")
    text = text if len(text) <= EXCERPT else text[:EXCERPT] + "…"
    aside = f"（{block.aside.value}）" if block.aside else ""
    return f"{number:>4} {block.style.value}{block.level or ''}{aside} {escape(text)}"


def _filing(console: Console, filing: Filing) -> None:
    console.rule("判断", align="left")
    console.print(
        f"性质：{KINDS[filing.kind]}" + (f"，依据“{escape(filing.kind_words)}”" if filing.kind_words else "")
    )
    found = filing.identification
    console.print(
        f"单位：{escape(found.best or '—')}"
        + ("" if found.decided else "（待核）")
        + ("" if found.in_roster else "（名册外）")
    )
    for where, words in found.evidence:
        console.print(f"    {where}：{escape(words)}")
    for number, judged in enumerate(filing.activities, 1):
        for line in _activity(number, judged):
            console.print(line)
    for aside in filing.set_aside:
        console.print(f"不计入（{escape(aside.reason)}）：{escape(aside.text[:EXCERPT])}")
    for name, passages in (("典型经验", filing.highlights), ("意见建议", filing.suggestions)):
        for passage in passages:
            console.print(f"{name}：{escape(passage.text[:EXCERPT])}")
    for problem in filing.problems:
        console.print(_problem(problem))


def _activity(number: int, judged: Judged) -> Iterator[str]:
    activity, category = judged.activity, judged.classification
    yield f"活动 {number}：{escape(activity.title)}  → 类别 {category.code}" + (
        f"（{category.confidence:.2f}）" if category.decided else f"（{category.confidence:.2f}，待核）"
    )
    facts: tuple[tuple[str, Stated[date] | Stated[int] | Stated[str] | None], ...] = (
        ("开始", activity.date_start),
        ("结束", activity.date_end),
        ("地点", activity.place),
        ("人数", activity.participants),
        ("场次", activity.sessions),
        ("资料", activity.materials),
        *(("媒体", outlet) for outlet in activity.media),
    )
    for name, stated in facts:
        if stated is not None:
            span = stated.span
            yield f"    {name} {escape(str(stated.value))} ← “{escape(stated.words)}”（{escape(span.part)} 第 {span.block} 块）"
    words = "、".join(f"“{hit.words}”" for hit in category.evidence[:6])
    if words:
        yield f"    类别依据：{escape(words)}"


def _problem(problem: Problem) -> str:
    return f"！{problem.code.value} {escape(problem.part)} {escape(problem.detail)}"


def escape(text: str) -> str:
    """Give *text* so that it is shown letter by letter, whatever it asks of the library or of the terminal."""
    return markup.escape(shown(text))
