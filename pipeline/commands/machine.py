"""What `check` says of this machine: the box in which documents are read, and the programs that read the rare ones.

Purpose: `machine()`, one line a subject, each with its cure.
Source: ../fence.py, ../tools.py, ../extract/legacy.py.
Limits: tries the box by reading one line of text in it; what the kernel promises beyond that is taken at its word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.errors import ShouwenError

TOOLS = (
    ("antiword", "读残缺的和 Word 95 以前的 .doc", "apt install antiword"),
    ("soffice", "读 Works 的 .wps 和别的办法读不了的旧格式", "apt install libreoffice-writer-nogui"),
    ("unar", "解 .rar 和 .7z", "apt install unar"),
    ("bsdtar", "解 unar 解不开的 .rar 和 .7z", "apt install libarchive-tools"),
    ("bsdcat", "解 .Z 和 .zst", "apt install libarchive-tools"),
)
"""Programs of the system that readers can use: ability, what for, how to get it."""
RECOGNISERS = {"tesseract": "tesseract", "rapidocr": "rapidocr（附加 [ocr]）"}
"""Abilities that recognise scans: either will do."""

_PROBE = "shouwen"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of `check`. state: "ok", "warn" (works, less is read or less is fenced) or "bad"."""

    subject: str
    state: str
    fact: str
    cure: str = ""


def machine() -> Iterator[Line]:
    """Say how safely documents are read here, then what cannot be read."""
    from pipeline import fence, tools

    yield _reader()
    yield _line(
        "围栏",
        fence.holds(),
        "读件和转换程序只看得见系统文件和自己的临时目录",
        "内核没有 Landlock：被恶意文件劫持的读件或转换程序能读到本用户的文件（来件、设置、授权码）",
        "用 Linux 5.13 以上的内核，启动参数 lsm= 里要有 landlock；容器要放行 landlock_* 三个系统调用",
    )
    yield _line(
        "断网",
        tools.cut_off(),
        "读件和转换程序连不上网络",
        "这里建不了网络命名空间，内核也不能禁止 TCP：恶意文件可能使转换程序访问网络",
        "装 util-linux（unshare）并允许用户命名空间，或用 Linux 6.7 以上的内核，或用防火墙禁止本用户访问邮箱以外的地址",
    )
    there = tools.abilities()
    yield _line(
        "tesseract",
        bool(RECOGNISERS.keys() & set(there)),
        f"识别扫描件：{'、'.join(name for key, name in RECOGNISERS.items() if key in there)}",
        "没有，不能识别扫描件；这类材料会列为待识别",
        "apt install tesseract-ocr tesseract-ocr-chi-sim；装不了的，pip install 'shouwen[ocr]'",
    )
    for name, purpose, cure in TOOLS:
        yield _line(name, name in there, f"可用：{purpose}", f"没有，不能{purpose}；这类材料会列为未读", cure)


def _reader() -> Line:
    """Have the reader's child read something: where it cannot begin, nothing of any mail can be read."""
    from pipeline.extract import child
    from pipeline.records import Leaf, Status

    rtf = Leaf(path="1", data=f"{{\\rtf1 {_PROBE}}}".encode())
    cure = "检查临时目录的权限和空间、内存上限，以及程序是否装全（重装一次）；现在收到的文档都读不出"
    try:
        content = child.ask("rtf", rtf)
    except ShouwenError as error:
        return Line(subject="读件", state="bad", fact=str(error), cure=cure)
    read = content.status is Status.OK and any(_PROBE in block.text for block in content.blocks)
    if not read:
        return Line(subject="读件", state="bad", fact=f"读件子进程不能工作：{content.reason}", cure=cure)
    return Line(subject="读件", state="ok", fact="读件子进程能工作")


def _line(subject: str, holds: bool, fact: str, otherwise: str, cure: str) -> Line:
    if holds:
        return Line(subject=subject, state="ok", fact=fact)
    return Line(subject=subject, state="warn", fact=otherwise, cure=cure)
