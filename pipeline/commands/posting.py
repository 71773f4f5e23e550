"""Sending papers: once each, a few an hour, never to what is no person; each with an intent before and an outcome after.

Purpose: `post(office, papers)`, what `papers send` and the daemon do.
Source: RFC 3834; ../sending/guards.py; ../register/sending.py.
Limits: a crash leaves an intent without an outcome, which is shown and not sent again unless a person says so. Whether a mail
arrives is told by a bounce, which the mailbox takes in as any mail.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr

from pipeline.commands.choosing import NAMES
from pipeline.commands.options import Office, give, say
from pipeline.errors import SettingsError, TransientError
from pipeline.records import Outcome, Sending
from pipeline.register.sending import may_follow, told
from pipeline.sending.guards import Answer, answerable, writable

if TYPE_CHECKING:
    import smtplib

    from outputs.notices import Paper
    from pipeline.sending.smtp import Server

CREDENTIAL = "papers-smtp-password"
"""Name of the systemd credential that holds the 授权码 of the mailbox that papers are sent from."""
HOUR = timedelta(hours=1)
STANDING = {
    Outcome.INTENT: "中断在途中，可能已寄出",
    Outcome.SENT: "发信服务器已收下",
    Outcome.REFUSED: "被拒收",
    Outcome.FAILED: "没有寄出，可以再寄",
    Outcome.UNKNOWN: "不知是否寄出",
}


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One paper with its address and what speaks against sending it now ("": nothing)."""

    paper: Paper
    answer: Answer
    why_not: str = ""
    person: bool = False


def post(office: Office, papers: Sequence[Paper], *, by: str, again: bool, dry_run: bool = False) -> int:
    """Send *papers*, or say what would be sent; return the exit code.

    Returns:
        0; 3 where one was refused, or may have gone out and may not: a person must look.

    Raises:
        SettingsError: sending is off, or nothing says how. TransientError: the mail server is away, or broke off.
    """
    server = None if dry_run else server_of(office)
    planned = plan(office, papers, again=again)
    ready = [one for one in planned if not one.why_not]
    for one in planned:
        if one.why_not:
            give(f"不寄  {_about(one.paper)}  {one.why_not}")
    room = quota(office, datetime.now(UTC))
    held = sum(one.person for one in planned)
    if dry_run or server is None:
        for one in ready:
            give(f"要寄  {_about(one.paper)}  寄 {one.answer.to}")
        off = "" if office.settings.papers.send else "；设置 [papers] 里 send = false，现在寄不了"
        say(f"试看：要寄 {len(ready)} 封，不寄 {len(planned) - len(ready)} 封{off}")
        return 0
    failed = send_some(office, server, ready[:room], by=by, again=again) if ready[:room] else 0
    say(
        f"寄出 {len(ready[:room]) - failed} 封，没有寄成 {failed} 封，不寄 {len(planned) - len(ready)} 封"
        + (
            f"；一小时最多 {office.settings.papers.per_hour} 封，余下 {len(ready) - room} 封请一小时后再运行"
            if len(ready) > room
            else ""
        )
        + (f"；{held} 封上次可能已寄出或被拒收，核对后可用 --again 再寄" if held else "")
    )
    return 3 if failed or held else 0


def server_of(office: Office) -> Server:
    """How papers go out.

    Raises:
        SettingsError: sending is off, or nothing says how.
    """
    from pipeline import settings
    from pipeline.sending.smtp import Server

    wanted = office.settings.papers
    if not wanted.send:
        raise SettingsError(
            "没有打开寄发，一封也没有寄；确要由程序寄出的，在设置文件 [papers] 里写 send = true，并写明 smtp 和 mail_from"
        )
    if not wanted.smtp or not wanted.mail_from:
        raise SettingsError("设置 [papers] 写了 send = true，还要写 smtp 和 mail_from，文书才寄得出")
    if wrong := writable(wanted.mail_from, frozenset()):
        raise SettingsError(f"设置 [papers] 的 mail_from “{wanted.mail_from}” 不能用作寄件人：{wrong}")
    return Server(
        smtp=wanted.smtp,
        user=wanted.smtp_user,
        password=SecretStr(settings.secret(CREDENTIAL, wanted.smtp_password_file)),
        ca_file=office.settings.mailbox.ca_file,
    )


def plan(office: Office, papers: Sequence[Paper], *, again: bool) -> tuple[Planned, ...]:
    """Say of each paper to whom it goes, or why it does not."""
    ours = frozenset(
        address.lower()
        for address in (
            office.notice.notice.mailbox,
            office.settings.papers.mail_from,
            office.settings.mailbox.user,
        )
        if address
    )
    before = {_key(one): one for one in office.register.sendings()}
    planned = []
    for paper in papers:
        last = before.get((paper.kind, paper.accession, paper.unit, paper.facts))
        if last is not None and not may_follow(last.outcome, again=again):
            planned.append(
                Planned(
                    paper=paper,
                    answer=Answer(),
                    why_not=told(last),
                    person=last.outcome is not Outcome.SENT,
                )
            )
            continue
        answer = _answer(office, paper, ours)
        planned.append(Planned(paper=paper, answer=answer, why_not=answer.why_not))
    return tuple(planned)


def _answer(office: Office, paper: Paper, ours: frozenset[str]) -> Answer:
    """To whom the paper goes: who sent the mail that it answers, or an address that is known."""
    if paper.hold:
        return Answer(why_not=paper.hold)
    if not paper.answers:
        why_not = writable(paper.to, ours) if paper.to else "没有已知的邮箱地址"
        return Answer(to=paper.to, why_not=why_not)
    filing = paper.filing
    if filing is None:
        return Answer(why_not="来件没有办理结果")
    octets = office.archive.get(office.register.item(paper.answers).sha256)
    return answerable(octets, filing, ours)


def send_some(
    office: Office, server: Server, ready: Sequence[Planned], *, by: str, again: bool = False
) -> int:
    """Send them one after the other, with a pause; return how many did not go out.

    Args:
        by: whoever sends them, "" for the daemon.

    Raises:
        SettingsError, TransientError: nothing more can be sent; what was, stands in the register.
    """
    from pipeline.sending import smtp

    failed = 0
    with smtp.opened(server) as line:
        for number, one in enumerate(ready):
            if number:
                time.sleep(office.settings.papers.pause_seconds)
            outcome, said = _deliver(office, line, one, by=by, again=again)
            failed += outcome is not Outcome.SENT
            done = "已寄" if outcome is Outcome.SENT else "未成"
            if by:
                give(f"{done}  {_about(one.paper)}  寄 {one.answer.to}  {said}")
            else:  # the daemon's words go into a journal: no address
                say(f"{done}回执 {one.paper.accession}：{said}")
            if outcome is Outcome.UNKNOWN:
                raise TransientError(
                    f"发信服务器中途断开：{_about(one.paper)}不知是否寄出，其余没有寄；"
                    "用 shouwen papers sent 查看，请检查网络后再运行（这一封不会自动重寄）"
                )
    return failed


def _deliver(
    office: Office, line: smtplib.SMTP, one: Planned, *, by: str, again: bool
) -> tuple[Outcome, str]:
    """One mail: the intent, the mail, the outcome."""
    from outputs.notices import writing
    from pipeline.sending import smtp

    paper, sender, at = one.paper, office.settings.papers.mail_from, datetime.now(UTC)
    name = writing.message_id(paper, sender)
    letter = writing.letter(
        paper,
        sender=(office.notice.notice.organisers[0], sender),
        to=one.answer.to,
        answers=one.answer.message_id,
        stamp=(name, at),
    )
    intent = office.register.intend(
        Sending(
            kind=paper.kind,
            accession=paper.accession,
            unit=paper.unit,
            recipient=one.answer.to,
            message_id=name,
            facts=paper.facts,
            text=hashlib.sha256(paper.text.encode()).hexdigest(),
            by=by,
            at=at,
        ),
        again=again,
    )
    outcome, said = smtp.deliver(line, letter, sender=sender, to=one.answer.to)
    office.register.conclude(intent.number, outcome, said, at=datetime.now(UTC))
    return outcome, said


def quota(office: Office, at: datetime) -> int:
    """How many more may go out now: an hour takes so many, what may have gone out included."""
    lately = sum(timedelta() <= at - one.at < HOUR for one in office.register.sendings())
    return max(office.settings.papers.per_hour - lately, 0)


def _key(one: Sending) -> tuple[str, str, str, str]:
    return one.kind, one.accession, one.unit, one.facts


def _about(paper: Paper) -> str:
    return " ".join(filter(None, (NAMES[paper.kind], paper.accession, paper.unit or "单位不明")))
