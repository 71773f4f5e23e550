"""Reading on other machines: the same results, and whatever becomes of a machine, the scheduler or a cable, no mail's fault.

Real processes: a scheduler and three reading machines, each with its folder and certificate, in network namespaces where
that is allowed (root, ip-netns), else on loopback, where a pulled cable is a process that stands still.
"""

from __future__ import annotations

import gc
import os
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import trustme

from bench import cluster as bench
from pipeline import tools
from pipeline.archive import Archive, FolderArchive
from pipeline.beijing import BEIJING
from pipeline.commands import options
from pipeline.commands.clustering import line
from pipeline.errors import SettingsError, TransientError
from pipeline.executor import CutError, Serial, open_executor
from pipeline.executor.cluster import Cluster, open_cluster
from pipeline.executor.link import Link
from pipeline.mailbox import open_mailbox
from pipeline.records import State
from pipeline.register import Register
from pipeline.stop import Stop
from pipeline.worker import Duties, Task, Worker, one_mail
from rules import load
from tests.cluster import Site, opened_site, wait_for
from tests.cluster.machine import SharedFolder
from tests.mailbox import attempts
from tests.mailbox.mails import mail
from tests.mailbox.rounds import rules
from tests.support import SAMPLES

RECEIVED = datetime(2024, 6, 10, 12, tzinfo=UTC).astimezone(BEIJING)
DONE = ("capture", "begin", "fixity", "unpack", "identify", "classify", "file")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from opened_site(tmp_path_factory.mktemp("site"))


@pytest.fixture
def cluster(site: Site) -> Iterator[Cluster]:
    """All three machines asked and ready."""
    with connected(site) as cluster:
        yield cluster


def connected(site: Site, *, seconds: float = 900, megabytes: int = 2048) -> Cluster:
    for name in ("r1", "r2", "r3"):
        if name not in site.running:
            site.start_reader(name)
    cluster = site.cluster(seconds=seconds, megabytes=megabytes)
    assert wait_for(lambda: names(cluster) == {"r1", "r2", "r3"}, 240), (cluster.refused, site.said("r1"))
    return cluster


def names(cluster: Cluster) -> set[str]:
    """The machines that may read now."""
    try:
        cluster.ready(attempts.prepare)
    except TransientError:
        return set()
    return {machine.name for machine in cluster.machines}


class Office:
    """A worker on its own data folder, with a folder of mails before it."""

    def __init__(self, folder: Path, cluster: Cluster, archive: Archive | None = None) -> None:
        self.mails = folder / "mails"
        self.mails.mkdir(parents=True)
        self.register = Register(folder / "register.db", year=2024)
        self.worker = Worker(
            archive=archive or FolderArchive(folder / "archive"),
            register=self.register,
            rules=rules(),
            executor=cluster,
            clock=lambda: datetime(2024, 6, 10, tzinfo=UTC),
            attempt=attempts.slow,
            prepare=attempts.prepare,
        )

    def put(self, *octets: bytes) -> None:
        for one in octets:
            (self.mails / f"{len(list(self.mails.iterdir()))}.eml").write_bytes(one)

    def capture(self) -> None:
        self.worker.capture(open_mailbox(str(self.mails)))

    def ways(self) -> Counter[tuple[str, ...]]:
        """What was done with the mails, but for what was given back."""
        return Counter(
            tuple(event.action for event in self.register.events(accession=item.accession))
            for item in self.register.items()
        )


@pytest.fixture
def office(tmp_path: Path, cluster: Cluster) -> Iterator[Office]:
    office = Office(tmp_path, cluster)
    yield office
    office.register.close()


# ------------------------------------------------------------ the same results


def test_a_cluster_reads_and_judges_the_samples_as_this_process_does_to_the_octet(cluster: Cluster) -> None:
    of_2024 = load()
    tasks = [
        Task(
            octets=path.read_bytes(),
            reading=None,
            rules=of_2024,
            received=RECEIVED,
            abilities=tools.abilities(),
        )
        for path in sorted(SAMPLES.glob("*.eml"))[::6]
    ]
    cluster.ready(one_mail.prepare)
    there = [cluster.submit(one_mail.attempt, task) for task in tasks]
    here = Serial()

    for task, future in zip(tasks, there, strict=True):
        expected = here.submit(one_mail.attempt, task).result()
        assert future.result() == expected
        assert msgspec.json.encode(future.result().filing) == msgspec.json.encode(expected.filing)


def test_a_mail_that_kills_its_reader_is_held_and_the_others_are_filed(tmp_path: Path, site: Site) -> None:
    with connected(site, seconds=5, megabytes=300) as cluster:
        office = Office(tmp_path, cluster)
        poison = {4: attempts.KILLS, 9: attempts.HANGS}
        office.put(*(mail(number, poison.get(number, b"").decode()) for number in range(14)))
        office.capture()
        office.worker.process()

        assert office.register.count() == {State.FILED: 12, State.HELD: 2}
        assert office.ways()[DONE] == 12
        assert {item.reason for item in office.register.items(State.HELD)} == {
            "办理 3 次未成：办理超过 5 秒，已中止",
            "办理 3 次未成：内存超过 300 MB 或读件程序崩溃",
        }
        assert names(cluster) == {"r1", "r2", "r3"}, "the machines themselves came to no harm"
        office.register.close()


def test_what_is_cut_ends_here_at_once_and_there_soon_and_is_not_charged(cluster: Cluster) -> None:
    tasks = [cluster.submit(time.sleep, 600) for _ in range(3)]
    cluster.cut()

    for task in tasks:
        with pytest.raises(CutError) as raised:
            task.result(timeout=0)
        assert not raised.value.charged
    assert [cluster.submit(pow, 2, number).result(timeout=100) for number in range(3)] == [1, 2, 4]


def test_an_exception_that_cannot_travel_fails_its_task_and_nothing_else(cluster: Cluster) -> None:
    assert "StubbornError" in str(cluster.submit(attempts.stubborn).exception())
    assert isinstance(cluster.submit(attempts.unsendable).exception(), TypeError)
    assert cluster.submit(pow, 2, 3).result() == 8


@pytest.mark.parametrize("status", [0, 3])
def test_a_process_that_ends_fails_its_own_future_and_no_other(cluster: Cluster, status: int) -> None:
    dies = cluster.submit(os._exit, status)
    others = [cluster.submit(pow, 2, number) for number in range(9)]

    assert [other.result() for other in others] == [2**number for number in range(9)]
    with pytest.raises(CutError) as raised:
        dies.result()
    assert raised.value.charged


def test_a_large_task_and_a_large_answer_travel(cluster: Cluster) -> None:
    octets = os.urandom(30 * 1024**2)

    assert cluster.submit(bytes.swapcase, octets).result() == octets.swapcase()


def test_every_machine_is_kept_at_work_and_a_mail_costs_little_besides_reading_it(
    cluster: Cluster, site: Site
) -> None:
    """Throughput as processor time: with every machine at work, 0.85 of it is what 15 % of a mail's time leaves."""
    everybody = [os.getpid(), *(process.pid for process in site.running.values())]
    octets = os.urandom(bench.OCTETS)
    for warm in [cluster.submit(bench.work, 0, b"") for _ in range(6)]:
        warm.result()
    idle, begun = bench.processor(everybody), time.monotonic()
    time.sleep(3)
    idle_rate = (bench.processor(everybody) - idle) / (time.monotonic() - begun)

    before, begun = bench.processor(everybody), time.monotonic()
    three = [cluster.submit(bench.work, bench.WORK_SECONDS, octets) for _ in range(3)]
    assert {flight.machine.name for flight in cluster._flying.values()} == {"r1", "r2", "r3"}
    for task in [*three, *(cluster.submit(bench.work, bench.WORK_SECONDS, octets) for _ in range(9))]:
        assert len(task.result()) == bench.OCTETS
    spent = bench.processor(everybody) - before - idle_rate * (time.monotonic() - begun)

    assert spent / 12 <= (1 - bench.FACTOR) * bench.WORK_SECONDS


# ------------------------------------------------------------ what goes wrong is no mail's fault


def killed(site: Site) -> None:
    site.kill("r1")


def cut_off(site: Site) -> None:
    site.cut_off("r1")


def stands_still(site: Site) -> None:
    site.stop("r1")


def slow(site: Site) -> None:
    for _ in range(8):
        site.stop("r1")
        time.sleep(0.4)
        site.go_on("r1")
        time.sleep(0.1)


@pytest.mark.parametrize("trouble", [killed, cut_off, stands_still, slow])
def test_whatever_becomes_of_a_machine_nothing_is_lost_and_no_mail_is_charged(
    office: Office, site: Site, trouble: Callable[[Site], None]
) -> None:
    office.put(*(mail(number, attempts.LINGERS.decode()) for number in range(9)))
    office.capture()
    at_work = threading.Timer(1.5, trouble, [site])
    at_work.start()
    try:
        office.worker.process()
    finally:
        at_work.join()
        if trouble in (cut_off, stands_still):
            site.joined("r1") if trouble is cut_off else site.go_on("r1")

    assert office.register.count() == {State.FILED: 9}
    assert {item.attempts for item in office.register.items()} <= {0, 1}
    assert not {"defer", "hold"} & {action for way in office.ways() for action in way}
    assert office.register.verify(office.worker.archive) == ()


def test_a_scheduler_that_dies_ends_the_round_and_the_next_finds_the_new_one(
    tmp_path: Path, site: Site
) -> None:
    with connected(site) as cluster:
        cluster._wait_seconds = cluster._patience = 1  # so that the round ends soon
        office = Office(tmp_path, cluster)
        office.put(*(mail(number, attempts.LINGERS.decode()) for number in range(9)))
        office.capture()
        at_work = threading.Timer(1.5, lambda: site.kill("s"))
        at_work.start()
        with pytest.raises(TransientError, match="读件集群"):
            office.worker.process()
        at_work.join()
        assert office.register.count()[State.CAPTURED] > 0

        site.start_scheduler()
        assert wait_for(lambda: names(cluster) == {"r1", "r2", "r3"}, 240)
        office.worker.process()

        assert office.register.count() == {State.FILED: 9}
        assert not {"defer", "hold"} & {action for way in office.ways() for action in way}
        office.register.close()


def test_a_machine_with_another_version_gets_no_task_and_is_told_of_with_the_cure(
    cluster: Cluster, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.start_reader("r4", TEST_VERSION="1")
    try:
        assert wait_for(lambda: bool(names(cluster) and cluster.refused), 240)

        (told,) = cluster.refused
        assert "读件机 r4：读件版本是" in told
        assert "请装同一版 shouwen" in told
        assert names(cluster) == {"r1", "r2", "r3"}
        assert "reader refused" in caplog.text
        assert {cluster.submit(os.getpid).result() for _ in range(6)}
    finally:
        site.kill("r4")


def test_a_daemon_goes_on_taking_in_while_there_is_no_cluster_and_says_so(tmp_path: Path, site: Site) -> None:
    nowhere = open_cluster(
        f"dask:tls://{site.cables.address('s')}:9", seconds=9, megabytes=999,
        certificates=site.certificates("daemon"), wait_seconds=1,
    )  # fmt: skip
    office = Office(tmp_path, nowhere)
    office.put(*(mail(number) for number in range(5)))
    stop = Stop()
    said: list[str] = []

    def beat(trouble: str) -> None:
        said.append(trouble)
        if trouble:
            stop.set()

    office.worker.run(open_mailbox(str(office.mails)), every_seconds=120, stop=stop, duties=Duties(beat=beat))

    assert office.register.count() == {State.CAPTURED: 5}
    assert {item.attempts for item in office.register.items()} == {0}
    (trouble,) = filter(None, said)
    assert "连不上" in trouble
    assert "shouwen cluster scheduler" in trouble
    office.register.close()


def test_looking_for_a_cluster_that_is_not_there_leaves_nothing_behind() -> None:
    nowhere = open_executor("dask:tcp://127.0.0.1:9", wait_seconds=0.2)
    threads, files = list[int](), list[int]()
    for _ in range(3):
        with pytest.raises(TransientError, match="连不上"):
            nowhere.ready(attempts.prepare)
        gc.collect()  # what other tests left is no matter of ours
        threads.append(threading.active_count())
        files.append(len(list(Path("/proc/self/fd").iterdir())))
        nowhere._patience = 0.2  # type: ignore[union-attr]  # it would wait five seconds

    assert threads[2] <= threads[1]
    assert files[2] <= files[1]


def test_check_says_who_reads_and_what_is_wrong(site: Site, cluster: Cluster, tmp_path: Path) -> None:
    certificates = site.certificates("daemon")
    settings = tmp_path / "shouwen.toml"
    text = f'executor = "{site.spec}"\n[cluster]\n' + "".join(
        f'{key} = "{path}"\n' for key, path in vars(certificates).items()
    )
    settings.write_text(text)
    well = line(options.Office(settings_file=settings, data_dir_option=tmp_path))
    settings.write_text(text.replace(site.spec, "dask:tcp://127.0.0.1:9"))
    ill = line(options.Office(settings_file=settings, data_dir_option=tmp_path))

    assert (well.state, well.fact) == ("ok", "3 台读件机，同时读 3 封")
    assert ill.state == "bad"
    assert "连不上" in ill.fact
    assert "processes:N" in ill.cure


# ------------------------------------------------------------ what crosses


@pytest.fixture
def crossing(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many octets each task sends."""
    sizes: list[int] = []
    send = Link.task

    def task(self: Link, fn: Callable[..., object], *args: object, **more: object) -> object:
        _, _, message, tables = args
        assert isinstance(message, bytes)
        assert isinstance(tables, dict)
        sizes.append(len(message) + sum(map(len, tables.values())))
        return send(self, fn, *args, **more)  # type: ignore[arg-type]  # what it was called with

    monkeypatch.setattr(Link, "task", task)
    return sizes


def test_where_the_archive_is_shared_its_keys_travel_and_where_it_is_not_the_octets_do(
    tmp_path: Path, cluster: Cluster, crossing: list[int]
) -> None:
    large = mail(1, "x" * 3_000_000)
    sent = {}
    for kind, archive in (
        ("shared", SharedFolder(tmp_path / "shared")),
        ("own", FolderArchive(tmp_path / "own")),
    ):
        crossing.clear()
        office = Office(tmp_path / kind, cluster, archive)
        office.put(large, mail(2))
        office.capture()
        office.worker.process()
        assert office.register.count() == {State.FILED: 2}
        assert office.ways()[DONE] == 2
        sent[kind] = sum(crossing)
        office.register.close()

    assert sent["shared"] < 10_000
    assert sent["own"] > 3_000_000


def test_the_rules_go_to_each_machine_once(cluster: Cluster, crossing: list[int]) -> None:
    of_2024 = load()
    task = Task(octets=mail(1), reading=None, rules=of_2024, received=RECEIVED)
    for number in range(9):
        assert cluster.submit(attempts.attempt, replace(task, octets=mail(number))).result()

    assert sum(size > 100_000 for size in crossing) <= 3
    assert sum(size < 2_000 for size in crossing) >= 6


def test_a_machine_that_cannot_reach_the_archive_gets_no_more_and_no_mail_is_charged(
    tmp_path: Path, site: Site, cluster: Cluster
) -> None:
    site.start_reader("r5", TEST_NO_ARCHIVE="1")
    try:
        assert wait_for(lambda: "r5" in names(cluster), 240)
        office = Office(tmp_path, cluster, SharedFolder(tmp_path / "shared"))
        office.put(*(mail(number) for number in range(12)))
        office.capture()
        office.worker.process()

        assert office.register.count() == {State.FILED: 12}
        assert not {"defer", "hold"} & {action for way in office.ways() for action in way}
        assert any("r5" in told and "取不到原件：原件库连不上" in told for told in cluster.refused)
        office.register.close()
    finally:
        site.kill("r5")


def test_a_reader_there_has_no_secrets_in_its_environment(site: Site, cluster: Cluster) -> None:
    site.start_reader("r6", AWS_SECRET_ACCESS_KEY="abcdefghijklmnop", SHOUWEN_PASSWORD="abcdefghijklmnop")
    try:
        assert wait_for(lambda: "r6" in names(cluster), 240)
        told = [cluster.submit(subprocess.check_output, ["env"]) for _ in range(4)]
        environments = [one.result() for one in told]

        assert any(b"/r6" in one for one in environments), "one of them was r6"
        assert all(b"abcdefghijklmnop" not in one for one in environments)
    finally:
        site.kill("r6")


# ------------------------------------------------------------ who may connect


def test_without_tls_only_loopback_is_allowed_and_tls_needs_certificates(site: Site) -> None:
    with pytest.raises(SettingsError, match="只许本机"):
        open_executor("dask:tcp://10.0.0.7:8786")
    with pytest.raises(
        SettingsError, match=r"ca_file、certificate_file、key_file（做法见 docs/cluster\.md）"
    ):
        open_executor("dask:tls://10.0.0.7:8786")
    with pytest.raises(SettingsError, match="证书用不了"):
        open_executor(
            "dask:tls://10.0.0.7:8786",
            certificates=replace(site.certificates("daemon"), ca_file=Path("nowhere.pem")),
        )
    for wrong in ("dask:", "dask:http://x:1", "dask:tls://", "dask:tls://a b:1"):
        with pytest.raises(SettingsError, match="dask:tls://主机:端口"):
            open_executor(wrong)
    open_executor("dask:tcp://127.0.0.1:8786").shutdown()


def test_who_has_no_certificate_of_the_authority_gets_no_answer(site: Site, tmp_path: Path) -> None:
    stranger = Site(tmp_path, cables=site.cables).certificates("stranger", trustme.CA())

    with (
        open_cluster(site.spec, seconds=9, megabytes=999, certificates=stranger, wait_seconds=2) as cluster,
        pytest.raises(TransientError, match="证书是否由同一个签发者签发"),
    ):
        cluster.ready(attempts.prepare)
