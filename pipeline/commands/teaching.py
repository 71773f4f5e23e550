"""rules check, rules diff: what the tables hold, and what other rules would change, before anyone takes them.

Purpose: open, call `rules.checking` and `pipeline.keeping`, say what came of it in Chinese.
Limits: writes nothing; runs beside the daemon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pipeline.commands import rulings
from pipeline.commands.chinese import ChineseCommand, ChineseGroup
from pipeline.commands.options import DataDir, Json, Office, SettingsFile, give, opened, say
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.keeping.comparing import Comparing
    from pipeline.keeping.moves import Move
    from rules import Rules

Old = Annotated[
    Path, typer.Argument(help="规则目录：比较的一方，如改动前的", metavar="旧规则", show_default=False)
]
New = Annotated[
    Path | None,
    typer.Argument(help="规则目录：比较的另一方；不写即设置所用的", metavar="新规则", show_default=False),
]
Folder = Annotated[
    Path | None,
    typer.Argument(help="规则目录；不写即设置所用的", metavar="规则目录", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Add this family's commands to *app*."""
    group = typer.Typer(
        cls=ChineseGroup, help="规则：核对一套的各张表，比较两套会有何不同。", no_args_is_help=True
    )
    group.callback()(_alone)
    group.command("check", cls=ChineseCommand)(check)
    group.command("diff", cls=ChineseCommand)(diff)
    app.add_typer(group, name="rules")


def _alone() -> None:
    """规则：核对一套的各张表，比较两套会有何不同。"""


def check(
    folder: Folder = None, settings: SettingsFile = None, data_dir: DataDir = None, as_json: Json = False
) -> None:
    """核对一套规则的各张表，说明里面有什么、哪些地方可能写错；改了数字以后先核对，有误退出码 78。"""
    import rules
    from pipeline.commands.checking import lines
    from rules.checking import warnings

    with opened(settings, data_dir) as office:
        read = folder or office.settings.rules
        _there(read)
        found = rules.load(read)
        doubts = warnings(found)
    if as_json:
        told = {"folder": str(read), "digest": found.digest, "scoring": found.scoring, "warnings": doubts}
        give(msgspec.json.encode(told).decode())
    else:
        for line in (*lines(found), "", *(f"提醒　　{doubt}" for doubt in doubts)):
            give(line)
    say(
        f"规则目录 {read} 没有错误，{f'有 {len(doubts)} 条提醒' if doubts else '也没有要提醒的'}；什么也没有写"
    )


def _there(folder: Path) -> None:
    if not folder.is_dir():
        raise UsageError(f"没有规则目录 {folder}；写放着 categories.toml、units.csv 等表的那个目录")


def diff(
    old: Old,
    new: New = None,
    settings: SettingsFile = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """两套规则各判一遍全部来件：逐件说明有何不同、为什么，再说哪些单位的总分和名次有变、因哪几项；什么也不写。"""
    from pipeline.keeping.comparing import Comparing, summary
    from pipeline.keeping.reasons import tables_changed, unjudged_changed

    for folder in (old, new or old):
        _there(folder)
    with opened(settings, data_dir) as office, progress("比较") as moved:
        office.existing()
        before, after = _rules(office, old), _rules(office, new or office.settings.rules)
        comparing = Comparing(register=office.register, old=before, progress=moved)
        compared = tuple(comparing.changes(after))
        moves = _moves(office, comparing, (before, after))
    counts = summary(compared)
    judged, others = tables_changed(before, after), unjudged_changed(before, after)
    for one in compared:
        if as_json and (one.changes or not one.read):
            give(msgspec.json.encode(one).decode())
        elif not as_json:
            for line in rulings.lines(one):
                give(line)
    if as_json:
        told = {"summary": counts, "tables": (*judged, *others), "moves": moves}
        give(msgspec.json.encode(told).decode())
    else:
        names = _names(before) | _names(after)
        for line in (line for move in moves for line in rulings.moved(move, names)):
            give(line)
    say(rulings.tables(judged, others))
    say(f"{rulings.counted(counts)}；{rulings.moving(moves)}；什么也没有写")


def _moves(office: Office, comparing: Comparing, sides: tuple[Rules, Rules]) -> tuple[Move, ...]:
    """Who moves, with all that people decided on both sides."""
    from pipeline.keeping.moves import moves
    from pipeline.season import scored

    corrections, due = office.register.corrections(), office.settings.review.second_signature
    before, after = (
        scored(filed, corrections, rules, signature_due=due)[1]
        for filed, rules in zip(comparing.filed(), sides, strict=True)
    )
    return moves(before, after)


def _names(rules: Rules) -> dict[str, str]:
    from pipeline.evaluate.decided import OFF

    return {one.id: f"{one.id} {one.name}" for one in rules.scoring.criteria} | OFF


def _rules(office: Office, folder: Path) -> Rules:
    """The rules of *folder* with what this office was taught, so that only the folders differ."""
    import rules

    return rules.load(folder, learned=office.learned)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function (done, of) that moves a bar on stderr; silent where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
