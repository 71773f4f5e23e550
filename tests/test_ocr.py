"""Scanned and photographed pages are read as text, offline, with a confidence a page."""

from __future__ import annotations

import importlib.util
import io
import re
import shutil

import numpy
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from pipeline import tools as programs
from pipeline.extract import extract, ocr, recogniser, scan
from pipeline.records import Block, Content, Document, Leaf, Status, Style
from tests.pdfs import Pdf
from tests.support import missing, need_tool
from tools import ocr_trial, pages

CLEAN = 0.02
"""Character error rate that clean pages of 200 dots an inch may have."""


def fonts(*names: str) -> list[str]:
    """Those of the fonts that are here; at least Noto's."""
    if not pages.there("noto-serif"):
        missing("needs the font package fonts-noto-cjk")
    return [name for name in names if pages.there(name)]


def recognised(picture: Image.Image, *engines: str) -> ocr.Recognised:
    grey, red = scan.prepared(Leaf(path="p", data=b""), scan.sized(picture), first=True)
    return ocr.recognise([ocr.Picture(page=1, octets=grey.data, red=scan.bands(red.data))], engines)


def text(found: ocr.Recognised) -> str:
    return "".join(block.text for block in found.blocks)


def scanned(*pictures: Image.Image) -> Content:
    made = Pdf()
    for picture in pictures:
        made.picture(picture)
    leaf = Leaf(path="2/总结（盖章）.pdf", name="总结（盖章）.pdf", data=made.octets())
    return extract(leaf, "application/pdf", ("tesseract",))


def test_clean_pages_are_read_with_at_most_two_errors_in_a_hundred_characters() -> None:
    need_tool("tesseract")
    rates = []
    for number, font in enumerate(fonts("noto-serif", "noto-sans")):
        words = pages.reports()[number + 4]
        drawn = pages.page(words, pages.Sheet(font=font))
        made = Pdf()
        made.picture(drawn.picture)
        found = extract(Leaf(path="1", name="a.pdf", data=made.octets()), "application/pdf", ("tesseract",))
        read = "".join(block.text for block in found.blocks)
        rates.append(ocr_trial.error_rate(drawn.text, read))
        ((page, mean),) = Document(part="1", blocks=found.blocks).page_confidences

        assert not re.search(r"[\u4e00-\u9fff] +[\u4e00-\u9fff]", read)
        assert (page, found.status) == (1, Status.OK)
        assert mean > 0.8

    assert sum(rates) / len(rates) <= CLEAN, rates


def test_the_models_of_the_extra_read_a_page_without_any_network() -> None:
    if not all(importlib.util.find_spec(name) for name in programs.MODULES["rapidocr"]):
        missing("needs the extra [ocr]")
    fonts()
    drawn = pages.page(pages.reports()[1][:3], pages.Sheet(dpi=150))

    found = recognised(drawn.picture, "rapidocr")

    assert ocr_trial.error_rate(drawn.text, text(found)) <= CLEAN


def test_a_sealed_signature_is_read_and_the_seal_is_no_text() -> None:
    need_tool("tesseract")
    fonts()
    drawn = pages.page(
        [*pages.reports()[4][:4], "重庆市某某区科学技术协会", "2024年6月12日"],
        pages.Sheet(seals=((90, 112, 42, 0.9),)),
    )

    found = scanned(drawn.picture)

    assert found.seals == (1,)
    assert ocr_trial.error_rate(drawn.text, "".join(b.text for b in found.blocks)) <= 0.05


@pytest.mark.parametrize("degrees", [90, 180])
def test_a_page_is_read_whichever_way_it_was_put_in(degrees: int) -> None:
    need_tool("tesseract")
    fonts()
    drawn = pages.page(pages.reports()[4][:4], pages.Sheet(dpi=150))

    found = scanned(drawn.picture.rotate(degrees, expand=True))

    assert ocr_trial.error_rate(drawn.text, "".join(b.text for b in found.blocks)) <= 0.05


@pytest.mark.parametrize("how", ["skew2", "low", "photo"])
def test_worn_pages_are_read_or_say_that_they_are_doubtful(how: str) -> None:
    need_tool("tesseract")
    fonts()
    drawn = pages.page(pages.reports()[4][:4], pages.Sheet())

    found = recognised(pages.worn(drawn.picture, how), "tesseract")

    assert ocr_trial.error_rate(drawn.text, text(found)) <= 0.06 or ocr.doubts(found.blocks)


def test_a_table_in_a_scan_has_rows() -> None:
    need_tool("tesseract")
    fonts()
    rows = (
        ("活动名称", "活动时间", "参加人数"),
        ("科普集市进社区", "5月25日", "320"),
        ("科技工作者座谈会", "5月30日", "46"),
    )
    drawn = pages.page(["渝北区科协活动统计表"], pages.Sheet(rows=rows))

    tables = [block for block in scanned(drawn.picture).blocks if block.style is Style.TABLE]

    assert [table.rows for table in tables] == [rows]


def test_a_page_that_is_hardly_legible_says_so() -> None:
    blocks = (
        Block(style=Style.PARAGRAPH, text="十个字读得清清楚楚", page=1, confidence=0.95),
        Block(style=Style.PARAGRAPH, text="十个字读得模模糊糊", page=2, confidence=0.62),
    )

    assert ocr.doubts(blocks) == "识别可信度低：第 2 页（0.62），请对照原件核对"
    assert ocr.doubts(blocks[:1]) == ""
    assert Document(part="1", blocks=blocks).page_confidences == ((1, 0.95), (2, 0.62))


def test_without_a_recogniser_a_scan_waits_for_one() -> None:
    fonts()
    made = Pdf()
    made.picture(pages.page(pages.reports()[1], pages.Sheet(dpi=100)).picture)

    found = extract(Leaf(path="1", name="a.pdf", data=made.octets()), "application/pdf", ())

    assert found.status is Status.NEEDS_OCR
    assert found.reason == "扫描件，未能识别文字，请人工阅读"
    assert not ocr.able(("antiword", "soffice"))


def test_the_systems_recogniser_is_asked_before_the_extra() -> None:
    assert recogniser.chosen(("antiword", "rapidocr", "tesseract")) == ("tesseract", "rapidocr")
    assert recogniser.chosen(("rapidocr",)) == ("rapidocr",)
    assert ("tesseract" in programs.abilities()) == bool(shutil.which("tesseract"))


@pytest.mark.parametrize("top", [0, scan.STRIP - 2, scan.STRIP, 5 * scan.STRIP // 2, 3 * scan.STRIP - 4])
@pytest.mark.parametrize("paper", [0, 30, 235, 255])
def test_a_page_is_blank_unless_it_holds_a_sign_wherever_that_stands(paper: int, top: int) -> None:
    """Strips are looked at one after the other; a sign across the border of two is one sign."""
    levels = numpy.full((3 * scan.STRIP, 600), paper, dtype=numpy.uint8)
    assert scan.is_blank(octets_of(levels))

    levels[top : top + 4, 100 : 100 + 4] = 255 - paper if paper in {0, 255} else 128
    assert scan.is_blank(octets_of(levels)), "a speck is no sign"

    levels[top : top + 4, 100:160] = 255 - paper if paper in {0, 255} else 128
    assert not scan.is_blank(octets_of(levels))


@pytest.mark.parametrize("seed", range(20))
def test_a_page_looked_at_in_strips_is_blank_where_the_whole_is(seed: int) -> None:
    draw = numpy.random.default_rng(seed)
    levels = numpy.full((int(draw.integers(200, 900)), 300), draw.integers(256), dtype=numpy.int16)
    levels += draw.integers(-6, 7, levels.shape, dtype=numpy.int16)
    for _ in range(int(draw.integers(0, 4))):
        row, column, side = draw.integers(len(levels)), draw.integers(300), draw.integers(1, 20)
        levels[row : row + side, column : column + side] = draw.integers(256)
    page = levels.clip(0, 255).astype(numpy.uint8)

    counts = numpy.bincount(scan._median(page).ravel(), minlength=256)
    paper = int(counts.argmax())
    apart = counts[: max(0, paper - scan.STANDS_OUT)].sum() + counts[paper + scan.STANDS_OUT :].sum()
    assert scan.is_blank(octets_of(page)) == (apart < scan.BLANK_SHARE * page.size)


def octets_of(levels: NDArray[numpy.uint8]) -> bytes:
    octets = io.BytesIO()
    Image.fromarray(levels).save(octets, "PNG")
    return octets.getvalue()


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (7, 40), (31, 14), (233, 120)])
def test_the_fast_filters_give_what_pillows_give(size: tuple[int, int]) -> None:
    for seed in range(5):
        levels = numpy.random.default_rng(seed).integers(0, 256, size[::-1], dtype=numpy.uint8)
        picture = Image.fromarray(levels)

        assert (scan._median(levels) == numpy.asarray(picture.filter(ImageFilter.MedianFilter(3)))).all()
