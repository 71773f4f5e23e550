"""What everything rests on: a fact about the material that people must know, and a value with the words it was taken from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Code(StrEnum):
    """What is the matter with some material. Staff read the Chinese `detail` beside it."""

    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    NEEDS_OCR = "needs-ocr"
    TOO_BIG = "too-big"
    UNSUPPORTED = "unsupported"
    LINK_ONLY = "link-only"
    MACRO = "macro"
    EXECUTABLE = "executable"
    CHARSET = "charset"
    HEADER = "header"
    BODY = "body"
    NO_REPORT = "no-report"
    NO_UNIT = "no-unit"
    UNIT_UNDECIDED = "unit-undecided"
    CATEGORY_UNDECIDED = "category-undecided"
    CONTRADICTION = "contradiction"
    COMPARE = "compare"
    BEHALF = "behalf"
    SENDER = "sender"
    NEEDS_ANSWER = "needs-answer"
    REVIEW = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A fact about the material that a person must know; a value, never an exception.

    part: path of the part it is about, "" for the mail as a whole. detail: Chinese, names the fact (and the cure).
    """

    code: Code
    part: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where words stand: characters [start, end) of `Block.text` of block number *block* (from 0) of document *part*."""

    part: str
    block: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated(Generic[T]):
    """A value with the words it was taken from, as written, and their place."""

    value: T
    words: str
    span: Span
