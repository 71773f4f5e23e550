"""Which unit sent the mail, where a clerk would know it at once and where he would ask: as people write, in no template."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import rules
from pipeline.folding import folded
from pipeline.identify import identify
from pipeline.identify.shortened import abbreviations
from pipeline.records import Reading
from tests.labelled import File, reading

RULES = rules.load()
NICK = ("雨后天晴", "yhtq88@qq.example")
T = ("5月30日，组织科技工作者座谈，30人参加，听取意见6条。", "5月26日，到镇上赶场义诊，服务群众120人次。")
OUR = ("我会5月26日到镇上赶场义诊，服务群众120人次。", "我会5月30日组织座谈，30人参加。")


def paper(*lines: str, name: str = "新建文档.docx") -> File:
    return File(name=name, lines=lines)


def mail(
    subject: str = "活动情况",
    body: str = "请查收。",
    sender: tuple[str, str] = NICK,
    files: Sequence[File] = (),
) -> Reading:
    return folded(reading(subject, body=body, sender=sender, files=list(files))).reading


CASES: tuple[tuple[str, bool | None, Reading], ...] = (
    (
        "重庆市蚕学会",
        True,
        mail(
            subject="我会活动",
            sender=("重庆市蚕学会办公室", "cq@163.example"),
            body="老师好，写在正文里。\n我会5月26日到黔江桑园给蚕农讲小蚕共育，62人听，发手册80本。\n我会5月30日看望两位老蚕桑专家。",
        ),
    ),
    (
        "重庆市茶叶学会",
        True,
        mail(
            sender=("茶叶学会秘书处", "cyxh@163.example"),
            files=[
                paper(
                    "喝茶、说茶、制茶",
                    *(
                        "我会5月26日在永川茶山竹海举办手工制茶体验，茶农和市民90人参加。",
                        "我会5月30日召开座谈会。",
                    ),
                )
            ],
        ),
    ),
    (
        "重庆市荣昌区科学技术协会",
        True,
        mail(
            sender=("重庆市水产学会", "cy@163.example"),
            files=[paper("荣昌区科协活动总结", *T, "荣昌区科学技术协会")],
        ),
    ),
    (
        "重庆市土木建筑学会",
        True,
        mail(sender=("土建学会", "a@b.example"), files=[paper("土建学会科技工作者日小结", *T)]),
    ),
    ("重庆市预防医学会", True, mail(subject="小结", files=[paper("疾控人的节日——预防医学会小结", *T)])),
    (
        "重庆市环境科学学会",
        True,
        mail(files=[paper("环科学会科技工作者日活动小结", "我会组织了下面几项活动。", *T)]),
    ),
    ("重庆市农业机械学会", True, mail(files=[paper("农机学会活动小结", *T, "重庆农机学会")])),
    ("重庆市生物医学工程学会", True, mail(files=[paper("生医工程学会在行动", *T, "市生物医学工程学会")])),
    ("重庆市风景园林学会", True, mail(files=[paper("风景园林学会活动情况", *T)])),
    ("重庆市计量测试学会", None, mail(files=[paper("计测学会活动小结", *T)])),
    (
        "大足区龙水镇科协",
        True,
        mail(
            subject="大足区龙水镇科协活动小结",
            files=[paper("大足区龙水镇科协活动小结", *T, "大足区龙水镇科协")],
        ),
    ),
    (
        "北碚区蔡家岗街道科协",
        True,
        mail(files=[paper("北碚区蔡家岗街道科协活动情况", *T, "北碚区蔡家岗街道科协", "2024年6月3日")]),
    ),
    (
        "永川区萱花中学校",
        True,
        mail(subject="永川区萱花中学校小结", files=[paper("萱花中学过节", *T, "永川区萱花中学校")]),
    ),
    ("南岸区人民医院", None, mail(files=[paper("白衣过节", *T, "南岸区人民医院")])),
    ("江北区人民医院", False, mail(files=[paper("义诊", *T, "江北区人民医院")])),
    (
        "重庆凯润轴瓦有限公司",
        True,
        mail(
            files=[
                paper("车间里的比武", "公司5月30日组织技术比武，工程师46人参加。", *T, "重庆凯润轴瓦有限公司")
            ]
        ),
    ),
    (
        "重庆瑞驰精密机械有限公司",
        True,
        mail(
            body="本公司没有科协，看到通知就报了。",
            files=[
                paper(
                    "师徒过节",
                    "5月30日举办师徒结对，工程师46人参加，邀请文理学院老师讲课。",
                    "重庆瑞驰精密机械有限公司",
                    "2024年6月6日",
                )
            ],
        ),
    ),
    (
        "重庆市合川区人民医院科协",
        True,
        mail(
            body="我们是刚成立的医院科协，第一次报。",
            files=[paper("夜门诊的故事", *T, "重庆市合川区人民医院科协")],
        ),
    ),
    (
        "重庆理工大学科学技术协会",
        True,
        mail(
            subject="高校科协活动",
            files=[
                paper(
                    "多彩校园迎节日",
                    "我校5月30日召开青年教师座谈会，40人参加。",
                    *T,
                    "（重庆理工大学科协供稿）",
                )
            ],
        ),
    ),
    (
        "重庆市涪陵区科学技术局",
        True,
        mail(
            subject="涪陵材料",
            body="文件名是区科协的模板，内容是我们局的。",
            files=[paper("工作小结", "我局做了以下工作。", *T, "涪陵区科技局", name="涪陵区科协模板.docx")],
        ),
    ),
    (
        "万州区电报路小学",
        True,
        mail(
            subject="万州区电报路小学投稿",
            body="观影也有收获，学院风十足。",
            files=[paper("电报路小学过节", *T, "万州区电报路小学")],
        ),
    ),
    (
        "长寿区中医院科协",
        True,
        mail(
            body="长寿区中医院科协报送活动登记表，请查收。",
            files=[paper("活动登记表", "填报单位：长寿区中医院科协  填报人：李梅", *T)],
        ),
    ),
    (
        "重庆市城口县修齐镇科协",
        True,
        mail(body="县科协让我们镇自己报。", files=[paper("修齐镇小结", *T, "重庆市城口县修齐镇科协")]),
    ),
    (
        "重庆市潼南区科学技术协会",
        True,
        mail(
            body="区医院科协、镇科协都参与了。",
            sender=("潼南科协", "tn@qq.example"),
            files=[paper("潼南区科协小结", *T)],
        ),
    ),
    (
        "重庆市奉节县脐橙协会",
        True,
        mail(
            body="我们协会是去年注册的新协会，想报个活动。",
            files=[paper("橙乡小结", *T, "重庆市奉节县脐橙协会")],
        ),
    ),
    (
        "重庆市针灸学会",
        True,
        mail(
            subject="活动汇报",
            sender=("针灸学会", "zj@163.example"),
            body="我会5月28日在观音桥街头摆摊义诊，看了80位居民。\n我会5月30日走访两位老专家。",
        ),
    ),
    (
        "重庆市老科学技术工作者协会",
        None,
        mail(sender=("市老科协办公室", "l@163.example"), files=[paper("银发过节", *T)]),
    ),
    (
        "重庆市药学会",
        True,
        mail(
            sender=("重庆市药学会", "y@163.example"),
            files=[paper("用药安全进社区", "我会组织药师进社区。", *T, name="药学会材料.docx")],
        ),
    ),
    (
        "重庆市抗癌协会",
        False,
        mail(sender=("重庆市抗癌协会 李梅", "k@163.example"), files=[File(name="1.pdf", lines=None)]),
    ),
    ("重庆市城市规划学会", True, mail(files=[paper("城规学会科技工作者日小结", *T, "重庆城规学会")])),
    (
        "重庆市畜牧兽医学会",
        True,
        mail(subject="畜兽医学会小结", files=[paper("猪场里的节日", *T, "市畜牧兽医学会")]),
    ),
    ("重庆市机械工程学会", True, mail(files=[paper("机械学会小结", *T, "市机械学会")])),
    ("云阳县植保学会", True, mail(files=[paper("云阳县植保学会小结", *T, "云阳县植保学会")])),
    ("成都市植保学会", None, mail(files=[paper("成都市植保学会小结", *T, "成都市植保学会")])),
    (
        "璧山区丁家街道科协",
        True,
        mail(subject="璧山区丁家街道科协", files=[paper("丁家街道过节", *T, "璧山区丁家街道科协")]),
    ),
    ("荣昌区峰高中心小学", True, mail(files=[paper("荣昌区峰高中心小学活动小结", *T, "荣昌区峰高中心小学")])),
    (
        "江北区鱼嘴中学",
        False,
        mail(body="宁波江北的老师推荐我们报。", files=[paper("江北区鱼嘴中学小结", *T, "江北区鱼嘴中学")]),
    ),
    (
        "重庆鼎泰阀门有限公司",
        True,
        mail(
            body="区科协让我们企业自己报。",
            files=[paper("车间夜校", *T, "重庆鼎泰阀门有限公司", "2024年6月8日")],
        ),
    ),
    (
        "重庆鼎泰阀门有限公司科协",
        True,
        mail(
            body="渝北区科协通知我们直接报市里。", files=[paper("车间夜校", *T, "重庆鼎泰阀门有限公司科协")]
        ),
    ),
    (
        "丰都县包鸾镇科协",
        True,
        mail(body="我是丰都县包鸾镇科协的小秦，第一回报，请多指点。", files=[paper("包鸾小结", *T)]),
    ),
    (
        "重庆市忠县科学技术协会",
        None,
        mail(body="忠县科协的老师说可以报，我们是忠县拔山中学。", files=[paper("拔山小结", *T)]),
    ),
    (
        "重庆市黔江区科学技术局",
        True,
        mail(
            body="格式用的黔江区科协的样表，材料是黔江区科技局的。",
            files=[paper("小结", *T, "黔江区科学技术局", name="黔江区科协样表.docx")],
        ),
    ),
    (
        "重庆医科大学科学技术协会",
        True,
        mail(
            subject="高校科协材料",
            body="有学校科协，也有学院分会一起做的。",
            files=[
                paper("校园里的节日", "我校组织观影，去年新成立的研究生科协也来了。", *T, "重庆医科大学科协")
            ],
        ),
    ),
    (
        "重庆市园艺学会",
        True,
        mail(subject="“花事”与《种子实验室》", files=[paper("“花事·开放实验室”来了", *T, "重庆市园艺学会")]),
    ),
    (
        "重庆市梁平区科学技术协会",
        True,
        mail(
            sender=("梁平科协", "l@qq.example"),
            files=[paper("小结", *("区科协5月26日组织赶场义诊，服务120人次。", "区科协5月30日召开座谈会。"))],
        ),
    ),
    ("重庆渝中区解放碑街道科协", None, mail(files=[paper("解放碑街道小结", *T, "渝中区解放碑街道科协")])),
    (
        "酉阳县龚滩镇卫生院",
        True,
        mail(subject="酉阳县龚滩镇卫生院义诊", files=[paper("义诊小结", *T, "酉阳县龚滩镇卫生院")]),
    ),
    (
        "重庆市农学会",
        True,
        mail(
            subject="我们学会的三件事",
            sender=("农学会小何", "n@qq.example"),
            body="本会今年做了三件事：\n一、5月20日下乡。\n二、5月26日讲课，40人。",
        ),
    ),
    (
        "重庆市水利学会",
        True,
        mail(
            sender=("水利学会秘书处", "s@qq.example"),
            files=[
                paper(
                    "节水进校园",
                    "6月1日，我会与南岸区科协走进学校，讲节水，200名学生听课。",
                    "5月30日，我会联合重庆大学科协召开座谈会。",
                )
            ],
        ),
    ),
    (
        "重庆市护理学会",
        False,
        mail(
            sender=("重庆市护理学会", "h@163.example"),
            body="转一份会员单位的，请收。",
            files=[
                paper("白衣天使过节", *("我院5月26日义诊，服务群众120人次。", "我院5月30日座谈，30人参加。"))
            ],
        ),
    ),
    (
        "渝山精工轴承厂",
        None,
        mail(
            sender=("重庆市铸造学会", "z@163.example"),
            files=[paper("车间比武", "我厂5月30日组织比武，46人参加。", "渝山精工轴承厂")],
        ),
    ),
    (
        "重庆市心理学会",
        None,
        mail(sender=("心理学会", "x@163.example"), files=[paper("市心理学会小结", *OUR, "重庆市心理学会")]),
    ),
    ("重庆市环境工程学会", None, mail(files=[paper("环境工程学会小结", *OUR, "重庆市环境工程学会")])),
    ("重庆市中医学会", None, mail(files=[paper("市中医学会小结", *OUR, "重庆市中医学会")])),
    ("江津区植保学会", True, mail(files=[paper("江津区植保学会小结", *OUR, "江津区植保学会")])),
    ("四川省植保学会", None, mail(files=[paper("四川省植保学会小结", *OUR, "四川省植保学会")])),
    ("重庆市农机协会", None, mail(files=[paper("农机协会小结", *OUR, "重庆市农机协会")])),
    ("重庆市体育协会", None, mail(files=[paper("市体育协会小结", *OUR, "重庆市体育协会")])),
    ("重庆市电工学会", None, mail(files=[paper("市电工学会小结", *OUR, "市电工学会")])),
    ("重庆市水电学会", None, mail(files=[paper("市水电学会小结", *OUR, "市水电学会")])),
    (
        "垫江县人民医院",
        True,
        mail(
            sender=("垫江县科协", "dj@qq.example"),
            body="我是垫江县人民医院的小李，借科协的邮箱发。",
            files=[paper("义诊", *("我院义诊120人次。",), "垫江县人民医院")],
        ),
    ),
    (
        "重庆市渝北区科学技术协会",
        None,
        mail(
            sender=("渝北区科协", "dj@qq.example"),
            files=[paper("义诊", "我院5月26日义诊120人次，区科协参加。", "我院5月30日座谈。")],
        ),
    ),
    (
        "重庆市大足区科学技术协会",
        None,
        mail(
            sender=("大足区科协", "dz@qq.example"),
            files=[
                paper("厂里的节日", "我公司5月26日比武，46人参加，区科协领导观看。", "我公司5月30日座谈。")
            ],
        ),
    ),
    (
        "重庆大学科学技术协会",
        None,
        mail(
            sender=("重庆大学科协", "cq@cqu.example"),
            files=[
                paper("实验室开放日", "我们学院5月26日开放实验室，200名中学生参观。"),
            ],
        ),
    ),
    (
        "黔江区新华中学",
        True,
        mail(
            subject="我们是黔江区新华中学",
            body="我们是黔江区新华中学，没有科协，也来报一个。",
            files=[paper("黔江区新华中学小结", "我校5月26日放映电影，300人观看。")],
        ),
    ),
    (
        "重庆市璧山区科学技术协会",
        True,
        mail(
            sender=("璧山科协", "b@qq.example"),
            body="璧山区科协报送。",
            files=[paper("璧山区科协小结", *T, name="人民医院科协稿.docx")],
        ),
    ),
    (
        "重庆市标准化协会",
        True,
        mail(
            sender=("市标准化协会", "bz@qq.example"),
            subject="标准化协会信息",
            body="信息一则，附后。",
            files=[paper("标准进车间", "5月28日，协会专家到车间讲标准，50人听讲。")],
        ),
    ),
    (
        "重庆市反邪教协会",
        True,
        mail(
            sender=("反邪教协会办公室", "f@qq.example"),
            body="我协会在社区做了两件事：\n1、5月20日发资料300份。\n2、5月26日讲座，60人听。",
        ),
    ),
    (
        "重庆市地震学会",
        True,
        mail(
            files=[
                paper(
                    "一次特别的演练",
                    "重庆市地震学会5月28日到学校组织避险演练，500名学生参加。",
                    "（地震学会供稿）",
                )
            ]
        ),
    ),
)
"""The unit; True: to be decided, False: a person must see it, None: either, as long as it is not decided wrongly."""
NO_NAMES = ("新成立", "刚成立", "注册的", "高校科协", "也有", "内容是", "隔壁", "乡下", "实验室")


@pytest.mark.parametrize("unit, decided, letter", CASES)
def test_a_clear_mail_is_booked_and_a_doubtful_one_is_not(
    unit: str, decided: bool | None, letter: Reading
) -> None:
    found = identify(letter, RULES.units, RULES.notice)

    if decided is None:
        assert found.best == unit or not found.decided
    elif decided:
        assert (found.best, found.decided) == (unit, True)
    else:
        assert not found.decided


@pytest.mark.parametrize("unit, decided, letter", CASES)
def test_a_phrase_is_no_candidate(unit: str, decided: bool | None, letter: Reading) -> None:
    names = [one.name for one in identify(letter, RULES.units, RULES.notice).candidates]

    assert [name for name in names if any(words in name for words in NO_NAMES)] == []


@pytest.mark.parametrize(
    "line",
    [
        "我们是去年新成立的医院科协，第一次报。",
        "观影也有学院的同学参加。",
        "县科协上个月在隔壁小学办过大篷车，能不能给乡下学校也寄点书？",
        "“她·实验室”访谈已播完九期。",
        "这是高校科协和企业科协都能用的办法。",
    ],
)
def test_words_about_bodies_name_none(line: str) -> None:
    assert identify(mail(body=line), RULES.units, RULES.notice).best is None


def test_an_abbreviation_means_one_society_or_nothing() -> None:
    short = abbreviations(RULES.units, "重庆市")

    assert short["植保学会"] == "重庆市植物保护学会"
    assert short["环科学会"] == "重庆市环境科学学会"
    assert short["机械学会"] == "重庆市机械工程学会"
    assert {"电工学会", "食品科学学会", "环境学会", "化学会", "心理学会"}.isdisjoint(short)
