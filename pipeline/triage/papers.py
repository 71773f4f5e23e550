"""What one paper of a mail is by itself: an account of what was done, a plan of what is to come, or an office paper.

Purpose: `planned` and `office` keep from the season's reports what units send beside or instead of them.
Source: dataset/README.md, A.2 (a whole 方案 is no activity) and E (a submission whose attachment is the wrong document).
Limits: the tense of Chinese is told by dates against the mail's arrival and by words of doing and of intending; a plan
without dates that calls itself nothing is taken for an account.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

MOST_DONE = 2
"""How often a paper may speak of things done (the preparation, last year) and still be the plan it calls itself."""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One readable document of the sender's own. heads: its first short lines. name: of its file, "" for a body."""

    name: str
    heads: tuple[str, ...]
    text: str


# ---------------------------------------------------------------- plans

_PLANS = re.compile(
    "方案|计划(?!生育|单列)|预案|策划|议程|日程|安排表?|预告|流程|行程|筹备|工作要点|拟开展|拟举办|备案表|申报书"
)
_ACCOUNTS = re.compile(
    "总结|小结|纪实|(?:开展|完成|落实|活动|进展|执行|有关|工作)情况|成效|回顾|侧记|简报|简讯|汇报|方案(?:设计)?(?:大?赛|竞赛)"
)
_DONE = re.compile(
    "(?<!为)了(?!解|如指掌)|已经|已[^知成经有]|圆满|顺利(?!开展|进行|实施|推进)|纷纷|表示[,，]|获得|受到|赢得|据统计|累计|现场(?!布置|秩序|管理|保障)"
    "|共有?\\d|发放(?:各类)?[^,。;]{0,12}\\d+余|\\d+余|昨[天日]|前天|日前|近日|今天|当天|上周|刚刚?|结束后大家|会后[,，]"
    "|(?:参加|参与|听讲|观看|到场|前来)(?:人数)?(?:达|的有)|\\d人(?:次)?(?:参加|参与|听|到场|观看)|举行。|落幕|闭幕"
)
_INTENDS = re.compile(
    "拟(?!定了)|将(?:于|在|组织|举|邀|开|赴|由|到|联|会|面向|通过|对|安排|择期|另行)|计划|预计|暂定|初定|待定|待[^人遇业]{0,4}(?:后|确定)|另行通知|届时|敬请|请各"
    "|不少于|规模|(?:责任|牵头|配合|协办|承办|实施)(?:单位|人|处室|科室|部门|部室|专委会)|(?:由[^,。;]{2,12})(?:负责|牵头)|任务分工|工作要求|制[定订]本?(?:工作)?方案"
    "|特?制定|为(?:办|做|搞|开展)好|经费(?:预算|保障|从)|报名|招募|确保|要(?:高度|认真|严格|加强|广泛|注重|做好|落实)|结束后[^,。;]{0,10}(?:报|交|提交)|前后$|左右举"
)


def planned(paper: Paper, arrived: date | None, year: int) -> bool:
    """Does *paper* tell of what is to come, and of nothing that was done?

    Args:
        arrived: the day on which the mail came; None: dates decide nothing.
        year: that of dates without one.
    """
    done, intends = len(_DONE.findall(paper.text)), len(_INTENDS.findall(paper.text))
    days = list(_days(paper.text, year)) if arrived else []
    coming = sum(arrived is not None and one > arrived for one in days)
    past = len(days) - coming
    if calls_itself_plan(paper):
        return done <= MOST_DONE + intends and not (past and done > max(intends, MOST_DONE))
    return coming > 0 and past == 0 and done <= intends


def scheme(paper: Paper) -> bool:
    """Is it a plan of the season's work, such as some units send in place of a report, and no programme of one event?"""
    heads = "\n".join(_titles(paper))
    return calls_itself_plan(paper) and bool(
        re.search("方案|计划|预案|安排", heads) and THEME.search(paper.text)
    )


def calls_itself_plan(paper: Paper) -> bool:
    """Do the first lines or the name of the file call *paper* a plan, and nothing call it an account?"""
    heads = "\n".join(_titles(paper))
    if _ACCOUNTS.search(heads):
        return False
    return bool(_PLANS.search(heads) or (_PLANS.search(paper.name) and not _ACCOUNTS.search(paper.name)))


def _titles(paper: Paper) -> list[str]:
    """Those of its first lines that are no sentences."""
    return [head for head in paper.heads if not _SENTENCE.search(head)]


_SENTENCE = re.compile("[。!;]")
_BY = re.compile("\\s?(?:前报|原定|截止|截至|报送|上报|印发|发文|通知要求|前(?:将|把|报|发|反馈))")
"""Behind a day that is no act's: a deadline, the day of a letter."""
_DAY = re.compile(
    "(?:(?P<year>20\\d\\d)\\s?[年./-]\\s?)?(?<![\\d.])(?P<month>1[0-2]|0?[1-9]|[一二三四五六七八九十]{1,2})\\s?月"
    "\\s?(?P<day>[12]\\d|3[01]|0?[1-9]|[一二三四五六七八九十]{1,3})\\s?[日号]?"
)
_CELL = re.compile(
    "(?:^|[\\s|(])(?:(?P<year>20\\d\\d)[./-])?(?P<month>[4-7])[./](?P<day>[12]\\d|3[01]|0?[1-9])(?![\\d.%])",
    re.MULTILINE,
)
_THE_DAY = re.compile(
    '\\s?(?:是|为|系|[,，]?\\s?第[一二三四五六七八九十]+个|(?:全国)?[“"]?(?:全国)?科技工作者日)'
)
_SIGNED = re.compile("^\\W*(?:20\\d\\d|二[〇○零]).{4,12}$", re.MULTILINE)
_DIGITS = {one: number for number, one in enumerate("一二三四五六七八九", 1)}


def _days(text: str, year: int) -> Iterator[date]:
    """The days of *year* that *text* speaks of, without the one of a signature and the name of the Day itself."""
    text = _SIGNED.sub("", text)
    for found in (*_DAY.finditer(text), *_CELL.finditer(text)):
        if found["year"] and int(found["year"]) != year:
            continue
        if _THE_DAY.match(text, found.end()) or _BY.match(text[found.end() : found.end() + 8]):
            continue
        try:
            yield date(year, _number(found["month"]), _number(found["day"]))
        except ValueError:
            continue


def _number(digits: str) -> int:
    """A number up to 31 in Arabic or Chinese digits; 0 where it is none."""
    if digits.isdecimal():
        return int(digits)
    tens, ten, ones = digits.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)


# ---------------------------------------------------------------- office papers

_OFFICE = re.compile(
    "(?:报销|发票|差旅|工资|薪酬|合同|协议书?|采购|招标|投标|简历|请假|休假|借款|借条|收据|收款|付款|缴费|会费|验收|报价|值班|值守|排班|考勤|轮休|加班"
    "|回执|报名表|申请表|审批|推荐表|登记卡|通讯录|联系表|花名册|课程?表|菜单|食谱|试[卷题]|说明书|盘点|领用|资产|考核表|测评表|述职|体检"
    "|[用派]车|用印|接待|订餐|机票|车票|行程|三会一课|会议记录|部门预算|责任书|保险|物业|停水|停电|防汛|党费|入党|录取|招聘|任免|讣告|请柬)\\w{0,3}(?:[表单册书函]|通知|安排|方案|公告|简章|清单|记录|报告)?"
    "(?:[(（\\[_\\-\\d].{0,12}|\\W*)$"
)
"""What papers of an office are called that get attached by mistake."""
_HELD = re.compile(
    f"{_ACCOUNTS.pattern}|签订|签署|举[办行]|开展|召开|组织|走进|进[校社企乡村]|培训|宣传|科普"
)
"""In a title, says that something was done about it."""
_FORM = re.compile("回执|报名表|申请表|联络员|通讯录|(?<!活动)(?<!情况)(?:登记表|信息表)")
_SEASON = re.compile("工作者(?:日|节)|科技活动周|科学家精神|5[.·]30|\\b530")
THEME = re.compile("工作者(?:日|节)|科技活动周|科学家(?:精神|故事|事迹)|科技志愿|科普|5[.·]30|\\b530")


def office(paper: Paper) -> bool:
    """Is *paper* one of office life, which says nothing of the season?"""
    names = [paper.name.rpartition(".")[0] or paper.name, *_titles(paper)]
    named = any(_OFFICE.search(name) and not _HELD.search(name) for name in names)
    return (named or _pays(paper.text)) and not _SEASON.search("\n".join((*names, paper.text)))


def form(paper: Paper) -> bool:
    """Is *paper* a reply slip or a list of contacts, and no form about an activity?"""
    return bool(_FORM.search("\n".join(_titles(paper)))) and not re.search(
        "活动(?:名称|时间|地点|内容)", paper.text
    )


def _pays(text: str) -> bool:
    """Does it speak of money as contracts, bills and expense forms do?"""
    return (
        len(set(re.findall("甲方|乙方|违约|价税|税率|发票|报销|金额|差旅|单价|合计金额|开户行|账号", text)))
        >= 2
    )
