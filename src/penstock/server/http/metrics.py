"""What `/metrics` shows, in Prometheus' format: read from the parts that count when somebody asks, never before."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from penstock.frontend.readings import Readings
from penstock.server.http.tallies import Tallies
from penstock.version import VERSION

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """A registry of its own. `families`: what is asked at each exposition."""

    def __init__(self, *families: Callable[[], Iterable[Metric]]) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self._registry)
        self._registry.register(_Asked(families))

    def exposition(self) -> bytes:
        """The whole page."""
        return generate_latest(self._registry)


class _Asked(Collector):
    def __init__(self, families: Iterable[Callable[[], Iterable[Metric]]]) -> None:
        self._families = tuple(families)

    def collect(self) -> Iterator[Metric]:
        for family in self._families:
            yield from family()


def frontend_families(
    read: Callable[[], Readings], orchestrators: Callable[[], int], lag_s: Callable[[], float]
) -> Iterator[Metric]:
    """What the frontend's parts say of themselves."""
    readings = read()
    build = GaugeMetricFamily("penstock_build_info", "The release that runs here; always 1.", labels=["version"])
    build.add_metric([VERSION], 1)
    yield build
    yield GaugeMetricFamily(
        "penstock_event_loop_lag_seconds", "How late the event loop was at worst in the last ten seconds.", lag_s()
    )
    yield GaugeMetricFamily("penstock_orchestrators", "Orchestrators that are known to be there.", orchestrators())
    yield CounterMetricFamily(
        "penstock_tasks_stored", "Tasks that were stored; those of a repeated call again.", readings.tasks_stored
    )
    yield GaugeMetricFamily("penstock_admission_waiting_tasks", "Tasks that wait to be stored.", readings.tasks_waiting)
    yield GaugeMetricFamily(
        "penstock_admission_oldest_wait_seconds",
        "How long the first of the tasks that wait to be stored has been waiting.",
        readings.oldest_wait_s,
    )
    yield GaugeMetricFamily(
        "penstock_overload_stage",
        "What is refused: 0 nothing, 1 lists, 2 low priority too, 3 schedules that would have to wait.",
        readings.overload_stage,
    )
    yield CounterMetricFamily(
        "penstock_overload_refusals", "Calls that were refused because of overload.", readings.refusals
    )
    yield CounterMetricFamily(
        "penstock_events_stored", "Events that were stored; those of a repeated call again.", readings.events_stored
    )
    yield GaugeMetricFamily(
        "penstock_journal_waiting_events", "Events that wait to be stored.", readings.events_waiting
    )


def http_tallies() -> Tallies:
    """Of this door. `route` is a template of the route table, never what was asked for."""
    return Tallies("penstock_http", "HTTP requests", ["method", "route"], "status")
