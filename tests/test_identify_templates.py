"""Which unit sent the mail: every fifth of the roster, and bodies outside it, in mails composed from templates."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import rules
from pipeline.identify import identify
from rules import Unit
from tests.labelled import reading
from tests.unit_mails import (
    AMONG_OTHERS,
    CONFLICTING,
    NICK,
    ONCE,
    TEXT,
    TITLE,
    WEAK,
    Template,
    Writer,
    doc,
)

RULES = rules.load()
UNITS = RULES.units
SAMPLE = UNITS[::5]
ASSOCIATIONS = [unit for unit in UNITS if unit.kind == "district_association"]
TWINS = {"district_association": "district_st_bureau", "district_st_bureau": "district_association"}
COUNTIES = (
    "云阳县医学会",
    "云阳县人民医院科协",
    "巫溪县中医院科学技术协会",
    "秀山县平凯街道科协",
    "忠县拔山镇科协",
    "丰都县三建乡科协",
    "奉节县脐橙产业协会",
    "重庆铁马工业集团有限公司科协",
    "重庆建工集团股份有限公司科协",
    "重庆工商大学科协",
    "重庆市渝北区中医院科协",
    "重庆市青少年科技辅导员协会",
)
"""Associations and societies outside the roster whose names are whole as they are written."""
DISTRICTS = ("綦江区人民医院科协", "涪陵区白涛街道科协", "梁平区屏锦镇科协", "大足区老科学技术工作者协会")
"""The same with the city left out before a district: theirs is the name, and a person sees it where it stands once."""
OTHERS = ("垫江县农业技术推广中心", "石柱县中益乡人民政府", "重庆市第八中学校", "重庆自然博物馆")
"""Bodies that are no associations."""


def _short(unit: Unit) -> str:
    return unit.aliases[0] if unit.aliases else unit.name


def _writer(unit: Unit) -> Writer:
    at = UNITS.index(unit)
    strangers = [one for one in ASSOCIATIONS if one.district != unit.district]
    posted = [one for one in UNITS if one.addresses and one.district != unit.district]
    kind = TWINS.get(unit.kind, unit.kind)
    same = [one for one in UNITS if one.kind == kind and one != unit]
    near = [one for one in same if one.district == unit.district] if unit.kind in TWINS else same
    address = posted[at % len(posted)].addresses[0]
    return Writer(
        name=unit.name,
        short=_short(unit),
        twin=_short(near[at % len(near)]),
        other=_short(strangers[at % len(strangers)]),
        other_address=address if "@" in address else f"office@{address}",
    )


def _stranger(name: str) -> Writer:
    district = next((one for one in ASSOCIATIONS if one.district[:2] in name), ASSOCIATIONS[3])
    other = ASSOCIATIONS[5] if district is not ASSOCIATIONS[5] else ASSOCIATIONS[6]
    return Writer(
        name=name, short=name, twin=_short(district), other=_short(other), other_address="x@cqu.example"
    )


def _wrong(template: Template, names: Sequence[tuple[str, Writer]], *, decided: bool) -> list[str]:
    """Units that *template* is not booked on, or not as surely as wanted."""
    found = [(name, identify(template(writer), UNITS, RULES.notice)) for name, writer in names]
    return [
        f"{name}: {one.best} {one.decided}"
        for name, one in found
        if (one.best, one.decided) != (name, decided)
    ]


ROSTERED = [(unit.name, _writer(unit)) for unit in SAMPLE]


@pytest.mark.parametrize("template", ONCE + AMONG_OTHERS, ids=lambda template: template.__name__)
def test_any_unit_that_speaks_for_itself_is_booked_without_asking(template: Template) -> None:
    assert _wrong(template, ROSTERED, decided=True) == []


@pytest.mark.parametrize("template", CONFLICTING, ids=lambda template: template.__name__)
def test_evidence_that_conflicts_is_left_to_a_person_with_both_named(template: Template) -> None:
    for unit in SAMPLE:
        found = identify(template(_writer(unit)), UNITS, RULES.notice)

        assert not found.decided
        assert unit.name in {candidate.name for candidate in found.candidates}
        assert len(found.candidates) >= 2


@pytest.mark.parametrize("template", WEAK, ids=lambda template: template.__name__)
def test_weak_evidence_alone_is_a_proposal(template: Template) -> None:
    assert _wrong(template, ROSTERED, decided=False) == []


@pytest.mark.parametrize("template", ONCE + AMONG_OTHERS, ids=lambda template: template.__name__)
def test_an_association_outside_the_roster_stays_itself(template: Template) -> None:
    assert _wrong(template, [(name, _stranger(name)) for name in COUNTIES], decided=True) == []
    for name in DISTRICTS:
        assert identify(template(_stranger(name)), UNITS, RULES.notice).best == name


@pytest.mark.parametrize("name", DISTRICTS)
def test_a_district_without_its_city_must_be_written_twice(name: str) -> None:
    once = reading("总结", sender=NICK, files=[doc(TITLE, *TEXT, name)])
    twice = reading("总结", sender=NICK, files=[doc(f"{name}{TITLE}", *TEXT, name)])

    assert not identify(once, UNITS, RULES.notice).decided
    assert identify(twice, UNITS, RULES.notice).decided


@pytest.mark.parametrize("template", ONCE + AMONG_OTHERS, ids=lambda template: template.__name__)
def test_no_body_outside_the_roster_is_booked_on_another(template: Template) -> None:
    for name in OTHERS:
        found = identify(template(_stranger(name)), UNITS, RULES.notice)

        assert (found.best, found.in_roster) == (name, False)


@pytest.mark.parametrize("template", CONFLICTING, ids=lambda template: template.__name__)
def test_a_body_and_the_association_of_its_district_are_never_mixed_up(template: Template) -> None:
    for name in COUNTIES + DISTRICTS:
        assert not identify(template(_stranger(name)), UNITS, RULES.notice).decided


AREAS = [unit for unit in SAMPLE if unit.kind in TWINS]


@pytest.mark.parametrize("unit", AREAS, ids=lambda unit: unit.id)
def test_a_district_named_alone_is_the_body_that_the_mail_speaks_as(unit: Unit) -> None:
    area = unit.district[:2] + "县" if "自治" in unit.district else unit.district
    ours = area[-1] + unit.aliases[0][-2:] if unit.kind == "district_association" else area[-1] + "科技局"
    signed = reading(f"{area}活动总结", sender=NICK, files=[doc(TITLE, *TEXT, ours, "2024年6月3日")])
    said = reading("总结", sender=NICK, body=f"这是我们{ours}的总结。", files=[doc(f"{area}{TITLE}", *TEXT)])
    sent = reading("材料", sender=(_short(unit), "12@qq.example"), files=[doc(f"{area}{TITLE}", *TEXT)])

    for mail in (signed, said, sent):
        found = identify(mail, UNITS, RULES.notice)
        assert (found.best, found.decided) == (unit.name, True)


@pytest.mark.parametrize("unit", AREAS, ids=lambda unit: unit.id)
def test_a_district_named_alone_with_nothing_besides_is_a_proposal(unit: Unit) -> None:
    found = identify(
        reading("总结", sender=NICK, files=[doc(f"{unit.district}{TITLE}", *TEXT)]), UNITS, RULES.notice
    )

    assert not found.decided
    assert unit.name in {candidate.name for candidate in found.candidates}
