"""The one way out: a mail server that takes mails for submission, over TLS alone.

Purpose: `connected(server)` for everything that is mailed (the seal, papers); `deliver`, one mail to one address.
Source: RFC 8314 (implicit TLS on 465, STARTTLS on 587), RFC 5321 sections 3.3 and 4.2.1 (what a reply code means).
Limits: taken by the server is not arrived: a bounce comes to the address of From. Where the line breaks before the
server's last answer nobody knows whether it took the mail.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from pipeline.errors import SettingsError, TransientError
from pipeline.records import Outcome

SECONDS = 30
"""How long a mail server may take for one answer."""
PERMANENT = 500
"""Reply codes from here on mean: not this mail, not later either."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where mails go out. smtp: smtps://host[:465], or smtp://host[:587] with STARTTLS. user: "" for no log-in."""

    smtp: str
    user: str = ""
    password: SecretStr = field(default_factory=lambda: SecretStr(""))
    ca_file: Path | None = None


def connected(server: Server) -> smtplib.SMTP:
    """Open a line to *server*, encrypted; log-in is the caller's.

    Raises:
        SettingsError: its address is wrong. OSError, SMTPException: as they come.
    """
    try:
        parts = urlsplit(server.smtp)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    context = ssl.create_default_context(cafile=server.ca_file)
    if parts.scheme == "smtps" and host:
        return smtplib.SMTP_SSL(host, port or 465, timeout=SECONDS, context=context)
    if parts.scheme != "smtp" or not host:
        raise SettingsError(f"发信服务器地址 {server.smtp} 写得不对；应形如 smtps://smtp.qq.com")
    line = smtplib.SMTP(host, port or 587, timeout=SECONDS)
    try:
        line.starttls(context=context)
    except BaseException:
        line.close()
        raise
    return line


@contextmanager
def opened(server: Server) -> Iterator[smtplib.SMTP]:
    """Open a line and log in; what goes wrong before the first mail is said in Chinese, and nothing was sent.

    Raises:
        SettingsError: the server takes no encryption, or refuses the log-in. TransientError: not now.
    """
    try:
        line = connected(server)
    except smtplib.SMTPNotSupportedError as error:
        raise SettingsError(
            f"发信服务器 {server.smtp} 不支持加密；一封也没有寄，请换 smtps:// 地址"
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise TransientError(
            f"发信服务器 {server.smtp} 连不上（{type(error).__name__}）；一封也没有寄，请检查设置 [papers] 的 smtp 和网络后再寄"
        ) from None
    try:
        _log_in(line, server)
        yield line
    finally:
        with suppress(OSError, smtplib.SMTPException):
            line.quit()
        line.close()


def _log_in(line: smtplib.SMTP, server: Server) -> None:
    if not server.user:
        return
    try:
        line.login(server.user, server.password.get_secret_value())
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
        raise SettingsError(
            f"发信服务器 {server.smtp} 不接受登录（{type(error).__name__}）；一封也没有寄，"
            "请检查设置 [papers] 的 smtp_user 和授权码"
        ) from None
    except (OSError, smtplib.SMTPException) as error:
        raise TransientError(
            f"登录发信服务器 {server.smtp} 时断开（{type(error).__name__}）；一封也没有寄，请稍后再寄"
        ) from None


def deliver(line: smtplib.SMTP, letter: EmailMessage, *, sender: str, to: str) -> tuple[Outcome, str]:
    """Hand *letter* over for the one address *to*.

    Returns:
        SENT: the server took it. REFUSED: it never will. FAILED: not now. UNKNOWN: the line broke on the way, and no more
        can be sent over it. Each with what to say of it, Chinese.
    """
    try:
        line.send_message(letter, from_addr=sender, to_addrs=[to])
    except smtplib.SMTPRecipientsRefused as error:
        return _answered(next(iter(error.recipients.values()))[0], "收件地址")
    except smtplib.SMTPResponseException as error:
        return _answered(error.smtp_code, "这封邮件")
    except smtplib.SMTPServerDisconnected:
        return Outcome.UNKNOWN, "发信服务器中途断开，不知是否已收下"
    except (OSError, smtplib.SMTPException) as error:
        return Outcome.UNKNOWN, f"寄出途中出错（{type(error).__name__}），不知是否已收下"
    return Outcome.SENT, "发信服务器已收下"


def _answered(code: int, what: str) -> tuple[Outcome, str]:
    if code >= PERMANENT:
        return Outcome.REFUSED, f"发信服务器不收{what}（{code}）"
    return Outcome.FAILED, f"发信服务器暂时不收{what}（{code}），可以再寄"
