"""Layer 4 on memory adapters: shares of lambdas in executors that they share, and priorities within a lambda."""

import asyncio
from collections import Counter

from penstock.delivery.choice import RESERVED_S
from penstock.model.lane import Priority
from penstock.model.quota import QuotaKind
from tests.layers.flow_bench import Executor, FlowBench, on_bench

LAMBDAS = ("mail.a", "mail.b", "mail.c", "mail.d")


async def settled() -> None:
    for _ in range(8):
        await asyncio.sleep(0.001)


async def served(bench: FlowBench, executor: Executor, picks: int, credit: int = 1) -> Counter[str]:
    """Which lambdas an executor gets that has room for a few tasks at a time."""
    before = len(executor.assignments)
    for _ in range(picks):
        executor.give(credit)
        await settled()
    return Counter(task.lambda_name for task in executor.assignments[before:])


async def backlog(bench: FlowBench, name: str, count: int, priority: Priority = Priority.NORMAL) -> None:
    lane = await bench.lane(name, priority)
    for _ in range(0, count, 50):
        await bench.put(lane, 50)


def jain(shares: list[float]) -> float:
    """1: all alike; 1 / n: one has all."""
    return sum(shares) ** 2 / (len(shares) * sum(share * share for share in shares))


@on_bench
async def test_lambdas_with_much_to_do_share_alike(bench: FlowBench) -> None:
    for name, count in zip(LAMBDAS, (1500, 300, 300, 300), strict=True):
        await backlog(bench, name, count)
    executor = await bench.executor(*LAMBDAS, credit=0)
    await settled()
    counts = await served(bench, executor, 150, credit=3)
    assert jain([float(counts[name]) for name in LAMBDAS]) >= 0.95, counts


@on_bench
async def test_shares_are_those_of_the_weights(bench: FlowBench) -> None:
    for name, weight in zip(LAMBDAS, (4.0, 2.0, 1.0, 1.0), strict=True):
        await bench.quota(QuotaKind.WEIGHT, name, weight)
        await backlog(bench, name, 500)
    executor = await bench.executor(*LAMBDAS, credit=0)
    await settled()
    counts = await served(bench, executor, 200, credit=4)
    assert jain([counts[name] / weight for name, weight in zip(LAMBDAS, (4, 2, 1, 1), strict=True)]) >= 0.95, counts


@on_bench
async def test_shares_are_counted_in_tasks_not_in_turns(bench: FlowBench) -> None:
    """One lambda's references come a few to a message, and a turn takes from one message."""
    await backlog(bench, "mail.a", 600)
    lane = await bench.lane("mail.b")
    for _ in range(75):
        await bench.put(lane, 4)
    executor = await bench.executor("mail.a", "mail.b", credit=0)
    await settled()
    counts = await served(bench, executor, 80, credit=6)
    assert jain([float(counts["mail.a"]), float(counts["mail.b"])]) >= 0.95, counts


@on_bench
async def test_who_had_nothing_to_do_saves_nothing_up(bench: FlowBench) -> None:
    await backlog(bench, "mail.a", 500)
    executor = await bench.executor("mail.a", "mail.b", credit=0)
    await settled()
    await served(bench, executor, 100, credit=2)
    await backlog(bench, "mail.b", 500)
    await settled()
    counts = await served(bench, executor, 50, credit=2)
    assert 40 <= counts["mail.a"] <= 60, counts


@on_bench
async def test_a_quiet_lambda_goes_next_whatever_waits_of_a_busy_one(bench: FlowBench) -> None:
    await backlog(bench, "mail.a", 1000)
    executor = await bench.executor("mail.a", "mail.b", credit=0)
    await settled()
    for _ in range(5):
        await served(bench, executor, 20)
        await bench.put(await bench.lane("mail.b"), 1)
        await settled()
        assert (await served(bench, executor, 1))["mail.b"] == 1


@on_bench
async def test_executors_of_its_own_cost_a_lambda_nothing_where_it_shares(bench: FlowBench) -> None:
    await backlog(bench, "mail.a", 1500)
    await backlog(bench, "mail.b", 500)
    own = await bench.executor("mail.a", credit=0)
    shared = await bench.executor("mail.a", "mail.b", credit=0)
    await settled()
    await served(bench, own, 100, credit=5)
    counts = await served(bench, shared, 60)
    assert 25 <= counts["mail.a"] <= 35, counts


@on_bench
async def test_high_goes_first_and_low_has_its_floor_in_the_order_of_picks(bench: FlowBench) -> None:
    for priority in Priority:
        await backlog(bench, "mail.a", 250, priority)
    executor = await bench.executor("mail.a", credit=0)
    await settled()
    await served(bench, executor, 160)
    picks = [task.priority for task in executor.assignments]
    assert len(picks) == 160
    for start in range(0, 160, 16):
        counts = Counter(picks[start : start + 16])
        assert counts == {Priority.HIGH: 14, Priority.NORMAL: 1, Priority.LOW: 1}, start


@on_bench
async def test_the_floor_of_low_costs_nothing_when_nothing_low_waits(bench: FlowBench) -> None:
    await backlog(bench, "mail.a", 100, Priority.HIGH)
    executor = await bench.executor("mail.a", credit=0)
    await settled()
    await served(bench, executor, 64)
    assert len(executor.assignments) == 64


@on_bench
async def test_a_flood_of_low_leaves_room_for_high_while_there_is_some(bench: FlowBench) -> None:
    await backlog(bench, "mail.a", 400, Priority.LOW)
    executor = await bench.executor("mail.a", credit=0)
    high = await bench.lane("mail.a", Priority.HIGH)
    await bench.put(high, 1)
    await settled()
    executor.give(80)
    await settled()
    held = Counter(task.priority for task in executor.assignments)
    assert held == {Priority.HIGH: 1, Priority.LOW: 69}, "an eighth is kept free"
    await bench.put(high, 10)
    await settled()
    assert Counter(task.priority for task in executor.assignments) == {Priority.HIGH: 11, Priority.LOW: 69}
    await asyncio.sleep(RESERVED_S)
    executor.give(1)
    await settled()
    assert Counter(task.priority for task in executor.assignments) == {Priority.HIGH: 11, Priority.LOW: 70}


@on_bench
async def test_who_can_hold_a_few_only_keeps_nothing_free(bench: FlowBench) -> None:
    await backlog(bench, "mail.a", 50, Priority.LOW)
    executor = await bench.executor("mail.a", credit=0)
    await bench.put(await bench.lane("mail.a", Priority.HIGH), 1)
    executor.give(7)
    await settled()
    assert len(executor.assignments) == 7
