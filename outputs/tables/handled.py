"""What people have decided about questions of 待核事项: such a question stays, grey, at the foot, with who, when and what.

Purpose: `decisions` by the path of their row; `answered`, questions that are no longer asked because somebody answered.
Source: DESIGN.md, principle 9.
Limits: a decision about a unit or a category may have been made on another sheet; it is shown here and changed there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from outputs.tables.effect import Effect
from outputs.tables.question import Question
from outputs.tables.season import Season
from outputs.words import HANDLINGS, JOINT_DECISIONS, RELATION_DECISIONS, UNKNOWN_UNIT
from pipeline.beijing import BEIJING
from pipeline.evaluate import quoted
from pipeline.records import Correction
from pipeline.review import standing

MATTERS = {
    "unit": "单位待核",
    "category": "类别待核",
    "relation": "来件关系",
    "joint": "联合活动待核",
    "question": "其他事项",
}
DECIDED_ELSEWHERE = {"unit": "收件日志", "category": "活动明细"}
"""Where a fact that was in question is edited once it is decided."""
ELSEWHERE = "question/aside-"
"""Answers that stand on the sheet 不计入文字."""
_ACTIVITY = re.compile(r"activity/(\d+)/category")


def decisions(corrections: Sequence[Correction]) -> Mapping[str, Correction]:
    """Path of the row to the decision that counts; only of questions, and only where something was answered."""
    found: dict[str, Correction] = {}
    for one in standing(corrections):
        if path := _path(one):
            found[path] = one
    return {path: one for path, one in found.items() if one.new.strip()}


def _path(one: Correction) -> str:
    """Row id of the question that the correction answers, "" where it answers none."""
    if not one.accession:
        _, question, rest = one.field.partition("question/")
        what, _, unit = rest.partition("/")
        return f"unit/{unit}/question/{what}" if question and unit else ""
    field = "unit" if one.field == "unit/outside" else one.field
    return f"{one.accession}/{field}" if kind_of(f"{one.accession}/{field}") else ""


def kind_of(row: str) -> str:
    """Which kind of decision the row id is the path of: a key of MATTERS, "" if none."""
    rest = row.partition("/")[2]
    if rest.startswith(ELSEWHERE):
        return ""
    if row.startswith("unit/") or rest.startswith("question/"):
        return "question"
    if _ACTIVITY.fullmatch(rest):
        return "category"
    head = rest.partition("/")[0]
    return head if rest in ("unit", "relation") or head == "joint" else ""


def value(season: Season, row: str, decision: Correction) -> str:
    """What was decided, as the drop-down has it."""
    kind = kind_of(row)
    if kind == "category" and decision.new.isdigit():
        return season.categories.get(int(decision.new), decision.new)
    return {"relation": RELATION_DECISIONS, "joint": JOINT_DECISIONS}.get(kind, {}).get(
        decision.new, decision.new
    )


def signature(row: str, decision: Correction) -> str:
    """Who decided it when, and where it may be changed if not here."""
    at = decision.at.astimezone(BEIJING)
    elsewhere = DECIDED_ELSEWHERE.get(kind_of(row))
    return f"{decision.by} {at:%Y-%m-%d %H:%M} 已处理" + (f"；再改请到{elsewhere}" if elsewhere else "")


def answered(season: Season, made: Mapping[str, Correction], asked: frozenset[str]) -> Iterator[Question]:
    """A row for each decision whose question is not asked any more."""
    for row in made:
        if row not in asked:
            yield _answered(season, row)


def _answered(season: Season, row: str) -> Question:
    subject, _, rest = row.partition("/")
    kind = kind_of(row)
    one = season.mails.get(subject)
    unit = rest.partition("/question/")[0] if subject == "unit" else None
    if one is not None and one.filing is not None:
        unit = one.filing.identification.best
    about = ""
    if kind == "category":
        told = next((told for told in season.activities if f"{told.row}/category" == row), None)
        about = f"活动{quoted(told.judged.activity.title, 80)}属于哪一类" if told else "活动属于哪一类"
    elif kind == "relation":
        about = "本件是不是被替代的、重复的或撤回的"
    elif kind == "joint":
        about = f"是不是同一项活动：{rest.partition('/')[2].replace('+', '、')}"
    elif kind == "unit" and one is not None and one.filing is not None:
        about = f"邮件{quoted(one.filing.mail.subject, 80)}是哪个单位报的"
    choices = {
        "relation": tuple(RELATION_DECISIONS.values()),
        "joint": tuple(JOINT_DECISIONS.values()),
        "question": HANDLINGS[""],
    }
    return Question(
        row=row,
        accessions=() if subject == "unit" else (subject,),
        unit=unit or UNKNOWN_UNIT,
        matter=MATTERS[kind],
        detail=about or "已处理的事项，现在的材料里不再有这个问题",
        effect=Effect(said="已处理"),
        choices=choices.get(kind, ()),
    )
