"""How a mail stands to an earlier one of its unit: it replaces it, it adds to it, or it is the first.

Purpose: `kind_of` weighs what the mail says of itself: words of replacing and of adding, and whether it speaks of something
sent before. Source: dataset/README.md, schema (correction re-sends and replaces, supplement adds).
Limits: subject, names of files, titles, the mail's own sentences and the opening of the report speak; running text does
not. Which earlier mail is meant is the business of relate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.records import Kind
from pipeline.triage.letter import Letter

# ---------------------------------------------------------------- heads: subject, names of files, titles

CORRECTS = re.compile(
    "更正|勘误|订正|更新版|数据更新|修订版|修[订改]稿|修改[版后]|[(【]修[改订正][)】]|重报|重新(?:报送|上报|发送|提交)|重发|替换|作废|最终版|终版|补正"
    "|(?:以|按)此[件稿版]?为准|(?:改|新)版(?!块)|改[过好]的|第二版|请用这"
)
"""In the subject."""
CORRECTS_FILE = re.compile("更正|勘误|订正|替换版|修正版")
"""In names of files, where 最终版 and 修订 are only how people name files."""
CORRECTS_TITLE = re.compile("[(【\\[](?:更正|勘误|订正|修订|修正|重报)[^)】\\]]{0,3}[)】\\]]|更正(?:说明|稿)")
"""In the report's own title."""
SUPPLEMENTS = re.compile("补充|补报|续报|补送|补交|增补|补发|追加|补[一两二三几]|[再另]补|[漏落]了?的")
"""In the subject and in names of files."""
SUPPLEMENTS_TITLE = re.compile("补充(?:报送|材料|说明|总结|报告)|补报|续报|补送|增补")

# ---------------------------------------------------------------- sentences of the mail

_VOID = re.compile(
    "[以按](?:(?!签到|通知|文件|实际)[^,;。]){0,14}[此这本今新后版稿件份次表发报寄的]为准|按(?:这|此|本|新)[^,;]{0,8}(?:来|算|统计)"
    "|替换|换[成掉一下]|作废|废止|更正|勘误|订正|请(?:[^,;。]{0,6})?覆盖|(?:重新?|再次)(?:报送?|发[送一]?|上报|提交|传|寄|交)|再[报发传寄]一[遍次]|以[^。;,]{0,4}[这此]份[^。;,]{0,2}(?:归档|登记|算)|这[份个一]?(?:份|版|稿|篇|件)?才[是对]"
    "|[用拿](?:这|此)[份个版稿]|重来一[份遍次]|忽略|不[作算]数|勿[采再]?用|不(?:要|必|用)(?:再)?(?:用|看|采用|管)|别用|删(?:掉|了|去|除)(?:吧|即可|上|前|那)"
    "|采用(?:新|此|这|本)|请[予给]?更新"
)
"""Says that what is sent now stands in for what was sent."""
_CHANGED = re.compile(
    "(?:修改|修正|改正|更新|调整|核对|核实|完善|核减|核增|剔除|删[减节去掉了]|压缩|精简|补盖|重新(?:核|扫描|整理|统计))(?!方案)|改(?:好|完|过|回)了?"
    '|改后的|改了(?!革|善|进|变|造)|应该?(?:为|是)|实(?:为|是)\\s?[\\d“"一二三四五六七八九十两百]|撤(?:下|掉|换)|拿掉|重算|[新旧][版稿]|完整版|不要了'
)
"""Says that it was changed; whether since it was sent is told by what speaks of an earlier one."""
_WRONG = re.compile(
    "[一-龥](?<![不没无交认纠防改挑查有])错(?![过落综峰时失觉杂位开])|(?<!没有)(?<!无)错(?:了|字|别字|误|版)|偏[高低大小多少]|(?<!没)有误|有出入|有差错|不(?:对|准确?|一致|相符)(?![之的地]处请)|对不上|多[写算报统计记]了?|少[写算计记]了?|误[写将填报算记把]"
    "|写成了?|忘(?:记|了)?[删改换盖签]|[弄搞]混|[弄搞]反|串[行列位]|[发交传寄报]的是[^。;,]{0,6}(?:没|未|半|草|旧|初|空|去年)|打不开|损坏|乱码|缺页|[是非](?:旧|老|初|草)[版稿]|旧稿|(?:没|未)(?:更新|改|校对|定稿)|不是最后"
)
"""Says that something sent was wrong."""
_ADDS = re.compile(
    "补充|补报|补[送上交发齐寄进录在给过](?!.{0,4}(?:通讯录|名单|群))|[再另还]?补(?:一|两|二|三|几|点|个|份|项|场|篇|条|件)|追加|续报|接着报|[增另]报|补遗|报第[二三四五六七八九十]|也算|计入|(?:又|再)[报交送]上?来|后续(?:[。,]|$)|还?没(?:有)?(?:办|搞|举行|开展|结束|完)[^。;]{0,12}(?:今天|现在|现已|后来|如今)|附在|合[在到并]|附加|[(（][一1][)）]已|增补|加[上报]?[一两二三几]?[项场条篇个]|少(?:报|附|发|了)[一两二三几]|漏[报掉了写填列统发传]|遗漏|落(?:下|了)[一两二三几]|(?:忘|忘记)(?:了|记)?(?:报|写|放|附|列|加|说|发|传|贴)"
    "|(?:没|未)(?:来得及|能|有)?(?:报|写(?!完)|列|放|算|收进|附|带|提|写进|包括|纳入|加)(?:进去|进来|上去|上|入|进)?(?:的)?|(?:合?并|加)(?:入|到|进)|一[并起](?:统计|计入|算)"
    "|[又还](?:有|做|办|搞|开展|完成|举办|组织|送来|来|收到|交来|报来)了?[一两二三几]|[又还][^,。;]{1,4}了[一两二三几][项场条篇个次]|单独?[报说列]|追报|另外?[发寄]给|再?[添增]列?加?[一两二三几][项场条篇个]|只[报写发](?:了|过)|附录|请[^。;,]{0,4}加[在到进]|另(?:有|外还有)[^,;]{0,12}(?:项|场|篇|条|份|件事|活动)|(?:剩|余)下的|再报[一两二三几]|新增|第二批|这是第[二三四五六七八九十][项场批篇]|第[二三四五]部分|后半部分|下半部分"
)
"""Says that something is added to what was sent."""
_STANDS = re.compile(
    "(?:前[面述]?|上次|原|那|之前|先前|其[他余它]|已报)[^,。;]{0,14}(?:不[变动改]|有效|照旧|照样|算数|保留|不用[动改])|仍[然]?(?:有效|算)|继续有效|不[变动]动?(?:[,;。]|$)|没有?变化|不重复|无变化|不作(?:变|改)动"
)
"""Says that the earlier one stays valid."""
_THING = "(?:邮件|来信|[那上前此头]信|附件|总结|小结|材料|报告(?!会)|汇报|简报|简讯|信息|文件|汇总|稿|版|表(?!示|彰|演|达|扬|决|态))"
_SEND = (
    "(?:报(?!名|纸|刊|道|到|国|告|请)|(?<![印下转])发(?!现|展|布|言|放|起|动|扬|挥|生|表|热|票)|寄(?!托|语)"
    "|交(?!流|通|谈|界|警|办|心|叉|响)|提供|递|投稿|送您|[送拿交]上去)"
)
"""What is sent, and the sending of it."""
_BEFORE = (
    "(?:此前|之前|先前|前期|前[次回几]|上(?:[次回周]|个?星期)|昨|前天|刚才|刚刚|方才|早上|[上中]午|早些时候|前面|原(?:来|先)|月初|已经?"
    "|(?<!\\d)(?:\\d{1,2}|[一二三四五六七八九十]{1,3})[日号])"
)
EARLIER = re.compile(
    f"接上[次回面一]|继[^。;,]{{0,10}}{_THING}|报完|按照?(?:您|老师|市科协)的?(?:意见|建议)|(?:指出|反馈|提醒)的[^。;]{{0,10}}(?:改|调)|{_THING}[又再]改|[您你]们?(?:来电)?(?:说|指出|提)[^。;,]{{0,12}}(?:不对|错|有误|问题)|当时[没未]"
    f"|前[天面几]?[述份封篇稿件]|上一?[封份稿版]|原(?:报|材料|总结|件|稿)|那[份篇封稿版]|第一[版份稿封]|[初头]稿"
    f"|{_BEFORE}[^。;,]{{0,12}}?(?:{_SEND}|[没未](?:附|写|列|算|提|加|收|统计))|{_BEFORE}(?:[^。;,]{{0,8}}的|那|所附)?{_THING}|退[稿回]|{_THING}[^。;,]{{0,3}}已经?收|{_SEND}(?:了|过(?![来去])|给)[^。;,]{{0,6}}(?:{_THING}|[项场条篇])|{_SEND}[完好]?{_THING}[^。;,]{{0,4}}后"
    f"|{_THING}(?:[都就]?已)?(?:经|都|就)?[^。;,]{{0,6}}?{_SEND}(?:了|过(?![来去])|完|出|上去[之以]?后)|{_THING}[里中上](?:[^。;,]{{0,4}})?(?:写[的了过]|忘|缺|差|提|说|列|没|未|漏|少|[^。;,]{{1,8}}错)"
    f"|{_SEND}(?:送|上|上?去|过)?的[^。;,]{{0,8}}(?:{_THING}|情况|[^的]数(?!量)|数[据字]|[项场条篇])"
)
"""Speaks of something sent before: a thing that one sends, or the sending of it; days and 此前 alone tell of the season."""
_LAST_YEAR = re.compile("^[^。;,]{0,6}(?:去年|往年|前年|历年)")
"""How a sentence begins that speaks of another season."""
_POLITE = re.compile(
    "(?:如有?|若有?|如需|若需|如果|假如|要是|倘|望|敬请|恳请|烦请|还请|欢迎|批评|尚?需|需要|是否|哪里|有没有|有啥|万一|不知)[^。;]{0,12}(?:更正|修改|改|指正|指出|替换|有误|作废|重新|重[发报]|忽略|不对|错|补|漏|遗漏)"
    "|请(?:您|老师|领导)?[^。;,]{0,4}(?:更正|修改|指正|重新(?!查收)|提醒|批评)|联系(?:人|电话|方式)[^。;]{0,6}更正|[请帮](?:您|老师)?[^,。;]{0,6}(?:看看|把关|审)[^。;]{0,10}(?:错|改|补|漏)"
    "|的话[^。;]{0,12}(?:告|改|报|补)|随时(?:修改|补|改)|再(?:改|补|修改)(?:也|都|来得及|即可)?$|可以再(?:改|补)"
)
"""Asks for corrections or additions, or offers them, and brings none."""
_LATER = re.compile(
    "(?:稍后|随后|之后|后续|到时|届时|将(?!.{0,6}补(?:报|充)如下)|会后|另行|待|还会|到时再|过[几两]天|明天|下周|晚点|改天|以后|等[^。;,]{0,12}(?:后|再)|回头|[就会要]再)[^。;]{0,10}(?:补|追加|续报|另[报发寄])"
)
"""Promises a supplement and brings none."""
_ADDRESS = "(?:电话|邮箱|联系人|联络员|通讯录|号码)"
_REACH = re.compile(
    f"{_ADDRESS}[^。;]{{0,12}}(?:改|变更|更[正新换])|(?:更[正新换]|改|变更)[^。;]{{0,10}}{_ADDRESS}"
)
"""Says how the unit is reached from now on."""
_SPLIT = re.compile(
    "(?:邮件|附件|文件|照片|图片|视频)?[^。;,]{0,6}(?:太大|超限|较多|太多)[^。;]{0,12}(?:分|另|单独|再)|分[两二三]?[次封批](?:发|报|寄)"
)
LATE = re.compile(
    "迟报|晚报|逾期|延误|迟[了到交]|晚了|拖(?:到|了)|因[^。;]{0,20}(?:迟|晚|延)|未(?:能)?(?:及时|按时)|没(?:能)?(?:及时|按时)|才(?:看到|收到|知道)"
)
"""Says why the report, the first one, is late."""
_ABOUT = re.compile("^(?:更正|说明|补充|勘误)")
"""How a report's opening begins that speaks of the mail and not of the season."""


def kind_of(letter: Letter) -> tuple[Kind, str]:
    """The kind of a report, and the words it lies in, with what the mail says of an earlier one."""
    said = _sentences(letter)
    corrects = _first(CORRECTS, [letter.subject]) or _first(CORRECTS_TITLE, letter.titles)
    corrects = corrects or _first(CORRECTS_FILE, letter.files)
    adds = _first(SUPPLEMENTS, [letter.subject, *letter.files]) or _first(SUPPLEMENTS_TITLE, letter.titles)
    void, wrong, changed = (_first(one, said) for one in (_VOID, _WRONG, _CHANGED))
    added = _first(_ADDS, said)
    stands = _first(_STANDS, said)
    earlier = _first(EARLIER, [one for one in said if not _LAST_YEAR.match(one)])
    late = _first(LATE, said)
    first = bool(late and not earlier)
    again = void or (changed and (earlier or wrong))
    adding = (adds and not first) or (added and (earlier or stands))
    if adding and not corrects and (stands or not (void or (wrong and not added))):
        return Kind.SUPPLEMENT, _joined(adds or added, stands, earlier)
    if corrects or (again and (earlier or wrong or not adds)) or (wrong and earlier and not adds):
        return Kind.CORRECTION, _joined(corrects, void or changed, wrong, earlier)
    if adding:
        return Kind.SUPPLEMENT, _joined(adds or added, earlier)
    return Kind.SUBMISSION, ""


def _sentences(letter: Letter) -> list[str]:
    """What the mail says of itself: its cover and the openings of its papers, without polite phrases and promises."""
    lines = [*letter.cover, *(one for one in letter.openings if _ABOUT.search(one) or EARLIER.search(one))]
    sentences = [one for line in lines for one in re.split("(?<=[。!?;])", line) if one.strip()]
    return [one for one in sentences if not _empty(one)]


def _empty(sentence: str) -> bool:
    """Does it offer or promise what it does not bring, or speak of addresses alone?"""
    if re.search("误[写将填]|应[为是]", sentence):
        return False
    if _REACH.search(sentence) and not _WRONG.search(sentence):
        return True
    return any(one.search(sentence) for one in (_POLITE, _LATER, _SPLIT))


def _first(pattern: re.Pattern[str], lines: Iterable[str]) -> str:
    return next((line for line in lines if pattern.search(line)), "")


def _joined(*lines: str) -> str:
    return "；".join(dict.fromkeys(line for line in lines if line))
