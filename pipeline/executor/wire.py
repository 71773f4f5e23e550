"""What crosses to another machine: octets that we pickle and unpickle, and the rules once for each machine.

Purpose: `Sender.packed()` an order and the tables it needs; `Tables.opened()` it there. Answers are inside.py's.
Source: dask unpickles what it is given on the scheduler too: it gets octets, so that nothing of ours can break it there.
Rules are 460 kB with every mail, measured; named by their digest they are 64 octets.
Limits: pickle: only over TLS with certificates on both sides, or on loopback (certificates.py).
"""

from __future__ import annotations

import hashlib
import io
import pickle
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rules import Rules

MISSING = b""
"""The answer of a machine that has not got the tables any more."""
MOST_TABLES = 4
"""How many rules a machine keeps: those of a season, and those of the change that was just made."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """A call to be made there. first: called once in each process before; seconds, megabytes: its limits."""

    fn: Callable[..., object]
    args: tuple[object, ...]
    kwargs: Mapping[str, object]
    first: Callable[[], object]
    seconds: float
    megabytes: int


class Sender:
    """Packs orders; keeps the octets of the rules that went last."""

    def __init__(self) -> None:
        self._last: tuple[Rules | None, str, bytes] = (None, "", b"")

    def packed(self, order: Order) -> tuple[bytes, dict[str, bytes]]:
        """Return the order, and the rules that it names, by digest."""
        tables: dict[str, bytes] = {}
        stream = io.BytesIO()
        _Naming(stream, self._named, tables).dump(order)
        return stream.getvalue(), tables

    def _named(self, rules: Rules) -> tuple[str, bytes]:
        if self._last[0] is not rules:
            octets = pickle.dumps(rules)
            self._last = (rules, hashlib.sha256(octets).hexdigest(), octets)
        return self._last[1], self._last[2]


class Tables:
    """The rules that a machine was sent, by digest, the oldest forgotten first."""

    def __init__(self) -> None:
        self._rules: OrderedDict[str, Rules] = OrderedDict()

    def opened(self, message: bytes, sent: Mapping[str, bytes]) -> Order:
        """Open an order that `Sender.packed` made, with the tables that were *sent* along.

        Raises:
            KeyError: it names rules that are not here.
        """
        for digest, octets in sent.items():
            self._rules[digest] = pickle.loads(octets)  # noqa: S301 - from our own daemon
            while len(self._rules) > MOST_TABLES:
                self._rules.popitem(last=False)
        order = _Named(io.BytesIO(message), self._rules).load()
        if not isinstance(order, Order):
            raise TypeError(f"no order: {type(order).__name__}")
        return order


class _Naming(pickle.Pickler):
    def __init__(
        self, stream: io.BytesIO, named: Callable[[Rules], tuple[str, bytes]], tables: dict[str, bytes]
    ) -> None:
        super().__init__(stream, pickle.HIGHEST_PROTOCOL)
        self._named = named
        self._tables = tables

    def persistent_id(self, thing: object) -> str | None:
        if not isinstance(thing, Rules):
            return None
        digest, octets = self._named(thing)
        self._tables[digest] = octets
        return digest


class _Named(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, rules: Mapping[str, Rules]) -> None:
        super().__init__(stream)
        self._rules = rules

    def persistent_load(self, digest: str) -> Rules:
        return self._rules[digest]
