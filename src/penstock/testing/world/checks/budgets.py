"""Who may fail how often, who must not die, who must not start. Whom a gate dropped is another matter: gates.py."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from penstock.model.delivery import is_delivery
from penstock.model.lane import lambda_of
from penstock.model.lifecycle import ENDINGS, Ending, Status
from penstock.model.policy import CRASHES_MAX
from penstock.testing.world.checks.claims import intervals_by_task
from penstock.testing.world.checks.families import is_for_a_parent
from penstock.testing.world.checks.sweeping import may_be_cancelled
from penstock.testing.world.orders import UNDECODABLE, Order

if TYPE_CHECKING:
    from penstock.testing.world.world import World

INNOCENT: Final = frozenset({"quick", "slow", "plain", "blocking", "sleeper"})
NOT_ITS_OWN_DOING: Final = frozenset({"returned", "killed", "crashed", "CancelledError", ""})
MAY_END_AS: Final = {
    "flaky": {Status.SUCCESS, Status.DEAD},
    "fatal": {Status.FATAL_FAILURE},
    "raising": {Status.DEAD},
    "stubborn": {Status.SUCCESS, Status.DEAD},
    "crashing": {Status.DEAD},
    "undecodable": {Status.DEAD},
}


def nobody_fails_more_often_than_its_budget(world: "World") -> Iterator[str]:
    """T10: by what user code wrote down. A failure whose report never arrived counts as a lost lease instead."""
    for task_id, intervals in intervals_by_task(world).items():
        if is_delivery(task_id):  # its events have budgets, see events.py
            continue
        policy = world.lambdas[f"sim.{intervals[0].kind}"].policy
        endings = {attempt.claim: ENDINGS[attempt.ending] for attempt in world.cluster.history.get(task_id, ())}
        unheard = Ending()
        failures = sum(
            each.how not in NOT_ITS_OWN_DOING and endings.get(each.claim, unheard).costs_attempt for each in intervals
        )
        crashes = sum(
            each.how == "crashed" and each.quarantine and endings.get(each.claim, unheard).counts_as_crash
            for each in intervals
        )
        if failures > policy.attempts_max:
            yield f"task {task_id.hex()} failed {failures} times; its budget is {policy.attempts_max}"
        if crashes > CRASHES_MAX:
            yield f"task {task_id.hex()} crashed alone {crashes} times; its budget is {CRASHES_MAX}"
    for task_id, outcome in world.cluster.outcomes.items():
        policy = world.lambdas[world.cluster.lambdas[lambda_of(outcome.lane)].name].policy
        if outcome.crashes > CRASHES_MAX or outcome.attempts > policy.attempts_max:
            yield f"task {task_id.hex()}: {outcome.attempts} attempts and {outcome.crashes} crashes are counted"


def innocents_never_die(world: "World") -> Iterator[str]:
    """T10: whoever only does its work succeeds, whatever its neighbours and the machines do."""
    for order in world.orders:
        for task_id in (order.task, *order.retried_as):
            outcome = world.cluster.outcomes.get(task_id) if task_id is not None else None
            if outcome is None or order.kind not in INNOCENT or outcome.status is Status.DROPPED:
                continue
            if order.is_of_family and is_for_a_parent(outcome):
                continue
            asked_to_stop = (order.cancel_requested and task_id == order.task) or may_be_cancelled(world, order)
            if outcome.status is not Status.SUCCESS and not (asked_to_stop and outcome.status is Status.CANCELLED):
                yield (
                    f"order {order.n} ({order.kind}) {outcome.id.hex()} ended as {outcome.status.name.lower()}:"
                    f" {outcome.reason}"
                )


def the_guilty_end_as_they_must(world: "World") -> Iterator[str]:
    """T10: a poison is found out, a budget is used up, a fatal failure is final."""
    for order in world.orders:
        for task_id in (order.task, *order.retried_as):
            outcome = world.cluster.outcomes.get(task_id) if task_id is not None else None
            if outcome is None or order.kind not in MAY_END_AS or outcome.status is Status.DROPPED:
                continue
            if order.is_of_family and is_for_a_parent(outcome):
                continue
            may_end_as = MAY_END_AS[order.kind] | ({Status.CANCELLED} if _may_end_cancelled(world, order) else set())
            if outcome.status not in may_end_as:
                yield (
                    f"order {order.n} ({order.kind}) {outcome.id.hex()} ended as {outcome.status.name.lower()}:"
                    f" {outcome.reason}"
                )
    for row in world.cluster.tasks.values():
        outcome = world.cluster.outcomes.get(row.id)
        if row.payload == UNDECODABLE and outcome is not None and outcome.status is Status.SUCCESS:
            yield f"task {row.id.hex()} cannot be decoded and has succeeded"


def _may_end_cancelled(world: "World", order: Order) -> bool:
    return order.cancel_requested or may_be_cancelled(world, order)


def a_cancelled_task_never_starts(world: "World") -> Iterator[str]:
    """T12: once a client was told that a task is cancelled, no line of it runs."""
    cancelled = {order.task: order for order in world.orders if order.cancelled_at_s is not None}
    for interval in world.chronicle.intervals:
        order = cancelled.get(interval.task)
        if order is not None and order.cancelled_at_s is not None and interval.start_s > order.cancelled_at_s:
            yield f"order {order.n} {interval.task.hex()} started at {interval.start_s:.4f}, after its cancel"
