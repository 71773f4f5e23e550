"""Papers as files: text to paste, a letter that a mail program opens as a draft, and the list of them.

Purpose: `write(folder, run, kind, papers, desk)`; `letter`, one mail as it is drafted and as it is sent.
Source: RFC 5322, RFC 2047 (the email library's policy refuses line ends in headers), RFC 3834 section 3 (the fields of an
automatic mail); X-Unsent: 1 makes Outlook and Foxmail open a saved mail for editing.
Limits: no header holds a word of a mail but a checked address and a checked msg-id. The same papers are the same octets, and
a folder that is there is never written over: other octets go into <run>-2, -3 …
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from outputs import files
from outputs.notices.desk import Desk, Paper
from outputs.notices.reminders import group_texts, short_messages, spared
from pipeline import beijing, durable
from pipeline.beijing import BEIJING
from pipeline.errors import TransientError
from pipeline.records import Part
from pipeline.register.sending import KINDS as FOLDERS
from pipeline.sending.guards import MARK, checked, writable

INDEX = "目录.txt"
RULE = "═" * 35
"""Between two papers that are given one after the other."""
MOST_RUNS = 1_000


def letter(
    paper: Paper,
    *,
    sender: tuple[str, str],
    to: str,
    answers: str = "",
    stamp: tuple[str, datetime] | None = None,
) -> EmailMessage:
    """Make the mail of *paper*: a draft where *stamp* is None, else one that is sent under that msg-id at that moment.

    Args:
        sender: name and address, of our own. to: one checked address, "" for a draft whose address staff put in. answers: checked
            msg-id of the mail that it answers.
    """
    made = EmailMessage(policy=SMTP)
    made["From"] = Address(display_name=sender[0], addr_spec=sender[1])
    if to:
        made["To"] = to
    made["Subject"] = paper.subject
    if answers:
        made["In-Reply-To"] = answers
        made["References"] = answers
    if stamp is None:
        made["X-Unsent"] = "1"
    else:
        made["Date"] = format_datetime(stamp[1].astimezone(BEIJING))
        made["Message-ID"] = stamp[0]
        made["Auto-Submitted"] = "auto-generated" if paper.kind == "reminder" else "auto-replied"
        made["X-Auto-Response-Suppress"] = "All"
        made[MARK] = paper.kind
    made.set_content(paper.text, charset="utf-8", cte="base64")
    return made


def message_id(paper: Paper, sender: str) -> str:
    """The msg-id of *paper*: of the same facts always the same, so that a second copy shows as one."""
    subject = f"{paper.kind}\0{paper.accession}\0{paper.unit}\0{paper.facts}"
    return f"<{paper.kind}.{hashlib.sha256(subject.encode()).hexdigest()[:40]}@{sender.rpartition('@')[2]}>"


def pasted(papers: Sequence[Paper]) -> str:
    """All texts one after the other, to be pasted."""
    return f"\n{RULE}\n\n".join(paper.text for paper in papers)


def pasted_reminders(desk: Desk, papers: Sequence[Paper], *, whole: bool) -> str:
    """All: the text of each group, then an SMS for each unit. Not *whole*: SMS and letter of the units of *papers*."""
    units = {paper.unit for paper in papers}
    lines = [
        f"{' '.join(filter(None, (one.unit, one.person, one.phone)))}\n{one.text}\n"
        for one in short_messages(desk)
        if one.unit in units
    ]
    texts = [one.text for one in group_texts(desk)] if whole else []
    letters = [] if whole else [paper.text for paper in papers]
    return f"\n{RULE}\n\n".join([*texts, "\n".join(lines), *letters])


def write(folder: Path, kind: str, papers: Sequence[Paper], desk: Desk, *, whole: bool = True) -> Path:
    """Write *papers* into folder/<run>/回执 (补正单, 催报) and return that folder; one that holds the same is as good.

    Args:
        folder: data/papers. whole: all papers of that kind, so that a 催报 has its group texts.

    Raises:
        TransientError: the folder cannot be written.
    """
    octets = _octets(kind, papers, desk, whole=whole)
    run = beijing.stamp(desk.as_of)
    for number in range(1, MOST_RUNS):
        place = folder / (run if number == 1 else f"{run}-{number}") / FOLDERS[kind]
        if not place.exists():
            _put(place, octets)
            return place
        if _held(place) == octets:
            return place
    raise TransientError(f"{folder} 里 {run} 已有 {MOST_RUNS} 份；请清理后再写")


def _octets(kind: str, papers: Sequence[Paper], desk: Desk, *, whole: bool) -> dict[str, bytes]:
    """Name in the folder to octets."""
    found: dict[str, bytes] = {}
    rows = []
    for number, paper in enumerate(papers, 1):
        stem = " ".join(filter(None, (paper.accession, paper.unit or "单位不明")))
        name = _safe(number, f"{stem}.txt")
        group = f"{paper.group or '名册外或不明'}/" if kind == "reminder" else ""
        found[f"{group}{name}"] = paper.text.encode()
        to = "" if writable(paper.to, frozenset()) else paper.to
        if to or kind != "reminder":
            draft = letter(
                paper,
                sender=(desk.signature, desk.rules.notice.mailbox),
                to=to,
                answers=checked(paper.filing.mail.message_id) if paper.filing else "",
            )
            found[f"{group}{_safe(number, f'{stem}.eml')}"] = draft.as_bytes()
        rows.append(
            (
                f"{group}{name}",
                paper.accession or paper.answers or "—",
                paper.unit or "—",
                to or "—",
                paper.note or "—",
            )
        )
    if kind == "reminder" and whole:
        for place, text in enumerate(group_texts(desk), 1):
            found[_safe(place, f"微信群 {text.group}.txt")] = text.text.encode()
        found["短信.csv"] = _messages(desk)
    found[INDEX] = _index(kind, rows, desk, sorted(found))
    return found


def _safe(number: int, name: str) -> str:
    """A name that any file system takes, with its number before it."""
    return files.safe(number, Part(path="1", name=name, sha256="", size=0))


def _messages(desk: Desk) -> bytes:
    """The SMS as a table that WPS and platforms for SMS open; no cell is a formula."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(["同类组", "单位", "联系人", "电话", "字数", "短信内容"])
    for one in short_messages(desk):
        cells = (one.group, one.unit, one.person, one.phone, str(one.length), one.text)
        writer.writerow([f"'{cell}" if cell[:1] in tuple("=+-@") else cell for cell in cells])
    return table.getvalue().encode("utf-8-sig")


def _index(kind: str, rows: Sequence[tuple[str, ...]], desk: Desk, names: Sequence[str]) -> bytes:
    written = "" if kind == "receipt" else f"；写于 {desk.on}"
    head = (
        f"{desk.rules.notice.name}{FOLDERS[kind]}目录（{len(rows)}份）\n"
        f"统计截止：{beijing.second(desk.as_of)}（北京时间）{written}。都是草稿，没有寄出。\n"
        "txt 可以粘贴；eml 双击后在邮件程序里打开，核对后寄出。各列以制表符分开，可贴进表格。\n"
    )
    if kind == "reminder" and desk.waiting:
        head += f"注意：还有 {desk.waiting} 件来文待办或待人工，名单里的单位可能已报在其中，催报前先办。\n"
    lines = ["\t".join(("文件", "收文号", "单位", "收件地址", "寄前注意")), *("\t".join(row) for row in rows)]
    if kind == "reminder" and (spared_ := spared(desk)):
        lines += [
            "",
            "暂不催（材料已到，先由我们取回或识别，仍缺的再催）：",
            *("\t".join(one) for one in spared_),
        ]
    others = [name for name in names if name.startswith(("短信",)) or "微信群" in name]
    if others:
        lines += ["", "另有：", *others]
    return (head + "\n" + "\n".join(lines) + "\n").encode()


def _held(place: Path) -> dict[str, bytes]:
    return {
        path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()
    }


def _put(place: Path, octets: Mapping[str, bytes]) -> None:
    try:
        with durable.folder(place) as beside:
            for name, content in octets.items():
                durable.put(beside / name, content)
    except OSError as error:
        raise TransientError(
            f"文书写不进 {place.parent}（{error.strerror}）；请腾出磁盘空间、检查权限后再试"
        ) from error
