"""Sweeps: an ended task is made anew once, and whatever was ordered comes to its end."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from penstock.model.lifecycle import Status
from penstock.model.selection import TaskSelection
from penstock.model.sweep import DeadLetterFilter, SweepKind, SweepStatus
from penstock.testing.world.orders import Order, lambda_of

if TYPE_CHECKING:
    from penstock.testing.world.world import World


def an_ended_task_is_tried_again_once(world: "World") -> Iterator[str]:
    """T17: by redrive, by hand, or by both at once."""
    again = Counter(task.retry_of for task in world.cluster.tasks.values() if task.retry_of is not None)
    for original, count in again.items():
        if count > 1:
            yield f"task {original.hex()} was made anew {count} times"
        if original not in world.cluster.outcomes:
            yield f"task {original.hex()} was made anew and has not ended"


def every_redrive_comes_to_its_end(world: "World") -> Iterator[str]:
    """T17: what was dead when it was ordered was made anew, unless it was stopped."""
    for sweep in [row.sweep for row in world.cluster.sweeps.values()]:
        if sweep.status is SweepStatus.RUNNING:
            yield f"{sweep.kind} {sweep.id.hex()} is still running"
        if sweep.status is not SweepStatus.DONE or not isinstance(sweep.wanted, DeadLetterFilter):
            continue
        for task_id, ended in world.cluster.outcomes.items():
            # By both clocks: the store's may have jumped since.
            before = world.cluster.journal[task_id][-1].at_s < world.sweeps_ordered[sweep.id]
            was_dead = before and ended.status is Status.DEAD and ended.finished_at_us < sweep.wanted.until_us
            if was_dead and world.cluster.tasks[task_id].retried_as is None:
                yield f"redrive {sweep.id.hex()} is done, and passed over {task_id.hex()}"


def a_cancel_of_many_passes_nothing_over(world: "World") -> Iterator[str]:
    """T12, T18: what stood at the order has ended, or was asked to stop while it ran; what sleeps is the sharpest
    witness, for nothing else can end it.
    """
    for sweep in [row.sweep for row in world.cluster.sweeps.values()]:
        if not isinstance(sweep.wanted, TaskSelection) or sweep.kind is not SweepKind.CANCEL:
            continue
        for order in world.orders if sweep.status is SweepStatus.DONE else ():
            task_id = order.task
            if task_id is None or not (order.is_sleeper and is_meant(sweep.wanted, order)):
                continue
            stood = world.cluster.journal[task_id][0].at_s < world.sweeps_ordered[sweep.id]
            if stood and task_id in world.cluster.live:
                yield f"cancel {sweep.id.hex()} is done, and passed over {task_id.hex()}"


def is_meant(wanted: TaskSelection, order: Order) -> bool:
    """Whether the tasks of an order are among those selected."""
    return wanted.lambda_name in ("", lambda_of(order)) and wanted.collection in ("", order.collection)


def may_be_cancelled(world: "World", order: Order) -> bool:
    """Somebody ordered a cancel that means this one, or its retry."""
    return any(is_meant(wanted, order) for wanted in world.cancels)
