"""A PostgreSQL database by its address, and what its refusals mean for a person.

Purpose: `Database.of(address, password)`, `connect(database)`, `explained(error, address)`: for the register and for health,
which has no time for more than psycopg.
Source: RFC 3986; postgresql.org/docs "Connection Strings", "PostgreSQL Error Codes" (class 08, 25006, 53, 57P0, XX00).
Limits: a server that refuses a login says so in its own language and without a code; English and Chinese are understood,
and what is not understood is told as it was said. No pooler that hands out sessions by the transaction (pgbouncer):
settings and locks belong to a session.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pipeline.errors import IntegrityError, PermanentError, SettingsError, ShouwenError, TransientError

if TYPE_CHECKING:
    from psycopg import Connection, Error

SCHEME = "postgresql+psycopg"
CONNECT_SECONDS = 10
"""How long a server may take to answer at all."""
OLDEST = 14
"""The oldest PostgreSQL that still gets corrections."""
LOOPBACK = ("", "localhost", "127.0.0.1", "::1")
ALLOWED = ("host", "sslmode", "sslrootcert", "sslcert", "sslkey")
"""What may stand behind the ? of an address. host: the folder of a socket, which no address holds elsewhere."""
SAFE = ("verify-full", "verify-ca")
"""How the server proves who it is, where the way to it leads over a network."""
ALIVE: dict[str, Any] = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""A server that went away without a word is noticed within a minute."""
SESSION = {
    "search_path": "public",
    "synchronous_commit": "on",
    "client_encoding": "UTF8",
    "timezone": "UTC",
    "idle_session_timeout": "0",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
"""Of every session, whatever the role's or the server's defaults are; keepalives let the server notice that we died."""


@dataclass(frozen=True, kw_only=True)
class Database:
    """One database of one server. address: as in the settings, without a password. tls: libpq's ssl… parameters."""

    address: str
    host: str
    name: str
    user: str = ""
    port: int = 5432
    tls: tuple[tuple[str, Any], ...] = ()
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, address: str, password: str = "") -> Database:
        """Read an *address*: postgresql+psycopg://user@host[:port]/database[?sslrootcert=/path].

        Raises:
            SettingsError: it is none, holds a password, or would go over a network without proof of the server.
        """
        try:
            parts, port = urlsplit(address), urlsplit(address).port
            told = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        except ValueError as error:
            raise SettingsError(f"register = “{_shown(address)}”写法不对（{error}）；{_FORM}") from None
        if parts.password is not None:
            raise SettingsError("register 的地址里不能写密码；请写进文件，用 [database] password_file 指明")
        name = unquote(parts.path.removeprefix("/"))
        if parts.scheme != SCHEME or not name or "/" in name or parts.fragment or told.keys() - set(ALLOWED):
            raise SettingsError(f"register = “{_shown(address)}”写法不对；{_FORM}")
        host = told.pop("host", "") or parts.hostname or ""
        return cls(
            address=address,
            host=host,
            name=name,
            user=unquote(parts.username or ""),
            port=port or 5432,
            tls=_tls(host, told),
            password=password,
        )

    def __str__(self) -> str:
        return self.address


def connect(
    database: Database, *, wait_seconds: int = CONNECT_SECONDS, lock_seconds: float = 30
) -> Connection[Any]:
    """Open a session with the settings that the register stands on.

    Args:
        wait_seconds: for the server to answer. lock_seconds: for whoever writes just now.

    Raises:
        SettingsError: psycopg is not installed. psycopg.Error: the server refuses (`explained`).
    """
    try:
        import psycopg
    except ImportError as error:
        raise SettingsError(
            "登记簿设在 PostgreSQL，但没有装 psycopg；请安装 shouwen[pg]，或改用 SQLite（不写 register）"
        ) from error
    options = SESSION | {"lock_timeout": f"{round(lock_seconds * 1000)}ms"}
    told: dict[str, Any] = {
        "host": database.host,
        "port": database.port,
        "dbname": database.name,
        "user": database.user or None,
        "password": database.password or None,
        "connect_timeout": wait_seconds,
        "application_name": "shouwen",
        "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
    }
    return psycopg.connect(**told, **ALIVE, **dict(database.tls))


def has_tables(database: Database) -> bool:
    """Say whether a register was ever begun there.

    Raises:
        ShouwenError: the server cannot be asked.
    """
    import psycopg

    try:
        with connect(database) as session:
            return session.execute("SELECT to_regclass('public.items')").fetchone() != (None,)
    except psycopg.Error as error:
        raise explained(error, str(database)) from error


def explained(error: Error, address: str) -> ShouwenError:
    """Say in Chinese what the server's refusal means, and what to do."""
    code, said = error.sqlstate or "", " ".join(str(error).split())[:300]
    for codes, kind, fact in _MEANINGS:
        if any(code.startswith(one) for one in codes):
            return kind(f"登记簿 {address} {fact}")
    if code:
        return PermanentError(
            f"登记簿 {address} 出错（{code} {said}）；请运行 shouwen verify，并把这一行告诉管理员"
        )
    if _REFUSED.search(said) and not _LATER.search(said):
        return SettingsError(
            f"登记簿 {address} 登录被拒（{said}）；请核对地址里的用户和库名、密码文件（[database] password_file），"
            "以及服务器的 pg_hba.conf；库还没有建就请管理员建（见 docs/register-postgresql.md）"
        )
    return TransientError(
        f"登记簿 {address} 的数据库服务器连不上或断开了（{said}）；请检查网络和服务器后再试"
    )


def require_fit(session: Connection[Any], database: Database) -> None:
    """Refuse a server on which a commit could be lost or a text altered; one round trip.

    Raises:
        SettingsError: too old, fsync off, another encoding than UTF-8, or commits that do not wait for the disk.
    """
    row = session.execute(
        "SELECT current_setting('server_version_num')::int, current_setting('fsync'), "
        "current_setting('server_encoding'), current_setting('synchronous_commit')"
    ).fetchone()
    version, fsync, encoding, commit = row or (0, "", "", "")
    if version < OLDEST * 10_000:
        raise SettingsError(
            f"登记簿 {database} 的 PostgreSQL 版本太旧（{version}）；请升级到 {OLDEST} 或更新的版本"
        )
    if fsync != "on":
        raise SettingsError(
            f"登记簿 {database} 的服务器关了 fsync，断电会丢已提交的登记；请把 postgresql.conf 的 fsync 改回 on 再用"
        )
    if encoding != "UTF8":
        raise SettingsError(
            f"登记簿 {database} 的编码是 {encoding}，存不下中文；请用 ENCODING 'UTF8' TEMPLATE template0 另建一个库"
        )
    if commit != "on":
        raise SettingsError(
            f"登记簿 {database} 的连接不肯用 synchronous_commit = on（现为 {commit}）；"
            "中间若有 pgbouncer 之类，请改为直连"
        )


def _tls(host: str, told: dict[str, str]) -> tuple[tuple[str, Any], ...]:
    """libpq's parameters: over a network the server must prove who it is, by the system's certificates if not told."""
    if host in LOOPBACK or host.startswith("/"):
        return tuple(told.items())
    mode = told.setdefault("sslmode", SAFE[0])
    if mode not in SAFE:
        raise SettingsError(
            f"register 的 sslmode={mode} 不验服务器证书，只许本机用；请去掉（即 verify-full），自建的证书用 ?sslrootcert=路径 指明签发者"
        )
    told.setdefault("sslrootcert", "system")
    return tuple(told.items())


def _shown(address: str) -> str:
    """*address* without what could be a password."""
    return re.sub(r"//[^@/]*@", "//…@", address)


_FORM = "应为 postgresql+psycopg://用户@主机[:端口]/库名[?sslrootcert=路径]"
_REFUSED = re.compile(
    "FATAL|致命错误|no password supplied|没有提供口令|root certificate|server certificate|SSL"
)
"""The server answered, and does not let us in; or is not the one it should be."""
_LATER = re.compile(
    "starting up|shutting down|too many (clients|connections)|connection slots|recovery mode|closed the"
)
_MEANINGS: tuple[tuple[tuple[str, ...], type[ShouwenError], str], ...] = (
    (("55P03", "40001", "40P01"), TransientError, "正被别的程序占用；请稍后再试"),
    (("53100",), TransientError, "所在服务器的磁盘已满；请腾出空间后再试，没有写入任何东西"),
    (("53",), TransientError, "所在服务器的内存或连接数不够；请稍后再试，或请管理员调大"),
    (("58",), TransientError, "所在服务器的磁盘读写出错；请检查磁盘后再试"),
    (("25006",), TransientError, "现在只读（是备用库，或被设成只读）；请把地址改成主库，或等它升为主库再试"),
    (("57014",), TransientError, "的这次操作被服务器中止（超时或管理员所为）；请稍后再试"),
    (("57P", "08"), TransientError, "的数据库服务器停了或断开了；等它起来再试"),
    (("28",), SettingsError, "登录被拒；请核对用户和密码文件（[database] password_file）"),
    (("3D000",), SettingsError, "没有这个库；请核对库名，或请管理员建（见 docs/register-postgresql.md）"),
    (
        ("42501",),
        SettingsError,
        "不许这个用户读写；请管理员把库和表的属主（OWNER）改成它（见 docs/register-postgresql.md）",
    ),
    (("XX",), IntegrityError, "已损坏；请停止使用，从备份恢复后运行 shouwen verify"),
)
