"""Entities of XML cost nothing and show nothing, in every format, and the page or text around them is still read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.extract import legacy
from pipeline.records import Leaf
from tests.safety.attacks import ROOTS, billion_laughs, external, mail, quadratic, with_entities
from tests.safety.reading import encoded, read_apart
from tests.safety.sink import listening
from tests.support import need_tool

Attack = Callable[..., tuple[str, str]]
SECRET = "canary-4711-secret"


GOOD = ("说明.txt", "后面的文件照样读。".encode())


@pytest.mark.parametrize("kind", ROOTS)
def test_entities_that_unfold_without_end_cost_little_and_their_file_has_a_status(kind: str) -> None:
    files = [
        (f"总结{number}.{kind}", with_entities(kind, attack(ROOTS[kind], "余")))
        for number, attack in enumerate((billion_laughs, quadratic))
    ]

    reading, _ = read_apart(mail(*files, GOOD))

    text = encoded(reading)
    assert b"lollollol" not in text
    assert b"aaaaaaaaaaaaaaaaaaaa" not in text
    assert GOOD[1] in text
    for part in reading.parts[1:3]:
        read_words = any(document.part == part.path for document in reading.documents)
        assert read_words or part.reason


@pytest.mark.parametrize("kind", ROOTS)
def test_external_entities_bring_no_file_of_this_machine_and_reach_nobody(kind: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text(SECRET)
    with listening() as sink:
        urls = (canary.as_uri(), f"{sink.url}/evil.dtd")
        files = [
            (f"总结{number}.{kind}", with_entities(kind, external(ROOTS[kind], "余", url)))
            for number, url in enumerate(urls)
        ]
        reading, _ = read_apart(mail(*files, GOOD))
        assert SECRET.encode() not in encoded(reading)
        assert GOOD[1] in encoded(reading)
        assert sink.asked == []


@pytest.mark.parametrize("attack", [billion_laughs, external])
def test_entities_reach_nothing_through_libreoffice_either(attack: Attack, tmp_path: Path) -> None:
    """What a format that only LibreOffice reads has in it; LibreOffice knows a file by its octets."""
    need_tool("soffice")
    canary = tmp_path / "canary.txt"
    canary.write_text(SECRET)
    with listening() as sink:
        made = attack("x", "余", canary.as_uri()) if attack is external else attack("x", "余")
        leaf = Leaf(path="2", name="总结.wps", data=with_entities("odt", made))

        found = legacy._soffice(leaf, "application/vnd.ms-works")

        assert found is None or SECRET not in str(found)
        assert len(str(found)) < 100_000
        assert sink.asked == []


@pytest.mark.parametrize("name", ["页.html", "图.svg", "表.xml", "页.xhtml"])
def test_texts_with_entities_are_texts(name: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text(SECRET)
    with listening() as sink:
        made = (
            billion_laughs("x", "余"),
            external("x", "余", canary.as_uri()),
            external("x", "余", f"{sink.url}/x"),
        )
        pages = [
            f"<?xml version='1.0'?>{head}<{root} xmlns='http://www.w3.org/2000/svg'><p>集市{text}</p></{root}>"
            for head, text in made
            for root in ("html", "svg")
        ]
        files = [(f"{number}{name}", page.encode()) for number, page in enumerate(pages)]
        reading, _ = read_apart(mail(*files, GOOD))
        assert SECRET.encode() not in encoded(reading)
        assert GOOD[1] in encoded(reading)
        assert len(encoded(reading)) < 100_000
        assert len(reading.parts) == len(files) + 2
        assert sink.asked == []
