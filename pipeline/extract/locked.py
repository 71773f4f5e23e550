"""Office files with an open password that is known: decrypted, and then read as what they are.

Purpose: `unlock()` (here) and `decrypt()` (in the reader's child).
Source: [MS-OFFCRYPTO] as msoffcrypto-tool reads it: OOXML agile and standard, RC4 and RC4 CryptoAPI of .doc, .xls and .ppt.
Limits: MAX_TRIES passwords. What Excel and PowerPoint encrypt with a password of their own, to protect the structure alone,
    opens without one. PDF is not read here.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace

from pipeline import ole
from pipeline.records import Content, Leaf, Status

MAX_TRIES = 12
"""Passwords tried on one file; agile encryption takes a tenth of a second for each."""
MAX_OCTETS = 64 * 1024**2
"""Octets of a file that are decrypted: RC4 in Python manages some megabytes a second, and a mail has 50 MB."""

_DEFAULTS = ("VelvetSweatshop", "/01Hannes Ruescher/01")
"""What Excel and PowerPoint take where nobody gave a password ([MS-OFFCRYPTO] section 2.3.7.1, [MS-PPT] 2.3.7)."""


def unlock(leaf: Leaf, passwords: tuple[str, ...]) -> Leaf | None:
    """Give the leaf with its octets in clear; None if it is no office file or none of *passwords* fits.

    Raises:
        TransientError: the reader's child cannot be started now.
    """
    if not leaf.data.startswith(ole.MAGIC) or len(leaf.data) > MAX_OCTETS:
        return None
    from pipeline.extract import child

    tried = (*passwords[:MAX_TRIES], *_DEFAULTS)
    content = child.ask("decrypt", leaf, json.dumps(tried))
    return replace(leaf, data=content.embedded[0].data) if content.embedded else None


def decrypt(leaf: Leaf, argument: str) -> Content:
    """Decrypt *leaf* with the first password that fits of the JSON list *argument*.

    Returns:
        its octets in clear as the only embedded leaf; needs-password if none fits.
    """
    for clear in _decrypted(leaf.data, json.loads(argument)):
        return Content(embedded=(replace(leaf, data=clear),))
    return Content(status=Status.NEEDS_PASSWORD)


def _decrypted(data: bytes, passwords: list[str]) -> Iterator[bytes]:
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError, ParseError

    for password in passwords:
        out = io.BytesIO()
        try:
            file = msoffcrypto.OfficeFile(io.BytesIO(data))
            file.load_key(password=password)
            file.decrypt(out)
        except (DecryptionError, InvalidKeyError, ParseError, ValueError):
            continue
        if out.getvalue() not in (b"", data):
            yield out.getvalue()
