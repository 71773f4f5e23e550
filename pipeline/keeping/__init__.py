"""Keeping: what is copied away, what is brought back, and what is done again on purpose.

Purpose: `BackingUp(…).run()`, `check` and `Restoring(…).run()` over folders that hold everything; `Reprocessing` and
`difference`, what becomes other when mails are read or judged again.
Map: manifest.py the form of a backup · backup.py · restore.py · moving.py to another kind of
place · reprocess.py · difference.py (pure) · comparing.py what
other rules would change · reasons.py why (pure).
The order of a backup: the register first, the archive after it. A blob without an item is harmless (the same octets get
the same name when they come again); an item without its blob is a loss. What is taken in between the two copies is an
orphan of the backup at most, never a hole.
Limits: settings and secrets are never copied; who restores brings them.
"""

from pipeline.keeping.backup import BackingUp, Made
from pipeline.keeping.difference import Difference, difference
from pipeline.keeping.manifest import Backup
from pipeline.keeping.moving import Moved, Moving
from pipeline.keeping.reprocess import Redone, Reprocessing
from pipeline.keeping.restore import Checked, Restored, Restoring, check

__all__ = [
    "BackingUp",
    "Backup",
    "Checked",
    "Difference",
    "Made",
    "Moved",
    "Moving",
    "Redone",
    "Reprocessing",
    "Restored",
    "Restoring",
    "check",
    "difference",
]
