"""What happened and for whom decides the category, never the words that happen to stand there."""

from __future__ import annotations

from dataclasses import replace

import pytest

import rules
from pipeline.classify import classify
from pipeline.records import Activity, Classification, Span

RULES = rules.load()


def judged(title: str, text: str, these: rules.Rules = RULES) -> Classification:
    span = Span(part="1", block=0, start=0, end=len(text))
    return classify(Activity(title=title, text=text, spans=(span,)), these)


@pytest.mark.parametrize(
    ("title", "text", "code"),
    [
        ("专题学习会", "5月20日，局党组召开专题学习会，传达学习全国科技大会精神，大家结合岗位谈体会。", 1),
        ("集中收看直播", "组织科技工作者集中收看大会直播，收看后大家畅谈感受。", 1),
        ("人物专栏", "与县报合作开设人物专栏，连续刊登8位科技工作者的成长故事和先进事迹。", 2),
        ("表彰会", "举行表彰大会，宣读表彰决定，为优秀科技工作者颁发证书，播放事迹短片。", 2),
        ("图片展", "在文化广场举办科学家主题图片展，展出图片100幅，观众2000人次。", 3),
        ("参观基地", "组织青年科技人员到科学家精神教育基地参观，看实物、听讲解。", 3),
        ("宣讲进校园", "宣讲团走进中学，讲述邓稼先、于敏隐姓埋名的故事，师生800人聆听。", 4),
        ("话剧演出", "原创话剧在大剧院首演，再现老一辈科学家的奋斗经历，观众1200人。", 4),
        ("义诊", "医疗志愿者到社区为居民量血压、测血糖，开展健康咨询，服务200人。", 5),
        ("农技指导", "农技专家到田间指导农户防治病虫害，发放技术资料500份。", 5),
        ("走访慰问", "区领导走访慰问10名一线科技工作者，送上慰问金和节日问候。", 6),
        ("座谈会", "召开座谈会，听取青年科技人员对住房、职称的意见，现场答复诉求9条。", 6),
        ("学术年会", "召开学术年会，收到论文80篇，6名专家作主旨报告。", 0),
        ("机器人大赛", "举办青少年机器人大赛，60支代表队参赛，决出金奖3个。", 0),
    ],
)
def test_plain_cases_of_the_guide(title: str, text: str, code: int) -> None:
    assert judged(title, text).code == code


def test_a_slogan_does_not_decide() -> None:
    plain = judged("大篷车进校园", "两辆科普大篷车开进小学操场，孩子们动手体验展品，科技辅导员演示实验。")
    adorned = judged(
        "科学家精神进校园",
        "弘扬科学家精神，两辆科普大篷车开进小学操场，孩子们动手体验展品，科技辅导员演示实验。",
    )

    assert plain.code == adorned.code == 5


def test_nothing_found_is_undecided_and_still_a_best_guess() -> None:
    found = judged("活动", "大家度过了愉快的一天。")

    assert not found.decided
    assert 0 <= found.code <= 6
    assert len(found.candidates) > 1


def test_evidence_quotes_words_of_the_activity_at_their_place() -> None:
    text = "区领导走访慰问10名一线科技工作者，送上慰问金。"
    found = judged("走访慰问", text)

    assert found.evidence
    assert all(text[hit.span.start : hit.span.end] == hit.words for hit in found.evidence)


def test_without_examples_the_hints_alone_judge() -> None:
    assert judged("义诊", "为居民量血压、测血糖，开展义诊。", replace(RULES, examples=())).code == 5


def test_examples_that_share_no_word_teach_nothing() -> None:
    examples = (
        rules.Example(report="x-1", category=5, text="甲"),
        rules.Example(report="x-2", category=6, text="乙"),
    )

    assert judged("义诊", "为居民量血压、测血糖，开展义诊。", replace(RULES, examples=examples)).code == 5


def test_what_is_undecided_names_the_words_of_both_candidates() -> None:
    """By hints alone, so that the two weigh alike: a talk that studies a text and hears concerns."""
    text = "县科协召开座谈会，大家传达学习会议精神、谈体会，也反映了职称评审中的困难，主持人一一记下。"
    found = judged("座谈会", text, replace(RULES, examples=()))

    assert not found.decided
    assert {code for code, _ in found.candidates[:2]} == {1, 6}
    assert found.evidence
    assert found.against
    assert all(text[hit.span.start : hit.span.end] == hit.words for hit in (*found.evidence, *found.against))


def test_two_trainings_from_the_same_examples_agree_to_the_last_digit() -> None:
    """The learned voice is trained anew from an equal, not identical, tuple."""
    again = replace(RULES, examples=tuple(replace(example) for example in RULES.examples))

    assert judged("沙龙", "举办交流沙龙，青年教师边吃边聊。") == judged(
        "沙龙", "举办交流沙龙，青年教师边吃边聊。", again
    )
