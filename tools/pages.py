"""Pages of reports as offices scan them: drawn from words, with seal, letterhead, table, and what a scanner or a telephone adds.

Purpose: `page()` draws a clean page at a resolution and says its text; `worn()` makes a copy of it worse; for the trial of
the recognisers (ocr_trial.py) and for tests of scans and seals.
Source: GB/T 9704-2012 (type area, three-size type of 16 points, 28 characters a line), seals 40 to 45 mm in diameter.
Limits: fonts are those of Debian's packages (`FONTS`); 仿宋 has no free font, the nearest ones are a Song and a Kai.
"""

from __future__ import annotations

import io
import math
import random
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont

FONTS = {
    "noto-serif": "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "noto-sans": "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "song": "/usr/share/fonts/truetype/arphic-gbsn00lp/gbsn00lp.ttf",
    "kai": "/usr/share/fonts/truetype/arphic-gkai00mp/gkai00mp.ttf",
    "hei": "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
}
"""Font files by a short name: fonts-noto-cjk, fonts-arphic-gbsn00lp, fonts-arphic-gkai00mp, fonts-wqy-zenhei."""
STORIES = Path(__file__).parent / "samplemaker" / "stories"
A4 = (8.27, 11.69)
"""Inches."""
RED = (200, 30, 40)
"""Ink of seals and letterheads."""
BOLD_AT = 2
"""The index of simplified Chinese in Noto's collections of fonts."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A page and the words on it, in reading order (without those of its seal)."""

    picture: Image.Image
    text: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """How a page is drawn: dots an inch, key of FONTS, seals as (x, y, diameter in mm, strength 0..1) of their middles
    in mm from the upper left corner, words of a red letterhead ("" for none), rows of a ruled table under the text.
    """

    dpi: int = 200
    font: str = "noto-serif"
    seals: tuple[tuple[float, float, float, float], ...] = ()
    letterhead: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    margin: float = 1.06
    points: float = 16


def there(name: str) -> bool:
    """Say whether the font *name* is on this machine."""
    return Path(FONTS[name]).exists()


def reports() -> list[list[str]]:
    """Give the reports of the sample mails as lists of paragraphs, the title first; those of a page's length."""
    found = []
    for path in sorted(STORIES.glob("*.toml")):
        report = str(tomllib.loads(path.read_text("utf-8")).get("report", ""))
        lines = [line.lstrip("#> ").strip() for line in report.splitlines() if line.strip()]
        if sum(map(len, lines)) >= 150:
            found.append(lines)
    return found


def page(paragraphs: Sequence[str], sheet: Sheet | None = None) -> Drawn:
    """Draw a page: the first paragraph as the title, the others indented, the last at the right if it is short."""
    sheet = sheet or Sheet()
    width, height = (round(side * sheet.dpi) for side in A4)
    picture = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(picture)
    em = sheet.points / 72 * sheet.dpi
    left, top = sheet.margin * sheet.dpi, 1.4 * sheet.dpi
    told: list[str] = []
    if sheet.letterhead:
        top = _letterhead(pen, sheet, width, told)
    columns = int((width - 2 * left) / em)
    for number, paragraph in enumerate(paragraphs):
        rows = _wrapped(paragraph, columns, indent=2 if number else 0)
        for place, row in enumerate(rows):
            if top > height - 1.2 * sheet.dpi:
                break
            at = left + (2 * em if number and place == 0 else 0)
            if not number:
                at = (width - len(row) * em * 1.3) / 2
            pen.text((at, top), row, font=_font(sheet.font, em * (1 if number else 1.3)), fill=(20, 20, 20))
            told.append(row)
            top += em * (1.75 if number else 2.1)
    for cells in sheet.rows:
        _row(pen, cells, (left, top, width - left), _font(sheet.font, em * 0.8), em)
        told.extend(cells)
        top += 2 * em
    for seal in sheet.seals:
        stamp(picture, sheet, seal)
    return Drawn(picture=picture, text="".join(told))


def stamp(picture: Image.Image, sheet: Sheet, seal: tuple[float, float, float, float]) -> None:
    """Press a round seal on *picture*: ring, star, words around it and below it; the ink under it shows through."""
    across, down, diameter, strength = seal
    pixel = sheet.dpi / 25.4
    side = round(diameter * pixel)
    layer = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(layer)
    pen.ellipse((1, 1, side - 2, side - 2), outline=255, width=max(2, round(1.2 * pixel)))
    middle, star = side / 2, side * 0.15
    points = [
        (
            middle + radius * math.sin(turn * math.pi / 5),
            middle - radius * math.cos(turn * math.pi / 5),
        )
        for turn in range(10)
        for radius in (star if turn % 2 == 0 else star * 0.38,)
    ]
    pen.polygon(points, fill=255)
    words = "重庆市某某区科学技术协会"
    for number, sign in enumerate(words):
        angle = math.radians(-130 + 260 * number / (len(words) - 1))
        glyph = Image.new("L", (side // 7, side // 7), 0)
        ImageDraw.Draw(glyph).text((0, 0), sign, font=_font(sheet.font, side / 8.5), fill=255)
        turned = glyph.rotate(-math.degrees(angle), expand=True)
        at = (middle + side * 0.38 * math.sin(angle), middle - side * 0.38 * math.cos(angle))
        layer.paste(255, (round(at[0] - turned.width / 2), round(at[1] - turned.height / 2)), turned)
    grain = Image.effect_noise((side, side), 60).point(lambda value: 255 if value > 95 else 150)
    mask = ImageChops.multiply(layer, grain).point(lambda value: round(value * strength))
    ink = Image.new("RGB", (side, side), RED)
    box = (round(across * pixel - side / 2), round(down * pixel - side / 2))
    below = picture.crop((*box, box[0] + side, box[1] + side))
    picture.paste(ImageChops.multiply(below, ink), box, mask)


# ---------------------------------------------------------------- what scanners and telephones add


def worn(picture: Image.Image, how: str, seed: int = 1) -> Image.Image:
    """Give a worse copy of a page: skew1, skew3, noise, jpeg, faint, low (100 dpi of 200), photo (perspective, shadow)."""
    if how.startswith("skew"):
        return picture.rotate(float(how[4:]), Image.Resampling.BICUBIC, fillcolor="white")
    half = (picture.width // 2, picture.height // 2)
    made: dict[str, Callable[[], Image.Image]] = {
        "noise": lambda: Image.blend(picture, Image.effect_noise(picture.size, 45).convert("RGB"), 0.25),
        "jpeg": lambda: _jpeg(picture.filter(ImageFilter.GaussianBlur(0.8)), 25),
        "faint": lambda: ImageEnhance.Contrast(picture).enhance(0.45),
        "low": lambda: _jpeg(picture.resize(half, Image.Resampling.BOX), 60),
        "photo": lambda: _photographed(picture, random.Random(seed)),  # noqa: S311 - pages, no secrets
    }
    return made[how]() if how in made else picture


def _jpeg(picture: Image.Image, quality: int) -> Image.Image:
    octets = io.BytesIO()
    picture.convert("RGB").save(octets, "JPEG", quality=quality)
    return Image.open(io.BytesIO(octets.getvalue())).convert("RGB")


def _photographed(picture: Image.Image, chance: random.Random) -> Image.Image:
    """A page on a desk, held askew, with a shadow over one side."""
    width, height = picture.size
    desk = Image.new("RGB", (round(width * 1.12), round(height * 1.1)), (120, 100, 84))
    desk.paste(picture, (round(width * 0.06), round(height * 0.05)))
    across, down = desk.size
    lean = [chance.uniform(0.0, 0.02) for _ in range(8)]
    corners = (
        (lean[0] * across, lean[1] * down),
        (lean[2] * across, down * (1 - lean[3])),
        (across * (1 - lean[4]), down * (1 - lean[5])),
        (across * (1 - lean[6]), lean[7] * down),
    )
    flat = tuple(value for corner in corners for value in corner)
    bent = desk.transform(desk.size, Image.Transform.QUAD, flat, Image.Resampling.BICUBIC)
    shadow = Image.linear_gradient("L").rotate(90 if chance.random() > 0.5 else 0).resize(desk.size)
    shade = shadow.point(lambda value: 150 + value * 100 // 255)
    lit = ImageChops.multiply(bent, Image.merge("RGB", (shade, shade, shade)))
    return _jpeg(lit.filter(ImageFilter.GaussianBlur(0.7)), 70)


# ---------------------------------------------------------------- drawing


def _font(name: str, size: float) -> ImageFont.FreeTypeFont:
    path = FONTS[name]
    return ImageFont.truetype(path, round(size), index=BOLD_AT if "Noto" in path else 0)


def _wrapped(text: str, columns: int, indent: int) -> list[str]:
    """Break *text* into rows of so many characters; no row begins with a stop."""
    rows, row, room = [], "", float(columns - indent)
    for sign in text:
        inside_word = (row[-1:] + sign).isascii() and (row[-1:] + sign).isalnum()
        if room < 1 and sign not in "，。、；：！？”）》" and not inside_word:
            rows.append(row)
            row, room = "", float(columns)
        row += sign
        room -= 0.5 if sign.isascii() else 1
    return rows + ([row] if row else [])


def _letterhead(pen: ImageDraw.ImageDraw, sheet: Sheet, width: int, told: list[str]) -> float:
    size = (width - 2.4 * sheet.dpi) / len(sheet.letterhead)
    size = min(size, 0.75 * sheet.dpi)
    left = (width - size * len(sheet.letterhead)) / 2
    pen.text((left, 1.0 * sheet.dpi), sheet.letterhead, font=_font(sheet.font, size), fill=RED)
    rule = 1.0 * sheet.dpi + 1.6 * size
    pen.rectangle((1.06 * sheet.dpi, rule, width - 1.06 * sheet.dpi, rule + sheet.dpi * 0.02), fill=RED)
    told.append(sheet.letterhead)
    return rule + 0.4 * sheet.dpi


def _row(
    pen: ImageDraw.ImageDraw,
    cells: Sequence[str],
    box: tuple[float, float, float],
    font: ImageFont.FreeTypeFont,
    em: float,
) -> None:
    left, top, right = box
    wide = (right - left) / len(cells)
    for number, cell in enumerate(cells):
        at = left + number * wide
        pen.rectangle((at, top, at + wide, top + 2 * em), outline=(0, 0, 0), width=2)
        pen.text((at + em / 3, top + em / 2), cell, font=font, fill=(20, 20, 20))
