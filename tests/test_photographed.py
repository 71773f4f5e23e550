"""Pages photographed with a telephone are read: table around them, shadow on them, held askew, turned by EXIF alone."""

from __future__ import annotations

import io
import math
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from pipeline.extract import child, extract, image, paper
from pipeline.records import Content, Depiction, Leaf
from tests.support import missing, need_tool
from tools import ocr_trial, pages

LEGIBLE = 0.06
"""Character error rate of a photographed page from which on its words say what it is; scans have a third of it."""
DESKS = ((120, 96, 74), (58, 56, 60), (228, 224, 216))
"""Wood, dark cloth, and a table nearly as white as the paper."""


def photographed(drawn: pages.Drawn, desk: tuple[int, int, int], *, turned: bool = False) -> bytes:
    """A picture of 12 million pixels: the page askew on a desk, half of it in shadow."""
    picture = Image.new("RGB", (3000, 4000), desk)
    page = drawn.picture.resize((2450, 3463), Image.Resampling.BICUBIC)
    slanted = (0, 0, -60, page.height, page.width - 30, page.height + 40, page.width, -50)
    sheet = page.convert("RGBA").transform(page.size, Image.Transform.QUAD, slanted, Image.Resampling.BICUBIC)
    picture.paste(sheet, (290, 260), sheet)
    edge = Image.linear_gradient("L").point(
        lambda value: round(150 + 105 / (1 + math.exp((value - 128) / 12)))
    )
    shade = edge.resize(picture.size)
    lit = ImageChops.multiply(picture, Image.merge("RGB", (shade, shade, shade)))
    notes = Image.Exif()
    if turned:
        lit = lit.transpose(Image.Transpose.ROTATE_90)
        notes[0x0112] = 6
    octets = io.BytesIO()
    lit.save(octets, "JPEG", quality=80, exif=notes)
    return octets.getvalue()


def page(number: int = 1, lines: int | None = None) -> pages.Drawn:
    if not pages.there("noto-serif"):
        missing("needs the font package fonts-noto-cjk")
    return pages.page(pages.reports()[number][:lines])


def leaf(data: bytes) -> Leaf:
    return Leaf(path="3/微信图片_20240531.jpg", name="微信图片_20240531.jpg", data=data)


@pytest.mark.parametrize("desk", DESKS)
def test_a_page_on_a_desk_half_in_shadow_is_taken_for_one(desk: tuple[int, int, int]) -> None:
    found = child.ask("image", leaf(photographed(page(), desk)))

    assert found.blocks == (image._MARK,)
    assert found.seals == ()


def test_its_words_are_read_upright_though_only_exif_says_how_it_was_held() -> None:
    need_tool("tesseract")
    drawn = page()

    found: Content = extract(leaf(photographed(drawn, DESKS[0], turned=True)), "image/jpeg", ("tesseract",))

    read = "".join(block.text for block in found.blocks)
    assert found.recognised
    assert ocr_trial.error_rate(drawn.text, read) <= LEGIBLE, read
    assert found.picture is not None
    assert found.picture.kind is Depiction.PAGE


def test_a_clean_scan_is_not_touched_and_a_photographed_page_becomes_white() -> None:
    clean = page().picture
    lit = paper.evened(Image.open(io.BytesIO(photographed(page(), DESKS[1]))).resize((1500, 2000)))

    levels = sorted(lit.convert("L").tobytes())
    assert paper.evened(clean) is clean
    assert levels[len(levels) // 5] > 200


def test_photographs_without_text_have_no_page_in_them() -> None:
    """A field of noise, and stripes of light and shade: full of edges, but no paper between them."""
    noise = Image.effect_noise((750, 1000), 80).convert("RGB")
    rows = [math.cos(y / 14) for y in range(1000)]
    wave = Image.new("L", (750, 1000))
    wave.putdata([128 + round(100 * math.sin(x / 9) * row) for row in rows for x in range(750)])

    assert paper.text_share(noise) < image.TEXT_SHARE
    assert paper.text_share(wave.convert("RGB")) < image.TEXT_SHARE


def test_real_photographs_are_no_pages() -> None:
    folder = Path(__file__).parent / "pictures"
    import pi_heif

    pi_heif.register_heif_opener()
    shares = [paper.text_share(Image.open(path).convert("RGB")) for path in sorted(folder.glob("*.heic"))]

    assert shares
    assert max(shares) < image.TEXT_SHARE
