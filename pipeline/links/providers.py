"""Whose link it is: providers of oversize attachments and of cloud disks.

Purpose: `kind()` by URL, `key()` that is the same for two forms of one link. `KINDS` is the table; its names stand in the
ledger of links.
Source: the links that QQ, NetEase, Coremail, 139, 189 and the usual cloud disks give out.
Forms to fill in (docs.qq.com/form, f.kdocs.cn), articles (mp.weixin.qq.com) and films on a platform are no material.
Limits: a host is known by its labels, not by its top level: providers have several, and mirror them.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

KINDS = (
    ("qq", r"(?:^|\.)(?:ex)?mail\.qq\.", r"/ftn|ftnexs"),
    ("wecom", r"(?:^|\.)drive\.weixin\.qq\.", r"/s"),
    ("tencent-docs", r"(?:^|\.)docs\.qq\.", r"/(?:doc|sheet|slide|pdf|aio|s|desktop|mind|smartsheet)/"),
    ("weiyun", r"(?:^|\.)(?:share\.)?weiyun\.", r"/\w+"),
    ("netease", r"(?:^|\.)(?:163|126|yeah|188)\.", r"attach|filecenter|netfolder|/fs/|/file/"),
    ("netease", r"^u\.163\.", r"/\w+"),
    ("coremail", r"", r"^/coremail/|nsoftattach"),
    ("sina", r"(?:^|\.)sina\.(?:com|cn|net)\b", r"filecenter|attach"),
    ("sohu", r"(?:^|\.)mail\.sohu\.", r"attach|filecenter|/fs/"),
    ("139", r"(?:yun|mail|file|disk|share)[\w.]{0,40}\.(?:10086|139)\.", r"/\w+"),
    ("189", r"(?:^|\.)189\.", r"/(?:t|web|share|file|download|webmail)\b|attach"),
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
    ("shimo", r"(?:^|\.)shimo\.", r"/(?:docs|sheets|file|files|presentation|docx)\b"),
    ("feishu", r"(?:^|\.)feishu\.", r"/(?:file|drive|docx?|sheets)\b"),
    ("dingtalk", r"(?:^|\.)dingtalk\.", r"/(?:s|i|document|spreadsheet|share)/"),
    ("wo", r"(?:^|\.)pan\.wo\.", r"/s\b"),
    ("icloud", r"(?:^|\.)icloud\.", r"^/(?:attachment|iclouddrive)/"),
    ("wetransfer", r"(?:^|\.)(?:we\.tl|wetransfer\.)", r"/(?:t-|downloads/)"),
    ("onedrive", r"(?:^|\.)(?:1drv|onedrive)\.", r"/\w+"),
)
"""(kind, host, path and query) as regular expressions: labels of the host, so that a provider's other domains match."""

_SCHEME = re.compile(r"^https?://", re.IGNORECASE)
_PASSWORD = re.compile(r"(?:(?<=\?)(?:pwd|password)=[^&#]*&?|&(?:pwd|password)=[^&#]*)", re.IGNORECASE)
_PROVIDERS = tuple((name, re.compile(host), re.compile(path, re.IGNORECASE)) for name, host, path in KINDS)


def kind(url: str) -> str:
    """The provider of *url* by the table, "" if it is none of them."""
    try:
        parts = urlsplit(url if "//" in url else f"https://{url}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    rest = f"{parts.path}?{parts.query}"
    return next((name for name, where, what in _PROVIDERS if where.search(host) and what.search(rest)), "")


def key(url: str) -> str:
    """What two forms of one link have in common: *url* without scheme, 提取码, and what stands for nothing at its end."""
    bare = _PASSWORD.sub("", _SCHEME.sub("", url)).rstrip("/#?&")
    host, slash, rest = bare.partition("/")
    return host.lower() + slash + rest
