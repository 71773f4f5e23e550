"""The archive: octets by digest, put down durably, read back fixity-checked, never changed.

Purpose: `open_archive(address, folder=…, key=…)`.
Map: stored.py what every archive is and gives · folder.py a folder of this machine · keyed.py octets had in the
process that needs them · objects.py an object store, with place.py (address and key), outgoing.py (octets that have no name
yet) and refusals.py (its errors in our words).
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from pipeline.archive.folder import UNFINISHED, FolderArchive
from pipeline.archive.place import SCHEME, Access, Place, access
from pipeline.archive.stored import Archive, Blob, Fixity, Key
from pipeline.errors import SettingsError

__all__ = [
    "UNFINISHED",
    "Access",
    "Archive",
    "Blob",
    "Fixity",
    "FolderArchive",
    "Key",
    "Place",
    "access",
    "open_archive",
]

OUTGOING = "archive-outgoing"
"""Folder beside that of the archive: big mails on their way into an object store."""


def open_archive(address: str, *, folder: Path, key: Access | None = None) -> Archive:
    """Open the archive of that *address* (`Archive.address`, `Place.address`); "" means the *folder* of this machine.

    key: of an object store; None takes that of the environment (`access`). Nobody is asked anything yet.

    Raises:
        SettingsError: there is no such kind of archive, no key, or what it needs is not installed.
    """
    if not address:
        return FolderArchive(folder)
    if not address.startswith(SCHEME):
        raise SettingsError(f"archive = “{address}”不认识；不写即存在数据目录里")
    if not _installed():
        raise SettingsError("原件库在对象存储里，要装 obstore；请运行 pip install 'shouwen[s3]'")
    from pipeline.archive.objects import ObjectArchive

    return ObjectArchive(Place.of(address), key or access(), outgoing=folder.with_name(OUTGOING))


def _installed() -> bool:
    """Whether the extra is there; to look is cheaper than to import it."""
    try:
        return importlib.util.find_spec("obstore") is not None
    except ValueError:  # there is a module of that name without a place
        return False
