"""How the mails of a season stand to one another: copies, recalls, forwards, corrections, supplements, joint activities.

Purpose: `relate` and `joint` are folds over all filings; the same set gives the same relations in whatever order the mails
came in.
Source: DESIGN.md sections 3 and 6; dataset/README.md (supersedes; mails that share one Message-ID and are two).
Limits: sees rows and filings alone, no octets. relate: only mails of one unit, or of one address where the unit is in doubt,
are compared, and only by their activities' words. The newest valid version counts; the older stays, with what differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.records import Filed, Relation
from pipeline.relate.copies import copies, forwards
from pipeline.relate.differences import differences
from pipeline.relate.joint import joint
from pipeline.relate.recalls import recalls
from pipeline.relate.sent import Sent, sent
from pipeline.relate.successors import replaced, successors

__all__ = ["joint", "relate"]


def relate(filed: Sequence[Filed]) -> tuple[Relation, ...]:
    """Say how each mail of *filed* stands to the others.

    Args:
        filed: all mails of the season in any order; those without filing, held or dismissed stand to nothing.

    Returns:
        one Relation a mail, in order of accession. supersedes: the mail that a correction replaces or a supplement
        adds to. superseded_by: the newest that replaces it, differences: what that one says otherwise. of: None where the
        other mail is not here.
    """
    mails = sent(filed)
    relations = {one.item.accession: Relation(accession=one.item.accession) for one in filed}
    recalled = recalls(mails, relations)
    copies(mails, relations, recalled)
    forwards(mails, relations)
    successors(mails, relations)
    replaced(mails, relations)
    _compare(mails, relations)
    return tuple(relations[accession] for accession in sorted(relations))


def _compare(mails: Sequence[Sent], relations: dict[str, Relation]) -> None:
    """Give each replaced mail what the one that replaces it says otherwise."""
    filings = {one.accession: one.filing for one in mails}
    for accession, relation in relations.items():
        if relation.superseded_by:
            old, new = filings[accession], filings[relation.superseded_by]
            found = differences(old.activities, new.activities)
            relations[accession] = replace(relation, differences=found)
