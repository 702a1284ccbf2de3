"""The fence: claims, executions, verdicts."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from penstock.model.identity import TaskId
from penstock.model.lifecycle import OWNED, Status
from penstock.model.task import Outcome, Trigger
from penstock.testing.world.chronicle import Interval
from penstock.testing.world.witness import Written

if TYPE_CHECKING:
    from penstock.testing.world.world import World

THAW_S: Final = 1.0
"""When a whole host stood still past its leases, nothing on it could know; after it goes on it must stop this soon."""


def a_claim_rises_with_every_claiming(world: "World") -> Iterator[str]:
    """T4: by the journal. A claim begins only where none stands, and its number is one higher."""
    for task_id, journal in world.cluster.journal.items():
        for written in journal:
            sentence = _claims_wrongly(written)
            if sentence:
                yield f"task {task_id.hex()}: {sentence} at {written.at_s:.4f}"


def no_two_executions_of_a_task_overlap(world: "World") -> Iterator[str]:
    """T5: by what user code wrote down itself."""
    for task_id, intervals in intervals_by_task(world).items():
        for earlier in intervals:
            for later in intervals:
                if earlier is not later and earlier.start_s <= later.start_s and _overlap(world, earlier, later):
                    yield (
                        f"task {task_id.hex()}: claim {earlier.claim} on {earlier.executor} ran from"
                        f" {earlier.start_s:.4f} to {_end(earlier):.4f}, claim {later.claim} on {later.executor}"
                        f" started at {later.start_s:.4f}"
                    )


def a_task_has_one_verdict(world: "World") -> Iterator[str]:
    """T7: the end is written once and last, and clients were never told another."""
    for task_id, journal in world.cluster.journal.items():
        ends = [at for at, written in enumerate(journal) if isinstance(written.after, Outcome)]
        if ends and ends != [len(journal) - 1]:
            yield f"task {task_id.hex()} was written after its end"
    for task_id, read in world.reads.items():
        if world.cluster.outcomes.get(task_id) != read:
            yield f"task {task_id.hex()} was read as {read.status.name.lower()} and is that no more"


def every_success_is_real(world: "World") -> Iterator[str]:
    """T8: user code returned under the very claim that was accepted."""
    returned = {(each.task, each.claim) for each in world.chronicle.intervals if each.how == "returned"}
    for task_id, outcome in world.cluster.outcomes.items():
        if outcome.status is Status.SUCCESS and (task_id, outcome.claim) not in returned:
            yield f"task {task_id.hex()} is a success under claim {outcome.claim}, under which nothing returned"


def intervals_by_task(world: "World") -> dict[TaskId, list[Interval]]:
    """In the order of their starts."""
    found: dict[TaskId, list[Interval]] = {}
    for interval in world.chronicle.intervals:
        found.setdefault(interval.task, []).append(interval)
    return found


def _claims_wrongly(written: Written) -> str:
    before, after = written.before, written.after
    if before is None:
        return "it begins with a claim" if after.claim else ""
    if after.claim == before.claim:
        return ""
    if before.status is not Status.ENQUEUED or not isinstance(after, Trigger) or after.status not in OWNED:
        return f"claim {after.claim} began from {before.status.name.lower()}"
    return "" if after.claim == before.claim + 1 else f"claim {before.claim} was followed by {after.claim}"


def _end(interval: Interval) -> float:
    return float("inf") if interval.end_s is None else interval.end_s


def _overlap(world: "World", earlier: Interval, later: Interval) -> bool:
    return any(
        start_s < later_end_s and later_start_s < end_s
        for start_s, end_s in _spans(world, earlier)
        for later_start_s, later_end_s in _spans(world, later)
    )


def _spans(world: "World", interval: Interval) -> Sequence[tuple[float, float]]:
    """When it can have done anything.

    The code of a stopped executor counts as running: its supervisor is there to end it in time. Only when both
    stood still, as a frozen host does, there was nobody to end it, and nobody ran: afterwards it is given a
    moment to find out.
    """
    gaps = [
        (start_s, end_s)
        for start_s, end_s in _standstills(world, interval.executor)
        if start_s < _end(interval) and end_s > interval.start_s
        if any(s < end_s and e > start_s for s, e in _standstills(world, interval.executor.partition("/")[0]))
    ]
    if not gaps:
        return ((interval.start_s, _end(interval)),)
    spans = [(interval.start_s, gaps[0][0])]
    if _end(interval) > gaps[-1][1] + THAW_S:
        spans.append((gaps[-1][1], _end(interval)))
    return spans


def _standstills(world: "World", name: str) -> Sequence[tuple[float, float]]:
    return world.standstills.get(name, ())


def progress_is_told_by_its_own_execution(world: "World") -> Iterator[str]:
    """Fenced: what is kept was said under the claim that is named beside it, and by none that came too late."""
    for task_id, said in world.cluster.progress.items():
        outcome = world.cluster.outcomes.get(task_id)
        claim = outcome.claim if outcome is not None else world.cluster.live[task_id].claim
        if said.message != str(said.claim) or said.claim > claim:
            yield f"task {task_id.hex()}: claim {said.message} said the progress that is kept as claim {said.claim}'s"
