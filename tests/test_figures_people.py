"""Every head count has a role, and the guide's order of precedence (C.1, C.2) chooses among them."""

from __future__ import annotations

from datetime import datetime

import msgspec
import pytest

from pipeline.figures import figures
from pipeline.folding import fold
from pipeline.records import Activity, Block, Document, Role, Span, Style

RECEIVED = datetime.fromisoformat("2024-06-12T10:00:00+08:00")


def told(text: str) -> Activity:
    """The activity that one paragraph tells, with its figures."""
    text = fold(text)
    span = Span(part="2", block=0, start=0, end=len(text))
    document = Document(part="2", blocks=(Block(style=Style.PARAGRAPH, text=text),))
    activity = Activity(title="活动", text=text, spans=(span,))
    return figures(activity, (document,), received=RECEIVED, year=2024)


def rows(*table: tuple[str, ...]) -> list[Activity]:
    """The activities of a table, a row each; the first row is the header."""
    text = "\n".join("\t".join(row) for row in table)
    document = Document(part="2", blocks=(Block(style=Style.TABLE, text=text, rows=table),))
    found = []
    for row in table[1:]:
        start = text.index("\t".join(row))
        span = Span(part="2", block=0, start=start, end=start + len("\t".join(row)))
        activity = Activity(title=row[0], text="\t".join(row), spans=(span,))
        found.append(figures(activity, (document,), received=RECEIVED, year=2024))
    return found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("讲座结束时统计，共有百余人到场。", 100),
        ("近百名学员参加了培训。", 100),
        ("前来问诊的乡亲有二十余位。", 20),
        ("小组走访脱贫户三百六十来户。", 360),
        ("现场观众1.2万人次。", 12000),
        ("两千多名师生到场聆听。", 2000),
        ("约2百人参会。", 200),
        ("２００余名职工参加健步走。", 200),
        ("一百二十人参加了座谈。", 120),
        ("参加培训的有三千多人。", 3000),
        ("上千名市民走进场馆参观。", 1000),
        ("近万人到场观展。", 10000),
        ("500+人次走进展厅参观。", 500),
        ("参与活动的共1万2千余人次。", 12000),
        ("數百人到場。", None),
        ("到場市民一百餘人。", 100),
        ("来了几十人听讲。", None),
        ("十几名学生参加。", None),
        ("到场三四十人。", None),
        ("参加者有30至40人。", None),
        ("每次到场20-30人。", None),
        ("若干群众前来咨询。", None),
        ("成百上千人到场。", None),
    ],
)
def test_a_count_is_the_number_as_written_without_its_vague_words(text: str, value: int | None) -> None:
    found = told(text).participants

    assert (found.value if found else None) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8名农技专家走进田间，为菜农现场会诊，145户农户得到指导。", 145),
        ("12名医务人员在广场摆开义诊台，测血糖、量血压，服务居民310人次。", 310),
        ("县科协组织6位工程师到镇上修家电，接待群众94人。", 94),
        ("院士团队3名成员登台作报告，全校师生1300余人聆听，线上观看5.2万人次。", 1300),
        ("报告会线上线下同步进行，现场260人，线上1.1万人。", 260),
        ("讲座在腾讯会议开讲，在线听众480人。", 480),
        ("直播间有3.6万网友围观，场内120名观众提问不断。", 120),
        ("领导小组一行5人到实验室，看望慰问科研人员11名。", 11),
        ("登门走访老专家7位，送上慰问信。", 7),
        ("座谈会上，来自五家企业的18名青年工程师围坐一起，谈困难、提建议。", 18),
        ("组织62名新入职教师参观校史馆。", 62),
        ("带着四十个孩子去了气象站。", 40),
        ("给200名中学生上了一堂航天课。", 200),
        ("34支队伍102名选手参加编程比赛，15名评委打分。", 102),
        ("咨询90人次、体检150人次。", 90),
        ("参训学员76人，其中女性31人。", 76),
        ("会员及家属55人参加，20名会员领取纪念章。", 55),
        ("由9名研究生组成的小分队先后到4个村，给留守儿童上课，听课儿童230名。", 230),
        ("22名志愿者全程服务。", 22),
        ("展出两周，参观者4200余人次，其中最多一天有600人。", 4200),
        ("签名墙前，367人签名承诺。", 367),
        ("网上答题共有8800人次参与。", 8800),
        ("活动惠及周边群众1500余人。", 1500),
        ("邀请30组亲子家庭走进天文台。", 30),
        ("报名90人，实到71人。", 71),
        ("篮球场上来了两百多号人。", 200),
        ("观众席上坐满了340名居民。", 340),
        ("5名宣讲员和12名讲解员轮流上阵，听众900人。", 900),
        ("为80名环卫工人免费检查视力。", 80),
        ("全场160余人起立鼓掌。", 160),
        ("参会人数达210余。", 210),
        ("听众：约350", 350),
    ],
)
def test_people_on_the_spot_come_before_those_served_and_online_and_helpers(text: str, value: int) -> None:
    found = told(text).participants

    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    "text",
    [
        "三位教授作了学术报告。",
        "会上，4名代表先后发言。",
        "散场前，五名同志谈了观后感。",
        "8位青年演员登台演出。",
        "评选出“十佳”科技工作者10名。",
        "向25名获奖者颁发证书。",
        "专栏先后介绍了7位一线工程师。",
        "大屏滚动播出15名先进工作者的短片。",
        "换上了20名本土专家的海报。",
        "公众号讲述9名护士的故事。",
        "12名医生荣获“好医生”称号。",
        "推文阅读量3.2万人次。",
        "视频点赞6000人。",
        "学会现有会员2300余人。",
        "向全市4.5万名科技工作者发出倡议。",
        "每场听众约80人。",
        "场均到场120人。",
        "各村少的二三十人，多的一百人。",
        "报告厅可容纳500人。",
        "去年的活动来了300人。",
        "聘请6名专家为顾问。",
        "20家企业、15个团队参展。",
        "评出一等奖2名、二等奖5名。",
        "一位老人说，这样的活动要常办。",
        "“百名专家进百村”活动启动。",
        "活动月期间，全区共开展各类活动35场，参与群众1.8万人次。",
        "查出血压偏高者13人。",
        "活动由两个学院的师生共同完成。",
        "筛选出6个选题，每题一人负责。",
        "计划培训农技员300名。",
    ],
)
def test_no_figure_is_given_where_only_others_are_counted(text: str) -> None:
    assert told(text).participants is None


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("现场观众320人，线上观看1.2万人次。", [(320, "人", Role.ON_THE_SPOT), (12000, "人次", Role.ONLINE)]),
        ("派出专家6名，义诊群众150余人次。", [(6, "名", Role.HELPERS), (150, "人次", Role.SERVED)]),
        ("4名教师作了报告，80户村民受益。", [(4, "名", Role.SPEAKERS), (80, "户", Role.SERVED)]),
        ("表彰先进个人12名，阅读量2万人次。", [(12, "名", Role.HONOURED), (20000, "人次", Role.READERS)]),
    ],
)
def test_all_counts_are_kept_with_counter_and_role(text: str, roles: list[tuple[int, str, Role]]) -> None:
    assert [(one.value, one.counter, one.role) for one in told(text).heads] == roles


def test_a_count_keeps_what_qualifies_it_and_quotes_its_own_words() -> None:
    text = "到场约200余人，超过30名专家以上答疑。"

    heads = told(text).heads

    assert [one.qualifier for one in heads] == ["约余", "超过"]
    assert [text[one.span.start : one.span.end] for one in heads] == [one.words for one in heads]
    assert heads[0].words == "200余人"


def test_a_column_for_people_is_read_with_its_words() -> None:
    found = rows(
        ("活动", "时间", "参加人数", "备注"),
        ("讲座", "5月20日", "现场120人，线上3000人", "专家3名"),
        ("参观", "5月21日", "约85", "讲解员2名"),
        ("义诊", "5月22日", "群众260余人次（医护14人）", ""),
        ("倡议", "5月23日", "—", "发出300份"),
        ("直播", "5月24日", "线上2.1万", ""),
        ("茶会", "5月25日", "三十六", ""),
    )

    assert [one.participants.value if one.participants else None for one in found] == [
        120,
        85,
        260,
        None,
        21000,
        36,
    ]
    assert [(head.value, head.role) for head in found[0].heads] == [
        (120, Role.ON_THE_SPOT),
        (3000, Role.ONLINE),
        (3, Role.HELPERS),
    ]


def test_the_header_of_a_column_says_whose_number_it_is() -> None:
    found = rows(
        ("活动", "参与单位（个）", "现场人数", "线上人数", "志愿者人数", "资料（份）"),
        ("讲座", "6", "120", "3000", "15", "400"),
        ("直播", "2", "", "2.1万", "", ""),
        ("扫街", "3", "", "", "22", ""),
        ("倡议", "9", "", "", "", ""),
    )

    assert [one.participants.value if one.participants else None for one in found] == [120, 21000, 22, None]
    assert [head.role for head in found[0].heads] == [Role.ON_THE_SPOT, Role.ONLINE, Role.HELPERS]


def test_a_remark_is_read_where_no_column_is_for_people() -> None:
    found = rows(
        ("活动", "时间", "地点", "备注"),
        ("讲座", "5月20日", "县图书馆", "现场90人，线上1200人"),
        ("展播", "5月21日", "广场大屏", "10名先进的短片"),
    )

    assert [one.participants.value if one.participants else None for one in found] == [90, None]


def test_a_filing_of_before_the_heads_decodes_and_one_with_heads_comes_back_whole() -> None:
    activity = told("现场观众320人，线上观看1.2万人次。")
    octets = msgspec.json.encode(activity)
    old = msgspec.json.decode(octets)
    del old["heads"]

    assert msgspec.json.decode(octets, type=Activity) == activity
    assert msgspec.convert(old, type=Activity).heads == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("四位老师带市民到山上认植物，走走停停三个钟头。最后来了二十七组家庭。", 27),
        ("两位馆员陪着孩子们看化石，到点来了十八组家庭。", 18),
        ("两位退休化验员坐在展柜旁，讲当年怎样提高出盐率，共接待二千一百余人次。", 2100),
        ("五位老职工在厂史馆守着展柜，见人就讲，前后接待1300余人次。", 1300),
        ("三位老站长坐在门口，说起那年的洪水，前后接待了640人。", 640),
        ("志愿者上了18人，量血压520人次。", 520),
        ("展览开了四天。讲解志愿者排了16人，门口记数980人次。", 980),
        ("三百一十名教师排着队在承诺墙上签了名。市里来了三位同志观摩。", 310),
        ("20多名学生演员到菜农家住过一周。近九百名师生看完了一百分钟的演出。", 900),
        ("走进镜头的有三位：农艺师、果农和站长。在线观看6500人。", 6500),
        ("组织矿山、旅游、医疗三个领域的科技工作者三十五人，集中学习重要讲话。", 35),
        ("41名新职工到厂史馆，看老厂长的笔记本。两项活动前后共有300人次参加。", 41),
    ],
)
def test_those_who_came_stand_before_a_few_who_lead_tell_or_look_in(text: str, value: int) -> None:
    participants = told(text).participants

    assert participants is not None
    assert participants.value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("围着火塘读书，五十来人轮流谈体会，一直谈到十点半。", 50),
        ("二十四名青年工程师挨个说想法，散场已近十点。", 24),
        ("三位工程师轮流说想法。", None),
        ("12名代表轮流谈体会。", None),
        ("再由三位副理事长领着谈，各讲了二十分钟。", None),
    ],
)
def test_a_crowd_that_talks_in_turn_sits_there_and_a_few_who_talk_speak(text: str, value: int | None) -> None:
    participants = told(text).participants

    assert (participants.value if participants else None) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("组织会员到旧址参观。38名会员里，年纪最大的81岁。", 38),
        ("老师傅们回厂看展。55名老职工里，有人认出了自己用过的车床。", 55),
        ("组织会员到旧址参观。380名会员里，有45人报了名。", None),
        ("支部带着党员去科学家旧居。47名党员当中，最年轻的刚转正。", 47),
        ("参观组到旧址，33人里有一半是头回来。", 33),
        ("本会办了讲座。380名会员里，年纪最大的81岁。", None),
    ],
)
def test_those_among_whom_somebody_is_told_of_after_a_visit_came(text: str, value: int | None) -> None:
    participants = told(text).participants

    assert (participants.value if participants else None) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("放映队在晒坝支起银幕，两百来个乡亲自带板凳来看。", 200),
        ("三个专家组分赴各镇办培训班3场，培训农户代表310人。", 310),
        ("16名青年技术人员围绕文章逐一发言，最后联名倡议。", 16),
        ("先后有二百余人跟着学了一遍，90人考核过关领了证。", 200),
        ("站台的灯箱换上新海报，上面是八位本县科技工作者。", None),
        ("六月四号是孩子们比赛的日子，操场上坐得满满的。", None),
        ("展品是从三十多户老职工家里一件件征集来的。", None),
        ("讲解员带52名学生看卫星照片，个个睁大眼睛。", 52),
    ],
)
def test_who_is_there_and_who_is_only_named(text: str, value: int | None) -> None:
    found = told(text).participants

    assert (found.value if found else None) == value
