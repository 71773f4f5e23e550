"""The page docs/formats.md.

Purpose: `page()`.
Limits: one example a cell, the first in order of path; formats that nothing here holds are shown by their tests.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.records import Part, Status
from tools.formats.again import LEAST
from tools.formats.leaves import READ_FURTHER, Agreement
from tools.formats.survey import MEGABYTES, SCAN_SECONDS, SECONDS, Outcome

_COLUMNS = ("read", "partly", "listed only")
_READ = {Status.OK: 0, Status.NOISE: 0, Status.PARTLY: 1}
_OFFICE = "application/vnd.openxmlformats-officedocument"
NAMES = {
    "message/rfc822": "mail (.eml, forwarded)",
    "application/vnd.ms-outlook": "Outlook mail (.msg)",
    "application/ms-tnef": "winmail.dat (TNEF)",
    "application/pkcs7-mime": "S/MIME",
    f"{_OFFICE}.wordprocessingml.document": "Word (.docx, .docm, .dotx, strict)",
    "application/msword": "Word 97 and WPS (.doc, .wps, .dot)",
    "application/vnd.ms-works": "Works (.wps)",
    "application/vnd.ms-word2006ml": "Word as flat XML",
    "application/rtf": "RTF",
    "application/vnd.oasis.opendocument.text": "ODF text (.odt)",
    "application/vnd.oasis.opendocument.presentation": "ODF slides (.odp)",
    f"{_OFFICE}.spreadsheetml.sheet": "Excel (.xlsx, .xlsm, WPS .et)",
    "application/vnd.ms-excel": "Excel 97 and WPS (.xls, .et)",
    "application/vnd.ms-excel.sheet.binary.macroenabled.12": "Excel binary (.xlsb)",
    "application/vnd.oasis.opendocument.spreadsheet": "ODF sheet (.ods)",
    "text/csv": "CSV, TSV",
    f"{_OFFICE}.presentationml.presentation": "PowerPoint (.pptx)",
    "application/vnd.ms-powerpoint": "PowerPoint 97 (.ppt)",
    "application/pdf": "PDF, scanned too",
    "application/ofd": "OFD",
    "text/html": "HTML",
    "text/plain": "plain text",
    "text/calendar": "calendar",
    "application/zip": "zip",
    "application/vnd.rar": "rar 3, 5",
    "application/x-7z-compressed": "7z",
    "application/x-tar": "tar",
    "application/gzip": "gzip",
    "application/x-bzip2": "bzip2",
    "application/x-xz": "xz",
    "application/vnd.ms-cab-compressed": "cab",
    "application/x-ole-encrypted": "Office with an open password",
    "application/mac-binhex40": "BinHex",
    "application/x-compress": "compress (.Z)",
    "application/vnd.ms-excel2003ml": "Excel as flat XML",
    "application/vnd.uof.text": "UOF text",
    "message/external-body": "part kept elsewhere",
    "message/partial": "piece of a mail",
    "application/x-empty": "nothing (0 octets)",
    "application/x-msdownload": "Windows program",
    "application/x-executable": "program",
    "application/x-iso9660-image": "disk image",
    "application/x-xar": "xar",
    "application/x-ole-storage": "object or list of thumbnails in a compound file",
    "application/x-appledouble": "AppleDouble",
    "application/octet-stream": "unknown octets",
    "video/mp4": "film (MP4)",
    "audio/wav": "sound (WAV)",
    "audio/mpeg": "sound (MP3)",
    "image/emf": "EMF inside documents",
    "image/wmf": "WMF inside documents",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/bmp": "BMP",
    "image/tiff": "TIFF",
    "image/webp": "WebP",
    "image/heic": "HEIC",
    "image/avif": "AVIF",
}
"""Media types as people call them, in the order of the page; others follow by their type."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """All that the page shows. shares: by kind, (characters found again, labelled). lost: files of the manifest."""

    outcomes: tuple[Outcome, ...]
    agreement: Agreement
    shares: dict[str, tuple[int, int]]
    lost: tuple[tuple[str, str], ...]

    @property
    def sound(self) -> bool:
        """Nothing crashed, hung or was lost, and enough text was found again."""
        enough = all(found >= LEAST[kind] * wanted for kind, (found, wanted) in self.shares.items())
        return (
            enough
            and not self.agreement.differing
            and not self.lost
            and not any(_wrong(one) for one in self.outcomes)
        )


def page(measured: Measured) -> str:
    """Write the page: numbers first, then the table, then what fell short."""
    rows = ["# Formats", "", _INTRODUCTION, "", "## Numbers", "", *_numbers(measured), "", "## Table", ""]
    rows += [f"| format | {' | '.join(_COLUMNS)} |", "|---|---|---|---|", *_table(measured.outcomes)]
    short = [*_short(measured)]
    if short:
        rows += ["", "## What differs", "", *short]
    return "\n".join(rows) + "\n"


_INTRODUCTION = (
    "Written by `make formats`; do not edit. Every file of the corpus and of the data set, and one of each format in\n"
    f"tests/formats, is read in a worker process as the daemon does it, with {MEGABYTES} MB, and {SECONDS} s for a file of the\n"
    f"corpus, {SCAN_SECONDS} s for a mail of the data set, whose scans have several pages. A cell counts the parts (files, members,\n"
    "pictures in documents) that ended so, and names one file that shows it. *Listed only*: kept, shown to staff with its\n"
    "reason, not read (locked, damaged, too big, of a kind that is not read)."
)


def _numbers(measured: Measured) -> Iterator[str]:
    outcomes = measured.outcomes
    slow = max((one for one in outcomes if one.path.startswith("corpus/")), key=lambda one: one.seconds)
    agreement = measured.agreement
    parts = sum(len(one.reading.parts) for one in outcomes if one.reading)
    yield f"- files read: {len(outcomes)}, parts: {parts}"
    yield f"- crashes: {sum(one.reading is None for one in outcomes)}; hangs: {sum(one.overran for one in outcomes)}"
    yield f"- slowest of the corpus: {slow.seconds:.1f} s ({slow.path})"
    yield f"- parts that were not read and do not say why: {sum(not one.kept for one in outcomes)} files"
    exact = agreement.mails - len(agreement.further) - len(agreement.differing)
    yield f"- mails whose leaves, names and subject are what two independent parsers agree on: {exact} of {agreement.mails}"
    yield f"- mails of them that are read further than that, nothing missing: {len(agreement.further)}"
    for kind, (found, wanted) in measured.shares.items():
        yield f"- labelled text found again, {kind}: {found} of {wanted} characters = {found / max(1, wanted):.4f} (at least {LEAST[kind]})"
    yield f"- files of the manifest that are no part by their sha256: {len(measured.lost)}"


def _table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    cells: dict[str, list[list[str]]] = defaultdict(lambda: [[], [], []])
    for outcome in outcomes:
        for part in outcome.reading.parts if outcome.reading else ():
            cells[part.media_type][_READ.get(part.status, 2)].append(_place(outcome, part))
    order = {name: place for place, name in enumerate(NAMES)}
    for media_type in sorted(cells, key=lambda name: (order.get(name, len(order)), name)):
        shown = " | ".join(_cell(places) for places in cells[media_type])
        yield f"| {NAMES.get(media_type, media_type)} | {shown} |"


def _place(outcome: Outcome, part: Part) -> str:
    alone = (
        outcome.reading is not None and part is outcome.reading.parts[0] and not outcome.path.endswith(".eml")
    )
    inside = "" if alone else f" › {part.path[:60]}"
    return f"{outcome.path}{inside}"


def _cell(places: list[str]) -> str:
    if not places:
        return "—"
    shown = min(places, key=len).replace("|", "\\|").replace("`", "'")
    return f"{len(places)}: `{shown}`"


def _short(measured: Measured) -> Iterator[str]:
    for one in measured.outcomes:
        if _wrong(one):
            yield f"- {one.path}: {one.fault or ('took too long' if one.overran else 'a part without a reason')}"
    for name in measured.agreement.further:
        yield f"- {name}: read further: {READ_FURTHER[name][0]}"
    yield from (f"- {name}: other leaves, names or subject" for name in measured.agreement.differing)
    for mail, path in measured.lost:
        yield f"- {mail}: {path} is no part"


def _wrong(outcome: Outcome) -> bool:
    return not outcome.kept or outcome.overran
