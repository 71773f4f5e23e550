"""待下载链接: what reports only link to, until when it is there, and whether staff have added it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from outputs.tables import leads
from outputs.tables.season import NEVER, Season
from outputs.tables.sheet import Column, Form, Place, Sheet, Value, framed
from outputs.words import LINKED, LINKS
from pipeline.beijing import BEIJING
from pipeline.evaluate import flat, label, why_not
from pipeline.links.ledger import Entry, Standing, ledger
from pipeline.records import Filed

LINKED_MATERIALS = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="收文号", width=11, form=Form.CENTRE),
    Column(header="单位", width=26),
    Column(header="链接序号", width=6, form=Form.CENTRE),
    Column(header="链接类型", width=14, form=Form.CENTRE),
    Column(header="文件名", width=32),
    Column(header="大小", width=9, form=Form.CENTRE),
    Column(header="提取码", width=9, form=Form.CENTRE),
    Column(header="到期时间（北京）", width=19, form=Form.MOMENT),
    Column(header="剩余天数", width=8, form=Form.COUNT),
    Column(header="状态", width=10, form=Form.CENTRE),
    Column(header="期限原话", width=20),
    Column(header="链接", width=44),
    Column(header="所在部件", width=22),
    Column(header="补入部件", width=22),
    Column(header="备注", width=14),
)


def linked(season: Season) -> Sheet:
    """One row a link, what ends soonest first, as of 统计截止."""
    mails = season.mails
    entries = ledger(season.filed, season.custody.as_of or NEVER, season.custody.attachments)
    ids = [f"{one.accession}/link/{one.number}" for one in entries]
    return Sheet(
        name="待下载链接",
        title=f"{season.rules.notice.name}待下载链接表",
        paper="A3",
        columns=LINKED_MATERIALS,
        frame=framed(LINKED_MATERIALS, [_row(one, mails[one.accession]) for one in entries], ids),
        pinned=3,
        faded=frozenset(id_ for id_, one in zip(ids, entries, strict=True) if one.standing is Standing.ADDED),
        links=dict(_links(entries, ids, mails)),
    )


def _links(
    entries: Sequence[Entry], ids: Sequence[str], mails: Mapping[str, Filed]
) -> Iterator[tuple[Place, str]]:
    """To the mail, the part that holds the link, and the file that staff added; never to where the link leads."""
    for id_, one in zip(ids, entries, strict=True):
        yield (id_, "收文号"), leads.original(one.accession)
        yield (id_, "所在部件"), leads.file(mails[one.accession], one.link.part)
        if one.added:
            yield (id_, "补入部件"), leads.file(mails[one.accession], one.added)


def _row(entry: Entry, one: Filed) -> dict[str, Value]:
    link = entry.link
    return {
        "收文号": entry.accession,
        "单位": entry.unit,
        "链接序号": entry.number,
        "链接类型": LINKS.get(link.kind, link.kind),
        "文件名": flat(link.name, 200) or None,
        "大小": link.size or None,
        "提取码": link.code,
        "到期时间（北京）": link.expires.astimezone(BEIJING).replace(tzinfo=None) if link.expires else None,
        "剩余天数": entry.days,
        "状态": LINKED[entry.standing],
        "期限原话": link.term,
        "链接": flat(link.url, 500),
        "所在部件": label(one.filing, link.part) if one.filing else link.part,
        "补入部件": entry.added,
        "备注": why_not(one),
    }
