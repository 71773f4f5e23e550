"""Where the material of a mail lies beside the workbook: files/<accession>/<number>-<safe name>.

Purpose: `link`, what a cell of the workbook points to; names that any file system takes and no two of which are equal.
Source: reserved names and characters of Windows; FIELD notes on names from mails.
`whole` names the text file of a cell that cannot hold its text.
Limits: names alone. What a double click would run or what would call the network (programs, scripts, HTML, SVG) is named .txt.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import PurePosixPath

from pipeline.records import Filing, Part

FOLDER = "files"
ORIGINAL = "00-原件.eml"
"""The mail as it came."""
TEXT = "全文-"
"""How the name of a text file of ours begins; files of mails begin with their number."""
LONGEST, MOST_OCTETS = 60, 180
"""Characters of a name without its ending, for paths of Windows end at 260; its octets of UTF-8, for names of Linux end at 255."""
ACTIVE = re.compile(
    r"""(?ix)
    ad[ep]|app|appref-ms|asp|ba[st]|chm|cmd|com|cpl|crt|csh|desktop|dll|exe|hlp|hta|html?|inf|ins|iqy|isp|jar|jse?|ksh|lnk|ma[du]|
    mht|mhtml|ms[cip]|msh|pif|ps1|psm1|py|reg|rgs|sc[frt]|settingcontent-ms|sh|sh[bs]|slk|svg|sys|url|vb|vb[esx]|vxd|webloc|
    website|ws|ws[cfh]|xhtml|xll|xml"""
)
"""Endings of what acts when it is opened."""
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_UNFIT = re.compile(
    r'[\\/:*?"<>|#%\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]+'
)
_ACCESSION = re.compile(r"\d{4}-\d{5,}")
_ENDINGS = {"text/plain": "txt", "text/html": "html", "message/rfc822": "eml"}


def link(accession: str, filing: Filing, path: str) -> str:
    """Give the relative path of the part *path* of the mail; of the mail itself where there is no such part."""
    name = next(
        (safe(number, part) for number, part in enumerate(filing.parts, 1) if part.path == path), ORIGINAL
    )
    return f"{FOLDER}/{accession}/{name}"


def safe(number: int, part: Part) -> str:
    """Give the name under which *part*, the *number*th of its mail from 1, is written."""
    name = part.name or PurePosixPath(part.path).name
    if not part.name and part.media_type in _ENDINGS:
        name = f"正文.{_ENDINGS[part.media_type]}"
    name = _UNFIT.sub("_", unicodedata.normalize("NFC", name)).strip(" ._") or "未命名"
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        stem, ending = name, ""
    stem = _cut(stem).rstrip(" .") or "未命名"
    if ACTIVE.fullmatch(ending):
        ending += ".txt"
    whole = f"{stem}.{ending}" if ending else stem
    return f"{number:02d}-{whole}" if not _RESERVED.fullmatch(whole) else f"{number:02d}-_{whole}"


def whole(sheet: str, row: str, header: str) -> str:
    """Give the relative path of the text file that holds what a cell is too small for."""
    subject = row.partition("/")[0]
    folder = subject if _ACCESSION.fullmatch(subject) else "全文"
    told = f"{sheet}/{row}/{header}"
    stem = _UNFIT.sub("_", unicodedata.normalize("NFC", told)).strip(" ._")
    digest = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
    return f"{FOLDER}/{folder}/{TEXT}{_cut(stem)}-{digest[:8]}.txt"


def _cut(stem: str) -> str:
    """As much of the *stem* as fits."""
    return stem[:LONGEST].encode()[:MOST_OCTETS].decode(errors="ignore")
