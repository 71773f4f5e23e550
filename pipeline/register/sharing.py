"""Equal words of decoded records made one string: a third of what a season keeps of its filings is the same words again.

Purpose: `share`, for whoever keeps thousands of records: paths of parts, media types, counters and names stand in them again and
again, each a string of its own once it is decoded.
Limits: for records that nobody else has yet: their fields are set anew, to what equals them. By field and not by record, for that
is gone through a million times and so is left to `map`.
"""

from __future__ import annotations

import sys
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from itertools import chain
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Get = Callable[[Any], Any]
Put = Callable[[Any, Any], None]
Waiting = dict[type, list[Any]]
"""Records whose fields are still to be gone through, by kind."""


def share(records: Sequence[object]) -> None:
    """Make equal strings of *records* (frozen, with slots; in them records and tuples) one, but for fields of UNLIKE names."""
    waiting: Waiting = defaultdict(list)
    _await(records, waiting)
    while waiting:
        kind, found = waiting.popitem()
        if not is_dataclass(kind):
            continue
        known = _fields(kind)
        for get, put in known.words:
            _run(map(put, found, map(sys.intern, map(get, found))))
        for get, inner in known.records:
            waiting[inner].extend(filter(None, map(get, found)))
        for get, inner in known.many:
            waiting[inner].extend(chain.from_iterable(map(get, found)))
        for get, put in known.others:
            _look(zip(found, map(get, found), strict=True), put, waiting)


def _look(each: Iterable[tuple[Any, Any]], put: Put, waiting: Waiting) -> None:
    """Share what is found in a field that may hold anything, record by record."""
    for record, value in each:
        if type(value) is str:
            put(record, sys.intern(value))
        elif type(value) is not tuple:
            waiting[type(value)].append(value)
        elif value and type(value[0]) in _PLAIN:
            put(record, _words(value))
        else:
            _await(value, waiting)


_PLAIN = (str, tuple)


def _words(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same strings, and tuples of them."""
    return tuple(
        sys.intern(one) if type(one) is str else _words(one) if type(one) is tuple else one for one in values
    )


def _await(records: Iterable[object], waiting: Waiting) -> None:
    for record in records:
        waiting[type(record)].append(record)


def _run(each: Iterable[None]) -> None:
    deque(each, maxlen=0)


# ------------------------------------------------------------ which fields hold words


UNLIKE = ("sha256", "message_id", "text")
"""Fields whose strings are hardly ever equal: to look each of them up would only cost."""


@dataclass(frozen=True)
class _Fields:
    """How the fields of one kind of record are read and set. words: a string and nothing else.

    records: one record of this kind, or None. many: a tuple of them. others: what must be looked at, each value by itself.
    """

    words: tuple[tuple[Get, Put], ...]
    records: tuple[tuple[Get, type], ...]
    many: tuple[tuple[Get, type], ...]
    others: tuple[tuple[Get, Put], ...]


@cache
def _fields(kind: type) -> _Fields:
    """The fields of records of this *kind* that may hold words."""
    hints = get_type_hints(kind)
    words, records, many, others = [], [], [], []
    for one in fields(kind):
        hint, get, put = hints[one.name], attrgetter(one.name), getattr(kind, one.name).__set__
        inner = _record(hint)
        inside = _record(get_args(hint)[0]) if get_args(hint)[1:] == (...,) else None
        if one.name in UNLIKE or not _may_hold_words(hint):
            continue
        if hint is str:
            words.append((get, put))
        elif inner:
            records.append((get, inner))
        elif inside:
            many.append((get, inside))
        else:
            others.append((get, put))
    return _Fields(tuple(words), tuple(records), tuple(many), tuple(others))


def _record(hint: Any) -> type | None:
    """The kind of record that *hint* asks for, where it allows that kind and None at most."""
    union = get_origin(hint) in (Union, UnionType)
    kinds = [one for one in get_args(hint) if one is not NoneType] if union else [hint]
    kind = get_origin(kinds[0]) or kinds[0]
    return kind if len(kinds) == 1 and is_dataclass(kind) else None  # type: ignore[return-value]  # a class, not a record


def _may_hold_words(hint: Any) -> bool:
    if hint is str or isinstance(hint, TypeVar):
        return True
    if is_dataclass(hint):
        return any(map(_may_hold_words, get_type_hints(hint).values()))
    inner = (*get_args(hint), *filter(is_dataclass, (get_origin(hint),)))
    return any(map(_may_hold_words, inner))
