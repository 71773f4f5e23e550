"""The transitions of an item, each a named method with one transaction; what is impossible raises and writes nothing.

Purpose: captured 已接收 → filed 已归档 | held 待人工 | dismissed 不予受理; held → captured (released) | dismissed;
filed → filed (another basis) | held (the new basis failed three times, which must not stay unseen).
Source: ../../docs/decisions.md. An attempt is counted before it is made, so a mail that kills its reader is found out;
an attempt that ran in a process of its own is given back when it was our own death that ended it.
Limits: whether a reader's answer is right is not the register's business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from pipeline import VERSION
from pipeline.errors import UsageError
from pipeline.records import Correction, Filing, Kind, Reading, State, Status
from pipeline.register import chain, rows, tables
from pipeline.register.looking import Looking
from pipeline.register.opening import open_engine, transaction
from pipeline.register.values import Basis, Capture, Poll, Sighting

MAX_ATTEMPTS = 3
"""Failed attempts after which a mail is held for a person."""
DELAYS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20))
"""How long a failed mail waits for its next attempt; a fifth is added at most, so that not all come at once."""
MACHINE = f"shouwen v{VERSION}"
"""The actor of what no person did."""

STATES = {State.CAPTURED: "已接收", State.FILED: "已归档", State.HELD: "待人工", State.DISMISSED: "不予受理"}
KINDS = {Kind.SUBMISSION: "报送", Kind.CORRECTION: "更正", Kind.SUPPLEMENT: "补报", Kind.OTHER: "非报送"}
RECEIVED = {
    "internaldate": "收到时间据邮箱服务器",
    "received": "收到时间据最上一条 Received",
    "date": "没有 Received，收到时间据 Date",
    "captured": "信头没有可用的时间，以接收之时为收到时间",
}


class Register(Looking):
    """The register in the file *path*, made where there is none; *year* counts the accessions (the notice's year).

    Raises:
        PermanentError: the file was written by a newer program, is no register, or cannot be opened.
    """

    def __init__(self, path: Path, *, year: int) -> None:
        super().__init__(open_engine(path), path)
        self._year = year

    def close(self) -> None:
        """Let the file go."""
        self._engine.dispose()

    # ------------------------------------------------------------ taking in

    def capture(
        self, captures: Sequence[Capture], *, at: datetime, mark: Sighting | None = None
    ) -> tuple[str, ...]:
        """Take in *captures* and return the accession of each; all of them or none.

        Octets that are known get no second item: a sighting is added, with an event; a sighting that is known too
        changes nothing. Then *mark* says up to which UID nothing of its folder is missing.
        """
        with transaction(self._engine, writing=True) as connection:
            accessions = tuple(self._capture(connection, one, at) for one in captures)
            if mark is not None:
                connection.execute(upsert(tables.marks).prefix_with("OR REPLACE").values(**asdict(mark)))
        return accessions

    def _capture(self, connection: Connection, one: Capture, at: datetime) -> str:
        wanted = select(tables.items).where(tables.items.c.sha256 == one.sha256)
        known = connection.execute(wanted).mappings().first()
        row = dict(known) if known else self._new_row(self._next(connection), one, at)
        accession = str(row["accession"])
        if known and _is_sighted(connection, one.sighting, accession):
            return accession
        if not known:
            connection.execute(insert(tables.items).values(**row))
        connection.execute(insert(tables.sightings).values(**asdict(one.sighting), accession=accession))
        fact = (
            "同一封邮件又见到一次，不另立收文号"
            if known
            else f"收下 {one.size} 字节；{RECEIVED[one.received_from]}"
        )
        chain.append(
            connection,
            at=at,
            accession=accession,
            action="sight" if known else "capture",
            actor=MACHINE,
            outcome=fact + ("；原件库里的同一份已损坏，已用这次收到的补好" if one.mended else ""),
            before=str(row["state"]) if known else "",
            after=str(row["state"]),
            detail=str(one.sighting),
            row="" if known else str(row["digest"]),
        )
        return accession

    def _next(self, connection: Connection) -> str:
        highest = select(func.max(tables.items.c.number)).where(tables.items.c.year == self._year)
        return f"{self._year}-{(connection.scalar(highest) or 0) + 1:05d}"

    def _new_row(self, accession: str, one: Capture, at: datetime) -> dict[str, object]:
        row: dict[str, object] = {
            "accession": accession,
            "year": self._year,
            "number": int(accession.rpartition("-")[2]),
            "sha256": one.sha256,
            "size": one.size,
            "state": State.CAPTURED.value,
            "received": chain.moment(one.received),
            "received_from": one.received_from,
            "captured": chain.moment(at),
            "due": None,
            "begun": None,
            "isolated": 0,
            "attempts": 0,
            "reason": "",
            "basis": "",
            "filing": "",
        }
        return {**row, "digest": rows.item_digest(row)}

    def polled(self, poll: Poll) -> None:
        """Write down what a poll saw: the heartbeat of the intake, no event."""
        fields = {**asdict(poll), "at": chain.moment(poll.at)}
        fields["earliest"] = chain.moment(poll.earliest) if poll.earliest else None
        with transaction(self._engine, writing=True) as connection:
            connection.execute(insert(tables.polls).values(**fields))

    # ------------------------------------------------------------ an attempt and its ends

    def begin(self, accession: str, *, at: datetime, isolated: bool = False) -> None:
        """Count an attempt before it is made. isolated: it runs in a process of its own.

        Raises:
            UsageError: the item is neither captured nor filed, an attempt is open, or three have failed.
        """
        with self._step(accession, State.CAPTURED, State.FILED, verb="办理") as step:
            step.require(step.row["begun"] is None, "上一次办理还没有结束")
            step.require(step.attempts < MAX_ATTEMPTS, f"已经试过 {MAX_ATTEMPTS} 次")
            step.move(attempts=step.attempts + 1, begun=chain.moment(at), isolated=int(isolated), due=None)
            step.tell("begin", f"第 {step.attempts + 1} 次办理开始", at)

    def file(
        self, accession: str, filing: Filing, *, basis: Basis, at: datetime, reading: Reading | None = None
    ) -> None:
        """File the item of the open attempt. reading: where it was made just now, to be kept beside.

        Raises:
            UsageError: no attempt is open (a person may have dismissed the mail meanwhile).
        """
        with self._step(accession, State.CAPTURED, State.FILED, verb="归档") as step:
            step.require(step.row["begun"] is not None, "没有正在办理")
            if reading is not None:
                digest = _keep_reading(step.connection, reading, basis)
                step.tell("read", _read_outcome(reading), at, row=digest)
            digest = _keep_filing(step.connection, accession, filing, basis)
            step.move(
                state=State.FILED.value,
                attempts=0,
                begun=None,
                due=None,
                reason="",
                basis=basis.digest,
                filing=digest,
            )
            step.tell("file", _filed_outcome(filing), at, detail=f"依据 {basis.digest}")

    def defer(self, accession: str, *, why: str, at: datetime) -> None:
        """End the open attempt as failed; the next is due in 1, 5 or 20 minutes and a little.

        Raises:
            UsageError: no attempt is open.
        """
        with self._step(accession, State.CAPTURED, State.FILED, verb="推迟") as step:
            step.require(step.row["begun"] is not None, "没有正在办理")
            due = at + _delay(str(step.row["sha256"]), step.attempts)
            step.move(begun=None, due=chain.moment(due))
            step.tell(
                "defer", f"第 {step.attempts} 次办理未成：{why}", at, detail=f"下次不早于 {chain.moment(due)}"
            )

    def hold(self, accession: str, *, why: str, at: datetime) -> None:
        """End the open attempt and leave the mail to a person.

        Raises:
            UsageError: no attempt is open, or fewer than three were made.
        """
        with self._step(accession, State.CAPTURED, State.FILED, verb="转待人工") as step:
            step.require(step.row["begun"] is not None, "没有正在办理")
            step.require(step.attempts >= MAX_ATTEMPTS, f"只试过 {step.attempts} 次")
            reason = chain.one_line(f"办理 {step.attempts} 次未成：{why}")
            step.move(state=State.HELD.value, begun=None, due=None, reason=reason)
            step.tell("hold", reason, at)

    def interrupt(self, *, at: datetime) -> tuple[str, ...]:
        """End every open attempt as cut off by our own death and return the accessions; only the one writer may.

        An isolated attempt does not count: had the mail killed its reader, we would have lived to see it.
        """
        with transaction(self._engine, writing=True) as connection:
            wanted = select(tables.items.c.accession).where(tables.items.c.begun.is_not(None))
            cut_off = tuple(connection.scalars(wanted.order_by(tables.items.c.accession)))
            for accession in cut_off:
                step = _Step.of(connection, accession)
                back = int(bool(step.row["isolated"]))
                step.move(begun=None, due=None, attempts=step.attempts - back)
                step.tell("interrupt", f"第 {step.attempts} 次办理被中断{'，不计次数' if back else ''}", at)
        return cut_off

    # ------------------------------------------------------------ what people decide

    def release(self, accession: str, *, by: str, why: str, at: datetime) -> None:
        """Give a held mail another three attempts.

        Raises:
            UsageError: it is not held, or name or reason is missing.
        """
        _require_person(by, why)
        with self._step(accession, State.HELD, verb="放行") as step:
            step.move(state=State.CAPTURED.value, attempts=0, due=None, reason="")
            step.tell("release", f"放行重办：{why}", at, actor=by)

    def dismiss(self, accession: str, *, by: str, why: str, at: datetime) -> None:
        """Decide that a captured or held mail is not taken; its octets and its log stay.

        Raises:
            UsageError: it is filed or dismissed, or name or reason is missing.
        """
        _require_person(by, why)
        with self._step(accession, State.CAPTURED, State.HELD, verb="不予受理") as step:
            reason = chain.one_line(why)
            step.move(state=State.DISMISSED.value, attempts=0, begun=None, due=None, reason=reason)
            step.tell("dismiss", f"不予受理：{why}", at, actor=by)

    def correct(self, correction: Correction) -> None:
        """Write a person's decision about one field beside the filing, which stays as it is.

        Raises:
            UsageError: the mail is not filed, or name or reason is missing.
        """
        _require_person(correction.by, correction.why)
        with self._step(correction.accession, State.FILED, verb="更正") as step:
            digest = rows.correction_digest(correction)
            fields = {**asdict(correction), "at": chain.moment(correction.at), "digest": digest}
            step.connection.execute(insert(tables.corrections).values(**fields))
            step.tell(
                "correct",
                f"更正 {correction.field}：{correction.why}",
                correction.at,
                actor=correction.by,
                row=digest,
            )

    @contextmanager
    def _step(self, accession: str, *allowed: State, verb: str) -> Iterator[_Step]:
        """One transaction about one item that must stand in an *allowed* state."""
        with transaction(self._engine, writing=True) as connection:
            step = _Step.of(connection, accession, verb=verb)
            step.require(step.state in allowed, f"现为{STATES[State(step.state)]}")
            yield step


@dataclass(kw_only=True)
class _Step:
    """One transition on its way: the row as it was found, then as it is written."""

    connection: Connection
    row: dict[str, object]
    verb: str
    written: dict[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection, accession: str, *, verb: str = "") -> _Step:
        found = (
            connection.execute(select(tables.items).where(tables.items.c.accession == accession))
            .mappings()
            .first()
        )
        if found is None:
            raise UsageError(f"没有收文号 {accession}；收文号形如 2024-00031，可用 shouwen log 查看")
        return cls(connection=connection, row=dict(found), verb=verb)

    @property
    def state(self) -> str:
        """The state as it was found."""
        return str(self.row["state"])

    @property
    def attempts(self) -> int:
        """The attempts as they were found."""
        return int(str(self.row["attempts"]))

    def require(self, holds: bool, fact: str) -> None:
        if not holds:
            raise UsageError(f"{self.row['accession']} {fact}，不能{self.verb}")

    def move(self, **changes: object) -> None:
        row = {**self.row, **changes}
        self.written = {**row, "digest": rows.item_digest(row)}
        item = tables.items
        self.connection.execute(
            update(item).where(item.c.accession == row["accession"]).values(**self.written)
        )

    def tell(
        self,
        action: str,
        outcome: str,
        at: datetime,
        *,
        actor: str = MACHINE,
        detail: str = "",
        row: str = "",
    ) -> None:
        """Append the event of this step; *row*: the digest of what it wrote, if that is not the item's row."""
        now = self.written or self.row
        chain.append(
            self.connection,
            at=at,
            accession=str(now["accession"]),
            action=action,
            actor=actor,
            outcome=outcome,
            before=self.state,
            after=str(now["state"]),
            detail=detail,
            row=row or str(now["digest"]),
        )


def _is_sighted(connection: Connection, sighting: Sighting, accession: str) -> bool:
    seen = tables.sightings.c
    known = select(seen.uid).where(
        seen.account == sighting.account, seen.folder == sighting.folder, seen.uidvalidity == sighting.uidvalidity,
        seen.uid == sighting.uid, seen.accession == accession,
    )  # fmt: skip
    return connection.execute(known).first() is not None


def _keep_reading(connection: Connection, reading: Reading, basis: Basis) -> str:
    """Cache *reading* instead of older ones of the same octets; return the digest of its row."""
    key: dict[str, str | int] = {
        "sha256": reading.sha256,
        "version": basis.version,
        "abilities": basis.abilities,
    }
    content = rows.packed(reading)
    digest = rows.content_digest(content, **key)
    connection.execute(delete(tables.readings).where(tables.readings.c.sha256 == reading.sha256))
    connection.execute(insert(tables.readings).values(**key, content=content, digest=digest))
    return digest


def _keep_filing(connection: Connection, accession: str, filing: Filing, basis: Basis) -> str:
    """Write *filing* in place of an earlier one; return the digest of its row."""
    key: dict[str, str | int] = {"accession": accession, "basis": basis.digest}
    content = rows.packed(filing)
    digest = rows.content_digest(content, **key)
    connection.execute(
        upsert(tables.filings).prefix_with("OR REPLACE").values(**key, content=content, digest=digest)
    )
    return digest


def _read_outcome(reading: Reading) -> str:
    short = sum(part.status not in (Status.OK, Status.NOISE) for part in reading.parts)
    return f"读出 {len(reading.parts)} 个部件" + (f"，其中 {short} 个没有读全" if short else "")


def _filed_outcome(filing: Filing) -> str:
    activities = f"，活动 {len(filing.activities)} 项" if filing.activities else ""
    problems = f"，{len(filing.problems)} 个问题待看" if filing.problems else ""
    return f"归档为{KINDS[filing.kind]}{activities}{problems}"


def _delay(sha256: str, attempts: int) -> timedelta:
    """The wait after attempt number *attempts*, with a jitter that the mail itself decides."""
    jitter = int(hashlib.sha256(f"{sha256}{attempts}".encode()).hexdigest()[:4], 16) / 0xFFFF
    return DELAYS[min(attempts, len(DELAYS)) - 1] * (1 + jitter / 5)


def _require_person(by: str, why: str) -> None:
    if not by.strip() or not why.strip():
        raise UsageError("人工决定要有姓名（--by）和理由（--why）")
