"""Whether a million tasks that wait for tomorrow slow down those of today."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import msgspec

from benchmarks import orders
from benchmarks.bench import Bench, Measurement
from benchmarks.platform import Platform
from benchmarks.row import Row, figure, median
from benchmarks.rows import steady
from benchmarks.rows.throughput import measure_end_to_end
from benchmarks.store_reading import StoreReading

SLEEPERS = 1_000_000
DELAY_S = 86_400.0


async def measure(bench: Bench) -> list[Row]:
    """Steady throughput beside the sleepers; for the second half a foreign transaction keeps old rows from going."""
    if not bench.plain_per_s:
        await measure_end_to_end(bench)
    plain = bench.plain_per_s[-1]
    async with bench.platform() as platform, platform.store() as store:
        filled = await lay_to_sleep(platform, store)
        async with steady.steady_load(platform, store, SLEEPERS):
            alone = await steady.measured_phase(platform, store, bench.phase_s / 2)
            async with _foreign_transaction(platform.dsn):
                beside = await steady.measured_phase(platform, store, bench.phase_s / 2)
        windows = await steady.rates(store, alone, bench)
        windows_foreign = await steady.rates(store, beside, bench)
    worse = min(median(windows), median(windows_foreign))
    config = steady.config(bench) | {
        "sleepers": SLEEPERS,
        "sleepers_scheduled_per_s": round(filled.per_s),
        "plain_per_s": round(plain),
        "ratio": round(median(windows) / plain, 3),
        "ratio_with_foreign_transaction": round(median(windows_foreign) / plain, 3),
        "before": "the sleepers are written out and vacuumed: a load beside them is measured, not what they left to do",
        "foreign_transaction": "repeatable read, with an xid, open for the second half of the phase",
        "summary": "the worse of the two halves; baseline: throughput.end_to_end of this run",
    }
    row = figure(
        "sleepers.ratio", worse / plain, "of plain", [run / plain for run in windows + windows_foreign], config
    )
    return [msgspec.structs.replace(row, ratio=row.value, baseline=round(plain))]


async def lay_to_sleep(platform: Platform, store: StoreReading) -> orders.Sent:
    """Schedule the sleepers for a lambda that is known, and wait until the store has digested them."""
    await platform.deploy("noop")
    client = await platform.client("bulk", orders.Bulk(orders.Total(SLEEPERS), delay_s=DELAY_S), orders.Sent)
    client.go()
    filled = await client.report()
    await store.settle()
    return filled


@asynccontextmanager
async def _foreign_transaction(dsn: str) -> AsyncIterator[None]:
    connection = await asyncpg.connect(dsn)
    try:
        transaction = connection.transaction(isolation="repeatable_read")
        await transaction.start()
        await connection.fetchval("select pg_current_xact_id()")
        yield
        await transaction.rollback()
    finally:
        await connection.close()


SLEEPING = Measurement(("sleepers.ratio",), measure)
