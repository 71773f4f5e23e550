"""Photos as telephones take them: drawn, small, each another scene, with or without EXIF.

Purpose: `photo(scene, taken)`; scenes differ enough for a perceptual hash to tell them apart.
Source: EXIF 2.32 tags 306, 271 and 36867.
Limits: no words in the picture, for that would need a Chinese font.
"""

from __future__ import annotations

import io
from datetime import datetime

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 640, 480
SKIES = ("#9cc4e4", "#d9d3c7", "#f0d9a8", "#b8c9b0", "#c9b8d0", "#e8e8e8")
CLOTHES = ("#b03a2e", "#1f618d", "#239b56", "#6c3483", "#b9770e", "#283747", "#f4f6f7")
DATE_TIME, MAKE, EXIF_FOLDER, DATE_TIME_ORIGINAL = 306, 271, 0x8769, 36867


def photo(scene: int, taken: datetime | None = None) -> bytes:
    """A JPEG of 640 by 480 pixels.

    Args:
        scene: number of the scene; another number, another picture.
        taken: local time for its EXIF; chat programs strip EXIF, hence None.
    """
    picture = Image.new("RGB", (WIDTH, HEIGHT), SKIES[scene % len(SKIES)])
    pen = ImageDraw.Draw(picture)
    ground = 250 + scene * 37 % 120
    pen.rectangle((0, ground, WIDTH, HEIGHT), fill="#8a8f7a")
    _hills(pen, scene, ground)
    banner = 40 + scene * 53 % 200
    pen.rectangle((banner, 60 + scene * 29 % 60, banner + 380, 105 + scene * 29 % 60), fill="#c0392b")
    for number in range(5 + scene * 3 % 7):
        _person(pen, 30 + (number * 83 + scene * 61) % 580, ground + number * 31 % 90, scene + number)
    return _jpeg(picture, taken)


def _hills(pen: ImageDraw.ImageDraw, scene: int, ground: int) -> None:
    for number in range(4):
        left = (number * 190 + scene * 97) % 700 - 120
        peak = ground - 40 - (number * 71 + scene * 43) % 140
        pen.polygon(
            ((left, ground), (left + 130, peak), (left + 260, ground)), fill=(90, 110 + 25 * number, 95)
        )


def _person(pen: ImageDraw.ImageDraw, left: int, top: int, number: int) -> None:
    pen.rectangle((left, top, left + 44, top + 110), fill=CLOTHES[number % len(CLOTHES)])
    pen.ellipse((left + 6, top - 36, left + 38, top), fill="#e0ac8b")


def _jpeg(picture: Image.Image, taken: datetime | None) -> bytes:
    exif = Image.Exif()
    if taken:
        said = taken.strftime("%Y:%m:%d %H:%M:%S")
        exif[MAKE], exif[DATE_TIME] = "Example", said
        exif.get_ifd(EXIF_FOLDER)[DATE_TIME_ORIGINAL] = said
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=55, exif=exif)
    return buffer.getvalue()
