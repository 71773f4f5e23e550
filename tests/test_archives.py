"""Archives in whole mails: passwords stated anywhere in them, and hostile ones, which cost themselves alone."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import subprocess
import tarfile
import tempfile
import time
import zlib
from collections.abc import Callable
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import pytest

from pipeline import extent, intake, tools
from pipeline.records import Code, Reading, Status
from pipeline.unpack import limits
from tests.packing import Raw, by_bsdtar, cab, deflated, lha, locked, rar, raw_zip, tarred, zipped
from tests.support import SHARED, need_tool, needs_shared

REPORT = "渝北区科协活动总结\n5月28日，渝北区科协在龙山社区举办科普集市，服务居民300余人次。".encode()
CORPUS = SHARED / "corpus"


def mail(text: str, *files: tuple[str, bytes], subject: str = "材料", html: bool = False) -> bytes:
    message = EmailMessage()
    message["From"] = "渝北区科协 <kx@kx.yubei.example>"
    message["Subject"] = subject
    message.set_content(text, subtype="html" if html else "plain")
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def read(octets: bytes, *passwords: str) -> Reading:
    return intake.read(octets, abilities=tools.abilities(), passwords_given=passwords)


def statuses(reading: Reading) -> dict[str, Status]:
    return {part.path: part.status for part in reading.parts}


def reason(reading: Reading, path: str = "2") -> str:
    return next(part.reason for part in reading.parts if part.path == path)


# ---------------------------------------------------------------- passwords


@pytest.mark.parametrize("encryption", ["zipcrypt", "aes128", "aes256"])
def test_a_zip_with_a_password_is_opened_by_the_body(tmp_path: Path, encryption: str) -> None:
    data = locked(tmp_path, "kx2024", ("总结.txt", REPORT), ("二.txt", b"second"), encryption=encryption)

    reading = read(mail("材料见附件，解压密码：kx2024。", ("材料.zip", data)))

    assert statuses(reading) == dict.fromkeys(("1", "2", "2/总结.txt", "2/二.txt"), Status.OK)
    assert reading.parts[2].sha256 == hashlib.sha256(REPORT).hexdigest()


@pytest.mark.parametrize("encryption", ["zipcrypt", "aes256"])
def test_without_the_password_a_zip_waits_for_it(tmp_path: Path, encryption: str) -> None:
    data = locked(tmp_path, "kx2024", ("总结.txt", REPORT), encryption=encryption)

    none = read(mail("材料见附件。", ("材料.zip", data), ("说明.txt", REPORT)))
    wrong = read(mail("材料见附件，密码：kx2023", ("材料.zip", data)))

    assert statuses(none)["2"] is statuses(wrong)["2"] is Status.NEEDS_PASSWORD
    assert reason(none).startswith("待补密码：有密码，来信没有写明：总结.txt")
    assert reason(wrong).startswith("待补密码：有密码，已知的密码都不对")
    assert statuses(none)["3"] is Status.OK
    assert [problem.code for problem in none.problems] == [Code.ENCRYPTED]


def test_an_altered_member_under_aes_is_told_from_a_wrong_password(tmp_path: Path) -> None:
    data = bytearray(locked(tmp_path, "kx2024", ("总结.txt", REPORT)))
    data[data.find("总结.txt".encode()) + 80] ^= 1

    reading = read(mail("密码：kx2024", ("材料.zip", bytes(data))))

    assert statuses(reading)["2"] is Status.DAMAGED
    assert "校验不符" in reason(reading)


WHERE: dict[str, Callable[[bytes], bytes]] = {
    "the subject": lambda data: mail("见附件", ("材料.zip", data), subject="材料（解压密码kx2024）"),
    "an HTML body": lambda data: mail(
        "<p>见附件</p><table><tr><td>解压密码</td><td>kx2024</td></tr></table>", ("材料.zip", data), html=True
    ),
    "full-width letters": lambda data: mail("压缩包密码是ｋｘ２０２４，请查收", ("材料.zip", data)),
    "a text beside it": lambda data: mail(
        "见附件", ("材料.zip", data), ("密码.txt", "密码：kx2024".encode())
    ),
    "its own name": lambda data: mail("见附件", ("材料（密码kx2024）.zip", data)),
    "a name beside it": lambda data: mail(
        "见附件", ("材料.zip", data), ("解压密码kx2024.txt", b"see the name")
    ),
    "the outer mail": lambda data: mail("密码：kx2024", ("转发.eml", mail("见附件", ("材料.zip", data)))),
    "a mail beside it": lambda data: mail(
        "见附件", ("材料.zip", data), ("原信.eml", mail("另：压缩包密码为kx2024"))
    ),
    "an archive beside it": lambda data: mail(
        "见附件", ("材料.zip", data), ("说明.zip", zipped(("读我.txt", "解压口令：kx2024".encode())))
    ),
}


@pytest.mark.parametrize("where", sorted(WHERE))
def test_the_password_is_found_wherever_the_mail_states_it(tmp_path: Path, where: str) -> None:
    reading = read(WHERE[where](locked(tmp_path, "kx2024", ("总结.txt", REPORT))))

    assert hashlib.sha256(REPORT).hexdigest() in {part.sha256 for part in reading.parts}
    assert set(statuses(reading).values()) == {Status.OK}
    assert "300余人次" in "".join(block.text for document in reading.documents for block in document.blocks)


def test_a_password_inside_what_another_password_opened_opens_the_next(tmp_path: Path) -> None:
    second = locked(tmp_path, "two-22", ("总结.txt", REPORT))
    first = locked(tmp_path, "one-11", ("密码.txt", "第二个压缩包的密码：two-22".encode()))

    reading = read(mail("第一个的密码：one-11", ("乙.zip", second), ("甲.zip", first)))

    assert set(statuses(reading).values()) == {Status.OK}
    assert {"2/总结.txt", "3/密码.txt"} <= set(statuses(reading))


def test_passwords_of_the_settings_are_tried_too(tmp_path: Path) -> None:
    data = locked(tmp_path, "一二三abc", ("总结.txt", REPORT))

    assert statuses(read(mail("见附件", ("材料.zip", data)), "xyz", "一二三abc"))["2"] is Status.OK


def test_a_password_in_gbk_octets_opens_what_chinese_windows_locked() -> None:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    salt = bytes(range(16))
    keys = hashlib.pbkdf2_hmac("sha1", "科协".encode("gb18030"), salt, 1000, 66)
    stream = Cipher(algorithms.AES(keys[:32]), modes.ECB()).encryptor()
    counters = b"".join(number.to_bytes(16, "little") for number in range(1, 20))
    body = bytes(a ^ b for a, b in zip(REPORT, stream.update(counters), strict=False))
    import hmac

    packed = salt + keys[64:] + body + hmac.digest(keys[32:64], body, "sha1")[:10]
    field = b"\x01\x99\x07\x00\x01\x00AE\x03\x00\x00"  # AE-1: the checksum counts as well
    entry = Raw(b"r.txt", packed, method=99, flags=1, size=len(REPORT), crc=zlib.crc32(REPORT), extra=field)

    reading = read(mail("密码：科协", ("材料.zip", raw_zip(entry))))

    assert statuses(reading) == dict.fromkeys(("1", "2", "2/r.txt"), Status.OK)


def test_many_locked_members_and_passwords_cost_seconds_not_minutes() -> None:
    field = b"\x01\x99\x07\x00\x02\x00AE\x03\x00\x00"
    entries = [Raw(f"{n}.txt".encode(), bytes(60), method=99, flags=1, extra=field) for n in range(2000)]
    text = "\n".join(f"密码：pass{n}" for n in range(50))
    begun = time.process_time()

    reading = read(mail(text, ("材料.zip", raw_zip(*entries))))

    assert statuses(reading)["2"] is Status.NEEDS_PASSWORD
    assert time.process_time() - begun < 8


@needs_shared
@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("archives/made-here/zip_encrypted_aes.zip", "secret"),
        ("archives/made-here/zip_encrypted_zipcrypto.zip", "secret"),
        ("archives/made-here/7z_encrypted_header.7z", "secret"),
        ("archives/markokr+rarfile/rar5-psw.rar", "password"),
        ("archives/markokr+rarfile/rar5-hpsw.rar", "password"),
        ("archives/nih-at+libzip/encrypt-aes256.zip", "foofoofoo"),
        ("archives/libarchive+libarchive/test_read_format_7zip_encryption.7z", "12345678"),
        ("documents/made-here/docx_encrypted.docx", "secret"),
        ("documents/made-here/xlsx_encrypted.xlsx", "secret"),
        ("documents/apache+tika/testWORD_protected_passtika.docx", "tika"),
        ("documents/nolze+msoffcrypto-tool/ecma376standard_password.docx", "Password1234_"),
        ("documents/nolze+msoffcrypto-tool/rc4cryptoapi_password.doc", "Password1234_"),
    ],
)
def test_what_other_programs_locked_opens_by_the_text_and_waits_without_it(name: str, password: str) -> None:
    need_tool("unar")
    need_tool("antiword", "soffice")
    file = (Path(name).name.replace("pass", "").replace("psw", ""), (CORPUS / name).read_bytes())

    opened = read(mail(f"附件打开密码为 {password} ，请查收", file))
    waiting = read(mail("请查收", file))

    assert set(statuses(opened).values()) == {Status.OK}
    assert sum(part.characters for part in opened.parts) > sum(part.characters for part in waiting.parts)
    assert statuses(waiting)["2"] is Status.NEEDS_PASSWORD
    assert reason(waiting).startswith("待补密码：")


# ---------------------------------------------------------------- hostile archives


def sparse() -> bytes:
    """A tar that says that it holds a file of a terabyte in one block (GNU.sparse, pax 1.0)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo("sparse.bin")
        member.pax_headers = {
            "GNU.sparse.major": "1",
            "GNU.sparse.minor": "0",
            "GNU.sparse.realsize": str(2**40),
            "GNU.sparse.name": "sparse.bin",
        }
        body = b"1\n1099511627775\n1\n".ljust(512, b"\x00") + b"x".ljust(512, b"\x00")
        member.size = len(body)
        archive.addfile(member, io.BytesIO(body))
    return out.getvalue()


def overlapping(count: int = 200) -> bytes:
    """Every entry of the directory names the same octets (after Fifield)."""
    first = Raw(
        b"0.bin", deflated(bytes(limits.FREE)), method=8, size=limits.FREE, crc=zlib.crc32(bytes(limits.FREE))
    )
    return raw_zip(first, *(first._replace(name=f"{n}.bin".encode(), offset=0) for n in range(1, count)))


@cache
def quine() -> bytes:
    """Zips of sixteen zips, six deep, as 42.zip is: sixteen million files of some megabytes at the bottom."""
    data = zipped(("0.bin", bytes(1024**2)))
    for _ in range(6):
        data = zipped(*((f"{n:x}.zip", data) for n in range(16)))
    return data


def many_zeros(opener: Callable[[bytes], bytes]) -> bytes:
    return opener(bytes(limits.FREE * 4))


HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "overlapping members": ("f.zip", overlapping, "成员数据互相重叠"),
    "nested like 42.zip": ("42.zip", quine, ""),
    "gzip of zeros": ("z.gz", lambda: many_zeros(gzip.compress), "解开后超过上限"),
    "bzip2 of zeros": ("z.bz2", lambda: many_zeros(bz2.compress), "解开后超过上限"),
    "xz of zeros": ("z.xz", lambda: many_zeros(lzma.compress), "解开后超过上限"),
    "gzip in gzip of zeros": ("z.gz", lambda: gzip.compress(many_zeros(gzip.compress)), ""),
    "xz that wants gigabytes of memory": (
        "m.xz",
        lambda: lzma.compress(b"x", filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1024**3}]),
        "压缩流中断或损坏",
    ),
    "zip that says less than it holds": (
        "l.zip",
        lambda: raw_zip(Raw(b"z.txt", deflated(bytes(limits.FREE * 8)), method=8, size=10)),
        "解开后超过上限",
    ),
    "zip that says more than it holds": (
        "l.zip",
        lambda: raw_zip(Raw(b"z.txt", deflated(b"abc"), method=8, size=4_000_000_000)),
        "部分成员损坏",
    ),
    "tar with a sparse terabyte": ("s.tar", sparse, "符号链接或特殊文件，未跟随：sparse.bin"),
    "tar with links and devices": (
        "l.tar",
        lambda: tarred(
            ("a.txt", b"a"),
            ("dir/b.txt", b"b"),
            links=[
                ("l", b"2", "/etc/passwd"),
                ("h", b"1", "../../x"),
                ("dir", b"2", "/tmp"),
                ("dev", b"3", ""),
                ("p", b"6", ""),
            ],
        ),
        "符号链接或特殊文件，未跟随：l、h、dir、dev、p",
    ),
    "zip with a link and a file through it": (
        "l.zip",
        lambda: raw_zip(Raw(b"dir", b"/tmp", system=3, mode=0o120777), Raw(b"dir/a.txt", b"a", system=3)),
        "符号链接或特殊文件，未跟随：dir",
    ),
    "zip with NUL and control characters in names": (
        "n.zip",
        lambda: raw_zip(
            Raw(b"a\x00.exe.txt", b"a"), Raw(b"line\nbreak\x1b[31m.txt", b"b"), Raw(b"\x7f\x01", b"c")
        ),
        "",
    ),
    "zip without members": ("e.zip", raw_zip, "压缩包里没有文件"),
    "zip of a million octets that are no zip": (
        "g.zip",
        lambda: b"PK\x03\x04" + bytes(10**6),
        "压缩包不完整",
    ),
}


@pytest.fixture
def fenced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Private folders of programs are made two folders below; what else appears there has escaped."""
    private = tmp_path / "a" / "b"
    private.mkdir(parents=True)
    (tmp_path / "canary.txt").write_text("alive")
    monkeypatch.setattr(tempfile, "tempdir", str(private))
    return tmp_path


def left(folder: Path) -> list[str]:
    """What stands in *folder*, but for the folder of the reader's child, which lives on."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    return sorted(path for path in found if not path.startswith("a/b/shouwen-") or path.count("/") > 4)


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_a_hostile_archive_costs_itself_alone(fenced: Path, kind: str) -> None:
    name, build, words = HOSTILE[kind]
    begun = time.process_time()

    reading = read(
        mail("见附件", (name, build()), ("总结.txt", REPORT), ("好.zip", zipped(("二.txt", REPORT))))
    )

    assert time.process_time() - begun < 8
    assert words in reason(reading)
    assert not words or statuses(reading)["2"] is not Status.OK
    assert statuses(reading) | {"3": Status.OK, "4": Status.OK, "4/二.txt": Status.OK} == statuses(reading)
    assert len(reading.parts) <= extent.MAX_PARTS + 50
    assert all(part.reason for part in reading.parts if part.status is not Status.OK)
    assert left(fenced) == ["a", "a/b", "canary.txt"]
    assert (fenced / "canary.txt").read_text() == "alive"


def test_a_nest_of_archives_ends_at_a_limit_and_says_so(fenced: Path) -> None:
    reading = read(mail("见附件", ("42.zip", quine())))

    told = {part.reason for part in reading.parts if part.status is Status.TOO_BIG}
    assert f"压缩包超过 {extent.MAX_ARCHIVES // extent.SHARE} 个，未再打开" in told
    assert sum(part.status is Status.OK for part in reading.parts) <= extent.MAX_ARCHIVES + 100
    assert len({part.path for part in reading.parts}) == len(reading.parts)


ESCAPES = ("../../../escaped.txt", "/tmp/shouwen-test-escaped.txt", "ok/../../../../escaped.txt")
KINDS: dict[str, Callable[[Path, list[tuple[str, bytes]]], bytes]] = {
    "zip": lambda folder, files: raw_zip(*(Raw(name.encode(), data) for name, data in files)),
    "tar": lambda folder, files: tarred(*files),
    "tar.gz": lambda folder, files: gzip.compress(tarred(*files)),
    "7z": lambda folder, files: by_bsdtar(folder, tarred(*files), "--format", "7zip"),
    "rar": lambda folder, files: rar(*files, links=[("ok", "/tmp"), ("link", "../../..")]),
    "cab": lambda folder, files: cab(*((name.replace("/", "\\").encode(), data) for name, data in files)),
    "lzh": lambda folder, files: lha(*((name.encode(), data) for name, data in files)),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_name_leads_out_of_any_kind_of_archive(fenced: Path, tmp_path: Path, kind: str) -> None:
    if kind in ("7z", "rar", "cab", "lzh"):
        need_tool("unar")
        need_tool("bsdtar")
    files = [
        *((name, name.encode()) for name in ESCAPES),
        ("link/through.txt", b"through"),
        ("总结.txt", REPORT),
    ]
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        data = KINDS[kind](Path(folder), files)

    reading = read(mail("见附件", (f"x.{kind}", data), ("二.txt", REPORT)))

    digests = {part.sha256 for part in reading.parts}
    assert {hashlib.sha256(octets).hexdigest() for _, octets in files} <= digests
    assert "成员名企图跳出目录，只当作文字：../../../escaped.txt" in reason(reading)
    assert not any(step in ("..", "") for path in statuses(reading) for step in path.split("/"))
    assert statuses(reading)["3"] is Status.OK
    assert left(fenced) == ["a", "a/b", "canary.txt"]
    assert not Path(ESCAPES[1]).exists()


@pytest.mark.parametrize("kind", ["rar", "7z"])
def test_a_bomb_in_a_foreign_format_is_refused_before_it_is_written(fenced: Path, kind: str) -> None:
    need_tool("unar")
    need_tool("bsdtar")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        files = [("好.txt", REPORT), ("z.bin", bytes(limits.FREE + 1))]
        data = by_bsdtar(Path(folder), tarred(*files), "--format", "7zip")
    if kind == "rar":
        data = rar(("好.txt", REPORT), ("z.bin", b"x"), sizes={"z.bin": 10**9})

    reading = read(mail("见附件", (f"b.{kind}", data), ("总结.txt", REPORT)))

    assert statuses(reading) == {
        "1": Status.OK,
        "2": Status.TOO_BIG,
        "2/好.txt": Status.OK,
        "3": Status.OK,
    }
    assert "解开后超过上限" in reason(reading)
    assert "z.bin" in reason(reading)
    assert left(fenced) == ["a", "a/b", "canary.txt"]


def test_two_members_of_one_name_in_a_foreign_archive_are_two_parts() -> None:
    need_tool("unar")
    data = rar(("总结.txt", REPORT), ("总结.txt", REPORT + b"2"), ("总结.TXT", REPORT + b"3"))

    reading = read(mail("见附件", ("x.rar", data)))

    assert [part.path for part in reading.parts[2:]] == ["2/总结.txt", "2/总结.txt#2", "2/总结.TXT"]
    assert [part.size - len(REPORT) for part in reading.parts[2:]] == [0, 1, 1]


def test_a_damaged_member_of_a_foreign_archive_is_told_and_the_others_are_read() -> None:
    need_tool("unar")
    data = rar(("一.txt", REPORT), ("二.txt", b"0123456789" * 50), ("三.txt", REPORT))
    data = data.replace(b"0123456789", b"0123456780", 1)

    reading = read(mail("见附件", ("x.rar", data)))

    assert statuses(reading)["2"] is Status.PARTLY
    assert "压缩包损坏或不完整：二.txt" in reason(reading)
    assert hashlib.sha256(REPORT).hexdigest() in {part.sha256 for part in reading.parts}


def test_without_any_program_a_rar_says_what_is_missing() -> None:
    reading = intake.read(mail("见附件", ("x.rar", rar(("a.txt", b"a")))), abilities=())

    assert statuses(reading)["2"] is Status.UNSUPPORTED
    assert "unar" in reason(reading)


def test_with_bsdtar_alone_a_rar_is_read_and_says_that_no_checksum_was_compared() -> None:
    need_tool("bsdtar")
    reading = intake.read(mail("见附件", ("x.rar", rar(("总结.txt", REPORT)))), abilities=("bsdtar",))

    assert statuses(reading) == {"1": Status.OK, "2": Status.PARTLY, "2/总结.txt": Status.OK}
    assert "校验和没有核对" in reason(reading)


# ---------------------------------------------------------------- compressed files


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("总结.txt.gz", gzip.compress),
        ("总结.txt.bz2", bz2.compress),
        ("总结.txt.xz", lzma.compress),
        ("总结.txt.gz", lambda data: gzip.compress(data[:40]) + gzip.compress(data[40:])),
        ("总结.txt.gz", lambda data: gzip.compress(data) + bytes(600)),
        ("总结.txt.gz", lambda data: gzip.compress(data) + b"trailing garbage"),
    ],
)
def test_a_compressed_file_is_the_file_in_it(name: str, pack: Callable[[bytes], bytes]) -> None:
    reading = read(mail("见附件", (name, pack(REPORT))))

    assert statuses(reading) == dict.fromkeys(("1", "2", "2/总结.txt"), Status.OK)
    assert reading.parts[2].sha256 == hashlib.sha256(REPORT).hexdigest()


@pytest.mark.parametrize(
    ("name", "pack"), [("x.tgz", gzip.compress), ("x.tar.bz2", bz2.compress), ("x.tar.xz", lzma.compress)]
)
def test_a_compressed_tar_gives_its_members(name: str, pack: Callable[[bytes], bytes]) -> None:
    reading = read(mail("见附件", (name, pack(tarred(("报告/总结.txt", REPORT))))))

    assert statuses(reading) == dict.fromkeys(("1", "2", "2/报告/总结.txt"), Status.OK)


@pytest.mark.parametrize(("suffix", "option"), [(".Z", "--compress"), (".zst", "--zstd")])
def test_rarer_compressed_files_are_read_by_bsdcat(tmp_path: Path, suffix: str, option: str) -> None:
    need_tool("bsdcat")
    data = by_bsdtar(tmp_path, tarred(("总结.txt", REPORT)), "--format", "ustar", option)

    reading = read(mail("见附件", (f"x.tar{suffix}", data)))

    assert statuses(reading) == dict.fromkeys(("1", "2", "2/总结.txt"), Status.OK)
    assert "bsdcat" in reason(intake.read(mail("见附件", (f"x.tar{suffix}", data)), abilities=()))


@pytest.mark.parametrize(("method", "packed"), [(95, lzma.compress(REPORT))])
def test_members_packed_by_xz_are_read(method: int, packed: bytes) -> None:
    entry = Raw("总结.txt".encode("gbk"), packed, method=method, size=len(REPORT), crc=zlib.crc32(REPORT))

    assert statuses(read(mail("见附件", ("x.zip", raw_zip(entry)))))["2/总结.txt"] is Status.OK


def test_members_packed_by_a_rarer_method_are_read_by_a_foreign_program(tmp_path: Path) -> None:
    need_tool("bsdtar")
    (tmp_path / "r").write_bytes(REPORT)
    subprocess.run(["bsdtar", "-cf", "r.zst", "--zstd", "--format", "raw", "r"], cwd=tmp_path, check=True)
    packed = (tmp_path / "r.zst").read_bytes()
    zstd = Raw("总结.txt".encode("gbk"), packed, method=93, size=len(REPORT), crc=zlib.crc32(REPORT))
    data = raw_zip(zstd, Raw(b"b.txt", b"plain"), zstd._replace(name=b"../c.txt", crc=1))

    reading = read(mail("见附件", ("x.zip", data)))

    assert statuses(reading)["2/总结.txt"] is statuses(reading)["2/b.txt"] is Status.OK
    assert statuses(reading)["2"] is Status.PARTLY
    assert "压缩方法 93 解不开" in reason(reading)


def test_a_word_file_in_a_gz_is_read_as_one() -> None:
    from docx import Document

    document, out = Document(), io.BytesIO()
    document.add_paragraph("5月28日，渝北区科协举办科普集市。")
    document.save(out)

    reading = read(mail("见附件", ("总结.docx.gz", gzip.compress(out.getvalue()))))

    assert [part.path for part in reading.parts] == ["1", "2", "2/总结.docx"]
    assert reading.parts[2].characters > 10
