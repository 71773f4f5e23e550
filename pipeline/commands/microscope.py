"""The microscope: one mail, stage by stage, as a person reads it.

Purpose: `view` gathers everything known about one accession; `show` prints it; `show_reading` prints a file's reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rich import markup
from rich.console import Console

from outputs.formats import format_of, readable
from outputs.words import ACTIONS, CODES, KINDS, PLACES, RECEIVED, ROLES, STATUSES, VERDICTS
from pipeline import beijing
from pipeline.commands.options import STATES, Office, shown
from pipeline.records import (
    Activity,
    Aside,
    Block,
    Classification,
    Event,
    Filing,
    Heads,
    Item,
    Judged,
    Mail,
    Part,
    Problem,
    Reading,
    Role,
    Stated,
    Status,
    Style,
)

STYLES = {
    Style.TITLE: "题目",
    Style.HEADING: "标题",
    Style.PARAGRAPH: "段落",
    Style.TABLE: "表格",
    Style.CAPTION: "图注",
    Style.OTHER: "其他",
}
ASIDES = {
    Aside.HEADER: "页眉",
    Aside.FOOTER: "页脚",
    Aside.FOOTNOTE: "脚注",
    Aside.COMMENT: "批注",
    Aside.QUOTED: "引用的旧信",
    Aside.HIDDEN: "隐藏内容",
    Aside.LINK_CARD: "超大附件卡片",
}
MOST_WORDS = 6
"""Words that are quoted for one category."""
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
        f"原件 sha256 {item.sha256}，{item.size} 字节；收到 {beijing.second(item.received)}"
        f"（时间依据：{RECEIVED.get(item.received_from, item.received_from)}）"
    )
    if item.reason:
        console.print(f"原因：{escape(item.reason)}")
    if seen.reading:
        _reading(console, seen.reading)
    if seen.filing:
        _filing(console, seen.filing, seen.reading.problems if seen.reading else ())
    console.rule("经过", align="left")
    for event in seen.events:
        console.print(
            f"{event.number:>6}  {beijing.second(event.at)}  {escape(event.actor)}  "
            f"{ACTIONS.get(event.action, event.action)}：{escape(event.outcome)}"
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
    console.print(f"部件 {len(reading.parts)} 个：")
    for part in reading.parts:
        console.print(_part(part))
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


def _part(part: Part) -> str:
    """A part in two lines, what is not read as it should in bold."""
    name = f"  {escape(part.name)}" if part.name and part.name not in part.path else ""
    status = STATUSES[part.status]
    facts = f"{format_of(part.media_type)}，{part.size:,} 字节，读出 {part.characters:,} 字，"
    facts += status if part.status is Status.OK else f"[bold]{status}[/bold]"
    return f"  {escape(part.path)}{name}\n      {facts}" + (
        f"：{escape(readable(part.reason))}" if part.reason else ""
    )


def _block(number: int, block: Block) -> str:
    text = block.text.replace("\n", " ⏎ ")
    text = text if len(text) <= EXCERPT else text[:EXCERPT] + "…"
    what = ASIDES[block.aside] if block.aside else STYLES[block.style]
    return f"{number:>4} {what}{block.level or ''} {escape(text)}"


def _filing(console: Console, filing: Filing, told: tuple[Problem, ...]) -> None:
    """Print the judgement; the problems that were *told* with the reading are not said again."""
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
        console.print(f"    {PLACES.get(where, where)}：{escape(words)}")
    for number, judged in enumerate(filing.activities, 1):
        for line in _activity(number, judged):
            console.print(line)
    for aside in filing.set_aside:
        console.print(f"不计入（{escape(aside.reason)}）：{escape(aside.text[:EXCERPT])}")
    for name, passages in (("典型经验", filing.highlights), ("意见建议", filing.suggestions)):
        for passage in passages:
            console.print(f"{name}：{escape(passage.text[:EXCERPT])}")
    for problem in filing.problems:
        if problem not in told:
            console.print(_problem(problem))


def _activity(number: int, judged: Judged) -> Iterator[str]:
    activity, category = judged.activity, judged.classification
    yield f"活动 {number}：{escape(activity.title)}  → 类别 {category.code}" + (
        f"（{category.confidence:.2f}）" if category.decided else f"（{category.confidence:.2f}，待核）"
    )
    if judged.unit:
        yield f"    计入：{escape(judged.unit)}（代报）"
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
    yield from _counted(activity)
    yield from _speaking(category)


def _counted(activity: Activity) -> Iterator[str]:
    """Every count of people, where there is another than the one of 人数; those online stand apart."""
    heads, people = activity.heads, activity.participants
    for name, those in (
        ("各处人数", [one for one in heads if one.role is not Role.ONLINE]),
        ("线上人数（另计，不相加）", [one for one in heads if one.role is Role.ONLINE]),
    ):
        told = [
            f"“{one.words}”{ROLES[one.role]}" + ("（计为人数）" if _within(one, people) else "")
            for one in those
        ]
        if told and (len(heads) > 1 or people is None):
            yield f"    {name}：{escape('、'.join(told))}"


def _within(one: Heads, people: Stated[int] | None) -> bool:
    """Is this the count that participants come from?"""
    if people is None:
        return False
    span, whole = one.span, people.span
    inside = whole.start <= span.start and span.end <= whole.end
    return (span.part, span.block) == (whole.part, whole.block) and inside and one.value == people.value


def _speaking(found: Classification) -> Iterator[str]:
    """The words that speak for the category, and for the runner-up where a person must decide."""
    second = next(((code, share) for code, share in found.candidates if code != found.code), None)
    if found.evidence:
        yield f"    类别依据：{escape(_quotes(found.evidence))}"
    if not found.decided and second is not None:
        words = _quotes(found.against) if found.against else "没有提示词，按全文的用词判断"
        yield f"    另一候选 类别 {second[0]}（{second[1]:.2f}）：{escape(words)}"


def _quotes(hits: tuple[Stated[str], ...]) -> str:
    return "、".join(dict.fromkeys(f"“{' '.join(hit.words.split())}”" for hit in hits[:MOST_WORDS]))


def _problem(problem: Problem) -> str:
    where = f"{escape(problem.part)}：" if problem.part else ""
    return f"！{CODES[problem.code]} {where}{escape(readable(problem.detail))}"


def escape(text: str) -> str:
    """Give *text* so that it is shown letter by letter, whatever it asks of the library or of the terminal."""
    return markup.escape(shown(text))
