"""How the machines of a cluster know each other: addresses that are allowed, certificates on both sides.

Purpose: `Place.of("dask:tls://host:port")`; `Certificates`, and what dask makes of them.
Source: distributed/security.py: both sides must show a certificate of the authority; host names are not compared, so the
authority must be the cluster's own. dask unpickles what it is sent: whoever gets in runs what he likes as our user.
Limits: plain tcp on loopback alone.
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pipeline.errors import SettingsError

PORT = 8786
"""Of a scheduler, where the address names none: dask's own."""
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """PEM files: the cluster's own authority, this machine's certificate and key."""

    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None

    def require(self) -> None:
        """Refuse, in Chinese, what is missing or does not fit together.

        Raises:
            SettingsError: it does not.
        """
        files = {
            "ca_file": self.ca_file,
            "certificate_file": self.certificate_file,
            "key_file": self.key_file,
        }
        missing = [name for name, file in files.items() if file is None]
        if missing:
            raise SettingsError(
                f"读件集群用 tls:// 时，设置 [cluster] 里要写 {'、'.join(missing)}（做法见 docs/cluster.md）"
            )
        try:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=self.ca_file)
            context.load_cert_chain(str(self.certificate_file), self.key_file)
        except (OSError, ssl.SSLError) as error:
            raise SettingsError(
                f"读件集群的证书用不了（{'、'.join(str(file) for file in files.values())}："
                f"{type(error).__name__} {getattr(error, 'reason', None) or ''}）；"
                "请检查路径、权限，私钥是否与证书成对"
            ) from error


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a scheduler is. protocol: tls, or tcp on loopback."""

    protocol: str
    host: str
    port: int

    @classmethod
    def of(cls, spec: str) -> Self:
        """Read "dask:tls://host[:port]".

        Raises:
            SettingsError: it is none, or would leave the machine without TLS.
        """
        match = re.fullmatch(
            r"dask:(tls|tcp)://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::([1-9]\d{0,4}))?/?", spec
        )
        if not match:
            raise SettingsError(f"executor = “{spec}”不认识；读件集群写 dask:tls://主机:端口")
        protocol, host, port = match[1], match[2], int(match[3] or PORT)
        if protocol == "tcp" and host not in LOOPBACK:
            raise SettingsError(
                f"executor = “{spec}”不允许：不加密的 tcp:// 只许本机（谁连得上谁就能运行程序）；请改用 tls://，证书见 docs/cluster.md"
            )
        return cls(protocol=protocol, host=host, port=port)

    @property
    def address(self) -> str:
        """As dask writes it."""
        return f"{self.protocol}://{self.host}:{self.port}"


def security(place: Place, certificates: Certificates) -> Any:
    """Give dask's Security for *place*: encryption with certificates on both sides; None for tcp on loopback.

    Raises:
        SettingsError: the certificates cannot be used.
    """
    if place.protocol != "tls":
        return None
    from distributed.security import Security

    certificates.require()
    files = {
        f"tls_{role}_{kind}": str(file)
        for role in ("client", "scheduler", "worker")
        for kind, file in (("cert", certificates.certificate_file), ("key", certificates.key_file))
    }
    return Security(  # type: ignore[no-untyped-call]  # dask leaves it untyped
        require_encryption=True, tls_ca_file=str(certificates.ca_file), **files
    )
