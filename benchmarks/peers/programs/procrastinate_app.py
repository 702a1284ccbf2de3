"""Procrastinate on PostgreSQL."""

import asyncio
import os

from procrastinate import App, PsycopgConnector

from benchmarks.peers.marks import Marker
from benchmarks.peers.programs import FILLER, SLOW_S

BULK, SENDERS = 500, 4

app = App(connector=PsycopgConnector(conninfo=os.environ["PEER_ADDRESS"], max_size=20))
marker = Marker()


@app.task(name="noop")
async def noop(n, filler):
    marker.started(n)
    marker.ended(n)


@app.task(name="slow")
async def slow(n, filler):
    marker.started(n)
    await asyncio.sleep(SLOW_S)
    marker.ended(n)


# https://procrastinate.readthedocs.io/en/stable/howto/production/retry_stalled_jobs.html
@app.periodic(cron="* * * * *")
@app.task(name="retry_stalled", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context, timestamp):
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job)


KINDS = {"noop": noop, "slow": slow}


async def prepare():
    async with app.open_async():
        await app.schema_manager.apply_schema_async()


async def connect():
    await app.open_async()


async def close():
    await app.close_async()


async def enqueue_many(task, numbers):
    await KINDS[task].batch_defer_async(*({"n": n, "filler": FILLER} for n in numbers))


async def enqueue_one(task, n):
    await KINDS[task].defer_async(n=n, filler=FILLER)


async def enqueue_later(task, n, delay_s):
    await KINDS[task].configure(schedule_in={"seconds": delay_s}).defer_async(n=n, filler=FILLER)
