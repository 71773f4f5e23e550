"""Lists of activities and forms of one activity are told apart by their labels."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import rules
from pipeline.figures import figures
from pipeline.folding import folded
from pipeline.records import Block, Document, Mail, Reading, Segments, Style
from pipeline.segment import segment

NOTICE = rules.load().notice
Rows = tuple[tuple[str, ...], ...]


def table(*rows: tuple[str, ...]) -> Block:
    return Block(style=Style.TABLE, text="\n".join("\t".join(row) for row in rows), rows=rows)


def divided(*blocks: Block) -> Segments:
    document = Document(part="2/台账.xlsx", blocks=blocks)
    written = Reading(
        sha256="0" * 64, version=1, abilities=(), mails=(Mail(),), parts=(), documents=(document,)
    )
    return segment(folded(written).reading, NOTICE)


def titles(found: Segments) -> list[str]:
    return [one.title for one in found.activities]


@pytest.mark.parametrize("said", ["未开展", "待定", "报名中", "因高温取消", "预计80人", "改期"])
def test_a_row_that_is_still_to_come_is_set_aside_as_a_plan(said: str) -> None:
    found = divided(
        table(
            ("日期", "事项", "参与", "完成情况"),
            ("5.12", "科普讲座", "120人", "已完成"),
            ("6.25", "夏令营", "80人", said),
            ("总计", "2项", "200人", ""),
        )
    )

    assert titles(found) == ["科普讲座"]
    assert [one.reason for one in found.set_aside] == ["计划", "合计"]


def test_the_header_of_a_list_may_stand_below_its_title_and_its_unit() -> None:
    found = divided(
        table(
            ("2024年科技工作者日活动统计表", "", ""),
            ("填报单位：某学会", "", ""),
            ("活动", "时间", "人数"),
            ("学术年会", "6月1日", "300"),
        )
    )

    assert titles(found) == ["学术年会"]


def test_rows_under_a_heading_of_plans_are_plans() -> None:
    heading = Block(style=Style.HEADING, text="二、拟开展的活动", level=1)
    found = divided(heading, table(("序号", "活动", "时间", "人数"), ("1", "夏令营", "7月8日", "40")))

    assert found.activities == ()
    assert [one.reason for one in found.set_aside] == ["计划"]


@pytest.mark.parametrize(
    "rows",
    [
        (("序号", "媒体", "标题", "日期"), ("1", "重庆日报", "科技工作者的节日", "5月31日")),
        (("序号", "姓名", "单位", "职称"), ("1", "张三", "某医院", "主任医师")),
        (("序号", "媒体", "活动", "链接"), ("1", "上游新闻", "人物报道", "https://a.example/1")),
    ],
)
def test_a_list_of_media_or_people_holds_no_activities(rows: Rows) -> None:
    assert divided(table(*rows)).activities == ()


def test_a_form_is_one_activity_and_its_passages_are_found() -> None:
    found = divided(
        table(
            ("单位", "某公司科协"),
            ("活动名称", "青年工程师沙龙"),
            ("活动时间", "5月20日下午"),
            ("活动地点", "技术中心三楼"),
            ("活动内容", "交流数字孪生应用，5人发言"),
            ("经验做法", "小范围、深交流"),
            ("意见建议", "希望多推荐高校专家"),
            ("下一步计划", "拟每季度一期"),
        )
    )

    assert titles(found) == ["青年工程师沙龙"]
    assert "交流数字孪生应用，5人发言" in found.activities[0].text
    assert [one.text for one in found.highlights] == ["小范围、深交流"]
    assert [one.text for one in found.suggestions] == ["希望多推荐高校专家"]
    assert [(one.text, one.reason) for one in found.set_aside] == [("拟每季度一期", "计划")]


def test_what_is_told_below_a_form_is_its_activity() -> None:
    found = divided(
        table(("名称", "班前十分钟"), ("起止时间", "5月13日至6月7日"), ("地点", "车间班前会场地")),
        Block(style=Style.HEADING, text="怎么开展", level=1),
        Block(
            style=Style.PARAGRAPH, text="每天挑一个班组，由工艺员领着读一段讲话，再请一名同志谈岗位上怎么做。"
        ),
    )

    assert titles(found) == ["班前十分钟"]
    assert [span.block for span in found.activities[0].spans] == [1, 2]


def test_a_table_of_what_was_told_dates_its_tellings_and_tells_nothing_twice() -> None:
    found = divided(
        Block(style=Style.HEADING, text="（一）“薪火”宣讲", level=1),
        Block(style=Style.PARAGRAPH, text="请六位老同志讲川维建设史，走进三所中学，师生听得入神。"),
        Block(style=Style.HEADING, text="（二）“暖心”行动", level=1),
        Block(style=Style.PARAGRAPH, text="给夜班工程师送去防暑用品，走访困难科技人员9名。"),
        Block(style=Style.HEADING, text="三、下一步打算", level=1),
        Block(style=Style.PARAGRAPH, text="附：活动一览表"),
        table(
            ("活动名称", "日期", "地点", "人数"),
            ("“薪火”宣讲", "5月10日", "三所中学", "900"),
            ("“暖心”行动", "5月29日", "各车间", "9"),
            ("院坝电影", "5月30日", "职工活动中心", "210"),
        ),
    )

    assert [[span.block for span in one.spans] for one in found.activities] == [[0, 1, 6], [2, 3, 6], [6]]
    assert titles(found) == ["“薪火”宣讲", "“暖心”行动", "院坝电影"]


def test_a_table_of_other_activities_is_told_beside_the_sections() -> None:
    found = divided(
        Block(style=Style.HEADING, text="一、主题宣讲", level=1),
        Block(style=Style.PARAGRAPH, text="5月10日，请老工程师在学校礼堂讲修水库的往事，320人听讲。"),
        Block(style=Style.HEADING, text="二、其他活动", level=1),
        table(
            ("活动名称", "日期", "人数"),
            ("骨干体检", "5月12日", "44"),
            ("果树管护", "5月20日", "60"),
            ("论文沙龙", "5月24日", "31"),
        ),
    )

    assert len(found.activities) == 4


@pytest.mark.parametrize(
    "row", [("参观（拟）", "6月下旬", "60"), ("参观", "6.28", "60（预计）"), ("参观", "6.28", "等学校回话")]
)
def test_a_remark_in_brackets_or_a_wait_makes_a_row_a_plan(row: tuple[str, ...]) -> None:
    found = divided(table(("活动名称", "日期", "人数"), ("义诊", "5月12日", "44（含家属）"), row))

    assert titles(found) == ["义诊"]


def test_the_row_of_a_told_activity_gives_its_day_and_its_people() -> None:
    blocks = (
        Block(style=Style.HEADING, text="（一）一堂专题课", level=1),
        Block(style=Style.PARAGRAPH, text="邀请党校专家授课，课后分6个小组研讨。"),
        table(("活动名称", "日期", "地点", "人数"), ("专题课", "6月4日", "政务中心5楼", "38")),
    )
    document = Document(part="2/台账.xlsx", blocks=blocks)
    (one,) = divided(*blocks).activities
    told = figures(one, (document,), received=datetime(2024, 6, 20, tzinfo=UTC), year=2024)

    assert told.date_start is not None and told.date_start.value.isoformat() == "2024-06-04"
    assert told.participants is not None and told.participants.value == 38
