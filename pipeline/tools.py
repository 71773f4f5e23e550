"""Foreign programs: the only place where one is started on what strangers sent.

Purpose: `abilities()` says which converters this machine has, `run()` calls one of them for one document, `start()`
begins a process that its caller keeps (the reader's child of extract/child.py).
Source: ../docs/decisions.md; setrlimit(2), prlimit(2), unshare(1); fence.py for landlock(7) and prctl(2).
Limits: a list of arguments, never a shell; a private folder (0700) that is gone afterwards; its own process group, killed
whole at the limit; death with the thread that started it (what a program has started itself is `kill_below`'s); limits on
address space, processor time, file size, open files; no network (an own network namespace where the machine allows one,
proxies that lead nowhere everywhere, and the fence); no file of this machine but the system's (the fence, where the kernel
knows it). On systems without prlimit(2) only the wall clock counts. Processes are not counted: the limit on them is one
for all processes of a user, the daemon's own among them.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline import fence
from pipeline.errors import UnavailableError
from pipeline.private_folder import ERROR, INPUT, OUTPUT, given, head, left, private_folder

try:
    import resource
except ImportError:  # not on every system; the wall clock still limits
    resource = None  # type: ignore[assignment]  # checked before each use

PROGRAMS = ("antiword", "bsdcat", "bsdtar", "catdoc", "soffice", "unar")
"""Converters that are an ability as soon as they can be found."""
MODULES = {"rapidocr": ("rapidocr", "onnxruntime")}
"""Recognisers that come with an extra, and the modules that they need; looked for, not imported."""

MAX_ERROR_OCTETS = 4096
"""What is kept of a program's error output: enough for a person to see what it was."""

MAX_OPEN = 512
"""Files that one process may hold open; LibreOffice needs some eighty."""

START_SECONDS = 20
"""How long a program may take to say its version or its languages."""

_DEAD_PROXY = "http://127.0.0.1:9"
"""Port 9 (discard) of this machine: whoever follows it reaches nobody."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a program left.

    code: exit status, negative = killed by that signal. overrun: it was stopped at a limit of time or size.
    out: standard output. error: the beginning of its error output. files: (path below its folder, octets) of the
    regular files that it made, in order of path.
    """

    code: int
    out: bytes = b""
    error: bytes = b""
    files: tuple[tuple[str, bytes], ...] = ()
    overrun: bool = False

    @property
    def ok(self) -> bool:
        """It ended by itself and says that all went well (which some say of garbage too)."""
        return self.code == 0 and not self.overrun


@functools.cache
def abilities() -> tuple[str, ...]:
    """Say which converters are at hand: sorted names; "tesseract" only where it knows simplified Chinese, "rapidocr"
    where the extra [ocr] is installed."""
    found = {name for name in PROGRAMS if shutil.which(name)}
    if shutil.which("tesseract") and "chi_sim" in _languages():
        found.add("tesseract")
    if all(importlib.util.find_spec(name) for name in MODULES["rapidocr"]):
        found.add("rapidocr")
    return tuple(sorted(found))


def run(
    args: Sequence[str],
    *,
    inputs: Sequence[tuple[str, bytes]] = (),
    data: bytes = b"",
    seconds: float = 60,
    megabytes: int = 1024,
    readable: Sequence[str] = (),
) -> Result:
    """Run one program to its end in a private folder, which is its working and home directory.

    Args:
        args: program and arguments; files are named relative to the folder.
        inputs: (relative path, octets) of files that stand there before; paths are ours, never a mail's.
        data: its standard input.
        seconds: wall clock and processor time after which its whole group is killed.
        megabytes: address space of each of its processes; a quarter of it is the most that one file may grow to.
        readable: absolute paths that it may read beside the system's and the folder.

    Raises:
        UnavailableError: the program is not on this machine.
    """
    with private_folder() as folder:
        known = given(folder, (*inputs, (INPUT, data)))
        with (
            (folder / INPUT).open("rb") as stdin,
            (folder / OUTPUT).open("wb") as stdout,
            (folder / ERROR).open("wb") as stderr,
        ):
            process = start(
                args,
                folder=str(folder),
                streams=(stdin.fileno(), stdout.fileno(), stderr.fileno()),
                seconds=seconds,
                megabytes=megabytes,
                readable=readable,
            )
            overrun = _waited(process, seconds)
            kill_below(str(folder))
        most = megabytes * 1024**2 // 4
        files, over = left(folder, known, most)
        return Result(
            code=process.returncode,
            out=head(folder / OUTPUT, most),
            error=head(folder / ERROR, MAX_ERROR_OCTETS),
            files=files,
            overrun=overrun or over,
        )


def start(
    args: Sequence[str],
    *,
    folder: str,
    streams: tuple[int, int, int] = (subprocess.PIPE, subprocess.PIPE, subprocess.DEVNULL),
    seconds: float | None,
    megabytes: int,
    readable: Sequence[str] = (),
) -> subprocess.Popen[bytes]:
    """Start one program in a session of its own, fenced, without network, limited; the caller ends it with `kill()`.

    Args:
        args: program and arguments.
        folder: its working and home directory.
        streams: standard input, output and error as subprocess takes them.
        seconds: processor time of each of its processes, None = no limit.
        megabytes: address space of each of its processes.
        readable: absolute paths that it may read beside the system's and the folder.

    Raises:
        UnavailableError: the program is not on this machine.
    """
    program = shutil.which(args[0])
    if program is None:
        raise UnavailableError(f"找不到程序 {args[0]}：请安装后再试")
    process = subprocess.Popen(  # noqa: S603 - a list of our own arguments, no shell
        [*_no_network(), *fence.words(program, folder, readable), program, *args[1:]],
        cwd=folder,
        env=_environment(folder),
        stdin=streams[0],
        stdout=streams[1],
        stderr=streams[2],
        start_new_session=True,
    )
    _limit(process.pid, seconds, megabytes)
    return process


def cut_off() -> bool:
    """Say whether what is started here cannot connect to anybody: by a namespace of its own, or by the fence."""
    return bool(_no_network()) or fence.forbids_connections()


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill *process* with its whole group and take its exit status, so that no zombie stays."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def kill_below(folder: str) -> None:
    """Kill every process whose home is *folder* or below it.

    It finds what a worker that was killed itself has left, and what a program has started in a session of its own.
    """
    home = re.compile(rb"(?:\A|\0)HOME=" + re.escape(os.fsencode(folder)) + rb"[/\0]")
    for environment in Path("/proc").glob("[0-9]*/environ"):  # none on systems without /proc
        with suppress(OSError):  # it has ended, or is somebody else's
            if home.search(environment.read_bytes()):
                os.kill(int(environment.parent.name), signal.SIGKILL)


# ---------------------------------------------------------------- around a process


def _waited(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for the end, then end whatever the program left running; True if it was stopped by a limit."""
    try:
        process.wait(timeout=seconds)
        overrun = process.returncode in {-signal.SIGXCPU, -signal.SIGXFSZ, 128 + signal.SIGXCPU}
    except subprocess.TimeoutExpired:
        overrun = True
    finally:
        kill(process)
    return overrun


def _environment(folder: str) -> Mapping[str, str]:
    proxies = {f"{scheme}_proxy": _DEAD_PROXY for scheme in ("http", "https", "ftp", "all")}
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": folder,
        "TMPDIR": folder,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "OMP_THREAD_LIMIT": "1",  # one core a document: the pool has the others
        "OPENBLAS_NUM_THREADS": "1",
        **proxies,
        **{name.upper(): value for name, value in proxies.items()},
    }


def _limit(pid: int, seconds: float | None, megabytes: int) -> None:
    if resource is None or not hasattr(resource, "prlimit"):
        return
    octets = megabytes * 1024**2
    limits = {
        resource.RLIMIT_AS: octets,
        resource.RLIMIT_FSIZE: octets // 4,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: MAX_OPEN,
    }
    if seconds is not None:
        limits[resource.RLIMIT_CPU] = max(1, round(seconds))
    with suppress(ProcessLookupError, PermissionError):  # it has ended, or the machine forbids it
        for kind, value in limits.items():
            resource.prlimit(pid, kind, (value, value))


@functools.cache
def _no_network() -> tuple[str, ...]:
    """The words before a command that take the network from it, () where this machine has no way to."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    for options in (("-n",), ("-r", "-n")):
        command = (unshare, *options, "--")
        tried = subprocess.run([*command, "true"], capture_output=True, check=False)  # noqa: S603 - our own words
        if tried.returncode == 0:
            return command
    return ()


def _languages() -> list[str]:
    try:
        result = run(["tesseract", "--list-langs"], seconds=START_SECONDS)
    except UnavailableError:
        return []
    return result.out.decode(errors="replace").split()
