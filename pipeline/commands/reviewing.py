"""review: what people decided, listed, taken back and countersigned.

Purpose: open, ask the register, say it in Chinese; a decision that is taken back, or signed, is a new row and an event.
Source: principle 9 (people decide; a decision is a fact with who, when, why). Which decisions stand: pipeline/review.
Limits: decides nothing about a field itself; that comes from a reviewed workbook.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer

from pipeline import beijing
from pipeline.commands.chinese import ChineseCommand, ChineseGroup
from pipeline.commands.importing import import_
from pipeline.commands.options import By, DataDir, Json, Office, SettingsFile, Why, give, opened, say
from pipeline.errors import UsageError
from pipeline.records import Act, Correction, Filing

EXCERPT = 40
"""Characters of a value on a terminal; --json has all of them."""
Unit = Annotated[str, typer.Option("--unit", help="只列这个单位的（名称或其中几个字）", show_default=False)]
Everything = Annotated[bool, typer.Option("--all", help="连同已撤销的、已被取代的，以及撤销和签认本身")]
Number = Annotated[int, typer.Argument(help="决定的号，见 review list", metavar="号", show_default=False)]
Numbers = Annotated[
    list[int] | None, typer.Argument(help="决定的号，可写几个", metavar="号", show_default=False)
]
Pending = Annotated[bool, typer.Option("--all", help="签认全部待签的评分（自己定的除外）")]
GROUP = typer.Typer(
    cls=ChineseGroup, help="复核：收回填好的工作簿，列出、撤销、签认人工决定。", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add this family's commands to *app*."""
    GROUP.callback()(_alone)
    GROUP.command("import", cls=ChineseCommand)(import_)
    GROUP.command("list", cls=ChineseCommand)(list_)
    GROUP.command("undo", cls=ChineseCommand)(undo)
    GROUP.command("sign", cls=ChineseCommand)(sign)
    app.add_typer(GROUP, name="review")


def _alone() -> None:
    """复核：收回填好的工作簿，列出、撤销、签认人工决定。"""


def list_(
    unit: Unit = "",
    everything: Everything = False,
    settings: SettingsFile = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """列出人工决定：号、时间、经办、改了什么、理由、是否已撤或待签。

    例：shouwen review list --unit 万州
    """
    with opened(settings, data_dir) as office:
        found = listed(office.existing(), unit=unit, everything=everything)
        named = _named(office)
    for one in found:
        give(msgspec.json.encode(_told(one)).decode() if as_json else _line(one, named))
    due = sum(one.state == "待签" for one in found)
    say(
        f"人工决定 {len(found)} 项" + (f"，其中待签 {due} 项；签认用 review sign 号 --by 姓名" if due else "")
    )


def undo(number: Number, by: By, why: Why, settings: SettingsFile = None, data_dir: DataDir = None) -> None:
    """撤销一项人工决定：之前的一项（没有就是机器所判）重新有效；撤销本身也记入日志。

    例：shouwen review undo 12 --by 王芳 --why 看错了行
    """
    with opened(settings, data_dir) as office:
        row = _about(Act.UNDO, number, by, why)
        undone = office.existing().register.correct(row)
    say(f"第 {number} 号已撤销（{_where(undone)} {_field(undone)}）；下次编制工作簿时生效")


def sign(
    by: By,
    numbers: Numbers = None,
    pending: Pending = False,
    settings: SettingsFile = None,
    data_dir: DataDir = None,
) -> None:
    """签认评分的决定：复核人须不是经办人（设置 review.second_signature 为 true 时，签认后才计入）。

    例：shouwen review sign 12 13 --by 李敏，或 shouwen review sign --all --by 李敏
    """
    if bool(numbers) == pending:
        raise UsageError("写要签认的号，或者写 --all（两样取一样）；待签的见 shouwen review list")
    with opened(settings, data_dir) as office:
        register = office.existing().register
        chosen = numbers or _pending(register.corrections(), by)
        signed = register.correct_all([_about(Act.SIGN, number, by, "复核无误") for number in chosen])
    for one in signed:
        give(f"第 {one.about} 号已签认：{_field(one)} {one.new}")
    say(f"签认 {len(signed)} 项" + ("" if signed else "；没有待签的，或待签的都是自己定的"))


# ---------------------------------------------------------------- what is listed


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One row of the list. unit: whom it is about. activity: its title, "" if it is about none or it is gone.

    state: Chinese, "" where it simply counts.
    """

    correction: Correction
    unit: str
    activity: str
    state: str


def listed(office: Office, *, unit: str = "", everything: bool = False) -> tuple[Listed, ...]:
    """The decisions in their order, each with whom it is about and how it stands.

    unit: only those about units whose name holds it. everything: also what does not stand, what undoes and what signs.
    """
    from pipeline.review import apply

    corrections = office.register.corrections()
    filings = {name: office.register.filing(name) for name in {one.accession for one in corrections}}
    decided = {
        name: apply(filing, [one for one in corrections if one.accession == name])
        for name, filing in filings.items()
        if filing is not None
    }
    states = dict(_states(corrections, signature_due=office.settings.review.second_signature))
    rows = (_row(one, decided.get(one.accession), states[one.number]) for one in corrections)
    return tuple(
        one for one in rows if unit in one.unit and (everything or _stands(one.correction, one.state))
    )


def _row(one: Correction, filing: Filing | None, state: str) -> Listed:
    from pipeline.review import place

    where = place(filing, one) if filing is not None else None
    title = filing.activities[where.index].activity.title if filing is not None and where is not None else ""
    best = filing.identification.best if filing is not None else ""
    unit = (best or "") if one.accession else one.field.split("/", 2)[-1]
    return Listed(correction=one, unit=unit, activity=title, state=state)


def _stands(one: Correction, state: str) -> bool:
    return one.act is Act.DECIDE and not state.startswith(("已撤", "已被"))


def _states(corrections: Sequence[Correction], *, signature_due: bool) -> Iterator[tuple[int, str]]:
    from pipeline.review import latest, signed

    undone = {one.about: one for one in corrections if one.act is Act.UNDO}
    last, signatures = latest(corrections), signed(corrections)
    for one in corrections:
        newer = last.get((one.accession, one.field), one)
        if one.number in undone:
            yield one.number, f"已撤（{undone[one.number].by}，第 {undone[one.number].number} 号）"
        elif one.act is not Act.DECIDE:
            yield one.number, ""
        elif newer.number != one.number:
            yield one.number, f"已被第 {newer.number} 号取代"
        elif one.number in signatures:
            yield one.number, f"已签（{signatures[one.number].by}）"
        else:
            yield one.number, "待签" if signature_due and one.field.startswith("score/") and one.new else ""


def _pending(corrections: Sequence[Correction], by: str) -> list[int]:
    """The scores that wait for a signature, but for those that *by* decided."""
    from pipeline.review import latest, signed

    signatures = signed(corrections)
    return sorted(
        one.number
        for one in latest(corrections).values()
        if one.field.startswith("score/") and one.new and one.number not in signatures
        if "".join(one.by.split()) != "".join(by.split())
    )


def _about(act: Act, number: int, by: str, why: str) -> Correction:
    """A row that undoes or signs; the register knows what it is about."""
    at = datetime.now(UTC)
    return Correction(accession="", field="", old="", new="", by=by, why=why, at=at, act=act, about=number)


# ---------------------------------------------------------------- how it is said


def _told(one: Listed) -> dict[str, object]:
    whole = asdict(one.correction)
    what = _what(one.correction)
    return {**whole, "what": what, "unit": one.unit, "activity": one.activity, "state": one.state}


def _line(one: Listed, named: Mapping[str, Mapping[str, str]]) -> str:
    row = one.correction
    name = "joint" if row.field.startswith("joint/") else row.field.rpartition("/")[2]
    values = named.get(name, {}) if row.accession else {}
    old, new = (_short(values.get(text, text)) for text in (row.old, row.new))
    after = "机器所判" if row.act is Act.UNDO and not row.new else new
    turned = new if row.act is Act.SIGN else f"{old} → {after}"
    where = f"{_where(row)} {one.unit}" if row.accession else "单位"
    where += f" “{_short(one.activity).replace('“', '‘').replace('”', '’')}”" if one.activity else ""
    workbook = f"；工作簿 {row.workbook[:12]}" if row.workbook else ""
    state = f"  [{one.state}]" if one.state else ""
    return f"{row.number:>4}  {beijing.second(row.at)}  {row.by}  {where}  {_what(row)}：{turned}（{row.why}{workbook}）{state}"


def _what(row: Correction) -> str:
    verb = {Act.UNDO: f"撤销第 {row.about} 号：", Act.SIGN: f"签认第 {row.about} 号："}.get(row.act, "")
    return f"{verb}{_field(row)}"


def _field(row: Correction) -> str:
    from pipeline.register.outcomes import field_name

    return field_name(row.field)


def _where(row: Correction) -> str:
    return row.accession or "单位"


def _named(office: Office) -> Mapping[str, Mapping[str, str]]:
    """How values of a field are called: field to value to its Chinese name."""
    from outputs.words import KINDS

    said = {"yes": "是", "no": "否"}
    return {
        "category": {str(one.code): f"{one.code} {one.short}" for one in office.notice.categories},
        "kind": {kind.value: name for kind, name in KINDS.items()},
        "counted": said,
        "recommended": said,
        "joint": said,
        "relation": {"accept": "照机器所判", "independent": "独立计入"},
    }


def _short(text: str) -> str:
    line = " ".join(text.split()) or "—"
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "…"
