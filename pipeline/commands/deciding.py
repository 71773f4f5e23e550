"""held, release, dismiss: what only people decide.

Purpose: list the mails the machine could not place, and record a person's decision with name and reason.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import typer

from pipeline import beijing
from pipeline.commands.chinese import ChineseCommand
from pipeline.commands.options import (
    Accession,
    By,
    DataDir,
    Json,
    SettingsFile,
    Why,
    give,
    opened,
    say,
)
from pipeline.records import State


def register(app: typer.Typer) -> None:
    """Add this family's commands to *app*."""
    app.command("held", cls=ChineseCommand)(held)
    app.command("release", cls=ChineseCommand)(release)
    app.command("dismiss", cls=ChineseCommand)(dismiss)


def held(settings: SettingsFile = None, data_dir: DataDir = None, as_json: Json = False) -> None:
    """列出待人工的来件和原因。"""
    with opened(settings, data_dir) as office:
        items = [item for item in office.existing().register.items() if item.state is State.HELD]
    for item in items:
        if as_json:
            give(msgspec.json.encode(item).decode())
        else:
            give(f"{item.accession}  收到 {beijing.second(item.received)}  {item.reason}")
    say(f"待人工 {len(items)} 件" + ("；用 release 放行重办，或 dismiss 不予受理" if items else ""))


def release(
    accession: Accession, by: By, why: Why, settings: SettingsFile = None, data_dir: DataDir = None
) -> None:
    """放行一件待人工的来件：下次运行时重新办理。"""
    with opened(settings, data_dir) as office:
        office.existing().register.release(accession, by=by, why=why, at=datetime.now(UTC))
    say(f"{accession} 已放行，下次 once 或 run 时重新办理")


def dismiss(
    accession: Accession, by: By, why: Why, settings: SettingsFile = None, data_dir: DataDir = None
) -> None:
    """把一件来文定为不予受理（原件仍保存）。"""
    with opened(settings, data_dir) as office:
        office.existing().register.dismiss(accession, by=by, why=why, at=datetime.now(UTC))
    say(f"{accession} 已定为不予受理；原件和日志照旧保存")
