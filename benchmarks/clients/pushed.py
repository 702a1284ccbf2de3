"""Tasks for lambdas that are endpoints, at a rate; or the same requests straight from httpx."""

import asyncio
import itertools
import os
import time

import grpc
import httpx
import msgspec

from benchmarks.clients.line import Line
from benchmarks.orders import Posted, Pushed, Sent
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc


def payload() -> bytes:
    """With the moment of its call, and as long as the others of the benchmarks."""
    return msgspec.json.encode({"called_at_ns": time.monotonic_ns(), "text": "x" * 60})


async def schedule(orders: Pushed, line: Line) -> Sent:
    """`each` tasks a call, for each lambda in turn."""
    async with grpc.aio.insecure_channel(os.environ["PENSTOCK_ADDRESS"]) as channel:
        stub = pb_grpc.FrontendStub(channel)
        await line.ready()
        started_at_s, count = time.time(), 0
        for turn in itertools.count():
            if line.stopped.is_set() or count >= orders.tasks:
                return Sent(count, started_at_s, time.time())
            name = orders.names[turn % len(orders.names)]
            group = pb.TaskGroup(payloads=[payload() for _ in range(orders.each)])
            setattr(group, "lambda", name)
            await stub.Schedule(pb.ScheduleRequest(groups=[group]))
            count += orders.each
            ahead_s = started_at_s + count / orders.per_s - time.time() if orders.per_s else 0.0
            await asyncio.sleep(max(ahead_s, 0.0))
    raise AssertionError("it counts for ever")


async def post(orders: Posted, line: Line) -> Sent:
    """As fast as httpx goes, so many under way."""
    limits = httpx.Limits(max_connections=orders.under_way, max_keepalive_connections=orders.under_way)
    async with httpx.AsyncClient(limits=limits) as client:
        await line.ready()
        started_at_s = time.time()

        async def loop() -> int:
            count = 0
            while not line.stopped.is_set():
                reply = await client.post(orders.url, content=payload(), headers={"content-type": "application/json"})
                reply.raise_for_status()
                count += 1
            return count

        counts = await asyncio.gather(*(loop() for _ in range(orders.under_way)))
        return Sent(sum(counts), started_at_s, time.time())
