"""outputs/audit/masking.py: what is hidden, what stays, and that a masked event still belongs to its chain."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outputs.audit import masking
from pipeline.records import Event
from pipeline.register.chain import event_digest, facts_digest, words_digest

FIELDS = {"number": 1, "accession": "2024-00001", "action": "release", "previous": "0" * 64, "salt": "a" * 32}
WORDS = {"actor": "王经办", "outcome": "放行重办：王经办来电 13800138000", "detail": ""}


def _event(**traits: str) -> Event:
    said = words_digest({**FIELDS, **WORDS, **traits})
    event = Event(
        **{**FIELDS, **WORDS, **traits},  # type: ignore[arg-type] # the fields above
        at=datetime(2024, 6, 1, tzinfo=UTC),
        said=said,
        digest="",
    )
    return replace(event, digest=event_digest(event))


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("电话13800138000。", "电话138****8000。"),
        ("138 0013 8000", "138****8000"),
        ("138-0013-8000", "138****8000"),
        ("+86 138 0013 8000", "138****8000"),
        ("008613800138000", "138****8000"),
        ("１３８００１３８０００", "138****8000"),
        ("023-55500121", "023-****0121"),
        ("（023）5550 0121", "023-****0121"),
        ("0310-5550121", "0310-***0121"),
        ("+86 23 55500121", "023-****0121"),
        ("座机62345678", "座机****5678"),
        ("电话：6234 5678转", "电话：****5678转"),
        ("固话 62345678", "固话 ****5678"),
        ("TEL:62345678", "TEL:****5678"),
        ("50010119900101123X", "5001**********123X"),
        ("500101199001011234", "5001**********1234"),
        ("500101900101123", "5001*******1123"),
        ("6222 0212 3456 7890 123", "6222***********0123"),
        ("chen.li@example.org说", "c***@example.org说"),
        ("kx@foxmail.com@imap.qq.com INBOX", "k***@foxmail.com@imap.qq.com INBOX"),
    ],
)
def test_numbers_and_addresses_are_masked_in_the_middle(words: str, shown: str) -> None:
    assert masking.text(words) == shown


@pytest.mark.parametrize(
    "words",
    [
        "INBOX UIDVALIDITY 1713800138 UID 688787017425263092，服务器标 1032 字节、2024-05-14T01:26:40.000000+00:00 收到",
        "原件 SHA-256 核对相符：13800138000d2ad06b496c04a7be13800138000d2ad06b496c04a7be13800138",
        "活动 2024.05.28-2024.06.03，300人，资料 12345 份",
        "资料62345678份",
        "2024-00031 已由 2024-00032 替代",
        "下次不早于 2024-06-01T01:02:03.000004+00:00",
    ],
)
def test_numbers_that_are_nobodys_stay(words: str) -> None:
    assert masking.text(words) == words


@given(
    st.text(alphabet="电话：，（ \n", max_size=5),
    st.from_regex(r"1[3-9][0-9]{9}|[1-9][0-9]{16}[0-9X]|62[0-9]{14,17}", fullmatch=True),
    st.text(alphabet="，。）人 \n", max_size=5),
)
def test_no_number_is_left_whole_whatever_stands_around_it(before: str, number: str, after: str) -> None:
    shown = masking.text(before + number + after)

    assert number not in shown
    assert shown.startswith(before + number[:2])
    assert shown.endswith(number[-4:] + after)


@given(st.text(alphabet="0123456789 -+@.abc电话（）X", max_size=60))
def test_masking_never_raises(words: str) -> None:
    assert isinstance(masking.text(words), str)


def test_a_person_keeps_the_first_character_and_the_machine_its_name() -> None:
    assert masking.person("王经办") == "王＊＊"
    assert masking.person("shouwen v12") == "shouwen v12"
    assert masking.person("shouwen v1 王") == "s＊＊"
    assert masking.person("") == ""


def test_a_masked_event_loses_its_salt_and_stays_in_its_chain() -> None:
    told = _event()

    shown = masking.event(told)

    assert (shown.actor, shown.outcome, shown.salt) == ("王＊＊", "放行重办：王＊＊来电 138****8000", "")
    assert (shown.said, shown.digest) == (told.said, told.digest)
    assert event_digest(shown) == told.digest


def test_people_of_the_log_are_masked_in_what_others_wrote() -> None:
    events = [
        _event(),
        _event(actor="li"),
        _event(actor="shouwen v1"),
        _event(actor="王"),
        _event(actor="王经"),
    ]
    names = masking.persons(events)
    told = _event(actor="李复核", outcome="王经办转来，li 已看，王府井 limit", detail="")

    assert names == ("王经办", "li", "王经", "王")
    assert masking.event(told, names).outcome == "王＊＊转来，l＊＊ 已看，王府井 limit"
    machine = _event(actor="shouwen v1", outcome="单位：科协", detail="王经办的附件")
    assert masking.event(machine, names).detail == "王＊＊的附件"


def test_what_a_correction_of_a_contact_made_of_it_is_left_out() -> None:
    told = _event(action="correct", outcome="更正 contact：核实", detail="蒋昕 1 → 蒋欣 1")

    assert masking.event(told).detail == masking.WITHHELD
    assert masking.event(replace(told, outcome="更正 kind：核实", detail="a → b")).detail == "a → b"


def test_an_event_without_personal_data_is_not_touched() -> None:
    told = _event(actor="shouwen v1", outcome="归档为报送")

    assert masking.event(told) is told
    assert words_digest({**FIELDS, **WORDS, "actor": told.actor, "outcome": told.outcome}) == told.said


def test_words_that_an_unsalted_digest_covers_are_left_out_as_a_whole() -> None:
    assert masking.event(_event(action="dismiss")).outcome == masking.WITHHELD
    row = {
        "accession": "2024-00001",
        "reason": "来电 13800138000",
        "digest": "d",
        "sha256": "s",
        "state": "held",
    }
    bare = {"accession": "2024-00001", "sha256": "s", "digest": "d", "masked": True}
    assert masking.item_row(row, ()) == bare
    assert masking.item_row({**row, "reason": "王经办说是广告"}, ("王经办",)) == bare
    assert masking.item_row({**row, "reason": "广告"}, ("王经办",)) == {**row, "reason": "广告"}


def test_a_correction_is_known_by_its_digest_alone() -> None:
    row = {
        "accession": "2024-00001",
        "field": "kind",
        "new": "other",
        "by": "王经办",
        "why": "核实",
        "digest": "d",
    }

    assert masking.correction_row(row) == {"accession": "2024-00001", "digest": "d", "masked": True}


def test_what_is_digested_of_an_event_does_not_hold_its_words() -> None:
    fields = {
        "number": 1,
        "at": "x",
        "accession": "",
        "action": "",
        "before": "",
        "after": "",
        "rule": "",
        "row": "",
    }

    assert facts_digest({**fields, "said": "s", "previous": "p", "outcome": "甲"}) == facts_digest(
        {**fields, "said": "s", "previous": "p", "outcome": "乙"}
    )
