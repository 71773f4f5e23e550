"""Mails that are no submission: a question, an advertisement, an auto-reply, a bounce, a recall, and the same again.

Purpose: as submissions.py. Source: RFC 3834 section 5 (Auto-Submitted), RFC 3464 (delivery status), RFC 3462.
"""

from __future__ import annotations

from tools.samplemaker import mime, submissions
from tools.samplemaker.mime import Entity, message, multipart, text
from tools.samplemaker.story import Story


def question(story: Story) -> bytes:
    """A person asks the organiser; the category words are in the question."""
    return message(story, text(story.body, charset="gb18030"), submissions.COREMAIL)


def advertisement(story: Story) -> bytes:
    """Bulk mail in HTML, with the headers that bulk mailers set."""
    page = "".join(f"<p>{line}</p>" for line in story.body.strip("\n").split("\n"))
    bulk = {"List-Unsubscribe": b"<mailto:td@caiyetong.example>", "Precedence": b"bulk"}
    return message(story, mime.html(f"<html><body>{page}</body></html>"), bulk)


def auto_reply(story: Story) -> bytes:
    """A machine answers for somebody who is away."""
    marks = {"Auto-Submitted": b"auto-replied", "X-Auto-Response-Suppress": b"All"}
    return message(story, text(story.body), marks)


def recall(story: Story) -> bytes:
    """The provider says that the sender took a mail back; the mail itself is long here."""
    page = f"<html><body><div>{story.body.strip()}</div></body></html>"
    return message(story, mime.html(page), submissions.QQ)


def bounce(story: Story) -> bytes:
    """A reminder of the organiser's came back as undeliverable."""
    status = (
        b"Reporting-MTA: dns; mx.foxmail.example\r\n\r\n"
        b"Final-Recipient: rfc822; cqts-xh@soc-tushu.example\r\n"
        b"Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 User unknown\r\n"
    )
    original = (
        b"From: " + mime.encoded(mime.ORGANISER) + b" <" + mime.MAILBOX.encode() + b">\r\n"
        b"To: <cqts-xh@soc-tushu.example>\r\n"
        b"Subject: " + mime.encoded("关于报送2024年“全国科技工作者日”活动总结的提醒") + b"\r\n"
    )
    report = multipart(
        "report",
        text(story.body),
        Entity(headers=(b"Content-Type: message/delivery-status",), body=status),
        Entity(headers=(b"Content-Type: text/rfc822-headers",), body=original),
        parameters=" report-type=delivery-status;",
    )
    return message(story, report, {"Return-Path": b"<>", "Auto-Submitted": b"auto-replied"})


def sent_again(earlier: bytes, story: Story) -> bytes:
    """The octets of the *earlier* mail under another Received header: a relay delivered it once more."""
    _, _, rest = earlier.partition(b"\r\nDate:")
    return b"Received: " + mime.received(story.address, story.received) + b"\r\nDate:" + rest
