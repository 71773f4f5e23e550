"""A text with a GBK name in every archive that can be made here, locked ones with PASSWORD, volumes."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile

from tools.formatmaker.saying import PASSWORD, SENTENCE, TITLE, Files
from tools.formatmaker.writing import ran


def archives() -> Files:
    """A text of GBK name in every archive that can be made here, locked ones with PASSWORD, volumes."""
    name, text = "总结.txt", f"{TITLE}\n{SENTENCE}\n".encode()
    noise = bytes((place * place * 7 + place // 3) % 251 for place in range(70_000))
    given = {name: text, "附图.bin": noise}
    yield "zip-gbk.zip", _gbk_zip(name, text)
    yield (
        "zip-aes.zip",
        ran(["7z", "a", "-tzip", "-mem=AES256", f"-p{PASSWORD}", "out.zip", name], given)["out.zip"],
    )
    yield (
        "zip-zipcrypto.zip",
        ran(["7z", "a", "-tzip", "-mem=ZipCrypto", f"-p{PASSWORD}", "out.zip", name], given)["out.zip"],
    )
    yield "7z.7z", ran(["7z", "a", "out.7z", name], given)["out.7z"]
    yield "7z-names-hidden.7z", ran(["7z", "a", "-mhe=on", f"-p{PASSWORD}", "out.7z", name], given)["out.7z"]
    made = ran(["7z", "a", "-v30k", "-mx0", "volumes.7z", *given], given)
    yield from ((part, made[part]) for part in sorted(made) if part.startswith("volumes.7z"))
    made = ran(["zip", "-q", "-0", "-s", "64k", "split.zip", *given], given)
    yield from ((part, made[part]) for part in sorted(made) if part.startswith("split."))
    for suffix, mode in (("tar", "w"), ("tar.gz", "w:gz"), ("tar.bz2", "w:bz2"), ("tar.xz", "w:xz")):
        octets = io.BytesIO()
        with tarfile.open(fileobj=octets, mode=mode) as archive:  # type: ignore[call-overload]
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
        yield f"tar.{suffix}", octets.getvalue()
    yield "program.exe", b"MZ" + bytes(58) + struct.pack("<L", 64) + b"PE\0\0" + bytes(64)


def _gbk_zip(name: str, text: bytes) -> bytes:
    """A zip as Windows in Chinese writes it: names in GBK, no flag."""
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as archive:
        entry = zipfile.ZipInfo("x" * len(name.encode("gbk")))
        entry.create_system = 0
        archive.writestr(entry, text)
    return octets.getvalue().replace(b"x" * len(name.encode("gbk")), name.encode("gbk"))
