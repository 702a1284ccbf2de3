"""Dead letters: redriven once, and whatever was ordered comes to its end."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from penstock.model.lifecycle import Status
from penstock.model.sweep import SweepStatus

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
            yield f"redrive {sweep.id.hex()} is still running"
        if sweep.status is not SweepStatus.DONE:
            continue
        for task_id, ended in world.cluster.outcomes.items():
            # By both clocks: the store's may have jumped since.
            before = world.cluster.journal[task_id][-1].at_s < world.redrives[sweep.id]
            was_dead = before and ended.status is Status.DEAD and ended.finished_at_us < sweep.wanted.until_us
            if was_dead and world.cluster.tasks[task_id].retried_as is None:
                yield f"redrive {sweep.id.hex()} is done, and passed over {task_id.hex()}"
