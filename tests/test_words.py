"""Whatever stands as evidence for a unit has a Chinese name."""

from __future__ import annotations

import re
from pathlib import Path

from outputs.words import PLACES
from pipeline.identify.places import WEIGHTS
from tests.support import ROOT


def test_every_place_of_evidence_has_a_name_for_staff() -> None:
    written = {
        where
        for path in Path(ROOT / "pipeline" / "identify").glob("*.py")
        for where in re.findall(r'\.add\("([a-z]+)"', path.read_text("utf-8"))
    }

    assert written
    assert set(WEIGHTS) | written <= set(PLACES)
