"""The 合计 row: the only formulas of the workbook.

Purpose: `draw`.
Source: docs/workbook.md; the sums are Sheet.total's, so the file shows them before anything is computed.
Limits: SUM and SUMIF, which every spreadsheet program has; cells that say — add nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outputs.tables import Form, Sheet
from outputs.words import MISSING
from outputs.workbook import offered
from outputs.workbook.grid import FIRST_COLUMN, FIRST_ROW
from outputs.workbook.styles import Styles


def draw(page: Any, sheet: Sheet, styles: Styles, row: int) -> int:
    """Write the 合计 row with formulas whose stored results are the computed sums; return the row below it."""
    letters = {spec.header: offered.letter(n) for n, spec in enumerate(sheet.columns, FIRST_COLUMN)}
    page.set_row(row, 22)
    page.merge_range(row, FIRST_COLUMN, row, FIRST_COLUMN + 1, "合计", styles.total(sheet.paper, Form.CENTRE))
    for column, spec in enumerate(sheet.columns, FIRST_COLUMN):
        style = styles.total(sheet.paper, spec.form)
        total = sheet.total(spec.header) if spec.total else None
        if total is not None:
            area = f"{letters[spec.header]}{FIRST_ROW + 1}:{letters[spec.header]}{row}"
            page.write_formula(row, column, _formula(sheet, letters, area, row), style, total)
        elif column > FIRST_COLUMN + 1:
            page.write_string(row, column, MISSING if spec.total else "", style)
    return row + 1


def _formula(sheet: Sheet, letters: Mapping[str, str], area: str, row: int) -> str:
    if sheet.summed is None:
        return f"=SUM({area})"
    header, value = sheet.summed
    return f'=SUMIF({letters[header]}{FIRST_ROW + 1}:{letters[header]}{row},"{value}",{area})'
