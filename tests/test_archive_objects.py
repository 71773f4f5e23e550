"""The archive in an object store where the store, the line or another writer misbehaves; addresses and keys."""

from __future__ import annotations

import hashlib
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from pipeline.archive import Access, Fixity, FolderArchive, Place, access, open_archive
from pipeline.archive.objects import ObjectArchive
from pipeline.archive.outgoing import IN_MEMORY
from pipeline.errors import IntegrityError, SettingsError, TransientError, UnavailableError
from tests.objectstore.faulty import Fault, Line, faulty
from tests.objectstore.kept import BRISK, Kept, in_store, name
from tests.objectstore.server import KEY, Server, running
from tests.support import ROOT

OCTETS = os.urandom(300_000)
DIGEST = hashlib.sha256(OCTETS).hexdigest()
BIG = os.urandom(IN_MEMORY + 1)
SLOW = 1.5
"""Seconds, longer than BRISK waits for an octet."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def line(server: Server) -> Iterator[Line]:
    with faulty(server.port) as line:
        yield line


@pytest.fixture
def kept(server: Server, line: Line, tmp_path: Path) -> Kept:
    """An archive that is reached through *line*."""
    return in_store(server, tmp_path, port=line.port)


def puts(line: Line) -> int:
    return sum(method == "PUT" for method, _ in line.asked)


def error(code: str) -> bytes:
    return f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>m</Message></Error>".encode()


# ------------------------------------------------------------ create only, read back


def test_an_object_is_made_on_condition_that_there_is_none(kept: Kept, line: Line) -> None:
    conditions = list[str | None]()
    line.before = lambda method, headers: (
        conditions.append(headers.get("If-None-Match")) if method == "PUT" else None
    )

    kept.archive.put(OCTETS)
    kept.archive.put(OCTETS)

    assert conditions == ["*"]


def test_a_wrong_object_is_replaced_on_condition_that_it_is_still_the_one_that_was_read(
    kept: Kept, line: Line
) -> None:
    conditions = list[str | None]()
    kept.write(name(DIGEST), b"another writer's")
    line.before = lambda method, headers: (
        conditions.append(headers.get("If-Match")) if method == "PUT" else None
    )

    assert kept.archive.put(OCTETS).mended
    assert conditions == ['"' + hashlib.md5(b"another writer's").hexdigest() + '"']
    assert kept.archive.get(DIGEST) == OCTETS


@pytest.mark.parametrize("octets", [OCTETS, BIG], ids=["small", "big"])
def test_another_writers_object_that_comes_between_is_not_written_over_unseen(
    kept: Kept, line: Line, octets: bytes
) -> None:
    """Between the look and the put another writes other octets: the put is refused, then they are found altered."""
    digest = hashlib.sha256(octets).hexdigest()
    line.between("PUT", lambda: kept.write(name(digest), b"another writer's"))

    assert kept.archive.put(octets).sha256 == digest
    assert kept.archive.get(digest) == octets
    assert len([one for one in line.asked if one[0] == "GET"]) >= 3


@pytest.mark.parametrize("octets", [OCTETS, BIG], ids=["small", "big"])
def test_a_store_that_says_yes_and_keeps_other_octets_is_found_out(
    kept: Kept, line: Line, octets: bytes
) -> None:
    digest = hashlib.sha256(octets).hexdigest()
    line.does(Fault(method="PUT", lies=True))

    with pytest.raises(TransientError, match="读回来却不是存进去的"):
        kept.archive.put(octets)

    with pytest.raises(IntegrityError, match="摘要不同"):
        kept.archive.get(digest)
    line.does()
    assert kept.archive.put(octets).mended
    assert kept.archive.get(digest) == octets


def test_a_store_that_lies_once_is_given_the_octets_again(kept: Kept, line: Line) -> None:
    line.does(Fault(method="PUT", lies=True, times=1))

    assert kept.archive.put(OCTETS).fresh
    assert kept.archive.get(DIGEST) == OCTETS


# ------------------------------------------------------------ the line


@pytest.mark.parametrize("octets", [OCTETS, BIG], ids=["small", "big"])
@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500, times=2),
        Fault(status=503, body=error("SlowDown"), times=2),
        Fault(method="PUT", after=True, times=1),
        Fault(method="PUT", status=500, times=1),
        Fault(method="POST", status=500, times=1),
        Fault(seconds=SLOW, times=1),
    ],
    ids=["500s", "slow down", "answer lost", "500 to a put", "500 to a post", "silent"],
)
def test_what_passes_is_tried_again_until_it_passes(
    kept: Kept, line: Line, fault: Fault, octets: bytes
) -> None:
    line.does(fault)

    blob = kept.archive.put(octets)

    assert kept.archive.get(blob.sha256) == octets
    assert list(kept.archive.digests()) == [blob.sha256]


@pytest.mark.parametrize("cut", [0, 100, 200_000])
def test_a_line_that_breaks_in_the_middle_of_a_get_costs_nothing(kept: Kept, line: Line, cut: int) -> None:
    kept.archive.put(OCTETS)
    line.does(Fault(method="GET", cut=cut, times=1))

    assert kept.archive.get(DIGEST) == OCTETS


def test_a_line_that_always_breaks_in_the_middle_is_told_as_what_passes(kept: Kept, line: Line) -> None:
    kept.archive.put(OCTETS)
    line.does(Fault(method="GET", cut=1000))

    with pytest.raises(UnavailableError, match="断开"):
        kept.archive.get(DIGEST)


def test_octets_that_are_told_to_be_all_and_are_not_are_never_handed_out(kept: Kept, line: Line) -> None:
    kept.archive.put(OCTETS)
    line.does(Fault(method="GET", short=1000))

    assert kept.archive.check(DIGEST) is Fixity.ALTERED
    with pytest.raises(IntegrityError, match="摘要不同"):
        kept.archive.get(DIGEST)


WORK: dict[str, Callable[[Kept], object]] = {
    "put": lambda kept: kept.archive.put(b"new"),
    "put big": lambda kept: kept.archive.put(BIG),
    "get": lambda kept: kept.archive.get(DIGEST),
    "check": lambda kept: kept.archive.check(DIGEST),
    "contains": lambda kept: kept.archive.contains(DIGEST),
    "digests": lambda kept: list(kept.archive.digests()),
    "is_empty": lambda kept: kept.archive.is_empty,
}


@pytest.mark.parametrize("work", WORK)
def test_a_server_that_is_gone_is_what_passes_and_nothing_is_told_missing(
    server: Server, tmp_path: Path, work: str
) -> None:
    with faulty(server.port) as line:
        gone = in_store(server, tmp_path, port=line.port)

    with pytest.raises(UnavailableError, match="检查网络"):
        WORK[work](gone)


@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(status=403, body=error("InvalidAccessKeyId")), "access_key_id"),
        (Fault(status=403, body=error("RequestTimeTooSkewed")), "access_key_id|时钟不准"),
        (Fault(status=401), "access_key_id"),
        (Fault(status=404, body=error("NoSuchBucket")), "没有桶"),
        (Fault(status=400, body=error("AuthorizationHeaderMalformed")), "endpoint 和 region"),
    ],
    ids=["403", "clock", "401", "no bucket", "400"],
)
def test_what_a_person_must_set_right_is_said_with_its_cure(
    kept: Kept, line: Line, fault: Fault, words: str, work: str
) -> None:
    line.does(fault)

    with pytest.raises(SettingsError, match=words):
        WORK[work](kept)


def test_a_bucket_that_is_not_there_is_no_missing_mail(server: Server, tmp_path: Path) -> None:
    place = server.place("x", bucket="nobody-made-it")
    archive = ObjectArchive(place, KEY, outgoing=tmp_path / "outgoing", patience=BRISK)

    for ask in (archive.check, archive.get, archive.contains):
        with pytest.raises(SettingsError, match="没有桶 nobody-made-it"):
            ask(DIGEST)


def test_a_store_without_conditional_puts_is_refused(kept: Kept, line: Line) -> None:
    line.does(Fault(method="PUT", status=501, body=error("NotImplemented")))

    with pytest.raises(SettingsError, match="If-None-Match"):
        kept.archive.put(OCTETS)


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirection_leads_to_another_host(
    server: Server, line: Line, kept: Kept, method: str, status: int
) -> None:
    """The other host is told by another name of the same loopback."""
    with faulty(server.port) as other:
        to = f"http://localhost:{other.port}/shouwen/elsewhere"
        line.does(Fault(method=method, status=status, headers=(("Location", to),)))

        with pytest.raises((UnavailableError, SettingsError)):
            kept.archive.put(OCTETS)

        assert other.asked == []


# ------------------------------------------------------------ big mails


def test_what_a_failed_put_left_beside_is_discarded_and_what_is_on_its_way_stays(
    kept: Kept, line: Line, server: Server
) -> None:
    line.does(Fault(method="DELETE", status=500))
    with pytest.raises(UnavailableError):
        kept.archive.put(BIG)
    assert len(kept.unfinished()) == 2
    line.does()
    discarded = list[int]()

    def pieces() -> Iterator[bytes]:
        yield BIG
        discarded.append(kept.archive.discard_unfinished())
        yield b"more"

    blob = kept.archive.put(pieces())

    assert discarded == [1]
    assert kept.unfinished() == []
    assert kept.archive.check(blob.sha256) is Fixity.INTACT


def test_without_leftovers_the_store_is_not_asked_for_any(kept: Kept, line: Line) -> None:
    kept.archive.put(BIG)
    line.asked.clear()

    assert kept.archive.discard_unfinished() == 0
    assert line.asked == []


@pytest.mark.parametrize(
    "fault", [Fault(method="PUT", where="partNumber=2", status=400), Fault(method="POST", status=400)]
)
def test_a_big_mail_that_does_not_get_through_leaves_no_name_and_no_upload(
    kept: Kept, line: Line, server: Server, fault: Fault
) -> None:
    line.does(fault)
    with pytest.raises(SettingsError):
        kept.archive.put(BIG)
    line.does()

    kept.archive.discard_unfinished()

    assert list(kept.archive.digests()) == []
    assert kept.unfinished() == []
    assert server.uploads() == 0


def test_a_process_that_is_killed_while_it_sends_leaves_no_name_and_what_it_left_is_discarded(
    kept: Kept, line: Line, server: Server, tmp_path: Path
) -> None:
    """The parts of its upload lie unseen until the bucket's lifecycle rule ends them: only this stays."""
    line.does(Fault(method="PUT", where="partNumber=2", seconds=60))
    code = SENDING.format(address=kept.archive.address, folder=str(tmp_path / "archive"), size=len(BIG))
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) as process:
        wait_for(lambda: any("partNumber=2" in path for _, path in line.asked))
        assert kept.archive.discard_unfinished() == 0, "it is still at it"
        process.kill()
    line.does()

    assert kept.archive.discard_unfinished() == 1
    assert kept.archive.is_empty
    assert kept.unfinished() == []
    assert server.uploads() == 1
    assert kept.archive.put(BIG).fresh


SENDING = """
from pathlib import Path
from pipeline.archive import Access, open_archive
archive = open_archive({address!r}, folder=Path({folder!r}), key=Access(access_key_id="x", secret="y"))
archive.put(bytes({size}))
"""


def wait_for(truth: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not truth():
        assert time.monotonic() < end
        time.sleep(0.02)


MEASURE = """
import resource, sys
from pathlib import Path
from pipeline.archive import Access, Fixity, open_archive
archive = open_archive(sys.argv[1], folder=Path(sys.argv[2]), key=Access(access_key_id="x", secret="y"))
archive.put(b"warm")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
blob = archive.put(bytes([n]) * 1024**2 for n in range(int(sys.argv[3])))
assert archive.check(blob.sha256) is Fixity.INTACT
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_big_mail_is_put_and_checked_in_little_memory(server: Server, tmp_path: Path) -> None:
    """Of 64 MB, the memory of a process of its own grows by less than half, what the client in Rust holds included."""
    grown = subprocess.run(
        [sys.executable, "-c", MEASURE, server.place("memory").address, str(tmp_path / "archive"), "64"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert int(grown.stdout) * 1024 < 32 * 1024**2


# ------------------------------------------------------------ TLS

TRUSTING = """
import sys
from pathlib import Path
from pipeline.archive import Place
from pipeline.archive.objects import ObjectArchive
from tests.objectstore.kept import BRISK
from tests.objectstore.server import KEY
archive = ObjectArchive(Place.of(sys.argv[1]), KEY, outgoing=Path("x"), patience=BRISK)
try:
    print(archive.put(b"over TLS").fresh)
except Exception as error:
    print(type(error).__name__, error)
"""


def test_a_store_whose_certificate_nobody_trusts_gets_no_mail(server: Server) -> None:
    """One that the operator's SSL_CERT_FILE vouches for does, as docs/archive-s3.md says."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with faulty(server.port, context) as line, authority.cert_pem.tempfile() as trusted:
        place = Place.set("s3://shouwen/tls", endpoint=f"https://localhost:{line.port}", region="us-east-1")
        told = [
            subprocess.run(
                [sys.executable, "-c", TRUSTING, place.address],
                cwd=ROOT,
                env={**os.environ, **environment},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for environment in ({}, {"SSL_CERT_FILE": trusted})
        ]
        asked = len(line.asked)

    assert told[0].startswith("SettingsError")
    assert "证书" in told[0]
    assert told[1] == "True\n"
    assert asked == 3


# ------------------------------------------------------------ addresses and keys


@pytest.mark.parametrize(
    "prefix",
    ["", "2024", "收文/2024 年", "a%20b", "x?y#z", "a+b&c=d", "~[x]*", "a..b", "q'\"\\", "é", "é"],
)
def test_a_prefix_of_odd_signs_is_the_prefix_of_the_keys_and_survives_the_address(
    server: Server, tmp_path: Path, prefix: str
) -> None:
    place = server.place(prefix)
    archive = open_archive(place.address, folder=tmp_path / "archive", key=KEY)

    digests = [archive.put(octets).sha256 for octets in (b"odd " + prefix.encode(), BIG)]

    assert Place.of(place.address) == place
    assert archive.address == place.address
    for digest in digests:
        assert f"{prefix}/{name(digest)}".lstrip("/") in server.keys(prefix)
        assert digest in archive.digests()


def test_an_archive_does_not_see_the_archive_whose_prefix_begins_alike(
    server: Server, tmp_path: Path
) -> None:
    one, other = (
        open_archive(server.place(prefix).address, folder=tmp_path / "archive", key=KEY)
        for prefix in ("season", "season2")
    )
    other.put(OCTETS)

    assert one.is_empty


def test_a_folder_copied_up_is_the_same_archive(server: Server, tmp_path: Path) -> None:
    """As `aws s3 sync` does: every file under its own path."""
    folder = FolderArchive(tmp_path / "archive")
    digests = [folder.put(bytes([number])).sha256 for number in range(3)]
    for path in (tmp_path / "archive").rglob("*"):
        if path.is_file():
            server.put(f"synced/{path.relative_to(tmp_path / 'archive')}", path.read_bytes())

    archive = open_archive(server.place("synced").address, folder=tmp_path / "archive", key=KEY)

    assert list(archive.digests()) == sorted(digests)
    assert {archive.check(digest) for digest in digests} == {Fixity.INTACT}
    assert not archive.put(bytes([0])).fresh


def test_an_address_holds_no_secret_and_opens_the_archive_with_the_key_of_the_environment(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = open_archive(server.place("shared").address, folder=tmp_path / "here", key=KEY)
    digest = here.put(OCTETS).sha256
    assert KEY.secret not in here.address
    assert KEY.access_key_id not in here.address
    assert KEY.secret not in repr(KEY)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret of another")

    there = open_archive(here.address, folder=tmp_path / "there")

    assert there.get(digest) == OCTETS
    assert not (tmp_path / "there").exists()


def test_nothing_else_of_the_environment_leads_the_octets_elsewhere(
    server: Server, line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in ("AWS_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(one, f"http://127.0.0.1:{line.port}")
    monkeypatch.setenv("AWS_BUCKET", "another")
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    monkeypatch.setenv("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "true")

    archive = open_archive(server.place("environment").address, folder=tmp_path / "archive", key=KEY)
    archive.put(OCTETS)

    assert f"environment/{name(DIGEST)}" in server.keys("environment")
    assert line.asked == []


def test_every_request_is_signed_by_the_key_that_was_given(
    kept: Kept, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of the environment")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token of the environment")
    signed = list[tuple[str, str | None]]()
    line.before = lambda _, headers: signed.append(
        (headers.get("Authorization", ""), headers.get("x-amz-security-token"))
    )

    kept.archive.put(BIG)
    list(kept.archive.digests())

    assert signed
    assert all(f"Credential={KEY.access_key_id}/" in words and token is None for words, token in signed)


@pytest.mark.parametrize(
    ("words", "endpoint"),
    [
        ("s3://", ""),
        ("s3:///x", ""),
        ("s3://b u/x", ""),
        ("s3://bucket/a//b", ""),
        ("s3://bucket/../x", ""),
        ("s3://bucket/a\nb", ""),
        ("s3://bucket/x", "http://example.org"),
        ("s3://bucket/x", "https://user:secret@example.org"),
        ("s3://bucket/x", "http://127.0.0.1.example.org"),
        ("s3://bucket/x", "ftp://example.org"),
    ],
)
def test_what_is_no_place_for_originals_is_refused_before_anything_is_sent(words: str, endpoint: str) -> None:
    with pytest.raises(SettingsError):
        Place.set(words, endpoint=endpoint, region="us-east-1")


def test_an_address_that_says_more_than_this_version_knows_is_refused() -> None:
    with pytest.raises(SettingsError, match="版本要相同"):
        Place.of("s3://bucket/x?endpoint=&region=r&style=odd")


def test_the_host_of_a_bucket_of_its_own_is_asked_without_the_bucket_in_the_path() -> None:
    place = Place.set("s3://shouwen/x", endpoint="https://shouwen.oss.example.org", region="cn")

    assert place.by_name_of_host
    assert not Place.set("s3://shouwen/x", endpoint="https://oss.example.org", region="cn").by_name_of_host


@pytest.mark.parametrize(
    ("region", "server"),
    [
        ("us-east-1", "https://s3.us-east-1.amazonaws.com"),
        ("cn-north-1", "https://s3.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_amazons_own_endpoint_is_spelt_out(region: str, server: str) -> None:
    assert Place.set("s3://bucket", endpoint="", region=region).server == server


def test_half_a_key_or_none_says_what_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    with pytest.raises(SettingsError, match="secret_key_file"):
        access("AKID", "")
    with pytest.raises(SettingsError, match="AWS_SECRET_ACCESS_KEY"):
        access()
    assert access("AKID", "s") == Access(access_key_id="AKID", secret="s")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    address = Place.set("s3://bucket/x", endpoint="", region="us-east-1").address

    with pytest.raises(SettingsError, match=r"shouwen\[s3\]"):
        open_archive(address, folder=tmp_path, key=KEY)


def test_the_core_opens_an_archive_without_importing_the_extra() -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.archive import *; "
        "open_archive('', folder=Path('x')); assert 'obstore' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
