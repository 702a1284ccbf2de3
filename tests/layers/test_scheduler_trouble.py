"""An outage is worth a line for each loop, however long it lasts."""

import asyncio
import logging

import pytest

from penstock.model.errors import Unavailable
from tests.layers.scheduler_bench import SchedulerBench, on_bench


def test_loops_tell_of_an_outage_once_and_of_its_end(caplog: pytest.LogCaptureFixture) -> None:
    @on_bench
    async def scene(bench: SchedulerBench) -> None:
        await bench.running()
        lane = await bench.lane()
        await asyncio.sleep(5)
        for operation in list(bench.trips.counts):
            bench.trips.before[operation] = Unavailable("the store is away")
        await asyncio.sleep(60)
        bench.trips.before.clear()
        await asyncio.sleep(5)
        await bench.put(lane)

    with caplog.at_level(logging.INFO):
        scene()
    told = [record.message for record in caplog.records if "the look for overdue tasks" in record.message]
    assert len(told) == 2
    assert told[0].startswith("the look for overdue tasks: the store is away; again in")
    assert "goes on after" in told[1]
