# ruff: noqa: D103 - the name of an idea is its sentence
"""Messages in hand: acknowledged, kept, put back, or forgotten by who held them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from penstock.ports.work_queue import LaneMessage
from penstock.testing.contracts.queue_scene import ENQUEUED_AT_US, WORK_QUEUE, Holder, QueueScene, ids_of


@WORK_QUEUE.idea
async def the_oldest_of_an_empty_lane_is_none(scene: QueueScene) -> None:
    queue = await scene.client()
    assert await queue.oldest_us(scene.lane) is None


@WORK_QUEUE.idea
async def the_oldest_counts_what_is_held(scene: QueueScene) -> None:
    queue = await scene.client()
    scene.publish_one_by_one(queue, 2)
    await scene.oldest_becomes(queue, ENQUEUED_AT_US)
    holder = Holder(queue, scene.lane, want=2)
    first, second = await holder.take_all(2)
    assert await queue.oldest_us(scene.lane) == ENQUEUED_AT_US
    await first.done()
    await scene.oldest_becomes(queue, ENQUEUED_AT_US + 1_000_000)
    await second.done()
    await scene.oldest_becomes(queue, None)
    assert await queue.oldest_us(scene.other_lane) is None


@WORK_QUEUE.idea
async def a_message_done_twice_is_done(scene: QueueScene) -> None:
    queue = await scene.client()
    holder = Holder(queue, scene.lane, want=1)
    sent = scene.publish_one_by_one(queue, 3)
    message = await holder.take()
    await message.done()
    await message.done()
    await message.keep()
    second = await holder.take()
    assert ids_of(second) == [sent[1]]
    assert holder.untaken() == 0, "settled twice, it made room once"


@WORK_QUEUE.idea
async def the_rest_is_put_back_with_its_enqueue_time(scene: QueueScene) -> None:
    queue = await scene.client()
    holder = Holder(queue, scene.lane, want=1)
    sent = scene.references(6)
    queue.publish(scene.lane, sent, ENQUEUED_AT_US + 77)
    message = await holder.take()
    await message.put_back(message.references[4:])
    rest = await holder.take()
    assert list(rest.references) == sent[4:]
    assert (rest.lane, rest.enqueued_at_us) == (scene.lane, ENQUEUED_AT_US + 77)
    await rest.done()
    await scene.oldest_becomes(queue, None)


@WORK_QUEUE.idea
async def what_is_put_back_anybody_may_take(scene: QueueScene) -> None:
    first, second = await scene.client(), await scene.client()
    holder = Holder(first, scene.lane, want=1)
    (sent,) = scene.publish_one_by_one(first, 1)
    message = await holder.take()
    holder.reader.want(0)
    await message.put_back(message.references)
    assert ids_of(await Holder(second, scene.lane, want=1).take()) == [sent]


@WORK_QUEUE.idea
async def nothing_put_back_is_a_message_done(scene: QueueScene) -> None:
    queue = await scene.client()
    holder = Holder(queue, scene.lane, want=1)
    scene.publish_one_by_one(queue, 1)
    await (await holder.take()).put_back([])
    await scene.oldest_becomes(queue, None)


@WORK_QUEUE.idea
async def what_is_not_acknowledged_comes_again_to_somebody(scene: QueueScene) -> None:
    dying, living = await scene.client(), await scene.client()
    holder = Holder(dying, scene.lane, want=5)
    sent = scene.publish_one_by_one(dying, 2)
    await holder.take_all(2)
    await dying.stop()
    heir = Holder(living, scene.lane, want=5)
    again = await heir.take_all(2)
    assert sorted(ids_of(*again)) == sorted(sent)
    assert {message.enqueued_at_us for message in again} == {ENQUEUED_AT_US, ENQUEUED_AT_US + 1_000_000}


@WORK_QUEUE.idea
async def what_a_living_reader_forgets_comes_again_too(scene: QueueScene) -> None:
    queue = await scene.client()
    holder = Holder(queue, scene.lane, want=3)
    (sent,) = scene.publish_one_by_one(queue, 1)
    assert ids_of(*await holder.take_all(2)) == [sent, sent]


@WORK_QUEUE.idea
async def a_message_that_is_kept_is_handed_to_nobody_else(scene: QueueScene) -> None:
    """The other message, forgotten, measures the time: it comes three times, the kept one never."""
    queue = await scene.client()
    keeper = Holder(queue, scene.lane, want=1)
    kept_id, forgotten_id = scene.publish_one_by_one(queue, 2)
    kept = await keeper.take()
    assert ids_of(kept) == [kept_id]
    async with _keeping(kept, scene.under_test.ack_wait_s / 5):
        forgetful = Holder(queue, scene.lane, want=9)
        assert ids_of(*await forgetful.take_all(3)) == [forgotten_id] * 3
    await kept.done()


@WORK_QUEUE.idea
async def a_message_done_in_time_does_not_come_again(scene: QueueScene) -> None:
    queue = await scene.client()
    holder = Holder(queue, scene.lane, want=9)
    _, forgotten_id = scene.publish_one_by_one(queue, 2)
    done, _ = await holder.take_all(2)
    await done.done()
    assert ids_of(*await holder.take_all(2)) == [forgotten_id] * 2


@WORK_QUEUE.idea
async def a_reader_whose_holder_fails_goes_on_and_the_message_comes_again(scene: QueueScene) -> None:
    queue = await scene.client()
    arrived: asyncio.Queue[LaneMessage] = asyncio.Queue()
    failures = [ValueError("the holder has a bug")]

    def fail_once(message: LaneMessage) -> None:
        if failures:
            raise failures.pop()
        arrived.put_nowait(message)

    reader = queue.reader(scene.lane, fail_once)
    reader.want(1)
    (sent,) = scene.publish_one_by_one(queue, 1)
    assert ids_of(await asyncio.wait_for(arrived.get(), 60)) == [sent]


@asynccontextmanager
async def _keeping(message: LaneMessage, every_s: float) -> AsyncIterator[None]:
    async def keep() -> None:
        while True:
            await message.keep()
            await asyncio.sleep(every_s)

    keeping = asyncio.ensure_future(keep())
    yield
    keeping.cancel()
    await asyncio.wait([keeping])
