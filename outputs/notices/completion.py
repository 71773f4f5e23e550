"""补正单: what a unit that has reported is asked to send after, to explain, or to send again.

Purpose: `completions`, one a unit with something to ask for.
Source: 渝科协发〔2024〕23号 part 4 (四): 开展情况和工作成效, 典型经验, 意见建议, 文字信息, 影像资料, the day and the address.
Limits: asks for nothing that the notice does not ask for; a contact is asked for as a favour. What may stand in a file that
could not be read is asked for with that said. As long as something is ours to do (scans to be recognised, links to be
fetched), nothing is said to be missing: it may be in there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from outputs.notices.desk import Desk, Paper, digest
from outputs.notices.materials import unreadable
from outputs.notices.receipt import signed
from outputs.notices.wording import COLUMNS, INDENT, columns, day, listed, plain, short_day, wrapped
from outputs.tables.unread import SOON_DAYS
from pipeline import beijing
from pipeline.evaluate.shares import share
from pipeline.links.ledger import Entry, Standing
from pipeline.records import Code, Evaluation

WANTED = {
    "情况": "活动开展情况（活动名称、时间、地点、参加人数等）",
    "成效": "工作成效",
    "经验": "典型经验",
    "建议": "意见建议",
    "影像": "影像资料（活动照片或视频）",
}
"""What the notice asks for, by what Evaluation.missing calls it."""
CONTACT = "联系人"
MOST_CONTRADICTIONS = 10
"""Contradictions that one paper lists."""


@dataclass(frozen=True, kw_only=True)
class Wants:
    """What a unit is asked for, and of nobody else.

    closed: what could not be read, with what to do; obstacles: code and names of the same. lost: links past or about to end;
    links: their names, without the days that are left, for a day later it is the same paper. ours: what has come and waits
    for us (to be fetched, to be recognised): nothing is missing for sure before.
    """

    missing: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    obstacles: tuple[tuple[str, str], ...] = ()
    lost: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.closed or self.lost or self.contradictions)


def completions(desk: Desk) -> tuple[Paper, ...]:
    """One paper a unit that reported and has something to send after, in the order of the evaluations."""
    found = ((one, wants(desk, one)) for one in desk.evaluations if one.accessions)
    return tuple(_completion(desk, one, asked) for one, asked in found if asked)


def wants(desk: Desk, one: Evaluation) -> Wants:
    """What the unit is asked for on that day."""
    mails = [name for name in one.accessions if name in desk.counted]
    found = [_of_mail(desk, name, one.unit, several=len(mails) > 1) for name in mails]
    whole = Wants(
        **{
            name: tuple(each for asked in found for each in getattr(asked, name))
            for name in ("closed", "obstacles", "lost", "links", "contradictions", "ours")
        }
    )
    return replace(whole, missing=() if whole.ours else one.missing)


def _of_mail(desk: Desk, accession: str, unit: str, *, several: bool) -> Wants:
    """What is asked for about one mail; the unit's share of it alone."""
    filing = share(desk.counted[accession][1], unit)
    where = f"（收文号{accession}）" if several else ""
    obstacles = unreadable(filing)
    entries = [entry for entry in desk.links.get(accession, ()) if entry.link in filing.links]
    urgent = [entry for entry in entries if _is_urgent(entry)]
    asked = [one for one in obstacles if one.asked]
    waiting = [entry for entry in entries if not entry.added and entry not in urgent]
    return Wants(
        closed=tuple(f"{one.names}{where}：{one.fact}，{one.asked}" for one in asked),
        obstacles=tuple((one.code, f"{accession} {one.names}") for one in asked),
        lost=tuple(f"{_linked(entry)}{where}" for entry in urgent),
        links=tuple(plain(entry.link.name, 50) for entry in urgent),
        contradictions=tuple(
            f"{plain(problem.detail, 200)}{where}"
            for problem in filing.problems
            if problem.code is Code.CONTRADICTION
        ),
        ours=(
            *(f"{one.names}待识别" for one in obstacles if not one.asked),
            *(f"{plain(entry.link.name, 50) or '链接'}待取回" for entry in waiting),
        ),
    )


def _is_urgent(entry: Entry) -> bool:
    return entry.standing is Standing.EXPIRED or (
        entry.standing is Standing.OPEN and entry.days is not None and entry.days <= SOON_DAYS
    )


def _linked(entry: Entry) -> str:
    name = f"“{plain(entry.link.name, 50) or '未写明名称的链接'}”"
    if entry.standing is Standing.EXPIRED or entry.link.expires is None:
        return f"{name}的下载链接已过期，没有取到，请重新发送"
    ends = short_day(beijing.day(entry.link.expires))
    return f"{name}的下载链接{ends}到期（还剩{entry.days}天），届时打不开的，请重新发送"


def _completion(desk: Desk, one: Evaluation, asked: Wants) -> Paper:
    answers = desk.answered(one)
    filing = desk.counted[answers][1] if answers else None
    return Paper(
        kind="completion",
        unit=one.unit,
        accession="",
        group=desk.groups.get(one.kind, ""),
        to=filing.mail.sender.address if filing else "",
        subject=f"【补正】{desk.rules.notice.name}材料尚需补正",
        text=_text(desk, one, asked),
        facts=digest(
            "completion",
            one.unit,
            asked.missing,
            asked.obstacles,
            asked.contradictions,
            asked.links,
        ),
        note=_note(desk, one, answers),
        answers=answers,
        filing=filing,
        hold=_hold(desk, answers),
    )


def _text(desk: Desk, one: Evaluation, asked: Wants) -> str:
    title = "材 料 补 正 单"
    body = "\n\n".join(
        "\n".join([f"{number}、{heading}", *lines])
        for number, (heading, lines) in zip("一二三四五", _groups(asked), strict=False)
    )
    return "\n".join(
        [
            f"{' ' * ((COLUMNS - columns(title)) // 2)}{title}",
            "",
            wrapped(f"{plain(one.unit, 60)}："),
            wrapped(_opening(desk, one), INDENT),
            "",
            body,
            "",
            wrapped(_closing(desk), INDENT),
            "",
            *signed(desk.signature, day(desk.on)),
            "",
        ]
    )


def _opening(desk: Desk, one: Evaluation) -> str:
    notice = desk.rules.notice
    numbers = listed(one.accessions)
    came = f"你单位报送的{notice.name}材料（收文号{numbers}）已收到。经核对，还需要补正以下内容"
    last, to = short_day(desk.deadline), notice.mailbox
    if desk.late:
        overdue = (desk.on - desk.deadline).days
        return f"{came}。通知要求{last}前报送，现已超过{overdue}天，请尽快发送至{to}为盼。"
    return f"{came}，请于{last}前发送至{to}为盼。"


def _groups(asked: Wants) -> Iterator[tuple[str, list[str]]]:
    wanted = [WANTED[name] for name in asked.missing if name in WANTED]
    if wanted:
        lines = _numbered(wanted)
        if asked.closed or asked.lost:
            lines.append(wrapped("如已写在没有读出或没有取到的文件里，那份文件重发即可，不必另报。", INDENT))
        yield "已读到的材料里没有看到的，请补报", lines
    if CONTACT in asked.missing:
        yield "材料里没有写明联系人，请告知姓名和电话，以便联系", []
    if asked.closed:
        yield "没有能读出的文件，请按下列办法重新提供", _numbered(asked.closed)
    if asked.lost:
        yield "只附了下载链接的材料", _numbered(asked.lost)
    if asked.contradictions:
        shown = [*asked.contradictions[:MOST_CONTRADICTIONS]]
        if len(asked.contradictions) > MOST_CONTRADICTIONS:
            shown.append(f"…… 共 {len(asked.contradictions)} 处，其余请一并核对")
        yield "前后不一致的内容，请核实后说明或更正", _numbered(shown)


def _numbered(lines: Sequence[str]) -> list[str]:
    return [wrapped(f"{number}. {line}", "  ", " " * 5) for number, line in enumerate(lines, 1)]


def _closing(desk: Desk) -> str:
    return (
        "请直接回复本邮件，附上补正的材料，邮件主题注明“补报”和单位全称；已经读到的内容不必重报。"
        f"如已另行补报，请不必理会本单。{desk.enquiries}"
    )


def _hold(desk: Desk, answers: str) -> str:
    if not answers:
        return "材料由别的单位代报，没有本单位的来件可以回复"
    decided = desk.counted[answers][1].identification.decided
    return "" if decided else "单位待核，请先核对是哪个单位"


def _note(desk: Desk, one: Evaluation, answers: str) -> str:
    notes = [_hold(desk, answers)]
    if answers and any(problem.code is Code.SENDER for problem in desk.counted[answers][1].problems):
        notes.append("来源待核，先按名册电话核对")
    if not one.in_roster:
        notes.append("名册外单位")
    return "；".join(filter(None, notes))
