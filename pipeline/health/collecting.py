"""Lines about what comes in and what waits: folders, the 30 days, the daemon, backlog, held, gone, links.

Limits: each function judges facts alone, at *now*; thresholds are named here with their reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from pipeline import beijing
from pipeline.health.gathering import MISSED_POLLS, overdue
from pipeline.health.values import UNAVAILABLE, Colour, Contents, Facts, Folder, Line, Writer

AHEAD = timedelta(minutes=5)
"""A time further in the future than this is a clock's fault, not a rounding."""
WAITS_LONG = timedelta(hours=1)
"""Reading a mail takes minutes at most; a mail that waits this long is behind something that hangs."""
LINK_SOON, LINK_NOW = timedelta(days=7), timedelta(days=2)
"""Material behind a link must be fetched by a person: a week is time to plan it, two days is today."""
NO_LONGER = timedelta(days=7)
"""How long a folder that is polled no more is asked about: who changed the settings has seen it by then."""
CHECK = "按所说处理，再运行 shouwen check"
RESTART = "查看 journalctl -u shouwen 和 logs/operations.jsonl，再运行 systemctl restart shouwen"


MANY = 2
"""Mails refused through three polls that are a server's doing; a single one is a broken mail, which stays yellow."""


def told(at: datetime) -> str:
    """Write a moment as operators read it: Beijing time, to the minute."""
    return beijing.minute(at)


def span(length: timedelta) -> str:
    """Write a length of time in its greatest unit."""
    seconds = max(int(length.total_seconds()), 0)
    for size, name in ((86_400, "天"), (3_600, "小时"), (60, "分钟")):
        if seconds >= size:
            return f"{seconds // size} {name}"
    return f"{seconds} 秒"


# ------------------------------------------------------------ collecting


def collecting(facts: Facts, contents: Contents, now: datetime) -> Iterator[Line]:
    """Say of each folder whether it is collected; one line 收件 a folder."""
    too_long = overdue(facts.known.poll_seconds)
    if not contents.folders:
        said = f"；最后的错误（{told(contents.told[0])}）：{contents.told[1]}" if contents.told else ""
        yield _red(
            f"一次也没有收成{said}",
            "运行 shouwen check 看邮箱设置和登录，再启动 shouwen run；第一次收件没有收完以前也是这样",
        )
    for folder in contents.folders:
        if folder.current:
            yield _folder(folder, contents.told, now, too_long)
        elif now - folder.last < NO_LONGER:
            yield Line(
                subject="收件",
                state=Colour.YELLOW,
                fact=f"{_name(folder)}：自 {told(folder.last)} 起不再收取",
                cure="如果不是有意从设置的 folders 里去掉的，查服务器上这个文件夹还在不在，再运行 shouwen check",
            )


def _folder(
    folder: Folder, unanswered: tuple[datetime, str] | None, now: datetime, too_long: timedelta
) -> Line:
    error = unanswered[1] if unanswered else folder.error
    said = f"；最后的错误：{error}" if error else ""
    if folder.success is None:
        return _red(f"{_name(folder)}：一次也没有收成{said}", CHECK)
    age = now - folder.success
    last = f"{_name(folder)}：最近一次收成是 {told(folder.success)}（{span(age)}前）"
    if age > too_long:
        return _red(f"{last}，漏了至少 {MISSED_POLLS} 次{said}", CHECK if error else RESTART)
    if not folder.adds_up:
        return _red(
            f"{last}，但封数对不上：服务器上的邮件没有全部收到或登记",
            "运行 shouwen once 再收一次；仍对不上，把日志 logs/operations.jsonl 交给管理员",
        )
    if age < -AHEAD:
        return _yellow(f"{_name(folder)}：最近一次收成的时刻 {told(folder.success)} 在将来", "校准系统时钟")
    refusing = folder.refused_since is not None and now - folder.refused_since > too_long
    if refusing and folder.refused >= MANY:
        return _red(
            f"{last}，但服务器连续拒绝交出 {folder.refused} 封，自 {told(folder.refused_since or now)} 起",
            "多半是取信过密被限制：停守护一小时再启动；仍不行，到网页邮箱看这些邮件能否打开",
        )
    return _collected(last, said, folder.refused)


def _collected(last: str, said: str, refused: int) -> Line:
    """A folder that was collected in time, perhaps with something left over."""
    if said:
        return _yellow(last + said, CHECK)
    if refused:
        return _yellow(
            f"{last}，有 {refused} 封服务器没有交出，下次再取", "下次仍取不到，到网页邮箱看这些邮件能否打开"
        )
    return Line(subject="收件", state=Colour.GREEN, fact=last)


def _name(folder: Folder) -> str:
    return "收件目录" if folder.name == "." else folder.name


def window(facts: Facts) -> Line:
    """Say what the mailbox says about the window of 30 days."""
    said = facts.known.window
    if said is None:
        fact, state = "没有这项数据：登记簿或规则读不出", Colour.GREEN
    else:
        fact, state = said or "没有发现服务器只给看最近 30 天", Colour.YELLOW if said else Colour.GREEN
    cure = "见上；在网页邮箱里把收取选项改为“全部”" if said else ""
    return Line(subject="三十天窗口", state=state, fact=fact, cure=cure)


def daemon(facts: Facts, now: datetime) -> Line:
    """Say whether the daemon lives. Who runs `once` from cron has no daemon, and polls are judged by their age."""
    found = facts.writer
    if facts.known.beating:
        return _daemon(Colour.GREEN, f"在运行（进程 {found.process}）")
    if found.written is None:
        holder = f"；进程 {found.process} 正在写" if found.held else ""
        return _daemon(Colour.GREEN, f"没有运行过（只用 once 收件不需要它）{holder}")
    if found.held:
        return _writing(found, now - found.written, overdue(facts.known.poll_seconds))
    if facts.contents and _taken_since(facts.contents, found.written):
        return _daemon(Colour.GREEN, f"没有运行；{told(found.written)} 之后改由 once 收件")
    return _daemon(
        Colour.RED,
        f"没有运行：最后的动静在 {told(found.written)}，之后没有人收件",
        "启动守护：systemctl start shouwen（或 shouwen run）；看 journalctl -u shouwen 查它为何停",
    )


def _writing(found: Writer, silent: timedelta, too_long: timedelta) -> Line:
    """A process holds the data folder: the daemon that last gave word, or another."""
    if found.process != found.daemon:
        return _daemon(Colour.GREEN, f"正在写的是进程 {found.process}（once 或刚启动的守护程序）")
    if silent > too_long:
        fact = f"进程 {found.process} 还在，但已 {span(silent)}没有动静，多半卡住了"
        return _daemon(Colour.RED, fact, RESTART)
    return _daemon(Colour.GREEN, f"在运行（进程 {found.process}），{span(silent)}前有动静")


def _taken_since(contents: Contents, written: datetime) -> bool:
    """Somebody else polled after the daemon's last word."""
    return any(one.success is not None and one.success > written + AHEAD for one in contents.folders)


# ------------------------------------------------------------ what waits


def backlog(contents: Contents, now: datetime) -> Line:
    """Say how many mails wait to be read, and for how long."""
    waiting = contents.count("captured")
    stale = f"；另有 {contents.stale} 件因规则或读件程序更新待重办" if contents.stale else ""
    if not waiting or contents.waiting_since is None:
        return Line(subject="待办", state=Colour.GREEN, fact=f"没有{stale}")
    age = now - contents.waiting_since
    fact = f"{waiting} 件等着办理，最久的等了 {span(age)}{stale}"
    if age > WAITS_LONG:
        return Line(subject="待办", state=Colour.YELLOW, fact=fact, cure=f"看是不是卡在某一封上：{RESTART}")
    return Line(subject="待办", state=Colour.GREEN, fact=fact)


def held(contents: Contents) -> Line:
    """Name the mails that wait for a person."""
    if not contents.held:
        return Line(subject="待人工", state=Colour.GREEN, fact="没有")
    named = "、".join(contents.held[:5]) + ("…" if len(contents.held) > 5 else "")
    return Line(
        subject="待人工",
        state=Colour.YELLOW,
        fact=f"{len(contents.held)} 件：{named}",
        cure="shouwen held 看原因，再用 release 放行或 dismiss 不予受理",
    )


def gone(contents: Contents) -> Line:
    """Say how many mails the server has no more; that is no fault."""
    fact = f"{contents.gone} 件邮箱里已没有，原件都在库里" if contents.gone else "没有"
    return Line(subject="已从服务器消失", state=Colour.GREEN, fact=fact)


def links(contents: Contents, now: datetime) -> Line:
    """Say which linked material will be gone soon, and which is."""
    dated = sorted((one.expires, one.accession) for one in contents.links if one.expires is not None)
    left = [(expires - now, accession) for expires, accession in dated]
    soon = [(days, accession) for days, accession in left if timedelta() <= days <= LINK_SOON]
    over = Counter(accession for days, accession in left if days < timedelta())
    fresh = any(-LINK_SOON <= days < timedelta() for days, _ in left)
    told_soon = "、".join(f"{accession} 剩 {span(days)}" for days, accession in soon[:8])
    facts = [f"{len(soon)} 个 7 天内到期：{told_soon}"] if soon else []
    facts += [f"{over.total()} 个已过期：{'、'.join([*over][:8])}"] if over else []
    undated = len(contents.links) - len(dated)
    facts += [f"{undated} 个没有写明到期日"] if undated else []
    now_or_never = soon and soon[0][0] <= LINK_NOW
    state = Colour.RED if now_or_never else Colour.YELLOW if soon or fresh else Colour.GREEN
    cure = (
        "尽快人工下载，用 shouwen attach 补入（shouwen links 列出）；已过期的，请单位重发"
        if state is not Colour.GREEN
        else ""
    )
    return Line(subject="链接", state=state, fact="；".join(facts) or "没有快到期的", cure=cure)


def _red(fact: str, cure: str) -> Line:
    return Line(subject="收件", state=Colour.RED, fact=fact, cure=cure, code=UNAVAILABLE)


def _yellow(fact: str, cure: str) -> Line:
    return Line(subject="收件", state=Colour.YELLOW, fact=fact, cure=cure)


def _daemon(state: Colour, fact: str, cure: str = "") -> Line:
    return Line(subject="守护", state=state, fact=fact, cure=cure, code=UNAVAILABLE)
