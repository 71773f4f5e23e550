"""How heavy each mail is and what hangs on it.

Purpose: `season(mails, seed)`, one `Load` a mail; `whale(octets)`, one big mail.
Source: 200 mails, 684 MB, median 2.8 MB, 731 attachments (docx, jpg, pdf, xlsx, zips).
Limits: sizes are those of a log-normal law at evenly spaced ranks, so that no draw makes a heavier season than another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import NormalDist

MEDIAN, MEAN = 2_820_000, 3_385_000
"""Octets of a mail."""
SPREAD = 0.45
"""Standard deviation of the logarithm of the sizes in the middle; the tail is said apart."""
WHALES = (40_000_000, 19_000_000, 12_000_000)
SMALL, LARGE = 0.06, len(WHALES) / 200
"""Shares of the mails that are small (a report and no pictures) and large."""
LETTER = 40_000
"""Octets of a mail without pictures."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one mail carries. octets: of the whole mail. report: "docx", "pdf", "both" or "" (the words are the body).

    photos: attached as files. inside: photographs in the Word file. packed: photographs in a zip with the report.
    """

    octets: int
    report: str
    photos: int = 0
    inside: int = 0
    packed: int = 0
    sheet: bool = False


def season(mails: int, seed: int) -> tuple[Load, ...]:
    """The loads of so many mails, shuffled."""
    draw = Random(seed)  # noqa: S311 - drawn, not secret
    loads = [_load(octets, draw) for octets in _sizes(mails)]
    draw.shuffle(loads)
    return tuple(loads)


def whale(octets: int) -> Load:
    """One big mail: photographs of some 3 MB, half of them in a zip."""
    pictures = max(2, octets // 4_500_000)
    return Load(
        octets=octets, report="both", photos=pictures // 2, packed=pictures - pictures // 2, sheet=True
    )


def _sizes(mails: int) -> Sequence[int]:
    """Octets of each mail: the small, the middle, the large; the middle is stretched above its median to give the mean."""
    large = list(WHALES[: round(LARGE * mails)])
    small = [LETTER] * round(SMALL * mails)
    count = mails - len(large) - len(small)
    law = NormalDist(0, SPREAD)
    middle = [MEDIAN * 2.718281828 ** law.inv_cdf((rank + 0.5) / count) for rank in range(count)]
    wanted = MEAN * mails - sum(large) - sum(small)
    stretch = (wanted - sum(min(one, MEDIAN) for one in middle)) / sum(max(0, one - MEDIAN) for one in middle)
    return [*small, *(int(min(one, MEDIAN) + max(0, one - MEDIAN) * stretch) for one in middle), *large]


def _load(octets: int, draw: Random) -> Load:
    if octets <= LETTER:
        return Load(octets=octets, report=draw.choice(("docx", "docx", "pdf", "")), sheet=draw.random() < 0.3)
    if octets >= min(WHALES):
        return whale(octets)
    kind = draw.random()
    report = "docx" if kind < 0.72 else "both" if kind < 0.92 else "pdf"
    packed = draw.randrange(3, 6) if draw.random() < 0.18 else 0
    inside = draw.randrange(1, 4) if report != "pdf" and draw.random() < 0.6 else 0
    least = 0 if packed or inside else 1
    return Load(
        octets=octets,
        report=report,
        photos=max(least, draw.randrange(4) if packed else draw.randrange(1, 4)),
        inside=inside,
        packed=packed,
        sheet=draw.random() < 0.4,
    )
