"""learn: what people's corrections could teach, listed, accepted and taken back.

Purpose: open, call `pipeline.keeping.teaching`, say what came of it in Chinese.
Limits: runs beside the daemon; a daemon that runs takes lessons up when it starts again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pipeline.commands import rulings
from pipeline.commands.chinese import ChineseCommand
from pipeline.commands.options import DataDir, Json, Office, SettingsFile, give, opened, say
from pipeline.commands.teaching import progress
from pipeline.errors import UsageError
from pipeline.records import Act

if TYPE_CHECKING:
    from pipeline.keeping.lessons import Lesson, Proposal
    from pipeline.keeping.teaching import Effect, Teaching

SHOWN = 60
"""Characters of an example on a terminal; the table and --json have all of them."""
PLACES = {
    "subject": "主题",
    "sender": "发件人",
    "file": "文件名",
    "signature": "落款",
    "title": "标题",
    "body": "正文",
}
PLACES |= {"letterhead": "红头", "field": "表格单位栏", "folder": "文件夹名"}


def register(app: typer.Typer) -> None:
    """Add this family's commands to *app*."""
    app.command("learn", cls=ChineseCommand)(learn)


def learn(  # noqa: PLR0913 - each choice is an option of its own
    *,
    accept: Annotated[
        str | None, typer.Option("--accept", help="采纳这些号的建议，如 1,3", show_default=False)
    ] = None,
    forget: Annotated[
        int | None, typer.Option("--forget", help="撤回这一条已学内容（号见 --taught）", show_default=False)
    ] = None,
    taught: Annotated[bool, typer.Option("--taught", help="列出已学内容")] = False,
    by: Annotated[str, typer.Option("--by", help="经办人姓名，记入日志", show_default=False)] = "",
    reason: Annotated[str, typer.Option("--reason", help="理由，记入日志", show_default=False)] = "",
    settings: SettingsFile = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """由人工更正提出样例和单位别名的建议，说明采纳后全部来件有何不同；人采纳了才算数。"""
    changing = accept is not None or forget is not None
    if (accept is not None) + (forget is not None) + taught > 1:
        raise UsageError("--accept、--forget、--taught 一次只写一个")
    if changing and not (by.strip() and reason.strip()):
        raise UsageError("采纳和撤回要有姓名（--by）和理由（--reason），记入日志")
    with opened(settings, data_dir) as office:
        teaching = teaching_of(office.existing())
        if accept is not None:
            chosen = teaching.accept(_numbers(accept), by=by, why=reason, at=datetime.now(UTC))
            _accepted([one.lesson for one in chosen], "已采纳")
        elif forget is not None:
            _accepted([teaching.forget(forget, by=by, why=reason, at=datetime.now(UTC))], "已撤回")
        elif taught:
            _listed(teaching, as_json=as_json)
        else:
            _offered(teaching, as_json=as_json)


def teaching_of(office: Office) -> Teaching:
    """The lessons of one office."""
    from pipeline.keeping.teaching import Teaching

    return Teaching(register=office.register, notice=office.notice, folder=office.learned)


def _numbers(text: str) -> tuple[int, ...]:
    parts = [part for part in re.split("[,，、 ]+", text) if part]
    if not parts or not all(re.fullmatch(r"\d{1,6}", part) for part in parts):
        raise UsageError(f"--accept “{text}”看不懂；写建议的号，几个用逗号隔开，如 1,3")
    return tuple(map(int, parts))


def _accepted(lessons: Sequence[Lesson], verb: str) -> None:
    for one in lessons:
        give(f"{verb}：{_said(one)}")
    say(f"{verb} {len(lessons)} 条，日志已记；下次 once 时全部来件重新判断。守护正在运行的，重新启动后生效")


def _listed(teaching: Teaching, *, as_json: bool) -> None:
    lessons = teaching.lessons()
    for number, one in enumerate(lessons, 1):
        told = {"number": number, "table": one.table, "row": one.row}
        give(msgspec.json.encode(told).decode() if as_json else f"{number}  {_said(one)}")
    _warned(teaching)
    say(f"已学 {len(lessons)} 条" + ("；撤回用 --forget 号" if lessons else ""))


def _offered(teaching: Teaching, *, as_json: bool) -> None:
    count = 0
    with progress("试判") as moved:
        effects = tuple(teaching.effects(moved))
    for one in effects:
        count += 1
        if as_json:
            give(msgspec.json.encode(one).decode())
        else:
            for line in _lines(one):
                give(line)
    _warned(teaching)
    say(f"建议 {count} 条；什么也没有写" + ("，采纳用 --accept 号" if count else ""))


def _lines(one: Effect) -> Iterator[str]:
    """One proposal: what, from which correction, then what it would change."""
    from pipeline.keeping.comparing import summary

    proposal = one.proposal
    yield f"{proposal.number}  {_said(proposal.lesson)}"
    yield f"    出自 {proposal.accession} {_about(proposal)}的更正（{proposal.by}：{proposal.why}）"
    if one.machine:
        yield f"    采纳后机器自己判为：{one.machine}（{_now(one)}）"
    if not one.compared:
        yield "    别的不变"
    for compared in one.compared:
        yield from rulings.lines(compared, indent="    ")
    if one.compared:
        yield "    " + rulings.counted(summary(one.compared)).partition("：")[2]


def _now(one: Effect) -> str:
    """What the machine says without it; a correction that only agrees with it has nothing to teach."""
    return f"现在判为：{one.now}" if one.now != one.machine else "现在就这样判，不必学"


def _warned(teaching: Teaching) -> None:
    """Say what of that which was accepted is no longer what people say, or is not in the log."""
    for number, one in teaching.outdated():
        now = "更正已撤销" if one.act is Act.UNDO and not one.new else f"现为“{one.new}”"
        say(
            f"！已学第 {number} 条所据的更正后来改了：{one.accession} {_what(one.field)}{now}（{one.by}）；"
            f"不该再学就用 --forget {number} 撤回"
        )
    for line in accounts(teaching):
        say(f"！{line}")


def accounts(teaching: Teaching) -> tuple[str, ...]:
    """In what the tables of what was taught and the log differ, a Chinese line each.

    Raises:
        RulesError: a table is wrong.
    """
    from pipeline.keeping.standing import TEACHING, unaccounted

    told = ((event.action, event.outcome) for event in teaching.register.events() if event.action in TEACHING)
    return unaccounted(teaching.lessons(), told)


def _about(proposal: Proposal) -> str:
    if proposal.field == "unit":
        return f"（名称见于{PLACES.get(proposal.about, proposal.about)}）报送单位"
    return _what(proposal.field)


def _what(field: str) -> str:
    return "报送单位" if field == "unit" else f"第 {field.split('/')[1]} 项活动类别"


def _said(lesson: Lesson) -> str:
    if len(lesson.row) == 2:
        return f"别名｜“{lesson.row[1]}”即“{lesson.row[0]}”"
    report, category, text = lesson.row
    line = " ".join(text.split())
    return f"样例｜类别 {category}｜{report}｜{line if len(line) <= SHOWN else line[:SHOWN] + '…'}"
