"""One client process: prints `ready`, waits for `go`, works until done or told `stop`, prints its report as JSON."""

import sys
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import uvloop

from benchmarks import orders
from benchmarks.clients import (
    bulk,
    door_batches,
    event_calls,
    event_stream,
    event_ticks,
    first_task,
    loud,
    open_loop,
    publish,
    pushed,
    quiet,
    receiver,
    sequence,
    single,
    storm,
)
from benchmarks.clients.line import Line

KINDS: dict[str, tuple[type[Any], Callable[[Any, Line], Awaitable[Any]]]] = {
    "bulk": (orders.Bulk, bulk.work),
    "door_batches": (orders.DoorBatches, door_batches.work),
    "event_calls": (orders.EventCalls, event_calls.work),
    "event_stream": (orders.EventStream, event_stream.work),
    "event_ticks": (orders.EventTicks, event_ticks.work),
    "first_task": (orders.FirstTask, first_task.work),
    "loud": (orders.Loud, loud.work),
    "open_loop": (orders.OpenLoop, open_loop.work),
    "posted": (orders.Posted, pushed.post),
    "pushed": (orders.Pushed, pushed.schedule),
    "receiver": (orders.Receiver, receiver.work),
    "quiet": (orders.Quiet, quiet.work),
    "publish": (orders.Publish, publish.work),
    "sequence": (orders.Sequence, sequence.work),
    "single": (orders.Single, single.work),
    "storm": (orders.Storm, storm.work),
}


async def main(kind: str, text: str) -> None:
    shape, work = KINDS[kind]
    async with Line.on_standard_streams() as line:
        report = await work(msgspec.json.decode(text, type=shape), line)
        line.say(msgspec.json.encode(report).decode())


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
