"""How units post their reports: one function a mail, each with the habit or accident that it is here to show.

Purpose: story in, octets out; the function's docstring names what is unusual about the mail.
"""

from __future__ import annotations

import html as markup
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from tools.samplemaker import documents, mime
from tools.samplemaker.archives import Member, zipped
from tools.samplemaker.mime import Entity, attachment, message, multipart, text
from tools.samplemaker.pictures import photo
from tools.samplemaker.story import Story
from tools.samplemaker.wrapped import in_two, locked, tnef

PICTURES = Path(__file__).parent.parent.parent / "tests" / "pictures"
FOXMAIL = {"X-Mailer": b"Foxmail 7.2.25.254[cn]"}
COREMAIL = {"X-Mailer": b"Coremail Webmail Server Version XT5.0.14"}
QQ = {"X-Mailer": b"QQMail 2.x", "X-QQ-MIME": b"TCMime 1.0 by Tencent"}


def docx_and_photos(story: Story) -> bytes:
    """The most usual mail: a short body, a Word file, two photos with EXIF; Foxmail calls everything octet-stream."""
    return message(
        story,
        multipart(
            "mixed",
            text(story.body),
            attachment(documents.word(story.report), "家电门诊开进移民小区.docx"),
            attachment(photo(1, at("2024-05-18T09:41:07")), "IMG_20240518_094107.jpg"),
            attachment(photo(2, at("2024-05-18T15:20:44")), "IMG_20240518_152044.jpg"),
        ),
        FOXMAIL,
    )


def quoted_printable(story: Story) -> bytes:
    """The report is the body, in quoted-printable, with soft line breaks inside characters."""
    return message(story, text(story.body, encoding="quoted-printable"))


def html_only(story: Story) -> bytes:
    """The report is an HTML body in GBK without a plain twin; the photo hangs on a Content-ID."""
    lines = story.report.strip("\n").split("\n")
    paragraphs = "".join(f"<p>{markup.escape(line.lstrip('#> '), quote=False)}</p>\n" for line in lines)
    page = f'<html><body>\n{paragraphs}<p><img src="cid:photo1@soc008.example"></p>\n</body></html>'
    related = multipart(
        "related",
        mime.html(page, charset="gbk"),
        mime.inline(photo(3, at("2024-05-25T10:05:30")), "image/jpeg", "photo1@soc008.example"),
    )
    return message(story, related, COREMAIL)


def raw_gbk_subject(story: Story) -> bytes:
    """Subject and From stand in the header as raw GBK octets; so does the name of a text file in GB18030."""
    changes = {
        "Subject": story.subject.encode("gbk"),
        "From": b'"' + story.sender.encode("gbk") + b'" <' + story.address.encode() + b">",
    }
    note = attachment(documents.plain(story.report), "上门服务.txt", "text/plain", mime.raw_gbk_names)
    return message(story, multipart("mixed", text(story.body, charset="gbk", encoding="8bit"), note), changes)


def pdf_with_split_name(story: Story) -> bytes:
    """A PDF with a text layer; its name is continued by RFC 2231, cut inside characters. Sent twice by the server."""
    name = "石柱县科协报送：“背篼课堂”进山讲科学家的故事（2024年全国科技工作者日）.pdf"
    report = attachment(documents.pdf(story.report), name, "application/pdf", mime.continued_names)
    return message(story, multipart("mixed", text(story.body), report), QQ)


def gb2312_label(story: Story) -> bytes:
    """Subject, From and body claim gb2312 and hold 喆, which only GBK has; a photo with a caption inside the Word file."""
    pictures = (("院科协在郁山镇卫生院义诊", photo(4, at("2024-06-01T10:12:00"))),)
    report = documents.word(story.report, pictures, headings=True)
    changes = {
        "Subject": mime.encoded(story.subject, charset="gbk", label="gb2312"),
        "From": mime.encoded(story.sender, charset="gbk", label="gb2312") + f" <{story.address}>".encode(),
    }
    body = text(story.body, charset="gbk", label="gb2312")
    return message(
        story,
        multipart("mixed", body, attachment(report, "活动小结.docx", documents.DOCX)),
        changes | COREMAIL,
    )


def zip_with_gbk_names(story: Story) -> bytes:
    """A zip as Windows makes it: names in GBK without a flag; report and photos in folders."""
    members = (
        Member(name="城口县科协材料/活动总结.docx", data=documents.word(story.report, headings=True)),
        Member(name="城口县科协材料/照片/看望驻村人员.jpg", data=photo(5, at("2024-05-29T14:30:12"))),
        Member(name="城口县科协材料/照片/药材技术.jpg", data=photo(6)),
    )
    packed = attachment(zipped(members, charset="gbk"), "城口县科协材料.zip", "application/x-zip-compressed")
    return message(story, multipart("mixed", text(story.body, charset="gbk"), packed), FOXMAIL)


def forwarded_mail(story: Story) -> bytes:
    """The unit's mail is attached as a mail; the outer sender is a nick name."""
    inner = Story(
        slug="inner-of-" + story.slug,
        received=datetime.fromisoformat(story.further("inner_sent")),
        sender=story.further("inner_sender"),
        address=story.further("inner_address"),
        subject=story.further("inner_subject"),
        clerk=story.clerk,
    )
    picture = attachment(photo(7), "洞口合影.jpg", "image/jpeg")
    original = message(inner, multipart("mixed", text(story.report), picture), {"Received": None})
    return message(story, multipart("mixed", text(story.body), mime.nested(original)), QQ)


def xlsx_without_date(story: Story) -> bytes:
    """The whole report is an Excel table; the mail has no Date."""
    table = documents.sheet(story.further("title"), story.rows)
    named = attachment(table, "活动统计表.xlsx", documents.XLSX)
    return message(story, multipart("mixed", text(story.body), named), {"Date": None})


def first_version(story: Story) -> bytes:
    """A Word file with a wrong figure; recalled the same afternoon."""
    report = attachment(documents.word(story.report), "最美科技工作者发布简讯.docx", documents.DOCX)
    return message(story, multipart("mixed", text(story.body), report), COREMAIL)


def correction(story: Story) -> bytes:
    """The same report with the right figure; the body repeats the wrong one."""
    report = attachment(documents.word(story.report), "最美科技工作者发布简讯（更正）.docx", documents.DOCX)
    return message(story, multipart("mixed", text(story.body), report), COREMAIL)


def text_only(story: Story) -> bytes:
    """A mail of a plain body alone."""
    return message(story, text(story.body), QQ)


def damaged_docx(story: Story) -> bytes:
    """The upload broke off: the base64 of the Word file ends in its middle, inside a group of four."""
    report = attachment(documents.word(story.report), "活动小结.docx", documents.DOCX)
    cut = Entity(headers=report.headers, body=report.body[: len(report.body) // 2 | 1])
    return message(story, multipart("mixed", text(story.body), cut), FOXMAIL)


def pdf_from_outside(story: Story) -> bytes:
    """A unit that the roster does not know, with a PDF."""
    report = attachment(documents.pdf(story.report), "开棚日.pdf", "application/pdf")
    return message(story, multipart("mixed", text(story.body), report))


def locked_zip(story: Story) -> bytes:
    """A zip encrypted in the old way; its password stands nowhere in the mail."""
    members = (
        Member(name="国网重庆电力科协总结.docx", data=documents.word(story.report)),
        Member(name="照片1.jpg", data=photo(8, at("2024-05-29T10:00:00"))),
    )
    packed = zipped(members, charset="gbk", password=b"0mQ7-told-by-telephone")
    return message(
        story,
        multipart(
            "mixed", text(story.body), attachment(packed, "国网重庆电力科协材料.zip", "application/zip")
        ),
        FOXMAIL,
    )


def link_card(story: Story) -> bytes:
    """The photos are too big for a mail: QQ sends a card with a link that runs out."""
    lines = "".join(f"<div>{line}</div>" for line in story.body.strip("\n").split("\n"))
    name, size, expires = (story.further(key) for key in ("card_name", "card_size", "card_expires"))
    url = "https://wx.mail.qq.example/ftn/download?func=3&amp;k=5d1c0f7a9b&amp;code=20240619"
    card = (
        '<div id="QQMailBigAttach" style="width:570px;background:#e0ecf9">'
        "<div><b>从QQ邮箱发来的超大附件</b></div>"
        f'<div><a href="{url}" target="_blank">{name}</a> ({size}, {expires} 到期) '
        f'<a href="{url}">进入下载页面</a></div></div>'
    )
    page = mime.html(f"<html><body>{lines}{card}</body></html>")
    report = attachment(documents.word(story.report), "沙坪坝区科协活动总结.docx", documents.DOCX)
    return message(story, multipart("mixed", page, report), QQ)


def csv_and_prank_name(story: Story) -> bytes:
    """The list of activities is a CSV in GBK; another file's name would be a formula in a careless workbook."""
    return message(
        story,
        multipart(
            "mixed",
            text(story.body),
            attachment(documents.comma_separated(story.rows), "活动清单.csv", "text/csv"),
            attachment(documents.plain(story.further("prank_words")), story.further("prank"), "text/plain"),
        ),
    )


def late(story: Story) -> bytes:
    """The Date says in time; the server had it one second after the deadline."""
    sent = format_datetime(story.received - timedelta(seconds=81)).encode()
    report = attachment(documents.word(story.report), "巫溪县科协报告（定稿）.docx", documents.DOCX)
    return message(story, multipart("mixed", text(story.body), report), {"Date": sent} | FOXMAIL)


def aes_zip(story: Story) -> bytes:
    """A zip encrypted with AES as WinRAR, 7-Zip and Bandizip do; its password stands in the body."""
    members = (
        Member(name="荣昌区科协小结.docx", data=documents.word(story.report)),
        Member(name="现场.jpg", data=photo(13, at("2024-05-28T09:40:00"))),
    )
    packed = locked(members, password=b"Rc2024kx")
    return message(
        story, multipart("mixed", text(story.body), attachment(packed, "荣昌区科协材料.zip")), FOXMAIL
    )


def split_zip(story: Story) -> bytes:
    """A zip in two volumes, each an attachment of its own; neither can be opened alone."""
    members = (
        Member(name="铜梁区科协简讯.docx", data=documents.word(story.report)),
        Member(name="走访.jpg", data=photo(14, at("2024-05-30T15:05:00"))),
    )
    first, last = in_two(members)
    volumes = (attachment(first, "铜梁区科协材料.z01"), attachment(last, "铜梁区科协材料.zip"))
    return message(story, multipart("mixed", text(story.body), *volumes), FOXMAIL)


def heic_photo(story: Story) -> bytes:
    """A photo as iPhones keep it (tests/pictures/README.md says how it was made); QQ calls it octet-stream."""
    report = attachment(documents.word(story.report), "潼南区科协简讯.docx", documents.DOCX)
    picture = attachment((PICTURES / "turned.heic").read_bytes(), "IMG_4127.HEIC")
    return message(story, multipart("mixed", text(story.body), report, picture), QQ)


def winmail_dat(story: Story) -> bytes:
    """Outlook in rich text: the Word file is wrapped in a winmail.dat that only Outlook opens."""
    wrapped = tnef("垫江县科协总结.docx", documents.word(story.report))
    packet = attachment(wrapped, "winmail.dat", "application/ms-tnef")
    return message(
        story, multipart("mixed", text(story.body), packet), {"X-Mailer": b"Microsoft Outlook 16.0"}
    )


def at(moment: str) -> datetime:
    """Local time without a zone, as EXIF keeps it."""
    return datetime.fromisoformat(moment)
