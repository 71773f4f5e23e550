"""A register and an archive as an auditor finds them: every kind of event, two seals, personal data in people's words.

Purpose: what the tests of the log's copies, traces and samples build on.
Limits: filings are made by hand; no reader runs.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pipeline.archive import Archive, FolderArchive
from pipeline.records import Correction
from pipeline.register import Capture, Register, Seal, Sighting, basis
from tests.season import YUBEI, activity, filing

START = datetime(2024, 6, 1, 1, 2, 3, 4, tzinfo=UTC)
BASIS = basis("r" * 64)
ACCOUNT = "kexie@example.org@imap.example.org"
PHONE, CLERK = "13800138000", "王经办"


def mail(number: int) -> bytes:
    """The octets of mail *number*."""
    return f"Subject: mail {number}\r\n\r\n{number}\r\n".encode()


def sighting(uid: int) -> Sighting:
    """Where mail *uid* was seen."""
    return Sighting(account=ACCOUNT, folder="INBOX", uidvalidity=7, uid=uid, size=30, received=START)


def audited(data: Path) -> tuple[Seal, ...]:
    """Fill the data folder *data* with six mails and return the two seals.

    1-4 filed (2 corrected twice, 3 gone from the server, 4 seen twice), 5 dismissed with a telephone number in the
    reason, 6 captured after the first seal.
    """
    data.mkdir(exist_ok=True)
    archive, register = FolderArchive(data / "archive"), Register(data / "register.db", year=2024)
    for number in range(1, 6):
        _capture(archive, register, number, uid=number)
    _capture(archive, register, 4, uid=14)
    for number in range(1, 5):
        accession, at = f"2024-0000{number}", START + timedelta(minutes=number)
        register.begin(accession, at=at)
        told = activity(
            "科普集市", "5月26日举办科普集市，300人参加。", 5, on=date(2024, 5, 26), people=(300, "300人")
        )
        register.file(accession, filing(YUBEI, (told,)), basis=BASIS, at=at + timedelta(seconds=1))
    register.note_missing((sighting(3),), at=START + timedelta(hours=1))
    register.dismiss("2024-00005", by=CLERK, why=f"广告，来电{PHONE}说明", at=START + timedelta(hours=2))
    seals = [register.seal(at=START + timedelta(hours=3))]
    for field, new, why in (
        ("contact", f"蒋昕 {PHONE}", "电话核实"),
        ("activity/1/category", "6", "是走访慰问"),
    ):
        made = {"old": "", "new": new, "by": CLERK, "why": why, "at": START + timedelta(hours=4)}
        register.correct(Correction(accession="2024-00002", field=field, **made))  # type: ignore[arg-type] # as above
    _capture(archive, register, 6, uid=6, at=START + timedelta(hours=4))
    seals.append(register.seal(at=START + timedelta(hours=5)))
    register.close()
    return tuple(seals)


def _capture(archive: Archive, register: Register, number: int, *, uid: int, at: datetime = START) -> None:
    blob = archive.put(mail(number))
    one = Capture(
        sha256=blob.sha256,
        size=blob.size,
        received=START,
        received_from="internaldate",
        sighting=sighting(uid),
    )
    register.capture((one,), at=at)
