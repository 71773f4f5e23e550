"""A mail that Outlook saved as .msg: its header and bodies as one mail, its attachments, and the mails attached to it.

Purpose: `read_msg()`.
Source: [MS-OXMSG] sections 2.2-2.4 (storages), [MS-OXCMSG] section 2.2.2 (attachments); msgobject.py, msgmail.py, lzfu.py.
Limits: those of limits.py, and MAX_NESTED mails in one another. Attachments are as they were; compressed RTF is handed over
    where it is the only body. OLE objects are not taken out, attachments that are only a link are told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.ole import Compound
from pipeline.records import Code
from pipeline.unpack import lzfu
from pipeline.unpack.limits import Budget, Member, Opened, Refused, too_many
from pipeline.unpack.msgmail import PLAIN, as_mail
from pipeline.unpack.msgobject import MsgObject

MAX_NESTED = 12
"""Mails in one another; chains of forwards as attachments reach some five."""
_CLASS, _RTF = 0x001A, 0x1009
_DATA, _METHOD, _NAMES, _TAG, _PLACES = 0x3701, 0x3705, (0x3707, 0x3704, 0x3001), 0x370E, (0x370D, 0x3708)
_BY_REFERENCE = frozenset({2, 3, 4, 7})
_ATTACHMENT = "__attach_version1.0_#"
_PICTURE, _PICTURE_MARK = "CONTENTS", "\x03MailStream"

_BROKEN = "msg 文件不完整或损坏，读不出内容"
_DEEP = f"邮件附邮件超过 {MAX_NESTED} 层，其余未打开"
_OBJECT = "嵌入的 OLE 对象，没有取出，请在 Outlook 中查看"
_ELSEWHERE = "附件没有随信，只写了存放位置"
_CUT = "内容不完整"


def read_msg(data: bytes) -> Opened:
    """Read the saved mail *data*: "邮件.eml", its attachments, and for each attached mail a folder of the same."""
    compound = Compound(data)
    if not any(
        path.startswith("__substg1.0_") or path == "__properties_version1.0" for path in compound.paths
    ):
        return Opened(refused=(Refused(code=Code.DAMAGED, why=_BROKEN),))
    found = _Found(compound=compound, budget=Budget(packed=len(data)))
    message = MsgObject(found.octets, prefix="", head=32, charset="")
    found.mail(message, folder="", depth=0)
    kind = message.text(_CLASS)
    ordinary = not kind or kind.upper().startswith("IPM.NOTE")
    return Opened(
        members=tuple(found.members),
        refused=tuple(found.refused),
        note="" if ordinary else f"Outlook 项目，类型 {kind[:80]}",
    )


@dataclass(kw_only=True)
class _Found:
    """What was found so far in one file, and how much more may be. storages: prefix of each to those inside it."""

    compound: Compound
    budget: Budget
    members: list[Member] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    full: bool = False
    storages: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in self.compound.paths:
            parent = ""
            for step in path.split("/")[:-1]:
                inside = self.storages.setdefault(parent, [])
                parent = f"{parent}{step}/"
                if parent not in self.storages:
                    inside.append(parent)
            self.storages.setdefault(parent, [])

    def octets(self, path: str) -> bytes | None:
        """The stream at *path*, None if there is none or no room for it."""
        stream = self.compound.paths.get(path)
        if stream is None or self.full:
            return None
        octets = self.compound.read(stream)
        self.budget.octets -= len(octets)
        if self.budget.spent:
            self.full = True
            self.refused.append(too_many())
            return None
        return octets

    def mail(self, message: MsgObject, folder: str, depth: int) -> None:
        """Add the mail *message*: what it says, then what is attached to it."""
        rtf = message.octets(_RTF) if not (message.text(PLAIN).strip() or message.html()[0].strip()) else b""
        self._add(
            Member(name=b"", text=f"{folder}邮件.eml", data=as_mail(message), declared="message/rfc822")
        )
        if rtf:
            text, whole = lzfu.decompress(rtf)
            self._add(Member(name=b"", text=f"{folder}正文.rtf", data=text, fault="" if whole else _CUT))
        inside = self.storages.get(message.prefix, ())
        attached = sorted(one for one in inside if one.startswith(message.prefix + _ATTACHMENT))
        for number, prefix in enumerate(attached, 1):
            if self.budget.spent:
                break
            attachment = MsgObject(self.octets, prefix=prefix, head=8, charset=message.charset)
            self._attached(attachment, folder, number, depth)

    def _add(self, member: Member) -> None:
        self.members.append(member)
        self.budget.members -= 1

    def _attached(self, attachment: MsgObject, folder: str, number: int, depth: int) -> None:
        name = next(filter(None, map(attachment.text, _NAMES)), "") or f"附件{number}"
        inner = f"{attachment.prefix}__substg1.0_3701000D/"
        if f"{inner}__properties_version1.0" in self.compound.paths:
            if depth >= MAX_NESTED:
                self.refused.append(Refused(text=name, code=Code.TOO_BIG, why=_DEEP))
                return
            nested = MsgObject(self.octets, prefix=inner, head=24, charset=attachment.charset)
            self.mail(nested, f"{folder}{_as_folder(name)}/", depth + 1)
            return
        data = attachment.octets(_DATA) or self.octets(inner + _PICTURE) or b""
        if data or not (self.full or self._refuse(attachment, name)):
            tag = attachment.text(_TAG).lower()
            declared = "message/rfc822" if tag.startswith("multipart/") else tag
            stated = self.compound.paths.get(attachment.path(_DATA, 0x0102))
            fault = _CUT if stated and stated.size > len(data) else ""
            self._add(Member(name=b"", text=folder + name, data=data, declared=declared, fault=fault))

    def _refuse(self, attachment: MsgObject, name: str) -> bool:
        """Tell of an attachment whose octets are not in the file as they were; False if it is simply empty."""
        if attachment.number(_METHOD) in _BY_REFERENCE:
            place = next(filter(None, map(attachment.text, _PLACES)), "")
            why = f"{_ELSEWHERE}（{place[:200]}）" if place else _ELSEWHERE
            self.refused.append(Refused(text=name, code=Code.LINK_ONLY, why=why))
            return True
        if f"{attachment.prefix}__substg1.0_3701000D/" in self.storages:
            self.refused.append(Refused(text=name, code=Code.UNSUPPORTED, why=_OBJECT))
            return True
        return False


def _as_folder(name: str) -> str:
    return re.sub(r"[/\\]", "_", name)


def pasted_picture(data: bytes) -> bytes:
    """The picture in an OLE object that Outlook makes of one pasted into an RTF mail; any other *data* as it is."""
    compound = Compound(data)
    if _PICTURE_MARK in compound.paths and _PICTURE in compound.paths:
        return compound.read(compound.paths[_PICTURE])
    return data
