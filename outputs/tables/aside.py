"""不计入文字: what stands in reports beside the activities and is not counted, each with its reason.

Purpose: `set_aside`, so that nothing is dropped silently and a person can say that something should count.
Limits: mails that count for nothing are left out; `show` tells what stands in them.
"""

from __future__ import annotations

from collections.abc import Iterator

from outputs.files import link
from outputs.tables.leads import MATERIAL, OPEN, original
from outputs.tables.season import Season
from outputs.tables.sheet import Column, Edit, Form, Place, Sheet, Value, framed
from pipeline.evaluate import flat, place, why_not
from pipeline.records import Filing, SetAside

LONGEST = 1000
"""Characters of a passage in a cell; the place says where the rest is."""
SET_ASIDE = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="收文号", width=11, form=Form.CENTRE),
    Column(header="单位", width=26),
    Column(header="不计入的原因", width=13, form=Form.CENTRE),
    Column(header="原文", width=96),
    Column(header="出处（文件、位置）", width=28),
    MATERIAL,
    Column(header="复核意见", width=20, edit=Edit.FREE, field=""),
    Column(header="备注", width=12),
)


def set_aside(season: Season) -> Sheet:
    """One row a piece of a counted report that is no activity, in order of arrival and reading."""
    rows: list[dict[str, Value]] = []
    ids = []
    links: dict[Place, str] = {}
    for accession, filing in _counted(season):
        for number, one in enumerate(filing.set_aside, 1):
            question = f"question/aside-{number}"
            answer = season.answers.get((accession, question), "")
            reason: dict[str, Value] = {"不计入的原因": one.reason, MATERIAL.header: OPEN, "复核意见": answer}
            rows.append(_row(accession, filing, one) | reason)
            ids.append(f"{accession}/{question}")
            links[ids[-1], "收文号"] = original(accession)
            links[ids[-1], MATERIAL.header] = link(accession, filing, one.span.part)
    return Sheet(
        name="不计入文字",
        title=f"{season.rules.notice.name}报告中不计入的文字",
        paper="A3",
        columns=SET_ASIDE,
        frame=framed(SET_ASIDE, rows, ids),
        pinned=3,
        links=links,
    )


def _counted(season: Season) -> Iterator[tuple[str, Filing]]:
    for one in season.filed:
        if one.filing is not None and not why_not(one):
            yield one.item.accession, one.filing


def _row(accession: str, filing: Filing, told: SetAside) -> dict[str, Value]:
    return {
        "收文号": accession,
        "单位": filing.identification.best,
        "原文": flat(told.text, LONGEST),
        "出处（文件、位置）": place(filing, told.span),
        "备注": "" if filing.identification.decided else "单位待核",
    }
