"""What tables are made of on both kinds of database: numbers, text, and the guards of append-only tables.

Purpose: `NUMBER`, `TEXT`, `guards(dialect, table)`, for tables.py and for the migrations alike.
Source: sqlite.org/datatype3.html; postgresql.org/docs "Collation Support" (C compares octets, as SQLite does, whatever the
server's locale), "CREATE TRIGGER"; PostgreSQL keeps no U+0000 in text.
Limits: never altered but by a migration that alters what registers have: verify holds each register against it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, String, TypeDecorator

ESCAPE = "\x1a"
"""U+001A, which nobody writes: before Z it stands for U+0000, before S for itself."""
FUNCTION = "shouwen_append_only"
BODY = "BEGIN RAISE EXCEPTION '%: append only', TG_TABLE_NAME; END"
VERBS = {"sqlite": ("update", "delete"), "postgresql": ("update", "delete", "truncate")}


class Whole(TypeDecorator[str]):
    """Text of PostgreSQL that gives back every character that was put in, U+0000 too, and sorts by octets."""

    impl = String
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(collation="C")

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 - as TypeDecorator calls it
        """Write what PostgreSQL cannot hold as two characters that it can."""
        return escaped(value) if isinstance(value, str) else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 - as TypeDecorator calls it
        """Read it back."""
        return unescaped(value) if isinstance(value, str) else value


def escaped(text: str) -> str:
    """Write *text* without U+0000; almost all text stays as it is."""
    if "\x00" not in text and ESCAPE not in text:
        return text
    return text.replace(ESCAPE, ESCAPE + "S").replace("\x00", ESCAPE + "Z")


def unescaped(text: str) -> str:
    """Undo `escaped`."""
    if ESCAPE not in text:
        return text
    return text.replace(ESCAPE + "Z", "\x00").replace(ESCAPE + "S", ESCAPE)


NUMBER = BigInteger().with_variant(Integer(), "sqlite")
"""Whole numbers beyond 2**31: UIDs, UIDVALIDITY and sizes are; SQLite's INTEGER has 64 bits, and alone may be its rowid."""
TEXT = String().with_variant(Whole(), "postgresql")


def guards(dialect: str, table: str) -> dict[str, str]:
    """Return the statements of the triggers that let no statement alter or remove a row of *table*, by name."""
    if dialect == "sqlite":
        return {
            f"{table}_no_{verb}": f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table}: append only'); END"
            for verb in VERBS[dialect]
        }
    return {
        f"{table}_no_{verb}": f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON public.{table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
        for verb in VERBS[dialect]
    }


def guarding(dialect: str, table: str) -> tuple[str, ...]:
    """Return every statement that guards *table*; in PostgreSQL also against sessions that replay others' changes."""
    made = guards(dialect, table)
    if dialect == "sqlite":
        return tuple(made.values())
    function = f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $${BODY}$$"
    always = (f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}" for name in made)
    return (function, *made.values(), *always)
