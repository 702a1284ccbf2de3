"""T11: what a gate stops does not start, and nothing is dropped but by a gate."""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from penstock.model.delivery import is_delivery
from penstock.model.identity import TaskId
from penstock.model.lane import lambda_of
from penstock.model.lifecycle import HELD_FOR_DROP, HELD_FOR_GATES, GateState, Status
from penstock.model.task import Trigger

if TYPE_CHECKING:
    from penstock.testing.world.chronicle import Interval
    from penstock.testing.world.gatekeeper import Spell
    from penstock.testing.world.witness import Written
    from penstock.testing.world.world import World

GRACE_S: Final = 1.0
STEP_S: Final = 0.01
"""A process that was stopped between its look at the gates and its first line of user code can know nothing more."""


def nothing_starts_behind_a_shut_gate(world: "World") -> Iterator[str]:
    """From a second after the order was acknowledged until another one is asked for, or its time is over."""
    for interval in world.chronicle.intervals:
        lambda_name, collection = _scope_of(world, interval.task)
        for spell in world.gatekeeper.spells:
            if spell.covers(lambda_name, collection) and _is_shut(world, spell, interval):
                yield (
                    f"task {interval.task.hex()} started at {interval.start_s:.4f}; {spell.state} of"
                    f" {spell.lambda_name}/{spell.collection or '*'} was acknowledged at {spell.acknowledged_at_s:.4f}"
                )


def nothing_is_dropped_but_by_a_gate(world: "World") -> Iterator[str]:
    """In its scope, while it stood or was being shut; and what is condemned never starts again."""
    for task_id, outcome in world.cluster.outcomes.items():
        if outcome.status is not Status.DROPPED:
            continue
        condemned = [each for each in world.cluster.journal[task_id] if _is_condemned(each)]
        if not condemned:
            yield f"task {task_id.hex()} is dropped, and no gate had stopped it"
            continue
        at_s = condemned[0].at_s
        scope = _scope_of(world, task_id)
        drops = [each for each in world.gatekeeper.spells if each.state is GateState.DROP and each.covers(*scope)]
        if not any(each.asked_at_s <= at_s <= (each.ended_at_s or at_s) for each in drops):
            yield f"task {task_id.hex()} was stopped at {at_s:.4f} to be dropped, and no gate in its way dropped then"
        for interval in world.chronicle.intervals:
            if interval.task == task_id and interval.start_s > at_s:
                yield f"task {task_id.hex()} started at {interval.start_s:.4f}, and was to be dropped since {at_s:.4f}"


def gates_free_in_due_order(world: "World") -> Iterator[str]:
    """Of what one batch frees in one lane."""
    batches: dict[tuple[float, int], list[tuple[int, int, TaskId]]] = {}
    for task_id, journal in world.cluster.journal.items():
        for written in journal:
            before, after = written.before, written.after
            if (
                before is not None
                and before.held_for in HELD_FOR_GATES
                and isinstance(after, Trigger)
                and after.status is Status.NEW
                and not is_delivery(task_id)
            ):
                due_us = world.cluster.tasks[task_id].scheduled_at_us
                batches.setdefault((written.at_s, after.lane), []).append((due_us, after.trigger_at_us, task_id))
    for freed in batches.values():
        in_order = sorted(freed)
        for (earlier_due_us, earlier_us, _), (due_us, later_us, task_id) in pairwise(in_order):
            if later_us < earlier_us or (later_us == earlier_us and due_us > earlier_due_us):
                yield f"task {task_id.hex()} was freed before one that was due earlier"


def _is_shut(world: "World", spell: "Spell", interval: "Interval") -> bool:
    acknowledged_at_s = spell.acknowledged_at_s
    if acknowledged_at_s is None or interval.start_s <= acknowledged_at_s + GRACE_S:
        return False
    if spell.ends_at_s is not None and interval.start_s >= spell.ends_at_s:
        return False
    if spell.until_us:
        turned_us = world.store_time.turned_between(acknowledged_at_s, interval.start_s)
        if max(spell.acknowledged_at_us, interval.store_us, *turned_us) >= spell.until_us:
            return False
    stood_still = world.standstills.get(interval.executor, [])
    return not any(began <= interval.start_s <= ended + STEP_S for began, ended in stood_still)


def _is_condemned(written: "Written") -> bool:
    after = written.after
    return isinstance(after, Trigger) and after.status is Status.HELD and after.held_for == HELD_FOR_DROP


def _scope_of(world: "World", task_id: TaskId) -> tuple[str, str]:
    if is_delivery(task_id):
        return world.cluster.lambdas[lambda_of(world.cluster.deliveries[task_id].lane)].name, ""
    task = world.cluster.tasks[task_id]
    return world.cluster.lambdas[lambda_of(task.lane)].name, task.collection
