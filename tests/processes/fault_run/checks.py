"""What must hold of a history. Pure: each check answers a sentence for each violation, none when all is well.

The names are those of the invariants: T1 no loss to T10 bounded tries, T18 conservation, X6 liveness.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from penstock.model.lifecycle import ENDINGS, TERMINAL, Event, Status
from penstock.model.policy import CRASHES_MAX
from tests.processes.fault_run.history import History, Interval
from tests.processes.fault_run.plan import BUDGETS, ENDS_AS, backoff_least_us, forged
from tests.processes.fault_run.stack import LEASE_S

Check = Callable[[History], Iterable[str]]


def no_loss(history: History) -> Iterator[str]:
    """T1: every task that a client was told of has ended."""
    ended = {outcome.id for outcome in history.outcomes}
    for asked in history.asked:
        for task_id in asked.ids:
            if task_id not in ended:
                yield f"lost: {asked.kind} {asked.number} {task_id.hex()} was acknowledged and has not ended"


def no_phantom(history: History) -> Iterator[str]:
    """T2: what is stored was asked for, once; what ran is stored."""
    asked = {each.number: each for each in history.asked}
    copies: Counter[int] = Counter()
    for task in history.stored:
        wanted = asked.get(task.number)
        if wanted is None or wanted.kind != task.kind or (task.id not in wanted.ids and not wanted.unknown):
            yield f"phantom: {task.kind} {task.number} {task.id.hex()} is stored and nobody was told of it"
        copies[task.number] += 1
    for number, count in copies.items():
        if count > 1:
            yield f"phantom: {number} is stored {count} times"
    stored = {task.id: task.number for task in history.stored}
    for start in history.starts:
        if stored.get(start.task_id) != start.number:
            yield f"phantom: {start.number} {start.task_id.hex()} ran and is not stored"


def one_task_per_call(history: History) -> Iterator[str]:
    """T3: a call that is repeated, by its token or its key, has one answer."""
    by_key: dict[str, set[bytes]] = defaultdict(set)
    for asked in history.asked:
        if len(set(asked.ids)) > 1:
            yield f"two tasks: {asked.kind} {asked.number} was answered with {len(set(asked.ids))} ids"
        if asked.key:
            by_key[asked.key].update(asked.ids)
    for key, ids in by_key.items():
        if len(ids) > 1:
            yield f"two tasks: key {key} has {len(ids)} ids"


def claims_rise(history: History) -> Iterator[str]:
    """T4: each execution of a task has a greater claim than the one before."""
    last: dict[bytes, int] = {}
    for start in sorted(history.starts, key=lambda each: each.at_us):
        if start.claim <= last.get(start.task_id, 0):
            yield f"claims: {start.task_id.hex()} started with {start.claim} after {last[start.task_id]}"
        last[start.task_id] = start.claim


def no_overlap(history: History) -> Iterator[str]:
    """T5: no two executions of a task at once, by the clock and by the locks."""
    last: dict[bytes, Interval] = {}
    for interval in history.intervals():
        start = interval.start
        before = last.get(start.task_id)
        if before is not None and start.at_us <= before.end_us:
            yield (
                f"overlap: {start.task_id.hex()} claim {start.claim} began {before.end_us - start.at_us} us before "
                f"the end of claim {before.start.claim} ({before.how})"
            )
        if start.held:
            yield f"overlap: {start.task_id.hex()} claim {start.claim} found the lock of another execution"
        if before is None or interval.end_us > before.end_us:
            last[start.task_id] = interval


def stale_reports_refused(history: History) -> Iterator[str]:
    """T6: a stale report is accepted only as the repeat of one that was current; nothing of a forged one is kept."""
    ends = {(tried.id, tried.claim, tried.ending) for tried in history.tried}
    for accepted in history.accepted:
        if (accepted.id, accepted.claim, accepted.event) not in ends:
            yield f"fence: a stale {accepted.event.name} of {accepted.id.hex()} claim {accepted.claim} was accepted"
    for outcome in history.outcomes:
        if forged(outcome.result):
            yield f"fence: {outcome.id.hex()} has the result of a stale claim"


def one_verdict(history: History) -> Iterator[str]:
    """T7: one outcome for a task, and a status that was terminal stays."""
    for task_id, count in Counter(outcome.id for outcome in history.outcomes).items():
        if count > 1:
            yield f"verdict: {task_id.hex()} has {count} outcomes"
    ended: dict[bytes, Status] = {}
    for task_id, status in history.seen:
        if task_id in ended and status is not ended[task_id]:
            yield f"verdict: {task_id.hex()} was {ended[task_id].name} and then {status.name}"
        if status in TERMINAL:
            ended[task_id] = status


def success_is_real(history: History) -> Iterator[str]:
    """T8: behind each success stands an execution under its claim that went well, and its result."""
    went_well = {(each.start.task_id, each.start.claim) for each in history.intervals() if each.how == "ok"}
    numbers = {task.id: task.number for task in history.stored}
    for outcome in history.outcomes:
        if outcome.status is not Status.SUCCESS:
            continue
        if (outcome.id, outcome.claim) not in went_well:
            yield f"success: {outcome.id.hex()} has no execution that ended well under claim {outcome.claim}"
        elif outcome.result != str(numbers.get(outcome.id)).encode():
            yield f"success: {outcome.id.hex()} has the result {outcome.result!r}"


HISTORY_LATE_US = 30_000
"""a line of history is written after the move whose backoff it tells of, in the same transaction"""


def not_early(history: History) -> Iterator[str]:
    """T9: no start before the scheduled time or the end of a backoff."""
    tasks = {task.id: task for task in history.stored}
    starts: dict[bytes, list[tuple[int, int]]] = defaultdict(list)
    for start in history.starts:
        starts[start.task_id].append((start.claim, start.wall_us))
        task = tasks.get(start.task_id)
        if task is not None and start.wall_us < task.scheduled_at_us:
            yield f"early: {task.kind} {task.number} began {task.scheduled_at_us - start.wall_us} us before its time"
    for tried in history.tried:
        if ENDINGS[tried.ending].backs_off and tried.id in tasks:
            least_us = tried.ended_at_us + backoff_least_us(tasks[tried.id].kind)
            for claim, wall_us in starts[tried.id]:
                if claim > tried.claim and wall_us < least_us - HISTORY_LATE_US:
                    yield f"early: {tried.id.hex()} claim {claim} began {least_us - wall_us} us within its backoff"


def bounded_tries(history: History) -> Iterator[str]:
    """T10: no more failures than the budget, no more crashes than three."""
    kinds = {task.id: task.kind for task in history.stored}
    costly = Counter(tried.id for tried in history.tried if ENDINGS[tried.ending].costs_attempt)
    for task_id, count in costly.items():
        if count > BUDGETS[kinds[task_id]]:
            yield f"budget: {kinds[task_id]} {task_id.hex()} failed {count} times"
    for outcome in history.outcomes:
        if outcome.attempts > BUDGETS[kinds[outcome.id]] or outcome.crashes > CRASHES_MAX:
            yield f"budget: {outcome.id.hex()} has {outcome.attempts} attempts and {outcome.crashes} crashes"


RESTARTED_WITHIN_US = int((LEASE_S + 60.0) * 1_000_000)
"""some seconds after the lease is what it takes; a restart that waits for anything else takes far longer"""


def restarted_in_time(history: History) -> Iterator[str]:
    """X6: what ran in a lost executor runs again when its lease is over. (Suspects wait for their turn alone.)"""
    lost = {(tried.id, tried.claim) for tried in history.tried if tried.ending is Event.LEASE_LOST}
    before: dict[bytes, Interval] = {}
    for interval in history.intervals():
        start = interval.start
        last = before.get(start.task_id)
        if last is not None and last.how == "died" and (start.task_id, last.start.claim) in lost:
            waited_us = start.at_us - last.end_us
            if waited_us > RESTARTED_WITHIN_US:
                yield f"late: {start.task_id.hex()} claim {start.claim} began {waited_us} us after a death"
        before[start.task_id] = interval


def ended_as_expected(history: History) -> Iterator[str]:
    """Innocents succeed; only what crashes by itself is poison."""
    kinds = {task.id: task for task in history.stored}
    for outcome in history.outcomes:
        task = kinds[outcome.id]
        if (outcome.status, outcome.reason) != ENDS_AS[task.kind]:
            yield (
                f"end: {task.kind} {task.number} {outcome.id.hex()} ended as {outcome.status.name} {outcome.reason} "
                f"after {outcome.attempts} attempts, {outcome.crashes} crashes, {outcome.lapses} lapses"
            )


def conservation(history: History) -> Iterator[str]:
    """T18: nothing waits, and stored, ended and listed are the same tasks."""
    if history.live:
        yield f"conservation: {history.live} tasks still live"
    ended = {outcome.id: outcome.status for outcome in history.outcomes}
    stored = {task.id for task in history.stored}
    if stored != set(ended):
        yield f"conservation: {len(stored)} stored, {len(ended)} ended, {len(stored ^ set(ended))} in one place only"
    if dict(history.listed) != ended:
        listed = history.listed
        differing = [each for each in ended.keys() | listed.keys() if ended.get(each) != listed.get(each)]
        yield f"conservation: the API and the store differ about {len(differing)} tasks, such as {differing[0].hex()}"


ALL: Final[dict[str, Check]] = {
    check.__name__: check
    for check in (
        no_loss,
        no_phantom,
        one_task_per_call,
        claims_rise,
        no_overlap,
        stale_reports_refused,
        one_verdict,
        success_is_real,
        not_early,
        bounded_tries,
        restarted_in_time,
        ended_as_expected,
        conservation,
    )
}


def violations(history: History) -> list[str]:
    """Of all checks."""
    return [sentence for check in ALL.values() for sentence in check(history)]
