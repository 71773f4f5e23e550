"""Parts whose content is not in them: sealed by PGP, in pieces over several mails, or only named with its place.

Purpose: `read()` gives each a status and a reason.
Source: RFC 3156 (PGP/MIME), RFC 2046 sections 5.2.2 (message/partial) and 5.2.3 (message/external-body).
Limits: nothing is decrypted, put together or fetched; no signature is verified.
"""

from __future__ import annotations

from pipeline.extract import kinds
from pipeline.records import Content, Leaf, Status

_REASONS = {
    kinds.PGP_SIGNATURE: (Status.NOISE, "PGP 数字签名（仅记录，未验证真伪）"),
    kinds.PGP_MESSAGE: (
        Status.NEEDS_PASSWORD,
        "PGP 加密内容，只有收件人的私钥能解开；请联系报送单位不加密重发",
    ),
    "message/partial": (Status.PARTLY, "邮件被拆成几封发送，这里只是其中一段，请联系报送单位整封重发"),
    "message/external-body": (Status.LINK_ONLY, "附件没有随信，只写了存放位置，请向报送单位索要"),
}


def read(leaf: Leaf, _abilities: tuple[str, ...] = ()) -> Content:
    """Read one such part; where parse knows more of it (which piece, which place), that is the reason."""
    media_type = kinds.sniff(leaf.data, leaf.name, leaf.declared)
    status, reason = _REASONS[media_type]
    return Content(status=status, reason=leaf.problem.detail if leaf.problem else reason)
