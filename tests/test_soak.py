"""The soak in small, and the proxy that it rests on: what it says it does to a connection, it does."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from tests.mailbox.proxy import FINISHED, RESET, Proxy, proxied
from tests.support import ROOT, mortal, need_tool

OCTETS = 100_000


SOAKS = {"pymap": (150, 0.4), "dovecot": (100, 0.25)}
"""Server: how many mails, over how many minutes."""
Soak = subprocess.Popen[str]


@pytest.fixture(scope="module")
def soaks() -> Iterator[dict[str, Soak]]:
    """One behind each server, side by side, for most of a soak is waiting."""
    with ExitStack() as stack:
        begun = {}
        for server, (mails, minutes) in SOAKS.items():
            if not shutil.which("dovecot") and server == "dovecot":
                continue
            command = [sys.executable, "-m", "tools.soak", "--seed", "7", "--server", server]
            command += ["--mails", str(mails), "--minutes", str(minutes)]
            begun[server] = stack.enter_context(
                subprocess.Popen(
                    mortal(*command, by="TERM"), cwd=ROOT, text=True, encoding="utf-8",
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                )
            )  # fmt: skip
            stack.callback(begun[server].kill)
        yield begun


@pytest.mark.parametrize("server", SOAKS)
def test_a_daemon_behind_a_bad_line_takes_everything_in_once(soaks: dict[str, Soak], server: str) -> None:
    """Every line of the table holds: UIDs = sightings, digests = items = blobs, verify finds nothing, polls add up."""
    if server == "dovecot":
        need_tool("dovecot")

    table, errors = soaks[server].communicate()

    assert soaks[server].returncode == 0, table + errors
    told = {line[:46].strip(): line[46:68].strip() for line in table.splitlines()}
    assert told["UIDs of the server = sightings"] == str(SOAKS[server][0])
    assert int(told["... that the proxy cut"]) > 0


# ------------------------------------------------------------ the proxy


@pytest.fixture
def through() -> Iterator[tuple[Proxy, socket.socket]]:
    """A proxy, and a client behind it to whom the server has just begun to send."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        proxied(server.getsockname()[1]) as proxy,
        closing(socket.create_connection(("127.0.0.1", proxy.port), timeout=10)) as client,
        server.accept()[0] as served,
    ):
        client.sendall(b"hello")
        assert served.recv(5) == b"hello"
        yield proxy, served_to(client, served)


def served_to(client: socket.socket, served: socket.socket) -> socket.socket:
    """Let the server say its word when the client asks."""

    def say() -> None:
        try:
            if served.recv(2) == b"go":
                served.sendall(bytes(OCTETS))
        except OSError:
            return

    threading.Thread(target=say, daemon=True).start()
    return client


def received(client: socket.socket) -> int:
    """Count the octets until the end, which may be an error."""
    count = 0
    while octets := client.recv(65_536):
        count += len(octets)
    return count


def test_a_reset_is_a_reset_and_a_finish_is_an_end(through: tuple[Proxy, socket.socket]) -> None:
    proxy, client = through
    assert proxy.cut(FINISHED) == 1
    assert client.recv(1) == b""

    with closing(socket.create_connection(("127.0.0.1", proxy.port), timeout=10)) as second:
        second.sendall(b"x")
        while not proxy.open:
            pass
        proxy.cut(RESET)
        with pytest.raises(ConnectionResetError):
            second.recv(1)
    assert (proxy.ends[FINISHED], proxy.ends[RESET]) == (1, 1)


@pytest.mark.parametrize("octets", [1, 4_095, 65_536, OCTETS - 1])
def test_a_cut_in_the_middle_is_where_it_was_ordered(
    through: tuple[Proxy, socket.socket], octets: int
) -> None:
    proxy, client = through
    proxy.cut_after(octets, FINISHED)
    client.sendall(b"go")

    assert received(client) == octets


def test_who_is_refused_is_refused_by_the_operating_system_until_the_proxy_accepts_again(
    through: tuple[Proxy, socket.socket],
) -> None:
    proxy, client = through
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", proxy.port), timeout=10)

    proxy.accept()
    socket.create_connection(("127.0.0.1", proxy.port), timeout=10).close()
    client.sendall(b"go")
    assert client.recv(1) == b"\0", "connections that stood are left alone"


def test_a_stall_says_nothing_and_loses_nothing(through: tuple[Proxy, socket.socket]) -> None:
    proxy, client = through
    proxy.stall()
    client.sendall(b"go")
    client.settimeout(0.3)
    with pytest.raises(TimeoutError):
        client.recv(1)

    client.settimeout(10)
    proxy.flow()
    count = 0
    while count < OCTETS:
        count += len(client.recv(65_536))
    assert count == OCTETS
