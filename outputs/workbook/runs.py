"""The folders of data/workbooks: one a compile, put there whole, never changed, and what is kept of them.

Purpose: `alone`, `named`, `publish`, `prune`, `found`, `whole`; `Run.digest`, which the log has of every run (audit/issued.py).
Source: rename(2): a folder is there whole or not at all; docs/workbook.md.
Layout: <run>/评价工作簿-<run>.xlsx, files/, baseline.json.gz, run.json · earlier/<run>/ what stays of a pruned run ·
imported/<run> (a file or folder of that name) says that decisions were taken from a copy of the run.
Limits: what staff change in a run's workbook stays theirs: a run whose workbook is not the one that was written is never
handed out again, and never removed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from outputs.words import NO_MAIL
from outputs.workbook import baseline
from pipeline import beijing, durable
from pipeline.errors import TransientError

RUN = "run.json"
EARLIER, IMPORTED = "earlier", "imported"
UNFINISHED, LOCK = ".new-", ".lock"
WAIT_SECONDS = 120
"""How long a compile waits for another one to end."""
KEPT = 24
"""Runs that stay whole: a day of hourly ones."""
_NAME = re.compile(rf"(\d{{8}}-\d{{6}}|{NO_MAIL})(?:-(\d+))?")


@dataclass(frozen=True, kw_only=True)
class Run:
    """What run.json says. run, register, notice, rules, head: as lists.Identity. workbook: its file name.

    sha256: of the workbook. content: of the workbook as it would be were it the first of its name; equal where the inputs are.
    baseline: sha256 of baseline.json.gz.
    """

    run: str
    register: str
    notice: str
    rules: str
    head: str
    workbook: str
    sha256: str
    content: str
    baseline: str

    @property
    def digest(self) -> str:
        """sha256 over all of it, as the log names the run: who alters run.json, baseline or workbook shows."""
        return hashlib.sha256(
            json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        ).hexdigest()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold *folder* for one compile, made if need be; what an interrupted one left is removed.

    Raises:
        TransientError: another compile does not end, or the folder cannot be written.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("w")
    with lock:
        until = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise TransientError(
                        f"{folder} 里另一次编制还没有结束；等它结束后再运行 shouwen compile"
                    ) from None
                time.sleep(0.2)
        for left in folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Say in Chinese what it means that *folder* cannot be written."""
    try:
        yield
    except OSError as error:
        raise TransientError(
            f"工作簿写不进 {folder}（{error.strerror}），原有的未动；检查磁盘空间和权限后再运行 shouwen compile"
        ) from error


@contextmanager
def building(folder: Path) -> Iterator[Path]:
    """A hidden folder in *folder*, gone at the end unless it was published."""
    made = folder / f"{UNFINISHED}{uuid.uuid4().hex}"
    made.mkdir()
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def named(as_of: datetime | None) -> str:
    """Name of the first run that counts until *as_of*."""
    return beijing.stamp(as_of) if as_of else NO_MAIL


def base(run: str) -> str:
    """What `named` gave for the run: without -2."""
    match = _NAME.fullmatch(run)
    return match[1] if match else run


def workbook(run: str) -> str:
    """Name of the workbook of a run."""
    return f"评价工作簿-{run}.xlsx"


def standing(folder: Path, wanted: Run) -> tuple[Run, Path] | None:
    """Give the run of the same inputs as *wanted* that is there already and as it was written, with its workbook.

    wanted: as it would be were it the first of its name.
    """
    for run, path in _of(folder, wanted.run):
        same = replace(run, run=wanted.run, workbook=wanted.workbook, sha256=wanted.sha256) == wanted
        if same and is_whole(path, run) and digest_of(path / run.workbook) == run.sha256:
            return run, path / run.workbook
    return None


def is_whole(path: Path, run: Run) -> bool:
    """Whether the folder holds the baseline that *run* was published with."""
    return digest_of(path / baseline.NAME) == run.baseline


def free(folder: Path, base: str, content: str) -> str:
    """Give the first name that no run of other octets has: *base*, base-2 …"""
    number = 1
    while True:
        name = base if number == 1 else f"{base}-{number}"
        before = told(folder / EARLIER / name)
        if not (folder / name).exists() and (before is None or before.content == content):
            return name
        number += 1


def publish(
    made: Path, folder: Path, run: Run, baseline_octets: bytes, record: Callable[[Run], None]
) -> Path:
    """Finish the hidden folder *made*, which holds workbook and files, and give it its name.

    record: writes the run down before anybody can see it: a death in between leaves a record without a run, which the same
    compile mends, and never a run without a record.
    """
    durable.write(made / baseline.NAME, baseline_octets)
    durable.write(made / RUN, f"{json.dumps(asdict(run), ensure_ascii=False, indent=1)}\n".encode())
    durable.sync(made / run.workbook)
    durable.settle(made)
    record(run)
    made.rename(folder / run.run)
    durable.settle(folder)
    return folder / run.run / run.workbook


def found(folder: Path) -> Mapping[str, tuple[Run, Path]]:
    """All runs by name with the folder that holds their baseline, pruned ones included."""
    runs = {run.run: (run, path) for run, path in _all(folder / EARLIER)}
    return runs | {run.run: (run, path) for run, path in _all(folder)}


def folders(folder: Path) -> Iterator[Path]:
    """The folders of runs, whatever stands in them, pruned ones first."""
    for place in (folder / EARLIER, folder):
        for path in sorted(place.iterdir()) if place.is_dir() else ():
            if _NAME.fullmatch(path.name) and path.is_dir():
                yield path


def whole(folder: Path) -> tuple[Run, ...]:
    """The runs that were not put away, in order of name: few, so that the daemon may ask every minute."""
    return tuple(run for run, _ in _all(folder))


def prune(folder: Path, *, keep: int = KEPT) -> tuple[str, ...]:
    """Leave of old runs what an import of a copy needs; return their names.

    Args:
        keep: newest runs that stay whole, as do those that imported/ names: decisions were taken from a copy of them.
    """
    marks = [path.name for path in (folder / IMPORTED).iterdir()] if (folder / IMPORTED).is_dir() else []
    imported = {match[0] for name in marks if (match := _NAME.match(name))}
    runs = sorted(_all(folder), key=lambda one: ((one[1] / RUN).stat().st_mtime, _order(one[0].run)))
    old = runs[: max(0, len(runs) - keep)]
    gone = []
    for run, path in old:
        touched = digest_of(path / run.workbook) != run.sha256
        if not touched and run.run not in imported:
            _put_away(path, folder / EARLIER / run.run)
            gone.append(run.run)
    return tuple(gone)


def _put_away(path: Path, target: Path) -> None:
    """Keep baseline and run.json, then remove the run: a crash in between leaves both, and the next pruning ends it."""
    target.mkdir(parents=True, exist_ok=True)
    for name in (baseline.NAME, RUN):
        durable.write(target / name, (path / name).read_bytes())
    durable.settle(target.parent)
    hidden = path.with_name(f"{UNFINISHED}{path.name}")
    path.rename(hidden)
    shutil.rmtree(hidden, ignore_errors=True)


def _of(folder: Path, base: str) -> Iterator[tuple[Run, Path]]:
    for run, path in _all(folder):
        match = _NAME.fullmatch(run.run)
        if match and match[1] == base:
            yield run, path


def _all(folder: Path) -> Iterator[tuple[Run, Path]]:
    """Runs in order of name; folders that are none are passed over."""
    for path in sorted(folder.iterdir(), key=lambda one: _order(one.name)) if folder.is_dir() else ():
        run = told(path) if _NAME.fullmatch(path.name) else None
        if run is not None and run.run == path.name:
            yield run, path


def told(path: Path) -> Run | None:
    """What run.json of the folder says, None where it is none."""
    with suppress(OSError, ValueError, TypeError, AttributeError, KeyError):
        fields = json.loads((path / RUN).read_text("utf-8"))
        if all(isinstance(one, str) for one in fields.values()) and fields["workbook"] == workbook(
            fields["run"]
        ):
            return Run(**fields)
    return None


def _order(name: str) -> tuple[str, int]:
    match = _NAME.fullmatch(name)
    base = "" if match is None or match[1] == NO_MAIL else match[1]
    return base, int(match[2] or 1) if match else 0


def digest_of(path: Path) -> str:
    """Return the sha256 of a file, "" where it cannot be read."""
    with suppress(OSError):
        return durable.digest(path)
    return ""
