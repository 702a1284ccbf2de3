"""What the end of parents means to their children, in memory."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace

from msgspec import structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.rows import TaskRow
from penstock.model.family import NO_CHILDREN, ChildrenMoved, Family, Place, place
from penstock.model.identity import TaskId
from penstock.model.lane import lambda_of
from penstock.model.lifecycle import (
    HELD_FOR_FAILED_PARENT,
    HELD_FOR_PARENTS,
    HELD_FOR_REGISTRATION,
    Event,
    Status,
    after,
)
from penstock.model.limits import PARENTS_LOOK_S
from penstock.model.task import Trigger

HELD_LOOK_US = 30_000_000


def begin(cluster: MemoryCluster, family: Family, siblings: Container[TaskId]) -> Place:
    """Where a child of these parents begins at this moment; its siblings are about to live."""
    live = {parent for parent in family.parents if parent in cluster.live or parent in siblings}
    ended = {parent: cluster.outcomes[parent].status for parent in family.parents if parent in cluster.outcomes}
    return place(family, live, ended)


def tell_children(cluster: MemoryCluster, ended: Iterable[TaskId]) -> ChildrenMoved:
    """These tasks have ended just now."""
    return look_again(cluster, [child for parent in ended for child in cluster.children.get(parent, ())])


def look_again(cluster: MemoryCluster, children: Sequence[TaskId]) -> ChildrenMoved:
    """Move those that are held for their parents by what the parents are now, in due order."""
    moved = NO_CHILDREN
    waiting = [row for row in map(cluster.live.get, dict.fromkeys(children)) if row is not None and _waits(row)]
    waiting.sort(key=lambda row: (cluster.tasks[row.id].scheduled_at_us, row.id))
    for at, row in enumerate(waiting):
        moved |= _move(cluster, row, at - len(waiting) + 1)
    return moved


def latest_family(cluster: MemoryCluster, family: Family) -> Family:
    """Each parent as the last task that retried it."""
    return structs.replace(family, parents=tuple(dict.fromkeys(latest(cluster, each) for each in family.parents)))


def latest(cluster: MemoryCluster, task_id: TaskId) -> TaskId:
    """The last task that retried it; itself when none did."""
    row: TaskRow | None = cluster.tasks.get(task_id)
    while row is not None and row.retried_as is not None:
        task_id = row.retried_as
        row = cluster.tasks.get(task_id)
    return task_id


def known_ends(cluster: MemoryCluster, family: Family) -> Mapping[TaskId, Status]:
    """How parents ended; whose end is forgotten keeps nobody waiting."""
    return {
        parent: cluster.outcomes[parent].status if parent in cluster.outcomes else Status.SUCCESS
        for parent in family.parents
    }


def place_again(cluster: MemoryCluster, original: TaskRow) -> Place:
    """Where a retry of it begins, a child of what its parents have become."""
    if original.family is None:
        return Place("", 0)
    family = latest_family(cluster, original.family)
    return place(family, cluster.live, known_ends(cluster, family))


def make_again(cluster: MemoryCluster, original: TaskId, new_id: TaskId) -> None:
    """A retry, which waits for what its parents have become."""
    begins = place_again(cluster, cluster.tasks[original])
    cluster.try_again(original, new_id)
    again = cluster.tasks[new_id]
    if again.family is None:
        return
    again = cluster.tasks[new_id] = replace(again, family=latest_family(cluster, again.family))
    cluster.adopt(again)
    if begins.held_for:
        row, at_us = cluster.live[new_id], cluster.now_us() + PARENTS_LOOK_S * 1_000_000
        status = after(row.status, Event.HOLD)
        cluster.put(structs.replace(row, status=status, held_for=begins.held_for, trigger_at_us=at_us))


def _waits(row: Trigger) -> bool:
    return row.status is Status.HELD and row.held_for == HELD_FOR_PARENTS


def _move(cluster: MemoryCluster, row: Trigger, ahead_us: int) -> ChildrenMoved:
    task, now_us = cluster.tasks[row.id], cluster.now_us()
    assert task.family is not None
    stands = place(task.family, cluster.live, known_ends(cluster, task.family))
    if stands.held_for == HELD_FOR_FAILED_PARENT:
        cluster.put(structs.replace(row, held_for=HELD_FOR_FAILED_PARENT, trigger_at_us=now_us))
        return ChildrenMoved(condemned=True)
    if stands.held_for:
        cluster.put(structs.replace(row, trigger_at_us=now_us + PARENTS_LOOK_S * 1_000_000))
        return NO_CHILDREN
    if not cluster.lambdas[lambda_of(row.lane)].registered:
        cluster.put(structs.replace(row, held_for=HELD_FOR_REGISTRATION, trigger_at_us=now_us + HELD_LOOK_US))
        return NO_CHILDREN
    # What was due meanwhile is due now, a microsecond apart, as in PostgreSQL.
    trigger_at_us = max(task.scheduled_at_us, now_us + ahead_us)
    status = after(row.status, Event.FREE)
    cluster.put(structs.replace(row, status=status, trigger_at_us=trigger_at_us, held_for=""))
    return ChildrenMoved(frozenset({row.lane}))
