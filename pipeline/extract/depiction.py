"""What a picture is (photograph, screenshot, page, graphic, logo), and its perceptual hash.

Purpose: `depicted()` sets aside what is no photograph; `perceptual()` gives the levels that pipeline/reuse.py compares.
Source: ../../docs/decisions.md; thresholds by trial on real photographs, posters and screens.
Limits: precision goes first, so that much stays UNKNOWN; the words of a picture are not read, faces are not looked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
    """equal: share of pixels the same as their right neighbour. drawn: most are hardly other than it, in few colours.
    neutral: the commonest of 4096 colours is white, grey or black."""

    equal: float
    drawn: bool
    neutral: bool


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
    import numpy

    few, neutral = _colours(picture)
    levels = numpy.asarray(grey)
    left, right = levels[:, :-1], levels[:, 1:]
    equal = int(left.size - numpy.count_nonzero(left != right)) / left.size
    return _Look(equal=equal, drawn=few >= _FEW_COLOURS and _even(left, right) >= _EVEN, neutral=neutral)


def _even(left: Any, right: Any) -> float:
    """Give the share of the levels *left* that are hardly other than those *right* of them."""
    import numpy

    return int(numpy.count_nonzero(numpy.maximum(left, right) - numpy.minimum(left, right) <= 2)) / int(
        left.size
    )


def _colours(picture: Image.Image) -> tuple[float, bool]:
    """Give the share of the four commonest of 4096 colours, and whether the commonest is white, grey or black."""
    import numpy
    from PIL import Image

    sample = numpy.asarray(picture.resize((128, 128), Image.Resampling.NEAREST)).reshape(-1, 3) >> 4
    counts = numpy.bincount(sample @ numpy.array([256, 16, 1]), minlength=4096)
    commonest = 4095 - int(counts[::-1].argmax())  # of equally common ones the lightest in red
    channels = (commonest >> 8, commonest >> 4 & 15, commonest & 15)
    few = int(numpy.sort(counts)[-4:].sum()) / len(sample)
    return few, (max(channels) - min(channels)) * 16 <= _NEUTRAL


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
