"""汇总报告: a Word draft of the season's summary, in 公文 layout, each number of which is a cell of the workbook.

Purpose: `draft` composes it, `write` puts it into a file that people then work on.
Modules: figures.py (numbers and their cells) · season.py, sections.py, categories.py, voices.py, annexes.py (what is said) ·
excerpts.py (others' words) · blocks.py (the pieces) · layout.py, fonts.py, grids.py, charts.py (how they look).
Source: GB/T 9704-2012; 渝科协发〔2024〕23号 part 4 (四); issue 6 of the project.
Limits: a draft: nothing is sent, nobody is said to have won anything, what only people can say is marked 【…】. The same
inputs give the same octets. A file that people may have worked on is never overwritten.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from outputs.report.annexes import annexes, sources
from outputs.report.blocks import Block, Used, used
from outputs.report.figures import Book, Figure
from outputs.report.layout import laid_out
from outputs.report.season import Season
from outputs.report.sections import sections
from outputs.tables import Sheet
from outputs.words import NO_MAIL
from pipeline import beijing, durable
from pipeline.errors import TransientError, UsageError
from rules import Rules

__all__ = ["Draft", "Figure", "Used", "draft", "name", "write"]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The report: octets of the docx, and every number in it with its cell."""

    octets: bytes
    used: tuple[Used, ...]


def draft(sheets: Sequence[Sheet], rules: Rules, as_of: datetime | None) -> Draft:
    """Compose the report of the season.

    Args:
        sheets: of the workbook (`outputs.tables.tables`).
        as_of: 统计截止, None before the first mail.

    Raises:
        PermanentError: a sheet, column or row that the report needs is not there.
    """
    season = Season(Book(sheets), rules, as_of)
    told: list[Block] = [*sections(season), *annexes(season)]
    numbers = tuple(used(told))
    notice = rules.notice
    moment = beijing.minute(as_of) if as_of else NO_MAIL
    document = laid_out(
        (f"关于{notice.name}", "开展情况的报告"),
        f"草稿，未经审核　统计截止 {moment}",
        [*told, *sources(numbers)],
    )
    made = as_of or datetime(notice.year, 1, 1, tzinfo=UTC)
    core = document.core_properties
    core.author, core.last_modified_by, core.title = (
        "收文",
        "收文",
        f"关于{notice.name}开展情况的报告（草稿）",
    )
    core.comments, core.language, core.revision = "", "zh-CN", 1
    core.created = core.modified = made.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    file = io.BytesIO()
    document.save(file)
    return Draft(octets=_still(file.getvalue()), used=numbers)


def name(as_of: datetime | None) -> str:
    """File name of the report: 汇总报告（草稿）-20240623-100300.docx."""
    moment = beijing.stamp(as_of) if as_of else NO_MAIL
    return f"汇总报告（草稿）-{moment}.docx"


def write(draft: Draft, target: Path, *, exact: bool) -> Path:
    """Put the draft at *target*; where people's work lies there, beside it as -2, -3 …

    Args:
        exact: at *target* or not at all.

    Returns:
        where it is.

    Raises:
        UsageError: *exact*, and there is another file.
        TransientError: the disk refuses.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        place, number = target, 1
        while place.exists() and (not place.is_file() or place.read_bytes() != draft.octets):
            if exact:
                raise UsageError(f"{target} 已经有了，没有覆盖（可能有人改过）；请另给一个文件名")
            number += 1
            place = target.with_name(f"{target.stem}-{number}{target.suffix}")
        if not place.exists():
            durable.write(place, draft.octets)
    except OSError as error:
        raise TransientError(
            f"写不成 {target}（{error.strerror}）；请检查磁盘空间和权限，或另给一个文件名"
        ) from error
    return place


def _still(octets: bytes) -> bytes:
    """The same package without a clock in it."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(octets)) as package, zipfile.ZipFile(file, "w") as still:
        for one in package.infolist():
            info = zipfile.ZipInfo(one.filename, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0, 0
            still.writestr(info, package.read(one.filename))
    return file.getvalue()
