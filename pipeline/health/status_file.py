"""status.json: the daemon's last word, and who holds the data folder.

Purpose: `write(data_dir, health, facts)` beside and renamed; `writer(data_dir)` for gather; `seal_trouble`
what the daemon alone can know.
Source: flock(2). Asking for a shared lock tells whether the exclusive one is held; it is given back at once, and who
wants to write asks more than once (worker/lock.py).
Limits: a file without sense is no file; a process number means something on its own machine or in its container only.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pipeline import durable
from pipeline.errors import TransientError
from pipeline.health.values import CHINESE, Facts, Health, Writer

NAME = "status.json"
LOCK = "writer.lock"
STATES = ("captured", "filed", "held", "dismissed")


def content(health: Health, facts: Facts) -> dict[str, object]:
    """Say *health* and the counts behind it as JSON takes it; `status --json` and the file have the same."""
    contents = facts.contents
    success = [one.success for one in contents.folders if one.current] if contents else []
    oldest = min((one for one in success if one is not None), default=None)
    return {
        "colour": health.colour.value,
        "said": headline(health),
        "at": health.at.isoformat(),
        "exit_code": health.exit_code,
        "lines": [
            {"subject": one.subject, "state": one.state.value, "fact": one.fact, "cure": one.cure}
            for one in health.lines
        ],
        "last_poll": oldest.isoformat() if oldest else None,
        "states": {state: contents.count(state) for state in STATES} if contents else None,
        "events": contents.log.number if contents else None,
        "head": contents.log.head if contents else None,
    }


def headline(health: Health) -> str:
    """Say the colour, and which subjects make it so; nothing else, for it is shown to whoever asks."""
    subjects = dict.fromkeys(line.subject for line in health.of(health.colour)) if health.exit_code else {}
    warned = dict.fromkeys(line.subject for line in health.lines if line.cure) if not subjects else {}
    named = "、".join(subjects or warned)
    return f"{CHINESE[health.colour]}" + (f"：{named}" if named else "：正常")


def write(data_dir: Path, health: Health, facts: Facts) -> None:
    """Write the daemon's word of this moment.

    Raises:
        TransientError: the disk refuses.
    """
    fields = content(health, facts) | {
        "written": health.at.isoformat(),
        "process": os.getpid(),
        "seal_trouble": facts.known.seal_trouble,
        "compile_trouble": facts.known.compile_trouble,
        "compile_since": facts.known.compile_since.isoformat() if facts.known.compile_since else "",
    }
    try:
        durable.write(data_dir / NAME, json.dumps(fields, ensure_ascii=False, indent=1).encode())
    except OSError as error:
        raise TransientError(
            f"状态文件 {data_dir / NAME} 写不进去（{error.strerror}）；请检查磁盘空间和权限"
        ) from error


def seal_trouble(data_dir: Path) -> str:
    """Why the last seal did not get to its places, as the daemon last knew; "" if it did, or nobody knows."""
    said = _read(data_dir).get("seal_trouble")
    return said if isinstance(said, str) else ""


def compile_trouble(data_dir: Path) -> tuple[str, datetime | None]:
    """Why the daemon's last compile failed and since when they do, as it last knew; "" and None if it did not."""
    fields, since = _read(data_dir), None
    with suppress(KeyError, TypeError, ValueError):
        since = datetime.fromisoformat(str(fields["compile_since"]))
    said = fields.get("compile_trouble")
    told = said if isinstance(said, str) and since is not None and since.tzinfo is not None else ""
    return told, since if told else None


def writer(data_dir: Path) -> Writer:
    """Say who writes in *data_dir* now, and when its daemon last said that it lives."""
    fields = _read(data_dir)
    written, process = None, 0
    with suppress(KeyError, TypeError, ValueError):
        written, process = datetime.fromisoformat(str(fields["written"])), int(str(fields["process"]))
    if written is None or written.tzinfo is None:
        written, process = None, 0
    held, holder = _holder(data_dir / LOCK)
    return Writer(held=held, process=holder, daemon=process, written=written)


def _holder(path: Path) -> tuple[bool, int]:
    try:
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                said = file.read(20).strip()
                return True, int(said) if said.isdigit() else 0
            return False, 0
    except OSError:
        return False, 0


def _read(data_dir: Path) -> Mapping[str, object]:
    try:
        found = json.loads((data_dir / NAME).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
