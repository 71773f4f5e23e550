"""The papers that go to units: what they say, that they fit, and that the same season gives the same octets."""

from __future__ import annotations

import csv
import io
import re
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rules as tables
from outputs.notices import Desk, Paper, completion, papers, reminders, writing
from outputs.notices.materials import ASKED, files
from outputs.notices.wording import AFTER, BEFORE, COLUMNS, columns, plain, short_names, wrapped
from outputs.words import CURES
from pipeline.evaluate import evaluate
from pipeline.evaluate.progress import Standing, progress
from pipeline.records import (
    Address,
    Behalf,
    Code,
    Contact,
    Correction,
    Evaluation,
    Filed,
    Filing,
    Kind,
    Link,
    Mail,
    Problem,
    Status,
)
from pipeline.season import season as fold
from rules import Rules
from tests.season import (
    BANAN,
    BEIJING,
    BUREAU,
    JIANGJIN,
    OUTSIDE,
    REPORT,
    SILENT,
    SOCIETY,
    UNIVERSITY,
    YUBEI,
    at,
    filing,
    item,
    part,
    season,
    small_rules,
)

BEFORE_DEADLINE, AFTER_DEADLINE = date(2024, 6, 17), date(2024, 6, 23)
AS_OF = datetime(2024, 6, 23, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


def desk(rules: Rules, filed: tuple[Filed, ...] | None = None, on: date = BEFORE_DEADLINE) -> Desk:
    mails = season() if filed is None else filed
    return Desk(filed=mails, evaluations=evaluate(mails, rules), rules=rules, as_of=AS_OF, on=on)


def one_of(found: tuple[Paper, ...], unit: str) -> Paper:
    (paper,) = (one for one in found if one.unit == unit)
    return paper


def alone(rules: Rules, made: Filing, on: date = BEFORE_DEADLINE) -> Desk:
    return desk(rules, (Filed(item=item(1, at(12)), filing=made),), on)


# ------------------------------------------------------------ 回执


def test_a_receipt_says_what_was_read_of_each_mail_that_counts(rules: Rules) -> None:
    found = papers("receipt", desk(rules))

    assert [one.accession for one in found] == [f"2024-{n:05d}" for n in (1, 3, 5, 6, 7, 8, 12, 13)]
    text = found[0].text
    flowing = text.replace("\n", "")
    for said in (
        "收 文 号：2024-00001",
        "收到时间：2024年6月12日10时00分",
        "蒋昕，023-55500121",
        "总结.docx（900字）",
        "三、读到的活动（4项）",
        "参与人数：3400（原文“3400余人次”）",
        "参与人数：—",
        "地点：区科技馆一楼序厅",
        "类别（建议）：系列展览",
        "“经验：区、镇、村三级联动，活动办到田间地头。”",
        "（动员部署，不是活动本身）",
        "本回执只说明收到和读到了什么，不是评价结果",
    ):
        assert said in flowing


def test_no_paper_shows_a_score_a_rank_or_who_else_might_have_sent_it(rules: Rules) -> None:
    for kind in ("receipt", "completion", "reminder"):
        for one in papers(kind, desk(rules, on=AFTER_DEADLINE)):
            assert not re.search(
                r"得分|名次|排名|\d分[^0-9]?(?!\d)|评分", re.sub(r"\d+时\d+分", "", one.text)
            )
            if one.unit == JIANGJIN:
                assert BANAN not in one.text


def test_a_receipt_says_of_a_figure_that_staff_put_right_neither_who_nor_why(rules: Rules) -> None:
    made = Correction(
        number=1,
        accession="2024-00001",
        field="activity/1/participants",
        old="46",
        new="64",
        by="王芳",
        why="打电话问过",
        at=at(24),
    )

    text = papers("receipt", desk(rules, fold(season(), (made,), rules)))[0].text.replace("\n", "")

    assert "参与人数：64（经核对更正）" in text
    assert "王芳" not in text
    assert "打电话问过" not in text


def test_a_receipt_of_an_undecided_unit_asks_and_names_nobody_in_its_address(rules: Rules) -> None:
    paper = one_of(papers("receipt", desk(rules)), JIANGJIN)

    assert "各位老师：" in paper.text
    assert f"暂记为“{JIANGJIN}”" in paper.text.replace("\n", "")
    assert paper.note == "单位待核"


def test_what_could_not_be_read_stands_in_the_receipt_with_what_to_do(rules: Rules) -> None:
    text = one_of(papers("receipt", desk(rules)), UNIVERSITY).text

    assert "活动总结（盖章）.pdf：扫描件，正由我们识别" in text
    assert "资料.7z：格式打不开。请转成" in text
    assert "活动视频.mp4：只有下载链接" in text
    assert "Thumbs.db" not in text


def test_the_receipt_of_a_mail_with_ten_thousand_parts_is_written_at_once(rules: Rules) -> None:
    folder = part("2", "材料.zip", media_type="application/zip")
    many = [part(f"2/{number}.txt", f"{number}.txt") for number in range(5_000)]
    pictures = [part(f"2/{number}.jpg", media_type="image/jpeg") for number in range(5_000)]
    made = filing(YUBEI, parts=(folder, *many, *pictures))

    begun = time.process_time()
    lines = files(made)

    assert time.process_time() - begun < 3
    assert lines[:2] == ("材料.zip（已解开，里面的文件分列）", "材料.zip 内 0.txt（已收到）")
    assert lines[-1] == "…… 共 5002 个，其余略"


@given(st.text(max_size=300), st.text(max_size=80))
def test_whatever_a_mail_says_no_line_is_too_wide_and_none_is_broken(text: str, title: str) -> None:
    lines = wrapped(plain(text, 300), "  ", "     ").split("\n")

    assert all(columns(line) <= COLUMNS for line in lines)
    assert "".join(line.strip() for line in lines).replace(" ", "") == plain(text, 300).replace(" ", "")


def test_no_line_begins_with_a_full_stop_or_ends_with_an_opening_quote() -> None:
    text = "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五。“甲”（乙）"
    for shift in range(40):
        lines = wrapped("字" * shift + text).split("\n")
        assert all(line[0] not in BEFORE and line[-1] not in AFTER for line in lines)
        assert all(columns(line) <= COLUMNS for line in lines)


@pytest.mark.parametrize("kind", ["receipt", "completion", "reminder"])
def test_no_line_of_any_paper_of_the_season_is_wider_than_a_letter(rules: Rules, kind: str) -> None:
    for on in (BEFORE_DEADLINE, AFTER_DEADLINE):
        for one in papers(kind, desk(rules, on=on)):
            assert max(map(columns, one.text.splitlines())) <= COLUMNS
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", one.text)


def test_the_same_facts_have_the_same_digest_and_another_figure_has_another(rules: Rules) -> None:
    before = one_of(papers("receipt", desk(rules)), YUBEI)
    later = one_of(papers("receipt", desk(rules, on=AFTER_DEADLINE)), YUBEI)
    mails = season()
    first = mails[0].filing
    assert first is not None
    changed = (replace(mails[0], filing=replace(first, activities=first.activities[:-1])), *mails[1:])

    assert before.facts == later.facts
    assert one_of(papers("receipt", desk(rules, changed)), YUBEI).facts != before.facts


# ------------------------------------------------------------ 补正单


def test_a_unit_whose_report_is_whole_gets_no_completion(rules: Rules) -> None:
    found = papers("completion", desk(rules))

    assert YUBEI not in {one.unit for one in found}
    assert {SILENT} & {one.unit for one in found} == set(), "nothing came from it: that is 催报"


def test_a_completion_asks_for_what_is_missing_by_the_notice_s_day(rules: Rules) -> None:
    early = one_of(papers("completion", desk(rules)), BUREAU).text
    late = one_of(papers("completion", desk(rules, on=AFTER_DEADLINE)), BUREAU).text

    assert "1. 典型经验\n  2. 意见建议" in early
    assert "请于6月20日前发送至" in early.replace("\n", "")
    assert "为盼" in early
    assert "现已超过3天，请尽快" in late.replace("\n", "")
    assert "联系人" not in early.split("请直接回复")[0], "it named one"


def test_what_is_ours_to_do_is_no_reason_for_a_completion(rules: Rules) -> None:
    """A scan that waits for recognition, and a link that staff can still fetch."""
    whole = filing(
        YUBEI,
        season()[0].filing.activities,  # type: ignore[union-attr]  # the season's first mail is filed
        parts=(
            part("1", media_type="text/plain", characters=40),
            part(REPORT, "总结.docx", characters=900),
            part("4", "盖章.pdf", Status.NEEDS_OCR, "扫描件"),
        ),
        links=(
            Link(
                part="1",
                kind="qq",
                name="照片.zip",
                url="https://a.example/b",
                expires=datetime(2024, 7, 1, tzinfo=BEIJING),
            ),
        ),
    )

    assert papers("completion", alone(rules, whole)) == ()
    (expiring,) = papers("completion", alone(rules, whole, date(2024, 6, 29)))
    (expired,) = papers("completion", alone(rules, whole, date(2024, 7, 2)))
    assert "7月1日到期（还剩2天）" in expiring.text.replace("\n     ", "")
    assert "已过期，没有取到，请重新发送" in expired.text.replace("\n     ", "")
    assert expiring.facts == papers("completion", alone(rules, whole, date(2024, 6, 30)))[0].facts


def test_what_may_stand_in_a_file_that_nobody_could_read_need_not_be_written_again(rules: Rules) -> None:
    made = filing(
        UNIVERSITY,
        parts=(
            part("1", media_type="text/plain"),
            part("3", "资料.7z", Status.UNSUPPORTED, "本机没有解 7z 的程序"),
        ),
        pictures=(),
        highlights=(),
    )
    (paper,) = papers("completion", alone(rules, made))

    assert "典型经验" in paper.text
    assert "那份文件重发即可" in paper.text
    assert "资料.7z：格式打不开，请转成 docx、pdf 或 jpg 后重发" in paper.text.replace("\n     ", "")


def test_nobody_is_asked_or_urged_for_what_may_be_in_what_waits_for_us(rules: Rules, tmp_path: Path) -> None:
    """A scan that is to be recognised, a link that staff have not fetched: first that."""
    at_work = desk(rules)
    paper = one_of(papers("completion", at_work), UNIVERSITY)

    assert "资料.7z" in paper.text
    assert "典型经验" not in paper.text
    assert UNIVERSITY not in {one.unit for one in reminders.due(at_work)}
    assert dict(reminders.spared(at_work))[UNIVERSITY] == "活动总结（盖章）.pdf待识别、活动视频.mp4待取回"
    folder = writing.write(tmp_path, "reminder", papers("reminder", at_work), at_work)
    assert f"{UNIVERSITY}\t活动总结（盖章）.pdf待识别" in (folder / "目录.txt").read_text("utf-8")


def test_contradictions_are_asked_about_and_what_a_recogniser_may_have_misread_is_not(rules: Rules) -> None:
    made = filing(
        YUBEI,
        season()[0].filing.activities,  # type: ignore[union-attr]
        problems=(
            Problem(code=Code.CONTRADICTION, detail="“5月30日（星期一）”与日历不符：2024年5月30日是星期四"),
            Problem(code=Code.COMPARE, detail="表中“人数”一列相加为 10，合计写的是 12；请对照原件核对"),
        ),
    )
    (paper,) = papers("completion", alone(rules, made))

    assert "前后不一致的内容，请核实后说明或更正" in paper.text
    assert "星期四" in paper.text
    assert "相加" not in paper.text


def test_every_cure_that_staff_know_has_words_for_the_unit() -> None:
    assert set(CURES) == set(ASKED)
    assert not any("shouwen" in asked for _, asked in ASKED.values())


def test_a_unit_that_others_report_for_gets_its_completion_by_no_machine(rules: Rules) -> None:
    sent = filing(BANAN, season()[0].filing.activities)  # type: ignore[union-attr]
    judged = tuple(replace(one, unit=BUREAU) for one in sent.activities)
    theirs = (Behalf(part=REPORT, unit=BUREAU, words="代区科技局报送"),)
    mine = Filed(item=item(1, at(12)), filing=replace(sent, activities=judged, behalf=theirs, highlights=()))
    paper = one_of(papers("completion", desk(rules, (mine,))), BUREAU)

    assert paper.to == ""
    assert "代报" in paper.hold


def test_a_unit_reads_nothing_of_what_another_sent_in_the_same_mail(rules: Rules) -> None:
    """A mail of one unit with a document in the name of another: each is asked about its own alone."""
    sent = filing(BANAN, season()[0].filing.activities)  # type: ignore[union-attr]
    judged = (sent.activities[0], *(replace(one, unit=BUREAU) for one in sent.activities[1:]))
    other = replace(
        judged[0],
        activity=replace(judged[0].activity, spans=(replace(judged[0].activity.spans[0], part="4"),)),
    )
    made = replace(
        sent,
        activities=(other, *judged[1:]),
        behalf=(Behalf(part=REPORT, unit=BUREAU, words="代区科技局报送"),),
        parts=(*sent.parts, part("4", "科协总结.docx"), part("5", "科技局.docx")),
        problems=(
            Problem(code=Code.CONTRADICTION, part="4", detail="甲与乙不符"),
            Problem(code=Code.CONTRADICTION, part=REPORT, detail="丙与丁不符"),
        ),
    )
    found = papers("completion", alone(rules, made))

    assert "甲与乙不符" in one_of(found, BANAN).text
    assert "丙与丁" not in one_of(found, BANAN).text
    assert "丙与丁不符" in one_of(found, BUREAU).text
    assert "甲与乙" not in one_of(found, BUREAU).text
    assert (
        desk(rules, (Filed(item=item(1, at(12)), filing=made),)).contact(
            next(
                one
                for one in evaluate((Filed(item=item(1, at(12)), filing=made),), rules)
                if one.unit == BUREAU
            )
        )
        is None
    )


# ------------------------------------------------------------ 催报


def test_a_group_text_lists_who_has_not_sent_and_who_lacks_what_by_short_names(rules: Rules) -> None:
    texts = {one.group: one.text for one in reminders.group_texts(desk(rules))}

    assert "@市声学学会" in texts["市级学会"]
    assert "@巴南区科技局 缺：典型经验、意见建议" in texts["区县科技局"]
    assert "@渝北区科协" not in texts["区县科协"]
    assert "还有3天" in texts["市级学会"]
    assert OUTSIDE not in "".join(texts.values())


def test_a_silent_unit_that_an_undecided_mail_may_be_from_is_pointed_out_and_not_written_to(
    rules: Rules,
) -> None:
    mails = tuple(one for one in season() if one.item.accession == "2024-00005")
    paper = one_of(papers("reminder", desk(rules, mails)), BANAN)

    assert "2024-00005 可能是它报的" in paper.note
    assert paper.hold


def test_whom_papers_urge_is_whom_the_sheet_of_progress_calls_silent_or_incomplete(rules: Rules) -> None:
    """All of them: urged, spared for what waits for us, or lacking a contact alone (which 补正单 asks for)."""
    at_work = desk(rules)
    wanted = {
        one.unit
        for one in progress(at_work.filed, at_work.evaluations, rules)
        if one.in_roster and one.standing in (Standing.NOTHING, Standing.INCOMPLETE)
    }
    contact_alone = {one.unit for one in at_work.evaluations if one.in_roster and one.missing == ("联系人",)}
    urged, spared = (
        {one.unit for one in reminders.due(at_work)},
        {unit for unit, _ in reminders.spared(at_work)},
    )

    assert urged | spared | contact_alone == wanted
    assert not urged & spared
    assert urged


def real() -> Rules:
    return tables.load()


@pytest.mark.parametrize("on", [date(2024, 6, 1), BEFORE_DEADLINE, AFTER_DEADLINE, date(2024, 12, 31)])
@pytest.mark.parametrize("person", ["", "欧阳慕容晓晓", "蒋昕", "a" * 90, "王\u202e芳\r\n"])
@pytest.mark.parametrize("missing", [None, ("经验",), ("情况", "成效", "经验", "建议", "影像", "联系人")])
def test_no_sms_to_any_unit_of_the_roster_is_longer_than_seventy(
    on: date, person: str, missing: tuple[str, ...] | None
) -> None:
    """Of all 234 units, silent or lacking something, with names of persons long, short, hostile and none."""
    rules = real()
    mails: dict[str, Filed] = {}
    evaluations = []
    for number, unit in enumerate(rules.units, 1):
        accessions: tuple[str, ...] = ()
        if missing is not None:
            contact = Contact(name=person, phone="023-55500121") if person else None
            made = Filed(item=item(number, at(12)), filing=filing(unit.name, contact=contact))
            mails[made.item.accession] = made
            accessions = (made.item.accession,)
        evaluations.append(
            Evaluation(
                unit=unit.name,
                in_roster=True,
                kind=unit.kind,
                accessions=accessions,
                activities=0,
                participants=None,
                scores=(),
                low=0,
                high=0,
                rank=None,
                missing=missing or (),
            )
        )
    at_work = Desk(
        filed=tuple(mails.values()), evaluations=tuple(evaluations), rules=rules, as_of=AS_OF, on=on
    )
    messages = reminders.short_messages(at_work)

    assert len(messages) == len(rules.units) == 234
    for one in messages:
        assert len(one.text.encode("utf-16-le")) <= 140, one.text
        assert one.text.startswith("【重庆市科协】")
        assert "skxzrb@foxmail.com" in one.text
        assert not re.search(r"[\s\u202e]", one.text)
    if person == "蒋昕" and missing is not None:
        assert sum("蒋昕老师" in one.text for one in messages) > 200, "named wherever there is room"


def test_short_names_are_one_each_and_short() -> None:
    names = short_names(real().units)

    assert len(set(names.values())) == len(names) == 234
    assert names["重庆市万州区科学技术协会"] == "万州区科协"
    assert sum(len(name) > 15 for name in names.values()) < 8


def test_a_reminder_goes_to_the_address_of_an_earlier_mail_before_that_of_the_roster(rules: Rules) -> None:
    assert desk(rules, ()).addresses == {JIANGJIN: "jjkx@qq.example", SILENT: "shengxue@qq.example"}
    assert desk(rules).addresses[SOCIETY] == "someone@qq.example"
    assert desk(rules).addresses[JIANGJIN] == "jjkx@qq.example", "the mail's unit is undecided"


# ------------------------------------------------------------ files


def test_the_same_season_gives_the_same_octets_and_another_never_takes_its_place(
    rules: Rules, tmp_path: Path
) -> None:
    at_work = desk(rules)
    first = writing.write(tmp_path, "receipt", papers("receipt", at_work), at_work)
    there = {path: path.read_bytes() for path in first.rglob("*") if path.is_file()}

    assert writing.write(tmp_path, "receipt", papers("receipt", at_work), at_work) == first
    assert writing.write(tmp_path, "receipt", papers("receipt", at_work)[:2], at_work).parent.name.endswith(
        "-2"
    )
    assert {path: path.read_bytes() for path in first.rglob("*") if path.is_file()} == there
    assert first == tmp_path / "20240623-100000" / "回执"
    later = desk(rules, on=AFTER_DEADLINE)
    assert writing.write(tmp_path, "receipt", papers("receipt", later), later) == first, (
        "no clock in a receipt"
    )


def test_a_draft_opens_for_editing_and_bears_no_mark_of_a_machine(rules: Rules, tmp_path: Path) -> None:
    at_work = desk(rules)
    folder = writing.write(tmp_path, "receipt", papers("receipt", at_work), at_work)
    draft = message_from_bytes((folder / f"01-2024-00001 {YUBEI}.eml").read_bytes(), policy=default)

    assert draft["X-Unsent"] == "1"
    assert draft["To"] == "someone@qq.example"
    assert draft["In-Reply-To"] == "<one@qq.example>"
    assert draft["Auto-Submitted"] is draft["Date"] is draft["Bcc"] is None
    assert draft.get_content().replace("\r\n", "\n") == (folder / f"01-2024-00001 {YUBEI}.txt").read_text(
        "utf-8"
    )


HOSTILE = "王\r\nBcc: victim@evil.example\r\n\r\nhello =HYPERLINK(1)"


def test_nothing_of_a_mail_gets_into_a_header_a_path_or_a_formula(rules: Rules, tmp_path: Path) -> None:
    made = filing(
        "../../" + HOSTILE,
        mail=Mail(
            subject=HOSTILE,
            sender=Address(name=HOSTILE, address="x@y.example\r\nBcc: victim@evil.example"),
            message_id="<a@b>\r\nBcc: victim@evil.example",
        ),
        contact=Contact(name="=cmd|' /C calc'!A1", phone="=1+1"),
        highlights=(),
    )
    at_work = alone(rules, made)
    for kind in ("receipt", "completion", "reminder"):
        folder = writing.write(tmp_path, kind, papers(kind, at_work), at_work)
        assert folder.resolve().is_relative_to(tmp_path.resolve())
        for path in folder.rglob("*.eml"):
            head = message_from_bytes(path.read_bytes())
            assert head["Bcc"] is None
            assert "evil" not in "".join(head.values())
    assert not list(tmp_path.parent.glob("王*"))


def test_the_table_of_sms_opens_as_one_and_holds_no_formula(rules: Rules, tmp_path: Path) -> None:
    at_work = desk(rules)
    folder = writing.write(tmp_path, "reminder", papers("reminder", at_work), at_work)
    rows = list(csv.reader(io.StringIO((folder / "短信.csv").read_text("utf-8-sig"))))

    assert rows[0] == ["同类组", "单位", "联系人", "电话", "字数", "短信内容"]
    assert {row[1] for row in rows[1:]} == {one.unit for one in reminders.due(at_work)}
    assert all(int(row[4]) == len(row[5]) <= 70 for row in rows[1:])
    assert not any(cell[:1] in tuple("=+-@") for row in rows for cell in row)
    assert {path.name for path in folder.glob("*.txt")} == {
        "目录.txt",
        *(f"{n:02d}-微信群 {one.group}.txt" for n, one in enumerate(reminders.group_texts(at_work), 1)),
    }


def test_the_list_of_papers_names_each_file_and_warns(rules: Rules, tmp_path: Path) -> None:
    at_work = desk(rules)
    folder = writing.write(tmp_path, "receipt", papers("receipt", at_work), at_work)
    rows = [
        line.split("\t") for line in (folder / "目录.txt").read_text("utf-8").splitlines() if "\t" in line
    ]

    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*.txt")} - {"目录.txt"}
    assert {row[0] for row in rows[1:]} == written
    assert [row[4] for row in rows if row[2] == JIANGJIN] == ["单位待核"]
    urged = writing.write(tmp_path, "reminder", papers("reminder", at_work), at_work)
    assert "还有 2 件来文待办或待人工" in (urged / "目录.txt").read_text("utf-8")


def test_a_mail_that_is_no_submission_gets_no_paper(rules: Rules) -> None:
    made = filing(YUBEI, kind=Kind.OTHER)

    assert papers("receipt", alone(rules, made)) == ()
    assert completion.completions(alone(rules, made)) == ()
