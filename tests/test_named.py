"""pipeline/commands/named.py: one way to call a unit, for papers, dossier and reprocess."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.commands import named
from pipeline.errors import UsageError
from rules import Rules
from tests.season import OUTSIDE, YUBEI, season, small_rules


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    return small_rules(tmp_path / "rules")


def test_an_alias_is_the_unit_that_has_it(rules: Rules) -> None:
    aliases = {alias: one.name for one in rules.units for alias in one.aliases}

    assert aliases
    assert {alias: named.unit(alias, (), rules) for alias in aliases} == aliases


def test_a_unit_outside_the_roster_is_known_from_its_mail(rules: Rules) -> None:
    assert named.unit(OUTSIDE, season(), rules) == OUTSIDE
    with pytest.raises(UsageError, match="没有单位"):
        named.unit(OUTSIDE, (), rules)


def test_a_part_of_a_name_is_enough_where_only_one_unit_has_it(rules: Rules) -> None:
    assert named.unit("渝北区科学", (), rules) == YUBEI


def test_where_several_could_be_meant_they_are_offered(rules: Rules) -> None:
    with pytest.raises(UsageError, match=f"相近的有：.*{YUBEI}"):
        named.unit("科学技术协会", (), rules)
