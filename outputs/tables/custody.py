"""材料清单 and 收件日志: every part of every mail, and what was done with each mail, when and by whom."""

from __future__ import annotations

from collections.abc import Iterator

from outputs.changed import changes
from outputs.formats import format_of, readable
from outputs.tables import leads
from outputs.tables.season import Season, where
from outputs.tables.sheet import Column, Edit, Form, Place, Sheet, Value, framed
from outputs.tables.shown import shown
from outputs.words import (
    ACTIONS,
    CODES,
    KINDS,
    RECEIVED,
    STATES,
    STATUSES,
    UNKNOWN_UNIT,
    VERDICTS,
)
from pipeline import beijing
from pipeline.beijing import BEIJING
from pipeline.evaluate import flat, why_not
from pipeline.records import Code, Event, Filed, Filing, Part, State, Status, Verdict

MATERIALS = (
    Column(header="序号", width=6, form=Form.CENTRE),
    Column(header="收文号", width=11, form=Form.CENTRE),
    Column(header="单位", width=26),
    Column(header="部件位置", width=34),
    Column(header="文件名", width=34),
    leads.MATERIAL,
    Column(header="格式", width=22),
    Column(header="字节数", width=11, form=Form.COUNT, total=True),
    Column(header="读出字数", width=9, form=Form.COUNT, total=True),
    Column(header="状态", width=14, form=Form.CENTRE),
    Column(header="原因", width=34),
    Column(header="SHA-256", width=34),
    Column(header="备注", width=26),
)


def materials(season: Season) -> Sheet:
    """One row a part, in the order of the mail."""
    told = [
        (one, part, notes.get(part.path, ""))
        for one in season.filed
        if one.filing
        for notes in [shown(one)]
        for part in one.filing.parts
    ]
    ids = [f"{one.item.accession}/part/{part.path}" for one, part, _ in told]
    return Sheet(
        name="材料清单",
        title=f"{season.rules.notice.name}材料清单",
        paper="A3",
        columns=MATERIALS,
        frame=framed(
            MATERIALS,
            (_part(one, part, note) for one, part, note in told),
            ids,
        ),
        pinned=3,
        faded=frozenset(
            row for row, (_, part, _) in zip(ids, told, strict=True) if part.status is Status.NOISE
        ),
        links={
            (row, header): target
            for row, (one, part, _) in zip(ids, told, strict=True)
            for header, target in (
                ("收文号", leads.original(one.item.accession)),
                (leads.MATERIAL.header, leads.file(one, part.path)),
            )
        },
    )


def _part(one: Filed, part: Part, note: str) -> dict[str, Value]:
    return {
        "收文号": one.item.accession,
        "单位": one.filing.identification.best if one.filing else None,
        "部件位置": part.path,
        "文件名": part.name or "（无文件名）",
        leads.MATERIAL.header: leads.OPEN,
        "格式": format_of(part.media_type) or None,
        "字节数": part.size,
        "读出字数": part.characters,
        "状态": STATUSES[part.status],
        "原因": readable(part.reason),
        "SHA-256": part.sha256,
        "备注": "；".join(words for words in (note, why_not(one)) if words),
    }


# ---------------------------------------------------------------- 收件日志

LOG = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="收文号", width=11, form=Form.CENTRE),
    Column(header="收到时间（北京）", width=19, form=Form.MOMENT),
    Column(header="时间依据", width=14, form=Form.CENTRE),
    Column(header="主题", width=34),
    Column(header="发件人", width=28),
    Column(header="发信验证", width=22),
    Column(header="报送单位", width=24, edit=Edit.UNIT, field="unit", why="复核说明"),
    Column(header="性质", width=9, form=Form.CENTRE, edit=Edit.KIND, field="kind", why="复核说明"),
    Column(header="复核说明", width=18, edit=Edit.FREE),
    Column(header="状态", width=9, form=Form.CENTRE),
    Column(header="计入", width=16, form=Form.CENTRE),
    Column(header="办理经过（北京时间）", width=46),
    Column(header="邮箱位置", width=22),
    Column(header="字节数", width=11, form=Form.COUNT, total=True),
    Column(header="原件SHA-256", width=34),
    Column(header="备注", width=16),
)
UNTOLD = ("begin", "fixity")
"""Actions that every mail has and that tell it from no other; the whole log has them."""
MOST_STEPS = 12
"""Events of one mail that the summary shows; the whole log is `shouwen log`."""


def log(season: Season) -> Sheet:
    """One row a mail, in order of accession."""
    return Sheet(
        name="收件日志",
        title=f"{season.rules.notice.name}收件日志",
        paper="A3",
        columns=LOG,
        frame=framed(
            LOG, (_mail(season, one) for one in season.filed), [one.item.accession for one in season.filed]
        ),
        locked=frozenset(place for one in season.filed for place in _locked(one)),
        links={(one.item.accession, "收文号"): leads.original(one.item.accession) for one in season.filed},
    )


def _locked(one: Filed) -> Iterator[Place]:
    """What nobody can decide here: anything of a mail that is not filed, and a unit in question, which 待核事项 decides."""
    filed = one.filing is not None and one.item.state is State.FILED
    if not filed:
        yield from ((one.item.accession, header) for header in ("报送单位", "性质", "复核说明"))
    elif one.filing is not None and _doubtful(one.filing) and not why_not(one):
        yield one.item.accession, "报送单位"


def _doubtful(filing: Filing) -> bool:
    return not filing.identification.decided or filing.identification.best is None


def _mail(season: Season, one: Filed) -> dict[str, Value]:
    item, filing = one.item, one.filing
    places = season.custody.seen.get(item.accession, ())
    row: dict[str, Value] = {
        "收文号": item.accession,
        "收到时间（北京）": beijing.wall(item.received),
        "时间依据": RECEIVED.get(item.received_from, item.received_from),
        "状态": STATES[item.state],
        "复核说明": "",
        "计入": why_not(one) or "计入",
        "办理经过（北京时间）": "\n".join(_steps(season.custody.told.get(item.accession, ()))) or None,
        "邮箱位置": "\n".join(f"{where(one)}（{one.uidvalidity}）" for one in places) or None,
        "字节数": item.size,
        "原件SHA-256": item.sha256,
        "备注": item.reason,
    }
    if filing is None:
        return row
    sender, found = filing.mail.sender, filing.identification
    in_doubt = _doubtful(filing) and not why_not(one)
    notes = (
        f"单位在待核事项里定，现按{found.best or '不明'}" if in_doubt else "",
        _behalf(filing),
        item.reason,
        _source(filing),
        *changes(one.relation),
    )
    return row | {
        "主题": flat(filing.mail.subject, 200) or "（无主题）",
        "发件人": flat(f"{sender.name} {sender.address}".strip(), 200) or None,
        "发信验证": "，".join(_verified(verdict) for verdict in filing.mail.authentication) or None,
        "报送单位": f"{found.best or UNKNOWN_UNIT}（待核）" if in_doubt else found.best,
        "性质": KINDS[filing.kind],
        "备注": "；".join(note for note in notes if note),
    }


def _behalf(filing: Filing) -> str:
    """The other units whose documents the mail carries."""
    units = "、".join(dict.fromkeys(one.unit for one in filing.behalf))
    return f"代报：{units}" if units else ""


def _verified(verdict: Verdict) -> str:
    """One verdict of the receiving server, with the domain that it is about."""
    domain = flat(verdict.identity.rpartition("@")[2], 60)
    return f"{verdict.method.upper()} {VERDICTS[verdict.result]}" + (f"（{domain}）" if domain else "")


def _source(filing: Filing) -> str:
    return CODES[Code.SENDER] if any(one.code is Code.SENDER for one in filing.problems) else ""


def _steps(events: tuple[Event, ...]) -> Iterator[str]:
    told = [event for event in events if event.action not in UNTOLD]
    for event in told[:MOST_STEPS]:
        at = event.at.astimezone(BEIJING)
        yield f"{at:%m-%d %H:%M:%S} {ACTIONS.get(event.action, event.action)}：{flat(event.outcome, 60)}"
    if len(told) > MOST_STEPS:
        yield f"…… 另有 {len(told) - MOST_STEPS} 条"
