"""log, trace, sample: what an auditor asks.

Purpose: `log` is the intake log; `trace` leads from a mail to every row it touched and from a row back to the octets;
`sample` draws mails that anybody can draw again. `export log` stands with the other exports.
Limits: personal data is masked in log and sample unless a named person asks for `--full`; trace shows what the workbook does.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.beijing import BEIJING
from pipeline.commands.chinese import ChineseCommand
from pipeline.commands.options import DataDir, Json, Office, SettingsFile, give, opened, say
from pipeline.commands.revealing import Full, Viewer, allow

if TYPE_CHECKING:
    from outputs.audit.touched import Workbook

Id = Annotated[
    str,
    typer.Argument(
        help="收文号，如 2024-00031；或工作簿隐藏首列的行号，如 2024-00031/activity/1",
        metavar="收文号或行号",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add this family's commands to *app*."""
    app.command("log", cls=ChineseCommand)(log)
    app.command("trace", cls=ChineseCommand)(trace)
    app.command("sample", cls=ChineseCommand)(sample)


def log(  # noqa: PLR0913 - each filter is an option of its own
    *,
    settings: SettingsFile = None,
    data_dir: DataDir = None,
    accession: Annotated[str, typer.Option("--accession", help="只看这个收文号", show_default=False)] = "",
    action: Annotated[
        str, typer.Option("--action", help="只看这种动作，如 capture、file、hold", show_default=False)
    ] = "",
    since: Annotated[
        datetime | None, typer.Option("--since", help="从这时起（北京时间）", show_default=False)
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--until", help="到这时止（北京时间）", show_default=False)
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="输出 CSV（Excel、WPS 可直接打开）")] = False,
    as_json: Json = False,
    full: Full = False,
    by: Viewer = "",
) -> None:
    """收件日志：何时、何人、做了什么、依据什么（个人信息默认遮盖）。"""
    from outputs.audit import intakelog, masking

    with opened(settings, data_dir) as office:
        allow(office.existing(), "log", full=full, by=by)
        events = office.existing().register.events(
            accession=accession or None,
            action=action or None,
            since=since.replace(tzinfo=BEIJING) if since else None,
            until=until.replace(tzinfo=BEIJING) if until else None,
        )
        write = intakelog.csv if csv else intakelog.jsonl if as_json else intakelog.plain
        names = masking.persons(office.existing().register.events())
        for line in write(events if full else (masking.event(event, names) for event in events)):
            give(line)


def trace(id_: Id, settings: SettingsFile = None, data_dir: DataDir = None, as_json: Json = False) -> None:
    """追溯：从来文到工作簿各格，或从工作簿一行回到原话和原件。"""
    import msgspec

    from outputs.audit.trace import trace as find
    from pipeline.commands import tracing

    with opened(settings, data_dir) as office:
        traced = find(id_.strip(), _workbook(office.existing()))
    if as_json:
        give(msgspec.json.encode(traced).decode())
        return
    for line in tracing.lines(traced):
        give(line)


def sample(  # noqa: PLR0913 - options of one command
    *,
    n: Annotated[int, typer.Option("--n", help="抽多少件", min=1)] = 25,
    seed: Annotated[
        int, typer.Option("--seed", help="抽样种子（整数）：同一种子抽出同样的件", show_default=False)
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="写到哪个 xlsx 文件；默认在数据目录的 samples 里", show_default=False),
    ] = None,
    full: Full = False,
    by: Viewer = "",
    settings: SettingsFile = None,
    data_dir: DataDir = None,
) -> None:
    """抽查表：按种子抽出若干件，当场核对原件，编成一张表。

    标准输出只有它的路径。
    """
    from outputs.audit import sample as sampling
    from outputs.audit.masking import persons
    from pipeline.commands.compiling import folded

    with opened(settings, data_dir) as office:
        allow(office.existing(), f"sample n={n} seed={seed}", full=full, by=by)
        register = office.existing().register
        number, digest = register.head()
        drawn = sampling.draw(
            folded(office, final=True), sampling.Lot(n=n, seed=seed, head=f"{number} {digest}")
        )
        checked = {one.item.sha256: office.archive.check(one.item.sha256).value for one in drawn.mails}
        target = out or office.data_dir / "samples" / sampling.name(drawn)
        names = persons(register.events())
        sampling.write(drawn, checked, office.rules, full=full, target=target, names=names)
    bad = sum(state != "intact" for state in checked.values())
    say(
        f"从 {drawn.population} 件来文抽出 {len(drawn.mails)} 件，原件"
        + (f" {bad} 件不符" if bad else "全部相符")
    )
    give(str(target))
    raise typer.Exit(4 if bad else 0)


def _workbook(office: Office) -> Workbook:
    """What the workbook would be made of now."""
    from outputs.audit.touched import Workbook
    from pipeline import release
    from pipeline.commands.compiling import seen

    now = seen(office)
    return Workbook.of(
        now.filed,
        now.evaluations,
        office.rules,
        now.custody,
        events=office.register.events(),
        release=release(),
    )
