"""What `check` says of the place of the register: a file of this machine, or a database server.

Purpose: `registered(office)`. Limits: asks a server once, and writes nothing.
"""

from __future__ import annotations

from typing import Any

from pipeline import database
from pipeline.commands.machine import Line
from pipeline.commands.options import Office
from pipeline.database import Database
from pipeline.errors import SettingsError, ShouwenError

SUBJECT = "登记簿"


def registered(office: Office) -> tuple[Line, bool]:
    """Say where the register is and whether it can be written there; and whether one was begun."""
    try:
        place, begun = office.place, office.has_register
        if isinstance(place, Database):
            return _served(place, begun=begun), begun
    except ShouwenError as error:
        fact, _, cure = str(error).partition("；")
        return Line(
            subject=SUBJECT, state="bad", fact=fact, cure=cure or "按提示处理后再运行 shouwen check"
        ), False
    return Line(
        subject=SUBJECT, state="ok", fact=str(place) + ("" if begun else "（收第一封邮件时建立）")
    ), begun


def _served(place: Database, *, begun: bool) -> Line:
    import psycopg

    try:
        with database.connect(place) as session:
            database.require_fit(session, place)
            told = session.execute(_ASKED).fetchone() or ("", False, "on", False, False)
    except psycopg.Error as error:
        raise database.explained(error, str(place)) from error
    version, standby, pages, encrypted, may = told
    fact = f"{place}：PostgreSQL {version}，fsync 开" + ("" if begun else "（收第一封邮件时建表）")
    warned = _warned(standby=standby, pages=pages, clear=not encrypted and _is_far(place))
    if not may and not begun:
        raise SettingsError(f"登记簿 {place} 里不许这个用户建表；请管理员把库的属主（OWNER）改成它")
    return Line(subject=SUBJECT, state="warn" if warned else "ok", fact=fact, cure=warned)


def _warned(*, standby: bool, pages: str, clear: bool) -> str:
    cures = [
        "这是只读的备用库，收件写不进去：把地址改成主库" if standby else "",
        "full_page_writes 关着，断电可能毁页：除非文件系统自己保证（如 ZFS），请改回 on"
        if pages != "on"
        else "",
        "到数据库的连接没有加密：请在服务器上打开 ssl" if clear else "",
    ]
    return "；".join(filter(None, cures))


def _is_far(place: Database) -> bool:
    return place.host not in database.LOOPBACK and not place.host.startswith("/")


_ASKED: Any = (
    "SELECT current_setting('server_version'), pg_is_in_recovery(), current_setting('full_page_writes'), "
    "coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false), "
    "has_schema_privilege('public', 'CREATE')"
)
