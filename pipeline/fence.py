"""The fence around a foreign program: what it can see of this machine, put up by the program's own process before it begins.

Purpose: run by path, `python -I -S fence.py PARENT FOLDER READABLE PROGRAM ARGUMENT...`: FOLDER may be read and written,
the system's programs, libraries, fonts and the paths in READABLE (joined by ":") may be read, nothing else can be opened;
no TCP connection can be made; root is no more than a user; the process dies with the one that started it, number PARENT.
Then it becomes PROGRAM.
Source: landlock(7), prctl(2). LibreOffice takes the picture that INCLUDEPICTURE names from any path of the machine into the
converted document (measured), and an unpacker may follow a link that it has just unpacked.
Purpose in the parent: `words()` gives the words to put before a command.
Limits: Linux from 5.13, TCP from 6.7; what the kernel does not know is left out, and `holds()` says whether it knows files.
UDP and sockets with a path are not fenced (tools.py adds a network namespace where it may). Imports nothing of ours.
"""

# ruff: noqa: PTH111, PTH112, PTH119, PTH120 - pathlib takes longer to import than the rest together

from __future__ import annotations

import ctypes
import os
import struct
import sys

TYPE_CHECKING = False  # typing takes longer to import than the rest together
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SYSTEM = (
    *("/bin", "/lib", "/lib32", "/lib64", "/sbin", "/usr"),
    *(
        "/etc/alternatives",
        "/etc/fonts",
        "/etc/ld.so.cache",
        "/etc/libreoffice",
        "/etc/localtime",
        "/etc/timezone",
    ),
    *(
        "/etc/group",
        "/etc/locale.alias",
        "/etc/mime.types",
        "/etc/nsswitch.conf",
        "/etc/passwd",
        "/etc/papersize",
    ),
    *(
        "/proc",
        "/sys/devices/system",
        "/var/cache/fontconfig",
        "/var/lib/libreoffice",
        "/var/spool/libreoffice",
    ),
)
"""What programs need to run at all; nothing of it is anybody's own. /etc as a whole would show settings with secrets."""
DEVICES = ("/dev/full", "/dev/null", "/dev/random", "/dev/urandom", "/dev/zero")
SOCKETS = "/tmp"  # noqa: S108 - not ours to choose
"""Where LibreOffice alone makes, and removes, the socket by which its second instance finds the first; without it it ends."""

_CREATE, _ADD, _RESTRICT = 444, 445, 446
"""System calls landlock_create_ruleset, landlock_add_rule, landlock_restrict_self: the same number on every machine."""
_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE, _READ, _LIST, _TRUNCATE, _CONTROL = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14, 1 << 15
_REMOVE, _SOCKET = 1 << 5, 1 << 9
_OF_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE | _CONTROL
_KNOWN = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Version of the interface to the rights on files that it knows."""
_FORBIDS_TCP, _KEEPS_SIGNALS = 4, 6
"""Versions of the interface from which it can."""
_TCP, _SCOPES = 0b11, 0b11
"""Bind and connect; abstract sockets and signals beyond the fence."""
_DIES_WITH_PARENT, _DROP_CAPABILITY, _NO_NEW_PRIVILEGES = 1, 24, 38
_KILL = 9
"""SIGKILL of signal(7): the same number on every machine. The module that knows its name takes 7 ms to import, Python 13 to start."""
_CAPABILITIES, _READ_ANYTHING = 64, 2
"""How many there may be, and the one that root keeps: the package may be another user's, and the fence stands around it. With
CAP_PERFMON root could read the daemon's environment, and the password in it, through the fence (measured on 6.18)."""


def holds() -> bool:
    """Say whether this machine's kernel can fence files."""
    return _version() > 0


def forbids_connections() -> bool:
    """Say whether it can forbid TCP connections."""
    return _version() >= _FORBIDS_TCP


def scopes() -> bool:
    """Say whether it can also keep signals inside."""
    return _version() >= _KEEPS_SIGNALS


def words(program: str, folder: str, readable: Iterable[str]) -> tuple[str, ...]:
    """Give the words that put the fence up around a command which begins with *program* (an absolute path).

    They stand after unshare, whose change of user would clear the signal of our death.
    """
    paths = os.pathsep.join((*_around(program), *readable))
    return (sys.executable, "-I", "-S", __file__, str(os.getpid()), folder, paths)


def _around(program: str) -> Iterator[str]:
    """Give the folders of a program that is none of the system's, with the libraries beside its own folder."""
    for path in (program, os.path.realpath(program)):
        own = os.path.dirname(path)
        above = os.path.dirname(own)
        yield own if above in {"/", os.path.expanduser("~")} else above


def put_up(folder: str, readable: tuple[str, ...], *, sockets: bool = False) -> None:
    """Fence this process and all that it will start; does nothing where the kernel cannot.

    Args:
        folder: may be read and written. readable: may be read beside SYSTEM; paths that are not there are left out.
        sockets: sockets may be made, and files removed, below SOCKETS.
    """
    version = _version()
    if version <= 0:
        return
    files = _KNOWN[min(version, 5)]
    attributes = struct.pack("<3Q", files, _TCP, _SCOPES)[
        : 8 if version < _FORBIDS_TCP else 16 if version < _KEEPS_SIGNALS else 24
    ]
    rules = _call(_CREATE, attributes, len(attributes), 0)
    if rules < 0:
        return
    _allow(rules, folder, files)
    for path in (*SYSTEM, *readable):
        _allow(rules, path, files & (_EXECUTE | _READ | _LIST))
    if sockets:
        _allow(rules, SOCKETS, files & (_SOCKET | _REMOVE))
    for path in DEVICES:
        _allow(rules, path, files & (_READ | _WRITE | _CONTROL))
    _control(_NO_NEW_PRIVILEGES, 1)
    _call(_RESTRICT, rules, 0)
    os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    allowed = rights if os.path.isdir(path) else rights & _OF_FILES
    _call(_ADD, rules, _PATH_BENEATH, struct.pack("<Qi", allowed, place), 0)
    os.close(place)


def _version() -> int:
    return _call(_CREATE, None, 0, _VERSION) if sys.platform == "linux" else -1


def _call(number: int, *arguments: int | bytes | None) -> int:
    """Make a system call; every number as wide as a register, so that none is cut."""
    wide = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    done: int = ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *wide)
    return done


def _control(option: int, value: int) -> None:
    """prctl(2), where there is one."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, ctypes.c_ulong(value), 0, 0, 0)


def main(arguments: list[str]) -> None:
    """Put the fence up and become the program; 127 where it is not there."""
    parent, folder, readable, *command = arguments
    _control(_DIES_WITH_PARENT, _KILL)
    if os.getppid() != int(parent):  # it died before it could be tied to us
        sys.exit(1)
    os.umask(0o077)
    for capability in range(_CAPABILITIES):
        if capability != _READ_ANYTHING:
            _control(_DROP_CAPABILITY, capability)
    office = os.path.basename(command[0]) == "soffice"
    put_up(folder, tuple(path for path in readable.split(os.pathsep) if path), sockets=office)
    try:
        os.execv(command[0], command)  # noqa: S606 - a list of our own arguments, no shell
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.exit(127)


if __name__ == "__main__":
    main(sys.argv[1:])
