"""outputs/tables: the sheets as DataFrames, and the counts that must add up."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outputs import words
from outputs.formats import FORMATS, format_of, readable
from outputs.tables import Sheet, tables
from pipeline.evaluate import evaluate
from pipeline.evaluate.sources import doubted
from pipeline.parse.authentication import RESULTS
from pipeline.records import (
    Code,
    Difference,
    Field,
    Filed,
    Kind,
    Link,
    Pair,
    Part,
    Problem,
    RelationKind,
    Span,
    State,
    Stated,
    Status,
    Verdict,
)
from rules import Rules
from tests.season import OUTSIDE, YUBEI, at, custody, part, season, small_rules
from tests.support import ROOT

NAMES = [
    "说明",
    "报送进度",
    "未报送",
    "单位汇总",
    "活动明细",
    "分类统计",
    "评分明细",
    "敏感度",
    "待核事项",
    "不计入文字",
    "经验建议",
    "材料清单",
    "待取材料",
    "收件日志摘要",
]


Row = dict[str, Any]


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


def _sheets(filed: tuple[Filed, ...], rules: Rules) -> dict[str, Sheet]:
    made = tables(filed, evaluate(filed, rules), rules, custody(filed), release="0.1.0")
    return {sheet.name: sheet for sheet in made}


@pytest.fixture(scope="module")
def sheets(rules: Rules) -> dict[str, Sheet]:
    return _sheets(season(), rules)


def _rows(sheet: Sheet) -> list[dict[str, Any]]:
    return [dict(zip(sheet.frame.columns, row, strict=True)) for row in sheet.frame.itertuples(index=False)]


def _cover(sheets: dict[str, Sheet], item: str) -> list[Any]:
    return [row["内容"] for row in _rows(sheets["说明"]) if row["项目"] == item]


def test_the_sheets_stand_in_the_order_of_the_workbook(sheets: dict[str, Sheet]) -> None:
    assert list(sheets) == NAMES


def test_every_header_is_documented_with_its_mark_for_staff(sheets: dict[str, Sheet]) -> None:
    told = (ROOT / "docs" / "workbook.md").read_text("utf-8")

    for sheet in sheets.values():
        headers = " · ".join(column.header + "*" * bool(column.edit) for column in sheet.columns)
        assert f"| {sheet.name} | {sheet.paper} |" in told
        assert f"| {headers} |" in told


def test_the_order_of_the_mails_changes_no_sheet(rules: Rules, sheets: dict[str, Sheet]) -> None:
    mails = list(season())
    random.Random(7).shuffle(mails)
    shuffled = tables(tuple(mails), evaluate(mails, rules), rules, custody(), release="0.1.0")

    for sheet in shuffled:
        assert sheet.frame.equals(sheets[sheet.name].frame)


def test_row_ids_are_unique_and_rows_are_numbered(sheets: dict[str, Sheet]) -> None:
    for sheet in sheets.values():
        assert sheet.frame.index.is_unique
        assert list(sheet.frame["序号"]) == list(range(1, len(sheet.frame) + 1))


def test_everything_that_needs_a_person_is_a_question(sheets: dict[str, Sheet]) -> None:
    ids = set(sheets["待核事项"].frame.index)

    assert ids >= {
        "2024-00010/state",
        "2024-00011/state",
        "2024-00005/unit",
        "2024-00013/unit",
        "2024-00012/part/3/资料.7z",
        "2024-00012/part/2/活动总结（盖章）.pdf",
        "2024-00002/relation",
        "2024-00001/activity/2/missing",
        "2024-00007/activity/1/media",
        f"unit/{OUTSIDE}/roster",
    }
    assert "2024-00012/problem/1" not in ids, "its part says the same"
    assert "2024-00012/part/4/Thumbs.db" not in ids


def test_mails_that_wait_stand_before_all_other_questions(sheets: dict[str, Sheet]) -> None:
    assert list(sheets["待核事项"].frame.index[:2]) == ["2024-00010/state", "2024-00011/state"]


def test_every_part_of_every_mail_is_listed_with_its_status(sheets: dict[str, Sheet]) -> None:
    rows = _rows(sheets["材料清单"])

    assert len(rows) == sum(len(one.filing.parts) for one in season() if one.filing)
    assert {row["状态"] for row in rows if row["收文号"] == "2024-00012"} == {
        "已读",
        "待文字识别",
        "格式暂不能读",
        "无关文件",
    }


def test_every_mail_is_in_the_log_with_what_was_done(sheets: dict[str, Sheet]) -> None:
    rows = _rows(sheets["收件日志摘要"])

    assert [row["收文号"] for row in rows] == [one.item.accession for one in season()]
    assert rows[0]["办理经过（北京时间）"].startswith("06-12 10:03:00 接收：")
    assert rows[9]["备注"] == "办理 3 次未成：读件超时"
    assert rows[7]["收到时间（北京）"].isoformat() == "2024-06-21T00:00:01"


def test_what_the_receiving_server_found_stands_in_the_log_and_nothing_where_it_wrote_nothing(
    rules: Rules,
) -> None:
    one, other = season()[:2]
    assert one.filing is not None
    verdicts = (
        Verdict(method="spf", result="pass", identity="a@163.example", server="mx.qq.com"),
        Verdict(method="dkim", result="fail", identity="qq.com", server="mx.qq.com"),
        Verdict(method="dmarc", result="none", server="mx.qq.com"),
    )
    seen = replace(one, filing=replace(one.filing, mail=replace(one.filing.mail, authentication=verdicts)))

    rows = _rows(_sheets((seen, other), rules)["收件日志摘要"])

    assert rows[0]["发信验证"] == "SPF 通过（163.example），DKIM 未通过（qq.com），DMARC 没有记录"
    assert rows[1]["发信验证"] is None


def test_a_sender_in_doubt_stands_in_questions_and_log_and_counts(rules: Rules) -> None:
    filed = doubted(season()[:1], rules.units)

    sheets = _sheets(filed, rules)
    (row,) = [row for row in _rows(sheets["待核事项"]) if row["事项"] == "来源待核"]
    log = _rows(sheets["收件日志摘要"])[0]

    assert "so***e@qq.example" in row["说明"]
    assert (log["计入"], log["备注"]) == ("计入", "来源待核")


@pytest.mark.parametrize(
    ("received", "shown", "taken_off"),
    [
        (datetime(2024, 6, 20, 15, 59, 59, tzinfo=UTC), "2024-06-20T23:59:59", 0),
        (datetime(2024, 6, 20, 16, 0, 1, tzinfo=UTC), "2024-06-21T00:00:01", -1),
    ],
)
def test_receipt_is_shown_and_judged_in_beijing_time(
    rules: Rules, received: datetime, shown: str, taken_off: float
) -> None:
    one = season()[0]
    mail = replace(one, item=replace(one.item, received=received))

    sheets = _sheets((mail,), rules)
    log = _rows(sheets["收件日志摘要"])[0]
    (late,) = [row for row in _rows(sheets["评分明细"]) if row["评分项"] == "迟交"]

    assert (log["收到时间（北京）"].isoformat(), log["时间依据"]) == (shown, "服务器收到时间")
    assert (late["建议低分"], late["建议高分"]) == (taken_off, taken_off)


@pytest.mark.parametrize(("basis", "shown"), [("date", "邮件自报 Date"), ("captured", "本系统收取时间")])
def test_a_time_that_no_server_states_is_shown_as_such_and_asked_about_where_it_matters(
    rules: Rules, basis: str, shown: str
) -> None:
    one = season()[0]
    unsure = replace(one, item=replace(one.item, received_from=basis, captured=at(25)))
    in_time = replace(unsure, item=replace(unsure.item, captured=at(15)))

    sheets = _sheets((unsure,), rules)

    assert _rows(sheets["收件日志摘要"])[0]["时间依据"] == shown
    assert f"unit/{YUBEI}/late" in sheets["待核事项"].frame.index
    assert f"unit/{YUBEI}/late" not in _sheets((in_time,), rules)["待核事项"].frame.index


def test_the_cover_names_rules_software_and_chain_head(rules: Rules, sheets: dict[str, Sheet]) -> None:
    head = custody().head
    assert head is not None

    assert _cover(sheets, "规则版本") == [rules.digest]
    assert _cover(sheets, "日志链头") == [head.digest]
    assert _cover(sheets, "软件版本")[0].startswith("收文 0.1.0")


def test_a_mail_delivered_twice_is_explained_in_the_reconciliation(rules: Rules) -> None:
    held = custody()
    again = replace(held, sightings=(*held.sightings, held.sightings[0]), exists=15)
    made = tables(season(), evaluate(season(), rules), rules, again, release="x")
    rows = {row["项目"]: row for row in _rows(made[0])}

    assert rows["见过的邮件（文件夹＋UID）"]["内容"] == 14
    assert "重复投递 1" in rows["收文件数"]["依据或说明"]
    assert "尚未取到 1 封" in rows["邮箱服务器现有邮件"]["依据或说明"]


@given(st.sets(st.sampled_from(range(13))))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_came_in_the_counts_agree(rules: Rules, chosen: set[int]) -> None:
    filed = tuple(season()[number] for number in sorted(chosen))

    sheets = _sheets(filed, rules)

    verdicts = [row["内容"] for row in _rows(sheets["说明"]) if row["项目"] in ("核对", "按单位核对")]
    assert len(verdicts) == 4
    assert all(verdict.startswith("相符") for verdict in verdicts)


def test_every_code_state_and_status_has_its_words() -> None:
    assert set(words.CODES) == set(Code)
    assert set(words.STATES) == set(State)
    assert set(words.STATUSES) == set(Status)
    assert set(words.KINDS) == set(Kind)
    assert set(words.RELATIONS) == set(RelationKind)
    assert set(words.VERDICTS) == RESULTS


def test_a_film_that_is_kept_unread_is_no_question(rules: Rules) -> None:
    one = season()[0]
    assert one.filing is not None
    film = part("4/视频.mp4", "视频.mp4", Status.UNSUPPORTED, "视频，不读取内容", media_type="video/mp4")
    mail = replace(one, filing=replace(one.filing, parts=(*one.filing.parts, film)))

    ids = _sheets((mail,), rules)["待核事项"].frame.index

    assert not [one for one in ids if "/part/" in one]


def test_text_and_scan_of_one_report_name_each_other_and_what_is_seen_of_a_seal(rules: Rules) -> None:
    mail = season()[1]
    assert mail.filing is not None
    text = replace(part("2", "总结.docx"), media_type="application/msword")
    scan = replace(part("3", "总结（盖章）.pdf"), media_type="application/pdf", seals=(2,))
    plain = replace(part("4", "附件.pdf"), media_type="application/pdf", seals=())
    pair = Pair(text="2", scans=("3",), sealed=True)
    filing = replace(mail.filing, parts=(text, scan, plain), pictures=(), recordings=(), pairs=(pair,))
    rows = _rows(_sheets((replace(mail, filing=filing),), rules)["材料清单"])
    notes = {row["部件位置"]: row["备注"] for row in rows}

    assert "另有扫描件 3 总结（盖章）.pdf，见红色圆章" in notes["2"]
    assert "见红色圆章（第 2 页），真伪未核" in notes["3"]
    assert "与 2 总结.docx 是同一份，文字取自那一份" in notes["3"]
    assert notes["4"].startswith("未见红色圆章")


# ---------------------------------------------------------------- what could not be read


def _asked(
    rules: Rules, parts: tuple[Part, ...], problems: tuple[Problem, ...] = (), **traits: Any
) -> list[Row]:
    """The rows of 待核事项 about a mail that holds these parts too."""
    one = season()[0]
    assert one.filing is not None
    filing = replace(one.filing, parts=(*one.filing.parts, *parts), problems=problems, **traits)
    rows = _rows(_sheets((replace(one, filing=filing),), rules)["待核事项"])
    return [row for row in rows if row["收文号"] == "2024-00001"]


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

    made = _sheets((replace(one, filing=filing),), rules)

    assert not [row for row in _rows(made["待核事项"]) if "统计表" in row["说明"] or "海报" in row["说明"]]
    listed = {row["文件名"]: row for row in _rows(made["材料清单"])}
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
    rows = _rows(_sheets((told, *season()[1:]), rules)["待核事项"])

    matters = [row["事项"] for row in rows if row["收文号"] == "2024-00001"]

    assert next(row for row in rows if row["事项"] == "只有链接")["建议"] == proposal
    assert ([row["事项"] for row in rows].index("只有链接") < 5) is first
    assert matters.index("只有链接") < matters.index("来源待核")


def test_every_format_that_the_program_knows_has_a_name_for_staff() -> None:
    """A format that a reader learns needs a name here: staff read no media types."""
    known = re.compile(
        r'"((?:application|audio|image|message|text|video)/[a-z0-9][a-z0-9.+-]*[a-z0-9])"', re.ASCII
    )
    sources = [*(ROOT / "pipeline" / "extract").rglob("*.py"), *(ROOT / "pipeline" / "unpack").rglob("*.py")]
    types = {one for path in sources for one in known.findall(path.read_text("utf-8"))}

    assert len(types) > 80
    assert sorted(types - set(FORMATS) - {"application/vnd.oasis.opendocument"}) == []
    assert format_of("application/vnd.oasis.opendocument.text-master") == "ODF 文档"
    assert format_of("application/x-of-tomorrow") == "其他格式"
    assert readable("格式（application/vnd.visio），不能读取") == "格式（Visio 图），不能读取"
    assert readable("见 1.2/正文 和 http/2") == "见 1.2/正文 和 http/2"


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
    sheet = _sheets(doubtful_category(against), rules)["待核事项"]

    told = dict(zip(sheet.frame.index, _rows(sheet), strict=True))["2024-00001/activity/1/category"]
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
        rows = [row for row in _rows(_sheets(filed, rules)["待核事项"]) if row["事项"] == "来件关系"]
        asked[name] = [row["建议"] for row in rows if "替代" in row["说明"]]

    assert asked == {"gone": ["新件少了 1 项活动，请向单位核实：是不报了，还是漏写"], "kept": [""]}


def test_experience_and_advice_are_listed_as_written(sheets: dict[str, Sheet]) -> None:
    texts = {
        one.text
        for mail in season()
        if mail.filing
        for one in (*mail.filing.highlights, *mail.filing.suggestions)
    }
    rows = _rows(sheets["经验建议"])

    assert rows
    assert {row["类型"] for row in rows} <= {"典型经验", "意见建议"}
    assert {row["原文"] for row in rows} <= texts
