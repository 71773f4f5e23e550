"""The two kinds of failure that are ours: later, or not without a person.

Purpose: `Problem` (records.py) is a fact about the material; these are about us.
Limits: messages name the thing, the fact and the cure, in Chinese where a person must act.
"""


class ShouwenError(Exception):
    """We could not do it."""


class TransientError(ShouwenError):
    """We could not do it now; the same may go through later."""


class PermanentError(ShouwenError):
    """We cannot do it without a person."""
