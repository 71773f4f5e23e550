"""The server of a soak and its postman: whatever it is, mails go in by APPEND and what it holds is asked by IMAP.

Purpose: `serving("pymap" | "dovecot")`; the postman goes straight to the server, past the proxy.
Limits: Dovecot is the one of the tests, with TLS of their own certificate; pymap speaks in clear on loopback.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from imapclient import IMAPClient

from tests.mailbox.boxes import PASSWORD, USER, dovecot_box
from tools.embedded_mailbox import serve
from tools.soak.mails import FOLDERS, Posted

ANSWER_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Serving:
    """A running server at *port* of loopback. ca_file: of its certificate; None: it speaks in clear."""

    port: int
    ca_file: Path | None

    def address(self, port: int) -> str:
        """Where a client finds it if it goes through *port*."""
        return f"imaps://localhost:{port}" if self.ca_file else f"imap://127.0.0.1:{port}"

    @contextmanager
    def postman(self) -> Iterator[Postman]:
        """Log in, past any proxy."""
        context = ssl.create_default_context(cafile=self.ca_file) if self.ca_file else None
        client = IMAPClient(
            "localhost" if context else "127.0.0.1",
            self.port,
            ssl=context is not None,
            ssl_context=context,
            timeout=ANSWER_SECONDS,
        )
        client._imap.debug = 0  # imapclient sets 5, which formats every literal for nobody
        with client:
            client.login(USER, PASSWORD)
            yield Postman(client)


class Postman:
    """Someone who sends mails and counts what lies there."""

    def __init__(self, client: IMAPClient) -> None:
        self._client = client

    def make_folders(self) -> None:
        """Make the folders that a new mailbox lacks."""
        for folder in FOLDERS:
            if not self._client.folder_exists(folder):
                self._client.create_folder(folder)

    def send(self, posted: Posted) -> None:
        """Append one mail."""
        self._client.append(posted.folder, posted.octets, msg_time=posted.received)

    def uids(self) -> set[tuple[str, int, int]]:
        """(folder, UIDVALIDITY, UID) of every mail that the server holds."""
        found = set[tuple[str, int, int]]()
        for folder in FOLDERS:
            told = self._client.select_folder(folder, readonly=True)
            uidvalidity = int(told[b"UIDVALIDITY"])
            found |= {(folder, uidvalidity, uid) for uid in self._client.search("ALL")}
        return found


@contextmanager
def serving(kind: str) -> Iterator[Serving]:
    """Run a server of that *kind* with its folders, empty."""
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # it warns of each send into a cut connection
    if kind == "dovecot":
        with dovecot_box() as box:
            yield _furnished(Serving(port=urlsplit(box.address).port or 0, ca_file=box.ca_file))
    else:
        with serve([], user=USER, password=PASSWORD) as server:
            yield _furnished(Serving(port=server.port, ca_file=None))


def _furnished(served: Serving) -> Serving:
    with served.postman() as postman:
        postman.make_folders()
    return served
