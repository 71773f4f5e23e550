"""How mails stand to one another, whatever the order in which they came."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from pipeline.records import (
    Activity,
    Address,
    Classification,
    Filed,
    Filing,
    Identification,
    Item,
    Judged,
    Kind,
    Mail,
    Notice,
    Part,
    Relation,
    RelationKind,
    Span,
    State,
)
from pipeline.relate import relate

DAY = datetime.fromisoformat("2024-06-10T09:00:00+08:00")
FAIR = "5月28日，在龙山社区举办科普集市，医生为居民义诊，电工检修插线板，服务居民300余人次，发放家庭用电手册500份。"
TALK = "5月30日，在实验中学举办科学家故事宣讲，退休工程师讲述老一辈研制水轮机的往事，师生800人聆听。"


def mail(
    number: int,
    *texts: str,
    unit: str = "重庆市渝北区科学技术协会",
    kind: Kind = Kind.SUBMISSION,
    subject: str = "渝北区科协活动总结",
    message_id: str = "",
    digest: str = "",
    announces: Notice | None = None,
    address: str = "kx@kx.yubei.example",
) -> Filed:
    """The *number*-th mail, an hour after the one before; *digest* is of its one attachment."""
    span = Span(part="2", block=0, start=0, end=9)
    unclassified = Classification(code=5, decided=True, confidence=0.9)
    activities = tuple(
        Judged(activity=Activity(title=text[:12], text=text, spans=(span,)), classification=unclassified)
        for text in texts
    )
    sha256 = f"{number:064x}"
    filing = Filing(
        mail=Mail(
            subject=subject,
            sender=Address(name="科协", address=address),
            message_id=message_id or f"<{number}@kx.yubei.example>",
        ),
        parts=(
            Part(path="1", media_type="text/plain", sha256=f"{number:063x}b", size=20),
            Part(path="2", name="总结.docx", sha256=digest or f"{number:063x}a", size=9000),
        ),
        kind=kind,
        announces=announces,
        identification=Identification(best=unit, in_roster=True, decided=True),
        activities=activities,
    )
    item = Item(
        accession=f"2024-{number:05}",
        sha256=sha256,
        size=9000,
        state=State.FILED,
        received=DAY + timedelta(hours=number),
        received_from="internaldate",
        captured=DAY,
    )
    return Filed(item=item, filing=filing)


def related(*filed: Filed) -> dict[int, Relation]:
    return {int(relation.accession[-5:]): relation for relation in relate(filed)}


def test_a_correction_supersedes_the_report_it_resembles_and_not_another() -> None:
    found = related(
        mail(1, FAIR, subject="渝北区科协科普集市"),
        mail(2, TALK, subject="渝北区科协宣讲活动"),
        mail(3, FAIR.replace("300", "400"), kind=Kind.CORRECTION, subject="更正：渝北区科协科普集市"),
    )

    assert found[3].supersedes == "2024-00001"
    assert found[1].superseded_by == "2024-00003"
    assert found[2].superseded_by is None


def test_a_supplement_names_the_report_it_adds_to_and_replaces_nothing() -> None:
    found = related(mail(1, FAIR), mail(2, TALK, kind=Kind.SUPPLEMENT, subject="补充：渝北区科协活动材料"))

    assert found[2].supersedes == "2024-00001"
    assert found[1].superseded_by is None


def test_another_units_correction_touches_nobody_else() -> None:
    other = mail(
        2,
        FAIR,
        kind=Kind.CORRECTION,
        unit="重庆市江北区科学技术协会",
        subject="更正",
        address="kx@jiangbei.example",
    )

    found = related(mail(1, FAIR), other)

    assert found[2].supersedes is None
    assert found[1].superseded_by is None


def test_the_same_mail_delivered_again_is_a_duplicate_of_the_first() -> None:
    found = related(
        mail(1, FAIR, message_id="<same@kx.yubei.example>", digest="a" * 64),
        mail(2, FAIR, message_id="<same@kx.yubei.example>", digest="a" * 64),
    )

    assert (found[2].kind, found[2].of) == (RelationKind.DUPLICATE, "2024-00001")
    assert found[1].kind is None


def test_two_mails_of_two_units_that_share_a_message_id_are_two() -> None:
    found = related(
        mail(1, FAIR, message_id="<shared@tool.example>"),
        mail(
            2,
            TALK,
            message_id="<shared@tool.example>",
            unit="重庆市地质学会",
            subject="重庆市地质学会活动总结",
        ),
    )

    assert found[1].kind is found[2].kind is None


def test_a_notice_of_recall_names_the_mail_that_it_recalls() -> None:
    found = related(
        mail(1, FAIR),
        mail(2, kind=Kind.OTHER, announces=Notice.RECALL, subject="发信方已撤回邮件：渝北区科协活动总结"),
    )

    assert (found[2].kind, found[2].of) == (RelationKind.RECALL, "2024-00001")
    assert found[1].recalled


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_mails_changes_no_relation(seed: int) -> None:
    mails = [
        mail(1, FAIR),
        mail(2, TALK, kind=Kind.SUPPLEMENT, subject="补充"),
        mail(3, FAIR.replace("300", "400"), kind=Kind.CORRECTION, subject="更正：渝北区科协活动总结"),
        mail(4, FAIR, digest="a" * 64, message_id="<m@x.example>", unit="重庆市声学学会"),
        mail(5, FAIR, digest="a" * 64, message_id="<m@x.example>", unit="重庆市声学学会"),
    ]
    shuffled = random.Random(seed).sample(mails, len(mails))

    assert related(*shuffled) == related(*mails)
