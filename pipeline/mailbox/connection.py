"""One connection to an IMAP server: opened when needed, encrypted, logged in within its limits, dropped after any error.

Purpose: `Connection.talking()` gives the logged-in client and turns what goes wrong into words for people.
Source: RFC 3501; RFC 2971 (ID), which NetEase wants after LOGIN and before SELECT; RFC 2595 (STARTTLS).
Limits: after a time-out or an error nobody knows what the server would answer next, so the connection is dropped. The
password is in no message, log or repr; what is raised about a log-in has no other error behind it, for the frames of
that one hold it.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import stamina
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError
from pydantic import SecretStr

from pipeline.errors import SettingsError, UnavailableError
from pipeline.mailbox.logins import Logins

CONNECT_TRIES = 3
"""Tries to reach the server before the log-in; a log-in is never repeated, providers shut out who does."""
LOGOUT_SECONDS = 2
"""How long a server may take to say goodbye: whoever stops us does not wait for it."""

IDENTITY = ("name", "shouwen", "vendor", "shouwen")
"""What ID tells the server."""

stamina.instrumentation.set_on_retry_hooks([stamina.instrumentation.LoggingOnRetryHook])
"""Retries are told to the standard log; stamina's own choice would print them on stdout, where data goes."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where and how: encryption "tls", "starttls", or "plain" (loopback alone). context: trusts which certificates."""

    host: str
    port: int
    encryption: str
    context: ssl.SSLContext

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Connection:
    """The connection of *user* to *server*. client: the open one, logged in; None if there is none.

    owed: reads the answer to what was asked ahead of its time, before anything else is said; None where nothing was.
    """

    def __init__(
        self, server: Server, *, user: str, password: SecretStr, timeout_seconds: float, logins: Logins
    ) -> None:
        self.server = server
        self.client: IMAPClient | None = None
        self.owed: Callable[[IMAPClient], None] | None = None
        self._user = user
        self._password = password
        self._timeout_seconds = timeout_seconds
        self._logins = logins

    @contextmanager
    def talking(self) -> Iterator[IMAPClient]:
        """Give the client; any error within drops the connection.

        Raises:
            UnavailableError: the server is gone, silent, or wants no log-in now.
            SettingsError: its certificate is not trusted, or it takes passwords in clear alone.
        """
        if self.client is None:
            self.client = self._logged_in()
        try:
            owed, self.owed = self.owed, None
            if owed is not None:
                owed(self.client)
            yield self.client
        except TimeoutError as error:
            self.drop()
            raise UnavailableError(
                f"服务器 {self.server} 在 {self._timeout_seconds:g} 秒内没有回应；下次再收，也可把 timeout_seconds 调大"
            ) from error
        except (OSError, IMAPClientError, ValueError) as error:
            self.drop()
            raise UnavailableError(f"与服务器 {self.server} 的连接断了（{said(error)}）；下次再收") from error

    def offers_idle(self) -> bool:
        """Say whether the server lists IDLE after the log-in; without an open connection it does not.

        Raises:
            UnavailableError: as talking() does.
        """
        if self.client is None:
            return False
        with self.talking() as client:
            return bool(client.has_capability("IDLE"))

    def drop(self) -> None:
        """Cut the connection, without a word to the server."""
        client, self.client, self.owed = self.client, None, None
        if client is not None:
            with suppress(OSError):
                client.shutdown()

    def close(self) -> None:
        """Log out; a connection that is broken already is just dropped."""
        client, self.client, self.owed = self.client, None, None  # the log-out reads what is owed
        if client is None:
            return
        try:
            client.socket().settimeout(min(LOGOUT_SECONDS, self._timeout_seconds))
            client.logout()
        except (OSError, IMAPClientError):
            with suppress(OSError):
                client.shutdown()

    # ------------------------------------------------------------ opening

    def _logged_in(self) -> IMAPClient:
        self._logins.require()
        client = self._connected()
        why = self._log_in(client)
        if why:
            with suppress(OSError, IMAPClientError):
                client.shutdown()
            raise UnavailableError(why)
        _introduce(client)
        return client

    def _connected(self) -> IMAPClient:
        try:
            for attempt in stamina.retry_context(on=_is_passing, attempts=CONNECT_TRIES, wait_initial=0.5):
                with attempt:
                    return self._opened()
        except ssl.SSLCertVerificationError as error:
            raise SettingsError(
                f"服务器 {self.server} 的证书不可信（{error.verify_message}）；请核对主机名，不要绕过证书检查"
            ) from error
        except (OSError, IMAPClientError) as error:
            raise UnavailableError(
                f"连不上服务器 {self.server}（{said(error)}）；请检查网络和地址后再试"
            ) from error
        raise AssertionError("unreachable")

    def _opened(self) -> IMAPClient:
        server = self.server
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
        server = self.server
        if server.encryption == "tls":
            return
        if server.encryption == "starttls" or client.has_capability("LOGINDISABLED"):
            if not client.has_capability("STARTTLS"):
                raise SettingsError(
                    f"服务器 {server} 不支持 STARTTLS，授权码会明文传输，已拒绝登录；请改用 imaps:// 地址"
                )
            client.starttls(server.context)

    def _log_in(self, client: IMAPClient) -> str:
        """Log in; say why it failed, "" if it did not. Nothing is raised, so that no error holds the password."""
        self._logins.begin()
        try:
            client.login(self._user, self._password.get_secret_value())
        except LoginError as error:
            cause = error.__context__
            words = said(cause if isinstance(cause, IMAPClientError) else error, secret=self._password)
            if isinstance(cause, IMAPClientAbortError):
                return f"服务器 {self.server} {self._logins.cut_off(words)}"
        except TimeoutError:
            return f"登录 {self.server} 时在 {self._timeout_seconds:g} 秒内没有回应；下次再试"
        except (OSError, IMAPClientError) as error:
            return f"服务器 {self.server} {self._logins.cut_off(type(error).__name__)}"
        else:
            self._logins.accepted()
            return ""
        return f"服务器 {self.server} {self._logins.refused(words)}"


def is_refusal(error: Exception) -> bool:
    """Say whether the server just answered NO or BAD, so that the connection is as good as before."""
    return isinstance(error, IMAPClientError) and not isinstance(error, IMAPClientAbortError | ProtocolError)


def said(error: BaseException, *, secret: SecretStr | None = None) -> str:
    """What the server or the system said, short, with *** for *secret*, however imaplib has quoted it."""
    first = error.args[0] if error.args else ""
    text = _text(first) if isinstance(first, bytes) else str(error)
    for form in _forms(secret.get_secret_value() if secret else ""):
        text = text.replace(form, "***")
    shown = "".join(c for c in " ".join(text.split()) if c.isprintable())[:200]
    return shown if shown and isinstance(error, IMAPClientError) else f"{type(error).__name__}：{shown}"


def _forms(secret: str) -> list[str]:
    """As it is, as an IMAP string, and both as Python shows octets; the longest first."""
    if not secret:
        return []
    plain = {secret, secret.replace("\\", "\\\\").replace('"', '\\"')}
    escaped = {form.replace("\\", "\\\\") for form in plain}
    return sorted(plain | escaped | {form.replace("'", "\\'") for form in escaped}, key=len, reverse=True)


def _text(octets: bytes) -> str:
    """Providers answer in UTF-8, and some in GB18030."""
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("gb18030", "replace")


def _introduce(client: IMAPClient) -> None:
    """Send ID whether or not it is offered; a server that does not know it answers BAD, which is no harm."""
    words = " ".join(f'"{word}"' for word in IDENTITY)
    with suppress(OSError, IMAPClientError):
        client._imap.xatom("ID", f"({words})")  # imapclient's own id_ refuses where ID is not offered


def _is_passing(error: Exception) -> bool:
    """A certificate does not become better by asking again; a network may."""
    return isinstance(error, OSError) and not isinstance(error, ssl.SSLError)
