"""Promises of the stages before the readers: parse, unpack, the links of a body, compound files.

Source: the docstrings of parse(), unpack(), links() and Compound.
"""

from __future__ import annotations

import re

import msgspec

from pipeline import unpack as unpacking
from pipeline.extract import sniff
from pipeline.links import links as linked
from pipeline.ole import Compound
from pipeline.parse import parse as take_apart
from pipeline.parse.mending import mend
from pipeline.records import Leaf, Unpacked
from pipeline.unpack.limits import MAX_MEMBERS, MAX_TOTAL
from pipeline.unpack.names import MAX_PATH
from tools.fuzz.promise import must, unique_below

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Controls, line ends and marks that turn the direction of writing: a terminal or a cell would obey them."""


def parse(octets: bytes) -> None:
    """Every mail gives at least one leaf; paths are unique; leaves are no longer than the mail."""
    parsed = take_apart(octets, "7")
    must(bool(parsed.leaves), "no leaf")
    unique_below([leaf.path for leaf in parsed.leaves], "7/")
    longest = len(mend(octets)[0])  # a mail saved as UTF-16 grows by half as UTF-8
    must(all(len(leaf.data) <= longest for leaf in parsed.leaves), "a leaf is longer than its mail")
    msgspec.json.encode((parsed.mail, parsed.problems, [leaf.name for leaf in parsed.leaves]))


def unpack(octets: bytes) -> None:
    """An archive stays inside its limits, and its members below it."""
    media_type = sniff(octets, "材料.zip")
    own = media_type in unpacking.ARCHIVES and "unar" not in media_type
    _opened(octets, media_type if own else "application/zip")


def tnef(octets: bytes) -> None:
    """The same for winmail.dat."""
    _opened(octets, "application/ms-tnef")


def _opened(octets: bytes, media_type: str) -> Unpacked:
    found = unpacking.unpack(Leaf(path="2", name="材料", data=octets), media_type, ("2024", "科协"), ())
    paths = [member.path for member in found.members]
    unique_below(paths, "2/")
    must(all(len(path) <= MAX_PATH + 20 for path in paths), "a path beyond its limit")
    must(not any(".." in path.split("/") for path in paths), "a path that leads upwards")
    must(
        not any(_UNSEEN.search(path) for path in paths),
        "a path with controls",
    )
    must(len(found.members) <= MAX_MEMBERS, "more members than allowed")
    must(sum(len(member.data) for member in found.members) <= MAX_TOTAL, "more octets than allowed")
    must(not _UNSEEN.search(found.reason), "a reason that is no plain text")
    msgspec.json.encode([found.reason, found.problems, [member.name for member in found.members]])
    return found


def links(octets: bytes) -> None:
    """What a body links to is stated in it."""
    for declared in ("text/html", "text/plain"):
        found = linked(Leaf(path="1", data=octets, body=True, declared=declared))
        msgspec.json.encode(found)
        must(all(link.part == "1" and link.kind for link in found), "a link from nowhere")


def compound(octets: bytes) -> None:
    """A stream of a compound file is no longer than the file."""
    found = Compound(octets)
    for name in found.names[:50]:
        must(len(found.octets(name)) <= len(octets), "a stream longer than its file")
