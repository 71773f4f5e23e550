"""An IMAP server of the tests that can be told to misbehave, and remembers every line that it was sent.

What a provider does is put together in providers.py; each quirk is a field here, so that a test can have it alone.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

ARRIVED = datetime(2024, 6, 1, 1, tzinfo=UTC)


class HangUpError(Exception):
    """Send these octets, then end the connection, or (stall) leave it as it is and say nothing more."""

    def __init__(self, octets: bytes, *, stall: bool = False) -> None:
        self.octets = octets
        self.stall = stall


@dataclass
class Scripted:
    """What the server holds and how it answers.

    mails: UID to octets; received: their INTERNALDATE where it is not ARRIVED; hidden_before: mails that arrived earlier
    are not shown. announced: sizes that are not true. unlisted: UIDs left out where the facts of mails are asked for.
    withheld: UIDs left out where bodies are; gone: withheld and removed at that moment; refused: NO to their bodies.
    folders: raw name to flags, as LIST says them.
    login: the answer to LOGIN. knows_id: ID gets OK, else BAD; needs_id: EXAMINE is unsafe before ID.
    capabilities_inside: what CAPABILITY says after LOGIN, where that is more.
    strict: BAD to descending sets, SEARCH TEXT and CHARSET. bears: (log-ins, seconds); beyond that it hangs up.
    ranges: "kept", or "ignored" (all octets from 0), "echoed" (the same, but it says otherwise), "unlabelled" (kept, but
    the answer does not say so) or "short" (pieces of at most 300,000 octets); nil_from: from that offset on pieces are NIL.
    hangs: the command (as "UID FETCH") that is never answered. broken: the command whose first literal ends in its
    middle, with BYE (bye_mid_literal) or in silence.
    """

    mails: dict[int, bytes] = field(default_factory=dict)
    received: dict[int, datetime] = field(default_factory=dict)
    hidden_before: datetime | None = None
    announced: dict[int, int] = field(default_factory=dict)
    uidvalidity: int = 7
    uidnext: int | None = None
    unlisted: set[int] = field(default_factory=set)
    withheld: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    folders: dict[str, str] = field(default_factory=lambda: {"INBOX": "\\HasNoChildren"})
    login: str = "OK done"
    capabilities: str = "IMAP4rev1"
    capabilities_inside: str = ""
    knows_id: bool = True
    needs_id: bool = False
    strict: bool = False
    bears: tuple[int, float] | None = None
    ranges: str = "kept"
    nil_from: int | None = None
    hangs: str = ""
    broken: str = ""
    bye_mid_literal: bool = True
    port: int = 0
    lines: list[str] = field(default_factory=list)
    logins: list[float] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"imap://127.0.0.1:{self.port}"

    def shown(self) -> dict[int, int]:
        """Number the mails that are shown: UID to message number."""
        since = self.hidden_before
        uids = [uid for uid in sorted(self.mails) if since is None or self.arrival(uid) >= since]
        return {uid: number for number, uid in enumerate(uids, 1)}

    def arrival(self, uid: int) -> datetime:
        return self.received.get(uid, ARRIVED)

    def deliver(self, uid: int, octets: bytes, *, in_halves: bool = False) -> None:
        """Add a mail and tell those who IDLE; in_halves: in packets that end in the middle of a line."""
        self.mails[uid] = octets
        told = f"* {len(self.shown())} EXISTS\r\n* 1 RECENT\r\n".encode()
        for session in self.sessions:
            if session.idling:
                with session.telling:
                    for packet in (told[:7], told[7:17], told[17:]) if in_halves else (told,):
                        session.connection.sendall(packet)
                        time.sleep(0.2 if in_halves else 0)

    def hang_up(self) -> None:
        """End all connections without a word."""
        for session in self.sessions:
            with suppress(OSError):
                session.connection.shutdown(socket.SHUT_RDWR)


@dataclass
class Session:
    """One connection."""

    server: Scripted
    connection: socket.socket
    inside: bool = False
    identified: bool = False
    idling: str = ""
    telling: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, line: str) -> bytes:
        """Answer one line; "" where it is still to be waited for."""
        if self.idling and line == "DONE":
            with self.telling:
                tag, self.idling = self.idling, ""
            return f"{tag} OK idle ends\r\n".encode()
        tag, command, rest = [*line.split(" ", 2), "", ""][:3]
        self.server.lines.append(line.partition(" ")[2])
        known: dict[str, Callable[[str], bytes | str]] = {
            "CAPABILITY": self._capability,
            "LOGIN": self._login,
            "ID": self._id,
            "LIST": self._list,
            "EXAMINE": self._examine,
            "FETCH": lambda rest: self._fetch(rest, by_uid=False),
            "UID": lambda rest: self._fetch(rest.partition(" ")[2], by_uid=True),
            "SEARCH": self._search,
            "IDLE": lambda _rest: self._idle(tag),
            "LOGOUT": lambda _rest: b"* BYE\r\n",
        }
        said = known[command](rest) if command in known else b""
        if isinstance(said, str):
            return f"{tag} {said}\r\n".encode("gb18030")
        return said if self.idling else said + f"{tag} OK done\r\n".encode()

    def _capability(self, _rest: str) -> bytes:
        more = self.server.capabilities_inside if self.inside else ""
        return f"* CAPABILITY {self.server.capabilities} {more}".rstrip().encode() + b"\r\n"

    def _login(self, _rest: str) -> bytes | str:
        now = time.monotonic()
        self.server.logins.append(now)
        if self.server.bears:
            most, seconds = self.server.bears
            if sum(now - when < seconds for when in self.server.logins) > most:
                raise HangUpError(b"")
        self.inside = self.server.login.startswith("OK")
        return self.server.login

    def _id(self, _rest: str) -> bytes | str:
        self.identified = self.inside and self.server.knows_id
        return b'* ID ("name" "scripted")\r\n' if self.server.knows_id else "BAD unknown command"

    def _list(self, _rest: str) -> bytes:
        return "".join(
            f'* LIST ({flags}) "/" "{name}"\r\n' for name, flags in self.server.folders.items()
        ).encode()

    def _examine(self, rest: str) -> bytes | str:
        server = self.server
        if server.needs_id and not self.identified:
            return "NO EXAMINE Unsafe Login. Please contact kefu@188.com for help"
        if rest.strip('"') not in server.folders:
            return "NO [NONEXISTENT] no such folder"
        uidnext = server.uidnext if server.uidnext is not None else max(server.mails, default=0) + 1
        return (
            f"* {len(server.shown())} EXISTS\r\n* 0 RECENT\r\n* FLAGS ()\r\n"
            f"* OK [UIDVALIDITY {server.uidvalidity}] ok\r\n* OK [UIDNEXT {uidnext}] ok\r\n"
        ).encode()

    def _search(self, rest: str) -> bytes | str:
        if self.server.strict and re.search(r"TEXT|CHARSET", rest):
            return "BAD parameters"
        return b"* SEARCH\r\n"

    def _idle(self, tag: str) -> bytes | str:
        if "IDLE" not in f"{self.server.capabilities} {self.server.capabilities_inside}".split():
            return "BAD unknown command"
        self.idling = tag
        return b"+ idling\r\n"

    # ------------------------------------------------------------ mails

    def _fetch(self, rest: str, *, by_uid: bool) -> bytes | str:
        rest = rest.removeprefix("FETCH ")
        numbers, _, items = rest.partition(" ")
        shown = self.server.shown()
        wanted = self._meant(numbers, max((shown if by_uid else shown.values()), default=0))
        if wanted is None:
            return "BAD descending set"
        body = re.search(r"BODY\.PEEK\[\](?:<(\d+)\.(\d+)>)?", items)
        answer = b""
        for uid, number in shown.items():
            if (uid if by_uid else number) not in wanted:
                continue
            if body and uid in self.server.refused:
                return "NO cannot be shown"
            if body and uid in self.server.gone:
                self.server.mails.pop(uid)
            elif body and uid not in self.server.withheld:
                answer += self._body(number, uid, body)
            elif not body and uid not in self.server.unlisted:
                answer += self._facts(number, uid)
        return answer

    def _meant(self, numbers: str, top: int) -> set[int] | None:
        """Read a set; `n:*` names the top even where n is above it. None: refused."""
        meant: list[int] = []
        for one in numbers.split(","):
            ends = [top if end == "*" else int(end) for end in one.split(":")]
            meant.extend(range(min(ends), max(ends) + 1))
        if self.server.strict and meant != sorted(meant):
            return None
        return set(meant)

    def _facts(self, number: int, uid: int) -> bytes:
        size = self.server.announced.get(uid, len(self.server.mails[uid]))
        when = self.server.arrival(uid).strftime("%d-%b-%Y %H:%M:%S %z")
        return f'* {number} FETCH (UID {uid} RFC822.SIZE {size} INTERNALDATE "{when}")\r\n'.encode()

    def _body(self, number: int, uid: int, body: re.Match[str]) -> bytes:
        octets, label, server = self.server.mails[uid], "", self.server
        if body[1] is not None:
            start, length = int(body[1]), int(body[2])
            if server.nil_from is not None and start >= server.nil_from:
                return f"* {number} FETCH (UID {uid} BODY[]<{start}> NIL)\r\n".encode()
            length = min(length, 300_000) if server.ranges == "short" else length
            label = (
                "" if server.ranges == "unlabelled" else "<0>" if server.ranges == "ignored" else f"<{start}>"
            )
            octets = octets if server.ranges in ("ignored", "echoed") else octets[start : start + length]
        opening = f"* {number} FETCH (UID {uid} BODY[]{label} {{{len(octets)}}}\r\n".encode()
        if server.broken and re.match(server.broken, server.lines[-1]):
            half = opening + octets[: len(octets) // 2]
            bye = b"\r\n* BYE closing\r\n" if server.bye_mid_literal else b""
            raise HangUpError(half + bye, stall=not server.bye_mid_literal)
        return opening + octets + b")\r\n"


@contextmanager
def scripted(server: Scripted) -> Iterator[Scripted]:
    """Run *server* on a free port of loopback."""
    listening = socket.create_server(("127.0.0.1", 0))
    server.port = listening.getsockname()[1]
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            session = Session(server, connection)
            server.sessions.append(session)
            threads.append(threading.Thread(target=_serve, args=(session,), daemon=True))
            threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        server.hang_up()
        for thread in (accepting, *threads):
            thread.join(5)


def _serve(session: Session) -> None:
    server, connection = session.server, session.connection
    with suppress(OSError), connection, connection.makefile("rb") as lines:
        connection.sendall(b"* OK ready\r\n")
        for line in lines:
            text = line.decode().rstrip("\r\n")
            if server.hangs and re.match(rf"\S+ {server.hangs}", text):
                continue
            try:
                connection.sendall(session.answer(text))
            except HangUpError as end:
                connection.sendall(end.octets)
                if not end.stall:
                    return
