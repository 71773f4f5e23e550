"""联系人: whom to ask about a unit's report: name, phone and sender's address, with the mail that states them.

Limits: of mails that report something and were filed, whether they count or not; addresses are those of senders. Phone numbers are
personal: the line under the title says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from outputs.tables import leads
from outputs.tables.season import Season
from outputs.tables.sheet import Column, Form, Sheet, Value, framed
from outputs.words import OUTSIDE, UNKNOWN_UNIT
from pipeline.evaluate import flat, sharers
from pipeline.records import Filed, Kind, State

CONTACTS = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="单位", width=36),
    Column(header="同类组", width=12, form=Form.CENTRE),
    Column(header="联系人", width=12, form=Form.CENTRE),
    Column(header="电话", width=18, form=Form.CENTRE),
    Column(header="发件人", width=18),
    Column(header="发件人邮箱", width=30),
    Column(header="来源（收文号）", width=16, form=Form.CENTRE),
    Column(header="备注", width=24),
)
NOTE = "本表含个人电话和邮箱，只用于本次报送联系，不外传"


@dataclass(kw_only=True)
class _Line:
    """One person of one unit, and the mails that state them."""

    unit: str
    name: str
    phone: str
    sender: str
    address: str
    doubtful: bool
    accessions: list[str] = field(default_factory=list)


def contacts(season: Season) -> Sheet:
    """One row a unit and person, in the order of the evaluations."""
    order = {one.unit: place for place, one in enumerate(season.evaluations)}
    found = sorted(_lines(season.filed), key=lambda one: order.get(one.unit, len(order)))
    ids = [f"contact/{one.unit}/{number}" for number, one in enumerate(found, 1)]
    return Sheet(
        name="联系人",
        title=f"{season.rules.notice.name}联系人一览表",
        paper="A4",
        columns=CONTACTS,
        frame=framed(CONTACTS, (_row(season, one) for one in found), ids),
        links={
            (id_, "来源（收文号）"): leads.original(one.accessions[0])
            for id_, one in zip(ids, found, strict=True)
        },
        note=NOTE,
    )


def _lines(filed: Sequence[Filed]) -> Iterator[_Line]:
    """Equal lines of several mails together."""
    together: dict[tuple[str, ...], _Line] = {}
    for one in filed:
        filing = one.filing
        if filing is None or one.item.state is not State.FILED or filing.kind is Kind.OTHER:
            continue
        contact, sender = filing.contact, filing.mail.sender
        for unit in sharers(filing) or (UNKNOWN_UNIT,):
            line = _Line(
                unit=unit,
                name=contact.name if contact else "",
                phone=contact.phone if contact else "",
                sender=flat(sender.name, 60),
                address=flat(sender.address, 100),
                doubtful=not filing.identification.decided,
            )
            key = (unit, line.name, line.phone, line.address)
            together.setdefault(key, line).accessions.append(one.item.accession)
    yield from together.values()


def _row(season: Season, one: _Line) -> dict[str, Value]:
    notes = (
        "材料里没有联系人" if not one.phone else "",
        "单位待核" if one.doubtful else "",
        f"另见 {'、'.join(one.accessions[1:])}" if one.accessions[1:] else "",
    )
    return {
        "单位": one.unit,
        "同类组": season.kinds.get(one.unit, OUTSIDE),
        "联系人": one.name or None,
        "电话": one.phone or None,
        "发件人": one.sender or None,
        "发件人邮箱": one.address or None,
        "来源（收文号）": one.accessions[0],
        "备注": "；".join(note for note in notes if note),
    }
