"""What trace found, as a person reads it on a terminal.

Purpose: `lines` of a MailTrace or a RowTrace; auditing.py prints them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from outputs.audit.traced import MailTrace, Place, Quote, RowTrace, Source
from outputs.words import ACTIONS, RECEIVED
from pipeline import beijing
from pipeline.records import Act, Correction
from pipeline.register.outcomes import field_name

EXCERPT = 80
"""Characters of a quote or cell shown on the terminal; --json has all of them."""


def lines(traced: MailTrace | RowTrace) -> Iterator[str]:
    """Say what was found, one line at a time."""
    return _mail(traced) if isinstance(traced, MailTrace) else _row(traced)


def _mail(traced: MailTrace) -> Iterator[str]:
    yield from _source(traced.source)
    yield f"  {traced.size} 字节；收到 {beijing.second(traced.received)}（据{RECEIVED.get(traced.received_from, traced.received_from)}）"
    yield f"  状态：{traced.state}；{traced.counts}"
    yield from (f"    新件不同：{change}" for change in traced.differences)
    yield "经过"
    for step in traced.steps:
        rule = f"；规则 {step.rule[:16]}" if step.rule else ""
        action = ACTIONS.get(step.action, step.action)
        yield f"  {step.number:>6}  {beijing.second(step.at)}  {action}  {step.actor}  {step.outcome}{rule}"
    yield "部件"
    for part in traced.parts:
        reason = f"：{part.reason}" if part.reason else ""
        yield f"  {part.path}  {part.name}  {part.size} 字节  {part.sha256[:16]}  {part.status}{reason}"
    yield f"单位：{traced.source.unit or '不明'}"
    yield from (_quote(one) for one in traced.unit)
    for activity in traced.activities:
        undecided = "" if activity.decided else "（待核）"
        yield f"活动 {activity.id}：{_short(activity.title)}  → {activity.category}{undecided}"
        yield from (f"    {note}" for note in activity.notes)
        yield from (_quote(one) for one in activity.quotes)
    yield from (f"问题：{problem}" for problem in traced.problems)
    yield from _decisions(traced.corrections)
    yield f"进了工作簿 {len(traced.rows)} 行"
    for row in traced.rows:
        yield f"  {row.sheet} 第 {row.line} 行  {row.id}：{'、'.join(row.headers)}"


def _row(traced: RowTrace) -> Iterator[str]:
    for row, cells in traced.rows:
        yield f"{row.sheet} 第 {row.line} 行（行号 {row.id}）"
        for cell in cells:
            yield f"  {cell.header}：{_short(cell.value) or '—'}"
            yield from (f"      批注 {line}" for line in cell.comment.split("\n") if line)
    if traced.criterion:
        yield f"评分项 {traced.criterion}"
    yield f"规则摘要 {traced.rules}"
    yield from _decisions(traced.corrections)
    if traced.quotes:
        yield "原话"
        yield from (_quote(one) for one in traced.quotes)
    yield f"来自 {len(traced.mails)} 件来文"
    for source in traced.mails:
        yield from _source(source)


def _decisions(corrections: Sequence[Correction]) -> Iterator[str]:
    """What people decided, took back and signed, in its order; what was taken back is marked so."""
    undone = {one.about for one in corrections if one.act is Act.UNDO}
    for one in corrections:
        what, who = field_name(one.field), f"（{one.by}，{beijing.second(one.at)}，{one.why}）"
        if one.act is Act.DECIDE:
            said = f"人工更正 {what}：{one.old or '—'} → {one.new or '—'}"
        else:
            said = f"{'撤销' if one.act is Act.UNDO else '签认'}第 {one.about} 号更正 {what}"
        yield said + who + ("（已撤销）" if one.number in undone else "")


def _source(source: Source) -> Iterator[str]:
    yield f"{source.accession}  {_short(source.subject) or '（无主题）'}  单位：{source.unit or '不明'}"
    yield f"  原件 SHA-256 {source.sha256}"
    if source.basis:
        yield f"  归档依据 {source.basis}"
    yield from (f"  {_place(place)}" for place in source.places)


def _place(place: Place) -> str:
    gone = f"（{beijing.second(place.gone)} 起服务器上已无）" if place.gone else ""
    return f"见于 {place.account} {place.folder} UIDVALIDITY {place.uidvalidity} UID {place.uid}{gone}"


def _quote(quote: Quote) -> str:
    where = f"（{quote.part} 第{quote.block}块）" if quote.block is not None else ""
    return f"    {quote.what} ← “{_short(quote.words)}”{where}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "…"
