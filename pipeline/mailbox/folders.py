"""The folders of a server: which there are, and which one is open, only to be read.

Purpose: `Folders.look` (EXAMINE), `Folders.names` (LIST), and the guard that a folder's numbers are still the same.
Source: RFC 3501 sections 6.3.2 (EXAMINE), 6.3.8 (LIST), 5.1.3 (names in modified UTF-7, which imapclient speaks).
Limits: one folder is open at a time; what is asked of mails is asked of that one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from imapclient import IMAPClient, imap_utf7
from imapclient.exceptions import IMAPClientError

from pipeline.errors import SettingsError, ShouwenError, UnavailableError
from pipeline.mailbox.connection import Connection, is_refusal, said
from pipeline.mailbox.junk import Folder, junk_among
from pipeline.mailbox.source import YEARS, Seen


class Folders:
    """The folders behind *connection*. seen: each as it was last looked at; what was seen outlives the connection."""

    def __init__(self, connection: Connection) -> None:
        self.seen: dict[str, Seen] = {}
        self._connection = connection
        self._open: tuple[IMAPClient, str] | None = None

    def names(self, wanted: tuple[str, ...], *, junk: bool) -> tuple[str, ...]:
        """Return the *wanted* folders, and the junk folder where it is asked for and there; none twice."""
        found = junk_among(self._listed()) if junk else None
        named = (*wanted, found) if found else wanted
        keys = [_key(name) for name in named]
        return tuple(name for place, name in enumerate(named) if keys[place] not in keys[:place])

    def look(self, folder: str) -> Seen:
        """EXAMINE *folder*.

        Raises:
            SettingsError: the server has no such folder.
            UnavailableError: it has, and does not show it now.
        """
        refusal = ""
        with self._connection.talking() as client:
            self._open = None
            try:
                told = client.select_folder(folder, readonly=True)
            except IMAPClientError as error:
                if not is_refusal(error):
                    raise
                refusal = said(error)
            else:
                self._open = client, folder
                seen = Seen(
                    uidvalidity=int(told.get(b"UIDVALIDITY", 0)),
                    exists=int(told.get(b"EXISTS", 0)),
                    uidnext=int(told.get(b"UIDNEXT", 0)),
                    earliest=_oldest(client) if told.get(b"EXISTS") else None,
                )
        if refusal:
            raise self._not_shown(folder, refusal)
        self.seen[folder] = seen
        return seen

    def is_open(self, folder: str) -> bool:
        """Say whether *folder* is the one that is open, on the connection that is open."""
        return self._open is not None and self._open == (self._connection.client, folder)

    def require_same(self, folder: str, now: Seen, before: Seen) -> None:
        """Raise UnavailableError where the folder's UIDs were numbered anew."""
        if now.uidvalidity != before.uidvalidity:
            raise UnavailableError(f"文件夹 {folder} 的 UIDVALIDITY 刚刚变了；下次收件会从头核对")

    def _listed(self) -> tuple[Folder, ...]:
        with self._connection.talking() as client:
            client.folder_encode = False  # it would let one name that is badly coded hide all others
            try:
                answers = client.list_folders()
            finally:
                client.folder_encode = True
        return tuple(
            Folder(
                name=_name(name),
                delimiter=(delimiter or b"").decode("latin-1"),
                marks=tuple(flag.decode("latin-1") for flag in flags if isinstance(flag, bytes)),
            )
            for flags, delimiter, name in answers
        )

    def _not_shown(self, folder: str, refusal: str) -> ShouwenError:
        there = [one.name for one in self._listed() if not one.is_hidden]
        if _key(folder) in {_key(name) for name in there}:
            return UnavailableError(
                f"服务器 {self._connection.server} 现在不让看文件夹 {folder}（{refusal}）；下次再收，"
                "总是如此就到邮箱网页看有没有安全提示"
            )
        return SettingsError(
            f"服务器 {self._connection.server} 上没有文件夹 {folder}（{refusal}）；请核对设置里的 folders，"
            f"现有：{'、'.join(there) or '（服务器没有列出）'}"
        )


def _name(raw: Any) -> str:
    """Read a name as LIST sends it: modified UTF-7, or, where that fails, UTF-8, which newer servers use."""
    octets = raw if isinstance(raw, bytes) else str(raw).encode()
    try:
        return str(imap_utf7.decode(octets)) if octets.isascii() else octets.decode("utf-8", "replace")
    except UnicodeDecodeError:
        return octets.decode("ascii")


def _key(folder: str) -> str:
    """INBOX is one folder however it is written (RFC 3501 section 5.1); all others are as they are."""
    return "INBOX" if folder.upper() == "INBOX" else folder


def _oldest(client: IMAPClient) -> datetime | None:
    client.use_uid = False
    try:
        return moment(client.fetch([1], ["INTERNALDATE"]).get(1, {}).get(b"INTERNALDATE"))
    finally:
        client.use_uid = True


def moment(told: Any) -> datetime | None:
    """Return a time that can be, with its zone."""
    if not isinstance(told, datetime) or told.tzinfo is None or told.year not in YEARS:
        return None
    return told.astimezone(UTC)
