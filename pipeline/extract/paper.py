"""Where the paper of a photographed page is: told by its text, cut out of the table around it, its light made even.

Purpose: `text_share()` says how much of a picture is text on paper; `evened()` readies a photographed page for recognition.
Source: what is text is known by its neighbourhood, whatever falls on it: ink well below the lightest around it, paper
near it, and little between; wood, faces and leaves are full of what lies between. By trial on rendered photographs of pages
and on real photographs: pages have 0.17 and more of their tiles in one piece of text; of 82 photographs the highest six had 0.12 to 0.16.
Limits: the bend of the paper is left as it is; a picture of a screen or a notice board with much text counts as text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.extract.lightest import lightest

if TYPE_CHECKING:
    from PIL import Image

WIDTH = 720
"""Pixels of the shorter side at which a picture is looked at: type of 14 points is 14 high then."""
TILE = 24
"""Pixels of a tile: a line of text and the gap below it."""
NEAR = 7
"""Pixels (at half that size) in which the lightest is the paper around a sign; broader than strokes, narrower than shadows."""
PAPER, INK = 86, 72
"""Hundredths of the lightest around it from which a pixel is paper, and up to which it is ink."""
INKED = (0.04, 0.45)
"""Share of ink in a tile of text."""
LEAST_PAPER = 0.45
"""Share of paper in it, at least."""
CLEAR = 0.72
"""Share of both together, at least: the rest is between black and white."""
LIGHT = 60
"""Level (0..255) of the paper below which nothing can be read."""
STEP = 0.16
"""Share by which the paper of neighbouring tiles may differ; shadows are soft, the edge of the paper is not."""
UNEVEN = 0.85
"""Darkest to lightest twentieth of the tiles from which on light is even and the page fills its picture: a scan."""


def text_share(picture: Image.Image, *, least: float = 0.0) -> float:
    """Give the share (0..1) of *picture* that is text on paper, in one piece; 0 where all its pieces are less than *least*."""
    text, _ = _tiles(picture)
    if text.sum() < least * text.size:
        return 0.0
    return float(text[_largest(text)].sum() / max(1, text.size))


def evened(picture: Image.Image) -> Image.Image:
    """Give the page alone, white and evenly lit; *picture* itself where it is a scan, or no text is found on it."""
    import numpy
    from PIL import Image

    text, light = _tiles(picture)
    if not text.any() or numpy.quantile(light, 0.05) >= UNEVEN * numpy.quantile(light, 0.95):
        return picture
    page = _around(_largest(text) & text, light)
    mask = Image.fromarray(page.astype(numpy.uint8) * 255).resize(_covered(picture), Image.Resampling.NEAREST)
    whole = Image.new("L", picture.size, 0)
    whole.paste(mask, (0, 0))
    levels = numpy.asarray(picture.convert("RGB"), dtype=numpy.float32)
    paper = numpy.asarray(_paper(_small(picture)).resize(picture.size, Image.Resampling.BILINEAR))
    lit = numpy.clip(levels * (250 / numpy.maximum(paper, 1))[:, :, None], 0, 255)
    lit[numpy.asarray(whole) == 0] = 255
    return Image.fromarray(lit.astype(numpy.uint8)).crop(whole.getbbox())


# ---------------------------------------------------------------- tiles


def _small(picture: Image.Image) -> Image.Image:
    from PIL import Image

    scale = WIDTH / min(picture.size)
    size = tuple(max(TILE, round(side * scale)) for side in picture.size)
    grey = picture if picture.mode == "L" else picture.convert("L")
    return grey.resize((size[0], size[1]), Image.Resampling.BOX)


def _covered(picture: Image.Image) -> tuple[int, int]:
    """Give the pixels of *picture* that whole tiles cover."""
    small = _small(picture)
    width, height = (side // TILE * TILE / side for side in small.size)
    return round(picture.width * width), round(picture.height * height)


def _paper(small: Image.Image) -> Image.Image:
    """Give at half the size the lightest around each pixel: the paper without its ink, shadows and all."""
    import numpy
    from PIL import Image, ImageFilter

    return Image.fromarray(lightest(numpy.asarray(small.reduce(2)), NEAR)).filter(ImageFilter.BoxBlur(4))


def _tiles(picture: Image.Image) -> tuple[Any, Any]:
    """Give for each tile whether it holds text, and the level of its paper."""
    import numpy

    small = _small(picture)
    rows, columns = small.height // TILE, small.width // TILE
    half = TILE // 2
    around = numpy.asarray(_paper(small))[: rows * half, : columns * half]
    around = numpy.maximum(around, 1).astype(numpy.uint16)
    level = numpy.asarray(small)[: rows * TILE, : columns * TILE].reshape(rows * half, 2, -1)
    paper = _means((level > _doubled(around * PAPER // 100)).view(numpy.uint8), TILE)
    ink = _means((level < _doubled((around * INK + 99) // 100)).view(numpy.uint8), TILE)
    light = _means(around, half)
    inked = (ink > INKED[0]) & (ink < INKED[1])
    return inked & (paper > LEAST_PAPER) & (paper + ink > CLEAR) & (light > LIGHT), light


def _doubled(levels: Any) -> Any:
    """Give each of the *levels* (0..255, of 16 bits) for a square of four pixels: twice side by side, and once for two rows.

    A number of 16 bits of which both octets are the level is that level twice.
    """
    import numpy

    return (levels * 257).view(numpy.uint8)[:, None, :]


def _means(levels: Any, side: int) -> Any:
    """Give the means of tiles of *side* pixels, a line of which is summed in the type of *levels*: columns lie side by side."""
    columns = levels.reshape(-1, side, levels.shape[-1]).sum(axis=1, dtype=levels.dtype)
    return columns.reshape(len(columns), -1, side).sum(axis=2) / side**2


def _largest(text: Any) -> Any:
    """Give the largest piece of the tiles of text, small gaps in it closed."""
    import numpy
    from scipy import ndimage

    square = numpy.ones((3, 3))
    pieces, count = ndimage.label(ndimage.binary_closing(text, square), square)
    if not count:
        return numpy.zeros_like(text)
    sizes = numpy.bincount(pieces.ravel())
    sizes[0] = 0
    return pieces == sizes.argmax()


def _around(text: Any, light: Any) -> Any:
    """Give the tiles of the paper that the tiles of *text* stand on: as light as their neighbours; rows without gaps."""
    import numpy

    page, reached = text.copy(), [tuple(place) for place in numpy.argwhere(text)]
    while reached:
        row, column = reached.pop()
        for other in ((row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)):
            inside = 0 <= other[0] < page.shape[0] and 0 <= other[1] < page.shape[1]
            if inside and not page[other] and abs(light[other] / light[row, column] - 1) < STEP:
                page[other] = True
                reached.append(other)
    for row in page:
        filled = numpy.flatnonzero(row)
        if filled.size:
            row[filled[0] : filled[-1] + 1] = True
    return page
