"""The process under test: the product's worker with its own stages, polling every two seconds.

Purpose: `python -m tools.soak.daemon run|once ADDRESS CA_FILE DATA`. The settings allow no polls closer than two
minutes, out of regard for providers; hence not `shouwen run` but what it calls, with the same parts.
Limits: mails that kill their reader do it in poison.py, before the product's reader is asked.
"""

from __future__ import annotations

import logging
import signal
import sys
from contextlib import closing
from pathlib import Path

from pipeline import tools
from pipeline.archive import FolderArchive
from pipeline.executor import open_executor
from pipeline.mailbox import logins, open_mailbox
from pipeline.register import Register
from pipeline.stop import Stop
from pipeline.worker import Worker, only_writer
from rules import load
from tests.mailbox.boxes import PASSWORD, USER
from tools.soak.mails import FOLDERS
from tools.soak.poison import attempt

EVERY_SECONDS = 2
TIMEOUT_SECONDS = 4
"""For an answer of the server; the proxy stalls for up to six."""
logins.FIRST_DELAY_SECONDS = logins.LONGEST_DELAY_SECONDS = 4
"""A connection that is cut while it logs in counts as a refusal, after which a provider is left alone for minutes, then for
an hour; here the proxy does that many times, and there is nobody to be regarded."""


def main(how: str, address: str, ca_file: str, data: str) -> None:
    """Poll and process until SIGTERM ("run"), or once and to the end ("once")."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    stop = Stop()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    data_dir = Path(data)
    rules = load()
    with (
        only_writer(data_dir),
        closing(Register(data_dir / "register.db", year=rules.notice.year)) as register,
        open_executor("processes:1") as executor,
    ):
        worker = Worker(
            archive=FolderArchive(data_dir / "archive"),
            register=register,
            rules=rules,
            executor=executor,
            abilities=tools.abilities(),
            attempt=attempt,
        )
        source = open_mailbox(
            address,
            user=USER,
            password=PASSWORD,
            folders=FOLDERS,
            timeout_seconds=TIMEOUT_SECONDS,
            ca_file=Path(ca_file) if ca_file else None,
            login_gap_seconds=0,
        )
        with closing(source):
            if how == "once":
                worker.once(source)
            else:
                worker.run(source, every_seconds=EVERY_SECONDS, stop=stop)


if __name__ == "__main__":
    main(*sys.argv[1:])
