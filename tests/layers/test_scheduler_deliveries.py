"""The scheduler looks after deliveries as after tasks: lost leases, lost references, gates that drop."""

import asyncio

from penstock.model.delivery import delivery_id
from penstock.model.delivery_row import NewDelivery
from penstock.model.event import NewEvent, hash_of_subject
from penstock.model.identity import TaskId, bucket_of_key
from penstock.model.lane import LaneId, lambda_of
from penstock.model.lifecycle import Event, GateState, Status
from penstock.model.subscription import START_AT_THE_BEGINNING, SubscriptionSpec
from penstock.ports.journal import AppendRequest
from tests.layers.scheduler_bench import SchedulerBench, on_bench

SUBJECT = "a"
HASH = hash_of_subject(SUBJECT)
LEASE_S = 30.0


async def enqueued(bench: SchedulerBench, events: int = 3, head: int = 0) -> tuple[LaneId, TaskId, int]:
    """A row whose reference nobody has seen; its lane, its id, the head of its subject."""
    lane = await bench.lane()
    store = bench.store
    spec = SubscriptionSpec("files", start_at_us=START_AT_THE_BEGINNING)
    (subscription,) = await store.subscriptions.declare(1, {lambda_of(lane): spec}, [])
    bucket = bucket_of_key(SUBJECT.encode())
    new = NewEvent(subscription.stream_id, SUBJECT, HASH, bucket, "changed", b"")
    (reply,) = await store.journal.append([AppendRequest(1, [new] * events)])
    last = reply.sequences[-1]
    task_id = delivery_id(lambda_of(lane), subscription.stream_id, HASH, bucket)
    row = NewDelivery(task_id, lane, 1, subscription.stream_id, SUBJECT, HASH, 0, head or last)
    await store.deliveries.make([row], lambda _: 10)
    return lane, task_id, last


@on_bench
async def test_a_lost_lease_gives_it_back(bench: SchedulerBench) -> None:
    _, task_id, _ = await enqueued(bench)
    await bench.running()
    await bench.store.deliveries.claim([task_id], LEASE_S)
    await asyncio.sleep(2 * LEASE_S + 2)
    row = (await bench.store.deliveries.read([task_id]))[task_id]
    assert (row.trigger.status, row.trigger.lapses, row.cursor) == (Status.ENQUEUED, 1, 0)
    (line,) = bench.cluster.history[task_id]
    assert line.ending is Event.LEASE_LOST


@on_bench
async def test_a_lost_reference_is_published_again(bench: SchedulerBench) -> None:
    _, task_id, _ = await enqueued(bench)
    await bench.running()
    await asyncio.sleep(8.0)
    assert bench.published == [task_id]


@on_bench
async def test_a_gate_that_drops_passes_over_what_its_source_has(bench: SchedulerBench) -> None:
    lane, task_id, last = await enqueued(bench, head=10**18)
    scheduler = await bench.scheduler()
    await bench.gate(lane, GateState.DROP)
    assert await bench.store.deliveries.claim([task_id], LEASE_S) == []
    await scheduler.gates.look()
    row = (await bench.store.deliveries.read([task_id]))[task_id]
    assert (row.trigger.status, row.cursor) == (Status.IDLE, last), "and never as far as somebody has said"
