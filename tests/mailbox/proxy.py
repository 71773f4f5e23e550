"""A TCP proxy on loopback that does to connections what networks and providers do: cut, reset, stall, refuse.

Purpose: `with proxied(port) as proxy`, then a client at `proxy.port`; `disturbed(proxy, …)` misbehaves at random moments.
Limits: one thread a connection, so that only its own thread ever closes a socket (a reset needs that nobody reads).
"""

from __future__ import annotations

import random
import select
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

GLANCE_SECONDS = 0.02
"""How often a connection looks at what it was told to do."""
SEND_SECONDS = 20
"""How long one side may take no octets; then the connection is cut, as a proxy of the real world would."""
CHUNK_OCTETS = 64 * 1024
LINGER_NOT = struct.pack("ii", 1, 0)
"""SO_LINGER on, 0 s: close sends RST instead of FIN (socket(7))."""

RESET, FINISHED, LEFT = "reset", "finished", "left"
"""What ends a connection: RST or FIN of ours, or one of the two sides."""


@dataclass(eq=False)
class _Connection:
    """A client and its server.

    end: how it is to be ended, "" while it is not. left: octets until it ends by *how*, None for no end.
    """

    client: socket.socket
    server: socket.socket
    end: str = ""
    left: int | None = None
    how: str = RESET

    def close(self) -> None:
        for one in (self.client, self.server):
            if self.end == RESET:
                with suppress(OSError):
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
            one.close()


@dataclass(eq=False)
class Proxy:
    """Forwards what comes to *port* to the *target* port of loopback. ends: connections by what ended them."""

    target: int
    port: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    _listening: socket.socket | None = None
    _stalled: bool = False
    _until_stall: int | None = None
    _connections: set[_Connection] = field(default_factory=set)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def open(self) -> int:
        """How many connections there are now."""
        return len(self._connections)

    def accept(self) -> None:
        """Take new connections (again), always at the same port."""
        if self._listening is None:
            self._listening = socket.create_server(("127.0.0.1", self.port))
            self.port = self._listening.getsockname()[1]
            self._begin(self._accepting, self._listening)

    def refuse(self) -> None:
        """Take no new connection: who tries is refused by the operating system."""
        listening, self._listening = self._listening, None
        if listening is not None:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()

    def cut(self, how: str = RESET) -> int:
        """End every connection now, by RST or by FIN, and say how many there were."""
        with self._lock:
            for connection in self._connections:
                connection.end = how
            return len(self._connections)

    def cut_after(self, octets: int, how: str = RESET) -> None:
        """End every open connection once so many more octets came from its server."""
        with self._lock:
            for connection in self._connections:
                connection.left, connection.how = octets, how

    def stall(self) -> None:
        """Let nothing through, in either direction, and say nothing about it."""
        self._stalled = True

    def stall_after(self, octets: int) -> None:
        """Stall once so many more octets came from the servers."""
        self._until_stall = octets

    def flow(self) -> None:
        """Let everything through again."""
        self._until_stall = None
        self._stalled = False

    def close(self) -> None:
        """Refuse, cut, and wait for the threads."""
        self.refuse()
        self.cut()
        for thread in self._threads:
            thread.join()

    # ------------------------------------------------------------ below

    def _begin(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]  # a method of ours
        self._threads.append(thread)
        thread.start()

    def _accepting(self, listening: socket.socket) -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target), timeout=SEND_SECONDS)
            except OSError:
                client.close()
                continue
            client.settimeout(SEND_SECONDS)
            connection = _Connection(client, server)
            with self._lock:
                self._connections.add(connection)
            self._begin(self._carry, connection)

    def _carry(self, connection: _Connection) -> None:
        try:
            while not connection.end:
                self._pass_on(connection)
        except (OSError, EOFError):
            pass  # one of the two has left, and the other is told so
        finally:
            with self._lock:
                self._connections.discard(connection)
                self.ends[connection.end or LEFT] += 1
            connection.close()

    def _pass_on(self, connection: _Connection) -> None:
        """Carry what there is in either direction.

        Raises:
            EOFError: one of the two has hung up. OSError: likewise, less politely.
        """
        if self._stalled:
            select.select([], [], [], GLANCE_SECONDS)
            return
        both = {connection.client: connection.server, connection.server: connection.client}
        for one in select.select(list(both), [], [], GLANCE_SECONDS)[0]:
            octets = one.recv(CHUNK_OCTETS)
            if not octets:
                raise EOFError
            if one is connection.server and connection.left is not None:
                octets = octets[: connection.left]
                connection.left -= len(octets)
            both[one].sendall(octets)
            if one is connection.server and self._until_stall is not None:
                self._until_stall -= len(octets)
                self._stalled = self._until_stall <= 0
            if connection.left == 0:
                connection.end = connection.how


@contextmanager
def proxied(target: int) -> Iterator[Proxy]:
    """Run a proxy before the *target* port of loopback, on a free port."""
    proxy = Proxy(target)
    proxy.accept()
    try:
        yield proxy
    finally:
        proxy.close()


# ------------------------------------------------------------ at random


@contextmanager
def disturbed(proxy: Proxy, *, seed: int, every_seconds: float) -> Iterator[Counter[str]]:
    """Misbehave again and again until the end of the block; the Counter says what was done, and how often.

    every_seconds: on average, from a half to one and a half of it.
    """
    done: Counter[str] = Counter()
    stop = threading.Event()
    thread = threading.Thread(
        target=_disturb, args=(proxy, random.Random(seed), every_seconds, stop, done), daemon=True
    )
    thread.start()
    try:
        yield done
    finally:
        stop.set()
        thread.join()
        proxy.flow()
        proxy.accept()


def _disturb(
    proxy: Proxy, chance: random.Random, every_seconds: float, stop: threading.Event, done: Counter[str]
) -> None:
    while not stop.wait(every_seconds * chance.uniform(0.5, 1.5)):
        what = chance.choice(("reset", "finish", "cut in the middle", "cut in the middle", "stall", "refuse"))
        seconds = chance.uniform(0.2, 3)
        if what == "reset":
            proxy.cut(RESET)
        elif what == "finish":
            proxy.cut(FINISHED)
        elif what == "cut in the middle":
            proxy.cut_after(int(10 ** chance.uniform(0, 6)))
        elif what == "stall":
            proxy.stall()
            stop.wait(seconds * 2)
            proxy.flow()
        else:
            proxy.refuse()
            proxy.cut(RESET)
            stop.wait(seconds)
            proxy.accept()
        done[what] += 1
