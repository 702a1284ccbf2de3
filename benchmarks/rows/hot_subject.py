"""What one subject that takes half of all events does to the others."""

from benchmarks import orders
from benchmarks.bench import Bench, Measurement
from benchmarks.lambdas.layout import cells_for
from benchmarks.row import Row, figure, percentile, slices
from benchmarks.rows.event_stamps import all_given, waits_ms, warm_up, warm_up_events

NAME = "hot_subject.shift_p95_ms"
PER_S = 1_000.0
SUBJECTS = 1_000
PARTS = 4


async def measure(bench: Bench) -> list[Row]:
    """Quiet subjects alone, then beside the hot one."""
    alone = await _phase(bench, has_hot=False)
    beside = await _phase(bench, has_hot=True)
    alone_ms = percentile(alone, 0.95)
    config = {
        "quiet_events_per_s": PER_S,
        "quiet_subjects": SUBJECTS,
        "hot_events_per_s": PER_S,
        "phase_s": bench.phase_s,
        "alone_p95_ms": round(alone_ms, 2),
        "beside_p95_ms": round(percentile(beside, 0.95), 2),
        "counted": "quiet events, from before their call to the first line of the subscription; runs are quarters",
    }
    runs = [percentile(part, 0.95) - alone_ms for part in slices(beside, PARTS)]
    return [figure(NAME, percentile(beside, 0.95) - alone_ms, "ms", runs, config)]


async def _phase(bench: Bench, *, has_hot: bool) -> list[float]:
    """Waits of the quiet events, in milliseconds, on a platform of its own."""
    events = int(PER_S * bench.phase_s)
    async with bench.platform(cells_for(warm_up_events(SUBJECTS) + events)) as platform:
        first = await warm_up(platform, SUBJECTS)
        load = orders.EventTicks(events, PER_S, SUBJECTS, first, has_hot)
        client = await platform.client("event_ticks", load, orders.Called)
        client.go()
        report = await client.report()
        await all_given(platform, first + events)
        return waits_ms(platform, first, report.called_at_ns)


HOT_SUBJECT = Measurement((NAME,), measure)
