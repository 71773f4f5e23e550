"""The words of the command-line library in Chinese: titles of help, and its errors of usage.

Purpose: staff and operators read Chinese; typer speaks English in a dozen places.
Limits: knows the words of the typer that the lock names; a test reads every help page for English left over.
"""

from __future__ import annotations

import errno
import os
import re
from typing import Any

from typer._click.core import Context
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

ERRORS = (
    (r"No such option: (\S+)(?: \(Possible options: (.*)\))?", r"没有 \1 这个选项"),
    (r"No such command '(.*?)'\.", r"没有 \1 这个命令"),
    (r" ?\(?Did you mean (.*)\?\)?", r"；是不是 \1"),
    (r"Option '(.*)' does not take a value\.", r"选项 \1 后面不写值"),
    (r"Missing argument '(.*)'\.?", r"缺少参数 \1"),
    (r"Missing option '(.*)'\.?", r"缺少选项 \1"),
    (r"Missing command\.", r"缺少命令"),
    (r"Invalid value for '?(.*?)'?: (?:Value error, )?(.*)", r"\1 的值不对：\2"),
    (r"\.? ?Choose from:\s*(.*)", r"；可写 \1"),
    (r"'(.*)' is not one of (.*)\.", r"“\1”不在可选之内；可写 \2"),
    (r"'(.*)' does not match the formats? .*", r"“\1”不是日期；应形如 2024-06-17"),
    (r"Input should be a valid datetime.*", "不是日期或时间；应形如 2024-06-17 或 2024-06-17T09:30"),
    (r"Input should be a valid integer.*", "要写整数"),
    (r"Input should be greater than or equal to (\d+)", r"不能小于 \1"),
    (r"Input should be less than or equal to (\d+)", r"不能大于 \1"),
    (r"Option '(.*)' requires an argument\.", r"选项 \1 后面要有值"),
    (r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)", r"多出了参数 \1"),
    (r"Path '(.*)' does not exist\.", r"\1 不存在"),
)
"""Error texts of the library and what they mean for a person."""
SYSTEM = {
    os.strerror(number): said
    for number, said in (
        (errno.ENOENT, "没有这个文件或目录"),
        (errno.EACCES, "没有权限"),
        (errno.EPERM, "没有权限"),
        (errno.EEXIST, "已经有了"),
        (errno.ENOTDIR, "不是目录"),
        (errno.EISDIR, "是一个目录"),
        (errno.ENOSPC, "磁盘满了"),
        (errno.EDQUOT, "超过磁盘限额"),
        (errno.EROFS, "磁盘是只读的"),
        (errno.ETXTBSY, "正被别的程序占用"),
        (errno.ENAMETOOLONG, "名字太长"),
        (errno.EIO, "磁盘读写出错"),
    )
}
"""What the system says of a file, and what it means for a person."""
TYPES = {
    "int": "整数",
    "int range": "整数",
    "list[int]": "整数",
    "path": "路径",
    "list[Path]": "路径",
    "datetime": "时间",
    "%Y-%m-%d": "日期",
    "str": "文字",
    "list[str]": "文字",
}
"""What the library calls the value of an option."""


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
        message = re.sub(pattern, chinese, message, flags=re.DOTALL)
    message = re.sub(r",\s*", "、", message) if "；可写 " in message else message
    return message.replace("'", "")


def system(message: str) -> str:
    """Say in Chinese what the system says of a file."""
    for english, chinese in SYSTEM.items():
        message = message.replace(f"（{english}）", f"（{chinese}）").replace(f"：{english}", f"：{chinese}")
    return message


def install() -> None:
    """Give the panels of rich help their Chinese titles (imported here: only help needs them, 0.06 s)."""
    from rich.text import Text
    from typer import rich_utils

    class Folding(Text):
        """Words that break at the end of the line; in a table, rich cuts what has no blanks, as Chinese."""

        @classmethod
        def from_markup(cls, text: str, **more: Any) -> Text:
            """Make such words of *text*."""
            return Text.from_markup(text, **{**more, "overflow": "fold"})

    rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
    rich_utils.OPTIONS_PANEL_TITLE = "选项"
    rich_utils.COMMANDS_PANEL_TITLE = "命令"
    rich_utils.ERRORS_PANEL_TITLE = "出错"
    rich_utils.DEFAULT_STRING = "[默认：{}]"
    rich_utils.REQUIRED_LONG_STRING = "[必填]"
    rich_utils.RANGE_STRING = ""
    setattr(rich_utils, "Text", Folding)  # noqa: B010 - as below
    for one in (TyperArgument, TyperOption):
        setattr(one, "display_type_rich", _type)  # noqa: B010 - the library has no other place to say it


def _type(parameter: TyperArgument | TyperOption, ctx: Context) -> str | None:
    """What stands beside an option: what its value is; nothing for a flag, and for an argument, whose name says it."""
    said = parameter.metavar or parameter.display_type(ctx).strip("<>")
    return None if said == "bool" or isinstance(parameter, TyperArgument) else TYPES.get(said, said)


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
