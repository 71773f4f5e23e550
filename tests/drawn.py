"""Pictures that tests draw: photographs full of discs, screens, plain sheets, and what mail programs do to copies."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw, ImageFilter


def photograph(seed: int, size: tuple[int, int] = (800, 600)) -> Image.Image:
    """A picture with the grain of a photograph; each *seed* gives another one."""
    draw = random.Random(seed)
    picture = Image.new("RGB", size, tuple(draw.randrange(60, 200) for _ in range(3)))
    pen = ImageDraw.Draw(picture)
    for _ in range(70):
        x, y, r = draw.randrange(size[0]), draw.randrange(size[1]), draw.randint(4, max(5, size[0] // 7))
        pen.ellipse((x - r, y - r, x + r, y + r), fill=tuple(draw.randrange(256) for _ in range(3)))
    grain = Image.frombytes("L", size, draw.randbytes(size[0] * size[1])).convert("RGB")
    return Image.blend(picture.filter(ImageFilter.GaussianBlur(1)), grain, 0.06)


def chat(bubbles: int = 6, size: tuple[int, int] = (828, 1792)) -> Image.Image:
    """A telephone's screen with a chat."""
    picture = Image.new("RGB", size, (237, 237, 237))
    pen = ImageDraw.Draw(picture)
    for number in range(bubbles):
        top = 160 + number * 220
        side = 120 if number % 2 else 320
        pen.rounded_rectangle(
            (side, top, side + 380, top + 120), 18, fill=(255, 255, 255) if number % 2 else (149, 236, 105)
        )
        pen.text((side + 30, top + 40), f"message {number} about the fair", fill=(20, 20, 20), font_size=28)
    return picture


def octets(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """The file of a picture."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()
