"""Schedule requests on a bare channel, at a rate or by callers that call again at once: no SDK is polite here."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import grpc

from benchmarks.clients.calls import NOOP_FILLER
from benchmarks.clients.line import Line
from benchmarks.clients.ticks import due
from benchmarks.lambdas.noop import noop
from benchmarks.orders import Storm, Stormed
from penstock.sdk.address import find_address
from penstock.wire.v1 import penstock_pb2 as pb

METHOD = "/penstock.v1.Frontend/Schedule"
UNDER_WAY_MAX = 2_000
TRY_S = 10.0


async def work(orders: Storm, line: Line) -> Stormed:
    group = pb.TaskGroup(payloads=[noop.call(NOOP_FILLER).payload] * orders.tasks_each)
    setattr(group, "lambda", noop.name)
    request = pb.ScheduleRequest(groups=[group]).SerializeToString()
    report = Stormed()
    async with grpc.aio.insecure_channel(find_address("").text) as channel:
        send = channel.unary_unary(METHOD)

        async def call(tries: int) -> None:
            asked_at_s = time.monotonic()
            try:
                await send(request, timeout=TRY_S)
            except grpc.aio.AioRpcError as error:
                took_ms = (time.monotonic() - asked_at_s) * 1000
                if error.code() is grpc.StatusCode.CANCELLED:
                    report.dropped += 1  # by gRPC's own server, which keeps a thousand that nobody has read yet
                elif error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                    report.failed += 1
                    report.failures[error.code().name] = error.details() or ""
                    return
                report.refused += 1
                report.refused_after_ms.append(took_ms)
                if tries > 1:
                    await call(tries - 1)
            else:
                report.accepted += 1
                report.accepted_after_ms.append((time.monotonic() - asked_at_s) * 1000)

        await call(1)
        report = Stormed()
        await line.ready()
        started_at_s = time.monotonic()
        if orders.callers:
            await asyncio.gather(*(_again_and_again(call, line) for _ in range(orders.callers)))
            report.lasted_s = time.monotonic() - started_at_s
            return report
        under_way: set[asyncio.Task[None]] = set()
        async for count in due(orders.calls_per_s, line):
            for _ in range(min(count, UNDER_WAY_MAX - len(under_way))):
                one = asyncio.create_task(call(orders.tries))
                under_way.add(one)
                one.add_done_callback(under_way.discard)
        report.lasted_s = time.monotonic() - started_at_s
        accepted = report.accepted
        await asyncio.gather(*under_way)
        report.accepted = accepted
    return report


async def _again_and_again(call: Callable[[int], Awaitable[None]], line: Line) -> None:
    while not line.stopped.is_set():
        await call(1)
