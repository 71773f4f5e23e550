"""read() and judge(): the stages composed, on made mails and on hostile ones."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rules
from pipeline import extent, intake
from pipeline.records import Code, Kind, Reading, Status

RULES = rules.load()
RECEIVED = datetime.fromisoformat("2024-06-03T10:00:00+08:00")


def mail(text: str, *files: tuple[str, bytes], subject: str = "渝北区科协活动总结") -> bytes:
    message = EmailMessage()
    message["From"] = "渝北区科协 <kx@kx.yubei.example>"
    message["Subject"] = subject
    message.set_content(text)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def packed(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def statuses(reading: Reading) -> dict[str, Status]:
    return {part.path: part.status for part in reading.parts}


def test_every_leaf_is_a_part_and_every_text_a_document() -> None:
    report = "渝北区科协活动总结\n5月28日，举办科普集市，服务居民300人。".encode("gb18030")
    reading = intake.read(
        mail("请查收。", ("材料.zip", packed(("总结.txt", report), ("照片/说明.txt", b"none"))))
    )

    assert [part.path for part in reading.parts] == ["1", "2", "2/总结.txt", "2/照片/说明.txt"]
    assert [document.part for document in reading.documents] == ["1", "2/总结.txt", "2/照片/说明.txt"]
    assert all(part.sha256 and part.size for part in reading.parts)


def test_a_mail_in_a_mail_is_taken_apart_too() -> None:
    inner = mail("里面的信", ("总结.txt", "总结正文".encode()), subject="里面的主题")
    message = EmailMessage()
    message["Subject"] = "Fw: 外面"
    message.set_content("转发")
    message.add_attachment(inner, maintype="application", subtype="octet-stream", filename="附件.eml")

    reading = intake.read(message.as_bytes())

    assert [one.subject for one in reading.mails] == ["Fw: 外面", "里面的主题"]
    assert [part.path for part in reading.parts] == ["1", "2", "2/1", "2/2"]


def test_containers_in_containers_end_at_the_limit_and_say_so() -> None:
    data = b"deep"
    for level in range(extent.MAX_DEPTH + 3):
        data = packed((f"{level}.zip" if level else "note.txt", data))

    reading = intake.read(mail("见附件", ("deep.zip", data)))

    assert Status.TOO_BIG in statuses(reading).values()
    assert any(f"{extent.MAX_DEPTH} 层" in part.reason for part in reading.parts)


def test_more_parts_than_the_limit_are_listed_and_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extent, "MAX_PARTS", 3)

    reading = intake.read(mail("见附件", *((f"{n}.txt", b"text") for n in range(5))))

    assert list(statuses(reading).values()) == [Status.OK, Status.OK, Status.OK, *[Status.TOO_BIG] * 3]


def test_more_archives_than_the_limit_are_listed_and_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extent, "MAX_ARCHIVES", 2)

    reading = intake.read(mail("见附件", *((f"{n}.zip", packed(("a.txt", b"a"))) for n in range(3))))

    assert [part.path for part in reading.parts if part.status is Status.TOO_BIG] == ["4"]


@given(st.binary(max_size=400))
def test_read_never_raises_and_always_gives_a_part(octets: bytes) -> None:
    reading = intake.read(octets)

    assert len(reading.mails) == 1
    assert len({part.path for part in reading.parts}) == len(reading.parts)


@given(st.integers(min_value=0, max_value=1200), st.binary(min_size=1, max_size=3))
def test_a_mail_with_a_few_octets_overwritten_is_still_read_and_judged(at: int, octets: bytes) -> None:
    sound = mail(
        "5月28日，渝北区科协在龙山社区举办科普集市，服务居民300余人。", ("总结.txt", "总结".encode())
    )
    broken = sound[:at] + octets + sound[at + len(octets) :]

    filing = intake.judge(intake.read(broken), RULES, received=RECEIVED)

    assert filing.kind in Kind


def test_reading_twice_is_reading_once() -> None:
    octets = mail("请查收。", ("材料.zip", packed(("总结.txt", b"text"))))

    assert intake.read(octets) == intake.read(octets)


def test_a_report_is_judged_with_its_figures_and_their_words() -> None:
    text = "渝北区科协简讯\n5月28日，渝北区科协在龙山社区举办科普集市，组织医生义诊，服务居民300余人次，发放宣传资料500份。"
    filing = intake.judge(intake.read(mail("见附件", ("简讯.txt", text.encode()))), RULES, received=RECEIVED)

    assert filing.kind is Kind.SUBMISSION
    assert filing.identification.best == "重庆市渝北区科学技术协会"
    (judged,) = filing.activities
    assert judged.classification.code == 5
    assert judged.activity.participants is not None
    assert (judged.activity.participants.value, judged.activity.participants.words) == (300, "300余人次")


def test_a_mail_that_is_no_submission_has_no_activities() -> None:
    question = mail("老师您好，请问总结材料要盖章吗？用什么格式？谢谢！", subject="请问报送格式")

    filing = intake.judge(intake.read(question), RULES, received=RECEIVED)

    assert filing.kind is Kind.OTHER
    assert filing.activities == ()


def test_what_only_people_can_decide_is_a_problem_of_the_filing() -> None:
    vague = mail("5月28日，我们举办了一次活动，大家都来了，共80人参加。", subject="活动总结").replace(
        b"kx.yubei.example", b"qq.example"
    )
    vague = vague.replace(b"From: ", b"X-From: ")

    filing = intake.judge(intake.read(vague), RULES, received=RECEIVED)

    codes = {problem.code for problem in filing.problems}
    assert not filing.identification.decided
    assert codes & {Code.NO_UNIT, Code.UNIT_UNDECIDED}
