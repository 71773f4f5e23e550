"""The last sheets: 字典, what the drop-downs offer and what words mean, and 标识, hidden, which workbook this is.

Purpose: `dictionary`, pure; `Identity` with `Identity.of`; `Long` for lists that are too long for their drop-down.
Source: rules/ for categories and units; words.py for the states.
Limits: both are written last, so what refers to them must know beforehand where everything stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import zip_longest
from typing import Any

from outputs.cells import clean
from outputs.custody import Custody
from outputs.grid import FIRST_COLUMN, FIRST_ROW
from outputs.offered import letter
from outputs.tables import Column, Edit, Form, Sheet
from outputs.tables.sheet import framed
from outputs.words import KINDS
from rules import Rules

DICTIONARY, IDENTITY = "字典", "标识"
YES_NO = ("是", "否")
CHOICES = "下拉候选"
SHEETS = {
    "说明": "口径、截止时间、版本、图例，以及从服务器到各表行数的对账",
    "报送进度": "每个单位一行：未来信、缺件、待核、齐全、逾期，缺什么",
    "未报送": "名册里还没有计入来件的单位",
    "单位汇总": "每个单位的活动、人数、各项得分和同类组内名次（建议）",
    "活动明细": "每项活动一行；黄色格可直接改",
    "分类统计": "各类别的活动数、人数等，附图",
    "评分明细": "每个单位每个评分项：机器分、复核分、最终分、依据",
    "敏感度": "权重上下浮动时名次变不变",
    "特色活动推荐": "逐项活动打分，供推荐特色活动",
    "宣传报道": "媒体、级别、标题、日期",
    "典型经验": "报告里的经验做法，原文",
    "意见建议": "报告里的意见建议，原文",
    "不计入文字": "计入的报告里没有算作活动的文字",
    "影像索引": "照片缩略图、日期、所属活动、重复使用情况",
    "材料清单": "每个附件及压缩包内文件：状态、原因、链接",
    "待下载链接": "只有链接的材料和剩余天数",
    "待核事项": "要人定的事，影响大的在前",
    "异常与隔离": "读不出、有风险、没有归档的来件",
    "联系人": "各单位联系人",
    "收件日志": "每封来件一行：何时收到、怎样办理",
    "字典": "下拉列表的内容和用语说明",
}
"""What each sheet is for."""
WORDS = {
    "—": "材料没有写明；数字 0 才表示零",
    "黄色格": "可以填写、修改，其余格锁定（没有密码）",
    "灰色字": "该行不计入合计和得分，备注写明原因",
    "待核": "机器定不下来，要人看；定之前按最低分计，最高分另列",
    "建议": "机器按规则算出，最终由人决定",
    "计入": "该来件或活动计入统计和评分",
    "联合": "几个单位报送的同一项活动，各自计分，合计只算一次",
    "代报": "一个单位的邮件里以另一个单位名义写的报告，计入那个单位",
    "已读": "文件的文字已全部读出",
    "部分读出": "只读出一部分，原因见同行",
    "待文字识别": "图片或扫描件，还没有识别出文字",
    "待补密码": "文件加了密码，要向单位问",
    "只有链接": "材料在网盘或超大附件里，要人工下载补入",
    "超过限度": "文件过大或嵌套过深，没有打开",
    "格式暂不能读": "没有能读这种格式的程序",
    "已损坏": "文件本身打不开",
    "无关文件": "签名图、系统文件等，不算材料",
    "待人工": "邮件没有自动归档，等人处理",
    "不予受理": "经人决定不受理的来件",
    "收文号": "年份加序号，一封邮件一个",
    "出处": "文件在邮件里的位置和第几块文字，块从 0 数",
}
"""What staff may ask the meaning of."""


def dictionary(rules: Rules, sheets: Sequence[Sheet]) -> tuple[Sheet, Mapping[Edit, str | list[str]]]:
    """Make the sheet 字典 and say where each list of the whole workbook stands on it."""
    ordered = sorted(rules.categories, key=lambda one: one.code or 99)
    names = [*(sheet.name for sheet in sheets), DICTIONARY]
    lists: dict[str, Sequence[str]] = {
        "类别": [f"{category.code} {category.short}" for category in ordered],
        "单位": [unit.name for unit in rules.units],
        "来件性质": list(KINDS.values()),
        "是否": YES_NO,
        "工作表": names,
        "工作表里有什么": [SHEETS.get(name, "") for name in names],
        "用语": list(WORDS),
        "含义": list(WORDS.values()),
    }
    widths = dict(zip(lists, (20, 34, 10, 7, 14, 44, 13, 46), strict=True))
    columns = (
        Column(header="序号", width=6, form=Form.CENTRE),
        *(Column(header=name, width=width) for name, width in widths.items()),
    )
    rows = [dict(zip(lists, values, strict=True)) for values in zip_longest(*lists.values(), fillvalue="")]
    frame = framed(columns, rows, [f"dictionary/{number}" for number in range(1, len(rows) + 1)])
    sheet = Sheet(name=DICTIONARY, title="下拉列表与用语", paper="A3", columns=columns, frame=frame, pinned=1)
    edits = {Edit.CATEGORY: "类别", Edit.UNIT: "单位", Edit.KIND: "来件性质", Edit.YES_NO: "是否"}
    places = {column.header: letter(n) for n, column in enumerate(columns, FIRST_COLUMN)}
    return sheet, {
        edit: _range(DICTIONARY, places[name], FIRST_ROW, len(lists[name])) for edit, name in edits.items()
    }


def _range(sheet: str, column: str, row: int, count: int) -> str:
    return f"={sheet}!${column}${row + 1}:${column}${row + max(1, count)}"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Which workbook this is. run: name of its folder. register: digest of the register's first event, "" before it.

    notice: Notice.id. rules: digest of the rules. head: number and digest of the last event that is counted.
    """

    run: str
    register: str
    notice: str
    rules: str
    head: str

    @classmethod
    def of(cls, run: str, rules: Rules, custody: Custody) -> Identity:
        """Of the run that counts what *custody* knows."""
        last = custody.head
        return cls(
            run=run,
            register=custody.origin,
            notice=rules.notice.id,
            rules=rules.digest,
            head=f"{last.number} {last.digest}" if last else "",
        )

    @classmethod
    def read(cls, rows: Sequence[Sequence[object]]) -> Identity | None:
        """Find it among the *rows* of the sheet 标识 as they were read back; None where they are not that."""
        said = {str(row[0]): str(row[1]) for row in rows if len(row) > 1}
        names = [one.name for one in fields(cls)]
        return cls(**{name: said[name] for name in names}) if all(name in said for name in names) else None


@dataclass(kw_only=True)
class Long:
    """Lists too long for their drop-down; they stand on 标识, one below the other."""

    values: list[str] = field(default_factory=list)
    places: dict[tuple[str, ...], str] = field(default_factory=dict)

    def place(self, offered: tuple[str, ...]) -> str:
        """Give the reference of the list, which stands there once however many rows offer it."""
        if offered not in self.places:
            self.places[offered] = _range(IDENTITY, "D", len(self.values) + 1, len(offered))
            self.values += offered
        return self.places[offered]


def identify(page: Any, identity: Identity, long: Long) -> None:
    """Write the hidden sheet 标识: names and values in the first two columns, long lists in the fourth."""
    said = [(one.name, getattr(identity, one.name)) for one in fields(identity)]
    for row, (line, choice) in enumerate(zip_longest((("项", "值"), *said), (CHOICES, *long.values))):
        for column, value in enumerate(line or ()):
            page.write_string(row, column, clean(value))
        if choice is not None:
            page.write_string(row, 3, clean(choice))
    page.hide()
    page.protect("")
