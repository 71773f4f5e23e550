"""A folder that a person asked for, at a place that the person named.

Purpose: `folder`, for whatever leaves as a folder: the bag, the dossier.
Source: pipeline/durable.py; what is there is somebody's, and is never overwritten.
Limits: an empty folder counts as not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline import durable
from pipeline.errors import TransientError, UsageError


@contextmanager
def folder(place: Path) -> Iterator[Path]:
    """Give a hidden folder beside *place* that gets its name at the end; where anything fails, nothing is left.

    Raises:
        UsageError: *place* is there and not an empty folder.
        TransientError: the disk refuses.
    """
    try:
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise UsageError(f"{place} 已经有内容，没有覆盖；请另给一个不存在的或空的文件夹")
        with durable.folder(place) as beside:
            yield beside
    except OSError as error:
        raise TransientError(
            f"写不成 {place}（{error.strerror}）；请检查磁盘空间和权限，或另给一个文件夹"
        ) from error
