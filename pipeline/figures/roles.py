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
_HERE_OR_LIVE, _HERE = re.compile(f"{phrases.LIVE}|{phrases.HERE}"), re.compile(phrases.HERE)
_BOTH_LINES = re.compile("线上[和与、]?线下|线下[和与、]?线上")
_THEN_LIVE = re.compile(rf"^[^，。]{{0,10}}?(?:{phrases.LIVE})")
_WATCHED = re.compile(phrases.WATCHED)
_SENT_OUT = re.compile(f"{phrases.LIVE}|{phrases.BROADCAST}")
_ATTENDS = re.compile(f"(?:{phrases.ATTEND})的?$")
_FRANK = re.compile(phrases.FRANK)
_FORMAL, _SPEAKING = (
    re.compile(rf"^[^，。]{{0,40}}?(?:{verbs})") for verbs in (phrases.FORMAL, phrases.SPEAKING)
)
_HEARS = re.compile(f"{phrases.HEARING}|{phrases.ATTEND}")
_STAFF = re.compile(f"{phrases.STAFF}[共约计有]*$")
_FOR_STAFF = re.compile(phrases.FOR_STAFF)
_CAME_HERE = re.compile(rf"(?:{phrases.ATTEND}|{phrases.HERE})[^，。]*$")
_RECEIVES = re.compile(r"^[^，。]{0,6}(?:接受(?![^，]{0,6}咨询)|得到|享受)")
_SEATED = re.compile(phrases.SEATED)
_COME = re.compile(phrases.COME)
_TOLD_THERE = re.compile(rf"(?:{phrases.ATTEND}|{phrases.COME}|{phrases.HERE})[^，。]*$|来的[^，。]{{0,4}}$")
_INVITED = re.compile("请来|请到|邀来")
_DONE_TO = re.compile(r"[\u4e00-\u9fff]了$")
_SERVED = re.compile(phrases.SERVED)
_SUMMED = re.compile(r"[共计合约近达一总有]*")
_PICTURED = re.compile(f"{phrases.SHOWING}|{phrases.DEPICTED}")


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
    before = _HERE_OR_LIVE.findall(read.count.before)
    if before and _BOTH_LINES.search(read.count.before):
        return False
    after = _THEN_LIVE.search(read.count.after)
    watched = _WATCHED.search(read.clause) and not before and read.who != "audience"
    if watched and _SENT_OUT.search(read.count.sentence):
        return True
    return bool(after) or bool(before and not _HERE.fullmatch(before[-1]))


def _speaking(read: Reading) -> bool:
    after = read.count.after
    if phrases.SPOKE.search(read.count.before) or phrases.OPINION.search(after):
        return True
    if _ATTENDS.search(read.count.before):
        return False
    if _all_talking(read):
        return False
    invited = read.who != "audience" and _brought(read) and phrases.TELLING.search(_second_clause(read))
    if phrases.TROUPE.search(after) or phrases.TROUPE_BEFORE.search(read.count.before) or invited:
        return True
    spoke = (_FORMAL if _FRANK.search(read.count.sentence) else _SPEAKING).search(after)
    if spoke and not _HEARS.search(spoke.group()) and not receiving(read):
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
    if _STAFF.search(before) and not _FOR_STAFF.search(read.clause):
        return True
    if attending(after) or receiving(read) or _CAME_HERE.search(before):
        return False
    acting = phrases.STAFFING.search(after) and not _RECEIVES.search(after)
    return read.who == "helper" or bool(acting and read.count.counter not in ("人次", "户"))


def _leading(read: Reading) -> bool:
    """“四位老师带市民认植物”: a few who take others along."""
    few = read.count.value < MANY and read.who != "audience" and not receiving(read)
    return few and bool(phrases.LEADING.search(read.count.after))


def _seated_to_serve(read: Reading) -> bool:
    """“三位教授坐在咖啡角，一对一帮青年看材料”; a few also where they tell something: “坐在展柜旁，讲当年…”."""
    if read.who == "audience" or not _SEATED.search(read.count.after):
        return False
    then = _second_clause(read)
    return bool(phrases.TURNING.search(then) or (read.count.value < MANY and phrases.TELLING.search(then)))


def _second_clause(read: Reading) -> str:
    """The clause behind the one of the count, in its sentence; "" where there is none."""
    return "，".join(read.count.rest.split("，")[1:2])


def _there(read: Reading) -> bool:
    before, after = read.count.before, read.count.after
    came = _COME.search(after) and read.who == "audience"
    told = _TOLD_THERE.search(before)
    brought = (_brought(read) and attending(_next_clause(read))) or _INVITED.search(after)
    signed = phrases.SIGNED.search(after) and read.count.counter == "个"
    recorded = phrases.RECORDED.search(before)
    guests = read.count.value < MANY and before.endswith("来了") and phrases.GUESTS.search(after)
    if guests and read.who != "audience":
        return False
    return attending(after) or _all_talking(read) or bool(came or told or brought or signed or recorded)


def _next_clause(read: Reading) -> str:
    """What the people do, said in the clause behind theirs; "" where their own goes on after their noun."""
    own, *others = read.count.rest.split("，")
    noun = NOUNS.search(own)
    return others[0] if others and len(own) - (noun.end() if noun else 0) <= 2 else ""


def _served(read: Reading) -> bool:
    object_of = _DONE_TO.search(read.count.before) and read.count.counter in ("人", "余人")
    if object_of or _SERVED.search(read.count.before) or read.count.counter in PASSES:
        return True
    given = receiving(read) and read.count.value > 2
    return (
        given
        or bool(phrases.SURE_HOUSEHOLDS.search(read.count.counter))
        or (read.who == "audience" and bool(_SERVED.search(read.count.after)))
    )


def _audience(read: Reading) -> bool:
    return read.who == "audience" and (read.count.value > 2 or not read.count.after)


def _acting(read: Reading) -> bool:
    """Subject of the clause: a crowd without a noun, or people of whom the noun alone says nothing."""
    if phrases.RETOLD.search(read.count.sentence):
        return False
    if _SUMMED.fullmatch(read.count.before) and not read.count.after:
        return attending(read.count.sentence) or not _PICTURED.search(read.count.sentence)
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
