"""Suspects must come to the orchestrator that has the quarantine executor's stream, wherever they were pulled."""

import asyncio

from penstock.adapters.memory import MemoryWorkQueue
from penstock.delivery.dispatch import Delivery
from penstock.model.task import Reference
from penstock.model.work import Hello
from tests.layers.flow_bench import Executor, FlowBench, on_bench


async def another_delivery(bench: FlowBench) -> Delivery:
    """Of another orchestrator of the same platform."""
    queue = MemoryWorkQueue(bench.bus)
    await queue.start()
    return Delivery(
        bench.task_state,
        bench.store.transitions,
        queue,
        bench.gauges,
        bench.signals,
        bench._lambda_ids,
        30.0,
        5.0,
        bench.store.gates,
    )


@on_bench
async def test_suspects_reach_the_quarantine_at_another_orchestrator(bench: FlowBench) -> None:
    lane = await bench.lane("app.it")
    [task] = await bench.put(lane, publish=False)
    await bench.executor("app.it", credit=10)  # at the bench's own orchestrator: ordinary, with credit to spare
    for _ in range(3):
        bench.queue.publish(lane, [Reference(task, alone=True)], bench.cluster.now_us())
    await asyncio.sleep(0.1)  # that orchestrator holds them now

    other = await another_delivery(bench)
    session = await other.open(Hello("host/quarantine", "default", ("app.it",), quarantine=True))
    quarantine = Executor(session, 1)
    tending = [asyncio.create_task(bench.delivery.run()), asyncio.create_task(other.run())]
    await asyncio.sleep(10)
    assert [assignment.id for assignment in quarantine.assignments] == [task]
    for each in tending:
        each.cancel()


@on_bench
async def test_innocents_do_not_stay_where_only_a_quarantine_has_credit(bench: FlowBench) -> None:
    lane = await bench.lane("app.it")
    await bench.executor("app.it", credit=1, quarantine=True)  # at the bench's own orchestrator, and nobody else
    tasks = await bench.put(lane, 3)
    await asyncio.sleep(0.1)  # that orchestrator holds them now
    other = await another_delivery(bench)
    ordinary = Executor(await other.open(Hello("host/ordinary", "default", ("app.it",))), 10)
    tending = [asyncio.create_task(bench.delivery.run()), asyncio.create_task(other.run())]
    await asyncio.sleep(10)
    assert sorted(assignment.id for assignment in ordinary.assignments) == sorted(tasks)
    for each in tending:
        each.cancel()


@on_bench
async def test_of_a_mixed_message_only_the_suspects_are_put_back(bench: FlowBench) -> None:
    lane = await bench.lane("app.it")
    ready, suspect = await bench.put(lane, 2, publish=False)
    executor = await bench.executor("app.it", credit=0)
    bench.queue.publish(lane, [Reference(ready), Reference(suspect, alone=True)], bench.cluster.now_us())
    await asyncio.sleep(0.1)
    executor.give(0)
    await bench.delivery.tend()
    executor.give(1)
    await bench.delivery.tend()
    await asyncio.sleep(0.1)
    assert [assignment.id for assignment in executor.assignments] == [ready]
    assert any(message.quarantine_wanted for message in executor.messages)


@on_bench
async def test_while_suspects_wait_for_busy_quarantines_one_more_is_asked_for_from_each_in_turn(
    bench: FlowBench,
) -> None:
    lane = await bench.lane("app.it")
    suspects = await bench.put(lane, 3, publish=False)
    hosts = [await bench.executor("app.it", credit=5) for _ in range(2)]
    quarantine = await bench.executor("app.it", credit=1, quarantine=True)
    for suspect in suspects:
        bench.queue.publish(lane, [Reference(suspect, alone=True)], bench.cluster.now_us())
    await asyncio.sleep(0.1)
    for wanted in ([1, 0], [1, 1]):
        await bench.delivery.tend()
        await asyncio.sleep(0.1)
        assert sorted((len(host.quarantines_wanted) for host in hosts), reverse=True) == wanted
    quarantine.give(2)
    await bench.delivery.tend()
    await asyncio.sleep(0.1)
    assert [assignment.id for assignment in quarantine.assignments] == suspects
    await bench.delivery.tend()
    await asyncio.sleep(0.1)
    assert [len(host.quarantines_wanted) for host in hosts] == [1, 1], "none waits any more"
