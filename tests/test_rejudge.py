"""Rules go to the processes that judge as one object, and the benchmark of judging again does what it says."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import rules
from bench import rejudge
from pipeline.archive import FolderArchive
from pipeline.executor import Serial
from pipeline.records import State
from pipeline.register import Register
from pipeline.worker import Worker


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

    seconds, read_again = rejudge.rejudged(data, rules.load(changed), "serial")

    assert seconds > 0
    assert read_again == 0
    register = Register(data / "register.db", year=2024, new=False)
    assert [len(register.events(accession=f"2024-0000{n}", action="file")) for n in range(1, 6)] == [2] * 5
    register.close()


def test_after_a_rule_change_no_reader_runs_and_the_octets_are_checked_all_the_same(tmp_path: Path) -> None:
    """What is filed comes from the kept reading: the octets of these mails, read again, would say nothing."""
    data, changed = tmp_path / "data", rules.load(rejudge.changed_rules(tmp_path / "rules"))
    ((_, reading),) = rejudge.mails(rejudge.SAMPLES)[1:2]
    told = rejudge.fill(data, [(b"no mail at all", reading)], 2)
    archive = FolderArchive(data / "archive")
    register = Register(data / "register.db", year=2024, new=False)
    _alter(data / "archive", register.item("2024-00002").sha256)

    Worker(archive=archive, register=register, rules=changed, executor=Serial()).process()

    actions = [event.action for event in register.events(accession="2024-00001")]
    filing = register.filing("2024-00001")
    assert (actions.count("file"), actions.count("fixity"), actions.count("unpack")) == (2, 2, 1)
    assert filing is not None
    assert 2 * len(filing.activities) == told > 0
    assert len(register.events(accession="2024-00002", action="file")) == 1
    assert register.item("2024-00002").state is State.HELD
    register.close()


def _alter(folder: Path, sha256: str) -> None:
    """Change one octet of a blob."""
    path = folder / sha256[:2] / sha256[2:4] / sha256
    path.chmod(0o600)
    path.write_bytes(b"N" + path.read_bytes()[1:])
