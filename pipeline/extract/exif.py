"""What a camera wrote beside a picture: when it was taken, how it was held, whether it was a camera at all.

Source: EXIF 2.32 (CIPA DC-008) tags Orientation, DateTimeOriginal, DateTimeDigitized, DateTime, ExposureTime; what the
gallery programs of telephones write instead of it.
Limits: times are naive local time as written; where the picture was taken (GPS) is never read, nor who took it.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

FIRST_YEAR = 1990
"""A camera's clock that was never set says 1970 or 1980; digital photographs are younger."""

_MAKE, _ORIENTATION, _CHANGED, _EXIF = 0x010F, 0x0112, 0x0132, 0x8769
_TAKEN, _DIGITISED = 0x9003, 0x9004
_EXPOSED = (0x829A, 0x829D, 0x8827, 0x9201, 0x920A)
"""ExposureTime, FNumber, ISO, ShutterSpeedValue, FocalLength: only a lens has them."""
_COMMENT = 0x9286
_MOMENT = re.compile(
    r"\s*(\d{4})[:/.年-](\d{1,2})[:/.月-](\d{1,2})日?[ T]+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?"
)


def orientation(exif: Image.Exif) -> int:
    """How the pixels stand, 1..8; 1 where it is not stated or makes no sense."""
    stated = exif.get(_ORIENTATION)
    return stated if isinstance(stated, int) and 1 <= stated <= 8 else 1


def taken(exif: Image.Exif) -> datetime | None:
    """When the picture was taken; DateTime, which programs change too, counts only where a camera's maker stands."""
    inner = exif.get_ifd(_EXIF)
    stated = [inner.get(_TAKEN), inner.get(_DIGITISED)]
    if exif.get(_MAKE):
        stated.append(exif.get(_CHANGED))
    return next((moment for one in stated if (moment := _moment(one)) is not None), None)


def by_camera(exif: Image.Exif) -> bool:
    """Whether a lens took it."""
    inner = exif.get_ifd(_EXIF)
    return any(inner.get(tag) for tag in _EXPOSED)


def of_screen(exif: Image.Exif) -> bool:
    """Whether a telephone says that it is a picture of its screen."""
    comment = exif.get_ifd(_EXIF).get(_COMMENT, b"")
    words = comment if isinstance(comment, bytes) else str(comment).encode()
    return b"screenshot" in words.lower()


def _moment(stated: object) -> datetime | None:
    """Read a moment; "24:00:00", which some telephones write for midnight, is the next day's beginning."""
    text = stated.decode("ascii", "replace") if isinstance(stated, bytes) else str(stated or "")
    match = _MOMENT.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        midnight = datetime(year, month, day)  # noqa: DTZ001 - EXIF has no zone
        moment = midnight + timedelta(hours=hour, minutes=minute, seconds=min(second, 59))
    except (ValueError, OverflowError):
        return None
    return moment if year >= FIRST_YEAR and hour <= 24 and minute < 60 else None
