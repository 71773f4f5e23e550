"""催报: units from which nothing came (未来信) or something is missing (缺件), for WeChat, SMS and mail.

Purpose: `reminders`, one letter a unit; `group_texts`, one WeChat text a peer group; `short_messages`, one SMS a unit.
Source: 渝科协发〔2024〕23号 part 4 (四); GSM 03.40 and 03.38: an SMS in UCS-2 holds 70 characters, and one more costs two.
Limits: only units of the roster; a telephone number is known only where a counted mail states one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from outputs.notices.completion import WANTED, wants
from outputs.notices.desk import Desk, Paper, digest
from outputs.notices.receipt import signed
from outputs.notices.wording import INDENT, by_when, day, listed, plain, short_day, wrapped
from pipeline.records import Contact, Evaluation

SMS = 70
"""UTF-16 units of one SMS in UCS-2."""
_PERSON = re.compile(r"[\u4e00-\u9fff·]{2,6}")
_PHONE = re.compile(r"\+?[\d-]{5,20}")


@dataclass(frozen=True, kw_only=True)
class Text:
    """What is pasted into one WeChat group. units: how many it names."""

    group: str
    units: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Sms:
    """One SMS. person, phone: "" where none is known."""

    group: str
    unit: str
    person: str
    phone: str
    text: str

    @property
    def length(self) -> int:
        """Its length as telephone networks count."""
        return sms_length(self.text)


def sms_length(text: str) -> int:
    """UTF-16 code units: what is beyond the BMP counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def due(desk: Desk) -> tuple[Evaluation, ...]:
    """The units of the roster that are to be reminded: nothing came, or something that the notice asks for is missing."""
    return tuple(
        one
        for one in desk.evaluations
        if one.in_roster and (not one.accessions or any(name in WANTED for name in wants(desk, one).missing))
    )


def spared(desk: Desk) -> tuple[tuple[str, str], ...]:
    """(unit, what waits for us) of the units that lack something which may be in what has come: first that, then 催报."""
    return tuple(
        (one.unit, listed(ours))
        for one in desk.evaluations
        if one.in_roster and any(name in WANTED for name in one.missing) and (ours := wants(desk, one).ours)
    )


def reminders(desk: Desk) -> tuple[Paper, ...]:
    """One letter a unit that is to be reminded, whether its address is known or not."""
    return tuple(_letter(desk, one) for one in due(desk))


def _letter(desk: Desk, one: Evaluation) -> Paper:
    notice = desk.rules.notice
    to = desk.addresses.get(one.unit, "")
    missing = tuple(name for name in one.missing if name in WANTED)
    maybe = _maybe(desk, one)
    text = "\n".join(
        [
            wrapped(f"{one.unit}："),
            wrapped(_asked(desk, one), INDENT),
            wrapped(
                "如已发送，请回复本邮件告知发送时间和发件邮箱，以便查找；如正在准备，也请告知预计报送时间。"
                + desk.enquiries,
                INDENT,
            ),
            "",
            *signed(desk.signature, day(desk.on)),
            "",
        ]
    )
    return Paper(
        kind="reminder",
        unit=one.unit,
        accession="",
        group=desk.groups.get(one.kind, ""),
        to=to,
        subject=f"【提醒】请报送{notice.name}材料",
        text=text,
        facts=digest("reminder", one.unit, bool(one.accessions), missing, desk.late),
        note="；".join(filter(None, ("" if to else "没有已知的邮箱地址，请用微信、短信或电话", maybe))),
        hold=maybe,
    )


def _maybe(desk: Desk, one: Evaluation) -> str:
    """Say which mails may be this silent unit's: nobody is reminded of what has come."""
    found = () if one.accessions else desk.perhaps.get(one.unit, ())
    return f"{listed(found)} 可能是它报的（单位待核或待人工），先核对" if found else ""


def _asked(desk: Desk, one: Evaluation) -> str:
    notice = desk.rules.notice
    last, to = short_day(desk.deadline), notice.mailbox
    end = (
        f"通知要求{last}前报送，现已超过{(desk.on - desk.deadline).days}天，请尽快发送至{to}为盼。"
        if desk.late
        else f"请于{last}前发送至{to}为盼。"
    )
    asked = "活动开展情况和工作成效、典型经验、意见建议等文字信息，以及影像资料"
    if not one.accessions:
        return (
            f"按照《{notice.title}》（{notice.number}），各单位要报送{asked}。"
            f"截至{short_day(desk.on)}，还没有收到你单位的材料，{end}"
        )
    lacks = listed(WANTED[name] for name in one.missing if name in WANTED)
    also = "有的文件没有读出，办法见补正单。" if wants(desk, one).closed else ""
    return f"你单位报送的{notice.name}材料已收到，但还没有看到{lacks}。{also}{end}"


# ---------------------------------------------------------------- WeChat


def group_texts(desk: Desk) -> tuple[Text, ...]:
    """One text a peer group with somebody to remind, in the order of the groups; each unit on a line of its own."""
    found = due(desk)
    return tuple(
        _group(desk, name, [one for one in found if one.kind == kind])
        for kind, name in desk.rules.scoring.peers
        if any(one.kind == kind for one in found)
    )


def _group(desk: Desk, group: str, units: list[Evaluation]) -> Text:
    notice = desk.rules.notice
    silent = [one for one in units if not one.accessions]
    lacking = [one for one in units if one.accessions]
    last = short_day(desk.deadline)
    when = (
        f"通知要求{last}前报送，现已超过{(desk.on - desk.deadline).days}天，请尽快发送至 {notice.mailbox} 。"
        if desk.late
        else f"请于{last}前发送至 {notice.mailbox} （{by_when(notice.deadline, desk.on)}）。"
    )
    lines = [f"【报送提醒·{group}】", f"各位老师好！{notice.name}材料，{when}"]
    if silent:
        lines += ["", f"截至{short_day(desk.on)}还没有收到材料的（{len(silent)}个单位）："]
        lines += [f"@{desk.short[one.unit]}" for one in silent]
    if lacking:
        lines += ["", f"已收到、还缺材料的（{len(lacking)}个单位）："]
        lines += [
            f"@{desk.short[one.unit]} 缺：{listed(_brief(name) for name in one.missing if name in WANTED)}"
            for one in lacking
        ]
    lines += ["", "已经发送的，请告知发送时间和发件邮箱，以便查找。"]
    if desk.enquiries:
        lines.append(f"{desk.enquiries}谢谢支持！")
    return Text(group=group, units=len(units), text="\n".join(lines) + "\n")


def _brief(name: str) -> str:
    return {
        "情况": "活动情况",
        "成效": "工作成效",
        "经验": "典型经验",
        "建议": "意见建议",
        "影像": "照片或视频",
    }[name]


# ---------------------------------------------------------------- SMS


def short_messages(desk: Desk) -> tuple[Sms, ...]:
    """One SMS a unit that is to be reminded, none longer than SMS."""
    return tuple(_sms(desk, one) for one in due(desk))


def _sms(desk: Desk, one: Evaluation) -> Sms:
    contact = desk.contact(one)
    person, phone = _person(contact)
    return Sms(
        group=desk.groups.get(one.kind, ""),
        unit=one.unit,
        person=person,
        phone=phone,
        text=next(text for text in _shorter(desk, one, person) if sms_length(text) <= SMS),
    )


def _person(contact: Contact | None) -> tuple[str, str]:
    """Name and telephone of a mail, where they look like such."""
    if contact is None:
        return "", ""
    name, phone = plain(contact.name, 20), plain(contact.phone, 30)
    return name if _PERSON.fullmatch(name) else "", phone if _PHONE.fullmatch(phone) else ""


def _shorter(desk: Desk, one: Evaluation, person: str) -> Iterator[str]:
    """The same request in fewer and fewer words; the last has none that a mail or a long name could make longer."""
    notice = desk.rules.notice
    name = desk.short[one.unit]
    event = re.sub(r"^\d{4}年", "", notice.name)
    phone = next((two.phone for two in notice.contacts if two.organiser == desk.signature), "")
    who = f"【{desk.signature.replace('科学技术协会', '科协').replace('科学技术局', '科技局')}】"
    ask = (
        f"请尽快发至{notice.mailbox}"
        if desk.late
        else f"请于{short_day(desk.deadline)}前发至{notice.mailbox}"
    )
    lacks = [lack for lack in one.missing if lack in WANTED]
    facts = (
        [f"还缺{listed(_brief(lack) for lack in lacks)}", f"还缺{listed(lacks)}", f"还缺{len(lacks)}项"]
        if one.accessions
        else ["尚未收到"]
    )
    events = [f"{event}材料", "科技工作者日材料" if "科技工作者日" in event else "活动材料", "活动材料"]
    whom = [*([f"{name}{person}老师："] if person else []), f"{name}：", "贵单位"]
    tails = [f"，咨询{phone}", ""] if phone else [""]
    for signed_by, tail, whose, fact, what in product([who, ""], tails, whom, facts, events):
        yield f"{signed_by}{whose}{what}{fact}，{ask}{tail}"
    yield f"材料未收齐，{ask}"[:SMS]
