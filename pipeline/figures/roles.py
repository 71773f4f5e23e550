"""What counted people did: one reading of each count by the words of its clause.

Purpose: the role of a count, from who they are (the noun at the count) and what the clause says of them (its verb).
Source: the labelling guide, C.2. The rules stand in ROLES in the order in which they are asked; the first that holds decides.
Limits: a clause is read without its grammar; where nothing in it tells, the role is unclear and the count is no participant.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.figures import absent, phrases
from pipeline.figures.clauses import NOUNS, PASSES, Reading, attending, reading, receiving, visited
from pipeline.figures.heads import Count
from pipeline.records import Role

MANY = 10
"""From here on people are a crowd."""


def role_of(count: Count, *, of_people: bool = False) -> tuple[Role, bool]:
    """Say what the people of *count* did, and whether the clause says so (False: only that they are its subject, or a few).

    of_people: it stands in a column for people, so that they took part where nothing says otherwise.
    """
    read = reading(count)
    for role, holds in ROLES:
        if holds(read) and not (of_people and role is Role.MEMBERS):
            return role, not (holds is _audience and read.count.value < MANY)
    if of_people:
        return Role.ON_THE_SPOT, True
    return (Role.ON_THE_SPOT, False) if _acting(read) else (Role.UNCLEAR, False)


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
    if _all_talking(read):
        return False
    invited = read.who != "audience" and _brought(read) and phrases.TELLING.search(_second_clause(read))
    if phrases.TROUPE.search(after) or phrases.TROUPE_BEFORE.search(read.count.before) or invited:
        return True
    verbs = phrases.FORMAL if re.search(phrases.FRANK, read.count.sentence) else phrases.SPEAKING
    spoke = re.search(rf"^[^，。]{{0,40}}?(?:{verbs})", after)
    if spoke and not re.search(f"{phrases.HEARING}|{phrases.ATTEND}", spoke.group()) and not receiving(read):
        return True
    return read.who == "speaker" and not attending(after)


def _all_talking(read: Reading) -> bool:
    """A crowd that talks in turn at one sitting."""
    return (
        read.count.value >= MANY
        and read.count.counter not in PASSES
        and read.who not in ("speaker", "helper")
        and not read.noun.endswith("代表")
        and bool(phrases.TAKING_TURNS.search(read.count.after))
    )


def _staffing(read: Reading) -> bool:
    before, after = read.count.before, read.count.after
    if phrases.SENT.search(before) or phrases.TEAM.search(after):
        return True
    if phrases.DUTY.search(before) or _leading(read):
        return True
    if _seated_to_serve(read) or (read.who == "helper" and phrases.SERVING.search(before)):
        return True
    if re.search(f"{phrases.STAFF}[共约计有]*$", before) and not re.search(phrases.FOR_STAFF, read.clause):
        return True
    if (
        attending(after)
        or receiving(read)
        or re.search(rf"(?:{phrases.ATTEND}|{phrases.HERE})[^，。]*$", before)
    ):
        return False
    acting = phrases.STAFFING.search(after) and not re.search(
        r"^[^，。]{0,6}(?:接受(?![^，]{0,6}咨询)|得到|享受)", after
    )
    return read.who == "helper" or bool(acting and read.count.counter not in ("人次", "户"))


def _leading(read: Reading) -> bool:
    """“四位老师带市民认植物”: a few who take others along."""
    few = read.count.value < MANY and read.who != "audience" and not receiving(read)
    return few and bool(phrases.LEADING.search(read.count.after))


def _seated_to_serve(read: Reading) -> bool:
    """“三位教授坐在咖啡角，一对一帮青年看材料”; a few also where they tell something: “坐在展柜旁，讲当年…”."""
    if read.who == "audience" or not re.search(phrases.SEATED, read.count.after):
        return False
    then = _second_clause(read)
    return bool(phrases.TURNING.search(then) or (read.count.value < MANY and phrases.TELLING.search(then)))


def _second_clause(read: Reading) -> str:
    """The clause behind the one of the count, in its sentence; "" where there is none."""
    return "，".join(read.count.rest.split("，")[1:2])


def _there(read: Reading) -> bool:
    before, after = read.count.before, read.count.after
    came = re.search(phrases.COME, after) and read.who == "audience"
    told = re.search(
        rf"(?:{phrases.ATTEND}|{phrases.COME}|{phrases.HERE})[^，。]*$|来的[^，。]{{0,4}}$", before
    )
    brought = (_brought(read) and attending(_next_clause(read))) or re.search("请来|请到|邀来", after)
    signed = phrases.SIGNED.search(after) and read.count.counter == "个"
    recorded = phrases.RECORDED.search(before)
    guests = read.count.value < MANY and re.search("来了$", before) and phrases.GUESTS.search(after)
    if guests and read.who != "audience":
        return False
    return attending(after) or _all_talking(read) or bool(came or told or brought or signed or recorded)


def _next_clause(read: Reading) -> str:
    """What the people do, said in the clause behind theirs; "" where their own goes on after their noun."""
    own, *others = read.count.rest.split("，")
    noun = NOUNS.search(own)
    return others[0] if others and len(own) - (noun.end() if noun else 0) <= 2 else ""


def _served(read: Reading) -> bool:
    object_of = re.search(r"[\u4e00-\u9fff]了$", read.count.before) and read.count.counter in ("人", "余人")
    if object_of or re.search(phrases.SERVED, read.count.before) or read.count.counter in PASSES:
        return True
    given = receiving(read) and read.count.value > 2
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
        return attending(read.count.sentence) or not re.search(
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


ROLES: tuple[tuple[Role, Callable[[Reading], bool]], ...] = (
    (Role.UNCLEAR, absent.past_or_future),
    (Role.AVERAGE, absent.average),
    (Role.READERS, absent.readers),
    (Role.PART, absent.part),
    (Role.HONOURED, absent.honoured),
    (Role.TOTAL, absent.total),
    (Role.MEMBERS, absent.members),
    (Role.ONLINE, _online),
    (Role.SPEAKERS, _speaking),
    (Role.ON_THE_SPOT, visited),
    (Role.HELPERS, _staffing),
    (Role.ON_THE_SPOT, _there),
    (Role.SERVED, _served),
    (Role.ON_THE_SPOT, _audience),
)
"""The first rule that holds decides."""
