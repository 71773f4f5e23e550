"""Taking mails from a server, against imaplib alone: `python -m bench.mailbox`.

Purpose: a Dovecot of our own on this machine, mails as units send them (median 2.8 MB). Side by side, in turns: imaplib that
fetches the same bodies and drops them; imaplib that also writes each into a file and syncs it; the disk alone, to which the same
octets are written and synced, eight files at a time, from memory; and the daemon's capture, with archive, digest, sync of file
and folders, and the register. Plain on the loopback, then over TLS. Last, a poll with nothing new.
Limits: server and client share the machine; a network would hide what both cost. The disk is what the temporary folder
lies on.
"""

from __future__ import annotations

import imaplib
import os
import random
import shutil
import ssl
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import rules
from bench.reporting import Measure, middle, print_table
from pipeline.archive import open_archive
from pipeline.executor import Serial
from pipeline.mailbox import Source, open_mailbox
from pipeline.register import Register
from pipeline.worker import Worker
from pipeline.worker.putting import PUT_AT_ONCE
from tests.mailbox.boxes import PASSWORD, USER, DovecotBox, dovecot_box

SHARE = 0.7
"""Of imaplib's speed, at least."""
DISK = "the disk alone"
POLL_SECONDS = 0.05
MAILS, QUICK_MAILS = 60, 20
REPEATS, QUICK_REPEATS = 5, 2
POLLS = 20
MEDIAN_OCTETS, SPREAD, LARGEST_OCTETS = 2.8e6, 0.9, 14_000_000
"""Sizes of mails are drawn from a logarithmic normal distribution, as those that units sent were."""
RECEIVED = datetime(2024, 6, 18, 4, tzinfo=UTC)


def measure(folder: Path, *, quick: bool) -> Iterator[Measure]:
    """Measure the capture, plain and over TLS, and the idle poll; data go below *folder*."""
    with dovecot_box(plain=True) as box:
        sizes = fill(box, QUICK_MAILS if quick else MAILS)
        for name, address in (("plain", box.plain), ("TLS", box.address)):
            yield from _capture(folder, box, name, address, sizes, QUICK_REPEATS if quick else REPEATS)
        yield _poll(folder, box)


def fill(box: DovecotBox, mails: int) -> Sequence[int]:
    """Put so many mails into the mailbox; return the octets of each."""
    drawn = random.Random(7)  # noqa: S311 - sizes, not secrets
    sizes = []
    with box.client() as client:
        for number in range(mails):
            size = min(int(drawn.lognormvariate(0, SPREAD) * MEDIAN_OCTETS), LARGEST_OCTETS)
            octets = _mail(number, size)
            client.append("INBOX", octets, msg_time=RECEIVED)
            sizes.append(len(octets))
    return sizes


def _mail(number: int, size: int) -> bytes:
    head = (
        f"From: unit{number}@example.org\r\nSubject: report {number}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    ).encode()
    line = random.Random(number).randbytes(38).hex().encode() + b"\r\n"  # noqa: S311 - filler
    return head + line * (size // len(line))


def _capture(
    folder: Path, box: DovecotBox, name: str, address: str, sizes: Sequence[int], repeats: int
) -> Iterator[Measure]:
    ways: dict[str, Callable[[Path], tuple[float, float]]] = {
        "imaplib": lambda _: _timed(lambda: raw(box, address, None)),
        "imaplib + write + fsync": lambda here: _timed(lambda: raw(box, address, here)),
        DISK: lambda here: _timed(lambda: written(here, sizes)),
        "shouwen": lambda here: captured(here, box, address),
    }
    octets = sum(sizes)
    seconds: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for number in range(repeats):
        for way, take in ways.items():
            here = folder / f"{name}-{number}-{way}"
            here.mkdir()
            seconds[way].append(take(here))
            shutil.rmtree(here)
    ours = seconds["shouwen"]
    for reference, theirs in seconds.items():
        if theirs is ours:
            continue
        walls = [one[0] / other[0] for one, other in zip(theirs, ours, strict=True)]
        value, spread = middle(walls, ".2f", " ×")
        speed, its = (octets / 1e6 / median(one[0] for one in these) for these in (ours, theirs))
        cpu, its_cpu = (median(one[1] for one in these) for these in (ours, theirs))
        yield Measure(
            name=f"IMAP capture, {name}, against {reference}",
            target=f"≥ {SHARE} ×" if reference != DISK else "",
            value=value,
            holds=median(walls) >= SHARE if reference != DISK else None,
            spread=spread,
            note=f"{octets / 1e6:.0f} MB, {speed:.0f} MB/s against {its:.0f} MB/s; "
            f"processor {cpu:.2f} s against {its_cpu:.2f} s of the client",
        )


def _timed(take: Callable[[], object]) -> tuple[float, float]:
    """Wall seconds and this process's processor seconds."""
    os.sync()  # what came before is not written at the expense of this
    wall, cpu = time.perf_counter(), time.process_time()
    take()
    return time.perf_counter() - wall, time.process_time() - cpu


def raw(box: DovecotBox, address: str, here: Path | None) -> int:
    """Fetch every body with imaplib, one command each; write and sync it below *here*, unless None. Octets fetched."""
    parts = urlsplit(address)
    host, port = str(parts.hostname), parts.port or 0
    context = ssl.create_default_context(cafile=box.ca_file)
    tls = parts.scheme == "imaps"
    client = imaplib.IMAP4_SSL(host, port, ssl_context=context) if tls else imaplib.IMAP4(host, port)
    total = 0
    with client:
        client.login(USER, PASSWORD)
        client.select("INBOX", readonly=True)
        for uid in client.uid("SEARCH", "ALL")[1][0].split():
            body = client.uid("FETCH", uid.decode(), "(BODY.PEEK[])")[1][0][1]
            total += len(body)
            if here is not None:
                with (here / uid.decode()).open("wb") as file:
                    file.write(body)
                    file.flush()
                    os.fsync(file.fileno())
    return total


def written(here: Path, sizes: Sequence[int]) -> None:
    """Write files of these sizes below *here*, all of one mail's octets, and sync them: the least that durable can be."""
    octets = memoryview(random.Random(7).randbytes(max(sizes)))  # noqa: S311 - filler

    def write(number: int, size: int) -> None:
        with (here / str(number)).open("wb") as file:
            file.write(octets[:size])
            os.fsync(file.fileno())

    with ThreadPoolExecutor(PUT_AT_ONCE) as hands:
        list(hands.map(write, range(len(sizes)), sizes))


def opened(box: DovecotBox, address: str) -> Source:
    """The mailbox as the daemon opens it."""
    return open_mailbox(address, user=USER, password=PASSWORD, ca_file=box.ca_file, login_gap_seconds=0)


def captured(here: Path, box: DovecotBox, address: str) -> tuple[float, float]:
    """Take all mails into a new archive and register below *here*, both open before the clock runs."""
    source = opened(box, address)
    with closing(Register(here / "register.db", year=2024)) as register:
        worker = _worker(here, register)
        spent = _timed(lambda: worker.capture(source))
    source.close()
    return spent


def _worker(here: Path, register: Register) -> Worker:
    archive = open_archive("", folder=here / "archive")
    return Worker(archive=archive, register=register, rules=rules.load(), executor=Serial())


def _poll(folder: Path, box: DovecotBox) -> Measure:
    """One poll of a mailbox that was taken in, its processor time."""
    here = folder / "poll"
    here.mkdir()
    source = opened(box, box.address)
    with closing(Register(here / "register.db", year=2024)) as register:
        worker = _worker(here, register)
        worker.capture(source)
        spent = []
        for _ in range(POLLS):
            begun = time.process_time()
            worker.capture(source)
            spent.append(time.process_time() - begun)
    source.close()
    value, spread = middle([1000 * one for one in spent], ".1f", " ms")
    return Measure(
        name="a poll with nothing new",
        target=f"≤ {1000 * POLL_SECONDS:.0f} ms of CPU",
        value=value,
        holds=median(spent) <= POLL_SECONDS,
        spread=spread,
        note=f"processor time of {POLLS} polls over TLS",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table."""
    return print_table(measure, "mailbox", __doc__, arguments)


if __name__ == "__main__":
    sys.exit(main())
