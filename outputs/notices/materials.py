"""The files of one mail as its sender knows them: which were read, which were not, and what the sender is asked to do.

Purpose: `files` for the receipt, `unreadable` for receipt and 补正单.
Source: what the records say of each part; ASKED says to a unit what outputs.words.CURES says to staff.
Limits: pictures that stand inside documents, logos and junk are not listed; names are shown as they came, cut.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from outputs.notices.wording import listed, plain
from outputs.tables.unread import unread
from pipeline.records import Code, Filing, Part, Status

ASKED = {
    Code.DAMAGED: ("文件损坏或不完整", "请重发这个文件"),
    Code.ENCRYPTED: ("有密码，打不开", "请解除密码后重发，或来电告知密码"),
    Code.NEEDS_OCR: ("扫描件，正由我们识别", ""),
    Code.TOO_BIG: ("文件过大", "请拆开或压小后重发"),
    Code.UNSUPPORTED: ("格式打不开", "请转成 docx、pdf 或 jpg 后重发"),
    Code.EXECUTABLE: ("是可执行程序，按规定不打开", "请说明附它的原因；误附的不必重发"),
}
"""What a unit reads of a part that could not be read, and what it is asked to do ("": nothing, it is ours to do)."""
PARTLY = ("只读出一部分", "请核对文件是否完整，不完整的请重发")
STRANGE = ("内容异常，为安全没有打开", "请核对文件后重新发送")
MOST_FILES = 40
"""Files that one receipt lists."""
MOST_NAMES = 3
"""Names that stand for a group of files."""
LONGEST = 50
"""Characters of a file's name."""


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """Files of one mail that could not be read for one reason. asked: what their sender is to do, "" if nothing.

    code: of the reason, "" where a file was read partly.
    """

    code: str
    names: str
    fact: str
    asked: str


def files(filing: Filing) -> tuple[str, ...]:
    """One line a file that came, with what was read of it; pictures together."""
    logos = {picture.part for picture in filing.pictures if picture.logo}
    parts = [
        part for part in filing.parts if part.status in (Status.OK, Status.PARTLY) and part.path not in logos
    ]
    pictures = [part for part in parts if part.media_type.startswith("image/")]
    bodies = [part for part in parts if _is_body(part)]
    named = [
        part
        for part in parts
        if not part.media_type.startswith(("image/", "message/rfc822")) and not _is_body(part)
    ]
    known = _by_path(filing)
    opened = {holder for part in filing.parts for holder in _holders(part.path)}
    said = sum(one.characters for one in bodies)
    lines = [f"邮件正文（{said}字）"] if said else []
    lines += [_line(part, known, opened) for part in named]
    lines += [*_recordings(known), *_pictured(known, pictures)]
    if len(lines) > MOST_FILES:
        return (*lines[:MOST_FILES], f"…… 共 {len(lines)} 个，其余略")
    return tuple(lines)


def unreadable(filing: Filing) -> tuple[Obstacle, ...]:
    """What could not be read, one a reason, in the order of the mail."""
    found, known = [], _by_path(filing)
    for one in unread(filing):
        names = [_name(known, path) for path in one.paths]
        if any(sign in word for word in one.words for sign in ("恶意", "攻击")):
            fact, asked = STRANGE
        else:
            fact, asked = ASKED.get(one.code, PARTLY) if one.code else PARTLY
        more = f"等{len(names)}个文件" if len(names) > MOST_NAMES else ""
        found.append(
            Obstacle(code=one.code or "", names=listed(names[:MOST_NAMES]) + more, fact=fact, asked=asked)
        )
    return tuple(found)


def _by_path(filing: Filing) -> Mapping[str, Part]:
    return {part.path: part for part in reversed(filing.parts)}


def _holders(path: str) -> Iterator[str]:
    """The paths of what a part may lie in, from outside."""
    return (path[:at] for at, sign in enumerate(path) if sign == "/")


def _line(part: Part, known: Mapping[str, Part], opened: Collection[str]) -> str:
    name = _name(known, part.path)
    if part.status is Status.PARTLY:
        return f"{name}（只读出一部分，{part.characters}字）"
    if part.characters:
        return f"{name}（{part.characters}字）"
    if part.path in opened:
        return f"{name}（已解开，里面的文件分列）"
    return f"{name}（已收到）"


def _recordings(known: Mapping[str, Part]) -> Iterator[str]:
    """Films and sound are kept, not read."""
    for part in reversed(tuple(known.values())):
        if part.status is Status.UNSUPPORTED and part.media_type.startswith(("video/", "audio/", "image/")):
            yield f"{_name(known, part.path)}（已收到，留存）"


def _pictured(known: Mapping[str, Part], pictures: list[Part]) -> Iterator[str]:
    own = [part for part in pictures if not _is_inside(part, known)]
    inside = len(pictures) - len(own)
    if own:
        named = [plain(part.name, LONGEST) for part in own if part.name]
        names = f"（{listed(named[:MOST_NAMES])}{'等' if len(named) > MOST_NAMES else ''}）" if named else ""
        yield f"照片、图片{len(own)}张{names}"
    if inside:
        yield f"文档内的图片{inside}张"


def _is_inside(part: Part, known: Mapping[str, Part]) -> bool:
    """Whether a picture stands in a document, not in an archive or beside it."""
    return any(known[path].characters for path in _holders(part.path) if path in known)


def _is_body(part: Part) -> bool:
    return not part.name and part.media_type in ("text/plain", "text/html")


def _name(known: Mapping[str, Part], path: str) -> str:
    """A file as its sender calls it, with the archive that holds it."""
    part = known.get(path)
    if part is None:
        return plain(path, LONGEST) or "邮件"
    if part.media_type == "message/rfc822" and not part.name:
        return "转发的邮件"
    name = plain(part.name, LONGEST) or ("正文" if part.media_type.startswith("text/") else "无名附件")
    holders = (known[one] for one in _holders(path) if one in known)
    holder = next((one.name for one in holders if one.name and not one.characters), "")
    return f"{plain(holder, LONGEST)} 内 {name}" if holder else name
