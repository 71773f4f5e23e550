"""The Hypothesis engine, in a process of its own: `python -m tools.fuzz.structured TARGET SECONDS SEED SEEDS FOUND`.

Purpose: seeds with edits drawn by Hypothesis, in batches, until the time is over; a failing input is made as small as
Hypothesis can make it and saved. Prints the number of executions in its last line.
Source: hypothesis.settings; setitimer(2).
Limits: an input that takes longer than INPUT_SECONDS is a failure; where it hangs in a library, the parent ends this
process and takes the input from the file "last" beside the found ones.
"""

from __future__ import annotations

import hashlib
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tools.fuzz.changes import KINDS, PACKAGES, Edit, edited
from tools.fuzz.targets import Target, named
from tools.fuzz.words import words

BATCH = 300
"""Examples of one batch; each has a seed of its own, which is told where it fails."""
INPUT_SECONDS = 10
"""For one input, as promised for one file."""
LAST = "last"
"""The name of the file that holds the input at hand."""


def main(arguments: list[str]) -> int:
    """Run batch after batch; 1 as soon as one fails."""
    target, seconds, start, seeds, found = (
        arguments[0],
        float(arguments[1]),
        int(arguments[2]),
        arguments[3],
        Path(arguments[4]),
    )
    function = named(target)  # what it imports takes no time of the run
    ends = time.monotonic() + seconds
    trial = _Trial(function, found, ends)
    signal.signal(signal.SIGALRM, _late)
    corpus = [path.read_bytes() for path in sorted(Path(seeds).glob("*"))] or [b""]
    number = start
    try:
        for octets in corpus:
            trial(octets)
        while time.monotonic() < ends:
            _batch(trial, target, corpus, number)
            number += 1
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
        print(f"{target}: {type(error).__name__}: {error} (seed {number})", file=sys.stderr)  # noqa: T201 - what failed
        trial.save(type(error).__name__)
        print(trial.count)  # noqa: T201 - the parent reads it
        return 1
    trial.last.unlink(missing_ok=True)
    print(trial.count)  # noqa: T201 - the parent reads it
    return 0


class _Trial:
    """The target with a count, a clock, and the last input kept on disk; after the time is over it does nothing.

    An input that takes too long is not made smaller.
    """

    def __init__(self, target: Target, folder: Path, ends: float) -> None:
        self.target, self.folder, self.ends = target, folder, ends
        self.last = folder / LAST
        self.count = 0
        self.failed: bytes | None = None
        self.slow = False

    def __call__(self, octets: bytes) -> None:
        if time.monotonic() > self.ends and self.failed is None:
            return
        if self.slow:  # each smaller input would take its time again
            if octets == self.failed:
                _late()  # the same place, by which Hypothesis knows a failure again
            return
        self.count += 1
        self.last.write_bytes(octets)
        signal.setitimer(signal.ITIMER_REAL, INPUT_SECONDS)
        try:
            self.target(octets)
        except BaseException as error:
            self.failed, self.slow = octets, isinstance(error, TimeoutError)
            raise
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def save(self, kind: str) -> None:
        """Keep the smallest failing input under its digest."""
        octets = self.failed or b""
        (self.folder / f"hypothesis-{kind}-{hashlib.sha256(octets).hexdigest()[:16]}").write_bytes(octets)
        self.last.unlink(missing_ok=True)


def _batch(trial: _Trial, target: str, corpus: list[bytes], number: int) -> None:
    edit = st.builds(
        Edit,
        st.sampled_from(KINDS),
        st.floats(0, 1),
        st.sampled_from(words(target)) | st.binary(min_size=1, max_size=4),
        st.integers(1, 64),
    )
    inputs = st.builds(
        lambda octets, edits: edited(octets, edits, package=target in PACKAGES),
        st.sampled_from(corpus),
        st.lists(edit, min_size=1, max_size=8),
    )
    if target == "figures":
        inputs |= st.lists(
            st.sampled_from(words(target)) | st.integers(0, 10**6).map(lambda value: str(value).encode()),
            max_size=60,
        ).map(b"".join)

    def checked(octets: bytes) -> None:
        trial(octets)

    bounded = settings(
        max_examples=BATCH,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )(given(inputs)(checked))
    seed(number)(bounded)()


def _late(_number: int = 0, _frame: FrameType | None = None) -> None:
    raise TimeoutError(f"an input takes longer than {INPUT_SECONDS} s")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
