"""PgQueuer on PostgreSQL."""

import asyncio
import json
import os
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pgqueuer
import uvloop
from pgqueuer import AsyncpgDriver, AsyncpgPoolDriver, PgQueuer, Queries

from benchmarks.peers.marks import Marker
from benchmarks.peers.programs import FILLER, SLOW_S

BULK, SENDERS = 500, 4
ADDRESS = os.environ["PEER_ADDRESS"]

marker = Marker()
pool = None
queries = None


@asynccontextmanager
async def factory():
    """A worker. Its documentation wants a single connection here, and pools for producers."""
    connection = await asyncpg.connect(ADDRESS)
    queuer = PgQueuer(AsyncpgDriver(connection))

    @queuer.entrypoint("noop")
    async def noop(job):
        n, _ = json.loads(job.payload)
        marker.started(n)
        marker.ended(n)

    @queuer.entrypoint("slow")
    async def slow(job):
        n, _ = json.loads(job.payload)
        marker.started(n)
        await asyncio.sleep(SLOW_S)
        marker.ended(n)

    try:
        yield queuer
    finally:
        await connection.close()


def _payload(n):
    return json.dumps([n, FILLER]).encode()


async def prepare():
    async with asyncpg.create_pool(ADDRESS, min_size=1, max_size=2) as connections:
        made = Queries(AsyncpgPoolDriver(connections))
        await made.install()
        await made.optimize_autovacuum()


async def connect():
    global pool, queries
    pool = await asyncpg.create_pool(ADDRESS, min_size=2, max_size=20)
    queries = Queries(AsyncpgPoolDriver(pool))


async def close():
    await pool.close()


async def enqueue_many(task, numbers):
    await queries.enqueue([task] * len(numbers), [_payload(n) for n in numbers], [0] * len(numbers))


async def enqueue_one(task, n):
    await queries.enqueue(task, _payload(n))


async def enqueue_later(task, n, delay_s):
    await queries.enqueue(task, _payload(n), execute_after=timedelta(seconds=delay_s))


if __name__ == "__main__":
    uvloop.run(pgqueuer.run(factory, batch_size=100))
