"""Periodic schedules: one task a tick, whoever looked at it and whatever the clock did."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from penstock.model.lane import Priority, lambda_of, priority_of
from penstock.model.lifecycle import Status
from penstock.model.periodic import Misfire, Schedule, due_us
from penstock.testing.world.timekeeper import NEVER_PAUSED

if TYPE_CHECKING:
    from penstock.adapters.memory.rows import TaskRow
    from penstock.testing.world.world import World


def a_tick_makes_one_task(world: "World") -> Iterator[str]:
    """T15: by the tasks that stand, whatever the store believes of its ticks."""
    made = Counter((row.periodic_id, row.scheduled_at_us) for row in _tasks_of_ticks(world))
    for (schedule_id, tick_us), count in made.items():
        if count > 1:
            yield f"schedule {schedule_id}: the tick at {tick_us} made {count} tasks"


def no_tick_is_left_out(world: "World") -> Iterator[str]:
    """T15: a schedule whose policy leaves nothing out has made a task for each tick up to where it stands."""
    made = {(row.periodic_id, row.scheduled_at_us) for row in _tasks_of_ticks(world)}
    for schedule in _standing(world):
        first = world.timekeeper.made.get(schedule.definition.name)
        if first is None or schedule.definition.misfire is not Misfire.ALL:
            continue
        tick_us = first.next_tick_us
        while tick_us < schedule.next_tick_us:
            if (schedule.id, tick_us) not in made:
                yield f"schedule {schedule.definition.name}: the tick at {tick_us} made no task"
            tick_us = schedule.definition.rhythm.next_tick_us(tick_us)


def every_task_of_a_schedule_has_a_tick_that_has_come(world: "World") -> Iterator[str]:
    """T9: it is one of the rhythm's, and the store's clock had come to it, and to its jitter, when it was made."""
    schedules = {schedule.id: schedule for schedule in _standing(world)}
    for row in _tasks_of_ticks(world):
        schedule = schedules[row.periodic_id or 0]
        rhythm, tick_us = schedule.definition.rhythm, row.scheduled_at_us
        if rhythm.next_tick_us(tick_us - 1) != tick_us:
            yield f"schedule {schedule.definition.name}: a task was made for {tick_us}, which is no tick"
        is_backfilled = priority_of(row.lane) is Priority.LOW
        jitter_us = 0 if is_backfilled else schedule.definition.jitter_us
        shown_us = world.cluster.journal[row.id][0].store_us
        if shown_us < due_us(tick_us, schedule.seed, jitter_us):
            yield f"schedule {schedule.definition.name}: the tick at {tick_us} made its task at {shown_us}"


def no_schedule_stands_still(world: "World") -> Iterator[str]:
    """When all is healed, no schedule is left with a tick that has come."""
    now_us = world.store_time()
    for schedule in _standing(world):
        name = schedule.definition.name
        if name in NEVER_PAUSED and schedule.next_tick_us <= min(now_us, world.timekeeper.stopped_us):
            yield f"schedule {name} still stands at {schedule.next_tick_us}, long after the last fault"


def tasks_of_ticks_succeed(world: "World") -> Iterator[str]:
    """They are tasks like any other, and these do nothing wrong, unless somebody cancels many of their lambda. Whom a
    gate dropped is another matter: gates.py.
    """
    for row in _tasks_of_ticks(world):
        outcome = world.cluster.outcomes.get(row.id)
        name = world.cluster.lambdas[lambda_of(row.lane)].name
        lawful = {Status.SUCCESS, Status.DROPPED}
        if any(wanted.lambda_name == name and wanted.collection in ("", row.collection) for wanted in world.cancels):
            lawful.add(Status.CANCELLED)
        if outcome is None or outcome.status not in lawful:
            ended = "has not ended" if outcome is None else f"ended as {outcome.status.name.lower()}"
            yield f"task {row.id.hex()} of schedule {row.periodic_id} {ended}"


def _tasks_of_ticks(world: "World") -> "list[TaskRow]":
    return [row for row in world.cluster.tasks.values() if row.periodic_id is not None and row.retry_of is None]


def _standing(world: "World") -> list[Schedule]:
    return [row.schedule for row in world.cluster.schedules.values()]
