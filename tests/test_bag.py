"""outputs/audit/bag.py and tools/verify_log.py: the copy that an auditor checks alone, and twenty ways to tamper with it."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from outputs.audit import bag, intakelog
from outputs.audit.masking import STAR, WITHHELD
from pipeline.archive import FolderArchive
from pipeline.errors import IntegrityError, TransientError, UsageError
from pipeline.records import Act, Correction
from pipeline.register import Register, verifying
from pipeline.register.ledger import Ledger
from pipeline.register.sealing import encode
from tests.audited import CLERK, PHONE, audited
from tests.support import ROOT

AT = datetime(2024, 6, 21, tzinfo=UTC)
TOOL = ROOT / "tools" / "verify_log.py"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as audited() makes it."""
    folder = tmp_path_factory.mktemp("audited")
    audited(folder)
    return folder


def ledger(data: Path) -> Ledger:
    with closing(Register(data / "register.db", year=2024)) as register:
        return register.ledger()


def made(data: Path, folder: Path, **wishes: Any) -> Path:
    """Write a bag of *data* into *folder*."""
    bag.write(ledger(data), bag.Order(release="0.1.0", at=AT, **wishes), folder=folder)
    return folder


@pytest.fixture(scope="module")
def whole(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A masked bag with originals."""
    return made(data, tmp_path_factory.mktemp("bags") / "bag", originals=FolderArchive(data / "archive"))


def verified(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the tool that lies in the repository, as a stranger would."""
    command = [sys.executable, "-I", "-X", "utf8", str(TOOL), str(folder), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def rows(folder: Path, name: str) -> list[Row]:
    return [json.loads(line) for line in (folder / "data" / name).read_text("utf-8").split("\n")[:-1]]


def put(folder: Path, name: str, told: list[Row]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in told)
    (folder / "data" / name).write_bytes(text.encode())


def relisted(folder: Path) -> None:
    """Make both manifests fit what lies there, as whoever tampers would."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        payload = name.startswith("m")
        lines = [
            f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {where}\n"
            for where, path in sorted(files.items())
            if where.startswith("data/") == payload and not where.startswith("tagm")
        ]
        (folder / name).write_text("".join(lines), "utf-8")


def chained(told: list[Row]) -> list[Row]:
    """Link events anew from the first one on: digests, predecessors and what people read fit again."""
    previous = "0" * 64
    facts = ("number", "at", "accession", "action", "before", "after", "rule", "row", "said", "previous")
    for row in told:
        row["previous"] = row["上一条摘要"] = previous
        text = json.dumps(
            {name: row[name] for name in facts}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        row["digest"] = row["本条摘要"] = previous = hashlib.sha256(text.encode()).hexdigest()
    return told


# ---------------------------------------------------------------- a good bag


def test_a_bag_verifies_clean_with_the_tool_that_lies_in_it(whole: Path, data: Path) -> None:
    command = [sys.executable, "-I", "-X", "utf8", str(whole / "data" / "verify_log.py"), str(whole)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 处不符" in done.stdout
    assert (whole / "data" / "verify_log.py").read_bytes() == TOOL.read_bytes()
    assert verified(whole, "--archive", data / "archive").returncode == 0


def test_the_last_line_says_what_was_not_checked(whole: Path, data: Path, tmp_path: Path) -> None:
    last = verified(whole).stdout.splitlines()[-1]
    full = verified(made(data, tmp_path / "full", full=True)).stdout.splitlines()[-1]

    assert "言词（日志 3 条、登记和更正 3 行）" in last
    assert "整个重写" in last
    assert "言词" not in full
    assert "原件" in full


def test_a_bag_is_checked_with_sha256sum_alone(whole: Path) -> None:
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        done = subprocess.run(["sha256sum", "-c", "--quiet", manifest], cwd=whole, check=False)
        assert done.returncode == 0


def test_a_bag_holds_what_rfc_8493_asks_for(whole: Path) -> None:
    info = (whole / "bag-info.txt").read_text("utf-8")

    assert (whole / "bagit.txt").read_text() == "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    payload = [path for path in (whole / "data").rglob("*") if path.is_file()]
    assert f"Payload-Oxum: {sum(path.stat().st_size for path in payload)}.{len(payload)}\n" in info
    assert "Bagging-Date: 2024-06-21\n" in info
    assert "Bag-Software-Agent: shouwen 0.1.0\n" in info
    assert len(list((whole / "data" / "originals").rglob("*"))) > 6


def test_the_same_register_gives_the_same_octets_but_for_the_date(
    data: Path, whole: Path, tmp_path: Path
) -> None:
    again = made(data, tmp_path / "again", originals=FolderArchive(data / "archive"))
    later = tmp_path / "later"
    order = bag.Order(release="0.1.0", at=AT + timedelta(days=1), originals=FolderArchive(data / "archive"))
    bag.write(ledger(data), order, folder=later)

    def octets(folder: Path) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }

    assert octets(again) == octets(whole)
    different = {name for name, told in octets(later).items() if told != octets(whole)[name]}
    assert different == {"bag-info.txt", "tagmanifest-sha256.txt"}


def test_nothing_personal_is_in_a_masked_bag_without_originals(data: Path, tmp_path: Path) -> None:
    masked, full = made(data, tmp_path / "masked"), made(data, tmp_path / "full", full=True)

    def text(folder: Path) -> str:
        return "".join(path.read_text("utf-8") for path in (folder / "data").iterdir() if path.is_file())

    for personal in (PHONE, CLERK, "蒋昕"):
        assert personal not in text(masked)
        assert personal in text(full)


def test_a_folder_with_something_in_it_is_refused_and_an_empty_one_is_taken(
    data: Path, tmp_path: Path
) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    made(data, taken)
    with pytest.raises(UsageError, match="另给一个"):
        made(data, taken)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError):
        made(data, tmp_path / "file")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "taken"]


def test_a_bag_that_cannot_be_finished_leaves_nothing(data: Path, tmp_path: Path) -> None:
    with pytest.raises(IntegrityError):
        made(data, tmp_path / "bag", originals=FolderArchive(tmp_path / "empty"))
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TransientError):
        made(data, tmp_path / "file" / "bag")

    assert [path.name for path in tmp_path.iterdir()] == ["file"]


# ---------------------------------------------------------------- twenty ways to tamper


def _edit_fact(folder: Path) -> None:
    told = rows(folder, "log.jsonl")
    told[4]["at"] = told[4]["at"].replace("2024-06-01", "2024-05-31")
    put(folder, "log.jsonl", told)


def _edit_words(folder: Path) -> None:
    told = rows(folder, "log.jsonl")
    filed = next(row for row in told if row["action"] == "file")
    filed["outcome"] = filed["结果"] = "归档为非报送"
    put(folder, "log.jsonl", told)


def _edit_what_people_read(folder: Path) -> None:
    told = rows(folder, "log.jsonl")
    told[4]["结果"] = "归档为非报送"
    put(folder, "log.jsonl", told)


def _edit_clock(folder: Path) -> None:
    told = rows(folder, "log.jsonl")
    told[4]["北京时间"] = "2024-06-01 00:00:00"
    put(folder, "log.jsonl", told)


def _same_name_twice(folder: Path) -> None:
    path = folder / "data" / "log.jsonl"
    path.write_text(path.read_text("utf-8").replace('"序号": 3,', '"结果": "看不见", "序号": 3,'), "utf-8")


def _delete(folder: Path) -> None:
    put(folder, "log.jsonl", [row for row in rows(folder, "log.jsonl") if row["number"] != 5])


def _insert(folder: Path) -> None:
    told = rows(folder, "log.jsonl")
    put(folder, "log.jsonl", [*told[:5], told[2], *told[5:]])


def _reorder(folder: Path) -> None:
    told = rows(folder, "log.jsonl")
    put(folder, "log.jsonl", [*told[:3], told[4], told[3], *told[5:]])


def _cut_tail(folder: Path) -> None:
    put(folder, "log.jsonl", rows(folder, "log.jsonl")[:-3])


def _rewrite_chain(folder: Path) -> None:
    told = rows(folder, "log.jsonl")
    told[4]["accession"] = told[4]["收文号"] = "2024-00001"
    put(folder, "log.jsonl", chained(told))


def _edit_csv(folder: Path) -> None:
    path = folder / "data" / "log.csv"
    path.write_text(path.read_text("utf-8").replace("归档为报送", "归档为其他", 1), "utf-8")


def _edit_item(folder: Path) -> None:
    told = rows(folder, "items.jsonl")
    told[0]["received"] = "2024-06-30T00:00:00.000000+00:00"
    put(folder, "items.jsonl", told)


def _forge_item(folder: Path) -> None:
    """Edited, and its digest made to fit."""
    told = rows(folder, "items.jsonl")
    told[0]["state"] = "dismissed"
    fields = {name: value for name, value in told[0].items() if name != "digest"}
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    told[0]["digest"] = hashlib.sha256(text.encode()).hexdigest()
    put(folder, "items.jsonl", told)


def _drop_item(folder: Path) -> None:
    put(folder, "items.jsonl", rows(folder, "items.jsonl")[1:])


def _add_item(folder: Path) -> None:
    told = rows(folder, "items.jsonl")
    put(folder, "items.jsonl", [*told, {**told[-1], "accession": "2024-00007", "number": 7}])


def _gap(folder: Path) -> None:
    put(
        folder,
        "items.jsonl",
        [row for row in rows(folder, "items.jsonl") if row["accession"] != "2024-00003"],
    )


def _drop_sighting(folder: Path) -> None:
    put(folder, "sightings.jsonl", rows(folder, "sightings.jsonl")[1:])


def _edit_sighting(folder: Path) -> None:
    told = rows(folder, "sightings.jsonl")
    told[0]["uid"] = 999
    put(folder, "sightings.jsonl", told)


def _hide_that_it_is_gone(folder: Path) -> None:
    told = rows(folder, "sightings.jsonl")
    put(folder, "sightings.jsonl", [{**row, "gone": None} for row in told])


def _drop_correction(folder: Path) -> None:
    put(folder, "corrections.jsonl", rows(folder, "corrections.jsonl")[1:])


def _original(folder: Path) -> Path:
    name = str(rows(folder, "items.jsonl")[1]["sha256"])
    return folder / "data" / "originals" / name[:2] / name[2:4] / name


def _flip_original(folder: Path) -> None:
    octets = _original(folder).read_bytes()
    _original(folder).write_bytes(bytes([octets[0] ^ 1]) + octets[1:])


def _drop_original(folder: Path) -> None:
    _original(folder).unlink()


def _replace_original(folder: Path) -> None:
    _original(folder).write_bytes("Subject: 另一封\r\n\r\n".encode())


def _edit_seal(folder: Path) -> None:
    told = rows(folder, "seals.jsonl")
    told[0]["items"] = 4
    put(folder, "seals.jsonl", told)


def _drop_first_seal(folder: Path) -> None:
    put(folder, "seals.jsonl", rows(folder, "seals.jsonl")[1:])


def _drop_last_seal(folder: Path) -> None:
    put(folder, "seals.jsonl", rows(folder, "seals.jsonl")[:-1])


def _info(folder: Path, old: str, new: str) -> None:
    path = folder / "bag-info.txt"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def _mask_a_filed_item(folder: Path) -> None:
    told = rows(folder, "items.jsonl")
    told[0] |= {"masked": True, "reason": WITHHELD, "sha256": "0" * 64}
    put(folder, "items.jsonl", told)


def _change_a_masked_item(folder: Path, **changes: Any) -> None:
    told = rows(folder, "items.jsonl")
    hidden = next(row for row in told if "masked" in row)
    hidden |= changes
    put(folder, "items.jsonl", told)


def _change_received(folder: Path) -> None:
    _change_a_masked_item(folder, received="2024-06-01T00:00:00.000000+00:00")


def _change_state(folder: Path) -> None:
    _change_a_masked_item(folder, state="held")


def _change_digest_of_octets(folder: Path) -> None:
    _change_a_masked_item(folder, sha256="0" * 64)


def _shorten_digest_of_octets(folder: Path) -> None:
    told = rows(folder, "items.jsonl")
    for row in told:
        if "masked" in row:
            row["sha256"] = row["sha256"][:8]
    put(folder, "items.jsonl", told)


def _change_attempts(folder: Path) -> None:
    _change_a_masked_item(folder, attempts=2)


def _invent_a_reason(folder: Path) -> None:
    _change_a_masked_item(folder, reason="广告")


def _change_who_corrected(folder: Path) -> None:
    told = rows(folder, "corrections.jsonl")
    told[1]["by"] = "李＊＊"
    put(folder, "corrections.jsonl", told)


def _change_why_it_was_corrected(folder: Path) -> None:
    told = rows(folder, "corrections.jsonl")
    told[1]["why"] = "误填"
    put(folder, "corrections.jsonl", told)


def _swap_corrections(folder: Path) -> None:
    put(folder, "corrections.jsonl", rows(folder, "corrections.jsonl")[::-1])


def _mask_an_event(folder: Path) -> None:
    told = rows(folder, "log.jsonl")
    del told[4]["salt"]
    told[4] |= {"masked": True, "盐": "", "outcome": "收下 3 字节", "结果": "收下 3 字节"}
    put(folder, "log.jsonl", told)


def _claim_that_there_are_no_originals(folder: Path) -> None:
    _info(folder, "Originals: yes", "Originals: no")


def _second_word_about_masking(folder: Path) -> None:
    _info(folder, "Masked: yes\n", "Masked: no\nMasked: yes\n")


def _surplus_file(folder: Path) -> None:
    (folder / "data" / "items-new.jsonl").write_bytes(b"")


def _surplus_original(folder: Path) -> None:
    name = hashlib.sha256(b"").hexdigest()
    path = folder / "data" / "originals" / name[:2] / name[2:4] / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")


def _csv(folder: Path, change: Callable[[list[str]], list[str]]) -> None:
    path = folder / "data" / "log.csv"
    path.write_text("\n".join(change(path.read_text("utf-8").split("\n"))), "utf-8")


def _second_column_of_the_name(folder: Path) -> None:
    _csv(folder, lambda lines: [lines[0] + ",结果", *(line + ",好" if line else "" for line in lines[1:])])


def _trailing_cell(folder: Path) -> None:
    _csv(folder, lambda lines: [*lines[:3], lines[3] + ",好", *lines[4:]])


def _swap_headers(folder: Path) -> None:
    _csv(folder, lambda lines: [lines[0].replace("北京时间,UTC时间", "UTC时间,北京时间"), *lines[1:]])


def _turn_a_cell_around(folder: Path) -> None:
    _csv(folder, lambda lines: [line.replace("归档为报送", "归档\u202e为报送") for line in lines])


def _widen_a_cell(folder: Path) -> None:
    _csv(folder, lambda lines: [line.replace("归档为报送", "归档为报送 ") for line in lines])


def _surplus_field(folder: Path) -> None:
    told = rows(folder, "items.jsonl")
    told[0]["state_now"] = "dismissed"
    put(folder, "items.jsonl", told)


def _masked_seal(folder: Path) -> None:
    told = rows(folder, "seals.jsonl")
    told[0]["masked"] = True
    put(folder, "seals.jsonl", told)


def _edit_what_the_server_listed(folder: Path) -> None:
    told = rows(folder, "sightings.jsonl")
    told[0]["size"] = 31
    put(folder, "sightings.jsonl", told)


def _backdate(folder: Path) -> None:
    """The log's owner appends what is said to have happened before the first seal; all digests fit."""
    told = rows(folder, "log.jsonl")
    told[-1] |= {"at": "2024-06-01T01:00:00.000000+00:00", "UTC时间": "2024-06-01 01:00:00"}
    told[-1]["北京时间"] = "2024-06-01 09:00:00"
    put(folder, "log.jsonl", chained(told))


def _end_the_table_in_something(folder: Path) -> None:
    path = folder / "data" / "log.csv"
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def _null_in_the_table(folder: Path) -> None:
    path = folder / "data" / "log.csv"
    path.write_bytes(path.read_bytes().replace("归档为报送".encode(), "归档\x00为报送".encode()))


def _break_a_line_of_the_table(folder: Path) -> None:
    path = folder / "data" / "log.csv"
    path.write_bytes(path.read_bytes().replace("归档为报送".encode(), "归档\r为报送".encode()))


def _no_object(folder: Path) -> None:
    path = folder / "data" / "items.jsonl"
    path.write_bytes(b"[1]\n" + path.read_bytes())


def _garble(folder: Path) -> None:
    path = folder / "data" / "items.jsonl"
    path.write_bytes(path.read_bytes()[:-40])


def _remove_a_file(folder: Path) -> None:
    (folder / "data" / "sightings.jsonl").unlink()


TAMPERINGS: tuple[tuple[Callable[[Path], None], tuple[str, ...]], ...] = (
    (_edit_fact, ("日志第 5 条", "事实与本条摘要不符")),
    (_edit_words, ("（2024-00001）的言词与言词摘要不符",)),
    (_edit_what_people_read, ("日志第 5 条", "“结果”与同一行的机器字段不一致")),
    (_edit_clock, ("日志第 5 条", "“北京时间”")),
    (_same_name_twice, ("log.jsonl 第 3 行", "同名")),
    (_delete, ("日志第 4 条之后缺 1 条",)),
    (_insert, ("日志第 3 条", "排在第 5 条之后")),
    (_reorder, ("日志第 4 条", "排在第 5 条之后")),
    (_cut_tail, ("第 2 号封印所记末条", "尾部被截")),
    (_rewrite_chain, ("第 1 号封印所记末条", "日志被改写")),
    (_edit_csv, ("在 log.csv 里与 log.jsonl 不同",)),
    (_edit_item, ("来文 2024-00001 的登记行与摘要不符",)),
    (_forge_item, ("来文 2024-00001 的登记行与日志最后所记不符",)),
    (_drop_item, ("来文 2024-00001：日志里有，登记行有 0 条",)),
    (_add_item, ("来文 2024-00007：日志里没有",)),
    (_gap, ("收文号断号：2024 年缺第 3 号",)),
    (_drop_sighting, ("来文 2024-00001 见于", "UID 1：日志和 sightings.jsonl 所记不同")),
    (_edit_sighting, ("来文 2024-00001 见于", "UID 999")),
    (_hide_that_it_is_gone, ("来文 2024-00003 见于", "UID 3")),
    (_drop_correction, ("更正", "日志里 1 条，更正表里 0 条")),
    (_flip_original, ("来文 2024-00002 的原件与收到时不符",)),
    (_drop_original, ("来文 2024-00002 的原件缺失",)),
    (_replace_original, ("来文 2024-00002 的原件与收到时不符",)),
    (_edit_seal, ("第 1 号封印与自身摘要不符",)),
    (_drop_first_seal, ("第 2 号封印与前一号接不上",)),
    (_drop_last_seal, ("Log-Seals",)),
    (_garble, ("items.jsonl 第 6 行：不是一条完整的 JSON",)),
    (_remove_a_file, ("缺少文件 sightings.jsonl",)),
    (_mask_a_filed_item, ("items.jsonl 第 1 行",)),
    (_change_received, ("items.jsonl 第", "多出")),
    (_change_state, ("items.jsonl 第", "多出")),
    (_change_digest_of_octets, ("来文 2024-00005 的登记行与摘要不符",)),
    (_shorten_digest_of_octets, ("来文 2024-00005 的登记行与摘要不符",)),
    (_change_attempts, ("items.jsonl 第", "多出")),
    (_invent_a_reason, ("items.jsonl 第", "多出")),
    (_change_who_corrected, ("corrections.jsonl 第", "多出")),
    (_change_why_it_was_corrected, ("corrections.jsonl 第", "多出")),
    (_swap_corrections, ("更正的先后与日志不同",)),
    (_mask_an_event, ("日志第 5 条", "标为已遮盖，却没有遮盖的字")),
    (_claim_that_there_are_no_originals, ("data/originals/", "副本里不该有")),
    (_second_word_about_masking, ("bag-info.txt 的各行",)),
    (_surplus_file, ("data/items-new.jsonl：副本里不该有",)),
    (_surplus_original, ("data/originals/e3/b0/", "副本里不该有")),
    (_second_column_of_the_name, ("log.csv", "表头不是")),
    (_trailing_cell, ("日志第 3 条在 log.csv 里与 log.jsonl 不同",)),
    (_swap_headers, ("log.csv", "表头不是")),
    (_turn_a_cell_around, ("在 log.csv 里与 log.jsonl 不同",)),
    (_widen_a_cell, ("在 log.csv 里与 log.jsonl 不同",)),
    (_end_the_table_in_something, ("log.csv 读不出",)),
    (_null_in_the_table, ("log.csv",)),
    (_break_a_line_of_the_table, ("log.csv",)),
    (_no_object, ("items.jsonl 第 1 行：不是一条完整的 JSON",)),
    (_surplus_field, ("items.jsonl 第 1 行", "多出")),
    (_masked_seal, ("seals.jsonl 第 1 行", "多出")),
    (_edit_what_the_server_listed, ("来文 2024-00001 见于", "所记不同")),
    (_backdate, ("在第 1 号封印之后写入", "早于封印的时间补记")),
)


@pytest.mark.parametrize(("tamper", "said"), TAMPERINGS, ids=[tamper.__name__ for tamper, _ in TAMPERINGS])
def test_tampering_is_found_and_named_though_the_manifests_fit_again(
    tamper: Callable[[Path], None], said: tuple[str, ...], whole: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "bag"
    shutil.copytree(whole, folder)
    tamper(folder)
    relisted(folder)

    done = verified(folder)

    assert done.returncode == 4, done.stdout + done.stderr
    assert any(all(one in line for one in said) for line in done.stdout.splitlines()), done.stdout


@pytest.mark.parametrize("name", ["log", "items", "sightings", "corrections", "seals"])
def test_every_field_of_a_full_bag_is_watched(
    name: str,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    folder = made(data, tmp_path / "full", full=True)
    spec = importlib.util.spec_from_file_location("verify_log", TOOL)
    assert spec
    assert spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    monkeypatch.setattr(sys, "argv", ["verify_log.py", str(folder)])
    whole = rows(folder, f"{name}.jsonl")
    for number in (0, len(whole) // 2, -1):
        for field in whole[number]:
            told = [dict(row) for row in whole]
            value = told[number][field]
            told[number][field] = value + 1 if isinstance(value, int) else f"{value or ''}9"
            put(folder, f"{name}.jsonl", told)
            relisted(folder)
            tool.found.clear()

            assert tool.main() == 4, field

            assert capsysbinary.readouterr().out


@pytest.mark.parametrize("file", ["data/log.jsonl", "bag-info.txt", "data/verify_log.py"])
def test_a_file_that_was_changed_added_or_removed_is_named_by_its_manifest(
    file: str, whole: Path, tmp_path: Path
) -> None:
    changed, removed, added = (tmp_path / name for name in ("changed", "removed", "added"))
    for folder in (changed, removed, added):
        shutil.copytree(whole, folder)
    (changed / file).write_bytes((changed / file).read_bytes() + b"\n")
    (removed / file).unlink()
    (added / f"{file}.more").write_bytes(b"")

    assert f"{file}：与 " in verified(changed).stdout
    assert f"{file}：" in verified(removed).stdout
    assert f"{file}.more：副本里不该有的文件" in verified(added).stdout


def test_an_entry_dropped_from_the_manifest_is_named(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bag"
    shutil.copytree(whole, folder)
    path = folder / "manifest-sha256.txt"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "seals" not in line), "utf-8")

    done = verified(folder)

    assert done.returncode == 4
    assert "data/seals.jsonl：manifest-sha256.txt 里没有" in done.stdout
    assert "manifest-sha256.txt：与 tagmanifest-sha256.txt 所记摘要不符" in done.stdout


def test_an_older_bag_is_found_by_a_seal_kept_elsewhere(data: Path, tmp_path: Path) -> None:
    earlier = ledger(data)
    kept = tmp_path / "seal-00002.json"
    kept.write_bytes(encode(earlier.seals[1]))
    last = earlier.seals[0].last
    older = Ledger(
        events=earlier.events[:last],
        items=earlier.items[:5],
        sightings=tuple(one for one in earlier.sightings if one[1] != "2024-00006"),
        corrections=(),
        seals=earlier.seals[:1],
    )
    bag.write(older, bag.Order(release="0.1.0", at=AT), folder=tmp_path / "older")

    assert verified(tmp_path / "older").returncode == 0
    done = verified(tmp_path / "older", "--seal", kept)
    assert done.returncode == 4
    assert "第 2 号封印（另处保存的一份）不在这份副本的封印里：副本较旧" in done.stdout
    assert "第 2 号封印（另处保存的一份）所记末条" in done.stdout


def test_a_kept_seal_fits_a_whole_bag_and_a_forged_one_is_named(
    data: Path, whole: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "seal.json"
    kept.write_bytes(encode(ledger(data).seals[1]))
    assert verified(whole, "--seal", kept).returncode == 0

    kept.write_bytes(kept.read_bytes().replace(b'"items":6', b'"items":5'))

    assert "（另处保存的一份）与自身摘要不符" in verified(whole, "--seal", kept).stdout


def test_a_masked_event_in_a_full_bag_is_named(data: Path, tmp_path: Path) -> None:
    folder = made(data, tmp_path / "full", full=True)
    told = rows(folder, "log.jsonl")
    del told[4]["salt"]
    told[4] |= {"masked": True, "盐": "", "outcome": "归档为非报送", "结果": "归档为非报送"}
    put(folder, "log.jsonl", told)
    relisted(folder)

    assert "日志第 5 条（2024-00005）的言词与言词摘要不符" in verified(folder).stdout


def test_a_full_bag_that_is_said_to_be_masked_is_named(data: Path, tmp_path: Path) -> None:
    folder = made(data, tmp_path / "full", full=True)
    _info(folder, "Masked: no", "Masked: yes")
    relisted(folder)

    assert "Masked 与各行是否遮盖不符" in verified(folder).stdout


def test_a_bag_with_nothing_to_mask_says_that_nothing_is_masked(data: Path, tmp_path: Path) -> None:
    whole = ledger(data)
    first = Ledger(events=whole.events[:1], items=(), sightings=(), corrections=(), seals=())
    bag.write(first, bag.Order(release="0.1.0", at=AT), folder=tmp_path / "bag")

    assert "Masked: no\n" in (tmp_path / "bag" / "bag-info.txt").read_text("utf-8")


def test_what_could_not_be_checked_is_listed_by_event_and_accession(whole: Path) -> None:
    told = verified(whole).stdout.splitlines()

    number = next(row["number"] for row in rows(whole, "log.jsonl") if row["action"] == "dismiss")
    (line,) = (line for line in told if line.startswith("只核对了摘要的"))
    assert all(one in line for one in (str(number), "2024-00005", "2024-00002"))


def test_a_masked_row_shows_only_what_cannot_be_altered_unseen(whole: Path) -> None:
    (item,) = (row for row in rows(whole, "items.jsonl") if "masked" in row)

    assert set(item) == {"accession", "sha256", "digest", "masked"}
    assert all(set(row) == {"accession", "digest", "masked"} for row in rows(whole, "corrections.jsonl"))


# ---------------------------------------------------------------- decisions about units, undone and signed


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of audited() with decisions of every act: two scores, one signed, one undone; an answer with a number."""
    folder = tmp_path_factory.mktemp("decided")
    audited(folder)
    by: dict[str, Any] = {"old": "", "by": CLERK, "why": "看了原件", "at": AT, "workbook": "ab" * 32}
    about: dict[str, Any] = {"accession": "", "field": "", "old": "", "new": "", "at": AT}
    with closing(Register(folder / "register.db", year=2024)) as register:
        register.correct_all(
            (
                Correction(accession="", field="score/B1/某学会", new="8", **by),
                Correction(accession="", field="question/催报/某学会", new=f"已打 {PHONE}", **by),
                Correction(**about, by="李主任", why="复核无误", act=Act.SIGN, about=3),
                Correction(**about, by="李主任", why="看错了", act=Act.UNDO, about=2),
            )
        )
    return folder


def test_decisions_of_every_act_are_verified_masked_and_whole(decided: Path, tmp_path: Path) -> None:
    hidden, full = made(decided, tmp_path / "hidden"), made(decided, tmp_path / "full", full=True)

    assert [one["act"] for one in rows(full, "corrections.jsonl")][2:] == ["decide", "decide", "sign", "undo"]
    for folder in (hidden, full):
        done = verified(folder)
        assert done.returncode == 0, done.stdout
    told = "".join(path.read_text("utf-8") for path in sorted((hidden / "data").glob("*.*l")))
    assert not [one for one in (PHONE, CLERK, "李主任") if one in told]
    assert "撤销第 2 号决定（第 1 项活动的类别）：看错了" in told


@pytest.mark.parametrize(
    ("row", "name", "value"),
    [(2, "act", "undo"), (4, "about", 2), (4, "about", 0), (2, "workbook", ""), (1, "anchor", ""), (3, "accession", "2024-00001")],
)  # fmt: skip
def test_a_decision_whose_act_or_object_is_changed_is_found(
    row: int, name: str, value: object, decided: Path, tmp_path: Path
) -> None:
    folder = made(decided, tmp_path / "bag", full=True)
    told = rows(folder, "corrections.jsonl")
    assert told[row][name] != value
    told[row][name] = value
    put(folder, "corrections.jsonl", told)
    relisted(folder)

    done = verified(folder)

    assert done.returncode == 4
    assert "与摘要不符" in done.stdout


def test_a_decision_that_is_left_out_is_found(decided: Path, tmp_path: Path) -> None:
    folder = made(decided, tmp_path / "bag", full=True)
    put(folder, "corrections.jsonl", rows(folder, "corrections.jsonl")[:-1])
    relisted(folder)

    done = verified(folder)

    assert done.returncode == 4
    assert "日志里 1 条，更正表里 0 条" in done.stdout


def test_a_copy_that_an_earlier_version_wrote_is_verified_too(data: Path, tmp_path: Path) -> None:
    folder = made(data, tmp_path / "bag", full=True)
    told = rows(folder, "corrections.jsonl")[:1]
    later = ("act", "about", "workbook", "anchor", "machine")
    assert [told[0][name] for name in later] == ["decide", 0, "", "", ""]
    earlier = [{name: value for name, value in told[0].items() if name not in later}]
    put(folder, "corrections.jsonl", earlier + rows(folder, "corrections.jsonl")[1:])
    relisted(folder)

    assert verified(folder).returncode == 0


def test_seals_in_a_folder_are_read_and_the_last_line_says_how_far_they_reach(
    data: Path, whole: Path, tmp_path: Path
) -> None:
    first, second = ledger(data).seals
    (tmp_path / f"seal-{first.number:05d}-20240601.json").write_bytes(encode(first))
    (tmp_path / "读我.txt").write_bytes(b"")
    total = len(rows(whole, "log.jsonl"))

    done = verified(whole, "--seal", tmp_path)

    assert done.returncode == 0, done.stdout
    rest = f"之后的 {total - first.last} 条没有封印，整段改写看不出来"
    assert f"最新一号可用封印到第 {first.last} 条，{rest}" in done.stdout.splitlines()[-1]
    assert f"最新一号可用封印到第 {second.last} 条" in verified(whole).stdout.splitlines()[-1]


def test_a_folder_without_seals_is_wrong_usage(whole: Path, tmp_path: Path) -> None:
    done = verified(whole, "--seal", tmp_path)

    assert done.returncode == 2
    assert "没有封印" in done.stderr


def test_an_event_dated_before_a_kept_seal_is_named_though_the_bag_has_no_seals(
    data: Path, tmp_path: Path
) -> None:
    told = ledger(data)
    kept = tmp_path / "seal.json"
    kept.write_bytes(encode(told.seals[0]))
    folder = made(data, tmp_path / "bag")
    _backdate(folder)
    put(folder, "seals.jsonl", [])
    relisted(folder)

    assert "在第 1 号封印（另处保存的一份）之后写入" in verified(folder, "--seal", kept).stdout


def test_a_clerk_named_by_another_is_masked_too(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    with closing(Register(copy / "register.db", year=2024)) as register:
        register.reopen("2024-00001", by="李复核", why=f"{CLERK}说漏看附件", at=AT)
        told = register.ledger()
    bag.write(told, bag.Order(release="0.1.0", at=AT), folder=tmp_path / "bag")

    assert CLERK not in (tmp_path / "bag" / "data" / "log.jsonl").read_text("utf-8")
    assert verified(tmp_path / "bag").returncode == 0


def test_the_tool_s_headers_and_marks_are_those_of_the_log() -> None:
    spec = importlib.util.spec_from_file_location("verify_log", TOOL)
    assert spec
    assert spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)

    assert tuple(tool.HEAD) == intakelog.HEADERS
    assert (tool.WITHHELD, tool.STAR) == (WITHHELD, STAR)


def test_an_archive_beside_is_checked_too(data: Path, tmp_path: Path) -> None:
    folder = made(data, tmp_path / "bag")
    assert verified(folder, "--archive", data / "archive").returncode == 0

    shutil.copytree(data / "archive", tmp_path / "archive")
    blob = next(path for path in sorted((tmp_path / "archive").rglob("*")) if path.is_file())
    blob.unlink()

    assert f"{blob.name}" in verified(folder, "--archive", tmp_path / "archive").stdout


@pytest.mark.parametrize("arguments", [["nowhere"], [], ["--colour"], [".", "--seal", "no-such.json"]])
def test_wrong_usage_exits_2_and_says_how(arguments: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-X", "utf8", str(TOOL), *arguments]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False
    )

    assert done.returncode == 2
    assert "用法：python verify_log.py" in done.stderr


def test_the_tool_is_short_and_needs_the_standard_library_of_python_3_8_alone() -> None:
    text = TOOL.read_text("utf-8")
    tree = ast.parse(text, feature_version=(3, 8))
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }

    assert len(text.splitlines()) < 200
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names
    assert not {"removeprefix", "removesuffix", "strict=", "match "} & {
        word for word in ("removeprefix", "removesuffix", "strict=", "match ") if word in text
    }


def test_the_tool_and_verify_agree_which_events_wrote_the_item_s_row() -> None:
    told = re.search(r"^ITEM_ACTIONS = (\[.*\])$", TOOL.read_text("utf-8"), re.MULTILINE)

    assert told
    assert tuple(ast.literal_eval(told[1])) == verifying.ITEM_ACTIONS
