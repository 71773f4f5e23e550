"""/healthz and /metrics on this machine alone, from a thread that ends with the daemon.

Purpose: `with serving(listen, look): …`; *look* gathers and judges on each request, with its own connection.
Source: /healthz as load balancers and container platforms ask it: 200 or 503 and one line.
Limits: loopback; GET and HEAD; nothing personal: the line names subjects, never an account, a mail or a unit. It answers
while the daemon's own thread hangs, and then says 503, for it sees that the daemon's last word is old.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from pipeline.errors import SettingsError
from pipeline.health import metrics, status_file
from pipeline.health.values import Colour, Facts, Health

Look = Callable[[], tuple[Facts, Health]]

TEXT = "text/plain; charset=utf-8"
NOT_INSTALLED = "没有安装 prometheus-client，给不出指标；运行 pip install 'shouwen[metrics]' 后重启守护\n"
PATIENCE_SECONDS = 5
"""For a client that connects and says nothing."""


@contextmanager
def serving(listen: str, look: Look) -> Iterator[str]:
    """Serve on *listen* ("127.0.0.1:9464", "[::1]:9464", port 0 for any free one; "" = nothing) for the block.

    Yields:
        the address that is served, "" for none.

    Raises:
        SettingsError: the address cannot be used.
    """
    if not listen:
        yield ""
        return
    server = _server(listen, look)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="health", daemon=True
    )
    thread.start()
    try:
        yield f"{listen.rpartition(':')[0]}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answer(path: str, look: Look) -> tuple[int, str, bytes]:
    """Return status, media type and body for a request of *path*."""
    if path not in ("/healthz", "/metrics"):
        return 404, TEXT, "只有 /healthz 和 /metrics\n".encode()
    facts, health = look()
    if path == "/healthz":
        line = status_file.headline(health)
        return (503 if health.colour is Colour.RED else 200), TEXT, f"{line}\n".encode()
    try:
        media_type, octets = metrics.exposition(facts, health)
    except ImportError:
        return 501, TEXT, NOT_INSTALLED.encode()
    return 200, media_type, octets


def _server(listen: str, look: Look) -> ThreadingHTTPServer:
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")

    class Handler(_Handler):
        looks = staticmethod(look)

    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        daemon_threads = True
        block_on_close = False  # a client that says nothing does not keep the daemon from ending

    try:
        return Server((host, int(port)), Handler)
    except (OSError, OverflowError) as error:
        why = error.strerror if isinstance(error, OSError) else "端口应在 1-65535"
        raise SettingsError(
            f"健康检查的地址 {listen} 用不了（{why}）；请在设置的 listen 里换一个端口，或停掉占用它的程序"
        ) from error


class _Handler(BaseHTTPRequestHandler):
    looks: ClassVar[Look]
    timeout = PATIENCE_SECONDS
    server_version, sys_version = "shouwen", ""

    def do_GET(self) -> None:
        """Answer with a body."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Answer without one."""
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        status, media_type, octets = answer(self.path.partition("?")[0], type(self).looks)
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(octets)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if body:
            self.wfile.write(octets)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Log nothing: a probe every minute is no news."""
