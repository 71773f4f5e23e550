"""Whether two machines would read alike: what is installed on each, and in what they differ.

Purpose: `installed()`, what a machine says of itself, as plain words that any version understands; `differences()`.
Source: design principle 3: a reading depends on octets, VERSION and abilities alone; so does the equality of results.
Limits: of programs of the system (tesseract, LibreOffice) only the names are compared, as in a filing's basis.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

import pipeline
import rules
from pipeline import tools

WORDS = {
    "release": "shouwen 版本",
    "version": "读件版本",
    "code": "程序内容",
    "python": "Python",
    "libraries": "程序库",
    "abilities": "转换程序",
}
"""What is compared, in the order in which it is told."""
CURES = {
    "release": "装同一版 shouwen",
    "version": "装同一版 shouwen",
    "code": "装同一版 shouwen",
    "python": "用同一个 Python 小版本建虚拟环境",
    "libraries": "照同一份 requirements.lock 重装",
    "abilities": "两边装同样的转换程序（shouwen check 逐个列出）",
}
MOST = 3
"""How many libraries that differ are named."""


@cache
def installed() -> Mapping[str, str]:
    """Say what is installed here; the same words mean equal readings of equal octets."""
    return {
        "release": pipeline.release(),
        "version": str(pipeline.VERSION),
        "code": _code(),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "libraries": " ".join(_libraries()),
        "abilities": " ".join(tools.abilities()),
    }


def fingerprint() -> str:
    """Give `installed()` in one word."""
    return hashlib.sha256(repr(sorted(installed().items())).encode()).hexdigest()


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """Say in Chinese in what *there* is not as *here*, with the cure; "" if they are alike."""
    unlike = [name for name in WORDS if here.get(name) != there.get(name)]
    told = [_told(name, here.get(name, "—"), there.get(name, "—")) for name in unlike]
    return "，".join(told) + "；请" + CURES[unlike[0]] if told else ""


def _told(name: str, here: str, there: str) -> str:
    if name == "code":
        return f"{WORDS[name]}不同（{there[:12]}，本机 {here[:12]}）"
    if name in ("libraries", "abilities"):
        ours, theirs = set(here.split()), set(there.split())
        parts = (("没有", sorted(ours - theirs)), ("多出", sorted(theirs - ours)))
        return f"{WORDS[name]}" + "、".join(
            f"{verb} {' '.join(names[:MOST])}{' 等' if len(names) > MOST else ''}"
            for verb, names in parts
            if names
        )
    return f"{WORDS[name]}是 {there}（本机 {here}）"


def _code() -> str:
    """The digest of every line of ours that runs, and of its data files that are code's own."""
    found = hashlib.sha256()
    for package in (pipeline, rules):
        root = Path(str(package.__file__)).parent
        for path in sorted(root.rglob("*.py")):
            found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def _libraries() -> Iterator[str]:
    """What the core stands on, with versions; extras are no part of a reading (OCR is an ability)."""
    try:
        wanted = metadata.requires("shouwen") or []
    except metadata.PackageNotFoundError:
        return
    for line in sorted(wanted):
        name = re.match(r"[\w.-]+", line)
        if name and "extra ==" not in line:
            try:
                yield f"{name[0]}={metadata.version(name[0])}"
            except metadata.PackageNotFoundError:
                yield f"{name[0]}=无"
