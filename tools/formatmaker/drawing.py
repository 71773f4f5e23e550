"""Pictures in every format, a page of text as a picture; a sound and a film."""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING

from tools.formatmaker.film import film
from tools.formatmaker.saying import SENTENCE, TITLE, Files
from tools.formatmaker.writing import ran

if TYPE_CHECKING:
    from PIL import Image

_FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


def pictures() -> Files:
    """One drawing in every format, a page of text as a picture, in TIFF and as a scanned PDF."""
    for suffix, kind in (
        ("jpg", "JPEG"),
        ("png", "PNG"),
        ("gif", "GIF"),
        ("bmp", "BMP"),
        ("webp", "WEBP"),
        ("avif", "AVIF"),
    ):
        yield f"picture.{suffix}", picture_of(kind)
    yield (
        "picture.heic",
        ran(["heif-enc", "-q", "30", "in.png", "-o", "out.heic"], {"in.png": picture_of("PNG")})["out.heic"],
    )
    page = _page()
    for suffix, kind in (("jpg", "JPEG"), ("tiff", "TIFF"), ("pdf", "PDF")):
        octets = io.BytesIO()
        more = {"compression": "group4"} if kind == "TIFF" else {"resolution": 200}
        (page.convert("1") if kind == "TIFF" else page).save(octets, kind, **more)
        yield f"scan.{suffix}", octets.getvalue()


def picture_of(kind: str) -> bytes:
    """A drawing of 200 x 150 pixels as Pillow's *kind*, taken in the morning of 28 May 2024."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (200, 150), (200, 220, 240))
    pen = ImageDraw.Draw(picture)
    for left in range(0, 200, 16):
        pen.line((left, 0, 200 - left, 150), fill=(left % 255, 120, 200 - left // 2), width=3)
    octets = io.BytesIO()
    exif = Image.Exif()
    exif[0x8769] = {0x9003: "2024:05:28 09:30:00"}
    more = {"exif": exif} if kind in {"JPEG", "WEBP", "AVIF"} else {}
    picture.save(octets, kind, **more)
    return octets.getvalue()


def _page() -> Image.Image:
    """An A4 page at 200 dpi with the title and six times the sentence."""
    from PIL import Image, ImageDraw, ImageFont

    page = Image.new("L", (1654, 2339), 255)
    pen = ImageDraw.Draw(page)
    pen.text((300, 200), TITLE, font=ImageFont.truetype(_FONT, 60, index=2), fill=0)
    small = ImageFont.truetype(_FONT, 44, index=2)
    for line in range(6):
        for part, text in enumerate((SENTENCE[:26], SENTENCE[26:])):
            pen.text((200, 400 + 90 * (2 * line + part)), text, font=small, fill=0)
    return page


def recordings() -> Files:
    """A second of silence, and a film of 83 seconds that has no pictures."""
    octets = io.BytesIO()
    with wave.open(octets, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(bytes([128]) * 8000)
    yield "sound.wav", octets.getvalue()
    yield "film.mp4", film(83)
