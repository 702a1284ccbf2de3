"""Layer 4 on memory adapters: the starts a second that quotas allow, whoever hands out."""

import asyncio
import math
from itertools import pairwise

from penstock.model.lane import Priority, lambda_of
from penstock.model.quota import UNLIMITED, QuotaKind
from penstock.model.task import Reference
from tests.layers.flow_bench import Executor, FlowBench, on_bench

START = QuotaKind.START


class Watched:
    """Notes when each of its tasks was handed out."""

    def __init__(self, *executors: Executor) -> None:
        self.at_s: list[float] = []
        for executor in executors:
            executor.when_assigned = self.note

    def note(self, count: int) -> None:
        self.at_s += [asyncio.get_running_loop().time()] * count

    def most_in(self, window_s: float) -> int:
        """In any window of this length."""
        times = self.at_s
        return max((sum(first <= at < first + window_s for at in times) for first in times), default=0)


async def backlog(bench: FlowBench, name: str, count: int, priority: Priority = Priority.NORMAL) -> None:
    lane = await bench.lane(name, priority)
    for _ in range(0, count, 50):
        await bench.put(lane, 50)


@on_bench
async def test_a_lane_starts_no_more_than_its_quota_and_not_much_less(bench: FlowBench) -> None:
    await bench.quota(START, "mail.send", 20, burst=5)
    await backlog(bench, "mail.send", 500)
    watched = Watched(await bench.executor("mail.send", credit=400))
    await asyncio.sleep(10)
    assert watched.most_in(1.0) <= 20 * 1.1 + 5
    assert 190 <= len(watched.at_s) <= 210


@on_bench
async def test_several_orchestrators_share_a_quota(bench: FlowBench) -> None:
    await bench.quota(START, "mail.send", 50, burst=10)
    await backlog(bench, "mail.send", 1500)
    orchestrators = [bench.orchestrator() for _ in range(3)]
    executors = [await bench.executor("mail.send", credit=500, at=each) for each in orchestrators]
    watched = Watched(*executors)
    await asyncio.sleep(10)
    assert watched.most_in(1.0) <= 50 * 1.1 + 10
    assert len(watched.at_s) >= 450
    assert all(executor.assignments for executor in executors)


@on_bench
async def test_a_lane_over_its_quota_costs_other_lanes_nothing(bench: FlowBench) -> None:
    await bench.quota(START, "mail.send", 1, priority=Priority.HIGH)
    await backlog(bench, "mail.send", 100, Priority.HIGH)
    await backlog(bench, "mail.send", 100)
    await backlog(bench, "mail.other", 100)
    executor = await bench.executor("mail.send", "mail.other", credit=210)
    await asyncio.sleep(0.05)
    taken = [(task.lambda_name, task.priority) for task in executor.assignments]
    assert taken.count(("mail.send", Priority.NORMAL)) == 100
    assert taken.count(("mail.other", Priority.NORMAL)) == 100
    assert taken.count(("mail.send", Priority.HIGH)) == 1
    assert executor.session.credit == 9, "what waits for its quota holds no credit"


@on_bench
async def test_the_quota_of_a_lambda_and_of_one_lane_both_hold(bench: FlowBench) -> None:
    await bench.quota(START, "mail.send", 30, burst=1)
    await bench.quota(START, "mail.send", 5, priority=Priority.LOW, burst=1)
    for priority in Priority:
        await backlog(bench, "mail.send", 400, priority)
    executor = await bench.executor("mail.send", credit=1000)
    await asyncio.sleep(10)
    low = sum(task.priority is Priority.LOW for task in executor.assignments)
    assert len(executor.assignments) <= 30 * 10 + 5
    assert len(executor.assignments) >= 270
    assert 1 <= low <= 5 * 10 + 2


@on_bench
async def test_a_slow_quota_lets_one_pass_after_the_other(bench: FlowBench) -> None:
    await bench.quota(START, "mail.send", 0.1)
    await backlog(bench, "mail.send", 50)
    watched = Watched(await bench.executor("mail.send", credit=50))
    await asyncio.sleep(35)
    assert len(watched.at_s) == 4
    assert all(math.isclose(b - a, 10, abs_tol=0.2) for a, b in pairwise(watched.at_s))


@on_bench
async def test_a_quota_that_is_lifted_lets_all_pass_soon(bench: FlowBench) -> None:
    await bench.quota(START, "mail.send", 0.1)
    await backlog(bench, "mail.send", 50)
    executor = await bench.executor("mail.send", credit=50)
    await asyncio.sleep(1)
    assert len(executor.assignments) == 1
    await bench.quota(START, "mail.send", UNLIMITED)
    await asyncio.sleep(1.5)
    assert len(executor.assignments) == 50


@on_bench
async def test_a_quota_that_is_raised_is_heeded_though_somebody_waits_by_the_old_one(bench: FlowBench) -> None:
    await bench.quota(START, "mail.send", 0.001)
    await backlog(bench, "mail.send", 50)
    executor = await bench.executor("mail.send", credit=50)
    await asyncio.sleep(1)
    assert len(executor.assignments) == 1
    await bench.quota(START, "mail.send", 100)
    await asyncio.sleep(2.5)
    assert len(executor.assignments) == 50


@on_bench
async def test_a_stale_reference_uses_up_no_quota(bench: FlowBench) -> None:
    await bench.quota(START, "mail.send", 0.01, burst=2)
    lane = await bench.lane("mail.send")
    [gone] = await bench.put(lane, 1)
    await bench.task_state.claim([gone])
    bench.queue.publish(lane, [Reference(gone)], bench.cluster.now_us())
    await bench.put(lane, 2)
    executor = await bench.executor("mail.send", credit=10)
    await asyncio.sleep(0.5)
    assert len(executor.assignments) == 2


@on_bench
async def test_where_nobody_has_a_quota_the_store_is_asked_for_no_tokens(bench: FlowBench) -> None:
    await backlog(bench, "mail.send", 100)
    executor = await bench.executor("mail.send", credit=100)
    await asyncio.sleep(1)
    assert len(executor.assignments) == 100
    assert not bench.cluster.quota_levels


@on_bench
async def test_a_lambda_without_a_quota_needs_no_tokens_beside_one_that_has(bench: FlowBench) -> None:
    await bench.quota(START, "mail.send", 1)
    await backlog(bench, "mail.other", 50)
    await bench.executor("mail.send", "mail.other", credit=50)
    await asyncio.sleep(1)
    assert lambda_of(await bench.lane("mail.other")) not in {key[0] for key in bench.cluster.quota_levels}
