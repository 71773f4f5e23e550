"""The product on a folder of mails, as a process of its own: `python -m bench.taking MAILS DATA [--executor serial]`.

Purpose: capture into archive and register, read and judge, compile the workbook with all its material, by the very parts
that `shouwen once` and `shouwen compile` are made of; prints one line of JSON: what each stage took, and what came of it.
    Where processes read, they begin while mails are captured (what follows is "read and judge"), and the workbook is compiled in
    a process of its own too, as the daemon has it done.
Limits: nothing is recognised (OCR) here, however able the machine is; nothing else differs from the commands.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.commands.aside import Doing

RECOGNISERS = ("tesseract", "rapidocr")
SETTINGS = "settings.toml"
WAIT_SECONDS = 0.02


def main(arguments: Sequence[str] | None = None) -> int:
    """Take in, read and judge, compile.

    As in the commands, what is imported is imported here: a spawned process imports this module once more.
    """
    from pipeline.commands.aside import Aside, Here
    from pipeline.commands.options import opened
    from pipeline.commands.taking_in import open_source, working

    parser = argparse.ArgumentParser(prog="python -m bench.taking", description=__doc__)
    parser.add_argument("mails", type=Path)
    parser.add_argument("data", type=Path, help="a new folder")
    parser.add_argument("--executor", default="serial")
    wanted = parser.parse_args(arguments)
    wanted.data.mkdir(parents=True)
    settings = wanted.data / SETTINGS
    settings.write_text(f'executor = "{wanted.executor}"\n', "utf-8")
    stages: dict[str, float] = {}
    with opened(settings, wanted.data) as office, open_source(office, str(wanted.mails)) as source:
        with working(office, None) as worker:
            worker.abilities = tuple(one for one in worker.abilities if one not in RECOGNISERS)
            setattr(worker, "capture", timed("capture", stages)(worker.capture))  # noqa: B010 - a method of this one worker
            begun = time.perf_counter()
            worker.once(source)
        stages["read and judge"] = round(time.perf_counter() - begun - stages["capture"], 3)
        with timed("compile", stages):
            workbook = _compiled(Here(office) if wanted.executor == "serial" else Aside(office))
        filings = [one.filing for one in office.register.filed() if one.filing]
    print(  # noqa: T201 - the one line that is asked for
        json.dumps(
            {
                "stages": stages,
                "filed": len(filings),
                "parts": sum(len(one.parts) for one in filings),
                "activities": sum(len(one.activities) for one in filings),
                "pictures": sum(len(one.pictures) for one in filings),
                "workbook": workbook.stat().st_size,
            }
        )
    )
    return 0


def _compiled(doing: Doing) -> Path:
    """Have the workbook compiled as *doing* does it, and wait for it."""
    from pipeline.commands.compiling import if_new

    doing.begin(if_new, datetime.now(UTC))
    while (done := doing.outcome()) is None:
        time.sleep(WAIT_SECONDS)
    if done.trouble or not done.said:
        raise SystemExit(done.trouble or "nothing was new")
    return Path(done.said)


@contextmanager
def timed(name: str, stages: dict[str, float]) -> Iterator[None]:
    """Note the seconds of a stage under *name*, by the clock: what a living child used is in no sum of processor time."""
    begun = time.perf_counter()
    yield
    stages[name] = round(time.perf_counter() - begun, 3)


if __name__ == "__main__":
    from pipeline.commands import leave

    leave(main())
