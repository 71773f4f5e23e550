"""The words of the sheets and what they mean: rows of the sheet 字典, which the workbook writes.

Purpose: `GLOSSARY`, (term, meaning), in order: marks, states of mails and parts, kinds and relations of mails, ways of scoring,
tiers of outlets, questions.
Limits: terms are those of outputs/words.py; a test holds that every one of them is explained.
"""

from __future__ import annotations

from collections.abc import Iterable

from outputs.words import (
    JOINT_DECISIONS,
    KINDS,
    LINKED,
    MISSING,
    MODES,
    OTHERWISE,
    OUTSIDE,
    RELATION_DECISIONS,
    RELATIONS,
    STATES,
    STATUSES,
    TIERS,
    UNKNOWN_UNIT,
)
from pipeline.links.ledger import Standing
from pipeline.records import Kind, RelationKind, State, Status

MARKS = (
    (MISSING, "材料没有写明；不是零"),
    ("0", "确实是零"),
    ("低～高", "有不明的事实：低分只算写明的，高分把不明的全算上；查明后两者相同"),
    ("待核", "机器拿不准，暂按最可能的计，要人定（媒体级别待核：媒体级别表里没有这家）；见待核事项"),
    ("建议", "机器提的，不是结论；没有人改动就按它计"),
    ("复核", "人定的；与机器的并列，最终按人定的计"),
    ("联合", "几个单位报的同一项活动：各单位都计，合计只计一次"),
    ("代报", "一封来件里有别的单位的材料，计入落款单位"),
    ("名册", "单位名册 units.csv；只有名册内的单位参加排名"),
    (OUTSIDE, "不在单位名册里的单位，照列，不排名"),
    (UNKNOWN_UNIT, "找不到报送单位，要人指定；其活动不计给任何单位"),
    ("收文号", "本系统给每封来件编的号：年份－流水号"),
    ("出处", "文件在邮件里的位置和第几块文字，块从 0 数起"),
    ("计入", "该来件或活动算进统计和评分；不计入的写明原因"),
    ("影响", "这件事定下来，得分和人数可能变多少；几件事关系同一评分项的，各自都列出全部"),
    ("灰色字", "不计入的，或已处理的；备注写明原因"),
    ("黄色格", "可以改的单元格；现在写着的是现在算数的"),
)
EXPLAINED: dict[str, str] = {
    State.CAPTURED: "原件已收下，还没有办理",
    State.FILED: "已读出、已判断，内容在各表里",
    State.HELD: "办理几次不成，等人处理；内容不在各表里",
    State.DISMISSED: "人已定为不办理；原件照存",
    Status.OK: "全部读出",
    Status.PARTLY: "只读出一部分，原因在材料清单",
    Status.NOISE: "系统文件、图标一类，不是材料",
    Status.NEEDS_PASSWORD: "加了密，没有可用的密码",
    Status.NEEDS_OCR: "是图片，要文字识别才能读",
    Status.LINK_ONLY: "来信只有下载链接，没有文件",
    Status.TOO_BIG: "超过大小、层数或时间的限度，没有读",
    Status.UNSUPPORTED: "这种格式读不了",
    Status.DAMAGED: "文件坏了，打不开",
    Kind.SUBMISSION: "报送材料的来件",
    Kind.CORRECTION: "更正前件的来件，替代前件",
    Kind.SUPPLEMENT: "补充材料的来件，与前件一起计",
    Kind.OTHER: "不是报送：询问、广告、退信等，不计",
    RelationKind.DUPLICATE: "与另一件内容相同，不计",
    RelationKind.RECALL: "发件人撤回前件的通知；前件不计",
    RelationKind.FORWARD: "转发的另一件；不重复计",
    "auto": "机器按规则算",
    "assisted": "机器找依据给建议，人确认",
    "people": "只由人评，机器给零到满分的区间",
    "central": "中央媒体；“中国科协之声”算在内",
    "provincial": "省、市级媒体",
    "county": "区县媒体",
    "own": "本单位的公众号、网站",
    Standing.OPEN: "链接还没有人下载",
    Standing.UNLIMITED: "链接写明没有期限，还没有人下载",
    Standing.EXPIRED: "链接已过期，没来得及下载",
    Standing.ADDED: "已下载并用 shouwen attach 补入",
    "accept": "新件替代旧件，只计新件",
    "independent": "旧件不是被替代的，两件都计入",
    "yes": "几处写的是同一项活动，合计只计一次",
    "no": "几处写的是不同的活动，各计各的",
}
_TERMS: tuple[Iterable[tuple[str, str]], ...] = (
    STATES.items(),
    STATUSES.items(),
    KINDS.items(),
    RELATIONS.items(),
    MODES.items(),
    TIERS.items(),
    LINKED.items(),
    RELATION_DECISIONS.items(),
    JOINT_DECISIONS.items(),
)
GLOSSARY: tuple[tuple[str, str], ...] = (
    *MARKS,
    *((term, EXPLAINED[code]) for terms in _TERMS for code, term in terms if code),
    (OTHERWISE, "别的办法：要在处理意见里写明怎么办"),
)
"""Term and meaning."""
