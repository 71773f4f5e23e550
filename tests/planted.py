"""Targets with a planted fault, to show that the fuzzer finds what there is to find (tests/test_fuzz.py)."""

from __future__ import annotations

import os
import time


def crash(octets: bytes) -> None:
    """Raise on an input that says -1 somewhere."""
    if b"-1" in octets:
        raise ValueError("planted")


def die(octets: bytes) -> None:
    """End the process."""
    if len(octets) > 3:
        os.abort()


def hang(octets: bytes) -> None:
    """Never come back."""
    if len(octets) > 3:
        time.sleep(600)


def fine(octets: bytes) -> None:
    """Keep every promise."""
