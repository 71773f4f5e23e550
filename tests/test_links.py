"""Material that is only linked is listed; passwords that a body states are found."""

from __future__ import annotations

import pytest

from pipeline.links import links, passwords
from pipeline.records import Block, Leaf, Link, Style


def found(text: str, declared: str = "text/plain") -> tuple[Link, ...]:
    return links(Leaf(path="1", data=text.encode(), declared=declared, charset="utf-8", body=True))


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


def test_an_ordinary_link_is_no_material() -> None:
    assert found("详见我们的网站 https://www.example.org/news/1.html ，谢谢。") == ()


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
