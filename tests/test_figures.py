"""Figures are what the words say: numbers, dates, people, sessions, copies, places, media, each with its words."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.figures import figures
from pipeline.figures.numbers import number
from pipeline.folding import fold
from pipeline.records import Activity, Block, Document, Span, Style

RECEIVED = datetime.fromisoformat("2024-05-28T10:00:00+08:00")


def stated(*texts: str, before: str = "") -> Activity:
    """The activity of *texts* (a paragraph each), with its figures; *before* stands above it in the same document."""
    texts = tuple(map(fold, texts))
    blocks = tuple(Block(style=Style.PARAGRAPH, text=text) for text in (before or "概述。", *texts))
    spans = tuple(
        Span(part="2/报告.docx", block=n + 1, start=0, end=len(text)) for n, text in enumerate(texts)
    )
    activity = Activity(title="活动", text="\n".join(texts), spans=spans)
    return figures(activity, (Document(part="2/报告.docx", blocks=blocks),), received=RECEIVED, year=2024)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("36", 36),
        ("1,200", 1200),
        ("1.2万", 12000),
        ("2.35万余", 23500),
        ("近百", 100),
        ("百余", 100),
        ("千余", 1000),
        ("三百六十来", 360),
        ("四十多", 40),
        ("一千二", 1200),
        ("两万六千", 26000),
        ("一万三", 13000),
        ("十五", 15),
        ("一百零五", 105),
        ("两百", 200),
        ("数百", None),
        ("若干", None),
        ("", None),
    ],
)
def test_a_number_is_read_as_people_write_it(words: str, value: int | None) -> None:
    assert number(words) == value


@given(st.integers(min_value=1, max_value=9_999_999))
def test_vague_words_leave_the_number_as_it_is(value: int) -> None:
    assert number(str(value)) == number(f"{value}余") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5月22日召开学习会，机关干部、学会代表共64人参加。", 64),
        ("现场咨询群众200余人次，发放资料500份。", 200),
        ("组织6名专家为群众义诊，接诊136人。", 136),
        ("12名志愿者轮流讲解，接待观众3400余人次。", 3400),
        ("报告会由3名博士主讲，全校八百多名师生聆听。", 800),
        ("吸引市民约3000人，另有1.8万人在线观看直播。", 3000),
        ("通过视频号直播，在线观看2.6万人次。", 26000),
        ("慰问一线科技工作者15名，送上慰问金。", 15),
        ("看望两位老专家，送去鲜花。", 2),
        ("邀请8名科技工作者代表座谈，听取意见12条。", 8),
        ("参观人数近千人。", 1000),
        ("服务农户三百六十来户。", 360),
        ("参会２３０人，收到论文46篇。", 230),
        ("参加活动的有二十六个人。", 26),
        ("座无虚席，数百人到场。", None),
        ("文章阅读量达5.3万人次，点赞2000人。", None),
        ("评选出最美科技工作者10名。", None),
        ("表彰先进工作者12人，颁发证书。", None),
        ("向全区3.2万名科技工作者致信问候。", None),
        ("每场约60人收听。", None),
        ("日均接待1500人次。", None),
        ("28家企业、46个单位参加。", None),
        ("协会现有会员1800余人。", None),
        ("组建12支服务队，开展服务。", None),
        ("一位老教授说，很感动。", None),
        ("专栏介绍了6名科技带头人的先进事迹。", None),
        ("由5名大学生组成宣讲队，听众5200余人次。", 5200),
        ("邀请其中4名代表分享经历，220人参加。", 220),
        ("41支队伍186人通宵比赛。", 186),
        ("80组家庭走进气象站。", 80),
        ("10余位科普志愿者为居民答疑。", 10),
        ("对20名优秀科技工作者进行表彰，各界代表350人参加。", 350),
        ("科技工作者之家可为2000余名医务人员提供服务，首日接待86人。", 86),
        ("八名师傅支起工作台，接待居民260余人。", 260),
    ],
)
def test_participants_follow_the_order_of_the_guide(text: str, value: int | None) -> None:
    found = stated(text).participants

    assert (found.value if found else None) == value


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("5月28日，举办集市。", "05-28", None),
        ("2024-05-28举办集市。", "05-28", None),
        ("2024.5.20—2024.5.22举办集市。", "05-20", "05-22"),
        ("2024/5/28 举办集市", "05-28", None),
        ("五月二十日上午，举办集市。", "05-20", None),
        ("六月一号带娃参观。", "06-01", None),
        ("2024年5月28日举办集市。", "05-28", None),
        ("5.25召开理事会。", "05-25", None),
        ("5月20日至6月3日展出。", "05-20", "06-03"),
        ("5月27日至31日走进学校。", "05-27", "05-31"),
        ("5月24-25日，通宵比赛。", "05-24", "05-25"),
        ("5月25日—26日举行论坛。", "05-25", "05-26"),
        ("五月十五到十七号下乡。", "05-15", "05-17"),
        ("5月20日、24日、27日到三校宣讲。", "05-20", "05-27"),
        ("5月23日、28日两次宣讲。", "05-23", "05-28"),
        ("5月20日起开通热线。", "05-20", None),
        ("5月11日启动行动。行动至5月26日结束，讲解24场。", "05-11", "05-26"),
        ("上周四，大篷车进村。", "05-23", None),
        ("5月底首播。", None, None),
        ("近日，药师走进社区。", None, None),
        ("截至6月16日，参观者1.3万人次。", None, None),
        ("2023年5月30日举办过一次。", None, None),
        ("请于6月10日前报送。", None, None),
        ("5月18日（星期六），迎来首批访客。", "05-18", None),
        ("1.5月18日至25日，开展科技活动周。", "05-18", "05-25"),
    ],
)
def test_dates_are_those_of_the_act(text: str, start: str | None, end: str | None) -> None:
    found = stated(text)

    assert (found.date_start.value if found.date_start else None) == (
        date.fromisoformat(f"2024-{start}") if start else None
    )
    assert (found.date_end.value if found.date_end else None) == (
        date.fromisoformat(f"2024-{end}") if end else None
    )


def test_words_that_point_back_take_the_date_before_them() -> None:
    found = stated("当天下午，看望4名科技工作者。", before="5月30日上午，举办集市。")

    assert found.date_start is not None
    assert found.date_start.value == date(2024, 5, 30)
    assert found.date_start.span.block == 0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("共举办6场，2100余名师生到场。", 6),
        ("连演3场，座无虚席。", 3),
        ("开展讲解24场，其中第3场最热闹。", 24),
        ("推出专题8期。", 8),
        ("到三个村巡展，共4站。", 4),
        ("举办一场报告会。", None),
        ("第5期开班。", None),
        ("走进6所学校。", None),
        ("每场60人。", None),
    ],
)
def test_sessions_are_those_of_a_series(text: str, value: int | None) -> None:
    found = stated(text).sessions

    assert (found.value if found else None) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("发放宣传资料500余份。", 500),
        ("发放手册850份，赠送科普书籍60册。", 910),
        ("派发折页２０００余份。", 2000),
        ("共送出宣传手册、折页8000余册。", 8000),
        ("发放护眼礼盒650份。", None),
        ("赠票1200张。", None),
        ("收到心得体会118份。", None),
        ("展出图片120幅。", None),
    ],
)
def test_materials_are_printed_copies_handed_out(text: str, value: int | None) -> None:
    found = stated(text).materials

    assert (found.value if found else None) == value


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("《重庆日报》、华龙网作了报道。", ["《重庆日报》", "华龙网"]),
        ("江津电视台和上游新闻播出。", ["江津电视台", "上游新闻"]),
        ("会同区融媒体中心开设专栏。", ["区融媒体中心"]),
        ("发布活动在县融媒体中心演播厅举行。", []),
        ("县电视台、云上巫溪客户端播出。", ["县电视台", "云上巫溪"]),
        ("《农民日报》客户端转载。", ["《农民日报》客户端"]),
        ("“江边之声”广播选登3篇。", ["江边之声"]),
        ("区科协与《巴南日报》、区融媒体中心联合推出。", ["《巴南日报》", "区融媒体中心"]),
        ("本单位公众号推送3篇。", []),
        ("给孩子们讲《石头里的秘密》。", []),
    ],
)
def test_media_are_outlets_and_not_our_own_accounts(text: str, names: list[str]) -> None:
    assert [outlet.value for outlet in stated(text).media] == names


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5月28日，在三峡广场举办集市。", "三峡广场"),
        ("走进珊瑚实验小学宣讲。", "珊瑚实验小学"),
        ("流动展车开进了陈家坝街道橘香社区。", "陈家坝街道橘香社区"),
        ("在广场举办集市。", None),
        ("先后到城厢中学、白马中学、凤凰小学宣讲。", None),
    ],
)
def test_a_place_is_one_named_venue(text: str, value: str | None) -> None:
    found = stated(text).place

    assert (found.value if found else None) == value


@given(
    st.text(
        alphabet="5月28日至上周四举办0123万余名人次户参加听讲在线每场发放资料份册《日报》，。；、\t\n ",
        max_size=120,
    )
)
def test_every_figure_quotes_its_own_words(text: str) -> None:
    """Whatever is written, nothing is raised, and each value's span holds exactly the words it quotes."""
    found = stated(text)
    document = ("概述。", fold(text))
    figure = (
        found.date_start,
        found.date_end,
        found.place,
        found.participants,
        found.sessions,
        found.materials,
        *found.media,
    )
    for one in figure:
        if one is not None:
            assert document[one.span.block][one.span.start : one.span.end] == one.words


def test_a_row_is_read_by_its_tables_header() -> None:
    rows = (
        ("序号", "活动名称", "时间", "地点", "参与情况", "", "备注"),
        ("", "", "", "", "人数（人次）", "资料（份）", ""),
        ("1", "农技培训", "2024.5.20-22", "二圣镇", "约180", "300", "30名专家参加"),
        ("2", "倡议书", "5.30", "—", "", "0", ""),
    )
    text = "\n".join("\t".join(row) for row in rows)
    block = Block(style=Style.TABLE, text=text, rows=rows)
    documents = (Document(part="2", blocks=(block,)),)
    found = []
    for row in rows[2:]:
        start = text.index("\t".join(row))
        span = Span(part="2", block=0, start=start, end=start + len("\t".join(row)))
        activity = Activity(title=row[1], text="\t".join(row), spans=(span,))
        found.append(figures(activity, documents, received=RECEIVED, year=2024))

    first, second = found
    assert (first.participants and first.participants.value, first.materials and first.materials.value) == (
        180,
        300,
    )
    assert first.place is not None
    assert first.place.value == "二圣镇"
    assert text[first.place.span.start : first.place.span.end] == "二圣镇"
    assert (first.date_start and first.date_start.value, first.date_end and first.date_end.value) == (
        date(2024, 5, 20),
        date(2024, 5, 22),
    )
    assert (second.participants, second.place, second.materials) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("昨天下午，座谈会召开。", "05-27", None),
        ("本周一，讲座开讲。", "05-27", None),
        ("5/23，巡展开幕。", "05-23", None),
        ("05.13—05.17举办培训。", "05-13", "05-17"),
        ("5月28-30日开展义诊。", "05-28", "05-30"),
        ("2024年5月28日至2024年6月1日展出。", "05-28", "06-01"),
        ("5月20日（周一）至24日（周五）培训。", "05-20", "05-24"),
        ("5月16日开展，展至6月15日。", "05-16", "06-15"),
        ("5月16日首展，先后巡展4站，6月6日收官。", "05-16", "06-06"),
        ("5月20号讲到31号。", "05-20", "05-31"),
        ("专栏从5月21日连续播出至30日。", "05-21", "05-30"),
        ("5月10日集中学习。5月17日，分组讨论。", "05-10", "05-17"),
        ("5月30日晚开讲。此前5月23日在龙村、5月27日在白村各讲一次。", "05-23", "05-30"),
        ("5月20日，学会印发通知。5月23日举办讲座。", "05-23", None),
        ("5月20日，学会印发学习通知。次日上午，召开学习会。", "05-21", None),
        ("1958年5月8日他来到山里。5月22日，故事会开讲。", "05-22", None),
        ("5月32日办讲座。", None, None),
        ("6月31日办讲座。", None, None),
        ("5月中旬起每晚播出。", None, None),
        ("拟于6月18日召开总结会。", None, None),
        ("完成率达5.2万元。", None, None),
    ],
)
def test_days_are_read_as_people_write_them(text: str, start: str | None, end: str | None) -> None:
    found = stated(text)

    assert [day.value.strftime("%m-%d") if day else None for day in (found.date_start, found.date_end)] == [
        start,
        end,
    ]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("次日上午，到车间看望6名工程师。", date(2024, 5, 31)),
        ("下午两点半，报告会在一中开讲。", date(2024, 5, 30)),
        ("会后，大家参观了展厅。", date(2024, 5, 30)),
        ("活动周期间，开放实验室。", None),
    ],
)
def test_an_activity_without_a_date_counts_from_the_event_before_it_only_where_it_says_so(
    text: str, start: date | None
) -> None:
    found = stated(text, before="5月30日上午，举办集市。").date_start

    assert (found.value if found else None) == start


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("活动中穿插3场小讲座。", None),
        ("年会设4场分论坛。", None),
        ("点击量超过3000次。", None),
        ("机器两次停机。", None),
        ("据统计，各类活动共举办30场。", None),
        ("5月8日、15日两次培训。", 2),
        ("共开展田间培训6场。", 6),
        ("巡讲十二场。", 12),
    ],
)
def test_times_and_parts_are_no_sessions(text: str, value: int | None) -> None:
    found = stated(text).sessions

    assert (found.value if found else None) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("留下技术明白纸100份。", 100),
        ("《防灾漫画》带去四百本，一本没剩。", 400),
        ("发《管护要点》450本、肥料样品100袋。", 450),
        ("免费派发实验包112份、手册112本。", 112),
        ("发放折页、纸扇等500份。", 500),
        ("发放药品300份。", None),
        ("回收问卷460份。", None),
        ("收到论文210篇、方案12份。", None),
    ],
)
def test_printed_matter_is_told_by_its_noun(text: str, value: int | None) -> None:
    found = stated(text).materials

    assert (found.value if found else None) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5月28日，讲座在创客港A栋举行。", "创客港A栋"),
        ("5月25日，区图书馆里，大家捧读传记。", "区图书馆"),
        ("活动来到锦绣里社区，展板一字排开。", "锦绣里社区"),
        ("专家去了吴家镇的双龙村，看了圈舍。", "双龙村"),
        ("5月30日，校史馆向公众开放。", "校史馆"),
        ("学习会在线上举行。", None),
        ("先后在渝中区三所中学举办。", None),
        ("在科技工作者日来临之际，召开座谈会。", None),
    ],
)
def test_a_place_is_where_something_is_held_or_gone_to(text: str, value: str | None) -> None:
    found = stated(text).place

    assert (found.value if found else None) == value


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("六一前一天，修复师来到特殊教育中心。", date(2024, 5, 31), None),
        ("科技工作者日当天，学会走访会员单位。", date(2024, 5, 30), None),
        ("端午节当天，志愿者在码头义诊。", date(2024, 6, 10), None),
        ("科技工作者日前夕，学会走访会员单位。", None, None),
        ("上周四、周五，展板立在图书馆。", date(2024, 5, 23), date(2024, 5, 24)),
        ("上周二到上周五，宣讲员去了三所学校。", date(2024, 5, 21), date(2024, 5, 24)),
        ("5月24日在一中宣讲；25日移师桃花源小学。", date(2024, 5, 24), date(2024, 5, 25)),
        ("5月24日在一中宣讲，25日前印发纪要。", date(2024, 5, 24), None),
    ],
)
def test_days_told_by_a_feast_a_weekday_or_without_their_month(
    text: str, first: date | None, last: date | None
) -> None:
    found = stated(text)

    assert (found.date_start.value if found.date_start else None) == first
    assert (found.date_end.value if found.date_end else None) == last


@pytest.mark.parametrize(
    ("text", "sessions", "materials"),
    [
        ("5月21日、22日分两期教村医用掌上超声，发操作卡120张。", 2, 120),
        ("互联网产业园二期举行成立大会。", None, None),
        ("讲解员说，一天讲十场嗓子怎么保。", None, None),
        ("专栏一期一人，8期点击量11.6万次。", 8, None),
        ("小册子印了六百本，村村都发到了。", None, 600),
        ("书印了1000册，当天送出300册。", None, 300),
        ("给新人送去贺卡30张。", None, None),
    ],
)
def test_sessions_and_copies_in_other_words(text: str, sessions: int | None, materials: int | None) -> None:
    found = stated(text)

    assert (found.sessions.value if found.sessions else None) == sessions
    assert (found.materials.value if found.materials else None) == materials
