"""One instance by a lock of the operating system.

Source: flock(2): the lock belongs to the open file and ends with the process, however it ends; no stale locks.
Limits: a local disk; over a network file system two machines may both get it.
"""

from __future__ import annotations

import errno
import fcntl
import io
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import TransientError
from pipeline.private_folder import sweep

TRIES, PAUSE_SECONDS = 5, 0.05
"""Before another writer is believed in: a quarter of a second."""


@contextmanager
def only_writer(data_dir: Path) -> Iterator[None]:
    """Be the one writer of *data_dir*, which is made where it is not, until the end of the block.

    What killed processes left among the temporary files is removed first.

    Raises:
        TransientError: another process is, or the folder cannot be written.
    """
    with _file_of(data_dir) as file:
        try:
            _lock(file)
        except BlockingIOError as error:
            file.seek(0)
            other = file.read().decode("ascii", "replace").strip() or "号未知"
            raise TransientError(
                f"另一个 shouwen（进程 {other}）正在写 {data_dir}；等它结束，或先停掉它，再运行"
            ) from error
        try:
            file.truncate(0)
            file.write(str(os.getpid()).encode())
        except OSError as error:
            raise _refused(data_dir, error) from error
        sweep()
        yield


def _file_of(data_dir: Path) -> io.FileIO:
    """Open the lock's file in its folder, unbuffered: what a full disk refuses is known at once, and not again at the closing."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        return io.FileIO(data_dir / "writer.lock", "a+")
    except OSError as error:
        raise _refused(data_dir, error) from error


def _refused(data_dir: Path, error: OSError) -> TransientError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return TransientError(f"数据目录 {data_dir} 所在磁盘已满；请腾出空间后再试，没有写入任何东西")
    return TransientError(f"数据目录 {data_dir} 不可写（{error.strerror}）；请检查目录是否存在、有没有权限")


def _lock(file: io.FileIO) -> None:
    """Take the lock; whoever only asked whether it is held (health/status_file.py) gives it back at once."""
    for _ in range(TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(PAUSE_SECONDS)
        else:
            return
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
