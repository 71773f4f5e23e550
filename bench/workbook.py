"""How long a large workbook takes and how large it is: `python -m bench.workbook`.

Purpose: 20,000 rows of 活动明细 and of 材料清单 and 2,000 thumbnails in 影像索引, painted and re-opened as compile does it;
then a tenth of it, each in a process of its own, so that the peaks of memory can be compared; then LibreOffice opens the file.
Limits: the rows are made up, with the lengths that real ones have; what it costs to make the tables is not measured here.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path

from PIL import Image

import rules
from outputs import workbook
from outputs.custody import Custody
from outputs.tables import Column, Comment, Edit, Form, Sheet, Value
from outputs.tables.sheet import framed
from tests.own_process import peak

ROWS, PICTURES = 20_000, 2_000
ROOT = Path(__file__).parent.parent
WORDS = (
    "科技工作者日活动在社区广场举行，服务居民并发放资料，受到群众欢迎。区科协组织学会、医院和高校志愿者参加"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure both sizes in processes of their own; print one line."""
    parser = argparse.ArgumentParser(prog="python -m bench.workbook", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--pictures", type=int, default=PICTURES)
    parser.add_argument("--profile", default="", help="where to put the profile of painting")
    parser.add_argument("--alone", type=Path, help="paint into this folder only, and say what it took")
    wanted = parser.parse_args(arguments)
    if wanted.alone:
        _say(json.dumps(_painted(wanted.alone, wanted.rows, wanted.pictures, wanted.profile)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        full = measured(Path(folder, "full"), wanted.rows, wanted.pictures)
        tenth = measured(Path(folder, "tenth"), wanted.rows // 10, wanted.pictures // 10)
        opened = _opened(Path(str(full["path"])))
    _say(
        f"rows {wanted.rows}  pictures {wanted.pictures}  paint {full['paint']:.1f} s  check {full['check']:.1f} s  "
        f"processor {full['processor']:.1f} s  "
        f"file {full['size'] / 1e6:.1f} MB  peak {full['peak']:.0f} MB (tables alone {full['before']:.0f})  "
        f"of a tenth {tenth['peak']:.0f} MB ({tenth['before']:.0f})  "
        f"ratio {full['peak'] / tenth['peak']:.1f}  "
        f"LibreOffice {opened}"
    )
    return 0


def measured(folder: Path, rows: int, pictures: int) -> dict[str, float]:
    """Paint into the new *folder* in a process of its own; return path, seconds, octets and MB of memory."""
    folder.mkdir()
    command = [sys.executable, "-m", "bench.workbook", "--alone", str(folder)]
    command += ["--rows", str(rows), "--pictures", str(pictures)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own command
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _painted(folder: Path, rows: int, pictures: int, profiled: str) -> dict[str, float | str]:
    given = rules_of()
    book = workbook.Book(sheets=sheets(rows, pictures), rules=given, custody=Custody())
    before = peak() / 1e6
    profile = cProfile.Profile() if profiled else None
    begun, used = time.perf_counter(), time.process_time()
    with profile or nullcontext():
        path = workbook.painted(book, "bench", folder)
    painted = time.perf_counter()
    workbook.check(path, book.sheets, path.name)
    checked = time.perf_counter()
    if profile is not None:
        profile.dump_stats(profiled)
    return {
        "path": str(path),
        "paint": painted - begun,
        "processor": time.process_time() - used,
        "check": checked - painted,
        "size": path.stat().st_size,
        "before": before,
        "peak": peak() / 1e6,
    }


def rules_of() -> rules.Rules:
    """The rules as they are, with a name that titles can bear."""
    return rules.load()


def sheets(rows: int, pictures: int) -> tuple[Sheet, ...]:
    """The three large sheets, the same each time."""
    drawn = random.Random(7)  # noqa: S311 - must be repeatable
    return _activities(rows, drawn), _parts(rows, drawn), _images(pictures, drawn)


def _activities(count: int, drawn: random.Random) -> Sheet:
    columns = (
        Column(header="序号", width=5, form=Form.CENTRE),
        Column(header="单位", width=24, edit=Edit.UNIT, field="unit"),
        Column(header="活动名称", width=26, edit=Edit.FREE, field="title"),
        Column(header="类别", width=18, edit=Edit.CATEGORY, field="category"),
        Column(header="开始日期", width=11, form=Form.DATE, edit=Edit.DATE, field="date_start"),
        Column(header="地点", width=16, edit=Edit.FREE, field="place"),
        Column(
            header="参与人数", width=9, form=Form.COUNT, total=True, edit=Edit.COUNT, field="participants"
        ),
        Column(header="场次", width=7, form=Form.COUNT, total=True, edit=Edit.COUNT, field="sessions"),
        Column(header="宣传媒体", width=20, edit=Edit.FREE, field="media"),
        Column(header="活动内容", width=60),
        Column(header="类别依据（原话）", width=30),
        Column(header="收文号", width=12, form=Form.CENTRE),
        Column(header="出处（文件、位置）", width=26),
        Column(header="计入", width=6, form=Form.CENTRE, edit=Edit.YES_NO, field="counted"),
        Column(header="备注", width=20, edit=Edit.FREE, field="note"),
    )
    ids = [f"2024-{number // 6 + 1:05d}/activity/{number % 6 + 1}" for number in range(count)]
    values: list[dict[str, Value]] = [
        {
            "单位": f"重庆市第{drawn.randrange(230)}科学技术协会",
            "活动名称": _words(drawn, 18),
            "类别": "5 科技志愿服务",
            "开始日期": date(2024, 5, 1) + timedelta(days=drawn.randrange(50)),
            "地点": _words(drawn, 8),
            "参与人数": drawn.choice((None, drawn.randrange(3000))),
            "场次": drawn.choice((None, 1, 2)),
            "宣传媒体": drawn.choice(("", "上游新闻、区电视台")),
            "活动内容": _words(drawn, drawn.choice((80, 150, 300))),
            "类别依据（原话）": _words(drawn, 20),
            "收文号": id_.partition("/")[0],
            "出处（文件、位置）": "2 总结.docx 第7块",
            "计入": drawn.choice(("是", "是", "否")),
            "备注": "",
        }
        for id_ in ids
    ]
    return Sheet(
        name="活动明细",
        title="活动明细表",
        paper="A3",
        columns=columns,
        frame=framed(columns, values, ids),
        summed=("计入", "是"),
        comments=tuple(
            Comment(row=id_, header="参与人数", text="“服务居民300余人”（2/总结.docx 第7块）")
            for id_, value in zip(ids, values, strict=True)
            if value["参与人数"] is not None
        ),
        links={(id_, "收文号"): f"files/{id_.partition('/')[0]}/00-原件.eml" for id_ in ids},
    )


def _parts(count: int, drawn: random.Random) -> Sheet:
    headers = (
        ("序号", 5),
        ("收文号", 12),
        ("单位", 24),
        ("部件位置", 22),
        ("文件名", 30),
        ("格式", 16),
        ("状态", 10),
        ("原因", 26),
        ("SHA-256", 36),
        ("备注", 14),
    )
    columns = (
        *(Column(header=name, width=width) for name, width in headers),
        Column(header="字节数", width=11, form=Form.COUNT, total=True),
    )
    ids = [f"2024-{number // 12 + 1:05d}/part/{number % 12 + 1}" for number in range(count)]
    values: list[dict[str, Value]] = [
        {
            "收文号": id_.partition("/")[0],
            "单位": f"重庆市第{drawn.randrange(230)}科学技术协会",
            "部件位置": f"2/照片/IMG_{number:06d}.jpg",
            "文件名": f"{_words(drawn, 10)}.jpg",
            "格式": "image/jpeg",
            "状态": "已读",
            "原因": "",
            "SHA-256": f"{drawn.getrandbits(256):064x}",
            "备注": "",
            "字节数": drawn.randrange(9_000_000),
        }
        for number, id_ in enumerate(ids)
    ]
    return Sheet(
        name="材料清单",
        title="材料清单",
        paper="A3",
        columns=columns,
        frame=framed(columns, values, ids),
        links={
            (id_, "文件名"): f"files/{id_.partition('/')[0]}/{number % 12:02d}-照片.jpg"
            for number, id_ in enumerate(ids)
        },
    )


def _images(count: int, drawn: random.Random) -> Sheet:
    columns = (
        Column(header="序号", width=5, form=Form.CENTRE),
        Column(header="照片", width=24),
        Column(header="单位", width=24),
        Column(header="文件", width=40),
    )
    ids = [f"2024-{number // 5 + 1:05d}/picture/{number % 5 + 1}" for number in range(count)]
    values: list[dict[str, Value]] = [
        {"照片": "", "单位": "重庆市某某科学技术协会", "文件": f"照片/{number}.jpg"}
        for number in range(count)
    ]
    return Sheet(
        name="影像索引",
        title="影像索引",
        paper="A4",
        columns=columns,
        frame=framed(columns, values, ids),
        pictures={(id_, "照片"): _thumbnail(drawn) for id_ in ids},
        tall=96,
    )


def _thumbnail(drawn: random.Random) -> bytes:
    """A picture of 160 x 120 pixels, as busy as a photograph of that size."""
    small = Image.frombytes("RGB", (40, 30), drawn.randbytes(40 * 30 * 3)).resize((160, 120))
    file = io.BytesIO()
    small.save(file, "JPEG", quality=75)
    return file.getvalue()


def _words(drawn: random.Random, count: int) -> str:
    start = drawn.randrange(len(WORDS))
    return (WORDS[start:] + WORDS * (count // len(WORDS) + 1))[:count]


def _opened(path: Path) -> str:
    """Seconds that LibreOffice takes to open the file and write it as a table of text."""
    program = shutil.which("soffice")
    if program is None:
        return "is not here"
    with tempfile.TemporaryDirectory() as folder:
        began, used = time.perf_counter(), _children()
        subprocess.run(  # noqa: S603 - our own command
            [
                program,
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                "csv",
                "--outdir",
                folder,
                str(path),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return f"{time.perf_counter() - began:.1f} s ({_children() - used:.1f} s of processor)"


def _children() -> float:
    """Processor seconds of the processes that have ended."""
    told = resource.getrusage(resource.RUSAGE_CHILDREN)
    return told.ru_utime + told.ru_stime


def _say(line: str) -> None:
    print(line)  # noqa: T201 - a benchmark talks to a person


if __name__ == "__main__":
    sys.exit(main())
