"""A cluster for tests: a scheduler and reading machines as processes of their own, each with its folder and certificate.

Where the tests may (root, ip-netns(8)) each machine stands in a network namespace behind a bridge, so that a cable can be
pulled; else all are on loopback, and pulling a cable is stopping the process.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import trustme

from pipeline.executor import Certificates
from pipeline.executor.cluster import Cluster, open_cluster
from tests.support import ROOT, mortal

PORT = 8786
LOST_SECONDS = 10
NUMBER = os.getpid() % 10_000


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@cache
def namespaces() -> bool:
    """Whether this machine lets tests make network namespaces."""
    if os.getuid() or not shutil.which("ip"):
        return False
    with suppress(subprocess.CalledProcessError):
        ip("netns", "add", f"swtry{NUMBER}")
        ip("netns", "del", f"swtry{NUMBER}")
        return True
    return False


class Cables:
    """A bridge, and a namespace for each machine behind it; on loopback where that is not allowed."""

    def __init__(self) -> None:
        self._bridge = f"swb{NUMBER}"
        self._net = f"10.{200 + NUMBER % 50}.{NUMBER // 50}"
        self._machines: list[str] = []
        if namespaces():
            ip("link", "add", self._bridge, "type", "bridge")
            ip("addr", "add", f"{self._net}.1/24", "dev", self._bridge)
            ip("link", "set", self._bridge, "up")

    def address(self, name: str) -> str:
        """Where the machine of that name is, plugged in when it is first asked for."""
        if not namespaces():
            return "127.0.0.1"
        if name not in self._machines:
            self._plug(name)
        return f"{self._net}.{self._machines.index(name) + 2}"

    def inside(self, name: str) -> list[str]:
        """What to write before a command so that it runs on that machine."""
        return ["ip", "netns", "exec", self._space(name)] if namespaces() else []

    def pull(self, name: str) -> None:
        ip("link", "set", self._cable(name), "down")

    def push(self, name: str) -> None:
        ip("link", "set", self._cable(name), "up")

    def close(self) -> None:
        if namespaces():
            for name in self._machines:
                ip("netns", "del", self._space(name))
            ip("link", "del", self._bridge)

    def _plug(self, name: str) -> None:
        space, cable = self._space(name), self._cable(name)
        self._machines.append(name)
        ip("netns", "add", space)
        ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", space)
        ip("link", "set", cable, "master", self._bridge, "up")
        ip("-n", space, "addr", "add", f"{self.address(name)}/24", "dev", "eth0")
        ip("-n", space, "link", "set", "eth0", "up")
        ip("-n", space, "link", "set", "lo", "up")

    def _space(self, name: str) -> str:
        return f"sw{NUMBER}{name}"

    def _cable(self, name: str) -> str:
        return f"v{NUMBER}{name}"


@dataclass
class Site:
    """The machines of one test module. folder: one a machine below it."""

    folder: Path
    cables: Cables = field(default_factory=Cables)
    ca: trustme.CA = field(default_factory=trustme.CA)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def spec(self) -> str:
        """What the daemon's settings say."""
        return f"dask:tls://{self.cables.address('s')}:{PORT if namespaces() else PORT + 1 + NUMBER}"

    def certificates(self, name: str, ca: trustme.CA | None = None) -> Certificates:
        """Those of the machine of that name, made when they are first asked for."""
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        files = [folder / one for one in ("ca.pem", "cert.pem", "key.pem")]
        if not files[0].exists():
            authority = ca or self.ca
            issued = authority.issue_cert(name)
            authority.cert_pem.write_to_path(files[0])
            issued.cert_chain_pems[0].write_to_path(files[1])
            issued.private_key_pem.write_to_path(files[2])
            files[2].chmod(0o600)
        return Certificates(ca_file=files[0], certificate_file=files[1], key_file=files[2])

    def start_scheduler(self) -> None:
        self.start(
            "s", "scheduler", "--listen", self.cables.address("s"), "--lost-seconds", str(LOST_SECONDS)
        )

    def start_reader(self, name: str, *, width: int = 1, **environment: str) -> None:
        self.cables.address(name)
        self.start(name, "reader", "--name", name, "--width", str(width), **environment)

    def start(self, name: str, *words: str, **environment: str) -> None:
        """Start `shouwen cluster …` on the machine of that name, in its folder."""
        certificates = self.certificates(name)
        folder = self.folder / name
        settings = folder / "shouwen.toml"
        settings.write_text(
            f"executor = {json.dumps(self.spec)}\n[cluster]\n"
            + "".join(f"{key} = {json.dumps(str(path))}\n" for key, path in vars(certificates).items())
        )
        with (folder / "said").open("ab") as said:
            self.running[name] = subprocess.Popen(
                mortal(
                    *self.cables.inside(name),
                    sys.executable,
                    "-m",
                    "tests.cluster.machine",
                    "cluster",
                    *words,
                    "--settings",
                    settings,
                ),
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder), **environment},
                stdout=said,
                stderr=said,
            )

    def said(self, name: str) -> str:
        return (self.folder / name / "said").read_text("utf-8")

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """End that machine's process, at once."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGCONT)
        process.send_signal(number)
        process.wait(timeout=20)

    def stop(self, name: str) -> None:
        """Have it stand still; its connections stay open."""
        self.running[name].send_signal(signal.SIGSTOP)

    def go_on(self, name: str) -> None:
        self.running[name].send_signal(signal.SIGCONT)

    def cut_off(self, name: str) -> None:
        """Pull its cable, or where there is none, have it stand still."""
        if namespaces():
            self.cables.pull(name)
        else:
            self.stop(name)

    def joined(self, name: str) -> None:
        """Undo cut_off."""
        if namespaces():
            self.cables.push(name)
        else:
            self.go_on(name)

    def cluster(self, *, seconds: float = 60, megabytes: int = 2048, wait_seconds: float = 240) -> Cluster:
        """The daemon's side of it."""
        return open_cluster(
            self.spec,
            seconds=seconds,
            megabytes=megabytes,
            certificates=self.certificates("daemon"),
            wait_seconds=wait_seconds,
        )

    def close(self) -> None:
        for name in tuple(self.running):
            self.kill(name)
        self.cables.close()


def wait_for(condition: Callable[[], bool], seconds: float = 40) -> bool:
    """Say whether *condition* holds within some seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def opened_site(folder: Path, readers: int = 3) -> Iterator[Site]:
    """A site with a scheduler and reading machines r1, r2, …; for a fixture."""
    site = Site(folder)
    try:
        site.start_scheduler()
        for number in range(1, readers + 1):
            site.start_reader(f"r{number}")
        yield site
    finally:
        site.close()
