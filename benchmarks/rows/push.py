"""Push: how many requests a push worker makes, and what endpoints that hang do to the others."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise

import grpc

from benchmarks import orders
from benchmarks.bench import Bench, Measurement
from benchmarks.platform import Client, Platform
from benchmarks.row import Row, RowFailed, figure, median, over, percentile
from benchmarks.store_reading import StoreReading
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc

SETTINGS = {"PENSTOCK_PUSH_ALLOW": '["127.0.0.0/8"]'}
ENDPOINTS = 10
UNDER_WAY = 100
"""requests at the same time, over all endpoints"""
PLAIN_UNDER_WAY = (1, 4, 16)
BACKLOG_PER_S = 4_000
PARTS = 5
MANY, HANGING = 1_000, 50
HANG_S = 30.0
HUNG_EACH = 10
CALLS_PER_S = 100.0
SETTLE_S = 60.0


async def requests(bench: Bench) -> list[Row]:
    """A backlog for ten endpoints; then httpx alone, to the same receiver."""
    names = [f"bench.e{number}" for number in range(ENDPOINTS)]
    async with _receiver(bench) as (platform, port, receiver):
        urls = {name: f"http://127.0.0.1:{port}/{name}" for name in names}
        await _put(platform, urls, UNDER_WAY // ENDPOINTS)
        load = orders.Pushed(names, int(bench.phase_s * BACKLOG_PER_S), 500, 0.0)
        client = await platform.client("pushed", load, orders.Sent)
        client.go()
        await platform.start_push()
        await asyncio.sleep(bench.phase_s * 1.5)
        client.stop()
        receiver.stop()
        arrived_s = sorted((await receiver.report()).arrived_s)
    rates = _rates(arrived_s, bench.phase_s)
    plain = await _plain(bench)
    config = {"endpoints": ENDPOINTS, "under_way": UNDER_WAY, "counted": "requests a second, of five parts of a phase"}
    return [over(figure("push.requests_per_s", median(rates), "requests/s", rates, config), plain)]


async def shift(bench: Bench) -> list[Row]:
    """A thousand endpoints, each a lambda, at a steady rate; then the same while one of twenty hangs."""
    good = [f"bench.e{number}" for number in range(MANY - HANGING)]
    bad = [f"bench.h{number}" for number in range(HANGING)]
    async with _receiver(bench) as (platform, port, receiver), platform.store() as store:
        await _put(platform, {name: f"http://127.0.0.1:{port}/{name}" for name in good}, 10)
        await _put(platform, {name: f"http://127.0.0.1:{port}/hang/{name}" for name in bad}, 10)
        await platform.start_push()
        warm = orders.Pushed(good, len(good), 1, CALLS_PER_S)
        await _sent(platform, warm)
        await _done_but(store, 0)
        alone = orders.Pushed(good, int(CALLS_PER_S * bench.phase_s), 1, CALLS_PER_S)
        await _sent(platform, alone)
        await _done_but(store, 0)
        hung = await platform.client("pushed", orders.Pushed(bad, HANGING * HUNG_EACH, HUNG_EACH, 0.0), orders.Sent)
        hung.go()
        await hung.report()
        await asyncio.sleep(1.0)
        await _sent(platform, alone)
        await _done_but(store, HANGING * HUNG_EACH)
        receiver.stop()
        took_ms = (await receiver.report()).took_ms
    phase = int(CALLS_PER_S * bench.phase_s)
    if len(took_ms) < len(good) + 2 * phase:
        raise RowFailed(f"{len(took_ms)} of {len(good) + 2 * phase} requests have arrived")
    quiet, beside = took_ms[len(good) : len(good) + phase], took_ms[-phase:]
    before, after = percentile(quiet, 0.95), percentile(beside, 0.95)
    config = {
        "endpoints": MANY,
        "hanging": HANGING,
        "hang_s": HANG_S,
        "calls_per_s": CALLS_PER_S,
        "alone_p50_ms": round(percentile(quiet, 0.5), 2),
        "alone_p95_ms": round(before, 2),
        "counted": "from just before the call that schedules to the receiver's first line, by one clock",
    }
    return [figure("push.shift_p95_ms", after - before, "ms", [before, after], config)]


async def _sent(platform: Platform, load: orders.Pushed) -> None:
    client = await platform.client("pushed", load, orders.Sent)
    client.go()
    await client.report()


async def _done_but(store: StoreReading, waiting: int) -> None:
    """Until no more tasks than that live."""
    loop = asyncio.get_running_loop()
    ends_at_s = loop.time() + SETTLE_S
    while (live := await store.live()) > waiting:
        if loop.time() > ends_at_s:
            raise RowFailed(f"{live - waiting} tasks have not ended within {SETTLE_S:g} s")
        await asyncio.sleep(0.1)


async def _plain(bench: Bench) -> float:
    """The best that httpx does: with many under way its pool is slower than a loop that waits for each answer."""
    rates: list[float] = []
    async with _receiver(bench) as (platform, port, _):
        for under_way in PLAIN_UNDER_WAY:
            load = orders.Posted(f"http://127.0.0.1:{port}/plain", under_way)
            client = await platform.client("posted", load, orders.Sent)
            client.go()
            await asyncio.sleep(bench.phase_s / len(PLAIN_UNDER_WAY))
            client.stop()
            rates.append((await client.report()).per_s)
    return max(rates)


@asynccontextmanager
async def _receiver(bench: Bench) -> AsyncIterator[tuple[Platform, int, Client[orders.Received]]]:
    async with bench.platform(settings=SETTINGS) as platform:
        port = _free_port()
        receiver = await platform.client("receiver", orders.Receiver(port, HANG_S), orders.Received)
        receiver.go()
        yield platform, port, receiver


async def _put(platform: Platform, urls: dict[str, str], concurrency: int) -> None:
    async with grpc.aio.insecure_channel(platform.address) as channel:
        stub = pb_grpc.FrontendStub(channel)
        for name, url in urls.items():
            spec = pb.EndpointSpec(urls=[url], concurrency=concurrency, timeout_s=60.0, read_timeout_s=60.0)
            request = pb.PutEndpointRequest(spec=spec)
            setattr(request, "lambda", name)
            await stub.PutEndpoint(request)


def _rates(arrived_s: Sequence[float], phase_s: float) -> list[float]:
    """After the first fifth of a phase, in which the worker comes up."""
    if not arrived_s:
        raise RowFailed("nothing has arrived")
    first_s = arrived_s[0] + phase_s / PARTS
    edges = [first_s + phase_s / PARTS * part for part in range(PARTS)]
    return [sum(start <= at < end for at in arrived_s) / (end - start) for start, end in pairwise(edges)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


PUSH_REQUESTS = Measurement(("push.requests_per_s",), requests)
PUSH_SHIFT = Measurement(("push.shift_p95_ms",), shift)
