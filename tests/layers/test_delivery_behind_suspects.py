"""A crash makes suspects of all that ran with it: the rest of their lane does not wait for them."""

import asyncio

from penstock.model.task import Reference
from tests.layers.flow_bench import FlowBench, on_bench


@on_bench
async def test_innocents_do_not_queue_behind_suspects(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    suspects = await bench.put(lane, 30, publish=False)
    for suspect in suspects:
        bench.queue.publish(lane, [Reference(suspect, alone=True)], bench.cluster.now_us())
        await asyncio.sleep(0.01)  # each in a message of its own
    innocents = await bench.put(lane, 5)
    executor = await bench.executor("mail.send", credit=10)
    await asyncio.sleep(0.5)
    assert [assignment.id for assignment in executor.assignments] == innocents
