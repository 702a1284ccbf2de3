"""Events published over HTTP, over the same batches by gRPC before and after."""

import asyncio

from benchmarks import orders
from benchmarks.bench import Bench, Measurement
from benchmarks.platform import Platform
from benchmarks.row import Row, figure, median, over

SUBJECTS = 10_000
SENDERS = 8
EVENTS_EACH = 100
PARTS = 3


async def measure(bench: Bench) -> list[Row]:
    """Turn by turn on one platform, so that both doors see the same machine."""
    by_door: dict[str, list[float]] = {"grpc": [], "http": []}
    part_s = bench.phase_s / PARTS
    async with bench.platform() as platform:
        for part in range(PARTS):
            for door, rates in by_door.items():
                rates.append(await _rate(platform, door, part, part_s))
        by_door["grpc"].append(await _rate(platform, "grpc", PARTS, part_s))
    config = {
        "event_bytes": 200,
        "subjects": SUBJECTS,
        "zipf": 1.0,
        "senders": SENDERS,
        "events_each": EVENTS_EACH,
        "grpc": [round(rate) for rate in by_door["grpc"]],
        "counted": "acknowledged events over the time from the first call to the last answer; runs are turns",
    }
    rates = by_door["http"]
    row = figure("http_publish.batched", median(rates), "events/s", rates, config)
    return [over(row, median(by_door["grpc"]))]


async def _rate(platform: Platform, door: str, part: int, part_s: float) -> float:
    load = orders.DoorBatches(door, f"{door}-{part}", SENDERS, EVENTS_EACH, SUBJECTS)
    client = await platform.client("door_batches", load, orders.Sent)
    client.go()
    await asyncio.sleep(part_s)
    client.stop()
    return (await client.report()).per_s


HTTP_BATCHED = Measurement(("http_publish.batched",), measure)
