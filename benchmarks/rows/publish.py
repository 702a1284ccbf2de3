"""Events published to one stream, over the publishing of the bare store for events before and after."""

import asyncio
import itertools
from functools import partial

import asyncpg

from benchmarks import orders
from benchmarks.bench import Bench, Measurement
from benchmarks.event_base import measure_bare_events
from benchmarks.row import Row, RowFailed, figure, median, over
from benchmarks.shapes import Shape

SUBJECTS = 10_000
ZIPF = Shape(SUBJECTS, zipf=1.0)
BATCHES = orders.Publish(senders=4, events_each=500, subjects=SUBJECTS)
SINGLES = orders.Publish(senders=2_000, events_each=1, subjects=SUBJECTS)


async def measure(name: str, load: orders.Publish, bench: Bench) -> list[Row]:
    """Events that are acknowledged, so on disk, by one client process."""
    before = [rates.publish for rates in await measure_bare_events(bench, ZIPF)]
    async with bench.platform() as platform:
        client = await platform.client("publish", load, orders.Sent)
        connection = await asyncpg.connect(platform.dsn)
        try:
            client.go()
            counts = [await _stored(connection)]
            while len(counts) * bench.window_s <= bench.phase_s:
                await asyncio.sleep(bench.window_s)
                counts.append(await _stored(connection))
            client.stop()
            report = await client.report()
            stored = await connection.fetchval("select count(*) from penstock.event") - 1
        finally:
            await connection.close()
    if stored != report.tasks:
        raise RowFailed(f"{report.tasks} events were acknowledged, and {stored} are there")
    after = [rates.publish for rates in await measure_bare_events(bench, ZIPF)]
    windows = [(b - a) / bench.window_s for a, b in itertools.pairwise(counts)]
    config = {
        "event_bytes": 200,
        "subjects": SUBJECTS,
        "zipf": 1.0,
        "senders": load.senders,
        "events_each": load.events_each,
        "bare_events.publish": {"before": round(median(before)), "after": round(median(after))},
        "counted": "acknowledged events over the time from the first call to the last answer; runs are windows",
    }
    return [over(figure(name, report.per_s, "events/s", windows, config), median(before + after))]


async def _stored(connection: asyncpg.Connection) -> int:
    """Events so far: heads count them, so no journal is walked."""
    stored: int = await connection.fetchval("select coalesce(sum(appended), 0)::bigint from penstock.subject_head")
    return stored


BATCHED = Measurement(("publish.batched",), partial(measure, "publish.batched", BATCHES))
SINGLE = Measurement(("publish.single",), partial(measure, "publish.single", SINGLES))
