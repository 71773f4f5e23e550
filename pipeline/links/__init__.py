"""Material that a body only links to, and the passwords that it states.

Purpose: `links()` finds cards of oversize attachments (超大附件, 云附件) and cloud-disk links with their 提取码;
    `passwords()` (stated.py) finds what archives in the same mail may be opened with.
Source: the cards as QQ, NetEase, Coremail, 139 and 189 write them; providers.py is the table, flat.py the text.
Limits: nothing is fetched. A term stated relative to the day of sending ("7 天内有效") gives no date. A card of a provider
    that is not in the table is found where it names a size or a term.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from pipeline.links.flat import Anchor, flattened
from pipeline.links.providers import kind
from pipeline.links.stated import passwords, passwords_in_name
from pipeline.records import Leaf, Link

__all__ = ["links", "passwords", "passwords_in_name"]

BEIJING = timezone(timedelta(hours=8))
MAX_LINKS = 200
"""Links kept of one body."""
MAX_ANCHORS = 2_000
"""URLs of one body that are looked at; a newsletter has some hundred."""
NEAR = 300
"""Characters around a link in which its name, size, term and code stand."""

_CARD = re.compile(r"超大附件|云附件|大附件|文件中转站|网盘|云盘|微盘")
_SIZE = re.compile(r"(?<![\w.])\d+(?:\.\d+)?\s?(?:[KMGT]i?B?|[Bb]ytes|字节|B)(?![A-Za-z])", re.IGNORECASE)
_TERM = re.compile(r"到期|过期|失效|有效|截止|之前下载")
_DATE = re.compile(
    r"(\d{4})\s?[年/.-]\s?(\d{1,2})\s?[月/.-]\s?(\d{1,2})\s?日?(?:\s{0,3}(\d{1,2})[:：时点](\d{1,2}))?"
)
_CODE = re.compile(
    r"(?:提取码|访问码|取件码|分享码|提取密码|访问密码|密码|口令|pwd)\s{0,3}(?:为|是)?\s{0,3}[:：=]?\s{0,3}([A-Za-z0-9]{4,8})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:文件名|分享的文件|文件)\s{0,3}[:：]\s{0,3}([^\r\n]{1,200}?)\s{0,3}(?=[\r\n]|$|链接|文件大小)"
)
_QUOTED = re.compile(r"[「“\"《]([^」”\"》\r\n]{1,120})[」”\"》]")
_SUFFIX = (
    r"\.(?:zip|rar|7z|tar|gz|tgz|docx?|wps|pdf|ofd|xlsx?|et|csv|pptx?|dps|jpe?g|png|heic|bmp|tiff?|gif"
    r"|mp4|mov|avi|wmv|mkv|flv|mpe?g|mp3|wav|m4a|psd|txt|rtf|eml)"
)
_FILE = re.compile(r"([^\s\\/:*?\"<>|：，。；、（()]{1,120}" + _SUFFIX + r")(?![\w.])", re.IGNORECASE)
_WITH_SIZE = re.compile(
    r"([^\r\n(（]{1,200}?)\s?[(（]\s?\d+(?:\.\d+)?\s?[KMGT]?i?B?\s?[,，)）]", re.IGNORECASE
)
_SHOWS_URL = re.compile(r"https?://|www\.|pan\.", re.IGNORECASE)


def links(leaf: Leaf) -> tuple[Link, ...]:
    """Find the material that the text body *leaf* only links to, in reading order, each once."""
    text, anchors = flattened(leaf)
    anchors = anchors[:MAX_ANCHORS]
    found: dict[str, Link] = {}
    before = 0
    for place, anchor in enumerate(anchors):
        provider = kind(anchor.url) or _kind_of_card(text, anchor)
        if not provider or len(found) >= MAX_LINKS:
            continue
        after = next(
            (other.start for other in islice(anchors, place + 1, None) if other.url != anchor.url), len(text)
        )
        link = _link(leaf.path, provider, text, anchor, (before, after))
        before = anchor.end
        if link.url in found:
            found[link.url] = _merged(found[link.url], link)
        elif not _same_card(list(found.values()), link, text[anchor.start : anchor.end]):
            found[link.url] = link
    return tuple(found.values())


def _kind_of_card(text: str, anchor: Anchor) -> str:
    """ "other" for a link of an unknown provider that stands in a card with a size or a term."""
    near = text[max(0, anchor.start - NEAR) : anchor.end + NEAR]
    card = _CARD.search(near)
    return "other" if card and (_SIZE.search(near) or _TERM.search(near)) else ""


def _link(part: str, provider: str, text: str, anchor: Anchor, around: tuple[int, int]) -> Link:
    """Read what stands around *anchor*: up to the link before it and the one after it."""
    shown = text[anchor.start : anchor.end].strip()
    before = text[max(around[0], anchor.start - NEAR) : anchor.start]
    after = text[anchor.end : min(around[1], anchor.end + NEAR)]
    size = _last(_SIZE, before + shown) or _first(_SIZE, after)
    return Link(
        part=part,
        kind=provider,
        name=_name(shown, before, after),
        size=size,
        url=anchor.url,
        code=_code(anchor.url, before, after),
        expires=_expires(after) or _expires(before + shown),
    )


def _name(shown: str, before: str, after: str) -> str:
    """The linked file's name: what the link shows, else what is said to be one before it, else after it."""
    if _FILE.search(shown) and not _SHOWS_URL.match(shown):
        return shown
    named = [*_NAMED.finditer(before), *_WITH_SIZE.finditer(before)]
    if named:
        return max(named, key=lambda found: found.start())[1].strip()
    files = _FILE.findall(before)
    if files:
        return str(files[-1])
    quoted = _QUOTED.findall(before)
    return str(quoted[-1]) if quoted else _first(_FILE, after)


def _code(url: str, before: str, after: str) -> str:
    """The 提取码: in the link itself, else the first after it, else the last before it."""
    try:
        given = parse_qs(urlsplit(url).query).get("pwd", [""])[0]
    except ValueError:
        given = ""
    if given:
        return given
    following = _CODE.search(after)
    return following[1] if following else _last(_CODE, before)


def _expires(text: str) -> datetime | None:
    """The date beside a word of expiry, Beijing time; one without a time means the end of that day."""
    for found in _DATE.finditer(text):
        if not _TERM.search(text[max(0, found.start() - 12) : found.end() + 8]):
            continue
        year, month, day = (int(number) for number in found.groups()[:3])
        hour, minute = (int(found[4]), int(found[5])) if found[4] else (23, 59)
        try:
            return datetime(year, month, day, hour, minute, tzinfo=BEIJING)
        except ValueError:
            continue
    return None


def _same_card(found: list[Link], link: Link, shown: str) -> bool:
    """True for the second link of a card ("进入下载页面"), which names nothing that the first did not."""
    if not found or found[-1].kind != link.kind or not found[-1].name:
        return False
    return not link.name and not _SHOWS_URL.match(shown) and not link.code


def _merged(first: Link, second: Link) -> Link:
    """One link of two places with the same URL: what the first lacks the second may have."""
    return Link(
        part=first.part,
        kind=first.kind,
        name=first.name or second.name,
        size=first.size or second.size,
        url=first.url,
        code=first.code or second.code,
        expires=first.expires or second.expires,
    )


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[found.re.groups and 1].strip() if found else ""


def _last(pattern: re.Pattern[str], text: str) -> str:
    found = None
    for found in pattern.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    return found[found.re.groups and 1].strip() if found else ""
