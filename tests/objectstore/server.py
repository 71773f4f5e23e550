"""moto's S3 as a process on loopback, and what tests do in it behind the product's back.

Purpose: `with running() as server`, then `server.place(…)`, `server.archive(…)`, and `put`, `read`, `keys` without any signature.
Limits: moto checks no signature and knows no rights; conditions (If-Match, If-None-Match) and multipart uploads it keeps.
"""

from __future__ import annotations

import importlib.util
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import quote

from pipeline.archive import Access, Place
from tests.support import missing, mortal

BUCKET = "shouwen"
KEY = Access(access_key_id="AKIDTEST", secret="secret-of-tests")
START_SECONDS = 60
SIGNED = "AWS4-HMAC-SHA256 Credential=x/20240610/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x"
"""Enough for moto, which hides from nobody in particular what somebody has put."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """moto at *port*, with one bucket."""

    port: int

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def place(self, prefix: str, *, port: int = 0, bucket: str = BUCKET) -> Place:
        """Return the place of that *prefix*, reached through another *port* where one is given."""
        endpoint = f"http://127.0.0.1:{port or self.port}"
        return Place.set(f"s3://{bucket}/{prefix}", endpoint=endpoint, region="us-east-1")

    def put(self, key: str, octets: bytes) -> None:
        """Store an object as any other program would."""
        self._ask("PUT", f"/{BUCKET}/{quote(key)}", octets)

    def read(self, key: str) -> bytes:
        return self._ask("GET", f"/{BUCKET}/{quote(key)}")

    def keys(self, prefix: str = "") -> list[str]:
        """Name all objects below *prefix* (at most a thousand)."""
        told = self._ask("GET", f"/{BUCKET}?list-type=2&prefix={quote(prefix)}").decode()
        return [unescape(key) for key in re.findall(r"<Key>(.*?)</Key>", told, re.DOTALL)]

    def uploads(self) -> int:
        """How many multipart uploads were begun and not ended."""
        return self._ask("GET", f"/{BUCKET}?uploads").count(b"<UploadId>")

    def _ask(self, method: str, path: str, data: bytes | None = None) -> bytes:
        headers = {"Authorization": SIGNED, "Content-Type": "application/octet-stream"}
        request = urllib.request.Request(self.endpoint + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bytes(answer.read())


def need_objects() -> None:
    """Skip the test where obstore or moto's server is not installed; fail it where CI=true."""
    for name in ("obstore", "moto", "flask_cors"):
        if importlib.util.find_spec(name) is None:
            missing(f"needs {name}: pip install 'shouwen[dev]'")


@contextmanager
def running() -> Iterator[Server]:
    """Start moto, make the bucket, and end moto afterwards."""
    need_objects()
    server = Server(port=_free())
    command = mortal(sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(server.port))
    with subprocess.Popen(
        command, cwd=Path(__file__).parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _await(server, process)
            yield server
        finally:
            process.terminate()


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _await(server: Server, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            server._ask("PUT", f"/{BUCKET}", b"")
        except urllib.error.URLError:
            if process.poll() is not None or time.monotonic() > end:
                missing(f"moto's server does not start ({process.poll()})")
            time.sleep(0.05)
        else:
            return
