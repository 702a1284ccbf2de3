"""DBOS Transact on PostgreSQL, from outside: its client puts workflows into the queue by their names."""

import asyncio
import os

from dbos import DBOSClient, run_dbos_database_migrations

from benchmarks.peers.programs import FILLER

BULK, SENDERS = 100, 1
QUEUE = "bench"
ADDRESS = os.environ["PEER_ADDRESS"].replace("postgresql://", "postgresql+psycopg://")

client = None


async def prepare():
    await asyncio.to_thread(run_dbos_database_migrations, ADDRESS)


async def connect():
    global client
    client = DBOSClient(system_database_url=ADDRESS)


async def close():
    client.destroy()


async def enqueue_many(task, numbers):
    await asyncio.gather(*(enqueue_one(task, n) for n in numbers))


async def enqueue_one(task, n):
    await client.enqueue_async({"queue_name": QUEUE, "workflow_name": task}, n, FILLER)


async def enqueue_later(task, n, delay_s):
    await client.enqueue_async({"queue_name": QUEUE, "workflow_name": task, "delay_seconds": delay_s}, n, FILLER)
