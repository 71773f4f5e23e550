"""Pictures: size, when taken, thumbnail, perceptual hash; photographed pages are read where tesseract is at hand.

Purpose: facts that compare photographs (dHash), place them in time (EXIF) and show them (thumbnail).
Source: Pillow; EXIF 2.32 (CIPA DC-008) tags Orientation, DateTimeOriginal; dHash: signs of the horizontal gradient on 8 x 8.
Limits: the hash survives scaling and recompression, not cropping or turning by hand; 100 million pixels; the first frame.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.extract import child, ocr, scan, seal
from pipeline.extract.package import DamagedError, TooBigError
from pipeline.records import Block, Code, Content, Leaf, Picture, Problem, Status, Style

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "AVIF")
"""Decoders of Pillow that are used; the others are old and little tested."""
MAX_PIXELS = 100_000_000
"""Pixels decoded; the largest cameras of phones give 200 million, which JPEG can decode at half size."""
DRAFT = (1200, 1200)
"""Pixels to which JPEG may be decoded at a fraction of its size: enough for hash and thumbnail."""
THUMBNAIL = 160
"""Pixels of a thumbnail's longer side."""
LOGO_SIDE = 160
"""Longer side in pixels up to which a picture is a mail's ornament."""
THIN_SIDE = 64
"""Shorter side in pixels below which a picture is a rule or a banner."""
PAGE_SIDE = 1000
"""Shorter side in pixels from which a page of text can be read."""
PAGE_RATIO = (1.25, 1.55)
"""Height to width of a page; A4 has 1.41."""
MIN_TEXT = 80
"""Chinese characters that must be read for a picture to count as a page of text."""
MIN_CONFIDENCE = 0.7
"""Mean confidence (0..1) that must be reached as well."""

_ORIENTATION, _EXIF, _TAKEN, _DIGITISED = 0x0112, 0x8769, 0x9003, 0x9004
_MARK = Block(style=Style.OTHER, text="")


def read(leaf: Leaf, abilities: tuple[str, ...]) -> Content:
    """Read one picture: its facts, and its text where it is a page.

    Returns:
        status partly with a Problem where it looks like a page of text that nobody could read.
    """
    content = child.ask("image", leaf)
    if _MARK not in content.blocks:
        return content
    content = replace(content, blocks=())
    if not ocr.able(abilities):
        reason = "图片像是文件扫描页，未识别文字，请人工阅读"
        problem = Problem(code=Code.NEEDS_OCR, part=leaf.path, detail=reason)
        return replace(content, status=Status.PARTLY, reason=reason, problems=(problem,))
    answer = child.ask("image-page", leaf)
    if len(answer.embedded) < 2:
        return content
    grey, red = answer.embedded
    result = ocr.recognise([ocr.Picture(page=1, octets=grey.data, red=scan.bands(red.data))], abilities)
    return replace(content, blocks=result.blocks, recognised=True) if _is_text(result.blocks) else content


def _is_text(blocks: tuple[Block, ...]) -> bool:
    """Say whether what was read is a page of text, and not signs on a photograph."""
    count = sum(len(re.findall(r"[\u4e00-\u9fff]", block.text)) for block in blocks)
    length = sum(len(block.text) for block in blocks)
    mean = sum((block.confidence or 0.0) * len(block.text) for block in blocks) / max(1, length)
    return count >= MIN_TEXT and mean >= MIN_CONFIDENCE


# ---------------------------------------------------------------- in the child


def facts(leaf: Leaf, _argument: str = "") -> Content:
    """Read the facts of one picture; an empty block of Style.OTHER says that it looks like a page of text."""
    from PIL import Image, ImageOps

    picture = _opened(leaf.data)
    size = picture.size
    picture.draft("RGB", DRAFT)
    if picture.width * picture.height > MAX_PIXELS:
        raise TooBigError(f"图片有 {size[0]}×{size[1]} 像素，超过上限，未解码")
    status, reason = _loaded(picture)
    exif = picture.getexif()
    width, height = size[::-1] if exif.get(_ORIENTATION) in {5, 6, 7, 8} else size
    upright = ImageOps.exif_transpose(picture)
    grey = _flat(upright).convert("L")
    content = Content(
        picture=Picture(
            part=leaf.path,
            width=width,
            height=height,
            taken=_taken(exif),
            dhash=dhash(grey),
            thumbnail=_thumbnail(upright),
            logo=max(width, height) <= LOGO_SIDE or min(width, height) < THIN_SIDE,
        ),
        status=status,
        reason=reason,
    )
    page = _looks_like_page(upright.resize((120, 168), Image.Resampling.BOX), width, height)
    seals = (1,) if page and seal.is_sealed(_flat(upright)) else ()
    return replace(content, blocks=(_MARK,), seals=seals) if page else content


def page_picture(leaf: Leaf, _argument: str = "") -> Content:
    """Give a photographed page ready for recognition, as `scan.prepared`."""
    from PIL import ImageOps

    picture = _opened(leaf.data)
    picture.draft("RGB", (3600, 5000))
    if picture.width * picture.height > MAX_PIXELS:
        raise TooBigError("图片过大，未识别文字")
    _loaded(picture)
    upright = _flat(ImageOps.exif_transpose(picture))
    return Content(embedded=scan.prepared(leaf, scan.sized(upright), first=True))


def dhash(grey: Image.Image) -> str:
    """Give the 64-bit difference hash in hex: one bit a pair of neighbours, 1 where the left one is brighter."""
    from PIL import Image

    small = grey.resize((9, 8), Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (small[row * 9 + column] > small[row * 9 + column + 1])
    return f"{bits:016x}"


def _opened(data: bytes) -> Image.Image:
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # our own limit says what is too big, with a reason
    try:
        Image.init()
        picture = Image.open(io.BytesIO(data), formats=[name for name in FORMATS if name in Image.OPEN])
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise DamagedError("图片打不开，文件可能已损坏") from error
    return picture


def _loaded(picture: Image.Image) -> tuple[Status, str]:
    """Decode; a picture cut short is kept as far as it goes."""
    from PIL import ImageFile

    try:
        picture.load()
    except (OSError, SyntaxError, ValueError):
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        try:
            picture.load()
        except (OSError, SyntaxError, ValueError) as error:
            raise DamagedError("图片数据已损坏，无法显示") from error
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False
        return Status.PARTLY, "图片数据不完整，只能显示一部分"
    return Status.OK, ""


def _flat(picture: Image.Image) -> Image.Image:
    """Put transparent pixels on white and give RGB."""
    from PIL import Image

    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        white = Image.new("RGBA", layered.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, layered).convert("RGB")
    return picture.convert("RGB")


def _thumbnail(picture: Image.Image) -> bytes:
    small = _flat(picture)
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    octets = io.BytesIO()
    small.save(octets, "JPEG", quality=80)
    return octets.getvalue()


def _taken(exif: Image.Exif) -> datetime | None:
    """Give when the picture was taken (naive local time, as EXIF says it), None if not said."""
    inner = exif.get_ifd(_EXIF)
    for tag in (_TAKEN, _DIGITISED):
        match = re.match(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)", str(inner.get(tag) or ""))
        try:
            if match:
                return datetime(*(int(part) for part in match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - EXIF has no zone
        except ValueError:
            continue
    return None


def _looks_like_page(small: Image.Image, width: int, height: int) -> bool:
    """Say whether a picture is likely a page of text: of a page's shape, mostly white, with some ink, hardly coloured."""
    if (
        min(width, height) < PAGE_SIDE
        or not PAGE_RATIO[0] <= max(width, height) / min(width, height) <= PAGE_RATIO[1]
    ):
        return False
    _hue, saturation, value = small.convert("HSV").split()
    light = sum(level > 165 for level in value.tobytes()) / len(value.tobytes())
    pale = sum(level < 60 for level in saturation.tobytes()) / len(saturation.tobytes())
    ink = sum(level < 225 for level in value.tobytes()) / len(value.tobytes())
    return light >= 0.8 and pale >= 0.9 and 0.02 <= ink <= 0.75
