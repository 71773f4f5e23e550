"""What the log says of a reading and a filing: counts and names of the roster, never a word of the mail.

Purpose: one Chinese line each for unpack, identify, classify and file; where an earlier filing stood, what became other.
Source: records-management words of DA/T 97-2023.
Limits: a unit outside the roster is not named here, for its name is the mail's own; the filing has it.
"""

from __future__ import annotations

from collections import Counter

from pipeline.records import Act, Correction, Filing, Kind, Reading, Status
from pipeline.records.fields import field_name

__all__ = ["abilities", "classified", "field_name", "filed", "identified", "said", "turned", "unpacked"]

KINDS = {Kind.SUBMISSION: "报送", Kind.CORRECTION: "更正", Kind.SUPPLEMENT: "补报", Kind.OTHER: "非报送"}


def unpacked(reading: Reading) -> str:
    """Say how many parts there are and how many could not be read whole."""
    short = sum(part.status not in (Status.OK, Status.NOISE) for part in reading.parts)
    return f"读出 {len(reading.parts)} 个部件" + (f"，其中 {short} 个没有读全" if short else "")


def abilities(reading: Reading) -> str:
    """Say with which programs it was read."""
    return f"读件版本 {reading.version}，可用程序：{'、'.join(reading.abilities) or '无'}"


def identified(filing: Filing, before: Filing | None) -> str:
    """Say which unit it is from."""
    return _turned(_unit(before) if before else None, _unit(filing))


def classified(filing: Filing, before: Filing | None) -> str:
    """Say how many activities fell into which category."""
    return _turned(_categories(before) if before else None, _categories(filing))


def filed(filing: Filing, before: Filing | None) -> str:
    """Say as what it was filed."""
    activities = f"，活动 {len(filing.activities)} 项" if filing.activities else ""
    problems = f"，{len(filing.problems)} 个问题待看" if filing.problems else ""
    return f"{'重新' if before else ''}归档为{KINDS[filing.kind]}{activities}{problems}"


def said(correction: Correction) -> str:
    """Say which field a person decided, or what about an earlier decision, and why."""
    what = field_name(correction.field)
    if correction.act is Act.UNDO:
        return f"撤销第 {correction.about} 号决定（{what}）：{correction.why}"
    if correction.act is Act.SIGN:
        return f"签认第 {correction.about} 号决定（{what}）：{correction.why}"
    return f"更正{what}：{correction.why}"


def turned(correction: Correction) -> str:
    """Say from what to what a person corrected; who is to be called stands in the table of corrections alone."""
    if correction.field == "contact":
        return "原值和新值是联系人，见更正表"
    if correction.act is Act.UNDO:
        return f"撤销了“{correction.old}”" + (f"，现为“{correction.new}”" if correction.new else "")
    if correction.act is Act.SIGN:
        return f"签认了“{correction.new}”"
    return f"原为“{correction.old}”，改为“{correction.new}”"


def _unit(filing: Filing) -> str:
    found = filing.identification
    if found.best is None:
        return "单位不明"
    name = found.best if found.in_roster else "名册外单位"
    return f"单位：{name}" + ("" if found.decided else f"（待核，候选 {len(found.candidates)} 个）")


def _categories(filing: Filing) -> str:
    if not filing.activities:
        return "没有活动"
    codes = Counter(judged.classification.code for judged in filing.activities)
    undecided = sum(not judged.classification.decided for judged in filing.activities)
    told = "、".join(f"类别 {code}：{number} 项" for code, number in sorted(codes.items()))
    return told + (f"；其中待核 {undecided} 项" if undecided else "")


def _turned(before: str | None, now: str) -> str:
    return now if before in (None, now) else f"{now}（原为：{before}）"
