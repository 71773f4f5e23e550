"""Mails are put side by side, and taken in as if they were put one after the other."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.archive import Blob, FolderArchive
from pipeline.errors import TransientError
from pipeline.executor import Serial
from pipeline.register import Register
from pipeline.worker import Worker
from tests.mailbox.boxes import opened, pymap_box
from tests.mailbox.mails import arrived, mail
from tests.mailbox.rounds import rules


class Uneven(FolderArchive):
    """A disk on which the second mail takes long, and the fifth does not fit."""

    def lay(self, pieces: bytes | Iterable[bytes]) -> Blob:
        octets = pieces if isinstance(pieces, bytes) else b"".join(pieces)
        if octets == mail(2):
            time.sleep(0.5)
        if octets == mail(5):
            raise TransientError("full")
        return super().lay(octets)


def test_order_is_kept_and_nothing_behind_a_mail_that_did_not_fit_is_taken_in(tmp_path: Path) -> None:
    with (
        pymap_box(tmp_path) as box,
        closing(Register(tmp_path / "register.db", year=2024)) as register,
    ):
        for number in range(1, 7):
            box.deliver(mail(number), arrived(number))
        worker = Worker(
            archive=Uneven(tmp_path / "archive"),
            register=register,
            rules=rules(),
            executor=Serial(),
            clock=lambda: datetime(2024, 6, 10, tzinfo=UTC),
        )

        with closing(opened(box)) as source, pytest.raises(TransientError, match="full"):
            worker.capture(source)

        assert [item.received for item in register.items()] == [arrived(n) for n in range(1, 5)]
