"""The register (收文登记簿): items, events, readings, filings, what people decided; each transition one named method.

Purpose: `Register(path, year=2024)`; nothing else writes facts about octets. A transition is one transaction: the
state row and its event, or nothing.
Source: ../../docs/decisions.md; custody words of DA/T 97-2023.
Map: register.py the transitions (step.py one on its way, outcomes.py what the log says of it, attaching.py a file that
staff add, deciding.py what people decide) · taking.py captures, sightings, polls, seals · looking.py the questions ·
verifying.py, decided.py and sealing.py what was tampered with · chain.py · rows.py · tables.py · opening.py · migrations/.
Limits: SQLite on a local disk; one writer at a time (others wait up to 30 s).
"""

from pipeline.register.attaching import MAX_OCTETS
from pipeline.register.opening import lost
from pipeline.register.register import MAX_ATTEMPTS, Register
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
    "Finding",
    "Fixities",
    "Poll",
    "Register",
    "Seal",
    "Sighting",
    "Standing",
    "Taught",
    "basis",
    "lost",
]
