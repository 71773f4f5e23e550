"""Mails that strangers may write, each with the unit that a careful person would book it on.

Purpose: the cases of tests/test_identify.py. None of them is taken from a real mail or from the labelled set.
Limits: `best` is None where nobody could say; `sure` is what the machine must be (None = either will do).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.records import Address, Mail, Reading, Status
from tests.labelled import File, reading

ASSOCIATION = "科学技术协会"
BUREAU = "科学技术局"
SUMMARY = "为庆祝第八个“全国科技工作者日”，按照市科协通知要求，精心组织了系列活动，现将有关情况总结如下。"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One mail and what is right. among: names that must stand in the candidates. not_decided: never booked on it."""

    slug: str
    mail: Reading
    best: str | None
    sure: bool | None = None
    among: tuple[str, ...] = ()
    not_decided: tuple[str, ...] = ()


def unread(name: str) -> File:
    return File(name=name, lines=None, status=Status.NEEDS_OCR)


def doc(name: str, *lines: str, recognised: bool = False, header: str = "") -> File:
    return File(name=name, lines=lines, recognised=recognised, header=header)


NICK = ("静待花开", "88231456@qq.example")


def nested(subject: str, name: str) -> Mail:
    return Mail(section="2", subject=subject, sender=Address(name=name, address="x@qq.example"))


DISTRICTS = (
    Case(
        slug="the title names the county alone and the text says 县科协",
        mail=reading(
            "工作总结",
            sender=NICK,
            body="请查收",
            files=[
                doc(
                    "总结.docx",
                    "云阳县2024年“全国科技工作者日”活动总结",
                    SUMMARY,
                    "5月20日，县科协组织农技专家到江口镇开展柑橘管护指导，120名果农参加。",
                    "5月30日，县科协走访慰问科技工作者12名，送去慰问金。",
                )
            ],
        ),
        best="重庆市云阳县科学技术协会",
    ),
    Case(
        slug="我局 and the signature mean the bureau, not the association",
        mail=reading(
            "渝北区科技工作者日活动情况",
            sender=("渝北 王工", "wang@qq.example"),
            body="现将我局开展情况报上",
            files=[
                doc(
                    "情况.docx",
                    "关于科技工作者日活动开展情况的报告",
                    "市科协：",
                    "我局会同区科协开展政策宣讲3场。",
                    "渝北区科学技术局",
                    "2024年6月12日",
                )
            ],
        ),
        best="重庆市渝北区科学技术局",
        sure=True,
    ),
    Case(
        slug="a bureau's report that says 我局 and names the association as its partner",
        mail=reading(
            "关于报送科技工作者日活动总结的函",
            sender=("开州 李", "1123@163.example"),
            body="市科协：现将我局活动总结报上。",
            files=[
                doc(
                    "总结.doc",
                    "开州区科技工作者日活动总结",
                    "我局与区科协联合举办启动仪式，我局牵头开展企业走访。",
                    "我局还组织了科技特派员下乡。",
                )
            ],
        ),
        best="重庆市开州区科学技术局",
    ),
    Case(
        slug="joint title, one signature",
        mail=reading(
            "渝中区科协报送活动总结",
            sender=("渝中区科协办公室", "yzbgs@qq.example"),
            files=[
                doc(
                    "总结.docx",
                    "渝中区科协 渝中区科技局联合开展“全国科技工作者日”活动",
                    SUMMARY,
                    "渝中区科学技术协会",
                    "2024年6月3日",
                )
            ],
        ),
        best="重庆市渝中区科学技术协会",
        sure=True,
    ),
    Case(
        slug="joint signature and nothing else: a person decides",
        mail=reading(
            "渝中区报送活动总结",
            sender=NICK,
            files=[
                doc(
                    "总结.docx",
                    "渝中区全国科技工作者日活动总结",
                    SUMMARY,
                    "渝中区科学技术协会",
                    "渝中区科学技术局",
                )
            ],
        ),
        best="重庆市渝中区科学技术协会",
        sure=False,
        among=("重庆市渝中区科学技术局",),
    ),
    Case(
        slug="the Jiangbei of Ningbo",
        mail=reading(
            "宁波市江北区科协科技工作者日活动交流材料",
            sender=("江北区科协", "jbkx@nb.example"),
            files=[
                doc(
                    "材料.docx",
                    "宁波市江北区科协开展科技工作者日活动",
                    "5月30日，江北区科协组织院士专家走访企业。",
                )
            ],
        ),
        best="宁波市江北区科协",
        not_decided=("重庆市江北区科学技术协会",),
    ),
    Case(
        slug="the Jiangbei of Ningbo, the city only in the subject",
        mail=reading(
            "浙江宁波：江北区科协活动信息",
            sender=NICK,
            files=[
                doc("信息.docx", "江北区科协开展科技工作者日活动", "5月30日，甬江街道科技工作者座谈会举行。")
            ],
        ),
        best=None,
        not_decided=("重庆市江北区科学技术协会",),
    ),
    Case(
        slug="our own Jiangbei from a personal mailbox",
        mail=reading(
            "江北区科协活动信息",
            sender=("小马哥", "maxm@163.example"),
            body="江北区科协报送信息一篇",
            files=[doc("信息.docx", "江北区科协走访慰问科技工作者", "5月28日，江北区科协走访辖区企业。")],
        ),
        best="重庆市江北区科学技术协会",
        sure=True,
    ),
    Case(
        slug="a street's association is not its district's",
        mail=reading(
            "龙溪街道科协活动信息",
            sender=("龙溪街道办", "longxi@qq.example"),
            files=[
                doc(
                    "信息.docx",
                    "渝北区龙溪街道科协开展科普进社区活动",
                    "5月25日，渝北区龙溪街道科协组织志愿者进社区。",
                    "渝北区龙溪街道科协",
                )
            ],
        ),
        best="渝北区龙溪街道科协",
        sure=True,
        not_decided=("重庆市渝北区科学技术协会",),
    ),
    Case(
        slug="a district forwards what its street wrote",
        mail=reading(
            "渝北区科协报送龙溪街道科协活动信息",
            sender=("渝北区科协", "ybkx88@qq.example"),
            files=[
                doc(
                    "龙溪街道科普.docx",
                    "龙溪街道开展科普进社区活动",
                    "5月25日，志愿者进社区。",
                    "（龙溪街道科协供稿）",
                )
            ],
        ),
        best="重庆市渝北区科学技术协会",
        sure=True,
    ),
    Case(
        slug="a district hospital outside the roster",
        mail=reading(
            "长寿区人民医院科技工作者日义诊",
            sender=("长寿区人民医院宣传科", "csyy@163.example"),
            files=[
                doc("义诊.docx", "长寿区人民医院开展科技工作者日义诊活动", "5月30日义诊。", "长寿区人民医院")
            ],
        ),
        best="长寿区人民医院",
        sure=True,
        not_decided=("重庆市长寿区科学技术协会",),
    ),
    Case(
        slug="letter-spaced title and signature",
        mail=reading(
            "报告",
            sender=NICK,
            files=[
                doc(
                    "报告.doc",
                    "重 庆 市 南 川 区 科 学 技 术 协 会",
                    "关于2024年全国科技工作者日活动情况的报告",
                    SUMMARY,
                    "重 庆 市 南 川 区 科 学 技 术 协 会",
                    "二〇二四年六月十日",
                )
            ],
        ),
        best="重庆市南川区科学技术协会",
        sure=True,
    ),
    Case(
        slug="near twins: 南岸 is only visiting 南川",
        mail=reading(
            "南川区科协信息",
            sender=("南川科协", "nckx2@qq.example"),
            files=[
                doc(
                    "信息.docx",
                    "南岸区科协来南川交流科普工作",
                    "5月22日，南岸区科协一行到南川区科协交流。",
                    "（南川区科协）",
                )
            ],
        ),
        best="重庆市南川区科学技术协会",
        sure=True,
    ),
    Case(
        slug="the unit stands in a form's field",
        mail=reading(
            "统计表",
            sender=NICK,
            files=[
                File(
                    name="附件1.xlsx",
                    lines=("2024年全国科技工作者日活动情况统计表",),
                    rows=(
                        ("填报单位", "潼南区科学技术协会", "填报人", "李平"),
                        ("序号", "活动名称", "时间", "人数"),
                        ("1", "科普集市", "5月25日", "300"),
                    ),
                )
            ],
        ),
        best="重庆市潼南区科学技术协会",
        sure=True,
    ),
    Case(
        slug="the folder inside the archive is all there is",
        mail=reading(
            "活动材料",
            sender=NICK,
            files=[
                doc(
                    "材料.zip/武隆区科协材料/总结.docx",
                    "全国科技工作者日活动总结",
                    SUMMARY,
                    "我区共开展活动12场。",
                )
            ],
        ),
        best="重庆市武隆区科学技术协会",
        sure=False,
    ),
    Case(
        slug="all that names the unit is the mail inside the mail",
        mail=reading(
            "Fw: 材料",
            sender=NICK,
            body="请查收",
            nested=[nested("彭水县科协2024年全国科技工作者日活动总结", "彭水县科协")],
            files=[doc("总结.docx", "全国科技工作者日活动总结", "我县组织科技下乡。")],
        ),
        best="彭水苗族土家族自治县科学技术协会",
    ),
    Case(
        slug="壁山 is how many people write 璧山",
        mail=reading(
            "壁山区科协活动总结",
            sender=("壁山科协", "bskx1@qq.example"),
            files=[doc("总结.docx", "壁山区科协活动总结", SUMMARY, "壁山区科协")],
        ),
        best="重庆市璧山区科学技术协会",
    ),
    Case(
        slug="a county's name in full with its peoples",
        mail=reading(
            "活动总结",
            sender=("石柱", "sz@qq.example"),
            files=[
                doc(
                    "总结.docx",
                    "石柱土家族自治县科学技术协会活动总结",
                    SUMMARY,
                    "石柱土家族自治县科学技术协会",
                )
            ],
        ),
        best="石柱土家族自治县科学技术协会",
        sure=True,
    ),
    Case(
        slug="the name that the district had as a county",
        mail=reading(
            "铜梁县科协活动总结",
            sender=("铜梁", "tl@qq.example"),
            files=[doc("总结.docx", "铜梁县科协2024年科技工作者日活动总结", SUMMARY)],
        ),
        best="重庆市铜梁区科学技术协会",
    ),
    Case(
        slug="万盛's bureau beside its association",
        mail=reading(
            "万盛经开区科技局活动总结",
            sender=("万盛科技局", "w@qq.example"),
            files=[
                doc(
                    "总结.docx",
                    "万盛经开区科技局科技工作者日活动总结",
                    "会同万盛经开区科协开展。",
                    "万盛经开区科技局",
                )
            ],
        ),
        best="重庆市万盛经济技术开发区科学技术局",
        sure=True,
    ),
    Case(
        slug="the 高新区 of Chengdu",
        mail=reading(
            "成都高新区科协活动信息",
            sender=("成都高新区科协", "cdgx@163.example"),
            files=[doc("信息.docx", "成都高新区科协开展科技工作者日活动", "5月30日举行。", "成都高新区科协")],
        ),
        best="成都高新区科协",
        not_decided=("西部科学城重庆高新区科学技术协会",),
    ),
    Case(
        slug="两江新区's bureau under its short name",
        mail=reading(
            "两江新区科创局报送总结",
            sender=("两江新区科创局", "ljkcj@qq.example"),
            files=[doc("总结.docx", "两江新区科技创新局活动总结", SUMMARY)],
        ),
        best="重庆两江新区科技创新局",
        sure=True,
    ),
    Case(
        slug="letterhead of the bureau in the page header, no other word of it",
        mail=reading(
            "报告",
            sender=NICK,
            files=[
                doc(
                    "报告.pdf",
                    "涪科局文〔2024〕5号",
                    "关于科技工作者日活动的报告",
                    "市科协：",
                    "我局开展企业服务12场。",
                    header="重庆市涪陵区科学技术局文件",
                )
            ],
        ),
        best="重庆市涪陵区科学技术局",
    ),
    Case(
        slug="the nickname hints at the county, the text says 县科协",
        mail=reading(
            "科技工作者日信息",
            sender=("巫溪-小李", "li5566@qq.example"),
            files=[doc("信息.docx", "深山里的科普课", "5月20日，县科协组织专家到红池坝。县科协还捐赠图书。")],
        ),
        best="重庆市巫溪县科学技术协会",
        sure=False,
    ),
    Case(
        slug="the short name 沙区 and a slogan for a title",
        mail=reading(
            "沙区科协信息",
            sender=("沙区科协小何", "he@qq.example"),
            files=[
                doc(
                    "信息.docx",
                    "点亮科学梦",
                    "——记沙坪坝区虎溪街道大学城社区科普活动",
                    "5月26日，区科协在大学城社区开展活动。",
                )
            ],
        ),
        best="重庆市沙坪坝区科学技术协会",
        sure=True,
    ),
    Case(
        slug="the signature of the mail, the attachment is a scan",
        mail=reading(
            "活动",
            sender=NICK,
            body="老师好：\n材料见附件。\n此致\n敬礼\n秀山县科协 田野\n2024年6月1日",
            files=[unread("扫描件.pdf")],
        ),
        best="秀山土家族苗族自治县科学技术协会",
    ),
    Case(
        slug="the file's name alone",
        mail=reading("材料", sender=("hello", "h@qq.example"), files=[unread("綦江区科技局530总结.pdf")]),
        best="重庆市綦江区科学技术局",
        sure=False,
    ),
    Case(
        slug="the file's name in reverse order",
        mail=reading(
            "530活动",
            sender=NICK,
            files=[
                doc(
                    "活动总结-江津区科协-20240612.docx",
                    "科技工作者日活动总结",
                    "我区开展活动。区科协走访企业。",
                )
            ],
        ),
        best="重庆市江津区科学技术协会",
    ),
    Case(
        slug="代报 for two districts: a person decides",
        mail=reading(
            "代报：江津区科协、永川区科协活动总结",
            sender=NICK,
            files=[
                doc("江津.docx", "江津区科协活动总结", SUMMARY, "江津区科协"),
                doc("永川.docx", "永川区科协活动总结", SUMMARY, "永川区科协"),
            ],
        ),
        best="重庆市江津区科学技术协会",
        sure=False,
        among=("重庆市永川区科学技术协会",),
    ),
    Case(
        slug="members with an entry of their own are named all over the district's report",
        mail=reading(
            "巴南区科协总结",
            sender=("巴南科协", "bn2@qq.example"),
            files=[
                doc(
                    "总结.docx",
                    "巴南区全国科技工作者日活动总结",
                    "区科协统筹安排，南方阻燃科协、巴南区人民医院科协、界石仪表科协分别承办。",
                    "南方阻燃科协举办讲座，巴南区人民医院科协举办义诊，巴南区人民医院科协送药下乡。",
                )
            ],
        ),
        best="重庆市巴南区科学技术协会",
        sure=True,
    ),
    Case(
        slug="an earlier mail of another district is quoted below",
        mail=reading(
            "大足区科协活动总结",
            sender=("大足区科协", "dz9@qq.example"),
            body="大足区科协报送",
            quoted="发件人: 荣昌区科协\n主题: 荣昌区科协活动总结\n荣昌区科协报送总结",
            files=[doc("总结.docx", "大足区科协活动总结", SUMMARY)],
        ),
        best="重庆市大足区科学技术协会",
        sure=True,
    ),
    Case(
        slug="one district's content from another's roster address",
        mail=reading(
            "大足区科协活动总结",
            sender=("", "rongchangkx@qq.example"),
            files=[doc("总结.docx", "大足区科协活动总结", SUMMARY, "大足区科协")],
        ),
        best="重庆市大足区科学技术协会",
    ),
    Case(
        slug="a display name alone never decides",
        mail=reading("总结", sender=("渝北区科协", "123@qq.example"), files=[unread("1.pdf")]),
        best="重庆市渝北区科学技术协会",
        sure=False,
    ),
    Case(
        slug="a roster address alone never decides",
        mail=reading("总结", sender=("办公室", "bgs@kx.nanan.example"), files=[unread("1.pdf")]),
        best="重庆市南岸区科学技术协会",
        sure=False,
    ),
    Case(
        slug="the addressee is nobody's unit",
        mail=reading(
            "致市科协",
            sender=NICK,
            body="重庆市科学技术协会：\n现将材料报上，请市科协审阅。",
            files=[doc("材料.docx", "科技工作者日活动材料", "5月30日开展活动。", "报送：重庆市科学技术协会")],
        ),
        best=None,
        sure=False,
    ),
    Case(
        slug="the organiser's notice is attached as well",
        mail=reading(
            "市茶叶学会活动总结",
            sender=NICK,
            files=[
                doc(
                    "通知.docx",
                    "关于开展2024年“全国科技工作者日”活动的通知",
                    "各区县科协、科技局，各市级学会：",
                    "市科协、市科技局将组织开展系列活动。",
                    "重庆市科学技术协会 重庆市科学技术局",
                ),
                doc("总结.docx", "市茶叶学会活动总结", "我会组织茶农培训。", "重庆市茶叶学会"),
            ],
        ),
        best="重庆市茶叶学会",
        sure=True,
    ),
    Case(
        slug="科协、科技局 of one district in one breath",
        mail=reading(
            "涪陵区科协、科技局活动总结",
            sender=NICK,
            files=[doc("总结.docx", "涪陵区科协、科技局2024年科技工作者日活动总结", SUMMARY)],
        ),
        best="重庆市涪陵区科学技术协会",
        sure=False,
        among=("重庆市涪陵区科学技术局",),
    ),
    Case(
        slug="a county of Sichuan that differs in one character",
        mail=reading(
            "南江县科协活动信息",
            sender=("南江科协", "njkx@163.example"),
            files=[
                doc("信息.docx", "南江县科协开展科技下乡", "5月30日，南江县科协送科技下乡。", "南江县科协")
            ],
        ),
        best="南江县科协",
        not_decided=("重庆市垫江县科学技术协会", "重庆市南川区科学技术协会"),
    ),
)

SOCIETIES = (
    Case(
        slug="the same society of Sichuan is a partner",
        mail=reading(
            "川渝地质学会联合开展活动",
            sender=("重庆地质学会", "dz@163.example"),
            files=[
                doc(
                    "信息.docx",
                    "四川省地质学会、重庆市地质学会联合开展地质科普",
                    "5月22日，四川省地质学会与重庆市地质学会在合川开展科普。",
                    "（重庆市地质学会供稿）",
                )
            ],
        ),
        best="重庆市地质学会",
        sure=True,
    ),
    Case(
        slug="a society of another city",
        mail=reading(
            "成都市医学会活动总结",
            sender=("成都市医学会", "cdyxh@163.example"),
            files=[doc("总结.docx", "成都市医学会义诊活动总结", SUMMARY, "成都市医学会")],
        ),
        best="成都市医学会",
        not_decided=("重庆市医学会",),
    ),
    Case(
        slug="a district's society is not the city's",
        mail=reading(
            "渝北区医学会活动总结",
            sender=("医学会", "ybyxh@163.example"),
            files=[
                doc("总结.docx", "渝北区医学会义诊活动总结", "渝北区医学会组织义诊。", "重庆市渝北区医学会")
            ],
        ),
        best="重庆市渝北区医学会",
        not_decided=("重庆市医学会", "重庆市渝北区科学技术协会"),
    ),
    Case(
        slug="a district's old scientists are neither the city's nor the district",
        mail=reading(
            "江津区老科协活动总结",
            sender=("江津老科协", "jjlkx@163.example"),
            files=[
                doc("总结.docx", "江津区老科协活动总结", "组织老专家下乡。", "江津区老科学技术工作者协会")
            ],
        ),
        best="重庆市江津区老科学技术工作者协会",
        not_decided=("重庆市老科学技术工作者协会", "重庆市江津区科学技术协会"),
    ),
    Case(
        slug="a branch is its society",
        mail=reading(
            "义诊信息",
            sender=("口腔专委会", "kq@163.example"),
            files=[
                doc(
                    "信息.docx",
                    "重庆市医学会口腔医学专业委员会开展义诊",
                    "5月26日，重庆市医学会口腔医学专业委员会到永川义诊。",
                    "重庆市医学会口腔医学专业委员会",
                )
            ],
        ),
        best="重庆市医学会",
        not_decided=("重庆市口腔医学会",),
    ),
    Case(
        slug="a longer name holds a shorter one",
        mail=reading(
            "口腔医学会总结",
            sender=("口腔医学会 刘", "liu@163.example"),
            files=[doc("口腔医学会总结.docx", "重庆市口腔医学会活动总结", "我会到巫山义诊。")],
        ),
        best="重庆市口腔医学会",
        sure=True,
    ),
    Case(
        slug="automation and instruments",
        mail=reading(
            "活动总结",
            sender=NICK,
            files=[
                doc(
                    "总结.docx",
                    "重庆市自动化与仪器仪表学会活动总结",
                    "我会联合重庆市仪器仪表学会举办沙龙。",
                    "重庆市自动化与仪器仪表学会",
                )
            ],
        ),
        best="重庆市自动化与仪器仪表学会",
        sure=True,
    ),
    Case(
        slug="化工 is not 化学化工",
        mail=reading(
            "市化工学会总结",
            sender=("化工学会", "hg@163.example"),
            files=[doc("总结.docx", "市化工学会科技工作者日总结", SUMMARY)],
        ),
        best="重庆市化工学会",
        sure=True,
    ),
    Case(
        slug="a name that holds 林学会 by chance",
        mail=reading(
            "园林学会总结",
            sender=("风景园林学会", "yl@163.example"),
            files=[doc("总结.docx", "重庆市风景园林学会科技工作者日总结", SUMMARY)],
        ),
        best="重庆市风景园林学会",
        sure=True,
    ),
    Case(
        slug="one character wrong in the scan, the rest is typed",
        mail=reading(
            "总结（盖章）",
            sender=("地质学会秘书处", "msc@163.example"),
            files=[
                doc(
                    "总结.pdf",
                    "重庆市地貭学会活动总结",
                    "我会组织开展活动。",
                    "重庆市地貭学会",
                    recognised=True,
                ),
            ],
        ),
        best="重庆市地质学会",
    ),
    Case(
        slug="one character wrong in the scan of a near twin: a person decides",
        mail=reading(
            "总结",
            sender=NICK,
            files=[doc("总结.pdf", "重庆市渝比区科学技术协会", "关于活动的总结", SUMMARY, recognised=True)],
        ),
        best=None,
        sure=False,
        among=("重庆市渝北区科学技术协会", "重庆市渝中区科学技术协会"),
    ),
    Case(
        slug="one character wrong in the scan of a long name",
        mail=reading(
            "总结",
            sender=("林", "lin@163.example"),
            files=[
                doc(
                    "扫描.pdf",
                    "重庆市生物医孝工程学会2024年活动总结",
                    SUMMARY,
                    "重庆市生物医学工理学会",
                    recognised=True,
                )
            ],
        ),
        best="重庆市生物医学工程学会",
    ),
    Case(
        slug="a society's short name",
        mail=reading(
            "市女科协报送信息",
            sender=("女科协", "nkx@163.example"),
            files=[doc("信息.docx", "市女科协走进巴南", "5月18日，市女科协走进巴南。")],
        ),
        best="重庆市女科技工作者协会",
        sure=True,
    ),
    Case(
        slug="two roster units in the title, the society signs",
        mail=reading(
            "药学会活动",
            sender=("市药学会", "yxh2@163.example"),
            files=[
                doc(
                    "活动.docx",
                    "重庆市药学会、重庆市中药研究院科协联合开展用药科普",
                    "5月20日，两家单位在南坪开展科普。",
                    "（重庆市药学会）",
                )
            ],
        ),
        best="重庆市药学会",
        sure=True,
    ),
    Case(
        slug="the author's employer is not the unit",
        mail=reading(
            "重庆市园艺学会活动信息",
            sender=("李", "li@163.example"),
            files=[
                doc(
                    "信息.docx",
                    "专家下田解难题",
                    "5月16日，市园艺学会组织专家到潼南区柏梓镇。",
                    "（作者：重庆市农业科学院 李果）",
                )
            ],
        ),
        best="重庆市园艺学会",
    ),
    Case(
        slug="nothing but the running text",
        mail=reading(
            "活动信息",
            sender=NICK,
            files=[
                doc(
                    "活动信息.docx",
                    "白衣天使进社区",
                    "5月12日，重庆市护理学会组织志愿者走进南坪街道，为居民讲解居家护理。",
                    "护理学会秘书长表示，将持续开展此类活动。",
                )
            ],
        ),
        best="重庆市护理学会",
    ),
    Case(
        slug="协会 where the roster has 学会, and one syllable less",
        mail=reading(
            "重庆市生态学会活动总结",
            sender=("生态学会", "st@163.example"),
            files=[doc("总结.docx", "重庆市生态学会活动总结", SUMMARY)],
        ),
        best="重庆市生态学学会",
    ),
    Case(
        slug="a society that the roster does not have and that sounds like one",
        mail=reading(
            "重庆市林业学会活动总结",
            sender=("林业学会", "ly@163.example"),
            files=[doc("总结.docx", "重庆市林业学会活动总结", SUMMARY, "重庆市林业学会")],
        ),
        best="重庆市林业学会",
        not_decided=("重庆市林学会",),
    ),
    Case(
        slug="a society outside the roster",
        mail=reading(
            "重庆市遥感应用协会科技工作者日总结",
            sender=("市遥感应用协会", "yg@163.example"),
            files=[doc("总结.docx", "重庆市遥感应用协会活动总结", "协会组织会员。", "重庆市遥感应用协会")],
        ),
        best="重庆市遥感应用协会",
    ),
    Case(
        slug="a national society's name holds the city's",
        mail=reading(
            "中国地质学会科普活动",
            sender=("中国地质学会", "cgs@163.example"),
            files=[doc("信息.docx", "中国地质学会举办科普活动", "5月22日在京举办。", "中国地质学会")],
        ),
        best="中国地质学会",
        not_decided=("重庆市地质学会",),
    ),
)

ORGANISATIONS = (
    Case(
        slug="the third hospital is neither the first nor the second",
        mail=reading(
            "重庆医科大学附属第三医院科技工作者日总结",
            sender=("重医附三院", "fs@163.example"),
            files=[doc("总结.docx", "重庆医科大学附属第三医院活动总结", SUMMARY, "重庆医科大学附属第三医院")],
        ),
        best="重庆医科大学附属第三医院",
        not_decided=(
            "重庆医科大学附属第一医院科学技术协会",
            "重庆医科大学附属第二医院科学技术协会",
            "重庆医科大学科学技术协会",
        ),
    ),
    Case(
        slug="a hospital that bears a roster university's name",
        mail=reading(
            "重庆大学附属涪陵医院活动总结",
            sender=("涪陵医院", "fl@163.example"),
            files=[doc("总结.docx", "重庆大学附属涪陵医院活动总结", SUMMARY, "重庆大学附属涪陵医院")],
        ),
        best="重庆大学附属涪陵医院",
        not_decided=("重庆大学科学技术协会", "重庆市涪陵区科学技术协会"),
    ),
    Case(
        slug="the hospital signs without the word 科协",
        mail=reading(
            "重庆大学附属肿瘤医院活动总结",
            sender=("肿瘤医院科教处", "zl@163.example"),
            files=[doc("总结.docx", "重庆大学附属肿瘤医院活动总结", SUMMARY, "重庆大学附属肿瘤医院")],
        ),
        best="重庆大学附属肿瘤医院科学技术协会",
    ),
    Case(
        slug="a school attached to a roster university",
        mail=reading(
            "西南大学附属中学科技节",
            sender=("西大附中", "xdfz@163.example"),
            files=[doc("总结.docx", "西南大学附属中学科技工作者日活动", SUMMARY, "西南大学附属中学")],
        ),
        best="西南大学附属中学",
        not_decided=("西南大学科学技术协会",),
    ),
    Case(
        slug="a faculty writes for itself: not booked on the university without a person",
        mail=reading(
            "土木学院科技工作者日活动",
            sender=("土木学院科研办", "tm@163.example"),
            files=[
                doc(
                    "活动.docx",
                    "重庆大学土木工程学院开展科技工作者日活动",
                    "5月30日举办论坛。",
                    "重庆大学土木工程学院",
                )
            ],
        ),
        best="重庆大学土木工程学院",
        not_decided=("重庆大学科学技术协会",),
    ),
    Case(
        slug="the university's own office",
        mail=reading(
            "西南大学科技工作者日总结",
            sender=("西南大学科技处", "kjc@swu.example"),
            files=[
                doc("总结.docx", "西南大学2024年全国科技工作者日活动总结", "学校科协牵头，我校开展活动。")
            ],
        ),
        best="西南大学科学技术协会",
    ),
    Case(
        slug="an institute of the academy under its full name",
        mail=reading(
            "中国科学院重庆绿色智能技术研究院活动总结",
            sender=("重庆研究院科技处", "kjc@163.example"),
            files=[doc("总结.docx", "中国科学院重庆绿色智能技术研究院科技工作者日活动总结", SUMMARY)],
        ),
        best="中国科学院重庆绿色智能技术研究院科学技术协会",
    ),
    Case(
        slug="a company with a roster company's word in its name",
        mail=reading(
            "长安新能源活动总结",
            sender=("长安新能源", "xny@163.example"),
            files=[
                doc(
                    "总结.docx",
                    "重庆长安新能源汽车科技有限公司科技工作者日总结",
                    SUMMARY,
                    "重庆长安新能源汽车科技有限公司",
                )
            ],
        ),
        best="重庆长安新能源汽车科技有限公司",
        not_decided=("重庆长安汽车股份有限公司科学技术协会",),
    ),
    Case(
        slug="a power supply branch is not the company's association",
        mail=reading(
            "江北供电公司活动信息",
            sender=("江北供电", "jb@163.example"),
            files=[
                doc(
                    "信息.docx",
                    "国网重庆市电力公司江北供电分公司开展科普活动",
                    "5月30日开展。",
                    "国网重庆市电力公司江北供电分公司",
                )
            ],
        ),
        best="国网重庆市电力公司江北供电分公司",
        not_decided=("国网重庆市电力公司科学技术协会", "重庆市江北区科学技术协会"),
    ),
    Case(
        slug="a company's report is signed by the company",
        mail=reading(
            "赛力斯科协总结",
            sender=("赛力斯科协", "sls@163.example"),
            files=[
                doc("总结.docx", "赛力斯汽车有限公司科技工作者日总结", "公司科协组织。", "赛力斯汽车有限公司")
            ],
        ),
        best="赛力斯汽车有限公司科学技术协会",
        sure=True,
    ),
    Case(
        slug="an area's association forwards a member that is in the roster itself",
        mail=reading(
            "转报赛力斯科协活动",
            sender=("两江新区科协", "kx@kx.liangjiang.example"),
            body="两江新区科协转报赛力斯科协活动信息。",
            files=[doc("信息.docx", "赛力斯汽车有限公司科协开展技术比武", "5月30日开展。", "赛力斯科协")],
        ),
        best="重庆两江新区科学技术协会",
    ),
    Case(
        slug="a library in a roster society's report is a place",
        mail=reading(
            "科普讲座信息",
            sender=("市图学学会", "tx@163.example"),
            files=[
                doc("信息.docx", "重庆市图学学会在重庆图书馆举办科普讲座", "5月25日，重庆图书馆座无虚席。")
            ],
        ),
        best="重庆市图学学会",
        sure=True,
    ),
    Case(
        slug="a firm outside the roster in a district's place",
        mail=reading(
            "重庆云途智造有限公司活动总结",
            sender=("云途智造 张", "zhang@163.example"),
            files=[
                doc(
                    "云途智造总结.docx",
                    "重庆云途智造有限公司科技工作者日活动总结",
                    "公司位于璧山区，邀请璧山区科协指导。",
                    "重庆云途智造有限公司",
                )
            ],
        ),
        best="重庆云途智造有限公司",
        not_decided=("重庆市璧山区科学技术协会",),
    ),
    Case(
        slug="a middle school that writes its name short in the mail",
        mail=reading(
            "云阳盛堡初中活动",
            sender=("盛堡初中", "sb@163.example"),
            files=[doc("活动.docx", "科学家故事进课堂", "5月24日，全校师生参加。", "云阳县盛堡初级中学")],
        ),
        best="云阳县盛堡初级中学",
        not_decided=("重庆市云阳县科学技术协会",),
    ),
    Case(
        slug="a town's government",
        mail=reading(
            "白帝镇科技活动",
            sender=("白帝镇", "bd@163.example"),
            files=[
                doc(
                    "活动.docx",
                    "奉节县白帝镇开展科技下乡活动",
                    "5月24日，镇政府组织。",
                    "奉节县白帝镇人民政府",
                )
            ],
        ),
        best="奉节县白帝镇人民政府",
        not_decided=("重庆市奉节县科学技术协会",),
    ),
)

SECOND_READING = (
    Case(
        slug="the unit stands behind a slogan",
        mail=reading(
            "信息",
            sender=NICK,
            files=[
                doc(
                    "信息.docx",
                    "科技赋能乡村振兴 荣昌区科协组织专家下乡",
                    "5月20日，荣昌区科协组织专家到河包镇开展技术指导，120名农户参加培训。",
                )
            ],
        ),
        best="重庆市荣昌区科学技术协会",
    ),
    Case(
        slug="the district with a colon, 区科协 in the text",
        mail=reading(
            "渝北：科技工作者座谈会召开",
            sender=("yb_kx", "yb_kx@163.example"),
            files=[
                doc(
                    "渝北座谈.docx",
                    "渝北：科技工作者座谈会召开",
                    "5月28日，区科协召开座谈会，区科协负责人主持。",
                )
            ],
        ),
        best="重庆市渝北区科学技术协会",
    ),
    Case(
        slug="供稿单位 and 供稿人 in one line",
        mail=reading(
            "稿件",
            sender=NICK,
            files=[
                doc(
                    "稿件.docx",
                    "榜样在身边",
                    "5月30日，举行发布仪式，200人参加。",
                    "供稿单位：开州区科协    供稿人：陈岚",
                )
            ],
        ),
        best="重庆市开州区科学技术协会",
        sure=True,
    ),
    Case(
        slug="the people's hospital of the city is not that of a district",
        mail=reading(
            "重庆市人民医院义诊",
            sender=("市人民医院", "yy@163.example"),
            files=[doc("义诊.docx", "重庆市人民医院开展科技工作者日义诊", "5月30日义诊。", "重庆市人民医院")],
        ),
        best="重庆市人民医院",
        not_decided=("重庆市巴南区人民医院科学技术协会",),
    ),
    Case(
        slug="students of Chongqing are no university",
        mail=reading(
            "重庆大学生科普志愿行",
            sender=NICK,
            files=[doc("志愿行.docx", "重庆大学生科普志愿行走进巫溪", "5月20日，大学生志愿者走进巫溪。")],
        ),
        best=None,
        not_decided=("重庆大学科学技术协会",),
    ),
    Case(
        slug="a medical meeting is no medical society",
        mail=reading(
            "医学会议在渝召开", sender=NICK, files=[doc("会议.docx", "医学会议在渝召开", "5月20日召开。")]
        ),
        best=None,
        not_decided=("重庆市医学会",),
    ),
    Case(
        slug="a name broken by the line of a PDF",
        mail=reading(
            "总结",
            sender=NICK,
            files=[
                doc(
                    "总结.pdf",
                    "重庆市大渡口区",
                    "科学技术协会关于科技工作者日活动的总结",
                    "市科协：",
                    SUMMARY,
                )
            ],
        ),
        best="重庆市大渡口区科学技术协会",
    ),
    Case(
        slug="spaces strewn into a scanned name",
        mail=reading(
            "总结",
            sender=("大渡口", "ddk@163.example"),
            files=[
                doc(
                    "总结.pdf",
                    "关于活动的总结",
                    SUMMARY,
                    "重庆市大渡 口区科学技术 协会",
                    "2024年6月",
                    recognised=True,
                )
            ],
        ),
        best="重庆市大渡口区科学技术协会",
    ),
    Case(
        slug="a society under a name that is close but not its own stays open",
        mail=reading(
            "重庆市食品科学学会总结",
            sender=("食品科学学会", "sp@163.example"),
            files=[doc("总结.docx", "重庆市食品科学学会总结", SUMMARY, "重庆市食品科学学会")],
        ),
        best=None,
        sure=False,
        among=("重庆市食品科学技术学会",),
    ),
    Case(
        slug="the high-tech zone of a district",
        mail=reading(
            "璧山高新区科协活动",
            sender=("璧山高新区", "gxq@163.example"),
            files=[doc("活动.docx", "璧山高新区科协开展助企活动", "5月20日开展。", "璧山高新区科协")],
        ),
        best="璧山高新区科协",
        not_decided=("西部科学城重庆高新区科学技术协会", "重庆市璧山区科学技术协会"),
    ),
    Case(
        slug="an academy's report comes through its district",
        mail=reading(
            "荣昌区科协转报市畜科院活动",
            sender=("荣昌区科协", "rongchangkx@qq.example"),
            files=[doc("活动.docx", "重庆市畜牧科学院开展开放日", "5月25日开放日。", "重庆市畜牧科学院")],
        ),
        best="重庆市荣昌区科学技术协会",
    ),
    Case(
        slug="a company's name with a slogan in quotes before it",
        mail=reading(
            "水务集团总结",
            sender=("重庆水务集团", "sw@163.example"),
            files=[doc("总结.docx", "“清水长流”——重庆水务集团科协科技工作者日总结", SUMMARY)],
        ),
        best="重庆水务集团股份有限公司科学技术协会",
        sure=True,
    ),
    Case(
        slug="another Changan",
        mail=reading(
            "长安工业科协总结",
            sender=("长安工业", "ca@163.example"),
            files=[doc("总结.docx", "重庆长安工业(集团)有限责任公司科协总结", SUMMARY)],
        ),
        best="重庆长安工业(集团)有限责任公司科协",
        not_decided=("重庆长安汽车股份有限公司科学技术协会",),
    ),
    Case(
        slug="the form's value stands under its label",
        mail=reading(
            "统计表",
            sender=NICK,
            files=[
                File(
                    name="表.xlsx",
                    lines=("统计表",),
                    rows=(("填报单位", "联系人"), ("城口县科协", "王平")),
                )
            ],
        ),
        best="重庆市城口县科学技术协会",
        sure=True,
    ),
    Case(
        slug="a table of the streets that took part",
        mail=reading(
            "南岸区科协统计表",
            sender=("南岸区科协", "na@163.example"),
            files=[
                File(
                    name="表.xlsx",
                    lines=("南岸区科协活动统计表",),
                    rows=(("报送单位", "活动"), ("重庆交通大学科协", "讲座"), ("重庆邮电大学科协", "展览")),
                )
            ],
        ),
        best="重庆市南岸区科学技术协会",
        sure=True,
    ),
    Case(
        slug="a forwarded mail quoted in the body is all that names the unit",
        mail=reading(
            "Fw: 材料",
            sender=NICK,
            body="请查收",
            quoted="发件人: 梁平区科协 <lp@qq.example>\n主题: 梁平区科协活动总结",
            files=[doc("总结.docx", "科技工作者日活动总结", "我区开展活动12场。")],
        ),
        best="重庆市梁平区科学技术协会",
        sure=False,
    ),
    Case(
        slug="dashes between the district and 科协",
        mail=reading(
            "巴南区-科协-活动总结",
            sender=NICK,
            files=[
                doc("巴南区-科协-活动总结.docx", "科技工作者日活动总结", "我区开展活动。区科协组织走访。")
            ],
        ),
        best="重庆市巴南区科学技术协会",
    ),
    Case(
        slug="the office of the association and its party group",
        mail=reading(
            "报告",
            sender=NICK,
            files=[
                doc(
                    "报告.doc",
                    "中共重庆市丰都县科学技术协会党组",
                    "关于科技工作者日活动情况的报告",
                    "市科协党组：",
                    SUMMARY,
                    "中共重庆市丰都县科学技术协会党组",
                    "2024年6月3日",
                )
            ],
        ),
        best="重庆市丰都县科学技术协会",
        sure=True,
    ),
    Case(
        slug="the guests of a society's meeting stand in its title",
        mail=reading(
            "重庆市计算机学会信息",
            sender=("市计算机学会", "jsj@163.example"),
            files=[
                doc(
                    "信息.docx",
                    "沙坪坝区科协领导莅临重庆市计算机学会调研",
                    "5月21日，沙坪坝区科协一行到学会调研。",
                    "重庆市计算机学会秘书处",
                )
            ],
        ),
        best="重庆市计算机学会",
        sure=True,
    ),
    Case(
        slug="a county's society of farmers' techniques",
        mail=reading(
            "奉节县农技协活动",
            sender=("奉节农技协", "njx@163.example"),
            files=[
                doc("活动.docx", "奉节县农技协开展脐橙管护培训", "5月20日培训。", "奉节县农村专业技术协会")
            ],
        ),
        best="奉节县农村专业技术协会",
        not_decided=("重庆市农村专业技术协会", "重庆市奉节县科学技术协会"),
    ),
)

CASES = DISTRICTS + SOCIETIES + ORGANISATIONS + SECOND_READING
