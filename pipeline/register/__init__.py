"""The register (收文登记簿): items, events, readings, filings, what people decided; each transition one named method.

Purpose: `Register(place, year=2024)`, place: a file of SQLite or a `pipeline.database.Database` of PostgreSQL; nothing else
writes facts about octets. A transition is one transaction: the state row and its event, or nothing.
Source: ../../docs/decisions.md; custody words of DA/T 97-2023.
Map: register.py the transitions (step.py one on its way, attempts.py those that begin and are filed together, outcomes.py what
the log says of it, sending.py a paper that goes out) · people.py those that people ask for (deciding.py what they decide,
attaching.py a file that they add) · taking.py captures, sightings, polls, seals · looking.py the questions, with sharing.py;
seen.py those about the mailbox, with standings.py · verifying.py, decided.py and sealing.py what was tampered with · chain.py ·
rows.py · tables.py, of what portable.py has · opening.py, with sqlite.py and postgres.py · copying.py and moving.py from one to
another · migrations/.
Limits: SQLite on a local disk; one writer at a time (others wait up to 30 s).
"""

from pipeline.register.attaching import MAX_OCTETS
from pipeline.register.attempts import MAX_ATTEMPTS, Ended, Kept
from pipeline.register.opening import Place, lost
from pipeline.register.register import Register
from pipeline.register.values import (
    Basis,
    Capture,
    Finding,
    Fixities,
    Poll,
    Seal,
    Sighting,
    Standing,
    Taught,
    basis,
)

__all__ = [
    "MAX_ATTEMPTS",
    "MAX_OCTETS",
    "Basis",
    "Capture",
    "Ended",
    "Finding",
    "Fixities",
    "Kept",
    "Place",
    "Poll",
    "Register",
    "Seal",
    "Sighting",
    "Standing",
    "Taught",
    "basis",
    "lost",
]
