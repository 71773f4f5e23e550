"""Mails composed from templates for any unit: where it names itself, and whom it names besides.

Purpose: the cases of tests/test_identify_templates.py. A template is a function of a Writer, so that each holds for
districts, bureaus, societies, firms, schools and hospitals alike.
Limits: every template says in its docstring what a careful clerk would do; texts are invented.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.records import Reading
from tests.labelled import File, reading
from tests.other_forms import TRADITIONAL

NICK = ("山高水长", "55120033@qq.example")
TITLE = "2024年“全国科技工作者日”活动总结"
TEXT = (
    "为庆祝第八个“全国科技工作者日”，我们按照通知要求，结合实际开展了活动，现将有关情况总结如下。",
    "5月22日上午，组织技术骨干到社区开展科普宣传，讲解用电安全和健康知识，86名居民参加，发放资料200份。",
    "5月30日，召开科技工作者座谈会，12名一线代表谈困难、提建议，梳理意见9条，逐条交办。",
)


@dataclass(frozen=True, kw_only=True)
class Writer:
    """The unit that writes: name in full, in short, and two others it may be taken for or speak of."""

    name: str
    short: str
    twin: str
    other: str
    other_address: str


Template = Callable[[Writer], Reading]


def doc(*lines: str, name: str = "总结.docx", recognised: bool = False, header: str = "") -> File:
    return File(name=name, lines=lines, recognised=recognised, header=header)


def traditional(text: str) -> str:
    return text.translate(TRADITIONAL)


def wide(text: str) -> str:
    """*text* with full-width digits, letters and brackets."""
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


# ---------------------------------------------------------------- the unit speaks for itself once, and nobody else does


def signed_in_full(who: Writer) -> Reading:
    return reading(
        "活动总结", sender=NICK, body="请查收", files=[doc(TITLE, *TEXT, who.name, "2024年6月12日")]
    )


def signed_in_short(who: Writer) -> Reading:
    return reading(
        "活动总结", sender=NICK, body="请查收", files=[doc(TITLE, *TEXT, who.short, "2024年6月12日")]
    )


def titled(who: Writer) -> Reading:
    return reading("材料", sender=NICK, body="见附件", files=[doc(f"{who.short}{TITLE}", *TEXT)])


def headlined(who: Writer) -> Reading:
    return reading("一篇信息", sender=NICK, files=[doc(f"{who.short}开展科技工作者日系列活动", *TEXT)])


def named_in_subject(who: Writer) -> Reading:
    return reading(f"{who.short}科技工作者日活动总结", sender=NICK, body="请查收", files=[doc(TITLE, *TEXT)])


def named_in_bracketed_subject(who: Writer) -> Reading:
    return reading(f"【{who.short}】活动总结及照片", sender=NICK, files=[doc(TITLE, *TEXT)])


def sent_by_body(who: Writer) -> Reading:
    return reading(
        "活动总结",
        sender=NICK,
        body=f"老师好，附件为{who.short}的活动总结，请查收。",
        files=[doc(TITLE, *TEXT)],
    )


def sent_by_body_first(who: Writer) -> Reading:
    return reading(
        "活动总结", sender=NICK, body=f"市科协：\n{who.short}报送，照片在文档里。", files=[doc(TITLE, *TEXT)]
    )


def body_signed(who: Writer) -> Reading:
    return reading(
        "科技工作者日的情况",
        sender=NICK,
        body=f"谢老师您好，材料请查收，谢谢！\n{who.short}　小李",
        files=[doc(*TEXT)],
    )


def we_are(who: Writer) -> Reading:
    return reading(
        "材料",
        sender=NICK,
        body=f"老师好，我们是{who.short}，第一次报，请看看格式。",
        files=[doc(TITLE, *TEXT)],
    )


def report_in_body(who: Writer) -> Reading:
    return reading(
        "情况",
        sender=NICK,
        body="\n".join(("各位老师好，简单汇报如下。", *TEXT, f"{who.short}", "2024年6月12日")),
    )


def stated_in_field(who: Writer) -> Reading:
    return reading(
        "统计表",
        sender=NICK,
        files=[
            File(
                name="表.xlsx",
                lines=("活动统计表", f"填报单位：{who.short}　　填报人：李平　　电话：023-55501234"),
                rows=(("序号", "活动", "人数"), ("1", "科普宣传", "86"), ("2", "座谈会", "12")),
            )
        ],
    )


def stated_in_cell(who: Writer) -> Reading:
    return reading(
        "登记表",
        sender=NICK,
        files=[
            File(
                name="表.docx",
                lines=(),
                rows=(("项目", "填写内容"), ("报送单位", who.short), ("活动", "座谈")),
            )
        ],
    )


def red_head(who: Writer) -> Reading:
    return reading("文件", sender=NICK, files=[doc(f"{who.name}文件", TITLE, *TEXT)])


def page_header(who: Writer) -> Reading:
    return reading("简报", sender=NICK, files=[doc(TITLE, *TEXT, header=f"{who.name}编印")])


def written_in_traditional(who: Writer) -> Reading:
    return reading(
        "活動總結",
        sender=NICK,
        files=[doc(traditional(TITLE), *map(traditional, TEXT), traditional(who.name), "2024年6月12日")],
    )


def written_full_width(who: Writer) -> Reading:
    return reading(
        wide("(报送)活动总结"),
        sender=NICK,
        files=[doc(wide(TITLE), *map(wide, TEXT), wide(who.name), wide("2024年6月12日"))],
    )


def stamped(who: Writer) -> Reading:
    """A scan: the signature as recognised, with the stamp's text beside it."""
    return reading(
        "扫描件",
        sender=NICK,
        files=[doc(TITLE, *TEXT, who.name, "2024年6月12日", name="扫描.pdf", recognised=True)],
    )


def signed_with_office(who: Writer) -> Reading:
    return reading("总结", sender=NICK, files=[doc(TITLE, *TEXT, f"{who.short}办公室", "2024年6月12日")])


ONCE: tuple[Template, ...] = (
    signed_in_full,
    signed_in_short,
    titled,
    headlined,
    named_in_subject,
    named_in_bracketed_subject,
    sent_by_body,
    sent_by_body_first,
    body_signed,
    we_are,
    report_in_body,
    stated_in_field,
    stated_in_cell,
    red_head,
    page_header,
    written_in_traditional,
    written_full_width,
    stamped,
    signed_with_office,
)
"""A clerk books these without asking."""


# ---------------------------------------------------------------- others are spoken of as well


def with_visitors(who: Writer) -> Reading:
    return reading(
        f"{who.short}活动信息",
        sender=NICK,
        files=[
            doc(
                f"{who.short}开展科技工作者日活动",
                *TEXT,
                f"5月28日，{who.other}、{who.twin}一行前来考察交流，{who.other}领导对活动给予肯定。",
                f"活动由市科协指导，{who.other}、{who.twin}协办。",
                who.short,
            )
        ],
    )


def joint_in_text(who: Writer) -> Reading:
    return reading(
        "活动总结",
        sender=NICK,
        body=f"附件是{who.short}的总结。",
        files=[
            doc(
                TITLE,
                *TEXT,
                f"5月25日，联合{who.other}、市医学会、西南大学举办科普集市，{who.other}派出专家12名。",
            )
        ],
    )


def hosted_by_other(who: Writer) -> Reading:
    hosts = f"5月26日，由{who.other}主办、{who.short}承办的科普集市举行，300人参加。"
    return reading(
        "信息", sender=NICK, files=[doc("科技志愿服务进社区", hosts, *TEXT, who.short, "2024年6月3日")]
    )


def thanks_to_other(who: Writer) -> Reading:
    return reading(
        f"{who.short}总结",
        sender=NICK,
        body=f"材料见附件。活动得到{who.other}的大力支持。",
        files=[doc(f"{who.short}{TITLE}", *TEXT)],
    )


def other_address(who: Writer) -> Reading:
    """Sent from a mailbox of another unit of the roster, signed and titled by its own."""
    return reading(
        "总结",
        sender=("小陈", who.other_address),
        files=[doc(f"{who.short}{TITLE}", *TEXT, who.name, "2024年6月12日")],
    )


def forwards_branch(who: Writer) -> Reading:
    return reading(
        f"{who.short}转报：基层活动小结",
        sender=NICK,
        body=f"基层写的小结，我们审过了，由{who.short}统一报送。",
        files=[doc("小手拉大手", *TEXT, "（光明镇老科技工作者协会）")],
    )


def forwards_in_body(who: Writer) -> Reading:
    return reading(
        "转发：会员单位活动小结",
        sender=NICK,
        body=f"会员单位报来的小结，经审核，现由{who.short}报上，请查收。",
        files=[doc("走进车间的一堂课", *TEXT, "重庆山城精工机械有限公司")],
    )


AMONG_OTHERS: tuple[Template, ...] = (
    with_visitors,
    joint_in_text,
    hosted_by_other,
    thanks_to_other,
    other_address,
    forwards_branch,
    forwards_in_body,
)
"""A clerk books these on the writer; a few may be left to a person, none may be booked on another."""


# ---------------------------------------------------------------- evidence that conflicts, or is weak


def file_of_twin(who: Writer) -> Reading:
    """The signature says one unit, the file's name its twin."""
    return reading("总结", sender=NICK, files=[doc(TITLE, *TEXT, who.name, name=f"{who.twin}总结.docx")])


def subject_against_signature(who: Writer) -> Reading:
    return reading(f"{who.twin}活动总结", sender=NICK, files=[doc(TITLE, *TEXT, who.name)])


def title_against_signature(who: Writer) -> Reading:
    return reading("总结", sender=NICK, files=[doc(f"{who.twin}{TITLE}", *TEXT, who.name)])


CONFLICTING: tuple[Template, ...] = (file_of_twin, subject_against_signature, title_against_signature)


def file_name_alone(who: Writer) -> Reading:
    return reading("总结", sender=NICK, files=[doc(TITLE, *TEXT, name=f"{who.short}总结.docx")])


def display_name_alone(who: Writer) -> Reading:
    return reading("总结", sender=(who.short, "9921834@qq.example"), files=[doc(TITLE, *TEXT)])


def running_text_alone(who: Writer) -> Reading:
    return reading(
        "总结",
        sender=NICK,
        files=[doc(TITLE, *TEXT, f"期间，{who.short}还送来了图书和挂图，大家很高兴，表示感谢。")],
    )


WEAK: tuple[Template, ...] = (file_name_alone, display_name_alone, running_text_alone)
