"""T16: children start after their parents, each edge counts once, and a failed parent is answered once."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from penstock.model.delivery import is_delivery
from penstock.model.family import Family
from penstock.model.identity import TaskId
from penstock.model.lifecycle import (
    HELD_FOR_FAILED_PARENT,
    HELD_FOR_PARENTS,
    ParentFailure,
    Status,
)
from penstock.model.task import Outcome, Trigger

if TYPE_CHECKING:
    from penstock.testing.world.world import World


def a_child_starts_after_its_parents(world: "World") -> Iterator[str]:
    """After the write of each parent's end, which its policy must take for done."""
    ends = _ends(world)
    for interval in world.chronicle.intervals:
        task = world.cluster.tasks.get(interval.task)
        family = task.family if task is not None else None
        for parent in family.parents if family is not None else ():
            assert family is not None
            end = ends.get(parent)
            if end is None or end[0] > interval.start_s:
                yield f"task {interval.task.hex()} started at {interval.start_s:.4f} before its parent {parent.hex()}"
            elif _fails(end[1].status, family):
                yield f"task {interval.task.hex()} started, and its parent {parent.hex()} is {end[1].status}"


def a_child_leaves_its_parents_once(world: "World") -> Iterator[str]:
    """Freed or condemned, never both, never again; and never while a parent lives."""
    ends = _ends(world)
    for task_id, journal in world.cluster.journal.items():
        left = [each for each in journal if each.before is not None and _leaves(each.before, each.after)]
        if len(left) > 1:
            yield f"task {task_id.hex()} was moved on {len(left)} times by its parents"
        if is_delivery(task_id):
            continue
        family = world.cluster.tasks[task_id].family
        if not left or family is None or not isinstance(left[0].after, Trigger):
            continue
        if left[0].after.held_for == HELD_FOR_FAILED_PARENT:
            continue
        early = [parent for parent in family.parents if parent not in ends or ends[parent][0] > left[0].at_s]
        if early:
            yield f"task {task_id.hex()} was freed while {len(early)} of its parents lived"


def a_failed_parent_is_answered_as_its_child_asked(world: "World") -> Iterator[str]:
    """Whom a parent condemns is cancelled; who is cancelled for a parent has one that condemns it."""
    outcomes = world.cluster.outcomes
    for task in world.cluster.tasks.values():
        outcome = outcomes.get(task.id)
        if task.family is None or outcome is None:
            continue
        failed = _condemning(world, task.family)
        if failed and outcome.status is not Status.CANCELLED:
            yield f"task {task.id.hex()} ended as {outcome.status}, and its parent {failed[0].hex()} failed"
        if is_for_a_parent(outcome) and not failed:
            yield f"task {task.id.hex()} was cancelled for a parent, and none of them failed"
        if task.family.on_failure is ParentFailure.CONTINUE and is_for_a_parent(outcome):
            yield f"task {task.id.hex()} was to go on, and was cancelled for a parent"


def is_for_a_parent(outcome: Outcome) -> bool:
    """Whether a task was cancelled because a parent failed."""
    return outcome.status is Status.CANCELLED and outcome.reason.startswith(("parent ", "a parent "))


def _ends(world: "World") -> dict[TaskId, tuple[float, Outcome]]:
    return {
        task_id: (written.at_s, written.after)
        for task_id, journal in world.cluster.journal.items()
        for written in journal
        if isinstance(written.after, Outcome)
    }


def _leaves(before: Trigger, after: Trigger | Outcome) -> bool:
    if before.held_for != HELD_FOR_PARENTS:
        return False
    return not isinstance(after, Trigger) or after.held_for != HELD_FOR_PARENTS


def _condemning(world: "World", family: Family) -> list[TaskId]:
    outcomes = world.cluster.outcomes
    return [parent for parent in family.parents if parent in outcomes and _fails(outcomes[parent].status, family)]


def _fails(parent: Status, family: Family) -> bool:
    """Said here once more, so that a platform that takes failures for success is found out."""
    return parent is not Status.SUCCESS and family.on_failure is ParentFailure.CANCEL
