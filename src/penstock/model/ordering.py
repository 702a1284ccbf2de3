"""What the end of an execution means for a cursor: who is done, who is tried again, who is dead.

Theory of operation. A failure of a batch says that one of its events failed, not which. The lambda may name it: those
before it are done then. Otherwise the batch halves until an event stands alone. Only an event that is named or alone
spends attempts, and only such a one can become a dead letter. After a success batches grow again. Where order does not
matter, such an event is set aside, and its subject goes on.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import structs

from penstock.model.delivery import aside_id, is_aside
from penstock.model.delivery_row import (
    Advance,
    ClaimedRange,
    DeliveryChange,
    DeliveryRow,
    EventLetter,
    Part,
    SetAside,
    Settle,
)
from penstock.model.event import StoredEvent
from penstock.model.lifecycle import ENDINGS, Event
from penstock.model.policy import CRASHES_MAX, LAPSES_MAX, LambdaPolicy
from penstock.model.subscription import Order, SubscriptionSpec, WhenDead
from penstock.model.task import Attempt, Failure, Report

BATCH_LIMIT_MAX: Final = 1 << 14
"""a batch that has grown to this is limited no more"""

_AT_ONCE: Final = {Event.FAILED_FATALLY: "fatal", Event.UNDECODABLE: "undecodable"}
"""endings after which trying again cannot help"""
_BEYOND_EVENTS: Final = frozenset({Event.RELEASE, Event.STOPPED_FOR_CANCEL, Event.CRASHED_IN_COMPANY, Event.LEASE_LOST})
"""endings that say nothing of any event"""
_COUNT_MAX: Final = 30_000
"""what the store can count to"""
_UNHEARD_OF: Final = Failure("LeaseLost", "its executor was not heard of until its lease ran out")


def needs_events(ending: Event) -> bool:
    """Whether what was handed over must be known for the verdict."""
    return ending is not Event.SUCCEEDED and ending not in _BEYOND_EVENTS


def grown(batch_limit: int) -> int:
    """The limit after a success."""
    return batch_limit * 2 if 0 < batch_limit < BATCH_LIMIT_MAX else 0


def blocks(spec: SubscriptionSpec) -> bool:
    """Whether a dead event stops its subject. Where only the latest event counts, the next one takes its place."""
    return spec.when_dead is WhenDead.BLOCK and spec.order is Order.SUBJECT


def decide(
    row: DeliveryRow,
    report: Report,
    handed: Sequence[StoredEvent],
    policy: LambdaPolicy,
    spec: SubscriptionSpec,
    chance: float,
) -> DeliveryChange:
    """The change for any ending. `handed`: the events that were handed over, where `needs_events`; those that are gone
    meanwhile are left out. `chance`, 0 to 1, jitters the backoff.
    """
    if report.ending is Event.SUCCEEDED:
        return Advance(report.id, report.claim, report.upto, report.namespace_id)
    if report.ending is Event.LEASE_LOST:
        return _lapsed(row, report, policy, chance)
    if report.ending in _BEYOND_EVENTS or not handed:
        return _put_back(report)
    first = _first_that_failed(report, handed)
    if first is None:
        return _halved(report, len(handed), policy, chance)
    upto = handed[first - 1].sequence if first else row.cursor
    return _charged(row, report, handed[first], upto, policy, spec, chance)


def lapse(row: DeliveryRow, policy: LambdaPolicy, chance: float) -> Settle:
    """The change for a delivery whose lease, as read in `row`, has run out."""
    trigger = row.trigger
    run_us = max(1, trigger.trigger_at_us - trigger.started_at_us) if trigger.started_at_us else 0
    report = Report(
        trigger.id, trigger.claim, Event.LEASE_LOST, run_us=run_us, failure=_UNHEARD_OF, executor=trigger.executor
    )
    return _lapsed(row, report, policy, chance, seen_trigger_at_us=trigger.trigger_at_us)


def parked(claimed: ClaimedRange) -> Settle:
    """The change for a delivery that nobody subscribes to any more."""
    return Settle(claimed.id, claimed.claim, Event.PARKED)


def put_back(claimed: ClaimedRange, delay_s: float) -> Settle:
    """The change for a delivery that cannot be handed over now."""
    return Settle(claimed.id, claimed.claim, Event.RELEASE, delay_us=int(delay_s * 1_000_000))


def done_by(change: DeliveryChange, cursor: int, head: int) -> Part:
    """What a change says was done of a row that stood so: not what died, and not what a gate has dropped."""
    upto = min(change.upto, head)
    if isinstance(change, Settle):
        upto = upto if change.event is not Event.DROP else cursor
        upto = upto if change.letter is None else min(upto, change.letter.event.sequence - 1)
    return Part(change.id, cursor, max(cursor, upto))


def in_replay(spec: SubscriptionSpec) -> SubscriptionSpec:
    """What goes for a replay: what dies in it holds up nothing, and nothing is set aside of it."""
    order = Order.SUBJECT if spec.order is Order.NONE else spec.order
    return structs.replace(spec, when_dead=WhenDead.SKIP, order=order)


def passed_over(row: DeliveryRow, source_head: int) -> Settle:
    """The change for a delivery that a gate has dropped: never run, and over; what comes later comes anew."""
    return Settle(row.trigger.id, row.trigger.claim, Event.DROP, min(row.head, source_head), 0, 0, 0, 0, 0, False)


def _first_that_failed(report: Report, handed: Sequence[StoredEvent]) -> int | None:
    """The place of the guilty event among them; None: it is not known."""
    if len(handed) == 1:
        return 0
    return next((place for place, event in enumerate(handed) if event.sequence == report.failed_at), None)


def _charged(
    row: DeliveryRow,
    report: Report,
    event: StoredEvent,
    upto: int,
    policy: LambdaPolicy,
    spec: SubscriptionSpec,
    chance: float,
) -> Settle:
    """One event is known to have failed: it pays, and those before it are done."""
    ending, same = ENDINGS[report.ending], row.tried == event.sequence
    attempts = (row.trigger.attempts if same else 0) + int(ending.costs_attempt)
    crashes = (row.trigger.crashes if same else 0) + int(ending.counts_as_crash)
    reason = _AT_ONCE.get(report.ending, "")
    if not reason and attempts >= policy.attempts_max:
        reason = "budget"
    if not reason and crashes >= CRASHES_MAX:
        reason = "poison"
    if reason:
        stops = blocks(spec) and not is_aside(report.id)  # what was set aside when order did not matter stops nothing
        letter = EventLetter(event, attempts, crashes, stops, reason, report.failure, report.executor)
        return _buried(report, letter, upto)
    delay_us = _delay_us(report, crashes if ending.counts_as_crash else attempts, policy, chance)
    if spec.order is Order.NONE and not is_aside(report.id):
        place = aside_id(report.id, event.sequence)
        return _set_aside(report, SetAside(place, event.sequence, attempts, crashes, ending.makes_suspect, delay_us))
    return Settle(
        report.id,
        report.claim,
        report.ending,
        upto,
        batch_limit=1,
        tried=event.sequence,
        attempts=attempts,
        crashes=crashes,
        lapses=0 if upto > row.cursor else None,
        suspect=ending.makes_suspect,
        delay_us=delay_us,
        history=_line(report),
        namespace_id=report.namespace_id,
    )


def _set_aside(report: Report, aside: SetAside) -> Settle:
    """The event is tried again apart: its subject goes on after it, as if nothing had been."""
    return Settle(
        report.id,
        report.claim,
        Event.CAUGHT_UP,
        aside.sequence,
        tried=0,
        attempts=0,
        crashes=0,
        lapses=0,
        suspect=False,
        history=_line(report),
        namespace_id=report.namespace_id,
        aside=aside,
    )


def _buried(report: Report, letter: EventLetter, upto: int) -> Settle:
    """The event is dead: its subject waits before it, or goes on after it."""
    return Settle(
        report.id,
        report.claim,
        Event.BLOCKED if letter.blocks else Event.CAUGHT_UP,
        upto if letter.blocks else letter.event.sequence,
        batch_limit=1 if letter.blocks else 0,
        tried=0,
        attempts=0,
        crashes=0,
        lapses=0,
        suspect=False,
        history=_line(report),
        letter=letter,
        namespace_id=report.namespace_id,
    )


def _halved(report: Report, count: int, policy: LambdaPolicy, chance: float) -> Settle:
    """One of several has failed: nobody pays, fewer are tried."""
    return Settle(
        report.id,
        report.claim,
        report.ending,
        batch_limit=max(1, count // 2),
        suspect=ENDINGS[report.ending].makes_suspect,
        delay_us=_delay_us(report, 1, policy, chance),
        history=_line(report),
        namespace_id=report.namespace_id,
    )


def _put_back(report: Report) -> Settle:
    """As it was, to be tried again; a crash in company makes it a suspect."""
    is_crash = report.ending is Event.CRASHED_IN_COMPANY
    return Settle(
        report.id,
        report.claim,
        Event.CRASHED_IN_COMPANY if is_crash else Event.RELEASE,
        suspect=True if is_crash else None,
        history=_line(report) if is_crash else None,
        namespace_id=report.namespace_id,
    )


def _lapsed(
    row: DeliveryRow, report: Report, policy: LambdaPolicy, chance: float, seen_trigger_at_us: int | None = None
) -> Settle:
    """Rarely an event's fault. One that loses lease after lease is tried in ever smaller batches and ever more rarely,
    but never given up: nobody knows which event it would be.
    """
    lapses = row.trigger.lapses + 1
    too_many = lapses - LAPSES_MAX
    return Settle(
        report.id,
        report.claim,
        Event.LEASE_LOST,
        batch_limit=1 if too_many >= 0 else None,
        lapses=min(lapses, _COUNT_MAX),
        delay_us=int(policy.backoff_s(too_many + 1, chance) * 1_000_000) if too_many >= 0 else 0,
        history=_line(report),
        seen_trigger_at_us=seen_trigger_at_us,
        namespace_id=report.namespace_id,
    )


def _delay_us(report: Report, failures: int, policy: LambdaPolicy, chance: float) -> int:
    if report.retry_delay_s is not None:
        return int(report.retry_delay_s * 1_000_000)
    return int(policy.backoff_s(failures, chance) * 1_000_000)


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
