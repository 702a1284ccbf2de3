"""One client process: prints `ready`, waits for `go`, works until done or told `stop`, prints its report as JSON."""

import sys
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import uvloop

from benchmarks import orders
from benchmarks.clients import bulk, first_task, open_loop, publish, sequence, single
from benchmarks.clients.line import Line

KINDS: dict[str, tuple[type[Any], Callable[[Any, Line], Awaitable[Any]]]] = {
    "bulk": (orders.Bulk, bulk.work),
    "first_task": (orders.FirstTask, first_task.work),
    "open_loop": (orders.OpenLoop, open_loop.work),
    "publish": (orders.Publish, publish.work),
    "sequence": (orders.Sequence, sequence.work),
    "single": (orders.Single, single.work),
}


async def main(kind: str, text: str) -> None:
    shape, work = KINDS[kind]
    async with Line.on_standard_streams() as line:
        report = await work(msgspec.json.decode(text, type=shape), line)
        line.say(msgspec.json.encode(report).decode())


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
