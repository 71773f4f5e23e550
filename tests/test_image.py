"""extract/image: what pictures are as files, when they were taken, what they show, and that nothing private stays."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.extract import extract, sniff
from pipeline.records import Content, Depiction, Leaf, Picture, Status
from tests.drawn import chat, octets, photograph
from tests.support import SHARED, needs_shared

HEIC = (Path(__file__).parent / "pictures" / "turned.heic").read_bytes()


def read(data: bytes, name: str = "图.jpg", *, content_id: str = "") -> Content:
    return extract(Leaf(path="2", name=name, data=data, content_id=content_id), sniff(data, name))


def facts(data: bytes, name: str = "图.jpg", *, content_id: str = "") -> Picture:
    found = read(data, name, content_id=content_id).picture
    assert found is not None
    return found


def exif(**tags: object) -> Image.Exif:
    """EXIF with the tags of a telephone; taken and offset stand in its inner directory."""
    made = Image.Exif()
    made[0x010F], made[0x0110] = "HUAWEI", "P60"
    inner = made.get_ifd(0x8769)
    for name, tag in (("taken", 0x9003), ("digitised", 0x9004), ("offset", 0x9011), ("comment", 0x9286)):
        if name in tags:
            inner[tag] = tags[name]
    if tags.get("lens", True):
        inner[0x829A], inner[0x8827] = 0.01, 100
    if "orientation" in tags:
        made[0x0112] = tags["orientation"]
    if "changed" in tags:
        made[0x0132] = tags["changed"]
    return made


# ---------------------------------------------------------------- formats


def test_a_photo_of_an_iphone_is_read_upright_with_its_date() -> None:
    content = read(HEIC, "IMG_0001.HEIC")

    assert (content.status, content.reason) == (Status.OK, "")
    found = content.picture
    assert found is not None
    assert (found.width, found.height) == (240, 320)
    assert found.taken is not None and found.taken.isoformat() == "2024-05-28T09:15:14"
    assert found.kind is Depiction.PHOTO
    red, green, blue = _pixel(found, -4, 4)
    assert red > 200
    assert green + blue < 130


def test_a_damaged_heic_is_damaged_and_says_so() -> None:
    for cut in (40, 700, 3000):
        content = read(HEIC[:cut], "IMG_0001.HEIC")
        assert content.status is Status.DAMAGED, cut
        assert "图片" in content.reason


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("WEBP", {}),
        ("BMP", {}),
        ("GIF", {}),
        ("TIFF", {}),
        ("AVIF", {}),
    ],
)
def test_every_common_format_has_pixels_thumbnail_and_hash(kind: str, options: dict[str, object]) -> None:
    content = read(octets(photograph(1), kind, **options), "照片")

    assert content.status is Status.OK
    assert content.picture is not None
    assert (content.picture.width, content.picture.height, len(content.picture.hash)) == (800, 600, 1024)
    assert max(Image.open(io.BytesIO(content.picture.thumbnail)).size) == 160


@pytest.mark.parametrize("mode", ["CMYK", "L", "P", "1", "RGBA", "LA", "YCbCr"])
def test_colours_of_print_and_of_scanners_look_the_same_as_others(mode: str) -> None:
    kind = "TIFF" if mode in {"CMYK", "YCbCr", "1"} else "PNG"
    plain, other = facts(octets(photograph(2), "PNG")), facts(octets(photograph(2).convert(mode), kind))

    apart = sum(abs(a - b) for a, b in zip(plain.hash, other.hash, strict=True)) / 1024
    assert apart < 20


def test_sixteen_bits_a_level_are_no_white_picture() -> None:
    grey = photograph(3).convert("L")
    deep = Image.frombytes(
        "I;16", grey.size, b"".join(struct.pack("<H", level * 257) for level in grey.tobytes())
    )

    found = facts(octets(deep, "PNG"), "扫描.png")

    assert found.hash == facts(octets(grey, "PNG"), "扫描.png").hash


def test_frames_and_pages_are_counted() -> None:
    pages = [photograph(seed, (300, 200)) for seed in (1, 2, 3)]
    more = {"save_all": True, "append_images": pages[1:]}

    assert facts(octets(pages[0], "TIFF", **more), "扫描.tif").frames == 3
    assert facts(octets(pages[0], "GIF", **more), "动图.gif").frames == 3
    assert facts(octets(pages[0], "MPO", **more), "双摄.jpg").frames == 1
    assert facts(octets(pages[0])).frames == 1


def test_a_motion_photo_is_a_photo() -> None:
    film = struct.pack(">I4s4sI", 16, b"ftyp", b"mp42", 0) + bytes(5000)

    content = read(octets(photograph(4), exif=exif()) + film, "MVIMG_20240528.jpg")

    assert content.status is Status.OK
    assert content.picture is not None and content.picture.kind is Depiction.PHOTO


def test_a_picture_cut_short_is_kept_as_far_as_it_goes() -> None:
    whole = octets(photograph(5))

    content = read(whole[: len(whole) * 2 // 3])

    assert content.status is Status.PARTLY
    assert "不完整" in content.reason
    assert content.picture is not None and content.picture.thumbnail


def test_what_is_too_big_still_has_its_pixels() -> None:
    content = read(_huge_png(), "全景.png")

    assert content.status is Status.TOO_BIG
    assert "60000×50000" in content.reason
    assert content.picture is not None
    assert (content.picture.width, content.picture.height) == (60_000, 50_000)
    assert content.picture.hash == content.picture.thumbnail == b""
    assert [problem.part for problem in content.problems] == ["2"]


@needs_shared
def test_the_corpus_picture_of_four_hundred_million_pixels_has_its_pixels() -> None:
    data = (SHARED / "corpus/documents/made-here/png_20000x20000.png").read_bytes()

    content = read(data, "大图.png")

    assert content.status is Status.TOO_BIG
    assert content.picture is not None and content.picture.width == content.picture.height == 20_000


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("海报.psd", b"8BPS\0\1" + bytes(200), "PSD"),
        ("DSC_0001.NEF", octets(photograph(1, (64, 64)), "TIFF"), "RAW"),
        ("IMG_1.CR3", struct.pack(">I4s4sI", 16, b"ftyp", b"crx ", 1) + bytes(64), "RAW"),
        ("标志.svg", b'<?xml version="1.0"?><!-- a --><svg xmlns="http://www.w3.org/2000/svg"></svg>', "SVG"),
        ("图.emf", bytes(40) + b" EMF" + bytes(200), "EMF"),
    ],
)
def test_drawings_and_raw_files_are_kept_with_their_reason(name: str, data: bytes, word: str) -> None:
    content = read(data, name)

    assert content.status is Status.UNSUPPORTED
    assert word in content.reason


def test_a_small_metafile_inside_a_document_is_noise_and_a_large_one_is_told() -> None:
    small, large = bytes(40) + b" EMF" + bytes(500), bytes(40) + b" EMF" + bytes(200_000)

    inside = [
        extract(Leaf(path="2/总结.docx/word/media/image1.emf", name="image1.emf", data=one), "image/emf")
        for one in (small, large)
    ]

    assert [one.status for one in inside] == [Status.NOISE, Status.UNSUPPORTED]
    assert all(one.reason for one in inside)


# ---------------------------------------------------------------- EXIF


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(orientation: int) -> None:
    upright = Image.new("RGB", (400, 300), "white")
    upright.paste("red", (0, 0, 80, 60))
    turn = Image.Transpose
    back = {
        2: turn.FLIP_LEFT_RIGHT,
        3: turn.ROTATE_180,
        4: turn.FLIP_TOP_BOTTOM,
        5: turn.TRANSPOSE,
        6: turn.ROTATE_90,
        7: turn.TRANSVERSE,
        8: turn.ROTATE_270,
    }
    stored = upright.transpose(back[orientation]) if orientation in back else upright

    found = facts(octets(stored, quality=95, exif=exif(orientation=orientation)))

    assert (found.width, found.height, found.orientation) == (400, 300, orientation)
    assert _pixel(found, 4, 4)[1] < 60
    assert min(_pixel(found, -4, 4) + _pixel(found, 4, -4) + _pixel(found, -4, -4)) > 240


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2024:05:28 09:15:14", "2024-05-28T09:15:14"),
        ("2024:05:24 24:00:00", "2024-05-25T00:00:00"),
        ("2024-05-28 09:15:14", "2024-05-28T09:15:14"),
        ("2024:05:28 09:15:14.123+08:00", "2024-05-28T09:15:14"),
        ("2024:05:28 09:15", "2024-05-28T09:15:00"),
        ("0000:00:00 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("2024:13:40 09:15:14", None),
        ("1970:01:01 08:00:00", None),
        ("2024:05:28 25:15:14", None),
        ("昨天", None),
    ],
)
def test_dates_are_read_as_telephones_write_them(stated: str, expected: str | None) -> None:
    found = facts(octets(photograph(1, (200, 200)), exif=exif(taken=stated.encode())))

    assert (found.taken.isoformat() if found.taken else None) == expected


def test_the_zone_of_the_camera_does_not_move_its_clock() -> None:
    found = facts(octets(photograph(1, (200, 200)), exif=exif(taken="2024:05:28 23:30:00", offset="+09:00")))

    assert found.taken is not None and found.taken.isoformat() == "2024-05-28T23:30:00"


def test_the_date_of_change_counts_only_behind_the_date_of_taking() -> None:
    both = exif(taken="2024:05:28 09:15:14", changed="2024:06:18 20:00:00")
    alone = exif(changed="2024:06:01 10:00:00")

    taken = [facts(octets(photograph(1, (200, 200)), exif=one)).taken for one in (both, alone)]

    assert [one.isoformat() if one else None for one in taken] == [
        "2024-05-28T09:15:14",
        "2024-06-01T10:00:00",
    ]


def test_png_and_webp_tell_their_date_too() -> None:
    for kind in ("PNG", "WEBP"):
        found = facts(octets(photograph(1, (200, 200)), kind, exif=exif(taken="2024:05:28 09:15:14")))
        assert found.taken is not None and found.taken.day == 28


def test_broken_exif_costs_the_date_and_not_the_picture() -> None:
    whole = octets(photograph(1, (400, 300)), exif=exif(taken="2024:05:28 09:15:14"))
    at = whole.index(b"Exif\0\0") + 6

    content = read(whole[:at] + b"\xff" * 24 + whole[at + 24 :])

    assert content.status is Status.OK
    assert content.picture is not None and content.picture.taken is None


def test_the_place_of_a_photo_is_kept_nowhere() -> None:
    placed = exif()
    gps = placed.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (29.0, 33.0, 50.0), "E", (106.0, 34.0, 30.0)

    for data, name in (
        (octets(photograph(1), exif=placed, comment=b"secret"), "IMG_1.jpg"),
        (HEIC, "IMG_1.HEIC"),
    ):
        found = facts(data, name)
        small = Image.open(io.BytesIO(found.thumbnail))
        assert not small.getexif()
        assert b"Exif" not in found.thumbnail and b"secret" not in found.thumbnail
        assert "106" not in repr(found).replace(repr(found.thumbnail), "").replace(repr(found.hash), "")


# ---------------------------------------------------------------- what it shows


def test_photos_screens_graphics_pages_and_logos_are_told_apart() -> None:
    page = chat(0, (1240, 1754))
    told = {
        "camera": facts(octets(photograph(1), exif=exif())).kind,
        "chat programs send photos without EXIF": facts(octets(photograph(2))).kind,
        "screen": facts(octets(chat(), "PNG"), "IMG_3.PNG").kind,
        "screen sent on as JPEG": facts(octets(chat(), quality=80), "微信图片_1.jpg").kind,
        "by its name": facts(octets(photograph(3), "PNG"), "微信截图_20240605.png").kind,
        "by its comment": facts(
            octets(photograph(4), exif=exif(lens=False, comment=b"ASCII\0\0\0Screenshot"))
        ).kind,
        "code": facts(octets(chat(3, (600, 600)), "PNG"), "二维码.png").kind,
        "signature": facts(octets(chat(0, (300, 200)), "PNG"), "image001.png", content_id="a@b").kind,
        "tracking": facts(octets(Image.new("RGB", (1, 1)), "GIF"), "t.gif").kind,
        "odd": facts(octets(photograph(5, (800, 310)), "PNG"), "横幅.png").kind,
    }

    assert told == {
        "camera": Depiction.PHOTO,
        "chat programs send photos without EXIF": Depiction.PHOTO,
        "screen": Depiction.SCREENSHOT,
        "screen sent on as JPEG": Depiction.SCREENSHOT,
        "by its name": Depiction.SCREENSHOT,
        "by its comment": Depiction.SCREENSHOT,
        "code": Depiction.GRAPHIC,
        "signature": Depiction.LOGO,
        "tracking": Depiction.LOGO,
        "odd": Depiction.UNKNOWN,
    }
    assert facts(octets(page, "PNG")).kind in {Depiction.GRAPHIC, Depiction.PAGE}


def test_white_beside_black_is_no_even_ground() -> None:
    """Two colours alone make no drawing: from 0 to 255 is a step, whatever octets make of a difference."""
    columns = Image.frombytes("L", (600, 600), bytes([0, 255]) * (300 * 600))

    assert facts(octets(columns, "PNG")).kind is Depiction.UNKNOWN


def test_logos_are_ornaments_and_photos_are_not() -> None:
    assert facts(octets(Image.new("RGB", (96, 32), "red"), "PNG"), "image001.png").logo
    assert not facts(octets(photograph(1))).logo


def test_a_plain_picture_has_no_hash() -> None:
    wall = Image.linear_gradient("L").resize((800, 600)).convert("RGB")

    assert facts(octets(Image.new("RGB", (800, 600), "white"))).hash == b""
    assert facts(octets(wall)).hash == b""


@needs_shared
def test_the_pictures_of_the_data_set_are_what_the_manifest_says() -> None:
    """Chat screenshots and logos are known; no photograph of an activity is set aside."""
    import json

    from pipeline import intake

    folder = SHARED / "dataset/mails"
    manifest = json.loads((folder / "manifest.json").read_text())
    told = []
    for mail in manifest["mails"]:
        if mail["id"] not in {"dev-010", "dev-017", "dev-031", "dev-036", "dev-054"}:
            continue
        holds = {file["sha256"]: file["holds"] for file in mail["files"]}
        reading = intake.read((folder / mail["file"]).read_bytes())
        digests = {part.path: part.sha256 for part in reading.parts}
        told += [(holds.get(digests[one.part], "photos"), one.kind) for one in reading.pictures]

    assert len(told) >= 11
    for held, kind in told:
        assert (
            kind
            in {
                "photos": {Depiction.PHOTO, Depiction.UNKNOWN},
                "screenshot": {Depiction.SCREENSHOT},
                "logo": {Depiction.LOGO},
            }[held]
        )


# ---------------------------------------------------------------- hostile octets

_SEEDS = (
    octets(photograph(6, (120, 90)), exif=exif(taken="2024:05:28 09:15:14")),
    octets(photograph(6, (90, 60)), "PNG"),
    HEIC,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.sampled_from(_SEEDS),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.binary(min_size=1, max_size=6)), max_size=6),
    keep=st.floats(0.02, 1),
)
def test_no_octets_stop_the_reader(seed: bytes, changes: list[tuple[float, bytes]], keep: float) -> None:
    data = bytearray(seed[: max(12, int(len(seed) * keep))])
    for share, octets_ in changes:
        at = 12 + int(share * max(0, len(data) - 12))
        data[at : at + len(octets_)] = octets_

    content = read(bytes(data), "图")

    assert content.status in set(Status)
    assert content.status is Status.OK or content.reason


def _pixel(picture: Picture, x: int, y: int) -> tuple[int, int, int]:
    small = Image.open(io.BytesIO(picture.thumbnail)).convert("RGB")
    red, green, blue = small.getpixel((x % small.width, y % small.height))  # type: ignore[misc]
    return red, green, blue


def _huge_png() -> bytes:
    """A PNG whose header states three thousand million pixels."""
    import zlib

    head = struct.pack(">IIBBBBB", 60_000, 50_000, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(100)))
        + chunk(b"IEND", b"")
    )
