"""What people decide, in Chinese: the names of the fields of a Correction.

Purpose: `field_name(field)`, for the log, for lists and for what is asked again.
Limits: which fields there are, and which values they take, pipeline/review knows; one that is not listed is shown as it is.
"""

from __future__ import annotations

import re

FIELDS = {
    "kind": "性质", "unit": "报送单位", "unit/outside": "报送单位（名册外）", "contact": "联系人",
    "category": "类别", "counted": "计入", "title": "名称", "date_start": "开始日期", "date_end": "结束日期",
    "place": "地点", "participants": "人数", "sessions": "场次", "materials": "资料份数", "also": "兼类", "media": "宣传媒体",
    "featured": "特色活动评分", "recommended": "推荐为特色活动", "relation": "与别件的关系",
}  # fmt: skip
"""Fields that people correct, in Chinese; one that is not listed is shown as it is."""


def field_name(field: str) -> str:
    """Say in Chinese which field of a filing is meant."""
    if activity := re.fullmatch(r"activity/(\d+)/(\w+)", field):
        what = "单位（代报）" if activity[2] == "unit" else FIELDS.get(activity[2], activity[2])
        return f"第 {activity[1]} 项活动的{what}"
    kind, _, rest = field.partition("/")
    if kind == "score":
        criterion, _, unit = rest.partition("/")
        return f"{unit} {criterion} 的得分"
    if kind == "joint":
        return f"“{'、'.join(rest.replace('.', ' 活动').split('+'))}”是否同一项"
    if kind == "question":
        return f"待核事项“{rest}”"
    return FIELDS.get(field, field)
