"""The parts of the benchmarks that can be wrong in silence: the base's statements, names, arithmetic, verdicts."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

import asyncpg
import msgspec
import pytest

from benchmarks import bare_events, bare_store, orders
from benchmarks.__main__ import main
from benchmarks.baseline import Baseline
from benchmarks.cells import Cells
from benchmarks.clients.line import Line
from benchmarks.lambdas import event_layout
from benchmarks.lambdas.event_layout import Given
from benchmarks.lambdas.layout import cells_for, started_at_ns, started_since_1970_ns
from benchmarks.plan import MEASUREMENTS, ROW_NAMES, UnknownNames, chosen_rows, measurements_for
from benchmarks.row import figure, over, percentile, slices
from benchmarks.rows.fairness import ages_s, oldest_in_order_s
from benchmarks.shapes import Shape, place_of
from benchmarks.stacks import spent
from benchmarks.usage import Usage

if TYPE_CHECKING:
    from pathlib import Path

PROMISED = [
    "throughput.end_to_end",
    "throughput.drain",
    "single_calls.one_client",
    "single_calls.eight_clients",
    "latency.p50_ms",
    "latency.p95_ms",
    "latency.p99_ms",
    "delayed.p50_ms",
    "delayed.p95_ms",
    "delayed.max_ms",
    "periodic.p95_ms",
    "fairness.oldest_age_s",
    "sleepers.ratio",
    "idle_features.ratio",
    "paused.ratio",
    "isolation.shift_p95_ms",
    "isolation.shift_p95_percent",
    "priority_isolation.shift_p95_ms",
    "priority_isolation.shift_p95_percent",
    "overload.goodput_2x",
    "overload.goodput_10x",
    "overload.recovery_s",
    "publish.batched",
    "publish.single",
    "events.per_subscription",
    "events.uniform",
    "events.unique",
    "event_latency.p50_ms",
    "event_latency.p95_ms",
    "event_latency.p99_ms",
    "hot_subject.shift_p95_ms",
    "slow_subscriber.shift_p95_ms",
    "slow_subscriber.catch_up_ratio",
    "refresh.subjects_per_s",
    "refresh.shift_p95_ms",
    "http_publish.batched",
    "http_publish.validated",
    "push.requests_per_s",
    "push.shift_p95_ms",
    "cost.idle_cpu_percent",
    "cost.rss_mb",
    "cost.cold_start_s",
    "cost.cpu_s_per_1000",
    "conversion.json_us",
    "conversion.avro_us",
    "conversion.protobuf_us",
]
S = 1_000_000_000


def test_bare_store_keeps_its_statements() -> None:
    # Every ratio ever published stands on these letters.
    statements = (bare_store.TABLES, bare_store.INSERT, bare_store.CLAIM, bare_store.COMPLETE)
    digest = hashlib.sha256("\0".join(statements).encode()).hexdigest()
    assert digest == "8dccff6ef7c8096df5b659663459ca2f255595d219ff717d4f7293fbae1d9b61"
    assert len(bare_store.PAYLOAD) == 100


def test_bare_events_keeps_its_statements() -> None:
    statements = (
        bare_events.TABLES,
        bare_events.PUBLISH,
        bare_events.RAISE,
        bare_events.CLAIM_READ,
        bare_events.ADVANCE,
    )
    digest = hashlib.sha256("\0".join(statements).encode()).hexdigest()
    assert digest == "c8868acb96678ea60a33bcca6eb49eb6dac736da6d80c2a90c80bb0d1544c3a2"
    assert len(bare_events.DATA) == 200


async def test_bare_events_delivers_every_event_and_leaves_nothing(postgres_dsn: str) -> None:
    rates = await bare_events.run(postgres_dsn, Shape(100, zipf=1.0).first(2_000), batch=100)
    assert rates.both < min(rates.publish, rates.deliver_each)
    assert rates.events_per_delivery >= 1
    connection = await asyncpg.connect(postgres_dsn)
    try:
        assert await connection.fetchval("select to_regnamespace('bare_events')") is None
    finally:
        await connection.close()


async def test_bare_store_leads_every_row_through_and_leaves_nothing(postgres_dsn: str) -> None:
    rates = await bare_store.run(postgres_dsn, tasks=1_000, batch=100)
    assert rates.lifecycles < min(rates.insert, rates.claim, rates.complete)
    connection = await asyncpg.connect(postgres_dsn)
    try:
        assert await connection.fetchval("select to_regnamespace('bare_store')") is None
    finally:
        await connection.close()


def test_lifecycles_are_the_three_steps_in_sequence() -> None:
    assert bare_store.Rates(insert=3.0, claim=6.0, complete=2.0).lifecycles == pytest.approx(1.0)


def test_every_promised_row_is_measured_once() -> None:
    assert sorted(ROW_NAMES) == sorted(PROMISED)
    for measurement in MEASUREMENTS:
        assert set(measurement.over_bare_store) <= set(measurement.names)


def test_names_are_rows_or_groups_of_them() -> None:
    assert chosen_rows([]) == chosen_rows(["path"])
    assert chosen_rows(["path", "features", "events", "edges"]) == frozenset(ROW_NAMES)
    assert "sleepers.ratio" in chosen_rows([])
    assert chosen_rows(["features"]) >= {"paused.ratio", "idle_features.ratio"}
    assert chosen_rows(["latency.p50_ms", "throughput"]) == {
        "latency.p50_ms",
        "throughput.end_to_end",
        "throughput.drain",
    }
    with pytest.raises(UnknownNames, match=r"laten, throughput\.x"):
        chosen_rows(["laten", "delayed", "throughput.x"])


def test_one_measurement_serves_all_its_rows() -> None:
    assert len(measurements_for(frozenset({"latency.p50_ms", "latency.p99_ms"}))) == 1


def test_unknown_name_exits_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["latency", "nonsense"]) == 2
    told = capsys.readouterr().err
    assert "nonsense" in told
    assert all(name in told for name in PROMISED)


def test_row_has_the_promised_fields() -> None:
    row = msgspec.to_builtins(figure("a", 1.0, "s", [1.0], {}))
    assert list(row) == ["name", "value", "unit", "ratio", "baseline", "runs", "config"]


def test_baseline_is_the_median_of_before_and_after() -> None:
    rated = Baseline([10.0, 30.0], [20.0]).rate(figure("a", 5.0, "tasks/s", [5.0], {"x": 1}))
    assert (rated.ratio, rated.baseline) == (0.25, 20.0)
    assert rated.config == {"x": 1, "bare_store": {"before": 20, "after": 20, "runs": 3}}
    assert over(figure("a", 1.0, "s", [1.0], {}), 4.0).ratio == 0.25


def test_percentile_is_the_nearest_rank() -> None:
    samples = [float(n) for n in range(100, 0, -1)]
    assert [percentile(samples, share) for share in (0.01, 0.5, 0.95, 0.99, 1.0)] == [1, 50, 95, 99, 100]
    assert percentile([7.0], 0.5) == 7.0


def test_slices_lose_nothing_and_keep_the_order() -> None:
    samples = [float(n) for n in range(10)]
    assert [each for part in slices(samples, 4) for each in part] == samples
    assert slices([1.0], 4) == [[1.0]]


def test_cells_are_seen_by_who_inherits_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = Cells.create(tmp_path / "cells", cells_for(2))
    for name, text in ours.environment().items():
        monkeypatch.setenv(name, text)
    theirs = Cells.inherited()
    for at, number in enumerate((9, 11, 12, 21, 22)):
        theirs.values[at] = number
    assert ours.values[0] == 9
    assert started_at_ns(ours.values, 2) == [11, 21]
    assert started_since_1970_ns(ours.values, 2) == [12, 22]


def test_unique_subjects_come_once_and_have_small_numbers() -> None:
    names = Shape(0).first(1_000)
    assert [place_of(name) for name in names] == list(range(1_000))
    assert max(names) > "u99"


def test_frequent_subjects_come_more_often() -> None:
    names = Shape(100, zipf=1.0).first(10_000)
    assert names == Shape(100, zipf=1.0).first(10_000)
    assert names.count("s0000000") > 5 * names.count("s0000020") > 0
    assert {place_of(name) for name in names} <= set(range(100))


def test_a_subscription_notes_what_it_was_given() -> None:
    cells = memoryview(bytearray(8 * event_layout.cells_for(3))).cast("q")
    event_layout.note(cells, 0, 2, [70, 71])
    event_layout.note(cells, 1, 2, [70])
    event_layout.note(cells, 0, 2, [71, 72, 73])  # one comes again
    event_layout.note(cells, 0, 1, [5])
    assert event_layout.given(cells, 0) == Given(events=5, deliveries=3, repeated=1, missed=0)
    assert event_layout.given(cells, 1) == Given(events=1, deliveries=1, repeated=0, missed=0)


@pytest.mark.parametrize("sequences", [[72], [71, 73], [72, 71], [71, 71, 72]])
def test_a_subscription_notes_what_is_out_of_order(sequences: list[int]) -> None:
    cells = memoryview(bytearray(8 * event_layout.cells_for(1))).cast("q")
    event_layout.note(cells, 0, 0, [70])
    event_layout.note(cells, 0, 0, sequences)
    assert event_layout.given(cells, 0).missed == 1


def test_oldest_age_counts_who_never_started() -> None:
    due, started, end = [1 * S, 2 * S, 9 * S], [4 * S, 0, 12 * S], 10 * S
    assert ages_s(due, started, end) == [3, 8, 1]


def test_oldest_age_in_order_is_smaller_than_out_of_order() -> None:
    due, started, end = [1 * S, 2 * S, 3 * S], [9 * S, 5 * S, 4 * S], 10 * S
    assert max(ages_s(due, started, end)) == 8
    assert oldest_in_order_s(due, started, end) == 6


@pytest.mark.parametrize(
    ("pace", "executed", "allowed"),
    [(orders.InFlight(100), 40, 140), (orders.Total(70), 40, 70), (orders.Factor(1.2, lead=10), 50, 70)],
)
def test_pace(pace: orders.InFlight | orders.Total | orders.Factor, executed: int, allowed: int) -> None:
    assert pace.allowed(executed) == allowed
    text = msgspec.json.encode(orders.Bulk(pace))
    assert msgspec.json.decode(text, type=orders.Bulk).pace == pace


async def test_client_whose_starter_is_gone_stops() -> None:
    line, reader = Line(), asyncio.StreamReader()
    reader.feed_data(b"go\n")
    reader.feed_eof()
    await line._listen(reader)
    assert line.stopped.is_set()


def test_usage_between_two_readings() -> None:
    before, after = Usage({"frontend": 1.0}, {}), Usage({"frontend": 1.5, "client": 0.25}, {})
    assert after.cpu_since(before) == {"frontend": 0.5, "client": 0.25}


def test_samples_count_for_the_innermost_and_for_all_around_it() -> None:
    seen = spent(["outer (/x/src/penstock/a.py);inner (/x/site-packages/b.py) 3", "outer (/x/src/penstock/a.py) 1"])
    assert seen.samples == 4
    assert seen.itself == [("b.py:inner", 0.75), ("penstock/a.py:outer", 0.25)]
    assert dict(seen.inside) == {"penstock/a.py:outer": 1.0, "b.py:inner": 0.75}
