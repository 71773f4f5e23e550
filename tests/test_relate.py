"""How mails stand to one another, whatever the order in which they came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from outputs.audit.touched import Workbook
from outputs.audit.trace import trace
from outputs.audit.traced import MailTrace
from pipeline.commands import tracing
from pipeline.evaluate import evaluate
from pipeline.records import (
    Activity,
    Address,
    Classification,
    Difference,
    Field,
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
    Stated,
)
from pipeline.relate import relate
from rules import load
from tests.season import custody

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
    activities: tuple[Activity, ...] = (),
) -> Filed:
    """The *number*-th mail, an hour after the one before; *digest* is of its one attachment."""
    span = Span(part="2", block=0, start=0, end=9)
    unclassified = Classification(code=5, decided=True, confidence=0.9)
    told = activities or tuple(Activity(title=text[:12], text=text, spans=(span,)) for text in texts)
    judged = tuple(Judged(activity=one, classification=unclassified) for one in told)
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
        activities=judged,
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


def act(title: str, text: str, day: date, people: int | None = None, place: str = "") -> Activity:
    """One activity with what it states."""
    span = Span(part="2", block=0, start=0, end=len(text))
    return Activity(
        title=title,
        text=text,
        spans=(span,),
        date_start=Stated(value=day, words="", span=span),
        participants=None if people is None else Stated(value=people, words=f"{people}人", span=span),
        place=Stated(value=place, words=place, span=span) if place else None,
    )


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


STUDY = "5月21日，区科协召开学习会，传达全国科协系统工作会议精神，镇街科协秘书长等科技工作者{}人参会，会后分组讨论。"
EXHIBIT = "5月25日，在区科技馆布置主题图片展，用60块展板介绍元勋和本地老专家的事迹，接待观众{}人次。"
MAY_21, MAY_25 = date(2024, 5, 21), date(2024, 5, 25)


def test_a_replaced_mail_says_what_the_newest_one_says_otherwise() -> None:
    old = (
        act("学习会", STUDY.format(46), MAY_21, 46),
        act("图片展", EXHIBIT.format(3400), MAY_25, 3400, "区科技馆"),
        act("科普进社区", FAIR, date(2024, 5, 28)),
    )
    newer = (act("学习会", STUDY.format(54), MAY_21, 54), *old[1:])
    newest = (
        act("科学家故事宣讲", TALK, date(2024, 5, 30), 800),
        act("主题图片展", EXHIBIT.format(3400), MAY_25, 3400, "区科技馆一楼"),
        act("学习会", STUDY.format(64), MAY_21, 64),
    )

    found = related(
        mail(1, activities=old),
        mail(2, activities=newer, kind=Kind.CORRECTION, subject="更正：渝北区科协活动总结"),
        mail(3, activities=newest, kind=Kind.CORRECTION, subject="更正：渝北区科协活动总结"),
    )

    assert (found[1].superseded_by, found[2].superseded_by) == ("2024-00003", "2024-00003")
    assert found[1].differences == (
        Difference(old=None, new=1, title="科学家故事宣讲"),
        Difference(
            old=2, new=2, title="主题图片展", field=Field.PLACE, before="区科技馆", after="区科技馆一楼"
        ),
        Difference(old=1, new=3, title="学习会", field=Field.PARTICIPANTS, before="46", after="64"),
        Difference(old=3, new=None, title="科普进社区"),
    )
    assert [(one.before, one.after) for one in found[2].differences if one.field is Field.PARTICIPANTS] == [
        ("54", "64")
    ]
    assert found[3].differences == ()


def test_a_figure_that_a_correction_no_longer_states_shows_as_not_stated() -> None:
    found = related(
        mail(1, activities=(act("学习会", STUDY.format(46), MAY_21, 46),)),
        mail(
            2,
            activities=(act("学习会", STUDY.format("若干"), MAY_21),),
            kind=Kind.CORRECTION,
            subject="更正：渝北区科协活动总结",
        ),
    )

    assert [(one.before, one.after) for one in found[1].differences] == [("46", "")]


def test_a_correction_that_was_taken_back_leaves_its_place_to_the_one_before_or_after() -> None:
    recall = Notice.RECALL
    reports = [
        mail(1, FAIR.replace("300", "310")),
        mail(2, FAIR.replace("300", "320"), kind=Kind.CORRECTION, subject="更正：第二稿"),
        mail(3, FAIR.replace("300", "330"), kind=Kind.CORRECTION, subject="更正：第三稿"),
    ]
    second = mail(4, kind=Kind.OTHER, announces=recall, subject="发信方已撤回邮件：更正：第二稿")
    third = mail(4, kind=Kind.OTHER, announces=recall, subject="发信方已撤回邮件：更正：第三稿")

    assert related(*reports, second)[1].superseded_by == "2024-00003"
    assert related(*reports, third)[1].superseded_by == "2024-00002"


def test_a_report_that_comes_again_with_another_figure_replaces_the_first_without_saying_so() -> None:
    found = related(
        mail(1, activities=(act("学习会", STUDY.format(46), MAY_21, 46),)),
        mail(2, activities=(act("学习会", STUDY.format(64), MAY_21, 64),)),
    )

    assert found[1].superseded_by == "2024-00002"
    assert [(one.before, one.after) for one in found[1].differences] == [("46", "64")]


def test_two_events_of_one_kind_on_two_days_are_two_reports() -> None:
    found = related(
        mail(1, activities=(act("学习会", STUDY.format(46), MAY_21, 46),)),
        mail(2, activities=(act("学习会", STUDY.format(64).replace("21日", "28日"), date(2024, 5, 28), 64),)),
    )

    assert found[1].superseded_by is None
    assert found[2].kind is None


def test_staff_see_what_the_newer_mail_says_otherwise_wherever_the_older_one_stands() -> None:
    old = (act("学习会", STUDY.format(46), MAY_21, 46), act("科普进社区", FAIR, date(2024, 5, 28)))
    new = (act("学习会", STUDY.format(64), MAY_21, 64),)
    filed = (
        mail(1, activities=old),
        mail(2, activities=new, kind=Kind.CORRECTION, subject="更正：渝北区科协活动总结"),
    )
    found = {one.accession: one for one in relate(filed)}
    mails = tuple(replace(one, relation=found[one.item.accession]) for one in filed)
    rules, told = load(), custody(mails)
    book = Workbook.of(mails, evaluate(mails, rules), rules, told, events=told.events, release="0")
    sheets = {sheet.name: sheet.frame for sheet in book.sheets}

    details = sheets["活动明细"]
    assert details.loc["2024-00001/activity/1"]["备注"].endswith("参与人数 46 → 64")
    assert details.loc["2024-00001/activity/2"]["备注"].endswith("新件已去掉")
    assert "“学习会”参与人数 46 → 64" in sheets["待核事项"].loc["2024-00001/relation"]["依据（原话）"]
    assert "“学习会”参与人数 46 → 64" in sheets["收件日志"].loc["2024-00001"]["备注"]
    traced = trace("2024-00001", book)
    assert isinstance(traced, MailTrace)
    assert "    新件不同：“学习会”参与人数 46 → 64" in list(tracing.lines(traced))


MAILS = (
    mail(1, FAIR),
    mail(2, TALK, kind=Kind.SUPPLEMENT, subject="补充"),
    mail(3, FAIR.replace("300", "400"), kind=Kind.CORRECTION, subject="更正：渝北区科协活动总结"),
    mail(4, FAIR, digest="a" * 64, message_id="<m@x.example>", unit="重庆市声学学会"),
    mail(5, FAIR, digest="a" * 64, message_id="<m@x.example>", unit="重庆市声学学会"),
    mail(6, FAIR.replace("300", "410"), kind=Kind.CORRECTION, subject="更正：最终版"),
    mail(7, kind=Kind.OTHER, announces=Notice.RECALL, subject="发信方已撤回邮件：更正：最终版"),
    mail(8, activities=(act("学习会", STUDY.format(46), MAY_21, 46),), unit="重庆市地质学会"),
    mail(9, activities=(act("学习会", STUDY.format(64), MAY_21, 64),), unit="重庆市地质学会"),
)


@given(st.permutations(range(len(MAILS))))
def test_the_order_of_the_mails_changes_no_relation(order: list[int]) -> None:
    """Neither the order of the list nor the order of capture, which gives the accessions, but the server's time alone."""
    plain = {f"2024-{number:05}": f"2024-{number:05}" for number in range(1, len(MAILS) + 1)}
    names = {f"2024-{place + 1:05}": f"2024-{number + 1:05}" for place, number in enumerate(order)}
    captured = [
        replace(MAILS[number], item=replace(MAILS[number].item, accession=f"2024-{place + 1:05}"))
        for place, number in enumerate(order)
    ]

    assert _named(relate(captured), names) == _named(relate(MAILS), plain)


def _named(relations: Iterable[Relation], names: dict[str, str]) -> dict[str, Relation]:
    """The relations with each accession called by the name of the mail that bears it."""
    return {
        names[one.accession]: replace(
            one,
            accession=names[one.accession],
            supersedes=one.supersedes and names[one.supersedes],
            superseded_by=one.superseded_by and names[one.superseded_by],
            of=one.of and names[one.of],
        )
        for one in relations
    }
