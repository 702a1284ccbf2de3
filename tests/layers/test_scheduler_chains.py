"""Children move on with their parents, whether or not anybody tells the schedulers."""

import asyncio

from penstock.model.changes import Finish
from penstock.model.family import Family
from penstock.model.identity import TaskId, text_of
from penstock.model.lifecycle import Event, ParentFailure, Status
from penstock.model.limits import PARENTS_LOOK_S
from tests.layers.scheduler_bench import SchedulerBench, on_bench


def end(task_id: TaskId, *, success: bool) -> Finish:
    if success:
        return Finish(task_id, Event.SUCCEEDED, Status.SUCCESS, 1, add_attempts=1)
    return Finish(task_id, Event.FAILED_FATALLY, Status.FATAL_FAILURE, 1)


async def claimed(bench: SchedulerBench, count: int) -> list[TaskId]:
    ids = await bench.put(await bench.lane("mail.parent"), count, enqueue=True)
    await bench.claim(ids, lease_s=10 * PARENTS_LOOK_S)
    return ids


@on_bench
async def test_a_child_is_published_once_its_parents_have_succeeded(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    parents = await claimed(bench, 3)
    children = await bench.put(lane, 1, family=Family(tuple(parents)))
    await bench.store.transitions.apply([end(parent, success=True) for parent in parents[1:]])
    await asyncio.sleep(2.0)
    assert bench.published == []
    await bench.store.transitions.apply([end(parents[0], success=True)])
    await asyncio.sleep(2.0)
    assert bench.published == children


@on_bench
async def test_a_failed_parent_cancels_all_below_it_and_each_names_its_own_parent(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    [parent] = await claimed(bench, 1)
    line = [parent]
    for _ in range(30):
        line += await bench.put(lane, 1, family=Family((line[-1],)))
    [follower] = await bench.put(lane, 1, family=Family((line[-1],), ParentFailure.CONTINUE))
    await bench.store.transitions.apply([end(parent, success=False)])
    await asyncio.sleep(3.0)
    assert bench.published == [follower]
    outcomes = bench.cluster.outcomes
    assert [outcomes[each].status for each in line[1:]] == [Status.CANCELLED] * 30
    assert outcomes[line[1]].reason == f"parent {text_of(parent)} ended as fatal_failure"
    assert outcomes[line[2]].reason == f"parent {text_of(line[1])} ended as cancelled"


@on_bench
async def test_a_child_that_was_forgotten_is_found_by_the_slow_look(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    good, bad = await claimed(bench, 2)
    [child] = await bench.put(lane, 1, family=Family((good,)))
    [other] = await bench.put(lane, 1, family=Family((bad,)))
    bench.cluster.children.clear()  # a server of before ends them: it knows of no children
    await bench.store.transitions.apply([end(good, success=True), end(bad, success=False)])
    await asyncio.sleep(5.0)
    assert bench.statuses([child, other]) == {Status.HELD}
    await asyncio.sleep(PARENTS_LOOK_S)
    assert bench.published == [child]
    assert bench.cluster.outcomes[other].status is Status.CANCELLED


@on_bench
async def test_children_that_wait_cost_no_trips_but_the_slow_look(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    [parent] = await claimed(bench, 1)
    await bench.put(lane, 500, family=Family((parent,)))
    await asyncio.sleep(2.0)
    bench.trips.counts.clear()
    await asyncio.sleep(2 * PARENTS_LOOK_S + 10)
    assert bench.trips.counts.get("chains.look_again", 0) == 2
    assert bench.trips.counts.get("transitions.apply", 0) == 0
