"""Photographs of any size, made fast: every one another picture, as hard to compress as a telephone's.

Purpose: `photo(draw, octets)`, a JPEG of about so many octets with EXIF.
Source: a photograph of 12 million pixels takes 3-4 MB (2.4 bits a pixel at quality 85); EXIF 2.32 tags 306, 271, 36867.
Limits: coloured clouds under noise, no things in it; the same octets with the same builds of numpy and of libjpeg alone.
"""

from __future__ import annotations

import io
from functools import cache
from math import sqrt
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image

QUALITY, BITS_A_PIXEL = 85, 2.4
NOISE, TILE = 11, 512
"""Of the noise: its strength of 255, and the side of the tile that is laid out over a picture."""
LEAST_OCTETS, MOST_OCTETS = 60_000, 4_500_000
"""What `photo` can be asked for; a chat program makes the small ones, a good telephone the large ones."""
DATE_TIME, MAKE, EXIF_FOLDER, DATE_TIME_ORIGINAL = 306, 271, 0x8769, 36867
CLOUDS = (9, 7)


def photo(draw: Random, octets: int) -> bytes:
    """A JPEG of *octets* octets, give or take a tenth, within LEAST_OCTETS..MOST_OCTETS."""
    pixels = 8 * min(max(octets, LEAST_OCTETS), MOST_OCTETS) / BITS_A_PIXEL
    width, height = int(sqrt(pixels * 4 / 3)), int(sqrt(pixels * 3 / 4))
    picture = Image.fromarray(_grained(draw, width, height))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY, exif=_exif(draw))
    return buffer.getvalue()


def _grained(draw: Random, width: int, height: int) -> NDArray[np.uint8]:
    """Clouds of colour under grain; numbers wrap nowhere, for clouds keep their distance from 0 and 255."""
    across, down = CLOUDS
    colours = np.array([draw.randrange(64, 192) for _ in range(across * down * 3)], np.uint8)
    clouds = Image.fromarray(colours.reshape(down, across, 3)).resize(
        (width, height), Image.Resampling.BILINEAR
    )
    picture = np.array(clouds)
    grain = _grain()
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            piece = picture[top : top + TILE, left : left + TILE]
            shift = draw.randrange(TILE)
            piece += grain[shift : shift + piece.shape[0], shift : shift + piece.shape[1]]
    return picture


@cache
def _grain() -> NDArray[np.uint8]:
    """Noise to lay over any picture, twice as wide as a tile so that it can be shifted; negative as 256 less."""
    noise = np.random.default_rng(1).normal(0, NOISE, (2 * TILE, 2 * TILE, 1))
    return noise.clip(-60, 60).astype(np.int8).view(np.uint8).repeat(3, axis=2)


def _exif(draw: Random) -> Image.Exif:
    taken = f"2024:05:{draw.randrange(10, 32)} {draw.randrange(8, 18):02d}:{draw.randrange(60):02d}:00"
    exif = Image.Exif()
    exif[DATE_TIME], exif[MAKE] = taken, "HUAWEI"
    exif.get_ifd(EXIF_FOLDER)[DATE_TIME_ORIGINAL] = taken
    return exif
