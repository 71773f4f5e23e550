"""What every file says: invented, and known word by word."""

from __future__ import annotations

from collections.abc import Iterator

TITLE = "渝州区科协开展全国科技工作者日活动"
SENTENCE = "5月28日上午，渝州区科协在滨江广场开展科技志愿服务活动，120名群众到场参加。"
ROW = ("序号", "活动名称", "人数"), ("1", "科普讲座", "86")
PASSWORD = "kx2024"  # noqa: S105 - of files that are made to be opened

Files = Iterator[tuple[str, bytes]]
"""(name, octets) one after the other."""
