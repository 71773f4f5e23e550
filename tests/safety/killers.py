"""Readers that do what a subverted or broken one may do; they run in the reader's child alone."""

from __future__ import annotations

import ctypes
import hashlib
import os
import struct
import subprocess
import threading
import time

from pipeline.records import Block, Content, Leaf, Style


def segfault(_leaf: Leaf, _argument: str = "") -> Content:
    """Follow a null pointer."""
    ctypes.string_at(0)
    return Content()


def abort(_leaf: Leaf, _argument: str = "") -> Content:
    """Abort, as libraries do that find themselves broken."""
    os.abort()


def leave(_leaf: Leaf, _argument: str = "") -> Content:
    """End as if all were well."""
    os._exit(0)


def spin(_leaf: Leaf, _argument: str = "") -> Content:
    """Compute for ever in C, where no handler of Python runs."""
    hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)
    return Content()


def sleep(_leaf: Leaf, _argument: str = "") -> Content:
    """Wait for ever."""
    time.sleep(3600)
    return Content()


def eat(_leaf: Leaf, _argument: str = "") -> Content:
    """Take all memory."""
    held = bytearray(2 * 1024**3)
    return Content(blocks=(Block(style=Style.PARAGRAPH, text=str(len(held))),))


def flood(_leaf: Leaf, _argument: str = "") -> Content:
    """Print without end on what it takes for its output, then answer."""
    for _ in range(1000):
        os.write(1, bytes(64 * 1024))
    return Content(blocks=(Block(style=Style.PARAGRAPH, text="照样读得出来"),))


def babble(_leaf: Leaf, _argument: str = "") -> Content:
    """Write what is no record to the parent."""
    for number in range(3, 20):
        try:
            os.write(number, struct.pack("<Q", 8) + b"\xc1garbage")
        except OSError:
            continue
    time.sleep(3600)
    return Content()


def linger(leaf: Leaf, _argument: str = "") -> Content:
    """Leave a process behind that belongs to no group of ours, and hang."""
    for own in (False, True):
        subprocess.Popen(["sleep", leaf.data[-4:].decode()], start_new_session=own, close_fds=False)
    os._exit(1)


def deaf(_leaf: Leaf, _argument: str = "") -> Content:
    """Answer, and then read no further request."""
    threading.Timer(0.2, os.kill, (os.getpid(), 19)).start()
    return Content(blocks=(Block(style=Style.PARAGRAPH, text="答了一次"),))
