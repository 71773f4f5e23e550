"""Archives and other containers opened: members as leaves, within limits.

Purpose: `ARCHIVES` names the media types, `unpack()` opens one leaf, `volumes.py` joins the leaves that are one archive.
    `inside()` finds archives that their first octets do not show.
    Every member is handed over, junk of file managers too; what is noise is decided where it is read.
Source: one module a format, its source there: zips.py (directory.py, headers.py, cipher.py, aes.py), tars.py, streams.py,
    what mail programs wrap (tnef.py with lzfu.py, msg.py, smime.py with ber.py), shells.py (programs that unpack themselves),
    and foreign.py for rar, 7z and older ones (listing.py, unar.py). names.py decides what the names say, limits.py how much
    may be inflated.
Limits: a breach costs that archive, or the member, and is told; nested archives are opened by whoever composes the stages.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.records import Code, Leaf, Problem, Status, Unpacked
from pipeline.unpack import shells, streams
from pipeline.unpack.foreign import MEDIA_TYPES, read_foreign
from pipeline.unpack.limits import Opened, Refused
from pipeline.unpack.msg import read_msg
from pipeline.unpack.names import as_leaves, shown
from pipeline.unpack.shells import SELF_EXTRACTING, inside
from pipeline.unpack.smime import read_smime
from pipeline.unpack.tars import read_tar
from pipeline.unpack.tnef import read_tnef
from pipeline.unpack.volumes import RAR, Volumes
from pipeline.unpack.zips import read_zip

__all__ = ["ARCHIVES", "inside", "unpack"]

_MAILS = frozenset({"application/ms-tnef", "application/vnd.ms-outlook", "application/pkcs7-mime"})
_SHELLS = frozenset({SELF_EXTRACTING, *shells.TEXTS})
ARCHIVES = frozenset(
    {"application/zip", "application/x-tar", *_MAILS, *_SHELLS, *streams.MEDIA_TYPES, *MEDIA_TYPES}
)
"""Media types, as sniffed, that `unpack()` opens or says why it cannot."""

_EMPTY = "压缩包里没有文件，请与报送单位核实"
_STATUS = (
    (Code.ENCRYPTED, Status.NEEDS_PASSWORD),
    (Code.TOO_BIG, Status.TOO_BIG),
    (Code.UNSUPPORTED, Status.UNSUPPORTED),
    (Code.DAMAGED, Status.DAMAGED),
    (Code.EXECUTABLE, Status.UNSUPPORTED),
)
"""What the archive's status is for the gravest of its problems: first what a person can cure."""


def unpack(
    leaf: Leaf,
    media_type: str,
    passwords: tuple[str, ...],
    abilities: tuple[str, ...],
    volumes: Volumes | None = None,
) -> Unpacked:
    """Open the archive *leaf*.

    Args:
        media_type: one of ARCHIVES, as sniffed.
        passwords: to try, in this order, on what is encrypted.
        abilities: names of the programs that may be used.
        volumes: the archive whose first volume *leaf* is, None where it is whole.

    Returns:
        its members in the archive's order, paths below the leaf's own. status: OK; else that of the gravest problem,
        PARTLY where members could be read in spite of damage or of a method that is not known; NOISE of a signature
        that holds nothing else. Never raises on hostile octets.

    Raises:
        ValueError: *media_type* is none of ARCHIVES.
    """
    opened = (
        _joined(volumes, passwords, abilities) if volumes else _opened(leaf, media_type, passwords, abilities)
    )
    members, problems = as_leaves(leaf, opened)
    status = _status(problems, some=bool(members))
    reason = _reason(problems, status)
    if not members and not problems and not opened.note and media_type != "application/ms-tnef":
        return Unpacked(members=(), status=Status.PARTLY, reason=_EMPTY)
    if status is Status.OK and any(member.problem for member in members):
        status, reason = Status.PARTLY, "部分成员损坏"
    elif status is Status.OK and opened.note and not members:
        status = Status.NOISE
    reason = shown("；".join(filter(None, (reason, opened.note))))
    return Unpacked(members=members, status=status, reason=reason, problems=problems)


def _joined(volumes: Volumes, passwords: tuple[str, ...], abilities: tuple[str, ...]) -> Opened:
    """Open the volumes that are there; which are missing is the first thing told."""
    if volumes.separate:
        opened = read_foreign([leaf.data for leaf in volumes.leaves], RAR, passwords, abilities)
    elif volumes.media_type == "application/zip":
        opened = read_zip(volumes.octets, passwords, abilities, volumes.offsets)
    else:
        whole = replace(volumes.leaves[0], data=volumes.octets)
        opened = _opened(whole, volumes.media_type, passwords, abilities)
    if not volumes.missing:
        return opened
    told = Refused(code=Code.DAMAGED, why=volumes.missing)
    return replace(opened, refused=(told, *(one for one in opened.refused if one.name or one.text)))


def _opened(leaf: Leaf, media_type: str, passwords: tuple[str, ...], abilities: tuple[str, ...]) -> Opened:
    if media_type == "application/zip":
        return read_zip(leaf.data, passwords, abilities)
    if media_type == "application/x-tar":
        return read_tar(leaf.data)
    if media_type in _MAILS:
        return _mail(leaf, media_type)
    if media_type in _SHELLS:
        return _shell(leaf, media_type, passwords, abilities)
    if media_type in streams.MEDIA_TYPES:
        return streams.read_stream(leaf.data, media_type, leaf.name, abilities)
    if media_type in MEDIA_TYPES:
        return read_foreign([leaf.data], media_type, passwords, abilities)
    raise ValueError(f"{media_type} is no archive")


def _mail(leaf: Leaf, media_type: str) -> Opened:
    if media_type == "application/ms-tnef":
        return read_tnef(leaf.data)
    if media_type == "application/vnd.ms-outlook":
        return read_msg(leaf.data)
    return read_smime(leaf.data, leaf.name, leaf.declared)


def _shell(leaf: Leaf, media_type: str, passwords: tuple[str, ...], abilities: tuple[str, ...]) -> Opened:
    if media_type in shells.TEXTS:
        return shells.read_text(leaf.data, media_type, leaf.name)
    kind, data = shells.archive_of(leaf.data) or ("application/zip", leaf.data)
    return shells.told_of_program(_opened(replace(leaf, data=data), kind, passwords, abilities))


def _status(problems: tuple[Problem, ...], *, some: bool) -> Status:
    codes = {problem.code for problem in problems}
    status = next((status for code, status in _STATUS if code in codes), Status.OK)
    return Status.PARTLY if some and status in (Status.UNSUPPORTED, Status.DAMAGED) else status


def _reason(problems: tuple[Problem, ...], status: Status) -> str:
    return "；".join(problem.detail for problem in problems) if status is not Status.OK else ""
