"""Material that a mail only links to: listed with its days, fetched by staff, added to its mail, read with it."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

import rules
from pipeline import extent
from pipeline.archive import UNFINISHED, Archive, FolderArchive
from pipeline.commands import run
from pipeline.evaluate.facts import Report
from pipeline.executor import Serial
from pipeline.intake import judge, read
from pipeline.links.ledger import Standing, answered, ledger
from pipeline.records import Attached, Attachment, Code, Filed, Item, Kind, Link, State, Status
from pipeline.register import Register
from pipeline.worker import Result, Task, Worker, attempt
from tests.support import ROOT

REPORT = (
    "5月30日，沙坪坝区科协在三峡广场举办科技志愿服务活动，组织医疗、农技专家 20 名科技工作者为群众义诊、咨询，"
    "服务群众 300 人次，发放科普资料 500 份。"
)
CARD = (
    '<div id="QQMailBigAttach"><div>从QQ邮箱发来的超大附件</div>'
    '<div><a href="https://wx.mail.qq.com/ftn/download?func=3&amp;k=5d1c">{name}</a> (248.4M, {term} 到期) '
    '<a href="https://wx.mail.qq.com/ftn/download?func=3&amp;k=5d1c">进入下载页面</a></div></div>'
)
DISK = "<div>视频：https://pan.baidu.com/s/1AbCdEfG?pwd=k3m9 提取码：k3m9</div>"


def mail(*linked: str, body: str = "现将科技工作者日活动总结和照片报上，解压密码：kx2024。") -> bytes:
    """A report of a district whose photos are only linked."""
    made = EmailMessage()
    made["Subject"] = "沙坪坝区科协全国科技工作者日活动总结"
    made["From"] = "沙坪坝区科协 <spbkx@example.org>"
    made["Date"] = "Tue, 18 Jun 2024 10:22:01 +0800"
    made.set_content(f"<html><body><p>{body}</p><p>{REPORT}</p>{''.join(linked)}</body></html>", "html")
    return bytes(made)


def card(name: str = "照片.zip", term: str = "2024年07月18日 10:22") -> str:
    return CARD.format(name=name, term=term)


def zipped(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for name, octets in members.items():
            made.writestr(f"{name}.txt", octets)
    return held.getvalue()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Path]:
    """A data folder into which one report with a card was taken, beside the folder of its mails."""
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "1.eml").write_bytes(mail(card()))
    assert once(tmp_path) == 0
    yield tmp_path


def once(folder: Path) -> int:
    return run(
        [
            "once", "--mailbox", str(folder / "mails"), "--executor", "serial", "--data-dir", str(folder / "data"),
        ]
    )  # fmt: skip


def attach(folder: Path, file: Path, *options: str, accession: str = "2024-00001") -> int:
    return run(["attach", accession, str(file), "--by", "王芳", *options, "--data-dir", str(folder / "data")])


def register_of(folder: Path) -> Register:
    return Register(folder / "data" / "register.db", year=2024)


def listed(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    capsys.readouterr()
    assert run(["links", "--json", "--data-dir", str(folder / "data")]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


# ------------------------------------------------------------ reading


def test_an_added_file_is_read_after_the_mail_with_its_passwords_and_settles_its_link() -> None:
    file = Attached(
        name="照片.zip",
        data=zipped(说明=REPORT.encode()),
        link="http://wx.mail.qq.com/ftn/download?func=3&k=5d1c",
    )
    octets = mail(card(name="一张图"))

    reading = read(octets, attached=(file, Attached(name="a/b\\..txt", data=b"words")))

    assert [part.path for part in reading.parts] == [
        "1",
        "补入1/照片.zip",
        "补入1/照片.zip/说明.txt",
        "补入2/a/b\\..txt",
    ]
    assert all(part.status is Status.OK for part in reading.parts)
    assert len(reading.attached) == 2
    assert reading.sha256 == read(octets).sha256, "the digest is the mail's"
    assert [link.fetched for link in reading.links] == ["补入1/照片.zip"]
    assert [link.fetched for link in read(octets).links] == [""]
    assert reading.mail.subject.startswith("沙坪坝区科协")


def test_an_added_mail_is_no_outermost_mail() -> None:
    reading = read(mail(), attached=(Attached(name="转来.eml", data=mail(card())),))

    assert [one.section for one in reading.mails] == ["", "补入1/转来.eml"]
    assert [part.path for part in reading.parts] == ["1", "补入1/转来.eml", "补入1/转来.eml/1"]


def test_the_limits_of_a_mail_hold_for_what_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extent, "MAX_PARTS", 1)

    reading = read(mail(), attached=(Attached(name="a.txt", data=b"words"),))

    assert [(part.path, part.status) for part in reading.parts] == [
        ("1", Status.OK),
        ("补入1/a.txt", Status.TOO_BIG),
    ]


def test_a_report_whose_material_is_only_linked_asks_staff_until_it_is_added() -> None:
    notice = rules.load()
    received = datetime(2024, 6, 18, 2, 22, tzinfo=UTC)
    octets = mail(card(), DISK)

    filing = judge(read(octets), notice, received=received)
    (asked,) = [one for one in filing.problems if one.code is Code.LINK_ONLY]
    assert (asked.part, filing.kind) == ("1", Kind.SUBMISSION)
    assert "照片.zip" in asked.detail
    assert "pan.baidu.com" in asked.detail
    assert "shouwen attach" in asked.detail

    added = tuple(Attached(name="a.txt", data=b"words", link=link.url) for link in filing.links)
    settled = judge(read(octets, attached=added), notice, received=received)
    assert [one for one in settled.problems if one.code is Code.LINK_ONLY] == []
    assert all(link.fetched for link in settled.links)


def test_a_mail_of_a_link_alone_is_a_report_that_staff_must_look_at() -> None:
    made = EmailMessage()
    made["Subject"] = "沙坪坝区科协全国科技工作者日活动总结"
    made["From"] = "spbkx@example.org"
    made.set_content("总结太大，见网盘：https://pan.baidu.com/s/1AbCdEfG 提取码：k3m9")

    filing = judge(read(bytes(made)), rules.load(), received=datetime(2024, 6, 18, tzinfo=UTC))

    assert filing.kind is Kind.SUBMISSION
    assert {Code.NO_REPORT, Code.LINK_ONLY} <= {one.code for one in filing.problems}


# ------------------------------------------------------------ the ledger

NOW = datetime(2024, 6, 20, 4, tzinfo=UTC)


def filed(*links: Link) -> Filed:
    filing = judge(read(mail()), rules.load(), received=NOW)
    item = Item(
        accession="2024-00001", sha256="a" * 64, size=1, state=State.FILED, received=NOW,
        received_from="date", captured=NOW,
    )  # fmt: skip
    return Filed(item=item, filing=replace(filing, links=links))


def test_the_ledger_begins_with_what_ends_soonest_and_ends_with_what_was_added() -> None:
    links = (
        Link(part="1", kind="qq", url="https://x.example/1", expires=NOW - timedelta(days=3), term="x"),
        Link(part="1", kind="baidu", url="https://x.example/2", term="永久有效"),
        Link(part="1", kind="qq", url="https://x.example/3", expires=NOW + timedelta(days=9)),
        Link(part="1", kind="quark", url="https://x.example/4"),
        Link(part="1", kind="qq", url="https://x.example/5", fetched="补入1/a.zip"),
        Link(part="1", kind="qq", url="https://x.example/6", expires=NOW + timedelta(hours=1)),
        Link(part="1", kind="qq", url="https://x.example/7"),
    )
    added = Attachment(
        accession="2024-00001", place=2, name="b", sha256="b", size=1, link=links[6].url, by="王芳", at=NOW
    )

    found = ledger([filed(*links)], NOW, [added])

    assert [(one.number, one.standing, one.days) for one in found] == [
        (6, Standing.OPEN, 0),
        (3, Standing.OPEN, 9),
        (4, Standing.OPEN, None),
        (2, Standing.UNLIMITED, None),
        (1, Standing.EXPIRED, -3),
        (5, Standing.ADDED, None),
        (7, Standing.ADDED, None),
    ]
    assert [one.added for one in found[-2:]] == ["补入1/a.zip", "补入2"]


def test_a_file_answers_the_only_link_or_the_only_open_one_of_its_name() -> None:
    one = Link(part="1", kind="qq", url="https://x.example/1", name="照片.zip")
    two = Link(part="1", kind="qq", url="https://x.example/2", name="视频.mp4")
    twin = Link(part="1", kind="qq", url="https://x.example/3", name="照片.zip")
    done = Attachment(
        accession="x", place=1, name="照片.zip", sha256="b", size=1, link=one.url, by="王芳", at=NOW
    )

    assert answered((one,), (), "别的.zip") == one
    assert answered((one,), (done,), "第二份.zip") == one, "a folder of a cloud disk holds more than one file"
    assert answered((one, two), (), "视频.mp4") == two
    assert answered((one, two), (), "别的.zip") is None
    assert answered((one, twin), (), "照片.zip") is None
    assert answered((one, twin), (done,), "照片.zip") == twin
    assert answered((), (), "照片.zip") is None


# ------------------------------------------------------------ the commands


def test_a_fetched_file_joins_its_mail_and_everything_shows_it(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (open_,) = listed(office, capsys)
    assert open_["standing"] == "expired"
    assert open_["link"]["name"] == "照片.zip"  # type: ignore[index]  # as above
    file = office / "照片.zip"
    file.write_bytes(zipped(现场说明="5月28日，举办科普讲座1场，120人参加。".encode()))

    assert attach(office, file) == 0

    told = capsys.readouterr().err
    assert "第 1 份材料：照片.zip" in told
    assert "对应链接：照片.zip" in told
    (settled,) = listed(office, capsys)
    assert (settled["standing"], settled["added"]) == ("added", "补入1"), "before it is read again"
    assert once(office) == 0
    (settled,) = listed(office, capsys)
    assert (settled["standing"], settled["added"]) == ("added", "补入1/照片.zip")

    data = str(office / "data")
    for command in (["show", "2024-00001"], ["trace", "2024-00001"], ["log", "--full", "--by", "周审计"]):
        assert run([*command, "--data-dir", data]) == 0
        shown = capsys.readouterr().out
        assert "补入第 1 份材料" in shown
        assert "王芳" in shown
        assert command[0] == "log" or "补入1/照片.zip/现场说明.txt" in shown
    assert run(["trace", "2024-00001/part/补入1/照片.zip", "--data-dir", data]) == 0
    assert "材料清单" in capsys.readouterr().out
    assert run(["trace", "2024-00001/link/1", "--data-dir", data]) == 0
    assert "待下载链接" in capsys.readouterr().out
    with closing(register_of(office)) as register:
        filing = register.filing("2024-00001")
        assert filing is not None
        assert register.verify(FolderArchive(office / "data" / "archive")) == ()
        assert [one.code for one in filing.problems if one.code is Code.LINK_ONLY] == []
        assert [event.action for event in register.events()].count("attach") == 1
        assert [event.action for event in register.events()].count("unpack") == 2


def test_the_links_are_told_with_their_code_and_no_log_of_operations_has_it(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (office / "mails" / "2.eml").write_bytes(mail(DISK, body="补报视频。"))
    assert once(office) == 0
    capsys.readouterr()

    assert run(["links", "--data-dir", str(office / "data")]) == 0
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    first, second = "\n".join(lines[:3]), "\n".join(lines[3:])
    assert "2024-00002 链接 1" in first
    assert "提取码 k3m9" in first
    assert "百度网盘" in first
    assert "没有写明期限" in first
    assert "2024-00001 链接 1" in second
    assert "已过期" in second
    assert "2024-07-18 10:22 到期" in second
    assert "待取 1 份，已过期 1 份，已补入 0 份" in shown.err
    assert run(["links", "2024-00001", "--data-dir", str(office / "data")]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert run(["links", "2024-00009", "--data-dir", str(office / "data")]) == 2
    logs = [path.read_text("utf-8") for path in (office / "data").glob("logs/*")]
    assert not any("k3m9" in one for one in logs)


def test_the_workbook_and_status_count_what_is_still_to_be_fetched(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soon = datetime.now(UTC) + timedelta(days=2, hours=1)
    (office / "mails" / "2.eml").write_bytes(mail(card("视频.mp4", f"{soon:%Y年%m月%d日} 20:00")))
    assert once(office) == 0
    assert run(["compile", "--data-dir", str(office / "data")]) == 0
    capsys.readouterr()
    run(["status", "--data-dir", str(office / "data")])
    shown = capsys.readouterr().out
    assert "1 个 7 天内到期：2024-00002" in shown
    assert "shouwen attach" in shown
    (office / "视频.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42 film")

    assert attach(office, office / "视频.mp4", accession="2024-00002") == 0
    assert once(office) == 0

    capsys.readouterr()
    run(["status", "--data-dir", str(office / "data")])
    assert "7 天内到期" not in capsys.readouterr().out


def test_the_same_file_twice_is_refused_and_changes_nothing(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = office / "照片.zip"
    file.write_bytes(zipped(a=b"a"))
    assert attach(office, file) == 0
    with closing(register_of(office)) as register:
        head = register.head()
    capsys.readouterr()

    assert attach(office, file) == 2

    assert "已补入过这份文件（第 1 份“照片.zip”" in capsys.readouterr().err
    with closing(register_of(office)) as register:
        assert register.head() == head


def test_where_it_is_not_clear_which_link_is_meant_a_person_says_so(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (office / "mails" / "2.eml").write_bytes(mail(card(), DISK, body="补报。"))
    assert once(office) == 0
    file = office / "下载.zip"
    file.write_bytes(zipped(a=b"a"))
    capsys.readouterr()

    assert attach(office, file, accession="2024-00002") == 2
    told = capsys.readouterr().err
    assert "--link" in told
    assert "1 照片.zip" in told
    assert "2 https://pan.baidu.com" in told
    assert attach(office, file, "--link", "3", accession="2024-00002") == 2
    assert "没有第 3 个链接" in capsys.readouterr().err
    with closing(register_of(office)) as register:
        assert register.attachments() == ()

    assert attach(office, file, "--link", "2", accession="2024-00002") == 0
    (office / "旁的.txt").write_bytes(b"words")
    assert attach(office, office / "旁的.txt", "--link", "0", accession="2024-00002") == 0
    assert "没有对应到" in capsys.readouterr().err
    with closing(register_of(office)) as register:
        assert [one.link for one in register.attachments()] == [
            "https://pan.baidu.com/s/1AbCdEfG?pwd=k3m9",
            "",
        ]


def test_what_is_no_file_of_its_own_is_refused_and_nothing_is_kept(
    office: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.register.MAX_OCTETS", 10)
    made = {name: office / name for name in ("folder", "link", "pipe", "empty", "big", "none")}
    made["folder"].mkdir()
    made["link"].symlink_to(office / "mails" / "1.eml")
    os.mkfifo(made["pipe"])
    made["empty"].write_bytes(b"")
    made["big"].write_bytes(b"12345678901")
    archive = FolderArchive(office / "data" / "archive")
    before = tuple(archive.digests())

    for name, said in {
        "folder": "不是普通文件",
        "link": "是符号链接",
        "pipe": "不是普通文件",
        "empty": "空文件",
        "big": "超过",
        "none": "读不了",
    }.items():
        assert attach(office, made[name]) == 2, name
        assert said in capsys.readouterr().err
    assert attach(office, Path("/dev/null")) == 2
    assert tuple(archive.digests()) == before
    assert list((office / "data" / "archive" / UNFINISHED).iterdir()) == []


def test_a_mail_that_is_unknown_or_dismissed_takes_no_file_and_a_held_one_stays_held(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = office / "照片.zip"
    file.write_bytes(zipped(a=b"a"))
    assert attach(office, file, accession="2024-00099") == 2
    for number in (2, 3):
        (office / "mails" / f"{number}.eml").write_bytes(mail(card(), body=f"补报第 {number} 份。"))
    with closing(register_of(office)) as register:
        archive = FolderArchive(office / "data" / "archive")
        _captured(register, archive, (office / "mails" / "2.eml").read_bytes(), uid=2)
        register.dismiss("2024-00002", by="王芳", why="重复", at=NOW)
        _captured(register, archive, (office / "mails" / "3.eml").read_bytes(), uid=3)
        for attempt in range(3):
            register.begin("2024-00003", at=NOW)
            end = register.hold if attempt == 2 else register.defer
            end("2024-00003", why="读件进程死掉", at=NOW)

    assert attach(office, file, accession="2024-00002") == 2
    assert "不予受理" in capsys.readouterr().err
    assert attach(office, file, accession="2024-00003") == 0
    assert "shouwen release 2024-00003" in capsys.readouterr().err
    with closing(register_of(office)) as register:
        assert register.item("2024-00003").state is State.HELD
    assert (
        run(["release", "2024-00003", "--by", "王芳", "--why", "重试", "--data-dir", str(office / "data")])
        == 0
    )
    assert once(office) == 0
    with closing(register_of(office)) as register:
        filing = register.filing("2024-00003")
        assert filing is not None
        assert "补入1/照片.zip" in [part.path for part in filing.parts]
        assert [link.fetched for link in filing.links] == ["补入1/照片.zip"], "the only link of that name"


def _captured(register: Register, archive: Archive, octets: bytes, uid: int) -> None:
    from pipeline.register import Capture, Sighting

    blob = archive.put(octets)
    seen = Sighting(account="folder", folder=".", uidvalidity=1, uid=uid)
    register.capture(
        [Capture(sha256=blob.sha256, size=blob.size, received=NOW, received_from="date", sighting=seen)],
        at=NOW,
    )


def test_a_name_in_gbk_is_text_and_a_name_of_nothing_is_still_a_part(office: Path) -> None:
    strange = office / os.fsdecode("现场照片.zip".encode("gbk"))
    strange.write_bytes(zipped(a=b"a"))
    (office / "=cmd|' \n.txt").write_bytes(b"words")

    assert attach(office, strange) == 0
    assert attach(office, office / "=cmd|' \n.txt") == 0

    with closing(register_of(office)) as register:
        assert [one.name for one in register.attachments()] == ["现场照片.zip", "=cmd|' .txt"]
    assert once(office) == 0
    assert run(["compile", "--data-dir", str(office / "data")]) == 0


def test_reprocessing_reads_the_added_files_too(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = office / "照片.zip"
    file.write_bytes(zipped(a=b"words"))
    assert attach(office, file) == 0
    again = ["reprocess", "2024-00001", "--data-dir", str(office / "data")]
    capsys.readouterr()

    assert run([*again, "--dry-run", "--json"]) == 0
    (told,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert "补入1/照片.zip" in [one["subject"] for one in told["differences"]]
    with closing(register_of(office)) as register:
        assert [part.path for part in register.filing("2024-00001").parts] == ["1"]  # type: ignore[union-attr] # filed

    assert once(office) == 0
    assert run([*again, "--read-again", "--by", "王芳", "--why", "复核", "--json"]) == 0
    *_, line = capsys.readouterr().out.splitlines()
    assert json.loads(line)["differences"] == []


def test_a_backup_brings_the_added_files_back(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = office / "照片.zip"
    file.write_bytes(zipped(a=b"words"))
    assert attach(office, file) == 0
    assert once(office) == 0
    assert run(["backup", str(office / "backup"), "--data-dir", str(office / "data")]) == 0
    shutil.rmtree(office / "data")

    restoring = ["restore", str(office / "backup"), "--by", "王芳", "--why", "换机器"]
    assert run([*restoring, "--data-dir", str(office / "data")]) == 0

    with closing(register_of(office)) as register:
        archive = FolderArchive(office / "data" / "archive")
        assert archive.get(register.attachments()[0].sha256) == file.read_bytes()
        assert register.verify(archive) == ()


@pytest.mark.parametrize("full", [[], ["--full", "--by", "周审计"]])
def test_an_auditor_finds_the_log_with_its_additions_whole(
    office: Path, capsys: pytest.CaptureFixture[str], full: list[str]
) -> None:
    file = office / "照片.zip"
    file.write_bytes(zipped(a=b"words"))
    assert attach(office, file) == 0
    assert once(office) == 0
    bag = office / "bag"
    assert run(["export", "log", str(bag), *full, "--originals", "--data-dir", str(office / "data")]) == 0

    done = subprocess.run(
        [sys.executable, "-I", str(ROOT / "tools" / "verify_log.py"), str(bag)],
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout.decode()
    told = (bag / "data" / "log.jsonl").read_text("utf-8")
    assert "补入材料" in told
    assert ("王芳" in told) is bool(full)


def test_a_file_added_while_its_mail_is_read_is_read_in_the_next_round(office: Path) -> None:
    """The reading on its way knows nothing of the file: it is dropped, charged to nobody, and made anew."""
    archive = FolderArchive(office / "data" / "archive")
    tasks: list[Task] = []
    with closing(register_of(office)) as register:

        def read_slowly(task: Task) -> Result:
            tasks.append(task)
            if len(tasks) == 1:
                blob = archive.put(b"words")
                register.attach(
                    Attachment(
                        accession="2024-00001",
                        name="a.txt",
                        sha256=blob.sha256,
                        size=blob.size,
                        by="王芳",
                        at=NOW,
                    )
                )
            return attempt(task)

        other = replace(rules.load(), digest="f" * 64)
        worker = Worker(
            archive=archive, register=register, rules=other, executor=Serial(), attempt=read_slowly
        )
        first, second = worker.process(), worker.process()

        assert (first.filed, second.filed) == (0, 1)
        assert [[one.name for one in task.attached] for task in tasks] == [[], ["a.txt"]]
        assert register.item("2024-00001").attempts == 0
        filing = register.filing("2024-00001")
        assert filing is not None
        assert [part.path for part in filing.parts] == ["1", "补入1/a.txt"]
        assert register.verify(archive) == ()


def test_what_is_being_added_is_no_leftover_of_a_crash(tmp_path: Path) -> None:
    archive, other = FolderArchive(tmp_path), FolderArchive(tmp_path)
    (tmp_path / UNFINISHED).mkdir()
    (tmp_path / UNFINISHED / "old").write_bytes(b"half")
    discarded: list[int] = []

    def pieces() -> Iterator[bytes]:
        yield b"first"
        discarded.append(other.discard_unfinished())
        yield b"second"

    blob = archive.put(pieces())

    assert discarded == [1]
    assert archive.get(blob.sha256) == b"firstsecond"


def test_what_stands_behind_a_link_is_unknown_until_it_is_added() -> None:
    link = Link(part="1", kind="qq", url="https://x.example/1", name="照片.zip")

    for fetched, unread in (("", ("2024-00001 1 链接“照片.zip”",)), ("补入1/照片.zip", ())):
        report = Report(
            unit="重庆市沙坪坝区科学技术协会",
            kind="",
            in_roster=True,
            own=(filed(replace(link, fetched=fetched)),),
        )
        assert report.unread == unread
