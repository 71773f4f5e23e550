"""联合活动 in the sheets: which rows are another unit's telling of one activity, so that totals count it once.

Limits: the unit's own figures (单位汇总, 评分明细) count it for each; only sums over all units do not.
"""

from __future__ import annotations

from collections.abc import Iterable

from outputs.words import UNKNOWN_UNIT
from pipeline.records import Filed, Joint

AGAIN = "联合"
"""计入 of a row that counts for its unit and not once more in the total."""


def joint_of(one: Filed, number: int) -> Joint | None:
    """The joint activity that activity *number* of the mail is a telling of, None where it is none for certain."""
    key = one.item.accession, number
    return next((found for found in one.joint if found.decided and key in found.members), None)


def again(one: Filed, number: int) -> bool:
    """Whether another telling of the activity stands in the totals."""
    found = joint_of(one, number)
    return found is not None and found.members[0] != (one.item.accession, number)


def remark(one: Filed, number: int) -> str:
    """What 备注 says of it, "" where it is no joint activity."""
    found = joint_of(one, number)
    if found is None:
        return ""
    key = one.item.accession, number
    others = "、".join(
        f"{unit}（{accession} 活动{place}）"
        for (accession, place), unit in zip(found.members, found.units, strict=True)
        if (accession, place) != key
    )
    total = "合计中计在对方" if again(one, number) else "合计中计在本行"
    return f"联合活动，与 {others} 是同一项，各单位都计，{total}（{found.words}）"


def undecided(filed: Iterable[Filed]) -> tuple[Joint, ...]:
    """The joint activities that a person must decide, each once."""
    found = dict.fromkeys(joint for one in filed for joint in one.joint if not joint.decided)
    return tuple(found)


def places(found: Joint) -> str:
    """Who reports it where, a line a telling."""
    return "\n".join(
        f"{accession} 活动{number}：{unit or UNKNOWN_UNIT}"
        for (accession, number), unit in zip(found.members, found.units, strict=True)
    )
