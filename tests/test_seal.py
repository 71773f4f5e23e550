"""A round red seal on a page is seen; what is only red is none."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import msgspec
import numpy
import pytest
from PIL import Image, ImageDraw, ImageFilter

from pipeline.extract import child, extract, pdf, pdf_file, seal
from pipeline.extract.pdf_file import Wanted
from pipeline.records import Content, Leaf
from tests.pdfs import Pdf, show
from tests.support import missing
from tools import pages

SHEET = pages.Sheet(dpi=100)
WORDS = ["关于全国科技工作者日活动情况的报告", "渝北区科协举办科普集市，服务居民三百余人。" * 6]


@pytest.fixture(autouse=True)
def _fonts() -> None:
    if not pages.there("noto-serif"):
        missing("needs the font package fonts-noto-cjk")


def page(*seals: tuple[float, float, float, float], letterhead: str = "") -> Image.Image:
    return pages.page(WORDS, replace(SHEET, seals=seals, letterhead=letterhead)).picture


@pytest.mark.parametrize(
    "seals",
    [
        ((140, 200, 42, 0.9),),
        ((90, 80, 38, 0.8),),
        ((140, 200, 45, 0.4),),
        ((60, 200, 42, 0.9), (95, 205, 40, 0.8)),
    ],
    ids=["plain", "over text", "faded", "two of them"],
)
def test_a_seal_is_seen_on_a_scan_and_on_a_photograph(
    seals: tuple[tuple[float, float, float, float], ...],
) -> None:
    drawn = page(*seals, letterhead="重庆市渝北区科学技术协会文件")

    assert seal.is_sealed(drawn)
    assert seal.is_sealed(pages.worn(drawn, "jpeg").rotate(91, expand=True))
    assert seal.is_sealed(pages.worn(drawn, "photo"))


def test_red_letters_and_rules_are_no_seal() -> None:
    drawn = page(letterhead="重庆市渝北区科学技术协会文件")
    ink = drawn.convert("L").point(lambda value: 255 if value > 128 else 0)
    all_red = Image.composite(
        Image.new("RGB", drawn.size, "white"), Image.new("RGB", drawn.size, pages.RED), ink
    )

    assert not seal.is_sealed(page())
    assert not seal.is_sealed(drawn)
    assert not seal.is_sealed(all_red)
    assert not seal.is_sealed(pages.worn(drawn, "photo"))


@pytest.mark.parametrize("seed", range(4))
def test_a_photograph_with_banners_and_lanterns_is_no_seal(seed: int) -> None:
    chance = random.Random(seed)
    photo = Image.new("RGB", (900, 700), (150, 160, 170))
    pen = ImageDraw.Draw(photo)
    for _ in range(8):
        left, top, side = chance.randrange(900), chance.randrange(700), chance.randrange(60, 240)
        pen.ellipse((left, top, left + side, top + side), fill=(205, 35, 30))
        pen.rectangle((top, left, top + 300, left + 60), fill=(220, 40, 40))
    drawn = page()
    drawn.paste(photo.resize((500, 390)).filter(ImageFilter.GaussianBlur(1)), (160, 560))

    assert not seal.is_sealed(photo)
    assert not seal.is_sealed(drawn)


def looked(made: Pdf) -> Content:
    leaf = Leaf(path="1", name="a.pdf", data=made.octets())
    return extract(leaf, "application/pdf", ())


def test_of_places_with_equally_many_votes_the_first_ones_are_looked_at() -> None:
    """So that every processor looks at the same ones: a sort that stops early takes those that come its way."""
    votes = numpy.zeros((8, 12), numpy.uint8)
    for row, column in ((6, 2), (2, 8), (2, 4), (0, 10), (4, 4)):
        votes[row, column] = 7
    votes[5, 10:] = 9

    assert list(seal._fullest(votes)) == [(2, 5, 18), (0, 5, 7), (1, 2, 7)]


def test_pages_of_a_pdf_are_looked_at_whether_the_seal_is_scanned_or_drawn() -> None:
    ring = b"q 0.8 0.1 0.15 RG 3.4 w 1 0 0 1 400 200 cm "
    kappa = 33.1
    ring += b"60 0 m 60 %f %f 60 0 60 c %f 60 -60 %f -60 0 c " % (kappa, kappa, -kappa, kappa)
    ring += b"-60 %f %f -60 0 -60 c %f -60 60 %f 60 0 c s " % (-kappa, -kappa, kappa, -kappa)
    ring += b"0.8 0.1 0.15 rg -8 -8 16 16 re -40 -8 12 16 re 28 -8 12 16 re -6 28 12 12 re f Q "
    made = Pdf()
    made.page(show("渝北区科协活动情况总结，正文略。"))
    made.page(show("渝北区科学技术协会") + ring)
    made.picture(page((140, 200, 42, 0.9)))
    made.picture(page())

    assert looked(made).seals == (2, 3)


def test_a_file_that_was_not_looked_at_says_nothing() -> None:
    argument = msgspec.json.encode(Wanted()).decode()

    assert looked(Pdf(pages=[])).seals is None
    assert child.ask("pdf-seals", Leaf(path="1", data=b"%PDF-1.7"), argument).seals is None


def test_a_long_text_with_rules_and_small_logos_is_looked_at_in_time() -> None:
    """Sixty pages took twice the time that a file has when each of them was drawn: nobody learnt whether it is sealed."""
    made = Pdf()
    line = "组织科技工作者到社区开展义诊和科普宣传服务居民三百余人次".encode("utf-16-be").hex().encode()
    text = b"".join(b"BT /F 14 Tf 80 %d Td <%b> Tj ET\n" % (760 - 28 * row, line) for row in range(24))
    for _ in range(60):
        made.page(text + b"0.5 w 80 70 m 500 70 l S 80 100 420 640 re S\n")
    begun = time.process_time()

    answer = pdf_file.seals(Leaf(path="1", data=made.octets()), "{}")

    assert answer.seals == ()
    assert time.process_time() - begun < pdf.CPU_SECONDS / 2
