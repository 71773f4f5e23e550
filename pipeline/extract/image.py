"""Pictures: pixels, when taken, what they show, thumbnail, perceptual hash; photographed pages are read by OCR.

Purpose: facts that compare photographs (depiction.py), place them in time (exif.py) and show them (thumbnail).
Source: Pillow, and libheif through pi_heif for the HEIC photographs of telephones.
Limits: 100 million pixels, beyond which the header alone is read; the first frame of animations and of pages of a TIFF,
the first picture of a HEIC sequence; colour profiles are not applied; the film in a motion photograph is not looked at.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.extract import child, exif, ocr, paper, scan, seal
from pipeline.extract.depiction import Traits, depicted, perceptual
from pipeline.extract.package import DamagedError, TooBigError
from pipeline.records import Block, Code, Content, Depiction, Leaf, Picture, Problem, Status, Style

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "AVIF", "HEIF")
"""Decoders that are used; Pillow's others are old and little tested."""
LOSSY = ("JPEG", "MPO", "HEIF", "AVIF", "WEBP")
"""Formats that cameras and chat programs save photographs in."""
MAX_PIXELS = 100_000_000
"""Pixels decoded; the largest cameras of phones give 200 million, which JPEG can decode at half size."""
DRAFT = (paper.WIDTH, paper.WIDTH)
"""Pixels to which JPEG may be decoded at a fraction of its size: enough to tell text by, and more than hash and thumbnail need."""
SMALL_SIDE = 180
"""Pixels of the shorter side, at least, of what the thumbnail and the look at the whole are made from."""
THUMBNAIL = 160
"""Pixels of a thumbnail's longer side."""
PAGE_SIDE = 1000
"""Shorter side in pixels from which a page of text can be read."""
PAGE_RATIO = (1.25, 1.55)
"""Height to width of a page; A4 has 1.41."""
PHOTO_RATIO = 1.85
"""Longer to shorter side up to which a photograph may show a page; telephones take 4:3 and 16:9."""
TEXT_SHARE = 0.1
"""Share of a photograph that is text on paper from which it is read; what is then no text stays a photograph. A few
photographs in a hundred have as much (0.16 at most), pages have 0.17 and more, last pages with a few lines less."""
PAGE_SHARE = 0.17
"""The same from which it is called a page unread."""
EVENED_SIDE = 2600
"""Pixels of the longer side at which the paper is cut out of the table around it."""
MIN_TEXT = 80
"""Chinese characters that must be read for a picture to count as a page of text."""
MIN_CONFIDENCE = 0.7
"""Mean confidence (0..1) that must be reached as well."""

HEADER = "header"
"""Argument of `facts` that asks for what the header alone says."""
_MARK = Block(style=Style.OTHER, text="")


def read(leaf: Leaf, abilities: tuple[str, ...]) -> Content:
    """Read one picture: its facts, and its text where it is a page.

    Returns:
        status partly with a Problem where it looks like a page of text that nobody could read; too-big with pixels
        and date from the header where it is not decoded.
    """
    content = child.ask("image", leaf)
    if content.status is Status.TOO_BIG and content.picture is None:
        return replace(content, picture=child.ask("image", leaf, HEADER).picture)
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
    if not _is_text(result.blocks):
        return content
    page = replace(content.picture, kind=Depiction.PAGE) if content.picture else None
    return replace(content, blocks=result.blocks, recognised=True, picture=page)


def _is_text(blocks: tuple[Block, ...]) -> bool:
    """Say whether what was read is a page of text, and not signs on a photograph."""
    count = sum(len(re.findall(r"[\u4e00-\u9fff]", block.text)) for block in blocks)
    length = sum(len(block.text) for block in blocks)
    mean = sum((block.confidence or 0.0) * len(block.text) for block in blocks) / max(1, length)
    return count >= MIN_TEXT and mean >= MIN_CONFIDENCE


# ---------------------------------------------------------------- in the child


def facts(leaf: Leaf, argument: str = "") -> Content:
    """Read the facts of one picture; an empty block of Style.OTHER says that it looks like a page of text.

    Args:
        argument: HEADER where its pixels are not to be decoded, else "".
    """
    picture = _opened(leaf.data)
    size = picture.size
    picture.draft("RGB", DRAFT)
    if argument == HEADER or picture.width * picture.height > MAX_PIXELS:
        reason = f"图片有 {size[0]}×{size[1]} 像素，超过上限，未解码；原件已存"
        return Content(picture=_stated(leaf, picture, size), status=Status.TOO_BIG, reason=reason)
    status, reason = _loaded(picture)
    stated = _stated(leaf, picture, size)
    traits = _traits(leaf, picture, stated)
    upright = _upright(_flat(picture), stated.orientation)
    grey, small = upright.convert("L"), _small(upright)
    page = _looks_like_page(small, stated.width, stated.height)
    share = 1.0 if page else _text_share(grey, stated.width, stated.height)
    page = share >= TEXT_SHARE
    kind = depicted(upright, grey, replace(traits, page=share >= PAGE_SHARE))
    seals = (1,) if page and seal.is_sealed(upright) else ()
    finished = replace(
        stated,
        kind=kind,
        hash=perceptual(grey),
        thumbnail=_thumbnail(small),
        logo=kind is Depiction.LOGO,
    )
    return Content(
        picture=finished,
        status=status,
        reason=reason,
        blocks=(_MARK,) if page else (),
        seals=seals if page else None,
    )


def _stated(leaf: Leaf, picture: Image.Image, size: tuple[int, int]) -> Picture:
    """What stands beside the pixels. size: before any draft and before turning."""
    notes = _exif(picture)
    turned = exif.orientation(notes)
    width, height = size[::-1] if turned >= 5 else size
    return Picture(
        part=leaf.path,
        width=width,
        height=height,
        taken=exif.taken(notes),
        orientation=turned,
        frames=1 if picture.format == "MPO" else _frames(picture),
    )


def _traits(leaf: Leaf, picture: Image.Image, stated: Picture) -> Traits:
    notes = _exif(picture)
    return Traits(
        name=leaf.name,
        width=stated.width,
        height=stated.height,
        lossy=picture.format in LOSSY,
        camera=exif.by_camera(notes),
        screen=exif.of_screen(notes),
        inline=bool(leaf.content_id),
    )


def _exif(picture: Image.Image) -> Image.Exif:
    """Its EXIF, empty where that is broken: a picture is none the worse for it."""
    from PIL import Image

    try:
        notes = picture.getexif()
        notes.get_ifd(0x8769)
    except Exception:  # noqa: BLE001 - Pillow raises whatever the octets of a maker's note lead it to
        return Image.Exif()
    return notes


def _frames(picture: Image.Image) -> int:
    try:
        return max(1, getattr(picture, "n_frames", 1))
    except Exception:  # noqa: BLE001 - a broken chain of frames costs their number alone
        return 1


def page_picture(leaf: Leaf, _argument: str = "") -> Content:
    """Give a photographed page ready for recognition, as `scan.prepared`."""
    picture = _opened(leaf.data)
    picture.draft("RGB", (3600, 5000))
    if picture.width * picture.height > MAX_PIXELS:
        raise TooBigError("图片过大，未识别文字")
    _loaded(picture)
    upright = _upright(_flat(picture), exif.orientation(_exif(picture)))
    even = paper.evened(scan.sized(upright, min(EVENED_SIDE, max(upright.size))))
    return Content(embedded=scan.prepared(leaf, scan.sized(even), first=True))


def _opened(data: bytes) -> Image.Image:
    import pi_heif
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # our own limit says what is too big, with a reason
    try:
        Image.init()
        pi_heif.register_heif_opener(thumbnails=False, decode_threads=1)
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
    """Put transparent pixels on white and give RGB; of 16 bits a level the upper eight are kept."""
    from PIL import Image

    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        white = Image.new("RGBA", layered.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, layered).convert("RGB")
    if picture.mode.startswith("I;16"):
        picture = picture.convert("I").point(lambda level: level * (1 / 256) + 0).convert("L")
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _upright(picture: Image.Image, orientation: int) -> Image.Image:
    """Turn the pixels as EXIF Orientation (1..8) says."""
    from PIL import Image

    turn = Image.Transpose
    turns = (
        None,
        turn.FLIP_LEFT_RIGHT,
        turn.ROTATE_180,
        turn.FLIP_TOP_BOTTOM,
        turn.TRANSPOSE,
        turn.ROTATE_270,
        turn.TRANSVERSE,
        turn.ROTATE_90,
    )
    needed = turns[orientation - 1]
    return picture if needed is None else picture.transpose(needed)


def _small(upright: Image.Image) -> Image.Image:
    """Give it at a whole fraction of its size, which is made at once; a long strip keeps its shorter side."""
    return upright.reduce(max(1, min(upright.size) // SMALL_SIDE))


def _thumbnail(small: Image.Image) -> bytes:
    """Make *small* itself smaller still, and give it as JPEG."""
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    octets = io.BytesIO()
    small.save(octets, "JPEG", quality=80, comment=b"")  # what programs left as a comment is no part of it
    return octets.getvalue()


def _looks_like_page(small: Image.Image, width: int, height: int) -> bool:
    """Say whether a picture is likely a page of text: of a page's shape, mostly white, with some ink, hardly coloured."""
    from PIL import Image, ImageChops

    if (
        min(width, height) < PAGE_SIDE
        or not PAGE_RATIO[0] <= max(width, height) / min(width, height) <= PAGE_RATIO[1]
    ):
        return False
    tiny = small.resize((120, 168), Image.Resampling.BOX)
    red, green, blue = tiny.split()
    value = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()
    pixels = tiny.width * tiny.height
    light, ink = sum(value[166:]) / pixels, sum(value[:225]) / pixels
    if light < 0.8 or not 0.02 <= ink <= 0.75:
        return False
    saturation = tiny.convert("HSV").getchannel("S").histogram()
    return sum(saturation[:60]) / pixels >= 0.9


def _text_share(grey: Image.Image, width: int, height: int) -> float:
    """Give the share of a photograph that is text on paper, 0 where it is too small to be read."""
    short, long = sorted((width, height))
    return (
        paper.text_share(grey, least=TEXT_SHARE)
        if short >= PAGE_SIDE and long <= PHOTO_RATIO * short
        else 0.0
    )
