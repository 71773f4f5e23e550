"""What one mail says against itself; and what only looks like it and accuses nobody."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import datetime
from functools import cache

import pytest

from pipeline import tools
from pipeline.figures.contradictions import contradictions, may_be_told, may_tell_again
from pipeline.intake import judge, read
from pipeline.records import Activity, Block, Code, Document, Filing, Problem, Reading, Span, Style
from rules import Rules, load
from tests.labelled import DATASET, File, reading
from tests.support import needs_shared

RECEIVED = datetime.fromisoformat("2024-06-12T10:00:00+08:00")
TITLE = "渝北区科协“全国科技工作者日”活动总结"
FAIR = "5月28日，区科协在龙山社区举办科普集市，医生为居民义诊，电工检修插线板，服务居民{}人次，发放家庭用电手册500份。"
TALK = "5月30日，区科协在实验中学举办科学家故事宣讲，退休工程师讲述老一辈研制水轮机的往事，师生800人聆听。"
STUDY = "5月21日，区科协召开全区科协系统学习会，传达全国科协系统工作会议精神，参加会议的科技工作者共46人，会后分组讨论。"


@cache
def rules() -> Rules:
    return load()


def report(
    *lines: str, name: str = "总结.docx", recognised: bool = False, rows: tuple[tuple[str, ...], ...] = ()
) -> File:
    return File(
        name=name, lines=(TITLE, *lines, "重庆市渝北区科学技术协会"), recognised=recognised, rows=rows
    )


def found(*files: File, body: str = "") -> list[Problem]:
    return _against(judge(reading("渝北区科协活动总结", body=body, files=files), rules(), received=RECEIVED))


def _against(filing: Filing) -> list[Problem]:
    assert filing.activities, "nothing is looked for where no activity is read"
    return [one for one in filing.problems if one.code in (Code.CONTRADICTION, Code.COMPARE)]


def told(line: str) -> list[tuple[Code, str]]:
    return [(one.code, one.detail) for one in found(report(line))]


# ---------------------------------------------------------------- days


@pytest.mark.parametrize(
    ("written", "fact"),
    [
        ("6月31日", "“6月31日”没有这一天"),
        ("5月38日", "“5月38日”没有这一天"),
        ("六月三十一日", "“六月三十一日”没有这一天"),
        ("5月28日（周三）", "“5月28日（周三”与日历不符：2024年5月28日是星期二"),
        ("2024年5月28日星期五", "“2024年5月28日星期五”与日历不符：2024年5月28日是星期二"),
        ("5月28日至5月20日", "“5月28日至5月20日”结束早于开始"),
        ("6月2日—5月28日", "“6月2日—5月28日”结束早于开始"),
    ],
)
def test_a_day_that_cannot_be_is_a_contradiction(written: str, fact: str) -> None:
    told_ = told(f"{written}，区科协在龙山社区举办科普集市，医生为居民义诊，服务居民300人次。")

    assert told_ == [(Code.CONTRADICTION, fact)]


@pytest.mark.parametrize(
    "written",
    [
        "5月28日（周二）",
        "5月28日（星期二）至30日（星期四）",
        "5月31日",
        "2月29日",
        "5月28日至6月2日",
        "5月20日—28日",
        "12月28日至1月3日",
        "5月28日周二至周四",
        "1.5月28日",
    ],
)
def test_days_that_the_calendar_has_are_none(written: str) -> None:
    assert told(f"{written}，区科协在龙山社区举办科普集市，医生为居民义诊，服务居民300人次。") == []


def test_a_weekday_of_another_year_is_none() -> None:
    assert told("5月28日，区科协举办科普集市，服务居民300人次，规模超过去年5月28日（周日）的首届集市。") == []


def test_a_range_that_may_only_lack_its_month_is_compared_and_costs_nothing() -> None:
    assert [code for code, _ in told("5月28日至2日，区科协在科技馆办图片展，观众300人次。")] == [Code.COMPARE]


# ---------------------------------------------------------------- sums


@pytest.mark.parametrize(
    ("clause", "code", "made"),
    [
        ("共120人参加，分别为教师50人、学生60人", Code.CONTRADICTION, 110),
        ("教师50人、学生60人，共计120人参加", Code.CONTRADICTION, 110),
        ("共计120人，其中男50人、女60人", Code.CONTRADICTION, 110),
        ("共120人参加，其中教师150人、学生60人", Code.CONTRADICTION, 210),
        ("共120人，其中教师50人、学生60人", Code.COMPARE, 110),
        ("共１２０人，其中教师80人、学生60人", Code.COMPARE, 140),
    ],
)
def test_parts_that_do_not_make_their_total(clause: str, code: Code, made: int) -> None:
    told_ = told(f"5月28日，区科协在实验中学举办科学家故事宣讲，{clause}。")

    assert [one for one, _ in told_] == [code]
    assert f"各部分相加为 {made}，写明的总数是 120" in told_[0][1]


@pytest.mark.parametrize(
    "clause",
    [
        "共110人参加，分别为教师50人、学生60人",
        "教师50人、学生60人，共计110人参加",
        "共120人参加，其中院士2人、专家10人",
        "共120余人参加，分别为教师50人、学生60人",
        "共120人参加，其中教师约50人、学生100人",
        "服务居民120人次，发放资料300份，义诊50人次、咨询60人次",
        "共120人参加，其中志愿者20人，义诊50人次",
        "组织志愿者50人、专家6人，服务群众共计1200人",
        "组织志愿者50人、专家6人，共计服务群众1200人",
        "领导5人、专家6人，共计120人参加",
        "领导5人、专家110人等，共计120人参加",
        "共1.2万人次参加，其中线上1万人次、现场800人次",
        "每场教师50人、学生60人，共计330人参加",
    ],
)
def test_parts_that_are_only_some_or_vague_are_none(clause: str) -> None:
    assert told(f"5月28日，区科协在实验中学举办科学家故事宣讲，{clause}。") == []


ROWS = (
    ("序号", "活动名称", "时间", "地点", "参与人数"),
    ("1", "科普集市", "5月28日", "龙山社区", "300"),
    ("2", "科学家故事宣讲", "5月30日", "实验中学", "800"),
)


@pytest.mark.parametrize(("total", "codes"), [("1200", [Code.CONTRADICTION]), ("1100", []), ("1100余", [])])
def test_a_column_that_is_not_its_total(total: str, codes: list[Code]) -> None:
    rows = (*ROWS, ("合计", "", "", "", total))

    assert [one.code for one in found(report("活动如下表。", rows=rows))] == codes


def test_a_column_with_a_cell_that_is_no_number_is_left_alone() -> None:
    rows = (*ROWS, ("3", "图片展", "6月1日", "科技馆", "若干"), ("合计", "", "", "", "1200"))

    assert found(report("活动如下表。", rows=rows)) == []


# ---------------------------------------------------------------- lists


def test_a_stated_number_that_its_list_does_not_hold() -> None:
    items = (f"一、科普集市。{FAIR.format(300)}", f"二、故事宣讲。{TALK}")

    assert [(one.code, one.detail) for one in found(report("区科协开展了以下三项活动：", *items))] == [
        (Code.CONTRADICTION, "写明“以下三项活动”，下面逐项列出的是 2 项")
    ]
    assert found(report("区科协开展了以下两项活动：", *items)) == []
    assert found(report("区科协开展活动8场，情况如下：", *items)) == []
    slip = f"二、学习会。{STUDY}"
    assert found(report("区科协开展了以下三项活动：", *items, slip)) == [], "a slip of the numbering"
    assert (
        found(report("区科协开展了以下两项活动：", *items, "三、经验与体会。部门协作、提前谋划是关键。"))
        == []
    )


# ---------------------------------------------------------------- two files of one mail


def test_the_same_report_as_word_and_pdf_with_another_figure() -> None:
    word = report(FAIR.format(300), TALK, STUDY)
    pdf = report(FAIR.format(380), TALK, STUDY, name="总结.pdf")

    problems = found(word, pdf)

    assert [one.code for one in problems] == [Code.CONTRADICTION]
    assert "300 与 380" in problems[0].detail
    assert found(word, report(FAIR.format(300), TALK, STUDY, name="总结.pdf")) == []


def test_a_digit_of_a_scan_is_compared_by_a_person_and_costs_nothing() -> None:
    word = report(FAIR.format(300), TALK, STUDY)
    scan = report(FAIR.format(800), TALK, STUDY, name="盖章.pdf", recognised=True)

    assert [one.code for one in found(word, scan)] == [Code.COMPARE]


def test_a_date_under_the_report_that_differs_is_no_contradiction() -> None:
    word = report(FAIR.format(300), TALK, STUDY, "重庆市渝北区科学技术协会办公室 2024年6月11日")
    scan = report(
        FAIR.format(300), TALK, STUDY, "重庆市渝北区科学技术协会办公室 2024年6月12日", name="总结.pdf"
    )

    assert found(word, scan) == []


def test_two_lectures_of_one_day_are_not_taken_for_one_row() -> None:
    text = tuple(
        f"（{n}）科普讲座进{school}。5月28日，区科协在{school}举办科普讲座，讲航天知识，学生{people}人聆听。"
        for n, school, people in (("一", "龙山小学", 200), ("二", "古路小学", 150))
    )
    rows = (
        ROWS[0],
        ("1", "科普讲座进古路小学", "5月28日", "古路小学", "150"),
        ("2", "科普讲座进龙山小学", "5月28日", "龙山小学", "200"),
    )

    assert found(report(*text), File(name="统计表.xlsx", lines=("渝北区科协活动统计表",), rows=rows)) == []


def test_two_reports_of_one_pattern_are_no_report_with_two_figures() -> None:
    first = report(
        "5月21日，区科协走进社区开展科普讲座，讲解急救知识，参加居民50人。",
        "5月22日，区科协走进社区举办急救培训，讲解包扎方法，参加居民60人。",
        "5月23日，区科协走进社区开展义诊服务，测量血压血糖，服务居民70人。",
    )
    second = report(
        "6月1日，区科协走进社区开展科普讲座，讲解急救知识，参加居民55人。",
        "6月2日，区科协走进社区举办急救培训，讲解包扎方法，参加居民66人。",
        "6月3日，区科协走进社区开展义诊服务，测量血压血糖，服务居民77人。",
        name="第二期.docx",
    )

    assert found(first, second) == []


def test_a_table_that_states_another_head_count_than_the_text() -> None:
    text = (f"（一）科普集市。{FAIR.format(300)}", f"（二）科学家故事宣讲。{TALK}")
    table = File(name="统计表.xlsx", lines=("渝北区科协活动统计表",), rows=ROWS)
    wrong = replace(table, rows=(*ROWS[:2], (*ROWS[2][:4], "880")))

    assert found(report(*text), table) == []
    assert [(one.code, one.detail) for one in found(report(*text), wrong)] == [
        (Code.CONTRADICTION, "活动“科学家故事宣讲”正文写 800 人，表格写 880 人")
    ]


def test_only_what_a_table_and_a_text_may_tell_of_one_activity_is_compared() -> None:
    """A copy without a table, and an activity of another name, cost no second look."""
    files = (report(TALK, name="副本.docx"), File(name="统计表.xlsx", lines=("统计表",), rows=ROWS))
    text, copy, table = reading("总结", files=(report(TALK), *files)).documents
    documents, name = (text, copy, table), "科学家故事宣讲"
    told, again = _activity(text, Style.PARAGRAPH, name), _activity(copy, Style.PARAGRAPH, name)

    assert [may_tell_again(one, (told,), documents) for one in documents] == [False, False, True]
    assert may_be_told(_activity(table, Style.TABLE, name), (told,), documents)
    assert not may_be_told(_activity(table, Style.TABLE, "健康义诊"), (told,), documents)
    assert not may_be_told(again, (told,), documents)


def _activity(document: Document, style: Style, title: str) -> Activity:
    number, block = next((n, one) for n, one in enumerate(document.blocks) if one.style is style)
    span = Span(part=document.part, block=number, start=0, end=len(block.text))
    return Activity(title=title, text=block.text, spans=(span,))


def test_a_mail_that_reports_nothing_is_not_looked_at() -> None:
    mail = reading("自动回复：通知", body="您好，我正在休假，6月31日后回复您的邮件。")

    assert not [
        one for one in judge(mail, rules(), received=RECEIVED).problems if one.code is Code.CONTRADICTION
    ]


# ---------------------------------------------------------------- the labelled mails


@cache
def mails() -> tuple[tuple[str, Reading, datetime], ...]:
    manifest = json.loads((DATASET / "mails" / "manifest.json").read_text("utf-8"))
    fast = tuple(name for name in tools.abilities() if name not in ("rapidocr", "tesseract", "soffice"))
    return tuple(
        (
            one["id"],
            read((DATASET / "mails" / f"{one['id']}.eml").read_bytes(), abilities=fast),
            datetime.fromisoformat(one["received"]),
        )
        for one in manifest["mails"]
    )


@needs_shared
def test_no_labelled_mail_is_accused() -> None:
    """None of them contradicts itself: what is found in them is a false alarm."""
    told_ = {
        name: [
            one.detail for one in judge(mail, rules(), received=at).problems if one.code is Code.CONTRADICTION
        ]
        for name, mail, at in mails()
    }

    assert len(told_) > 70
    assert {name: details for name, details in told_.items() if details} == {}


@needs_shared
def test_a_wrong_digit_in_the_copy_of_a_labelled_mail_is_found() -> None:
    """Each mail with one head count raised in a copy of its report: found in most, and never anywhere else."""
    seen = tried = 0
    for _, mail, at in mails():
        changed = _with_wrong_copy(mail, judge(mail, rules(), received=at))
        if changed is None:
            continue
        tried += 1
        details = [
            one.detail
            for one in judge(changed, rules(), received=at).problems
            if one.code is Code.CONTRADICTION
        ]
        assert len(details) <= 1
        seen += bool(details)

    assert tried >= 20
    assert seen >= 0.6 * tried


def _with_wrong_copy(mail: Reading, filing: Filing) -> Reading | None:
    """The mail with a copy of its report in which one plain head count is 7 higher; None where it states none."""
    stated = (one.activity.participants for one in filing.activities)
    figure = next((one for one in stated if one and one.words.rstrip("人次名位").isdigit()), None)
    if figure is None:
        return None
    span = figure.span
    source = next(one for one in mail.documents if one.part == span.part)
    if source.recognised or source.blocks[span.block].rows:
        return None
    block = source.blocks[span.block]
    text = (
        block.text[: span.start] + str(figure.value + 7) + block.text[span.start + len(str(figure.value)) :]
    )
    blocks: tuple[Block, ...] = tuple(
        replace(one, text=text) if number == span.block else one for number, one in enumerate(source.blocks)
    )
    copy = Document(part="9", blocks=blocks)
    return replace(mail, documents=(*mail.documents, copy))


@pytest.mark.parametrize(
    "text", ["1" * 20_000, "一" * 20_000, "共1人，其中" + "甲1人、" * 5_000, "5月28日至" * 3_000]
)
def test_hostile_words_cost_no_time(text: str) -> None:
    span = Span(part="2", block=0, start=0, end=len(text))
    activity = Activity(title="集市", text=text, spans=(span,))
    documents = tuple(
        Document(part=part, blocks=(Block(style=Style.PARAGRAPH, text=text),)) for part in ("2", "3")
    )

    began = time.process_time()
    contradictions((activity,), (), documents, year=2024)

    assert time.process_time() - began < 2
