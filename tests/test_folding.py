"""One script, one width, no blanks that set type: judged alike, and quoted as written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from unicodedata import normalize

import pytest

import rules
from pipeline import intake
from pipeline.folding import fold, folded, restored
from pipeline.records import Address, Block, Document, Filing, Mail, Part, Reading, Status, Style

RULES = rules.load()
RECEIVED = datetime(2024, 6, 12, 2, tzinfo=UTC)
PLAIN = "5月28日，县科协组织46名农技专家到田间指导农户防治柑橘病虫害，发放技术资料500份。"
WRITTEN = "５ 月 ２８ 日，縣科協組織 46 名農技專家到田間指導農戶防治柑橘病蟲害，發放技術資料 ５００ 份。"


def reading(text: str) -> Reading:
    title = Block(style=Style.TITLE, text="城口县科协科技工作者日活动总结")
    part = Part(path="1", name="总结.docx", media_type="", sha256="0" * 64, size=1, status=Status.OK)
    document = Document(part="1", blocks=(title, Block(style=Style.PARAGRAPH, text=text)))
    mail = Mail(subject="城口县科协总结", sender=Address(name="", address="a@b.example"))
    return Reading(
        sha256="0" * 64, version=1, abilities=(), mails=(mail,), parts=(part,), documents=(document,)
    )


def judge(text: str) -> Filing:
    return intake.judge(reading(text), RULES, received=RECEIVED)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("５月２０日", "5月20日"),
        ("重慶市科學技術協會", "重庆市科学技术协会"),
        ("5 月 20 日共 46 人", "5月20日共46人"),
        ("总　　结", "总结"),
        ("时 间：5月", "时间：5月"),
        ("张三  李四", "张三  李四"),
        ("工作  总结", "工作  总结"),
        ("in 5 days", "in 5 days"),
        ("01 人物专栏", "01 人物专栏"),
        ("共 3 场", "共3场"),
    ],
)
def test_what_folding_changes_and_what_it_leaves(written: str, plain: str) -> None:
    assert fold(written) == plain


def test_the_roster_is_written_in_the_form_that_is_judged() -> None:
    names = [name for unit in RULES.units for name in (unit.name, *unit.aliases)]

    assert [normalize("NFKC", fold(name)) for name in names] == [normalize("NFKC", name) for name in names]


def test_script_width_and_blanks_change_no_judgement() -> None:
    (one,), (other,) = judge(PLAIN).activities, judge(WRITTEN).activities

    assert one.classification.code == other.classification.code == 5
    assert one.activity.participants is not None
    assert other.activity.participants is not None
    assert one.activity.participants.value == other.activity.participants.value
    assert one.activity.date_start is not None
    assert other.activity.date_start is not None
    assert one.activity.date_start.value == other.activity.date_start.value
    assert one.activity.materials is not None
    assert other.activity.materials is not None
    assert other.activity.materials.value == 500


def test_words_are_quoted_as_written_from_where_they_stand() -> None:
    (one,) = judge(WRITTEN).activities

    quoted = [one.activity.date_start, one.activity.participants, one.activity.materials]
    for stated in (*quoted, *one.classification.evidence):
        assert stated is not None
        assert WRITTEN[stated.span.start : stated.span.end].strip() == stated.words
    assert one.activity.text == WRITTEN
    assert one.activity.date_start is not None
    assert one.activity.date_start.words == "５ 月 ２８ 日"


def test_a_reading_in_plain_form_is_judged_as_it_is() -> None:
    plain = reading(PLAIN)
    judged = folded(plain)
    filing = replace(intake.judge(plain, RULES, received=RECEIVED), set_aside=())

    assert judged.reading == plain
    assert restored(filing, judged, plain) is filing
