"""For tests of users' own: a lambda is given events as a worker gives them, without a platform.

    outcome = await deliver(index, Event("files", "a.txt", "file.changed", data={"size": 3}))
    assert outcome.verdict == "done"

What a plain call of the function leaves out is here: data goes through JSON and is read as the annotation says, the
code sees `current_task()`, and what it raises is judged as the platform judges it.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final, Literal

from msgspec import Struct

from penstock.execution.endings import raised, returned, undecodable
from penstock.execution.gate_sight import GateSight
from penstock.execution.held import Held, Workload
from penstock.model.delivery import Span, delivery_id
from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.event import JSON, StreamId, default_source, encode_extensions, hash_of_subject, place_id
from penstock.model.event import Event as StoredEvent
from penstock.model.event import StoredEvent as JournalEvent
from penstock.model.event_filter import matcher
from penstock.model.identity import bucket_of_key
from penstock.model.lane import LambdaId, Priority
from penstock.model.lifecycle import Event as Ending
from penstock.model.running import RUNNING
from penstock.model.task import Report
from penstock.model.work import Assignment
from penstock.sdk.event import Event, checked
from penstock.sdk.event_lambdas import EventLambda
from penstock.sdk.event_running import RunnableEventLambda

Verdict = Literal["done", "retried", "dead"]
"""What the platform makes of it. `retried`: as far as attempts are left. `dead`: at once, as a dead letter."""

_DEAD: Final = frozenset({Ending.FAILED_FATALLY, Ending.UNDECODABLE})
_NOW_US: Final = 1_767_225_600_000_000
"""the first moment of 2026: when events without a time of their own are stored"""


class Outcome(Struct, frozen=True):
    """What became of a delivery."""

    verdict: Verdict
    done: int
    """how many of its events count as done, from the first"""
    failed: Event[Any] | None = None
    """the event that failed, where it is known"""
    error: BaseException | None = None
    """what the code raised, or why data cannot be read"""
    message: str = ""
    """what the platform keeps of it"""
    retry_delay_s: float | None = None
    """the code's own word on when it is tried again"""


async def deliver(made: EventLambda[Any, Any], *events: Event[Any], attempt: int = 1) -> Outcome:
    """Run `made` for events of one subject of its stream. Those without a sequence follow the one before.

    `attempt`: what `current_task().attempt` says. Where it starts and whom it goes after is not looked at. Raises
    `InvalidInput` for events that could not be published, are filtered out, or would not be handed over together.
    """
    runnable = RunnableEventLambda(made)
    stored = _stored(made, events)
    held = _held(made, runnable, stored, attempt)
    report, error = await asyncio.create_task(_run(runnable, held))
    return _outcome(report, error, events, stored)


def deliver_sync(made: EventLambda[Any, Any], *events: Event[Any], attempt: int = 1) -> Outcome:
    """`deliver` for tests without an event loop."""
    return asyncio.run(deliver(made, *events, attempt=attempt))


async def _run(runnable: RunnableEventLambda, held: Held) -> tuple[Report, BaseException | None]:
    RUNNING.set(held)
    try:
        reading = runnable.decode(held.payload)
    except Exception as error:  # noqa: BLE001 - a user's type may raise anything while it is built
        return undecodable(held, error), error
    try:
        value = await (runnable.call(reading) if runnable.is_async else asyncio.to_thread(runnable.call, reading))
    except BaseException as error:  # noqa: BLE001 - as a worker does
        return raised(held, error, 1), error
    return returned(held, value, 1), None


def _stored(made: EventLambda[Any, Any], events: Sequence[Event[Any]]) -> list[StoredEvent]:
    spec = made.subscription
    if not events:
        raise InvalidInput("events", "are none; a delivery has one at least")
    if len(events) > spec.batch_max:
        raise LimitExceeded("events", f"are {len(events)}; {made.name} takes {spec.batch_max} at once (batch=)")
    stored: list[StoredEvent] = []
    for each in events:
        if each.stream != spec.stream:
            raise InvalidInput("stream", f"is {each.stream}; {made.name} takes the events of {spec.stream}")
        if each.subject != events[0].subject:
            raise InvalidInput("subject", "is not the same for all; a delivery has the events of one, so deliver twice")
        stored.append(_as_stored(each, stored[-1].sequence if stored else 0))
    _refuse_unwanted(made, stored)
    return stored


def _refuse_unwanted(made: EventLambda[Any, Any], events: Sequence[StoredEvent]) -> None:
    wants = matcher(made.subscription.wanted, made.subscription.stream)
    if wants is None:
        return
    for each in events:
        if not wants(_as_kept(each)):
            raise InvalidInput("event", f"of type {each.type} is filtered out: {made.name} is never given it")


def _as_kept(event: StoredEvent) -> JournalEvent:
    return JournalEvent(
        event.subject,
        hash_of_subject(event.subject),
        event.sequence,
        event.appended_at_us,
        event.type,
        b"",
        event.source,
        event.id,
        event.time_us,
        event.content_type,
        encode_extensions(event.extensions),
    )


def _as_stored(event: Event[Any], last: int) -> StoredEvent:
    sequence = event.sequence or last + 1
    if sequence <= last:
        raise InvalidInput("sequence", f"{sequence} is not above {last}, the one before; events come in their order")
    one = checked(event, "")
    return StoredEvent(
        stream=one.stream,
        subject=one.subject,
        sequence=sequence,
        appended_at_us=_NOW_US,
        source=one.source or default_source(one.stream),
        id=one.id or place_id(one.stream, hash_of_subject(one.subject), sequence),
        type=one.type,
        time_us=one.time_us or _NOW_US,
        content_type=one.content_type or JSON,
        data=one.data,
        extensions=one.extensions,
    )


def _held(made: EventLambda[Any, Any], runnable: RunnableEventLambda, events: list[StoredEvent], attempt: int) -> Held:
    subject = events[0].subject
    subject_hash = hash_of_subject(subject)
    assignment = Assignment(
        id=delivery_id(LambdaId(1), StreamId(1), subject_hash, bucket_of_key(subject.encode())),
        claim=attempt,
        lambda_name=made.name,
        payload=b"",
        tries=attempt - 1,
        scheduled_at_us=_NOW_US,
        collection="",
        priority=Priority.NORMAL,
        events=events,
        span=Span(made.subscription.stream, subject, events[0].sequence - 1, events[-1].sequence),
    )
    nowhere = _Nowhere()
    return Held(assignment, Workload(runnable, 0, "test", nowhere), 0, nowhere, 0, GateSight())


def _outcome(
    report: Report, error: BaseException | None, events: Sequence[Event[Any]], stored: Sequence[StoredEvent]
) -> Outcome:
    if error is None:
        return Outcome("done", len(events))
    sequences = [each.sequence for each in stored]
    done = sequences.index(report.failed_at) if report.failed_at else 0
    is_known = bool(report.failed_at) or len(events) == 1
    return Outcome(
        verdict="dead" if report.ending in _DEAD else "retried",
        done=done,
        failed=events[done] if is_known else None,
        error=error,
        message=report.failure.message,
        retry_delay_s=report.retry_delay_s,
    )


class _Nowhere:
    """Where it is run: nobody else is there."""

    can_interrupt = False

    def offer(self, claims: list[Held]) -> None: ...

    def withdraw(self, held: Held) -> bool:
        return False

    def take_back(self) -> list[Held]:
        return []

    def interrupt(self, held: Held) -> None: ...

    def ended(self, count: int) -> None: ...
