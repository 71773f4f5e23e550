"""报送进度: exactly one state a unit, what it lacks, whom to call; and 未报送, made of the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from outputs.tables.progress import tally
from outputs.tables.season import Season
from outputs.tables.sheet import Column, decided
from pipeline.evaluate import evaluate
from pipeline.evaluate.progress import Progress, Standing, counts, progress
from pipeline.records import (
    Code,
    Correction,
    Filed,
    Joint,
    Link,
    Pair,
    Problem,
    Reuse,
    Scope,
    State,
    Status,
    Use,
)
from rules import Rules
from tests.season import (
    BANAN,
    BUREAU,
    JIANGJIN,
    OUTSIDE,
    SILENT,
    SOCIETY,
    UNIVERSITY,
    YUBEI,
    at,
    custody,
    identified,
    part,
    season,
    small_rules,
)
from tests.tabled import by_id, judged, rows, sheets


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


def _progress(filed: Sequence[Filed], rules: Rules) -> dict[str, Progress]:
    return {one.unit: one for one in progress(filed, evaluate(filed, rules), rules)}


def _yubei(**traits: object) -> Filed:
    """A mail that is complete, in time and without a question, with other *traits* of its filing."""
    first = season()[0]
    assert first.filing is not None
    return replace(first, filing=replace(first.filing, **traits))  # type: ignore[arg-type]


def test_a_complete_report_in_time_is_whole(rules: Rules) -> None:
    found = _progress([_yubei()], rules)[YUBEI]

    assert (found.standing, found.missing, found.asked, found.late) == (Standing.COMPLETE, (), 0, False)
    assert (found.accessions, found.activities, found.first) == (("2024-00001",), 4, at(12))
    assert [one.phone for one in found.contacts] == ["023-55500121"]


def test_a_unit_of_which_no_mail_counts_has_not_sent(rules: Rules) -> None:
    first = season()[0]
    held = replace(first, item=replace(first.item, state=State.HELD, reason="读件超时"))

    for filed in ([], [held]):
        found = _progress(filed, rules)[YUBEI]
        assert (found.standing, found.first, found.accessions) == (Standing.NOTHING, None, ())


def test_whatever_is_missing_makes_a_report_incomplete_whatever_else_is_true_of_it(rules: Rules) -> None:
    late = replace(
        _yubei(contact=None, suggestions=()), item=replace(season()[0].item, received=at(23, 0, 0, 1))
    )
    found = _progress([late], rules)[YUBEI]

    assert (found.standing, found.missing) == (Standing.INCOMPLETE, ("建议", "联系人"))
    assert (found.late, found.late_days) == (True, 3)


@pytest.mark.parametrize(("hour", "standing"), [(0, Standing.COMPLETE), (1, Standing.LATE)])
def test_one_second_after_the_deadline_is_late(rules: Rules, hour: int, standing: Standing) -> None:
    received = at(21) if hour else at(20, 23, 59, 59)
    found = _progress([replace(_yubei(), item=replace(season()[0].item, received=received))], rules)[YUBEI]

    assert (found.standing, found.late_days) == (standing, hour)


def test_what_a_replaced_mail_brought_in_time_is_not_late(rules: Rules) -> None:
    """The unit reported in time; its correction came later."""
    filed = [
        replace(one, item=replace(one.item, received=at(22))) if one.item.accession == "2024-00006" else one
        for one in season()
    ]

    assert _progress(filed, rules)[BANAN].late_days == 0


def test_a_time_that_no_server_states_is_a_question(rules: Rules) -> None:
    item = replace(season()[0].item, received_from="date", received=at(12), captured=at(22))
    found = _progress([replace(_yubei(), item=item)], rules)[YUBEI]

    assert (found.standing, found.late_days, found.late_sure) == (Standing.ASKED, 2, False)


def _doubtful() -> Filed:
    one = _yubei()
    assert one.filing is not None
    first = one.filing.activities[0]
    return judged(one, 1, replace(first, classification=replace(first.classification, decided=False)))


@pytest.mark.parametrize(
    "filed",
    [
        _doubtful(),
        _yubei(identification=identified(YUBEI, decided=False, others=(BANAN,))),
        _yubei(problems=(Problem(code=Code.SENDER, detail="发件地址第一次代表该单位来件"),)),
        _yubei(problems=(Problem(code=Code.COMPARE, detail="60 与 66"),)),
        _yubei(parts=(*(season()[0].filing.parts), part("4/补充.pdf", "补充.pdf", Status.NEEDS_OCR))),  # type: ignore[union-attr]
        _yubei(links=(Link(part="1", kind="qq", name="照片.zip", url="https://a.example/1"),)),
        replace(
            _yubei(),
            joint=(
                Joint(
                    members=(("2024-00001", 1), ("2024-00008", 1)),
                    units=(YUBEI, BUREAU),
                    decided=False,
                    words="同一天",
                ),
            ),
        ),
        replace(
            _yubei(),
            reused=(
                Reuse(
                    uses=(
                        Use(accession="2024-00001", part="3/照片.jpg", unit=YUBEI),
                        Use(accession="2024-00006", part="3/照片.jpg", unit=BANAN),
                    ),
                    scope=Scope.UNITS,
                    exact=True,
                    alike=1,
                ),
            ),
        ),
    ],
    ids=["category", "unit", "sender", "compare", "unread", "link", "joint", "photograph"],
)
def test_what_a_person_must_decide_is_one_question(rules: Rules, filed: Filed) -> None:
    found = _progress([filed], rules)[YUBEI]

    assert (found.standing, found.asked) == (Standing.ASKED, 1)


@pytest.mark.parametrize(
    ("field", "standing"),
    [
        ("question/sender", Standing.COMPLETE),
        ("question/compare-0a1b2c3d", Standing.ASKED),
        ("question/aside-1", Standing.ASKED),
    ],
)
def test_an_answer_closes_the_question_that_it_is_about_and_no_other(
    rules: Rules, field: str, standing: Standing
) -> None:
    filed = [_yubei(problems=(Problem(code=Code.SENDER, detail="第一次代表该单位来件"),))]
    answers = [("2024-00001", field)]

    found = next(one for one in progress(filed, evaluate(filed, rules), rules, answers) if one.unit == YUBEI)

    assert found.standing is standing


def test_what_was_answered_in_the_questions_is_asked_no_more_in_the_progress(rules: Rules) -> None:
    """The answers are found by the paths that 待核事项 gives its rows."""
    scan = part("4/补充.pdf", "补充.pdf", Status.NEEDS_OCR, "扫描件，没有文字层")
    filed = (
        _yubei(
            parts=(*(season()[0].filing.parts), scan),  # type: ignore[union-attr]
            problems=(
                Problem(code=Code.NEEDS_OCR, part=scan.path, detail="扫描件，没有文字层"),
                Problem(code=Code.COMPARE, part="2/总结.docx", detail="60 与 66"),
            ),
        ),
    )
    asked = sheets(filed, rules)
    questions = [
        decided(str(row), Column(header="", width=1, field="")) for row in asked["待核事项"].frame.index
    ]
    answers = [
        Correction(
            number=n, accession=accession, field=field, old="", new="已核对", by="李", why="", at=at(24)
        )
        for n, (accession, field) in enumerate(questions, 1)
        if field.startswith("question/") and accession
    ]

    before = by_id(asked["报送进度"])[f"unit/{YUBEI}"]
    after = by_id(sheets(filed, rules, answers)["报送进度"])[f"unit/{YUBEI}"]

    assert (before["状态"], before["待核几项"]) == ("待核", 2)
    assert (after["状态"], after["待核几项"]) == ("齐全", 0)


@pytest.mark.parametrize(
    "filed",
    [
        _yubei(problems=(Problem(code=Code.CONTRADICTION, part="2/总结.docx", detail="350 与 320"),)),
        _yubei(problems=(Problem(code=Code.MACRO, part="2/总结.docx", detail="含宏"),)),
        _yubei(parts=(*(season()[0].filing.parts), part("4/Thumbs.db", "Thumbs.db", Status.NOISE))),  # type: ignore[union-attr]
        _yubei(
            parts=(
                *(season()[0].filing.parts),  # type: ignore[union-attr]
                part("4/片.mp4", "片.mp4", Status.UNSUPPORTED, media_type="video/mp4"),
            )
        ),
        _yubei(
            parts=(*(season()[0].filing.parts), part("4/盖章.pdf", "盖章.pdf", Status.NEEDS_OCR)),  # type: ignore[union-attr]
            pairs=(Pair(text="2/总结.docx", scans=("4/盖章.pdf",)),),
        ),
        _yubei(links=(Link(part="1", kind="qq", name="照片.zip", url="https://a.example/1", fetched="9"),)),
    ],
    ids=["contradiction", "macro", "junk", "film", "scan of the text", "fetched"],
)
def test_what_needs_nobody_is_no_question(rules: Rules, filed: Filed) -> None:
    assert _progress([filed], rules)[YUBEI].standing is Standing.COMPLETE


def test_what_nobody_could_read_is_named_beside_what_is_missing(rules: Rules) -> None:
    sheet = sheets(season(), rules)["报送进度"]
    row = by_id(sheet)[f"unit/{UNIVERSITY}"]

    assert row["状态"] == "缺件"
    assert row["缺什么"] == (
        "情况、成效、经验、建议、影像；没有读出或取回：2024-00012 2/活动总结（盖章）.pdf（待文字识别）、"
        "2024-00012 3/资料.7z（格式暂不能读）、2024-00012 活动视频.mp4（只有链接）"
    )
    assert row["待核几项"] == 3


def test_every_unit_of_the_roster_has_one_row_by_peer_group_and_those_outside_come_last(rules: Rules) -> None:
    sheet = sheets(season(), rules)["报送进度"]
    names = [row["单位"] for row in rows(sheet)]

    assert names == [YUBEI, BANAN, JIANGJIN, BUREAU, SOCIETY, SILENT, UNIVERSITY, OUTSIDE]
    assert {row["单位"]: row["状态"] for row in rows(sheet)} == {
        YUBEI: "齐全",
        BANAN: "齐全",
        JIANGJIN: "缺件",
        BUREAU: "缺件",
        SOCIETY: "缺件",
        SILENT: "未来信",
        UNIVERSITY: "缺件",
        OUTSIDE: "缺件",
    }


def test_late_stands_in_its_own_column_beside_the_state(rules: Rules) -> None:
    told = by_id(sheets(season(), rules)["报送进度"])
    late = {row["单位"]: (row["逾期"], row["迟交天数"]) for row in told.values() if row["逾期"]}

    assert late == {BUREAU: ("逾期", 1), UNIVERSITY: ("逾期", 3), SILENT: ("未报", None)}
    assert told[f"unit/{YUBEI}"]["首次收到时间（北京）"].isoformat() == "2024-06-12T10:00:00"
    assert (told[f"unit/{YUBEI}"]["联系人"], told[f"unit/{YUBEI}"]["电话"]) == ("蒋昕", "023-55500121")


def test_a_mail_that_waits_or_may_be_its_is_named_at_a_unit_that_has_not_sent(rules: Rules) -> None:
    waiting = [
        replace(one, item=replace(one.item, state=State.HELD)) if one.item.accession == "2024-00012" else one
        for one in season()
        if one.item.accession not in ("2024-00002", "2024-00006")
    ]
    made = sheets(waiting, rules)
    told = {row["单位"]: row["备注"] for row in rows(made["报送进度"])}

    assert told[BANAN] == "2024-00005 可能由该单位报送，待核"
    assert told[UNIVERSITY] == "2024-00012 待人工处理，未计入"
    assert {row["单位"]: row["备注"] for row in rows(made["未报送"])} == {
        name: told[name] for name in (BANAN, SILENT, UNIVERSITY)
    }


def test_the_states_are_counted_by_peer_group_and_add_up(rules: Rules) -> None:
    filed = season()
    evaluations = evaluate(filed, rules)
    found = progress(filed, evaluations, rules)

    assert sum(sum(states.values()) for states in counts(found).values()) == len(found)
    assert counts(found)["society"] == {
        **dict.fromkeys(Standing, 0),
        Standing.NOTHING: 1,
        Standing.INCOMPLETE: 1,
    }
    lines = dict(tally(Season(filed, evaluations, rules, custody(filed))))
    assert lines["区县科协"] == "共 3 个：缺件 1，齐全 2"
    assert lines["名册外单位"] == "共 1 个：缺件 1"
    assert sheets(filed, rules)["报送进度"].note == "名册单位共 7 个：未来信 1，缺件 4，齐全 2"


def test_the_order_of_the_mails_changes_nothing(rules: Rules) -> None:
    assert _progress(season(), rules) == _progress(season()[::-1], rules)
