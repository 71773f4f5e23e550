"""Where a cell leads: to the mail as it came, or to a file of it, beside the workbook; or to another sheet.

Limits: outputs/files.py gives the names; whether the file lies there is the compile's affair.
"""

from __future__ import annotations

from outputs.files import FOLDER, ORIGINAL, link
from pipeline.records import Filed


def original(accession: str) -> str:
    """The mail as it came."""
    return f"{FOLDER}/{accession}/{ORIGINAL}"


def file(one: Filed, path: str) -> str:
    """The part *path* of the mail; the mail itself where it has no such part."""
    return link(one.item.accession, one.filing, path) if one.filing else original(one.item.accession)


def sheet(name: str) -> str:
    """The top of another sheet of the workbook."""
    return f"#'{name}'!A1"
