"""`python -m bench.corpus FOLDER --mails 200 --seed 7`: writes the mails, and says what they are."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench import corpus


def main(arguments: Sequence[str] | None = None) -> int:
    """Write what is asked for; one line tells where it is, how many mails and how heavy."""
    parser = argparse.ArgumentParser(prog="python -m bench.corpus", description=corpus.__doc__)
    parser.add_argument(
        "folder", type=Path, help="mails are kept in a folder in it, by seed and by the makers' digest"
    )
    parser.add_argument("--mails", type=int, default=corpus.MAILS)
    parser.add_argument("--seed", type=int, default=corpus.SEED)
    parser.add_argument("--large", type=int, help="one mail of so many megabytes instead")
    wanted = parser.parse_args(arguments)
    kept = (
        corpus.large(wanted.folder, wanted.large, wanted.seed)
        if wanted.large
        else corpus.made(wanted.folder, wanted.mails, wanted.seed)
    )
    sizes = [path.stat().st_size for path in kept.glob("*.eml")]
    print(  # noqa: T201 - a generator tells where its work is
        f"{kept}: {len(sizes)} mails, {sum(sizes) / 1e6:.0f} MB, median {median(sizes) / 1e6:.2f} MB, "
        f"largest {max(sizes) / 1e6:.0f} MB"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
