"""The sheets that list, from 说明 to 收件日志: what stands on them, where it leads, what is edited there; and the words of 字典."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from outputs import words
from outputs.tables import Sheet
from outputs.tables.contents import CONTENTS
from outputs.tables.featured import MOST
from outputs.tables.glossary import GLOSSARY
from outputs.tables.passages import THEMES, theme
from outputs.tables.press import day, title
from outputs.tables.sheet import Column, Edit, decided
from pipeline.evaluate.featured import featured
from pipeline.records import (
    Behalf,
    Code,
    Contact,
    Depiction,
    Filed,
    Kind,
    Link,
    Mail,
    Picture,
    Problem,
    Recording,
    Relation,
    Reuse,
    Scope,
    State,
    Status,
    Use,
)
from rules import Rules
from tests.season import (
    BANAN,
    BUREAU,
    JIANGJIN,
    SOCIETY,
    YUBEI,
    activity,
    at,
    filing,
    item,
    part,
    passage,
    season,
    small_rules,
)
from tests.tabled import by_id, rows, sheets


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


@pytest.fixture(scope="module")
def made(rules: Rules) -> dict[str, Sheet]:
    return sheets(season(), rules)


def column(sheet: Sheet, header: str) -> Column:
    return next(one for one in sheet.columns if one.header == header)


def mail(number: int, unit: str | None = YUBEI, **traits: Any) -> Filed:
    """Mail *number* of *unit* with one activity, unless *traits* say otherwise."""
    state = traits.pop("state", State.FILED)
    relation = traits.pop("relation", None)
    text = traits.pop("text", "5月28日，举办讲座，80人参加。")
    told = traits.pop("activities", (activity("讲座", text, 5, on=date(2024, 5, 28)),))
    made = filing(unit, told, **traits)
    return Filed(item=item(number, at(12), state, "读件超时"), filing=made, relation=relation)


# ---------------------------------------------------------------- 说明


def test_the_cover_leads_to_every_sheet(made: dict[str, Sheet]) -> None:
    cover = made["说明"]
    listed = [name for name, _, _ in CONTENTS]
    led = {target for (_, header), target in cover.links.items() if header == "项目"}

    assert [name for name in listed if name in made] == list(made), "in the order of the workbook"
    assert led == {f"#'{name}'!A1" for name in listed if name != "说明"}
    for (row, _), target in cover.links.items():
        assert f"#'{by_id(cover)[row]['项目']}'!A1" == target


def test_the_cover_counts_every_unit_of_the_roster_once_by_its_state(
    rules: Rules, made: dict[str, Sheet]
) -> None:
    counts = [row["内容"] for row in rows(made["说明"]) if row["项目"].startswith("名册单位：")]

    assert sum(counts) == len(rules.units)


def test_the_cover_says_how_a_workbook_is_handed_back(made: dict[str, Sheet]) -> None:
    legend = [row["内容"] for row in rows(made["说明"]) if row["类别"] == "图例"]

    assert any("shouwen review import" in line for line in legend)


# ---------------------------------------------------------------- 特色活动推荐


def test_activities_stand_by_their_points_with_an_interval_a_criterion(
    rules: Rules, made: dict[str, Sheet]
) -> None:
    found = rows(made["特色活动推荐"])
    scored = featured(season(), rules)

    assert [(row["单位"], row["合计低"], row["合计高"]) for row in found] == [
        (one.unit, one.low, one.high) for one in scored
    ]
    assert {f"{one.name}（{one.points:g}）" for one in rules.scoring.featured} <= set(found[0])
    assert found[0]["创新（20）"] == "0～20", "people give these points"
    assert all(row["复核分"] == row["是否推荐"] == "" for row in found), "the machine recommends nothing"


def test_only_activities_that_count_are_candidates(made: dict[str, Sheet]) -> None:
    counted = [row for row in rows(made["活动明细"]) if row["计入"] != "否" and row["单位"] != "单位不明"]

    assert len(made["特色活动推荐"].frame) == len(counted)


def test_a_reviewer_decides_points_and_recommendation_where_they_stand(made: dict[str, Sheet]) -> None:
    sheet = made["特色活动推荐"]
    row = sheet.frame.index[0]
    points, chosen = column(sheet, "复核分"), column(sheet, "是否推荐")

    assert (points.edit, points.why) == (Edit.POINTS, "复核理由")
    assert (chosen.edit, chosen.why) == (Edit.YES_NO, "复核理由")
    accession, _, rest = row.partition("/")
    assert decided(row, points) == (accession, f"{rest}/featured")
    assert decided(row, chosen) == (accession, f"{rest}/recommended")


def test_what_a_person_gave_is_shown_and_orders(rules: Rules) -> None:
    first, *others = season()
    assert first.filing is not None
    judged, *more = first.filing.activities
    given = replace(judged, featured=99.0, recommended=False)
    filed = (replace(first, filing=replace(first.filing, activities=(given, *more))), *others)

    top = rows(sheets(filed, rules)["特色活动推荐"])[0]

    assert (top["活动名称"], top["复核分"], top["是否推荐"]) == (given.activity.title, 99, "否")


def test_at_most_a_hundred_are_listed_and_how_many_more_is_said(rules: Rules) -> None:
    told = tuple(
        activity(f"讲座{n}", f"5月28日，举办第{n}场讲座。", 5, on=date(2024, 5, 28)) for n in range(MOST + 7)
    )
    last = replace(told[-1], recommended=True)

    sheet = sheets((mail(1, activities=(*told[:-1], last)),), rules)["特色活动推荐"]

    assert len(sheet.frame) == MOST + 1, "what a person recommended is never left out"
    assert "另有 6 项" in sheet.note


# ---------------------------------------------------------------- 宣传报道


def test_every_outlet_of_a_counted_activity_is_a_row_with_its_words(made: dict[str, Sheet]) -> None:
    found = [row for row in rows(made["宣传报道"]) if row["单位"] != "按级别小计"]

    assert {(row["媒体"], row["级别"]) for row in found} == {
        ("重庆日报客户端", "省市级"),
        ("区融媒体中心", "区县级"),
        ("巴南日报", "区县级"),
        ("山茶花之声", "待核"),
    }
    daily = next(row for row in found if row["媒体"] == "重庆日报客户端")
    assert "转载3篇" in daily["原话"]
    assert (daily["报道标题"], daily["报道日期"]) == (None, None)


def test_the_chart_shows_the_number_of_each_tier(made: dict[str, Sheet]) -> None:
    sheet = made["宣传报道"]
    (chart,) = sheet.charts
    drawn = {row["级别"]: row["条数"] for id_, row in by_id(sheet).items() if id_ in chart.rows}
    each = [row["级别"] for row in rows(sheet) if row["单位"] != "按级别小计"]

    assert list(drawn) == list(words.TIERS.values())
    assert drawn == {level: each.count(level) for level in drawn}
    assert list(sheet.frame.index)[-len(chart.rows) :] == list(chart.rows), "they stand together"


@pytest.mark.parametrize(
    ("sentence", "outlet", "others", "expected"),
    [
        ("重庆日报以《百名专家进山村》为题作了报道", "重庆日报", (), "百名专家进山村"),
        ("《重庆日报》刊发《百名专家进山村》", "《重庆日报》", (), "百名专家进山村"),
        ("华龙网推出题为“百名专家进山村服务夏种”的报道", "华龙网", (), "百名专家进山村服务夏种"),
        ("《百名专家进山村》一文被重庆日报转载", "重庆日报", (), "百名专家进山村"),
        ("重庆日报、华龙网刊发《百名专家进山村》", "重庆日报", ("华龙网",), None),
        ("重庆日报作了报道，《农民日报》转载", "重庆日报", ("《农民日报》",), None),
        ("在《重庆日报》开设“临空科技人”专栏", "《重庆日报》", (), None),
        ("重庆日报作了报道", "重庆日报", (), None),
    ],
)
def test_a_title_is_what_stands_beside_the_outlet_and_nothing_else(
    sentence: str, outlet: str, others: Sequence[str], expected: str | None
) -> None:
    assert title(sentence, outlet, others) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("5月30日，重庆日报作了报道", date(2024, 5, 30)),
        ("重庆日报5月31日刊发消息", date(2024, 5, 31)),
        ("2023年5月31日重庆日报刊发消息", date(2023, 5, 31)),
        ("5月30日，活动在广场举行，重庆日报作了报道", None),
        ("重庆日报2月31日刊发消息", None),
    ],
)
def test_a_date_is_what_touches_the_outlet(sentence: str, expected: date | None) -> None:
    assert day(sentence, "重庆日报", 2024) == expected


# ---------------------------------------------------------------- 典型经验, 意见建议


def test_experience_and_advice_are_listed_whole_as_written(rules: Rules) -> None:
    long = "经验：" + "三级联动。\n" * 9000
    filed = (mail(1, highlights=(passage(long, 8),), suggestions=(passage("建议：设立专项经费。", 9),)),)

    found = sheets(filed, rules)

    assert [row["典型经验（原文）"] for row in rows(found["典型经验"])] == [long]
    assert [(row["意见建议（原文）"], row["主题"]) for row in rows(found["意见建议"])] == [
        ("建议：设立专项经费。", "经费")
    ]


def test_experience_stands_by_peer_group_and_mails_that_do_not_count_are_left_out(
    made: dict[str, Sheet],
) -> None:
    found = rows(made["典型经验"])

    assert [row["单位"] for row in found[:3]] == [YUBEI, BANAN, JIANGJIN]
    assert len([row for row in found if row["单位"] == SOCIETY]) == 1, "its copy is a duplicate"


def test_a_passage_of_a_document_in_another_unit_s_name_stands_with_that_unit(rules: Rules) -> None:
    other = replace(passage("经验：部门联动。", 3), span=replace(passage("x", 3).span, part="4/科技局.docx"))
    told = activity("助企", "5月28日，助企诊断。", 5, on=date(2024, 5, 28))
    theirs = replace(
        told,
        unit=BUREAU,
        activity=replace(told.activity, spans=(replace(told.activity.spans[0], part="4/科技局.docx"),)),
    )
    one = mail(
        1,
        activities=(told, theirs),
        parts=(part("2/总结.docx", "总结.docx"), part("4/科技局.docx", "科技局.docx")),
        highlights=(passage("经验：三级联动。", 8), other),
        behalf=(Behalf(part="4/科技局.docx", unit=BUREAU, words="落款"),),
    )

    found = rows(sheets((one,), rules)["典型经验"])

    assert [(row["单位"], row["典型经验（原文）"]) for row in found] == [
        (YUBEI, "经验：三级联动。"),
        (BUREAU, "经验：部门联动。"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("基层科协人手少。建议市科协建一个剧本共享库，供区县免费使用。", "平台资源"),
        ("建议市里每年4月前下发通知，方便区县把经费排进预算。", "时间安排"),
        ("问题：项目经费不足。建议：设置专项补助。", "经费"),
        ("希望市科协给予师资支持。", "人才队伍"),
        ("建议完善考核办法，把小微活动也纳入。", "考核表扬"),
        ("建议为医院科协单列活动类别。", "其他"),
    ],
)
def test_the_theme_of_a_request_is_what_it_asks_for(text: str, expected: str) -> None:
    assert theme(text) == expected
    assert expected in (*dict(THEMES), "其他")


# ---------------------------------------------------------------- 影像索引


def pictured(*pictures: Picture, **traits: Any) -> Filed:
    """A mail with these pictures, each a part of its own."""
    parts = [part(one.part, one.part.rpartition("/")[2], media_type="image/jpeg") for one in pictures]
    return mail(
        1,
        pictures=pictures,
        parts=(part("2/总结.docx", "总结.docx"), *parts, *traits.pop("more", ())),
        **traits,
    )


def shot(path: str, taken: datetime | None = None, **traits: Any) -> Picture:
    return Picture(part=path, width=1600, height=1200, taken=taken, thumbnail=b"\xff\xd8", **traits)


def test_every_picture_that_is_material_is_a_row_with_its_thumbnail_and_no_logo(rules: Rules) -> None:
    one = pictured(shot("3/a.jpg"), shot("3/b.png", kind=Depiction.LOGO), shot("3/c.png", logo=True))

    sheet = sheets((one,), rules)["影像索引"]

    assert list(sheet.frame.index) == ["2024-00001/photo/3/a.jpg"]
    assert sheet.pictures == {("2024-00001/photo/3/a.jpg", "缩略图"): b"\xff\xd8"}
    assert sheet.tall > 0
    assert sheet.links["2024-00001/photo/3/a.jpg", "原件"] == "files/2024-00001/02-a.jpg"


def test_the_likely_activity_is_that_of_the_day_else_that_of_the_document(rules: Rules) -> None:
    told = (
        activity("讲座", "5月28日，举办讲座。", 5, on=date(2024, 5, 28)),
        activity("义诊", "5月29日，义诊。", 5, on=date(2024, 5, 29)),
    )
    one = pictured(
        shot("3/a.jpg", datetime(2024, 5, 29, 10)),  # noqa: DTZ001 - cameras write no zone
        shot("3/b.jpg", datetime(2024, 5, 1, 10)),  # noqa: DTZ001
        activities=told,
    )

    found = rows(sheets((one,), rules)["影像索引"])

    assert [(row["可能的活动"], row["依据"]) for row in found] == [("义诊", "拍摄日期"), (None, "")]


def test_a_picture_inside_a_document_of_one_activity_shows_that_activity(rules: Rules) -> None:
    first = activity("讲座", "5月28日，举办讲座。", 5, on=date(2024, 5, 28))
    second = activity("义诊", "5月29日，义诊。", 5, on=date(2024, 5, 29))
    moved = replace(second.activity, spans=(replace(second.activity.spans[0], part="4/义诊.docx"),))
    one = pictured(
        shot("4/义诊.docx/word/media/image1.jpg"),
        activities=(first, replace(second, activity=moved)),
        more=(part("4/义诊.docx", "义诊.docx"),),
    )

    found = rows(sheets((one,), rules)["影像索引"])

    assert [(row["可能的活动"], row["依据"]) for row in found] == [("义诊", "所在文件")]


def test_a_photograph_that_was_used_elsewhere_says_where(rules: Rules) -> None:
    uses = (
        Use(accession="2024-00001", part="3/a.jpg", unit=YUBEI),
        Use(accession="2024-00006", part="3/照片.jpg", unit=BANAN),
    )
    again = Reuse(uses=uses, scope=Scope.UNITS, exact=True, alike=1)
    one = replace(pictured(shot("3/a.jpg"), shot("3/b.jpg")), reused=(again,))

    found = rows(sheets((one,), rules)["影像索引"])

    assert [row["重复使用"] for row in found] == [f"重复照片，也在：\n2024-00006 {BANAN}", ""]


def test_films_stand_there_without_a_thumbnail_and_what_does_not_count_is_grey(rules: Rules) -> None:
    film = part("5/片.mp4", "片.mp4", Status.UNSUPPORTED, media_type="video/mp4")
    told = Recording(part="5/片.mp4", seconds=83, width=1920, height=1080)
    copied = Relation(accession="2024-00001", kind=None, superseded_by="2024-00009")
    one = replace(pictured(more=(film,), recordings=(told,)), relation=copied)

    sheet = sheets((one,), rules)["影像索引"]

    (row,) = rows(sheet)
    assert (row["种类"], row["像素或时长"], row["缩略图"]) == ("视频", "1分23秒\n1920×1080", None)
    assert sheet.faded == {"2024-00001/photo/5/片.mp4"}


# ---------------------------------------------------------------- 材料清单, 待下载链接


def test_every_part_leads_to_its_file_and_its_mail(made: dict[str, Sheet]) -> None:
    sheet = made["材料清单"]
    linked = {row for row, header in sheet.links if header == "原件"}

    assert linked == set(sheet.frame.index)
    assert sheet.links["2024-00012/part/3/资料.7z", "收文号"] == "files/2024-00012/00-原件.eml"


def test_no_cell_leads_to_an_address_that_a_mail_names(rules: Rules) -> None:
    link = Link(part="1", kind="qq", name="照片.zip", url="https://evil.example/x", expires=at(25))

    found = sheets((mail(1, links=(link,)), *season()[1:]), rules)

    for sheet in found.values():
        assert all(target.startswith(("files/", "#'")) for target in sheet.links.values()), sheet.name
    row = next(row for row in rows(found["待下载链接"]) if row["文件名"] == "照片.zip")
    assert (row["剩余天数"], row["链接"]) == (2, "https://evil.example/x")


# ---------------------------------------------------------------- 异常与隔离


def test_what_went_another_way_is_listed_with_why_and_what_to_do(made: dict[str, Sheet]) -> None:
    found = {(row["收文号"], row["情况"]): row for row in rows(made["异常与隔离"])}

    assert set(found) == {
        ("2024-00010", "待人工"),
        ("2024-00011", "已接收"),
        ("2024-00012", "格式暂不能读"),
        ("2024-00004", "重复件"),
        ("2024-00009", "非报送"),
    }
    assert found["2024-00010", "待人工"]["原因"] == "办理 3 次未成：读件超时"
    assert all(row["怎么办"] for row in found.values())


@pytest.mark.parametrize(
    ("filed", "matter"),
    [
        (mail(1, state=State.DISMISSED), "不予受理"),
        (mail(1, None, kind=Kind.OTHER, mail=Mail(subject="退信", auto="bounce")), "退信"),
        (mail(1, None, kind=Kind.OTHER, mail=Mail(subject="休假", auto="auto-submitted")), "自动回复"),
        (mail(1, relation=Relation(accession="2024-00001", recalled=True)), "已撤回"),
        (mail(1, problems=(Problem(code=Code.SENDER, detail="地址第一次来件"),)), "来源待核"),
        (mail(1, problems=(Problem(code=Code.MACRO, part="2/总结.docx", detail="带有宏"),)), "含宏"),
        (
            mail(1, problems=(Problem(code=Code.EXECUTABLE, part="3/照片.jpg", detail="程序"),)),
            "含可执行文件",
        ),
        (mail(1, problems=(Problem(code=Code.ENCRYPTED, part="3/照片.jpg", detail="加密"),)), "材料加密"),
        (mail(1, problems=(Problem(code=Code.DAMAGED, part="3/照片.jpg", detail="请重发"),)), "材料损坏"),
        (mail(1, problems=(Problem(code=Code.TOO_BIG, part="3/照片.jpg", detail="过大"),)), "材料过大"),
    ],
)
def test_each_kind_of_oddity_has_its_row_and_its_cure(rules: Rules, filed: Filed, matter: str) -> None:
    found = rows(sheets((filed,), rules)["异常与隔离"])

    assert [row["情况"] for row in found] == [matter]
    assert found[0]["原因"] and found[0]["怎么办"]


def test_an_ordinary_report_is_no_oddity(rules: Rules) -> None:
    assert not len(sheets((mail(1),), rules)["异常与隔离"].frame)


# ---------------------------------------------------------------- 联系人


def test_a_person_who_stands_in_several_mails_is_one_row(rules: Rules) -> None:
    other = Contact(name="何平", phone="023-55500122")

    sheet = sheets((mail(1), mail(2), mail(3, contact=other), mail(4, BANAN, contact=None)), rules)["联系人"]

    found = [(row["单位"], row["联系人"], row["电话"], row["来源（收文号）"]) for row in rows(sheet)]
    assert found == [
        (YUBEI, "蒋昕", "023-55500121", "2024-00001"),
        (YUBEI, "何平", "023-55500122", "2024-00003"),
        (BANAN, None, None, "2024-00004"),
    ]
    assert "2024-00002" in rows(sheet)[0]["备注"]
    assert "个人电话" in sheet.note


# ---------------------------------------------------------------- 收件日志


def test_unit_and_kind_are_edited_in_the_log_but_a_unit_in_question_is_decided_elsewhere(
    made: dict[str, Sheet],
) -> None:
    log = made["收件日志"]
    unit, kind = column(log, "报送单位"), column(log, "性质")

    assert (unit.edit, unit.field, unit.why) == (Edit.UNIT, "unit", "复核说明")
    assert (kind.edit, kind.field, kind.why) == (Edit.KIND, "kind", "复核说明")
    assert by_id(log)["2024-00001"]["报送单位"] == YUBEI
    assert by_id(log)["2024-00001"]["性质"] == "报送"
    assert log.open("2024-00001", unit) and log.open("2024-00001", kind)
    assert not log.open("2024-00005", unit) and log.open("2024-00005", kind)
    assert by_id(log)["2024-00005"]["报送单位"] == f"{JIANGJIN}（待核）"
    assert "2024-00005/unit" in made["待核事项"].frame.index
    assert not log.open("2024-00010", unit) and not log.open("2024-00010", kind), "nothing was read"
    assert log.open("2024-00009", kind), "a mail that is said to be no report may be one"


# ---------------------------------------------------------------- 字典


def test_every_word_of_the_sheets_is_explained_once() -> None:
    terms = [term for term, _ in GLOSSARY]
    shown = (
        words.STATES,
        words.STATUSES,
        words.KINDS,
        words.RELATIONS,
        words.MODES,
        words.TIERS,
        words.LINKED,
    )

    assert len(set(terms)) == len(terms)
    assert all(meaning for _, meaning in GLOSSARY)
    assert {term for table in shown for term in table.values()} <= set(terms)
    assert {words.MISSING, words.OTHERWISE, words.OUTSIDE, words.UNKNOWN_UNIT} <= set(terms)
