"""The links of a sheet: their elements and their relations, without an object of xlsxwriter's for each of a hundred thousand.

Purpose: `elements` for the sheet's part, `relations` for the part beside it; package.py writes them.
Source: xlsxwriter 3.3 (`_write_hyperlinks`, `_write_relationship`, url.py); ECMA-376 part 1, section 18.3.1.47, and part 2.
tests/test_workbook_direct.py compares the octets with those of write_url.
Limits: a link leads to a place in the workbook (#…), or to a path beside it that holds no "#", with / between its folders.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlsxwriter.relationships import DOCUMENT_SCHEMA
from xlsxwriter.url import Url
from xlsxwriter.xmlwriter import XMLwriter

from outputs.workbook.offered import letter

Lead = tuple[int, int, str]
"""Row and column, from 0, and where the cell leads."""


def elements(leads: Sequence[Lead]) -> Iterator[str]:
    """What the sheet has of each link, in the order of the cells; those that lead out have ids from 1."""
    number = 0
    for row, column, target in leads:
        begun = f'<hyperlink ref="{letter(column)}{row + 1}"'
        if target.startswith("#"):
            place = _attribute(target.removeprefix("#"))
            yield f'{begun} location="{place}" display="{place}"/>'
        else:
            number += 1
            shown = _attribute(target.replace("/", "\\"))
            yield f'{begun} r:id="rId{number}" display="{shown}"/>'


def outward(leads: Sequence[Lead]) -> list[str]:
    """Where those lead that lead out of the workbook, in order of their ids."""
    return [target for _, _, target in leads if not target.startswith("#")]


def relations(targets: Sequence[str]) -> Iterator[str]:
    """The relations with ids from 1. Their / stay, for a \\ parts no folders on other systems than Windows."""
    kind = f'Type="{DOCUMENT_SCHEMA}/hyperlink"'
    for number, target in enumerate(targets, 1):
        path = _attribute(Url._escape_url(target))
        yield f'<Relationship Id="rId{number}" {kind} Target="{path}" TargetMode="External"/>'


def _attribute(text: str) -> str:
    return str(XMLwriter._escape_attributes(None, text))
