"""Which part of an OPC package points to which: the targets of its relationships.

Purpose: parts by the type of their relationship or by its id, as absolute names in the package.
Source: ECMA-376 part 2, section 9.3; Strict and Transitional types differ in their prefix alone, so the last word counts.
Limits: targets outside the package (links) are left out.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from lxml import etree

from pipeline.extract.package import Package

MAX_RELATIONS = 20_000
"""Relationships of one part; a document with a thousand pictures has as many."""


class _Relation(NamedTuple):
    identity: str
    kind: str
    target: str


class Relations:
    """The relationships of one part; false where it has none."""

    def __init__(self, found: tuple[_Relation, ...]) -> None:
        self._found = found

    def __len__(self) -> int:
        return len(self._found)

    def target(self, identity: str) -> str:
        """Give the part that the relationship *identity* leads to, "" if there is none."""
        return next((one.target for one in self._found if one.identity == identity), "")

    def all(self, kind: str) -> tuple[str, ...]:
        """Give the parts of type *kind*, its last word: "drawing", "comments"."""
        return tuple(one.target for one in self._found if one.kind == kind)

    def first(self, kind: str) -> str:
        """Give the first part of type *kind*, "" if there is none."""
        return next(iter(self.all(kind)), "")


def relations(package: Package, name: str) -> Relations:
    """Read the relationships of the part *name*, "" for those of the package itself."""
    folder, _, last = name.rpartition("/")
    root = package.xml(posixpath.join(folder, "_rels", f"{last}.rels"))
    return Relations(tuple(_read(root, folder))) if root is not None else Relations(())


def _read(root: etree._Element, folder: str) -> Iterator[_Relation]:
    for node in islice(root.iter("{*}Relationship"), MAX_RELATIONS):
        if str(node.get("TargetMode") or "").lower() == "external":
            continue
        target = str(node.get("Target") or "").replace("\\", "/")
        absolute = target if target.startswith("/") else posixpath.join("/", folder, target)
        yield _Relation(
            identity=str(node.get("Id") or ""),
            kind=str(node.get("Type") or "").rpartition("/")[2],
            target=posixpath.normpath(absolute).lstrip("/"),
        )
