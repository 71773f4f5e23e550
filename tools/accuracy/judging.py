"""Mails to filings, each judged by rules that never saw its fold; filings to predictions of score.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline import intake
from pipeline.records import Filed, Filing, Item, Judged, Kind, Relation, State
from pipeline.relate import relate
from rules import Rules
from tools.accuracy.folds import FOLDS, folds, root, without
from tools.accuracy.material import Label, Mail


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One mail as judged. supersedes: id of the mail that relate() says it corrects or adds to."""

    id: str
    filing: Filing
    supersedes: str | None


def judged(mails: Sequence[Mail], labels: Mapping[str, Label], rules: Rules) -> tuple[Verdict, ...]:
    """Judge each mail by *rules* without the examples of its fold, then relate all of them."""
    fold = folds([mail.id for mail in mails], labels)
    blind = [without(rules, fold, number, labels) for number in range(FOLDS)]
    filings = [
        intake.judge(mail.reading, blind[fold[root(mail.id, labels)]], received=mail.received)
        for mail in mails
    ]
    relations = _relations(mails, filings)
    names = {_accession(number): mail.id for number, mail in enumerate(mails, 1)}
    return tuple(
        Verdict(id=mail.id, filing=filing, supersedes=names.get(relations[mail.id].supersedes or ""))
        for mail, filing in zip(mails, filings, strict=True)
    )


def prediction(filing: Filing) -> dict[str, Any]:
    """What score.py wants to know of one filing."""
    other = filing.kind is Kind.OTHER
    return {
        "kind": filing.kind.value,
        "unit": None if other else filing.identification.best,
        "activities": [told(one) for one in filing.activities],
    }


def told(judged_: Judged) -> dict[str, Any]:
    """What score.py wants to know of one activity."""
    activity = judged_.activity
    return {
        "category": judged_.classification.code,
        "title": activity.title,
        "text": activity.text,
        "date_start": activity.date_start.value.isoformat() if activity.date_start else None,
        "participants": activity.participants.value if activity.participants else None,
    }


def _relations(mails: Sequence[Mail], filings: Sequence[Filing]) -> dict[str, Relation]:
    filed = [
        Filed(
            item=Item(
                accession=_accession(number),
                sha256=mail.reading.sha256,
                size=0,
                state=State.FILED,
                received=mail.received,
                received_from="internaldate",
                captured=mail.received,
            ),
            filing=filing,
        )
        for number, (mail, filing) in enumerate(zip(mails, filings, strict=True), 1)
    ]
    of = {_accession(number): mail.id for number, mail in enumerate(mails, 1)}
    return {of[one.accession]: one for one in relate(filed)}


def _accession(number: int) -> str:
    return f"2024-{number:05}"
