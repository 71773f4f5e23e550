"""Where a cell leads: to the mail as it came, or to a file of it, beside the workbook; or to another sheet.

Source: LibreOffice shows a linked cell on one line, so what leads to a file is a word in a narrow column of its own.
Limits: outputs/files.py gives the names; whether the file lies there is the compile's affair. Of equal targets one is kept (interned):
several sheets lead to each file, and a season has a hundred thousand leads.
"""

from __future__ import annotations

import sys

from outputs.files import FOLDER, ORIGINAL, link
from outputs.tables.sheet import Column, Form
from pipeline.records import Filed

MATERIAL = Column(header="原件", width=7, form=Form.CENTRE)
"""The column whose cells lead to a file of the mail."""
OPEN = "打开"
"""What stands in it where there is one."""


def original(accession: str) -> str:
    """The mail as it came."""
    return sys.intern(f"{FOLDER}/{accession}/{ORIGINAL}")


def file(one: Filed, path: str) -> str:
    """The part *path* of the mail; the mail itself where it has no such part."""
    if one.filing is None:
        return original(one.item.accession)
    return sys.intern(link(one.item.accession, one.filing, path))


def sheet(name: str) -> str:
    """The top of another sheet of the workbook."""
    return f"#'{name}'!A1"
