"""Inside the reader's child: requests in, answers out, one after the other, each with its timers.

Purpose: `serve()`, which child.py starts in a process of its own.
Source: setitimer(2), alarm(2).
Limits: what a library does to this process is the parent's to notice; whatever it raises is a fact about the document.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from dataclasses import replace
from typing import BinaryIO

import msgspec

from pipeline.extract import child
from pipeline.extract.package import DamagedError, TooBigError
from pipeline.records import Content, Status

LATER = 10
"""Seconds after the parent's patience at which a child ends by itself: then its parent is gone."""


def serve() -> None:
    """Answer requests from standard input until it ends. What libraries print goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    requests = sys.stdin.buffer
    while True:
        asked = _read(requests)
        octets = _read(requests) if asked is not None else None
        if asked is None or octets is None:
            return
        request = msgspec.msgpack.decode(asked, type=child.Request)
        request = msgspec.structs.replace(request, leaf=replace(request.leaf, data=octets))
        del asked, octets
        _timers(request.seconds, child.WALL_SECONDS + LATER)
        answer = msgspec.msgpack.encode(_done(request))
        _timers(0, 0)
        answers.write(child.LENGTH.pack(len(answer)))
        answers.write(answer)
        answers.flush()
        del request, answer  # a large document does not stay until the next one comes


def _read(requests: BinaryIO) -> bytes | None:
    """Take one message; None at the end."""
    head = requests.read(child.LENGTH.size)
    return requests.read(*child.LENGTH.unpack(head)) if len(head) == child.LENGTH.size else None


def _timers(cpu_seconds: float, wall_seconds: int) -> None:
    """Let the kernel end this process after so much time; a handler would wait for the library that hangs."""
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    signal.alarm(wall_seconds)


def _done(request: child.Request) -> Content:
    module, function = child.TASKS[request.task].split(":")
    reader = getattr(importlib.import_module(module), function)
    try:
        content: Content = reader(request.leaf, request.argument)
    except DamagedError as error:
        return Content(status=Status.DAMAGED, reason=str(error))
    except TooBigError as error:
        return Content(status=Status.TOO_BIG, reason=str(error))
    except (MemoryError, RecursionError):
        return child.TOO_LARGE
    except Exception as error:  # noqa: BLE001 - the child's boundary: whatever a library raises is a fact about the document
        return Content(status=Status.DAMAGED, reason=f"无法读取，文件可能已损坏（{type(error).__name__}）")
    return content
