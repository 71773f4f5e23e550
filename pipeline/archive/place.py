"""Where an object archive lies and who may at it: an address without any secret, and the key that opens it.

Purpose: `Place`, bucket, prefix, endpoint and region, to an address and back; `Access`, the key.
Source: Amazon S3 User Guide, "Object key naming guidelines" (keys are UTF-8) and "Virtual hosting of buckets".
Limits: keys are given, by settings or by environment; no service of the machine is asked for one.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from pipeline.errors import SettingsError

SCHEME = "s3://"
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
_ENDPOINT = re.compile(
    r"https://[^\s@?#/]+(/[^\s@?#]*)?|http://(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?/?"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_KNOWN = frozenset({"endpoint", "region"})


@dataclass(frozen=True, kw_only=True)
class Access:
    """The key of an object store. token: of a temporary key, "" otherwise. It shows no secret of itself."""

    access_key_id: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the objects lie. prefix: of every key, as it is written there, "" for none. endpoint: "" for Amazon's own."""

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = "us-east-1"

    @property
    def address(self) -> str:
        """What `of` makes this place of again."""
        where = urlencode({"endpoint": self.endpoint, "region": self.region})
        return f"{SCHEME}{self.bucket}/{quote(self.prefix)}?{where}"

    @property
    def server(self) -> str:
        """The endpoint, Amazon's spelt out, so that nothing in the environment stands in for it."""
        china = ".cn" if self.region.startswith("cn-") else ""
        return self.endpoint.rstrip("/") or f"https://s3.{self.region}.amazonaws.com{china}"

    @property
    def host(self) -> str:
        """The one host that is spoken to."""
        return urlsplit(self.server).hostname or ""

    @property
    def by_name_of_host(self) -> bool:
        """Whether the host is the bucket's own, as some providers demand, so that no path names the bucket."""
        return self.host.startswith(f"{self.bucket}.")

    def __str__(self) -> str:
        """What people know it by."""
        return f"{SCHEME}{self.bucket}/{self.prefix}"

    @classmethod
    def set(cls, words: str, *, endpoint: str, region: str) -> Place:
        """Understand what the settings say: "s3://bucket/prefix", whose signs all stand for themselves.

        Raises:
            SettingsError: no bucket is named so; the prefix is no way down; the endpoint is not https, nor on loopback.
        """
        bucket, _, prefix = words.removeprefix(SCHEME).partition("/")
        return cls(bucket=bucket, prefix=prefix.rstrip("/"), endpoint=endpoint, region=region)._required()

    @classmethod
    def of(cls, address: str) -> Place:
        """Understand an `address`.

        Raises:
            SettingsError: it is none, or what it names is no such place.
        """
        way, _, rest = address.removeprefix(SCHEME).partition("?")
        bucket, _, prefix = way.partition("/")
        where = dict(parse_qsl(rest, keep_blank_values=True))
        if where.keys() - _KNOWN:
            raise SettingsError(
                f"原件库的地址里有不认识的 {min(where.keys() - _KNOWN)}；两边的程序版本要相同"
            )
        return cls(bucket=bucket, prefix=unquote(prefix).rstrip("/"), **where)._required()

    def _required(self) -> Place:
        if not _BUCKET.fullmatch(self.bucket):
            raise SettingsError(f"archive 里的桶名“{self.bucket}”不对；写法是 s3://桶/前缀")
        steps = self.prefix.split("/") if self.prefix else []
        if any(step in ("", ".", "..") for step in steps) or _CONTROL.search(self.prefix):
            raise SettingsError(
                f"archive 里的前缀“{self.prefix}”不能用：不能有空的一级、“.”、“..”和控制符；写法是 s3://桶/前缀"
            )
        if self.endpoint and not _ENDPOINT.fullmatch(self.endpoint):
            raise SettingsError(
                "[s3] 的 endpoint 要写 https://主机[:端口]，里面不写密钥；http:// 只许本机（127.0.0.1、localhost）"
            )
        return self


def access(access_key_id: str = "", secret: str = "") -> Access:
    """Return the key of that number; where none is given, that of the environment (AWS_ACCESS_KEY_ID and the like).

    Raises:
        SettingsError: there is no key, or half of one.
    """
    if access_key_id:
        if not secret:
            raise SettingsError(
                "[s3] 写了 access_key_id 而没有密钥；请写 secret_key_file，或给 systemd 凭据 s3-secret-key"
            )
        return Access(access_key_id=access_key_id, secret=secret)
    number, secret = os.environ.get("AWS_ACCESS_KEY_ID", ""), os.environ.get("AWS_SECRET_ACCESS_KEY", "")
    if not (number and secret):
        raise SettingsError(
            "原件库在对象存储里，却没有访问密钥；请在 [s3] 写 access_key_id 和 secret_key_file，"
            "或设环境变量 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY"
        )
    return Access(access_key_id=number, secret=secret, token=os.environ.get("AWS_SESSION_TOKEN", ""))
