"""Notices of recall, each tied to the mail that it means; the mail stays and does not count."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.records import Notice, Relation, RelationKind
from pipeline.relate.sent import Order, Sent, newest, subject

_RECALL_PREFIX = re.compile(
    r"^(?:发信方已撤回邮件|发件人已撤回邮件|邮件撤回|撤回|recall)[:：]?", re.IGNORECASE
)


def recalls(mails: Sequence[Sent], relations: dict[str, Relation]) -> dict[str, Order]:
    """Tie each notice of recall to the mail it means; returns when each of those was recalled."""
    recalled: dict[str, Order] = {}
    for notice in mails:
        if notice.filing.announces is not Notice.RECALL:
            continue
        meant = newest(mails, notice, _is_recalled)
        of = meant.accession if meant else None
        relations[notice.accession] = replace(relations[notice.accession], kind=RelationKind.RECALL, of=of)
        if meant:
            relations[meant.accession] = replace(relations[meant.accession], recalled=True)
            recalled[meant.accession] = notice.order
    return recalled


def _is_recalled(one: Sent, notice: Sent) -> bool:
    named = subject(_RECALL_PREFIX.sub("", re.sub(r"\s+", "", notice.filing.mail.subject)))
    answered = notice.filing.mail.in_reply_to
    ours = one.filing.mail.sender.address == notice.filing.mail.sender.address
    return ours and (one.subject == named or (bool(answered) and answered == one.filing.mail.message_id))
