"""The words staff read for what the records call by code.

Source: records-management words of DA/T 97-2023; the glossary of pipeline/__init__.py.
"""

from __future__ import annotations

from pipeline.links.ledger import Standing
from pipeline.records import Code, Field, Kind, RelationKind, Role, State, Status

STATES = {State.CAPTURED: "已接收", State.FILED: "已归档", State.HELD: "待人工", State.DISMISSED: "不予受理"}
KINDS = {Kind.SUBMISSION: "报送", Kind.CORRECTION: "更正", Kind.SUPPLEMENT: "补报", Kind.OTHER: "非报送"}
RELATIONS = {
    RelationKind.DUPLICATE: "重复件",
    RelationKind.RECALL: "撤回通知",
    RelationKind.FORWARD: "转发件",
}
FIELDS = {
    Field.DATE_START: "开始日期",
    Field.DATE_END: "结束日期",
    Field.PLACE: "地点",
    Field.PARTICIPANTS: "参与人数",
    Field.SESSIONS: "场次",
    Field.MATERIALS: "资料份数",
    Field.MEDIA: "宣传媒体",
}
"""What two versions of one activity state differently, as 活动明细 has it."""
STATUSES = {
    Status.OK: "已读",
    Status.PARTLY: "部分读出",
    Status.NOISE: "无关文件",
    Status.NEEDS_PASSWORD: "待补密码",
    Status.NEEDS_OCR: "待文字识别",
    Status.LINK_ONLY: "只有链接",
    Status.TOO_BIG: "超过限度",
    Status.UNSUPPORTED: "格式暂不能读",
    Status.DAMAGED: "已损坏",
}
CODES = {
    Code.DAMAGED: "材料损坏",
    Code.ENCRYPTED: "材料加密",
    Code.NEEDS_OCR: "扫描件待识别",
    Code.TOO_BIG: "材料过大",
    Code.UNSUPPORTED: "格式暂不能读",
    Code.LINK_ONLY: "只有链接",
    Code.MACRO: "含宏",
    Code.EXECUTABLE: "含可执行文件",
    Code.CHARSET: "编码不明",
    Code.HEADER: "邮件头有误",
    Code.BODY: "正文有误",
    Code.NO_REPORT: "没有报送材料",
    Code.NO_UNIT: "单位不明",
    Code.UNIT_UNDECIDED: "单位待核",
    Code.CATEGORY_UNDECIDED: "类别待核",
    Code.CONTRADICTION: "前后矛盾",
    Code.COMPARE: "数字待核对",
    Code.BEHALF: "代报待核",
    Code.SENDER: "来源待核",
    Code.NEEDS_ANSWER: "需要答复",
    Code.REVIEW: "人工更正待核",
}
ROLES = {
    Role.ON_THE_SPOT: "现场",
    Role.SERVED: "服务对象",
    Role.ONLINE: "线上",
    Role.HELPERS: "工作人员、志愿者",
    Role.SPEAKERS: "主讲、表演",
    Role.HONOURED: "受宣传、受表彰",
    Role.MEMBERS: "单位人员总数",
    Role.READERS: "阅读、播放",
    Role.AVERAGE: "平均数",
    Role.TOTAL: "多项合计",
    Role.PART: "其中一部分",
    Role.UNCLEAR: "做什么不明",
}
"""Heads.role: what counted people did."""
RECEIVED = {
    "internaldate": "服务器收到时间",
    "received": "邮件头 Received",
    "date": "邮件自报 Date",
    "captured": "本系统收取时间",
}
"""Item.received_from: what the time of receipt rests on."""
VERDICTS = {
    "pass": "通过",
    "fail": "未通过",
    "softfail": "可疑",
    "neutral": "不表态",
    "none": "没有记录",
    "policy": "按策略不采信",
    "temperror": "暂时无法验证",
    "permerror": "记录有误无法验证",
}
"""Verdict.result: what the receiving server found out about the sender."""

ACTIONS = {
    "capture": "接收",
    "sight": "再次见到",
    "begin": "开始办理",
    "fixity": "原件核对",
    "unpack": "拆件读取",
    "identify": "认定单位",
    "classify": "归类",
    "file": "归档",
    "defer": "推迟",
    "hold": "转待人工",
    "interrupt": "办理中断",
    "release": "放行",
    "dismiss": "不予受理",
    "correct": "更正",
    "undo": "撤销更正",
    "sign": "签认更正",
    "attach": "补入材料",
    "send": "寄发",
    "compile": "编成工作簿",
    "reprocess": "重新办理",
    "restore": "从备份恢复",
    "teach": "采纳学习建议",
    "unteach": "撤回学习内容",
    "vanish": "服务器已无",
    "reappear": "服务器又有",
}
"""Event.action; one that is not listed is shown as it is."""
PLACES = {
    "field": "表格单位栏",
    "signature": "落款",
    "title": "标题",
    "letterhead": "红头",
    "forwards": "转报",
    "subject": "主题",
    "body": "正文",
    "file": "文件名",
    "sender": "发件人",
    "text": "报告文字",
    "address": "发件地址",
    "nested": "转发的邮件",
    "lead": "报告首句",
    "folder": "文件夹名",
    "own": "自称",
    "alike": "名称相近",
    "review": "人工更正",
}
"""Where evidence for the unit was found; one that is not listed is shown as it is."""
LINKS = {
    "qq": "QQ 超大附件",
    "netease": "网易云附件",
    "coremail": "Coremail 超大附件",
    "139": "139 邮箱、和彩云",
    "189": "189 邮箱、天翼云",
    "alimail": "阿里邮箱超大附件",
    "sina": "新浪文件中转站",
    "sohu": "搜狐邮箱超大附件",
    "wecom": "企业微信微盘",
    "tencent-docs": "腾讯文档",
    "weiyun": "腾讯微云",
    "baidu": "百度网盘",
    "quark": "夸克网盘",
    "aliyun": "阿里云盘",
    "xunlei": "迅雷云盘",
    "115": "115 网盘",
    "123pan": "123 云盘",
    "lanzou": "蓝奏云",
    "jianguoyun": "坚果云",
    "wenshushu": "文叔叔",
    "cowtransfer": "奶牛快传",
    "ctfile": "城通网盘",
    "kdocs": "金山文档",
    "shimo": "石墨文档",
    "feishu": "飞书文档",
    "onedrive": "OneDrive",
    "other": "其他超大附件",
}
"""Link.kind: whose link it is; one that is not listed is shown as it is."""
LINKED = {
    Standing.OPEN: "未取",
    Standing.UNLIMITED: "未取（无期限）",
    Standing.EXPIRED: "已过期",
    Standing.ADDED: "已补入",
}
CURES = {
    Code.DAMAGED: "请单位重发这个文件",
    Code.ENCRYPTED: "向单位要密码：解开后用 shouwen attach 补入，或写进设置 archive_passwords",
    Code.NEEDS_OCR: "装上文字识别（tesseract）后自动重读，或人工看原件",
    Code.TOO_BIG: "人工看原件；需要计入的，请单位拆开、压小后重发",
    Code.UNSUPPORTED: "人工看原件；是材料的，请单位转成 docx、pdf 或 jpg 重发",
    Code.EXECUTABLE: "不要打开；问单位为什么附上它",
}
"""What the machine proposes about a part that could not be read."""
PROPOSALS = {
    Code.CONTRADICTION: "问单位以哪个为准，到活动明细改",
    Code.COMPARE: "对照原件，不对的到活动明细改",
    Code.SENDER: "打名册上的电话核对",
    Code.BEHALF: "看落款；是别的单位的，到活动明细改单位",
    Code.NO_REPORT: "看原件；不是报送的，到收件日志改性质",
    Code.NEEDS_ANSWER: "人工答复",
    Code.REVIEW: "对照原件重新核对，再改一次",
    Code.CHARSET: "看原件，文字有误的请单位重发",
    Code.HEADER: "看原件",
    Code.BODY: "看原件，不全的请单位重发",
}
"""What the machine proposes about problems whose words name no cure of their own."""
RELATION_DECISIONS = {"accept": "按新件（旧件不计）", "independent": "两件都计"}
"""Correction.new of a field `relation`: what a person says of a mail that was replaced or came twice."""
JOINT_DECISIONS = {"yes": "是同一项", "no": "不是同一项"}
"""Correction.new of a field `joint/…`."""
OTHERWISE = "另行处理"
"""The handling of a question that must say how."""
HANDLINGS = {
    "state": ("已放行", "已请单位重发", "不予受理", OTHERWISE),
    "unread": ("已补入", "已请单位重发", "已看原件，不影响", OTHERWISE),
    "link": ("已下载补入", "已请单位重发", "不需要", OTHERWISE),
    "photo": ("同一次活动，都可用", "只作其中一项的佐证", "统一下发的图片", OTHERWISE),
    "contradiction": ("已核实，无误", "已请单位更正", "不影响", OTHERWISE),
    "sender": ("已核实是本单位", "不是本单位所发", OTHERWISE),
    "answer": ("已答复", "不必答复", OTHERWISE),
    "roster": ("已补进名册", "确属名册外", OTHERWISE),
    "media": ("已补进媒体级别表", "不是媒体", OTHERWISE),
    "facts": ("已请单位补报", "单位说明没有", "不影响", OTHERWISE),
    "": ("已核实", "已请单位补报", "不影响", OTHERWISE),
}
"""What the drop-down of 待核事项 offers for each kind of question that has no answer of its own."""
TIERS = {"central": "中央级", "provincial": "省市级", "county": "区县级", "own": "自有账号", "": "待核"}
"""Tier of an outlet as outlets.csv has it; "" is unknown."""
MODES = {"auto": "自动", "assisted": "辅助", "people": "人工"}
OUTSIDE = "名册外单位"
UNKNOWN_UNIT = "单位不明"
NO_MAIL = "尚无来件"
"""统计截止 before the first mail."""
MISSING = "—"
"""A figure that is not stated; zero is 0."""
