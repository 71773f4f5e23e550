"""Which of the files of cameras and recorders octets are, where a fixed number at their start does not say it.

Purpose: `by_atoms()` tells films, sounds and pictures in ISO containers apart; RECORDINGS are what media.py reads.
Source: ISO/IEC 14496-12 (ftyp), 23008-12 (HEIF), QuickTime File Format; media types of IANA where it has them.
Limits: looks at the first atom alone.
"""

from __future__ import annotations

RAW = "image/x-camera-raw"
RECORDINGS = (
    "video/mp4",
    "video/quicktime",
    "video/3gpp",
    "video/x-msvideo",
    "video/x-ms-asf",
    "video/x-matroska",
    "video/mpeg",
    "video/mp2t",
    "video/x-flv",
    "video/vnd.rn-realvideo",
    "audio/mp4",
    "audio/mpeg",
    "audio/aac",
    "audio/amr",
    "audio/ogg",
    "audio/flac",
    "audio/wav",
)
"""Films and sound; ASF, Matroska and Ogg hold either."""

_RAW_NAMES = (".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf", ".rw2", ".raf", ".pef", ".srw")
"""Cameras' raw files; most are TIFF inside, whose only readable picture is a small preview."""
_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
"""First atoms of a film that is older than the brands."""
_BRANDS = {b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"qt  ": "video/quicktime", b"crx ": RAW}


def is_raw(name: str) -> bool:
    """Whether a TIFF of that *name* is a camera's raw file."""
    return name.lower().endswith(_RAW_NAMES)


def by_atoms(head: bytes) -> str:
    """Say what the file that begins with *head* is, "" where it begins with neither an atom nor a packet of MPEG-TS."""
    size = int.from_bytes(head[:4], "big")
    if head[4:8] == b"ftyp":
        return _by_brand(head[8:12], head[16:size])
    # A text may have such a word there too, but not the octets of a length before it.
    if head[4:8] in _QUICKTIME and head[0] < 0x10 and (size == 1 or size >= 8):
        return "video/quicktime"
    return "video/mp2t" if head[:1] == head[188:189] == head[376:377] == b"G" else ""


def _by_brand(brand: bytes, others: bytes) -> str:
    """Tell by its major brand, or by one of the *others*, where the major one only says that it is a picture."""
    picture = brand in {b"mif1", b"msf1", b"miaf"}
    if brand in {b"avif", b"avis"} or (picture and b"avif" in others):
        return "image/avif"
    if picture or brand[:3] in {b"hei", b"hev"}:
        return "image/heic"
    if brand[:2] == b"3g":
        return "video/3gpp"
    return _BRANDS.get(brand, "video/mp4")
