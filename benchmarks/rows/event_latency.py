"""How soon an event is given: from before `publish()` to the first line of the subscription."""

from benchmarks import orders
from benchmarks.bench import Bench, Measurement
from benchmarks.lambdas.layout import cells_for
from benchmarks.row import Row, figure, percentile, slices
from benchmarks.rows.event_stamps import all_given, waits_ms, warm_up, warm_up_events

PER_S = 200.0
SUBJECTS = 1_000
PARTS = 4
SHARES = {"event_latency.p50_ms": 0.50, "event_latency.p95_ms": 0.95, "event_latency.p99_ms": 0.99}


async def measure(bench: Bench) -> list[Row]:
    """Single calls at a steady rate; a stamp by the caller, a stamp by the subscription, one clock for both."""
    events = int(PER_S * bench.latency_s)
    async with bench.platform(cells_for(warm_up_events(SUBJECTS) + events)) as platform:
        first = await warm_up(platform, SUBJECTS)
        load = orders.EventCalls(events, PER_S, SUBJECTS, first)
        client = await platform.client("event_calls", load, orders.Called)
        client.go()
        report = await client.report()
        await all_given(platform, first + events)
        waits = waits_ms(platform, first, report.called_at_ns)
    config = {
        "calls_per_s": PER_S,
        "seconds": bench.latency_s,
        "subjects": SUBJECTS,
        "acknowledged_p50_ms": round(percentile(report.answered_after_ms, 0.5), 2),
        "acknowledged_p95_ms": round(percentile(report.answered_after_ms, 0.95), 2),
        "max_ms": round(max(waits), 2),
        "caller_behind_its_rate_max_ms": round(report.behind_ms_max, 2),
        "counted": "all events in order of their calls; runs are the same percentile of each quarter",
    }
    parts = slices(waits, PARTS)
    return [
        figure(name, percentile(waits, share), "ms", [percentile(part, share) for part in parts], config)
        for name, share in SHARES.items()
    ]


EVENT_LATENCY = Measurement(tuple(SHARES), measure)
