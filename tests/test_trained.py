"""A judge is trained once for each set of examples, and from memory it judges to the last bit as when it was trained."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import rules
from pipeline.classify import combined, trained
from pipeline.classify.apart import trained_apart
from tests.support import ROOT

TEXT = "组织科技志愿服务队进社区，开展义诊和科普宣传，服务群众三百余人"
JUDGE = (
    "import sys, rules; from pipeline.classify import combined; from pipeline.remembered import remembering\n"
    f"with remembering(sys.argv[1]): print(repr(combined.shares({TEXT!r}, rules.load())))\n"
    "print('sklearn' in sys.modules)"
)
TWICE = (
    "import sys, time; from pipeline import remembered\n"
    "asked = []\n"
    "def ask(): asked.append(1); time.sleep(1); return b'judge'\n"
    "with remembered.remembering(sys.argv[1]), remembered.alone('judge'):\n"
    "    print(remembered.answer('engine', 'judge', b'rules', ask), len(asked))\n"
)


def judged(folder: str) -> list[str]:
    """What a process of its own says, and whether it imported the library that trains."""
    done = subprocess.run(
        [sys.executable, "-c", JUDGE, folder], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_the_second_process_neither_trains_nor_differs(tmp_path: Path) -> None:
    first, second = (judged(str(tmp_path / "m")) for _ in range(2))

    assert first[1:] == second[1:] == ["False"], "who trains is a child, and goes"
    assert first[0] == second[0]


def test_the_child_and_this_process_train_the_same_judge_to_the_last_bit() -> None:
    given = rules.load()
    examples = given.examples[:60]

    apart = trained_apart(trained.told(examples, given.categories))

    assert apart
    assert apart == combined.trained_now(examples, given.categories)


def test_two_that_come_at_once_have_it_trained_once(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    two = [
        subprocess.Popen(
            [sys.executable, "-c", TWICE, tmp_path / "m"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]

    said = [one.communicate()[0].split() for one in two]

    assert sorted(asked for _, asked in said) == ["0", "1"]
    assert said[0][0] == said[1][0]


@pytest.mark.parametrize("spoilt", [b"", b"no judge", b"\x93\x01"])
def test_octets_that_are_no_judge_are_none(spoilt: bytes) -> None:
    assert trained.unpacked(spoilt) is None


def test_what_is_packed_comes_out_as_it_was_and_not_from_a_part_of_it() -> None:
    given = rules.load()
    judge = combined.judge_of(given.examples[:40], given.categories)
    assert judge.voice is not None
    octets = trained.packed(judge.voice, (judge.learned_weight, judge.hint_weight))

    again = trained.unpacked(octets)

    assert again is not None
    voice, counts = again
    assert counts == (judge.learned_weight, judge.hint_weight)
    assert (voice.features, voice.codes) == (judge.voice.features, judge.voice.codes)
    assert (voice.scores(TEXT) == judge.voice.scores(TEXT)).all()
    assert trained.unpacked(octets[:-1]) is None


def test_the_very_same_rules_are_known_without_being_compared_and_equal_ones_are_the_same_judge() -> None:
    given = rules.load()
    examples, categories = given.examples[:40], given.categories
    judge = combined.judge_of(examples, categories)
    asked = combined.trained_judge.cache_info()

    assert combined.judge_of(examples, categories) is judge
    assert combined.trained_judge.cache_info() == asked
    assert combined.judge_of(examples[:1] + examples[1:], categories) is judge


def test_other_examples_or_categories_are_another_judge() -> None:
    given = rules.load()
    one = trained.told(given.examples, given.categories)

    assert one != trained.told(given.examples[1:], given.categories)
    assert one != trained.told(
        (replace(given.examples[0], text="别的话"), *given.examples[1:]), given.categories
    )
    assert one != trained.told(given.examples, given.categories[1:])
