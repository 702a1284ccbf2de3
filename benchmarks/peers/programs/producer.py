"""`python -m benchmarks.peers.programs.producer MODULE`: makes load in a system's own words, as it is told.

Prints `ready` when the server is prepared; after the first line it is given it connects and prints `connected`; then
each line is an order of `benchmarks.peers.loads` as JSON, answered by its report.
"""

import asyncio
import importlib
import inspect
import itertools
import json
import sys
import time

from benchmarks.cells import Cells
from benchmarks.peers.marks import Marks

LANES = 16
"""callers of an open loop: each may take so many times its period to be answered before the load falls behind"""
LOOK_EVERY_S = 0.002


class Producer:
    """One load at a time. What blocks runs in threads, one for each caller, what doesn't on this loop."""

    def __init__(self, program):
        self._program = program
        self._marks = Marks(Cells.inherited())

    async def run(self, callers, work):
        """`work()` so many times at once."""
        if inspect.iscoroutinefunction(self._program.enqueue_one):
            await asyncio.gather(*(work() for _ in range(callers)))
        else:
            await asyncio.gather(*(asyncio.to_thread(_in_thread, work) for _ in range(callers)))

    async def bulk(self, order):
        """Until its time is over or its tasks are sent, a bounded number of which may be under way."""
        size = self._program.BULK
        firsts = itertools.count(order["first"], size)
        last, ends_at_s = order["first"] + order["tasks_max"], time.monotonic() + order["seconds"]
        executed_before, sent = self._marks.executed, []

        async def send():
            while time.monotonic() < ends_at_s:
                under_way = sum(sent) - (self._marks.executed - executed_before)
                if under_way >= order["in_flight"]:
                    await asyncio.sleep(LOOK_EVERY_S)
                    continue
                first = next(firsts)
                numbers = range(first, min(first + size, last))
                if not numbers:
                    return
                await _done(self._program.enqueue_many(order["task"], numbers))
                sent.append(len(numbers))

        await self.run(self._program.SENDERS, send)
        return sum(sent)

    async def single(self, order):
        """Callers who call again when they were answered."""
        numbers = itertools.count(order["first"])
        last, ends_at_s = order["first"] + order["tasks_max"], time.monotonic() + order["seconds"]
        sent = []

        async def call():
            count = 0
            while time.monotonic() < ends_at_s and (n := next(numbers)) < last:
                await _done(self._program.enqueue_one(order["task"], n))
                count += 1
            sent.append(count)

        await self.run(order["callers"], call)
        return sum(sent)

    async def open_loop(self, order):
        """At a steady rate, whether or not earlier calls were answered."""
        numbers = itertools.count()
        self.called_ns = [0] * order["tasks"]
        started_at_s = time.monotonic()

        async def call():
            while (n := next(numbers)) < order["tasks"]:
                ahead_s = started_at_s + n / order["per_s"] - time.monotonic()
                if ahead_s > 0:
                    await asyncio.sleep(ahead_s)
                self.called_ns[n] = time.monotonic_ns()
                await _done(self._program.enqueue_one(order["task"], order["first"] + n))

        await self.run(LANES, call)
        return order["tasks"]

    async def later(self, order):
        """Delayed tasks, one call after the other."""
        self.called_ns = [0] * order["tasks"]

        async def call():
            for n in range(order["tasks"]):
                self.called_ns[n] = time.time_ns()
                await _done(self._program.enqueue_later(order["task"], order["first"] + n, order["delay_s"]))

        await self.run(1, call)
        return order["tasks"]

    async def obey(self, order):
        """The report of a load. Times of CLOCK_MONOTONIC, but those of delayed calls since 1970."""
        self.called_ns = []
        started_ns = time.monotonic_ns()
        tasks = await getattr(self, order["kind"])(order)
        return {
            "tasks": tasks,
            "started_ns": started_ns,
            "ended_ns": time.monotonic_ns(),
            "called_ns": self.called_ns,
        }


async def main(name):
    program = importlib.import_module(name)
    await _done(program.prepare())
    print("ready", flush=True)
    if not await _line():
        return
    await _done(program.connect())
    print("connected", flush=True)
    producer = Producer(program)
    while line := await _line():
        print(json.dumps(await producer.obey(json.loads(line))), flush=True)
    await _done(program.close())


def _in_thread(work):
    asyncio.run(work())


async def _done(answer):
    if inspect.isawaitable(answer):
        await answer


async def _line():
    return await asyncio.to_thread(sys.stdin.readline)


if __name__ == "__main__":
    try:
        from uvloop import run
    except ImportError:
        from asyncio import run
    run(main(sys.argv[1]))
