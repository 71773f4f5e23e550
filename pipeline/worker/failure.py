"""What is said of an exception that failed one mail: what it was and where, without words that may be the mail's.

Limits: our own errors say what they say; of others the class, and the last file and line of a stage.
"""

from __future__ import annotations

import re
import traceback
from pathlib import Path

from pipeline.errors import ShouwenError

OURS_TO_CALL = r"/pipeline/(worker|executor)/"
"""Files that stand in every traceback, for they make the call; where the failure is, is further in."""


def told(error: Exception) -> str:
    """Say what failed and where, without the words of an exception that may quote the mail."""
    if isinstance(error, ShouwenError):
        return str(error)
    places = re.findall(
        r'([\w./-]+/pipeline/[\w./-]+\.py)", line (\d+)', "".join(traceback.format_exception(error))
    )
    ours = [f"{Path(path).name} 第 {line} 行" for path, line in places if not re.search(OURS_TO_CALL, path)]
    return f"程序出错 {type(error).__name__}" + (f"（{ours[-1]}）" if ours else "") + "；请把这一行告诉管理员"
