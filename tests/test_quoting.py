"""A quoted old mail is no new report, in whatever way a mail program quotes; a forwarded report is one."""

from __future__ import annotations

import time
from email.message import EmailMessage

import pytest

from pipeline import intake
from pipeline.extract import quoting
from pipeline.extract.shape import Paragraph
from pipeline.records import Aside, Reading

OWN = "材料已补充，请查收。"
OLD = "去年5月30日，我会在人民广场举办科普集市，服务群众300人，发放资料2000份，市民反响热烈。"
REPORT = (
    "江津区科协2024年全国科技工作者日活动总结",
    "5月28日，江津区科协组织医疗志愿者到几江街道开展义诊，服务群众120人，发放健康手册300份。",
    "5月30日，江津区科协走访慰问一线科技工作者12人，听取意见建议8条，现场协调解决科研用房、职称评审等问题3个。",
    "6月3日，江津区科协在区图书馆举办科学家精神图片展，展出展板40块，参观人数1500余人。",
)
FULL = "\n\n".join(REPORT)


def read(body: str, subject: str = "Re: 总结", *, html: bool = False) -> Reading:
    made = EmailMessage()
    made["From"] = "a@b.example"
    made["Subject"] = subject
    made.set_content(body, subtype="html" if html else "plain", charset="utf-8", cte="base64")
    return intake.read(made.as_bytes())


def own(reading: Reading) -> str:
    return "\n".join(
        block.text for document in reading.documents for block in document.blocks if block.aside is None
    )


def quoted(reading: Reading) -> str:
    return "\n".join(
        block.text
        for document in reading.documents
        for block in document.blocks
        if block.aside is Aside.QUOTED
    )


PLAIN = {
    "QQ": '------------------ 原始邮件 ------------------\n发件人: "科协" <a@qq.example>;\n发送时间: 2024年5月9日 10:51\n主题: 总结\n\n{}',
    "QQ, English": '------------------ Original ------------------\nFrom: "kx" <a@qq.example>;\nDate: Thu, May 9\nSubject: 总结\n\n{}',
    "QQ on a phone": '---Original---\nFrom: "科协"<a@qq.example>\nDate: Thu, May 9, 2024 10:51 AM\nSubject: 总结\n\n{}',
    "Foxmail": "发件人： 科协\n发送时间： 2024-05-09 10:51\n收件人： b\n主题： 总结\n{}",
    "Foxmail, English": "From: a@qq.example\nDate: 2024-05-09 10:51\nTo: b\nSubject: 总结\n{}",
    "NetEase": '在 2024-05-09 10:51:00，"科协" <a@163.example> 写道：\n\n{}',
    "NetEase, English": 'At 2024-05-09 10:51:00, "kx" <a@163.example> wrote:\n{}',
    "NetEase Master": "---- 回复的原邮件 ----\n| 发件人 | 科协<a@163.example> |\n| 日期 | 2024年05月09日 10:51 |\n| 主题 | 总结 |\n{}",
    "Coremail": "> -----原始邮件-----\n> 发件人: 科协\n> 发送时间: 2024-05-09 10:51:00\n> 主题: 总结\n> {}",
    "Outlook": "________________________________\n发件人: 科协 <a@b.example>\n发送时间: 2024年5月9日 10:51\n收件人: b\n主题: 总结\n\n{}",
    "Outlook, old": "-----邮件原件-----\n发件人: 科协\n发送时间: 2024年5月9日\n主题: 总结\n\n{}",
    "Outlook, English": "-----Original Message-----\nFrom: kx\nSent: Thursday, May 9, 2024\nTo: b\nSubject: x\n\n{}",
    "Apple": "> 在 2024年5月9日，上午10:51，科协 <a@b.example> 写道：\n> \n> {}",
    "Gmail": "科协 <a@b.example> 于2024年5月9日周四 10:51写道：\n\n> {}",
    "Gmail, English": "On Thu, May 9, 2024 at 10:51 AM kx <a@b.example> wrote:\n\n> {}",
    "Gmail, wrapped": "On Thu, May 9, 2024 at 10:51 AM 重庆市某某区科学技术协会\n<a@b.example> wrote:\n\n> {}",
    "Thunderbird": "于 2024/5/9 10:51, 科协 写道:\n> {}",
    "Huawei": "原始邮件\n发件人：科协<a@b.example>\n发送时间：2024年5月9日 10:51\n主题：总结\n{}",
    "only marks": "> {}",
}


@pytest.mark.parametrize("style", PLAIN.values(), ids=PLAIN.keys())
def test_what_a_reply_quotes_is_set_aside_in_every_style(style: str) -> None:
    reading = read(f"{OWN}\n\n{style.format(OLD)}\n")

    assert own(reading) == OWN
    assert "科普集市" in quoted(reading)


SENT = "<b>发送时间：</b>&nbsp;2024-05-09"
HTML = {
    "QQ": "<div>{own}</div><div>------------------&nbsp;原始邮件&nbsp;------------------</div>"
    f'<div><b>发件人:</b>&nbsp;"科协"&lt;a@qq.example&gt;;</div><div>{SENT}</div><div>{{old}}</div>',
    "Foxmail": '<div>{own}</div><div><div style="border-top:solid 1px"><div><b>发件人：</b>&nbsp;<a>科协</a></div>'
    f"<div>{SENT}</div><div><b>主题：</b>&nbsp;总结</div></div><div>{{old}}</div></div>",
    "NetEase": '<div>{own}</div><p>在 2024-05-09 10:51:00，"科协" &lt;a@163.example&gt; 写道：</p>'
    '<blockquote id="isReplyContent"><div>{old}</div></blockquote>',
    "NetEase Master": "<div>{own}</div><div>---- 回复的原邮件 ----</div><table><tr><td>发件人</td><td>科协</td></tr>"
    "<tr><td>日期</td><td>2024年</td></tr></table><div>{old}</div>",
    "Gmail": '<div>{own}</div><div class="gmail_quote"><div class="gmail_attr">科协 于2024年5月9日周四 10:51写道：<br></div>'
    "<blockquote>{old}</blockquote></div>",
    "Apple": '<div>{own}</div><blockquote type="cite"><div>在 2024年5月9日，上午10:51，科协 写道：</div>'
    "<div>{old}</div></blockquote>",
    "Outlook": '<p>{own}</p><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>发件人:</b> 科协<br>'
    f"{SENT}<br><b>主题:</b> 总结</div><div>{{old}}</div>",
}


@pytest.mark.parametrize("style", HTML.values(), ids=HTML.keys())
def test_what_a_reply_quotes_in_html_is_set_aside_in_every_style(style: str) -> None:
    reading = read(f"<html><body>{style.format(own=OWN, old=OLD)}</body></html>", html=True)

    assert own(reading) == OWN
    assert "科普集市" in quoted(reading)


@pytest.mark.parametrize(
    "style",
    [PLAIN[name] for name in ("QQ", "Foxmail", "NetEase Master", "Outlook", "Coremail", "Huawei", "Apple")],
)
def test_a_report_that_is_forwarded_under_a_note_is_the_senders_text(style: str) -> None:
    body = f"请查收。\n\n{style.format(FULL if '> {}' not in style else FULL.replace(chr(10), chr(10) + '> '))}\n"
    for subject in ("转发：总结", "Fw: 总结", "Fwd: 总结"):
        reading = read(body, subject)

        assert all(line in own(reading) for line in REPORT), own(reading)
        assert "发送时间" not in own(reading)


@pytest.mark.parametrize("style", [HTML[name] for name in ("QQ", "Foxmail", "Gmail", "Outlook")])
def test_a_report_that_is_forwarded_in_html_is_the_senders_text(style: str) -> None:
    report = "".join(f"<p>{line}</p>" for line in REPORT)
    reading = read(
        f"<html><body>{style.format(own='请查收。', old=report)}</body></html>", "Fw: 总结", html=True
    )

    assert all(line in own(reading) for line in REPORT)


def test_a_separator_that_says_forwarded_needs_no_word_in_the_subject() -> None:
    style = "---------- Forwarded message ---------\n发件人： 科协 <a@b.example>\n日期： 2024年5月9日\nSubject: 总结\n收件人： b\n\n{}"

    assert REPORT[1] in own(read(style.format(FULL), "总结"))
    assert REPORT[1] in own(
        read("开始转发的邮件：\n\n> 发件人: 科协\n> 主题: 总结\n> \n> " + FULL.replace("\n", "\n> "), "总结")
    )


def test_of_a_chain_of_forwards_the_first_text_that_is_long_enough_counts_and_none_below_it() -> None:
    notes = PLAIN["Outlook"].format(
        "主任，材料已按您的意见改好，请审定后报送。\n\n" + PLAIN["QQ"].format(FULL)
    )
    reading = read(f"请收。\n\n{notes}\n\n{PLAIN['Foxmail'].format(OLD * 5)}", "转发：转发：总结")

    assert REPORT[2] in own(reading)
    assert "科普集市" not in own(reading)
    assert "请审定后报送" not in own(reading)


@pytest.mark.parametrize(
    ("subject", "header", "text"),
    [
        ("Re: 总结", "总结", FULL),
        ("转发：总结", "关于开展2024年全国科技工作者日活动的通知", FULL),
        ("转发：总结", "活动安排", "各区县科协、科技局：\n\n" + FULL),
        ("转发：总结", "总结", "主任，材料已按您的意见改好，请审定后报送。"),
    ],
)
def test_a_reply_a_notice_and_a_note_that_is_passed_on_stay_quoted(
    subject: str, header: str, text: str
) -> None:
    quote = f"-----原始邮件-----\n发件人: 市科协\n发送时间: 2024年5月9日\n主题: {header}\n\n{text}"

    assert own(read(f"{OWN}\n\n{quote}", subject)) == OWN


def test_a_report_with_a_forwarded_mail_below_it_is_the_report_alone() -> None:
    reading = read(f"{FULL}\n\n{FULL}\n\n{PLAIN['QQ'].format(OLD * 5)}", "Fw: 总结")

    assert REPORT[0] in own(reading)
    assert "科普集市" not in own(reading)


def test_an_answer_below_the_quoted_lines_is_the_senders_text() -> None:
    body = f"在 2024-05-09 10:51，科协 <a@b.example> 写道：\n> 请补充材料。\n> {OLD}\n\n{REPORT[1]}\n"

    assert own(read(body)) == REPORT[1]


@pytest.mark.parametrize(
    "line",
    [
        "在《我的科研故事》一文中，她这样写道：",
        "在2024年5月30日发布的倡议书中写道：",
        "时间：5月30日",
        "发件人很多，主题很好。",
    ],
)
def test_a_report_that_quotes_a_book_is_no_quoted_mail(line: str) -> None:
    assert REPORT[2] in own(read(f"{REPORT[0]}\n\n{line}\n\n{REPORT[1]}\n\n{REPORT[2]}"))


def test_hostile_lines_are_looked_at_in_time() -> None:
    lines = [Paragraph(text=text * 200_000) for text in (">", "在 1 ", "on 1 ", "发件人 ", "-", "| ")]
    began = time.process_time()

    assert len(quoting.set_aside(lines * 3, forwarded=True)) == 18
    assert time.process_time() - began < 3
