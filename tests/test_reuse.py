"""reuse: one photograph is known again whatever was done to the copy, and different ones are never taken for one."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageEnhance

from outputs.tables import tables
from outputs.tables.question import path
from pipeline import intake
from pipeline.evaluate import evaluate
from pipeline.extract import extract
from pipeline.records import (
    Depiction,
    Filed,
    Judged,
    Leaf,
    Picture,
    Relation,
    RelationKind,
    Reuse,
    Scope,
    State,
)
from pipeline.relate import relate
from pipeline.reuse import reuse
from pipeline.reuse.likeness import MAX_LIKELY, Look, pairs
from rules import Rules, load
from tests.drawn import chat, octets, photograph
from tests.season import (
    BANAN,
    SOCIETY,
    UNIVERSITY,
    YUBEI,
    activity,
    at,
    custody,
    filing,
    item,
    part,
    small_rules,
)
from tests.support import ROOT, SHARED, need_tool, needs_shared


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


def facts(data: bytes, kind: str = "jpeg", name: str = "照片.jpg") -> Picture:
    found = extract(Leaf(path="3", name=name, data=data), f"image/{kind}").picture
    assert found is not None
    return found


@cache
def shot(seed: int) -> Picture:
    return facts(octets(photograph(seed), quality=88))


def look(picture: Picture) -> Look:
    return Look(levels=picture.hash, width=picture.width, height=picture.height)


# ---------------------------------------------------------------- what is done to copies


def _cropped(left: float, top: float, right: float, bottom: float) -> Callable[[Image.Image], Image.Image]:
    def crop(picture: Image.Image) -> Image.Image:
        w, h = picture.size
        return picture.crop(
            (round(w * left), round(h * top), round(w * (1 - right)), round(h * (1 - bottom)))
        )

    return crop


def _stamped(picture: Image.Image) -> Image.Image:
    """The stamp of a watermark camera."""
    picture = picture.copy()
    pen = ImageDraw.Draw(picture)
    pen.rectangle((20, 430, 230, 465), fill=(240, 180, 0))
    for line, text in enumerate(("2024.05.30 10:22", "Yubei, Chongqing", "sunny 26")):
        pen.text((24, 475 + 36 * line), text, fill="white", font_size=30)
    return picture


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "the same": lambda picture: picture,
    "scaled to a third": lambda picture: picture.resize((267, 200)),
    "scaled to double": lambda picture: picture.resize((1600, 1200)),
    "cropped by 2 % a side": _cropped(0.02, 0.02, 0.02, 0.02),
    "cropped by 5 % a side": _cropped(0.05, 0.05, 0.05, 0.05),
    "cropped by 10 % below": _cropped(0, 0, 0, 0.1),
    "cropped by 10 % at the left": _cropped(0.1, 0, 0, 0),
    "mirrored": lambda picture: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "turned by 90": lambda picture: picture.transpose(Image.Transpose.ROTATE_90),
    "turned by 180": lambda picture: picture.transpose(Image.Transpose.ROTATE_180),
    "turned by 270 and cropped": lambda picture: _cropped(0.05, 0.05, 0.05, 0.05)(
        picture.transpose(Image.Transpose.ROTATE_270)
    ),
    "darker": lambda picture: ImageEnhance.Brightness(picture).enhance(0.7),
    "brighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.3),
    "more contrast": lambda picture: ImageEnhance.Contrast(picture).enhance(1.4),
    "grey": lambda picture: picture.convert("L").convert("RGB"),
    "stamped": _stamped,
    "cropped, scaled and darker": lambda picture: ImageEnhance.Brightness(
        _cropped(0.03, 0.02, 0.01, 0.04)(picture).resize((300, 225))
    ).enhance(0.85),
}


@pytest.mark.parametrize("copy", COPIES)
@pytest.mark.parametrize("quality", [30, 80])
def test_a_copy_is_known_again(copy: str, quality: int) -> None:
    seeds = (11, 12, 13)
    copies = [facts(octets(COPIES[copy](photograph(seed)), quality=quality)) for seed in seeds]

    found = {
        (one, other) for one, other, _ in pairs([*(look(shot(seed)) for seed in seeds), *map(look, copies)])
    }

    assert found == {(0, 3), (1, 4), (2, 5)}


def test_a_photo_turned_by_its_exif_is_the_one_whose_pixels_were_turned() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    stored = photograph(14).transpose(Image.Transpose.ROTATE_90)

    assert [pair[:2] for pair in pairs([look(shot(14)), look(facts(octets(stored, exif=turned)))])] == [
        (0, 1)
    ]


def test_different_photographs_are_never_one() -> None:
    """Forty of one make, 780 pairs; the likeliest stays below what counts."""
    others = [facts(octets(photograph(seed, (400, 300)))) for seed in range(100, 140)]

    assert list(pairs([look(one) for one in others])) == []


def test_hundreds_of_copies_of_one_photograph_hold_together() -> None:
    one = look(shot(15))

    found = list(pairs([one] * 300))

    assert {index for pair in found for index in pair[:2]} == set(range(300))
    assert len(found) <= 300 * MAX_LIKELY


# ---------------------------------------------------------------- who used it


def sent(number: int, unit: str | None, pictures: dict[str, Picture], **traits: Any) -> Filed:
    """Mail *number* of *unit* with pictures at these paths; equal pictures have equal octets."""
    parts = tuple(
        replace(part(path, path.rpartition("/")[2], media_type="image/jpeg"), sha256=_digest(one))
        for path, one in pictures.items()
    )
    documents = tuple(part(path, path.rpartition("/")[2]) for path in _documents(pictures))
    held = tuple(replace(one, part=path) for path, one in pictures.items())
    made = filing(unit, parts=(*documents, *parts), pictures=held, **traits)
    return Filed(item=item(number, at(12)), filing=made)


def _of(report: str, title: str) -> Judged:
    """An activity that stands in *report*."""
    told = activity(title, f"5月28日，开展{title}。", 5)
    span = replace(told.activity.spans[0], part=report)
    return replace(told, activity=replace(told.activity, spans=(span,)))


def _digest(picture: Picture) -> str:
    return hashlib.sha256(picture.thumbnail).hexdigest()


def _documents(pictures: dict[str, Picture]) -> list[str]:
    return sorted({path.partition("/word/")[0] for path in pictures if "/word/" in path})


@cache
def smaller(seed: int) -> Picture:
    """The photograph *seed* as somebody else has scaled it."""
    return facts(octets(photograph(seed).resize((400, 300)), quality=60))


def uses(found: Reuse) -> list[tuple[int, str]]:
    return [(int(use.accession[-5:]), use.part) for use in found.uses]


def test_a_photograph_of_two_units_is_found_whoever_scaled_it() -> None:
    mails = [
        sent(1, YUBEI, {"3": shot(20), "4": shot(21)}),
        sent(2, SOCIETY, {"3": shot(22), "5": smaller(21)}),
    ]

    (found,) = reuse(mails)

    assert uses(found) == [(1, "4"), (2, "5")]
    assert [use.unit for use in found.uses] == [YUBEI, SOCIETY]
    assert (found.scope, found.exact) == (Scope.UNITS, False)
    assert 0.75 <= found.alike <= 1


def test_the_order_of_the_mails_changes_nothing() -> None:
    mails = [
        sent(n, unit, {"3": shot(20), "4": shot(30 + n)}) for n, unit in enumerate((YUBEI, SOCIETY, BANAN), 1)
    ]

    assert reuse(mails) == reuse(mails[::-1])
    (found,) = reuse(mails)
    assert found.exact and len(found.uses) == 3


def test_pictures_without_a_hash_are_compared_by_their_octets() -> None:
    plain = replace(shot(20), hash=b"")

    (found,) = reuse([sent(1, YUBEI, {"3": plain}), sent(2, SOCIETY, {"3": plain})])

    assert (found.exact, found.alike) == (True, 1.0)


@pytest.mark.parametrize("kind", [Depiction.SCREENSHOT, Depiction.PAGE, Depiction.GRAPHIC])
def test_what_is_no_photograph_is_set_aside(kind: Depiction) -> None:
    other = replace(shot(20), kind=kind)

    assert reuse([sent(1, YUBEI, {"3": other}), sent(2, SOCIETY, {"3": other})]) == ()


def test_logos_screens_and_white_sheets_of_two_units_are_no_reuse() -> None:
    """Two chats look alike, and so do two logos and two white sheets; none of them is a photograph."""
    chats = [facts(octets(chat(n), "PNG"), "png", "截图.png") for n in (5, 6)]
    logo = facts(octets(Image.new("RGB", (96, 32), "red"), "PNG"), "png", "image001.png")
    sheets = [facts(octets(Image.new("RGB", (800, 600), grey))) for grey in ("white", "#fefefe")]

    assert (
        reuse(
            [
                sent(1, YUBEI, {"3": chats[0], "4": logo, "5": sheets[0]}),
                sent(2, SOCIETY, {"3": chats[1], "4": logo, "5": sheets[1]}),
            ]
        )
        == ()
    )


def test_two_mails_of_one_unit_are_told_and_its_supplement_is_not() -> None:
    first, second = sent(1, YUBEI, {"3": shot(20)}), sent(2, YUBEI, {"3": smaller(20)})
    adds = Relation(accession="2024-00002", supersedes="2024-00001")

    (found,) = reuse([first, second])

    assert found.scope is Scope.MAILS
    assert reuse([first, replace(second, relation=adds)]) == ()


@pytest.mark.parametrize(
    "relation",
    [
        Relation(accession="2024-00002", kind=RelationKind.DUPLICATE, of="2024-00001"),
        Relation(accession="2024-00002", kind=RelationKind.FORWARD, of="2024-00001"),
        Relation(accession="2024-00002", superseded_by="2024-00003"),
        Relation(accession="2024-00002", recalled=True),
    ],
)
def test_mails_that_do_not_stand_use_nothing(relation: Relation) -> None:
    mails = [sent(1, YUBEI, {"3": shot(20)}), replace(sent(2, SOCIETY, {"3": shot(20)}), relation=relation)]

    assert reuse(mails) == ()


def test_a_held_mail_uses_nothing() -> None:
    held = sent(2, SOCIETY, {"3": shot(20)})

    assert reuse([sent(1, YUBEI, {"3": shot(20)}), replace(held, item=item(2, at(12), State.HELD))]) == ()


def test_one_report_in_word_and_beside_it_uses_its_photograph_once() -> None:
    """Embedded and attached, or as Word and as PDF: one picture."""
    report = "2/总结.docx"
    told = (_of(report, "义诊"),)

    mail = sent(1, YUBEI, {f"{report}/word/media/image1.jpg": smaller(20), "3": shot(20)}, activities=told)

    assert reuse([mail]) == ()


def test_two_reports_of_one_mail_that_show_one_photograph_are_told() -> None:
    one, other = "2/义诊.docx", "3/讲座.docx"
    told = (_of(one, "义诊"), _of(other, "讲座"))

    (found,) = reuse(
        [
            sent(
                1,
                YUBEI,
                {f"{one}/word/media/image1.jpg": shot(20), f"{other}/word/media/image1.jpg": smaller(20)},
                activities=told,
            )
        ]
    )

    assert found.scope is Scope.DOCUMENTS


# ---------------------------------------------------------------- what staff see


def _attached(mails: list[Filed]) -> tuple[Filed, ...]:
    found = reuse(mails)
    return tuple(
        replace(
            one,
            reused=tuple(r for r in found if any(use.accession == one.item.accession for use in r.uses)),
        )
        for one in mails
    )


ALL = (YUBEI, SOCIETY, BANAN, UNIVERSITY)


def _questions(mails: Sequence[Filed], rules: Rules) -> Any:
    made = tables(mails, evaluate(mails, rules), rules, custody(mails), release="0")
    return next(sheet.frame for sheet in made if sheet.name == "待核事项")


def test_staff_are_asked_whose_photograph_it_is_and_the_rubric_stays_open(rules: Rules) -> None:
    mails = _attached(
        [
            sent(1, YUBEI, {"3": shot(20)}),
            sent(2, SOCIETY, {"4": smaller(20)}),
            sent(3, BANAN, {"3": shot(23)}),
        ]
    )
    found = evaluate(mails, rules)

    sheets = {sheet.name: sheet.frame for sheet in tables(mails, found, rules, custody(mails), release="0")}

    question = sheets["待核事项"].loc[path("2024-00001", "photo", "3")]
    assert question["事项"] == "重复照片"
    assert question["收文号"] == "2024-00001\n2024-00002"
    assert YUBEI in question["单位"] and SOCIETY in question["单位"]
    assert "相似度" in question["说明"] and "核实" in question["建议"]
    assert "2024-00002" in question["依据（原话）"]
    remarks = sheets["材料清单"]["备注"]
    assert "重复照片" in remarks["2024-00001/part/3"] and "800×600" in remarks["2024-00001/part/3"]
    assert "重复照片" not in remarks["2024-00003/part/3"]
    taken = {
        one.unit: next((score.low, score.high) for score in one.scores if score.criterion == "duplicate")
        for one in found
        if one.accessions
    }
    assert (taken[YUBEI], taken[SOCIETY], taken[BANAN]) == ((-2, 0), (-2, 0), (0, 0))


def test_what_many_units_have_was_given_to_all_of_them_and_costs_nobody(rules: Rules) -> None:
    mails = _attached([sent(n, unit, {"3": shot(20)}) for n, unit in enumerate(ALL, 1)])
    found = evaluate(mails, rules)

    question = _questions(mails, rules).loc[path("2024-00001", "photo", "3")]

    assert {one.scope for one in mails[0].reused} == {Scope.COMMON}
    assert "多半是统一下发" in question["建议"]
    off = [score for one in found for score in one.scores if score.criterion == "duplicate"]
    assert len(off) == 4 and all((score.low, score.high) == (0, 0) for score in off)


def test_three_units_with_one_photograph_are_asked_about(rules: Rules) -> None:
    mails = _attached([sent(n, unit, {"3": shot(20)}) for n, unit in enumerate(ALL[:3], 1)])

    assert {one.scope for one in mails[0].reused} == {Scope.UNITS}
    assert (
        _questions(mails, rules)
        .loc[path("2024-00001", "photo", "3")]["说明"]
        .startswith("几个单位用了同一张照片")
    )


@pytest.mark.parametrize("kind", [Depiction.GRAPHIC, Depiction.SCREENSHOT, Depiction.PAGE, Depiction.LOGO])
def test_the_same_poster_of_two_units_costs_neither(kind: Depiction, rules: Rules) -> None:
    """The organiser's poster, a shared page of a newspaper: the very same octets prove nothing."""
    poster = replace(shot(20), kind=kind, logo=kind is Depiction.LOGO)
    mails = _attached([sent(n, unit, {"3": poster}) for n, unit in enumerate(ALL[:2], 1)])

    off = [score for one in evaluate(mails, rules) for score in one.scores if score.criterion == "duplicate"]

    assert len(off) == 2 and all(score.low == 0 for score in off)


def test_a_photograph_is_led_back_to_the_name_of_its_file(rules: Rules) -> None:
    mails = _attached(
        [sent(1, YUBEI, {"2/word/media/image1.jpg": shot(20)}), sent(2, SOCIETY, {"3": shot(20)})]
    )
    named = []
    for one in mails:
        assert one.filing is not None
        parts = tuple(
            replace(two, name="总结.docx" if two.path == "2" else two.name) for two in one.filing.parts
        )
        parts = tuple(replace(two, name="IMG_7.jpg") if two.path == "3" else two for two in parts)
        named.append(replace(one, filing=replace(one.filing, parts=parts)))

    told = _questions(named, rules).loc[path("2024-00001", "photo", "2/word/media/image1.jpg")][
        "依据（原话）"
    ]

    assert told.split("\n") == [
        f"2024-00001 {YUBEI}：2 总结.docx/word/media/image1.jpg",
        f"2024-00002 {SOCIETY}：3 IMG_7.jpg",
    ]


# ---------------------------------------------------------------- the data set


@needs_shared
def test_the_reused_photos_of_the_data_set_are_found_and_no_others() -> None:
    """photo_reused in the manifest: three pairs of units, scaled, cropped, re-compressed."""
    need_tool("unar")  # one of the photographs is in a 7z
    folder = SHARED / "dataset/mails"
    manifest = json.loads((folder / "manifest.json").read_text())
    given = load(Path(ROOT / "rules/workers_day_2024"))
    told, mails = set(), []
    for number, mail in enumerate(manifest["mails"], 1):
        twins = {
            (mail["id"], file["note"].split("same photo as in ")[1][:7])
            for file in mail["files"]
            if "photo_reused" in file.get("traps", ())
        }
        told |= {tuple(sorted(pair)) for pair in twins}
        # Every eighth of the others is enough of photographs that nobody shares.
        if not twins and number % 8:
            continue
        data = (folder / mail["file"]).read_bytes()
        received = datetime.fromisoformat(mail["received"])
        reading = intake.read(data, abilities=("unar",))  # the text of scans is not needed
        judged = intake.judge(reading, given, received=received)
        mails.append(
            (mail["id"], Filed(item=replace(item(number, received), sha256=mail["sha256"]), filing=judged))
        )
    names = {one.item.accession: name for name, one in mails}
    filed = [one for _, one in mails]
    related = [replace(one, relation=found) for one, found in zip(filed, relate(filed), strict=True)]

    found = reuse(related)

    assert len(told) == 3
    assert {tuple(sorted({names[use.accession] for use in one.uses})) for one in found} == told
    assert {one.scope for one in found} == {Scope.UNITS}


def test_a_thumbnail_can_be_shown() -> None:
    assert Image.open(io.BytesIO(shot(20).thumbnail)).format == "JPEG"
