"""The words by which a report shows its shape: numbering, headings of sections, plans, totals, slogans.

Source: the labelling guide, section A; how units write (FIELD notes: openings and headings name what did not happen).
Limits: general report language alone; what belongs to one year's notice comes from its rules.
"""

import re

DAY = (
    r"(?:(?:1[0-2]|0?[1-9]|[一二三四五六七八九十]{1,2})月(?:\d{1,2}|[一二三]?十?[一二三四五六七八九十]{1,2})(?:日|号|至|到|[—–\-－~～、])"
    r"|(?<![\d.])[4-7]\.(?:[12]\d|3[01]|[1-9])(?![\d%])|上周[一二三四五六日])"
)
DATED = re.compile(DAY)
OPENING_DAY = re.compile(rf"(?<!至)(?<!于){DAY}")
COUNTED = re.compile(r"[\d０-９〇零一二两三四五六七八九十百千][余多]?(?:名|人|位|户|份|册)")
NUMBERED = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]、?|\d{1,2}\s*[.．、](?:(?!\d)|(?=\d{1,2}月\d))|[（(]\d{1,2}[）)]|[①-⑳]|[●○◆■▪★•·]"
    r"|【[^】]{1,24}】|0\d\s+|(?:信息|活动|附)[一二三四五六七八九十\d]+\s*[：:、]|[一二三四五六七八九十]是|第[一二三四五六七八九十](?:[、，：]|项活动))"
)
INLINE = re.compile(
    r"(?:(?<=[。；;：:])|^)\s*(?=(?:[一二三四五六七八九十]是|[（(][一二三四五六七八九十][）)]|[①-⑳]|[（(]\d[）)]))"
)
SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]?[”’」]?")

EXPERIENCE = re.compile(r"经验|亮点|体会|启示|特色(?!活动|产业)|做法|思考|收获|创新点|感悟|心得")
MAIN_WORK = re.compile(
    r"^(?:主要|具体|工作|活动|基本)*(?:做法|举措|措施)(?:[及和与](?:主要)?(?:成效|特点|效果))?$"
)
OPENING = re.compile(r"(?:近日|日前|近期|连日来|为(?:了)?(?:庆祝|迎接|做好|弘扬|营造)|在第.{1,3}个)")
ADVICE = re.compile(r"建议|意见")
PLAN_HEAD = re.compile(r"下一?步|打算|今后|后续|工作计划|工作要求|计划安排|未来")
PROBLEM_HEAD = re.compile(
    r"存在的?(?:主要)?(?:问题|不足|困难)|^不足|(?:问题|困难|不足)(?:与|和|及)|(?:困难|主要)问题"
)
LEAD_HEAD = re.compile(
    r"组织领导|统筹安排|安排部署|动员部署|高度重视|提高认识|提高站位|强化组织|加强领导|周密部署|精心组织|精心策划|广泛动员|活动主题|活动时间"
    r"|基本情况|总体情况|指导思想|工作保障"
)
PUBLICITY_HEAD = re.compile(
    r"^(?:加强|强化|注重|做好|扩大|加大)(?:新闻|舆论|媒体|活动)?宣传(?:报道|引导|力度|氛围)*$"
)
EFFECT_HEAD = re.compile(r"^(?:活动|主要|取得的?|工作)*(?:效果|成效|总体成效|反响)$")

PLAN = re.compile(
    r"下一?步|接下来|今后|拟(?:于|定|组织|在|开展|举办|邀请)|计划(?:于|在|下|今|明|[七八九十]|\d|培训|开展|举办|组织)|打算"
    r"|将(?:继续|持续|于|在|陆续|还|以此|适时|把|发挥|进一步|组织|开展|举办|利用|充分|依托|紧紧|认真|深入|不断)|还将|预计|待定|推迟到|推到|择期|力争"
)
DONE = re.compile(
    r"举办|举行|召开|开展了?|组织|走进|走访|慰问|看望|邀请|参观|发放|派发|赠送|服务|接待|讲|播出|刊发|展出|推出|发布|参加|学习|座谈|培训|义诊|咨询"
    r"|观看|演出|宣讲|揭牌|挂牌|上线|开通|启动|参赛|印发|联名|致信|开放|接诊|诊疗|发出|送出|吸引|惠及|收集|解答|受益"
)
TOTAL = re.compile(
    r"(?:共|累计|先后|总计)(?:组织|举办|开展|举行)?了?(?:各类|各级各类|系列|主题|大小)?(?:活动|科普活动)?"
    r"[\d０-９一二三四五六七八九十百余多]+(?:余|多)?(?:项|场次?|个|次)(?:活动|系列活动)?"
)
SUMMED = re.compile(r"^[两三四五六七八九十\d]+(?:次|场|项|个)活动(?:共|合计|累计)")
OVERVIEW = re.compile(
    r"(?:总结|汇报|报告|情况|小结)(?:情况)?(?:汇报|报告|总结)?如下|(?:开展|办|做|组织)了?(?:以下|如下|下列)|主要(?:做法|情况|活动)如下"
    r"|以下(?:几|[一二三四五六七八])项|[三四五六]件事|板块如下|如下工作"
)
LAST_YEAR = re.compile(r"去年|往年|上年|前年")
SLOGAN = re.compile(
    r"通过(?:此次|本次|这次|系列)?活动|进一步(?:营造|激发|增强|弘扬)|掀起|号召|表示[，,]?(?:将|今后|要)|大家纷纷表示|受到(?:群众|广大|一致|普遍)?(?:欢迎|好评)"
    r"|广受好评|取得(?:了)?(?:良好|较好)"
)
SIGNATURE = re.compile(
    r"^[（(]?[^。，；]{0,40}(?:科协|协会|学会|局|院|公司|学校|大学|医院|中心|总站|办公室|研究会|供稿|委员会)[^。，；]{0,16}[）)]?"
    r"(?:[\s　]*\d{4}[年.]\d{1,2}[月.]\d{1,2}日?)?$"
    r"|^[\s　]*(?:\d{4}|二〇二[〇一二三四五六])年.{1,8}日$"
    r"|^（?联系人|^填报|^报送单位|^特此|^附件?[：:\d]|^(?:佐证|照片|备注|目录)|^抄送|^本期发|^审核|^撰稿|^（?供稿|[：:]$"
)
PREPARATION = re.compile(
    r"高度重视|成立.{0,12}(?:专班|小组|领导小组|工作组)|印发.{0,8}(?:方案|通知)|制定.{0,10}方案|召开.{0,12}(?:动员|部署|调度|筹备|碰头)|动员部署"
    r"|早谋划|统筹(?:安排|部署|推进)|一体谋划|碰头会|牵头.{0,20}(?:协同|配合)"
)
KICK_OFF = re.compile(r"动员部署会|部署会$|筹备会")
ARRANGING = re.compile(r"通知|方案|部署|报送|\d+月\d+日前")
ABOUT_A_MAIL = re.compile(
    r"前报|前次|此前报送|漏报|现补报|现补充|现予补充|报送的(?:材料|总结|信息)|发送的(?:材料|总结|邮件)|以(?:本|此)(?:件|次|邮件)为准|发错"
)
ORGANISERS_NOTICE = re.compile(
    r"关于开展20\d\d年.{0,3}全国科技工作者日.{0,3}活动的\s*通\s*知|各区县（自治县）科协"
)
REPORT = re.compile(r"总结|报告|情况|汇报")
GOES_ON = re.compile(
    r"[\u4e00-\u9fff]{1,4}(?:上|中|前|后|现场|期间|当天|结束(?:后|时)?)[，,]|会议|大会|仪式|现场|期间|随后|随即|接着|与会|参[会观加]|讲座|座谈"
)
SAME_DAY = re.compile(
    r"(?:当天|当日|同日)(?:上午|下午|晚上?|傍晚)?[，,].{0,40}(?:看望|慰问|讲座|座谈会|演出|举办|召开|走进)"
    r"|(?:当天|当日|同日|随后)(?:上午|下午|晚上?|傍晚)?[，,]?(?:是|又|还|县|区|市|一|在).{0,50}(?:看望|慰问|讲座|座谈|题目|演出|举办|召开)"
)


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of *text* (。！？； end one), without empty ones."""
    return tuple(hit.group() for hit in SENTENCE.finditer(text) if hit.group().strip())


def without_number(text: str) -> str:
    """Return *text* without the numbering in front of it."""
    return NUMBERED.sub("", text.strip()).lstrip()


def heading_words(text: str) -> str:
    """Return what a heading says, without its numbering and without remarks in brackets (“（含成效、经验、建议）”)."""
    return re.sub(r"[（(][^（）()]*[）)]", "", without_number(text))
