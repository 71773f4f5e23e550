"""The data set's own score.py, borrowed: its table, and its pairing of judged with labelled activities.

Limits: loaded from where it lies, its byte code is not written beside it.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

from pipeline.records import Judged, Kind
from tools.accuracy.judging import Verdict, prediction, told
from tools.accuracy.material import SHARED, Label

Pair = tuple[Mapping[str, Any], Judged]
"""A labelled activity and the one judged that is the same thing."""


class Score:
    """score.py over *labels*."""

    def __init__(self, labels: Mapping[str, Label], folder: Path = SHARED) -> None:
        """Load score.py; FileNotFoundError where it is not at hand."""
        self.module = _loaded(folder / "score.py")
        self.labels = dict(labels)
        self.roster = folder / "roster.csv"
        self._likeness = self.module.Sim(self.labels)

    def printed(self, verdicts: Sequence[Verdict]) -> str:
        """What it prints of our predictions."""
        return self._print({one.id: prediction(one.filing) for one in verdicts if one.id in self.labels})

    def baseline(self) -> str:
        """What it prints of its keyword baseline, which is given the true text of every report."""
        return self._print(self.module.baseline(self.labels, str(self.roster)))

    def pairs(self, verdict: Verdict) -> tuple[Pair, ...]:
        """The labelled activities of one mail that were found, each with what was judged of it."""
        label = self.labels[verdict.id]
        if label["kind"] == Kind.OTHER.value or not verdict.filing.activities or not label["activities"]:
            return ()
        grams = self.module.grams
        true = [grams(self.module.true_text(label, one)) for one in label["activities"]]
        found = [told(one) for one in verdict.filing.activities]
        ours = [grams(f"{one['title']}\n{one['text']}") for one in found]
        likeness = [[self._likeness(mine, its) for its in true] for mine in ours]
        return tuple(
            (label["activities"][its], verdict.filing.activities[mine])
            for mine, its in sorted(self.module.assign(likeness).items())
            if likeness[mine][its] >= self.module.MIN_SIM
        )

    def _print(self, predictions: Mapping[str, Any]) -> str:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            self.module.score(self.labels, predictions)
        return out.getvalue()


def _loaded(path: Path) -> ModuleType:
    spec = util.spec_from_file_location("score", path)
    if spec is None or spec.loader is None or not path.exists():
        raise FileNotFoundError(path)
    module = util.module_from_spec(spec)
    with tempfile.TemporaryDirectory() as folder:
        sys.pycache_prefix = folder
        spec.loader.exec_module(module)
        sys.pycache_prefix = None
    return module
