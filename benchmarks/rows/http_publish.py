"""Events published over HTTP, checked by a schema or not, over the same batches by gRPC before and after."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager

import grpc

from benchmarks import orders
from benchmarks.bench import Bench, Measurement
from benchmarks.platform import Platform
from benchmarks.row import Row, figure, median, over
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc
from penstock.wire.v1 import schemas_pb2 as schemas_pb

SUBJECTS = 10_000
SENDERS = 8
EVENTS_EACH = 100
PARTS = 3
PLAIN, CHECKED = "bench", "bench-checked"
TEXT = {"text": {"type": "string", "maxLength": 1_000}}
SCHEMA = json.dumps({"type": "object", "properties": TEXT, "required": ["text"], "additionalProperties": False})
LOADS = {"grpc": ("grpc", PLAIN), "http": ("http", PLAIN), "validated": ("http", CHECKED)}
"""what is measured: the door, and the stream"""


async def measure(bench: Bench) -> list[Row]:
    """Turn by turn on one platform, so that both doors see the same machine."""
    measured: dict[str, list[float]] = {name: [] for name in LOADS}
    part_s = bench.phase_s / PARTS
    async with bench.platform() as platform:
        await asyncio.to_thread(_name_schema, platform.address)
        for part in range(PARTS):
            for name, rates in measured.items():
                rates.append(await _rate(platform, name, part, part_s))
        measured["grpc"].append(await _rate(platform, "grpc", PARTS, part_s))
    config = {
        "event_bytes": 200,
        "subjects": SUBJECTS,
        "zipf": 1.0,
        "senders": SENDERS,
        "events_each": EVENTS_EACH,
        "grpc": [round(rate) for rate in measured["grpc"]],
        "counted": "acknowledged events over the time from the first call to the last answer; runs are turns",
    }
    rows = [
        figure(name, median(rates), "events/s", rates, more)
        for name, rates, more in (
            ("http_publish.batched", measured["http"], config),
            ("http_publish.validated", measured["validated"], {**config, "schema": SCHEMA}),
        )
    ]
    return [over(row, median(measured["grpc"])) for row in rows]


async def _rate(platform: Platform, name: str, part: int, part_s: float) -> float:
    door, stream = LOADS[name]
    load = orders.DoorBatches(door, stream, f"{name}-{part}", SENDERS, EVENTS_EACH, SUBJECTS)
    client = await platform.client("door_batches", load, orders.Sent)
    client.go()
    await asyncio.sleep(part_s)
    client.stop()
    return (await client.report()).per_s


def _name_schema(address: str) -> None:
    """Returns when what does not fit is refused."""
    with _frontend(address) as stub:
        stub.RegisterSchema(schemas_pb.RegisterSchemaRequest(subject="bench-value", schema_type="JSON", schema=SCHEMA))
        stub.SetStreamSchema(pb.SetStreamSchemaRequest(stream=CHECKED, subject="bench-value"))
        group = pb.EventGroup(stream=CHECKED, data=[b"7"], subjects=["wrong"], types=["wrong"])
        while True:
            try:
                stub.Publish(pb.PublishRequest(groups=[group]))
            except grpc.RpcError:
                return


@contextmanager
def _frontend(address: str) -> Iterator[pb_grpc.FrontendStub]:
    with grpc.insecure_channel(address) as channel:
        yield pb_grpc.FrontendStub(channel)


HTTP_PUBLISH = Measurement(("http_publish.batched", "http_publish.validated"), measure)
