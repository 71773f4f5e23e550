"""A line to an object store that misbehaves as stores and networks do: refuses, answers late, breaks off, lies.

Purpose: `with faulty(port) as line`, then `line.does(…)`; a client at `line.port`. What no fault applies to passes through.
Limits: one request a connection; bodies are held whole.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ITS_OWN = frozenset({"connection", "transfer-encoding", "content-length", "date", "server"})


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is done to the first *times* requests of that *method* ("" any) whose path holds *where*.

    status, body, headers: answered instead of asking. seconds: waited before all. lies: stores other octets than came.
    cut: octets of the answer after which the line breaks. short: as many octets, which are told to be all.
    after: the request is passed on, then the line breaks without an answer. ignores: a header that is not passed on.
    """

    method: str = ""
    where: str = ""
    times: int = 10**6
    status: int = 0
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0
    lies: bool = False
    cut: int | None = None
    short: int | None = None
    after: bool = False
    ignores: str = ""


@dataclass(eq=False)
class Line:
    """The line at *port*. asked: methods and paths of all that came, in their order. before: called with each's headers."""

    target: int
    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    _faults: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _met: dict[int, int] = field(default_factory=dict)
    before: Callable[[str, Message], object] | None = None
    _between: dict[str, Callable[[], None]] = field(default_factory=dict)

    def does(self, *faults: Fault) -> None:
        """Misbehave so from now on; without any, behave."""
        with self._lock:
            self._faults, self._met = list(faults), {}

    def between(self, method: str, work: Callable[[], None]) -> None:
        """Do *work* once, just before the first request of that *method* is passed on."""
        self._between[method] = work

    def comes(self, method: str, headers: Message) -> None:
        """Do what is to be done before a request is passed on."""
        if self.before is not None:
            self.before(method, headers)
        with self._lock:
            work = self._between.pop(method, None)
        if work is not None:
            work()

    def fault(self, method: str, path: str) -> Fault:
        """Return what is to be done to this request."""
        with self._lock:
            self.asked.append((method, path))
            for number, one in enumerate(self._faults):
                fits = one.method in ("", method) and one.where in path
                if fits and self._met.get(number, 0) < one.times:
                    self._met[number] = self._met.get(number, 0) + 1
                    return one
        return Fault()


@contextmanager
def faulty(target: int, tls: ssl.SSLContext | None = None) -> Iterator[Line]:
    """Run the line before the *target* port of loopback; *tls*: of its own side."""
    line = Line(target)

    class Handler(_Handler):
        pass

    Handler.line = line
    with _Server(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        line.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield line
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that does not trust us, or has left, is its own business."""


class _Handler(BaseHTTPRequestHandler):
    line: Line
    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.line.comes(self.command, self.headers)
        fault = self.line.fault(self.command, self.path)
        time.sleep(fault.seconds)
        if fault.status:
            self._answer(fault.status, list(fault.headers), fault.body, fault)
            return
        if fault.lies and body:
            body = body[:-1] + bytes([body[-1] ^ 1])
        status, headers, told = self._passed_on(body, fault.ignores)
        if not fault.after:
            self._answer(status, headers, told, fault)

    do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = _any  # noqa: N815 - the names that http.server asks for

    def _passed_on(self, body: bytes, ignored: str) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.line.target, timeout=30)
        left_out = ITS_OWN | {ignored.lower()}
        headers = {name: value for name, value in self.headers.items() if name.lower() not in left_out}
        try:
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes, fault: Fault) -> None:
        told = body if fault.short is None else body[: fault.short]
        length = str(len(told))
        if self.command == "HEAD":
            length = next((value for name, value in headers if name.lower() == "content-length"), "0")
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ITS_OWN:
                self.send_header(name, value)
        self.send_header("Content-Length", length)
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            with suppress(ConnectionError):  # who waited too long has left
                self.wfile.write(told if fault.cut is None else told[: fault.cut])

    def log_message(self, *_: object) -> None:
        """Say nothing."""
