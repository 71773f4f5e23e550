"""What an archive in an object store costs: `python -m bench.objects`.

Purpose: mails of three sizes are put and got again, through obstore into moto (tests/objectstore/server.py, a process of its
own) and into a folder of this disk; one row each: mails and megabytes a second, and this process's own processor time.
Limits: moto is a Python program that keeps everything in its memory: what it takes is mostly its own time, so the
throughput is a floor, and a real store's must be measured where it stands. The processor time is ours and holds anywhere
but for TLS, which is not in it. A put is three requests and one download (looked for, made, read back).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.reporting import Measure, middle, table
from pipeline.archive import Archive, FolderArchive, open_archive
from tests.objectstore.server import KEY, Server, running

MEGABYTE = 1e6
PIECE = 256 * 1024
"""Octets that a mail server hands over at once."""
REPEATS = 3


@dataclass(frozen=True, kw_only=True)
class Mails:
    """Mails of one size. median: of the season that was measured for the benchmark, 2.8 MB."""

    name: str
    octets: int
    count: int


SIZES = (
    Mails(name="small, 50 KB", octets=50_000, count=40),
    Mails(name="median, 2.8 MB", octets=2_800_000, count=10),
    Mails(name="big, 50 MB in parts", octets=50_000_000, count=1),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.objects", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="each once")
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        print(table(measure(Path(folder), quick=wanted.quick)), end="")  # noqa: T201 - a benchmark talks to a person
    return 0


def measure(folder: Path, *, quick: bool) -> Iterator[Measure]:
    """Put and get mails of each size, in objects and in a *folder*. quick: each once instead of three times."""
    with running() as server:
        for mails in SIZES:
            rounds = [_round(folder, server, mails, number) for number in range(1 if quick else REPEATS)]
            for work in ("put", "get"):
                yield _row(mails, work, [one[work] for one in rounds])


Spent = tuple[float, float, float]
"""Wall seconds and our own processor seconds with objects, wall seconds with a folder."""


def _round(folder: Path, server: Server, mails: Mails, number: int) -> dict[str, Spent]:
    """Put all, then get all, in both kinds of archive."""
    octets = [os.urandom(mails.octets) for _ in range(mails.count)]
    digests = [hashlib.sha256(one).hexdigest() for one in octets]
    objects = open_archive(
        server.place(f"bench/{mails.octets}/{number}").address, folder=folder / "archive", key=KEY
    )
    objects.put(b"the client is made before the clock runs")
    disk = FolderArchive(folder / str(mails.octets) / str(number))

    def put(archive: Archive) -> None:
        for one in octets:
            archive.put(_pieces(one))

    def get(archive: Archive) -> None:
        for digest in digests:
            archive.get(digest)

    return {work.__name__: (*_spent(work, objects), _spent(work, disk)[0]) for work in (put, get)}


def _pieces(octets: bytes) -> Iterator[bytes]:
    return (octets[start : start + PIECE] for start in range(0, len(octets), PIECE))


def _spent(work: Callable[[Archive], None], archive: Archive) -> tuple[float, float]:
    begun, used = time.perf_counter(), time.process_time()
    work(archive)
    return time.perf_counter() - begun, time.process_time() - used


def _row(mails: Mails, work: str, spent: list[Spent]) -> Measure:
    size = mails.count * mails.octets / MEGABYTE
    value, spread = middle([size / wall for wall, _, _ in spent], ".1f", " MB/s")
    rate, _ = middle([mails.count / wall for wall, _, _ in spent], ".1f", " mails/s")
    ours, _ = middle([used / mails.count * 1000 for _, used, _ in spent], ".1f", " ms")
    each, _ = middle([used / size * 1000 for _, used, _ in spent], ".1f", " ms")
    disk, _ = middle([size / wall for _, _, wall in spent], ".1f", " MB/s")
    return Measure(
        name=f"object store (moto), {work}: {mails.name}",
        target="",
        value=f"{value}, {rate}",
        holds=None,
        spread=spread,
        note=f"our own processor {ours} a mail, {each} a MB; a folder of this disk {disk}; {mails.count} mails a repeat",
    )


if __name__ == "__main__":
    sys.exit(main())
