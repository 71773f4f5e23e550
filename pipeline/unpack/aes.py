"""AES encryption of zip, as WinZip, 7-Zip, WinRAR and 360 write it (AE-1 and AE-2).

Purpose: `decrypt()`.
Source: https://www.winzip.com/en/support/aes-encryption/ sections III-IV; RFC 2898 (PBKDF2), RFC 2104 (HMAC).
Limits: the octets are authenticated before they are decrypted; an altered member is refused as damaged, not read.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

MAX_DERIVATIONS = 1_000
"""Keys derived for one archive, all passwords and members together: some 2 ms each, so two seconds."""

_ITERATIONS = 1_000
_CHECK, _CODE = (
    2,
    10,
)  # octets of the password check behind the salt, and of the authentication code at the end
_SIZES = {1: 16, 2: 24, 3: 32}  # octets of the key by strength; the salt has half of it
_CHUNK = 1024**2


class AlteredError(ValueError):
    """The password fits and the octets do not have the code that they were written with."""


def decrypt(packed: bytes, password: bytes, strength: int) -> bytes | None:
    """Decrypt *packed* with *password*.

    Args:
        packed: salt, password check, octets, authentication code. strength: 1 (128 bits) to 3 (256 bits).

    Returns:
        the octets in clear, still packed by their method; None if the password is wrong.

    Raises:
        AlteredError: the octets were altered or cut (or a wrong password passed a check of two octets).
    """
    size = _SIZES[strength]
    salt = size // 2
    if len(packed) < salt + _CHECK + _CODE:
        raise AlteredError
    keys = hashlib.pbkdf2_hmac("sha1", password, packed[:salt], _ITERATIONS, 2 * size + _CHECK)
    if not hmac.compare_digest(keys[-_CHECK:], packed[salt : salt + _CHECK]):
        return None
    body = packed[salt + _CHECK : -_CODE]
    if not hmac.compare_digest(hmac.digest(keys[size : 2 * size], body, "sha1")[:_CODE], packed[-_CODE:]):
        raise AlteredError
    return b"".join(_counter_mode(body, keys[:size]))


def _counter_mode(body: bytes, key: bytes) -> Iterator[bytes]:
    """Exclusive or with the encrypted counter, which counts blocks from 1 and is little-endian, as no library has it."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - counter mode is built from it
    for start in range(0, len(body), _CHUNK):
        piece = body[start : start + _CHUNK]
        first = start // 16 + 1
        blocks = b"".join(
            number.to_bytes(16, "little") for number in range(first, first + (len(piece) + 15) // 16)
        )
        stream = encryptor.update(blocks)[: len(piece)]
        yield (int.from_bytes(piece, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(piece), "big")
