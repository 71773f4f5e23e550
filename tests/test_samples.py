"""The sample mails: made by the script to the octet, true to what the clerk says of them, and read as they were meant."""

from __future__ import annotations

import base64
import csv
import email
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.intake import judge, read
from pipeline.records import Filing, Reading
from rules import Rules
from rules import load as load_rules
from tests.support import ROOT, SAMPLES
from tools import make_samples
from tools.samplemaker.story import Story, load

STORIES = {story.file: story for story in load()}
EXPECTED: dict[str, dict[str, Any]] = {
    one["file"]: one for one in json.loads((SAMPLES / "expected.json").read_text("utf-8"))
}
FILES = tuple(EXPECTED)
DAMAGED, LOCKED = "20-damaged-docx.eml", "22-locked-zip.eml"
DEADLINE = datetime.fromisoformat("2024-06-21T00:00:00+08:00")


def octets(file: str) -> bytes:
    return (SAMPLES / file).read_bytes()


def parsed(file: str) -> Message:
    return email.message_from_bytes(octets(file))


def leaves(mail: Message) -> Iterator[bytes]:
    """The decoded octets of all leaves, those of nested mails too, by the standard library.

    It takes a delivery status apart into headers without bodies, hence no empty ones.
    """
    for part in mail.walk():
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload:
            yield payload


def attached_zip(file: str) -> bytes:
    return next(leaf for leaf in leaves(parsed(file)) if leaf[:2] == b"PK")


def squeezed(words: str) -> str:
    """*words* without marks of the story and without white space, which documents lay out in their own way."""
    return re.sub(r"^#+ |^> |\s", "", words, flags=re.MULTILINE)


# ---------------------------------------------------------------- the files are what they should be


def test_the_script_makes_the_same_octets_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sample that was edited by hand, or a maker that has a clock or a die in it, is found here."""
    monkeypatch.setattr("sys.argv", ["make_samples", str(tmp_path)])

    make_samples.main()

    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in (*SAMPLES.glob("*.eml"), SAMPLES / "expected.json")}
    assert sorted(made) == sorted(kept)
    assert [name for name in made if made[name] != kept[name]] == []
    assert "30 mails" in capsys.readouterr().out


def test_a_mail_that_is_no_longer_told_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "99-stale.eml").write_bytes(b"")
    monkeypatch.setattr("sys.argv", ["make_samples", str(tmp_path)])

    make_samples.main()

    assert not (tmp_path / "99-stale.eml").exists()


def test_all_samples_together_are_small() -> None:
    assert sum(len(octets(file)) for file in FILES) < 1_000_000


def test_the_samples_name_no_real_host_and_no_real_telephone() -> None:
    words = "\n".join(story.words + story.address for story in STORIES.values())
    words += "\n" + "\n".join(octets(file).decode("latin-1") for file in FILES)

    hosts = re.findall(r"@([\w.-]+)|https?://([\w.-]+)", words)
    assert {host for pair in hosts for host in pair if host and not host.endswith(".example")} == set()
    assert all(phone.startswith("023-5550") for phone in re.findall(r"\d{3}-\d{8}", words))


# ---------------------------------------------------------------- the clerk contradicts neither roster nor mail


def test_units_stand_in_the_roster_exactly_when_the_clerk_says_so() -> None:
    with (ROOT / "rules" / "workers_day_2024" / "units.csv").open(encoding="utf-8", newline="") as table:
        roster = {row["name"] for row in csv.DictReader(line for line in table if not line.startswith("#"))}

    said = {one["unit"]: one["in_roster"] for one in EXPECTED.values()}
    assert said.pop(None) is None
    assert said == {unit: unit in roster for unit in said}


@pytest.mark.parametrize("file", FILES)
def test_figures_and_days_of_the_clerk_stand_in_the_mail(file: str) -> None:
    words = STORIES[file].words

    for activity in EXPECTED[file]["activities"]:
        if activity["date_start"]:
            day = date.fromisoformat(activity["date_start"])
            assert f"{day.month}月{day.day}日" in words
        assert (activity["participants"] is None) == (activity["participants_text"] is None)
        assert (activity["participants_text"] or "") in words
        assert 0 <= activity["category"] <= 6


def test_mails_arrive_in_the_order_of_their_numbers() -> None:
    arrivals = [datetime.fromisoformat(EXPECTED[file]["received"]) for file in sorted(FILES)]

    assert arrivals == sorted(set(arrivals))
    late = [file for file, at in zip(sorted(FILES), arrivals, strict=True) if at >= DEADLINE]
    assert late == [file for file in sorted(FILES) if file >= "26"]


def test_corrections_supplements_and_repetitions_name_an_earlier_mail_of_the_same_unit() -> None:
    kinds = set()
    for file, one in EXPECTED.items():
        other = one["supersedes"] or one["of"]
        if other:
            assert other < file
            assert EXPECTED[other]["unit"] == one["unit"]
        assert bool(one["supersedes"]) == (one["kind"] in ("correction", "supplement"))
        assert bool(one["of"]) == bool(one["relation"])
        assert one["kind"] != "other" or one["activities"] == []
        kinds |= {one["kind"], one["relation"]}

    assert kinds == {"submission", "correction", "supplement", "other", "duplicate", "recall", None}


# ---------------------------------------------------------------- each trap is really in the octets


@pytest.mark.parametrize("file", [file for file in FILES if file != "08-same-octets-again.eml"])
def test_the_topmost_received_header_says_when_the_mail_arrived(file: str) -> None:
    stamp = str(parsed(file)["Received"]).rpartition(";")[2]

    assert parsedate_to_datetime(stamp) == datetime.fromisoformat(EXPECTED[file]["received"])


def test_one_repetition_has_equal_octets_and_the_other_only_an_equal_message_id() -> None:
    assert octets("08-same-octets-again.eml") == octets("07-pdf-2231-name.eml")

    earlier, later = parsed("10-zip-gbk-names.eml"), parsed("13-sent-again.eml")
    assert [name for name in earlier if earlier[name] != later[name]] == ["Received"]
    assert list(leaves(earlier)) == list(leaves(later))


def test_raw_headers_are_gbk_and_a_gb2312_label_hides_a_gbk_character() -> None:
    assert "潼南区科技局上门服务".encode("gbk") in octets("06-raw-gbk-subject.eml")

    subject = re.search(rb"Subject: (.*?)\r\nMessage-ID", octets("09-gb2312-label.eml"), re.DOTALL)
    assert subject is not None
    words = b"".join(base64.b64decode(word) for word in re.findall(rb"=\?gb2312\?B\?(.*?)\?=", subject[1]))
    assert words.decode("gbk") == STORIES["09-gb2312-label.eml"].subject
    with pytest.raises(UnicodeDecodeError):
        words.decode("gb2312")


def test_the_continued_name_is_cut_inside_a_character() -> None:
    pieces = re.findall(rb"filename\*\d+\*=(?:UTF-8'')?([%0-9A-F]+)", octets("07-pdf-2231-name.eml"))

    assert len(pieces) > 2
    with pytest.raises(UnicodeDecodeError):
        bytes.fromhex(pieces[0].decode().replace("%", "")).decode()


def test_the_pdf_has_a_text_layer_without_an_embedded_font() -> None:
    from pypdfium2 import PdfDocument

    pdf = next(leaf for leaf in leaves(parsed("07-pdf-2231-name.eml")) if leaf.startswith(b"%PDF"))
    document = PdfDocument(pdf)
    words = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()

    assert squeezed(STORIES["07-pdf-2231-name.eml"].report) in squeezed(words)
    assert len(pdf) < 5_000


def test_the_zip_has_gbk_names_without_the_flag_that_says_utf8() -> None:
    infos = zipfile.ZipFile(io.BytesIO(attached_zip("10-zip-gbk-names.eml"))).infolist()

    assert [info.flag_bits for info in infos] == [0, 0, 0]
    assert infos[0].filename.encode("cp437").decode("gbk") == "城口县科协材料/活动总结.docx"


def test_the_locked_zip_opens_with_its_password_alone_which_the_mail_does_not_say() -> None:
    archive = zipfile.ZipFile(io.BytesIO(attached_zip("22-locked-zip.eml")))
    password = b"0mQ7-told-by-telephone"

    assert all(info.flag_bits & 1 for info in archive.infolist())
    assert archive.read(archive.namelist()[0], pwd=password)[:2] == b"PK"
    with pytest.raises(RuntimeError):
        archive.read(archive.namelist()[0], pwd=b"123456")
    assert password.decode() not in STORIES["22-locked-zip.eml"].words


def test_the_damaged_attachment_breaks_off_inside_its_base64() -> None:
    broken = "".join(str([*parsed(DAMAGED).walk()][-1].get_payload()).split())

    assert len(broken) % 4 == 1
    assert not zipfile.is_zipfile(io.BytesIO(base64.b64decode(broken[:-1])))


def test_the_rest_of_the_accidents_are_there() -> None:
    assert parsed("14-xlsx-no-date.eml")["Date"] is None
    assert parsedate_to_datetime(str(parsed("26-late.eml")["Date"])) < DEADLINE
    assert b'filename="=cmd|' in octets("25-csv-prank-name.eml")
    assert parsed("12-auto-reply.eml")["Auto-Submitted"] == "auto-replied"
    assert parsed("18-bounce.eml").get_content_type() == "multipart/report"
    assert [part.get_content_type() for part in parsed("05-html-only.eml").walk()][1:] == [
        "text/html",
        "image/jpeg",
    ]
    assert "message/rfc822" in {part.get_content_type() for part in parsed("11-forwarded-mail.eml").walk()}


def test_photos_say_when_they_were_taken_and_are_all_different() -> None:
    from PIL import Image

    first, second = (leaf for leaf in leaves(parsed("02-docx-photos.eml")) if leaf[:2] == b"\xff\xd8")
    exif = Image.open(io.BytesIO(first)).getexif()

    assert exif.get_ifd(0x8769)[36867] == "2024:05:18 09:41:07"
    assert first != second


# ---------------------------------------------------------------- read() and judge() on them


@cache
def reading(file: str) -> Reading:
    return read(octets(file))


@pytest.mark.parametrize("file", FILES)
def test_read_gives_every_leaf_that_the_standard_library_finds(file: str) -> None:
    found = {part.sha256 for part in reading(file).parts}
    lost = [len(leaf) for leaf in leaves(parsed(file)) if hashlib.sha256(leaf).hexdigest() not in found]

    assert lost == [] or file == DAMAGED
    assert len(reading(file).parts) >= len(list(leaves(parsed(file))))


@pytest.mark.parametrize("file", [file for file in FILES if file not in (DAMAGED, LOCKED)])
def test_read_finds_every_line_that_the_maker_wrote(file: str) -> None:
    story = told(file)
    blocks = [block for document in reading(file).documents for block in document.blocks]
    words = squeezed("\n".join(block.text for block in blocks))

    lines = [
        *story.report.split("\n"),
        *story.body.split("\n"),
        *(cell for row in story.rows for cell in row),
    ]
    assert [line for line in lines if squeezed(line) not in words] == []


@pytest.mark.parametrize("file", sorted((DAMAGED, LOCKED)))
def test_what_cannot_be_opened_is_a_part_with_a_status_and_a_chinese_reason(file: str) -> None:
    sick = [part for part in reading(file).parts if part.status not in ("ok", "noise")]

    assert sick
    assert all(re.search(r"[\u4e00-\u9fff]", part.reason) for part in sick)


@pytest.mark.parametrize("file", FILES)
def test_judge_agrees_with_the_clerk_on_kind_and_unit(file: str) -> None:
    """A repetition is known as one only beside the other mail; alone it is judged as what it repeats."""
    one = alone(file)

    assert filing(file).kind == one["kind"]
    if one["kind"] != "other":
        assert filing(file).identification.best == one["unit"]
        assert filing(file).identification.in_roster == one["in_roster"]
    assert (filing(file).announces == "recall") == (one["relation"] == "recall")


@pytest.mark.parametrize("file", FILES)
def test_judge_finds_the_activities_of_the_clerk_and_decides_no_category_against_him(file: str) -> None:
    """Day and participants are as the clerk has them; a category that differs is at least marked 待核."""
    judged, told_of = filing(file).activities, alone(file)["activities"]
    figures = [(one.activity.date_start, one.activity.participants) for one in judged]

    assert [tuple(stated and stated.value for stated in pair) for pair in figures] == [
        (one["date_start"] and date.fromisoformat(one["date_start"]), one["participants"]) for one in told_of
    ]
    decided = [one.classification for one in judged]
    assert [
        (one.code, clerk["category"])
        for one, clerk in zip(decided, told_of, strict=True)
        if one.decided and one.code != clerk["category"]
    ] == []


@cache
def filing(file: str) -> Filing:
    return judge(reading(file), rules(), received=datetime.fromisoformat(EXPECTED[file]["received"]))


@cache
def rules() -> Rules:
    return load_rules()


def alone(file: str) -> dict[str, Any]:
    """What the clerk would say of the mail without the mail that it repeats."""
    one = EXPECTED[file]
    return EXPECTED[one["of"]] if one["relation"] == "duplicate" else one


def told(file: str) -> Story:
    """The story whose words the mail holds: a repetition has those of the mail that it repeats."""
    return STORIES[EXPECTED[file]["of"]] if EXPECTED[file]["relation"] == "duplicate" else STORIES[file]
