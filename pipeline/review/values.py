"""What stands now for a field, as the text that a decision about it would hold.

Purpose: `value(filing, field)` for `Correction.old` and for cells; `noted(correction, filing)` for what the machine said.
Limits: what no filing holds (relation, joint, question, score) is "".
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.records import Activity, Correction, Filing, Judged
from pipeline.review.fields import ACTIVITY, NO, PARSERS, YES
from pipeline.review.places import place

NOTHING = "—"
"""`Correction.machine` where the machine found nothing stated."""


def value(filing: Filing | None, field: str) -> str:
    """What *filing* says of the field; "" where it says nothing, has no such activity, or there is no filing."""
    if filing is None:
        return ""
    numbered = ACTIVITY.fullmatch(field)
    if numbered is not None:
        number = int(numbered[1])
        judged = filing.activities[number - 1] if number <= len(filing.activities) else None
        return of_activity(judged, numbered[2]) if judged is not None else ""
    if field == "kind":
        return filing.kind.value
    if field in ("unit", "unit/outside"):
        return filing.identification.best or ""
    if field == "contact" and filing.contact is not None:
        return f"{filing.contact.name} {filing.contact.phone}"
    return ""


def noted(correction: Correction, filing: Filing | None) -> Correction:
    """*correction* with what the machine says of its field, and with the anchor of its activity unless it has one.

    Args:
        filing: of the mail as the machine judged it, without any decision; it is looked for there by the anchor.
    """
    if filing is None:
        return correction
    numbered = ACTIVITY.fullmatch(correction.field)
    if numbered is None:
        plain = correction.field in ("kind", "unit", "unit/outside", "contact")
        return (
            replace(correction, machine=value(filing, correction.field) or NOTHING) if plain else correction
        )
    where = place(filing, correction)
    if where is None:
        return correction
    judged = filing.activities[where.index]
    said = of_activity(judged, numbered[2]) or NOTHING
    return replace(correction, machine=said, anchor=correction.anchor or judged.activity.anchor)


def of_activity(judged: Judged, name: str) -> str:
    """What an activity is judged to be, as text."""
    said = {True: YES, False: NO, None: ""}
    beside = {
        "category": str(judged.classification.code),
        "also": ",".join(map(str, judged.classification.also)),
        "unit": judged.unit or "",
        "counted": said[judged.counted],
        "featured": "" if judged.featured is None else f"{judged.featured:g}",
        "recommended": said[judged.recommended],
    }
    return beside[name] if name in beside else _stated(judged.activity, name)


def _stated(activity: Activity, name: str) -> str:
    if name == "title":
        return activity.title
    if name == "media":
        return "、".join(one.value for one in activity.media)
    stated = getattr(activity, name) if name in PARSERS else None
    return "" if stated is None else str(stated.value)
