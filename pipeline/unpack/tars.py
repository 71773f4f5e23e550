"""Members of a tar.

Purpose: `read_tar()`.
Source: POSIX.1-2017 pax (ustar, pax headers), the GNU extensions, as the standard library's tarfile reads them.
Limits: those of limits.py; links, devices, pipes and sparse files are named and not read. The reader must move forward
    with every header: negative sizes made tarfile turn back (CVE-2025-8194).
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator

from pipeline.records import Code
from pipeline.unpack.limits import LINK, Budget, Member, Opened, Refused, too_big, too_many

_CUT = "压缩包在此中断，内容不完整"
_BROKEN = "压缩包损坏，只读出损坏处以前的内容"


def is_tar(data: bytes) -> bool:
    """Say whether *data* begins with the header of a tar."""
    try:
        tarfile.TarInfo.frombuf(data[: tarfile.BLOCKSIZE], "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return False
    return True


def read_tar(data: bytes, *, packed: int = 0) -> Opened:
    """Read all members of the tar *data*, which came out of an archive of *packed* octets (0: it is one itself)."""
    budget = Budget(packed=packed or len(data))
    members: list[Member] = []
    refused: list[Refused] = []
    for found in _headers(data):
        if isinstance(found, Refused):
            refused.append(found)
            continue
        if budget.spent:
            refused.append(too_many())
            break
        name = found.name.encode("utf-8", "surrogateescape")
        if found.isdir():
            continue
        if not found.isreg() or found.issparse():
            refused.append(Refused(name=name, code=Code.DAMAGED, why=LINK))
        elif found.size > budget.room(budget.packed):
            refused.append(too_big(name))
        else:
            octets = data[found.offset_data : found.offset_data + found.size]
            budget.spend(len(octets))
            members.append(Member(name=name, data=octets, fault="" if len(octets) == found.size else _CUT))
    return Opened(members=tuple(members), refused=tuple(refused))


def _headers(data: bytes) -> Iterator[tarfile.TarInfo | Refused]:
    try:
        with tarfile.open(
            fileobj=io.BytesIO(data), mode="r:", errors="surrogateescape", encoding="utf-8"
        ) as tar:
            reached = -1
            while found := tar.next():
                if tar.offset <= reached or found.size < 0:
                    yield Refused(code=Code.DAMAGED, why=_BROKEN)
                    return
                reached = tar.offset
                yield found
    except (tarfile.TarError, EOFError, OSError, ValueError, OverflowError, RecursionError):
        yield Refused(code=Code.DAMAGED, why=_BROKEN)
