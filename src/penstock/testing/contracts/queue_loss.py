# ruff: noqa: D103 - the name of an idea is its sentence
"""A queue may lose, double and vanish; nobody is hurt, and it works again."""

import asyncio

from penstock.model.errors import Unavailable
from penstock.ports.work_queue import WorkQueue
from penstock.testing.contracts.queue_scene import (
    ENQUEUED_AT_US,
    PATIENCE_S,
    WORK_QUEUE,
    Holder,
    QueueScene,
    ids_of,
)


class Losses:
    """How often a client was told of a loss."""

    def __init__(self, queue: WorkQueue) -> None:
        self._told = asyncio.Semaphore(0)
        queue.on_lost(self._note)

    async def _note(self) -> None:
        self._told.release()

    async def told(self) -> None:
        """Waits until it was told once more."""
        await asyncio.wait_for(self._told.acquire(), PATIENCE_S)


@WORK_QUEUE.idea
async def a_lost_message_harms_no_other(scene: QueueScene) -> None:
    queue = await scene.client()
    scene.publish_one_by_one(queue, 3)
    await scene.oldest_becomes(queue, ENQUEUED_AT_US)
    await scene.under_test.lose(scene.lane)
    await scene.oldest_becomes(queue, None)
    holder = Holder(queue, scene.lane, want=5)
    sent = scene.publish_one_by_one(queue, 3)
    assert ids_of(*await holder.take_all(3)) == sent


@WORK_QUEUE.idea
async def doubled_references_can_both_be_settled(scene: QueueScene) -> None:
    queue = await scene.client()
    holder = Holder(queue, scene.lane, want=5)
    references = scene.references(3)
    queue.publish(scene.lane, references, ENQUEUED_AT_US)
    queue.publish(scene.lane, references, ENQUEUED_AT_US)
    (last,) = scene.publish_one_by_one(queue, 1)
    while True:
        message = await holder.take()
        await message.done()
        if ids_of(message) == [last]:
            break
        assert list(message.references) == references
    await scene.oldest_becomes(queue, None)


@WORK_QUEUE.idea
async def a_queue_that_vanished_is_made_again_and_everybody_is_told(scene: QueueScene) -> None:
    clients = [await scene.client() for _ in range(3)]
    losses = [Losses(client) for client in clients]
    scene.publish_one_by_one(clients[0], 5)
    await scene.oldest_becomes(clients[0], ENQUEUED_AT_US)
    await scene.under_test.wipe()
    for loss in losses:
        await loss.told()
    for client in clients:
        await scene.oldest_becomes(client, None)


@WORK_QUEUE.idea
async def every_callback_of_a_client_is_told(scene: QueueScene) -> None:
    queue = await scene.client()
    losses = [Losses(queue), Losses(queue)]
    await scene.under_test.wipe()
    for loss in losses:
        await loss.told()


@WORK_QUEUE.idea
async def readers_outlive_the_loss(scene: QueueScene) -> None:
    first, second = await scene.client(), await scene.client()
    holders = [Holder(first, scene.lane, want=2), Holder(second, scene.other_lane, want=2)]
    losses = [Losses(first), Losses(second)]
    await scene.under_test.wipe()
    for loss in losses:
        await loss.told()
    for holder, lane in zip(holders, (scene.lane, scene.other_lane), strict=True):
        sent = scene.publish_one_by_one(second, 2, lane=lane)
        assert sorted(ids_of(*await holder.take_all(2))) == sorted(sent)


@WORK_QUEUE.idea
async def who_is_told_of_a_loss_can_publish_again(scene: QueueScene) -> None:
    """That is how the scheduler refills it."""
    queue = await scene.client()
    holder = Holder(queue, scene.lane, want=9)
    lost = scene.references(3)
    queue.publish(scene.lane, lost, ENQUEUED_AT_US)
    message = await holder.take()

    async def refill() -> None:
        queue.publish(scene.lane, lost, ENQUEUED_AT_US + 1)

    queue.on_lost(refill)
    await scene.under_test.wipe()
    again = await holder.take()
    assert again.enqueued_at_us == ENQUEUED_AT_US + 1
    assert list(again.references) == list(message.references) == lost


@WORK_QUEUE.idea
async def messages_held_through_a_loss_can_still_be_settled(scene: QueueScene) -> None:
    queue = await scene.client()
    losses = Losses(queue)
    holder = Holder(queue, scene.lane, want=3)
    references = scene.references(4)
    queue.publish(scene.lane, references, ENQUEUED_AT_US)
    scene.publish_one_by_one(queue, 2)
    done, kept, put_back = (await holder.take_all(3))[::-1]
    await scene.under_test.wipe()
    await losses.told()
    await done.done()
    await kept.keep()
    await kept.done()
    await put_back.put_back(put_back.references[2:])
    rest = await holder.take()
    assert list(rest.references) == references[2:]
    sent = scene.publish_one_by_one(queue, 2)
    assert ids_of(*await holder.take_all(2)) == sent, "settled ones have made room"


@WORK_QUEUE.idea
async def it_can_vanish_again_and_again(scene: QueueScene) -> None:
    queue = await scene.client()
    losses = Losses(queue)
    holder = Holder(queue, scene.lane, want=1)
    for _ in range(3):
        await scene.under_test.wipe()
        await losses.told()
        (sent,) = scene.publish_one_by_one(queue, 1)
        message = await holder.take()
        assert ids_of(message) == [sent]
        await message.done()


@WORK_QUEUE.idea
async def nothing_raises_or_waits_while_the_engine_is_down(scene: QueueScene) -> None:
    queue = await scene.client()
    holder = Holder(queue, scene.lane, want=3)
    scene.publish_one_by_one(queue, 3)
    held = await holder.take_all(3)
    await scene.under_test.stop_engine()
    for _ in range(50):
        queue.publish(scene.lane, scene.references(200), ENQUEUED_AT_US)
    late = Holder(queue, scene.other_lane, want=5)
    await asyncio.wait_for(held[0].done(), PATIENCE_S)
    await asyncio.wait_for(held[1].keep(), PATIENCE_S)
    await asyncio.wait_for(held[2].put_back(held[2].references), PATIENCE_S)
    await asyncio.wait_for(late.reader.close(), PATIENCE_S)
    try:
        await asyncio.wait_for(queue.oldest_us(scene.lane), PATIENCE_S)
    except Unavailable:
        pass
    else:
        raise AssertionError("it named the oldest of a queue that is down")
    await scene.under_test.start_engine()


@WORK_QUEUE.idea
async def an_engine_that_comes_back_is_found_and_its_loss_is_told(scene: QueueScene) -> None:
    first, second = await scene.client(), await scene.client()
    losses = [Losses(first), Losses(second)]
    holder = Holder(first, scene.lane, want=5)
    await scene.under_test.stop_engine()
    await scene.under_test.start_engine()
    for loss in losses:
        await loss.told()
    while holder.untaken():
        await (await holder.take()).done()
    sent = scene.publish_one_by_one(second, 3)
    assert ids_of(*await holder.take_all(3)) == sent


@WORK_QUEUE.idea
async def a_client_can_stop_while_the_engine_is_down(scene: QueueScene) -> None:
    queue = await scene.client()
    Holder(queue, scene.lane, want=5)
    await scene.under_test.stop_engine()
    queue.publish(scene.lane, scene.references(1), ENQUEUED_AT_US)
    await asyncio.wait_for(queue.stop(), PATIENCE_S)
    await scene.under_test.start_engine()
