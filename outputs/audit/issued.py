"""Whether the runs of data/workbooks and the workbooks that came back are what the log says of them.

Purpose: `check(folder, logged)`, a part of verify; `keepsakes`, what a backup carries of them.
Source: the log has the digest of every run (`Run.digest`: workbook and baseline among it) before the run is published, and with
every decision the digest of the workbook that it was read from; so an auditor can say which workbook was issued, and which
file a decision came from.
Limits: staff fill in the workbook where it lies, so one that differs from what was written is a remark; what decisions are
compared with (baseline.json.gz, run.json) and what they were read from (imported/) must be as it was.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from outputs import files
from outputs.workbook import baseline, runs

if TYPE_CHECKING:
    from pipeline.register import Register

FORGED = "它是放进来的，或 run.json 被改过"
ALTERED = "与编出时不同：被改过；请从备份恢复这个文件"
SHOWN = 5
"""Runs that a remark names."""
_IMPORTED = re.compile(r"([0-9a-f]{64})\.xlsx")


@dataclass(frozen=True, kw_only=True)
class Logged:
    """What the log knows.

    runs: digests of the runs it has. sources: sha256 of workbooks to the number of decisions from them. originals: accession to
    sha256.
    """

    runs: frozenset[str]
    sources: Mapping[str, int] = field(default_factory=dict)
    originals: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, register: Register) -> Logged:
        """Ask *register*."""
        decided = Counter(one.workbook for one in register.corrections() if one.workbook)
        return cls(
            runs=frozenset(one.row for one in register.events(action="compile")),
            sources=decided,
            originals={item.accession: item.sha256 for item in register.items()},
        )


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was found. findings: subject and fact. remarks: what is nobody's fault, or cannot be decided."""

    findings: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]


def check(folder: Path, logged: Logged, store: Path) -> Checked:
    """Hold the runs and the imported workbooks below *folder* against the log, and the files of runs against the *store*."""
    findings = (*_runs(folder, logged), *_imported(folder, logged))
    remarks = (*_remarks(folder, logged), *_laid(folder, logged, store))
    return Checked(findings=findings, remarks=remarks)


def keepsakes(folder: Path, known: frozenset[str]) -> dict[str, Path]:
    """What cannot be made again: relative path below the folder, as a pruned run has it, to where it lies now.

    known: digests of the runs that are wanted; those of later ones would be unknown to the register that goes with them.
    """
    kept: dict[str, Path] = {}
    for name, (run, path) in runs.found(folder).items():
        if run.digest not in known:
            continue
        kept |= {f"{runs.EARLIER}/{name}/{one}": path / one for one in (runs.RUN, baseline.NAME)}
        workbook = path / run.workbook
        if workbook.is_file() and runs.digest_of(workbook) != run.sha256:
            kept[f"{runs.EARLIER}/{name}/{run.workbook}"] = workbook
    return kept | {path.relative_to(folder).as_posix(): path for path in _returned(folder)}


def _runs(folder: Path, logged: Logged) -> Iterator[tuple[str, str]]:
    for path in runs.folders(folder):
        run = runs.told(path)
        moving = path.parent.name == runs.EARLIER and (folder / path.name).is_dir()  # just now, or cut off
        if moving or not path.is_dir():
            continue
        if run is None or run.run != path.name:
            yield f"编次 {path.name}", "run.json 不在、读不出或不是它的：被改过；请从备份恢复"
        elif run.digest not in logged.runs:
            yield f"编次 {path.name}", f"日志里没有编出它的记录：{FORGED}"
        elif not runs.is_whole(path, run):
            yield f"编次 {path.name}", f"底稿 {baseline.NAME} {ALTERED}"


def _imported(folder: Path, logged: Logged) -> Iterator[tuple[str, str]]:
    there = set()
    for path in _returned(folder):
        digest = path.stem
        there.add(digest)
        if digest in logged.sources and runs.digest_of(path) != digest:
            fact = "与导入时不同：被改过；请从备份恢复"
            yield f"收回的工作簿 {path.parent.name}/{path.name}", fact
    for digest in sorted(logged.sources.keys() - there):
        fact = f"{logged.sources[digest]} 项人工决定由它而来，{runs.IMPORTED}/ 里没有：被删；请从备份恢复"
        yield f"收回的工作簿 {digest}", fact


def _remarks(folder: Path, logged: Logged) -> Iterator[str]:
    there = {run.digest: (run, path) for run, path in runs.found(folder).values()}
    filled = [
        run.run
        for run, path in there.values()
        if (path / run.workbook).is_file() and runs.digest_of(path / run.workbook) != run.sha256
    ]
    if filled:
        yield f"编次 {_some(filled)} 的工作簿编出后有人改过（填写、另存都算）；编出时的摘要在日志里（shouwen log --action compile）"
    gone = len(logged.runs - there.keys())
    if gone:
        yield f"日志记有编出的工作簿，{gone} 份连同底稿已不在 workbooks/：编制中断可能如此，也可能被删；据它填写的收不回来"


def _laid(folder: Path, logged: Logged, store: Path) -> Iterator[str]:
    """Files beside workbooks that are neither the store's nor what a mail was: staff may have written into one."""
    kept = {path.stat().st_ino: path.name for path in store.glob("[0-9a-f]*")} if store.is_dir() else {}
    stored = frozenset(kept.values())
    for path in runs.folders(folder):
        odd = []
        for file in sorted((path / files.FOLDER).glob("*/*")):
            digest = kept.get(file.lstat().st_ino) or runs.digest_of(file)
            mail = logged.originals.get(file.parent.name) if file.name == files.ORIGINAL else None
            if digest != (mail or digest) or (digest not in stored and not file.name.startswith(files.TEXT)):
                odd.append(f"{file.parent.name}/{file.name}")
        if odd:
            yield f"编次 {path.name} 的 files/ 里有 {len(odd)} 个文件不是取出时的（有人写过或换过）：{_some(odd)}；以原件库为准"


def _returned(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob(f"{runs.IMPORTED}/*/*.xlsx") if _IMPORTED.fullmatch(path.name))


def _some(names: list[str]) -> str:
    more = f" 等 {len(names)} 个" if len(names) > SHOWN else ""
    return "、".join(names[:SHOWN]) + more
