"""Nothing early, by the store's clock."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from penstock.model.lifecycle import Status, waits_for_time
from penstock.testing.world.orders import Told

if TYPE_CHECKING:
    from penstock.testing.world.world import World


def nothing_is_enqueued_early(world: "World") -> Iterator[str]:
    """T9: a task leaves its wait, the first and every backoff, when the store's clock shows its time."""
    for task_id, journal in world.cluster.journal.items():
        for written in journal:
            before = written.before
            if (
                before is not None
                and waits_for_time(before.status)
                and written.after.status is Status.ENQUEUED
                and written.store_us < before.trigger_at_us
            ):
                early_us = before.trigger_at_us - written.store_us
                yield f"task {task_id.hex()} was enqueued {early_us} us early at {written.at_s:.4f}"


def nothing_starts_early(world: "World") -> Iterator[str]:
    """T9: the store's clock has shown the time that the client asked for before user code starts."""
    orders = {order.task: order for order in world.orders if order.told is Told.STORED}
    for interval in world.chronicle.intervals:
        order = orders.get(interval.task)
        if order is None:
            continue
        turned_us = world.store_time.turned_between(order.asked_at_s, interval.start_s)
        shown_us = max(order.asked_at_us, interval.store_us, *turned_us)
        if shown_us < order.due_us or order.is_sleeper:
            yield f"order {order.n} {interval.task.hex()} started {order.due_us - interval.store_us} us early"
