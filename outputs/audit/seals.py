"""Seals leave the system: as files in places of their own, and by mail to the auditor.

Purpose: `keep(seal, folder)`, `send(seal, post)`, `kept(folders)`: what verify holds the register against.
Source: FIELD: an anchor outside the chain; RFC 8314 (submission over TLS).
Limits: whoever may write to every place where seals are kept can replace them; keep one where the operator cannot write.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from pipeline import beijing, durable
from pipeline.beijing import BEIJING
from pipeline.errors import IntegrityError, SettingsError, TransientError, UsageError
from pipeline.register import Seal, sealing
from pipeline.sending.smtp import Server, connected


@dataclass(frozen=True, kw_only=True)
class Post(Server):
    """How a seal is mailed."""

    sender: str
    to: tuple[str, ...]


def keep(seal: Seal, folder: Path) -> Path:
    """Write *seal* into *folder*, durably; the same seal there already is as good.

    Raises:
        IntegrityError: another seal stands there under this number.
        TransientError: the folder is not there (a place elsewhere may not be mounted) or cannot be written.
    """
    at = seal.at.astimezone(BEIJING)
    path = folder / f"seal-{seal.number:05d}-{at:%Y%m%d}.json"
    octets = sealing.encode(seal)
    try:
        if path.exists():
            if path.read_bytes() != octets:
                raise IntegrityError(f"{path} 已有一份不同的同号封印；请勿覆盖，运行 shouwen verify 查明")
            return path
        durable.write(path, octets)
    except OSError as error:
        raise TransientError(
            f"封印写不进 {folder}（{error.strerror}）；请腾出磁盘空间、检查权限；另存的地方由设置 [seal] folder 指定"
        ) from error
    return path


def kept(places: Iterable[Path]) -> tuple[Seal, ...]:
    """Read the seals in *places*: files, or folders of seal files; a folder that is not there holds none.

    Raises:
        UsageError: a file is no seal, or is not there.
    """
    return tuple(_read(path) for place in places for path in _files(place))


def read(places: Iterable[Path]) -> tuple[tuple[Seal, ...], tuple[str, ...]]:
    """Read the seals in *places*, each once, and say what is wrong with the files that hold none."""
    found: dict[str, Seal] = {}
    wrong: list[str] = []
    for path in (path for place in places for path in _files(place)):
        try:
            seal = _read(path)
            found[seal.digest] = seal
        except UsageError as error:
            wrong.append(str(error))
    return tuple(found.values()), tuple(wrong)


def send(seal: Seal, post: Post) -> None:
    """Mail *seal* to the auditor, encrypted on its way.

    Raises:
        SettingsError: the address of the server is wrong, or it takes no encryption. TransientError: not now.
    """
    try:
        with connected(post) as server:
            if post.user:
                server.login(post.user, post.password.get_secret_value())
            server.send_message(_letter(seal, post))
    except smtplib.SMTPNotSupportedError as error:
        raise SettingsError(
            f"发信服务器 {post.smtp} 不支持加密或登录；封印没有寄出，请换 smtps:// 地址"
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise TransientError(
            f"封印没有寄出（{type(error).__name__}）；请检查设置 [seal] 的 smtp、smtp_user 和授权码，下次再寄"
        ) from None


def text(seal: Seal) -> str:
    """Say in one Chinese paragraph what *seal* holds."""
    at = seal.at.astimezone(BEIJING)
    return (
        f"收文登记簿第 {seal.number} 号封印，{at:%Y-%m-%d %H:%M:%S}（北京时间）：日志到第 {seal.last} 条，"
        f"链头 {seal.head}；自上一号封印起第 {seal.first} 至 {seal.last} 条，共 {seal.last - seal.first + 1} 条；"
        f"来件 {seal.items} 件，邮箱位置 {seal.sightings} 处，人工更正 {seal.corrections} 条。"
        f"上一号封印 {seal.previous}，本封印 {seal.digest}。"
    )


def _letter(seal: Seal, post: Post) -> EmailMessage:
    letter = EmailMessage()
    letter["Subject"] = f"收文日志封印第 {seal.number} 号（{beijing.day(seal.at)}）"
    letter["From"] = post.sender
    letter["To"] = ", ".join(post.to)
    letter.set_content(
        text(seal)
        + "\n\n请保存附件，不要放在收文这台机器上；日后核对：shouwen verify --seal 附件文件，"
        + "或 python verify_log.py 导出的日志目录 --seal 附件文件。\n"
    )
    name = f"seal-{seal.number:05d}-{seal.at.astimezone(BEIJING):%Y%m%d}.json"
    letter.add_attachment(sealing.encode(seal), maintype="application", subtype="json", filename=name)
    return letter


def _files(place: Path) -> Iterator[Path]:
    if place.is_dir():
        yield from sorted(place.glob("seal-*.json"))
    elif place.is_file():
        yield place


def _read(path: Path) -> Seal:
    try:
        return sealing.decode(path.read_bytes(), str(path))
    except OSError as error:
        raise UsageError(f"读不出封印文件 {path}（{error.strerror}）") from error
