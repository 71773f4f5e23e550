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
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Field = tuple[Callable[[Any], Any], Callable[[Any, Any], None], bool]
"""How a field is read, how it is set, and whether it holds a string and nothing else."""


def share(records: Sequence[object]) -> None:
    """Make the strings of *records* (frozen, with slots; in them records and tuples) one with all others that are equal."""
    waiting: dict[type, list[Any]] = defaultdict(list)
    _await(records, waiting)
    while waiting:
        kind, found = waiting.popitem()
        for get, put, plain in _worded(kind):
            if plain:
                _run(map(put, found, map(sys.intern, map(get, found))))
            else:
                for record, value in zip(found, map(get, found), strict=True):
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


def _await(records: Iterable[object], waiting: dict[type, list[Any]]) -> None:
    for record in records:
        waiting[type(record)].append(record)


def _run(each: Iterable[None]) -> None:
    deque(each, maxlen=0)


@cache
def _worded(kind: type) -> tuple[Field, ...]:
    """The fields of records of this *kind* that may hold words."""
    if not is_dataclass(kind):
        return ()
    hints = get_type_hints(kind)
    return tuple(
        (attrgetter(one.name), getattr(kind, one.name).__set__, hints[one.name] is str)
        for one in fields(kind)
        if _may_hold_words(hints[one.name])
    )


def _may_hold_words(hint: Any) -> bool:
    if hint is str or isinstance(hint, TypeVar):
        return True
    if is_dataclass(hint):
        return any(map(_may_hold_words, get_type_hints(hint).values()))
    inner = (*get_args(hint), *filter(is_dataclass, (get_origin(hint),)))
    return any(map(_may_hold_words, inner))
