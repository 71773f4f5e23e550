"""Normal names: 单位-材料-活动-日期[-序号][-v2].docx, of what units called 新建 Microsoft Word 文档(3).docx.

Purpose: `stem` and `ending` make one name, `distinct` tells those of one folder apart, `folder` names the folder itself.
Source: reserved names and characters of Windows; what acts when it is opened, as outputs/files.py knows it.
Limits: names alone; at most LONGEST characters and MOST_OCTETS octets of UTF-8, which every file system takes. Words from a
mail are text: no separator, control or bidirectional character of them is left.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import PurePosixPath

from outputs.files import ACTIVE
from pipeline.records import Part

LONGEST, MOST_OCTETS = 120, 230
UNIT, TITLE = 24, 20
"""Characters of the unit and of the activity in a name."""
_QUOTES = re.compile("[“”‘’《》「」『』\"']")
_UNFIT = re.compile(
    r"""[\\/:*?<>|#%&`$;=@^~!{}\[\]\s\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffd-\uffff\ud800-\udfff]+"""
)
_NUMBERED = re.compile(
    r"^(?:[（(][一二三四五六七八九十百\d]{1,4}[）)]|[一二三四五六七八九十百\d]{1,4}[、.．)）]|[①-⑳])\s*"
)
_TELLING = re.compile(r"[\u4e00-\u9fff].*[\u4e00-\u9fff]")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)")
_ENDINGS = {
    "text/plain": "txt",
    "text/html": "html",
    "text/csv": "csv",
    "message/rfc822": "eml",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/heic": "heic",
    "application/pdf": "pdf",
    "application/ofd": "ofd",
    "application/zip": "zip",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
}
_ACTS = frozenset(
    {
        "text/html",
        "image/svg+xml",
        "application/x-msdownload",
        "application/x-executable",
        "application/java-archive",
        "application/x-ms-shortcut",
        "application/x-self-extracting",
    }
)
"""What acts or calls the network when it is opened, whatever it is named."""


def fit(text: str, most: int) -> str:
    """Give *text* as a piece of a name: what no file system or shell should see becomes a low line; may be ""."""
    piece = _QUOTES.sub("", unicodedata.normalize("NFC", text))
    piece = _UNFIT.sub("_", piece).replace("-", "－")
    return piece[:most].strip(" ._，。、：；－")


def titled(title: str, unit: Sequence[str] = ()) -> str:
    """Give the title of an activity, short, without its number and without the names of its *unit* in front.

    "（一）抓学习，凝聚思想共识" is 抓学习，凝聚思想共识.
    """
    words = _NUMBERED.sub("", title.strip())
    for name in sorted(unit, key=len, reverse=True):
        if words.startswith(name) and len(words) > len(name) + 3:
            words = words[len(name) :]
    return fit(words, TITLE)


def telling(part: Part, unit: Sequence[str] = ()) -> str:
    """Give what the file's own name says, "" where a camera or a program named it."""
    own = PurePosixPath(part.name.replace("\\", "/")).stem
    return titled(own, unit) if _TELLING.search(own) and "新建" not in own else ""


def stem(unit: str, kind: str, title: str, day: date, version: int) -> tuple[str, str]:
    """Give what stands before and after the ordinal of a name."""
    pieces = (fit(unit, UNIT) or "单位不明", kind, title, f"{day:%Y%m%d}")
    return "-".join(piece for piece in pieces if piece), f"-v{version}" if version > 1 else ""


def ending(part: Part) -> str:
    """Give the ending with its dot; .txt follows where opening the file would run something or call the network."""
    own = PurePosixPath(part.name.replace("\\", "/")).suffix[1:]
    if not re.fullmatch(r"[A-Za-z0-9]{1,8}", own):
        own = _ENDINGS.get(part.media_type, "bin")
    own = own.lower()
    acts = ACTIVE.fullmatch(own) or (part.media_type in _ACTS and own not in ("txt", "eml"))
    return f".{own}.txt" if acts else f".{own}"


def distinct(names: Sequence[tuple[str, str, str]], others: Sequence[str] = ()) -> tuple[str, ...]:
    """Join (before, after, ending) to names no two of which are equal on Windows; those alike get -01, -02 …

    others: names that none may be equal to.
    """
    alike = Counter(_key(before, after, end) for before, after, end in names)
    used: Counter[str] = Counter()
    found, taken = [], {_folded(one) for one in others}
    for before, after, end in names:
        key = _key(before, after, end)
        name = f"{before}{after}{end}"
        while alike[key] > 1 or _folded(name) in taken:
            used[key] += 1
            name = f"{before}-{used[key]:02d}{after}{end}"
            if _folded(name) not in taken:
                break
        taken.add(_folded(name))
        found.append(name)
    return tuple(found)


def folder(names: Sequence[str]) -> tuple[str, ...]:
    """Give folders for *names*, in their order, no two of which are equal on Windows."""
    pieces = [fit(name, 2 * UNIT).replace(".", "_") or "未命名" for name in names]
    return distinct([(f"_{one}" if _RESERVED.fullmatch(one) else one, "", "") for one in pieces])


def _key(before: str, after: str, end: str) -> str:
    return _folded(f"{before}\0{after}\0{end}")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
