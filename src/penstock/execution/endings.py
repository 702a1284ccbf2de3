"""From how a lambda's code ended to what is reported. Nothing here raises, whatever users' code did."""

from asyncio import CancelledError
from typing import Any, Final

from msgspec.structs import replace

from penstock.execution.failed_events import named
from penstock.execution.failures import failure_of
from penstock.execution.held import Held, StopReason
from penstock.model.lifecycle import Event
from penstock.model.limits import BACKOFF_S_MAX, RESULT_BYTES_MAX
from penstock.model.outcomes import FatalFailure, RetriableFailure, Undecodable, UndecodableEvent, UnfitResult
from penstock.model.task import NO_FAILURE, Failure, Report

_BY_STOP_REASON: Final = {
    StopReason.TIMEOUT: Event.TIMED_OUT,
    StopReason.CANCEL: Event.STOPPED_FOR_CANCEL,
    StopReason.STOP: Event.RELEASE,
}


def returned(held: Held, value: Any, run_us: int) -> Report:
    """It returned: a success, unless nobody could read its result."""
    try:
        result = held.work.runnable.encode(value)
    except UnfitResult as error:
        return ended_as(held, Event.FAILED_FATALLY, run_us, Failure("UnfitResult", str(error)))
    except BaseException as error:  # noqa: BLE001 - a result's own methods may raise anything
        kept = failure_of(error)
        unread = Failure(
            "ResultNotEncodable", f"the result cannot be encoded: {kept.type}: {kept.message}"[:8000], kept.traceback
        )
        return ended_as(held, Event.FAILED_FATALLY, run_us, unread)
    left_out = len(result) > RESULT_BYTES_MAX
    return Report(
        held.id,
        held.claim,
        Event.SUCCEEDED,
        b"" if left_out else result,
        left_out,
        run_us or 1,
        NO_FAILURE,
        None,
        held.work.executor,
        upto=0 if held.span is None else held.span.upto,
    )


def raised(held: Held, error: BaseException, run_us: int) -> Report:
    """It raised. What that means depends on the exception, and on whether we had asked it to stop.

    Of a delivery, an `EventFailed` says where; what it was raised from says what.
    """
    if held.span is None:
        return _judged(held, error, run_us)
    if isinstance(error, UndecodableEvent):
        return undecodable(held, error, run_us)
    failed_at, reason, note = named(held, error)
    report = _judged(held, reason, run_us)
    failure = replace(report.failure, message=f"{report.failure.message}{note}") if note else report.failure
    return replace(report, failure=failure, failed_at=failed_at)


def _judged(held: Held, error: BaseException, run_us: int) -> Report:
    if isinstance(error, FatalFailure):
        return ended_as(held, Event.FAILED_FATALLY, run_us, failure_of(error))
    if isinstance(error, RetriableFailure):
        return ended_as(held, Event.FAILED_RETRIABLY, run_us, failure_of(error), _delay_s(error))
    if held.stop_reason in (StopReason.STOP, StopReason.TIMEOUT) or (
        held.stop_reason is StopReason.CANCEL and isinstance(error, CancelledError)
    ):
        return stopped(held, held.stop_reason, run_us)
    return ended_as(held, Event.RAISED, run_us, failure_of(error))


def stopped(held: Held, reason: StopReason, run_us: int) -> Report:
    """It ended because it was asked to."""
    failure = NO_FAILURE
    if reason is StopReason.TIMEOUT:
        failure = Failure("TimedOut", f"ran longer than its timeout of {held.work.timeout_s:g} s")
    return ended_as(held, _BY_STOP_REASON[reason], run_us, failure)


def undecodable(held: Held, error: BaseException, run_us: int = 0) -> Report:
    """Its payload does not fit: no line of it ran. Of a delivery, it ran for the events before the one named."""
    kept = failure_of(error)
    if isinstance(error, Undecodable):  # its module is none of the user's business
        kept = Failure("Undecodable", kept.message)
    report = ended_as(held, Event.UNDECODABLE, run_us, kept)
    return replace(report, failed_at=error.sequence) if isinstance(error, UndecodableEvent) else report


def misdirected(held: Held) -> Report:
    """A delivery of a stream that the lambda does not take here: its worker has another version of the code.

    No event is to blame, so it ends as a lost lease does: tried again, ever more rarely, and never given up.
    """
    assert held.span is not None
    takes = f"takes the events of {held.work.stream}" if held.work.stream else "takes tasks"
    words = f"here it {takes}, and this is a delivery of {held.span.stream}: workers of several versions run"
    return ended_as(held, Event.LEASE_LOST, 0, Failure("OtherVersion", words))


def handed_back(held: Held) -> Report:
    """It was never started here."""
    return Report(held.id, held.claim, Event.RELEASE, executor=held.work.executor)


def cancelled_before_start(held: Held) -> Report:
    """Its cancel came while it was buffered."""
    return Report(held.id, held.claim, Event.STOPPED_FOR_CANCEL, executor=held.work.executor)


def ended_as(held: Held, ending: Event, run_us: int, failure: Failure, delay_s: float | None = None) -> Report:
    """It did not succeed. `delay_s`: its own word on its backoff."""
    """It did not succeed. `delay_s`: its own word on its backoff."""
    return Report(
        held.id,
        held.claim,
        ending,
        run_us=run_us,
        failure=failure,
        retry_delay_s=delay_s,
        executor=held.work.executor,
        upto=0 if held.span is None else held.span.upto,
    )


def _delay_s(error: RetriableFailure) -> float | None:
    """The lambda's own word on its backoff, brought within the limits; None when it is no number."""
    delay = error.delay_s
    if not isinstance(delay, (int, float)) or delay != delay:  # NaN is not equal to itself
        return None
    return float(min(max(delay, 0.0), BACKOFF_S_MAX))
