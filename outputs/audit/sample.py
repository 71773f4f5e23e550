"""The auditor's sample: mails that anybody draws again with the same seed, on a sheet to be filled in.

Purpose: `draw`, pure: `random.Random(seed).sample` over all accessions in ascending order; `write` makes the xlsx.
Source: FIELD 5 (seeded sample; how staff lay out a sheet); the Mersenne Twister of Python 3.11 and later.
Limits: the same mails, seed and log give the same octets. Names, numbers and addresses are masked unless asked for;
whether the originals are whole is said by the caller, who looks now.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from outputs.audit import masking
from outputs.tables import Column, Edit, Form, Sheet, Value
from outputs.tables.sheet import framed
from outputs.words import KINDS, RELATIONS, STATES
from outputs.workbook import check, package
from outputs.workbook.page import Head, paint
from outputs.workbook.styles import Styles
from pipeline import beijing, durable
from pipeline.errors import TransientError
from pipeline.evaluate import flat
from pipeline.records import Filed
from rules import Rules

SIGNED = "抽查人：　　　　　　　　　　复核人：　　　　　　　　　　日期：　　　　年　　月　　日"
FIXITY = {"intact": "相符", "altered": "不符：被改过", "missing": "缺失"}
COLUMNS = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="收文号", width=12, form=Form.CENTRE),
    Column(header="收到时间", width=20, form=Form.MOMENT),
    Column(header="发件人", width=26),
    Column(header="主题", width=30),
    Column(header="单位", width=24),
    Column(header="性质", width=9, form=Form.CENTRE),
    Column(header="状态", width=9, form=Form.CENTRE),
    Column(header="原件SHA-256", width=38),
    Column(header="原件核对结果", width=12, form=Form.CENTRE),
    Column(header="归档依据", width=38),
    Column(header="抽查意见", width=30, edit=Edit.FREE),
    Column(header="备注", width=14),
)


@dataclass(frozen=True, kw_only=True)
class Lot:
    """What is drawn. n: how many mails, at least 1. head: number and digest of the log's last event."""

    n: int
    seed: int
    head: str


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """The mails that were drawn, in order of accession, of *population* in all."""

    lot: Lot
    mails: tuple[Filed, ...]
    population: int


def draw(filed: Sequence[Filed], lot: Lot) -> Drawn:
    """Draw mails; all of them where there are no more than asked for."""
    mails = {one.item.accession: one for one in filed}
    accessions = sorted(mails)
    drawn = random.Random(lot.seed).sample(accessions, min(lot.n, len(accessions)))  # noqa: S311 - must be repeatable
    return Drawn(lot=lot, mails=tuple(mails[one] for one in sorted(drawn)), population=len(accessions))


def name(drawn: Drawn) -> str:
    """The file's name where none is given: seed, size and the number of the log's last event."""
    return f"抽查表-种子{drawn.lot.seed}-{len(drawn.mails)}件-日志{drawn.lot.head.split()[0]}.xlsx"


def write(
    drawn: Drawn,
    checked: Mapping[str, str],
    rules: Rules,
    *,
    full: bool,
    target: Path,
    names: Collection[str] = (),
) -> None:
    """Write the sheet to *target*, read back and compared first; an earlier file of that name is replaced.

    Args:
        checked: SHA-256 of each mail to "intact", "altered" or "missing".
        full: nothing is masked.
        names: people of the log (masking.persons), masked in what anybody wrote.

    Raises:
        PermanentError: the file that was written does not hold what the sheet says.
        TransientError: the folder cannot be written.
    """
    sheet = _sheet(drawn, checked, rules, None if full else names)
    octets = _octets(sheet, drawn, rules)
    check(octets, (sheet,), target.name)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        durable.write(target, octets)
    except OSError as error:
        raise TransientError(
            f"抽查表写不进 {target}（{error.strerror}）；请检查磁盘空间和权限，或关闭打开的表后再试"
        ) from error


def _sheet(drawn: Drawn, checked: Mapping[str, str], rules: Rules, names: Collection[str] | None) -> Sheet:
    """names: None: nothing is masked."""
    return Sheet(
        name="抽查表",
        title=f"{rules.notice.name}来件抽查表",
        paper="A3",
        columns=COLUMNS,
        frame=framed(
            COLUMNS,
            [_mail(one, checked, names) for one in drawn.mails],
            [one.item.accession for one in drawn.mails],
        ),
    )


def _mail(one: Filed, checked: Mapping[str, str], names: Collection[str] | None) -> dict[str, Value]:
    item, filing = one.item, one.filing
    contact = filing.contact.name if filing and filing.contact else ""
    names = None if names is None else {*names, contact} - {""}
    row: dict[str, Value] = {
        "收文号": item.accession,
        "收到时间": beijing.wall(item.received),
        "状态": STATES[item.state],
        "原件SHA-256": item.sha256,
        "原件核对结果": FIXITY[checked[item.sha256]],
        "归档依据": item.basis or None,
        "抽查意见": "",
        "备注": item.reason if names is None else masking.withheld(item.reason, names),
    }
    if filing is None:
        return row
    sender, found = filing.mail.sender, filing.identification
    kind = one.relation.kind if one.relation and one.relation.kind else None
    shown = (sender.name, sender.address)
    subject = flat(filing.mail.subject, 200) or "（无主题）"
    if names is not None:
        shown = masking.person(sender.name), masking.text(sender.address)
        subject = masking.text(masking.named(subject, names))
    return row | {
        "发件人": "\n".join(flat(part, 100) for part in shown if part) or None,
        "主题": subject,
        "单位": (found.best or "单位不明") + ("" if found.decided else "（待核）"),
        "性质": RELATIONS[kind] if kind else KINDS[filing.kind],
    }


def _octets(sheet: Sheet, drawn: Drawn, rules: Rules) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sample.xlsx"
        _painted(file, sheet, drawn, rules)
        return file.read_bytes()


def _painted(file: Path, sheet: Sheet, drawn: Drawn, rules: Rules) -> None:
    book = package.Book(file, {"strings_to_urls": False, "strings_to_formulas": False})
    created = datetime(rules.notice.year, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    book.set_properties({"title": sheet.title, "author": "收文", "created": created})
    page = book.add_worksheet(sheet.name)
    paint(page, sheet, Styles(book), Head(number=1, line=_line(drawn), lists={}, signed=SIGNED))
    book.close()


def _line(drawn: Drawn) -> str:
    number, _, digest = drawn.lot.head.partition(" ")
    parts = (
        f"抽样种子：{drawn.lot.seed}",
        f"抽取：{len(drawn.mails)} 件",
        f"总体：{drawn.population} 件",
        f"日志链头：第 {number} 条 {digest}",
    )
    return "　　　".join(parts)
