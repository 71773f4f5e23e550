"""What a picture is (photograph, screenshot, page, graphic, logo), and its perceptual hash.

Purpose: `depicted()` sets aside what is no photograph; `perceptual()` gives the levels that pipeline/reuse.py compares.
Source: ../../docs/decisions.md; thresholds by trial on real photographs, posters and screens.
Limits: precision goes first, so that much stays UNKNOWN; the words of a picture are not read, faces are not looked for.
"""

from __future__ import annotations

import heapq
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.records import Depiction

if TYPE_CHECKING:
    from PIL import Image

LOGO_SIDE = 160
"""Longer side in pixels up to which a picture is a mail's ornament."""
THIN_SIDE = 64
"""Shorter side in pixels below which a picture is a rule or a banner."""
INLINE_LOGO_SIDE = 400
"""The same for drawn pictures that stand in a mail's body: signatures of companies."""
PHOTO_SIDE = 480
"""Shorter side in pixels from which a picture without EXIF may be called a photograph."""
HASH_SIDE = 32
"""Levels a side of the perceptual hash."""
MIN_RELIEF = 1.5
"""Mean difference of a level to its neighbours' mean; plain walls, skies and white sheets have less, photographs 2.5 and more."""

_EVEN, _FEW_COLOURS = 0.85, 0.8
"""Shares of pixels like their neighbour, and of the four commonest colours, from which a picture is drawn."""
_GRAINY = 0.6
"""Share of pixels equal to their neighbour up to which it has the grain of a photograph."""
_SHAPES = (4 / 3, 3 / 2, 16 / 9, 1.0)
"""Long to short side of cameras' pictures."""
_SCREEN_RATIO = (1.6, 2.4)
"""Height to width of a telephone's screen."""
_NEUTRAL = 24
"""Difference of the channels up to which a colour is white, grey or black: the ground of programs."""
_SCREEN_NAME = re.compile(r"截图|截屏|屏幕快照|屏幕截|screen ?shot|screen_?capture|snipaste", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What is known of a picture beside its pixels. page: it looks like a page of text. inline: in a mail's body."""

    name: str
    width: int
    height: int
    lossy: bool
    camera: bool
    screen: bool
    inline: bool
    page: bool = False


@dataclass(frozen=True, kw_only=True)
class _Look:
    """equal, even: shares of pixels the same as, or hardly other than, their right neighbour. few: share of the four
    commonest of 4096 colours. neutral: the commonest is white, grey or black."""

    equal: float
    even: float
    few: float
    neutral: bool

    @property
    def drawn(self) -> bool:
        return self.even >= _EVEN and self.few >= _FEW_COLOURS


def depicted(picture: Image.Image, grey: Image.Image, traits: Traits) -> Depiction:
    """Say what *picture* (RGB, upright, its pixels not smoothed by scaling), in *grey* as well, is."""
    short, long = sorted((traits.width, traits.height))
    if long <= LOGO_SIDE or short < THIN_SIDE:
        return Depiction.LOGO
    if traits.camera:
        return Depiction.PAGE if traits.page else Depiction.PHOTO
    if traits.screen or _SCREEN_NAME.search(traits.name):
        return Depiction.SCREENSHOT
    look = _look(picture, grey)
    return _drawn(look, traits) if look.drawn else _grained(look, traits)


def _drawn(look: _Look, traits: Traits) -> Depiction:
    if traits.page:
        return Depiction.PAGE
    if traits.inline and max(traits.width, traits.height) <= INLINE_LOGO_SIDE:
        return Depiction.LOGO
    tall = _SCREEN_RATIO[0] <= traits.height / traits.width <= _SCREEN_RATIO[1]
    return Depiction.SCREENSHOT if tall and look.neutral else Depiction.GRAPHIC


def _grained(look: _Look, traits: Traits) -> Depiction:
    if traits.page:
        return Depiction.PAGE
    short, long = sorted((traits.width, traits.height))
    shaped = any(abs(long / short / shape - 1) <= 0.02 for shape in _SHAPES)
    grainy = traits.lossy and look.equal <= _GRAINY
    return Depiction.PHOTO if shaped and grainy and short >= PHOTO_SIDE else Depiction.UNKNOWN


def _look(picture: Image.Image, grey: Image.Image) -> _Look:
    from PIL import Image, ImageChops

    left = grey.crop((0, 0, grey.width - 1, grey.height))
    steps = ImageChops.difference(left, grey.crop((1, 0, grey.width, grey.height))).histogram()
    sample = picture.resize((128, 128), Image.Resampling.NEAREST).point(lambda level: level >> 4)
    # With 4096 colours getcolors always answers; the tuples are (count, (red, green, blue)).
    found = heapq.nlargest(4, sample.getcolors(4096) or [])
    commonest = found[0][1] if found else (0, 0, 0)
    spread = max(commonest) - min(commonest) if isinstance(commonest, tuple) else 0
    return _Look(
        equal=steps[0] / sum(steps),
        even=sum(steps[:3]) / sum(steps),
        few=sum(count for count, _ in found) / (sample.width * sample.height),
        neutral=spread * 16 <= _NEUTRAL,
    )


def perceptual(grey: Image.Image) -> bytes:
    """Give HASH_SIDE x HASH_SIDE grey levels of an upright picture, b"" where it is too plain to be known again."""
    from PIL import Image

    levels = grey.resize((HASH_SIDE, HASH_SIDE), Image.Resampling.BOX).tobytes()
    return levels if _relief(levels) >= MIN_RELIEF else b""


def _relief(levels: bytes) -> float:
    """Mean distance of the inner levels from the mean of their four neighbours."""
    import numpy

    all_ = numpy.frombuffer(levels, dtype=numpy.uint8).reshape(HASH_SIDE, HASH_SIDE).astype(numpy.int32)
    around = all_[:-2, 1:-1] + all_[2:, 1:-1] + all_[1:-1, :-2] + all_[1:-1, 2:]
    inner = all_[1:-1, 1:-1]
    return int(numpy.abs(4 * inner - around).sum()) / 4 / inner.size
