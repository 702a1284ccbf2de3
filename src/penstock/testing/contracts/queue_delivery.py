# ruff: noqa: D103 - the name of an idea is its sentence
"""References travel through a healthy queue."""

import asyncio
from typing import TYPE_CHECKING

from penstock.model.lane import LaneId
from penstock.model.limits import REFERENCES_PER_MESSAGE_MAX
from penstock.testing.contracts.queue_scene import (
    ENQUEUED_AT_US,
    PATIENCE_S,
    WORK_QUEUE,
    Holder,
    QueueScene,
    ids_of,
)

if TYPE_CHECKING:
    from penstock.ports.work_queue import LaneMessage


@WORK_QUEUE.idea
async def references_arrive_with_all_they_carry(scene: QueueScene) -> None:
    queue = await scene.client()
    holder = Holder(queue, scene.lane, want=1)
    sent = scene.references(7)
    queue.publish(scene.lane, sent, ENQUEUED_AT_US + 123)
    message = await holder.take()
    assert list(message.references) == sent
    assert (message.lane, message.enqueued_at_us) == (scene.lane, ENQUEUED_AT_US + 123)
    await message.done()


@WORK_QUEUE.idea
async def many_references_are_split_into_messages_in_order(scene: QueueScene) -> None:
    queue = await scene.client()
    holder = Holder(queue, scene.lane, want=100)
    sent = scene.references(2 * REFERENCES_PER_MESSAGE_MAX + 50)
    queue.publish(scene.lane, sent, ENQUEUED_AT_US)
    received: list[LaneMessage] = []
    while len(ids_of(*received)) < len(sent):
        received.append(await holder.take())
        assert 1 <= len(received[-1].references) <= REFERENCES_PER_MESSAGE_MAX
        assert received[-1].enqueued_at_us == ENQUEUED_AT_US
    assert [reference for message in received for reference in message.references] == sent


@WORK_QUEUE.idea
async def a_lane_is_read_oldest_first(scene: QueueScene) -> None:
    queue = await scene.client()
    sent = scene.publish_one_by_one(queue, 20)
    holder = Holder(queue, scene.lane, want=1)
    for number in range(20):
        message = await holder.take()
        assert ids_of(message) == [sent[number]]
        assert message.enqueued_at_us == ENQUEUED_AT_US + number * 1_000_000
        await message.done()


@WORK_QUEUE.idea
async def what_one_process_publishes_another_reads(scene: QueueScene) -> None:
    publisher, reader = await scene.client(), await scene.client()
    holder = Holder(reader, scene.lane, want=5)
    sent = scene.publish_one_by_one(publisher, 5)
    assert ids_of(*await holder.take_all(5)) == sent


@WORK_QUEUE.idea
async def a_reader_that_waits_gets_what_comes_later(scene: QueueScene) -> None:
    queue = await scene.client()
    holder = Holder(queue, scene.lane, want=2)
    for _ in range(3):
        (sent,) = scene.publish_one_by_one(queue, 1)
        message = await holder.take()
        assert ids_of(message) == [sent]
        await message.done()


@WORK_QUEUE.idea
async def lanes_are_apart(scene: QueueScene) -> None:
    queue = await scene.client()
    here, there = Holder(queue, scene.lane, want=10), Holder(queue, scene.other_lane, want=10)
    elsewhere = scene.publish_one_by_one(queue, 3, lane=scene.other_lane)
    mine = scene.publish_one_by_one(queue, 3)
    assert ids_of(*await there.take_all(3)) == elsewhere
    assert ids_of(*await here.take_all(3)) == mine
    assert {message.lane for message in there.taken} == {scene.other_lane}


@WORK_QUEUE.idea
async def many_lanes_work_at_once(scene: QueueScene) -> None:
    queue = await scene.client()
    lanes = [LaneId(4 * number + 2) for number in range(10, 40)]
    holders = {lane: Holder(queue, lane, want=2) for lane in lanes}
    sent = {lane: scene.publish_one_by_one(queue, 1, lane=lane) for lane in lanes}
    for lane, holder in holders.items():
        message = await holder.take()
        assert (message.lane, ids_of(message)) == (lane, sent[lane])


@WORK_QUEUE.idea
async def readers_of_all_processes_share_a_lane(scene: QueueScene) -> None:
    first, second = await scene.client(), await scene.client()
    holders = [Holder(first, scene.lane, 3), Holder(second, scene.lane, 3)]
    sent = scene.publish_one_by_one(first, 6)
    parts = [ids_of(*await holder.take_all(3)) for holder in holders]
    assert sorted(parts[0] + parts[1]) == sorted(sent)
    for part in parts:
        assert part == [task_id for task_id in sent if task_id in part], "each sees the order of the lane"


@WORK_QUEUE.idea
async def nothing_is_forgotten_when_many_share(scene: QueueScene) -> None:
    clients = [await scene.client() for _ in range(2)]
    sent = scene.publish_one_by_one(clients[0], 200)
    seen: set[bytes] = set()
    all_seen = asyncio.Event()

    async def work(holder: Holder) -> None:
        while True:
            message = await holder.take()
            seen.update(ids_of(message))
            if len(seen) == len(sent):
                all_seen.set()
            await message.done()

    workers = [asyncio.ensure_future(work(Holder(client, scene.lane, want=4))) for client in clients for _ in range(2)]
    await asyncio.wait_for(all_seen.wait(), PATIENCE_S)
    for worker in workers:
        worker.cancel()
    await asyncio.wait(workers)
    assert seen == set(sent)


@WORK_QUEUE.idea
async def nobody_gets_more_than_wanted(scene: QueueScene) -> None:
    queue = await scene.client()
    modest = Holder(queue, scene.lane, want=2)
    scene.publish_one_by_one(queue, 6)
    await modest.take_all(2)
    greedy = Holder(queue, scene.lane, want=10)
    await greedy.take_all(4)
    assert modest.untaken() == 0


@WORK_QUEUE.idea
async def a_smaller_want_counts_at_once(scene: QueueScene) -> None:
    queue = await scene.client()
    paused = Holder(queue, scene.lane, want=50)
    (first,) = scene.publish_one_by_one(queue, 1)
    assert ids_of(await paused.take()) == [first]
    paused.reader.want(0)
    other = Holder(queue, scene.lane, want=50)
    sent = scene.publish_one_by_one(queue, 5)
    assert sorted(ids_of(*await other.take_all(5))) == sorted(sent)
    assert paused.untaken() == 0


@WORK_QUEUE.idea
async def want_is_absolute_not_added(scene: QueueScene) -> None:
    queue = await scene.client()
    holder = Holder(queue, scene.lane, want=2)
    for _ in range(5):
        holder.reader.want(2)
    scene.publish_one_by_one(queue, 6)
    await holder.take_all(2)
    await Holder(queue, scene.lane, want=10).take_all(4)
    assert holder.untaken() == 0


@WORK_QUEUE.idea
async def a_larger_want_brings_more(scene: QueueScene) -> None:
    queue = await scene.client()
    holder = Holder(queue, scene.lane, want=0)
    sent = scene.publish_one_by_one(queue, 5)
    for want in (2, 5):
        holder.reader.want(want)
        await holder.take_all(want - len(holder.taken))
    assert ids_of(*holder.taken) == sent


@WORK_QUEUE.idea
async def a_want_stands_while_messages_are_settled(scene: QueueScene) -> None:
    queue = await scene.client()
    holder = Holder(queue, scene.lane, want=1)
    sent = scene.publish_one_by_one(queue, 10)
    for number in range(10):
        message = await holder.take()
        assert ids_of(message) == [sent[number]]
        assert holder.untaken() == 0
        await message.done()


@WORK_QUEUE.idea
async def a_message_tells_how_many_wait_behind_it(scene: QueueScene) -> None:
    queue = await scene.client()
    scene.publish_one_by_one(queue, 4)
    await scene.oldest_becomes(queue, ENQUEUED_AT_US)
    holder = Holder(queue, scene.lane, want=1)
    behind = []
    for _ in range(4):
        message = await holder.take()
        behind.append(message.messages_behind)
        await message.done()
    assert behind[-1] == 0
    assert behind == sorted(behind, reverse=True)
    assert behind[1:] == [2, 1, 0]


@WORK_QUEUE.idea
async def a_closed_reader_gets_nothing_more(scene: QueueScene) -> None:
    queue = await scene.client()
    closed, open_one = Holder(queue, scene.lane, want=50), Holder(queue, scene.lane, want=50)
    await closed.reader.close()
    sent = scene.publish_one_by_one(queue, 5)
    assert sorted(ids_of(*await open_one.take_all(5))) == sorted(sent)
    assert closed.untaken() == 0
    closed.reader.want(5)
    await closed.reader.close()


@WORK_QUEUE.idea
async def nothing_to_publish_is_no_message(scene: QueueScene) -> None:
    queue = await scene.client()
    holder = Holder(queue, scene.lane, want=5)
    queue.publish(scene.lane, [], ENQUEUED_AT_US)
    (sent,) = scene.publish_one_by_one(queue, 1)
    assert ids_of(await holder.take()) == [sent]


@WORK_QUEUE.idea
async def what_was_published_last_is_sent_before_the_end(scene: QueueScene) -> None:
    leaving, staying = await scene.client(), await scene.client()
    sent = scene.publish_one_by_one(leaving, 3)
    await leaving.stop()
    assert ids_of(*await Holder(staying, scene.lane, want=5).take_all(3)) == sent
