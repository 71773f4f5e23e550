"""A file that came back, looked at from outside before anything opens it: its kind, and what its directory claims.

Purpose: `require_fit`.
Source: APPNOTE.TXT of zip (sizes in the central directory); [MS-OFFCRYPTO] for encrypted packages.
Limits: what the directory claims may be a lie; the process that reads the file has limits of its own (cells.py).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from pipeline.errors import UsageError

MAX_OCTETS = 60 * 1024**2
"""Of the file; the largest workbook that we write is kept under 20 MB."""
MAX_INFLATED = 600 * 1024**2
"""Octets that the parts of the file claim to have together; 20,000 rows have some 60 MB."""
MAX_RATIO = 400
"""How much smaller a large part may be packed; real sheets are packed to a tenth, a bomb to a thousandth."""
MAX_ENTRIES = 12_000
"""Parts of the file; thumbnails are a part each."""
SMALL = 4 * 1024**2
"""Octets below which the ratio of a part does not matter."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DAMAGED = "打不开，可能已损坏或不是工作簿；请用 Excel 或 WPS 打开它、另存为 .xlsx 后再导入"
LOCKED = "设有打开密码；请用 Excel 或 WPS 去掉密码、另存为 .xlsx 后再导入"


def require_fit(octets: bytes, name: str) -> None:
    """Take the file *octets*, called *name*, for one that may be opened.

    Raises:
        UsageError: it is no .xlsx, encrypted, or more than a workbook of ours can be; Chinese, with the cure.
    """
    if octets.startswith(_OLE):
        locked = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e" in octets
        if locked:
            raise UsageError(f"{name} {LOCKED}")
        raise UsageError(f"{name} 是旧格式（.xls 或 .et）；请用 Excel 或 WPS 另存为 xlsx 后再导入")
    if len(octets) > MAX_OCTETS:
        raise UsageError(f"{name} 超过 {MAX_OCTETS // 1024**2} MB，不是本程序编出的工作簿；请核对文件")
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UsageError(f"{name} {DAMAGED}") from error
    names = {entry.filename for entry in entries}
    if "content.xml" in names or "xl/workbook.bin" in names:
        raise UsageError(f"{name} 不是 xlsx；请用 Excel、WPS 或 LibreOffice 另存为 xlsx 后再导入")
    if _is_bomb(entries):
        raise UsageError(f"{name} 解开后大得反常，没有打开；请从原来的工作簿重新填写后再导入")


def _is_bomb(entries: Sequence[zipfile.ZipInfo]) -> bool:
    return (
        len(entries) > MAX_ENTRIES
        or sum(entry.file_size for entry in entries) > MAX_INFLATED
        or any(
            entry.file_size > SMALL and entry.file_size > MAX_RATIO * max(1, entry.compress_size)
            for entry in entries
        )
    )
