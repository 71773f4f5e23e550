"""A mailbox over IMAP, only read: EXAMINE, FETCH of UID, RFC822.SIZE, INTERNALDATE and BODY.PEEK[]; nothing else.

Purpose: `ImapMailbox`: what is new after a UID, every answer compared with what was asked.
Source: RFC 3501 and 9051; RFC 2971 (ID), which NetEase wants before SELECT. Providers' ways: QQ answers BAD to
descending sets and to server-side searches, so neither is sent.
Limits: one connection, opened when needed and dropped after any error (after a time-out its state is unknown).
A mail is held in memory whole. What is new is found by message numbers, which are dense, from the top down, so a UID
that the server leaves out is noticed, and `n:*` (which names the last mail even below n) is never sent.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import stamina
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError
from pydantic import SecretStr

from pipeline.errors import SettingsError, UnavailableError
from pipeline.mailbox.source import YEARS, Listed, Listing, Message, Missed, Seen, arrival

LISTED_AT_ONCE = 200
"""Message numbers asked for in one command: a line of some 1,000 characters, which every server takes."""
FETCHED_AT_ONCE = 20
FETCHED_OCTETS = 4 * 1024**2
"""Mails fetched in one command, and their octets together: bounds memory and what a broken connection costs."""
CONNECT_TRIES = 3
"""Tries to reach the server before the log-in; a log-in is never repeated, providers shut out who does."""

IDENTITY = ("name", "shouwen", "vendor", "shouwen")
"""What ID tells the server."""

stamina.instrumentation.set_on_retry_hooks([stamina.instrumentation.LoggingOnRetryHook])
"""Retries are told to the standard log; stamina's own choice would print them on stdout, where data goes."""

_FACTS = ("UID", "RFC822.SIZE", "INTERNALDATE")


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where and how: encryption "tls", "starttls", or "plain" (loopback alone). context: trusts which certificates."""

    host: str
    port: int
    encryption: str
    context: ssl.SSLContext

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class ImapMailbox:
    """The mailbox of *user* on *server*; the first call connects and logs in."""

    ascending = True

    def __init__(
        self,
        server: Server,
        *,
        user: str,
        password: SecretStr,
        folders: tuple[str, ...],
        timeout_seconds: float,
    ) -> None:
        self.account = f"{user}@{server.host}"
        self._server = server
        self._user = user
        self._password = password
        self._folders = folders
        self._timeout_seconds = timeout_seconds
        self._client: IMAPClient | None = None
        self._seen: tuple[str, Seen] | None = None

    def __repr__(self) -> str:
        return f"ImapMailbox({self.account})"

    def folders(self) -> tuple[str, ...]:
        """Name the folders that were set."""
        return self._folders

    def look(self, folder: str) -> Seen:
        """EXAMINE *folder*.

        Raises:
            SettingsError: the server has no such folder, or will not show it.
        """
        with self._talking() as client:
            try:
                told = client.select_folder(folder, readonly=True)
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                raise SettingsError(
                    f"服务器 {self._server} 不让看文件夹 {folder}（{_said(error)}）；请核对设置里的 folders"
                ) from error
            seen = Seen(
                uidvalidity=int(told.get(b"UIDVALIDITY", 0)),
                exists=int(told.get(b"EXISTS", 0)),
                uidnext=int(told.get(b"UIDNEXT", 0)),
                earliest=_oldest(client) if told.get(b"EXISTS") else None,
            )
        self._seen = folder, seen
        return seen

    def list(self, folder: str, seen: Seen, after_uid: int = 0) -> Listing:
        """List what lies over *after_uid*.

        Raises:
            UnavailableError: the folder's UIDs were numbered anew since the look.
        """
        now = self._seen[1] if self._seen and self._seen[0] == folder else self.look(folder)
        if now.uidvalidity != seen.uidvalidity:
            raise UnavailableError(f"文件夹 {folder} 的 UIDVALIDITY 刚刚变了；下次收件会从头核对")
        listed, missed = self._list(folder, now, after_uid)
        return Listing(mails=tuple(listed), left_out=len(missed))

    def fetch(self, folder: str, wanted: Sequence[Listed]) -> Iterator[Message | Missed]:  # noqa: ARG002 - as listed
        """Hand over the *wanted* mails, in that order."""
        for batch in _batches(wanted):
            yield from self._fetch(batch)

    def wait(self, folder: str, seconds: float) -> bool:  # noqa: ARG002 - polling alone
        """Sleep."""
        time.sleep(seconds)
        return False

    def close(self) -> None:
        """Log out; a connection that is broken already is just dropped."""
        client, self._client = self._client, None
        self._seen = None
        if client is not None:
            with suppress(OSError, IMAPClientError):
                client.logout()

    # ------------------------------------------------------------ asking

    def _list(self, folder: str, seen: Seen, after_uid: int) -> tuple[Sequence[Listed], Sequence[Missed]]:
        """List what lies after *after_uid*; what the server leaves out twice, freshly examined, is missed."""
        listed, left_out = self._numbered(seen, after_uid)
        if left_out:
            listed, left_out = self._numbered(self.look(folder), after_uid)
        why = "服务器列出的邮件里少了这一封"
        return sorted(listed, key=lambda one: one.uid), [Missed(uid=0, why=why)] * left_out

    def _numbered(self, seen: Seen, after_uid: int) -> tuple[Sequence[Listed], int]:
        """Walk the message numbers down from the top until one is not new; count those without an answer."""
        found: list[Listed] = []
        left_out = 0
        for top in range(seen.exists, 0, -LISTED_AT_ONCE):
            numbers = range(max(1, top - LISTED_AT_ONCE + 1), top + 1)
            answers = self._facts(numbers)
            if not answers:
                raise UnavailableError(f"服务器 {self._server} 报有 {seen.exists} 封，却不肯列出；下次再试")
            old = max((number for number, one in answers.items() if one.uid <= after_uid), default=0)
            left_out += sum(number > old and number not in answers for number in numbers)
            found.extend(one for one in answers.values() if one.uid > after_uid)
            if old:
                break
        return found, left_out

    def _facts(self, numbers: Sequence[int]) -> dict[int, Listed]:
        with self._talking() as client:
            client.use_uid = False
            try:
                answers = client.fetch(numbers, _FACTS)
            finally:
                client.use_uid = True
        return {
            number: Listed(
                uid=answer[b"UID"],
                size=answer.get(b"RFC822.SIZE", 0),
                received=_moment(answer.get(b"INTERNALDATE")),
            )
            for number, answer in answers.items()
            if b"UID" in answer
        }

    def _fetch(self, batch: Sequence[Listed]) -> Iterator[Message | Missed]:
        """Fetch the mails of *batch*; one that is not among the answers is asked for again, alone."""
        bodies = self._bodies([one.uid for one in batch])
        for one in batch:
            octets = bodies.pop(one.uid, None)
            if octets is None:
                octets = self._bodies([one.uid]).get(one.uid)
            yield self._message(one, octets) if octets is not None else self._missed(one.uid)

    def _bodies(self, uids: Sequence[int]) -> dict[int, bytes]:
        with self._talking() as client:
            answers = client.fetch(uids, ["BODY.PEEK[]"])
        return {
            uid: answer[b"BODY[]"]
            for uid, answer in answers.items()
            if isinstance(answer.get(b"BODY[]"), bytes)
        }

    def _message(self, one: Listed, octets: bytes) -> Message:
        received, received_from = (one.received, "internaldate") if one.received else arrival(octets)
        return Message(
            uid=one.uid, pieces=(octets,), received=received, received_from=received_from, size=one.size
        )

    def _missed(self, uid: int) -> Missed:
        with self._talking() as client:
            there = uid in client.fetch([uid], ["RFC822.SIZE"])
        if there:
            return Missed(uid=uid, why="服务器两次都没有交出这一封")
        return Missed(uid=uid, why="列出之后已从邮箱移走", gone=True)

    # ------------------------------------------------------------ the connection

    @contextmanager
    def _talking(self) -> Iterator[IMAPClient]:
        """Give the open connection; any error drops it, for nobody knows what it would answer next."""
        if self._client is None:
            self._client = self._logged_in(self._connected())
        try:
            yield self._client
        except TimeoutError as error:
            self._drop()
            raise UnavailableError(
                f"服务器 {self._server} 在 {self._timeout_seconds:g} 秒内没有回应；下次再收，也可把 timeout_seconds 调大"
            ) from error
        except (OSError, IMAPClientError, ValueError) as error:
            self._drop()
            raise UnavailableError(
                f"与服务器 {self._server} 的连接断了（{_said(error)}）；下次再收"
            ) from error

    def _drop(self) -> None:
        client, self._client = self._client, None
        self._seen = None
        if client is not None:
            with suppress(OSError):
                client.shutdown()

    def _connected(self) -> IMAPClient:
        try:
            for attempt in stamina.retry_context(on=_is_passing, attempts=CONNECT_TRIES, wait_initial=0.5):
                with attempt:
                    return self._opened()
        except ssl.SSLCertVerificationError as error:
            raise SettingsError(
                f"服务器 {self._server} 的证书不可信（{error.verify_message}）；请核对主机名，不要绕过证书检查"
            ) from error
        except (OSError, IMAPClientError) as error:
            raise UnavailableError(
                f"连不上服务器 {self._server}（{_said(error)}）；请检查网络和地址后再试"
            ) from error
        raise AssertionError("unreachable")

    def _opened(self) -> IMAPClient:
        server = self._server
        timeout = SocketTimeout(connect=self._timeout_seconds, read=self._timeout_seconds)
        tls = server.encryption == "tls"
        context = server.context if tls else None
        client = IMAPClient(server.host, server.port, ssl=tls, ssl_context=context, timeout=timeout)
        client._imap.debug = 0  # imapclient sets 5, which formats every literal twice for nobody
        client.normalise_times = False
        try:
            self._encrypt(client)
        except (OSError, IMAPClientError, SettingsError):
            with suppress(OSError):
                client.shutdown()
            raise
        return client

    def _encrypt(self, client: IMAPClient) -> None:
        """STARTTLS where the server is not on this machine, or takes no password in clear."""
        server = self._server
        if server.encryption == "tls":
            return
        if server.encryption == "starttls" or client.has_capability("LOGINDISABLED"):
            if not client.has_capability("STARTTLS"):
                raise SettingsError(
                    f"服务器 {server} 不支持 STARTTLS，授权码会明文传输，已拒绝登录；请改用 imaps:// 地址"
                )
            client.starttls(server.context)

    def _logged_in(self, client: IMAPClient) -> IMAPClient:
        refusal = ""
        try:
            client.login(self._user, self._password.get_secret_value())
        except LoginError as error:
            refusal = _said(error).replace(self._password.get_secret_value(), "***")
        except (OSError, IMAPClientError) as error:
            raise UnavailableError(
                f"登录 {self._server} 时连接断了（{type(error).__name__}）；下次再试"
            ) from None
        if refusal:
            with suppress(OSError, IMAPClientError):
                client.shutdown()
            raise UnavailableError(
                f"服务器 {self._server} 拒绝登录（{refusal}）。三种可能：一、授权码错误（QQ 邮箱要用 16 位授权码，不是登录密码）；"
                "二、IMAP 服务未开启（到邮箱网页的设置里开启）；三、登录过于频繁（等半小时再试）"
            )
        _introduce(client)
        return client


def _introduce(client: IMAPClient) -> None:
    """Send ID whether or not it is offered; a server that does not know it answers BAD, which is no harm."""
    words = " ".join(f'"{word}"' for word in IDENTITY)
    with suppress(OSError, IMAPClientError):
        client._imap.xatom("ID", f"({words})")  # imapclient's own id_ refuses where ID is not offered


def _oldest(client: IMAPClient) -> datetime | None:
    client.use_uid = False
    try:
        return _moment(client.fetch([1], ["INTERNALDATE"]).get(1, {}).get(b"INTERNALDATE"))
    finally:
        client.use_uid = True


def _moment(told: Any) -> datetime | None:
    """Return a time that can be, with its zone."""
    if not isinstance(told, datetime) or told.tzinfo is None or told.year not in YEARS:
        return None
    return told.astimezone(UTC)


def _batches(listed: Sequence[Listed]) -> Iterator[Sequence[Listed]]:
    batch: list[Listed] = []
    for one in listed:
        if batch and (
            len(batch) == FETCHED_AT_ONCE or sum(b.size for b in batch) + one.size > FETCHED_OCTETS
        ):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def _is_passing(error: Exception) -> bool:
    """A certificate does not become better by asking again; a network may."""
    return isinstance(error, OSError) and not isinstance(error, ssl.SSLError)


def _said(error: Exception) -> str:
    """What the server or the system said, short; bytes in imaplib's words are shown as text."""
    first = error.args[0] if error.args else ""
    said = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(error)
    return f"{type(error).__name__}：{''.join(c for c in ' '.join(said.split()) if c.isprintable())[:200]}"
