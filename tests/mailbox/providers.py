"""What Chinese providers do to a client, as profiles of the scripted server; each way is from a public report."""

from __future__ import annotations

from datetime import datetime

from tests.mailbox.scripted import Scripted

OTHERS = "&UXZO1mWHTvZZOQ-"
"""其他文件夹, QQ's level for folders of one's own."""


def qq(
    mails: dict[int, bytes],
    *,
    received: dict[int, datetime] | None = None,
    window_from: datetime | None = None,
    bears: tuple[int, float] | None = None,
) -> Scripted:
    """QQ and foxmail: a window of 30 days, IDLE told only after the log-in, no odd sets, few log-ins.

    Args:
        mails: UID to octets.
        received: UID to INTERNALDATE.
        window_from: mails that arrived before are hidden; None once the owner has chosen 全部.
        bears: (log-ins, seconds) beyond which it hangs up.
    """
    return Scripted(
        mails=mails,
        received=received or {},
        hidden_before=window_from,
        capabilities="IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN NAMESPACE",
        capabilities_inside="IDLE XLIST MOVE",
        strict=True,
        bears=bears,
        folders={
            "INBOX": "\\NoInferiors \\HasNoChildren",
            "Sent Messages": "\\HasNoChildren \\Sent",
            "Drafts": "\\HasNoChildren \\Drafts",
            "Deleted Messages": "\\HasNoChildren \\Trash",
            "Junk": "\\HasNoChildren \\Junk",
            OTHERS: "\\NoSelect \\HasChildren",
            f"{OTHERS}/&bTtSqGdQZZk-": "\\HasNoChildren",
        },
    )


QQ_REFUSAL = (
    "NO Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, "
    "or system is busy. More information at https://help.mail.qq.com/detail/108/1023"
)
"""Its one text for everything."""


def netease(mails: dict[int, bytes]) -> Scripted:
    """163, 126, yeah: unsafe without ID after the log-in; Chinese names of folders without special use."""
    return Scripted(
        mails=mails,
        needs_id=True,
        capabilities="IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS UIDPLUS",
        folders={
            "INBOX": "",
            "&g0l6P3ux-": "",
            "&XfJT0ZAB-": "",
            "&XfJSIJZk-": "",
            "&V4NXPpCuTvY-": "",
        },
    )
