"""Names of members: one decision on their charset for each archive, and paths that lead nowhere.

Purpose: `as_leaves()` turns members into leaves whose path is that of the archive, a slash, and the decoded name.
Source: APPNOTE 6.3.10 appendix D (without a flag: IBM 437, and in truth the writer's own code page: GB 18030 here, Big5 and
    cp932 from abroad), pax and ustar.
Limits: names are text. "..", drives and leading slashes are left out of the path and told; control characters are
    replaced in the path and kept in `name_octets`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline import charsets
from pipeline.records import Code, Leaf, Problem
from pipeline.unpack.limits import Member, Opened, Refused

MAX_PATH = 400
"""Characters of a member's name in its path; the middle of a longer one is left out there, not in `name`."""
SHOWN = 5
"""Names shown in one sentence."""

_SEPARATORS = re.compile(r"[/\\]+")
_DRIVE = re.compile(r"[A-Za-z]:")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_KANA = re.compile("[\u3041-\u3093\u30a1-\u30f6]")
_HALF_KANA = re.compile("[\uff61-\uff9f]")
_HAN_AND_SIGNS = re.compile("[\u2010-\u203b\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]+")


def as_leaves(leaf: Leaf, opened: Opened) -> tuple[tuple[Leaf, ...], tuple[Problem, ...]]:
    """Turn what was *opened* of the archive *leaf* into its members with unique paths, and the problems with them."""
    decoded = _decoded([*opened.members, *opened.refused])
    texts = decoded[: len(opened.members)]
    seen: dict[str, int] = {}
    members: list[Leaf] = []
    escaping: list[str] = []
    for member, text in zip(opened.members, texts, strict=True):
        inside, escapes = inner_path(text)
        if escapes:
            escaping.append(text)
        path = _unique(f"{leaf.path}/{inside}", seen)
        members.append(_leaf(member, text, path))
    problems = [*_told(leaf.path, opened.refused, decoded[len(opened.members) :])]
    if escaping:
        detail = f"成员名企图跳出目录，只当作文字：{_enumerated(escaping)}"
        problems.append(Problem(code=Code.DAMAGED, part=leaf.path, detail=detail))
    return tuple(members), tuple(problems)


def inner_path(text: str) -> tuple[str, bool]:
    """Return (the name *text* as a path without anything that leads elsewhere, True if there was something)."""
    pieces = [piece for piece in _SEPARATORS.split(text) if piece not in ("", ".")]
    kept = [piece for piece in pieces if piece != ".." and not _DRIVE.fullmatch(piece)]
    escapes = len(kept) < len(pieces) or text[:1] in ("/", "\\")
    path = shown("/".join(kept)) or "未命名"
    if len(path) > MAX_PATH:
        half = MAX_PATH // 2
        path = f"{path[:half]}…{path[-half:]}"
    return path, escapes


def shown(text: str) -> str:
    """Return *text* with each control, line end and turning sign as U+FFFD: what a terminal or a cell would obey."""
    return _UNSEEN.sub("\ufffd", text)


def _leaf(member: Member, text: str, path: str) -> Leaf:
    return Leaf(
        path=path,
        data=member.data,
        name=_SEPARATORS.split(text.rstrip("/\\"))[-1],
        name_octets=b"" if member.name.isascii() else member.name,
        declared=member.declared,
        body=member.body,
        problem=Problem(code=Code.DAMAGED, part=path, detail=member.fault) if member.fault else None,
    )


def _unique(path: str, seen: dict[str, int]) -> str:
    """The *path*, with "#2" … where it was given before."""
    while path in seen:
        seen[path] += 1
        path = f"{path}#{seen[path]}"
    seen[path] = 1
    return path


def _decoded(members: Sequence[Member | Refused]) -> list[str]:
    """Names as text: by what the archive says, else by one decision over all names that it says nothing about."""
    open_names = [member.name for member in members if not member.text and not member.name.isascii()]
    charset = charset_of(open_names)
    return [member.text or _text(member.name, charset) for member in members]


def charset_of(names: Sequence[bytes]) -> str:
    """Decide the charset of all *names* by one trial, IBM 437 last; who wrote the archive says nothing reliable."""
    joined = b"\n".join(names)
    tried = charsets.trial(joined)
    if tried != "utf-8" and _japanese(joined):
        return "cp932"
    return "cp437" if tried == "cp1252" else tried


def _japanese(octets: bytes) -> bool:
    """True where cp932 explains all *octets* and finds kana in them; their lead octets never stand in a text of GB 2312."""
    try:
        text = octets.decode("cp932")
    except UnicodeDecodeError:
        return False
    return len(_KANA.findall(text)) >= 2 and not _HALF_KANA.search(text)


def _text(name: bytes, charset: str) -> str:
    """Decode one name; an archive may mix charsets, and two Chinese characters in valid UTF-8 are no accident."""
    text = None if charset == "utf-8" or name.isascii() else _utf8(name)
    if (
        text
        and len(_HAN_AND_SIGNS.sub("", text).encode()) == len(_HAN_AND_SIGNS.sub("", text)) <= len(text) - 2
    ):
        return text
    return charsets.decode(name, charset)


def _utf8(octets: bytes) -> str | None:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _told(part: str, refused: Sequence[Refused], texts: Sequence[str]) -> Iterable[Problem]:
    """One problem for each reason, with the names it is about."""
    reasons: dict[tuple[Code, str], list[str]] = {}
    for refusal, text in zip(refused, texts, strict=True):
        reasons.setdefault((refusal.code, refusal.why), []).extend([text] if text else [])
    for (code, why), names in reasons.items():
        yield Problem(code=code, part=part, detail=f"{why}：{_enumerated(names)}" if names else why)


def _enumerated(names: list[str]) -> str:
    listed = "、".join(shown(name[-60:]) for name in names[:SHOWN])
    return f"{listed} 等 {len(names)} 个" if len(names) > SHOWN else listed
