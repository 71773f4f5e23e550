"""Charts below a table, as the spreadsheet program draws them from its cells.

Purpose: `draw` puts a sheet's charts side by side below its table, within the printed area.
Source: xlsxwriter's charts; colours that can be told apart in grey.
Limits: a chart shows all rows of its table, or those that it names (they stand together);
one of more than a hundred labels cannot be read, and is the table's to avoid.
"""

from __future__ import annotations

from math import ceil
from typing import Any

from outputs.cells import clean
from outputs.tables import Sheet
from outputs.tables.sheet import Chart
from outputs.workbook.grid import FIRST_COLUMN, FIRST_ROW
from outputs.workbook.styles import FANG, SONG, Styles

COLOURS = (
    "#5B9BD5",
    "#F4B183",
    "#A5A5A5",
    "#FFD966",
    "#9DC3E6",
    "#A9D18E",
    "#8497B0",
    "#D6A58F",
    "#C9C9C9",
)
"""Light enough for the numbers that stand on them."""
ROW_PIXELS = 20
"""Height of a row that nobody set."""
GAP = 12
"""Pixels around a chart."""
WIDEST, NARROWEST = 620, 380
"""Pixels; two stand side by side where the table is wide enough for them."""
HEIGHT, PER_LABEL = 300, 24
"""Pixels; bars lie, so many of them make a chart higher."""


def draw(page: Any, sheet: Sheet, styles: Styles, row: int) -> int:
    """Draw from the row below *row*; return the first row below all of them."""
    if not sheet.charts or not len(sheet.frame):
        return row
    table = sum(int(column.width * 7 + 5) for column in sheet.columns)
    abreast = max(1, min(len(sheet.charts), table // NARROWEST))
    width = min(WIDEST, table // abreast - GAP)
    top = row + 1
    for first in range(0, len(sheet.charts), abreast):
        some = sheet.charts[first : first + abreast]
        height = max(_height(chart, sheet) for chart in some)
        left = max(0, table - len(some) * (width + GAP)) // (len(some) + 1)
        for place, chart in enumerate(some):
            made = _chart(chart, sheet, styles)
            made.set_size({"width": width, "height": height})
            across = left + place * (width + GAP + left)
            page.insert_chart(
                top,
                FIRST_COLUMN,
                made,
                {"x_offset": across, "y_offset": GAP, "object_position": 2, "description": chart.title},
            )
        top += ceil((height + 2 * GAP) / ROW_PIXELS)
    return top


def _height(chart: Chart, sheet: Sheet) -> int:
    bars = len(_drawn(chart, sheet)) * (1 if chart.stacked else len(chart.series))
    return max(HEIGHT, 90 + bars * PER_LABEL) if chart.kind == "bar" else HEIGHT


def _chart(chart: Chart, sheet: Sheet, styles: Styles) -> Any:
    kind = {"type": chart.kind} | ({"subtype": "stacked"} if chart.stacked else {})
    made = styles.chart(**kind)
    labels = [clean(str(one)) for one in _drawn(chart, sheet)[chart.labels]]
    for number, header in enumerate(chart.series):
        look: dict[str, Any] = {"fill": {"color": COLOURS[number % len(COLOURS)]}}
        if chart.kind == "pie":
            look = {"points": [{"fill": {"color": COLOURS[n % len(COLOURS)]}} for n in range(len(labels))]}
        made.add_series(
            {
                "name": clean(header),
                "categories": _area(chart, sheet, chart.labels),
                "values": _area(chart, sheet, header),
                "categories_data": labels,
                "values_data": [_number(one) for one in _drawn(chart, sheet)[header]],
                "data_labels": _labels(chart, sheet),
                "gap": 60,
                **look,
            }
        )
    made.set_title({"name": chart.title, "name_font": _font(SONG, 12, bold=True), "overlay": False})
    made.set_legend(
        {"none": True}
        if len(chart.series) == 1 and chart.kind != "pie"
        else {"position": "bottom", "font": _font(FANG, 9)}
    )
    if chart.kind != "pie":
        lying = chart.kind == "bar"
        labelled = {"num_font": _font(FANG, 9)} | ({"reverse": True, "crossing": "max"} if lying else {})
        counted = {"num_font": _font(FANG, 9), "num_format": "#,##0", "min": 0}
        counted["major_gridlines"] = {"visible": True, "line": {"color": "#D9D9D9"}}
        made.set_x_axis(counted if lying else labelled)
        made.set_y_axis(labelled if lying else counted)
    return made


def _labels(chart: Chart, sheet: Sheet) -> dict[str, Any]:
    """What stands at each bar (its number, but for nothing) or slice (its share)."""
    if chart.kind == "pie":
        return {
            "percentage": True,
            "num_format": "0%;;",
            "position": "outside_end",
            "font": _font(FANG, 9),
        }
    numbers = (_number(one) for header in chart.series for one in _drawn(chart, sheet)[header])
    whole = "#,##0" if all(one is None or one == int(one) for one in numbers) else "General"
    return {"value": True, "num_format": f"{whole};-{whole};;", "font": _font(FANG, 9)}


def _drawn(chart: Chart, sheet: Sheet) -> Any:
    """The rows of the table that the chart shows."""
    return sheet.frame.loc[list(chart.rows)] if chart.rows else sheet.frame


def _area(chart: Chart, sheet: Sheet, header: str) -> list[Any]:
    column = FIRST_COLUMN + [spec.header for spec in sheet.columns].index(header)
    first = FIRST_ROW + (list(sheet.frame.index).index(chart.rows[0]) if chart.rows else 0)
    return [sheet.name, first, column, first + len(_drawn(chart, sheet)) - 1, column]


def _number(value: object) -> float | int | None:
    number = isinstance(value, int | float) and value == value  # noqa: PLR0124 - NaN alone differs from itself
    return value if number else None  # type: ignore[return-value]  # number says so


def _font(name: str, size: int, *, bold: bool = False) -> dict[str, Any]:
    return {"name": name, "size": size, "bold": bold}
