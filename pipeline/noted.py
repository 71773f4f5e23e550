"""What the walk over one mail has found, in reading order.

Purpose: `Noted`, which grows; `note()` adds a leaf with what was read in it, `reading()` freezes all.
Limits: of octets it keeps none, but their digests.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from pipeline import VERSION
from pipeline.links import joined, links
from pipeline.mapped import Octets, digest
from pipeline.records import (
    Attached,
    Content,
    Document,
    Leaf,
    Link,
    Mail,
    Part,
    Picture,
    Problem,
    Reading,
    Recording,
)


@dataclass(kw_only=True)
class Noted:
    """Mails, parts and all else so far."""

    mails: list[Mail] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def note(self, leaf: Leaf, media_type: str, content: Content, dated: datetime | None) -> None:
        """Add a leaf as a part, with the *content* read in it; *dated*: when its mail was received or sent."""
        if content.blocks:
            self.documents.append(
                Document(
                    part=leaf.path,
                    blocks=content.blocks,
                    body=leaf.body,
                    recognised=content.recognised,
                    pages=content.pages,
                )
            )
        if content.picture:
            self.pictures.append(content.picture)
        if content.recording:
            self.recordings.append(content.recording)
        self.links.extend(links(leaf, content.blocks, dated))
        self.problems.extend((leaf.problem, *content.problems) if leaf.problem else content.problems)
        self.parts.append(_part(leaf, media_type, content))

    def reading(
        self, octets: Octets, abilities: tuple[str, ...], attached: tuple[tuple[str, Attached], ...]
    ) -> Reading:
        """Freeze what was found in the mail *octets* with these *abilities*, and in the files that staff *attached*, each with its path."""
        return Reading(
            sha256=digest(octets),
            version=VERSION,
            abilities=abilities,
            mails=tuple(self.mails),
            parts=tuple(self.parts),
            documents=tuple(self.documents),
            pictures=tuple(self.pictures),
            recordings=tuple(self.recordings),
            links=joined(self.links, attached),
            problems=tuple(self.problems),
            attached=tuple(hashlib.sha256(one.data).hexdigest() for _, one in attached),
        )


def _part(leaf: Leaf, media_type: str, content: Content) -> Part:
    return Part(
        path=leaf.path,
        name=leaf.name,
        name_octets=leaf.name_octets,
        declared=leaf.declared,
        media_type=media_type,
        disposition=leaf.disposition,
        sha256=hashlib.sha256(leaf.data).hexdigest(),
        size=len(leaf.data),
        status=content.status,
        reason=content.reason,
        characters=sum(len(block.text) for block in content.blocks),
        seals=content.seals,
    )
