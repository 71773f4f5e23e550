"""What a mail is for the season: a report, a correction or a supplement of one, or none of these.

Purpose: `triage` says the kind, in which words it lies, and whether a person must answer or look.
Source: dataset/README.md section E; RFC 3834 and 3464 for what machines send (`Mail.auto`).
Limits: one mail alone is seen; which earlier mail a correction replaces is the business of relate. Words of a
correction count in the subject, the names of files, the report's title and the mail's own words, never in running text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.records import (
    Aside,
    Code,
    Document,
    Kind,
    Part,
    Problem,
    Reading,
    Segments,
    Status,
)
from pipeline.records import Notice as Announced
from rules import Notice

MAX_WORDS = 120
"""Characters of the words that decided, as they stand in the register."""
MAX_COVER_LINE = 200
"""A longer line of a body is running text, not what the mail says of itself."""
MAX_TEXT = 6_000
"""Characters of each document that are searched for what it is about."""
SHORT_BODY = 220
"""Characters of a body below which a question in it is what the mail is for (reports in bodies are longer)."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one mail is for. words: those that decided. announces: it recalls or forwards another mail.

    problems: what a person must answer or look at, in Chinese.
    """

    kind: Kind
    words: str = ""
    announces: Announced | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Letter:
    """What triage looks at. cover: the mail's own words, a line each. titles, texts: of its readable files."""

    subject: str
    sender: str
    auto: str
    cover: tuple[str, ...]
    body: str
    files: tuple[str, ...]
    titles: tuple[str, ...]
    texts: tuple[str, ...]
    unread: tuple[Part, ...]
    pictures: int
    linked: int
    activities: int

    @property
    def said(self) -> str:
        """Subject and the mail's own words."""
        return "\n".join((self.subject, *self.cover))

    @property
    def empty_handed(self) -> bool:
        """Neither file nor link came with it."""
        return not (self.files or self.texts or self.unread or self.pictures or self.linked)


def triage(reading: Reading, segments: Segments, notice: Notice) -> Verdict:
    """Say what the mail of *reading* is for.

    Args:
        segments: what the readers of reports found in it; activities there speak for a report.
        notice: its title tells the organiser's own notice, which units often send back, from a report.

    Returns:
        kind OTHER with a NEEDS_ANSWER problem where a person should write back; a submission on the strength of
        subject and body alone gets NO_REPORT, so that a person looks.
    """
    letter = _letter(reading, segments, notice)
    return _of_machines(letter) or _of_strangers(letter) or _without_report(letter) or _report(letter)


# ---------------------------------------------------------------- what is looked at

_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|bmp|heic|webp|tiff?|mp4|mov|avi|mp3)$", re.IGNORECASE)
_UNREAD = (
    Status.NEEDS_OCR,
    Status.NEEDS_PASSWORD,
    Status.LINK_ONLY,
    Status.TOO_BIG,
    Status.UNSUPPORTED,
    Status.DAMAGED,
)
_QUOTE_MARKS = re.compile(r"[“”\"'《》〈〉\s]")


def _letter(reading: Reading, segments: Segments, notice: Notice) -> _Letter:
    bodies = [document for document in reading.documents if document.body]
    reports = [document for document in reading.documents if _substantial(document, notice)]
    told = {(span.part, span.block) for activity in segments.activities for span in activity.spans}
    named = [part for part in reading.parts if part.name]
    return _Letter(
        subject=_flat(reading.mail.subject),
        sender=reading.mail.sender.address,
        auto=reading.mail.auto,
        cover=tuple(line for document in bodies for line in _cover(document, told)),
        body="\n".join(_own(document) for document in bodies),
        files=tuple(_flat(part.name) for part in named),
        titles=tuple(title for document in reports for title in _titles(document)),
        texts=tuple(_own(document)[:MAX_TEXT] for document in reports),
        unread=tuple(part for part in reading.parts if part.status in _UNREAD and not _pictured(part)),
        pictures=sum(_pictured(part) for part in reading.parts),
        linked=len(reading.links),
        activities=len(segments.activities),
    )


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()


def _own(document: Document) -> str:
    return "\n".join(_flat(block.text) for block in document.blocks if block.aside in (None, Aside.HEADER))


def _cover(document: Document, told: set[tuple[str, int]]) -> list[str]:
    """Lines of a body that describe no activity."""
    blocks = [
        block
        for number, block in enumerate(document.blocks)
        if block.aside is None and (document.part, number) not in told
    ]
    lines = [_flat(line) for block in blocks for line in block.text.splitlines()]
    return [line for line in lines if line and len(line) <= MAX_COVER_LINE]


def _titles(document: Document) -> list[str]:
    own = [_flat(block.text) for block in document.blocks if block.aside is None and block.text.strip()]
    return [text for text in own[:3] if len(text) <= MAX_COVER_LINE // 2]


def _substantial(document: Document, notice: Notice) -> bool:
    """Is it a file of the sender's own, neither the organiser's notice nor its blank form?"""
    if document.body:
        return False
    head = _QUOTE_MARKS.sub("", _own(document)[:400])
    if _QUOTE_MARKS.sub("", unicodedata.normalize("NFKC", notice.title)) in head:
        return False
    rows = [row for block in document.blocks for row in block.rows[1:]]
    blank = bool(rows) and not any(sum(1 for cell in row if cell.strip()) > 1 for row in rows)
    return not blank


def _pictured(part: Part) -> bool:
    return part.media_type.startswith(("image/", "video/", "audio/")) or bool(_PICTURE.search(part.name))


# ---------------------------------------------------------------- what machines send

_RECALL = re.compile(r"^(?:发信方已撤回邮件|发件人已撤回|(?:邮件)?撤回\s?:|recall\s?:)|撤回了邮件|将撤回邮件|想要?撤回邮件|like to recall", re.I)
_BOUNCE = re.compile(r"退信|undeliver|returned mail|delivery (?:status|failure)|failure notice|未能?送达|投递失败|mail delivery", re.I)
_POSTMASTER = re.compile(r"^(?:mailer-daemon|postmaster|mail-?daemon)@", re.I)
_AUTOMATIC = re.compile(r"自动(?:回复|答复|应答)|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|假期回复", re.I)
_RECEIPT = re.compile(r"^(?:已读|未读|已阅|阅读回执|送达回执|已送达|read|not read|delivered)\s?:|^(?:阅读|已读)回执", re.I)


def _of_machines(letter: _Letter) -> Verdict | None:
    recall = _RECALL.search(letter.subject) or (letter.empty_handed and _RECALL.search(letter.body))
    if recall:
        return Verdict(kind=Kind.OTHER, words=letter.subject[:MAX_WORDS], announces=Announced.RECALL)
    if letter.auto == "bounce" or _POSTMASTER.match(letter.sender) or _BOUNCE.search(letter.subject):
        return _other("退信", letter)
    if _AUTOMATIC.search(letter.subject) or _RECEIPT.match(letter.subject):
        return _other("自动回复", letter)
    if letter.empty_handed and not letter.activities and (letter.auto == "auto-submitted" or _AUTOMATIC.search(letter.body)):
        return _other("自动回复", letter)
    return None


def _other(what: str, letter: _Letter, ask: str = "") -> Verdict:
    problems = (Problem(code=Code.NEEDS_ANSWER, detail=ask),) if ask else ()
    return Verdict(kind=Kind.OTHER, words=f"{what}：{letter.subject}"[:MAX_WORDS], problems=problems)


# ---------------------------------------------------------------- what strangers send

_SELLS = re.compile(
    "报价|单价|量大从优|厂家|直销|特惠|优惠价|\\d折|订购|客服热线|欢迎(?:来电|咨询|选购)|业务联系|代开|招商|包邮|免费试用|尊敬的客户|我司|一条龙|老厂"
)
_PHISHES = re.compile(
    "(?:验证|修改|重置)密码|点击.{0,8}链接|账[号户]异常|存储空间|邮箱.{0,4}(?:容量|升级|停用)|二维码.{0,10}(?:认证|领取|填写)|扫码.{0,8}填写|银行卡|身份证号?"
    "|补贴.{0,4}(?:领取|申领)|(?:领取|申领).{0,16}补贴|逾期(?:视为|作废)|将停用|中奖通知"
)
_NEWS = re.compile("退订|订阅|unsubscribe|本期(?:导读|目录|看点)|电子期刊|[周月]刊第\\d+期", re.I)
_CALLS = re.compile(
    "关于(?:召开|举办|征集|申报|推荐|报名|参加|组织(?:参加|申报|推荐)).{0,40}(?:通知|预通知|启事)|邀请函|征[文稿](?:通知|启事)|预通知|第[一二三]轮通知|会议通知|诚邀|报名通知"
)
_PROMISE = re.compile(
    "总结|小结|情况|材料|报告|简报|简讯|信息|汇报|新闻|稿|统计表|侧记|纪实|报送|报来|报上|上报|补报|转报|供稿|方案|计划|影像|照片|成果"
)
_REPORTS = re.compile("报送|报来|报上|上报|转报|总结|小结|情况|简报|简讯|汇报|纪实|侧记")
_THEME = re.compile("工作者(?:日|节)|科技活动周|科学家精神|科技志愿|5[.·]30|\\b530")
_PAPERS = re.compile("报销|发票|价税|差旅|工资|合同|甲方|采购|简历|请假|借款|收据|验收单|报价单")


def _of_strangers(letter: _Letter) -> Verdict | None:
    mass = letter.auto in ("list", "precedence")
    searched = letter.said if letter.activities else "\n".join((letter.said, *letter.texts))
    reports = letter.activities and _REPORTS.search(letter.said)
    news, sells, phishes = (len(set(words.findall(searched))) for words in (_NEWS, _SELLS, _PHISHES))
    if (news and mass) or news >= 2 or (news and not reports):
        return _other("订阅或推送", letter)
    if phishes >= 2 and not reports:
        return _other("疑似诈骗", letter)
    if sells >= 2 and not reports:
        return _other("广告", letter)
    heads = "\n".join((letter.subject, *letter.titles))
    if _CALLS.search(heads) and not _REPORTS.search(letter.said):
        return _other("会议或活动通知", letter)
    if letter.texts and not _THEME.search("\n".join(letter.texts)) and _PAPERS.search("\n".join(letter.texts)):
        return _wrong_file(letter)
    return None


def _wrong_file(letter: _Letter) -> Verdict:
    names = "、".join(letter.files[:3]) or "附件"
    return _other("附件不是报告", letter, f"“{names}”不像活动总结，可能发错附件，请联系报送单位重发")
