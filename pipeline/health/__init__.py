"""Whether mails are being collected, and what a person must do: for terminals, monitors, service managers and a 日报.

Purpose: `gather(data_dir, known) -> Facts`, `judge(facts, now) -> Health`; what shows a Health: `status_file`, `Serving`
(/healthz, /metrics), `notify` (systemd), `daily` (one paragraph); `Reporter` is the daemon's one call for all of them.
Map: values.py the nouns · gathering.py facts from register and disk, reader.py its connection · judging.py all lines,
of collecting.py (mailbox, backlog, links) and keeping.py (disk, seals, register, clock) · status_file.py · serving.py ·
metrics.py · notify.py · reporter.py, with again.py · daily.py.
Limits: looks only; it opens the register read-only with a connection of its own, waits 0.3 s for it at most, and
imports nothing dear, so that `status` answers while all else is broken.
"""

from pipeline.health.gathering import gather
from pipeline.health.judging import judge
from pipeline.health.values import Colour, Facts, Health, Known, Line

__all__ = ["Colour", "Facts", "Health", "Known", "Line", "gather", "judge"]
