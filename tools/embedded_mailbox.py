"""An IMAP server on loopback, in a thread, filled with given octets: for the demo and the tests.

Purpose: `with serve(mails, user=…, password=…) as server`, then any IMAP client at `server.url`.
Source: pymap's in-memory backend, driven as its own main program drives it.
Limits: forgets everything at the end; one user; plain on loopback, or TLS (from the start, or by STARTTLS) with a
certificate that the caller made.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from argparse import Namespace
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage

T = TypeVar("T")

START_SECONDS = 30
"""How long the server may take to listen."""


@dataclass(frozen=True, kw_only=True)
class Served:
    """One mail on the server: its octets, and the time that INTERNALDATE will say."""

    octets: bytes
    received: datetime


@dataclass(frozen=True, kw_only=True)
class Encryption:
    """PEM files of the server. from_start: TLS before the first word (imaps); else STARTTLS is required."""

    certificate: Path
    key: Path
    from_start: bool = False


class Server:
    """A running server; its methods may be called from any thread."""

    def __init__(self, *, user: str, password: str, encryption: Encryption | None) -> None:
        self.user = user
        self.port = 0
        self._encryption = encryption
        self._password = password
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._config: Any = None
        self._backend: Any = None
        self._listening: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Where a client finds it."""
        scheme = "imaps" if self._encryption and self._encryption.from_start else "imap"
        return f"{scheme}://127.0.0.1:{self.port}"

    def append(self, mails: Sequence[Served], *, folder: str = "INBOX") -> None:
        """Add *mails* at the end of *folder*, which is made where there is none."""
        self._do(self._append(mails, folder))

    def remove(self, uid: int, *, folder: str = "INBOX") -> None:
        """Expunge one mail."""
        self._do(self._remove(uid, folder))

    def renumber(self, *, folder: str = "INBOX") -> None:
        """Give *folder* another UIDVALIDITY; its mails keep their octets and their numbers."""
        self._do(self._renumber(folder))

    def start(self) -> None:
        """Listen on a free port of loopback."""
        self._thread.start()
        self._do(self._listen())

    def stop(self) -> None:
        """Cut all connections and end."""
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=START_SECONDS)

    async def _listen(self) -> None:
        tls = self._encryption
        from_start = bool(tls and tls.from_start)
        arguments = Namespace(
            host="127.0.0.1", port=0, debug=False, passlib_cfg=None, proxy_protocol=None,
            cert=str(tls.certificate) if tls else None, key=str(tls.key) if tls else None,
            tls=bool(tls) and not from_start, demo_data=False, demo_user=self.user, demo_password=self._password,
        )  # fmt: skip
        self._backend, self._config = await DictBackend.init(
            arguments, reject_dnsbl=False, invalid_user_sleep=0
        )
        self._config.apply_context()
        callback = ProxyProtocolReader(self._config.proxy_protocol).get_callback(
            IMAPServer(self._backend.login, self._config)
        )
        context = self._config.ssl_context if from_start else None
        self._listening = await asyncio.start_server(callback, host="127.0.0.1", port=0, ssl=context)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def _append(self, mails: Sequence[Served], folder: str) -> None:
        mailbox = await self._mailbox(folder)
        for mail in mails:
            await mailbox.append(AppendMessage(mail.octets, mail.received))

    async def _remove(self, uid: int, folder: str) -> None:
        await (await self._mailbox(folder)).delete([uid])

    async def _renumber(self, folder: str) -> None:
        (await self._mailbox(folder))._uid_validity += 1  # pymap has no public way to lose its numbers

    async def _mailbox(self, folder: str) -> Any:
        async with self._backend.login.demo_user_identity.new_session() as session:
            folders = session.mailbox_set
            if folder not in {entry.name for entry in (await folders.list_mailboxes()).list()}:
                await folders.add_mailbox(folder)
            return await folders.get_mailbox(folder)

    async def _end(self) -> None:
        if self._listening:
            self._listening.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def serve(
    mails: Sequence[Served], *, user: str, password: str, encryption: Encryption | None = None
) -> Iterator[Server]:
    """Run a server that holds *mails* in INBOX, in their order."""
    logging.getLogger("pymap").setLevel(logging.CRITICAL)
    server = Server(user=user, password=password, encryption=encryption)
    server.start()
    try:
        server.append(mails)
        yield server
    finally:
        server.stop()
