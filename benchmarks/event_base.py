"""The bare store for events right before and after what is divided by it: half a phase each, on the same PostgreSQL."""

import asyncpg

from benchmarks import bare_events
from benchmarks.bench import Bench
from benchmarks.shapes import Shape

DATABASE = "bare_events"


async def measure_bare_events(bench: Bench, shape: Shape) -> list[bare_events.Rates]:
    """Run after run."""
    connection = await asyncpg.connect(bench.engines.database_dsn("postgres"))
    try:
        await connection.execute(f"create database {DATABASE}")
        await connection.execute("checkpoint")
        rates = await bare_events.run_for(bench.engines.database_dsn(DATABASE), bench.phase_s / 2, shape)
        await connection.execute(f"drop database {DATABASE} with (force)")
    finally:
        await connection.close()
    return rates
