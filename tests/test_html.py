"""HTML files and bodies: what a reader of the page sees, in order, and nothing loaded."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract import extract, html_source, sniff
from pipeline.records import Aside, Content, Leaf, Status, Style

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(60)).decode()


def read(page: str | bytes, *, body: bool = False, charset: str = "") -> Content:
    data = page.encode() if isinstance(page, str) else page
    leaf = Leaf(
        path="1",
        name="" if body else "页面.html",
        data=data,
        body=body,
        charset=charset,
        declared="text/html",
    )
    return extract(leaf, sniff(data, leaf.name, leaf.declared))


def texts(content: Content) -> list[str]:
    return [block.text for block in content.blocks if block.aside is None]


def table(content: Content) -> tuple[tuple[str, ...], ...]:
    return next(block.rows for block in content.blocks if block.style is Style.TABLE)


def test_a_table_with_merged_header_and_category_has_each_cell_in_its_column() -> None:
    page = (
        "<table><tr><th rowspan=2>类别</th><th rowspan=2>活动名称</th><th rowspan=2>地点</th><th colspan=2>参与情况</th></tr>"
        "<tr><th>场次</th><th>人数</th></tr>"
        "<tr><td rowspan=2>志愿服务</td><td>科普集市</td><td>广场</td><td>2</td><td>320</td></tr>"
        "<tr><td>义诊</td><td>社区</td><td>1</td><td>80</td></tr></table>"
    )

    assert table(read(page)) == (
        ("类别", "活动名称", "地点", "参与情况", "参与情况"),
        ("", "", "", "场次", "人数"),
        ("志愿服务", "科普集市", "广场", "2", "320"),
        ("志愿服务", "义诊", "社区", "1", "80"),
    )


def test_layout_tables_of_a_mail_template_are_running_text() -> None:
    page = (
        '<table width="100%"><tr><td><table role="presentation"><tr><td>您好：</td><td></td></tr>'
        "<tr><td>现报送总结。</td><td>请查收。</td></tr></table></td></tr></table>"
    )

    content = read(page, body=True)

    assert texts(content) == ["您好：", "现报送总结。", "请查收。"]


def test_lists_breaks_and_blocks_are_paragraphs_and_numbers_stand() -> None:
    page = (
        "<div>第一段<br>第二段</div><p>第三&nbsp;段&amp;</p><ol start=2><li>集市<li>报告会</ol><ul><li>一项</ul>"
        "<p>中文\n换行</p><pre>第一行\n第二行</pre>"
    )

    assert texts(read(page, body=True)) == [
        "第一段",
        "第二段",
        "第三 段&",
        "2. 集市",
        "3. 报告会",
        "一项",
        "中文换行",
        "第一行",
        "第二行",
    ]


def test_hidden_text_is_an_aside_and_scripts_styles_and_remote_things_are_nothing() -> None:
    page = (
        "<html><head><style>p{color:red}</style><link rel=stylesheet href='http://a.example/x.css'></head><body>"
        "<p>看得见</p><div style='display:none'>预览文字</div><p hidden>也看不见</p><script>alert('脚本')</script>"
        "<iframe src='http://a.example/'>框</iframe><img src='http://a.example/p.png'><object>物</object></body></html>"
    )

    content = read(page)

    assert texts(content) == ["看得见"]
    assert [block.text for block in content.blocks if block.aside is Aside.HIDDEN] == ["预览文字", "也看不见"]
    assert content.embedded == ()


def test_title_of_a_file_and_words_in_place_of_a_picture_are_kept_beside_the_text() -> None:
    page = (
        "<html><head><title>渝中区科协活动简报</title></head><body><p>正文在这里。</p>"
        "<img alt='启动仪式现场'><img alt='IMG_2031.jpg'><img alt='图片'></body></html>"
    )

    content = read(page)

    assert [(block.text, block.aside) for block in content.blocks] == [
        ("渝中区科协活动简报", Aside.HEADER),
        ("正文在这里。", None),
        ("图片：启动仪式现场", Aside.COMMENT),
    ]


def test_a_picture_written_into_the_page_is_a_part_of_its_own() -> None:
    page = f"<p>前文</p><img src='data:image/png;base64,{PNG}'><p style='background:url(data:image/jpeg;base64,{PNG})'>后文</p>"

    content = read(page, body=True)

    assert texts(content) == ["前文", "后文"]
    assert [leaf.path for leaf in content.embedded] == ["1/图片1.png", "1/图片2.jpg"]
    assert {sniff(leaf.data) for leaf in content.embedded} == {"image/png"}


def test_a_picture_of_twelve_megabytes_does_not_cut_the_text_after_it() -> None:
    page = f"<p>前文</p><img src='data:image/png;base64,{base64.b64encode(bytes(12_000_000)).decode()}'><p>后文</p>"

    content = read(page)

    assert texts(content) == ["前文", "后文"]
    assert content.status is Status.OK
    assert len(content.embedded[0].data) == 12_000_000


@pytest.mark.parametrize(
    ("label", "meta", "codec"),
    [
        ("", "", "gb18030"),
        ("", "gb2312", "gb18030"),
        ("utf-8", "gb2312", "gb18030"),
        ("gbk", "gb2312", "utf-8"),
        ("", "utf-8", "utf-8-sig"),
        ("", "", "utf-16"),
        ("", "utf-16", "utf-16-le"),
        ("iso-8859-1", "", "gbk"),
    ],
)
def test_a_page_is_read_whatever_its_header_and_its_own_label_say(label: str, meta: str, codec: str) -> None:
    page = f'<html><head><meta charset="{meta}"></head><body><p>渝中区科协举办科普集市，约320人参加。</p></body></html>'

    assert texts(read(page.encode(codec), charset=label)) == ["渝中区科协举办科普集市，约320人参加。"]


def test_chinese_text_behind_a_long_head_of_ascii_is_read() -> None:
    page = (
        "<html><head><style>"
        + "p{margin:0}" * 10_000
        + "</style></head><body><p>渝中区科协活动总结</p></body></html>"
    )

    for codec in ("gb18030", "utf-8"):
        assert texts(read(page.encode(codec))) == ["渝中区科协活动总结"]


def test_text_below_a_hundred_thousand_elements_is_read_and_that_is_told() -> None:
    begun = time.process_time()

    content = read("<div>" * 100_000 + "深处的文字" + "</div>" * 100_000 + "<p>后面的文字</p>")

    assert texts(content) == ["深处的文字", "后面的文字"]
    assert content.status is Status.PARTLY
    assert "嵌套过深" in content.reason
    assert time.process_time() - begun < 10


def test_text_below_a_thousand_elements_is_read_in_order() -> None:
    content = read(
        "<p>先</p>" + "<div>" * 900 + "<b>深处</b><script>x</script>" + "</div>" * 900 + "<p>后</p>"
    )

    assert texts(content) == ["先", "深处", "后"]


def test_a_page_of_ten_megabytes_ends_in_time_and_is_told() -> None:
    begun = time.process_time()

    content = read("<p>一段文字说明活动情况</p>" * 300_000)

    assert content.status is Status.PARTLY
    assert "网页过大" in content.reason
    assert len(content.blocks) > 1000
    assert time.process_time() - begun < 20


def test_marks_that_never_end_take_no_time() -> None:
    begun = time.process_time()

    for page in ("<a " * 300_000, "<!--" * 300_000, "<script" * 300_000, "<style>" * 100_000 + "字"):
        read(page)

    assert time.process_time() - begun < 15


def test_the_lines_of_a_page_are_what_stands_between_its_marks() -> None:
    page = "前<p>一 &lt; 二<br>三</p><!-- 注 <b>x</b> --><style>p{a>b}</style>四<script>if(a<b)x</script>五 3<5 六<a href='x'>链</a>"

    assert list(html_source.lines(page)) == ["前", "一 < 二", "三", "四五 3<5 六链"]


@given(st.text(alphabet="<>/abdiv=\"' !-&;#x0table tr td 字", max_size=200))
def test_no_page_stops_the_reader(page: str) -> None:
    assert read(f"<p>{page}", body=True).status in {Status.OK, Status.PARTLY}
