"""Notices of recall, each tied to the mail that it means; the mail stays and does not count."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.records import Notice, Relation, RelationKind
from pipeline.relate.sent import Order, Sent, subject

_RECALL_PREFIX = re.compile(
    r"^(?:发信方已撤回邮件|发件人已撤回邮件|邮件撤回|撤回|recall)[:：]?", re.IGNORECASE
)


def recalls(mails: Sequence[Sent], relations: dict[str, Relation]) -> dict[str, Order]:
    """Tie each notice of recall to the mail it means; returns when each of those was recalled."""
    recalled: dict[str, Order] = {}
    notices = [one for one in mails if one.filing.announces is Notice.RECALL]
    came = _came(mails) if notices else {}
    for notice in notices:
        found = (_before(came.get(mark, ()), notice) for mark in _meant_by(notice))
        meant = max((one for one in found if one), key=lambda one: one.order, default=None)
        of = meant.accession if meant else None
        relations[notice.accession] = replace(relations[notice.accession], kind=RelationKind.RECALL, of=of)
        if meant:
            relations[meant.accession] = replace(relations[meant.accession], recalled=True)
            recalled[meant.accession] = notice.order
    return recalled


def _came(mails: Sequence[Sent]) -> dict[tuple[str, ...], list[Sent]]:
    """What may be recalled, in order, by address and subject and by address and Message-ID."""
    came: dict[tuple[str, ...], list[Sent]] = defaultdict(list)
    for one in mails:
        if one.filing.announces is not Notice.RECALL:
            address = one.filing.mail.sender.address
            came["subject", address, one.subject].append(one)
            came["message", address, one.filing.mail.message_id].append(one)
    return came


def _meant_by(notice: Sent) -> Iterator[tuple[str, ...]]:
    """By what a mail is known that *notice* means."""
    mail = notice.filing.mail
    named = subject(_RECALL_PREFIX.sub("", re.sub(r"\s+", "", mail.subject)))
    yield "subject", mail.sender.address, named
    if mail.in_reply_to:
        yield "message", mail.sender.address, mail.in_reply_to


def _before(mails: Sequence[Sent], notice: Sent) -> Sent | None:
    """The newest of *mails* (in order) that came before *notice*."""
    earlier = bisect_left(mails, notice.order, key=lambda one: one.order)
    return mails[earlier - 1] if earlier else None
