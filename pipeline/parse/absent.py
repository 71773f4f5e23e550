"""Parts that stand for something which is not in this mail: pieces of a mail, and bodies kept elsewhere.

Purpose: `absent()` says in Chinese what a message/partial or message/external-body stands for.
Source: RFC 2046 sections 5.2.2.1 (number, total) and 5.2.3.1 (access types and their parameters), RFC 2017 (url).
Limits: nothing is put together, nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.parse import words
from pipeline.parse.parameters import Parameter
from pipeline.records import Code

MAX_SHOWN = 200
"""Characters of a place that are shown."""

_PLACES = ("url", "site", "server", "directory", "name")


def absent(media_type: str, parameters: Mapping[str, Parameter]) -> tuple[Code, str] | None:
    """Say what is missing of a part of *media_type*; None of any other."""
    if media_type == "message/partial":
        number, total = (_text(parameters, name) for name in ("number", "total"))
        of = f" {total} 封" if total.isdecimal() else "几封"
        which = f"第 {number} 封" if number.isdecimal() else "其中一封"
        return Code.DAMAGED, f"邮件被拆成{of}发送，这里是{which}，不完整；请联系报送单位整封重发"
    if media_type == "message/external-body":
        place = " ".join(filter(None, (_text(parameters, name) for name in _PLACES)))
        where = f"（{place[:MAX_SHOWN]}）" if place else ""
        return Code.LINK_ONLY, f"附件没有随信，只写了存放位置{where}；请向报送单位索要"
    return None


def _text(parameters: Mapping[str, Parameter], name: str) -> str:
    found = parameters.get(name)
    return words.one_line(found.text)[:MAX_SHOWN] if found else ""
