"""A season that is planted: 300 mails as real octets to a roster of 230 units, and the truth about each unit.

Purpose: `season(units) -> Planted`, what tests/test_planted_season.py takes through the whole pipeline.
Source: the notice, part 4 (四); the words are made up, the units are the first 230 of the roster.
Limits: nothing random that is not seeded. Reports are plain and complete in what they tell: the season asks whether what is
sent, lacking or late is counted rightly, not whether odd phrasings are understood.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from rules import Unit
from tests import planted_words as words
from tests.planted_files import address_of, person, report, short, supplement
from tools.samplemaker import documents
from tools.samplemaker.mime import Entity, attachment, message, multipart, text
from tools.samplemaker.story import Clerk, Story

UNITS, MAILS = 230, 300
SEED = 20240530
BEIJING = timezone(timedelta(hours=8))
DEADLINE = datetime(2024, 6, 20, 23, 59, 59, tzinfo=BEIJING)
NEVER, LATE, CORRECTED, SUPPLEMENTED, AGAIN, NAMELESS, TORN, ASKING, AUTOMATIC = (
    38,
    30,
    28,
    22,
    18,
    4,
    6,
    10,
    6,
)
LACKING = (("经验",), ("建议",), ("影像",), ("联系人",), ("成效",), ("经验", "建议"), ("影像", "联系人"))
EACH_LACKING = 7
"""Units that lack each of LACKING in all that they send."""


@dataclass(kw_only=True)
class Truth:
    """What is true of one unit. sent: False: 未报送. lacks: of 成效, 经验, 建议, 影像, 联系人. days_late: of its first mail."""

    unit: Unit
    sent: bool = True
    lacks: tuple[str, ...] = ()
    days_late: int = 0


@dataclass(kw_only=True)
class Planted:
    """The mails (file name to octets), the truth about each unit, and the subjects of mails that nobody can decide."""

    mails: dict[str, bytes] = field(default_factory=dict)
    truths: list[Truth] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)

    @property
    def never(self) -> set[str]:
        """未报送: names of the units."""
        return {one.unit.name for one in self.truths if not one.sent}

    @property
    def lacking(self) -> dict[str, tuple[str, ...]]:
        """缺件: name of each unit that lacks something to what."""
        return {one.unit.name: one.lacks for one in self.truths if one.lacks}

    @property
    def late(self) -> dict[str, int]:
        """逾期: name of each unit that was late to the days."""
        return {one.unit.name: one.days_late for one in self.truths if one.days_late}


def season(units: Sequence[Unit], seed: int = SEED) -> Planted:
    """Plant the season for the first UNITS of *units*; another *seed* deals other gaps and words."""
    return _Sower(units[:UNITS], seed).sown()


class _Sower:
    """The season while it is planted."""

    def __init__(self, units: Sequence[Unit], seed: int) -> None:
        self.chance = random.Random(seed)
        self.planted = Planted(truths=[Truth(unit=unit) for unit in units])
        self.again = 0

    def sown(self) -> Planted:
        """Deal out the gaps, then write the mails."""
        senders = self.planted.truths[:]
        torn = [one for one in senders if one.unit.kind == "district_association"][:TORN]
        bureaus = [self._bureau(one.unit) for one in torn]
        free = [one for one in senders if one not in torn and one not in bureaus]
        self.chance.shuffle(free)
        never, free = free[:NEVER], free[NEVER:]
        for one in never:
            one.sent = False
        for number, one in enumerate(free[: EACH_LACKING * len(LACKING)]):
            one.lacks = LACKING[number % len(LACKING)]
        self._late(free)
        corrected, supplemented = free[-CORRECTED:], free[-CORRECTED - SUPPLEMENTED : -CORRECTED]
        for one in self.planted.truths:
            if one.sent:
                self._first(one, one in corrected, one in supplemented, again=one in free[:AGAIN])
        for one in torn:
            self._torn(one.unit)
        self._nameless()
        self._others(never)
        return self.planted

    def _bureau(self, association: Unit) -> Truth:
        return next(
            one
            for one in self.planted.truths
            if one.unit.kind == "district_st_bureau" and one.unit.district == association.district
        )

    def _late(self, free: Sequence[Truth]) -> None:
        """Some of those that lack something and some that are complete; the first one by a single second."""
        for number, one in enumerate(free[40 : 40 + LATE]):
            one.days_late = 1 + number % 6

    # ------------------------------------------------------------ mails

    def _first(self, one: Truth, corrected: bool, supplemented: bool, *, again: bool) -> None:
        """The unit's report; a correction in its place, what it forgot, or the same once more, days later."""
        unit = one.unit
        at = self._arrival(one.days_late)
        who = person(self.chance)
        lacks = one.lacks
        if corrected:
            wrong = self.chance.choice(((), ("经验",), ("建议",), ("联系人",)))
            self._post(unit, at, self._subject(unit), report(self.chance, unit, who, wrong))
            later = at + timedelta(days=self.chance.randint(1, 3), hours=1)
            subject = f"更正：{self._subject(unit)}（以此件为准）"
            self._post(
                unit,
                later,
                subject,
                report(self.chance, unit, who, lacks),
                note="此前报送的总结有误，请以此件为准。",
            )
            return
        if supplemented:
            forgotten = self.chance.choice(("影像", "建议"))
            self._post(unit, at, self._subject(unit), report(self.chance, unit, who, (*lacks, forgotten)))
            self._post(unit, at + timedelta(days=2), *supplement(self.chance, unit, forgotten))
            return
        files = report(self.chance, unit, who, lacks)
        self._post(unit, at, self._subject(unit), files)
        if again:
            self.again += 1
            note = "怕没收到，再发一次。" if self.again % 2 else ""
            self._post(unit, at + timedelta(days=1), self._subject(unit), files, note=note)

    def _arrival(self, days_late: int) -> datetime:
        if days_late == 1:
            return DEADLINE + timedelta(seconds=self.chance.choice((1, 3600, 86_400)))
        if days_late:
            return DEADLINE + timedelta(days=days_late - 1, seconds=self.chance.randint(1, 86_400))
        return DEADLINE - timedelta(seconds=self.chance.choice((0, self.chance.randint(1, 20 * 86_400))))

    def _subject(self, unit: Unit) -> str:
        form = self.chance.choice(
            (
                "{}2024年全国科技工作者日活动总结",
                "{}报送全国科技工作者日活动情况",
                "全国科技工作者日活动总结（{}）",
            )
        )
        return form.format(short(unit))

    def _torn(self, association: Unit) -> None:
        """A report that two units sign alike: whose it is only a person can say."""
        bureau = self._bureau(association).unit
        at = self._arrival(0)
        told = words.report(
            f"{association.name}\n> {bureau.name}",
            f"{association.district}",
            self.chance,
            lacks=(),
            contact="",
            day="2024年6月10日",
        )
        subject = f"{association.district}全国科技工作者日活动总结"
        self.planted.undecided.append(subject)
        files = (attachment(documents.word(told), "活动总结.docx", documents.DOCX),)
        self._mail(
            at,
            (association.district, f"{association.id.lower()}-torn@qq.example"),
            subject,
            "请查收。",
            files,
        )

    def _nameless(self) -> None:
        for number in range(NAMELESS):
            told = words.report("", "我们", self.chance, lacks=("联系人",), contact="", day="2024年6月12日")
            subject = f"活动总结{number + 1}"
            self.planted.undecided.append(subject)
            files = (attachment(documents.word(told), "新建 Microsoft Word 文档.docx", documents.DOCX),)
            self._mail(
                self._arrival(0), ("山高水长", f"5512000{number}@qq.example"), subject, "请查收", files
            )

    def _others(self, never: Sequence[Truth]) -> None:
        """Questions of units that never report, automatic answers, and strangers, until there are MAILS."""
        for one in never[:ASKING]:
            sender, subject, body = (each.format(short=short(one.unit)) for each in words.QUESTION)
            self._mail(self._arrival(0), (sender, address_of(one.unit)), subject, body)
        for one in never[ASKING : ASKING + AUTOMATIC]:
            subject, body = words.AUTOMATIC
            self._mail(
                self._arrival(0), (short(one.unit), address_of(one.unit)), subject, body, automatic=True
            )
        number = 0
        while len(self.planted.mails) < MAILS:
            sender, address, subject, body = words.OTHERS[number % len(words.OTHERS)]
            self._mail(self._arrival(0), (sender, address), f"{subject}（{number + 1}）", body)
            number += 1

    def _post(self, unit: Unit, at: datetime, subject: str, files: Sequence[Entity], note: str = "") -> None:
        body = f"市科协：\n{note or '活动总结见附件，请查收。'}\n{short(unit)}"
        self._mail(at, (short(unit), address_of(unit)), subject, body, files)

    def _mail(
        self,
        at: datetime,
        sender: tuple[str, str],
        subject: str,
        body: str,
        files: Sequence[Entity] = (),
        *,
        automatic: bool = False,
    ) -> None:
        slug = f"{len(self.planted.mails) + 1:03}"
        story = Story(
            slug=slug,
            received=at,
            sender=sender[0],
            address=sender[1],
            subject=subject,
            clerk=Clerk(kind="", note=""),
        )
        entity = multipart("mixed", text(body), *files) if files else text(body)
        self.planted.mails[f"{slug}.eml"] = message(
            story, entity, {"Auto-Submitted": b"auto-replied"} if automatic else None
        )
