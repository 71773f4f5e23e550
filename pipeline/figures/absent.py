"""Counts of people who were not there: of other days, averaged, of readers, of a part, honoured or shown, of a whole body.

Source: the labelling guide, C.2: no participants, whatever else stands.
Limits: as in pipeline/figures/roles.py, which asks these rules first.
"""

from __future__ import annotations

import re

from pipeline.figures import phrases
from pipeline.figures.clauses import PASSES, Reading, attending, receiving, visited
from pipeline.figures.heads import COUNTER, NEAR
from pipeline.figures.numbers import NUMBER

FEW = 100
"""People of a column at most."""
_ATTEND, _SERVED, _SPEAKING = map(re.compile, (phrases.ATTEND, phrases.SERVED, phrases.SPEAKING))
_CAME = re.compile(f"{phrases.ATTEND}|{phrases.COME}|{phrases.SERVED}")
_CAME_OR_COMES = re.compile(f"{_CAME.pattern}|(?<!留下)来")
_CAME_HERE = re.compile(f"{_CAME.pattern}|{phrases.HERE}|其中")
_CAME_BEFORE = re.compile(f"{_CAME.pattern}|[来去到]的")
_COUNTED = re.compile(f"{phrases.ATTEND}|{phrases.SERVED}|{phrases.HERE}")
_TO_THEM = re.compile(r"[给为向][^，]*$")
_COUNT = re.compile(rf"{NUMBER}(?:{COUNTER})")


def past_or_future(read: Reading) -> bool:
    """Counts of another year, of a mistake that is put right, of seats, intentions and those who sent something in."""
    before = read.count.before
    untold = phrases.NOT_DONE.search(before) or phrases.GIVERS.search(before)
    away = (
        phrases.MAKERS.search(read.count.after)
        or phrases.LENDERS.search(read.count.after)
        or phrases.FRUIT.search(read.count.sentence)
    )
    return bool(untold or away or phrases.BEFORE_NOW.search(_of_today(read.count.sentence)))


def _of_today(sentence: str) -> str:
    """*sentence* behind its last “今年”, without the clauses in which people of today tell of bygone days."""
    return phrases.RECALLED.sub("", phrases.NOW.split(sentence)[-1])


def average(read: Reading) -> bool:
    """Per session or day, at most or at least, or for each."""
    before = read.count.before
    spread = phrases.EACH.search(before) and not phrases.SUM.search(before)
    return bool(spread or phrases.EXTREME.search(before) or phrases.APIECE.search(read.count.after))


def readers(read: Reading) -> bool:
    """Who read, liked or were sent words; not who went through an exhibition online."""
    looked = phrases.READING.search(read.count.before) or phrases.READ.search(read.count.after)
    return bool(looked and not phrases.VIRTUAL.search(read.count.sentence))


def part(read: Reading) -> bool:
    """Some of those counted before, and one person alone."""
    before, after = read.count.before, read.count.after
    if (phrases.PART.search(before) and not visited(read) and not _of_a_whole(read)) or (
        read.count.value < 2 and read.count.counter not in PASSES
    ):
        return True
    if not phrases.SOME.search(before) or not after or read.count.counter in PASSES:
        return False
    return not _CAME_OR_COMES.search(after)


def _of_a_whole(read: Reading) -> bool:
    """“380名会员中有210名收看”: the ones who did it, told of a body that did nothing."""
    told = read.count.sentence
    return bool(phrases.OF_THEM.search(told) and attending(read.count.after) and not _CAME_HERE.search(told))


def honoured(read: Reading) -> bool:
    """Chosen or made known; not where the count is of people who attend or are visited."""
    before, after = read.count.before, read.count.after
    if (phrases.PICKED.search(before) and not visited(read)) or _of_a_column(read):
        return True
    thing = phrases.OBJECT.search(read.count.rest)
    named = thing is not None and not phrases.LOOKING.search(thing.group())
    if phrases.PRIZE.search(before) or phrases.CHOSEN.search(after) or named:
        return not receiving(read) or bool(phrases.CHOSEN.search(after))
    if attending(after) or visited(read):
        return False
    shown = phrases.SHOWN.search(before)
    if shown and not _ATTEND.search(shown["gap"]):
        return True
    return (read.who == "honoured" and not receiving(read)) or _on_show(read)


def _of_a_column(read: Reading) -> bool:
    """A few people in a sentence about a column, a song or a list of honour, of whom nothing says that they came."""
    count = read.count
    few = count.counter in ("名", "位") and count.value <= FEW and read.who != "audience"
    came = _CAME.search(count.after)
    return bool(few and not came and phrases.COLUMN.search(count.sentence))


def _on_show(read: Reading) -> bool:
    """Made known by something that people read or look at, which the sentence names before or behind them."""
    count = read.count
    if count.counter in PASSES or read.who == "audience" or _SERVED.search(count.before) or receiving(read):
        return False
    told = (
        phrases.ON_SHOW.search(count.sentence)
        or phrases.ABOVE.search(count.sentence)
        or phrases.MADE_INTO.search(count.rest)
    )
    return bool(told or phrases.IN_TURN.search(count.sentence + count.rest))


def total(read: Reading) -> bool:
    """Over several activities."""
    return bool(phrases.TOTAL.search(read.count.sentence))


def members(read: Reading) -> bool:
    """Of a body, or written to: the number says nothing of who came."""
    before, after = read.count.before, read.count.after
    whole = phrases.WHOLE.search(after) and not _CAME_BEFORE.search(before)
    if whole and _organised(read):
        return False
    if whole or phrases.DEVICES.search(after) or phrases.SIZE.search(after):
        return True
    if attending(after) or visited(read):
        return False
    addressed = phrases.ADDRESSED.search(before) and not _SPEAKING.search(after)
    letter = phrases.LETTER.search(after) and _TO_THEM.search(before)
    counted = _COUNTED.search(before)
    size = not after and phrases.BODY.search(before)
    member = (size or phrases.MEMBER.search(before)) and not phrases.DOING.search(after)
    return bool(addressed or letter or (member and not counted))


def _organised(read: Reading) -> bool:
    """“组织会员参观。38名会员里，年纪最大的81岁”: of those who came, where no other count says who of them did."""
    count = read.count
    told = count.run.text[: count.start][-NEAR:]
    others = _COUNT.search(count.rest)
    return bool(not count.before and not others and count.value > 2 and phrases.ORGANISED.search(told))
