"""异常与隔离: everything that did not go the usual way, with what it is, why, and what to do about it.

Purpose: `quarantine`, one row a mail or part: held, not begun or dismissed mails, bounces and other machine-made mails, mails that are
no reports, recalled and duplicate ones, senders in doubt; programs, macros, damaged, encrypted or too big parts.
Limits: what needs a decision has its row in 待核事项 as well; here stands all of it, decided or not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from outputs.formats import readable
from outputs.tables import leads
from outputs.tables.season import Season
from outputs.tables.sheet import Column, Form, Place, Sheet, Value, framed
from outputs.tables.shown import named
from outputs.tables.unread import unread
from outputs.words import CODES, CURES, RELATIONS, STATES, UNKNOWN_UNIT
from pipeline.evaluate import flat, why_not
from pipeline.records import Code, Filed, Filing, Kind, RelationKind, State

QUARANTINE = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="收文号", width=12, form=Form.CENTRE),
    Column(header="情况", width=14, form=Form.CENTRE),
    Column(header="单位", width=24),
    Column(header="邮件主题或文件", width=40),
    leads.MATERIAL,
    Column(header="发件人", width=30),
    Column(header="原因", width=46),
    Column(header="怎么办", width=42),
    Column(header="备注", width=18),
)
AUTO = {
    "bounce": ("退信", "核对我方发出的地址；不必答复"),
    "auto-submitted": ("自动回复", "不必答复"),
    "list": ("邮件列表", "不必答复"),
    "precedence": ("群发邮件", "不必答复"),
}
"""Mail.auto to what staff call it, and what to do."""
PARTS = (Code.EXECUTABLE, Code.DAMAGED, Code.ENCRYPTED, Code.TOO_BIG, Code.UNSUPPORTED)
MACRO_CURE = "只读了文字，宏没有运行；打开原件时不要启用宏"
ORDER = (
    STATES[State.HELD],
    STATES[State.CAPTURED],
    CODES[Code.EXECUTABLE],
    CODES[Code.SENDER],
    CODES[Code.ENCRYPTED],
    CODES[Code.DAMAGED],
    CODES[Code.TOO_BIG],
    CODES[Code.UNSUPPORTED],
    CODES[Code.MACRO],
    RELATIONS[RelationKind.RECALL],
    "已撤回",
    RELATIONS[RelationKind.DUPLICATE],
    RELATIONS[RelationKind.FORWARD],
    *(name for name, _ in AUTO.values()),
    "非报送",
    STATES[State.DISMISSED],
)
"""What stands first: what waits for somebody, then what is dangerous, unread, double, foreign."""


@dataclass(frozen=True, kw_only=True)
class Oddity:
    """One row. part: path of the part it is about, "" for the mail. cure: what to do."""

    one: Filed
    matter: str
    why: str
    cure: str
    part: str = ""

    @property
    def row(self) -> str:
        """Its row id."""
        return sys.intern(
            f"{self.one.item.accession}/odd/{self.matter}" + (f"/{self.part}" if self.part else "")
        )


def quarantine(season: Season) -> Sheet:
    """One row a mail or part that did not go the usual way, by what it is."""
    found = [odd for one in season.filed for odd in _of(one)]
    found.sort(key=lambda odd: (ORDER.index(odd.matter), odd.one.item.accession))
    return Sheet(
        name="异常与隔离",
        title=f"{season.rules.notice.name}异常与隔离情况表",
        paper="A3",
        columns=QUARANTINE,
        frame=framed(QUARANTINE, (_row(odd) for odd in found), [odd.row for odd in found]),
        pinned=3,
        links=dict(_links(found)),
    )


def _of(one: Filed) -> Iterator[Oddity]:
    """All oddities of one mail."""
    state, reason = one.item.state, one.item.reason
    if state is State.HELD:
        cure = "看原件；能办的 shouwen release 放行重办，不是报送的 shouwen dismiss"
        yield Oddity(one=one, matter=STATES[state], why=reason or "—", cure=cure)
    elif state is State.CAPTURED:
        cure = "下一轮自动办理；一直在这里的看 shouwen status"
        yield Oddity(one=one, matter=STATES[state], why="已收下，还没有办理", cure=cure)
    elif state is State.DISMISSED:
        cure = "已由人决定；弄错了用 shouwen release 放行"
        yield Oddity(one=one, matter=STATES[state], why=reason or "—", cure=cure)
    elif one.filing is not None:
        yield from _filed(one, one.filing)


def _filed(one: Filed, filing: Filing) -> Iterator[Oddity]:
    relation = one.relation
    if relation is not None and relation.kind is not None:
        why = why_not(one) or (f"相关来件是 {relation.of}" if relation.of else "没有找到相关的来件")
        cure = "请核对是不是另有原件"
        if relation.kind is RelationKind.RECALL and relation.of:
            cure = "不必办理；所撤回的那件已不计入"
        elif relation.of:
            cure = "已自动不计入，原件照存；弄错了到待核事项改"
        yield Oddity(one=one, matter=RELATIONS[relation.kind], why=why, cure=cure)
    elif relation is not None and relation.recalled:
        yield Oddity(
            one=one,
            matter="已撤回",
            why=why_not(one),
            cure="原件照存；要不要重报请问单位；弄错了到待核事项改",
        )
    elif filing.mail.auto in AUTO and filing.kind is Kind.OTHER:
        name, cure = AUTO[filing.mail.auto]
        yield Oddity(one=one, matter=name, why=filing.kind_words or "机器自动发出的邮件", cure=cure)
    elif filing.kind is Kind.OTHER:
        asks = any(problem.code is Code.NEEDS_ANSWER for problem in filing.problems)
        why = filing.kind_words or "没有报送材料"
        cure = "来信是询问，请人工答复" if asks else "不必办理；是报送的请在收件日志改性质"
        yield Oddity(one=one, matter="非报送", why=why, cure=cure)
    yield from _parts(one, filing)


def _parts(one: Filed, filing: Filing) -> Iterator[Oddity]:
    for problem in filing.problems:
        if problem.code is Code.SENDER:
            cure = "用名册上的电话向单位核对；核对前照常计入"
            yield Oddity(one=one, matter=CODES[problem.code], why=problem.detail, cure=cure)
        elif problem.code is Code.MACRO:
            yield Oddity(
                one=one, matter=CODES[problem.code], why=problem.detail, cure=MACRO_CURE, part=problem.part
            )
    for found in unread(filing):
        if found.code in PARTS:
            for path in found.paths:
                cure = found.cure or CURES[found.code]
                yield Oddity(one=one, matter=found.matter, why="；".join(found.words), cure=cure, part=path)


def _row(odd: Oddity) -> dict[str, Value]:
    filing = odd.one.filing
    about = (
        named(filing, odd.part) if filing and odd.part else flat(filing.mail.subject, 120) if filing else ""
    )
    sender = filing.mail.sender if filing else None
    return {
        "收文号": odd.one.item.accession,
        "情况": odd.matter,
        "单位": (filing.identification.best if filing else None) or UNKNOWN_UNIT,
        "邮件主题或文件": about or ("（无主题）" if filing else "（未读出）"),
        leads.MATERIAL.header: leads.OPEN if odd.part else "",
        "发件人": flat(f"{sender.name} {sender.address}".strip(), 120) if sender else None,
        "原因": readable(flat(odd.why, 400)),
        "怎么办": odd.cure,
        "备注": "",
    }


def _links(found: list[Oddity]) -> Iterator[tuple[Place, str]]:
    """To the mail and to the part. Programs are named .txt there (outputs/files.py)."""
    for odd in found:
        yield (odd.row, "收文号"), leads.original(odd.one.item.accession)
        if odd.part:
            yield (odd.row, leads.MATERIAL.header), leads.file(odd.one, odd.part)
