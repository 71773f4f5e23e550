"""回执: what was read of one mail, so that whoever sent it finds what was misread.

Purpose: `receipts`, one a mail that counts.
Source: what a counter clerk's receipt says: what came, when, what is in it; 渝科协发〔2024〕23号 part 4 (四).
Limits: only what the mail states, and the category as a proposal; no score, no rank, nothing of other mails.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from outputs.notices.desk import Desk, Paper, digest
from outputs.notices.materials import files, unreadable
from outputs.notices.wording import COLUMNS, INDENT, columns, day, moment, plain, wrapped
from outputs.words import MISSING
from pipeline.records import Code, Filed, Filing, Judged, Kind, Passage, SetAside, Stated
from pipeline.review import by_hand

KINDS = {Kind.SUBMISSION: "报送", Kind.CORRECTION: "更正", Kind.SUPPLEMENT: "补报"}
MOST_ACTIVITIES = 60
"""Activities that one receipt lists; a mail with more is a table."""
MOST_ASIDE = 6
"""Passages that count for nothing that one receipt quotes."""
QUIET = ("报送说明", "总述", "合计")
"""Reasons for setting words aside that no sender would question."""


def receipts(desk: Desk) -> tuple[Paper, ...]:
    """One receipt a counted mail, by accession."""
    return tuple(_receipt(desk, one, filing) for _, (one, filing) in sorted(desk.counted.items()))


def _receipt(desk: Desk, one: Filed, filing: Filing) -> Paper:
    found = filing.identification
    unit = found.best or ""
    sections = [
        _came(one, filing),
        _files(desk, one, filing),
        _activities(desk, filing),
        _passages("四、典型经验", filing.highlights),
        _passages("五、意见建议", filing.suggestions),
        *_aside(filing),
    ]
    body = "\n\n".join(sections)
    kinds = {unit.name: unit.kind for unit in desk.rules.units}
    return Paper(
        kind="receipt",
        unit=unit,
        accession=one.item.accession,
        group=desk.groups.get(kinds.get(unit, ""), ""),
        to=filing.mail.sender.address,
        subject=f"【回执】{desk.rules.notice.name}材料已收到（{one.item.accession}）",
        text=f"{_head(desk, filing)}\n\n{body}\n\n{_foot(desk)}\n",
        facts=_digest(one, filing),
        note=_note(filing),
        answers=one.item.accession,
        filing=filing,
    )


def _digest(one: Filed, filing: Filing) -> str:
    """What the receipt says as facts, not as words: other software that reads the same makes no other paper of it."""
    told = [
        (
            judged.activity.title,
            *((stated.value if stated else None) for stated in _stated(judged)),
            judged.classification.code,
            judged.classification.decided,
            judged.unit,
        )
        for judged in filing.activities
    ]
    contact = filing.contact
    return digest(
        "receipt",
        one.item.accession,
        filing.kind,
        filing.identification.best,
        filing.identification.decided,
        (contact.name, contact.phone) if contact else None,
        [(part.path, part.status) for part in filing.parts],
        [link.url for link in filing.links if not link.fetched],
        told,
        *(
            [passage.text for passage in found]
            for found in (filing.highlights, filing.suggestions, _counts_not(filing))
        ),
    )


def _stated(judged: Judged) -> tuple[Stated[date] | Stated[str] | Stated[int] | None, ...]:
    activity = judged.activity
    return activity.date_start, activity.date_end, activity.place, activity.participants


def _counts_not(filing: Filing) -> list[SetAside]:
    """What was set aside for a reason that its sender may question."""
    return [one for one in filing.set_aside if not any(word in one.reason for word in QUIET)]


def _head(desk: Desk, filing: Filing) -> str:
    found = filing.identification
    addressed = f"{plain(found.best, 60)}：" if found.best and found.decided else "各位老师："
    opening = (
        f"你单位报送的{desk.rules.notice.name}材料已收到，从中读到的内容列在下面，请核对。"
        "有读错、读漏的，请直接回复本邮件指出；没有出入的，不必回复。"
    )
    if not found.decided or not found.best:
        opening += (
            f"另外，材料里报送单位写得不够明确，暂记为“{plain(found.best, 60)}”，不对的请回复单位全称。"
            if found.best
            else "另外，材料里没有读到报送单位，请回复单位全称。"
        )
    title = "收 件 回 执"
    return f"{' ' * ((COLUMNS - columns(title)) // 2)}{title}\n\n{wrapped(addressed)}\n{wrapped(opening, INDENT)}"


def _came(one: Filed, filing: Filing) -> str:
    contact = filing.contact
    said = f"{plain(contact.name, 30)}，{plain(contact.phone, 30)}" if contact else MISSING
    rows = (
        ("收 文 号", one.item.accession),
        ("收到时间", moment(one.item.received)),
        ("邮件主题", plain(filing.mail.subject, 120) or MISSING),
        ("性　　质", KINDS.get(filing.kind, MISSING)),
        ("联 系 人", said),
    )
    return "\n".join(["一、收件情况", *(wrapped(f"{name}：{value}", "  ", " " * 12) for name, value in rows)])


def _files(desk: Desk, one: Filed, filing: Filing) -> str:
    lines = ["二、收到的材料", *_numbered(files(filing))]
    closed = [f"{one.names}：{one.fact}。{one.asked}".rstrip("。") for one in unreadable(filing)]
    closed += [
        f"{plain(entry.link.name, 50) or '链接'}：只有下载链接，取回后再读"
        for entry in desk.links.get(one.item.accession, ())
        if not entry.added
    ]
    if closed:
        lines += ["  没有读出的：", *_numbered(closed)]
    return "\n".join(lines)


def _activities(desk: Desk, filing: Filing) -> str:
    there = filing.activities
    if not there:
        return "三、读到的活动\n  没有读到活动。"
    lines = [f"三、读到的活动（{len(there)}项）"]
    for number, judged in enumerate(there[:MOST_ACTIVITIES], 1):
        lines += [
            wrapped(f"{number}. {plain(judged.activity.title, 80)}", "  ", " " * 5),
            *(wrapped(fact, " " * 5, " " * 5) for fact in _facts(desk, filing, judged)),
        ]
    if len(there) > MOST_ACTIVITIES:
        lines.append(f"  …… 共 {len(there)} 项，其余略")
    return "\n".join(lines)


def _quoted(people: Stated[int]) -> str:
    """The words behind a figure; of one that staff put right, only that: who did, and why, is ours."""
    if by_hand(people):
        return "（经核对更正）"
    said = plain(people.words, 30)
    return f"（原文“{said}”）" if said != str(people.value) else ""


def _facts(desk: Desk, filing: Filing, judged: Judged) -> Iterator[str]:
    activity, category = judged.activity, judged.classification
    begins, ends = activity.date_start, activity.date_end
    when = day(begins.value) if begins else MISSING
    if ends and begins and ends.value != begins.value:
        when += f"至{day(ends.value)}"
    people = activity.participants
    heads = MISSING if people is None else f"{people.value}{_quoted(people)}"
    yield f"日期：{when}"
    yield f"地点：{plain(activity.place.value, 60) if activity.place else MISSING}"
    yield f"参与人数：{heads}"
    proposed = desk.categories.get(category.code, str(category.code))
    yield f"类别（建议）：{proposed}{'' if category.decided else '；待核'}"
    if judged.unit and judged.unit != filing.identification.best:
        yield f"报送单位：{plain(judged.unit, 60)}"


def _passages(title: str, found: Sequence[Passage]) -> str:
    """Where the passages begin and end, so that the sender sees what was taken."""
    if not found:
        return f"{title}\n  {MISSING}"
    return "\n".join([f"{title}（{len(found)}段）", *_numbered([_ends(one.text) for one in found])])


def _aside(filing: Filing) -> Iterator[str]:
    told = _counts_not(filing)
    if told:
        lines = [_ends(one.text) + f"（{plain(one.reason, 30)}）" for one in told[:MOST_ASIDE]]
        more = [f"  …… 共 {len(told)} 段，其余略"] if len(told) > MOST_ASIDE else []
        yield "\n".join(
            ["六、没有算作活动的文字（如其中有已经举办的活动，请指出）", *_numbered(lines), *more]
        )


def _foot(desk: Desk) -> str:
    told = f"“{MISSING}”表示材料里没有写明。类别是初步建议，以审核为准；本回执只说明收到和读到了什么，不是评价结果。"
    return "\n".join([wrapped(told + desk.enquiries, INDENT), "", *signed(desk.signature, day_of(desk))])


def day_of(desk: Desk) -> str:
    """The day of 统计截止."""
    return moment(desk.as_of).partition("日")[0] + "日"


def signed(*lines: str) -> list[str]:
    """落款: to the right, one below the middle of the other."""
    return [f"{' ' * max(COLUMNS - 4 - columns(line), 0)}{line}" for line in lines]


def _numbered(lines: Sequence[str]) -> list[str]:
    return [wrapped(f"{number}. {line}", "  ", " " * 5) for number, line in enumerate(lines, 1)]


def _ends(text: str) -> str:
    """How a passage begins and ends."""
    line = plain(text, 10_000)
    return f"“{line}”" if len(line) <= 60 else f"“{line[:36]}……{line[-16:]}”（{len(line)}字）"


def _note(filing: Filing) -> str:
    """What staff should mind before it goes out."""
    notes = []
    if not filing.identification.decided:
        notes.append("单位待核")
    if any(problem.code is Code.SENDER for problem in filing.problems):
        notes.append("来源待核，先按名册电话核对")
    if not filing.mail.sender.address:
        notes.append("没有发件地址")
    return "；".join(notes)
