"""The bare store's lifecycles before and after what is divided by them: half a phase each, on the same PostgreSQL."""

import asyncpg
import msgspec
from msgspec import Struct

from benchmarks import bare_store
from benchmarks.bench import Bench
from benchmarks.row import Row, median, over

DATABASE = "bare_store"


class Baseline(Struct):
    """Lifecycles/s of each run."""

    before: list[float]
    after: list[float]

    @property
    def lifecycles_per_s(self) -> float:
        """Before and after count the same: a machine that is faster in one half fits more runs into it."""
        return (median(self.before) + median(self.after)) / 2

    def rate(self, row: Row) -> Row:
        """The row with its ratio, and with what the base was made of."""
        parts = {"before": round(median(self.before)), "after": round(median(self.after))}
        parts["runs"] = len(self.before) + len(self.after)
        return msgspec.structs.replace(over(row, self.lifecycles_per_s), config=row.config | {"bare_store": parts})


async def measure_bare_store(bench: Bench) -> list[float]:
    """Lifecycles/s, run after run. The first ones do not count: a machine that has rested runs ahead of itself."""
    connection = await asyncpg.connect(bench.engines.database_dsn("postgres"))
    try:
        await connection.execute(f"create database {DATABASE}")
        await connection.execute("checkpoint")
        await bare_store.run_for(bench.engines.database_dsn(DATABASE), bench.phase_s / 6)
        rates = await bare_store.run_for(bench.engines.database_dsn(DATABASE), bench.phase_s / 2)
        await connection.execute(f"drop database {DATABASE} with (force)")
    finally:
        await connection.close()
    return [rate.lifecycles for rate in rates]
