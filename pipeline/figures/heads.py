"""Counts of people as they are written: number, counter, what qualifies it, and the clause around.

Source: the labelling guide, C.1: 人次 counts like 人, households as they stand; firms, teams and units are none.
Limits: what stands between “ ” or 《 》 is speech or a name (“百名专家进百村”), not a count of this activity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.figures.numbers import NUMBER, NUMERAL, number
from pipeline.figures.persons import AUDIENCE, PERSON
from pipeline.figures.words import Words

BODY = (
    r"(?:[县区镇校班组队月系]|乡(?!亲)|村(?!民)|院(?!士)|街道|部门|单位|企业|公司|小时|学院|学科|专业|行业|小组|年级|社区|支部|"
    r"党支部|代表队|项目|问题|协会|学会|医院|科室|领域|方向|岗位|工种|片区|板块|条线|民族|地方|层次|系统)"
)
QUALIFIER = r"(?:将近|接近|约有|大约|不少于|不下|超过|足有|至少|多达|(?<![线网以场台会])上(?=[百千万])|[约近超逾共]|(?<!触)达){0,2}"
COUNTER = (
    r"(?:人次|人[·/]次|号人|个人(?!次|都|来)|余人|人(?![民才均份形]|物(?!理)|类(?!学)|体(?![验检])|机(?!械)|大代|工智|员)"
    r"|名(?![列额称誉]|录(?![用取])|单(?![身位]))|位(?![于置次]|列(?!席)|数(?![学据字控])|一体)|[组个][^，。；、0-9]{0,4}家庭|户(?:家庭|人家)?(?![外籍口用])"
    rf"|号(?=[^，。]{{0,3}}{PERSON})|对(?=[^，。]{{0,3}}(?:亲子|母子|父子|母女|夫妻|家庭))|"
    rf"个(?!{BODY})(?![^，。；、0-9]{{0,6}}(?:组|团队|小队|服务队|代表队|专班))(?=[^，。；、0-9]{{0,6}}{PERSON})|个(?=名字|签名|红?手印))"
)
OPENS = r"(?=[将接约大不超足至多上近逾共达\d〇零一二两三四五六七八九十百千万])"
"""What a qualifier or a number can begin with: asked first, for it is not there in most places."""
COUNT = re.compile(
    rf"{OPENS}(?<!成百)(?P<q>{QUALIFIER})(?:(?<!{NUMERAL})|(?<=[一二三四五六七八九数])(?=\d))(?<![第前首.月])(?<!{NUMERAL}[-–—~～至到])(?<!人[-–—~～至到])"
    rf"(?P<n>{NUMBER})(?P<u>{COUNTER})(?P<more>以上|左右|上下)?(?![-–—~～至到]{NUMERAL})"
)
UNCOUNTED = re.compile(
    rf"{OPENS}(?P<q>{QUALIFIER})(?<!{NUMERAL})(?<![第前首.])(?P<n>\d[\d.,]*[百千万]?[余多]?|[一二两三四五六七八九][百千万][余多]?)(?P<u>)(?P<more>)"
    rf"(?<=..)(?=(?:在线|线上|现场|热心)?{AUDIENCE})"
)
"""“9.2万网友进入”: no counter stands between the number and the people."""
FAMILIES = re.compile(
    rf"家庭(?:共|一共)?有?(?P<q>{QUALIFIER})(?P<n>{NUMBER})(?P<u>组)(?P<more>)(?=[，。；！\n]|$)"
)
"""“参加焊接体验的家庭有31组”."""
COUNT_AFTER = re.compile(
    rf"(?:有|{PERSON})(?P<q>{QUALIFIER})(?P<n>{NUMBER})(?P<u>个)(?P<more>)(?=[，。；！\n]|$)"
)
"""“种粮大户和村民有九十来个”, “孩子37个”: the people stand before it."""
BARE = re.compile(
    rf"(?:人数|人次|总数|{AUDIENCE})(?:\s*[:：]\s*|为|共计|共|达到?|有)?(?P<q>{QUALIFIER})(?P<n>{NUMBER})(?P<u>)(?P<more>)"
    r"(?=\s*(?:[，。；、）)\n\t]|$))"
)
_ENDS_COUNTED = re.compile(r"个(?=[，。；！\n]|$)")
_ENDS_BARE = re.compile(r"[\d,〇零一二两三四五六七八九十百千万亿余多来几+](?=\s*(?:[，。；、）)\n\t]|$))")
"""How a hit of COUNT_AFTER and one of BARE end: nothing else in a text tells sooner that there is none."""
CAME = re.compile(
    rf"(?:来了|到了|到场|到会|到课|实到|参与|参加|参会|参训)(?:的)?(?:共|有|"
    rf"者)*(?P<q>{QUALIFIER})(?P<n>{NUMBER})(?P<u>)(?P<more>出头|左右|上下|以上)?(?=[，。；！\n]|$)"
)
"""“两个晚上来了六百出头”."""
CELL = re.compile(
    rf"(?:^|[，,；;、/ （(])[^\d，,；;、/（(]{{0,8}}?(?<!{NUMERAL})(?P<q>{QUALIFIER})(?P<n>{NUMBER})(?P<u>)(?P<more>以上|左右|上下)?"
    r"(?=\s*(?:[，,；;、/（）()]|$))"
)
QUOTED = re.compile(r"“[^“”]{0,400}”|《[^《》]{0,60}》|「[^「」]{0,200}」")
ROUND = re.compile(r"[百千万]")
END = r"[，。；！？：:\n\t（()）…]"
NEAR = 300
"""Characters around a count that are read, so that a text without marks costs no more than it is long."""
STOP = r"[。；！？\n\t]"
_END, _STOP = re.compile(END), re.compile(STOP)
_VAGUE = re.compile(r"[余多来]|\+")
_SUMMED = re.compile(r"[共达有]")
_JOINS = re.compile(r"[^，。；！？：:\n\t]{0,16}[和与及]")


@dataclass(frozen=True, kw_only=True)
class Count:
    """One count with the words around it.

    before: its clause up to it, from the count before where that stands in the same clause. after: the rest of the
    clause. sentence: all of the sentence up to it. rest: what follows in the sentence. joined: “12名专家和” stands
    before it, so that both do the same.
    """

    run: Words
    value: int
    counter: str
    qualifier: str
    start: int
    end: int
    before: str
    after: str
    sentence: str
    rest: str
    joined: bool


def counts(run: Words, *, of_people: bool = False) -> tuple[Count, ...]:
    """Return the counts of people in *run*, in reading order; in a cell *of_people* a bare number is one."""
    quoted = [hit.span() for hit in QUOTED.finditer(run.text)]
    after = (COUNT_AFTER,) if _ENDS_COUNTED.search(run.text) else ()
    bare = (BARE,) if _ENDS_BARE.search(run.text) else ()
    running = (COUNT, *after, *bare, CAME, UNCOUNTED, FAMILIES)
    grammars = (*running, CELL) if of_people else running
    hits = sorted(
        (hit for grammar in grammars for hit in grammar.finditer(run.text)), key=lambda hit: hit.start("n")
    )
    return tuple(_read(run, hits, quoted))


def _read(run: Words, hits: list[re.Match[str]], quoted: list[tuple[int, int]]) -> Iterator[Count]:
    last = 0
    for hit in hits:
        start, end = hit.start("n"), hit.end("u") if hit["u"] else hit.end("n")
        value = number(hit["n"])
        while quoted and quoted[0][1] <= start:
            quoted.pop(0)
        inside = bool(quoted) and quoted[0][0] < start
        title = ROUND.fullmatch(hit["n"]) and not hit["q"].strip("共达")
        if value and start >= last and not inside and not title:
            yield _count(run, hit, value, last)
            last = end


def _count(run: Words, hit: re.Match[str], value: int, last: int) -> Count:
    start, end = hit.start("n"), hit.end("u") if hit["u"] else hit.end("n")
    vague = "".join(_VAGUE.findall(hit["n"] + hit["u"][:1]))
    sentence = _STOP.split(run.text[max(0, start - NEAR) : start])[-1]
    opening = max(last, start - NEAR)
    before = _END.split(run.text[opening : hit.start("q") if hit["u"] else start])[-1]
    rest = _STOP.split(run.text[end : end + NEAR])[0]
    return Count(
        run=run,
        value=value,
        counter=hit["u"],
        qualifier=_SUMMED.sub("", hit["q"]) + vague + (hit["more"] or ""),
        start=start,
        end=end,
        before=before,
        after=_END.split(rest)[0],
        sentence=sentence,
        rest=rest,
        joined=bool(last and _JOINS.fullmatch(run.text[last : hit.start("q")][:20])),
    )
