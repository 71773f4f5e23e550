"""Passwords are found however a sender states them; words about passwords are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.links import passwords, passwords_in_name
from pipeline.links.stated import MAX_PASSWORDS
from pipeline.records import Block, Style


def found(text: str) -> tuple[str, ...]:
    return passwords((Block(style=Style.PARAGRAPH, text=text),))


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("密码：1234", "1234"),
        ("解压密码是 kx2024，请查收", "kx2024"),
        ("压缩包密码为：\nKX-2024#a", "KX-2024#a"),
        ("提取码: ab12", "ab12"),
        ("链接 https://pan.example/s/1 pwd=ab12", "ab12"),
        ("附件密码为科协2024，请查收", "科协2024"),
        ("附件密码为科协2024请查收", "科协2024"),
        ("密码：ab,12;x", "ab,12;x"),
        ("密码（解压）：abc123", "abc123"),
        ("密码已设置为 abc123 。", "abc123"),
        ("Password is Abc!23.", "Abc!23"),
        ("密码为kx2024!", "kx2024!"),
        ("解压密码：【kx@2024】", "kx@2024"),
        ("（密码：kx2024）", "kx2024"),
        ("密码：“kx 2024”", "kx 2024"),
        ("密码:８８６６", "8866"),
        ("密码:８８６６", "８８６６"),
        ("口令为：渝北科协", "渝北科协"),
        ("解压码→qq11", "qq11"),
        ("密 码 ：abc", "abc"),
        ("解压密码\t530530", "530530"),
        ("密码——a1b2", "a1b2"),
        ("密码统一为2024kx", "2024kx"),
    ],
)
def test_a_password_is_found_as_written(text: str, password: str) -> None:
    assert password in found(text)


@pytest.mark.parametrize(
    "text",
    ["密码错误请联系我", "文件已加密，密码见附件名", "密码保护的文档", "总结和照片见附件", "忘记密码。"],
)
def test_words_about_passwords_are_none(text: str) -> None:
    assert found(text) == ()


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("材料（密码2024）.zip", "2024"),
        ("材料(密码kx-2024).zip", "kx-2024"),
        ("材料-解压密码kx2024-终稿.zip", "kx2024"),
        ("活动总结_密码：abc.rar", "abc"),
        ("密码123.docx", "123"),
        ("解压密码为科协2024.7z", "科协2024"),
    ],
)
def test_the_name_of_a_file_may_state_its_password(name: str, password: str) -> None:
    assert password in passwords_in_name(name)
    assert not any("." in form for form in passwords_in_name(name))


def test_the_likeliest_form_comes_first() -> None:
    assert found("密码：kx2024）谢谢")[0] == "kx2024"
    assert found("第一个密码：aaa1；第二个密码：bbb2")[0] == "aaa1"
    assert "bbb2" in found("第一个密码：aaa1；第二个密码：bbb2")


@given(st.text(alphabet="密码口令：:是为“”（）()ab12Ａ，。 \n\t", max_size=200))
def test_no_text_makes_it_raise_or_find_too_many(text: str) -> None:
    forms = found(text * 5)

    assert len(forms) <= MAX_PASSWORDS
    assert len(set(forms)) == len(forms)
    assert all(forms)
    assert all(passwords_in_name(text)) or passwords_in_name(text) == ()
