"""联系人 and phone of a mail, where both stand in it.

Source: dataset/README.md, schema: a phone counts in its plain form only (023-55501234, or 11 digits of a mobile).
Limits: the first labelled pair wins, else the pair that stands side by side in a short line of the mail.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from pipeline.records import Contact, Document, Reading
from rules import Notice

MAX_TEXT = 4_000
"""Characters of one document's head and tail that are searched; a contact stands at either end."""
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄"
    "聂章鲁岳翟殷詹申耿关焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟"
    "艾尤时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛"
    "仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹"
    "井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由"
)
"""Common surnames (the 500 or so most frequent characters); they tell a name from 秘书处 or 热线."""

_PHONE = re.compile(r"(?<![\d-])(?:0\d{2,3}-\d{7,8}|1[3-9]\d{9})(?!\d)")
_TITLE = "(?:老师|同志|主任|科长|部长|秘书长|先生|女士)"
_NAME = rf"([\u4e00-\u9fff]{{1,4}}?{_TITLE}|[\u4e00-\u9fff]{{2,4}}?|[A-Za-z]{{2,20}})"
_LABEL = r"(?:联\s*系\s*人|经办人|填报人|报送人|联络员|联络人|填表人|负责人|填报)(?:姓名)?"
_GAP = r"[\s:,;、()|/]*"
_CALL = r"(?:(?:联系|办公|固定|手机)?(?:电话|方式|号码)|电\s*话|tel|手机|座机)?"
_LABELLED = re.compile(
    rf"{_LABEL}(?:及|和)?{_CALL}{_GAP}{_NAME}(?![\u4e00-\u9fffA-Za-z])|{_LABEL}{_GAP}{_NAME}(?={_CALL}{_GAP}[\d])",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"(?:^|[\s,。:!;、(]|科协|[学协]会|[局处部院室科])([\u4e00-\u9fff]{{1,2}}{_TITLE}|[\u4e00-\u9fff]{{2,3}}|[A-Za-z]{{2,20}}){_GAP}{_CALL}{_GAP}$",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    rf"^{_GAP}([\u4e00-\u9fff]{{1,2}}{_TITLE}|[\u4e00-\u9fff]{{2,3}}|[A-Za-z]{{2,20}})(?=[\s,。;)]|$)"
)
_NO_NAME = frozenset(
    (
        "联系",
        "电话",
        "手机",
        "方式",
        "姓名",
        "谢谢",
        "单位",
        "文件",
        "方便",
        "时间",
        "通知",
        "安排",
        "项目",
        "相关",
        "祝好",
        "传真",
        "tel",
        "qq",
        "fax",
        "email",
        "mobile",
    )
)
WINDOW, SHORT_LINE = 80, 60
"""How far from its phone a labelled name may stand, and how long a line of a document may be to pair without label."""


def contact(reading: Reading, notice: Notice) -> Contact | None:
    """Find whom the unit names for questions: in the mail first, then in its documents.

    Args:
        notice: its own contacts are never the unit's.

    Returns:
        name and phone as written (full-width digits and dashes made plain); None unless both stand there.
    """
    ours = {re.sub(r"\D", "", one.phone) for one in notice.contacts}
    documents = sorted(reading.documents, key=lambda document: not document.body)
    for document in documents:
        found = next(_pairs(_text(document), ours, body=document.body), None)
        if found:
            return found
    return None


def _text(document: Document) -> str:
    lines = [block.text for block in document.blocks if block.aside is None]
    text = unicodedata.normalize("NFKC", "\n".join(lines)).replace("\t", " ")
    text = re.sub(r"(?<=\d)[‐‑–—−―](?=\d)", "-", text)
    return text if len(text) <= 2 * MAX_TEXT else text[:MAX_TEXT] + "\n" + text[-MAX_TEXT:]


def _pairs(text: str, ours: set[str], *, body: bool) -> Iterator[Contact]:
    """Pairs of name and phone, the labelled ones first. ours: phones of the notice, digits alone."""
    phones = [one for one in _PHONE.finditer(text) if not _of_notice(one.group(), ours)]
    for phone in phones:
        name = _labelled(text, phone)
        if name:
            yield Contact(name=name, phone=phone.group())
    for phone in phones:
        start = text.rfind("\n", 0, phone.start()) + 1
        end = text.find("\n", phone.end())
        line_end = len(text) if end < 0 else end
        if body or line_end - start <= SHORT_LINE:
            name = _beside(text[start : phone.start()], text[phone.end() : line_end])
            if name:
                yield Contact(name=name, phone=phone.group())


def _of_notice(phone: str, ours: set[str]) -> bool:
    digits = phone.replace("-", "")
    return any(digits.endswith(one) for one in ours if one)


def _labelled(text: str, phone: re.Match[str]) -> str | None:
    """The labelled name nearest to *phone*, before it or right behind it."""
    start, end = max(0, phone.start() - WINDOW), phone.end() + WINDOW // 2
    named = [
        (abs(one.start() - phone.start()), one.group(1) or one.group(2))
        for one in _LABELLED.finditer(text[start:end])
        if not _no_name(one.group(1) or one.group(2))
    ]
    return min(((start + 0, name) for start, name in named), default=(0, None))[1]


def _beside(before: str, behind: str) -> str | None:
    for found in (_BEFORE.search(before), _BEHIND.match(behind)):
        name = found.group(1) if found else ""
        if name and not _no_name(name) and (name.isascii() or name[0] in SURNAMES):
            return name
    return None


def _no_name(name: str) -> bool:
    return name.lower() in _NO_NAME or bool(re.search("电话|手机|方式|办公|科协|[部处室]$", name))
