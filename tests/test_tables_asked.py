"""待核事项: what could not be read, what is only linked, and a category in doubt, each in words that staff can act on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from outputs.tables.question import path
from outputs.words import RELATION_DECISIONS
from pipeline.records import Code, Difference, Field, Filed, Link, Part, Problem, Span, Stated, Status
from rules import Rules
from tests.season import at, part, season, small_rules
from tests.tabled import Row, sheets
from tests.tabled import rows as rows_of


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


def test_a_film_that_is_kept_unread_is_no_question(rules: Rules) -> None:
    one = season()[0]
    assert one.filing is not None
    film = part("4/视频.mp4", "视频.mp4", Status.UNSUPPORTED, "视频，不读取内容", media_type="video/mp4")
    mail = replace(one, filing=replace(one.filing, parts=(*one.filing.parts, film)))

    ids = sheets((mail,), rules)["待核事项"].frame.index

    assert not [one for one in ids if "/part/" in one]


# ---------------------------------------------------------------- what could not be read


def _asked(
    rules: Rules, parts: tuple[Part, ...], problems: tuple[Problem, ...] = (), **traits: Any
) -> list[Row]:
    """The rows of 待核事项 about a mail that holds these parts too."""
    one = season()[0]
    assert one.filing is not None
    filing = replace(one.filing, parts=(*one.filing.parts, *parts), problems=problems, **traits)
    told = rows_of(sheets((replace(one, filing=filing),), rules)["待核事项"])
    return [row for row in told if row["收文号"] == "2024-00001"]


def test_volumes_of_one_incomplete_archive_are_one_question(rules: Rules) -> None:
    lacks = "分卷压缩包缺少第 1 卷（收到第 2-4 卷），请报送单位重发"
    parts = tuple(part(f"{n}", f"材料.z0{n}", Status.DAMAGED, lacks) for n in (6, 7, 8))
    told = tuple(
        Problem(code=Code.DAMAGED, part="6", detail=words) for words in (lacks, "目录里有、内容找不到：1.jpg")
    )

    rows = [row for row in _asked(rules, parts, told) if row["事项"] == "材料损坏"]

    assert [row["说明"] for row in rows] == [
        f"6 材料.z06、7 材料.z07、8 材料.z08：{lacks}；目录里有、内容找不到：1.jpg"
    ]


def test_what_the_transfer_and_the_reader_say_of_one_part_stands_in_one_row(rules: Rules) -> None:
    cut = part("6", "小结.docx", Status.PARTLY, "文件不完整，只读出能解开的部分，请报送单位重发")
    told = Problem(code=Code.DAMAGED, part="6", detail="base64 编码有误，已尽量还原")

    rows = [row for row in _asked(rules, (cut,), (told,)) if "小结.docx" in row["说明"]]

    assert [row["说明"] for row in rows] == [
        "6 小结.docx：base64 编码有误，已尽量还原；文件不完整，只读出能解开的部分，请报送单位重发"
    ]


def test_a_program_is_asked_about_once_with_a_cure(rules: Rules) -> None:
    exe = part("6", "工具.exe", Status.UNSUPPORTED, "可执行文件或脚本", media_type="application/x-msdownload")
    problem = Problem(code=Code.EXECUTABLE, part="6", detail="可执行文件或脚本")

    bomb = Problem(code=Code.TOO_BIG, part="7", detail="内容解压后超过 64 MB 而没有文字，疑为恶意构造的文件")
    found = _asked(rules, (exe, part("7", "总结.pdf", Status.TOO_BIG)), (problem, bomb), contact=None)
    rows = [row for row in found if "工具.exe" in row["说明"]]

    assert next(row for row in found if "总结.pdf" in row["说明"])["建议"].startswith("先不要打开")
    assert "另有 1 份没有读出" in next(row for row in found if row["事项"] == "材料不全")["说明"]

    assert [(row["事项"], row["建议"]) for row in rows] == [("含可执行文件", "不要打开；问单位为什么附上它")]


def test_a_locked_report_is_one_question_and_is_not_called_missing(rules: Rules) -> None:
    locked = part("6", "总结.zip", Status.NEEDS_PASSWORD, "待补密码：来信没有写明")
    problems = (
        Problem(code=Code.ENCRYPTED, part="6", detail="待补密码：来信没有写明"),
        Problem(code=Code.NO_REPORT, detail="“总结.zip”未能读出，仅凭标题和正文按报送处理，请人工查看"),
    )

    rows = _asked(rules, (locked,), problems, activities=(), highlights=(), suggestions=(), contact=None)

    assert [row["事项"] for row in rows] == ["材料加密", "材料不全"]
    assert "shouwen attach" in rows[0]["建议"]
    assert "另有 1 份没有读出" in rows[1]["说明"] and rows[1]["建议"].startswith("先办没有读出的材料")


def test_macros_and_pictures_that_nothing_reads_are_listed_and_no_question(rules: Rules) -> None:
    parts = (
        part("6", "统计表.docm", media_type="application/msword"),
        part(
            "7",
            "海报.psd",
            Status.UNSUPPORTED,
            "PSD 设计稿，不读取内容",
            media_type="image/vnd.adobe.photoshop",
        ),
    )
    macro = Problem(code=Code.MACRO, part="6", detail="文档带有宏；只读取了文字，宏没有运行")
    one = season()[0]
    assert one.filing is not None
    filing = replace(one.filing, parts=(*one.filing.parts, *parts), problems=(macro,))

    made = sheets((replace(one, filing=filing),), rules)

    assert not [row for row in rows_of(made["待核事项"]) if "统计表" in row["说明"] or "海报" in row["说明"]]
    listed = {row["文件名"]: row for row in rows_of(made["材料清单"])}
    assert "含宏，只读了文字，没有运行" in listed["统计表.docm"]["备注"]
    assert (listed["海报.psd"]["格式"], listed["海报.psd"]["状态"]) == ("设计稿（PSD）", "格式暂不能读")


def test_a_long_path_is_shown_by_its_attachment_and_its_end(rules: Rules) -> None:
    deep = "6" + "/0.zip" * 24
    parts = (part("6", "打包.zip"), part(deep, "0.zip", Status.TOO_BIG, "嵌套超过 24 层，未再打开"))

    rows = [row for row in _asked(rules, parts) if row["事项"] == "材料过大"]

    assert [row["说明"] for row in rows] == ["6 打包.zip/0.zip/…/0.zip：嵌套超过 24 层，未再打开"]
    assert "拆开、压小后重发" in rows[0]["建议"]


@pytest.mark.parametrize(
    ("ends", "proposal", "first"),
    [
        ((26,), "尽快下载：最早 06-26 10:00 到期，还剩 3 天", True),
        ((29,), "尽快下载：最早 06-29 10:00 到期，还剩 6 天", False),
        ((12,), "1 份已过期，请单位重发", False),
        ((12, 29), "尽快下载：最早 06-29 10:00 到期，还剩 6 天；另有 1 份已过期，请单位重发", False),
        ((None,), "尽快下载：没有写明期限", False),
    ],
)
def test_linked_material_says_until_when_and_goes_first_where_it_soon_ends(
    rules: Rules, ends: tuple[int | None, ...], proposal: str, first: bool
) -> None:
    links = tuple(
        Link(
            kind="qq",
            url=f"https://a.example/{n}",
            name=f"{n}.zip",
            part="1",
            expires=at(day) if day else None,
        )
        for n, day in enumerate(ends)
    )
    problems = (
        Problem(code=Code.SENDER, detail="发件地址第一次代表该单位来件"),
        Problem(code=Code.LINK_ONLY, part="1", detail="“照片.zip”只有链接"),
    )
    one = season()[0]
    assert one.filing is not None
    told = replace(one, filing=replace(one.filing, links=links, problems=problems))
    # The last event of the season is of 23 June.
    sheet = sheets((told, *season()[1:]), rules)["待核事项"]
    rows, ids = rows_of(sheet), list(sheet.frame.index)

    matters = [row["事项"] for row in rows if row["收文号"] == "2024-00001"]

    assert next(row for row in rows if row["事项"] == "只有链接")["建议"] == proposal
    links_row = path("2024-00001", "link-only", "1")
    assert (ids.index(links_row) < ids.index("2024-00013/unit")) is first, "before what weighs most"
    assert matters.index("只有链接") < matters.index("来源待核")


# ------------------------------------------------------------ a category in doubt


def doubtful_category(against: tuple[Stated[str], ...]) -> tuple[Filed, ...]:
    """The season with its first activity undecided between 5 and 6."""
    first, *others = season()
    assert first.filing is not None
    judged, *more = first.filing.activities
    doubt = replace(
        judged.classification,
        code=5,
        decided=False,
        candidates=((5, 0.5), (6, 0.4), (1, 0.1)),
        evidence=tuple(said(words) for words in ("义诊", "居民", "义诊")),
        against=against,
    )
    filing = replace(first.filing, activities=(replace(judged, classification=doubt), *more))
    return (replace(first, filing=filing), *others)


def said(words: str) -> Stated[str]:
    return Stated(value=words, words=words, span=Span(part="2/总结.docx", block=3, start=0, end=len(words)))


@pytest.mark.parametrize(
    ("against", "line"),
    [
        ((said("走访\t慰问"),), "办实事：“走访 慰问”"),
        ((), "办实事：没有提示词，按全文的用词判断"),
    ],
)
def test_a_category_in_doubt_shows_both_candidates_with_the_words_that_speak_for_each(
    rules: Rules, against: tuple[Stated[str], ...], line: str
) -> None:
    sheet = sheets(doubtful_category(against), rules)["待核事项"]

    told = dict(zip(sheet.frame.index, rows_of(sheet), strict=True))["2024-00001/activity/1/category"]
    best, runner_up = told["依据（原话）"].split("\n")
    assert best.endswith("科技志愿服务：“义诊”；“居民”")
    assert runner_up.endswith(line)
    assert [one.partition("（")[2] for one in told["候选"].split("\n")] == ["50%）", "40%）", "10%）"]


def test_a_correction_that_leaves_out_an_activity_asks_whether_it_was_forgotten(rules: Rules) -> None:
    gone = Difference(old=2, new=None, title="走访慰问")
    changed = Difference(old=1, new=1, title="义诊", field=Field.PARTICIPANTS, before="300", after="380")
    asked = {}
    for name, found in (("gone", (changed, gone)), ("kept", (changed,))):
        filed = tuple(
            replace(one, relation=replace(one.relation, differences=found))
            if one.relation and one.relation.superseded_by
            else one
            for one in season()
        )
        rows = [row for row in rows_of(sheets(filed, rules)["待核事项"]) if row["事项"] == "来件关系"]
        asked[name] = [row["建议"] for row in rows if "替代" in row["说明"]]

    assert asked == {
        "gone": ["新件少了 1 项活动，请向单位核实：是不报了，还是漏写"],
        "kept": [RELATION_DECISIONS["accept"]],
    }
