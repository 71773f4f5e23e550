"""How cells look: fonts, borders, number formats; each combination made once a workbook.

Source: layout of 汇总表 and 评分表 in Chinese offices: 宋体 titles, 仿宋 text, thin borders, yellow where one may write.
"""

from __future__ import annotations

from typing import Any

from outputs.tables import Form

SONG, FANG = "宋体", "仿宋"
TITLE_POINTS, LINE_POINTS = 18, 11
POINTS = {"A3": 10.0, "A4": 10.5}
"""Size of the text by paper."""
SMALL_POINTS = 8.0
"""Size of text that would not fit its row otherwise."""
YELLOW, GREY, HEADER, SUM, LINK = "#FFF2CC", "#808080", "#DDEBF7", "#F2F2F2", "#0563C1"

_NUMBERS = {
    Form.COUNT: "#,##0",
    Form.POINTS: "General",
    Form.DATE: "yyyy-mm-dd",
    Form.MOMENT: "yyyy-mm-dd hh:mm:ss",
}
_ALIGN = {Form.TEXT: "left", Form.COUNT: "right"}


class Styles:
    """The formats of one workbook."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._cells: dict[tuple[object, ...], Any] = {}

    def chart(self, **kind: str) -> Any:
        """A new chart of the workbook, to be put on one of its sheets."""
        return self._book.add_chart(kind)

    def attachment(self) -> Any:
        """附件N, top left."""
        return self._format(font_name=SONG, font_size=12, bold=True)

    def title(self) -> Any:
        """The title, merged over all columns."""
        return self._format(
            font_name=SONG, font_size=TITLE_POINTS, bold=True, align="center", valign="vcenter"
        )

    def line(self) -> Any:
        """The lines of 填报单位 and of 填表人."""
        return self._format(font_name=FANG, font_size=LINE_POINTS, align="left", valign="vcenter")

    def header(self, paper: str) -> Any:
        """The header row."""
        return self._format(
            font_name=SONG,
            font_size=POINTS[paper],
            bold=True,
            align="center",
            valign="vcenter",
            text_wrap=True,
            border=1,
            bg_color=HEADER,
        )

    def total(self, paper: str, form: Form) -> Any:
        """The 合计 row."""
        return self._format(
            **self._base(paper, form), bold=True, bg_color=SUM, num_format=_NUMBERS.get(form, "General")
        )

    def cell(  # noqa: PLR0913 - each is one trait of a cell, and all of them vary
        self,
        paper: str,
        form: Form,
        *,
        open_: bool = False,
        faded: bool = False,
        missing: bool = False,
        prefixed: bool = False,
        small: bool = False,
        linked: bool = False,
        summed: bool = False,
    ) -> Any:
        """One cell of data. open_: staff may write. prefixed: text that looks like a formula stays text when edited.

        summed: of a row of sums within the table.
        """
        key = (paper, form, open_, faded, missing, prefixed, small, linked, summed)
        if key not in self._cells:
            traits = self._base(paper, Form.CENTRE if missing else form)
            if small:
                traits["font_size"] = SMALL_POINTS
            if open_:
                traits |= {"bg_color": YELLOW, "locked": False}
            if summed:
                traits |= {"bold": True, "bg_color": SUM}
            if linked:
                traits |= {"font_color": LINK, "underline": 1}
            if faded:
                traits["font_color"] = GREY
            if prefixed:
                traits["quote_prefix"] = True
            self._cells[key] = self._format(
                **traits, num_format=_NUMBERS.get(form, "@" if open_ else "General")
            )
        return self._cells[key]

    def _base(self, paper: str, form: Form) -> dict[str, Any]:
        return {
            "font_name": FANG,
            "font_size": POINTS[paper],
            "align": _ALIGN.get(form, "center"),
            "valign": "vcenter",
            "text_wrap": form not in _NUMBERS,
            "border": 1,
            **({"indent": 1} if form in _ALIGN else {}),
        }

    def _format(self, **traits: Any) -> Any:
        key = tuple(sorted(traits.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(traits)
        return self._made[key]
