"""The options that every command takes, and what they open.

Purpose: `--data-dir`, `--settings`, `--json` said once; `Office` = settings, rules, archive and register, each opened
when it is first asked for, so that `read` and `--help` pay for nothing.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.archive import Access, Archive
    from pipeline.register import Place, Register
    from pipeline.settings import Settings
    from rules import Rules

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir", help="数据目录（原件库、登记簿、工作簿）；默认按设置，即 ./data", show_default=False
    ),
]
SettingsFile = Annotated[
    Path | None,
    typer.Option(
        "--settings", help="设置文件（TOML）；默认 ./shouwen.toml，没有就全用默认值", show_default=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读")]
By = Annotated[str, typer.Option("--by", help="经办人姓名，记入日志", show_default=False)]
Why = Annotated[str, typer.Option("--why", help="理由，记入日志", show_default=False)]
Accession = Annotated[str, typer.Argument(help="收文号，如 2024-00031", metavar="收文号", show_default=False)]


LEFT_BY_CRASHES = 64
"""Blobs beside a register without items that crashes can explain: a first poll leaves at most sixteen a folder."""
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What a terminal obeys instead of showing it: controls, line ends, and signs that turn the direction of writing."""


@dataclass
class Office:
    """Everything one command works with; opened lazily, closed by `opened`."""

    settings_file: Path | None
    data_dir_option: Path | None

    @cached_property
    def settings(self) -> Settings:
        """The settings, or their defaults."""
        from pipeline import settings

        return settings.load(self.settings_file)

    @property
    def data_dir(self) -> Path:
        """Where archive, register and workbooks lie."""
        return self.data_dir_option or self.settings.data_dir

    @cached_property
    def rules(self) -> Rules:
        """The rules of the notice, with what this office was taught."""
        from rules.learned import added

        return added(self.notice, self.learned)

    @cached_property
    def notice(self) -> Rules:
        """The rules of the notice alone, which can be read whatever stands in the tables of what was taught."""
        import rules

        return rules.load(self.settings.rules)

    @property
    def learned(self) -> Path:
        """Where lies what this office was taught; need not be there."""
        return self.data_dir / "learned"

    @cached_property
    def archive(self) -> Archive:
        """The archive of octets."""
        from pipeline.archive import Place, open_archive

        folder, wanted, store = self.data_dir / "archive", self.settings.archive, self.settings.s3
        if not wanted:
            return open_archive("", folder=folder)
        place = Place.set(wanted, endpoint=store.endpoint, region=store.region)
        return open_archive(place.address, folder=folder, key=self.access)

    @property
    def access(self) -> Access | None:
        """The key of the object store, where the settings have one; None leaves it to the environment.

        Raises:
            SettingsError: its file cannot be read.
        """
        from pipeline.archive import access
        from pipeline.settings import secret

        store = self.settings.s3
        if not store.access_key_id:
            return None
        return access(store.access_key_id, secret("s3-secret-key", store.secret_key_file))

    @cached_property
    def place(self) -> Place:
        """Where the register is: the database that the settings name, else a file in the data folder.

        Raises:
            SettingsError: the address is wrong, or the file of its password.
        """
        return place_of(self.settings, self.settings.register, self.data_dir)

    @property
    def register_file(self) -> Path | None:
        """The file that the register is, None where it is in a database server."""
        return self.place if isinstance(self.place, Path) else None

    @property
    def has_register(self) -> bool:
        """A register was begun there.

        Raises:
            ShouwenError: the database server cannot be asked.
        """
        if isinstance(self.place, Path):
            return self.place.exists()
        from pipeline.database import has_tables

        return has_tables(self.place)

    @cached_property
    def register(self) -> Register:
        """The register.

        Raises:
            IntegrityError: it is not there or empty beside an archive that is not.
        """
        from pipeline.register import Register, lost

        register = Register(self.place, year=self.notice.notice.year, new=self.archive.is_empty)
        if not register.count() and len(tuple(self.archive.digests())) > LEFT_BY_CRASHES:
            register.close()
            raise lost(self.place)
        return register

    def note(self, what: str, **fields: str) -> None:
        """Write into the operations log what was done besides mails; the chain is for what happens to mails."""
        from pipeline.worker import oplog

        with oplog.keep(self.data_dir / "logs", self.settings.operations_days):
            logging.getLogger("shouwen.operations").info(what, extra={"fields": fields})

    def existing(self) -> Office:
        """Return this office; refuse in Chinese where nothing was ever taken in (so that a typo makes no new folder)."""
        if not self.has_register and self.archive.is_empty:
            where = self.data_dir if self.register_file else self.place
            raise UsageError(f"{where} 里没有登记簿；先运行 shouwen once 收件，或用 --data-dir 指明数据目录")
        return self


def place_of(settings: Settings, address: str, data_dir: Path) -> Place:
    """Where the register of that *address* is, with the password that the *settings* point to; "": in the data folder.

    Raises:
        SettingsError: the address is wrong, or the file of its password.
    """
    if not address:
        return data_dir / "register.db"
    from pipeline.database import Database
    from pipeline.settings import secret

    return Database.of(address, secret("register-password", settings.database.password_file))


@contextmanager
def opened(settings: Path | None, data_dir: Path | None) -> Iterator[Office]:
    """Open an office for one command and close its register afterwards."""
    office = Office(settings_file=settings, data_dir_option=data_dir)
    try:
        yield office
    finally:
        register: Any = office.__dict__.get("register")
        if register is not None:
            register.close()


def say(line: str) -> None:
    """Talk to the person at the terminal (stderr)."""
    print(shown(line), file=sys.stderr)  # noqa: T201 - talk goes to stderr


def shown(line: str) -> str:
    """Give *line* without what a terminal obeys instead of showing it."""
    return _OBEYED.sub("\ufffd", line)


def give(line: str) -> None:
    """Hand over one line of data (stdout): whole, unless a terminal would obey what stands in it."""
    print(shown(line) if sys.stdout.isatty() else line)  # noqa: T201 - data goes to stdout


STATES = {"captured": "已接收", "filed": "已归档", "held": "待人工", "dismissed": "不予受理"}
"""records.State as people read it; its values alone, for the records are dear to import."""
