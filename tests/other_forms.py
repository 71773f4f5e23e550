"""The same words in other forms: traditional characters, full-width digits; one character for one."""

from __future__ import annotations

from opencc import OpenCC

_CHARACTERS = [chr(code) for code in range(0x4E00, 0xA000)]
_BACK = OpenCC("t2s")
TRADITIONAL = {
    ord(old): new
    for old, new in zip(_CHARACTERS, OpenCC("s2t").convert("\n".join(_CHARACTERS)).split("\n"), strict=True)
    if old != new and _BACK.convert(new) == old
}
"""Simplified characters to traditional ones that fold back to them."""
WIDE = {ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)}
