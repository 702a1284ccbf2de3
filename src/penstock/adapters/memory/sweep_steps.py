"""What one step of a sweep does to its tasks, in memory."""

from collections.abc import Sequence

from msgspec import Struct, structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.families import make_again, place_again, tell_children
from penstock.adapters.memory.rows import SweepRow, TaskRow
from penstock.model import verdict
from penstock.model.changes import Finish
from penstock.model.family import NO_CHILDREN, ChildrenMoved
from penstock.model.identity import TaskId, make_ids
from penstock.model.lane import LaneId, lambda_of
from penstock.model.lifecycle import HELD_FOR_FAILED_PARENT, Status
from penstock.model.selection import TaskSelection
from penstock.model.sweep import DeadLetterFilter, Sweep, SweepKind
from penstock.model.task import Outcome


class Done(Struct, frozen=True):
    """What became of one page."""

    page: Sequence[TaskId]
    handled: int
    lanes: frozenset[LaneId] = frozenset()
    ended: Sequence[TaskId] = ()
    asked: Sequence[TaskId] = ()
    children: ChildrenMoved = NO_CHILDREN


def handle_page(cluster: MemoryCluster, row: SweepRow, rows_max: int) -> Done:
    """Take the next tasks, and do to them what the order says."""
    sweep = row.sweep
    if sweep.kind is SweepKind.CANCEL:
        return _cancel(cluster, sweep, _live(cluster, row)[:rows_max])
    page = _ended(cluster, row)[:rows_max]
    if sweep.kind is SweepKind.PURGE:
        for letter in page:
            del cluster.outcomes[letter], cluster.tasks[letter]
            cluster.history.pop(letter, None)
            cluster.progress.pop(letter, None)
        return Done(page, len(page))
    new_ids = make_ids(cluster.now_us() // 1000, sweep.id + page[0], len(page)) if page else []
    handled = 0
    for original, new_id in zip(page, new_ids, strict=True):
        if place_again(cluster, cluster.tasks[original]).held_for != HELD_FOR_FAILED_PARENT:
            make_again(cluster, original, new_id)
            handled += 1
    return Done(page, handled, lanes=frozenset(cluster.tasks[task_id].lane for task_id in page))


def _live(cluster: MemoryCluster, row: SweepRow) -> list[TaskId]:
    sweep = row.sweep
    return sorted(
        task_id
        for task_id, trigger in cluster.live.items()
        if row.reached < task_id <= row.last
        and task_id in cluster.tasks
        and not trigger.cancel_requested
        and _is_selected(cluster, sweep, trigger.status, cluster.tasks[task_id])
    )


def _cancel(cluster: MemoryCluster, sweep: Sweep, page: Sequence[TaskId]) -> Done:
    changes = [verdict.cancel(cluster.live[task_id]) for task_id in page]
    for change in changes:
        row = cluster.live[change.id]
        if isinstance(change, Finish):
            cluster.end(cluster.outcome_of(row, change))
        else:
            cluster.put(structs.replace(row, cancel_requested=True))
    ended = [change.id for change in changes if isinstance(change, Finish)]
    asked = [change.id for change in changes if not isinstance(change, Finish)]
    return Done(page, len(page), ended=ended, asked=asked, children=tell_children(cluster, ended))


def _ended(cluster: MemoryCluster, row: SweepRow) -> list[TaskId]:
    outcomes = cluster.outcomes
    return sorted(key for key, ended in outcomes.items() if key > row.reached and _is_meant(cluster, row.sweep, ended))


def _is_meant(cluster: MemoryCluster, sweep: Sweep, ended: Outcome) -> bool:
    task, wanted = cluster.tasks[ended.id], sweep.wanted
    if task.retried_as is not None:
        return False
    if not isinstance(wanted, DeadLetterFilter):
        is_selected = _is_selected(cluster, sweep, ended.status, task)
        return is_selected and ended.finished_at_us < sweep.created_at_us
    return (
        ended.status is Status.DEAD
        and _is_named(cluster, sweep, task)
        and wanted.error_type in ("", ended.failure.type)
        and wanted.cause in ("", ended.reason)
        and wanted.from_us <= ended.finished_at_us < wanted.until_us
    )


def _is_selected(cluster: MemoryCluster, sweep: Sweep, status: Status, task: TaskRow) -> bool:
    wanted = sweep.wanted
    assert isinstance(wanted, TaskSelection)
    until_us = wanted.scheduled_until_us
    return (
        status in wanted.statuses
        and _is_named(cluster, sweep, task)
        and wanted.scheduled_from_us <= task.scheduled_at_us
        and (not until_us or task.scheduled_at_us < until_us)
        and set(wanted.attributes) <= set(task.attributes)
    )


def _is_named(cluster: MemoryCluster, sweep: Sweep, task: TaskRow) -> bool:
    """By what all filters can name."""
    return (
        task.namespace_id == sweep.namespace_id
        and sweep.wanted.lambda_name in ("", cluster.lambdas[lambda_of(task.lane)].name)
        and sweep.wanted.collection in ("", task.collection)
    )
