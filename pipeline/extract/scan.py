"""A picture of a page made ready for recognition: upright lines, grey, without seals, and where red letters stand.

Purpose: `prepared()` for pages of PDF files and photographed pages; runs in the reader's child.
Source: a red seal (印章) lies over the signature and vanishes in the red channel; a red letterhead (红头) would too, so the
upper part of a first page keeps its plain grey. Skew is where the rows of ink are told apart best (projection profile).
Limits: seals in other colours stay; a letterhead below the upper third is lost; skew beyond 4 degrees is not sought.
"""

from __future__ import annotations

import io
import statistics
import struct
from typing import TYPE_CHECKING

from pipeline.records import Leaf

if TYPE_CHECKING:
    from PIL import Image

LETTERHEAD = 0.33
"""Share of a first page, from the top, in which red is letters and not a seal."""
REDNESS = 60
"""How far the red of a pixel must exceed its green and blue (0..255) to be red ink."""
BAND_SHARE = 0.012
"""Share of a row of pixels that must be red ink for it to belong to a line of red letters."""
MIN_BAND = 8
"""Rows of a band; thinner ones are rules."""
MAX_SKEW = 4.0
"""Degrees of skew that are sought on either side; feeders turn pages by up to three."""
COARSE, FINE = 0.5, 0.1
"""Steps of the search in degrees; below a tenth nothing is gained."""
PROBE_WIDTH = 700
"""Width in pixels of the copy on which skew is measured."""

_PAIR = struct.Struct("<II")


def prepared(leaf: Leaf, picture: Image.Image, *, first: bool) -> tuple[Leaf, Leaf]:
    """Give two leaves: the page in grey as PNG, and its bands of red letters as packed pairs of rows (`bands()`).

    Args:
        first: the page may carry a letterhead.
    """
    from PIL import Image, ImageChops

    colour = picture.convert("RGB")
    red, green, blue = colour.split()
    excess = ImageChops.subtract(red, ImageChops.lighter(green, blue))
    grey = red.copy()
    rows = b""
    if first:
        upper = (0, 0, colour.width, round(colour.height * LETTERHEAD))
        grey.paste(colour.convert("L").crop(upper), upper)
        ink = excess.crop(upper).point(lambda value: 255 if value > REDNESS else 0)
        rows = ink.resize((1, upper[3]), Image.Resampling.BOX).tobytes()
    angle = skew(grey)
    if angle:
        grey = grey.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    octets = io.BytesIO()
    grey.save(octets, "PNG", compress_level=1)
    return (
        Leaf(path=f"{leaf.path}/grey", data=octets.getvalue()),
        Leaf(path=f"{leaf.path}/red", data=b"".join(_PAIR.pack(*band) for band in _bands(rows))),
    )


def bands(octets: bytes) -> tuple[tuple[int, int], ...]:
    """Unpack the bands (first and last row) that `prepared()` packed."""
    return tuple((top, bottom) for top, bottom in _PAIR.iter_unpack(octets))


def skew(picture: Image.Image) -> float:
    """Give the turn (degrees, counter-clockwise) that makes the lines of the page level, 0 where it shows none."""
    probe = picture.convert("L")
    probe.thumbnail((PROBE_WIDTH, 2 * PROBE_WIDTH))
    probe = probe.point(lambda value: 0 if value > 140 else 255)
    best = 0.0
    for reach, step in ((MAX_SKEW, COARSE), (COARSE, FINE)):
        count = round(reach / step)
        angles = [best + place * step for place in range(-count, count + 1)]
        best = max(angles, key=lambda angle: (_contrast(probe, angle), -abs(angle)))
    return best if _contrast(probe, best) > 1.05 * _contrast(probe, 0.0) else 0.0


def _contrast(probe: Image.Image, angle: float) -> float:
    """Say how well rows of ink and gaps are told apart when *probe* is turned by *angle*."""
    from PIL import Image

    turned = probe.rotate(angle, Image.Resampling.NEAREST)
    return statistics.pvariance(list(turned.resize((1, turned.height), Image.Resampling.BOX).tobytes()))


def _bands(rows: bytes) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = None
    for place, value in enumerate((*rows, 0)):
        if value >= 255 * BAND_SHARE and start is None:
            start = place
        elif value < 255 * BAND_SHARE and start is not None:
            if place - start >= MIN_BAND:
                found.append((start, place - 1))
            start = None
    return found
