"""Mailboxes of every kind behind one face, for the contract suite: deliver, open, and what the server holds.

The Dovecot of Debian runs with its own configuration, folder, port and certificate; nothing of the system is touched.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

import trustme
from imapclient import IMAPClient

from pipeline.mailbox import Source, open_mailbox
from tests.support import mortal
from tools.embedded_mailbox import Encryption, Served, Server, serve

USER, PASSWORD = "collector@example.org", "secret-code-0123"


class Box(Protocol):
    """A mailbox under test."""

    address: str
    ca_file: Path | None

    def deliver(self, octets: bytes, received: datetime, folder: str = "INBOX") -> None: ...
    def flags(self) -> list[tuple[bytes, ...]] | None: ...


def opened(
    box: Box, *, password: str = PASSWORD, folders: tuple[str, ...] = ("INBOX",), junk: bool = False
) -> Source:
    return open_mailbox(
        box.address,
        user=USER,
        password=password,
        folders=folders,
        timeout_seconds=10,
        ca_file=box.ca_file,
        junk=junk,
    )


class FolderBox:
    """A folder of .eml files, some in a folder below."""

    ca_file: Path | None = None

    def __init__(self, folder: Path) -> None:
        self.address = str(folder)
        self._folder = folder
        (folder / "below").mkdir(parents=True)

    def deliver(self, octets: bytes, received: datetime, folder: str = "INBOX") -> None:
        count = len(list(self._folder.rglob("*.eml")))
        (self._folder / ("below" if count % 2 else ".") / f"{9 - count}.eml").write_bytes(octets)

    def flags(self) -> None:
        return None


class MaildirBox:
    """A Maildir; what is in tmp/ is not there yet."""

    ca_file: Path | None = None

    def __init__(self, folder: Path) -> None:
        self.address = str(folder)
        self._folder = folder
        for name in ("cur", "new", "tmp"):
            (folder / name).mkdir(parents=True)
        (folder / "tmp" / "1.half.host").write_bytes(b"Subject: half written")

    def deliver(self, octets: bytes, received: datetime, folder: str = "INBOX") -> None:
        count = sum(1 for _ in self._folder.rglob("*.host*"))
        name = f"cur/{count}.M1.host:2,S" if count % 2 else f"new/{count}.M1.host"
        (self._folder / name).write_bytes(octets)

    def flags(self) -> None:
        return None


class PymapBox:
    """The embedded server."""

    def __init__(self, server: Server, ca_file: Path | None) -> None:
        self.server = server
        self.address = server.url
        self.ca_file = ca_file

    def deliver(self, octets: bytes, received: datetime, folder: str = "INBOX") -> None:
        self.server.append([Served(octets=octets, received=received)], folder=folder)

    def flags(self) -> list[tuple[bytes, ...]] | None:
        if self.ca_file:
            return None
        with IMAPClient("127.0.0.1", self.server.port, ssl=False) as client:
            client.login(USER, PASSWORD)
            return _flags(client)


class DovecotBox:
    """Dovecot, its mails delivered by APPEND. plain: its address without TLS, "" where it has none."""

    def __init__(self, port: int, ca_file: Path, plain_port: int = 0) -> None:
        self.address = f"imaps://localhost:{port}"
        self.plain = f"imap://localhost:{plain_port}" if plain_port else ""
        self.ca_file: Path | None = ca_file
        self._port = port

    def client(self) -> IMAPClient:
        context = ssl.create_default_context(cafile=self.ca_file)
        client = IMAPClient("localhost", self._port, ssl=True, ssl_context=context, timeout=10)
        client.login(USER, PASSWORD)
        return client

    def deliver(self, octets: bytes, received: datetime, folder: str = "INBOX") -> None:
        with self.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.append(folder, octets, msg_time=received)

    def flags(self) -> list[tuple[bytes, ...]] | None:
        with self.client() as client:
            return _flags(client)


def _flags(client: IMAPClient) -> list[tuple[bytes, ...]]:
    """The flags of all mails, without \\Recent, which every look of another session takes away."""
    client.select_folder("INBOX", readonly=True)
    answers = client.fetch(client.search("ALL"), ["FLAGS"])
    return [
        tuple(flag for flag in one[b"FLAGS"] if flag != b"\\Recent") for _, one in sorted(answers.items())
    ]


def certificate(folder: Path) -> tuple[Path, Path, Path]:
    """Make a certificate for localhost and 127.0.0.1; return the files of authority, certificate and key."""
    authority = trustme.CA()
    issued = authority.issue_cert("localhost", "127.0.0.1")
    files = (folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    authority.cert_pem.write_to_path(str(files[0]))
    issued.cert_chain_pems[0].write_to_path(str(files[1]))
    issued.private_key_pem.write_to_path(str(files[2]))
    return files


@contextmanager
def pymap_box(folder: Path, *, encryption: str = "plain") -> Iterator[PymapBox]:
    """Run the embedded server: "plain", "starttls" or "tls"."""
    if encryption == "plain":
        with serve([], user=USER, password=PASSWORD) as server:
            yield PymapBox(server, None)
        return
    authority, cert, key = certificate(folder)
    used = Encryption(certificate=cert, key=key, from_start=encryption == "tls")
    with serve([], user=USER, password=PASSWORD, encryption=used) as server:
        yield PymapBox(server, authority)


@contextmanager
def dovecot_box(*, plain: bool = False) -> Iterator[DovecotBox]:
    """Run a Dovecot of our own until the end of the block; with TLS alone, unless it is to take *plain* log-ins as well."""
    folder = Path(tempfile.mkdtemp(prefix="shouwen-dovecot-", dir="/tmp"))
    folder.chmod(0o755)
    authority, cert, key = certificate(folder)
    port, plain_port = _free_port(), _free_port() if plain else 0
    (folder / "dovecot.conf").write_text(_configuration(folder, port, cert, key, plain_port), "utf-8")
    process = subprocess.Popen(
        mortal("dovecot", "-F", "-c", folder / "dovecot.conf", by="TERM"), stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port, process, folder / "log")
        yield DovecotBox(port, authority, plain_port)
    finally:
        process.terminate()
        process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _configuration(folder: Path, port: int, cert: Path, key: Path, plain_port: int = 0) -> str:
    mine = os.geteuid() != 0
    owner = f"{os.geteuid()}" if mine else "nobody"
    (folder / "home").mkdir()
    if not mine:
        shutil.chown(folder / "home", "nobody")
    me = pwd.getpwuid(os.geteuid()).pw_name
    users = f"default_internal_user = {me}\ndefault_login_user = {me}\n" if mine else ""
    bare = "  chroot =\n" if mine else ""
    return f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = {"yes" if plain_port else "required"}
ssl_cert = <{cert}
ssl_key = <{key}
mail_location = maildir:~/mail:LAYOUT=fs
namespace inbox {{
  inbox = yes
  separator = /
  mailbox 广告信 {{
    auto = create
    special_use = \\Junk
  }}
}}
first_valid_uid = 1
{users}
service anvil {{
{bare}}}
service imap-login {{
{bare}  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={owner} gid={"nogroup" if not mine else os.getegid()} home={folder}/home
}}
"""


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(100):
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"dovecot did not start: {log.read_text('utf-8') if log.exists() else 'no log'}")
