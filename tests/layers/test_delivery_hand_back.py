"""What delivery had in hand goes back whole: as it was, in its order, with the stamp that it was asked for under."""

import asyncio
from collections.abc import Sequence

from penstock.model.errors import Unavailable
from penstock.model.identity import TaskId
from penstock.model.lane import LaneId
from penstock.model.task import Claimed, Reference
from tests.layers.flow_bench import FlowBench, on_bench


class Claims:
    """In place of the claims of a bench's task state: each waits until it may go on, or fails."""

    def __init__(self, bench: FlowBench) -> None:
        self.asked = asyncio.Event()
        self.answer = asyncio.Event()
        self.fails = False
        self._claim = bench.task_state.claim
        bench.task_state.claim = self  # type: ignore[method-assign]

    async def __call__(self, ids: Sequence[TaskId], lane: LaneId | None = None) -> list[Claimed]:
        self.asked.set()
        await self.answer.wait()
        if self.fails:
            raise Unavailable("the store did not answer")
        return await self._claim(ids, lane)


@on_bench
async def test_references_whose_claim_failed_come_first_again(bench: FlowBench) -> None:
    claims = Claims(bench)
    claims.fails = True
    claims.answer.set()
    lane = await bench.lane("mail.send")
    ids = await bench.put(lane, 5)
    executor = await bench.executor("mail.send", credit=3)
    await claims.asked.wait()
    await asyncio.sleep(0.1)
    claims.fails = False
    executor.give(2)
    await asyncio.sleep(5)
    assert sorted(task.id for task in executor.assignments) == ids


@on_bench
async def test_a_stamp_that_comes_while_a_claim_is_under_way_is_not_its_stamp(bench: FlowBench) -> None:
    claims = Claims(bench)
    await bench.put(await bench.lane("mail.send"))
    executor = await bench.executor("mail.send", credit=0)
    executor.give(1, stamp_us=111)
    await claims.asked.wait()
    executor.give(0, stamp_us=222)
    claims.answer.set()
    await asyncio.sleep(0.1)
    assert [message.stamp_us for message in executor.messages if message.assignments] == [111]


@on_bench
async def test_a_suspect_put_back_is_still_to_run_alone(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    suspect, innocent = await bench.put(lane, 2, publish=False)
    await bench.executor("mail.send", credit=0)
    references = [Reference(suspect, alone=True), Reference(innocent)]
    bench.queue.publish(lane, references, bench.cluster.now_us())
    await asyncio.sleep(0.1)
    for _ in range(3):
        await bench.delivery.tend()
    got: list[Reference] = []
    bench.queue.reader(lane, lambda message: got.extend(message.references)).want(5)
    await asyncio.sleep(0.1)
    assert sorted(got, key=lambda reference: reference.id) == references
