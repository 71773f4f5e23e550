"""The folder that one foreign program gets for itself: what stands in it before, what is taken out, and its end.

Purpose: `private_folder()` makes and removes it, `given()` puts files in, `left()` gathers what the program made;
`sweep()` removes those of processes that were killed, for words of mails stand in them.
Source: mkdtemp(3) (mode 0700).
Limits: what a program leaves is hostile: links, devices and hidden files are not looked at, folders are walked without
recursion, and octets, files and folders are counted before anything is read.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.errors import TransientError

MAX_FILES = 2000
"""Files one run may hand back; a scan of a thousand pages is beyond any report."""
MAX_FOLDERS = 5000
"""Folders looked into."""
MAX_DEPTH = 40
"""Folders in folders that are looked into; the paths of a hostile archive get as deep as the system lets them."""

NO_ROOM = "临时目录（/tmp，或环境变量 TMPDIR 所指的）写不进去；请检查权限和剩余空间"
"""Nothing can be read without a folder to read it in."""

INPUT, OUTPUT, ERROR = ".in", ".out", ".err"
"""The files that are the program's standard streams."""


@contextmanager
def private_folder() -> Iterator[Path]:
    """Make a folder that only we can look into; it is gone afterwards whatever stands in it.

    Raises:
        TransientError: no folder can be made now.
    """
    try:
        folder = tempfile.mkdtemp(prefix=prefix())
    except OSError as error:
        raise TransientError(NO_ROOM) from error
    try:
        yield Path(folder)
    finally:
        _remove(folder)


def prefix() -> str:
    """How the names of this process's folders begin."""
    return f"shouwen-{os.getpid()}-"


def sweep() -> None:
    """Remove the folders that processes of ours left which are no more.

    Limits: a folder for temporary files that containers share shows each the numbers of its own processes alone.
    """
    try:
        place = Path(tempfile.gettempdir())
    except OSError:
        return  # none can be written, so none was left
    for folder in place.glob("shouwen-*-*"):
        number = folder.name.split("-")[1]
        with suppress(OSError):
            facts = folder.lstat()
            ours = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid()
            if ours and number.isascii() and number.isdecimal() and not _runs(int(number)):
                _remove(str(folder))


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def given(folder: Path, inputs: Sequence[tuple[str, bytes]]) -> frozenset[str]:
    """Write (relative path, octets) below *folder*; return the names that are no output of the program."""
    for name, octets in inputs:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)
    return frozenset({name for name, _ in inputs} | {OUTPUT, ERROR})


def left(folder: Path, known: frozenset[str], most: int) -> tuple[tuple[tuple[str, bytes], ...], bool]:
    """Gather (path below *folder*, octets) of the files there that are not *known*, in order of path.

    Args:
        most: octets of all files together.

    Returns:
        the files, and whether there were more than may be handed back.
    """
    files: list[tuple[str, bytes]] = []
    names, over = _regular(folder)
    for name in names:
        if name in known or name.startswith("."):
            continue
        path = folder / name
        most -= path.lstat().st_size
        if most < 0 or len(files) >= MAX_FILES:
            return tuple(files), True
        with suppress(OSError):
            path.chmod(0o600)  # an archive may say that nobody can read it
            files.append((name, path.read_bytes()))
    return tuple(files), over


def head(path: Path, most: int) -> bytes:
    """Give the first *most* octets of a file."""
    with path.open("rb") as stream:
        return stream.read(min(most, path.stat().st_size))  # read() would set aside room for all of *most*


def _regular(folder: Path) -> tuple[list[str], bool]:
    """Give the relative paths of all regular files, sorted; True where not every folder was looked into."""
    found: list[str] = []
    waiting, seen, deep = [""], 0, False
    while waiting and seen < MAX_FOLDERS and len(found) <= MAX_FILES * 2:
        below = waiting.pop()
        seen += 1
        with suppress(OSError):  # its path is too long, or nobody may look into it
            for entry in os.scandir(folder / below):
                name = f"{below}/{entry.name}" if below else entry.name
                mode = entry.stat(follow_symlinks=False).st_mode
                if stat.S_ISDIR(mode):
                    deep |= name.count("/") >= MAX_DEPTH
                    waiting += [] if name.count("/") >= MAX_DEPTH else [name]
                elif stat.S_ISREG(mode):
                    found.append(name)
    return sorted(found), deep or bool(waiting)


def _remove(folder: str) -> None:
    """Remove *folder* by rm(1): Python's own way gives up, slowly, on folders a thousand deep."""
    program = shutil.which("rm")
    if program is not None:
        subprocess.run([program, "-rf", "--", folder], stderr=subprocess.DEVNULL, check=False)  # noqa: S603 - our own words
    else:
        shutil.rmtree(folder, ignore_errors=True)
