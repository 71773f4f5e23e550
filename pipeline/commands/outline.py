"""The list of all commands, as `shouwen --help` shows it, drawn without the libraries of the command line.

Purpose: `PANELS`, the commands in the order of their help, and `drawn()`. Whoever asks what there is waits for no library:
typer and rich take a quarter of a second to import and to draw, this takes some milliseconds.
Limits: the help of a single command is typer's, drawn by rich; this one looks like it, in black and white.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from unicodedata import east_asian_width

USAGE = "用法： shouwen [选项] 命令 …"
ABOUT = "收文：收取活动材料邮件，原样存档，逐件登记、读件、归类、评分，编成一份评价工作簿。"
EPILOG = "退出码：0 完成；2 用法有误；3 完成但有来件待人工；4 校验不符；69 连不上；75 稍后再试；78 设置有误。"
HELP = "显示这段说明后退出"
LEAST_COLUMNS = 40
"""Narrower terminals get lines that they break themselves."""


class Entry(NamedTuple):
    """One command, or a group of them: its name, the module that has it, and what the help says of it."""

    name: str
    family: str
    told: str


PANELS = {
    "准备": (
        Entry("init", "setting_up", "写一份带说明的设置文件（默认 ./shouwen.toml）。"),
        Entry(
            "check", "setting_up", "检查设置、规则、邮箱登录、磁盘、读件的隔离和转换程序；每一行都附办法。"
        ),
    ),
    "收件": (
        Entry("once", "taking_in", "收一次件，并办到没有待办为止。"),
        Entry("run", "taking_in", "守护运行：定时收件、办理，直到收到 SIGTERM 或 Ctrl-C。"),
        Entry("status", "operating", "现状：先说颜色，再逐项说事实和办法。"),
        Entry("daily", "operating", "日报：一段话，先说问题，再说收了多少、还差多少。"),
        Entry("held", "deciding", "列出待人工的来件和原因。"),
        Entry("release", "deciding", "放行一件待人工的来件：下次运行时重新办理。"),
        Entry("dismiss", "deciding", "把一件来文定为不予受理（原件仍保存）。"),
        Entry("links", "fetching", "待下载的材料：邮件里只给了链接的材料，快到期的在前；提取码照列。"),
        Entry(
            "attach",
            "fetching",
            "把人工取回的文件补入它那封来件：存进原件库，记入日志，下次办理时连同邮件一起重读。",
        ),
    ),
    "工作簿和复核": (
        Entry("compile", "delivering", "编出评价工作簿；标准输出只有它的路径。"),
        Entry("review", "reviewing", "复核：收回填好的工作簿，列出、撤销、签认人工决定。"),
    ),
    "文书、卷宗和报告": (
        Entry("papers", "papers", "文书：回执、补正单、催报。只写草稿；设置里打开以后才能寄出。"),
        Entry(
            "dossier",
            "drafting",
            "立卷：一个单位（或一类活动）一个文件夹，原件改用规范文件名，附卷内目录、对照表和摘要。",
        ),
        Entry(
            "report",
            "drafting",
            "起草汇总报告（Word 草稿）；每个数字都取自评价工作簿的单元格，文末有出处表。",
        ),
    ),
    "查看、核对和审计": (
        Entry("show", "looking", "细看一封邮件：每一步得出了什么，依据哪些字句。"),
        Entry("read", "looking", "读一个邮件或文档文件，但不收进来。"),
        Entry("trace", "auditing", "追溯：从来文到工作簿各格，或从工作簿一行回到原话和原件。"),
        Entry("log", "auditing", "收件日志：何时、何人、做了什么、依据什么（个人信息默认遮盖）。"),
        Entry("sample", "auditing", "抽查表：按种子抽出若干件，当场核对原件，编成一张表。"),
        Entry("verify", "looking", "重算全部摘要、日志链和封印；有任何不符即退出码 4。"),
        Entry("export", "delivering", "导出，供别的程序使用。"),
    ),
    "规则和学习": (
        Entry("rules", "teaching", "规则：核对一套的各张表，比较两套会有何不同。"),
        Entry(
            "learn",
            "learning",
            "由人工更正提出样例和单位别名的建议，说明采纳后全部来件有何不同；人采纳了才算数。",
        ),
        Entry("reprocess", "keeping", "按现有规则和程序重新办理，逐封说明有何不同；人工更正照旧有效。"),
    ),
    "备份": (
        Entry("backup", "keeping", "备份登记簿和原件（守护运行时也可以）；已有的完好原件不再抄。"),
        Entry(
            "restore",
            "keeping",
            "重算备份的每一个摘要，全部相符才恢复到空目录（从不覆盖）；恢复后再整个核对一遍。",
        ),
        Entry(
            "move",
            "moving",
            "把原件库、登记簿搬到另一种地方：逐件核对摘要，逐表核对行数和内容，到那边再整个核对一遍；原处不动。",
        ),
    ),
    "多台机器": (
        Entry(
            "cluster",
            "clustering",
            '别的机器帮着读件：调度，读件机（设置 executor = "dask:tls://主机:端口"）。',
        ),
    ),
}
"""The commands by what they are for. What is told stands here too, so that the list imports no command; a test holds it
against the commands themselves."""
ENTRIES = {entry.name: entry for entries in PANELS.values() for entry in entries}

_NAMED = max(map(len, ENTRIES))
_PIECES = re.compile(r"[!-~]+[，。；：、）]*|.[，。；：、）]*")
"""What is not broken: words of Latin letters and figures, and no line begins with such a sign."""


def drawn(columns: int) -> str:
    """Draw the help for a terminal of so many columns; a line break at its end."""
    width = max(columns, LEAST_COLUMNS)
    panels = {"选项": (("--help", HELP),)} | {
        panel: tuple((entry.name, entry.told) for entry in entries) for panel, entries in PANELS.items()
    }
    lines = ["", f" {USAGE}", ""]
    lines += [f" {line}" for line in _folded(ABOUT, width - 2)] + [""]
    for title, rows in panels.items():
        lines += _panel(title, rows, width)
    lines += ["", *(f" {line}" for line in _folded(EPILOG, width - 2)), ""]
    return "\n".join(lines) + "\n"


def _panel(title: str, rows: tuple[tuple[str, str], ...], width: int) -> Iterator[str]:
    yield f"╭─ {title} {'─' * (width - 5 - _columns(title))}╮"
    for name, told in rows:
        for number, line in enumerate(_folded(told, width - _NAMED - 6)):
            words = f" {'' if number else name:{_NAMED}}  {line}"
            yield f"│{words}{' ' * (width - 2 - _columns(words))}│"
    yield f"╰{'─' * (width - 2)}╯"


def _folded(text: str, width: int) -> list[str]:
    """Break *text* into lines of at most *width* columns, each without blanks at its ends."""
    lines = [""]
    for piece in _PIECES.findall(text):
        if lines[-1] and _columns(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


def _columns(text: str) -> int:
    """Columns that a terminal gives *text*: two a Chinese character or sign."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
