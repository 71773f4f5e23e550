"""What an object store's refusals mean for a person: later, or not before something is set right.

Purpose: `understood(place)` turns what obstore raises into our two kinds of failure, in Chinese with the cure.
Source: Amazon S3 API Reference, "Error responses" (codes). obstore gives status and body in the text of its errors alone.
Limits: an object that is not there stays FileNotFoundError, one that is there already stays what it is: these are facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    NotSupportedError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)

from pipeline.archive.place import Place
from pipeline.errors import SettingsError, ShouwenError, UnavailableError

_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>([A-Za-z0-9.]{1,60})</Code>")
_LATER = frozenset({"RequestTimeout", "SlowDown", "OperationAborted", "TooManyRequests"})


@contextmanager
def understood(place: Place) -> Iterator[None]:
    """Say what the store refuses within the block.

    Raises:
        UnavailableError: it may go through later. SettingsError: key, rights, bucket, endpoint or region are wrong.
        FileNotFoundError: there is no such object. AlreadyExistsError, PreconditionError: another was there first.
    """
    try:
        yield
    except (AlreadyExistsError, PreconditionError):
        raise
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise _no_bucket(place) from error
        raise
    except BaseError as error:
        raise _meaning(error, place) from error


def _meaning(error: BaseError, place: Place) -> ShouwenError:
    status, code = _found(_STATUS, error), _found(_CODE, error)
    said = " ".join(filter(None, (status, code)))
    if code == "NoSuchBucket":
        return _no_bucket(place)
    if code == "RequestTimeTooSkewed":
        return SettingsError(f"对象存储 {place} 说本机的时钟不准（{said}）；请对时（timedatectl）后再试")
    if not status and "InvalidCertificate" in str(error):
        return SettingsError(
            f"对象存储 {place.server} 的证书不可信，没有交出任何东西；请检查 [s3] 的 endpoint 和本机时钟，"
            "自建的把签发者的证书装进系统，或设环境变量 SSL_CERT_FILE"
        )
    if cure := _cure(error, status, code):
        return SettingsError(f"对象存储 {place} {cure[0]}（{said or type(error).__name__}）；{cure[1]}")
    return UnavailableError(
        f"对象存储 {place} 现在用不了（{said or '连不上或中途断开'}）；请检查网络和对象存储，恢复后会接着办，什么也没有丢"
    )


def _cure(error: BaseError, status: str, code: str) -> tuple[str, str] | None:
    """What the store does not do, and what a person is to set right; None where time may do it."""
    if isinstance(error, PermissionDeniedError | UnauthenticatedError) or status in ("401", "403"):
        return (
            "不让用",
            "请检查 [s3] 的 access_key_id 和密钥，以及桶的权限：要能列出、读、写前缀下的对象，并能删 .unfinished/ 下的",
        )
    if status in ("405", "501") or isinstance(error, NotSupportedError):
        return (
            "不会做要它做的",
            "原件库要求“已有即不覆盖”的条件写入（If-None-Match），请换支持的对象存储",
        )
    if status[:1] in ("3", "4") and status not in ("408", "425", "429") and code not in _LATER:
        return "不认这样的请求", "请检查 [s3] 的 endpoint 和 region 是否就是这个桶的"
    return None


def _no_bucket(place: Place) -> SettingsError:
    return SettingsError(f"对象存储 {place.server} 里没有桶 {place.bucket}；请先建桶，或改正设置里的 archive")


def _found(pattern: re.Pattern[str], error: BaseError) -> str:
    match = pattern.search(str(error))
    return match[1] if match else ""
