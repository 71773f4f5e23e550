"""init and check: before the first mail.

Purpose: `init` writes the commented settings; `check` tries everything the daemon will need and names each cure.
Limits: `check` logs into the mailbox once and looks; it takes nothing in.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.beijing import BEIJING
from pipeline.commands import clustering
from pipeline.commands.chinese import ChineseCommand
from pipeline.commands.machine import Line, machine
from pipeline.commands.options import DataDir, Json, Office, SettingsFile, give, opened, say
from pipeline.commands.place import registered
from pipeline.errors import SettingsError, ShouwenError, UsageError
from rules import RulesError

if TYPE_CHECKING:
    from pipeline.mailbox import Seen

FREE_MEGABYTES = 2_000
"""Free disk below which check warns: a season of 230 units is about 1 GB of mails."""


def register(app: typer.Typer) -> None:
    """Add this family's commands to *app*."""
    app.command("init", cls=ChineseCommand)(init)
    app.command("check", cls=ChineseCommand)(check)


def init(
    settings: SettingsFile = None,
    data_dir: DataDir = None,
    force: Annotated[bool, typer.Option("--force", help="已有设置文件也覆盖")] = False,
) -> None:
    """写一份带说明的设置文件（默认 ./shouwen.toml）。"""
    from pipeline.settings import TEMPLATE

    path = settings or Path("shouwen.toml")
    if path.exists() and not force:
        raise UsageError(f"{path} 已经存在，未改动；要覆盖请加 --force")
    text = (
        TEMPLATE
        if data_dir is None
        else TEMPLATE.replace('data_dir = "data"', f"data_dir = {json.dumps(str(data_dir))}")
    )
    path.write_text(text, "utf-8")
    say("已写好设置文件。下一步：填邮箱和授权码，再运行 shouwen check")
    give(str(path))


def check(settings: SettingsFile = None, data_dir: DataDir = None, as_json: Json = False) -> None:
    """检查设置、规则、邮箱登录、磁盘、读件的隔离和转换程序；每一行都附办法。"""
    with opened(settings, data_dir) as office:
        lines = list(_lines(office))
    if as_json:
        give(
            json.dumps(
                {"ok": _code(lines) == 0, "lines": [asdict(line) for line in lines]}, ensure_ascii=False
            )
        )
    else:
        for line in lines:
            give(_shown(line))
    raise typer.Exit(_code(lines))


def _lines(office: Office) -> Iterator[Line]:
    yield from _tried("设置", lambda: f"读得通（{_which(office)}）", office, "settings")
    yield from _tried("规则", lambda: _rules_fact(office), office, "rules")
    known = False
    if "settings" in office.__dict__:
        line, known = registered(office)
        yield line
    if "rules" in office.__dict__ and known:
        yield from _learned(office)
    if "settings" in office.__dict__:
        yield _mailbox(office)
        if office.settings.archive:
            yield _objects(office)
        yield _disk(office.data_dir)
        yield _papers(office)
        if office.settings.executor.startswith("dask:"):
            yield clustering.line(office)
    yield from machine()


def _tried(subject: str, fact: Callable[[], str], office: Office, attribute: str) -> Iterator[Line]:
    """Open *attribute* of the office; say the fact, or the error with its cure."""
    try:
        getattr(office, attribute)
        yield Line(subject=subject, state="ok", fact=fact())
    except (SettingsError, RulesError) as error:
        yield Line(subject=subject, state="bad", fact=str(error), cure="按上面指出的位置改正")


def _learned(office: Office) -> Iterator[Line]:
    """Say whether what was taught stands in the log, where anything was."""
    from pipeline.commands.learning import accounts, teaching_of

    try:
        teaching = teaching_of(office)
        lessons, differences = teaching.lessons(), accounts(teaching)
    except ShouwenError as error:
        yield Line(subject="学习表", state="bad", fact=str(error), cure="按提示处理后再运行 shouwen check")
        return
    for fact, _, cure in (one.partition("；") for one in differences):
        yield Line(subject="学习表", state="warn", fact=fact, cure=cure)
    if lessons and not differences:
        yield Line(subject="学习表", state="ok", fact=f"已学 {len(lessons)} 条，都在日志里")


def _which(office: Office) -> str:
    beside = Path("shouwen.toml")
    return str(office.settings_file or (beside if beside.exists() else "没有设置文件，全用默认值"))


def _rules_fact(office: Office) -> str:
    rules = office.rules
    return f"{rules.notice.number}：{len(rules.units)} 个单位，{len(rules.scoring.criteria)} 项评分，版本 {rules.digest[:12]}"


def _mailbox(office: Office) -> Line:
    from pipeline.commands.taking_in import open_source

    if not office.settings.mailbox.url:
        return Line(
            subject="邮箱",
            state="bad",
            fact="没有设置收件邮箱",
            cure="在设置文件的 [mailbox] 里写 url 和 user，或用 once --mailbox 指明",
        )
    try:
        with open_source(office, None) as source:
            seen = [(folder, source.look(folder)) for folder in source.folders()]
    except ShouwenError as error:
        return Line(subject="邮箱", state="bad", fact=str(error), cure="按提示处理后再运行 shouwen check")
    fact = "；".join(f"{folder} 有 {look.exists} 封" for folder, look in seen)
    cut = [words for folder, look in seen if (words := _window(office, source.account, folder, look))]
    if cut:
        return Line(subject="邮箱", state="warn", fact=fact, cure="；".join(cut))
    return Line(subject="邮箱", state="ok", fact=fact)


def _window(office: Office, account: str, folder: str, look: Seen) -> str:
    """Say that the server shows only its last thirty days, "" if it seems to show all."""
    from pipeline.mailbox.window import narrowed

    known = office.has_register
    return narrowed(
        earliest=look.earliest,
        known_earliest=office.register.earliest_seen(account, folder) if known else None,
        opened=datetime.combine(office.rules.notice.period_start, time(), BEIJING),
        now=datetime.now(UTC),
    )


def _disk(folder: Path) -> Line:
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free // 1024**2
    fact = f"{folder} 所在磁盘还剩 {free} MB"
    if free < FREE_MEGABYTES:
        return Line(
            subject="磁盘",
            state="warn",
            fact=fact,
            cure=f"腾出至少 {FREE_MEGABYTES} MB，或把 data_dir 换到别的磁盘",
        )
    return Line(subject="磁盘", state="ok", fact=fact)


def _objects(office: Office) -> Line:
    """Whether the object store lets us do what an archive needs; what is tried lies beside the mails and is removed."""
    try:
        archive = office.archive
        if attempt := getattr(archive, "attempt", None):
            attempt()
        there = "还没有原件" if archive.is_empty else "已有原件"
    except ShouwenError as error:
        return Line(subject="原件库", state="bad", fact=str(error), cure="按提示处理后再运行 shouwen check")
    return Line(
        subject="原件库",
        state="ok",
        fact=f"{office.settings.archive} 能写、能读、已有的不会被覆盖；{there}",
    )


def _papers(office: Office) -> Line:
    """Whether papers may be sent, and whether the settings say how; nothing is sent, nobody is called."""
    from pipeline.commands.posting import server_of

    wanted = office.settings.papers
    if not wanted.send:
        if wanted.auto_receipts:
            cure = "要自动寄回执，[papers] 里还要写 send = true；不要，就写 auto_receipts = false"
            return Line(
                subject="寄文书", state="warn", fact="没有打开，auto_receipts = true 不起作用", cure=cure
            )
        return Line(subject="寄文书", state="ok", fact="没有打开，文书只写成草稿")
    try:
        server = server_of(office)
    except SettingsError as error:
        return Line(subject="寄文书", state="bad", fact=str(error), cure="照上面写的改设置文件 [papers] 一节")
    auto = "，回执由守护自动寄" if wanted.auto_receipts else ""
    return Line(
        subject="寄文书", state="ok", fact=f"已打开：以 {wanted.mail_from} 经 {server.smtp} 寄出{auto}"
    )


def _shown(line: Line) -> str:
    mark = {"ok": "✓", "warn": "！", "bad": "✗"}[line.state]
    return f"{mark} {line.subject}：{line.fact}" + (f"\n    办法：{line.cure}" if line.cure else "")


def _code(lines: list[Line]) -> int:
    bad = [line.subject for line in lines if line.state == "bad"]
    if not bad:
        return 0
    return 69 if set(bad) <= {"邮箱", "读件集群"} else 78
