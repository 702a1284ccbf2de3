"""The exposition keeps the rules of Prometheus' linter, and counts what it says it counts."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from contextlib import nullcontext
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from prometheus_client.parser import text_string_to_metric_families

from penstock.frontend.readings import Readings
from penstock.server.http.counted_calls import CountedCalls
from penstock.server.http.metrics import Metrics, frontend_families, http_tallies
from penstock.server.http.tallies import BUCKETS_S, Tallies

if TYPE_CHECKING:
    from collections.abc import Iterator

METHOD = "/penstock.v1.Frontend/Schedule"
ABBREVIATED = re.compile(
    r"_(s|ms|us|ns|sec|secs|msec|min|mins|hr|hrs|b|kb|mb|gb|kib|mib|gib|pct|milliseconds|minutes)\b"
)
TYPES = ("counter", "gauge", "histogram", "summary", "untyped")


def whole_page() -> str:
    tallies, grpc_tallies = http_tallies(), Tallies("penstock_grpc", "gRPC calls", ["method"], "code")
    for number, took_s in enumerate((0.0, 0.001, 0.02, 99.0)):
        tallies.of(("GET", "/livez")).add(f"{number + 2}xx", took_s)
        grpc_tallies.of(("Schedule",)).add("OK", took_s)
    metrics = Metrics(
        lambda: frontend_families(lambda: Readings(1, 2, 0.5, 3, 4, 5, 6), lambda: 2, lambda: 0.25),
        tallies.families,
        grpc_tallies.families,
    )
    return metrics.exposition().decode()


def problems(page: str) -> Iterator[str]:
    """The linter's rules, in our words."""
    lines = page.splitlines()
    told = {line.split(" ", 3)[2] for line in lines if line.startswith("# HELP ") and len(line.split(" ", 3)) == 4}
    names = [line.split(" ")[2] for line in lines if line.startswith("# TYPE ")]
    yield from (f"{name} twice" for name in names if names.count(name) > 1)
    for family in text_string_to_metric_families(page):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        if name not in told or not family.documentation:
            yield f"{name} has no help"
        if family.type in ("unknown", "untyped"):
            yield f"{name} has no type"
        if family.type != "counter" and name.endswith("_total"):
            yield f"{name} is no counter"
        if family.type not in ("histogram", "summary") and name.endswith(("_count", "_sum", "_bucket")):
            yield f"{name} ends as a part of a histogram"
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
            yield f"{name} is not in lower case with underscores"
        if ABBREVIATED.search(name):
            yield f"{name} has another unit than a base unit"
        if any(kind in name.split("_") for kind in TYPES):
            yield f"{name} has its type in its name"
        for sample in family.samples:
            if family.type != "histogram" and "le" in sample.labels:
                yield f"{name} has a label of histograms"
            yield from (f"{name}: label {label}" for label in sample.labels if not re.fullmatch(r"[a-z_]+", label))


def test_the_exposition_keeps_the_linters_rules() -> None:
    assert not list(problems(whole_page()))


@pytest.mark.parametrize(
    "page",
    [
        "# TYPE a_total counter\na_total 1\n",
        "# HELP a b\n# TYPE a_total gauge\na_total 1\n",
        "# HELP a_ms b\n# TYPE a_ms gauge\na_ms 1\n",
        "# HELP aB b\n# TYPE aB gauge\naB 1\n",
        "# HELP a_gauge b\n# TYPE a_gauge gauge\na_gauge 1\n",
        '# HELP a b\n# TYPE a gauge\na{bB="1"} 1\n',
        "# HELP a_count b\n# TYPE a_count gauge\na_count 1\n",
    ],
)
def test_each_sin_is_seen(page: str) -> None:
    assert list(problems(page))


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_promtool_agrees() -> None:
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=whole_page(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_every_number_is_where_it_says() -> None:
    values = {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(whole_page())
        for sample in family.samples
        if family.name.startswith("penstock")
    }
    for name, value in {
        "penstock_tasks_stored_total": 1,
        "penstock_admission_waiting_tasks": 2,
        "penstock_admission_oldest_wait_seconds": 0.5,
        "penstock_overload_stage": 3,
        "penstock_overload_refusals_total": 4,
        "penstock_events_stored_total": 5,
        "penstock_journal_waiting_events": 6,
        "penstock_orchestrators": 2,
        "penstock_event_loop_lag_seconds": 0.25,
    }.items():
        assert values[name,] == value
    bucket = "penstock_http_request_duration_seconds_bucket"
    assert [values[bucket, mark, "GET", "/livez"] for mark in ("0.001", "0.01", "0.025", "60", "+Inf")] == [
        2,
        2,
        3,
        3,
        4,
    ]
    assert values["penstock_grpc_request_duration_seconds_count", "Schedule"] == 4
    assert sorted(BUCKETS_S) == list(BUCKETS_S)


def _details(method: str) -> Any:
    return SimpleNamespace(method=method)


class _Context:
    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.NOT_FOUND


async def outcome_of(raises: BaseException | None, method: str = METHOD) -> list[tuple[tuple[str, ...], str]]:
    counted = CountedCalls()

    async def answer(_request: object, _context: object) -> str:
        if raises is not None:
            raise raises
        return "reply"

    async def find(_details: object) -> Any:
        return grpc.unary_unary_rpc_method_handler(answer)

    handler = await counted.intercept_service(find, _details(method))
    with nullcontext() if raises is None else pytest.raises(type(raises)):
        assert await handler.unary_unary("request", _Context()) == "reply"
    kinds = counted.tallies._tallies.items()
    return [(labels, outcome) for labels, tally in kinds for outcome in tally.outcomes]


async def test_calls_are_counted_by_how_they_end() -> None:
    assert await outcome_of(None) == [(("Schedule",), "OK")]
    assert await outcome_of(grpc.aio.AbortError("x")) == [(("Schedule",), "NOT_FOUND")]
    assert await outcome_of(asyncio.CancelledError()) == [(("Schedule",), "CANCELLED")]
    assert await outcome_of(RuntimeError("x")) == [(("Schedule",), "UNKNOWN")]
    assert await outcome_of(None, "/made.up/ByACaller") == []
