"""An IMAP server of the tests that can be told to misbehave, and remembers every line that it was sent."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Scripted:
    """What the server holds and how it answers.

    mails: UID to octets. unlisted: UIDs left out where the facts of mails are asked for. withheld: UIDs left out where
    bodies are; gone: withheld and removed at that moment. login: the answer to LOGIN. knows_id: ID gets OK, else BAD.
    hangs: the command (as "UID FETCH") that is never answered.
    """

    mails: dict[int, bytes] = field(default_factory=dict)
    uidvalidity: int = 7
    uidnext: int | None = None
    unlisted: set[int] = field(default_factory=set)
    withheld: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    login: str = "OK done"
    capabilities: str = "IMAP4rev1"
    knows_id: bool = True
    hangs: str = ""
    port: int = 0
    lines: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"imap://127.0.0.1:{self.port}"

    def answer(self, line: str) -> bytes:
        tag, command, rest = [*line.split(" ", 2), "", ""][:3]
        self.lines.append(line.partition(" ")[2])
        known: dict[str, Callable[[], bytes]] = {
            "CAPABILITY": self._capability,
            "EXAMINE": self._examine,
            "FETCH": lambda: self._facts(rest),
            "UID": lambda: self._bodies(rest),
            "LOGOUT": lambda: b"* BYE\r\n",
        }
        if command == "LOGIN":
            return f"{tag} {self.login}\r\n".encode()
        if command == "ID" and not self.knows_id:
            return f"{tag} BAD unknown command\r\n".encode()
        data = known[command]() if command in known else b""
        return data + f"{tag} OK done\r\n".encode()

    def _capability(self) -> bytes:
        return f"* CAPABILITY {self.capabilities}\r\n".encode()

    def _examine(self) -> bytes:
        uidnext = self.uidnext if self.uidnext is not None else max(self.mails, default=0) + 1
        return (
            f"* {len(self.mails)} EXISTS\r\n* 0 RECENT\r\n* FLAGS ()\r\n"
            f"* OK [UIDVALIDITY {self.uidvalidity}] ok\r\n* OK [UIDNEXT {uidnext}] ok\r\n"
        ).encode()

    def _facts(self, rest: str) -> bytes:
        wanted = {int(number) for number in rest.partition(" ")[0].split(",")}
        return b"".join(
            f'* {number} FETCH (UID {uid} RFC822.SIZE {len(octets)} INTERNALDATE "01-Jun-2024 09:00:00 +0800")\r\n'.encode()
            for number, (uid, octets) in enumerate(sorted(self.mails.items()), 1)
            if number in wanted and uid not in self.unlisted
        )

    def _bodies(self, rest: str) -> bytes:
        wanted = {int(number) for number in rest.split(" ")[1].split(",")}
        if "BODY" in rest:
            for uid in wanted & self.gone:
                self.mails.pop(uid, None)
        answer = b""
        for number, (uid, octets) in enumerate(sorted(self.mails.items()), 1):
            if uid in wanted and "BODY" not in rest:
                answer += f"* {number} FETCH (UID {uid} RFC822.SIZE {len(octets)})\r\n".encode()
            elif uid in wanted and uid not in self.withheld:
                answer += (
                    f"* {number} FETCH (UID {uid} BODY[] {{{len(octets)}}}\r\n".encode() + octets + b")\r\n"
                )
        return answer


@contextmanager
def scripted(server: Scripted) -> Iterator[Scripted]:
    """Run *server* on a free port of loopback."""
    listening = socket.create_server(("127.0.0.1", 0))
    server.port = listening.getsockname()[1]
    threads: list[threading.Thread] = []
    connections: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            connections.append(connection)
            threads.append(threading.Thread(target=_serve, args=(server, connection), daemon=True))
            threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for connection in connections:
            connection.close()
        for thread in (accepting, *threads):
            thread.join(5)


def _serve(server: Scripted, connection: socket.socket) -> None:
    try:
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"* OK ready\r\n")
            for line in lines:
                text = line.decode().rstrip("\r\n")
                if server.hangs and re.match(rf"\S+ {server.hangs}", text):
                    continue
                connection.sendall(server.answer(text))
    except OSError:
        return
