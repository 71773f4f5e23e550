"""An office whose made season stands in a real register, with its compiled workbook: what an import goes through.

Purpose: `Reviewed`; commands run as people run them, in this process.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.archive import Archive, FolderArchive
from pipeline.commands import run
from pipeline.records import Correction, Filed, Filing, State
from pipeline.register import Basis, Capture, Register, Sighting
from tests.season import at, season, write_rules

BASIS = Basis(rules="1" * 64, version=1, abilities="2" * 64)


class Reviewed:
    """One office below *folder*."""

    def __init__(self, folder: Path, *, filed: Sequence[Filed] | None = None, settings: str = "") -> None:
        self.data = folder / "data"
        self.data.mkdir(parents=True)
        self.settings = folder / "shouwen.toml"
        rules = write_rules(folder / "rules")
        self.settings.write_text(f'rules = "{rules}"\n{settings}', "utf-8")
        archive = FolderArchive(self.data / "archive")
        with closing(Register(self.data / "register.db", year=2024)) as register:
            for number, one in enumerate(season() if filed is None else filed, 1):
                _take(register, archive, number, one)

    def run(self, *arguments: str) -> int:
        """Run one command and return its exit code."""
        return run([*arguments, "--settings", str(self.settings), "--data-dir", str(self.data)])

    def compile(self, capsys: pytest.CaptureFixture[str]) -> Path:
        """Compile the workbook; return its path."""
        capsys.readouterr()
        assert self.run("compile") == 0
        return Path(capsys.readouterr().out.strip())

    def imported(
        self, capsys: pytest.CaptureFixture[str], file: Path, *options: str, by: str = "张三"
    ) -> tuple[int, dict[str, Any], str]:
        """Import a workbook; return exit code, what --json said, and what was said to the person."""
        capsys.readouterr()
        code = self.run("review", "import", str(file), "--by", by, "--json", *options)
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else {}, said.err

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """Everything that was decided."""
        with closing(Register(self.data / "register.db", year=2024)) as register:
            return register.corrections()

    def correct(self, accession: str, field: str, new: str, by: str = "李四") -> None:
        """Decide something beside the workbook."""
        made = Correction(accession=accession, field=field, old="", new=new, by=by, why="看了原件", at=at(24))
        with closing(Register(self.data / "register.db", year=2024)) as register:
            register.correct(made)

    def rejudge(self, accession: str, filing: Filing) -> None:
        """File a mail anew, as after a change of rules."""
        with closing(Register(self.data / "register.db", year=2024)) as register:
            register.begin(accession, at=at(25))
            register.file(accession, filing, basis=replace(BASIS, rules="2" * 64), at=at(25))


def _take(register: Register, archive: Archive, number: int, one: Filed) -> None:
    blob = archive.put(b"From: a@b.example\r\nSubject: %d\r\n\r\ntext\r\n" % number)
    where = Sighting(account="imap.example", folder="INBOX", uidvalidity=7, uid=100 + number)
    captured = Capture(
        sha256=blob.sha256,
        size=blob.size,
        received=one.item.received,
        received_from="internaldate",
        sighting=where,
    )
    (accession,) = register.capture([captured], at=one.item.captured)
    if one.item.state is State.FILED and one.filing is not None:
        register.begin(accession, at=one.item.captured)
        register.file(accession, one.filing, basis=BASIS, at=one.item.captured)
    elif one.item.state is State.HELD:
        for last in (False, False, True):
            register.begin(accession, at=one.item.captured)
            end = register.hold if last else register.defer
            end(accession, why="读件超时", at=one.item.captured)
