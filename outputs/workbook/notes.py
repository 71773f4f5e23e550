"""Comments of a sheet, no more than spreadsheet programs open quickly.

Purpose: `notes`, which comment stands at which cell; `rest`, what stands in a text file because there are too many.
Source: LibreOffice looks each comment up among all others: 10,000 took it 50 s of processor time, 2,000 one or two.
Limits: nothing is left out: where there are too many, a row has one comment for all its cells; from the row on where even these
are too many, they stand in the file, and a comment at the title says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from outputs import files
from outputs.tables import Sheet

MOST = 2000
"""Comments of one sheet."""
_REST = "批注超过 {} 条，从行号 {} 起的写在 {}。"


def notes(sheet: Sheet) -> Mapping[tuple[str, str], str]:
    """Give the comments by row id and header."""
    return dict(list(_all(sheet))[:MOST])


def rest(sheet: Sheet) -> tuple[str, str, str]:
    """Give path and text of the file with what is left, and what the title's comment says; "" each where nothing is."""
    left = list(_all(sheet))[MOST:]
    if not left:
        return "", "", ""
    path = files.whole(sheet.name, "全文", "批注")
    text = "\n".join(f"{row} {header}\n{said}\n" for (row, header), said in left)
    return path, text, _REST.format(MOST, left[0][0][0], path)


def _all(sheet: Sheet) -> Iterator[tuple[tuple[str, str], str]]:
    if len(sheet.comments) <= MOST:
        yield from (((one.row, one.header), one.text) for one in sheet.comments)
        return
    found: dict[str, list[tuple[str, str]]] = {}
    for one in sheet.comments:
        found.setdefault(one.row, []).append((one.header, one.text))
    for row, told in found.items():
        text = told[0][1] if len(told) == 1 else "\n".join(f"{header}：{said}" for header, said in told)
        yield (row, told[0][0]), text
