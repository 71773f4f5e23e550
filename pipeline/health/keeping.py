"""Lines about what is kept and with what: disk, seals, register, versions, clock.

Limits: each function judges facts alone, at *now*; thresholds are named here with their reason.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.health.collecting import AHEAD, span, told
from pipeline.health.values import INTEGRITY, Colour, Contents, Facts, Line

MEGABYTE = 1024**2
DISK_LOW, DISK_FULL = 2_000 * MEGABYTE, 500 * MEGABYTE
"""A season of 230 units is about 1 GB of mails; below half a GB one mail with its working copies may not fit."""
SEAL_LATE, SEAL_MISSING = timedelta(hours=36), timedelta(hours=72)
"""Seals are made daily: one was missed, three were."""
STALE = timedelta(hours=3)
"""Compiles are tried hourly; what three did not get over needs a person."""


def disk(facts: Facts) -> Line:
    """Say how much room is left."""
    free = facts.free_octets
    if free is None:
        return Line(
            subject="磁盘",
            state=Colour.YELLOW,
            fact="没有这项数据：问不到剩余空间",
            cure="检查数据目录在不在",
        )
    fact = f"还剩 {free // MEGABYTE} MB"
    if free >= DISK_LOW:
        return Line(subject="磁盘", state=Colour.GREEN, fact=fact)
    state = Colour.RED if free < DISK_FULL else Colour.YELLOW
    cure = f"腾出至少 {DISK_LOW // MEGABYTE} MB，或把数据目录换到别的磁盘；邮件在邮箱里不会丢"
    return Line(subject="磁盘", state=state, fact=fact, cure=cure)


def seal(facts: Facts, contents: Contents, now: datetime) -> Line:
    """Say how old the last seal is, and whether it got to its places."""
    log, trouble = contents.log, facts.known.seal_trouble
    since = log.sealed or log.first
    if since is None:
        return Line(subject="封印", state=Colour.GREEN, fact="还没有日志可封")
    age = now - since
    never = f"还没有封印，日志始于 {told(since)}"
    fact = f"第 {log.seal} 号，{told(since)}（{span(age)}前）" if log.sealed else never
    state = (
        Colour.RED if age > SEAL_MISSING else Colour.YELLOW if age > SEAL_LATE or trouble else Colour.GREEN
    )
    fact += f"；没有送到：{trouble}" if trouble else ""
    cures = ["守护程序每天自动封印；看它在不在运行"] if age > SEAL_LATE else []
    cures += ["按所说改好存放处，守护程序会自动补送"] if trouble else []
    return Line(subject="封印", state=state, fact=fact, cure="；".join(cures))


def register(facts: Facts) -> Line:
    """Say whether the register can be read and is sound."""
    if facts.unread is not None:
        return Line(
            subject="登记簿",
            state=Colour.RED,
            fact=facts.unread.why,
            cure=facts.unread.cure,
            code=facts.unread.code,
        )
    size = f"{facts.octets / MEGABYTE:.1f} MB"
    if facts.checked not in ("ok", ""):
        return Line(
            subject="登记簿",
            state=Colour.RED,
            fact=f"快速自检不通过：{facts.checked}",
            cure="停止守护，运行 shouwen verify，再从备份恢复",
            code=INTEGRITY,
        )
    log = facts.contents.log if facts.contents else None
    chain = f"，日志 {log.number} 条，链头 {log.head[:16]}" if log and log.number else "，日志还是空的"
    checked = "快速自检通过" if facts.checked else f"{size} 较大，快速自检没有做完（全查用 shouwen verify）"
    checked = f"在数据库服务器里，{size}" if facts.served else checked
    return Line(subject="登记簿", state=Colour.GREEN, fact=f"打得开，{checked}{chain}")


def workbook(trouble: str, since: datetime, now: datetime) -> Line:
    """Say that the daemon cannot compile the workbook, and since when."""
    return Line(
        subject="工作簿",
        state=Colour.RED if now - since > STALE else Colour.YELLOW,
        fact=f"自 {told(since)} 起编不出新的工作簿，现有的已不是最新：{trouble}",
        cure="按所说处理，再运行 shouwen compile 看是否编得出；收件和办理不受影响",
    )


def learned(trouble: str) -> Line:
    """Say in what the tables of what was taught and the log differ."""
    fact, _, cure = trouble.partition("；")
    return Line(subject="学习表", state=Colour.YELLOW, fact=fact, cure=cure)


def counts(contents: Contents) -> Line:
    """Say how many mails stand where."""
    names = {"captured": "已接收", "filed": "已归档", "held": "待人工", "dismissed": "不予受理"}
    named = "，".join(f"{name} {contents.count(state)}" for state, name in names.items())
    fact = f"共 {sum(n for _, n in contents.states)} 件：{named}"
    return Line(subject="来件", state=Colour.GREEN, fact=fact)


def versions(facts: Facts) -> Line:
    """Say what runs here."""
    tools = facts.known.tools
    shown = "没有查" if tools is None else "、".join(tools) or "一个也没有"
    rules = facts.known.rules
    fact = (
        f"shouwen {facts.software or '（版本不明）'}，读件 {facts.readers}，规则 {rules[:12] or '读不出'}，"
        f"Python {facts.python}，转换程序 {shown}"
    )
    if not rules:
        return Line(
            subject="版本",
            state=Colour.YELLOW,
            fact=fact,
            cure="运行 shouwen check，按它指出的位置改规则或设置",
        )
    return Line(subject="版本", state=Colour.GREEN, fact=fact)


def clock(contents: Contents, now: datetime) -> Line:
    """Say whether something is written down as of a time to come."""
    times = [
        contents.log.last,
        *(one.last for one in contents.folders),
        *(one.success for one in contents.folders),
    ]
    latest = max((one for one in times if one is not None), default=None)
    if latest is None or latest - now <= AHEAD:
        return Line(subject="时钟", state=Colour.GREEN, fact=f"{told(now)}（北京时间）")
    return Line(
        subject="时钟",
        state=Colour.YELLOW,
        fact=f"现在是 {told(now)}，登记簿里却有 {told(latest)} 的记录：时钟被拨回过，或那时走快了",
        cure="校准系统时钟（timedatectl set-ntp true）；登记的先后以编号为准，不受影响",
    )
