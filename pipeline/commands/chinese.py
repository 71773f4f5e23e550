"""The words of the command-line library in Chinese: titles of help, and its errors of usage.

Purpose: staff and operators read Chinese; typer speaks English in a dozen places.
Limits: knows the words of the typer that the lock names; a test reads every help page for English left over.
"""

from __future__ import annotations

import re

from typer._click.core import Context
from typer.core import TyperCommand, TyperGroup, TyperOption

ERRORS = (
    (r"No such option: (\S+)(?: \(Possible options: (.*)\))?", r"没有 \1 这个选项"),
    (r"No such command '(.*)'\.", r"没有 \1 这个命令"),
    (r"Missing argument '(.*)'\.?", r"缺少参数 \1"),
    (r"Missing option '(.*)'\.?", r"缺少选项 \1"),
    (r"Missing command\.", r"缺少命令"),
    (r"Invalid value for (.*?): (.*)", r"\1 的值不对：\2"),
    (r"Option '(.*)' requires an argument\.", r"选项 \1 后面要有值"),
    (r"Got unexpected extra arguments? \((.*)\)", r"多出了参数 \1"),
    (r"Path '(.*)' does not exist\.", r"\1 不存在"),
)
"""Error texts of the library and what they mean for a person."""


class ChineseCommand(TyperCommand):
    """A command whose help speaks Chinese."""

    def get_usage(self, ctx: Context) -> str:
        """Return the line of usage."""
        return _usage(super().get_usage(ctx))

    def get_help_option(self, ctx: Context) -> TyperOption | None:
        """Return the option --help with a Chinese text."""
        return _helped(super().get_help_option(ctx))


class ChineseGroup(TyperGroup):
    """A group of commands whose help speaks Chinese."""

    def get_usage(self, ctx: Context) -> str:
        """Return the line of usage."""
        return _usage(super().get_usage(ctx))

    def get_help_option(self, ctx: Context) -> TyperOption | None:
        """Return the option --help with a Chinese text."""
        return _helped(super().get_help_option(ctx))


def error(message: str) -> str:
    """Say an error of usage in Chinese; what is not known stays as it is."""
    for pattern, chinese in ERRORS:
        message = re.sub(pattern, chinese, message)
    return message


def install() -> None:
    """Give the panels of rich help their Chinese titles (imported here: only help needs them, 0.06 s)."""
    from typer import rich_utils

    rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
    rich_utils.OPTIONS_PANEL_TITLE = "选项"
    rich_utils.COMMANDS_PANEL_TITLE = "命令"
    rich_utils.ERRORS_PANEL_TITLE = "出错"
    rich_utils.DEFAULT_STRING = "[默认：{}]"
    rich_utils.REQUIRED_LONG_STRING = "[必填]"


def _usage(text: str) -> str:
    return (
        text.replace("Usage: ", "用法： ")
        .replace("[OPTIONS]", "[选项]")
        .replace("COMMAND [ARGS]...", "命令 …")
    )


def _helped(option: TyperOption | None) -> TyperOption | None:
    if option is not None:
        option.help = "显示这段说明后退出"
    return option
