"""The command line: one file a family; wires effects to stages; nothing imports it.

Families: `setting_up` (init, check) · `taking_in` (once, run) · `operating` (status, daily) · `looking` (show, read,
verify) · `deciding` (held, release, dismiss) · `reviewing` (review import, list, undo, sign) · `fetching` (links, attach) ·
`delivering` (compile, export) · `drafting` (dossier, report) · `papers` (papers) · `auditing` (log, trace, sample) ·
`keeping` (backup, restore, reprocess) · `teaching` (rules check, diff) · `learning` (learn) · `clustering` (cluster scheduler, reader).
Source: exit codes of FIELD: 0 done, 2 usage, 3 done with items that need a person, 4 integrity, 69 unavailable,
75 later, 78 configuration. Data goes to stdout, talk to stderr.
Limits: each command is a few lines: open, call, print. What takes long to import is imported where it is used.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import typer
from typer._click.core import Context
from typer._click.exceptions import ClickException

from pipeline.commands import (
    auditing,
    chinese,
    clustering,
    deciding,
    delivering,
    drafting,
    fetching,
    keeping,
    learning,
    looking,
    operating,
    papers,
    reviewing,
    setting_up,
    taking_in,
    teaching,
)
from pipeline.errors import ShouwenError
from rules import RulesError

EPILOG = "退出码：0 完成；2 用法有误；3 完成但有来件待人工；4 校验不符；69 连不上；75 稍后再试；78 设置有误。"

PANELS = {
    "准备": ("init", "check"),
    "收件": ("once", "run", "status", "daily", "held", "release", "dismiss", "links", "attach"),
    "工作簿和复核": ("compile", "review"),
    "文书、卷宗和报告": ("papers", "dossier", "report"),
    "查看、核对和审计": ("show", "read", "trace", "log", "sample", "verify", "export"),
    "规则和学习": ("rules", "learn", "reprocess"),
    "备份": ("backup", "restore"),
    "多台机器": ("cluster",),
}
"""The commands in the order of their help, by what they are for."""


class _Whole(chinese.ChineseGroup):
    """All commands, in the order of `PANELS`."""

    def list_commands(self, ctx: Context) -> list[str]:
        """Return the names of the commands."""
        order = [name for names in PANELS.values() for name in names]
        return sorted(super().list_commands(ctx), key=order.index)


app = typer.Typer(
    help="收文：收取活动材料邮件，原样存档，逐件登记、读件、归类、评分，编成一份评价工作簿。",
    epilog=EPILOG,
    cls=_Whole,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
FAMILIES = (
    setting_up,
    taking_in,
    operating,
    looking,
    deciding,
    reviewing,
    fetching,
    delivering,
    papers,
    drafting,
    auditing,
    keeping,
    teaching,
    learning,
    clustering,
)
for family in FAMILIES:
    family.register(app)
PANEL_OF = {name: panel for panel, names in PANELS.items() for name in names}
for alone in app.registered_commands:
    alone.rich_help_panel = PANEL_OF[str(alone.name)]
for group in app.registered_groups:
    group.rich_help_panel = PANEL_OF[str(group.name)]


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code; what went wrong is one Chinese line on stderr."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run the command line on *arguments* and return the exit code."""
    if len(arguments) < 2 or "--help" in arguments:
        chinese.install()
    try:
        return app(list(arguments), prog_name="shouwen", standalone_mode=False) or 0
    except ClickException as error:
        return _refused(chinese.error(error.format_message()) + _help_of(error), error.exit_code)
    except ShouwenError as error:
        return _refused(str(error), error.exit_code)
    except RulesError as error:
        return _refused(f"规则有误：{error}", 78)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - the reader of our pipe went away
        return 0
    except typer.Abort:
        return _refused("已中断", 130)


def _help_of(error: ClickException) -> str:
    """Where the command that was called wrongly is explained; "" where its help was the answer."""
    context = getattr(error, "ctx", None)
    return f"；用法见 {context.command_path} --help" if context and error.format_message() else ""


def _refused(message: str, code: int) -> int:
    if message:  # none where a group was called alone: its help is the answer
        print(f"shouwen：{chinese.system(message)}", file=sys.stderr)  # noqa: T201 - talk goes to stderr
    return code
