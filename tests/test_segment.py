"""A report divides as a careful clerk divides it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rules
from pipeline.records import Aside, Block, Document, Mail, Reading, Segments, Span, Style
from pipeline.segment import segment
from pipeline.segment.groups import leading, opens_with_day
from pipeline.segment.pieces import Piece
from pipeline.segment.roles import structured

NOTICE = rules.load().notice
T, H, P = Style.TITLE, Style.HEADING, Style.PARAGRAPH


def document(
    *blocks: tuple[Style, str], part: str = "2/总结.docx", body: bool = False, recognised: bool = False
) -> Document:
    made = tuple(Block(style=style, text=text, level=1 if style is H else 0) for style, text in blocks)
    return Document(part=part, blocks=made, body=body, recognised=recognised)


def divided(*documents: Document) -> Segments:
    reading = Reading(
        sha256="0" * 64, version=1, abilities=(), mails=(Mail(),), parts=(), documents=documents
    )
    return segment(reading, NOTICE)


def blocks(found: Segments) -> list[list[int]]:
    return [[span.block for span in activity.spans] for activity in found.activities]


SUMMARY = (
    (T, "某区科协2024年全国科技工作者日活动总结"),
    (P, "按照通知要求，我区围绕学习宣传、展览、宣讲、志愿服务等方面统筹推进，现将有关情况总结如下。"),
    (H, "一、学习宣传"),
    (P, "5月21日，区科协召开学习会，传达会议精神，46人参会。"),
    (H, "二、志愿服务"),
    (P, "（一）5月25日，在龙湖社区举办义诊，为居民量血压，服务120人。"),
    (P, "（二）5月26日，到青山村指导果树管护，农户60户受益。"),
    (H, "三、典型经验"),
    (P, "一是部门联动；二是点单派单，减少重复投入。"),
    (H, "四、意见建议"),
    (P, "建议市里统一制作展板。"),
    (H, "五、下一步打算"),
    (P, "拟于9月举办科普日活动，组织500人参观。"),
    (P, "某区科学技术协会"),
)


def test_a_summary_divides_into_its_activities_passages_and_plans() -> None:
    found = divided(document(*SUMMARY))

    assert blocks(found) == [[2, 3], [5], [6]]
    assert [passage.span.block for passage in found.highlights] == [8]
    assert [passage.span.block for passage in found.suggestions] == [10]
    assert {(aside.span.block, aside.reason) for aside in found.set_aside} == {(1, "总述"), (12, "计划")}


def test_a_brief_of_several_paragraphs_is_one_activity() -> None:
    found = divided(
        document(
            (T, "某学会走进社区开展义诊"),
            (P, "5月25日上午，市某学会组织15名医生来到石桥街道，为居民量血压、测血糖。"),
            (
                P,
                "队伍从九点一直排到中午，不少老人拿着药盒来问。医生们逐一解答，还讲了夏季传染病的预防办法和注意事项。",
            ),
            (P, "半天时间共接诊群众三百余人，发出折页2000份。"),
            (P, "学会将继续弘扬科学家精神，组织会员把论文写在群众需要的地方。"),
        )
    )

    assert blocks(found) == [[1, 2, 3]]
    assert [aside.span.block for aside in found.set_aside] == [4]


def test_paragraphs_that_open_with_another_day_are_other_activities() -> None:
    found = divided(
        document(
            (T, "某县开展系列活动"),
            (P, "5月29日下午，座谈会在县科协会议室召开，30余人参加，反映职称难题。"),
            (P, "5月30日上午，州屏广场举办集市，志愿者给居民讲防溺水，发放读本2000份。"),
            (P, "当天下午，县科协看望在一线工作的4名科技工作者，送上慰问金。"),
        )
    )

    assert blocks(found) == [[1], [2], [3]]


def test_another_act_of_the_same_day_is_another_activity() -> None:
    found = divided(
        document(
            (T, "某学会活动简报"),
            (P, "5月29日，学会在园博园举办学术报告会，240余名会员到场聆听。"),
            (P, "当天下午，学会秘书处一行6人看望了90高龄的王老，送上鲜花与祝福。"),
        )
    )

    assert blocks(found) == [[1], [2]]
    assert found.activities[1].title.startswith("学会秘书处")


def test_one_colloquial_paragraph_of_dated_clauses_is_several_activities() -> None:
    text = (
        "今年我们做了不少工作，先是五月九号请讲师团来讲了一课，来了二十六个人；五月十五号去了长沙镇教农户剪枝，三百多户听了课；"
        "五月二十五号放了一场电影，来看的有五百多人；五月三十号区里领导去看了两位老专家，送了花。"
    )
    found = divided(document((T, "活动总结"), (P, text)))

    assert len(found.activities) == 4
    assert all(activity.text in text for activity in found.activities)


def test_items_numbered_within_a_paragraph_are_activities_of_their_own() -> None:
    text = "一是举办发布仪式。5月28日，在演播厅发布10名最美人物，260人观礼。二是开展义诊。5月26日，到双桥社区给老人查口腔，服务180人。"
    found = divided(document((T, "总结"), (P, text)))

    assert [activity.title for activity in found.activities] == ["举办发布仪式", "开展义诊"]


def test_items_of_an_experience_section_are_no_activities() -> None:
    found = divided(
        document(
            (T, "总结"),
            (H, "二、经验做法"),
            (P, "一是用好红色资源，把精神结合起来；二是媒体、阵地、队伍三方联动，形成合力。"),
        )
    )

    assert found.activities == ()
    assert len(found.highlights) == 1


def test_a_heading_of_main_work_holds_activities_and_no_experience() -> None:
    found = divided(
        document(
            (T, "总结"),
            (H, "一、主要做法"),
            (P, "1、举行表彰大会。5月29日，在文化中心召开表彰大会，各界代表350人参加。"),
            (P, "2、举办健康讲座。邀请专家到文风社区讲解养生知识，120余名居民参加。"),
        )
    )

    assert [activity.title for activity in found.activities] == ["举行表彰大会", "举办健康讲座"]
    assert found.highlights == ()


def test_press_work_on_other_activities_is_no_activity() -> None:
    found = divided(
        document(
            (T, "总结"),
            (H, "（四）加强宣传"),
            (P, "通过学会网站等平台发布活动信息5条，《中国气象报》刊发1篇。"),
        )
    )

    assert found.activities == ()


def test_a_brief_that_goes_on_with_what_happened_at_the_meeting_is_one_activity() -> None:
    found = divided(
        document(
            (T, "某区召开庆祝大会"),
            (P, "5月30日上午，庆祝大会在演播大厅召开，代表260人参加。"),
            (P, "会上，宣读了表扬决定。"),
            (P, "会前，与会人员参观了成果展。"),
        )
    )

    assert blocks(found) == [[1, 2, 3]]


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("某区科技局2024年全国科技工作者日活动方案", "计划"),
        ("某区2023年全国科技工作者日活动情况总结", "往年"),
    ],
)
def test_a_plan_or_last_years_report_counts_nothing(title: str, reason: str) -> None:
    found = divided(
        document((T, title), (P, "5月20日，在区科技馆举办主题展览，接待观众3000余人次，反响热烈。"))
    )

    assert found.activities == ()
    assert [aside.reason for aside in found.set_aside] == [reason]


def test_rows_of_a_table_are_activities_and_its_total_is_none() -> None:
    rows = (
        ("序号", "活动名称", "时间", "人数"),
        ("1", "专题学习会", "5月22日", "38"),
        ("2", "葡萄管护技术指导", "5月18日", "73"),
        ("合计", "", "", "111"),
    )
    table = Block(style=Style.TABLE, text="\n".join("\t".join(row) for row in rows), rows=rows)
    found = divided(Document(part="2/统计表.xlsx", blocks=(table,)))

    assert [activity.title for activity in found.activities] == ["专题学习会", "葡萄管护技术指导"]
    assert [table.text[a.spans[0].start : a.spans[0].end] for a in found.activities] == [
        "\t".join(row) for row in rows[1:3]
    ]


def test_the_same_report_as_word_and_as_scan_is_read_once_from_word() -> None:
    scan = document(*SUMMARY, part="3/扫描件.pdf", recognised=True)
    found = divided(scan, document(*SUMMARY))

    assert len(found.activities) == 3
    assert {span.part for activity in found.activities for span in activity.spans} == {"2/总结.docx"}


def test_the_organisers_notice_and_quoted_mails_are_no_report() -> None:
    quoted = Block(style=Style.OTHER, text="5月30日，举办集市，300人参加。", aside=Aside.QUOTED)
    notice = document(
        (T, "关于开展2024年“全国科技工作者日”活动的通知"),
        (P, "各区县（自治县）科协：5月30日前后组织开展系列活动，慰问100人。"),
    )

    assert divided(Document(part="1", blocks=(quoted,), body=True), notice).activities == ()


def test_a_report_in_the_body_alone_is_read() -> None:
    body = document(
        (P, "5月28日，渝北区科协在龙山社区举办科普集市，服务居民300余人，发放资料500份。"),
        part="1",
        body=True,
    )

    assert len(divided(body).activities) == 1


@given(
    st.lists(
        st.tuples(
            st.sampled_from([T, H, P]),
            st.text(
                alphabet="一二（）、是5月28日举办了参加人总结经验建议拟将；。，\n", min_size=1, max_size=60
            ),
        ),
        max_size=8,
    )
)
def test_every_span_lies_inside_its_block(made: Sequence[tuple[Style, str]]) -> None:
    one = document(*made)
    found = divided(one)
    spans = [span for activity in found.activities for span in activity.spans]
    spans += [passage.span for passage in (*found.highlights, *found.suggestions)]
    spans += [aside.span for aside in found.set_aside]

    assert all(activity.spans for activity in found.activities)
    assert all(0 <= span.start < span.end <= len(one.blocks[span.block].text) for span in spans)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("本来还定了6月16日去镇上看望驻村干部，因为涨水没有去成，只好改期。", "计划"),
        ("以上合计到场412人次，影院一场没有清点。", "合计"),
        ("佐证目录：照片4张、签到表1份、视频链接3条。", "合计"),
        ("今后报数一律两人核对，给各位老师添麻烦了。", "报送说明"),
    ],
)
def test_what_did_not_happen_and_what_is_only_added_up_is_set_aside(text: str, reason: str) -> None:
    found = divided(
        document(
            (T, "某县科协活动总结"), (P, "5月25日，县科协在河滨广场举办义诊，服务居民120人。"), (P, text)
        )
    )

    assert [span.block for one in found.activities for span in one.spans] == [1]
    assert reason in [one.reason for one in found.set_aside]


def test_what_may_lead_over_is_what_asking_each_piece_for_all_behind_it_finds() -> None:
    """Pieces before the first structured one; without any, those before the last two that open with a day."""
    kinds = ("一、科普集市。", "5月28日，区科协举办义诊。", "活动丰富多彩。")
    span = Span(part="1", block=0, start=0, end=0)
    for texts in (texts for length in range(6) for texts in product(kinds, repeat=length)):
        cut = [Piece(span=span, text=text) for text in texts]

        until = leading(cut)

        assert [number < until for number in range(len(cut))] == [
            not any(map(structured, cut[: number + 1])) and _goes_on_in_parts(cut[number + 1 :])
            for number in range(len(cut))
        ]


def _goes_on_in_parts(behind: list[Piece]) -> bool:
    return any(map(structured, behind)) or sum(opens_with_day(piece.text) for piece in behind) > 1
