"""Material that is only linked is listed; passwords that a body states are found."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

import pytest

from pipeline import intake
from pipeline.links import MAX_LINKS, joined, links, passwords
from pipeline.links.providers import key, kind
from pipeline.links.terms import unlimited
from pipeline.records import Aside, Attached, Block, Leaf, Link, Style

BEIJING = timezone(timedelta(hours=8))
SENT = datetime(2024, 6, 10, 9, 30, tzinfo=BEIJING)


def found(text: str, declared: str = "text/plain") -> tuple[Link, ...]:
    leaf = Leaf(path="1", data=text.encode(), declared=declared, charset="utf-8", body=True)
    return links(leaf, (), SENT)


def page(text: str) -> tuple[Link, ...]:
    return found(f"<html><body><p>各位老师好，材料见下。</p>{text}</body></html>", "text/html")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def test_a_card_of_an_oversize_attachment_gives_name_size_term_and_address() -> None:
    (link,) = found(
        "材料见附件。\n从QQ邮箱发来的超大附件\n活动照片.zip (248.4M, 2024年07月18日 10:22 到期)\n"
        "进入下载页面：https://wx.mail.qq.example/ftn/download?func=3&k=abc"
    )

    assert (link.kind, link.name, link.size) == ("qq", "活动照片.zip", "248.4M")
    assert link.url.startswith("https://wx.mail.qq.example/")
    assert link.expires is not None
    assert link.expires.isoformat() == "2024-07-18T10:22:00+08:00"


def test_a_net_disk_link_keeps_its_access_code() -> None:
    (link,) = found("照片太大，放在网盘：https://pan.baidu.com/s/1AbCdEfG 提取码：k3m9")

    assert (link.kind, link.code) == ("baidu", "k3m9")


CARDS = {
    "QQ, web": (
        '<div id="QQMailBigAttach"><div><b>从QQ邮箱发来的超大附件</b></div><div>'
        '<a href="https://wx.mail.qq.com/ftn/download?func=3&amp;k=5d1c&amp;code=20240619">活动照片.zip</a>'
        ' (1.2G, 2024年07月18日 10:22 到期) <a href="https://wx.mail.qq.com/ftn/download?func=3&amp;k=5d1c&amp;'
        'code=20240619">进入下载页面</a></div></div>',
        ("qq", "活动照片.zip", "1.2G", at("2024-07-18 10:22")),
    ),
    "QQ, the older page": (
        '<table class="qmbigattach"><tr><td>照片视频.rar</td><td>（356.7MB）</td><td>2024年6月20日 10:30 过期</td>'
        '<td><a href="http://mail.qq.com/cgi-bin/ftnExs_download?k=0a1b&amp;t=exs_ftn_download&amp;code=9f">下载</a>'
        "</td></tr></table>",
        ("qq", "照片视频.rar", "356.7MB", at("2024-06-20 10:30")),
    ),
    "NetEase 163": (
        '<div id="divNeteaseBigAttach"><div>从网易163邮箱发来的云附件</div><div><div>总结视频.mp4</div>'
        "<div>大小：356.7M&nbsp;&nbsp;有效期至：2024年6月20日 10:30</div>"
        '<a href="https://mail.163.com/large-attachment-download/index.html?p=X-NETEASE-HUGE-ATTACHMENT&amp;file=Wx">'
        "查看附件</a></div></div>",
        ("netease", "总结视频.mp4", "356.7M", at("2024-06-20 10:30")),
    ),
    "NetEase, its program": (
        '<div class="cloudAttach"><div>云附件</div><a href="https://dashi.163.com/html/cloud-attachment-download/'
        '?key=YWJj">现场照片.zip</a><span>(88.1 MB，15天后到期)</span></div>',
        ("netease", "现场照片.zip", "88.1 MB", SENT + timedelta(days=15)),
    ),
    "Coremail": (
        '<div id="coremail_nsoftattach"><p>超大附件(1个)</p><p>影像资料.7z（602.3MB）有效期至 2024-06-28</p>'
        '<p><a href="https://mail.unit.example.cn/coremail/s?func=lp:nf.download&amp;e=aGVs">点击下载</a></p></div>',
        ("coremail", "影像资料.7z", "602.3MB", at("2024-06-28 23:59")),
    ),
    "139": (
        '<div id="attachAndDisk"><div>来自139邮箱的超大附件</div><table><tr><td>科普活动照片.zip</td><td>(210.5M)</td>'
        '<td>2024-07-01 08:00 到期</td><td><a href="https://disk1.mail.10086.cn/largeattach/get?link=ab">下载</a></td>'
        "</tr></table></div>",
        ("139", "科普活动照片.zip", "210.5M", at("2024-07-01 08:00")),
    ),
    "189": (
        "<div>189邮箱超大附件</div><div>“志愿服务.zip”（120M），剩余 7 天</div>"
        '<div><a href="https://cloud.189.cn/t/AbCd12">https://cloud.189.cn/t/AbCd12</a>（访问码：x7k2）</div>',
        ("189", "志愿服务.zip", "120M", SENT + timedelta(days=7)),
    ),
    "Aliyun": (
        '<div class="alimail-attach"><div>超大附件</div><a href="https://qiye.aliyun.com/alimail/openLinks/'
        'downloadMimeMetaDetail?id=1">总结.pdf</a> 大小 65.2MB 到期时间：2024/6/25 18:00</div>',
        ("alimail", "总结.pdf", "65.2MB", at("2024-06-25 18:00")),
    ),
    "Sina": (
        '<div>新浪邮箱文件中转站</div><div>照片.zip (99MB) 6月18日 12:00 过期</div><div><a href="https://mail.sina.com.cn/'
        'filecenter/download.php?id=1">下载</a></div>',
        ("sina", "照片.zip", "99MB", at("2024-06-18 12:00")),
    ),
    "of no known provider": (
        '<div>超大附件</div><div>照片.zip (99MB) 有效期至2024年6月30日</div><div><a href="https://box.unit.example.cn/get/1">'
        "下载</a></div>",
        ("other", "照片.zip", "99MB", at("2024-06-30 23:59")),
    ),
}


@pytest.mark.parametrize("name", list(CARDS))
def test_a_card_gives_kind_name_size_and_the_moment_of_its_end(name: str) -> None:
    text, told = CARDS[name]

    (link,) = page(text)

    assert (link.kind, link.name, link.size, link.expires) == told
    assert link.term


@pytest.mark.parametrize("name", list(CARDS))
def test_a_card_is_no_text_of_the_report(name: str) -> None:
    """A reader sets every line of it aside, and its link is listed with the day on which its mail was sent."""
    octets = (
        "Subject: =?utf-8?B?5rS75Yqo5oC757uT?=\r\nDate: Mon, 10 Jun 2024 09:30:00 +0800\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"<html><body><p>材料见附件。</p>{CARDS[name][0]}</body></html>"
    ).encode()

    reading = intake.read(octets)

    own, *card = reading.documents[0].blocks
    assert (own.text, own.aside) == ("材料见附件。", None)
    assert card
    assert {block.aside for block in card} == {Aside.LINK_CARD}
    assert [link.part for link in reading.links] == ["1"]
    assert reading.links[0].expires == CARDS[name][1][3]


DISKS = {
    "链接: https://pan.baidu.com/s/1AbCd_EfG?pwd=k3m9 提取码: k3m9 复制这段内容后打开百度网盘手机App": (
        "baidu",
        "k3m9",
    ),
    "提取码：k3m9\n链接：https://pan.baidu.com/s/1AbCd_EfG": ("baidu", "k3m9"),
    "https://pan.baidu.com/s/1AbCd_EfG\n提取码\n：k3m9": ("baidu", "k3m9"),
    "pan.baidu.com/s/1AbCd_EfG 密码是 k3m9": ("baidu", "k3m9"),
    "我用夸克网盘分享了「照片.zip」 链接：https://pan.quark.cn/s/0a1b2c3d4e5f 提取码：Qw3R": (
        "quark",
        "Qw3R",
    ),
    "https://www.alipan.com/s/AbCdEfGh 提取码: 9x8y": ("aliyun", "9x8y"),
    "https://www.aliyundrive.com/s/AbCdEfGh": ("aliyun", ""),
    "https://pan.xunlei.com/s/VNabc?pwd=7tgb#": ("xunlei", "7tgb"),
    "https://115.com/s/sw3abcd?password=r5t6&#": ("115", "r5t6"),
    "https://www.123pan.com/s/AbCd-EfGh.html 提取码:8888": ("123pan", "8888"),
    "https://wwx.lanzoui.com/iAbCdEf 密码:2b3c": ("lanzou", "2b3c"),
    "https://share.weiyun.com/AbCdEf 密码：q1w2e3": ("weiyun", "q1w2e3"),
    "https://www.jianguoyun.com/p/DabcdEfgh (访问密码: Zx12)": ("jianguoyun", "Zx12"),
    "https://cloud.189.cn/t/Abc123(访问码:xyz1)": ("189", "xyz1"),
    "https://cloud.189.cn/t/Abc123%EF%BC%88%E8%AE%BF%E9%97%AE%E7%A0%81%EF%BC%9Axyz1%EF%BC%89": (
        "189",
        "xyz1",
    ),
    "https://caiyun.139.com/m/i?1A5Cwabc 提取码:6Yu7": ("139", "6Yu7"),
    "https://yun.139.com/shareweb/#/w/i/2abc 提取码:6Yu7": ("139", "6Yu7"),
    "https://www.kdocs.cn/l/cabcdEFG": ("kdocs", ""),
    "https://docs.qq.com/doc/DAbCdEf": ("tencent-docs", ""),
    "https://shimo.im/docs/AbCdEf": ("shimo", ""),
    "https://u.163.com/AbCd 提取码: 3edc": ("netease", "3edc"),
}


@pytest.mark.parametrize("text", list(DISKS))
def test_a_cloud_disk_is_known_and_its_access_code_found_wherever_it_stands(text: str) -> None:
    (link,) = found(f"照片太大，放在网盘：\n{text}\n请查收")

    assert (link.kind, link.code) == DISKS[text]


def test_each_link_has_its_own_code_and_none_takes_its_neighbours() -> None:
    links_ = found(
        "1.照片 https://pan.baidu.com/s/1aaa 提取码：aaaa\n2.视频 https://pan.baidu.com/s/1bbb 提取码：bbbb\n"
        "3.通知 https://pan.baidu.com/s/1ccc\n压缩包解压密码：kx2024"
    )

    assert [(link.url[-3:], link.code) for link in links_] == [("aaa", "aaaa"), ("bbb", "bbbb"), ("ccc", "")]


@pytest.mark.parametrize(
    ("said", "expires"),
    [
        ("2024年6月20日 10:30 到期", at("2024-06-20 10:30")),
        ("有效期至：2024-06-20", at("2024-06-20 23:59")),
        ("到期时间 2024/6/20 08:00", at("2024-06-20 08:00")),
        ("6月20日到期", at("2024-06-20 23:59")),
        ("1月5日到期", at("2025-01-05 23:59")),
        ("30天后到期", SENT + timedelta(days=30)),
        ("有效期7天", SENT + timedelta(days=7)),
        ("7 天内有效", SENT + timedelta(days=7)),
        ("文件将保留15天", SENT + timedelta(days=15)),
        ("24小时后失效", SENT + timedelta(hours=24)),
        ("2024年13月40日到期", None),
        ("永久有效", None),
    ],
)
def test_a_term_is_a_date_or_days_from_the_mail_or_none(said: str, expires: datetime | None) -> None:
    (link,) = found(f"照片.zip https://pan.baidu.com/s/1AbCdEfG 提取码：k3m9 {said}")

    assert link.expires == expires
    assert unlimited(link.term) is (said == "永久有效")


def test_days_from_a_mail_that_bears_no_date_are_words_and_no_moment() -> None:
    leaf = Leaf(path="1", data="https://pan.baidu.com/s/1AbC 7天后到期".encode(), charset="utf-8", body=True)

    (link,) = links(leaf)

    assert (link.term, link.expires) == ("7天后到期", None)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.org/news/1.html",
        "https://mp.weixin.qq.com/s/AbCdEf",
        "https://v.qq.com/x/page/a1.html",
        "https://www.bilibili.com/video/BV1xx",
        "https://docs.qq.com/form/page/DAbCd",
        "https://f.kdocs.cn/g/AbCd/",
        "https://wj.qq.com/s2/1/",
        "https://news.163.com/24/0530/1.html",
        "https://mail.163.com/",
    ],
)
def test_an_ordinary_link_is_no_material(url: str) -> None:
    assert kind(url) == ""
    assert found(f"详见 {url} ，谢谢。") == ()


def test_a_link_in_a_document_is_found_and_an_unknown_one_there_is_not() -> None:
    blocks = (
        Block(style=Style.PARAGRAPH, text="视频链接：https://pan.baidu.com/s/1AbC"),
        Block(
            style=Style.PARAGRAPH,
            text="提取码：k3m9。超大附件 3MB 详见 https://box.unit.example.cn/x 有效期7天",
        ),
    )

    (link,) = links(Leaf(path="2", name="总结.docx", data=b"PK"), blocks, SENT)

    assert (link.part, link.kind, link.code) == ("2", "baidu", "k3m9")


@pytest.mark.parametrize(
    "text",
    [
        '<a href="https://pan.baidu.com/s/1AbC">x</a> ' * 5_000,
        "".join(f'<a href="https://pan.baidu.com/s/{n}">{"a" * 100}</a>（1M）7天 ' for n in range(5_000)),
        '<a href="https://pan.baidu.com/s/1AbC">' + "a.zip(1M" * 100_000 + "</a>",
        "https://pan.baidu.com/s/1AbC?pwd=" + "&a=%E5" * 100_000,
    ],
)
def test_a_hostile_page_takes_seconds_and_gives_no_more_links_than_are_kept(text: str) -> None:
    began = time.process_time()

    assert 0 < len(page(text)) <= MAX_LINKS

    assert time.process_time() - began < 10


def test_one_link_of_body_and_report_is_one_whatever_form_it_has() -> None:
    first = Link(part="1", kind="baidu", url="https://pan.baidu.com/s/1AbC?pwd=k3m9", code="k3m9")
    second = Link(part="2", kind="baidu", url="http://pan.baidu.com/s/1AbC", name="照片.zip", size="1G")

    (link,) = joined([first, second])

    assert (link.part, link.code, link.name, link.size) == ("1", "k3m9", "照片.zip", "1G")
    assert (
        key("https://PAN.baidu.com/s/1AbC/?pwd=k3m9")
        == key(second.url)
        != key("https://pan.baidu.com/s/1abc")
    )


def test_a_file_answers_the_link_it_was_added_for_or_the_only_one_of_its_name() -> None:
    open_ = [
        Link(part="1", kind="qq", url="https://x.example/1", name="照片.zip"),
        Link(part="1", kind="qq", url="https://x.example/2", name="视频.mp4"),
    ]
    for file in (
        Attached(name="a", data=b"x", link="http://x.example/2"),
        Attached(name="视频.mp4", data=b"x"),
    ):
        assert [link.fetched for link in joined(open_, [("补入1/a", file)])] == ["", "补入1/a"]
    for file in (
        Attached(name="另一份.zip", data=b"x"),
        Attached(name="a", data=b"x", link="https://x.example/9"),
    ):
        assert [link.fetched for link in joined(open_, [("补入1/a", file)])] == ["", ""]
    twins = [open_[0], Link(part="1", kind="qq", url="https://x.example/3", name="照片.zip")]
    assert [link.fetched for link in joined(twins, [("补入1/a", Attached(name="照片.zip", data=b"x"))])] == [
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("压缩包密码：kx2024", "kx2024"),
        ("解压密码为 530530 ，请查收", "530530"),
        ("附件已加密，口令:Abc123", "Abc123"),
        ("密码ｋｘ２０２４", "kx2024"),
    ],
)
def test_a_password_that_the_body_states_is_found(text: str, password: str) -> None:
    assert password in passwords((Block(style=Style.PARAGRAPH, text=text),))


def test_a_body_without_a_password_gives_none() -> None:
    assert passwords((Block(style=Style.PARAGRAPH, text="总结和照片见附件，请查收。联系人：李明"),)) == ()
