"""The archive: octets by digest, put down durably, read back fixity-checked, never changed.

Purpose: `open_archive(address, folder=…)`.
Map: stored.py what every archive is and gives · folder.py a folder of this machine.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.archive.folder import UNFINISHED, FolderArchive
from pipeline.archive.stored import Archive, Blob, Fixity, Key
from pipeline.errors import SettingsError

__all__ = ["UNFINISHED", "Archive", "Blob", "Fixity", "FolderArchive", "Key", "open_archive"]


def open_archive(address: str, *, folder: Path) -> Archive:
    """Open the archive of that *address*; "" means the *folder* of this machine.

    Raises:
        SettingsError: there is no such kind of archive.
    """
    if not address:
        return FolderArchive(folder)
    raise SettingsError(f"archive = “{address}”不认识；不写即存在数据目录里")
