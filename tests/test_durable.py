"""pipeline/durable.py and outputs/handed.py: whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from outputs import handed
from pipeline import durable
from pipeline.errors import UsageError


def test_a_folder_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), durable.folder(tmp_path / "bag") as beside:
        durable.put(beside / "data" / "log.csv", b"1")
        raise ZeroDivisionError

    assert list(tmp_path.iterdir()) == []


def test_a_folder_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    with durable.folder(tmp_path / "new" / "bag") as beside:
        durable.put(beside / "data" / "log.csv", b"1")
        assert not (tmp_path / "new" / "bag").exists()

    assert (tmp_path / "new" / "bag" / "data" / "log.csv").read_bytes() == b"1"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["bag"]


def test_a_file_that_is_there_is_not_put_again(tmp_path: Path) -> None:
    digest = durable.put(tmp_path / "one", b"1")

    with pytest.raises(FileExistsError):
        durable.put(tmp_path / "one", b"2")
    assert durable.digest(tmp_path / "one") == digest


def test_a_folder_with_somebodys_files_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "theirs.docx").write_bytes(b"work")

    with pytest.raises(UsageError, match="已经有内容"), handed.folder(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["theirs.docx"]
