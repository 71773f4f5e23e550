"""verify goes through what people decided once, and through what the log says of it as often, however much there is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pipeline.archive import FolderArchive
from pipeline.records import Sending, State
from pipeline.register import Register, decided, verifying
from pipeline.register.opening import transaction
from tests.test_register import NOW, attachment, correction, stand

T = TypeVar("T")


class Walked(list[T]):
    """A list that counts how often somebody goes through it."""

    walks = 0

    def __iter__(self) -> Iterator[T]:
        self.walks += 1
        return super().__iter__()

    def __contains__(self, one: object) -> bool:
        self.walks += 1
        return super().__contains__(one)


def walks(folder: Path, count: int) -> dict[str, int]:
    """How often the log's side of corrections and of added files is gone through where there are *count* of each."""
    archive = FolderArchive(folder / "archive")
    with closing(Register(folder / "register.db", year=2024)) as register:
        accession = stand(register, archive, State.FILED)
        for number in range(count):
            register.correct(replace(correction(accession), why=f"第 {number} 次"))
            register.attach(attachment(archive, accession, b"PK %d" % number))
            register.intend(paper(accession, number))
        told = verifying._Told()
        with transaction(register._engine, writing=False) as connection:
            assert list(verifying._chain(connection, told)) == []
            corrections, added = Walked(told.corrections), Walked(told.attachments)
            sent = Walked(told.sendings)
            assert list(decided.corrections(connection, corrections)) == []
            assert list(decided.attachments(connection, added)) == []
            assert list(decided.sendings(connection, sent)) == []
        assert len(corrections) == len(added) == len(sent) == count
    return {"corrections": corrections.walks, "attachments": added.walks, "sendings": sent.walks}


def paper(accession: str, number: int) -> Sending:
    return Sending(
        kind="receipt",
        accession=accession,
        unit="某区科协",
        recipient="kx@example.org",
        message_id=f"<{number}@example.org>",
        facts=f"{number:064x}",
        text="0" * 64,
        by="王芳",
        at=NOW,
    )


def test_the_log_is_gone_through_as_often_for_many_decisions_as_for_few(tmp_path: Path) -> None:
    for folder in ("few", "many"):
        (tmp_path / folder).mkdir()

    assert walks(tmp_path / "many", 24) == walks(tmp_path / "few", 3)
