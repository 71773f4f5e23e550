"""The log as a bag that an auditor carries away and checks with nothing of ours.

Purpose: `write` puts a folder down whole or not at all; `files` says what stands in its data/, pure.
Source: RFC 8493 (BagIt 1.0); DA/T 70-2018; tools/verify_log.py, which lies in the bag, checks all of it.
Limits: the same register gives the same octets but for Bagging-Date. Says what the register says: a register that was
tampered with becomes a bag in which it shows. Readings, filings and polls are not in it; originals only if asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

import outputs
from outputs import handed
from outputs.audit import intakelog, masking
from pipeline import beijing, durable
from pipeline.register.chain import START, moment, one_line
from pipeline.register.ledger import Ledger
from pipeline.register.rows import seal_fields

TOOL = "verify_log.py"

File = tuple[str, bytes]
"""Path below the bag, with slashes, and octets."""


class Originals(Protocol):
    """What the bag needs of an archive."""

    def get(self, sha256: str) -> bytes:
        """Return the octets of that digest, fixity-checked."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What was asked for. full: nothing is masked. originals: where they are, None: they stay out.

    release: version of the software. at: when, with zone.
    """

    release: str
    at: datetime
    full: bool = False
    originals: Originals | None = None


def write(ledger: Ledger, order: Order, *, folder: Path) -> None:
    """Write the bag of *ledger* into *folder*: beside it first, then renamed.

    Raises:
        UsageError: the folder is there and not empty.
        IntegrityError: an original is missing or damaged (exit 4).
        TransientError: the disk refuses. Nothing is then left behind.
    """
    with handed.folder(folder) as beside:
        listed = [_put(beside, one) for one in files(ledger, order)]
        tags = [_put(beside, one) for one in _tags(listed, ledger, order)]
        _put(beside, ("tagmanifest-sha256.txt", _manifest(tags)))


def files(ledger: Ledger, order: Order) -> Iterator[File]:
    """Yield the files of data/, one at a time, originals last."""
    shown = ledger if order.full else masked(ledger)
    yield "data/log.jsonl", _text(intakelog.jsonl(shown.events))
    yield "data/log.csv", _text(intakelog.csv(shown.events))
    yield "data/items.jsonl", _text(_json(row) for row in shown.items)
    yield "data/sightings.jsonl", _text(_sightings(ledger))
    yield "data/corrections.jsonl", _text(_corrections(shown))
    yield "data/attachments.jsonl", _text(_json(row) for row in ledger.attachments)
    yield "data/seals.jsonl", _text(_json(seal_fields(seal)) for seal in ledger.seals)
    yield f"data/{TOOL}", tool().read_bytes()
    yield "data/说明.txt", readme(hidden=shown != ledger, originals=order.originals is not None).encode()
    if order.originals is not None:
        for sha256 in sorted({str(row["sha256"]) for row in (*ledger.items, *ledger.attachments)}):
            yield f"data/originals/{sha256[:2]}/{sha256[2:4]}/{sha256}", order.originals.get(sha256)


def tool() -> Path:
    """Where verify_log.py is: in tools/ of the source tree, beside the outputs where they are installed."""
    installed = Path(outputs.__file__).with_name(TOOL)
    return installed if installed.exists() else installed.parent.parent / "tools" / TOOL


def masked(ledger: Ledger) -> Ledger:
    """Mask personal data in *ledger*; the same where there is none."""
    names = masking.persons(ledger.events)
    return replace(
        ledger,
        events=tuple(masking.event(event, names) for event in ledger.events),
        items=tuple(masking.item_row(row, names) for row in ledger.items),
        corrections=tuple(masking.correction_row(row) for row in ledger.corrections),
    )


def readme(*, hidden: bool, originals: bool) -> str:
    """说明.txt: what each file is, how to check, what cannot be seen. hidden: something is masked."""
    words = MASKED if hidden else "没有遮盖；可能含个人信息，请妥善保管"
    kept = (
        "data/originals/ab/cd/<摘要>：每封邮件、每份补入材料的原件，文件名就是它的 SHA-256\n"
        if originals
        else ""
    )
    return README.format(words=words, originals=kept)


MASKED = (
    "电话、证件号、银行卡号、邮箱地址和经办人姓名已在中间遮盖。\n"
    "  言词被遮盖的日志没有盐（salt），标 masked，其言词无从核对；事实和整条链照样可以核对。登记行的理由含\n"
    "  个人信息的、更正，只列收文号和摘要（摘要与日志核对），标 masked；更正改了什么，看日志里“更正”一条"
)
README = """\
收件日志副本（BagIt 1.0，RFC 8493）

一、各是什么
data/log.jsonl：收件日志，一行一条。中文字段给人看，英文字段供重算
data/log.csv：同一份日志的表格，Excel、WPS 可直接打开
data/items.jsonl：收文登记，一行一件；digest 应等于日志里这件来文最后一次登记的“状态行摘要”
data/sightings.jsonl：每封邮件在邮箱里见于何处（文件夹、UIDVALIDITY、UID），gone 为发现它已不在服务器的时间
data/corrections.jsonl：人工更正，按号（从 1）排列；act 为 decide 更正、undo 撤销、sign 签认，about 为所撤、所签的号；
  收文号为空的是关于单位的（评分、待核事项）
data/attachments.jsonl：经办人补入的材料：第几份、字节数、SHA-256；文件名和所答链接看日志“补入材料”一条的说明
data/seals.jsonl：封印：某一时刻日志到第几条、末条摘要是什么
data/verify_log.py：核对程序，不足 200 行，只用 Python 标准库，可先读一遍再运行
{originals}bag-info.txt：何时、由哪一版软件导出，日志链头（Log-Head）
manifest-sha256.txt、tagmanifest-sha256.txt：各文件的 SHA-256

二、个人信息
{words}

三、怎样核对
只用 sha256sum：在本目录运行 sha256sum -c manifest-sha256.txt 和 sha256sum -c tagmanifest-sha256.txt
用 Python：python data/verify_log.py . ，手里另有封印的加 --seal 文件或文件夹，有原件库的加 --archive 目录
自己重算：取所列字段，写成键按字母排序、无空白、不转义非 ASCII 字符的 JSON，按 UTF-8 求 SHA-256：
  言词摘要 said = salt、actor、outcome、detail
  本条摘要 digest = number、at、accession、action、before、after、rule、row、said、previous
  登记行、更正、补入材料、封印的 digest = 该行除 digest、masked 外的全部字段；更正中 act 是 decide、about 是 0、
  workbook、anchor、machine 是空的，这几个字段不算在内
每条的 previous 是上一条的 digest，第一条的是 64 个 0。

四、看不出来的
1. 所有者把日志连同封印整个重写，或者拿较早的一份来充，单凭本副本看不出来；要用事先另处保存的封印（工作簿
   “说明”页的日志链头也可以）对照。
2. 被遮盖的言词是否如实。
3. 归档结果和读件结果的内容：这里只有摘要，要在原系统运行 shouwen verify 核对。
4. 时间是收件计算机的时钟；末号封印之后的日志没有封印，核对程序最后一行说有几条。
"""


# ---------------------------------------------------------------- data/


def _corrections(ledger: Ledger) -> Iterator[str]:
    for row in ledger.corrections:
        yield _json({name: value for name, value in row.items() if name != "number"})


def _sightings(ledger: Ledger) -> Iterator[str]:
    """Account and folder as the log has them: on one line; they are the collection mailbox's, no person's."""
    for sighting, accession in ledger.sightings:
        account, folder = (one_line(one) for one in (sighting.account, sighting.folder))
        yield _json(
            {
                "accession": accession,
                "account": account,
                "folder": folder,
                "uidvalidity": sighting.uidvalidity,
                "uid": sighting.uid,
                "size": sighting.size,
                "received": moment(sighting.received) if sighting.received else None,
                "gone": moment(sighting.gone) if sighting.gone else None,
            }
        )


def _json(fields: object) -> str:
    return json.dumps(fields, ensure_ascii=False)


def _text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


# ---------------------------------------------------------------- tag files


@dataclass(frozen=True, kw_only=True)
class _Put:
    """A file that lies in the bag."""

    path: str
    size: int
    sha256: str


def _tags(listed: list[_Put], ledger: Ledger, order: Order) -> Iterator[File]:
    yield "bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    yield "bag-info.txt", _text(_info(listed, ledger, order))
    yield "manifest-sha256.txt", _manifest(listed)


def _info(listed: list[_Put], ledger: Ledger, order: Order) -> Iterator[str]:
    event = ledger.events[-1] if ledger.events else None
    seal = ledger.seals[-1] if ledger.seals else None
    hidden = not order.full and masked(ledger) != ledger
    words = "个人信息已遮盖" if hidden else "没有遮盖"
    originals = "含原件" if order.originals is not None else "不含原件"
    yield f"Bagging-Date: {beijing.day(order.at)}"
    yield f"Payload-Oxum: {sum(one.size for one in listed)}.{len(listed)}"
    yield f"External-Description: 收件日志、收文登记、封印的副本，{words}，{originals}；用法见 data/说明.txt"
    yield f"Bag-Software-Agent: shouwen {order.release}"
    yield f"Masked: {'yes' if hidden else 'no'}"
    yield f"Originals: {'no' if order.originals is None else 'yes'}"
    yield f"Log-Head: {f'{event.number} {event.digest}' if event else f'0 {START}'}"
    yield f"Log-Seals: {f'{seal.number} {seal.digest}' if seal else f'0 {START}'}"


def _manifest(listed: Iterable[_Put]) -> bytes:
    return _text(f"{one.sha256}  {one.path}" for one in sorted(listed, key=lambda one: one.path))


# ---------------------------------------------------------------- on disk


def _put(bag: Path, file: File) -> _Put:
    name, octets = file
    return _Put(path=name, size=len(octets), sha256=durable.put(bag / name, octets))
