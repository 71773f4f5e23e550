"""Material that a mail only links to, and the passwords that it states.

Purpose: `links()` finds cards of oversize attachments (超大附件, 云附件) and cloud-disk links with their 提取码 in a body or
    a document; `joined()` makes one list of a mail's; ledger.py says which are still to be fetched; `passwords()`
    (stated.py) finds what archives in the same mail may be opened with.
Source: the cards as QQ, NetEase, Coremail, 139 and 189 write them; providers.py is the table, flat.py the text, terms.py
    until when.
Limits: nothing is fetched. A card of a provider that is not in the table is found in a body where it names a size or a
    term. A link that a document shows as other words than its URL is not seen.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qs, unquote, urlsplit

from pipeline.links.flat import MAX_TEXT, Anchor, anchors, flattened
from pipeline.links.providers import key, kind
from pipeline.links.stated import passwords, passwords_in_name, passwords_in_note
from pipeline.links.terms import term
from pipeline.records import Attached, Block, Leaf, Link

__all__ = ["joined", "links", "passwords", "passwords_in_name", "passwords_in_note"]

MAX_LINKS = 200
"""Links kept of one body or document."""
MAX_ANCHORS = 2_000
"""URLs of one text that are looked at; a newsletter has some hundred."""
NEAR = 300
"""Characters around a link in which its name, size, term and code stand."""

_CARD = re.compile(r"超大附件|云附件|大附件|文件中转站|网盘|云盘|微盘")
_SIZE = re.compile(
    r"(?<![\w.])\d+(?:\.\d+)?\s?(?:[MGT](?:i?B)?|Ki?B|K(?=\s?[,，)）])|bytes|字节|B)(?![A-Za-z])",
    re.IGNORECASE,
)
_TERM = re.compile(r"到期|过期|失效|有效|截止|前下载")
_CODE = re.compile(
    r"(?:(?:提取|访问|取件|分享|验证)码|(?:提取|访问|分享)密码|(?<!解压)(?<!压缩包)(?<!文件)密码|口令|\bpwd)"
    r"(?:为|是)?\s{0,3}[:：=]?\s{0,3}[「“\"【]?([A-Za-z0-9]{4,8})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:文件名|分享的文件|文件)\s{0,3}[:：]\s{0,3}([^\r\n]{1,200}?)\s{0,3}(?=[\r\n]|$|链接|文件大小)"
)
_QUOTED = re.compile(r"[「“\"《]([^」”\"》\r\n]{1,120})[」”\"》]")
_PROGRAM = re.compile(r"APP|客户端|小程序|网盘$", re.IGNORECASE)
"""What a share text says to open it with; no name of a file."""
_SUFFIX = (
    r"\.(?:zip|rar|7z|tar|gz|tgz|docx?|wps|pdf|ofd|xlsx?|et|csv|pptx?|dps|jpe?g|png|heic|bmp|tiff?|gif"
    r"|mp4|mov|avi|wmv|mkv|flv|mpe?g|mp3|wav|m4a|psd|txt|rtf|eml)"
)
_FILE = re.compile(r"([^\s\\/:*?\"<>|：，。；、（()]{1,120}" + _SUFFIX + r")(?![\w.])", re.IGNORECASE)
_WITH_SIZE = re.compile(
    r"([^\r\n(（]{1,200}?)\s?[(（]\s?\d+(?:\.\d+)?\s?[KMGT]?i?B?\s?[,，)）]", re.IGNORECASE
)
_MARKS = ' \t\u3000“”"「」《》【】'
_SHOWS_URL = re.compile(r"https?://|www\.|pan\.", re.IGNORECASE)
_PAGES = (".html", ".htm")


def links(leaf: Leaf, blocks: Sequence[Block] = (), dated: datetime | None = None) -> tuple[Link, ...]:
    """Find the material that *leaf* only links to, in reading order, each once.

    Args:
        leaf: a text body, whose octets are looked through, or any other part.
        blocks: the text that was read of it; () where none was, and then only a body is looked at.
        dated: when its mail was received or sent, None if that is not known.
    """
    if not leaf.body and not blocks:
        return ()
    text, urls = _text_of(leaf, blocks)
    urls = urls[:MAX_ANCHORS]
    keys = [key(anchor.url) for anchor in urls]
    after = _ends(urls, keys, len(text))
    found: dict[str, Link] = {}
    before = 0
    for place, anchor in enumerate(urls):
        provider = kind(anchor.url) or (_kind_of_card(text, anchor) if leaf.body else "")
        if not provider or len(found) >= MAX_LINKS:
            continue
        link, end = _link(text, anchor, (before, after[place]), dated)
        link = replace(link, part=leaf.path, kind=provider)
        same = _same(found, link, text[anchor.start : anchor.start + NEAR])
        if same:
            found[same] = _merged(found[same], link)
        else:
            found[key(link.url)] = link
        before = end
    return tuple(found.values())


def joined(found: Sequence[Link], attached: Sequence[tuple[str, Attached]] = ()) -> tuple[Link, ...]:
    """Make one list of all links of a mail: each URL once, and which of the *attached* files answers it.

    Args:
        found: in reading order; a body in plain text and in HTML, or a report and its body, may have the same.
        attached: path and file of what staff added. One that names no link answers the only link of its name, if any.
    """
    each: dict[str, Link] = {}
    for link in found:
        same = each.get(key(link.url))
        each[key(link.url)] = _merged(same, link) if same else link
    named = Counter(link.name for link in each.values())
    for path, file in reversed(attached):
        for url, link in each.items():
            if url == key(file.link) if file.link else link.name == file.name and named[file.name] == 1:
                each[url] = replace(link, fetched=path)
    return tuple(each.values())


def _text_of(leaf: Leaf, blocks: Sequence[Block]) -> tuple[str, list[Anchor]]:
    if leaf.body or leaf.declared == "text/html" or leaf.name.lower().endswith(_PAGES):
        return flattened(leaf)
    text = "\n".join(block.text for block in blocks)[:MAX_TEXT]
    return text, anchors(text)


def _ends(urls: Sequence[Anchor], keys: Sequence[str], end: int) -> list[int]:
    """For each of *urls* where the next one begins that is another link, *end* of the text for the last."""
    ends = [end] * len(urls)
    for place in range(len(urls) - 2, -1, -1):
        ends[place] = ends[place + 1] if keys[place] == keys[place + 1] else urls[place + 1].start
    return ends


def _kind_of_card(text: str, anchor: Anchor) -> str:
    """ "other" for a link of an unknown provider that stands in a card with a size or a term."""
    near = text[max(0, anchor.start - NEAR) : anchor.end + NEAR]
    card = _CARD.search(near)
    return "other" if card and (_SIZE.search(near) or _TERM.search(near)) else ""


def _link(text: str, anchor: Anchor, around: tuple[int, int], dated: datetime | None) -> tuple[Link, int]:
    """Read what stands around *anchor*: from the end of what belongs to the link before it, up to the link after it.

    Returns:
        the link without part and kind, and where what belongs to it ends.
    """
    shown = text[anchor.start : min(anchor.end, anchor.start + NEAR)].strip()
    before = text[max(around[0], anchor.start - NEAR) : anchor.start]
    after = text[anchor.end : min(around[1], anchor.end + NEAR)]
    code, used = _code(anchor.url, before, after)
    words, expires = term(after, dated)
    if not words:
        words, expires = term(before + shown, dated, nearest_end=True)
    link = Link(
        part="",
        kind="",
        name=_name(shown, before, after),
        size=_last(_SIZE, before + shown) or _first(_SIZE, after),
        url=anchor.url,
        code=code,
        expires=expires,
        term=words,
    )
    return link, anchor.end + used


def _name(shown: str, before: str, after: str) -> str:
    """The linked file's name: what the link shows, else what is said to be one before it, else after it."""
    if _FILE.search(shown) and not _SHOWS_URL.match(shown):
        return shown
    named = [*_NAMED.finditer(before), *_WITH_SIZE.finditer(before)]
    if named:
        return max(named, key=lambda found: found.start())[1].strip(_MARKS)
    files = _FILE.findall(before)
    if files:
        return str(files[-1])
    quoted = [name for name in _QUOTED.findall(before) if not _PROGRAM.search(name)]
    return str(quoted[-1]) if quoted else _first(_FILE, after)


def _code(url: str, before: str, after: str) -> tuple[str, int]:
    """The 提取码: in the link itself, else the first after it, else the last before it; and how much of *after* it took."""
    following = _CODE.search(after)
    used = following.end() if following else 0
    try:
        query = parse_qs(urlsplit(url).query)
    except ValueError:
        query = {}
    given = next((query[name][0] for name in ("pwd", "password") if name in query), "")
    given = given or _first(_CODE, unquote(url))
    if given or following:
        return given or (following[1] if following else ""), used
    return _last(_CODE, before), 0


def _same(found: dict[str, Link], link: Link, shown: str) -> str:
    """The key of the link found before that *link* is once more: the same URL, or the second link of a card
    ("进入下载页面"), which names nothing that the first did not; "" if it is a new one."""
    if key(link.url) in found:
        return key(link.url)
    if not found:
        return ""
    last = next(reversed(found))
    named = link.name or link.code or _SHOWS_URL.match(shown)
    return last if found[last].kind == link.kind and found[last].name and not named else ""


def _merged(first: Link, second: Link) -> Link:
    """One link of two places: what the first lacks the second may have."""
    return replace(
        first,
        name=first.name or second.name,
        size=first.size or second.size,
        code=first.code or second.code,
        expires=first.expires or second.expires,
        term=first.term or second.term,
    )


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[found.re.groups and 1].strip() if found else ""


def _last(pattern: re.Pattern[str], text: str) -> str:
    found = None
    for found in pattern.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    return found[found.re.groups and 1].strip() if found else ""
