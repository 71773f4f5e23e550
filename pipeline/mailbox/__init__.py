"""Mailboxes, only read: IMAP servers, folders of .eml files and Maildirs behind one protocol.

Purpose: `open_mailbox(address, …) -> Source`. The mailbox is theirs: no flag, no move, no delete.
Map: source.py the protocol · imap.py the questions to a server, with connection.py, logins.py, bodies.py, asking.py, pieces.py,
idle.py and junk.py · folder.py · window.py whether the server shows all it has.
Limits: a password travels encrypted or not at all, save on loopback.
"""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from pipeline.errors import SettingsError
from pipeline.mailbox.source import (
    Listed,
    Listing,
    Message,
    Missed,
    Seen,
    Source,
    WithheldError,
    arrival,
)

if TYPE_CHECKING:
    import ssl

__all__ = [
    "Listed",
    "Listing",
    "Message",
    "Missed",
    "Seen",
    "Source",
    "WithheldError",
    "arrival",
    "open_mailbox",
]

PORTS = {"imaps": 993, "imap": 143}


def open_mailbox(  # noqa: PLR0913 - what an operator may set about a mailbox, each with its default
    address: str,
    *,
    user: str = "",
    password: str = "",
    folders: tuple[str, ...] = ("INBOX",),
    timeout_seconds: float = 60,
    ca_file: Path | None = None,
    junk: bool = False,
    login_gap_seconds: float | None = None,
    state_file: Path | None = None,
) -> Source:
    """Open the mailbox at *address*; a server is connected to when the first question is asked.

    Args:
        address: imaps://[user@]host[:port]; imap://… (loopback, or STARTTLS); or a folder of .eml files or a Maildir.
        user: log-in name; one in the address goes before it.
        password: 授权码; never shown, logged or kept in clear.
        folders: of a server, in plain Unicode.
        timeout_seconds: for each answer of a server.
        ca_file: PEM certificates to trust instead of the system's.
        junk: poll the server's junk folder too, where there is one.
        login_gap_seconds: between two log-ins; None is 120, and 0 where the server is on this machine.
        state_file: where log-ins and refusals are remembered across processes; None forgets them with the process.

    Raises:
        SettingsError: in Chinese, naming what is wrong with the address, the user or the password.
    """
    scheme, separator, _ = address.partition("://")
    if not separator:
        from pipeline.mailbox.folder import FolderMailbox

        return FolderMailbox(Path(address))
    if scheme not in PORTS:
        raise SettingsError(f"不认识收件地址 {scheme}://；可写 imaps://主机、imap://本机，或一个目录")
    from pydantic import SecretStr

    from pipeline.mailbox.connection import Connection, Server  # its libraries are not needed for a folder
    from pipeline.mailbox.imap import ImapMailbox
    from pipeline.mailbox.logins import GAP_SECONDS, Logins

    parts = _split(address)
    user = unquote(parts.username or "") or user
    _require_credentials(user, password)
    host = parts.hostname or ""
    account = f"{user}@{host}"
    if login_gap_seconds is None:
        login_gap_seconds = 0 if _is_loopback(host) else GAP_SECONDS
    server = Server(
        host=host,
        port=parts.port or PORTS[scheme],
        encryption=_encryption(scheme, host),
        context=_trusting(ca_file),
    )
    connection = Connection(
        server,
        user=user,
        password=SecretStr(password),
        timeout_seconds=timeout_seconds,
        logins=Logins(account, gap_seconds=login_gap_seconds, state_file=state_file),
    )
    return ImapMailbox(connection, account=account, folders=folders, junk=junk)


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError("收件地址写得不对；应形如 imaps://imap.qq.com 或 imaps://主机:993")
    if parts.password is not None:
        raise SettingsError(
            "收件地址里不要写授权码；请放进 password_file 所指的文件或环境变量 SHOUWEN_PASSWORD"
        )
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingsError("收件地址里主机后面不要再写东西；文件夹写在设置的 folders 里")
    return parts


def _require_credentials(user: str, password: str) -> None:
    if not user:
        raise SettingsError("没有登录名；请在设置文件 [mailbox] 里写 user，一般是完整的邮箱地址")
    if not password:
        raise SettingsError("没有授权码；请放进 mailbox.password_file 所指的文件或环境变量 SHOUWEN_PASSWORD")
    for what, text in (("登录名", user), ("授权码", password)):
        if not (text.isascii() and text.isprintable()):
            raise SettingsError(f"{what}里有全角字符、空白或看不见的字符；请用半角重新填写")


def _encryption(scheme: str, host: str) -> str:
    if scheme == "imaps":
        return "tls"
    return "plain" if _is_loopback(host) else "starttls"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _trusting(ca_file: Path | None) -> ssl.SSLContext:
    import ssl

    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(f"证书文件 {ca_file} 读不出；应是 PEM 格式") from error
