"""The daily seal: made when the day has none, kept in its places, mailed to the auditor.

Purpose: `seal_if_due(office, at)`, called by the daemon every minute and by `once` at its end.
Source: ../../docs/decisions.md. The first seal of a Beijing day seals all days before it.
Limits: a place that cannot be written, or a mail that does not go, is tried again at the next call; seals are small, so
every place that lacks some gets all it lacks.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from pipeline import beijing, durable
from pipeline.commands.options import Office
from pipeline.errors import SettingsError, TransientError

SMTP_CREDENTIAL = "smtp-password"
"""Name of the systemd credential that holds the 授权码 of the mailbox that seals are sent from."""
MAILED = "mailed"
"""File beside the seals: the number of the last one that was mailed, or the number and when it was tried in vain."""
MAIL_AGAIN = timedelta(hours=1)
"""Between two tries: a provider that refuses a log-in every minute shuts the mailbox as well."""


def seal_folders(office: Office) -> tuple[Path, ...]:
    """Where seals are kept as files: in the data folder, and elsewhere if so set."""
    elsewhere = office.settings.seal.folder
    return (office.data_dir / "seals", *((elsewhere,) if elsewhere else ()))


def seal_if_due(office: Office, at: datetime) -> bool:
    """Seal the log if this Beijing day has no seal yet, and bring every seal to where it belongs.

    Returns:
        whether a seal was made.

    Raises:
        ShouwenError: a place or the mail server refused; the seal itself is made, and is brought there later.
    """
    from outputs.audit import seals

    made = _is_due(office, at)
    if made:
        office.register.seal(at=at)
    every = office.register.seals()
    _make_own_folder(office)
    for folder in seal_folders(office):
        for seal in every:
            seals.keep(seal, folder)
    _mail(office, at)
    return made


def _make_own_folder(office: Office) -> None:
    """Make the one in the data folder; the place elsewhere is somebody's to mount."""
    own = seal_folders(office)[0]
    try:
        own.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TransientError(
            f"封印的目录 {own} 建不了（{error.strerror}）；请腾出磁盘空间、检查权限"
        ) from error


def _is_due(office: Office, at: datetime) -> bool:
    last = next(reversed(office.register.seals()), None)
    return last is None or beijing.day(last.at) != beijing.day(at)


def _mail(office: Office, at: datetime) -> None:
    """Mail the last seal if it was not mailed yet; it stands for those before it, whose digests it carries."""
    from outputs.audit import seals
    from pipeline import settings

    wanted = office.settings.seal
    if not wanted.mail_to:
        return
    if not wanted.smtp or not wanted.mail_from:
        raise SettingsError("设置 [seal] 写了 mail_to，还要写 smtp 和 mail_from，封印才寄得出")
    last = office.register.seals()[-1]
    number, _, tried = _mailed(office).partition(" ")
    if number == str(last.number):
        if not tried:
            return
        if timedelta() <= at - datetime.fromisoformat(tried) < MAIL_AGAIN:
            raise TransientError(
                f"第 {number} 号封印上次没有寄出；每小时再寄一次，请检查设置 [seal] 的 smtp 和授权码"
            )
    _mark(
        office, f"{last.number} {at.isoformat()}"
    )  # what cannot be written down would go out again every minute
    post = seals.Post(
        smtp=wanted.smtp,
        sender=wanted.mail_from,
        to=wanted.mail_to,
        user=wanted.smtp_user,
        password=SecretStr(settings.secret(SMTP_CREDENTIAL, wanted.smtp_password_file)),
        ca_file=office.settings.mailbox.ca_file,
    )
    seals.send(last, post)
    _mark(office, str(last.number))


def _mailed(office: Office) -> str:
    """The number of the seal that was mailed last, "" if that is not known."""
    try:
        return (seal_folders(office)[0] / MAILED).read_text("utf-8").strip()
    except OSError:
        return ""


def _mark(office: Office, number: str) -> None:
    marker = seal_folders(office)[0] / MAILED
    try:
        durable.write(marker, number.encode())
    except OSError as error:
        raise TransientError(f"{marker} 写不进去（{error.strerror}）；请腾出磁盘空间、检查权限") from error
