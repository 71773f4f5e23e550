"""Programs and packages that write the files."""

from __future__ import annotations

import io
import subprocess
import tempfile
import zipfile
from pathlib import Path


def converted(name: str, octets: bytes, suffix: str) -> bytes:
    """Have LibreOffice write *octets* as another format."""
    args = [
        "soffice",
        "-env:UserInstallation=file:///tmp/make-formats",
        "--headless",
        "--convert-to",
        suffix,
        name,
    ]
    return ran(args, {name: octets})[f"in.{suffix}"]


def ran(args: list[str], inputs: dict[str, bytes]) -> dict[str, bytes]:
    """Run a program in a folder that holds *inputs*; give all that stands there afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        for name, octets in inputs.items():
            (Path(folder) / name).write_bytes(octets)
        subprocess.run(args, cwd=folder, check=True, capture_output=True)
        return {path.name: path.read_bytes() for path in Path(folder).iterdir() if path.is_file()}


def zipped(parts: dict[str, str]) -> bytes:
    """A package of *parts*."""
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return octets.getvalue()


def replaced(package: bytes, words: dict[bytes, bytes], added: dict[str, bytes] | None = None) -> bytes:
    """Write the package anew with other words in its XML and with further parts."""
    octets = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            data = old.read(entry)
            for before, after in words.items():
                data = data.replace(before, after)
            new.writestr(entry, data)
        for name, data in (added or {}).items():
            new.writestr(name, data)
    return octets.getvalue()
