"""The command line: one file a family; wires effects to stages; nothing imports it.

Families: `setting_up` (init, check) · `taking_in` (once, run) · `operating` (status, daily) · `looking` (show, read,
verify) · `deciding` (held, release, dismiss) · `reviewing` (review import, list, undo, sign) · `fetching` (links, attach) ·
`delivering` (compile, export) · `drafting` (dossier, report) · `papers` (papers) · `auditing` (log, trace, sample) ·
`keeping` (backup, restore, reprocess) · `moving` (move) · `teaching` (rules check, diff) · `learning` (learn) ·
`clustering` (cluster scheduler, reader).
Source: exit codes of FIELD: 0 done, 2 usage, 3 done with items that need a person, 4 integrity, 69 unavailable,
75 later, 78 configuration. Data goes to stdout, talk to stderr.
Limits: each command is a few lines: open, call, print. What takes long to import is imported where it is used, a family
when one of its commands is called: the help needs none of them.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from pipeline.commands.outline import drawn
from pipeline.errors import ShouwenError

if TYPE_CHECKING:
    from typer._click.exceptions import ClickException


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code; what went wrong is one Chinese line on stderr."""
    leave(run(sys.argv[1:] if arguments is None else arguments))


def leave(code: int) -> NoReturn:
    """End the program with that exit *code*, without the interpreter's last searches for cycles in all that was imported.

    They take half a second where a workbook was compiled, and find what ends with the process anyway.
    """
    gc.freeze()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run the command line on *arguments* and return the exit code."""
    if not arguments or arguments[0] == "--help":
        print(drawn(shutil.get_terminal_size().columns), end="")  # noqa: T201 - what was asked for
        return 0 if arguments else 2
    try:
        return _called(arguments)
    except ShouwenError as error:
        return _refused(str(error), error.exit_code)
    except ValueError as error:
        from rules import RulesError  # dear to import, and imported already where it was raised

        if not isinstance(error, RulesError):
            raise
        return _refused(f"规则有误：{error}", 78)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - the reader of our pipe went away
        return 0


def _called(arguments: Sequence[str]) -> int:
    """Call the command that *arguments* name; here the libraries of the command line are imported."""
    import typer
    from typer._click.exceptions import ClickException

    from pipeline.commands import chinese
    from pipeline.commands.whole import app

    if len(arguments) < 2 or "--help" in arguments:
        chinese.install()
    try:
        return app.main(list(arguments), prog_name="shouwen", standalone_mode=False) or 0
    except ClickException as error:
        return _refused(chinese.error(error.format_message()) + _help_of(error), error.exit_code)
    except typer.Abort:
        return _refused("已中断", 130)


def _help_of(error: ClickException) -> str:
    """Where the command that was called wrongly is explained; "" where its help was the answer."""
    context = getattr(error, "ctx", None)
    return f"；用法见 {context.command_path} --help" if context and error.format_message() else ""


def _refused(message: str, code: int) -> int:
    from pipeline.commands import chinese

    if message:  # none where a group was called alone: its help is the answer
        print(f"shouwen：{chinese.system(message)}", file=sys.stderr)  # noqa: T201 - talk goes to stderr
    return code
