"""The same batches of events by one door or the other: gRPC by the SDK, or CloudEvents over HTTP."""

import asyncio
import itertools
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import grpc
import httpx
import msgspec

from benchmarks.clients.line import Line
from benchmarks.orders import DoorBatches, Sent
from benchmarks.shapes import Shape
from penstock import App, Event
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc

TYPE = "bench.changed"
DATA = {"text": "x" * (200 - len('{"text":""}'))}
BATCH = "application/cloudevents-batch+json"
Send = Callable[[list[str]], Awaitable[Any]]
app = App("bench")


async def work(orders: DoorBatches, line: Line) -> Sent:
    names = Shape(orders.subjects, 1.0).names()
    numbers = itertools.count()
    async with httpx.AsyncClient(base_url=await _http_url()) as client:
        send = _by_http(client, orders, numbers) if orders.door == "http" else _by_grpc(orders, numbers)
        await send(["warm"])
        await line.ready()
        started_at_s = time.time()
        counts = await asyncio.gather(*(_batches(orders, line, names, send) for _ in range(orders.senders)))
        return Sent(sum(counts), started_at_s, time.time())


async def _batches(orders: DoorBatches, line: Line, names: Iterator[str], send: Send) -> int:
    count = 0
    while not line.stopped.is_set():
        await send(list(itertools.islice(names, orders.events_each)))
        count += orders.events_each
    return count


def _by_grpc(orders: DoorBatches, numbers: Iterator[int]) -> Send:
    async def send(names: list[str]) -> None:
        await app.publish_many(
            [Event(orders.stream, name, TYPE, DATA, id=f"{orders.run}-{next(numbers)}") for name in names]
        )

    return send


def _by_http(client: httpx.AsyncClient, orders: DoorBatches, numbers: Iterator[int]) -> Send:
    plain = {"specversion": "1.0", "source": "bench", "type": TYPE, "data": DATA}

    async def send(names: list[str]) -> None:
        events = [{**plain, "subject": name, "id": f"{orders.run}-{next(numbers)}"} for name in names]
        reply = await client.post(
            f"/v1/streams/{orders.stream}/events", content=msgspec.json.encode(events), headers={"content-type": BATCH}
        )
        reply.raise_for_status()

    return send


async def _http_url() -> str:
    async with grpc.aio.insecure_channel(os.environ["PENSTOCK_ADDRESS"]) as channel:
        info = await pb_grpc.FrontendStub(channel).GetServerInfo(pb.GetServerInfoRequest())
    return str(info.facts["http"])
