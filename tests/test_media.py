"""extract/media: what films and sounds say of themselves, and that broken ones end with a reason."""

from __future__ import annotations

import io
import struct
import wave
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outputs.tables.shown import length
from pipeline import intake
from pipeline.extract import extract, sniff
from pipeline.records import Code, Content, Leaf, Recording, Status
from tools.formatmaker.film import atom, film


def read(data: bytes, name: str) -> Content:
    return extract(Leaf(path="3", name=name, data=data), sniff(data, name))


def facts(data: bytes, name: str) -> Recording:
    content = read(data, name)
    assert (content.status, content.reason) == (Status.OK, "")
    assert content.recording is not None
    return content.recording


# ---------------------------------------------------------------- files written by hand


def sound(seconds: float = 3) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(8000)
        written.writeframes(bytes(int(16_000 * seconds)))
    return out.getvalue()


def avi(seconds: int = 12) -> bytes:
    """The headers of an AVI of 640 x 480 at 25 frames a second."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("<I", len(body)) + body

    frames = 25 * seconds
    main = struct.pack("<14I", 40_000, 0, 0, 0x10, frames, 0, 1, 0, 640, 480, 0, 0, 0, 0)
    stream = b"vidsMJPG" + struct.pack("<10I4h", 0, 0, 0, 1, 25, 0, frames, 0, 0, 0, 0, 0, 640, 480)
    form = struct.pack("<IiiHH4sIiiII", 40, 640, 480, 1, 24, b"MJPG", 640 * 480 * 3, 0, 0, 0, 0)
    lists = chunk(
        b"LIST",
        b"hdrl"
        + chunk(b"avih", main)
        + chunk(b"LIST", b"strl" + chunk(b"strh", stream) + chunk(b"strf", form)),
    )
    return chunk(b"RIFF", b"AVI " + lists + chunk(b"LIST", b"movi" + chunk(b"00dc", bytes(64))))


def amr(frames: int = 100) -> bytes:
    """Speech of 12.2 kbit/s: a frame of 32 octets is 20 ms."""
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * frames


# ---------------------------------------------------------------- what they say


def test_a_film_tells_length_size_format_and_when_it_was_made() -> None:
    found = facts(film(), "现场视频.mp4")

    assert found == Recording(
        part="3",
        seconds=83.0,
        width=1920,
        height=1080,
        formats=("AVC",),
        made=datetime(2024, 5, 28, 2, 11, 12, tzinfo=UTC),
    )


def test_a_film_held_upright_is_higher_than_wide() -> None:
    found = facts(film(turned=True, brand=b"qt  "), "IMG_0007.MOV")

    assert (found.width, found.height) == (1080, 1920)


def test_a_clock_that_was_never_set_is_no_date() -> None:
    assert facts(film(made=0), "a.mp4").made is None


def test_other_containers_are_read_too() -> None:
    lengths = {
        "a.wav": facts(sound(), "a.wav").seconds,
        "a.avi": facts(avi(), "a.avi").seconds,
        "a.amr": facts(amr(), "a.amr").seconds,
        "a.3gp": facts(film(7, brand=b"3gp4"), "a.3gp").seconds,
        "a.m4v": facts(film(9, brand=b"M4V "), "a.m4v").seconds,
    }

    assert lengths == {"a.wav": 3, "a.avi": 12, "a.amr": 2, "a.3gp": 7, "a.m4v": 9}
    assert (facts(avi(), "a.avi").width, facts(avi(), "a.avi").height) == (640, 480)
    assert (facts(sound(), "a.wav").width, facts(sound(), "a.wav").formats) == (0, ("PCM",))


def test_the_octets_decide_whether_it_is_a_film() -> None:
    """Names lie; a QuickTime film older than brands begins with its index."""
    old = film()[20:]
    for data, expected in (
        (film(), "video/mp4"),
        (film(brand=b"qt  "), "video/quicktime"),
        (film(brand=b"3gp5"), "video/3gpp"),
        (film(brand=b"M4A "), "audio/mp4"),
        (old, "video/quicktime"),
        (avi(), "video/x-msvideo"),
        (sound(), "audio/wav"),
        (amr(), "audio/amr"),
        (b"\xff\xf1\x50\x80" + bytes(60), "audio/aac"),
        (b"G" + bytes(187) + b"G" + bytes(187) + b"G" + bytes(187), "video/mp2t"),
    ):
        assert sniff(data, "总结.docx") == expected
    assert sniff("Its free 活动免费".encode(), "a.txt") == "text/plain"


# ---------------------------------------------------------------- broken ones


def test_a_film_cut_behind_its_index_is_partly_there() -> None:
    content = read(film(tail=50_000)[:-30_000], "现场.mp4")

    assert content.status is Status.PARTLY
    assert "不完整" in content.reason
    assert content.recording is not None and content.recording.seconds == 83


def test_a_film_cut_before_its_index_is_damaged_and_a_person_is_told() -> None:
    content = read(
        atom(b"ftyp", b"mp42", bytes(4)) + struct.pack(">I4s", 90_000, b"mdat") + bytes(500), "现场.mp4"
    )

    assert content.status is Status.DAMAGED
    assert "重发" in content.reason
    assert [problem.code for problem in content.problems] == [Code.DAMAGED]


@pytest.mark.parametrize(
    "data",
    [
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + bytes(200),
        b"\x1a\x45\xdf\xa3" + bytes(40),
        b"FLV\x01" + bytes(20),
        b"ID3" + bytes(90),
        b"RIFF\x10\0\0\0AVI ",
    ],
)
def test_a_container_without_anything_in_it_ends_with_a_reason(data: bytes) -> None:
    content = read(data, "a")

    assert content.status in {Status.DAMAGED, Status.UNSUPPORTED}
    assert content.reason
    assert content.problems


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.sampled_from([film(), sound(0.1), avi(), amr(20)]),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.binary(min_size=1, max_size=8)), max_size=8),
    keep=st.floats(0.05, 1),
)
def test_no_octets_stop_the_reader(seed: bytes, changes: list[tuple[float, bytes]], keep: float) -> None:
    data = bytearray(seed[: max(16, int(len(seed) * keep))])
    for share, octets in changes:
        at = 12 + int(share * max(0, len(data) - 12))
        data[at : at + len(octets)] = octets

    content = read(bytes(data), "a.mp4")

    assert content.status is Status.OK or content.reason
    if content.recording and content.recording.seconds is not None:
        assert 0 < content.recording.seconds <= 7 * 86_400


# ---------------------------------------------------------------- on their way to staff


def test_a_reading_carries_its_recordings() -> None:
    reading = intake.read_document(film(), "视频.mp4")

    assert [one.part for one in reading.recordings] == ["视频.mp4"]
    assert [(part.media_type, part.status) for part in reading.parts] == [("video/mp4", Status.OK)]


def test_lengths_are_said_as_people_say_them() -> None:
    assert [length(one) for one in (83, 60, 3600, 3723, 0.2, None)] == [
        "1分23秒",
        "1分",
        "1小时",
        "1小时2分3秒",
        "不到1秒",
        "",
    ]
