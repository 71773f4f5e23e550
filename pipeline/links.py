"""Material that a body only links to, and the passwords that it states.

Purpose: `links()` finds cards of oversize attachments (超大附件, 云附件) and cloud-disk links with their 提取码;
    `passwords()` finds what archives in the same mail may be opened with.
Source: the cards as QQ, NetEase, Coremail, 139 and 189 write them; ../docs/decisions.md. RFC 3676 for wrapped URLs.
Limits: nothing is fetched. A term stated relative to the day of sending ("7 天内有效") gives no date. A card of a provider
    that is not in the table is found where it names a size or a term.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from html import unescape
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from lxml import etree
from lxml import html as lxml_html

from pipeline import charsets
from pipeline.records import Block, Leaf, Link

BEIJING = timezone(timedelta(hours=8))
MAX_TEXT = 1_000_000
"""Characters of one body that are looked through; longer ones are pasted pages."""
MAX_LINKS = 200
"""Links kept of one body."""
MAX_ANCHORS = 2_000
"""URLs of one body that are looked at; a newsletter has some hundred."""
MAX_PASSWORDS = 20
"""Passwords of one mail: each is tried on each encrypted archive."""
NEAR = 300
"""Characters around a link in which its name, size, term and code stand."""

_KINDS = (
    ("qq", r"(?:^|\.)(?:ex)?mail\.qq\.", r"/ftn|ftnexs"),
    ("wecom", r"(?:^|\.)drive\.weixin\.qq\.", r"/s"),
    ("tencent-docs", r"(?:^|\.)docs\.qq\.", r"/\w+/\w+"),
    ("weiyun", r"(?:^|\.)(?:share\.)?weiyun\.", r"/\w+"),
    ("netease", r"(?:^|\.)(?:163|126|yeah|188)\.", r"attach|filecenter|netfolder|/fs/|/file/"),
    ("coremail", r"", r"^/coremail/"),
    ("139", r"(?:^|\.)(?:10086|139)\.", r"/\w+"),
    ("189", r"(?:^|\.)189\.", r"/(?:t|web|share|file|download|webmail)\b"),
    ("alimail", r"(?:^|\.)(?:qiye|mail)\.aliyun\.", r"/alimail/"),
    ("baidu", r"(?:^|\.)(?:pan|yun|eyun)\.baidu\.", r"/(?:s|share|link)\b"),
    ("quark", r"(?:^|\.)pan\.quark\.", r"/s\b"),
    ("aliyun", r"(?:^|\.)(?:alipan|aliyundrive)\.", r"/(?:s|t)\b"),
    ("xunlei", r"(?:^|\.)pan\.xunlei\.", r"/s\b"),
    ("115", r"(?:^|\.)(?:115|115cdn|anxia)\.", r"/s\b"),
    ("123pan", r"(?:^|\.)123(?:pan|\d{3})\.", r"/s\b"),
    ("lanzou", r"(?:^|\.)(?:i?lanzou\w?|lanz[a-z]+)\.", r"/\w+"),
    ("jianguoyun", r"(?:^|\.)jianguoyun\.", r"/p\b"),
    ("wenshushu", r"(?:^|\.)(?:wenshushu|wss\d?|wss)\.", r"/(?:f|k|box)\b"),
    ("cowtransfer", r"(?:^|\.)cowtransfer\.", r"/s\b"),
    ("ctfile", r"(?:^|\.)(?:ctfile|400gb|pipipan)\.", r"/(?:f|d|fs)\b"),
    ("kdocs", r"(?:^|\.)kdocs\.", r"/(?:l|p|view)\b"),
    ("feishu", r"(?:^|\.)feishu\.", r"/(?:file|drive|docx?|sheets)\b"),
    ("onedrive", r"(?:^|\.)(?:1drv|onedrive)\.", r"/\w+"),
)
"""(kind, host, path and query) as regular expressions: labels of the host, so that a provider's other domains match."""

_PROVIDERS = tuple((kind, re.compile(host), re.compile(path, re.IGNORECASE)) for kind, host, path in _KINDS)
_URL = re.compile(
    r"https?://[^\s<>\"'\u3000-\u303f\uff00-\uffef\u2018-\u201d\u4e00-\u9fff]+"
    r"|(?<![\w./@-])(?:pan\.baidu\.com|cloud\.189\.cn|pan\.quark\.cn|pan\.xunlei\.com|www\.alipan\.com)/[\w/?=&%.-]+"
)
_TRAILING = ".,;:!?)]}"
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
_BLOCKS = frozenset(
    {"address", "article", "br", "dd", "div", "dl", "dt", "fieldset", "h1", "h2", "h3", "h4", "h5", "h6"}
) | {"hr", "li", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul"}
_SKIPPED = frozenset({"script", "style", "head", "title"})
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w:.-]{1,40})", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:密\s?码|口\s?令|提取码|解压码|访问码|解锁码|密钥|pass\s?word|passwd|passcode|\bpwd)(?:统一|均|都|全部)?\s{0,3}(?P<is>[:：=]|设?[为是即])?\s{0,3}[:：]?\s{0,5}",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"[“\"‘'「『【《（(]([^”\"’'」』】》）)\r\n]{1,40})[”\"’'」』】》）)]|([^\s，。；、,;“”\"「」【】]{1,40})"
)
_ASCII_RUN = re.compile(r"[!-~]+")


@dataclass(frozen=True, kw_only=True)
class _Anchor:
    """A URL and the characters [start, end) of the flattened text that show it."""

    url: str
    start: int
    end: int


def links(leaf: Leaf) -> tuple[Link, ...]:
    """Find the material that the text body *leaf* only links to, in reading order, each once."""
    text, anchors = _flattened(leaf)
    anchors = anchors[:MAX_ANCHORS]
    found: dict[str, Link] = {}
    before = 0
    for place, anchor in enumerate(anchors):
        kind = _kind(anchor.url) or _kind_of_card(text, anchor)
        if not kind or len(found) >= MAX_LINKS:
            continue
        after = next(
            (other.start for other in islice(anchors, place + 1, None) if other.url != anchor.url), len(text)
        )
        link = _link(leaf.path, kind, text, anchor, (before, after))
        before = anchor.end
        if link.url in found:
            found[link.url] = _merged(found[link.url], link)
        elif not _same_card(list(found.values()), link, text[anchor.start : anchor.end]):
            found[link.url] = link
    return tuple(found.values())


def passwords(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """Find the passwords that the text of a body states, in reading order, likely forms of each, none twice."""
    text = "\n".join(block.text for block in blocks)[:MAX_TEXT]
    found: dict[str, None] = {}
    for label in _LABEL.finditer(text):
        token = _TOKEN.match(text, label.end())
        if token is None:
            continue
        stated = token[1] or token[2]
        if not token[1] and not label["is"] and not unicodedata.normalize("NFKC", stated[0]).isascii():
            continue  # 密码错误, 密码保护: a word, no password
        found.update(dict.fromkeys(_forms(stated)))
        if len(found) >= MAX_PASSWORDS:
            break
    return tuple(found)[:MAX_PASSWORDS]


def _forms(stated: str) -> Iterator[str]:
    """A stated password as written, in half-width form, without what follows it, without a full stop."""
    plain = unicodedata.normalize("NFKC", stated).strip()
    run = _ASCII_RUN.match(plain)
    ascii_part = re.split(r"[(<\[]", run.group())[0] if run else ""
    for form in (ascii_part, ascii_part.rstrip(".:!?)"), plain, stated.strip()):
        if form:
            yield form


# ---------------------------------------------------------------- one text with the places of its URLs


def _flattened(leaf: Leaf) -> tuple[str, list[_Anchor]]:
    if leaf.declared == "text/html" or leaf.data[:200].lstrip()[:1] == b"<":
        return _from_html(leaf)
    text = charsets.decode(leaf.data, leaf.charset)[:MAX_TEXT].replace("\r\n", "\n")
    if leaf.flowed:
        text = _unflowed(text, delsp=leaf.delsp)
    return text, [_Anchor(url=url, start=start, end=end) for url, start, end in _urls(text, 0)]


def _urls(text: str, offset: int) -> Iterator[tuple[str, int, int]]:
    for found in _URL.finditer(text):
        url = found.group().rstrip(_TRAILING)
        yield unescape(url), offset + found.start(), offset + found.start() + len(url)


def _unflowed(text: str, *, delsp: bool) -> str:
    """Join soft line breaks (RFC 3676 section 4.1): a line that ends in a blank goes on, quotes and "-- " apart."""
    paragraphs: list[list[str]] = []
    soft = False
    for line in text.split("\n"):
        content = line.removeprefix(" ")
        goes_on = content.endswith(" ") and content != "-- "
        piece = content[:-1] if goes_on and delsp else content
        if soft and not content.startswith(">"):
            paragraphs[-1].append(piece)
        else:
            paragraphs.append([piece])
        soft = goes_on
    return "\n".join("".join(pieces) for pieces in paragraphs)


def _from_html(leaf: Leaf) -> tuple[str, list[_Anchor]]:
    meta = _META_CHARSET.search(leaf.data[:4_096])
    source = charsets.decode(leaf.data, leaf.charset or (meta[1].decode("ascii", "replace") if meta else ""))
    root = _root(source[: 4 * MAX_TEXT])
    if root is None:
        return "", []
    flat = _Flat()
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        flat.take(event, element)
    return flat.text, flat.anchors


def _root(source: str) -> etree._Element | None:
    """Parse *source* without network and entities; None where it holds no element."""
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(source.replace("\x00", "").encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


class _Flat:
    """Text of an HTML tree in reading order, blocks on lines of their own, with the places of links."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.size = 0
        self.anchors: list[_Anchor] = []
        self.opened: list[tuple[etree._Element, str, int]] = []
        self.skipping = 0

    @property
    def text(self) -> str:
        """All that was taken."""
        return "".join(self.pieces)

    def take(self, event: str, element: etree._Element) -> None:
        """Take one event of a walk."""
        if event not in ("start", "end") or not isinstance(element.tag, str):
            self._add(element.tail)
        elif event == "start":
            self._start(element)
        else:
            self._end(element)

    def _start(self, element: etree._Element) -> None:
        self.skipping += element.tag in _SKIPPED
        if element.tag in _BLOCKS:
            self._add("\n")
        title = element.get("title", "")
        if "文件" in title:
            self._add(f"\n{title}\n")
        if element.tag == "a" and element.get("href"):
            self.opened.append((element, element.get("href", "").strip(), self.size))
        self._add(element.text)

    def _end(self, element: etree._Element) -> None:
        if self.opened and self.opened[-1][0] is element:
            _, url, start = self.opened.pop()
            if url.lower().startswith(("http://", "https://")):
                self.anchors.append(_Anchor(url=url, start=start, end=self.size))
        self.skipping -= element.tag in _SKIPPED
        if element.tag in _BLOCKS and element.tag != "br":
            self._add("\n")
        self._add(element.tail)

    def _add(self, text: str | None) -> None:
        if not text or self.skipping > 0 or self.size > MAX_TEXT:
            return
        if not self.opened:
            for url, start, end in _urls(text, self.size):
                self.anchors.append(_Anchor(url=url, start=start, end=end))
        self.pieces.append(text)
        self.size += len(text)


# ---------------------------------------------------------------- one link


def _kind(url: str) -> str:
    """The provider of *url* by the table, "" if it is none of them."""
    try:
        parts = urlsplit(url if "//" in url else f"https://{url}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    rest = f"{parts.path}?{parts.query}"
    return next((kind for kind, where, what in _PROVIDERS if where.search(host) and what.search(rest)), "")


def _kind_of_card(text: str, anchor: _Anchor) -> str:
    """ "other" for a link of an unknown provider that stands in a card with a size or a term."""
    near = text[max(0, anchor.start - NEAR) : anchor.end + NEAR]
    card = _CARD.search(near)
    return "other" if card and (_SIZE.search(near) or _TERM.search(near)) else ""


def _link(part: str, kind: str, text: str, anchor: _Anchor, around: tuple[int, int]) -> Link:
    """Read what stands around *anchor*: up to the link before it and the one after it."""
    shown = text[anchor.start : anchor.end].strip()
    before = text[max(around[0], anchor.start - NEAR) : anchor.start]
    after = text[anchor.end : min(around[1], anchor.end + NEAR)]
    size = _last(_SIZE, before + shown) or _first(_SIZE, after)
    return Link(
        part=part,
        kind=kind,
        name=_name(shown, before, after),
        size=size,
        url=anchor.url,
        code=_code(anchor.url, before, after),
        expires=_expires(after) or _expires(before + shown),
    )


def _name(shown: str, before: str, after: str) -> str:
    """The linked file's name: what the link shows, else what is said to be one before it, else after it."""
    if _FILE.search(shown) and not _URL.match(shown):
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
    return not link.name and not _URL.match(shown) and not link.code


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
