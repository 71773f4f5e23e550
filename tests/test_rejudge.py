"""Rules go to the processes that judge as one object, and the benchmark of judging again does what it says."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import rules
from bench import rejudge


def test_rules_that_travel_twice_arrive_as_one_object_that_says_the_same() -> None:
    given = rules.load()

    first, second = pickle.loads(pickle.dumps(given)), pickle.loads(pickle.dumps(given))

    assert first == given
    assert first is second


def test_rules_that_differ_in_anything_arrive_as_they_are_even_under_one_digest() -> None:
    given = rules.load()
    other = replace(given, examples=given.examples[1:])

    assert pickle.loads(pickle.dumps(other)) == other
    assert pickle.loads(pickle.dumps(given)) == given


def test_the_benchmark_judges_every_filing_again(tmp_path: Path) -> None:
    data, changed = tmp_path / "data", rejudge.changed_rules(tmp_path / "rules")
    these = rejudge.mails(rejudge.SAMPLES)[:3]
    assert rejudge.fill(data, these, 5) > 0

    assert rejudge.rejudge(data, rules.load(changed), "serial") > 0

    from pipeline.register import Register

    register = Register(data / "register.db", year=2024, new=False)
    assert [len(register.events(accession=f"2024-0000{n}", action="file")) for n in range(1, 6)] == [2] * 5
    register.close()
