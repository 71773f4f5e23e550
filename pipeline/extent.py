"""How large one mail has become while it is read, and how large it may become.

Purpose: `Extent` counts parts, archives and octets; `excess()` says which limit the next part would break.
Limits: the numbers below; a breach costs the part that breaks it.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_PARTS = 10_000
"""Parts of one mail, members and pictures included; a district that packs what sixty townships sent has two thousand."""
MAX_DEPTH = 24
"""Containers in containers; real mails reach four (mail, forwarded mail, zip, document), long chains of forwards twenty."""
MAX_ARCHIVES = 400
"""Archives opened in one mail; a district packs one of each of its sixty townships, a bomb has a hundred thousand."""
SHARE = 3
"""No attachment may use up more than a third of these limits: a bomb costs itself, and the next attachment is opened."""
MAX_OCTETS = 2 * 1024**3
"""Decoded octets of one mail in all: beyond it is a bomb, the providers' limit for a mail is 50 MB."""


@dataclass(kw_only=True)
class Extent:
    """Parts, archives and octets so far. begun: the same when the attachment was begun that is being read."""

    parts: int = 0
    archives: int = 0
    octets: int = 0
    begun: tuple[int, int, int] = (0, 0, 0)

    def begin(self) -> None:
        """Count the next attachment's share from here on."""
        self.begun = (self.parts, self.archives, self.octets)

    def excess(self, depth: int, *, archive: bool) -> str:
        """Say in Chinese which limit forbids to open a part, its octets counted already, so deep inside; "" if none."""
        if depth > MAX_DEPTH:
            return f"嵌套超过 {MAX_DEPTH} 层，未再打开"
        for share, (parts, archives, octets) in ((1, (0, 0, 0)), (SHARE, self.begun)):
            most = max(1, MAX_PARTS // share)
            if self.parts - parts >= most:
                return f"部件超过 {most} 个，未再打开"
            most = max(1, MAX_ARCHIVES // share)
            if archive and self.archives - archives >= most:
                return f"压缩包超过 {most} 个，未再打开"
            if self.octets - octets > MAX_OCTETS // share:
                return f"解开后超过 {MAX_OCTETS // share // 1024**2} MB，未再打开"
        return ""
