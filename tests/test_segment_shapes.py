"""Reports in many shapes divide as a careful clerk divides them (the labelling guide, section A)."""

from __future__ import annotations

import pytest

import rules
from pipeline.folding import fold, folded
from pipeline.records import Block, Document, Mail, Reading, Segments, Style
from pipeline.segment import segment
from tests.segment_shapes import SHAPES, Shape

NOTICE = rules.load().notice
STYLES = (("### ", Style.HEADING, 2), ("## ", Style.HEADING, 1), ("# ", Style.TITLE, 0))


def block(line: str) -> Block:
    for mark, style, level in STYLES:
        if line.startswith(mark):
            return Block(style=style, text=line.removeprefix(mark), level=level)
    return Block(style=Style.PARAGRAPH, text=line)


def divided(*blocks: Block) -> Segments:
    document = Document(part="2/总结.docx", blocks=blocks)
    written = Reading(
        sha256="0" * 64, version=1, abilities=(), mails=(Mail(),), parts=(), documents=(document,)
    )
    return segment(folded(written).reading, NOTICE)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.about)
def test_a_report_divides_into_its_activities_and_passages(shape: Shape) -> None:
    found = divided(*map(block, shape.lines))

    assert [sorted({span.block for span in one.spans}) for one in found.activities] == shape.activities
    assert sorted({one.span.block for one in found.highlights}) == shape.highlights
    assert sorted({one.span.block for one in found.suggestions}) == shape.suggestions


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.about)
def test_what_is_said_of_a_report_are_its_own_words(shape: Shape) -> None:
    blocks = tuple(map(block, map(fold, shape.lines)))
    found = divided(*blocks)

    said = [(one.text, one.span) for one in (*found.highlights, *found.suggestions)]
    said += [(one.text, one.span) for one in found.set_aside]

    assert all(text == blocks[span.block].text[span.start : span.end] for text, span in said)


ACT = "5月25日，学会在中央公园举办观鸟活动，75名市民参加，会员全程讲解。"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("下一步，学会将继续办好科普活动。", "计划"),
        ("6月下旬拟组织会员赴贵州考察。", "计划"),
        ("原定同日举行的灯谜会因下雨没有办成。", "计划"),
        ("又悉，摄影展正在筹备，时间待定。", "计划"),
        ("去年的观鸟活动来了三百多人，场面更大。", "往年"),
        ("2023年，学会共开展讲座42场，服务1.1万人次。", "往年"),
        ("理事长强调，全体会员要多到学校去讲科学家的故事。", "领导要求"),
        ("据统计，活动期间共举办各类活动23场次，参与群众4.3万人次。", "合计"),
        ("此外，各分会还开展了读书、观影、健步走等活动。", "仅提及"),
        ("区农业农村委组织的农机展演由其自行报送。", "另行报送"),
        ("让我们携手并肩，奋力谱写新篇章！", "口号"),
        ("6月7日报送的材料中人数有误，以此件为准。", "报送说明"),
        ("学会高度重视，成立工作专班，印发活动方案。", "组织部署"),
    ],
)
def test_what_is_no_activity_is_set_aside_with_its_reason(line: str, reason: str) -> None:
    found = divided(block(ACT), block(line))

    assert [[span.block for span in one.spans] for one in found.activities] == [[0]]
    assert [(one.span.block, one.reason) for one in found.set_aside] == [(1, reason)]


@pytest.mark.parametrize(
    "line",
    [
        "与会人员建议，县里要建一个统一的技术服务平台。",
        "“希望公司能解决停车难的问题。”研发部小李说。",
        "会上，代表们围绕职称评审提出意见建议17条，希望加大支持力度。",
        "专家提出，应当建议市民少用一次性用品。",
        "分管校领导希望大家以前辈为镜，多做志愿服务。",
    ],
)
def test_what_others_wish_for_is_no_suggestion_of_the_unit(line: str) -> None:
    assert divided(block(ACT), block(line)).suggestions == ()


@pytest.mark.parametrize(
    "line",
    [
        "建议市科协统一制作展板。",
        "同时，恳请上级增加山区县的科普经费。",
        "【心声】培训通知能不能早三天发？",
        "一点想法：市里能不能统一联系讲解员。",
        "最后给市科协提个建议：评优别光数场次。",
        "要是市里能给个器材借用的渠道就更好了。",
        "為此，建議市科協適當放寬報送時間。",
        "另外,希望市里多组织跨区县的交流.",
    ],
)
def test_what_the_unit_asks_for_is_a_suggestion(line: str) -> None:
    assert [one.text for one in divided(block(ACT), block(line)).suggestions] == [fold(line)]


@pytest.mark.parametrize(
    "line",
    [
        "几点体会：小班比大课有效。",
        "一點心得：青年人要的是有人肯聽。",
        "我们的体会就一条：身边的前辈比远处的名人管用。",
        "回头看，有两条做法值得坚持：先问需求，再派专家。",
        "活动特点：小型、分散、对路。",
        "【启示】小所也能办大事，关键在联合。",
    ],
)
def test_what_the_unit_has_learnt_is_experience(line: str) -> None:
    assert [one.text for one in divided(block(ACT), block(line)).highlights] == [fold(line)]


def test_a_sentence_of_experience_does_not_take_its_activity_along() -> None:
    found = divided(block(f"{ACT}我们的体会是，题目出得越小，讲得越真。"))

    assert len(found.activities) == 1
    assert [one.text for one in found.highlights] == ["我们的体会是，题目出得越小，讲得越真。"]
