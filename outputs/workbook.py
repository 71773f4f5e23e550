"""The workbook: written beside, re-opened, checked against its tables, then put in place.

Purpose: `write`; the same inputs give the same bytes, for nothing in it comes from a clock.
Source: xlsxwriter with fixed `created`; FIELD notes on what staff expect; ../docs/workbook.md.
Limits: holds no macro, link, picture or formula but the sums of the 合计 rows; no text of a mail is ever a formula.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from outputs.cells import clean
from outputs.custody import Custody
from outputs.page import FIRST_COLUMN, HEADER_ROW, Head, cells, paint
from outputs.styles import Styles
from outputs.tables import Edit, Sheet, tables
from outputs.words import MISSING
from pipeline import durable
from pipeline.errors import PermanentError, TransientError
from pipeline.records import Evaluation, Filed
from rules import Rules

__all__ = ["Custody", "check", "release", "write"]

BEIJING = timezone(timedelta(hours=8))
LISTS = "字典"
"""Name of the hidden sheet that the drop-downs read."""
YES_NO = ["是", "否"]


def write(
    filed: Sequence[Filed],
    evaluations: Sequence[Evaluation],
    rules: Rules,
    custody: Custody,
    *,
    folder: Path,
) -> Path:
    """Compile the workbook into *folder*.

    Args:
        filed: all mails with their filings and relations, in any order.
        evaluations: of these mails by these rules.
        custody: what the register knows of their way in.
        folder: made if need be; earlier workbooks in it stay.

    Returns:
        the path; its name carries the date and time of 统计截止, the last event about material.

    Raises:
        PermanentError: the file that was written does not hold what the tables say.
        TransientError: somebody has the workbook open, or the folder cannot be written. An earlier workbook of the
            same name is then as it was.
    """
    sheets = tables(filed, evaluations, rules, custody, release=release())
    octets = _octets(sheets, rules, custody)
    target = folder / _name(custody)
    check(octets, sheets, target.name)
    _publish(octets, target)
    return target


def _octets(sheets: Sequence[Sheet], rules: Rules, custody: Custody) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    )
    created = custody.as_of or datetime(rules.notice.year, 1, 1, tzinfo=UTC)
    book.set_properties(
        {
            "title": rules.notice.name,
            "author": "收文",
            "company": rules.notice.organisers[0],
            "created": created.astimezone(UTC).replace(tzinfo=None, microsecond=0),
        }
    )
    styles = Styles(book)
    pages = [book.add_worksheet(sheet.name) for sheet in sheets]
    lists = _lists(book, rules)
    line = _line(rules, custody)
    for number, (page, sheet) in enumerate(zip(pages, sheets, strict=True)):
        paint(page, sheet, styles, Head(number=number, line=line, lists=lists))
    pages[0].activate()
    book.close()
    return file.getvalue()


def _lists(book: Any, rules: Rules) -> dict[Edit, str | list[str]]:
    """Write what the drop-downs offer onto a hidden sheet; return where each list stands."""
    page = book.add_worksheet(LISTS)
    page.hide()
    ordered = sorted(rules.categories, key=lambda one: one.code or 99)
    columns = (
        (Edit.CATEGORY, "类别", [f"{category.code} {category.short}" for category in ordered]),
        (Edit.UNIT, "单位", [unit.name for unit in rules.units]),
    )
    where: dict[Edit, str | list[str]] = {Edit.YES_NO: YES_NO}
    for column, (edit, header, values) in enumerate(columns):
        page.write_string(0, column, header)
        for row, value in enumerate(values, 1):
            page.write_string(row, column, clean(value))
        letter = "AB"[column]
        where[edit] = f"={LISTS}!${letter}$2:${letter}${len(values) + 1}"
    page.protect("")
    return where


def _line(rules: Rules, custody: Custody) -> str:
    notice = rules.notice
    contact = next((one for one in notice.contacts if one.organiser == notice.organisers[0]), None)
    until = f"{custody.as_of.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}" if custody.as_of else "尚无来件"
    parts = [f"填报单位：{notice.organisers[0]}", f"统计截止：{until}"]
    if contact:
        parts += [f"联系人：{contact.name}", f"联系电话：{contact.phone}"]
    return "　　　".join(parts)


def _name(custody: Custody) -> str:
    at = custody.as_of
    return f"评价工作簿-{at.astimezone(BEIJING):%Y%m%d-%H%M%S}.xlsx" if at else "评价工作簿-尚无来件.xlsx"


def release() -> str:
    """Version of the software, for the cover."""
    try:
        return version("shouwen")
    except PackageNotFoundError:
        return "未安装"


# ---------------------------------------------------------------- re-opened and checked


def check(octets: bytes, sheets: Sequence[Sheet], name: str) -> None:
    """Read the file *name* back with another library and compare every cell with its table.

    Raises:
        PermanentError: it cannot be opened, or a cell differs; the message names sheet and cell.
    """
    cure = "没有发布，原有的工作簿未动；请保留数据目录并联系维护人员"
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(octets))
    except CalamineError as error:
        raise PermanentError(f"工作簿 {name} 写出后打不开（{error}）；{cure}") from error
    for sheet in sheets:
        found = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        wrong = _differs(found, sheet)
        if wrong:
            raise PermanentError(f"工作簿 {name} 的“{sheet.name}”与汇总结果不符（{wrong}）；{cure}")


def _differs(found: Sequence[Sequence[object]], sheet: Sheet) -> str:
    """Name the first cell that is not as the table says, "" if all are."""
    headers = [column.header for column in sheet.columns]
    if list(found[HEADER_ROW][FIRST_COLUMN : FIRST_COLUMN + len(headers)]) != headers:
        return "表头"
    for cell in cells(sheet):
        if found[cell.row][0] != clean(cell.id):
            return f"第 {cell.row + 1} 行的行号"
        if _moment(found[cell.row][cell.column]) != _moment(cell.value):
            return f"第 {cell.row + 1} 行“{cell.spec.header}”"
    if sheet.totalled:
        below = found[HEADER_ROW + 1 + len(sheet.frame)]
        for number, column in enumerate(sheet.columns, FIRST_COLUMN):
            total = sheet.total(column.header) if column.total else ""
            if below[number] != (MISSING if total is None else total) and number > FIRST_COLUMN:
                return f"合计行“{column.header}”"
    return ""


def _moment(value: object) -> object:
    """A day as its first moment, all else as it is: a cell at midnight is read back as a day."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - cells bear no zone
    return value


# ---------------------------------------------------------------- put in place


def _publish(octets: bytes, target: Path) -> None:
    """Write beside, flush to disk, rename, flush the folder; nothing happens where the same file is there already."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and target.read_bytes() == octets:
            return
        for lock in (f".~lock.{target.name}#", f"~${target.name}"):
            if (target.parent / lock).exists():
                raise TransientError(
                    f"{target} 正被打开着（有 {lock}），没有替换；关闭后再运行 shouwen compile"
                )
        durable.write(target, octets)
    except OSError as error:
        raise TransientError(
            f"工作簿写不进 {target.parent}（{error.strerror}），原有的未动；检查磁盘空间和权限，或先关闭打开的工作簿"
        ) from error
