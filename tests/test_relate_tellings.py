"""Joint activities are found among the same pairs and by the same words as by comparing all with all; and in little memory."""

from __future__ import annotations

import random
import re
import tracemalloc
import unicodedata
from collections import Counter
from collections.abc import Callable
from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Activity, Classification, Filed, Judged
from pipeline.relate import joint, relate
from pipeline.relate.joint import likeness
from pipeline.relate.sent import told as words_of
from pipeline.relate.shingles import Overlap, Shingles, shared
from pipeline.relate.tellings import FEW, candidates, tellings
from rules import load
from tests import plain_tellings
from tests.test_relate import DAY, act, mail
from tests.test_relate_growth import WORDS, calls

RARE = "𠮷𡃁"
"""Characters of names that need more than 16 bits."""
ALPHABET = "科普集市义诊宣讲" + RARE
UNITS = tuple(unit.name for unit in load().units)
SURE = Classification(code=5, decided=True, confidence=0.9)
PLACES = ("", "中心广场", "渝中区中心广场", "大礼堂", "馆")


def drawn(chance: random.Random, mails: int) -> list[Filed]:
    """Mails of few units on three days, which tell again what others told, with partners, places and names of four characters."""
    told: list[str] = []
    units = UNITS[: chance.choice((4, 5, 9))]
    return [
        mail(
            number,
            unit=chance.choice(units),
            activities=tuple(_activity(chance, told, units) for _ in range(chance.choice((1, 3, 12)))),
        )
        for number in range(1, mails + 1)
    ]


def _activity(chance: random.Random, told: list[str], units: tuple[str, ...]) -> Activity:
    if told and chance.random() < 0.5:
        text = chance.choice(told)
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(ALPHABET + "78，。") + text[at + 1 :]
    else:
        held = chance.choice(("联合", "与", "")) + chance.choice((*units, "区科协"))
        name = "".join(chance.choices(ALPHABET[:5], k=chance.choice((4, 4, 5, 8))))
        text = "".join(chance.choices(ALPHABET, k=chance.choice((5, 25, 80)))) + f"，{held}举办“{name}”"
    told.append(text)
    title = "".join(chance.choices(ALPHABET[:6], k=chance.choice((3, 4, 4, 6))))
    day = DAY.date().replace(day=chance.randint(1, 3))
    return act(title, text, day, chance.choice((None, 30, 31, 40, 100)), chance.choice(PLACES))


@pytest.mark.parametrize("seed", range(8))
def test_boilerplate_is_what_counting_every_string_finds(seed: int) -> None:
    """Words, quoted names and titles of drawn seasons, as sets of strings."""
    told = tellings(drawn(random.Random(seed), 30), load().units)
    worn = plain_tellings.worn(told)

    for one in told:
        left = plain_tellings.words(one.activity) - worn
        codes = sorted(chain.from_iterable(Shingles.of(run).codes.tolist() for run in left))
        assert one.words.codes.tolist() == codes
        assert one.named == plain_tellings.quoted(one.activity) - worn
        assert one.title == ("" if (title := plain_tellings.title(one.activity)) in worn else title)
    assert worn


@pytest.mark.parametrize("seed", range(8))
def test_no_pair_that_may_be_one_activity_is_left_out(seed: int) -> None:
    """What is not compared would have been found unlike, also where a unit has many activities of one day."""
    told = tellings(drawn(random.Random(seed), 30), load().units)

    def likely(pairs: object) -> list[tuple[int, int]]:
        return [(a, b) for a, b in pairs if likeness(told[a], told[b], neighbours=True)]  # type: ignore[attr-defined]

    compared = list(candidates(told))
    assert likely(compared) == likely(plain_tellings.candidates(told))
    assert likely(compared)
    assert max(sum(one.unit == unit for one in told) for unit in UNITS) > 3 * FEW


def test_shingles_are_as_many_and_as_common_as_strings() -> None:
    """Drawn texts, some with characters above U+FFFF, one by one and with all at once."""
    chance = random.Random(7)
    texts = [
        "".join(chance.choices(ALPHABET[chance.choice((0, 6)) :], k=chance.randrange(60))) for _ in range(80)
    ]
    for length in (2, 4):
        sets = [{text[at : at + length] for at in range(len(text) - length + 1)} for text in texts]
        packed = [Shingles.of(text, length) for text in texts]
        overlap = Overlap.of(packed, packed)
        few = Overlap.of(packed, packed[:3])
        assert [len(one) for one in packed] == [len(one) for one in sets]
        for one, words in zip(packed, sets, strict=True):
            shares = [
                len(words & other) / min(len(words), len(other)) if words and other else 0.0 for other in sets
            ]
            assert [one.common(other) for other in packed] == shares
            assert np.array_equal(overlap.shares(one, 50), shares[:50])
        assert all(np.array_equal(few.shares(one, 50), overlap.shares(one, 50)) for one in packed[:3])
    assert Overlap.of([Shingles.of("")], []).shares(Shingles.of("科普集市"), 1).tolist() == [0]


def test_no_shingle_is_counted_in_fewer_texts_than_it_stands_in() -> None:
    """What is counted once stands in one text; and most of what stands in one is counted once."""
    chance = random.Random(8)
    texts = ["".join(chance.choices(WORDS, k=chance.randrange(200))) for _ in range(300)]
    each = [Shingles.of(text).codes for text in texts]
    truly = Counter(chain.from_iterable(codes.tolist() for codes in each))

    told = list(zip(each, shared(each), strict=True))

    counted = [
        (truly[code], times)
        for codes, often in told
        for code, times in zip(codes.tolist(), often.tolist(), strict=True)
    ]
    assert all(times >= stands for stands, times in counted)
    assert sum(times == 1 for _, times in counted) > 0.3 * sum(stands == 1 for stands, _ in counted)
    assert list(shared([])) == []


@given(st.text(alphabet="甲乙1２①℃éＡ<=\u0338\u0301\u3099は，。“” \n_が\u1100\u1161…㎡", max_size=12))
def test_words_are_told_as_by_bringing_the_whole_text_into_one_form_first(text: str) -> None:
    """Signs are taken out before, so that most texts need no such form."""
    plain = re.sub(r"\W+", "", unicodedata.normalize("NFKC", text))

    assert words_of((Judged(activity=act("", text, DAY.date(), None), classification=SURE),)) == plain


# ------------------------------------------------------------ memory and work a mail


def long(count: int) -> list[Filed]:
    """A season of reports of a thousand characters each, of as many units as it takes for the same number of mails each."""
    chance = random.Random(count)
    made = []
    for number in range(1, count + 1):
        text = "".join(chance.choices(WORDS, k=1000))
        day = DAY.date().replace(day=number % 28 + 1)
        activity = act(text[:6], text, day, number)
        made.append(mail(number, unit=UNITS[number % (count // 10)], address="", activities=(activity,)))
    return made


def peak(work: Callable[[], object]) -> int:
    """The most octets that *work* held at once."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("stage", ["relate", "joint"])
def test_a_mail_of_a_large_season_takes_no_more_memory_than_one_of_a_small_season(stage: str) -> None:
    """Four times the mails, within 15 % a mail; and a character takes 80 octets at most, where sets of strings took hundreds."""
    units = load().units
    work: Callable[[list[Filed]], object] = (
        relate if stage == "relate" else (lambda filed: joint(filed, units))
    )
    small, most = long(200), long(800)
    work(small)  # what is made once is made

    a_mail, of_many = peak(lambda: work(small)) / 200, peak(lambda: work(most)) / 800

    assert of_many <= 1.15 * a_mail
    assert of_many <= 80 * 1000


def test_many_activities_of_one_unit_and_day_are_not_all_compared() -> None:
    """Four times the activities of one day, told by one unit in other words: no more calls each."""
    units = load().units

    def season(mails: int) -> list[Filed]:
        chance = random.Random(mails)
        texts = ["".join(chance.choices(WORDS, k=60)) for _ in range(mails)]
        return [
            mail(number, activities=(act(text[:8], text, DAY.date(), number),))
            for number, text in enumerate(texts, 1)
        ]

    small, most = season(100), season(400)
    joint(small, units)

    assert calls(lambda: joint(most, units)) / 400 <= 1.25 * calls(lambda: joint(small, units)) / 100
