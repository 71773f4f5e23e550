"""A season of many mails is related as a small one is: the same relations, and no more work a mail."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import FrameType

import pytest

from pipeline.records import Filed, Identification, Kind, Notice, Relation
from pipeline.relate import relate
from pipeline.relate.copies import forwards
from pipeline.relate.recalls import recalls
from pipeline.relate.sent import sent
from pipeline.relate.successors import successors
from pipeline.season import season
from rules import load
from tests import plain_relations
from tests.test_relate import DAY, act, mail

UNITS = tuple(f"重庆市第{number}区科学技术协会" for number in range(8))
WORDS = tuple(
    "科普集市义诊宣讲展览讲座社区中学居民医生工程师学生志愿服务走访慰问座谈报告参观体验种植养殖气象防灾急救用电"
)
SMALL, LARGE = 300, 1200


def drawn(chance: random.Random, count: int) -> list[Filed]:
    """A season of *count* mails: new reports, the same again, restated, corrected, supplemented, forwarded, recalled."""
    made: list[Filed] = []
    told: list[str] = []
    for number in range(1, count + 1):
        old = chance.choice(told) if told and chance.random() < 0.5 else ""
        text = _retold(chance, old) if old else _text(chance)
        told.append(text)
        kinds = (Kind.SUBMISSION,) * 6 + (Kind.CORRECTION, Kind.SUPPLEMENT)
        announces = chance.choice((None,) * 12 + (Notice.FORWARD, Notice.RECALL))
        day = DAY.date().replace(day=chance.randint(1, 9))
        one = mail(
            number,
            unit=chance.choice(UNITS[:3]),
            kind=chance.choice(kinds) if announces is None else Kind.OTHER,
            subject=chance.choice(("活动总结", "更正：活动总结", "科普集市情况", "宣讲报告")),
            digest=f"{chance.randint(0, count):064x}",
            announces=announces,
            address=chance.choice(("", "a@x.example", "b@x.example")),
            activities=(act(text[:6], text, day, chance.choice((None, 30, 40))),),
        )
        made.append(_varied(chance, one, made))
    chance.shuffle(made)
    return made


def _text(chance: random.Random) -> str:
    return "".join(chance.choices(WORDS, k=chance.choice((3, 30, 120)))) + f"{chance.randint(1, 99)}人"


def _retold(chance: random.Random, text: str) -> str:
    """*text* as it was, or with another figure, or with a few other characters."""
    for _ in range(chance.choice((0, 0, 1, 2, 6))):
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice((*WORDS[:5], "7", "88")) + text[at + 1 :]
    return text


def _varied(chance: random.Random, one: Filed, earlier: Sequence[Filed]) -> Filed:
    """Some units in doubt or unknown, some answers, some that name the day of an earlier mail."""
    filing = one.filing
    assert filing is not None
    answered = chance.choice(earlier).filing if earlier and chance.random() < 0.3 else None
    best = None if chance.random() < 0.1 else filing.identification.best
    return replace(
        one,
        filing=replace(
            filing,
            mail=replace(filing.mail, in_reply_to=answered.mail.message_id if answered else ""),
            identification=Identification(
                best=best, in_roster=True, decided=best is not None and chance.random() < 0.7
            ),
            kind_words=chance.choice(("", "6月10日报送的", "6月11日")),
        ),
    )


@pytest.mark.parametrize("seed", range(25))
def test_relations_are_those_that_comparing_each_with_all_finds(seed: int) -> None:
    """Recalls, forwards and successors of drawn seasons, by index and plainly."""
    mails = sent(drawn(random.Random(seed), 60 + seed))

    def found(*stages: Callable[..., object]) -> dict[str, Relation]:
        relations = {one.accession: Relation(accession=one.accession) for one in mails}
        for stage in stages:
            stage(mails, relations)
        return relations

    quick = found(recalls, forwards, successors)

    assert quick == found(plain_relations.recalls, plain_relations.forwards, plain_relations.successors)
    assert sum(one != Relation(accession=accession) for accession, one in quick.items()) > 10


# ------------------------------------------------------------ no more work a mail


def large(count: int) -> list[Filed]:
    """A season of *count* mails of eight units, each with its own words; one in twenty corrects an earlier one."""
    chance = random.Random(count)
    made: list[Filed] = []
    for number in range(1, count + 1):
        corrects = number > 100 and number % 20 == 0
        earlier = made[number - 1 - 8 * chance.randint(1, 9)].filing if corrects else None
        text = earlier.activities[0].activity.text if earlier else "".join(chance.choices(WORDS, k=150))
        made.append(
            mail(
                number,
                kind=Kind.CORRECTION if corrects else Kind.SUBMISSION,
                unit=UNITS[(number - 1) % 8],
                address=f"{(number - 1) % 8}@x.example",
                activities=(act(text[:6], text, DAY.date().replace(day=number % 28 + 1), number),),
                announces=Notice.FORWARD if number % 50 == 1 else None,
            )
        )
    return made


def calls(work: Callable[[], object]) -> int:
    """How many functions *work* calls, in Python and in C."""
    count = 0

    def hear(_frame: FrameType, what: str, _about: object) -> None:
        nonlocal count
        count += what in ("call", "c_call")

    sys.setprofile(hear)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("stage", ["relate", "season"])
def test_a_mail_of_a_large_season_takes_no_more_calls_than_one_of_a_small_season(stage: str) -> None:
    """Counted, not timed: four times the mails of the same units, within 15 % a mail."""
    units = load()
    work: Callable[[list[Filed]], object] = (
        relate if stage == "relate" else (lambda filed: season(filed, (), units))
    )
    small, most = large(SMALL), large(LARGE)
    work(small)  # what is made once is made

    a_mail = calls(lambda: work(small)) / SMALL
    of_many = calls(lambda: work(most)) / LARGE

    assert of_many <= 1.15 * a_mail
