"""Executors are told of gates in time, and by their own clocks."""

import asyncio

from penstock.model.errors import Unavailable
from penstock.model.gate import GateOrder
from penstock.model.lane import lambda_of
from penstock.model.lifecycle import GateState, Status
from penstock.model.work import GateNews
from penstock.ports.signals import Topic
from tests.layers.flow_bench import Executor, FlowBench, on_bench

PAUSE, OPEN = GateState.PAUSE, GateState.OPEN


def news_to(executor: Executor) -> list[GateNews]:
    return [message.gates for message in executor.messages if message.gates is not None]


@on_bench
async def test_what_a_gate_stops_is_not_handed_to_anybody(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    ids = await bench.put(lane, 3)
    await bench.store.gates.order(GateOrder(1, lambda_of(lane), "", PAUSE))
    executor = await bench.executor("mail.send", credit=5)
    await asyncio.sleep(0.1)
    assert executor.assignments == []
    assert {bench.cluster.live[task_id].status for task_id in ids} == {Status.HELD}
    assert executor.session.credit == 5, "what was not given is not counted against its credit"


@on_bench
async def test_who_serves_the_lambda_is_told_when_a_gate_changes(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    mine = await bench.executor("mail.send", "mail.sweep", credit=0)
    others = await bench.executor("mail.sort", credit=0)
    await bench.store.gates.order(GateOrder(1, lambda_of(lane), "letters", PAUSE))
    await bench.delivery.gates.look()
    await bench.delivery.gates.look()
    await bench.store.gates.order(GateOrder(1, lambda_of(lane), "letters", OPEN))
    await bench.delivery.gates.look()
    await asyncio.sleep(0.01)
    assert [set(news.shut) for news in news_to(mine)][-2:] == [{("mail.send", "letters")}, set()][-len(news_to(mine)) :]
    assert news_to(others) == []


@on_bench
async def test_who_holds_what_has_not_started_is_told_at_every_look(bench: FlowBench) -> None:
    executor = await bench.executor("mail.send", credit=0)
    executor.session.give(0, 5_000_000, False, waiting=True)
    for _ in range(3):
        await asyncio.sleep(0.2)
        await bench.delivery.gates.look()
        await asyncio.sleep(0.01)
    assert [news.shut for news in news_to(executor)] == [frozenset()] * 3


@on_bench
async def test_looks_are_told_by_the_executors_clock_from_before_they_were_made(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    executor = await bench.executor("mail.send", credit=0)
    executor.fall_silent()
    executor.session.give(1, 5_000_000, False, waiting=True)
    await asyncio.sleep(0.5)
    await bench.delivery.gates.look()
    await bench.put(lane, 1)
    await asyncio.sleep(0.1)
    [news] = news_to(executor)
    [message] = [message for message in executor.messages if message.assignments]
    assert 5_500_000 <= news.checked_us < 5_501_000
    assert message.stamp_us == 5_000_000
    assert 5_500_000 <= message.checked_us < 5_600_000


@on_bench
async def test_a_slow_look_is_as_old_as_its_question(bench: FlowBench) -> None:
    executor = await bench.executor("mail.send", credit=0)
    executor.fall_silent()
    executor.session.give(0, 5_000_000, False, waiting=True)
    shut = bench.store.gates.shut

    async def slow() -> object:
        answer = await shut()
        await asyncio.sleep(3.0)
        return answer

    bench.store.gates.shut = slow  # type: ignore[method-assign, assignment]
    await bench.delivery.gates.look()
    await asyncio.sleep(0.01)
    [news] = news_to(executor)
    assert news.checked_us < 5_001_000


@on_bench
async def test_no_stamp_leads_to_a_time_that_the_wire_cannot_carry(bench: FlowBench) -> None:
    executor = await bench.executor("mail.send", credit=0)
    executor.session.give(0, 2**64 - 1, False)
    await asyncio.sleep(1.0)
    assert executor.session.moment == (2**64 - 1, 2**64 - 1)


@on_bench
async def test_a_signal_makes_it_look_at_once_and_trouble_does_not_end_it(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    executor = await bench.executor("mail.send", credit=0)
    teller = bench.delivery.gates
    failures = 2
    shut = bench.store.gates.shut

    async def failing() -> object:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise Unavailable("the store did not answer")
        return await shut()

    bench.store.gates.shut = failing  # type: ignore[method-assign, assignment]
    running = asyncio.ensure_future(teller.run())
    await asyncio.sleep(0.6)
    await bench.store.gates.order(GateOrder(1, lambda_of(lane), "", PAUSE))
    bench.signals.send(Topic.GATES, b"")
    await asyncio.sleep(0.01)
    assert [set(news.shut) for news in news_to(executor)] == [{("mail.send", "")}]
    running.cancel()
