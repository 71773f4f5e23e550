"""How much an archive may become, and what stays of it: members, and refusals with their reason.

Purpose: `Budget` counts before anything is inflated; `Member`, `Refused` and `Opened` are what the readers hand over.
Source: 42.zip, and Fifield, "A better zip bomb" (USENIX WOOT 2019), for what has to be refused.
Limits: the named numbers; a breach costs the member or the rest of that archive, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.records import Code

MAX_MEMBERS = 5_000
"""Members of one archive; more than any unit sends."""
MAX_TOTAL = 256 * 1024**2
"""Decoded octets of one archive: a mail has at most 50 MB, documents grow fivefold, photos not at all."""
MAX_MEMBER = 96 * 1024**2
"""Decoded octets of one member, which is in memory twice for a moment; no report and no photo is as large."""
HARDLY = 1.25
"""Growth of what was packed before (films, photos): a film that is larger than MAX_MEMBER is as large in its archive."""
MAX_RATIO = 200
"""Decoded octets for each packed one; office XML reaches 30, blank scans 100, a bomb of zeros 1,000 and more."""
FREE = 8 * 1024**2
"""Octets a member may have whatever its ratio: a blank bitmap page compresses beyond measure and is harmless."""

LINK = "符号链接或特殊文件，未跟随"
"""Why a link, a device or a pipe is named and not read."""

_SECONDS, _SECONDS_EACH_MEGABYTE = 8, 1
"""Time of a foreign program: a hostile archive is small, and fifty megabytes of photos may take a minute on a busy machine."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """One file of an archive. name: octets as they stand; text: decoded where the archive itself says how, else "".

    fault: what is wrong with its octets, in Chinese, "" if nothing. declared: media type the container gives it, "" if none.
    body: it is a version of the text of the mail that the container is.
    """

    name: bytes
    text: str = ""
    data: bytes
    fault: str = ""
    declared: str = ""
    body: bool = False


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A member, or the rest of an archive (name b""), that is not handed over: code and Chinese reason."""

    name: bytes = b""
    text: str = ""
    code: Code
    why: str


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What one reader got out of an archive.

    note: what staff should know of it though nothing is wrong (who signed it), in Chinese, "" if nothing.
    """

    members: tuple[Member, ...] = ()
    refused: tuple[Refused, ...] = ()
    note: str = ""


@dataclass(kw_only=True)
class Budget:
    """What may still be inflated of one archive, *packed* octets long."""

    packed: int
    members: int = MAX_MEMBERS
    octets: int = field(default=MAX_TOTAL)

    def room(self, packed: int) -> int:
        """Octets that a member of *packed* octets may have."""
        most = max(MAX_MEMBER, int(packed * HARDLY))
        return min(self.octets, most, max(FREE, packed * MAX_RATIO))

    def spend(self, octets: int) -> None:
        """Count one member of that many decoded octets."""
        self.octets -= octets
        self.members -= 1

    @property
    def spent(self) -> bool:
        """True where no further member may be opened."""
        return self.members <= 0 or self.octets <= 0


def seconds(packed: int) -> float:
    """How long a foreign program may take for *packed* octets."""
    return _SECONDS + _SECONDS_EACH_MEGABYTE * packed / 1024**2


def too_big(name: bytes, text: str = "") -> Refused:
    """Refuse a member that would grow beyond its room."""
    why = (
        f"解开后超过上限（单个 {MAX_MEMBER // 1024**2} MB，未经压缩的影像除外；"
        f"共 {MAX_TOTAL // 1024**2} MB；压缩比 {MAX_RATIO} 倍），压缩包原件已存，请人工解开"
    )
    return Refused(name=name, text=text, code=Code.TOO_BIG, why=why)


def too_many() -> Refused:
    """Refuse the rest of an archive whose budget is spent."""
    why = f"成员超过 {MAX_MEMBERS} 个或总量超过 {MAX_TOTAL // 1024**2} MB，其余未解开"
    return Refused(code=Code.TOO_BIG, why=why)
