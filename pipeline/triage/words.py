"""The words by which people and machines say what a mail is.

Purpose: one named pattern a thing, so that a reviewer can read what counts. Source: mails of Chinese providers (QQ,
NetEase, Coremail, Outlook), RFC 3834; dataset/README.md section E.
Limits: patterns over NFKC text, where colons, brackets and question marks are ASCII.
"""

from __future__ import annotations

import re

# ---------------------------------------------------------------- what machines send

RECALL = re.compile(
    r"^(?:发信方已撤回邮件|发件人已撤回|(?:邮件)?撤回\s?:|recall\s?:)|撤回了邮件|将撤回邮件|想要?撤回邮件|like to recall",
    re.IGNORECASE,
)
BOUNCE = re.compile(
    r"退信|undeliver|returned mail|delivery (?:status|failure)|failure notice|未能?送达|投递失败|mail delivery",
    re.IGNORECASE,
)
POSTMASTER = re.compile(r"^(?:mailer-daemon|postmaster|mail-?daemon)@", re.IGNORECASE)
AUTOMATIC = re.compile(
    r"自动(?:回复|答复|应答)|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|假期回复",
    re.IGNORECASE,
)
RECEIPT = re.compile(
    r"^(?:已读|未读|已阅|已送达|read|not read|delivered)\s?:|^(?:阅读|已读|送达)回执", re.IGNORECASE
)
FORWARDED = re.compile(r"^\s*(?:fwd?\s?:|转发\s?[::])", re.IGNORECASE)

# ---------------------------------------------------------------- what strangers send

SELLS = re.compile(
    "报价|单价|量大从优|厂家|直销|特惠|优惠价|\\d折|订购|客服热线|征订|欢迎(?:来电|咨询|选购|订阅)|业务联系|代开|招商|包邮"
    "|免费试用|尊敬的客户|我司|一条龙|老厂"
)
PHISHES = re.compile(
    "(?:验证|修改|重置)密码|点击.{0,8}链接|账[号户]异常|存储空间|邮箱.{0,4}(?:容量|升级|停用)|二维码.{0,10}(?:认证|领取|填写)"
    "|扫码.{0,8}填写|银行卡|身份证号?|补贴.{0,4}(?:领取|申领)|(?:领取|申领).{0,16}补贴|逾期(?:视为|作废)|将停用|中奖通知"
)
NEWS = re.compile("退订|订阅|unsubscribe|本期(?:导读|目录|看点)|电子期刊|[周月]刊第\\d+期", re.IGNORECASE)
CALLS = re.compile(
    "关于(?:召开|举办|征集|申报|推荐|报名|参加|组织(?:参加|申报|推荐)).{0,40}(?:通知|启事|的函)|关于邀请|邀请函|征[文稿](?:通知|启事)"
    "|预通知|第[一二三]轮通知|会议通知|诚邀|报名通知"
)
PAPERS = re.compile("报销|发票|价税|差旅|工资|合同|甲方|采购|简历|请假|借款|收据|验收单|报价单")
"""What office papers are called that get attached by mistake."""

# ---------------------------------------------------------------- what units send

REPORTS = re.compile("报送|报来|报上|上报|转报|总结|小结|情况|简报|简讯|汇报|纪实|侧记")
PROMISES = re.compile(
    REPORTS.pattern
    + "|材料|报告|信息|新闻|稿|统计表|补报|供稿|方案|计划|影像|照片|成果|活动|工作者日|5[.·]30|530|扫描|盖章"
)
ATTACHED = re.compile("附件|附上|请查收|见附|报送|现将|如题")
THEME = re.compile("工作者(?:日|节)|科技活动周|科学家精神|科技志愿|5[.·]30|\\b530")
FORMS = re.compile("联络员|回执|报名表|信息表|登记表|通讯录")
QUESTION = re.compile(
    "请问|请教|咨询|(?:能否|可否|是否|怎么|如何|需要|什么)[^。]{0,40}\\?|吗\\s?\\?|怎么填|盼复"
)
NO_QUESTION = re.compile("(?:是否|能否)(?:已经?)?收到|收到(?:后)?请?回复")
EXTENSION = re.compile(
    "(?:延期|延迟|推迟|延后|缓报|暂缓|晚几天).{0,10}(?:报|提交|总结|材料)|(?:申请|恳请|可否|能否).{0,8}(?:延期|宽限|延迟|推迟)"
    "|宽限|无法按时"
)
TAKE_BACK = re.compile("撤回|(?:先|暂)?不要采用|作废")
THANKS = re.compile("^(?:re|回复)?\\s?:?\\s*(?:收到|已收到|已收悉|好的|谢谢|感谢)", re.IGNORECASE)
GREETING = re.compile("(?:节日?|新年|中秋|端午|国庆|生日)\\w{0,4}(?:快乐|安康)|阖家|恭贺|祝福")
TEST = re.compile("^\\s*(?:测试|test)(?!学会)\\b|测试一下|能收到吗|^测试", re.IGNORECASE)

# ---------------------------------------------------------------- corrections and supplements

CORRECTS = re.compile(
    "更正|勘误|订正|更新版|数据更新|修订版|修[订改]稿|修改[版后]|[(【]修[改订正][)】]|重报|重新(?:报送|上报|发送|提交)|重发|替换|作废|最终版|终版|补正|(?:以|按)此[件稿版]?为准"
)
"""In the subject."""
CORRECTS_FILE = re.compile("更正|勘误|订正|替换版|修正版")
"""In names of files, where 最终版 and 修订 are only how people name files."""
CORRECTS_TITLE = re.compile("[(【\\[](?:更正|勘误|订正|修订|修正)[^)】\\]]{0,3}[)】\\]]|更正(?:说明|稿)")
"""In the report's own title."""
CORRECTS_COVER = re.compile(
    "更正|勘误|[以按][^。,;]{1,12}为准|替换|作废|[发传报填写放弄搞]错|有误|(?:重新|再次)(?:报送|发送|上报|提交|发一)|(?:修改|更新)(?:好|完|了|后)"
    "|打不开|这[份个]才是|用这[份个版]|忽略|勿用"
)
"""In the mail's own words."""
MERELY_POLITE = re.compile(
    "(?:如有|若有|如需|若需|如果|望|敬请|恳请|欢迎|批评|尚?需|需要|是否)[^。;]{0,8}(?:更正|修改|指正|替换|有误|作废|重新|忽略)|请您?[^。;]{0,4}(?:更正|修改|指正|重新)"
    "|联系(?:人|电话|方式)[^。;]{0,6}更正"
)
"""Asks for corrections, or for something to be sent again, and brings none."""
SUPPLEMENTS = re.compile("补充|补报|续报|补送|补交|增补|补发|追加")
"""In the subject, names of files and the report's title."""
SUPPLEMENTS_TITLE = re.compile("补充(?:报送|材料|说明|总结|报告)|补报|续报|补送|增补")
SUPPLEMENTS_COVER = re.compile("补充|补报|补送|补上|补交|追加|续报|漏报|增补|遗漏")
LATER = re.compile("(?:稍后|随后|之后|后续|到时|届时|将|会后|另行|待|还会|到时再)[^。;]{0,8}(?:补|追加|续报)")
"""Promises a supplement and brings none."""
LATE = re.compile("迟报|晚报|逾期|延误|迟[了到交]|晚了|因[^。;]{0,20}(?:迟|晚|延)|未(?:能)?(?:及时|按时)")
"""Says why the report, the first one, is late."""
EARLIER = re.compile(
    "前次|此前|之前|前期|前[述日]|上次|上一?封|昨[天日]|刚才|先前|原(?:报|材料|总结)|仍有效|不变|漏|遗漏|继\\d|已经?(?:于)?[^。;]{0,10}报"
    "|\\d+月\\d+日[^。;]{0,8}(?:报|发)"
)
"""Speaks of a report sent before."""
