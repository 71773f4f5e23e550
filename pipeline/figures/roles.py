"""What counted people did: one reading of each count by the words of its clause.

Purpose: the role of a count, from who they are (the noun at the count) and what the clause says of them (its verb).
Source: the labelling guide, C.2. The rules stand in ROLES in the order in which they are asked; the first that holds decides.
Limits: a clause is read without its grammar; where nothing in it tells, the role is unclear and the count is no participant.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.figures import phrases
from pipeline.figures.heads import Count
from pipeline.figures.persons import CLASSES, PERSON
from pipeline.records import Role

NOUNS = re.compile(rf"{PERSON}(?:[和及与兼]?(?:[^\s着了过在把给为向对跟]{{0,3}}?)??{PERSON})*")
ENDING = re.compile(rf"({PERSON})(?:们|等|共计?|合计|总共|一共|约|近|有|达|各|\s)*$")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A count with the class of its noun ("" if there is none), as the rules see it. noun: as written, "" if none."""

    count: Count
    who: str
    noun: str = ""

    @property
    def clause(self) -> str:
        """The clause without the number."""
        return f"{self.count.before}|{self.count.after}"


def reading(count: Count) -> Reading:
    """Find the noun of *count*: right before the number (“师生510人”), else the first one behind it (“38名技工”)."""
    before = ENDING.search(count.before)
    after = (
        None if count.counter in ("人", "余人", "人次", "号人") and before else NOUNS.search(count.after[:24])
    )
    trailing = count.counter in ("人", "余人", "人次", "号人", "") or not after
    phrase = before[1] if before and (trailing or after is None) else after.group() if after else ""
    return Reading(count=count, who=_class(phrase), noun=phrase)


def _class(phrase: str) -> str:
    return next((name for name, nouns in CLASSES if re.search(rf"{nouns}们?$", phrase)), "") if phrase else ""


def role_of(count: Count, *, of_people: bool = False) -> tuple[Role, bool]:
    """Say what the people of *count* did, and whether the clause says so (False: only that they are its subject).

    of_people: it stands in a column for people, so that they took part where nothing says otherwise.
    """
    read = reading(count)
    for role, holds in ROLES:
        if holds(read) and not (of_people and role is Role.MEMBERS):
            return role, True
    if of_people:
        return Role.ON_THE_SPOT, True
    return (Role.ON_THE_SPOT, False) if _acting(read) else (Role.UNCLEAR, False)


def performing(count: Count) -> bool:
    """Whether *count* is of contestants, who in a contest of telling or acting perform for those who came."""
    return bool(phrases.CONTESTANT.search(reading(count).noun))


def _past_or_future(read: Reading) -> bool:
    """Counts of another year, of a mistake that is put right, of seats, intentions and those who sent something in."""
    before = read.count.before
    untold = phrases.NOT_DONE.search(before) or phrases.GIVERS.search(before)
    away = phrases.MAKERS.search(read.count.after) or phrases.FRUIT.search(read.count.sentence)
    return bool(untold or away or phrases.BEFORE_NOW.search(phrases.NOW.split(read.count.sentence)[-1]))


def _average(read: Reading) -> bool:
    before = read.count.before
    spread = phrases.EACH.search(before) and not phrases.SUM.search(before)
    return bool(spread or phrases.EXTREME.search(before) or phrases.APIECE.search(read.count.after))


def _readers(read: Reading) -> bool:
    looked = phrases.READING.search(read.count.before) or phrases.READ.search(read.count.after)
    return bool(looked and not phrases.VIRTUAL.search(read.count.sentence))


def _part(read: Reading) -> bool:
    before, after = read.count.before, read.count.after
    if (phrases.PART.search(before) and not _visited(read) and not _of_a_whole(read)) or (
        read.count.value < 2 and read.count.counter not in PASSES
    ):
        return True
    if not phrases.SOME.search(before) or not after or read.count.counter in PASSES:
        return False
    return not re.search(f"{phrases.ATTEND}|{phrases.COME}|{phrases.SERVED}|来", after)


def _of_a_whole(read: Reading) -> bool:
    """“380名会员中有210名收看”: the ones who did it, told of a body that did nothing."""
    told = read.count.sentence
    return bool(
        phrases.OF_THEM.search(told)
        and _attending(read.count.after)
        and not re.search(f"{phrases.ATTEND}|{phrases.COME}|{phrases.SERVED}|{phrases.HERE}|其中", told)
    )


def _honoured(read: Reading) -> bool:
    """Chosen or made known; not where the count is of people who attend or are visited."""
    before, after = read.count.before, read.count.after
    if phrases.PICKED.search(before) and not _visited(read):
        return True
    if phrases.PRIZE.search(before) or phrases.CHOSEN.search(after) or phrases.OBJECT.search(read.count.rest):
        return not _receiving(read) or bool(phrases.CHOSEN.search(after))
    if _attending(after) or _visited(read):
        return False
    shown = phrases.SHOWN.search(before)
    if shown and not re.search(phrases.ATTEND, shown["gap"]):
        return True
    return (read.who == "honoured" and not _receiving(read)) or _on_show(read)


def _on_show(read: Reading) -> bool:
    """Made known by something that people read or look at, which the sentence names before or behind them."""
    count = read.count
    if (
        count.counter in PASSES
        or read.who == "audience"
        or re.search(phrases.SERVED, count.before)
        or _receiving(read)
    ):
        return False
    told = phrases.ON_SHOW.search(count.sentence) or phrases.MADE_INTO.search(count.rest)
    return bool(told or phrases.IN_TURN.search(count.sentence + count.rest))


def _total(read: Reading) -> bool:
    return bool(phrases.TOTAL.search(read.count.sentence))


def _members(read: Reading) -> bool:
    before, after = read.count.before, read.count.after
    whole = phrases.WHOLE.search(after) and not re.search(
        f"{phrases.ATTEND}|{phrases.COME}|{phrases.SERVED}|[来去到]的", before
    )
    if whole or phrases.DEVICES.search(after):
        return True
    if _attending(after) or _visited(read):
        return False
    addressed = phrases.ADDRESSED.search(before) and not re.search(phrases.SPEAKING, after)
    letter = phrases.LETTER.search(after) and re.search(r"[给为向][^，]*$", before)
    counted = re.search(f"{phrases.ATTEND}|{phrases.SERVED}", before)
    member = phrases.MEMBER.search(before) and not phrases.DOING.search(after)
    return bool(addressed or letter or (member and not counted))


def _online(read: Reading) -> bool:
    """The word for the place that stands nearest to the number decides."""
    before = re.findall(f"{phrases.LIVE}|{phrases.HERE}", read.count.before)
    if before and re.search("线上[和与、]?线下|线下[和与、]?线上", read.count.before):
        return False
    after = re.search(rf"^[^，。]{{0,10}}?(?:{phrases.LIVE})", read.count.after)
    watched = re.search(phrases.WATCHED, read.clause) and not before and read.who != "audience"
    if watched and re.search(f"{phrases.LIVE}|{phrases.BROADCAST}", read.count.sentence):
        return True
    return bool(after) or bool(before and not re.fullmatch(phrases.HERE, before[-1]))


def _speaking(read: Reading) -> bool:
    after = read.count.after
    if phrases.SPOKE.search(read.count.before) or phrases.OPINION.search(after):
        return True
    if re.search(f"(?:{phrases.ATTEND})的?$", read.count.before):
        return False
    invited = _brought(read) and phrases.TELLING.search(_second_clause(read))
    if phrases.TROUPE.search(after) or invited:
        return True
    verbs = phrases.FORMAL if re.search(phrases.FRANK, read.count.sentence) else phrases.SPEAKING
    spoke = re.search(rf"^[^，。]{{0,40}}?(?:{verbs})", after)
    if spoke and not re.search(f"{phrases.HEARING}|{phrases.ATTEND}", spoke.group()) and not _receiving(read):
        return True
    return read.who == "speaker" and not _attending(after)


def _visited(read: Reading) -> bool:
    return bool(re.search(rf"(?:{phrases.VISITED})[^，。]*$", read.count.before))


def _staffing(read: Reading) -> bool:
    before, after = read.count.before, read.count.after
    if phrases.SENT.search(before) or phrases.TEAM.search(after):
        return True
    if _seated_to_serve(read) or (read.who == "helper" and phrases.SERVING.search(before)):
        return True
    if re.search(f"{phrases.STAFF}[共约计有]*$", before) and not re.search(phrases.FOR_STAFF, read.clause):
        return True
    if (
        _attending(after)
        or _receiving(read)
        or re.search(rf"(?:{phrases.ATTEND}|{phrases.HERE})[^，。]*$", before)
    ):
        return False
    acting = phrases.STAFFING.search(after) and not re.search(
        r"^[^，。]{0,6}(?:接受(?![^，]{0,6}咨询)|得到|享受)", after
    )
    return read.who == "helper" or bool(acting and read.count.counter not in ("人次", "户"))


def _seated_to_serve(read: Reading) -> bool:
    """“三位教授坐在咖啡角，一对一帮青年看材料”."""
    return read.who != "audience" and bool(
        re.search(phrases.SEATED, read.count.after) and phrases.TURNING.search(_second_clause(read))
    )


def _second_clause(read: Reading) -> str:
    """The clause behind the one of the count, in its sentence; "" where there is none."""
    return "，".join(read.count.rest.split("，")[1:2])


def _there(read: Reading) -> bool:
    before, after = read.count.before, read.count.after
    came = re.search(phrases.COME, after) and read.who == "audience"
    told = re.search(
        rf"(?:{phrases.ATTEND}|{phrases.COME}|{phrases.HERE})[^，。]*$|来的[^，。]{{0,4}}$", before
    )
    brought = (_brought(read) and _attending(_next_clause(read))) or re.search("请来|请到|邀来", after)
    signed = phrases.SIGNED.search(after) and read.count.counter == "个"
    return _attending(after) or bool(came or told or brought or signed)


def _next_clause(read: Reading) -> str:
    """What the people do, said in the clause behind theirs; "" where their own goes on after their noun."""
    own, *others = read.count.rest.split("，")
    noun = NOUNS.search(own)
    return others[0] if others and len(own) - (noun.end() if noun else 0) <= 2 else ""


def _served(read: Reading) -> bool:
    object_of = re.search(r"[\u4e00-\u9fff]了$", read.count.before) and read.count.counter in ("人", "余人")
    if object_of or re.search(phrases.SERVED, read.count.before) or read.count.counter in PASSES:
        return True
    given = _receiving(read) and read.count.value > 2
    return (
        given
        or bool(phrases.SURE_HOUSEHOLDS.search(read.count.counter))
        or (read.who == "audience" and bool(re.search(phrases.SERVED, read.count.after)))
    )


def _audience(read: Reading) -> bool:
    return read.who == "audience" and (read.count.value > 2 or not read.count.after)


def _acting(read: Reading) -> bool:
    """Subject of the clause: a crowd without a noun, or people of whom the noun alone says nothing."""
    if phrases.RETOLD.search(read.count.sentence):
        return False
    if re.fullmatch(r"[共计合约近达一总有]*", read.count.before) and not read.count.after:
        return _attending(read.count.sentence) or not re.search(
            f"{phrases.SHOWING}|{phrases.DEPICTED}", read.count.sentence
        )
    related = phrases.RELATED.search(read.count.before) and not read.count.after and read.count.value > 9
    if _brought(read) or related:
        return True
    crowd = read.count.counter in ("人", "余人", "号人", "个人") and read.count.value > 9
    return crowd or (
        read.who in ("neutral", "") and read.count.value > 2 and bool(phrases.ACTING.search(read.count.after))
    )


def _brought(read: Reading) -> bool:
    return bool(phrases.BROUGHT.search(read.count.before)) and read.count.value > 2


def _attending(words: str) -> bool:
    return bool(re.search(phrases.ATTEND, words))


def _receiving(read: Reading) -> bool:
    """“给86名骨干上党课”: the count is the one to whom it is done."""
    return bool(phrases.GIVEN.search(read.count.before))


PASSES = ("人次", "人/次", "人·次")

ROLES: tuple[tuple[Role, Callable[[Reading], bool]], ...] = (
    (Role.UNCLEAR, _past_or_future),
    (Role.AVERAGE, _average),
    (Role.READERS, _readers),
    (Role.PART, _part),
    (Role.HONOURED, _honoured),
    (Role.TOTAL, _total),
    (Role.MEMBERS, _members),
    (Role.ONLINE, _online),
    (Role.SPEAKERS, _speaking),
    (Role.ON_THE_SPOT, _visited),
    (Role.HELPERS, _staffing),
    (Role.ON_THE_SPOT, _there),
    (Role.SERVED, _served),
    (Role.ON_THE_SPOT, _audience),
)
"""The first rule that holds decides."""
