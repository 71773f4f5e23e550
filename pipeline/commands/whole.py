"""All commands in one group, each imported when it is called.

Purpose: `app`; `loaded(name)`, one command with its own options and help.
Source: outline.py has their names and families; a family is a module with `register(app)`.
"""

from __future__ import annotations

from importlib import import_module

import typer
from typer._click.core import Command, Context
from typer.core import TyperCommand

from pipeline.commands import chinese
from pipeline.commands.outline import ABOUT, ENTRIES, EPILOG


class _Whole(chinese.ChineseGroup):
    """The group; its own commands are names alone, for the help that a wrong name gets."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - as the library calls it
        """Return the names of the commands."""
        return list(ENTRIES)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002 - likewise
        """Return the command itself; None where there is none of that name."""
        return loaded(cmd_name) if cmd_name in ENTRIES else None


def loaded(name: str) -> Command:
    """Import the family of the command *name*, a key of `ENTRIES`, and return it."""
    family = typer.Typer()
    import_module(f"pipeline.commands.{ENTRIES[name].family}").register(family)
    return typer.main.get_group(family).commands[name]


app = _Whole(
    name="shouwen",
    help=ABOUT,
    epilog=EPILOG,
    no_args_is_help=True,
    commands=[TyperCommand(name) for name in ENTRIES],
)
