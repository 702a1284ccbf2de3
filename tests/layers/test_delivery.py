"""Delivery: credit, priorities, the fence at hand-over, what a broken stream leaves behind."""

import asyncio

from msgspec import structs

from penstock.model.lane import Priority
from penstock.model.lifecycle import Event, Status
from penstock.model.task import Reference, Report
from tests.layers.flow_bench import FlowBench, on_bench


async def settled() -> None:
    """Until nothing more happens by itself at this moment of virtual time."""
    await asyncio.sleep(0.05)


@on_bench
async def test_no_more_is_claimed_than_there_is_credit(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    await bench.put(lane, 10)
    executor = await bench.executor("mail.send", credit=4)
    await settled()
    assert len(executor.assignments) == 4
    assert sum(row.status is Status.CLAIMED for row in bench.cluster.live.values()) == 4
    executor.give(3)
    await settled()
    assert len(executor.assignments) == 7


@on_bench
async def test_a_repeated_credit_message_gives_nothing_twice(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    await bench.put(lane, 10)
    executor = await bench.executor("mail.send", credit=4)
    await settled()
    executor.give(0)
    executor.session.give(2, 1, False)  # an older total, late
    await settled()
    assert len(executor.assignments) == 4


@on_bench
async def test_the_first_message_tells_lease_and_heartbeat(bench: FlowBench) -> None:
    executor = await bench.executor("mail.send", credit=0)
    await settled()
    assert (executor.messages[0].lease_s, executor.messages[0].heartbeat_s) == (30.0, 5.0)


@on_bench
async def test_an_assignment_echoes_the_stamp_from_before_its_claim_was_asked_for(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    executor = await bench.executor("mail.send", credit=0)
    executor.give(1, stamp_us=111)
    await bench.put(lane, 1)
    await asyncio.sleep(0)
    await settled()
    executor.give(0, stamp_us=222)
    message = next(m for m in executor.messages if m.assignments)
    assert message.stamp_us == 111


@on_bench
async def test_a_stale_reference_costs_no_credit(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    (first,) = await bench.put(lane, 1)
    bench.queue.publish(lane, [Reference(first)], 0)  # a duplicate
    (second,) = await bench.put(lane, 1)
    executor = await bench.executor("mail.send", credit=2)
    await settled()
    assert {task.id for task in executor.assignments} == {first, second}
    assert executor.session.taken == 2


@on_bench
async def test_high_goes_before_normal_before_low_and_low_has_a_floor(bench: FlowBench) -> None:
    lanes = {p: await bench.lane("mail.send", p) for p in Priority}
    for priority in (Priority.LOW, Priority.NORMAL, Priority.HIGH):
        for _ in range(40):
            await bench.put(lanes[priority], 1)
    executor = await bench.executor("mail.send", credit=0)
    await settled()
    for _ in range(40):
        executor.give(1)
        await settled()
    counts = {p: sum(task.priority is p for task in executor.assignments) for p in Priority}
    assert counts[Priority.HIGH] > 5 * counts[Priority.NORMAL]
    assert counts[Priority.NORMAL] >= 1
    assert counts[Priority.LOW] >= 2


@on_bench
async def test_lambdas_of_one_executor_take_turns(bench: FlowBench) -> None:
    busy, quiet = await bench.lane("mail.busy"), await bench.lane("mail.quiet")
    for _ in range(50):
        await bench.put(busy, 1)
    await bench.put(quiet, 1)
    executor = await bench.executor("mail.busy", "mail.quiet", credit=0)
    await settled()
    for _ in range(3):
        executor.give(1)
        await settled()
    assert "mail.quiet" in {task.lambda_name for task in executor.assignments}


@on_bench
async def test_two_executors_share_a_burst(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    one = await bench.executor("mail.send", credit=5)
    two = await bench.executor("mail.send", credit=5)
    await bench.put(lane, 10)
    await settled()
    assert (len(one.assignments), len(two.assignments)) == (5, 5)


@on_bench
async def test_what_a_closed_stream_had_not_been_sent_is_handed_back_without_cost(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    executor = await bench.executor("mail.send", credit=3)
    executor._reading.cancel()  # it reads no more: assignments stay in the outbox
    await bench.put(lane, 3)
    await settled()
    bench.delivery.close(executor.session)
    await settled()
    rows = list(bench.cluster.live.values())
    assert [row.status for row in rows] == [Status.NEW] * 3
    assert all(row.attempts == row.crashes == row.lapses == 0 for row in rows)


@on_bench
async def test_a_suspect_goes_to_quarantine_only_and_quarantine_is_asked_for(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    (suspect,) = await bench.put(lane, 1)
    ordinary = await bench.executor("mail.send", credit=5)
    await settled()
    claim = ordinary.assignments[0].claim
    await bench.task_state.set_results([Report(suspect, claim, Event.CRASHED_IN_COMPANY)])
    batch = await bench.store.due_work.enqueue_due({lane: 10}, ((0, 1023),), 5.0)
    assert batch.references[lane] == [Reference(suspect, alone=True)]
    bench.queue.publish(lane, batch.references[lane], batch.enqueued_at_us)
    await settled()
    assert len(ordinary.assignments) == 1
    assert any(message.quarantine_wanted == ["mail.send"] for message in ordinary.messages)
    alone = await bench.executor("mail.send", credit=1, quarantine=True)
    await settled()
    assert [task.id for task in alone.assignments] == [suspect]


@on_bench
async def test_a_suspect_whose_reference_does_not_say_so_is_handed_back(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    (suspect,) = await bench.put(lane, 1)
    ordinary = await bench.executor("mail.send", credit=5)
    await settled()
    await bench.task_state.set_results([Report(suspect, 1, Event.CRASHED_IN_COMPANY)])
    await bench.store.due_work.enqueue_due({lane: 10}, ((0, 1023),), 5.0)
    bench.queue.publish(lane, [Reference(suspect)], 0)
    await settled()
    assert len(ordinary.assignments) == 1
    assert bench.cluster.live[suspect].status is Status.NEW


@on_bench
async def test_what_nobody_has_credit_for_is_put_back_for_others(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    await bench.executor("mail.send", credit=0)
    ids = await bench.put(lane, 5)
    await settled()
    for _ in range(3):
        await bench.delivery.tend()
    got: list[Reference] = []
    bench.queue.reader(lane, lambda message: got.extend(message.references)).want(5)
    await settled()
    assert [reference.id for reference in got] == ids


@on_bench
async def test_put_back_work_is_taken_again_when_credit_comes(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    executor = await bench.executor("mail.send", credit=0)
    ids = await bench.put(lane, 5)
    await settled()
    for _ in range(3):
        await bench.delivery.tend()
    executor.give(5)
    await settled()
    assert [task.id for task in executor.assignments] == ids


@on_bench
async def test_a_message_held_for_long_is_kept_and_not_doubled(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    executor = await bench.executor("mail.send", credit=1)
    await bench.put(lane, 3)
    running = asyncio.ensure_future(bench.delivery.run())
    await asyncio.sleep(60)
    executor.give(2)
    await settled()
    assert len(executor.assignments) == 3
    assert await bench.queue.oldest_us(lane) is None
    running.cancel()


@on_bench
async def test_what_was_on_its_way_to_an_executor_that_is_gone_is_handed_back_at_once(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    executor = await bench.executor("mail.send", credit=5)
    ids = await bench.put(lane, 5)
    await settled()
    on_the_board, ended = executor.assignments[0], executor.assignments[1]
    await bench.task_state.set_results(
        [
            Report(on_the_board.id, on_the_board.claim, Event.CRASHED_IN_COMPANY),
            Report(ended.id, ended.claim, Event.SUCCEEDED),
        ]
    )
    bench.delivery.close(executor.session)
    assert await bench.delivery.executor_is_gone("host/1") == 3
    rows = bench.cluster.live
    assert [rows[task_id].status for task_id in ids if task_id in rows] == [Status.NEW] * 4
    assert rows[on_the_board.id].suspect
    assert bench.task_state.stale_reports == 0
    assert await bench.delivery.executor_is_gone("host/1") == 0


@on_bench
async def test_an_executor_of_another_namespace_with_the_same_name_stays_untouched(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    executor = await bench.executor("mail.send", credit=1)
    (task,) = await bench.put(lane, 1)
    await settled()
    bench.delivery.close(executor.session)
    assert await bench.delivery.executor_is_gone("host/1", "another") == 0
    assert bench.cluster.live[task].status is Status.CLAIMED
    assert await bench.delivery.executor_is_gone("host/1", "default") == 1


@on_bench
async def test_a_claim_that_somebody_else_holds_by_now_stays_his(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    executor = await bench.executor("mail.send", credit=1)
    (task,) = await bench.put(lane, 1)
    await settled()
    await bench.task_state.set_results([Report(task, 1, Event.RELEASE)])
    await bench.store.due_work.enqueue_due({lane: 10}, ((0, 1023),), 5.0)
    assert [claimed.claim for claimed in await bench.task_state.claim([task])] == [2]
    bench.delivery.close(executor.session)
    assert await bench.delivery.executor_is_gone("host/1") == 0
    assert bench.cluster.live[task].status is Status.CLAIMED


@on_bench
async def test_an_assignment_tells_how_often_its_task_was_tried_crashes_included(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    executor = await bench.executor("mail.send", credit=1)
    quarantine = await bench.executor("mail.send", credit=1, quarantine=True)
    (task,) = await bench.put(lane)
    for ending, tries in ((Event.CRASHED_ALONE, 0), (Event.CRASHED_ALONE, 1), (Event.RAISED, 2)):
        await settled()
        given = (quarantine if tries else executor).assignments[-1]
        assert given.tries == tries
        await bench.task_state.set_results([Report(task, given.claim, ending)])
        [row] = (await bench.store.transitions.read([task])).values()
        assert row.status is Status.RETRIABLE_FAILURE
        bench.cluster.live[task] = structs.replace(row, status=Status.ENQUEUED)
        bench.queue.publish(lane, [Reference(task, alone=ending is Event.CRASHED_ALONE)], bench.cluster.now_us())
        quarantine.give(1)
