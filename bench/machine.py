"""What the figures were measured on: `facts(folder)`.

Source: proc(5), /sys/block, the installed distributions' own metadata.
Limits: Linux; what the machine does not tell is "unknown".
"""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from pipeline import release

LIBRARIES = (
    "mail-parser",
    "pybase64",
    "lxml",
    "python-docx",
    "pandas",
    "python-calamine",
    "xlsxwriter",
    "pypdfium2",
    "pillow",
    "numpy",
    "scikit-learn",
    "imapclient",
    "sqlalchemy",
    "pebble",
    "distributed",
)


def facts(folder: Path) -> Sequence[tuple[str, str]]:
    """(name, fact) of the program, the machine, the disk that *folder* lies on, and the libraries."""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    processor = _found("/proc/cpuinfo", r"model name\s*: (.+)") or "unknown"
    memory = int(_found("/proc/meminfo", r"MemTotal:\s+(\d+)") or 0) / 1e6
    libraries = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    return (
        ("measured", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load at the end {load} (1, 5, 15 minutes)"),
        ("shouwen", release()),
        ("processor", f"{processor}, {os.cpu_count()} cores"),
        ("memory", f"{memory:.1f} GB"),
        ("disk", disk(folder)),
        ("system", f"{platform.system()} {platform.release()}"),
        ("Python", f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}, {ssl.OPENSSL_VERSION}"),
        ("libraries", libraries),
    )


def disk(folder: Path) -> str:
    """The device and kind of file system under *folder*."""
    here = str(folder.resolve())
    mounted = [line.split() for line in Path("/proc/self/mounts").read_text("utf-8").splitlines()]
    within = [one for one in mounted if f"{here}/".startswith(one[1].rstrip("/") + "/")]
    device, place, kind = max(within, key=lambda one: len(one[1]))[:3]
    return f"{kind} on {device} ({place})"


def _found(file: str, pattern: str) -> str:
    try:
        found = re.search(pattern, Path(file).read_text("utf-8"))
    except OSError:
        return ""
    return found[1] if found else ""


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
