"""read(): parse, unpack and extract composed, without anything that judges, so that `shouwen read` starts at once.

Purpose: `read` one mail, `read_document` one file, `take_apart` for the octets of what was read.
Source: DESIGN.md section 2 (3). intake.py has all three and judge().
Limits: as of intake.py.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from pipeline.mapped import Octets
from pipeline.noted import Noted
from pipeline.records import Attached, Leaf, Mail, Reading
from pipeline.walk import Walk, placed


def read(
    octets: Octets,
    *,
    abilities: tuple[str, ...] = (),
    passwords_given: tuple[str, ...] = (),
    attached: tuple[Attached, ...] = (),
) -> Reading:
    """Say everything that the *octets* of one mail say, and the files that staff *attached* to it.

    Args:
        octets: one mail of RFC 5322 as it came, however broken; in memory, or mapped: then its parts are in memory one by one.
        abilities: names of the tools and extras that may be used (`tools.abilities()`).
        passwords_given: further passwords to try on archives, from settings.
        attached: in the order in which they were added; read after the mail's own parts, with its passwords.

    Returns:
        a Reading; every leaf of the mail is one of its parts. Never raises on hostile octets.
    """
    walk = Walk(abilities=abilities, given=passwords_given, attached=placed(attached))
    walk.mail(octets, section="", depth=0)
    walk.unlock()
    return walk.reading(octets)


def take_apart(
    octets: Octets,
    keep: Callable[[Leaf], None],
    *,
    abilities: tuple[str, ...] = (),
    passwords_given: tuple[str, ...] = (),
    attached: tuple[Attached, ...] = (),
    ways: frozenset[str] | None = None,
) -> None:
    """Walk the mail once more and hand *keep* the leaves that `read` made parts of, for their octets.

    Documents are opened for what lies in them and for the passwords that they state; nothing is recognised, and pictures are
    not looked at. A leaf that only a recogniser or a picture's reader would have come upon is not handed over.

    ways: paths of the only leaves that are opened, None for all: what no other leaf is wanted of costs nothing. Passwords
        that the header or other texts of the mail state are not learnt then, so what they lock stays closed; and an office file is
        opened as the archive that it is, so what its reader makes of a member may have other octets.
    """
    from pipeline.extract.recogniser import ENGINES

    able = tuple(one for one in abilities if one not in ENGINES)
    walk = Walk(abilities=able, given=passwords_given, attached=placed(attached), keep=keep, ways=ways)
    walk.mail(octets, section="", depth=0)
    walk.unlock()


def read_document(
    octets: bytes, name: str, *, abilities: tuple[str, ...] = (), passwords_given: tuple[str, ...] = ()
) -> Reading:
    """Say everything that one *document* or archive says which is no mail; its path is its own *name*.

    Returns:
        a Reading whose only mail is an empty header.
    """
    walk = Walk(abilities=abilities, given=passwords_given, noted=Noted(mails=[Mail()]))
    walk.siblings(deque([Leaf(path=name, name=name, data=octets)]), depth=0)
    walk.unlock()
    return walk.reading(octets)
