"""Listening sockets that count who connects."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Sink:
    """Answers every connection with 404; `asked` holds the first line of each request."""

    def __init__(self, server: socket.socket) -> None:
        self.asked: list[bytes] = []
        self._server = server
        self.address, self.port = server.getsockname()[:2]
        self.url = f"http://{self.address}:{self.port}"

    def serve(self) -> None:
        """Take connections until the socket is closed."""
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            with client, suppress(OSError):
                self.asked.append(b"")
                client.settimeout(1)
                self.asked[-1] = client.recv(1024).split(b"\r\n")[0]
                client.sendall(b"HTTP/1.1 404 None\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@contextmanager
def listening(address: str = "127.0.0.1") -> Iterator[Sink]:
    """Listen on a free port of *address*."""
    with socket.create_server((address, 0)) as server:
        sink = Sink(server)
        thread = threading.Thread(target=sink.serve)
        thread.start()
        try:
            yield sink
        finally:
            server.shutdown(socket.SHUT_RDWR)
            server.close()
            thread.join()


def own_address() -> str:
    """An address of this host that is not the loopback's, or the loopback's where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # of a datagram socket: nothing is sent
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
