"""Traditional encryption of zip ("ZipCrypto").

Purpose: `decrypt()`.
Source: APPNOTE 6.3.10 section 6.1. It is no protection, but what senders use.
Limits: about 1.5 MB a second, since each octet depends on the one before: MAX_OCTETS for one archive.
"""

from __future__ import annotations

import zlib

MAX_OCTETS = 48 * 1024**2
"""Octets decrypted for one archive, all tries together: half a minute. Mails have at most 50 MB."""
HEADER = 12
"""Octets in front of the packed ones; the last of them checks the password."""

_MULTIPLIER = 134_775_813
_TABLE = tuple(zlib.crc32(bytes([octet]), 0xFFFFFFFF) ^ 0xFFFFFFFF for octet in range(256))


def decrypt(packed: bytes, password: bytes, check: int) -> bytes | None:
    """Decrypt *packed* with *password*.

    Args:
        check: the octet that the header must end with (crc's or time's highest, by bit 3 of the flags).

    Returns:
        the packed octets in clear, without their header; None if the password is certainly wrong. One wrong password in
        256 passes: the checksum of the inflated octets decides.
    """
    if len(packed) < HEADER:
        return None
    keys = (0x12345678, 0x23456789, 0x34567890)
    for octet in password:
        keys = _next(keys, octet)
    head, keys = _run(packed[:HEADER], keys)
    if head[-1] != check:
        return None
    return _run(packed[HEADER:], keys)[0]


def _next(keys: tuple[int, int, int], octet: int) -> tuple[int, int, int]:
    """Update the three keys with one octet in clear."""
    first, second, third = keys
    first = (first >> 8) ^ _TABLE[(first ^ octet) & 0xFF]
    second = ((second + (first & 0xFF)) * _MULTIPLIER + 1) & 0xFFFFFFFF
    third = (third >> 8) ^ _TABLE[(third ^ (second >> 24)) & 0xFF]
    return first, second, third


def _run(octets: bytes, keys: tuple[int, int, int]) -> tuple[bytes, tuple[int, int, int]]:
    """Decrypt *octets*; `_next` written out, for this loop is the whole cost."""
    first, second, third = keys
    table = _TABLE
    clear = bytearray(octets)
    for place, octet in enumerate(octets):
        mask = third | 2
        octet ^= ((mask * (mask ^ 1)) >> 8) & 0xFF  # noqa: PLW2901 - the octet in clear from here on
        clear[place] = octet
        first = (first >> 8) ^ table[(first ^ octet) & 0xFF]
        second = ((second + (first & 0xFF)) * _MULTIPLIER + 1) & 0xFFFFFFFF
        third = (third >> 8) ^ table[(third ^ (second >> 24)) & 0xFF]
    return bytes(clear), (first, second, third)
