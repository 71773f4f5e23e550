"""The questions of 待核事项 about parts that could not be read, and about material that is only linked.

Purpose: `unread` and `waiting`: one row a reason, however many parts of a mail it befalls, each with a cure.
Limits: what is kept as it is and needs nobody (films and pictures that nothing here reads, macros, junk) stands in
材料清单 alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from outputs.formats import readable
from outputs.tables.shown import named
from outputs.words import CODES, CURES, STATUSES
from pipeline.beijing import BEIJING
from pipeline.evaluate import flat
from pipeline.links.ledger import Entry, Standing
from pipeline.records import Code, Filed, Filing, Part, Status

UNREAD = (Code.DAMAGED, Code.ENCRYPTED, Code.NEEDS_OCR, Code.TOO_BIG, Code.UNSUPPORTED, Code.EXECUTABLE)
"""Problems that say the same as the status of their part; one row is enough."""
QUIET = (Status.OK, Status.NOISE)
_CODES = {
    Status.DAMAGED: Code.DAMAGED,
    Status.NEEDS_PASSWORD: Code.ENCRYPTED,
    Status.NEEDS_OCR: Code.NEEDS_OCR,
    Status.TOO_BIG: Code.TOO_BIG,
    Status.UNSUPPORTED: Code.UNSUPPORTED,
    Status.LINK_ONLY: Code.LINK_ONLY,
}
MOST_PARTS = 5
"""Parts of one row that are named; the others stand in 材料清单."""
SOON_DAYS = 3
"""Days before its end from which linked material goes before all else but waiting mails: afterwards nobody can get it."""


@dataclass(kw_only=True)
class Unread:
    """Parts of one mail that could not be read, for one reason. code: None where a part was read partly."""

    code: Code | None
    matter: str
    words: list[str]
    paths: list[str] = field(default_factory=list)

    def told(self, filing: Filing) -> str:
        """Which parts, and why."""
        names = "、".join(named(filing, path) for path in self.paths[:MOST_PARTS] if path)
        more = f" 等 {len(self.paths)} 个" if len(self.paths) > MOST_PARTS else ""
        why = readable("；".join(self.words))
        return flat(f"{names}{more}：{why}" if names else why, 400)

    @property
    def cure(self) -> str:
        """What the machine proposes; "" where the words name a cure themselves."""
        if any(sign in word for word in self.words for sign in ("恶意", "攻击")):
            return "先不要打开；问单位这个文件从哪里来"
        cured = any(cure in word for word in self.words for cure in ("重发", "shouwen "))
        return "" if cured or self.code is None else CURES.get(self.code, "")


def unread(filing: Filing) -> tuple[Unread, ...]:
    """What of a mail could not be read, parts of one reason together, in the order of the mail."""
    by_part: dict[str, Unread] = {}
    for problem in filing.problems:
        if problem.code in UNREAD:
            fresh = Unread(code=problem.code, matter=CODES[problem.code], words=[], paths=[problem.part])
            words = by_part.setdefault(problem.part, fresh).words
            words += [problem.detail] if problem.detail not in words else []
    for part in filing.parts:
        told = by_part.get(part.path)
        if told and part.status not in QUIET and not any(words in part.reason for words in told.words):
            told.words.append(part.reason)
        if part.status not in QUIET and not told and not _kept(part):
            code = _CODES.get(part.status)
            matter = CODES[code] if code else STATUSES[part.status]
            words = [part.reason or STATUSES[part.status]]
            by_part[part.path] = Unread(code=code, matter=matter, words=words, paths=[part.path])
    return tuple(_together(by_part))


def _together(by_part: dict[str, Unread]) -> Iterator[Unread]:
    """One row for the volumes of one archive, for sixty files of one unknown format: parts whose first reason is the same."""
    rows: dict[tuple[str, str], Unread] = {}
    for path, one in by_part.items():
        row = rows.setdefault((one.matter, one.words[0]), one)
        if row is not one:
            row.paths.append(path)
            row.words += [words for words in one.words if words not in row.words]
    yield from rows.values()


def _kept(part: Part) -> bool:
    """Films, sound and pictures are kept as they are; that this machine cannot open them is no question."""
    return part.status is Status.UNSUPPORTED and part.media_type.startswith(("video/", "audio/", "image/"))


# ---------------------------------------------------------------- linked material


def waiting(entries: Sequence[Entry]) -> tuple[bool, str]:
    """Say of the links of one mail whether they are urgent, and what to do until when ("" where all were added)."""
    past = sum(one.standing is Standing.EXPIRED for one in entries)
    left = [one for one in entries if one.standing in (Standing.OPEN, Standing.UNLIMITED)]
    ends = sorted(
        (one.link.expires, one.days) for one in left if one.link.expires is not None and one.days is not None
    )
    told = []
    if ends:
        at, days = ends[0]
        told.append(f"尽快下载：最早 {at.astimezone(BEIJING):%m-%d %H:%M} 到期，还剩 {days} 天")
    elif left:
        told.append("尽快下载：没有写明期限")
    if past:
        told.append(f"{'另有 ' if left else ''}{past} 份已过期，请单位重发")
    return bool(ends and ends[0][1] <= SOON_DAYS), "；".join(told)


def incomplete(filed: Sequence[Filed]) -> int:
    """Parts of these mails that could not be read, and links that were not added: what is missing may stand in them."""
    filings = [one.filing for one in filed if one.filing is not None]
    rows = [row for filing in filings for row in unread(filing) if row.code is not Code.EXECUTABLE]
    parts = sum(len(row.paths) for row in rows)
    return parts + sum(not link.fetched for filing in filings for link in filing.links)
