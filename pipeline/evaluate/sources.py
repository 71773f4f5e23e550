"""Who sent each report: senders that a person should check (来源待核). Nothing is refused, every mail counts as before.

Purpose: `doubted`, a fold over all mails; the doubt is made anew at each fold and is never stored in a filing.
Source: the addresses of rules/<notice>/units.csv; RFC 8601 section 2.7, RFC 6376 section 6.1 (one good signature is
    enough) for what the receiving server says.
Limits: anybody may write any From: a known address is no proof, and a pass takes no doubt away. Free providers' domains
    never make an address known. An address that has reported for a unit is known from then on: it is asked about once.
    SPF and DKIM passed for another domain than that of From are not compared with it: that is DMARC, if the server does it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.evaluate.facts import KINDS, why_not
from pipeline.records import Code, Filed, Filing, Problem, State, Verdict
from rules import Unit

FREE = frozenset(
    {
        "qq.com",
        "foxmail.com",
        "163.com",
        "126.com",
        "yeah.net",
        "188.com",
        "sina.com",
        "sina.cn",
        "sohu.com",
        "139.com",
        "189.cn",
        "wo.cn",
        "21cn.com",
        "tom.com",
        "aliyun.com",
        "263.net",
        "gmail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "msn.com",
        "icloud.com",
        "yahoo.com",
    }
)
"""Domains at which everybody can have an address."""
MOST_KNOWN = 3
"""Known addresses that the question names."""
ADVICE = "请用通知或名册上的电话向单位核对；核对后可接受，本件照常计入"


def doubted(filed: Sequence[Filed], units: Iterable[Unit]) -> tuple[Filed, ...]:
    """Add a Problem to each counted mail whose sender a person should check.

    Args:
        filed: all mails with their relations, in any order.
        units: the roster; its addresses are known from the start, those of counted mails from their accession on.

    Returns:
        all mails in order of accession; those in doubt with one or two Problems (Code.SENDER) at the end of theirs: the
        address is none of the unit's known ones, or the receiving server says that SPF, DKIM or DMARC failed.
    """
    known = {unit.name: list(unit.addresses) for unit in units}
    result = []
    for one in sorted(filed, key=_order):
        filing = one.filing
        if filing is None or not (_counts(one) or _replaced(one)):
            result.append(one)
            continue
        problems = (*_stranger(one, filing, known), *_failed(filing))
        _remember(one, filing, known, doubt=bool(problems))
        told = problems and _counts(one)
        result.append(
            replace(one, filing=replace(filing, problems=filing.problems + problems)) if told else one
        )
    return tuple(result)


def masked(address: str) -> str:
    """*address* with the middle of its local part hidden ("so***e@qq.com"); a domain alone as it is."""
    local, sign, domain = address.rpartition("@")
    if not sign:
        return address
    shown = 2 if len(local) > 4 else 1 if len(local) > 1 else 0
    return f"{local[:shown]}***{local[-1:] if len(local) > 2 else ''}@{domain}"


def _order(one: Filed) -> tuple[str, int, str]:
    year, _, number = one.item.accession.partition("-")
    return year, int(number) if number.isdigit() else 0, one.item.accession


def _counts(one: Filed) -> bool:
    return not why_not(one)


def _replaced(one: Filed) -> bool:
    """Whether a correction stands in its place: who sent it is known, so that the correction is compared with it."""
    relation, filing = one.relation, one.filing
    return bool(
        relation
        and relation.superseded_by
        and not relation.recalled
        and relation.kind is None
        and one.item.state is State.FILED
        and filing
        and filing.kind in KINDS
    )


def _remember(one: Filed, filing: Filing, known: dict[str, list[str]], *, doubt: bool) -> None:
    """Let the unit's sender be known from here on; that of a replaced mail only where nobody need ask about it."""
    found, address = filing.identification, filing.mail.sender.address
    if found.best and found.decided and address and not (doubt and not _counts(one)):
        addresses = known.setdefault(found.best, [])
        if address not in addresses:
            addresses.append(address)


# ---------------------------------------------------------------- the two doubts


def _stranger(one: Filed, filing: Filing, known: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """The address is none of those known for the unit; a person who named the unit has answered that."""
    found, address = filing.identification, filing.mail.sender.address
    addresses = known.get(found.best or "", ())
    answered = any(where == "review" for where, _ in found.evidence)
    if not found.decided or not addresses or answered or any(_is_of(address, entry) for entry in addresses):
        return
    shown = "、".join(masked(entry) for entry in addresses[:MOST_KNOWN])
    more = f" 等 {len(addresses)} 个" if len(addresses) > MOST_KNOWN else ""
    who = f"发件地址 {masked(address)} 第一次代表该单位来件" if address else "来件没有写明发件地址"
    replaces = one.relation.supersedes if one.relation else None
    also = f"；本件涉及此前的 {replaces}" if replaces else ""
    yield Problem(code=Code.SENDER, detail=f"{who}，与已知地址 {shown}{more} 都不同{also}。{ADVICE}")


def _is_of(address: str, entry: str) -> bool:
    """Whether *address* is the known one, or lies below the known domain, which is no free provider's."""
    if "@" in entry:
        return address == entry.lower()
    domain, entry = f".{address.rpartition('@')[2]}", f".{entry.lower()}"
    if not address or not domain.endswith(entry):
        return False
    return not any(domain.endswith(f".{provider}") or entry.endswith(f".{provider}") for provider in FREE)


def _failed(filing: Filing) -> Iterator[Problem]:
    """The receiving server says that the mail is not from where it says."""
    verdicts = filing.mail.authentication
    signed = any(one.method == "dkim" and one.result == "pass" for one in verdicts)
    failed = [one for one in verdicts if one.result == "fail" and not (one.method == "dkim" and signed)]
    if failed:
        server = next((one.server for one in failed if one.server), "")
        told = "、".join(dict.fromkeys(_told(one) for one in failed))
        detail = (
            f"收信服务器{f' {server} ' if server else ''}验证发信来源：{told}，发件人可能是冒用的。{ADVICE}"
        )
        yield Problem(code=Code.SENDER, detail=detail)


def _told(verdict: Verdict) -> str:
    about = f"（{masked(verdict.identity)}）" if verdict.identity else ""
    return f"{verdict.method.upper()} 未通过{about}"
