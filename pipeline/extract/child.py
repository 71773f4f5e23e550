"""The reader's child: documents are read in a process of their own, whose death or overrun is a recorded outcome.

Purpose: `ask()` has one task done by the child and gives its Content; hostile documents abort or hang their reader
(cells A1 and XFD1048576, a PDF form that draws itself), and must cost neither this process nor the next document.
Source: ../docs/decisions.md; records travel as MessagePack, so that a subverted child can send nothing but a Content.
Map: inside.py is what runs in the child.
Limits: one child a process (and one for the recogniser), kept for the next documents and begun anew after MAX_SERVED;
processor time is limited by a timer in the child (the same on a busy machine), the wall clock by its parent, memory by
the address space. A child whose parent has died ends at the end of its input, or by its alarm.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import selectors
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from multiprocessing import util
from pathlib import Path
from typing import NamedTuple

import msgspec

from pipeline import tools
from pipeline.errors import TransientError
from pipeline.private_folder import NO_ROOM, prefix
from pipeline.records import Content, Leaf, Status

CPU_SECONDS = 6
"""Processor time for one document; the slowest real one measured (a PDF of 300 pages) takes 3 s, and 10 s are promised."""
WALL_SECONDS = 60
"""Wall clock for one document, on a machine that is busy with others."""
MEGABYTES = 1024
"""Address space of the child; libraries take 300 of it."""
RECOGNISER_MEGABYTES = 3072
"""Address space of the recogniser's child, a process of its own: its models take 1.1 GB on a page of A4, 1.8 reserved."""
MAX_REPLY = 512 * 1024**2
"""Octets of one answer: text and embedded pictures of one document."""
MAX_SERVED = 1000
"""Documents after which the child is begun anew, so that what libraries leak stays small (nothing in 1,762 documents, measured); a
start costs as much as sixty documents."""

TASKS = {
    "word": "pipeline.extract.word:read",
    "pdf": "pipeline.extract.pdf_pages:text",
    "pdf-page": "pipeline.extract.pdf_file:page_picture",
    "pdf-photographs": "pipeline.extract.pdf_file:photographs",
    "pdf-unpacked": "pipeline.extract.pdf_pages:unpacked",
    "pdf-seals": "pipeline.extract.pdf_file:seals",
    "ppt": "pipeline.extract.ppt:read",
    "sheet": "pipeline.extract.sheet:read",
    "flat-sheet": "pipeline.extract.spreadsheetml:read",
    "rtf": "pipeline.extract.rtf:read",
    "doc": "pipeline.extract.doc:read",
    "flat-word": "pipeline.extract.flat_word:read",
    "odf": "pipeline.extract.odf:read",
    "slides": "pipeline.extract.slides:read",
    "uof": "pipeline.extract.uof:read",
    "ofd": "pipeline.extract.ofd:read",
    "decrypt": "pipeline.extract.locked:decrypt",
    "image": "pipeline.extract.image:facts",
    "image-page": "pipeline.extract.image:page_picture",
    "recording": "pipeline.extract.media:read",
    "recognise": "pipeline.extract.recogniser:pieces",
}
"""What the child can do: functions (leaf, argument) -> Content."""

LENGTH = struct.Struct("<Q")
"""What goes before each message: how many octets it has. A request is two: what is asked, and the octets of its leaf."""
PIPE = 1024**2
"""Octets that the pipes to and from the child hold, where the system grants it: a photograph crosses in a few steps."""
TOO_LARGE = Content(status=Status.TOO_BIG, reason="读取超过内存上限，文件过大或已损坏；原件已存")
_PACKAGE = Path(__file__).resolve().parents[1]
_LIBRARIES = sorted(
    {str(Path(msgspec.__file__).parents[1])}
    | {path for path in sys.path if Path(path).name in {"site-packages", "dist-packages"}}
)
"""Folders of installed packages. What else stands on the path may hold the data, settings and secrets: a checkout, the
working folder."""
_START = "import sys; sys.path[:0] = sys.argv[1:]; from pipeline.extract.inside import serve; serve()"
_TOO_LONG = Content(status=Status.TOO_BIG, reason="读取超过时限，文件过大或已损坏；原件已存")
_DIED = Content(status=Status.DAMAGED, reason="读取程序异常终止，文件可能已损坏；原件已存")


class Request(msgspec.Struct, frozen=True):
    """One task for the child."""

    task: str
    leaf: Leaf
    argument: str = ""
    seconds: float = CPU_SECONDS


class _Running(NamedTuple):
    """The child of this process."""

    process: subprocess.Popen[bytes]
    folder: tempfile.TemporaryDirectory[str]
    owner: int


class _DeathError(Exception):
    """The child ended or overran; content says how it counts."""

    def __init__(self, content: Content) -> None:
        super().__init__(content.reason)
        self.content = content


def ask(task: str, leaf: Leaf, argument: str = "", *, seconds: float = CPU_SECONDS) -> Content:
    """Have the child do *task* (a key of TASKS) with *leaf*, within *seconds* of processor time.

    Returns:
        what it read; status damaged or too-big with a Chinese reason where it died or overran. A death of a child
        that has served others before is tried once more in a new one.

    Raises:
        TransientError: no child can be started.
    """
    keeper = _RECOGNISER if task == "recognise" else _KEEPER
    return keeper.ask(Request(task, leaf, argument, seconds))


class _Keeper:
    """Keeps one child of this process, of so much address space; threads take turns."""

    def __init__(self, megabytes: int) -> None:
        self._megabytes = megabytes
        self._lock = threading.Lock()
        self._running: _Running | None = None
        self._served = 0

    def ask(self, request: Request) -> Content:
        asked = msgspec.msgpack.encode(msgspec.structs.replace(request, leaf=replace(request.leaf, data=b"")))
        message = (LENGTH.pack(len(asked)) + asked + LENGTH.pack(len(request.leaf.data)), request.leaf.data)
        with self._lock:
            if self._served >= MAX_SERVED:
                self.stop()
            for attempt in (1, 2):
                fresh = self._ready()
                self._served += 1
                try:
                    return self._exchange(message)
                except _DeathError as death:
                    self.stop()
                    if fresh or attempt == 2 or death.content is not _DIED:
                        return death.content
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """End the child, if it is ours, and take its exit status."""
        running, self._running, self._served = self._running, None, 0
        if running is None or running.owner != os.getpid():
            return
        for stream in (running.process.stdin, running.process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        tools.kill(running.process)
        tools.kill_below(running.folder.name)
        running.folder.cleanup()

    def _ready(self) -> bool:
        """Make sure that a child of this process runs; True if it has just been started."""
        running = self._running
        if running is not None and running.owner == os.getpid() and running.process.poll() is None:
            return False
        self.stop()
        try:
            folder = tempfile.TemporaryDirectory(prefix=prefix(), ignore_cleanup_errors=True)
        except OSError as error:
            raise TransientError(NO_ROOM) from error
        try:
            # By a link, for the folder above the package need not be readable.
            (Path(folder.name) / _PACKAGE.name).symlink_to(_PACKAGE)
            process = tools.start(
                [sys.executable, "-P", "-c", _START, folder.name, *_LIBRARIES],
                folder=folder.name,
                seconds=None,
                megabytes=self._megabytes,
                readable=[str(_PACKAGE), sys.prefix, *_LIBRARIES],
            )
        except OSError as error:
            folder.cleanup()
            raise TransientError(f"无法启动读取程序：{error.strerror}") from error
        for stream in (process.stdin, process.stdout):
            if stream is not None and hasattr(fcntl, "F_SETPIPE_SZ"):
                with contextlib.suppress(OSError):  # an account may hold so many such pipes
                    fcntl.fcntl(stream, fcntl.F_SETPIPE_SZ, PIPE)
        self._running = _Running(process, folder, os.getpid())
        # Not atexit: in a worker of a process pool only these finalizers run.
        util.Finalize(None, self.stop, exitpriority=10)
        return True

    def _exchange(self, message: tuple[bytes, ...]) -> Content:
        running = self._running
        if running is None or running.process.stdin is None or running.process.stdout is None:
            raise _DeathError(_DIED)
        deadline = time.monotonic() + WALL_SECONDS
        for piece in message:
            self._send(running.process.stdin.fileno(), piece, deadline)
        (length,) = LENGTH.unpack(self._received(LENGTH.size, deadline))
        if length > MAX_REPLY:
            raise _DeathError(TOO_LARGE)
        try:
            return msgspec.msgpack.decode(self._received(length, deadline), type=Content)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise _DeathError(_DIED) from error

    def _send(self, number: int, message: bytes, deadline: float) -> None:
        """Write the whole *message* to descriptor *number*, which a child that hangs does not read."""
        os.set_blocking(number, False)
        left = memoryview(message)
        with selectors.DefaultSelector() as selector:
            selector.register(number, selectors.EVENT_WRITE)
            while left:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise _DeathError(_TOO_LONG)
                try:
                    left = left[os.write(number, left) :]
                except OSError as error:
                    raise _DeathError(self._cause()) from error

    def _received(self, length: int, deadline: float) -> bytearray:
        """Take exactly *length* octets from the child."""
        running = self._running
        if running is None or running.process.stdout is None:
            raise _DeathError(_DIED)
        octets = bytearray(length)
        left = memoryview(octets)
        number = running.process.stdout.fileno()
        with selectors.DefaultSelector() as selector:
            selector.register(number, selectors.EVENT_READ)
            while left:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise _DeathError(_TOO_LONG)
                taken = os.readv(number, [left])
                if not taken:
                    raise _DeathError(self._cause())
                left = left[taken:]
        return octets

    def _cause(self) -> Content:
        """Say why the child has ended."""
        if self._running is None:
            return _DIED
        try:
            code = self._running.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return _DIED
        if code in {-signal.SIGPROF, -signal.SIGALRM}:
            return _TOO_LONG
        return TOO_LARGE if code == -signal.SIGKILL else _DIED


_KEEPER = _Keeper(MEGABYTES)
_RECOGNISER = _Keeper(RECOGNISER_MEGABYTES)
