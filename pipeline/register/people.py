"""What people decide about items: each a named method with one transaction, their name and reason in its event.

Purpose: `People`, the transitions of an item that a person asks for, and what a person did to the office.
Source: principle 9 (people decide; a decision is a fact beside the filing).
Limits: who the person is, the caller says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import delete

from pipeline.records import Attachment, Correction, State
from pipeline.register import attaching, chain, deciding, tables
from pipeline.register.deciding import STATES, require_person
from pipeline.register.opening import transaction
from pipeline.register.step import Step
from pipeline.register.taking import Taking
from pipeline.register.values import Taught


class People(Taking):
    """The register as people's commands see it."""

    def release(self, accession: str, *, by: str, why: str, at: datetime) -> None:
        """Give a held mail another three attempts.

        Raises:
            UsageError: it is not held, or name or reason is missing.
        """
        require_person(by, why)
        with self._step(accession, State.HELD, verb="放行") as step:
            step.move(state=State.CAPTURED.value, attempts=0, due=None, reason="")
            step.tell("release", f"放行重办：{why}", at, actor=by)

    def dismiss(self, accession: str, *, by: str, why: str, at: datetime) -> None:
        """Decide that a captured or held mail is not taken; its octets and its log stay.

        Raises:
            UsageError: it is filed or dismissed, or name or reason is missing.
        """
        require_person(by, why)
        with self._step(accession, State.CAPTURED, State.HELD, verb="不予受理") as step:
            reason = chain.one_line(why)
            step.move(state=State.DISMISSED.value, attempts=0, begun=None, due=None, reason=reason)
            step.tell("dismiss", f"不予受理：{why}", at, actor=by)

    def correct(self, correction: Correction) -> Correction:
        """Write a person's decision beside the filing, which stays as it is; return it with its number.

        Raises:
            UsageError: the mail is not filed, name or reason is missing, or there is nothing to undo or to sign.
        """
        return self.correct_all((correction,))[0]

    def correct_all(self, corrections: Sequence[Correction]) -> tuple[Correction, ...]:
        """Write decisions in their order, all of them or none; return them with their numbers.

        Raises:
            UsageError: as `correct`, for any of them.
        """
        with transaction(self._engine, writing=True) as connection:
            return deciding.store(connection, corrections)

    def attach(self, attachment: Attachment) -> Attachment:
        """Add a file that staff fetched to its mail, which falls due again; return it with its place.

        Raises:
            UsageError: the mail was dismissed, the file was added before or is too much, or the name is missing.
        """
        require_person(attachment.by, "补入材料")
        with self._step(
            attachment.accession, State.CAPTURED, State.FILED, State.HELD, verb="补入材料"
        ) as step:
            return attaching.attach(step, attachment)

    def reopen(self, accession: str, *, by: str, why: str, at: datetime, read_again: bool = False) -> None:
        """Make a filed mail due once more on whatever basis; its filing and people's corrections stay meanwhile.

        read_again: its cached reading is let go, so that the octets are read and not only judged.

        Raises:
            UsageError: it is not filed, an attempt is open, or name or reason is missing.
        """
        require_person(by, why)
        with self._step(accession, State.FILED, verb="重新办理") as step:
            step.require(step.row["begun"] is None, "正在办理")
            step.move(basis="", attempts=0, due=None)
            if read_again:
                stored = tables.readings
                step.connection.execute(delete(stored).where(stored.c.sha256 == step.row["sha256"]))
            how = "重读原件、重新判断" if read_again else "重新判断"
            step.tell("reprocess", f"{how}：{why}", at, actor=by)

    def restored(self, *, by: str, why: str, backup: str, at: datetime) -> None:
        """Write down that this register stands here because it was restored from the *backup* described.

        Raises:
            UsageError: name or reason is missing.
        """
        require_person(by, why)
        with transaction(self._engine, writing=True) as connection:
            chain.append(
                connection,
                at=at,
                accession="",
                action="restore",
                actor=by,
                outcome=f"从备份恢复：{why}",
                detail=backup,
            )

    def taught(self, taught: Taught) -> None:
        """Write down what a person taught this office, or took back.

        Raises:
            UsageError: name or reason is missing.
        """
        require_person(taught.by, taught.why)
        with transaction(self._engine, writing=True) as connection:
            chain.append(
                connection,
                at=taught.at,
                accession="",
                action="unteach" if taught.back else "teach",
                actor=taught.by,
                outcome=f"{'撤回' if taught.back else '采纳'}{taught.lesson}：{taught.why}",
                detail=taught.before,
                rule=taught.rule,
            )

    @contextmanager
    def _step(self, accession: str, *allowed: State, verb: str) -> Iterator[Step]:
        """One transaction about one item that must stand in an *allowed* state."""
        with transaction(self._engine, writing=True) as connection:
            step = Step.of(connection, accession, verb=verb)
            step.require(step.state in allowed, f"现为{STATES[State(step.state)]}")
            yield step
            step.done()
