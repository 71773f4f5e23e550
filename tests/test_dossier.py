"""outputs/dossier: originals under normal names, octet for octet, each once, and catalogues that say what is what."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import subprocess
import sys
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from outputs import dossier
from outputs.dossier import naming
from outputs.dossier.catalogue import INNER, OUTER, SUMS, TABLE
from pipeline.errors import IntegrityError, UsageError
from pipeline.evaluate import why_not
from pipeline.records import Behalf, Filed, Part, Picture, Relation, Status
from rules import Rules
from tests.season import (
    BANAN,
    REPORT,
    SOCIETY,
    YUBEI,
    activity,
    at,
    filing,
    item,
    part,
    season,
    small_rules,
)
from tests.support import ROOT, SAMPLES, need_tool

AS_OF = at(23, 10, 3)
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


def octets_of(filed: Sequence[Filed]) -> dossier.Octets:
    """What the made season's digests are of: the accession, and the name of each part."""
    mails = {one.item.accession: one for one in filed}

    def give(accession: str) -> Mapping[str, bytes]:
        told = mails[accession].filing
        parts = told.parts if told else ()
        return {
            "": accession.encode(),
            **{one.path: (one.name or one.path).encode("utf-8", "replace") for one in parts},
        }

    return give


def bound(filed: Sequence[Filed], rules: Rules, folder: Path, **order: Any) -> dossier.Written:
    asked = dossier.Order(as_of=AS_OF, **order)
    return dossier.write(filed, rules, asked, octets_of(filed), folder=folder)


@pytest.fixture(scope="module")
def made(rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "卷宗"
    bound(season(), rules, folder)
    return folder


def entries(book: Path, sheet: str = "卷内目录") -> list[dict[str, Any]]:
    rows = CalamineWorkbook.from_path(book).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return [dict(zip(map(str, rows[2]), row, strict=True)) for row in rows[3:]]


def table(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / TABLE).read_text("utf-8-sig"))))


def originals(folder: Path) -> list[Path]:
    return [
        path for path in folder.rglob("*") if path.is_file() and path.name != INNER and path.parent != folder
    ]


# ---------------------------------------------------------------- octets


def test_each_file_holds_the_octets_of_the_part_that_the_table_names(made: Path) -> None:
    rows = [row for row in table(made) if row["新文件名"] != "—"]
    digests = {
        (one.item.accession, each.path): each.sha256
        for one in season()
        if one.filing
        for each in one.filing.parts
    } | {(one.item.accession, "（整封邮件）"): one.item.sha256 for one in season()}

    for row in rows:
        digest = hashlib.sha256((made / row["新文件名"]).read_bytes()).hexdigest()
        assert digest == row["SHA-256"] == digests[row["收文号"], row["部件位置"]]
    assert len(rows) == len(originals(made))


def test_the_original_of_every_mail_is_there_once(made: Path) -> None:
    found = Counter(path.read_bytes().decode() for path in originals(made) if path.suffix == ".eml")

    assert found == Counter(one.item.accession for one in season())


def test_every_part_of_every_mail_is_written_or_said_to_be_elsewhere(made: Path) -> None:
    told = Counter((row["收文号"], row["部件位置"]) for row in table(made))

    assert told == Counter(
        (one.item.accession, path)
        for one in season()
        for path in ("（整封邮件）", *(each.path for each in (one.filing.parts if one.filing else ())))
    )
    assert all(row["去向"] for row in table(made))


def test_sha256sum_finds_every_file_as_it_was_written(made: Path) -> None:
    need_tool("sha256sum")
    done = subprocess.run(["sha256sum", "-c", SUMS, "--strict"], cwd=made, capture_output=True, check=False)

    assert done.returncode == 0, done.stdout
    assert done.stdout.count(b": ") == sum(path.is_file() for path in made.rglob("*")) - 1


def test_the_same_season_gives_the_same_octets(made: Path, rules: Rules, tmp_path: Path) -> None:
    bound(tuple(reversed(season())), rules, tmp_path / "again")

    for path in made.rglob("*"):
        if path.is_file():
            assert (tmp_path / "again" / path.relative_to(made)).read_bytes() == path.read_bytes()


# ---------------------------------------------------------------- names


def fits(name: str) -> bool:
    """Whether Windows, Linux and a shell take the name as it is."""
    return (
        0 < len(name) <= naming.LONGEST
        and len(name.encode()) <= 255
        and not re.search(r'[\\/:*?"<>|\x00-\x1f\x7f\u200e\u200f\u202a-\u202e]', name)
        and not RESERVED.fullmatch(name)
        and not name.startswith((" ", ".", "-", "=", "~"))
        and not name.endswith((" ", "."))
    )


def test_names_tell_unit_material_activity_and_day(made: Path) -> None:
    names = {path.name for path in originals(made) if path.parent.name == "渝北区科协"}

    assert "渝北区科协-总结-抓学习，凝聚思想共识等4项-20240520.docx" in names
    assert "渝北区科协-原邮件-20240612.eml" in names


def test_every_name_is_safe_on_windows_and_its_own(made: Path) -> None:
    paths = [path.relative_to(made) for path in made.rglob("*")]

    assert all(fits(piece) for path in paths for piece in path.parts)
    assert len({unicodedata.normalize("NFKC", str(path)).casefold() for path in paths}) == len(paths)


@given(unit=st.text(max_size=300), title=st.text(max_size=300), name=st.text(max_size=300))
def test_whatever_stands_in_a_mail_makes_a_name_that_is_safe(unit: str, title: str, name: str) -> None:
    before, after = naming.stem(unit, "总结", naming.titled(title), date(2024, 5, 30), 12)
    given_part = part("2", name)
    found = naming.distinct([(before, after, naming.ending(given_part))] * 3)

    assert all(fits(one) for one in found)
    assert len({one.casefold() for one in found}) == 3
    assert all(fits(one) for one in naming.folder([unit, unit.upper(), "CON", "nul"]))


@pytest.mark.parametrize(
    ("name", "media_type", "end"),
    [
        ("总结.DOCX", "application/octet-stream", ".docx"),
        ("报名.exe", "application/x-msdownload", ".exe.txt"),
        ("总结.docx", "text/html", ".docx.txt"),
        ("", "text/html", ".html.txt"),
        ("点我.lnk", "application/octet-stream", ".lnk.txt"),
        ("照片", "image/jpeg", ".jpg"),
        ("a.b/../c:d", "application/pdf", ".pdf"),
    ],
)
def test_what_acts_when_it_is_opened_is_named_txt(name: str, media_type: str, end: str) -> None:
    assert naming.ending(part("2", name, media_type=media_type)) == end


# ---------------------------------------------------------------- what counts for nothing, and what is another's


def test_a_replaced_mail_lies_in_its_own_folder_with_the_reason_and_the_new_one_is_v2(made: Path) -> None:
    new = [path.name for path in (made / "巴南区科协").iterdir() if path.is_file()]
    old = [path.name for path in (made / "巴南区科协" / "不计入").iterdir()]
    reasons = {
        row["备注"]
        for row in entries(made / "巴南区科协" / INNER)
        if row["收文号"] == "2024-00002" and row["文件名"]
    }

    assert "巴南区科协-总结-走访慰问科技工作者-20240529-v2.docx" in new
    assert "巴南区科协-总结-走访慰问科技工作者-20240529.docx" in old
    assert not any("-v1" in name for name in (*new, *old))
    assert all("不计入：已由 2024-00006 替代" in reason for reason in reasons)


def test_only_mails_that_count_for_nothing_lie_in_the_folder_of_what_does_not_count(made: Path) -> None:
    aside = {row["收文号"] for row in table(made) if "/不计入/" in row["新文件名"]}

    assert aside == {one.item.accession for one in season() if why_not(one)}


def on_behalf() -> tuple[Filed, ...]:
    """One mail of 渝北 with a document that stands in the name of 巴南."""
    other = "3/巴南.docx"
    told = activity("走访慰问", "5月29日走访慰问。", 6, on=date(2024, 5, 29))
    theirs = replace(
        told,
        unit=BANAN,
        activity=replace(told.activity, spans=(replace(told.activity.spans[0], part=other),)),
    )
    made = filing(YUBEI, (told, theirs), pictures=())
    parts = (*made.parts[:2], part(other, "巴南.docx"), part(f"{other}/image1.jpg", media_type="image/jpeg"))
    behalf = (Behalf(part=other, unit=BANAN, words="落款"),)
    return (Filed(item=item(1, at(12)), filing=replace(made, parts=parts, behalf=behalf)),)


def test_a_document_in_another_units_name_lies_with_that_unit_and_both_say_so(
    rules: Rules, tmp_path: Path
) -> None:
    bound(on_behalf(), rules, tmp_path / "卷宗")

    theirs = entries(tmp_path / "卷宗" / "巴南区科协" / INNER)
    ours = entries(tmp_path / "卷宗" / "渝北区科协" / INNER)
    assert (tmp_path / "卷宗" / "巴南区科协" / "巴南区科协-总结-走访慰问-20240529.docx").read_bytes() == (
        "巴南.docx".encode()
    )
    assert any(f"由{YUBEI}代报" in row["备注"] and row["文件名"].endswith(".docx") for row in theirs)
    assert any(f"代报{BANAN}的材料，存于该单位卷内" in row["备注"] for row in ours)
    assert any("原邮件存于该单位卷内" in row["备注"] for row in theirs)


def test_only_the_unit_that_is_asked_for_is_written(rules: Rules, tmp_path: Path) -> None:
    done = bound(season(), rules, tmp_path / "一卷", unit=SOCIETY)

    assert done.folders == 1
    assert {row["收文号"] for row in table(tmp_path / "一卷")} == {"2024-00003", "2024-00004"}


def test_by_category_each_file_is_written_once_and_referred_to_from_its_other_categories(
    rules: Rules, tmp_path: Path
) -> None:
    bound(season(), rules, tmp_path / "按类", by="category")

    whole = tmp_path / "按类" / "综合（涉及几类）"
    digests = Counter(row["SHA-256"] for row in table(tmp_path / "按类") if row["收文号"] == "2024-00001")
    assert set(digests.values()) == {1}
    assert any(path.name.startswith("渝北区科协-总结") for path in whole.iterdir())
    for folder in ("1－学习宣传贯彻", "2－科技工作者宣传", "3－系列展览", "5－科技志愿服务"):
        rows = entries(tmp_path / "按类" / folder / INNER)
        assert any(row["收文号"] == "2024-00001" and "参见" in row["备注"] for row in rows)


# ---------------------------------------------------------------- catalogues


def test_the_catalogue_of_a_folder_lists_what_lies_in_it(made: Path) -> None:
    for folder in (path for path in made.iterdir() if path.is_dir()):
        listed = {row["文件名"] for row in entries(folder / INNER)} - {"—"}
        assert listed == {path.name for path in originals(made) if path.is_relative_to(folder)}


def test_every_link_of_a_catalogue_leads_to_the_file_beside_it(made: Path) -> None:
    followed = 0
    for book in (made / OUTER, *made.glob(f"*/{INNER}")):
        with zipfile.ZipFile(book) as package:
            relations = [name for name in package.namelist() if name.startswith("xl/worksheets/_rels/")]
            targets = [
                found
                for name in relations
                for found in re.findall(
                    r'Target="([^"]+)" TargetMode="External"', package.read(name).decode()
                )
            ]
        for target in targets:
            assert (book.parent / target).is_file(), target
            followed += 1
    assert followed == len(originals(made)) + len(list(made.glob(f"*/{INNER}")))


def test_a_photograph_bears_the_day_on_which_it_was_taken(rules: Rules, tmp_path: Path) -> None:
    shot = Picture(part="3/照片.jpg", width=1600, height=1200, taken=at(28))
    one = Filed(item=item(1, at(12)), filing=filing(YUBEI, pictures=(shot,)))
    bound((one,), rules, tmp_path / "卷宗")

    rows = entries(tmp_path / "卷宗" / "渝北区科协" / INNER)
    assert [row["日期"] for row in rows if row["文件名"].endswith(".jpg")] == ["20240628"]


def test_the_catalogue_of_catalogues_counts_what_is_there(made: Path) -> None:
    rows = entries(made / OUTER, "卷宗目录")

    assert [row["文件数"] for row in rows[:-1]] == [
        sum(path.is_relative_to(made / dossier.short(row["卷名"], _rules(made))) for path in originals(made))
        for row in rows[:-1]
    ]
    assert rows[-1]["文件数"] == len(originals(made))


def _rules(folder: Path) -> Rules:
    return small_rules(folder.parent / "rules")


def test_no_words_of_a_mail_become_a_formula(made: Path, rules: Rules, tmp_path: Path) -> None:
    hostile = "=cmd|' /C calc'!A1"
    mail = filing(
        YUBEI, parts=(part("1", hostile + ".txt"), part("2", "@SUM(1).docx"), part("3", "\x07\u202e+1"))
    )
    one = Filed(item=item(1, at(12)), filing=replace(mail, mail=replace(mail.mail, subject=hostile)))
    bound((one,), rules, tmp_path / "卷宗")

    for row in table(tmp_path / "卷宗"):
        assert not any(value.startswith(("=", "+", "-", "@", "\t")) for value in row.values())
    with zipfile.ZipFile(tmp_path / "卷宗" / "渝北区科协" / INNER) as package:
        for name in package.namelist():
            assert b"<f>" not in package.read(name)
    rows = entries(tmp_path / "卷宗" / "渝北区科协" / INNER)
    assert any(hostile in str(row["题名"]) for row in rows)


def test_pages_that_are_known_are_in_the_catalogue(rules: Rules, tmp_path: Path) -> None:
    bound(season(), rules, tmp_path / "卷宗", pages={("2024-00001", REPORT): 7})

    rows = entries(tmp_path / "卷宗" / "渝北区科协" / INNER)
    assert [row["页数"] for row in rows if row["文件名"].endswith(".docx")] == [7]


# ---------------------------------------------------------------- nothing half


def test_a_folder_with_something_in_it_is_refused_and_stays(rules: Rules, tmp_path: Path) -> None:
    (tmp_path / "有人的").mkdir()
    (tmp_path / "有人的" / "笔记.txt").write_text("别动")

    with pytest.raises(UsageError, match="已经有内容"):
        bound(season(), rules, tmp_path / "有人的")

    assert [path.name for path in tmp_path.rglob("*")] == ["有人的", "笔记.txt"]


def test_octets_that_are_not_those_that_were_read_leave_nothing_behind(rules: Rules, tmp_path: Path) -> None:
    def altered(accession: str) -> Mapping[str, bytes]:
        return {"": accession.encode(), REPORT: b"altered"}

    with pytest.raises(IntegrityError, match="摘要"):
        dossier.write(season(), rules, dossier.Order(), altered, folder=tmp_path / "卷宗")

    assert list(tmp_path.iterdir()) == []


def test_a_part_that_cannot_be_got_is_named_and_the_rest_is_written(rules: Rules, tmp_path: Path) -> None:
    def some(accession: str) -> Mapping[str, bytes]:
        return {"": accession.encode()}

    mails = season()[:1]
    done = dossier.write(mails, rules, dossier.Order(), some, folder=tmp_path / "卷宗")

    assert set(done.absent) == {"2024-00001 1", f"2024-00001 {REPORT}", "2024-00001 3/照片.jpg"}
    assert [path.suffix for path in originals(tmp_path / "卷宗")] == [".eml"]
    rows = entries(tmp_path / "卷宗" / "渝北区科协" / INNER)
    assert sum("没有取出" in row["备注"] for row in rows) == 3


def test_archives_that_were_opened_are_not_written_twice_and_locked_ones_are(
    rules: Rules, tmp_path: Path
) -> None:
    def archive(path: str, status: Status) -> Part:
        return part(path, f"{path}.zip", status, media_type="application/zip")

    parts = (
        archive("1", Status.OK),
        part("1/内/总结.docx", "总结.docx"),
        archive("2", Status.NEEDS_PASSWORD),
    )
    one = Filed(
        item=item(1, at(12)), filing=filing(YUBEI, parts=parts), relation=Relation(accession="2024-00001")
    )
    bound((one,), rules, tmp_path / "卷宗")

    told = {row["部件位置"]: row for row in table(tmp_path / "卷宗")}
    assert told["1"]["新文件名"] == "—"
    assert "已拆开" in told["1"]["去向"]
    assert told["2"]["新文件名"].endswith(".zip")
    assert told["1/内/总结.docx"]["新文件名"].endswith(".docx")


# ---------------------------------------------------------------- the command, on real mails


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder after the sample mails were taken in."""
    data = tmp_path_factory.mktemp("taken")
    done = shouwen("once", "--mailbox", str(SAMPLES), "--data-dir", str(data))
    assert done.returncode in (0, 3), done.stderr
    return data


def shouwen(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)


def test_the_command_writes_the_originals_of_real_mails_octet_for_octet(taken: Path, tmp_path: Path) -> None:
    folder = tmp_path / "卷宗"
    done = shouwen("dossier", str(folder), "--data-dir", str(taken))

    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{folder}\n"
    rows = [row for row in table(folder) if row["新文件名"] != "—"]
    assert len(rows) == len(originals(folder)) > 50
    for row in rows:
        assert hashlib.sha256((folder / row["新文件名"]).read_bytes()).hexdigest() == row["SHA-256"]
    mails = {path.read_bytes() for path in SAMPLES.glob("*.eml")}
    assert {path.read_bytes() for path in originals(folder) if path.suffix == ".eml"} == mails


def test_a_unit_that_nobody_is_called_is_refused_with_those_nearest_to_it(
    taken: Path, tmp_path: Path
) -> None:
    done = shouwen("dossier", str(tmp_path / "卷宗"), "--unit", "云阳科学", "--data-dir", str(taken))

    assert done.returncode == 2
    assert "重庆市云阳县科学技术协会" in done.stderr
    assert list(tmp_path.iterdir()) == []
