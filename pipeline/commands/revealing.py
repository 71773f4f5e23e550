"""--full: showing personal data that is masked by default, by name and on the record.

Purpose: the options `--full` and `--by` of whatever masks, and `allow`, which asks for the name and writes it down.
Limits: the record goes to the operations log; the chain holds what happens to mails, not who looked.
"""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.options import Office
from pipeline.errors import UsageError

Full = Annotated[
    bool, typer.Option("--full", help="不遮盖电话、证件号、邮箱和姓名；须用 --by 写明何人查看，记入运行记录")
]
Viewer = Annotated[str, typer.Option("--by", help="查看人姓名，与 --full 同用", show_default=False)]


def allow(office: Office, what: str, *, full: bool, by: str) -> None:
    """Record that *by* is shown *what* in full, where it is *full*.

    Raises:
        UsageError: nobody is named.
    """
    if not full:
        return
    name = " ".join(by.split())
    if not name:
        raise UsageError("--full 会显示个人信息，请加 --by 写明查看人姓名；不需要的话去掉 --full")
    office.note("full view", kind=what, by=name)
