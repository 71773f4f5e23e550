"""`shouwen …` as a machine of a test site runs it: the product's own commands, with an archive that all machines reach.

TEST_VERSION in the environment makes it another version of the readers, TEST_NO_ARCHIVE one that cannot reach the archive.
"""

from __future__ import annotations

import os
from pathlib import Path

import pipeline
import pipeline.archive
from pipeline.archive import Access, Archive, FolderArchive
from pipeline.errors import TransientError

SCHEME = "shared:"


class SharedFolder(FolderArchive):
    """A folder that every machine reaches under one address."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.address = f"{SCHEME}{folder}"


def open_archive(address: str, *, folder: Path, key: Access | None = None) -> Archive:
    """Open what `SharedFolder.address` names."""
    if "TEST_NO_ARCHIVE" in os.environ:
        raise TransientError("原件库连不上")
    return SharedFolder(Path(address.removeprefix(SCHEME)))


if __name__ == "__main__":
    pipeline.archive.open_archive = open_archive
    pipeline.VERSION += int(os.environ.get("TEST_VERSION", "0"))
    from pipeline.commands import main

    main()
