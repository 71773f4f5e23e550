"""The two kinds of failure that are ours: later, or not without a person.

Purpose: `Problem` (records/evidence.py) is a fact about the material; these are about us. A class is an exit code
(sysexits.h where it has one) and the message is the advice: thing, fact and cure, in Chinese.
Limits: nothing from a mail and no secret in a message.
"""

from typing import ClassVar


class ShouwenError(Exception):
    """We could not do it."""

    exit_code: ClassVar[int] = 1


class TransientError(ShouwenError):
    """We could not do it now; the same may go through later (EX_TEMPFAIL)."""

    exit_code = 75


class UnavailableError(TransientError):
    """A server, a tool or shared material is not there (EX_UNAVAILABLE)."""

    exit_code = 69


class PermanentError(ShouwenError):
    """We cannot do it without a person."""


class UsageError(PermanentError):
    """The command was called with something that does not exist or does not fit (EX_USAGE of this project: 2)."""

    exit_code = 2


class IntegrityError(PermanentError):
    """What is kept is not what was put in."""

    exit_code = 4


class SettingsError(PermanentError):
    """The settings or the mailbox's address are wrong (EX_CONFIG)."""

    exit_code = 78
