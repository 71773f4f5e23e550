"""Mails that strangers may write, each with the kind that a careful person would give it.

Purpose: the cases of tests/test_triage.py. Limits: none of them is taken from a real mail or from the labelled set.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.records import Address, Code, Kind, Mail, Notice, Passage, Reading, Segments, Span, Status
from tests.labelled import File, activity, reading

REPORT = (
    "XX科协2024年“全国科技工作者日”活动总结",
    "为庆祝第八个“全国科技工作者日”，我会组织开展了系列活动，现将有关情况总结如下。",
    "5月25日，在人民广场举办科普集市，组织专家义诊，服务群众300余人次，发放资料1000份。",
    "5月30日，召开科技工作者座谈会，听取意见建议12条。",
)
TWO = Segments(activities=(activity("科普集市", REPORT[2]), activity("座谈会", REPORT[3])))
NONE = Segments()
WISH = Span(part="2", block=1, start=0, end=17)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One mail, what segment() found in it, and what it is. problem: the code that must be among the problems."""

    slug: str
    mail: Reading
    found: Segments = NONE
    kind: Kind
    announces: Notice | None = None
    problem: Code | None = None
    quiet: bool = False
    received: datetime = datetime(2024, 6, 18, 9, tzinfo=UTC)


def report(name: str = "总结.docx", *more: str) -> File:
    return File(name=name, lines=REPORT + more)


def file(name: str, *lines: str) -> File:
    return File(name=name, lines=lines)


def unread(name: str, status: Status = Status.NEEDS_OCR) -> File:
    return File(name=name, lines=None, status=status)


def auto(subject: str, why: str, name: str = "", address: str = "a@b.example") -> Mail:
    return Mail(subject=subject, sender=Address(name=name, address=address), auto=why)


SUBMISSIONS = (
    Case(
        slug="a summary with its file",
        mail=reading("XX科协活动总结", body="请查收", files=[report()]),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="the report stands in the body",
        mail=reading("活动情况", body="\n".join(REPORT)),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="a forward of the member's report",
        mail=reading("Fw: XX科协活动总结", files=[report()]),
        found=TWO,
        kind=Kind.SUBMISSION,
        announces=Notice.FORWARD,
    ),
    Case(
        slug="转发 in Chinese",
        mail=reading("转发：XX科协活动总结", files=[report()]),
        found=TWO,
        kind=Kind.SUBMISSION,
        announces=Notice.FORWARD,
    ),
    Case(
        slug="转报 is a submission of the one who reports on, no forward of a mail",
        mail=reading("转报：XX学会活动", files=[report()]),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="a scan that needs OCR",
        mail=reading("XX科协活动总结", body="报送总结，请查收", files=[unread("总结（盖章）.pdf")]),
        kind=Kind.SUBMISSION,
        problem=Code.NO_REPORT,
    ),
    Case(
        slug="an archive whose password is nowhere",
        mail=reading("XX学会活动材料", body="材料见附件", files=[unread("材料.zip", Status.NEEDS_PASSWORD)]),
        kind=Kind.SUBMISSION,
        problem=Code.NO_REPORT,
    ),
    Case(
        slug="a damaged Word file",
        mail=reading("XX局工作总结", body="", files=[unread("总结.doc", Status.DAMAGED)]),
        kind=Kind.SUBMISSION,
        problem=Code.NO_REPORT,
    ),
    Case(
        slug="a scan, and the subject is only 530",
        mail=reading("530", body="XX科协", files=[unread("扫描件0612.pdf")]),
        kind=Kind.SUBMISSION,
        problem=Code.NO_REPORT,
    ),
    Case(
        slug="更正 in the running text",
        mail=reading(
            "XX科协活动总结", files=[report("总结.docx", "专家现场更正了居民的用药误区，并替换过期药品。")]
        ),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="补充 in the running text",
        mail=reading(
            "XX科协活动总结",
            files=[report("总结.docx", "会后将补充完善诉求台账，修订《学会章程》，重新报送区委。")],
        ),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="please correct what is amiss",
        mail=reading(
            "XX科协活动总结", body="总结见附件，如有不妥请批评更正，如需修改请告知。", files=[report()]
        ),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="photos will follow",
        mail=reading("XX科协活动总结", body="总结见附件，照片随后补报。", files=[report()]),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="补报 that is only late",
        mail=reading("XX学会活动情况", body="因系统故障迟报，现补报我会活动情况，请谅解。", files=[report()]),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="a numbered newsletter of a unit is its report",
        mail=reading("XX公司科协简报第12期", files=[report("简报第12期.pdf", "报：市科协　发：各分会")]),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="an office system that marks its mails as automatic",
        mail=reading(
            mail=auto("【OA】XX科协报送活动总结", "auto-submitted"), body="见附件", files=[report()]
        ),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="an office system that sends in bulk",
        mail=reading(mail=auto("XX科协活动总结", "precedence"), body="见附件", files=[report()]),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="a plan instead of a report",
        mail=reading(
            "XX科协报送科技工作者日活动方案",
            files=[
                file(
                    "方案.docx",
                    "XX科协2024年“全国科技工作者日”活动方案",
                    "拟于5月30日举办座谈会，预计参加50人。",
                )
            ],
        ),
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="a report with a question in the mail",
        mail=reading(
            "活动材料", body="老师，我校自行组织的活动能否报送？请问格式是否合适，盼复。", files=[report()]
        ),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="a report that asks to confirm receipt",
        mail=reading("XX科协总结", body="附件为总结，麻烦确认是否收到，收到请回复，谢谢！", files=[report()]),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="a report of a training course that was held",
        mail=reading(
            "XX学会关于举办青年沙龙的情况",
            files=[file("信息.docx", "XX学会举办青年科技工作者沙龙", "5月30日，XX学会举办沙龙，60人参加。")],
        ),
        found=Segments(activities=(activity("沙龙", "5月30日，XX学会举办沙龙，60人参加。"),)),
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="a table alone",
        mail=reading(
            "统计表",
            body="请查收",
            files=[
                File(name="表.xlsx", lines=("活动情况统计表",), rows=(("活动", "人数"), ("科普集市", "300")))
            ],
        ),
        found=Segments(activities=(activity("科普集市", "科普集市 300"),)),
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="a report whose unit gave away prizes and coupons",
        mail=reading(
            "XX科协科普活动信息",
            files=[report("信息.docx", "现场扫码答题，发放优惠券，免费赠送小礼品，中奖居民喜笑颜开。")],
        ),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="测试 in the name of a society",
        mail=reading("分析测试学会总结", files=[report()]),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="photos only, with what they show in the body",
        mail=reading(
            "XX科协活动照片及简讯",
            body="5月30日，XX科协在广场举办科普集市，300人参加，现报送简讯及照片。",
            files=[unread("1.jpg", Status.OK), unread("2.jpg", Status.OK)],
        ),
        found=Segments(activities=(activity("集市", "5月30日，XX科协在广场举办科普集市，300人参加"),)),
        kind=Kind.SUBMISSION,
    ),
)

CORRECTIONS = (
    Case(
        slug="最终版 in the subject, 以此件为准 in the body",
        mail=reading("【最终版】XX科协活动总结", body="请以此件为准", files=[report()]),
        found=TWO,
        kind=Kind.CORRECTION,
    ),
    Case(
        slug="最终版 in the name of the file alone is how people name files",
        mail=reading("XX科协活动总结", body="请查收", files=[report("总结最终版2.docx")]),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="the attachment could not be opened, sent again",
        mail=reading(
            "XX科协活动总结", body="上封邮件附件打不开，现重新发送，请以这封为准。", files=[report()]
        ),
        found=TWO,
        kind=Kind.CORRECTION,
    ),
    Case(
        slug="勘误",
        mail=reading("勘误：XX学会活动总结", files=[report()]),
        found=TWO,
        kind=Kind.CORRECTION,
    ),
    Case(
        slug="the earlier one is void",
        mail=reading("XX局总结", body="因数据统计有误，现将修改后的总结报上，前一份作废。", files=[report()]),
        found=TWO,
        kind=Kind.CORRECTION,
    ),
    Case(
        slug="changed as you said",
        mail=reading("Re: 活动总结", body="老师，按您的意见修改好了，请以这个为准。", files=[report()]),
        found=TWO,
        kind=Kind.CORRECTION,
    ),
    Case(
        slug="the wrong file was sent",
        mail=reading("XX科协总结", body="不好意思，刚才发错附件了，这份才是我们的总结。", files=[report()]),
        found=TWO,
        kind=Kind.CORRECTION,
    ),
    Case(
        slug="please replace",
        mail=reading("XX科协统计表", body="昨天报的表人数填错了，请替换。", files=[report()]),
        found=TWO,
        kind=Kind.CORRECTION,
    ),
    Case(
        slug="the correction is the report's title",
        mail=reading("XX科协材料", files=[file("材料.docx", REPORT[0] + "（更正稿）", *REPORT[1:])]),
        found=TWO,
        kind=Kind.CORRECTION,
    ),
    Case(
        slug="a correction in words, without any file",
        mail=reading("更正说明", body="我会6月3日报送的总结中“参加人数300人”应为“200人”，特此更正。"),
        kind=Kind.CORRECTION,
    ),
    Case(
        slug="重报",
        mail=reading("XX学会重报活动总结", files=[report()]),
        found=TWO,
        kind=Kind.CORRECTION,
    ),
    Case(
        slug="a correction that is a scan",
        mail=reading("更正：XX科协总结", body="请以此件为准", files=[unread("更正.pdf")]),
        kind=Kind.CORRECTION,
        problem=Code.NO_REPORT,
    ),
)

SUPPLEMENTS = (
    Case(
        slug="the wishes that the report forgot, and nothing of the season in them",
        mail=reading(
            "XX科协补充报送意见建议",
            body="此前报送的总结漏了意见建议，现补充报送。",
            files=[file("意见建议.docx", "意见建议", "建议市科协来年提前一个月下发通知。")],
        ),
        found=Segments(suggestions=(Passage(text="建议市科协来年提前一个月下发通知。", span=WISH),)),
        kind=Kind.SUPPLEMENT,
        quiet=True,
    ),
    Case(
        slug="one activity was left out",
        mail=reading("XX科协材料", body="前期报送的总结漏报一项活动，现补上。", files=[report()]),
        found=TWO,
        kind=Kind.SUPPLEMENT,
    ),
    Case(
        slug="续报",
        mail=reading("XX学会续报活动信息", files=[report()]),
        found=TWO,
        kind=Kind.SUPPLEMENT,
    ),
    Case(
        slug="photos for an earlier report",
        mail=reading("补充照片", body="XX科协补充报送活动照片5张。", files=[unread("1.jpg", Status.OK)]),
        kind=Kind.SUPPLEMENT,
    ),
    Case(
        slug="补送影像资料",
        mail=reading("XX学会补送影像资料", files=[unread("视频.mp4", Status.UNSUPPORTED)]),
        kind=Kind.SUPPLEMENT,
    ),
    Case(
        slug="the name of the file says so",
        mail=reading("XX科协", body="请查收", files=[report("XX科协补充材料.docx")]),
        found=TWO,
        kind=Kind.SUPPLEMENT,
    ),
    Case(
        slug="what was sent before stays valid",
        mail=reading(
            "XX科协活动材料", body="在已报送总结的基础上，再补充两项活动，原材料不变。", files=[report()]
        ),
        found=TWO,
        kind=Kind.SUPPLEMENT,
    ),
)

OTHERS = (
    Case(
        slug="a question",
        mail=reading("请教", body="老师好，请问总结需要盖章扫描吗？照片要几张？联系人：李晨 023-55501234"),
        kind=Kind.OTHER,
        problem=Code.NEEDS_ANSWER,
    ),
    Case(
        slug="a question about the blank form",
        mail=reading(
            "表格怎么填",
            body="请问附件的表第三栏是填人次还是人数？",
            files=[
                File(
                    name="附件1活动统计表.xls",
                    lines=("活动情况统计表",),
                    rows=(("序号", "活动名称", "人数"), ("1", "", "")),
                )
            ],
        ),
        kind=Kind.OTHER,
        problem=Code.NEEDS_ANSWER,
    ),
    Case(
        slug="an extension",
        mail=reading("情况说明", body="我区活动较多，总结无法按时完成，可否宽限几日，6月25日前报送？"),
        kind=Kind.OTHER,
        problem=Code.NEEDS_ANSWER,
    ),
    Case(
        slug="an extension in an official letter",
        mail=reading(
            "关于延期报送总结的请示",
            files=[
                file("请示.docx", "关于延期报送全国科技工作者日活动总结的请示", "恳请延期至6月30日报送。")
            ],
        ),
        kind=Kind.OTHER,
        problem=Code.NEEDS_ANSWER,
    ),
    Case(
        slug="an answer without the header that says so",
        mail=reading("自动回复: 催报通知", body="您好，我正在休假，回来后尽快处理。"),
        kind=Kind.OTHER,
        quiet=True,
    ),
    Case(
        slug="an English out of office",
        mail=reading("Automatic reply: 2024年全国科技工作者日总结", body="I am out of the office."),
        kind=Kind.OTHER,
        quiet=True,
    ),
    Case(
        slug="the usual reply of QQ mail",
        mail=reading(
            "Re:请尽快报送总结",
            body="这是来自QQ邮箱的假期自动回复邮件。您好，我最近正在休假中，无法亲自回复您的邮件。",
        ),
        kind=Kind.OTHER,
        quiet=True,
    ),
    Case(
        slug="a read receipt",
        mail=reading("已读: 关于报送活动总结的通知", body="您的邮件已于2024年6月3日被阅读。"),
        kind=Kind.OTHER,
        quiet=True,
    ),
    Case(
        slug="a bounce, whatever it carries",
        mail=reading(
            mail=auto("Undelivered Mail Returned to Sender", "bounce", "MAILER-DAEMON"), files=[report()]
        ),
        found=TWO,
        kind=Kind.OTHER,
        quiet=True,
    ),
    Case(
        slug="a bounce without its header",
        mail=reading(
            "系统退信",
            sender=("PostMaster", "postmaster@163.example"),
            body="您的邮件未能送达，550 User not found",
        ),
        kind=Kind.OTHER,
    ),
    Case(
        slug="an advertisement with the notice's words",
        mail=reading(
            "科普展品厂家直销 全国科技工作者日特惠",
            body="尊敬的客户：我公司专业生产科普展板、流动科技馆展品，量大从优，欢迎来电咨询订购，报价单见附件。",
            files=[file("报价单.pdf", "科普展板 单价 65元", "志愿服务马甲 单价 18元")],
        ),
        kind=Kind.OTHER,
        quiet=True,
    ),
    Case(
        slug="phishing for a password",
        mail=reading("邮箱升级通知", body="您的邮箱存储空间已满，请点击链接登录验证密码，否则将停用。"),
        kind=Kind.OTHER,
        quiet=True,
    ),
    Case(
        slug="phishing for a subsidy",
        mail=reading(
            "关于领取2024年科技工作者补贴的通知",
            files=[
                file("通知.docx", "请各位科技工作者扫描二维码，填写身份证号、银行卡号领取补贴，逾期作废。")
            ],
        ),
        kind=Kind.OTHER,
        quiet=True,
    ),
    Case(
        slug="a newsletter that tells of activities",
        mail=reading(
            mail=auto("科普周报第20期", "list"),
            body="本期导读\n5月30日多地举办活动\n退订请点击",
            files=[file("第20期.pdf", "5月30日，某市举办义诊，服务群众300人。", "订阅热线")],
        ),
        found=TWO,
        kind=Kind.OTHER,
        quiet=True,
    ),
    Case(
        slug="a newsletter without list headers",
        mail=reading("学术动态 2024年第6期", body="本期目录：……\n如不希望再收到此邮件，请点此退订。"),
        kind=Kind.OTHER,
        quiet=True,
    ),
    Case(
        slug="a call to another meeting",
        mail=reading(
            "关于举办2024年科普讲解大赛的通知",
            body="各会员单位：请于6月30日前报名，参赛回执见附件。",
            files=[
                file("通知.docx", "关于举办2024年科普讲解大赛的通知", "定于7月10日举办，欢迎踊跃报名参加。")
            ],
        ),
        kind=Kind.OTHER,
    ),
    Case(
        slug="an invitation",
        mail=reading("邀请函", body="诚邀您出席2024年7月5日举行的产学研对接会。"),
        kind=Kind.OTHER,
    ),
    Case(
        slug="thanks",
        mail=reading("Re: 收到", body="收到，谢谢老师！"),
        kind=Kind.OTHER,
        quiet=True,
    ),
    Case(
        slug="the attachment was forgotten",
        mail=reading("XX科协活动总结", body="总结见附件，请查收。"),
        kind=Kind.OTHER,
        problem=Code.NEEDS_ANSWER,
    ),
    Case(
        slug="the attachment is an invoice",
        mail=reading(
            "XX学会活动总结",
            body="报送活动总结，请查收",
            files=[file("发票.pdf", "增值税电子普通发票", "价税合计 1200.00 元", "销售方 重庆某餐饮公司")],
        ),
        kind=Kind.OTHER,
        problem=Code.NEEDS_ANSWER,
    ),
    Case(
        slug="the attachment is a contract in which something was seen that looks like an activity",
        mail=reading(
            "XX科协科技工作者日总结",
            body="报送总结，请查收",
            files=[
                file(
                    "合同.docx",
                    "展板制作采购合同",
                    "甲方：XX公司",
                    "合同金额12000元，乙方于5月20日前交货，逾期付违约金。",
                )
            ],
        ),
        found=Segments(activities=(activity("展板", "乙方于5月20日前交货"),)),
        kind=Kind.OTHER,
        problem=Code.NEEDS_ANSWER,
    ),
    Case(
        slug="an empty mail",
        mail=reading(""),
        kind=Kind.OTHER,
    ),
    Case(
        slug="a test",
        mail=reading("测试", body="测试一下", files=[file("新建文本文档.txt", "111")]),
        kind=Kind.OTHER,
        quiet=True,
    ),
    Case(
        slug="the names of those who will be in touch",
        mail=reading(
            "XX区科协联络员回执",
            files=[file("回执.docx", "联络员信息表", "姓名 李平 职务 科普部部长 电话 023-55501234")],
        ),
        kind=Kind.OTHER,
    ),
    Case(
        slug="the provider's notice of a recall",
        mail=reading(
            "发信方已撤回邮件：XX科协活动总结", body="发信方撤回了邮件“XX科协活动总结”。您已无法阅读该邮件。"
        ),
        kind=Kind.OTHER,
        announces=Notice.RECALL,
        quiet=True,
    ),
    Case(
        slug="Outlook's notice of a recall",
        mail=reading("撤回: XX科协活动总结", body="李平 将撤回邮件“XX科协活动总结”。"),
        kind=Kind.OTHER,
        announces=Notice.RECALL,
        quiet=True,
    ),
    Case(
        slug="a person asks to take a report back",
        mail=reading("请撤回昨天的总结", body="老师，昨天报的总结有误，请先不要采用，正式版过两天再报。"),
        kind=Kind.OTHER,
        problem=Code.NEEDS_ANSWER,
    ),
    Case(
        slug="a complaint",
        mail=reading("意见", body="贵单位的通知我们没有收到，请重新发一份通知给我们。"),
        kind=Kind.OTHER,
        problem=Code.NEEDS_ANSWER,
    ),
    Case(
        slug="a season's greeting",
        mail=reading("端午安康", body="祝您端午节快乐，阖家幸福！"),
        kind=Kind.OTHER,
        quiet=True,
    ),
    Case(
        slug="the organiser's notice on its way round",
        mail=reading(
            "转发：关于开展2024年“全国科技工作者日”活动的通知",
            body="请各科室阅办。",
            files=[
                file(
                    "通知.docx",
                    "关于开展2024年“全国科技工作者日”活动的通知",
                    "各区县科协：请于6月20日前将文字信息发送至邮箱。",
                )
            ],
        ),
        kind=Kind.OTHER,
    ),
)

SECOND_READING = (
    Case(
        slug="修改 in brackets after the subject",
        mail=reading("XX科协活动总结（修改）", files=[report()]),
        found=TWO,
        kind=Kind.CORRECTION,
    ),
    Case(
        slug="a photo was wrong, use this one",
        mail=reading("XX科协", body="老师，之前那份总结里照片放错了，麻烦用这份。", files=[report()]),
        found=TWO,
        kind=Kind.CORRECTION,
    ),
    Case(
        slug="ignore the last mail",
        mail=reading("XX学会总结", body="请忽略上一封邮件，附件是完整的总结。", files=[report()]),
        found=TWO,
        kind=Kind.CORRECTION,
    ),
    Case(
        slug="what was sent today counts",
        mail=reading("XX学会总结", body="人数统计有出入，请以今天发的为准。", files=[report()]),
        found=TWO,
        kind=Kind.CORRECTION,
    ),
    Case(
        slug="photos were missing last time",
        mail=reading(
            "XX科协材料", body="上次报送的材料缺少照片，现一并补上。", files=[unread("1.jpg", Status.OK)]
        ),
        kind=Kind.SUPPLEMENT,
    ),
    Case(
        slug="one item had not been reported",
        mail=reading("XX科协信息", body="另有一篇信息此前未报，现补报。", files=[report()]),
        found=TWO,
        kind=Kind.SUPPLEMENT,
    ),
    Case(
        slug="补报 in the subject of a first report that is late",
        mail=reading("补报：XX学会5月活动", body="因材料收集延误，现补报。", files=[report()]),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="no subject at all",
        mail=reading("", files=[report()]),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="the report is one tall picture",
        mail=reading("XX科协活动简报", files=[unread("长图.png", Status.OK)]),
        kind=Kind.SUBMISSION,
        problem=Code.NO_REPORT,
    ),
    Case(
        slug="a journal looks for subscribers",
        mail=reading("2024年《科普天地》征订通知", body="欢迎订阅，每册单价15元，订购热线400-000-1111"),
        kind=Kind.OTHER,
        quiet=True,
    ),
    Case(
        slug="candidates for a prize",
        mail=reading(
            "关于推荐最美科技工作者候选人的函",
            files=[file("函.docx", "关于推荐最美科技工作者候选人的函", "经研究，推荐李平同志为候选人。")],
        ),
        kind=Kind.OTHER,
    ),
    Case(
        slug="a report that segment could make nothing of",
        mail=reading(
            "XX学会总结",
            body="报送总结，请查收",
            files=[
                file(
                    "总结.docx",
                    "XX学会总结",
                    "学会组织会员深入基层，开展了形式多样的科普活动，举办讲座，参加座谈，受到群众欢迎。" * 4,
                )
            ],
        ),
        kind=Kind.SUBMISSION,
        problem=Code.NO_REPORT,
    ),
    Case(
        slug="the notice is quoted in the report's first sentence",
        mail=reading(
            "XX科协报告",
            files=[
                file(
                    "报告.docx",
                    "XX科协关于2024年全国科技工作者日活动情况的报告",
                    "根据《关于开展2024年“全国科技工作者日”活动的通知》要求，现将情况报告如下。",
                )
            ],
        ),
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="asks whether the report has come",
        mail=reading("XX科协", body="老师您好，我单位总结已于6月10日发送，请问是否收到？"),
        kind=Kind.OTHER,
        problem=Code.NEEDS_ANSWER,
    ),
    Case(
        slug="the report's own unit once corrected a plaque",
        mail=reading(
            "XX科协总结",
            body="总结见附件。",
            files=[report("总结.docx", "志愿者帮助社区更正展板错别字，重新上报清单。")],
        ),
        found=TWO,
        kind=Kind.SUBMISSION,
    ),
    Case(
        slug="updated figures",
        mail=reading("XX科协总结（数据更新）", body="更新了参与人数，请替换前稿。", files=[report()]),
        found=TWO,
        kind=Kind.CORRECTION,
    ),
)

CASES = SUBMISSIONS + CORRECTIONS + SUPPLEMENTS + OTHERS + SECOND_READING
