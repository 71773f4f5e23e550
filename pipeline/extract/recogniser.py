"""The recognisers: a picture of a page in, lines with their places and confidence out, the same kind from both.

Purpose: `read()` has one page read by one engine; `chosen()` says which engines this machine has, the better one first.
Source: tesseract(1): page segmentation 6 (one block of text) suits scanned official letters best (measured against 3 and
4 on scans with seals); its TSV gives words. rapidocr (PP-OCR models, in its wheel) gives pieces of lines. The trial that
chose between them: tools/ocr_trial.py.
What an engine has said of a picture is remembered (remembered.py).
Limits: one page, one thread, no network; rapidocr runs in a reader's child of its own, for it takes more memory than
all other readers.
"""

from __future__ import annotations

import functools
import io
import re
import statistics
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from pipeline import remembered, tools
from pipeline.extract.lines import Line, Page
from pipeline.records import Content, Leaf

TESSERACT, RAPIDOCR = "tesseract", "rapidocr"
ENGINES = (TESSERACT, RAPIDOCR)
"""Names of the abilities, in the order in which they are asked."""
PAGE_SECONDS = 30
"""Time for one page; a page of small print takes tesseract 5 s and rapidocr 12 s."""
MEGABYTES = 1500
"""Address space of tesseract; 100 of it are used for a page of 300 dots an inch."""
FAINT = 0.4
"""Mean confidence of a line below which it is noise (seals, folds, photographs)."""
UNSURE = 0.6
"""Confidence of a piece of Latin letters and strokes at the end of a line below which it is the rim of a seal."""
APART = 2.0
"""Heights of a line between two pieces of it from which they stand in columns."""
SAME_ROW = 0.5
"""Share of the lower of two pieces that must lie beside the other for both to stand in one row."""

_STRAY = re.compile(r"[A-Za-z<>\[\]|\\/{}^~_=.'`-]{1,5}")
_HAN = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\u3000-\u303f—…“”‘’·"
_GAP = re.compile(rf"(?<=[{_HAN}])\s+|\s+(?=[{_HAN}])")
_REPAIRS = (
    (re.compile(r"[《〈【\[(]([一二三四五六七八九十]{1,3})[）)]"), r"（\1）"),
    (re.compile(r"[〈《(]([^《》〈〉()（）]{1,15})）"), r"（\1）"),
    (re.compile(r"(?<=\d)一(?=\d)"), "—"),
)
"""Signs that a recogniser takes for their likes: brackets that do not match, a dash between figures."""
_SIGNS = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）"}
_HALF = re.compile(
    r"(?<=[\u4e00-\u9fff”》）])\s*([,;:?!(])\s*|\s*([(])\s*(?=[\u4e00-\u9fff])"
    r"|\s*([)])\s*(?=[\u4e00-\u9fff，。；])|(?<=[\u4e00-\u9fff。])\s*([)])"
)


class Piece(NamedTuple):
    """Words that an engine has found, with their box in pixels and its confidence (0..1)."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float


def chosen(abilities: Sequence[str]) -> tuple[str, ...]:
    """Give the engines among *abilities*, the one to ask first first; () where there is none."""
    return tuple(engine for engine in ENGINES if engine in abilities)


def read(engine: str, number: int, picture: bytes) -> Page | None:
    """Have *engine* read one page.

    Args:
        number: of the page, from 1. picture: PNG octets.

    Returns:
        its lines, unit pixels, downwards; None where the engine failed.
    """
    if engine == TESSERACT:
        table = _tesseract(picture, "-l", "chi_sim", "--psm", "6", "tsv")
        return None if table is None else _from_table(number, table)
    said = remembered.answer(_rapidocr_version(), "page", picture, lambda: _rapidocr(picture))
    if said is None:
        return None
    size, pieces = msgspec.msgpack.decode(said, type=tuple[tuple[int, int], tuple[Piece, ...]])
    return _page(number, size, _rows(pieces))


def turn(picture: bytes, engine: str) -> tuple[int, ...]:
    """Give the turns (degrees clockwise) to try on a page that reads badly: what tesseract says, else all three."""
    if engine != TESSERACT:
        return (180, 90, 270)
    found = re.search(r"Rotate: (\d+)", _tesseract(picture, "-l", "osd", "--psm", "0") or "")
    degrees = int(found[1]) if found else 0
    return (degrees,) if degrees in {90, 180, 270} else (180,)


# ---------------------------------------------------------------- tesseract


def _tesseract(picture: bytes, *question: str) -> str | None:
    """Ask tesseract, or remember what it said; None where it failed."""

    def ask() -> bytes | None:
        result = tools.run(
            ["tesseract", "page.png", "stdout", *question],
            inputs=[("page.png", picture)],
            seconds=PAGE_SECONDS,
            megabytes=MEGABYTES,
        )
        return result.out if result.ok else None

    said = remembered.answer(_tesseract_version(), " ".join(question), picture, ask)
    return None if said is None else said.decode("utf-8", "replace")


@functools.cache
def _tesseract_version() -> str:
    """Name the program, its version and its models (place, size and time of each file)."""
    version, listed = (
        tools.run(["tesseract", option], seconds=tools.START_SECONDS).out.decode("utf-8", "replace")
        for option in ("--version", "--list-langs")
    )
    place = re.search(r'"(.+?)"', listed)
    models = sorted(Path(place[1]).glob("*.traineddata")) if place else []
    facts = [f"{model.name} {model.stat().st_size} {model.stat().st_mtime_ns}" for model in models]
    return "\n".join((TESSERACT, version, *facts))


def _from_table(number: int, table: str) -> Page:
    """Read tesseract's TSV: level, page, block, paragraph, line, word, left, top, width, height, confidence, text."""
    size = (0, 0)
    rows: dict[tuple[str, ...], list[Piece]] = {}
    for row in table.splitlines()[1:]:
        cells = tuple(row.split("\t"))
        if len(cells) < 12:
            continue
        left, top, width, height = (int(cell) for cell in cells[6:10])
        if cells[0] == "1":
            size = (width, height)
        elif cells[0] == "5" and cells[11].strip():
            piece = Piece(cells[11], left, top, left + width, top + height, float(cells[10]) / 100)
            rows.setdefault(cells[2:5], []).append(piece)
    return _page(number, size, list(rows.values()))


# ---------------------------------------------------------------- rapidocr, in its child


def _rapidocr(picture: bytes) -> bytes | None:
    from pipeline.extract import child

    answer = child.ask("recognise", Leaf(path="page", data=picture), seconds=PAGE_SECONDS)
    return answer.embedded[0].data if len(answer.embedded) == 1 else None


@functools.cache
def _rapidocr_version() -> str:
    """Name the package, whose wheel holds the models, and what runs them."""
    return "\n".join(f"{name} {metadata.version(name)}" for name in tools.MODULES[RAPIDOCR])


def pieces(leaf: Leaf, _argument: str = "") -> Content:
    """Read the page *leaf* (PNG) with rapidocr; one leaf in `embedded`: size and pieces as MessagePack."""
    import numpy
    from PIL import Image

    picture = Image.open(io.BytesIO(leaf.data)).convert("RGB")
    found = _engine()(numpy.asarray(picture)[:, :, ::-1])
    told = []
    for text, score, corners in zip(found.txts or (), found.scores or (), _boxes(found), strict=False):
        across, down = [float(x) for x, _ in corners], [float(y) for _, y in corners]
        told.append(Piece(str(text), min(across), min(down), max(across), max(down), float(score)))
    data = msgspec.msgpack.encode((picture.size, told))
    return Content(embedded=(Leaf(path="pieces", data=data),))


def _boxes(found: Any) -> Any:
    return () if found.boxes is None else found.boxes


@functools.cache
def _engine() -> Any:
    """Give the models, loaded once a process."""
    import cv2
    from rapidocr import RapidOCR

    cv2.setNumThreads(1)
    single = {
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        "Global.log_level": "critical",
        "Global.use_cls": False,  # pages are turned as a whole
    }
    return RapidOCR(params=single)


def _rows(found: Sequence[Piece]) -> list[list[Piece]]:
    """Put pieces that stand beside each other into one row; rows from above."""
    rows: list[list[Piece]] = []
    for piece in sorted(found, key=lambda one: one.top + one.bottom):
        last = rows[-1][-1] if rows else None
        if last is not None and _beside(last, piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return rows


def _beside(one: Piece, other: Piece) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared > SAME_ROW * min(one.bottom - one.top, other.bottom - other.top)


# ---------------------------------------------------------------- lines of either


def _page(number: int, size: tuple[int, int], rows: Sequence[Sequence[Piece]]) -> Page:
    lines = [line for line in map(_line, rows) if line is not None]
    return Page(number=number, width=float(size[0]), height=float(size[1]), lines=tuple(lines))


def _line(row: Sequence[Piece]) -> Line | None:
    """Make one line of the pieces of a row; None where it is noise."""
    row = _without_rims(row)
    length = sum(len(piece.text) for piece in row)
    confidence = sum(piece.confidence * len(piece.text) for piece in row) / max(1, length)
    cells = (
        tuple(cell for cell in _cells(sorted(row, key=lambda piece: piece.left)) if cell[0]) if row else ()
    )
    if confidence < FAINT or not cells:
        return None
    return Line(
        text=" ".join(text for text, _ in cells),
        left=min(piece.left for piece in row),
        right=max(piece.right for piece in row),
        top=min(piece.top for piece in row),
        bottom=max(piece.bottom for piece in row),
        confidence=round(confidence, 3),
        cells=cells,
    )


def _without_rims(row: Sequence[Piece]) -> list[Piece]:
    kept = list(row)
    for end in (0, -1):
        while kept and kept[end].confidence < UNSURE and _STRAY.fullmatch(kept[end].text):
            kept.pop(end)
    return kept


def _cells(row: Sequence[Piece]) -> Iterator[tuple[str, float]]:
    """Divide a row where its pieces stand apart; give (text, left edge)."""
    height = statistics.median(piece.bottom - piece.top for piece in row)
    held: list[Piece] = []
    for piece in row:
        if held and piece.left - held[-1].right > APART * height:
            yield _tidied(" ".join(one.text for one in held)), held[0].left
            held = []
        held.append(piece)
    yield _tidied(" ".join(one.text for one in held)), held[0].left


def _tidied(text: str) -> str:
    """Take out the spaces between Chinese characters, and make signs next to them Chinese ones."""
    joined = _GAP.sub("", text)
    text = _HALF.sub(lambda match: _SIGNS[match[0].strip()], joined)
    for pattern, repaired in _REPAIRS:
        text = pattern.sub(repaired, text)
    return text.strip()
