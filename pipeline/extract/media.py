"""Films and sound: how long, how large, in which formats, when made, as their container says.

Purpose: `read` (in the reader's child) gives a Recording; staff see length and size without opening the file.
Source: MediaInfo through pymediainfo, whose library comes with it.
Limits: nothing is decoded, no frame is shown, no word is heard; where it was filmed (GPS) is not kept. A container that
tells neither length nor streams is damaged where its end is missing (its sending was broken off before the index).
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pipeline.extract import kinds
from pipeline.records import Code, Content, Leaf, Problem, Recording, Status

MAX_SIDE = 32_768
"""Pixels of a side; what states more states nonsense."""
MAX_SECONDS = 7 * 86_400
"""A week; the same of its length."""
FIRST_YEAR = 1990
"""Containers count from 1904 or 1970 where a clock was not set."""
MAX_FORMATS = 4
"""Streams that are named."""

_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.\d+)?\s*(UTC|Z|[+-]\d\d:?\d\d)?")
_MADE = ("comapplequicktimecreationdate", "recorded_date", "encoded_date", "tagged_date")
"""Fields that may say when it was made, the local ones first."""
_NO_PROGRAM = "本机没有读取时长的程序；作为影像资料保存"
_UNKNOWN = "读不出时长和画面，可能已损坏，请打开看看；作为影像资料保存"
_BROKEN = "不完整，没有索引，无法播放，请报送单位重发"
_CUT = "文件不完整，可能只能播放一部分，请报送单位核对"


def read(leaf: Leaf, _argument: str = "") -> Content:
    """Read the facts of one film or sound.

    Returns:
        status ok with its Recording; partly where the file is cut short; damaged, or unsupported, where nothing is
        known of it.
    """
    from pymediainfo import MediaInfo

    if not MediaInfo.can_parse():
        return Content(status=Status.UNSUPPORTED, reason=_NO_PROGRAM)
    tracks = [track.to_data() for track in MediaInfo.parse(io.BytesIO(leaf.data)).tracks]
    general = next((one for one in tracks if one.get("track_type") == "General"), {})
    films = [one for one in tracks if one.get("track_type") == "Video"]
    sounds = [one for one in tracks if one.get("track_type") == "Audio"]
    seconds = next((found for one in (general, *films, *sounds) if (found := _seconds(one))), None)
    if seconds is None and not films and not sounds:
        return _untold(leaf, broken=bool(general.get("istruncated")))
    width, height = _size(films[0]) if films else (0, 0)
    recording = Recording(
        part=leaf.path,
        seconds=seconds,
        width=width,
        height=height,
        formats=tuple(str(one["format"])[:40] for one in (*films, *sounds) if one.get("format"))[
            :MAX_FORMATS
        ],
        made=next((moment for name in _MADE if (moment := _moment(general.get(name)))), None),
    )
    if general.get("istruncated"):
        return Content(recording=recording, status=Status.PARTLY, reason=_word(leaf, films) + _CUT)
    return Content(recording=recording)


def _untold(leaf: Leaf, *, broken: bool) -> Content:
    reason = _word(leaf, []) + (_BROKEN if broken else _UNKNOWN)
    problem = Problem(code=Code.DAMAGED, part=leaf.path, detail=reason)
    return Content(
        status=Status.DAMAGED if broken else Status.UNSUPPORTED, reason=reason, problems=(problem,)
    )


def _word(leaf: Leaf, films: list[dict[str, Any]]) -> str:
    media_type = kinds.sniff(leaf.data, leaf.name, leaf.declared)
    return "视频" if films or media_type.startswith("video/") else "音频"


def _seconds(track: Mapping[str, Any]) -> float | None:
    """Length in seconds (MediaInfo says milliseconds, some versions as text), None if not stated."""
    try:
        seconds = float(track.get("duration") or 0) / 1000
    except (TypeError, ValueError):
        return None
    return round(seconds, 3) if math.isfinite(seconds) and 0 < seconds <= MAX_SECONDS else None


def _size(film: Mapping[str, Any]) -> tuple[int, int]:
    """Width and height as shown; (0, 0) where they are not stated."""
    sides = [film.get("width"), film.get("height")]
    width, height = (one if isinstance(one, int) and 0 < one <= MAX_SIDE else 0 for one in sides)
    if not (width and height):
        return 0, 0
    turned = re.match(r"-?(?:90|270)\b", str(film.get("rotation") or ""))
    return (height, width) if turned else (width, height)


def _moment(stated: object) -> datetime | None:
    """A moment with zone; MediaInfo's are UTC unless they say another one."""
    match = _MOMENT.search(str(stated or ""))
    if match is None:
        return None
    zone = (match[7] or "+0000").replace("UTC", "+0000").replace("Z", "+0000").replace(":", "")
    try:
        moment = datetime.strptime("".join(match.groups()[:6]) + zone, "%Y%m%d%H%M%S%z")
        return moment if moment.astimezone(UTC).year >= FIRST_YEAR else None
    except (ValueError, OverflowError):
        return None
