"""outputs/export: one JSON object a mail, exactly as documented."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from typing import Any

import jsonschema
import pytest

from outputs import export
from outputs.export import values
from pipeline.records import (
    Behalf,
    Block,
    Difference,
    Document,
    Field,
    Filed,
    Heads,
    Joint,
    Mail,
    Reading,
    Relation,
    Role,
    Style,
)
from tests.season import BANAN as OTHER
from tests.season import season
from tests.support import ROOT

SCHEMA = json.loads((ROOT / "docs" / "filings.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def lines() -> dict[str, dict[str, Any]]:
    told = [json.loads(export.encode(line)) for line in export.filings(season())]
    return {line["accession"]: line for line in told}


def test_every_line_of_a_season_fits_the_published_schema(lines: dict[str, dict[str, Any]]) -> None:
    for line in lines.values():
        jsonschema.validate(line, SCHEMA)


def test_the_schema_refuses_a_duplicate_with_activities(lines: dict[str, dict[str, Any]]) -> None:
    wrong = {**lines["2024-00003"], "relation": "duplicate", "of": "2024-00001", "kind": "other"}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, SCHEMA)


def test_keys_stand_in_the_order_of_the_documentation() -> None:
    told = re.findall(
        r"^\| `(\w+)`",
        (ROOT / "docs" / "export.md").read_text("utf-8").split("An activity:")[0],
        re.MULTILINE,
    )

    assert [field.name for field in fields(values.FilingLine)] == told == list(SCHEMA["properties"])


def test_mails_come_in_order_of_accession_whatever_the_order_given() -> None:
    forth = [export.encode(line) for line in export.filings(season())]
    back = [export.encode(line) for line in export.filings(season()[::-1])]

    assert forth == back
    assert [json.loads(line)["accession"] for line in forth] == sorted(one.item.accession for one in season())


def test_accessions_beyond_five_digits_come_after_the_others() -> None:
    one = season()[0]
    late = replace(one, item=replace(one.item, accession="2024-100000"))
    last = replace(one, item=replace(one.item, accession="2024-99999"))

    assert [line.accession for line in export.filings((late, last))] == ["2024-99999", "2024-100000"]


@pytest.mark.parametrize("accession", ["2024-00010", "2024-00011"])
def test_a_mail_without_a_filing_has_null_kind_and_unit_and_no_activities(
    lines: dict[str, dict[str, Any]], accession: str
) -> None:
    line = lines[accession]

    assert (line["kind"], line["unit"], line["subject"]) == (None, None, None)
    assert line["activities"] == line["parts"] == []


def test_the_reason_of_a_held_mail_stands_among_its_problems(lines: dict[str, dict[str, Any]]) -> None:
    assert lines["2024-00010"]["problems"] == [
        {"code": "held", "part": "", "detail": "办理 3 次未成：读件超时"}
    ]


def test_an_old_filing_of_a_mail_that_is_held_again_is_not_exported() -> None:
    one = season()[0]
    held = replace(one, item=season()[9].item)

    assert next(iter(export.filings((held,)))).kind is None


def test_a_duplicate_has_kind_other_and_no_activities(lines: dict[str, dict[str, Any]]) -> None:
    line = lines["2024-00004"]

    assert (line["relation"], line["of"], line["kind"]) == ("duplicate", "2024-00003", "other")
    assert line["activities"] == line["highlights"] == line["suggestions"] == []


def test_a_superseded_mail_keeps_its_kind_and_its_activities(lines: dict[str, dict[str, Any]]) -> None:
    assert lines["2024-00002"]["kind"] == "submission"
    assert len(lines["2024-00002"]["activities"]) == 1
    assert lines["2024-00006"]["supersedes"] == "2024-00002"


def test_an_activity_says_what_is_stated_and_null_where_nothing_is(lines: dict[str, dict[str, Any]]) -> None:
    study, column, *_ = lines["2024-00001"]["activities"]

    assert (study["date_start"], study["participants"], study["participants_words"]) == (
        "2024-05-21",
        46,
        "共46人",
    )
    assert (column["participants"], column["participants_words"], column["place"]) == (None, None, None)
    assert column["media"] == ["区融媒体中心", "重庆日报客户端"]
    assert study["source"] == {"part": "2/总结.docx", "block": 3}


def test_an_undecided_unit_comes_with_its_candidates_heaviest_first(lines: dict[str, dict[str, Any]]) -> None:
    line = lines["2024-00005"]

    assert not line["unit_decided"]
    assert line["unit_candidates"][0] == line["unit"]
    assert len(line["unit_candidates"]) == 2


def test_received_is_told_in_beijing_time(lines: dict[str, dict[str, Any]]) -> None:
    assert lines["2024-00008"]["received"] == "2024-06-21T00:00:01+08:00"


def test_chinese_stands_as_it_is_and_half_a_surrogate_does_not_stop_the_export() -> None:
    one = season()[0]
    assert one.filing is not None
    broken = Filed(item=one.item, filing=replace(one.filing, mail=Mail(subject="总结\ud83d")))

    (line,) = export.filings((broken,))

    assert "总结\ufffd" in export.encode(line)


def _reading() -> Reading:
    table = Block(style=Style.TABLE, text="甲\t乙", rows=(("甲", "乙"),), page=2)
    heading = Block(style=Style.HEADING, text="一、情况", level=1)
    return Reading(
        sha256="0" * 64,
        version=1,
        abilities=(),
        mails=(Mail(subject="总结"),),
        parts=(),
        documents=(
            Document(part="1", blocks=(heading,), body=True),
            Document(part="2/表.xlsx", blocks=(heading, table)),
        ),
    )


def test_text_is_one_line_a_block_numbered_within_its_document() -> None:
    told = [json.loads(export.encode(line)) for line in export.text(_reading())]

    assert [(line["part"], line["block"]) for line in told] == [("1", 0), ("2/表.xlsx", 0), ("2/表.xlsx", 1)]
    assert told[2] == {
        "part": "2/表.xlsx",
        "block": 1,
        "style": "table",
        "level": 0,
        "page": 2,
        "text": "甲\t乙",
        "rows": [["甲", "乙"]],
        "confidence": None,
    }


def test_read_gives_subject_kind_parts_blocks_and_problems() -> None:
    told = json.loads(export.encode(export.read_json(_reading(), kind="mail")))

    assert list(told) == ["subject", "kind", "parts", "blocks", "problems"]
    assert (told["subject"], told["kind"], len(told["blocks"])) == ("总结", "mail", 3)


# ------------------------------------------------------------ joint activities, 代报, head counts, what a correction changed

BUREAU = "重庆市渝北区科学技术局"


def told_again() -> tuple[Filed, ...]:
    """The first activity of the first mail is told of by a bureau too, in the name of which the first document stands."""
    first, other = season()[0], season()[2]
    assert first.filing is not None
    judged = first.filing.activities[0]
    words = judged.activity.spans[0]
    heads = (
        Heads(value=46, counter="人", qualifier="", role=Role.ON_THE_SPOT, words="46人", span=words),
        Heads(value=23000, counter="人次", qualifier="约", role=Role.ONLINE, words="2.3万人次", span=words),
    )
    credited = replace(judged, unit=BUREAU, activity=replace(judged.activity, heads=heads))
    both = Joint(
        members=((other.item.accession, 1), (first.item.accession, 1)),
        units=(OTHER, BUREAU),
        decided=True,
        words="同一天",
    )
    maybe = replace(both, decided=False, words="地点相同")
    filing = replace(
        first.filing,
        activities=(credited, *first.filing.activities[1:]),
        behalf=(Behalf(part="2/总结.docx", unit=BUREAU, words="落款是该局"),),
    )
    changed = Difference(old=1, new=None, title="学习会")
    relation = Relation(accession=first.item.accession, superseded_by="2024-00009", differences=(changed,))
    return (
        replace(first, filing=filing, joint=(maybe, both), relation=relation),
        replace(other, joint=(both,)),
    )


def test_what_a_program_must_know_not_to_count_twice_is_told_and_fits_the_schema() -> None:
    mine, theirs = (json.loads(export.encode(line)) for line in export.filings(told_again()))

    for line in (mine, theirs):
        jsonschema.validate(line, SCHEMA)
    activity = mine["activities"][0]
    assert activity["joint"]["decided"] is activity["joint"]["again"] is True
    assert activity["joint"]["members"][1] == {"accession": "2024-00001", "activity": 1, "unit": BUREAU}
    assert theirs["activities"][0]["joint"]["again"] is False
    assert (activity["unit"], mine["activities"][1]["unit"], mine["activities"][1]["joint"]) == (
        BUREAU,
        None,
        None,
    )
    assert mine["behalf"] == [{"part": "2/总结.docx", "unit": BUREAU, "words": "落款是该局"}]
    assert (mine["superseded_by"], mine["recalled"]) == ("2024-00009", False)
    assert mine["differences"] == [
        {"old": 1, "new": None, "title": "学习会", "field": None, "before": "", "after": ""}
    ]


def test_people_online_stand_apart_from_those_on_the_spot() -> None:
    line = json.loads(export.encode(next(iter(export.filings(told_again())))))

    told = [
        (one["value"], one["counter"], one["qualifier"], one["role"])
        for one in line["activities"][0]["heads"]
    ]
    assert told == [(46, "人", "", "on-the-spot"), (23000, "人次", "约", "online")]


def test_the_schema_names_every_role_and_field_that_there_is() -> None:
    defined = SCHEMA["$defs"]

    assert defined["heads"]["properties"]["role"]["enum"] == [role.value for role in Role]
    assert defined["difference"]["properties"]["field"]["enum"] == [*(one.value for one in Field), None]


def test_keys_of_an_activity_stand_in_the_order_of_the_documentation() -> None:
    text = (ROOT / "docs" / "export.md").read_text("utf-8")
    text = text.split("An activity:")[1].split("Roles of")[0]
    told = [
        key
        for cell in re.findall(r"^\| (`[^|]+`) \|", text, re.MULTILINE)
        for key in re.findall(r"`(\w+)`", cell)
    ]

    keys = [field.name for field in fields(values.ActivityLine)]
    assert keys == told == list(SCHEMA["$defs"]["activity"]["properties"])
