"""Entities of XML cost nothing and show nothing, in every format, and the page or text around them is still read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.safety.attacks import ROOTS, billion_laughs, external, mail, quadratic, with_entities
from tests.safety.reading import encoded, read_apart, reasons
from tests.safety.sink import listening
from tests.support import need_tool

SECRET = "canary-4711-secret"


@pytest.mark.parametrize("kind", ROOTS)
@pytest.mark.parametrize("attack", [billion_laughs, quadratic])
def test_entities_that_unfold_without_end_cost_little_and_their_file_has_a_status(
    kind: str, attack: object
) -> None:
    if kind == "odt":
        need_tool("soffice")
    document = with_entities(kind, attack(ROOTS[kind], "余"))  # type: ignore[operator]  # either of the two

    reading, _ = read_apart(mail((f"总结.{kind}", document), ("说明.txt", "后面的文件照样读。".encode())))

    text = encoded(reading)
    assert b"lollollol" not in text
    assert b"aaaaaaaaaaaaaaaaaaaa" not in text
    assert "后面的文件照样读。".encode() in text
    read_words = any(document.part == "2" for document in reading.documents)
    assert read_words or (reasons(reading) and all(reasons(reading)))


@pytest.mark.parametrize("kind", ROOTS)
def test_external_entities_bring_no_file_of_this_machine_and_reach_nobody(kind: str, tmp_path: Path) -> None:
    if kind == "odt":
        need_tool("soffice")
    canary = tmp_path / "canary.txt"
    canary.write_text(SECRET)
    with listening() as sink:
        for url in (canary.as_uri(), f"{sink.url}/evil.dtd"):
            reading, _ = read_apart(
                mail((f"总结.{kind}", with_entities(kind, external(ROOTS[kind], "余", url))))
            )
            assert SECRET.encode() not in encoded(reading)
        assert sink.asked == []


@pytest.mark.parametrize("name", ["页.html", "图.svg", "表.xml", "页.xhtml"])
def test_texts_with_entities_are_texts(name: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text(SECRET)
    with listening() as sink:
        for head, text in (
            billion_laughs("x", "余"),
            external("x", "余", canary.as_uri()),
            external("x", "余", f"{sink.url}/x"),
        ):
            for root in ("html", "svg"):
                page = f"<?xml version='1.0'?>{head}<{root} xmlns='http://www.w3.org/2000/svg'><p>集市{text}</p></{root}>"
                reading, _ = read_apart(mail((name, page.encode())))
                assert SECRET.encode() not in encoded(reading)
                assert len(encoded(reading)) < 100_000
        assert sink.asked == []
