"""The facts as Prometheus reads them: numbers and versions, no account, no folder, no accession.

Purpose: `exposition(facts, health) -> (media type, octets)`, in a registry of its own.
Source: Prometheus' naming (base units, _total for what only grows).
Limits: needs prometheus-client (extra "metrics"); what is not known has no sample, rather than a 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.health.values import Colour, Contents, Facts, Health

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric


def exposition(facts: Facts, health: Health) -> tuple[str, bytes]:
    """Write all metrics in the text format.

    Raises:
        ImportError: prometheus-client is not installed.
    """
    from prometheus_client import CollectorRegistry
    from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(facts, health))
    return CONTENT_TYPE_LATEST, generate_latest(registry)


class _Collector:
    """What the library asks for metrics, once a request."""

    def __init__(self, facts: Facts, health: Health) -> None:
        self._facts, self._health = facts, health

    def collect(self) -> Iterator[Metric]:
        """Give every metric that is known."""
        facts, health = self._facts, self._health
        yield _gauge("shouwen_up", "1 unless something is red", float(health.colour is not Colour.RED))
        yield _gauge(
            "shouwen_register_readable", "1 if the register could be read", float(facts.contents is not None)
        )
        if facts.free_octets is not None:
            yield _gauge("shouwen_disk_free_bytes", "Free space where the data lie", facts.free_octets)
        yield _versions(facts)
        if facts.contents is not None:
            yield from _contents(facts.contents, health)


def _contents(contents: Contents, health: Health) -> Iterator[Metric]:
    now = health.at
    yield _counter("shouwen_polls", "Polls written down", contents.polls)
    yield _counter("shouwen_polls_failed", "Polls that did not go through", contents.failed_polls)
    folders = [one for one in contents.folders if one.current]
    if folders and all(one.success is not None for one in folders):
        oldest = min(one.success.timestamp() for one in folders if one.success is not None)
        yield _gauge(
            "shouwen_last_success_timestamp_seconds",
            "Last successful poll of the folder that waits longest",
            oldest,
        )
    yield _gauge(
        "shouwen_refused",
        "Mails the server did not hand over at the last poll",
        sum(f.refused for f in folders),
    )
    yield _states(contents)
    yield _gauge(
        "shouwen_backlog", "Items that wait to be read", contents.count("captured") + (contents.stale or 0)
    )
    yield _gauge("shouwen_held", "Items that wait for a person", len(contents.held))
    yield _gauge("shouwen_gone", "Items that are no longer on the server", contents.gone)
    expiring = [
        one for one in contents.links if one.expires is not None and 0 <= (one.expires - now).days < 7
    ]
    yield _gauge("shouwen_links_expiring", "Links that expire within 7 days", len(expiring))
    if contents.log.sealed is not None:
        age = (now - contents.log.sealed).total_seconds()
        yield _gauge("shouwen_seal_age_seconds", "Age of the last seal", age)


def _states(contents: Contents) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    metric = GaugeMetricFamily("shouwen_items", "Items by state", labels=["state"])
    for state in ("captured", "filed", "held", "dismissed"):
        metric.add_metric([state], contents.count(state))
    return metric


def _versions(facts: Facts) -> Metric:
    from prometheus_client.core import InfoMetricFamily

    said = {
        "version": facts.software,
        "readers": str(facts.readers),
        "rules": facts.known.rules[:12],
        "python": facts.python,
    }
    return InfoMetricFamily("shouwen", "Versions", value=said)


def _gauge(name: str, help_: str, value: float) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(name, help_, value=value)


def _counter(name: str, help_: str, value: float) -> Metric:
    from prometheus_client.core import CounterMetricFamily

    return CounterMetricFamily(name, help_, value=value)
