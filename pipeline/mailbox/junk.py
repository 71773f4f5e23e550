"""Which of a server's folders is the one for junk: Chinese providers file bulk mail there.

Purpose: `junk_among(folders)`.
Source: RFC 6154 (special use); the names that QQ, NetEase, Outlook, Yahoo and Dovecot give to that folder.
Limits: a folder with another name and without the mark is not found; it can be named in the settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MARKS = {"\\junk", "\\spam"}
"""Special use as in RFC 6154, and as in its forerunner XLIST."""
HIDDEN = {"\\noselect", "\\nonexistent"}
NAMES = (
    "junk", "spam", "垃圾邮件", "垃圾箱", "垃圾邮件箱", "junk e-mail", "junk email", "junk mail", "bulk mail", "bulk",
    "广告邮件", "隔离邮件", "垃圾信件", "垃圾郵件",
)  # fmt: skip
"""Well-known names in lower case, the likeliest first."""


@dataclass(frozen=True, kw_only=True)
class Folder:
    """One folder as LIST answers: its name in Unicode, the delimiter of its levels ("" if flat), its marks."""

    name: str
    delimiter: str = ""
    marks: tuple[str, ...] = ()

    @property
    def is_hidden(self) -> bool:
        """Say whether it is a level alone and holds no mail."""
        return bool(HIDDEN & {mark.lower() for mark in self.marks})


def junk_among(folders: Sequence[Folder]) -> str | None:
    """Name the folder for junk: the one so marked, else the first with a well-known name, else None."""
    usable = [folder for folder in folders if not folder.is_hidden]
    for folder in usable:
        if MARKS & {mark.lower() for mark in folder.marks}:
            return folder.name
    by_name = {_last(folder).casefold(): folder.name for folder in reversed(usable)}
    return next((by_name[name] for name in NAMES if name in by_name), None)


def _last(folder: Folder) -> str:
    return folder.name.rpartition(folder.delimiter)[2] if folder.delimiter else folder.name
