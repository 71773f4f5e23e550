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
    Filed,
    Kind,
    Pair,
    RelationKind,
    State,
    Status,
    Verdict,
)
from rules import Rules
from tests.season import YUBEI, at, custody, part, season, small_rules
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
    "特色活动推荐",
    "宣传报道",
    "典型经验",
    "意见建议",
    "不计入文字",
    "影像索引",
    "材料清单",
    "待下载链接",
    "待核事项",
    "异常与隔离",
    "联系人",
    "收件日志",
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
    rows = _rows(sheets["收件日志"])

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

    rows = _rows(_sheets((seen, other), rules)["收件日志"])

    assert rows[0]["发信验证"] == "SPF 通过（163.example），DKIM 未通过（qq.com），DMARC 没有记录"
    assert rows[1]["发信验证"] is None


def test_a_sender_in_doubt_stands_in_questions_and_log_and_counts(rules: Rules) -> None:
    filed = doubted(season()[:1], rules.units)

    sheets = _sheets(filed, rules)
    (row,) = [row for row in _rows(sheets["待核事项"]) if row["事项"] == "来源待核"]
    log = _rows(sheets["收件日志"])[0]

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
    log = _rows(sheets["收件日志"])[0]
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

    assert _rows(sheets["收件日志"])[0]["时间依据"] == shown
    assert f"unit/{YUBEI}/question/late" in sheets["待核事项"].frame.index
    assert f"unit/{YUBEI}/question/late" not in _sheets((in_time,), rules)["待核事项"].frame.index


def test_the_cover_names_rules_software_and_chain_head(rules: Rules, sheets: dict[str, Sheet]) -> None:
    head = custody().head
    assert head is not None

    assert _cover(sheets, "规则版本") == [rules.digest]
    assert _cover(sheets, "日志链头") == [head.digest]
    assert _cover(sheets, "软件版本")[0].startswith("收文 0.1.0")


def test_the_cover_of_a_snapshot_says_its_moment_as_every_page_does(rules: Rules) -> None:
    moment = datetime(2024, 6, 24, 16, 0, tzinfo=UTC)
    snapshot = replace(custody(), moment=moment)

    made = tables(season(), evaluate(season(), rules), rules, snapshot, release="0")

    assert _cover({"说明": made[0]}, "统计截止") == ["2024-06-25 00:00:00（快照）（北京时间）"]
    assert snapshot.until == "2024-06-25 00:00:00（快照）"


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
