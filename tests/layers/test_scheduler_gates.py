"""What a gate holds costs its lane nothing, and moves on by itself when the gate is changed."""

import asyncio
from contextlib import suppress

from penstock.model.errors import Unavailable
from penstock.model.lifecycle import GateState, Status
from penstock.ports.signals import Topic
from tests.layers.scheduler_bench import SchedulerBench, on_bench

PAUSE, DROP, OPEN = GateState.PAUSE, GateState.DROP, GateState.OPEN


@on_bench
async def test_what_a_gate_holds_leaves_the_window_to_the_others(bench: SchedulerBench) -> None:
    scheduler = await bench.scheduler()
    lane = await bench.lane()
    await bench.gate(lane, PAUSE, "letters")
    held = await bench.put(lane, 1_000, delay_s=0.1, collection="letters")
    await asyncio.sleep(0.2)
    others = await bench.put(lane, 150)
    await scheduler.consumer.probe()
    for _ in range(7):
        await scheduler.consumer.serve_due()
    assert bench.published == others
    assert bench.statuses(held) == {Status.HELD}


@on_bench
async def test_what_is_held_costs_no_more_trips(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    await bench.gate(lane, PAUSE)
    held = await bench.put(lane, 500, delay_s=0.1)
    await asyncio.sleep(2.0)
    assert bench.statuses(held) == {Status.HELD}
    bench.trips.counts.clear()
    await asyncio.sleep(600.0)
    assert bench.trips.counts.get("due_work.enqueue_due", 0) == 0
    assert bench.trips.counts.get("due_work.look_later", 0) == 0


@on_bench
async def test_an_open_gate_frees_what_it_held_in_due_order_whoever_ordered_it(bench: SchedulerBench) -> None:
    lane = await bench.lane()
    await bench.gate(lane, PAUSE)
    ids = [task_id for number in range(30) for task_id in await bench.put(lane, 1, delay_s=0.1 + 0.01 * number)]
    scheduler = await bench.running()
    await asyncio.sleep(2.0)
    assert bench.statuses(ids) == {Status.HELD}
    await bench.gate(lane, OPEN)
    await asyncio.sleep(2.0)
    assert bench.published == ids
    assert scheduler.gates is not None


@on_bench
async def test_the_end_of_its_time_frees_without_anybody_calling(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    await bench.gate(lane, PAUSE, for_us=60_000_000)
    ids = await bench.put(lane, 3)
    await asyncio.sleep(55.0)
    assert bench.published == []
    await asyncio.sleep(7.0)
    assert bench.published == ids


@on_bench
async def test_what_a_gate_drops_ends_and_who_waits_is_told(bench: SchedulerBench) -> None:
    told: list[bytes] = []
    scheduler = await bench.running()
    lane = await bench.lane()
    bench_signals = bench.signal_bus.listeners.setdefault(Topic.ENDED, [])
    bench_signals.append(told.append)
    await bench.gate(lane, DROP)
    ids = await bench.put(lane, 3, delay_s=0.1)
    await asyncio.sleep(1.0)
    assert {bench.cluster.outcomes[task_id].status for task_id in ids} == {Status.DROPPED}
    assert sorted(b"".join(told)) == sorted(b"".join(ids))
    assert bench.published == []
    await scheduler.gates.look()


@on_bench
async def test_settling_goes_on_where_a_scheduler_died(bench: SchedulerBench) -> None:
    lane = await bench.lane()
    await bench.gate(lane, PAUSE)
    first = await bench.scheduler("first")
    ids = await bench.put(lane, 3_500, delay_s=0.1)
    await asyncio.sleep(0.2)
    await first.consumer.probe()
    while await first.consumer.serve_due():
        pass
    await bench.gate(lane, OPEN)
    gate = (await bench.store.gates.unsettled())[0]
    await bench.store.gates.settle(gate, 1_000)
    bench.trips.after["gates.settle"] = Unavailable("the store did not answer")
    with suppress(Unavailable):
        await first.gates.look()
    bench.trips.after.clear()
    second = await bench.scheduler("second")
    await second.gates.look()
    assert bench.statuses(ids) == {Status.NEW}


@on_bench
async def test_a_gate_is_looked_at_at_once_when_a_signal_comes(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    await bench.gate(lane, PAUSE)
    [task_id] = await bench.put(lane, 1, delay_s=0.1)
    await asyncio.sleep(1.0)
    await bench.gate(lane, OPEN)
    bench.signal_bus.send(Topic.GATES, b"")
    await asyncio.sleep(0.05)
    assert bench.published == [task_id]
