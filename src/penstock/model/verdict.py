"""From a report to a change: the budget, the backoff and the suspects, decided in one place."""

from typing import Final

from msgspec import structs

from penstock.model.changes import AskToCancel, Change, Finish, Move
from penstock.model.family import Condemned, condemned_by
from penstock.model.lifecycle import ENDINGS, MATRIX, OWNED, TERMINAL, Ending, Event, Status, after
from penstock.model.policy import CRASHES_MAX, LAPSES_MAX, LambdaPolicy
from penstock.model.task import Attempt, Failure, Report, Trigger

WITHOUT_A_LOOK = frozenset({Event.SUCCEEDED, Event.FAILED_FATALLY, Event.UNDECODABLE})
"""Endings that lead to one place whatever the row holds: no read before the write."""


def settle(report: Report) -> Finish:
    """The change for an ending in `WITHOUT_A_LOOK`."""
    ending = ENDINGS[report.ending]
    status = after_owned(report.ending)
    return Finish(
        id=report.id,
        event=report.ending,
        status=status,
        claim=report.claim,
        add_attempts=int(ending.costs_attempt),
        result=report.result,
        result_left_out=report.result_left_out,
        run_us=report.run_us,
        failure=report.failure,
        executor=report.executor,
        reason="undecodable" if report.ending is Event.UNDECODABLE else "",
        history=None if report.ending is Event.SUCCEEDED else _line(report),
        namespace_id=report.namespace_id,
    )


_UNHEARD_OF: Final = Failure("LeaseLost", "its executor was not heard of until its lease ran out")


def decide(row: Trigger, report: Report, policy: LambdaPolicy, chance: float) -> Change:
    """The change for any ending of an owned task. `chance`, 0 to 1, jitters the backoff."""
    if report.ending in WITHOUT_A_LOOK:
        return settle(report)
    ending = ENDINGS[report.ending]
    if row.cancel_requested:
        return _finish(report, Event.STOPPED_FOR_CANCEL, ending, "cancelled on request")
    if report.ending is Event.STOPPED_FOR_CANCEL:
        return _finish(report, report.ending, ending, "cancelled on request")
    reason = _exhausted(row, ending, policy)
    if reason:
        return _finish(report, Event.EXHAUSTED, ending, reason)
    return Move(
        id=report.id,
        event=report.ending,
        status=after(row.status, report.ending),
        claim=report.claim,
        delay_us=_delay_us(row, report, ending, policy, chance),
        add_attempts=int(ending.costs_attempt),
        add_crashes=int(ending.counts_as_crash),
        add_lapses=int(ending.counts_as_lapse),
        suspect=_suspect(ending),
        history=None if report.ending is Event.RELEASE else _line(report),
        namespace_id=report.namespace_id,
    )


def cancel(row: Trigger) -> Change:
    """The change for a cancel request: at once while it waits, a request while it is owned."""
    status = after(row.status, Event.CANCEL_REQUEST)
    if row.status in OWNED:
        return AskToCancel(id=row.id)
    assert status in TERMINAL
    return Finish(
        id=row.id, event=Event.CANCEL_REQUEST, status=status, claim=None, reason="cancelled before it started"
    )


def cancel_child(condemned: Condemned) -> Finish:
    """The change for a child whose parent failed."""
    reason = "a parent failed"
    if condemned.parent is not None and condemned.status is not None:
        reason = condemned_by(condemned.parent, condemned.status)
    status = after(Status.HELD, Event.CANCEL_REQUEST)
    return Finish(id=condemned.id, event=Event.CANCEL_REQUEST, status=status, claim=None, reason=reason)


def lapse(row: Trigger, policy: LambdaPolicy, chance: float) -> Change:
    """The change for an owned task whose lease, as read in `row`, has run out.

    Refused by the store when the lease was renewed since.
    """
    run_us = max(1, row.trigger_at_us - row.started_at_us) if row.started_at_us else 0
    report = Report(
        id=row.id, claim=row.claim, ending=Event.LEASE_LOST, run_us=run_us, failure=_UNHEARD_OF, executor=row.executor
    )
    change = decide(row, report, policy, chance)
    assert not isinstance(change, AskToCancel)
    return structs.replace(change, seen_trigger_at_us=row.trigger_at_us)


def tries(attempts: int, crashes: int, suspect: bool) -> int:
    """How often its code has run and ended or crashed, as people count. The budgets stay apart.

    No counter has crashes in company, which are held against nobody; but a suspect has had one crash at least.
    """
    return attempts + crashes or int(suspect)


def after_owned(event: Event) -> Status:
    """Where an ending leads from either owned status; both agree, and a test holds them to it."""
    return _AFTER_OWNED[event]


_AFTER_OWNED: Final = MATRIX[Status.PROCESSING]


def _exhausted(row: Trigger, ending: Ending, policy: LambdaPolicy) -> str:
    if ending.costs_attempt and row.attempts + 1 >= policy.attempts_max:
        return "budget"
    if ending.counts_as_crash and row.crashes + 1 >= CRASHES_MAX:
        return "poison"
    if ending.counts_as_lapse and row.lapses + 1 >= LAPSES_MAX:
        return "lapses"
    return ""


def _suspect(ending: Ending) -> bool | None:
    """A suspect is cleared by ending of its own doing; a release or a lost lease proves nothing."""
    if ending.makes_suspect:
        return True
    return False if ending.costs_attempt else None


def _delay_us(row: Trigger, report: Report, ending: Ending, policy: LambdaPolicy, chance: float) -> int:
    if not ending.backs_off:
        return 0
    if report.retry_delay_s is not None:
        return int(report.retry_delay_s * 1_000_000)
    failures = (row.crashes if ending.counts_as_crash else row.attempts) + 1
    return int(policy.backoff_s(failures, chance) * 1_000_000)


def _finish(report: Report, event: Event, ending: Ending, reason: str) -> Finish:
    return Finish(
        id=report.id,
        event=event,
        status=after_owned(event),
        claim=report.claim,
        add_attempts=int(ending.costs_attempt),
        add_crashes=int(ending.counts_as_crash),
        add_lapses=int(ending.counts_as_lapse),
        run_us=report.run_us,
        failure=report.failure,
        executor=report.executor,
        reason=reason,
        history=_line(report),
        namespace_id=report.namespace_id,
    )


def _line(report: Report) -> Attempt:
    return Attempt(
        id=report.id,
        claim=report.claim,
        ending=report.ending,
        run_us=report.run_us,
        ended_at_us=0,
        executor=report.executor,
        failure=report.failure,
    )
