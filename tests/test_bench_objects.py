"""The benchmark of object stores puts and gets in both kinds of archive and tells what that took."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import objects
from bench.objects import Mails


def test_the_benchmark_tells_of_every_size_what_putting_and_getting_took(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "SIZES", (Mails(name="tiny", octets=1000, count=2),))

    put, get = objects.measure(tmp_path, quick=True)

    assert put.name.endswith("put: tiny")
    assert get.name.endswith("get: tiny")
    assert all(one.value.endswith("mails/s") and "a folder of this disk" in one.note for one in (put, get))
    assert len(list((tmp_path / "1000").rglob("*/" + "[0-9a-f]" * 64))) == 2
