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
    "|免费(?:试用|上门|安装)|尊敬的客户|我司|一条龙|一站式|老厂|立减|下单|预订|微信(?:同号|扫)|租赁|承接|代办|详询|批发|定制|三天出片|\\d{3}-\\d{3}-\\d{4}"
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
# ---------------------------------------------------------------- what units send

REPORTS = re.compile("报送|报来|报上|上报|转报|总结|小结|情况|简报|简讯|汇报|纪实|侧记")
PROMISES = re.compile(
    REPORTS.pattern
    + "|材料|报告|信息|新闻|稿|统计表|补报|供稿|方案|计划|影像|照片|成果|活动|工作者日|5[.·]30|530|扫描|盖章"
)
ATTACHED = re.compile("附件|附上|请查收|见附|报送|现将|如题")
SUMS_UP = re.compile(
    "总结|小结|(?:开展|完成|活动)情况|情况(?:报告|汇报)|汇报材料|活动(?:材料|简报|信息|成果)"
)
"""Promises an account of what was done."""
LATER_REPORT = re.compile(
    "(?:结束|搞完|完成|办完|开展|做完|忙完|之|以|随|过|待|等)(?:后|了|再)[^。]{0,16}(?:总结|小结|情况|材料)|(?:再|另|后续|届时|随后)[^。,]{0,8}(?:总结|小结|情况|材料)"
)
"""Promises it for later."""
IN_ADVANCE = re.compile(
    f"{LATER_REPORT.pattern}|报[个一]?备|备案|先(?:报|发|把|将|交|送)|提前|预报|征求|不妥|不当|意见|指正|指导|指示|可行|把关|行不行"
)
"""Says of a plan that it is one, and that what the notice asks for is still to come."""
ASKS = re.compile(
    "请问|请教|咨询|请示|能否|可否|是否|能不能|可不可以|"
    "行不行|算不算|要不要|需不需要|怎么|如何|哪[个种家些里]|[吗呢]\\W*$|\\?|当否|为宜|批示|几[张份个号]"
)
"""Asks, in one sentence or in the subject."""
QUESTION = re.compile(
    "请问|请教|为宜|当否|批示|请示[下一]|咨询(?:一下|个|几|下|您|$)|行不行|能不能|可不可以|算不算|要不要|(?:能否|可否|是否|怎么|如何|需要|什么)[^。]{0,40}\\?|吗\\s?\\?|怎么填|盼复"
)
NO_QUESTION = re.compile("(?:是否|能否)(?:已经?)?收到|收到(?:后)?请?回复")
EXTENSION = re.compile(
    "(?:延期|延迟|推迟|延后|缓报|暂缓|缓[几两]天|晚[几两一些点]天?|过[几两]天|下周|迟[几两]天).{0,10}(?:报|提交|总结|材料|交|行不行|可以吗|行吗)"
    "|(?:申请|恳请|可否|能否|能不能|可不可以|请求|想).{0,12}(?:延期|宽限|延迟|推迟|缓|晚[几两一些点]|延长|顺延)"
    "|宽限|宽延|(?:时间|期限|总结|材料)[^。]{0,8}(?:延至|延到|延长|顺延)|无法按(?:时|期)|不能按(?:时|期)|(?:来|赶)不(?:及|上).{0,12}(?:报|交|总结|材料|截止|6月20|20日|20号)"
)
INSTEAD = re.compile(
    "应(?:该)?[为是]|[改换]成|改为|更正为|误[写将填]|写成|实[为际]是?|不是[^,。;]{1,12}[,]?(?:而)?是|多[写算报]|少[写算报]"
)
"""Says in words what should stand instead."""
TAKE_BACK = re.compile("撤回|(?:先|暂)?不要采用|作废")
THANKS = re.compile("^(?:re|回复)?\\s?:?\\s*(?:收到|已收到|已收悉|好的|谢谢|感谢)", re.IGNORECASE)
ABSENT = re.compile(
    "(?:休|请)(?:年|产|病|事|探亲)?假|(?:外出|出差|离岗)[^。]{0,20}(?:联系|返岗|回复|处理)|不在(?:岗|办公室)"
)
"""Says that nobody is there."""
GREETING = re.compile("(?:节日?|新年|中秋|端午|国庆|生日)\\w{0,4}(?:快乐|安康)|阖家|恭贺|祝福")
TEST = re.compile("^\\s*(?:测试|test)(?!学会)\\b|测试一下|能收到吗|^测试", re.IGNORECASE)
