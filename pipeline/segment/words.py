"""The words by which a report shows its shape: numbering, days, headings of sections, labels of tables and forms.

Source: the labelling guide, section A; how units write (FIELD notes: openings and headings name what did not happen).
Limits: general report language alone; what belongs to one year's notice comes from its rules.
"""

import re
from functools import lru_cache

DAY = (
    r"(?=[\d一二三四五六七八九十上端])"  # asked first, for none of it stands in most places
    r"(?:(?:1[0-2]|0?[1-9]|1[0-2]|[一二三四五六七八九十]{1,2})月(?:\d{1,2}|[一二三]?十?[一二三四五六七八九十]{1,2}|[廿卅][一二三四五六七八九]?)(?:日|号|至|到|、|[—–\-－~～])"
    r"|(?<![\d.])[4-7]\.(?:[12]\d|3[01]|[1-9])(?![\d%万亿千百元倍米吨级分秒折厘毫公斤平个小英度寸版号])|上周[一二三四五六日末]|(?<![\d/.])[4-7]/\d{1,2}(?![\d/])|20\d\d[-/.]\d{1,2}[-/.]\d{1,2}|端午(?:节|假期)?(?:当天|这天|那天))"
)
DATED = re.compile(DAY)
OPENING_DAY = re.compile(rf"(?<!至)(?<!于){DAY}")
"""A day with which a paragraph opens; “至5月26日结束” and “定于” open none."""
LATER = re.compile(r"\s*(?:次日|翌日|第二天|隔天|(?:当|同)[日天](?:下午|晚上?|傍晚))")
"""Another part of a day than the one before, or the next day."""
NEXT_DAY = re.compile(
    r"\s*(?:(?:同|当|次|翌)[日天](?:上午|下午|晚上?|傍晚|中午)?|第二天(?:上午|下午|晚上?)?|(?:同|当)一?(?:周|晚)|同一[天日时]刻?|当晚|同期|与此同时|[过隔]了?[一两三几]天|隔天)(?!共|一共|总共|累计|的)"
)
"""A day told from the one before."""
COUNTED = re.compile(
    r"[\d〇零一二两三四五六七八九十百千万][余多]?(?:来|几)?(?:名|人|位|户|份|册|个[^，。、；\d]{0,3}?(?:人|孩子|学生|娃|老乡|小朋友|同学|村民|科技工作者|骨干|工程师|老师|职工|会员|专家)|号人)"
)
NUMBERED = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]、?|\d{1,2}\s*[.．、](?:(?!\d)|(?=\d{1,2}月))|[（(]\d{1,2}[）)]、?|[①-⑳]|[●○◆■▪★•·]"
    r"|【[^】]{1,24}】|0\d\s+|(?:信息|活动|附)[一二三四五六七八九十\d]+\s*[：:、]|其?[一二三四五六七八九十]是|第[一二三四五六七八九十](?:[、，：]|项活动|件事))"
)
INLINE = re.compile(
    r"(?:(?<=[。；;：:])|^)\s*(?=(?:其?[一二三四五六七八九十]是|[（(][一二三四五六七八九十][）)]|[①-⑳]|[（(]\d[）)]|\d[、.．](?:(?!\d)|(?=\d{1,2}月))))"
)

PASSAGE_HEAD = re.compile(r"经验|亮点|体会|启示|特色(?!活动|产业)|做法|思考|收获|创新点|感悟|心得|建议|意见")
"""A heading under which paragraphs are not cut into acts; passages.py says which of them are passages."""
PLAN_HEAD = re.compile(
    r"^拟|[待未]开展|计划开展|尚未|下一?步|打算|今后|后续|工作计划|工作要求|计划安排|未来|展望|努力方向"
)
PLAN_SECTION = re.compile(
    r"(?:存在的?(?:问题|不足|短板)[与和及]|不足[与和及])?(?:我[们会局校院]的?|对?(?:20\d\d|[明来下])年度?的?|今年下半年|下半年|下一?(?:步|阶段)|今后|后续|未来|接下来|近期)"
    r"的?(?:主要|重点|几点|初步|活动|工作)*的?(?:设想|打算|计划|安排|思路|举措|考虑|方向|展望|规划|构想|谋划|预告|任务|工作|活动)"
    r"|(?:主要|几点|初步|活动|工作|年度)*(?:设想|打算|构想|展望|预告)"
)
"""A heading that is the name of a plan and nothing else."""
PROBLEM_HEAD = re.compile(
    r"存在的?(?:主要)?(?:问题|不足|困难)|^不足|(?:问题|困难|不足)(?:与|和|及)|(?:困难|主要)问题|^(?:[几两]点|主要|存在的?)*(?:问题|不足|困难|短板)(?:之处)?$"
)
LEAD_HEAD = re.compile(
    r"组织领导|统筹(?:安排|推进|谋划)|安排部署|动员部署|高度重视|提高认识|提高站位|强化组织|加强领导|[周精]密部署|精心(?:组织|策划|部署|安排)|广泛(?:动员|发动)|活动主题|活动时间"
    r"|基本情况|总体情况|指导思想|(?:工作|组织)保障|压实责任|高位推动|迅速部署"
)
PUBLICITY_HEAD = re.compile(
    r"^(?:加强|强化|注重|做好|扩大|加大|抓好)(?:新闻|舆论|媒体|活动)?宣传(?:报道|引导|力度|氛围|推广)*(?:[，、 ][^，]{2,10})?$"
    r"|^(?:新闻|媒体)?宣传报道$"
)
EFFECT_HEAD = re.compile(r"^(?:活动|主要|取得的?|工作|总体)*(?:效果|成效|反响|领导评价|领导批示)$")

DONE = re.compile(
    r"举办|举行|召开|开展了?|组织|走进|走访|慰问|看望|邀请|参观|发放|派发|赠送|服务|接待|讲|播出|刊发|展出|推出|发布|参加|学习|座谈|培训|义诊|咨询"
    r"|观看|演出|宣讲|揭牌|挂牌|上线|开通|启动|参赛|印发|联名|致信|开放|接诊|诊疗|发出|送出|吸引|惠及|收集|解答|受益"
    r"|领学|研读|落幕|闭幕|开幕|开班|开讲|开赛|启用|上演|首演|放映|揭晓|评出|聆听|到场|展览|布展|比武|滚动播放"
)
PREPARATION = re.compile(
    r"高度重视|(?:方案|通知)[^，。]{0,8}发(?:下去|到|给)|(?:成立|组建)[^，。]{0,20}(?:专班|小组|领导小组|工作组|组委会)|(?:印发|制定|下发|转发|制订)[^，。]{0,14}(?:方案|通知|台账|工作安排)|召开[^，。]{0,14}(?:动员|部署|调度|筹备|碰头)|动员部署"
    r"|早谋划|统筹(?:安排|部署|推进)|一体谋划|碰头会|牵头[^。]{0,20}(?:协同|配合)|会议安排工作|筹备事宜|压实责任|分解到"
)
SIGNATURE = re.compile(
    r"^[（(—]*[^。，；！？]{0,40}(?:科协|协会|学会|局|院|公司|学校|大学|医院|中心|总站|办公室|研究会|供稿|委员会)[^。，；！？]{0,16}[）)]?"
    r"(?:[\s　]*\d{4}[年.]\d{1,2}[月.]\d{1,2}日?)?$"
    r"|^[\s　]*(?:\d{4}|二〇二[〇一二三四五六])年.{1,8}日$"
    r"|^[（(]?(?:联系人|填报|填表|报送|供稿|撰稿|审核|文|图|记录|来源)[^。]{0,8}[：:]|^特此|^以上(?:。|报告)|^附件?[：:\d]|^(?:佐证|照片|备注|目录)|^抄送|^联系(?:电话|方式)|^报[：:]|^本期发|[：:]$"
)
ORGANISERS_NOTICE = re.compile(
    r"关于开展20\d\d年.{0,3}全国科技工作者日.{0,3}活动的\s*通\s*知|各区县（自治县）科协"
)
REPORT = re.compile(r"总结|报告|情况|汇报")

FIELD_LINE = re.compile(
    r"^(?:活动|举办|参加|参与|主办|承办|开展|受益)?(?:名\s*称|主\s*题|时\s*间|日\s*期|地\s*点|人\s*数|对\s*象|内\s*容|形\s*式|规\s*模|人\s*员|单\s*位|场\s*次|成\s*效|效\s*果)：(?=.)"
)
"""“时间：5月13日”: one field of an activity on a line of its own."""
LIST_LABEL = re.compile(
    r"序号|编号|何时|何地|几号|[几多少]+人|时\s*间|日\s*期|地\s*点|场所|场地|人[数次]|活动|名\s*称|主\s*题|内\s*容|项\s*目|备\s*注|形\s*式|规\s*模|参[与加]|[做干]了?什么|事项|单位|效果|成效|媒体|完成|状态|进[展度]|类[别型]"
)
"""A label of a column of a list of activities."""
FORM_CONTENT = re.compile(r"内\s*容|情\s*况|概\s*况|简\s*介|过\s*程|怎么|[做干]了?什么|经过|描述")
"""Labels of a form under which the activity is told."""
FORM_FACT = re.compile(
    rf"{FORM_CONTENT.pattern}|名\s*称|主\s*题|时\s*间|日\s*期|地\s*点|场所|人\s*数|人次|规\s*模|场次|对\s*象|形\s*式|资料"
)
"""Labels of a form beside which a fact of the activity stands."""
ABOUT_LABEL = re.compile(r"活动|项\s*目|事项|[做干]了?什么|名\s*称|内\s*容")
"""A label without which a table is no list of activities."""
FORM_LABEL = re.compile(r"(?!.*[\d。，；])[\u4e00-\u9fff（）()、及和与/\s]{2,12}[：:]?")
"""The look of a form's label; values hold digits, stops or are longer."""
FORM_TEXT = re.compile(r"经验|亮点|特色|做法|体会|启示|建议|意见|打算|下一?步|后续|计划|问题|不足|成效|效果")
"""Labels of a form whose short values are text of their own, beside the activity's."""
TOTAL_CELL = re.compile(r"(?:合|总|小|共)\s*计|汇总|总数")
PLANNED_CELL = re.compile(
    r"^(?:计划|拟|待|筹备)|待(?:开展|定|举办|实施|天)|报名中|筹备中|进行中未|拟于|预计|未(?:开展|举办|实施|进行)|(?:延|改)期|推迟|取消|尚未"
    r"|[等待][^，。]{1,8}(?:回[话复信]|通知|确认|答复|批复|[确待]定)"
)
"""A cell that says the row is still to come or did not take place."""
ACTS = re.compile(
    r"讲座|宣讲|义诊|培训|座谈|慰问|看望|走访|展|参观|竞赛|大赛|比武|论坛|沙龙|年会|电影|片|演出|话剧|咨询|学习|党课|辅导|开放日|直播|体检|报告会|集市|指导|专栏|访谈|联谊|研讨"
)
"""What kind of act it is; two acts with one of them in common are of one kind."""
_HALLS = (
    r"小学|中学|学院|大学|社区|院坝|医院|广场|中心|公司|基地|街道|酒店|宾馆|家中|企业|剧场|影院|操场|礼堂|车间|工地|果园"
    r"|田间|田头|地头|校园|现场|公园"
)
PLACED = re.compile(
    rf"(?:在|到|走进|来到|移到|转到|赶到|赴|前往|去了?|进了?|下到|于)(?:[^，。；]{{1,24}}?(?:{_HALLS}|厅|室|校|村|镇|乡|园|馆|院|厂|站|所|楼)|(?:{_HALLS}))"
)
"""A venue with the verb or preposition that leads to it."""


PLANNED_REMARK = re.compile(r"[（(](?:拟|计划|预计|待定|暂定|待开展|筹备中|[未尚]+开展)[^）)]{0,4}[）)]\s*$")
"""A remark in brackets that says so at the end of a cell."""


_REMARK = re.compile(r"[（(][^（）()]*[）)]")
_BRACKETED = re.compile(r"\s*【([^】]+)】\s*")


def without_number(text: str) -> str:
    """Return *text* without the numbering in front of it."""
    return NUMBERED.sub("", text.strip()).lstrip()


@lru_cache(maxsize=256)
def heading_words(text: str) -> str:
    """Return what a heading says, without its numbering and without remarks in brackets (“（含成效、经验、建议）”)."""
    named = _REMARK.sub("", without_number(text))
    bracketed = _BRACKETED.fullmatch(text)
    return bracketed[1] if bracketed and not named else named
